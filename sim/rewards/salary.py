"""A fixed salary.

reward = pay, whatever the score; incentive = 0
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
class Salary(RewardRule):
    """Pay the same whatever the score.

    Parameters
    ----------
    pay : float
        Reward per week [utility].

    Examples
    --------
    >>> Salary(pay=1.0).reward(np.array([[3.0, 9.0]]), np.zeros((1, 2))).tolist()
    [[1.0, 1.0]]
    """

    pay: float

    def reward(self, score: Floats, luck: Floats) -> Floats:
        return np.full(score.shape, self.pay)

    def expected(self, own: Floats, field: Floats, contest: Contest) -> Floats:
        return np.full(own.shape, self.pay)

    def incentive(self, own: Floats, field: Floats, contest: Contest) -> Floats:
        return np.zeros(own.shape)
