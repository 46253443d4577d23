"""What a motive is: a utility of one's own effort, and its marginal."""

from __future__ import annotations

from abc import ABC, abstractmethod

from sim.arrays import Floats
from sim.perception import Known


class Motive(ABC):
    """Something that members want from their work, each with a weight of their own.

    `marginal` is the derivative of `utility` with respect to the own effort, at last week's effort,
    with everything believed of others held fixed.
    """

    @abstractmethod
    def utility(self, effort: Floats, known: Known) -> Floats:
        """Expected utility of a week of `effort` (activity, runs, members): (runs, members)."""

    @abstractmethod
    def marginal(self, known: Known) -> Floats:
        """Marginal utility of each activity at last week's effort: (activity, runs, members)."""
