"""Grades from 1 to L, and pay by grade.

    grade_i   = 1 + number of cuts that score_i reaches,  cut_j = centre + width·(j − L/2), j = 1 … L−1
    reward_i  = b·(grade_i − (L+1)/2)
    incentive = b·ρ·Σ_j φ(y_j)/σ,  y_j = (ŝ_i − cut_j)/σ
    cover     = −b·(own part of σ²)·Σ_j y_j·φ(y_j)

ρ = 1 and σ is the whole noise of a score. Calibrated, the cuts move with the team's mean score, in
which the own score has a part: what is graded is the score less that mean, a point of the own score
moves it by ρ = 1 − 1/N, its variance is ρ times that of a member's own noise, and of that a part ρ is
the own. One alone is then always graded the same.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import final

import numpy as np
from scipy.special import ndtr

from sim.arrays import Floats, average, summed
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
        Whether the cuts move with the team's mean score, so that all teams are graded alike.

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

    @property
    def compares(self) -> bool:
        return self.calibrated

    def grade(self, score: Floats) -> Floats:
        """Return the grades of a team: (runs, members) both."""
        return self._graded(score - average(score)[:, None] if self.calibrated else score)

    def reward(self, score: Floats, luck: Floats) -> Floats:
        return self._paid(self.grade(score))

    def expected(self, own: Floats, field: Floats, contest: Contest) -> Floats:
        if self._alone(contest):
            return self._paid(self._graded(np.zeros(own.shape)))
        return self._paid(1 + summed(ndtr(self._gaps(own, field, contest))))

    def incentive(self, own: Floats, field: Floats, contest: Contest) -> Floats:
        if self._alone(contest):
            return np.zeros(own.shape)
        steep = summed(density(self._gaps(own, field, contest))) / self._noise(contest)
        return self.slope * self._part(contest) * steep

    def cover(self, own: Floats, field: Floats, contest: Contest) -> Floats:
        if self._alone(contest):
            return np.zeros(own.shape)
        gaps = self._gaps(own, field, contest)
        own_part = self._part(contest) if self.calibrated else (contest.noise / contest.spread) ** 2
        return -self.slope * own_part * summed(gaps * density(gaps))

    def _cuts(self) -> Floats:
        """Return what each grade above the first takes: (cut, 1, 1) [points]."""
        steps = np.arange(1, self.levels, dtype=np.float64)[:, None, None]
        return self.centre + self.width * (steps - self.levels / 2)

    def _graded(self, score: Floats) -> Floats:
        return 1 + summed((score >= self._cuts()).astype(np.float64))

    def _paid(self, grade: Floats) -> Floats:
        return self.slope * (grade - (self.levels + 1) / 2)

    def _alone(self, contest: Contest) -> bool:
        """Whether there is nobody to be calibrated with."""
        return self.calibrated and contest.members == 1

    def _part(self, contest: Contest) -> float:
        """Return ρ, what a point of the own score adds to what is graded."""
        return 1 - 1 / contest.members if self.calibrated else 1.0

    def _noise(self, contest: Contest) -> float | Floats:
        """Return σ of what is graded [points]."""
        noise = contest.noise * math.sqrt(self._part(contest)) if self.calibrated else contest.spread
        if np.any(np.less_equal(noise, 0)):
            raise InvalidInput("noise", float(np.min(noise)), "above 0 where grades decide")
        return noise

    def _gaps(self, own: Floats, field: Floats, contest: Contest) -> Floats:
        """Return y, how far a member is expected above each cut: (cut, runs, members) [σ]."""
        graded = self._part(contest) * (own - of_others(own, field)) if self.calibrated else own
        return (graded - self._cuts()) / self._noise(contest)
