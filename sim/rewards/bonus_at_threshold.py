"""A bonus for whoever reaches a threshold.

reward_i  = B where score_i ≥ V̄
incentive = B·φ(y)/σ,  y = (ŝ_i − V̄)/σ, σ the whole noise of a score
cover     = −B·y·φ(y)·(own part of σ²): who is below the threshold gains from noise
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np
from scipy.special import ndtr

from sim.arrays import Floats
from sim.contest import Contest, density
from sim.errors import InvalidInput
from sim.rewards.base import RewardRule


@final
@dataclass(frozen=True, kw_only=True)
class BonusAtThreshold(RewardRule):
    """Pay a bonus for a score of at least `threshold`.

    Parameters
    ----------
    bonus : float
        B [utility per week of the review window], at least 0.
    threshold : float
        V̄ [points].

    References
    ----------
    Holmström (1982), Bell J. Economics 13(2), 324-340: a bonus that breaks the budget (THEORY D4).

    Examples
    --------
    >>> BonusAtThreshold(bonus=2.0, threshold=5.0).reward(np.array([[3.0, 9.0]]), np.zeros((1, 2))).tolist()
    [[0.0, 2.0]]
    """

    bonus: float
    threshold: float

    def __post_init__(self) -> None:
        if self.bonus < 0:
            raise InvalidInput("bonus", self.bonus, "at least 0")

    def _gap(self, own: Floats, contest: Contest) -> Floats:
        """Return y, how far the expected score is above the threshold [σ]."""
        if np.any(np.less_equal(contest.spread, 0)):
            raise InvalidInput("noise", float(np.min(contest.spread)), "above 0 where a threshold decides")
        return (own - self.threshold) / contest.spread

    def reward(self, score: Floats, luck: Floats) -> Floats:
        return np.where(score >= self.threshold, self.bonus, 0.0)

    def expected(self, own: Floats, field: Floats, contest: Contest) -> Floats:
        return np.asarray(self.bonus * ndtr(self._gap(own, contest)))

    def incentive(self, own: Floats, field: Floats, contest: Contest) -> Floats:
        return self.bonus * density(self._gap(own, contest)) / contest.spread

    def cover(self, own: Floats, field: Floats, contest: Contest) -> Floats:
        gap, own_part = self._gap(own, contest), (contest.noise / contest.spread) ** 2
        return -self.bonus * own_part * gap * density(gap)
