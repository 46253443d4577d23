"""Being worth something elsewhere.

o = Σ_k l_k·a_k                                  what a week adds to the outside option
O' = (1−δ)·O + o                                 the outside option, a stock
p = β·v/(1 − β(1−δ))                             what a unit of it brings, β a week's patience
u = p·o                                          or, with diminishing returns, p·S·(1 − e^{−o/S})
∂u/∂a_k = p·l_k                                  or p·e^{−o/S}·l_k
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
    saturation : float or None
        S, what a week adds when only 37 % of the next bit still counts [unit of the outside option], above 0;
        None: every bit counts alike.

    References
    ----------
    Stock investment: THEORY K1. What the market looks for: Fritzsch et al. (2021), ICSE-SEIS. Diminishing returns
    act on the weekly addition, of which a steady option is 1/δ; the exponential is ours: one number, and concave.
    """

    loadings: Mapping[str, float]
    value: float
    patience: float
    decay: float
    saturation: float | None

    def __post_init__(self) -> None:
        if self.value < 0:
            raise InvalidInput("value", self.value, "at least 0")
        if not 0 < self.patience < 1:
            raise InvalidInput("patience", self.patience, "above 0 and below 1")
        if not 0 <= self.decay <= 1:
            raise InvalidInput("decay", self.decay, "between 0 and 1")
        if self.saturation is not None and self.saturation <= 0:
            raise InvalidInput("saturation", self.saturation, "above 0")

    @property
    def price(self) -> float:
        """Present value of a unit of the outside option [utility]."""
        return self.patience * self.value / (1 - self.patience * (1 - self.decay))

    def outside(self, effort: Floats, known: Known) -> Floats:
        """Return what a week of `effort` (activity, runs, members) adds to the outside option: (runs, members)."""
        return weighed(known.along(self.loadings), effort)

    def utility(self, effort: Floats, known: Known) -> Floats:
        added = self.outside(effort, known)
        if self.saturation is not None:
            added = -self.saturation * np.expm1(-added / self.saturation)
        return self.price * added

    def marginal(self, known: Known) -> Floats:
        each = (self.price * known.along(self.loadings))[:, None, None]
        if self.saturation is None:
            return np.broadcast_to(each, known.slope.shape)
        return np.exp(-self.outside(known.effort, known) / self.saturation) * each
