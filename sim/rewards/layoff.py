"""The lowest scores lose the job: a contest not to be among the lowest share.

reward_i = −loss · share of a layoff suffered;  incentive_i = −loss · ∂q_i/∂ŝ_i,  q_i = risk
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from sim.arrays import Floats
from sim.contest import Contest, cover_of
from sim.errors import InvalidInput
from sim.rewards.base import RewardRule, whole_places
from sim.units import places


@final
@dataclass(frozen=True, kw_only=True)
class Layoff(RewardRule):
    """Lay off the `share` of a team with the lowest score.

    Parameters
    ----------
    share : float
        Share of a team that is laid off at a review, in (0, 1); a fraction of a person at random.
    loss : float
        What losing the job costs [utility per week of the review window], at least 0.

    References
    ----------
    Up or out as a contest: THEORY E (Lazear & Rosen 1981, with prizes at both ends).

    Examples
    --------
    >>> rule = Layoff(share=0.5, loss=2.0)
    >>> rule.reward(np.array([[3.0, 9.0]]), np.zeros((1, 2))).tolist()
    [[-2.0, -0.0]]
    """

    share: float
    loss: float

    def __post_init__(self) -> None:
        if not 0 < self.share < 1:
            raise InvalidInput("share", self.share, "above 0 and below 1")
        if self.loss < 0:
            raise InvalidInput("loss", self.loss, "at least 0")

    @property
    def compares(self) -> bool:
        return True

    def places(self, members: int) -> float:
        """Return the number of people laid off in a team of that size."""
        return round(self.share * members, 9)

    def contests(self, members: int) -> tuple[tuple[float, float], ...]:
        return ((self.loss, members - self.places(members)),)

    def chosen(self, score: Floats, luck: Floats) -> Floats:
        behind, level = places(-score)
        cuts = whole_places(self.places(score.shape[-1]), luck)
        return np.clip(cuts - behind, 0, level) / level

    def reward(self, score: Floats, luck: Floats) -> Floats:
        return -self.loss * self.chosen(score, luck)

    def risk(self, own: Floats, field: Floats, contest: Contest) -> tuple[Floats, Floats]:
        """Probability q of being laid off, and its slope in the own score: (runs, members) both."""
        chance, slope = contest.chance(-own, -field, self.places(contest.members))
        return chance, -slope

    def expected(self, own: Floats, field: Floats, contest: Contest) -> Floats:
        return -self.loss * self.risk(own, field, contest)[0]

    def incentive(self, own: Floats, field: Floats, contest: Contest) -> Floats:
        return -self.loss * self.risk(own, field, contest)[1]

    def cover(self, own: Floats, field: Floats, contest: Contest) -> Floats:
        return -self.loss * cover_of(self.risk(own, field, contest)[0])
