"""Keeping the job.

q = 1 − (1−q_own)(1−q_unneeded)                 perceived risk of losing the job
q_own = chance of being among the lowest;  q_unneeded = base · exp(−relief · I),  I = being indispensable
u = −λ·Loss^α·w⁻(q);  ∂u/∂a_k = λ·Loss^α·w⁻'(q)·(−∂q/∂a_k)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from sim.arrays import Floats, weighed
from sim.contest import cover_of
from sim.errors import InvalidInput
from sim.motives.base import Motive
from sim.perception import Known
from sim.prospect import Prospect


@final
@dataclass(frozen=True, kw_only=True)
class Safety(Motive):
    """Want not to lose the job, whether for a low score or for being replaceable.

    Parameters
    ----------
    prospect : Prospect
        How losses and their probabilities are felt.
    signal : str or None
        The signal that makes one hard to replace; None: being replaceable is no risk.
    base : float
        Risk of losing the job of somebody who is replaceable in every way, per review, in [0, 1).
    relief : float
        How fast that risk falls per standard deviation of the signal, at least 0.

    References
    ----------
    Tversky & Kahneman (1992), J. Risk and Uncertainty 5, 297-323; job insecurity and hiding:
    Serenko & Bontis (2016), J. Knowledge Management. The exponential form of q_unneeded is ours:
    the simplest that falls, stays a probability and never reaches 0.
    """

    prospect: Prospect
    signal: str | None
    base: float
    relief: float

    def __post_init__(self) -> None:
        if not 0 <= self.base < 1:
            raise InvalidInput("base", self.base, "at least 0 and below 1")
        if self.relief < 0:
            raise InvalidInput("relief", self.relief, "at least 0")

    def utility(self, effort: Floats, known: Known) -> Floats:
        layoff = known.stakes.layoff
        own, _, hiding = self._own(known)
        if layoff is not None and not known.stakes.by_lot:
            own, _ = layoff.risk(known.score_after(effort, layoff), known.field, known.stakes.contest)
            own = own + hiding * known.hazier(effort)
        unneeded = self._unneeded(effort, known)
        return self.prospect.loss(known.stakes.loss, 1 - (1 - own) * (1 - unneeded))

    def marginal(self, known: Known) -> Floats:
        own, by_score, hiding = self._own(known)
        unneeded = self._unneeded(known.effort, known)
        risk = 1 - (1 - own) * (1 - unneeded)
        felt = self.prospect.loss_slope(known.stakes.loss, risk)
        slope = known.slope if known.stakes.layoff is None else known.slope_for(known.stakes.layoff)
        result = (felt * (1 - unneeded) * by_score * known.pressure) * slope
        if known.obscures is not None:
            result += (felt * (1 - unneeded) * hiding * known.pressure / known.haze) * known.obscures[:, None, None]
        if self.signal is not None:
            by_standing = -self.relief * unneeded * known.skill  # ∂q_unneeded per unit of loading
            result += (felt * (1 - own) * by_standing) * known.observed[self.signal][:, None, None]
        return result

    def _own(self, known: Known) -> tuple[Floats, Floats, Floats]:
        """Risk of being among the lowest, its slope in the score and in the log of the own noise: (runs, members)."""
        layoff, nothing = known.stakes.layoff, np.zeros(known.skill.shape)
        if layoff is None:
            return nothing, nothing, nothing
        if known.stakes.by_lot:
            return np.full(nothing.shape, layoff.places(nothing.shape[-1]) / nothing.shape[-1]), nothing, nothing
        risk, slope = layoff.risk(known.standing, known.field, known.stakes.contest)
        return risk, slope, nothing if known.obscures is None else cover_of(risk)

    def _unneeded(self, effort: Floats, known: Known) -> Floats:
        """Risk of being replaced: (runs, members)."""
        if self.signal is None:
            return np.zeros(effort.shape[1:])
        standing = known.skill * weighed(known.observed[self.signal], effort)
        return np.clip(self.base * np.exp(-self.relief * standing), 0.0, 1.0)
