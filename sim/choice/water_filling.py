"""Attention that activities compete for, in a week of bounded hours.

    cost = ½c[(1−κ)Σ(a_k−a0_k)² + κ(S−S0)²],  a ≥ 0,  h_min ≤ S ≤ h_max,  S = Σa, S0 = Σa0
    x_k = a0_k + m_k/(c(1−κ)),  a_k = max(0, x_k − t)

With X_j the sum of the j largest x, S(t) is the largest of X_j − j·t, so each level t is the
largest of its candidates: free hours t = max_j κ(X_j−S0)/(1−κ+κj), j ≥ 0; a bound h has
t_h = max_j (X_j−h)/j. Hours fall in t, so the level is t held between those of the two bounds.

References: Holmström & Milgrom (1991), J. Law, Economics & Organization 7, 24-52 (κ near 1:
attention is one pool); Baker (1992), J. Political Economy 100(3), 598-614 (κ = 0: C = I).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from sim.arrays import Floats, dot, summed
from sim.choice.base import Choice, pools
from sim.errors import InvalidInput


@final
@dataclass(frozen=True, kw_only=True)
class WaterFilling(Choice):
    """Fill activities from the most rewarding down to one common level.

    Parameters
    ----------
    cost : float
        c, how steeply effort away from the habit costs [utility per week²], above 0.
    rivalry : float
        κ, how much activities compete for attention, in [0, 1).
    h_min, h_max : float or None
        Least and most hours [week], 0 ≤ h_min ≤ h_max; None: no bound.

    Examples
    --------
    >>> rule = WaterFilling(cost=1.0, rivalry=0.0, h_min=None, h_max=1.0)
    >>> rule.respond(np.array([[[0.2]], [[0.0]]]), np.array([[[0.5]], [[0.5]]]))[:, 0, 0].round(3).tolist()
    [0.6, 0.4]
    """

    cost: float
    rivalry: float
    h_min: float | None
    h_max: float | None

    def __post_init__(self) -> None:
        if self.cost <= 0:
            raise InvalidInput("cost", self.cost, "above 0")
        if not 0 <= self.rivalry < 1:
            raise InvalidInput("rivalry", self.rivalry, "at least 0 and below 1")
        low, high = self.hours
        if low < 0:
            raise InvalidInput("h_min", self.h_min, "at least 0, or null")
        if not low <= high or high <= 0:
            raise InvalidInput("h_max", self.h_max, f"above 0 and at least h_min ({low:g}), or null")

    @property
    def hours(self) -> tuple[float, float]:
        return (self.h_min or 0.0), (float("inf") if self.h_max is None else self.h_max)

    def respond(self, m: Floats, habit: Floats) -> Floats:
        x = m * (1 / (self.cost * (1 - self.rivalry)))
        x += habit
        level = self._level(x, summed(habit))
        np.maximum(x, level, out=x)
        x -= level
        return x

    def _level(self, x: Floats, usual: Floats) -> Floats:
        """Level t that all activities are filled to: (runs, members)."""
        k, j = self.rivalry, np.arange(1.0, len(x) + 1)[:, None, None]
        pool = pools(x)

        def highest(hours: Floats | float, per: Floats) -> Floats:
            candidates = pool - hours
            candidates *= per
            return np.asarray(np.maximum.reduce(candidates, axis=0))

        level = np.maximum(-k / (1 - k) * usual, highest(usual, k / (1 - k + k * j)))
        if self.h_max is not None:
            np.maximum(level, highest(self.h_max, 1 / j), out=level)
        if self.h_min is not None:
            np.minimum(level, highest(self.h_min, 1 / j), out=level)
        return level

    def effort_cost(self, effort: Floats, habit: Floats) -> Floats:
        away = effort - habit
        return 0.5 * self.cost * ((1 - self.rivalry) * summed(away * away) + self.rivalry * summed(away) ** 2)

    def softness(self, slope: Floats) -> float:
        k, n = self.rivalry, len(slope)
        alone = dot(slope, slope) - k / (1 - k + k * n) * dot(slope, np.ones(n)) ** 2
        return alone / (self.cost * (1 - k))
