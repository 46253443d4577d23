"""What a rule of choice is: the effort that answers perceived marginal rewards, and what it costs."""

from __future__ import annotations

from abc import ABC, abstractmethod
from functools import cache
from typing import ClassVar

import numpy as np

from sim.arrays import Floats
from sim.perception import Known


class Choice(ABC):
    """Answer marginal rewards with effort."""

    literal: ClassVar[bool] = False  # whether the answer is done as it stands, at once

    @abstractmethod
    def respond(self, m: Floats, habit: Floats) -> Floats:
        """Return the effort that is best for marginal rewards m, from the habitual week.

        Parameters
        ----------
        m, habit : (activity, runs, members) both
            Utility per effort · effort when nothing is rewarded [week].

        Returns
        -------
        (activity, runs, members), at least 0.
        """

    def answer(self, m: Floats, known: Known) -> Floats:
        """Return the same for members who know `known`, where more than m and the habit is asked for."""
        return self.respond(m, known.habit)

    @abstractmethod
    def effort_cost(self, effort: Floats, habit: Floats) -> Floats:
        """Cost of an effort (activity, runs, members) [utility]: (runs, members)."""

    @abstractmethod
    def softness(self, slope: Floats) -> float:
        """Return r'C⁻¹r: how much a score of loadings `slope` (activity,) moves per unit of incentive."""

    @property
    def drawn(self) -> bool:
        """Whether chance takes part in the answer: then `Known.explore` is drawn."""
        return False

    @property
    def hours(self) -> tuple[float, float]:
        """Least and most hours of a week [week]; 0 and infinity where they are free."""
        return 0.0, float("inf")


def pools(x: Floats) -> Floats:
    """Return X_j, the sum of the j largest, in place j−1: (kind, …) both.

    Kinds are sorted by a network of comparisons of whole planes.
    """
    planes = list(x)
    for i, j in _network(len(planes)):
        planes[i], planes[j] = np.maximum(planes[i], planes[j]), np.minimum(planes[i], planes[j])
    pools = np.empty(x.shape)
    pools[0] = planes[0]
    for j in range(1, len(planes)):
        np.add(pools[j - 1], planes[j], out=pools[j])
    return pools


@cache
def _network(n: int) -> tuple[tuple[int, int], ...]:
    """Batcher's merge exchange: pairs (i, j), i < j, that sort n numbers (Knuth, vol. 3, 5.2.2 M)."""
    pairs = []
    top = 1 << max((n - 1).bit_length() - 1, 0)
    p = top
    while p > 0:
        q, r, d = top, 0, p
        while True:
            pairs += [(i, i + d) for i in range(n - d) if i & p == r]
            if q == p:
                break
            d, q, r = q - p, q // 2, p
        p //= 2
    return tuple(pairs)
