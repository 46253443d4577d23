"""Being worth something elsewhere.

O' = (1−δ)·O + Σ_k l_k·a_k                       the outside option, a stock
∂u/∂a_k = β·v/(1 − β(1−δ)) · l_k                 what a unit of it brings, β a week's patience
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import final

import numpy as np

from sim.arrays import Floats, weighed
from sim.errors import InvalidInput
from sim.motives.base import Motive
from sim.perception import Known


@final
@dataclass(frozen=True, kw_only=True)
class SkillUp(Motive):
    """Want skills and a résumé that the market outside pays for.

    Parameters
    ----------
    loadings : mapping of str to float
        l, what a week on each activity adds to the outside option.
    value : float
        v, what a unit of it brings in each later week [utility], at least 0.
    patience : float
        β, weight of next week against this one, in (0, 1).
    decay : float
        δ, share of the outside option that is outdated each week, in [0, 1].

    References
    ----------
    Stock investment: THEORY K1. What the market looks for: Fritzsch et al. (2021), ICSE-SEIS.
    """

    loadings: Mapping[str, float]
    value: float
    patience: float
    decay: float

    def __post_init__(self) -> None:
        if self.value < 0:
            raise InvalidInput("value", self.value, "at least 0")
        if not 0 < self.patience < 1:
            raise InvalidInput("patience", self.patience, "above 0 and below 1")
        if not 0 <= self.decay <= 1:
            raise InvalidInput("decay", self.decay, "between 0 and 1")

    @property
    def price(self) -> float:
        """Present value of a unit of the outside option [utility]."""
        return self.patience * self.value / (1 - self.patience * (1 - self.decay))

    def utility(self, effort: Floats, known: Known) -> Floats:
        return self.price * weighed(known.along(self.loadings), effort)

    def marginal(self, known: Known) -> Floats:
        each = self.price * known.along(self.loadings)
        return np.broadcast_to(each[:, None, None], known.slope.shape)
