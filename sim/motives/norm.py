"""Doing as is done here, where it is the custom to care about the overall value.

u = κ·Σ_k f̃_k·skill·a_k;  ∂u/∂a_k = κ·f̃_k·skill
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from sim.arrays import Floats, weighed
from sim.motives.base import Motive
from sim.perception import Known


@final
@dataclass(frozen=True, kw_only=True)
class Norm(Motive):
    """Want to do right by the custom of the unit: the more of a custom it is to care, the stronger.

    The weight says how much a member minds what is customary, and stays; κ is the unit's, and moves. Without a
    culture nothing is customary.

    References
    ----------
    A norm that all hold as a part of what each wants: Akerlof & Kranton (2005), J. Economic Perspectives 19(1), 9-32.
    """

    def utility(self, effort: Floats, known: Known) -> Floats:
        return weighed(self.marginal(known), effort)

    def marginal(self, known: Known) -> Floats:
        if known.culture is None:
            return np.zeros(known.worth.shape)
        return known.culture * known.worth
