"""Everybody shares alike in what the team's scores add up to.

reward_i = b/N·Σ_j score_j;  incentive = b/N
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from sim.arrays import Floats, average
from sim.contest import Contest
from sim.rewards.base import RewardRule, of_others


@final
@dataclass(frozen=True, kw_only=True)
class TeamShare(RewardRule):
    """Divide `slope` times the team's score among all.

    Parameters
    ----------
    slope : float
        b, what the team gets per point of its score [utility].

    References
    ----------
    Alchian & Demsetz (1972), American Economic Review 62(5), 777-795: free riding (THEORY D1).

    Examples
    --------
    >>> TeamShare(slope=0.5).reward(np.array([[3.0, 9.0]]), np.zeros((1, 2))).tolist()
    [[3.0, 3.0]]
    """

    slope: float

    def reward(self, score: Floats, luck: Floats) -> Floats:
        return np.repeat(self.slope * average(score)[:, None], score.shape[-1], axis=-1)

    def expected(self, own: Floats, field: Floats, contest: Contest) -> Floats:
        return self.slope / contest.members * (own + (contest.members - 1) * of_others(own, field))

    def incentive(self, own: Floats, field: Floats, contest: Contest) -> Floats:
        return np.full(own.shape, self.slope / contest.members)

    def spill(self, members: int) -> float:
        return self.slope / members
