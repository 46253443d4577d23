"""How the members of a team decide about a week: perceive, weigh, choose.

    terms_c,ik = ∂u_c/∂a_k                          perceive: a term for each channel (motive)
    m_ik = Σ_c ω_ic·terms_c,ik                      weigh
    a* = answer of the rule of choice to m + τ·ε − distaste;  a ← a + η(a* − a)      choose

Whoever would change less than `status_quo` of the week stays with last week's, and so does whoever thinks no step
ahead of rivals (level 0), whatever the change. A choice that is drawn by lot needs no trying out: its luck is the
same ε. Who has a given week does that, at once and as it stands, and decides nothing.

`Decide` is the seam of the week: the batch passes `StockDecision`, agents and people enter theirs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from sim.arrays import Floats, summed, weighed
from sim.choice.base import Choice
from sim.errors import InvalidInput
from sim.motives.base import Motive
from sim.perception import Known


class Decide(Protocol):
    """Map what members know to their effort, in three phases, each a function of arrays."""

    def perceive(self, known: Known) -> Floats:
        """Return the marginal utility of each channel: (channel, activity, runs, members)."""
        ...

    def weigh(self, terms: Floats) -> Floats:
        """Return m, the marginal reward of each activity: (activity, runs, members)."""
        ...

    def choose(self, known: Known, m: Floats) -> Floats:
        """Return the effort of the week: (activity, runs, members)."""
        ...


@dataclass(frozen=True, kw_only=True)
class Conduct:
    """Habits of deciding that all members share.

    Parameters
    ----------
    adjustment : float
        η, share of the way to the chosen effort that is gone in a week, in (0, 1].
    experimentation : float
        τ, standard deviation of what is tried out [utility per week of effort], at least 0.
    status_quo : float
        Least change of the week that is worth the trouble [weeks of effort moved], at least 0.
    initial : mapping of str to float, or None
        Effort before the first week [week]; None: the habitual week, within hours.
    """

    adjustment: float
    experimentation: float
    status_quo: float
    initial: Mapping[str, float] | None

    def __post_init__(self) -> None:
        if not 0 < self.adjustment <= 1:
            raise InvalidInput("adjustment", self.adjustment, "above 0 and at most 1")
        for key in ("experimentation", "status_quo"):
            if getattr(self, key) < 0:
                raise InvalidInput(key, getattr(self, key), "at least 0")
        for activity, effort in (self.initial or {}).items():
            if effort < 0:
                raise InvalidInput(f"initial.{activity}", effort, "at least 0")


@dataclass(frozen=True, kw_only=True)
class Given:
    """Weeks that some do whatever they want.

    Parameters
    ----------
    effort : (activity, members), (activity, runs, members) or (weeks, activity, runs, members)
        The same every week, or week by week, the last of which goes on [week], at least 0; NaN where a member decides.
    since : int
        The week from which on they do; before, they decide as everybody.

    Examples
    --------
    >>> given = Given(effort=np.array([[0.5, np.nan], [0.25, np.nan]]), since=1)
    >>> [given.instead(np.ones((2, 1, 2)), week)[:, 0].tolist() for week in (0, 1)]
    [[[1.0, 1.0], [1.0, 1.0]], [[0.5, 1.0], [0.25, 1.0]]]
    """

    effort: Floats
    since: int

    def instead(self, chosen: Floats, week: int) -> Floats:
        """Return the effort of a week, given or else chosen: (activity, runs, members)."""
        if week < self.since:
            return chosen
        effort = self.effort[min(week - self.since, len(self.effort) - 1)] if self.effort.ndim == 4 else self.effort
        effort = effort if effort.ndim == 3 else effort[:, None]
        return np.where(np.isnan(effort), chosen, effort)


@dataclass(frozen=True, kw_only=True)
class StockDecision:
    """The decision rule of everybody who does not bring their own.

    Parameters
    ----------
    motives : mapping of str to Motive
        The channels, in order.
    weight : (channel, members) or (channel, runs, members)
        ω, how much each member cares.
    choice : Choice
    conduct : Conduct
    distaste : (activity,)
        Cost of a unit of effort beyond the common cost [utility].
    given : Given or None
        Weeks of those who do not decide; None: everybody does.
    """

    motives: Mapping[str, Motive]
    weight: Floats
    choice: Choice
    conduct: Conduct
    distaste: Floats
    given: Given | None = None

    def perceive(self, known: Known) -> Floats:
        if not self.motives:
            return np.empty((0, *known.slope.shape))
        return np.stack([motive.marginal(known) for motive in self.motives.values()])

    def weigh(self, terms: Floats) -> Floats:
        if not len(terms):
            return np.zeros(terms.shape[1:])
        weight = self.weight if self.weight.ndim == 3 else np.repeat(self.weight[:, None, :], terms.shape[2], axis=1)
        return weighed(weight[:, None], terms)

    def dread(self, known: Known) -> Floats:
        """Return what members fear of the scheme: (runs, members) [utility per week]."""
        fear = np.zeros(known.skill.shape)
        for weight, motive in zip(self.weight, self.motives.values(), strict=True):
            fear = fear + weight * motive.dread(known)
        return fear

    def choose(self, known: Known, m: Floats) -> Floats:
        wanted = m
        if len(known.explore) and self.conduct.experimentation and not self.choice.drawn:
            wanted = wanted + self.conduct.experimentation * known.explore
        if known.objection is not None:
            wanted = wanted - known.objection
        best = self.choice.answer(wanted, known)
        effort = best if self.choice.literal else self._approached(best, known)
        effort = effort if known.keeps is None else np.where(known.keeps, known.effort, effort)
        return effort if self.given is None else self.given.instead(effort, known.week)

    def _approached(self, best: Floats, known: Known) -> Floats:
        """Return the effort part of the way from last week's to the best: (activity, runs, members)."""
        effort = best - known.effort
        effort *= self.conduct.adjustment
        if self.conduct.status_quo:
            effort *= 0.5 * summed(np.abs(best - known.effort)) >= self.conduct.status_quo
        effort += known.effort
        return effort
