"""Pay for being better than the others, on a scale.

reward_i = b·(score_i − λ·mean score of the others);  incentive = b
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from sim.arrays import Floats, total
from sim.contest import Contest
from sim.errors import InvalidInput
from sim.rewards.base import RewardRule, of_others


@final
@dataclass(frozen=True, kw_only=True)
class Relative(RewardRule):
    """Pay `slope` for the own score less a part of the others' mean; where there are none, for the own score.

    Parameters
    ----------
    slope : float
        b, reward per point [utility].
    comparison : float
        λ, how much the others' mean is taken off, at least 0.

    References
    ----------
    Holmström (1982), Bell J. Economics 13(2), 324-340: others' scores tell of the luck that all share (THEORY D6).

    Examples
    --------
    >>> Relative(slope=1.0, comparison=0.5).reward(np.array([[3.0, 9.0]]), np.zeros((1, 2))).tolist()
    [[-1.5, 7.5]]
    """

    slope: float
    comparison: float

    def __post_init__(self) -> None:
        if self.comparison < 0:
            raise InvalidInput("comparison", self.comparison, "at least 0")

    def reward(self, score: Floats, luck: Floats) -> Floats:
        rivals = score.shape[-1] - 1
        if not rivals:
            return self.slope * score
        return self.slope * (score - self.comparison * (total(score)[:, None] - score) / rivals)

    def expected(self, own: Floats, field: Floats, contest: Contest) -> Floats:
        if contest.members == 1:
            return self.slope * own
        return self.slope * (own - self.comparison * of_others(own, field))

    def incentive(self, own: Floats, field: Floats, contest: Contest) -> Floats:
        return np.full(own.shape, self.slope)

    def spill(self, members: int) -> float:
        return -self.slope * self.comparison / (members - 1) if members > 1 else 0.0
