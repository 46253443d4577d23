"""Grades from 1 to L, and pay by grade.

    grade_i  = 1 + number of cuts below score_i,  cut_j = centre + width·(j − L/2), j = 1 … L−1
    reward_i = b·(grade_i − (L+1)/2)
    incentive = b·Σ_j φ((ŝ_i − cut_j)/σ)/σ

Calibrated, the cuts move with the team's mean: the score counts less the mean, noise and all.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, final

import numpy as np
from scipy.special import ndtr

from sim.arrays import Floats, average
from sim.contest import Contest, density
from sim.errors import InvalidInput
from sim.rewards.base import RewardRule, of_others


@final
@dataclass(frozen=True, kw_only=True)
class Rating(RewardRule):
    """Turn a score into a grade, and pay by grade.

    Parameters
    ----------
    levels : int
        L, grades there are, at least 2.
    centre : float
        Score in the middle of the scale; calibrated: above the team's mean [points].
    width : float
        Points of score from one grade to the next, above 0.
    slope : float
        b, reward per grade [utility per week of the review window], at least 0.
    calibrated : bool
        Whether grades are moved so that teams have the same mean.

    References
    ----------
    What ratings measure: Scullen, Mount & Goff (2000), J. Applied Psychology 85(6), 956-970 (THEORY J). Equal steps
    are ours: the simplest scale.

    Examples
    --------
    >>> rule = Rating(levels=5, centre=0.0, width=1.0, slope=1.0, calibrated=False)
    >>> rule.grade(np.array([[-9.0, 0.0, 0.7, 9.0]])).tolist()
    [[1.0, 3.0, 4.0, 5.0]]
    """

    levels: int
    centre: float
    width: float
    slope: float
    calibrated: bool

    def __post_init__(self) -> None:
        if self.levels < 2:
            raise InvalidInput("levels", self.levels, "at least 2")
        if self.width <= 0:
            raise InvalidInput("width", self.width, "above 0")
        if self.slope < 0:
            raise InvalidInput("slope", self.slope, "at least 0")

    def _cuts(self) -> list[float]:
        return [self.centre + self.width * (j - self.levels / 2) for j in range(1, self.levels)]

    def _standing(self, own: Floats, field: Floats, contest: Contest) -> tuple[Floats, float, float]:
        """Return the score that is graded, its noise, and its slope in the own score."""
        if not self.calibrated or contest.members == 1:
            noise = contest.spread if not self.calibrated else 0.0
            graded, rate = (own, 1.0) if not self.calibrated else (np.zeros(own.shape), 0.0)
        else:
            rate = 1 - 1 / contest.members
            graded, noise = rate * (own - of_others(own, field)), contest.noise * math.sqrt(rate)
        if noise <= 0 and rate > 0:
            raise InvalidInput("noise", noise, "above 0 where grades decide")
        return graded, noise, rate

    def grade(self, score: Floats) -> Floats:
        """Return the grades of a team: (runs, members) both."""
        graded = score - average(score)[:, None] if self.calibrated else score
        return 1.0 + summed_over(self._cuts(), lambda cut: (graded >= cut) * 1.0, score.shape)

    def reward(self, score: Floats, luck: Floats) -> Floats:
        return self.slope * (self.grade(score) - (self.levels + 1) / 2)

    def expected(self, own: Floats, field: Floats, contest: Contest) -> Floats:
        graded, noise, rate = self._standing(own, field, contest)
        if rate == 0:
            return self.reward(graded, graded)
        above = summed_over(self._cuts(), lambda cut: ndtr((graded - cut) / noise), own.shape)
        return self.slope * (1 + above - (self.levels + 1) / 2)

    def incentive(self, own: Floats, field: Floats, contest: Contest) -> Floats:
        graded, noise, rate = self._standing(own, field, contest)
        if rate == 0:
            return np.zeros(own.shape)
        steep = summed_over(self._cuts(), lambda cut: density((graded - cut) / noise), own.shape)
        return self.slope * rate * steep / noise

    def cover(self, own: Floats, field: Floats, contest: Contest) -> Floats:
        graded, noise, rate = self._standing(own, field, contest)
        if rate == 0:
            return np.zeros(own.shape)
        part = 1.0 if not self.calibrated else rate  # how much of the variance is one's own
        gaps = [(graded - cut) / noise for cut in self._cuts()]
        return -self.slope * part * summed_over(gaps, lambda y: y * density(y), own.shape)


def summed_over(items: Sequence[Any], of: Callable[[Any], Floats], shape: tuple[int, ...]) -> Floats:
    """Return the sum of a function over some items, one after the other."""
    result = np.zeros(shape)
    for item in items:
        result += of(item)
    return result
