"""Prizes for the highest scores.

reward_i = prize · share of a prize won;  incentive_i = prize · ∂P_i/∂ŝ_i
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
class Tournament(RewardRule):
    """Pay `prize` to the members of a team with the highest score.

    Only the order of scores matters. Members who tie share the prizes they tie for, so each team
    pays out exactly ``prize`` times the number of prizes.

    Parameters
    ----------
    prize : float
        Reward of one winner [utility per week of the review window], at least 0.
    winners : int or None
        Number of prizes per team, at least 1; None where `share` says it.
    share : float or None
        Prizes as a share of the team, in (0, 1); a fraction of a prize is given at random.

    References
    ----------
    Lazear & Rosen (1981), J. Political Economy 89(5), 841-864.

    Examples
    --------
    >>> rule = Tournament(prize=6.0, winners=1, share=None)
    >>> rule.reward(np.array([[3.0, 9.0, 9.0]]), np.zeros((1, 3))).tolist()
    [[0.0, 3.0, 3.0]]
    """

    prize: float
    winners: int | None
    share: float | None

    def __post_init__(self) -> None:
        if self.prize < 0:
            raise InvalidInput("prize", self.prize, "at least 0")
        if (self.winners is None) == (self.share is None):
            raise InvalidInput("winners", self.winners, "given, or share given, and not both")
        if self.winners is not None and self.winners < 1:
            raise InvalidInput("winners", self.winners, "at least 1")
        if self.share is not None and not 0 < self.share < 1:
            raise InvalidInput("share", self.share, "above 0 and below 1")

    @property
    def compares(self) -> bool:
        return True

    def places(self, members: int) -> float:
        """Return the number of prizes in a team of that size."""
        return float(self.winners) if self.winners is not None else round((self.share or 0) * members, 9)

    def contests(self, members: int) -> tuple[tuple[float, float], ...]:
        return ((self.prize, self.places(members)),)

    def chosen(self, score: Floats, luck: Floats) -> Floats:
        ahead, level = places(score)
        prizes = whole_places(self.places(score.shape[-1]), luck)
        return np.clip(prizes - ahead, 0, level) / level

    def reward(self, score: Floats, luck: Floats) -> Floats:
        return self.prize * self.chosen(score, luck)

    def expected(self, own: Floats, field: Floats, contest: Contest) -> Floats:
        return self.prize * contest.chance(own, field, self.places(contest.members))[0]

    def incentive(self, own: Floats, field: Floats, contest: Contest) -> Floats:
        return self.prize * contest.chance(own, field, self.places(contest.members))[1]

    def cover(self, own: Floats, field: Floats, contest: Contest) -> Floats:
        return self.prize * cover_of(contest.chance(own, field, self.places(contest.members))[0])
