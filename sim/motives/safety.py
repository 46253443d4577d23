"""Keeping the job.

q = 1 − (1−q_own)(1−π·q_axed)(1−q_unneeded)     perceived risk of losing the job
q_own = chance of being among the lowest
q_axed = axed · exp(−axed_relief · W)           the project is stopped, W = worth of the week per member;
                                                where there is a sponsor: the chance that the sponsor stops it
q_unneeded = base · exp(−relief · I)            one is replaced, I = being indispensable
u = −λ·Loss^α·w⁻(q);  ∂u/∂a_k = λ·Loss^α·w⁻'(q)·(−∂q/∂a_k)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from sim.arrays import Floats, lifted, weighed
from sim.contest import cover_of
from sim.errors import InvalidInput
from sim.motives.base import Motive
from sim.perception import Known
from sim.prospect import Prospect

WORST = -700.0  # relief that is worse makes no difference: any risk at all has long been certainty


@final
@dataclass(frozen=True, kw_only=True)
class Safety(Motive):
    """Want not to lose the job, whether for a low score, with the whole project, or for being replaceable.

    Parameters
    ----------
    prospect : Prospect
        How losses and their probabilities are felt.
    signal : str or None
        The signal that makes one hard to replace; None: being replaceable is no risk.
    base : float
        Risk of losing the job of somebody who is replaceable in every way, per review, in [0, 1).
    relief : float
        How fast that risk falls with a week of effort in the direction of the signal, at least 0.
    axed : float
        Risk that the project is stopped, per review, when the team's work is worth nothing, in [0, 1).
    axed_relief : float
        How fast that risk falls with the team's worth per member [per week of core work], at least 0.
    shared_risk : float
        π, how much of that shared risk a member perceives, in [0, 1]; at 0 nobody fears for the job that all share.

    References
    ----------
    Tversky & Kahneman (1992), J. Risk and Uncertainty 5, 297-323; job insecurity and hiding:
    Serenko & Bontis (2016), J. Knowledge Management. The exponential forms of q_unneeded and q_axed are
    ours: the simplest that falls, stays a probability and never reaches 0.
    """

    prospect: Prospect
    signal: str | None
    base: float
    relief: float
    axed: float
    axed_relief: float
    shared_risk: float

    def __post_init__(self) -> None:
        for key in ("base", "axed"):
            if not 0 <= getattr(self, key) < 1:
                raise InvalidInput(key, getattr(self, key), "at least 0 and below 1")
        for key in ("relief", "axed_relief"):
            if getattr(self, key) < 0:
                raise InvalidInput(key, getattr(self, key), "at least 0")
        if not 0 <= self.shared_risk <= 1:
            raise InvalidInput("shared_risk", self.shared_risk, "between 0 and 1")

    def utility(self, effort: Floats, known: Known) -> Floats:
        layoff = known.stakes.layoff
        own, _, hiding = self._own(known)
        if layoff is not None and not known.stakes.by_lot:
            own, _ = layoff.risk(known.score_after(effort, layoff), known.field, known.stakes.contest)
            own = own + hiding * known.hazier(effort)
        kept = (1 - self._unneeded(effort, known)) * (1 - self._shared(effort, known))
        return self.prospect.loss(known.stakes.loss, 1 - (1 - own) * kept)

    def marginal(self, known: Known) -> Floats:
        own, by_score, hiding = self._own(known)
        unneeded, shared = self._unneeded(known.effort, known), self._shared(known.effort, known)
        kept = (1 - unneeded) * (1 - shared)
        felt = self.prospect.loss_slope(known.stakes.loss, 1 - (1 - own) * kept)
        slope = known.slope if known.stakes.layoff is None else known.slope_for(known.stakes.layoff)
        result = (felt * kept * by_score * known.pressure) * slope
        if known.obscures is not None:
            result += (felt * kept * hiding * known.pressure / known.haze) * lifted(known.obscures)
        if self.signal is not None:
            by_standing = -self.relief * unneeded * known.skill  # ∂q_unneeded per unit of loading
            result += (felt * (1 - own) * (1 - shared) * by_standing) * known.observed[self.signal][:, None, None]
        if self.shared_risk and known.axed is not None and known.axed_slope is not None:
            inside = (known.axed > 0) & (known.axed < 1)
            result += (felt * (1 - own) * (1 - unneeded) * self.shared_risk * inside) * known.axed_slope
        elif self.shared_risk:
            by_worth = -self.axed_relief * shared / shared.shape[-1]  # ∂(π·q_axed) per unit of own worth
            result += (felt * (1 - own) * (1 - unneeded) * by_worth) * known.worth
        return result

    def dread(self, known: Known) -> Floats:
        """Return what a score one standard deviation lower would cost: (runs, members) [utility per week]."""
        layoff = known.stakes.layoff
        if layoff is None or known.stakes.by_lot:
            return np.zeros(known.skill.shape)
        kept = (1 - self._unneeded(known.effort, known)) * (1 - self._shared(known.effort, known))
        worse = known.standing - known.stakes.strength * known.stakes.contest.noise
        now, then = (
            1 - (1 - layoff.risk(score, known.field, known.stakes.contest)[0]) * kept
            for score in (known.standing, worse)
        )
        return self.prospect.loss(known.stakes.loss, now) - self.prospect.loss(known.stakes.loss, then)

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
        return _fading(self.base, self.relief * standing)

    def _shared(self, effort: Floats, known: Known) -> Floats:
        """Risk, as far as it is perceived, that the project is stopped: (runs, members)."""
        if not self.shared_risk:
            return np.zeros(effort.shape[1:])
        if known.axed is not None and known.axed_slope is not None:
            risk = known.axed + weighed(known.axed_slope, effort - known.effort)
            return self.shared_risk * np.clip(risk, 0.0, 1.0)
        worth = known.team_worth + weighed(known.worth, effort - known.effort) / effort.shape[-1]
        return self.shared_risk * _fading(self.axed, self.axed_relief * worth)


def _fading(base: float, relief: Floats) -> Floats:
    """Return base·exp(−relief), a risk that some relief takes away and harm adds to, in [0, 1]."""
    return np.clip(base * np.exp(-np.maximum(relief, WORST)), 0.0, 1.0)
