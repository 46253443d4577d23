"""A price for each point of score.

reward = b·score; incentive = b
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from sim.arrays import Floats
from sim.contest import Contest
from sim.rewards.base import RewardRule


@final
@dataclass(frozen=True, kw_only=True)
class PieceRate(RewardRule):
    """Pay in proportion to the score.

    Parameters
    ----------
    slope : float
        b, reward per point of score [utility].

    References
    ----------
    Holmström & Milgrom (1987), Econometrica 55(2), 303-328: linear contracts.

    Examples
    --------
    >>> PieceRate(slope=0.5).reward(np.array([[3.0, 9.0]]), np.zeros((1, 2))).tolist()
    [[1.5, 4.5]]
    """

    slope: float

    def reward(self, score: Floats, luck: Floats) -> Floats:
        return self.slope * score

    def expected(self, own: Floats, field: Floats, contest: Contest) -> Floats:
        return self.slope * own

    def incentive(self, own: Floats, field: Floats, contest: Contest) -> Floats:
        return np.full(own.shape, self.slope)
