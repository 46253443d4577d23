"""Nobody responds to anything.

a = a0, the habitual week
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from sim.arrays import Floats
from sim.choice.base import Choice


@final
@dataclass(frozen=True, kw_only=True)
class Fixed(Choice):
    """Keep to the habitual week, whatever it brings: measurement without response.

    Examples
    --------
    >>> Fixed().respond(np.ones((2, 1, 1)), np.full((2, 1, 1), 0.5))[:, 0, 0].tolist()
    [0.5, 0.5]
    """

    def respond(self, m: Floats, habit: Floats) -> Floats:
        return habit.copy()

    def effort_cost(self, effort: Floats, habit: Floats) -> Floats:
        return np.zeros(effort.shape[1:])

    def softness(self, slope: Floats) -> float:
        return 0.0
