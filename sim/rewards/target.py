"""A target that moves with what was achieved: the ratchet.

    reward_i = b·(score_i − q_i),   q_i' = q_i + stretch + λ·(score_i − q_i)
    perceived incentive = b·(1−δ)/(1 − δ + δλ)

A point more once raises the target s reviews later by λ(1−λ)^(s−1). With foresight δ it is worth
b·[1 − Σ_s δ^s·λ(1−λ)^(s−1)], the slope above; a point more for good is that point at every review,
worth 1/(1−δ) times as much. What is expected is told up to a constant: targets move no choice.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from sim.arrays import Floats
from sim.contest import Contest
from sim.errors import InvalidInput
from sim.rewards.base import RewardRule


@final
@dataclass(frozen=True, kw_only=True)
class Target(RewardRule):
    """Pay for the distance to a target that is set from last time's.

    Parameters
    ----------
    slope : float
        b, reward per point above the target [utility].
    foresight : float
        δ, weight of the next review against this one in the member's eyes, in [0, 1).
    adjustment : float
        λ, how far the target follows what was achieved, in [0, 1].
    stretch : float
        What is added to the target at each review [points].
    start : float
        The first target [points].

    References
    ----------
    Weitzman (1980), Bell J. Economics 11(1), 302-308.

    Examples
    --------
    >>> rule = Target(slope=1.0, foresight=0.5, adjustment=0.5, stretch=0.1, start=2.0)
    >>> rule.moved(np.array([[2.0]]), np.array([[3.0]])).tolist()
    [[2.6]]
    """

    slope: float
    foresight: float
    adjustment: float
    stretch: float
    start: float

    def __post_init__(self) -> None:
        if not 0 <= self.foresight < 1:
            raise InvalidInput("foresight", self.foresight, "at least 0 and below 1")
        if not 0 <= self.adjustment <= 1:
            raise InvalidInput("adjustment", self.adjustment, "between 0 and 1")

    @property
    def felt(self) -> float:
        """What a point of score is felt to bring, later targets considered [utility]."""
        d = self.foresight
        return self.slope * (1 - d) / (1 - d + d * self.adjustment)

    def reward(self, score: Floats, luck: Floats) -> Floats:
        """Return what each member gets for `score` less the own target: (runs, members) both."""
        return self.slope * score

    def expected(self, own: Floats, field: Floats, contest: Contest) -> Floats:
        return self.felt * own

    def incentive(self, own: Floats, field: Floats, contest: Contest) -> Floats:
        return np.full(own.shape, self.felt)

    def begin(self, shape: tuple[int, ...]) -> Floats:
        """Return everybody's first target: (runs, members)."""
        return np.full(shape, self.start)

    def moved(self, target: Floats, score: Floats) -> Floats:
        """Return everybody's next target after a review: (runs, members) all."""
        return target + self.stretch + self.adjustment * (score - target)
