"""What a reward rule is: rewards from scores, and what a point of score is expected to bring."""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np

from sim.arrays import Floats, total
from sim.contest import Contest


class RewardRule(ABC):
    """Turn the scores of a review into rewards, per week of the review window [utility]."""

    @property
    def compares(self) -> bool:
        """Whether only differences of score within a team matter, so that what all share cancels."""
        return False

    @abstractmethod
    def reward(self, score: Floats, luck: Floats) -> Floats:
        """Return what each member gets.

        Parameters
        ----------
        score : (runs, members)
            Scores of the review; a row is one team.
        luck : (runs, members)
            Uniform numbers on [0, 1); a team uses its first seat's.
        """

    def chosen(self, score: Floats, luck: Floats) -> Floats:
        """Return the share of a place that each member gets: (runs, members), 0 where nobody is singled out."""
        return np.zeros(score.shape)

    @abstractmethod
    def expected(self, own: Floats, field: Floats, contest: Contest) -> Floats:
        """Return the reward that a member of expected score `own` (runs, members) can count on.

        `field` is what it believes of everyone's expected score: (runs, members), or (runs, 1)
        for the team's mean alone.
        """

    @abstractmethod
    def incentive(self, own: Floats, field: Floats, contest: Contest) -> Floats:
        """Return the slope of `expected` in `own` [utility per point of score]."""

    def cover(self, own: Floats, field: Floats, contest: Contest) -> Floats:
        """Return the slope of `expected` in the log of the own score's noise [utility]: (runs, members).

        Above 0 for those whom it helps not to be seen clearly.
        """
        return np.zeros(own.shape)

    def spill(self, members: int) -> float:
        """Return what a point of each other member's score adds to the own reward [utility]."""
        return 0.0

    def contests(self, members: int) -> tuple[tuple[float, float], ...]:
        """Return (prize, places to be won) of each contest that the rule holds in a team of that size.

        A layoff of some is a contest for the places of the others.
        """
        return ()


def whole_places(places: float, luck: Floats) -> Floats:
    """Round a number of places down or up at random so that its mean is right: luck to (runs, 1)."""
    whole = int(places + 1e-9)
    return whole + (luck[:, :1] < places - whole - 1e-9).astype(np.float64)


def of_others(own: Floats, field: Floats) -> Floats:
    """Return what the others are expected to score on average: the field, oneself left out where it is known."""
    members = field.shape[-1]
    if members == 1:
        return np.broadcast_to(field, own.shape)
    return (total(field)[:, None] - field) / (members - 1)
