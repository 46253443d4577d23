"""A target that moves with what was achieved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from sim.arrays import Floats
from sim.contest import Contest
from sim.rewards.base import RewardRule


@final
@dataclass(frozen=True, kw_only=True)
class Target(RewardRule):
    """Placeholder while the rule is being written."""

    slope: float
    foresight: float
    adjustment: float
    stretch: float
    start: float

    def reward(self, score: Floats, luck: Floats) -> Floats:
        return self.slope * score

    def expected(self, own: Floats, field: Floats, contest: Contest) -> Floats:
        return self.incentive(own, field, contest) * own

    def incentive(self, own: Floats, field: Floats, contest: Contest) -> Floats:
        d, a = self.foresight, self.adjustment
        return np.full(own.shape, self.slope * (1 - d) / (1 - d + d * a))

    def begin(self, shape: tuple[int, int]) -> Floats:
        return np.full(shape, self.start)

    def moved(self, target: Floats, score: Floats) -> Floats:
        return target + self.stretch + self.adjustment * (score - target)
