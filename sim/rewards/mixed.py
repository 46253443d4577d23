"""Part of the pay for the own score, part for the team's.

reward_i = b·(ω·score_i + (1−ω)·mean score);  incentive = b·(ω + (1−ω)/N)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from sim.arrays import Floats, average
from sim.contest import Contest
from sim.errors import InvalidInput
from sim.rewards.base import RewardRule, of_others


@final
@dataclass(frozen=True, kw_only=True)
class Mixed(RewardRule):
    """Pay `slope` for a mean of the own score and the team's.

    Parameters
    ----------
    slope : float
        b, reward per point [utility].
    own : float
        ω, weight of the own score, in [0, 1].

    References
    ----------
    Alchian & Demsetz (1972), American Economic Review 62(5), 777-795: ω → 1 is bought with a monitor (THEORY D2).

    Examples
    --------
    >>> Mixed(slope=1.0, own=0.5).reward(np.array([[3.0, 9.0]]), np.zeros((1, 2))).tolist()
    [[4.5, 7.5]]
    """

    slope: float
    own: float

    def __post_init__(self) -> None:
        if not 0 <= self.own <= 1:
            raise InvalidInput("own", self.own, "between 0 and 1")

    def reward(self, score: Floats, luck: Floats) -> Floats:
        return self.slope * (self.own * score + (1 - self.own) * average(score)[:, None])

    def expected(self, own: Floats, field: Floats, contest: Contest) -> Floats:
        team = (own + (contest.members - 1) * of_others(own, field)) / contest.members
        return self.slope * (self.own * own + (1 - self.own) * team)

    def incentive(self, own: Floats, field: Floats, contest: Contest) -> Floats:
        return np.full(own.shape, self.slope * (self.own + (1 - self.own) / contest.members))

    def spill(self, members: int) -> float:
        return self.slope * (1 - self.own) / members
