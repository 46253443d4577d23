"""Caring about the work.

u = Σ_k f̃_k·skill·a_k;  ∂u/∂a_k = f̃_k·skill
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from sim.arrays import Floats, weighed
from sim.motives.base import Motive
from sim.perception import Known


@final
@dataclass(frozen=True, kw_only=True)
class Intrinsic(Motive):
    """Want the work to be worth something; the member's weight is ψ.

    References
    ----------
    THEORY H8 (Choi, Hecht & Tayler), without surrogation.
    """

    def utility(self, effort: Floats, known: Known) -> Floats:
        return weighed(known.worth, effort)

    def marginal(self, known: Known) -> Floats:
        return known.worth
