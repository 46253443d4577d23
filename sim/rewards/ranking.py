"""Stack ranking: a forced distribution of rewards over places.

reward_i = lowest band's + Σ_cuts (difference of reward)·(share of a place above the cut)
incentive_i = Σ_cuts (difference of reward)·∂P_i/∂ŝ_i,  P_i = chance to end above the cut
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import final

import numpy as np

from sim.arrays import Floats
from sim.contest import Contest, cover_of
from sim.errors import InvalidInput
from sim.rewards.base import RewardRule, whole_places
from sim.units import places


@dataclass(frozen=True, kw_only=True)
class Band:
    """A share of the team and what each of them gets [utility per week of the review window]."""

    share: float
    reward: float


@final
@dataclass(frozen=True, kw_only=True)
class Ranking(RewardRule):
    """Rank the team and pay by band.

    Parameters
    ----------
    bands : tuple of Band
        From the top; shares sum to 1, and no band gets more than the one above it.

    References
    ----------
    Forced distributions: Scullen, Bergey & Aiman-Smith (2005), Personnel Psychology 58(1), 1-32. Several prizes in
    one contest: THEORY E.

    Examples
    --------
    >>> rule = Ranking(bands=(Band(share=0.5, reward=2.0), Band(share=0.5, reward=-1.0)))
    >>> rule.reward(np.array([[3.0, 9.0]]), np.zeros((1, 2))).tolist()
    [[-1.0, 2.0]]
    """

    bands: tuple[Band, ...]

    def __post_init__(self) -> None:
        shares = [b.share for b in self.bands]
        if not shares or min(shares) <= 0 or abs(sum(shares) - 1) > 1e-9:
            raise InvalidInput("bands", shares, "shares above 0 that sum to 1")
        if any(below.reward > above.reward for above, below in zip(self.bands, self.bands[1:], strict=False)):
            rewards = [b.reward for b in self.bands]
            raise InvalidInput("bands", rewards, "rewards that do not rise from one band to the next below")

    @property
    def compares(self) -> bool:
        return True

    def _cuts(self, members: int) -> Iterator[tuple[float, float]]:
        """Yield what ending above each cut adds to the reward, and the places above it."""
        above = 0.0
        for band, below in zip(self.bands, self.bands[1:], strict=False):
            above += band.share
            yield band.reward - below.reward, round(above * members, 9)

    def contests(self, members: int) -> tuple[tuple[float, float], ...]:
        return tuple(self._cuts(members))

    def reward(self, score: Floats, luck: Floats) -> Floats:
        ahead, level = places(score)
        paid = np.full(score.shape, self.bands[-1].reward)
        for more, seats in self._cuts(score.shape[-1]):
            paid += more * np.clip(whole_places(seats, luck) - ahead, 0, level) / level
        return paid

    def expected(self, own: Floats, field: Floats, contest: Contest) -> Floats:
        paid = np.full(own.shape, self.bands[-1].reward)
        for more, seats in self._cuts(contest.members):
            paid += more * contest.chance(own, field, seats)[0]
        return paid

    def incentive(self, own: Floats, field: Floats, contest: Contest) -> Floats:
        slope = np.zeros(own.shape)
        for more, seats in self._cuts(contest.members):
            slope += more * contest.chance(own, field, seats)[1]
        return slope

    def cover(self, own: Floats, field: Floats, contest: Contest) -> Floats:
        gain = np.zeros(own.shape)
        for more, seats in self._cuts(contest.members):
            gain += more * cover_of(contest.chance(own, field, seats)[0])
        return gain
