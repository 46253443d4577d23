"""Quantal response: what is better is done more, not only.

    a_k = T·exp(λm_k)/Σ_j exp(λm_j),   the best for m'a − Σ_k a_k·ln(a_k/T)/λ
    sampled: all of the week on argmax_k (λm_k + γ_k), γ Gumbel, so that the mean is the same

The habitual week plays no part.
References: McKelvey & Palfrey (1995), Games and Economic Behavior 10(1), 6-38 (THEORY H3).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np
from scipy.special import log_ndtr, xlogy

from sim.arrays import Floats, dot, summed
from sim.choice.base import Choice
from sim.errors import InvalidInput
from sim.perception import Known


@final
@dataclass(frozen=True, kw_only=True)
class Logit(Choice):
    """Spread a week over activities, the more unevenly the sharper.

    Parameters
    ----------
    sharpness : float
        λ [per utility], above 0.
    size : float
        T, hours of a week [week], above 0.
    sampled : bool
        Whether each week goes to one activity, drawn with these shares as probabilities.

    Examples
    --------
    >>> Logit(sharpness=2.0, size=1.0, sampled=False).respond(np.array([[[0.5]], [[0.5]]]), np.ones((2, 1, 1)))[:, 0, 0]
    array([0.5, 0.5])
    """

    sharpness: float
    size: float
    sampled: bool

    def __post_init__(self) -> None:
        for key in ("sharpness", "size"):
            if getattr(self, key) <= 0:
                raise InvalidInput(key, getattr(self, key), "above 0")

    @property
    def drawn(self) -> bool:
        return self.sampled

    @property
    def hours(self) -> tuple[float, float]:
        return self.size, self.size

    def respond(self, m: Floats, habit: Floats) -> Floats:
        share = np.exp(self.sharpness * (m - np.maximum.reduce(m, axis=0)))
        return np.asarray(self.size * share / summed(share))

    def answer(self, m: Floats, known: Known) -> Floats:
        if not self.sampled:
            return self.respond(m, known.habit)
        if not len(known.explore):
            raise InvalidInput("choice.sampled", True, "true only where `Known.explore` is drawn, else false")
        value = self.sharpness * m - np.log(-log_ndtr(known.explore))
        best = np.argmax(value, axis=0)
        return self.size * (np.arange(len(m))[:, None, None] == best)

    def effort_cost(self, effort: Floats, habit: Floats) -> Floats:
        return summed(xlogy(effort, effort / self.size)) / self.sharpness

    def softness(self, slope: Floats) -> float:
        n = len(slope)
        return self.sharpness * self.size * (dot(slope, slope) / n - (dot(slope, np.ones(n)) / n) ** 2)
