"""What a reward rule is: rewards from scores, and what a point of score is expected to bring."""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np

from sim.arrays import Floats
from sim.contest import Contest


class RewardRule(ABC):
    """Turn the scores of a review into rewards, per week of the review window [utility]."""

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

    @property
    def stake(self) -> float:
        """What one who is singled out wins or loses [utility per week]; 0 where nobody is."""
        return 0.0

    def places(self, members: int) -> float | None:
        """Return the number of members singled out in a team of that size; None where nobody is."""
        return None


def whole_places(places: float, luck: Floats) -> Floats:
    """Round a number of places down or up at random so that its mean is right: luck to (runs, 1)."""
    whole = int(places + 1e-9)
    return whole + (luck[:, :1] < places - whole - 1e-9).astype(np.float64)
