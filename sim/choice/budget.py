"""A fixed budget of effort: all that can be chosen is its direction.

    max m'a − ½c‖a − a0‖²  over a ≥ 0 with ‖a‖ = T (ball) or Σa = T (simplex)
    ball     a = T·x⁺/‖x⁺‖,   x = a0 + m/c
    simplex  a = max(0, x − t), t such that Σa = T

On the ball incentives turn a week of given length from the habit towards the measure, so that worth
rises, peaks and falls in their strength (THEORY G4, [G6]). Where every x is below 0 all goes to the largest
(the first, if several tie: to share would cost more); where the largest are 0 they share alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from sim.arrays import Floats, dot, norm, summed
from sim.choice.base import Choice, pools
from sim.errors import InvalidInput, unknown


@final
@dataclass(frozen=True, kw_only=True)
class Budget(Choice):
    """Divide a given amount of effort.

    Parameters
    ----------
    shape : str
        `ball`: ‖a‖ is given; `simplex`: the hours are.
    size : float
        T, how much [week], above 0.
    cost : float
        c, how strongly habit holds [utility per week²], above 0.

    References
    ----------
    After Karwowski et al. (2023), arXiv 2310.09144; the smooth form: THEORY G4.

    Examples
    --------
    >>> Budget(shape="ball", size=1.0, cost=1.0).respond(np.zeros((2, 1, 1)), np.array([[[3.0]], [[4.0]]]))[:, 0, 0]
    array([0.6, 0.8])
    """

    shape: str
    size: float
    cost: float

    def __post_init__(self) -> None:
        if self.shape not in ("ball", "simplex"):
            raise unknown("shape", self.shape, ["ball", "simplex"])
        for key in ("size", "cost"):
            if getattr(self, key) <= 0:
                raise InvalidInput(key, getattr(self, key), "above 0")

    @property
    def hours(self) -> tuple[float, float]:
        return (self.size, self.size) if self.shape == "simplex" else (0.0, float("inf"))

    def respond(self, m: Floats, habit: Floats) -> Floats:
        x = habit + m / self.cost
        if self.shape == "simplex":
            j = np.arange(1.0, len(x) + 1)[:, None, None]
            level = np.maximum.reduce((pools(x) - self.size) / j, axis=0)
            return np.maximum(x - level, 0.0)
        most = np.maximum.reduce(x, axis=0)
        first = np.arange(len(x))[:, None, None] == np.argmax(x, axis=0)
        ahead = np.maximum(x, 0.0) / np.where(most > 0, most, 1.0)  # near 1, so that its square is a number
        ahead = np.where(most > 0, ahead, np.where(most < 0, first, x == 0))
        return np.asarray(self.size * ahead / norm(ahead))

    def effort_cost(self, effort: Floats, habit: Floats) -> Floats:
        away = effort - habit
        return 0.5 * self.cost * summed(away * away)

    def softness(self, slope: Floats) -> float:
        # on the ball: about a week that is spread evenly, with a habit of length T
        return (dot(slope, slope) - dot(slope, np.ones(len(slope))) ** 2 / len(slope)) / self.cost
