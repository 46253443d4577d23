"""Caring about the work, or about what stands for it.

u = Σ_k [(1−s)·f̃_k·skill + s·r̃_k]·a_k;  ∂u/∂a_k = (1−s)·f̃_k·skill + s·r̃_k
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from sim.arrays import Floats, weighed
from sim.errors import InvalidInput
from sim.motives.base import Motive
from sim.perception import Known


@final
@dataclass(frozen=True, kw_only=True)
class Intrinsic(Motive):
    """Want the work to be worth something; the member's weight is ψ.

    Who mistakes the measure for what it measures cares about the score, whatever hangs on it.

    Parameters
    ----------
    surrogation : float
        s, how far the score has taken the place of the worth, in [0, 1].

    References
    ----------
    Choi, Hecht & Tayler (2012), Accounting Review 87(4), 1135-1163; THEORY H8.
    """

    surrogation: float

    def __post_init__(self) -> None:
        if not 0 <= self.surrogation <= 1:
            raise InvalidInput("surrogation", self.surrogation, "between 0 and 1")

    def utility(self, effort: Floats, known: Known) -> Floats:
        return weighed(self.marginal(known), effort)

    def marginal(self, known: Known) -> Floats:
        if not self.surrogation:
            return known.worth
        return (1 - self.surrogation) * known.worth + self.surrogation * known.slope
