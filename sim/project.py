"""The project: stocks that make misbehaviour costly later.

    K̂_ij = K_ij + (1 − K_ij)·reach·W_j                                     with what is written down
    P = (1 − friction·(1 − K̄)) / ((1 + interest·D)·(1 + cost·n/N)) · max(0, 1 − pair·min(N − 1, reach)/2)
    worth_i = P · Σ_k worth_now_k·skill_i·a_ik                              weeks of core work
    D' = (D + P·Σ_k debt_k·ā_k + rot·lost) · 1/(1 + x),  x = effect·P·Σ_k repays_k·ā_k / (D + hard)
    K_ij' = K_ij + (1 − K_ij)·(learning·practice_i·u_ij + teaching·taught_j)
               − K_ij·(forgetting + obscuring·hidden_ij)
    W_j' = W_j + (1 − W_j)·rate·written_j − staleness·W_j                   documentation
    n' = least k with Poisson(≤ k; base + per_debt·D) above luck            incidents of the team in a week
    B' = max(0, B + demand − P·Σ_k delivers_k·ā_k),  lead time = B / delivered

D is debt in weeks of work per member, ā the mean of skill∘effort over members, K_ij ∈ [0, 1] how
well member i knows module j, W_j ∈ [0, 1] how much of it is written down, K̄ the mean of K̂, N the number
of members. practice_i = Σ_k practice_k·a_ik; u_ij = 1 on the modules of one's own seat, `elsewhere` on
others; taught_j = mean over members l of teaches_l·K_lj, written_j of documents_l·K_lj; hidden_ij =
Σ_{l≠i} hoards_l·u_lj / Σ_l u_lj: what others hide of a module, in proportion to their part in it; lost:
modules that nobody knows and no document explains. Debt has no ceiling but its consequence: as P falls
less is done, good or bad. Incidents of a week slow the next: all choose on what they knew.

Documentation, incidents, coordination and backlog may each be absent, and then leave no trace.
Debt slows what makes it and what repays it alike, and little debt is hard to find (`hard`).
References: debt's interest, Besker, Martini & Bosch (THEORY J); low-quality code breaks more, Tornhill &
Borg (2022), TechDebt, arXiv 2203.04374; pairs, Brooks (1975), The Mythical Man-Month (THEORY K2); lead
time, Little (1961), Operations Research 9(3), 383-387; truck factor, Avelino et al. (2016), ICPC, arXiv
1604.06766. The forms of P, D, K and W are ours: the simplest with these signs and limits.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

import numpy as np

from sim.arrays import Bools, Floats, average, summed, total, weighed
from sim.errors import InvalidInput

BUSIEST = 700.0  # incidents a week that are expected at most: e⁻⁷⁰⁰ is still a number
LUCKIEST = 1 - 1e-9  # sums of probabilities reach it, whatever their rounding


@dataclass(frozen=True, kw_only=True)
class Documentation:
    """What is written down, for everybody, and outlasts who wrote it.

    Parameters
    ----------
    rate : float
        Share of what is not written down yet that a week of a team that knows all and does nothing else
        adds [per week], at least 0.
    staleness : float
        Share of what is written that ceases to be true in a week, in [0, 1].
    reach : float
        How much of a member's ignorance of a module its full documentation makes up for, in [0, 1].

    References
    ----------
    Ours: as knowledge spreads by teaching, with nobody's head as its place.
    """

    rate: float
    staleness: float
    reach: float

    def __post_init__(self) -> None:
        _at_least_0(self, "rate")
        _share(self, "staleness", "reach")


@dataclass(frozen=True, kw_only=True)
class Incidents:
    """What breaks, and what that costs.

    Parameters
    ----------
    base : float
        Incidents of a team without debt [per week], at least 0.
    per_debt : float
        Incidents more for each week of debt per member [per week], at least 0.
    cost : float
        Work of one member that an incident takes, in the week after it [weeks], at least 0.

    References
    ----------
    Tornhill & Borg (2022) find 15 times as many defects in low-quality code. That incidents are independent of
    one another, and their rate linear in debt, is ours.
    """

    base: float
    per_debt: float
    cost: float

    def __post_init__(self) -> None:
        _at_least_0(self, "base", "per_debt", "cost")

    def expected(self, debt: Floats) -> Floats:
        """Return the expected incidents of a week that begins with that debt: (runs,) both."""
        return np.minimum(self.base + self.per_debt * debt, BUSIEST)


@dataclass(frozen=True, kw_only=True)
class Coordination:
    """What it takes to keep each other informed.

    Parameters
    ----------
    pair : float
        Time that a pair of members spends on each other, as a share of one member's, at least 0.
    reach : int or None
        Members with whom one has to coordinate at most, at least 1; None: all.

    References
    ----------
    Brooks (1975): n(n−1)/2 pairs (THEORY K2). A limited reach is ours: large teams have subgroups.

    Examples
    --------
    >>> Coordination(pair=0.04, reach=None).left(26)
    0.5
    """

    pair: float
    reach: int | None

    def __post_init__(self) -> None:
        _at_least_0(self, "pair")
        if self.reach is not None and self.reach < 1:
            raise InvalidInput("reach", self.reach, "at least 1, or null")

    def left(self, members: int) -> float:
        """Return the share of everyone's time that coordination leaves, in [0, 1]."""
        return max(0.0, 1 - self._takes(members))

    def left_at(self, members: int, ease: Floats) -> Floats:
        """Return the same where people cooperate less easily: (runs,) both."""
        return np.maximum(1 - self._takes(members) / ease, 0.0)

    def _takes(self, members: int) -> float:
        return self.pair * (members - 1 if self.reach is None else min(members - 1, self.reach)) / 2


def _at_least_0(part: object, *keys: str) -> None:
    for key in keys:
        if getattr(part, key) < 0:
            raise InvalidInput(key, getattr(part, key), "at least 0")


def _share(part: object, *keys: str) -> None:
    for key in keys:
        if not 0 <= getattr(part, key) <= 1:
            raise InvalidInput(key, getattr(part, key), "between 0 and 1")


@dataclass(frozen=True, kw_only=True)
class Project:
    """One team's project.

    Parameters
    ----------
    interest : float
        Work slowed per week of debt per member, at least 0.
    debt_start : float
        Debt at the beginning [weeks of work per member], at least 0.
    effect : float
        Debt paid off by a week of repayment where there is plenty [weeks], at least 0.
    hard : float
        Debt at which half of that effect is lost [weeks of work per member], above 0.
    friction : float
        Share of productivity lost where nobody knows anything, in [0, 1).
    modules : int
        Parts of the system, at least 1.
    elsewhere : float
        How much of one's practice reaches modules of others, in [0, 1].
    learning, teaching, forgetting, obscuring : float
        Rates per week, at least 0.
    knows : float
        How well one must know a module to carry it alone, in (0, 1].
    knowledge_start : float
        Knowledge of one's own modules at the beginning, `elsewhere` of it of others', in [0, 1].
    rot : float
        Debt that grows in a module that nobody knows and no document explains [weeks of work per member and
        week], at least 0.
    documentation : Documentation or None
        None: nothing is written down.
    incidents : Incidents or None
        None: nothing breaks.
    coordination : Coordination or None
        None: it takes no time.
    demand : float or None
        Work that users ask for [weeks of core work per member and week], at least 0; None: no backlog is kept.
    """

    interest: float
    debt_start: float
    effect: float
    hard: float
    friction: float
    modules: int
    elsewhere: float
    learning: float
    teaching: float
    forgetting: float
    obscuring: float
    knows: float
    knowledge_start: float
    rot: float
    documentation: Documentation | None
    incidents: Incidents | None
    coordination: Coordination | None
    demand: float | None

    def __post_init__(self) -> None:
        _at_least_0(self, "interest", "debt_start", "effect", "learning", "teaching", "forgetting", "obscuring", "rot")
        if self.demand is not None:
            _at_least_0(self, "demand")
        _share(self, "elsewhere", "knowledge_start")
        if self.hard <= 0:
            raise InvalidInput("hard", self.hard, "above 0")
        if not 0 <= self.friction < 1:
            raise InvalidInput("friction", self.friction, "at least 0 and below 1")
        if not 0 < self.knows <= 1:
            raise InvalidInput("knows", self.knows, "above 0 and at most 1")
        if self.modules < 1:
            raise InvalidInput("modules", self.modules, "at least 1")


@dataclass(frozen=True, kw_only=True)
class Traces:
    """What a unit of effort on each activity does to the project: (activity,) each."""

    worth_now: Floats
    debt: Floats
    repays: Floats
    practice: Floats
    teaches: Floats
    hoards: Floats
    documents: Floats
    delivers: Floats

    @cached_property
    def delivered_now(self) -> Floats:
        """What of `worth_now` lies in what users asked for: (activity,)."""
        return np.where(self.delivers > 0, self.worth_now, 0.0)


@dataclass(frozen=True, kw_only=True)
class Stocks:
    """What moves. The last three are None where the project has no such part.

    Parameters
    ----------
    debt : (runs,)
        D [weeks of work per member], at least 0.
    knowledge : (module, runs, members)
        K, in [0, 1].
    documented : (module, runs) or None
        W, in [0, 1].
    incidents : (runs,) or None
        n, of the week that has passed.
    backlog : (runs,) or None
        B, what was asked for and is not delivered yet [weeks of core work per member], at least 0.
    """

    debt: Floats
    knowledge: Floats
    documented: Floats | None = None
    incidents: Floats | None = None
    backlog: Floats | None = None


def begin(project: Project, runs: int, members: int) -> Stocks:
    """Return the stocks before the first week: nothing is written down, broken or waiting."""
    known = project.knowledge_start * focus(project, members)
    return Stocks(
        debt=np.full(runs, project.debt_start),
        knowledge=np.repeat(known[:, None, :], runs, axis=1),
        documented=None if project.documentation is None else np.zeros((project.modules, runs)),
        incidents=None if project.incidents is None else np.zeros(runs),
        backlog=None if project.demand is None else np.zeros(runs),
    )


def focus(project: Project, members: int) -> Floats:
    """Return u: 1 on modules of one's own seat, `elsewhere` on others: (module, members)."""
    module, seat = np.arange(project.modules)[:, None], np.arange(members)[None, :]
    return np.where(_owns(module, seat, project.modules, members), 1.0, project.elsewhere)


def _owns(module: np.ndarray, seat: np.ndarray, modules: int, members: int) -> np.ndarray:
    """Seats take turns with modules, whichever are more."""
    return np.asarray((module - seat) % min(modules, members) == 0)


@lru_cache(maxsize=4)  # the same every week
def _owners(project: Project, members: int) -> tuple[Floats, Floats]:
    """Return u, and everyone's part in a module, u over its sum: (members, module, 1) each, read-only."""
    own = focus(project, members)
    both = _by_member(own)[..., None], _by_member(own / total(own)[:, None])[..., None]
    for each in both:
        each.setflags(write=False)
    return both


def _by_member(x: Floats) -> Floats:
    """Turn (..., members) to (members, ...), so that sums over members are quick."""
    return x.reshape(-1, x.shape[-1]).T.copy().reshape(x.shape[-1], *x.shape[:-1])


def _by_module(x: Floats) -> Floats:
    """Turn (members, ...) back to (..., members)."""
    return x.reshape(len(x), -1).T.copy().reshape(*x.shape[1:], len(x))


def productivity(project: Project, stocks: Stocks, members: int, ease: Floats | None = None) -> Floats:
    """Return P, what a week of work achieves: (runs,), in [0, 1]; `ease` as in `move`."""
    if project.documentation is not None and stocks.documented is not None:
        each = average(stocks.knowledge)  # (module, runs)
        each = each + (1 - each) * (project.documentation.reach * stocks.documented)
        known = summed(each) / project.modules
    else:
        known = average(summed(stocks.knowledge)) / project.modules
    pace = (1 - project.friction * (1 - known)) / (1 + project.interest * stocks.debt)
    if project.incidents is not None and stocks.incidents is not None:
        pace = pace / (1 + project.incidents.cost * stocks.incidents / members)
    if project.coordination is not None:
        work = project.coordination
        pace = pace * (work.left(members) if ease is None else work.left_at(members, ease))
    return pace


def delivered(traces: Traces, pace: Floats, effort: Floats, skill: Floats) -> Floats:
    """Return what users get in a week: (runs,) [weeks of core work per member].

    Parameters
    ----------
    pace : (runs,)
        P.
    effort : (activity, runs, members)
    skill : (runs, members)
    """
    return pace * average(skill * weighed(traces.delivers, effort))


def move(
    project: Project,
    traces: Traces,
    stocks: Stocks,
    effort: Floats,
    skill: Floats,
    chance: Floats,
    ease: Floats | None = None,
) -> Stocks:
    """Return the stocks after a week.

    Parameters
    ----------
    effort : (activity, runs, members)
    skill : (runs, members)
    chance : (cause, runs, members)
        Uniform on [0, 1): the luck of incidents, of which a run uses its first seat's; no cause where there are none.
    ease : (runs,) or None
        How far people cooperate, in (0, 1]: factor on what is taught and written down; None: all the way.
    """
    members = effort.shape[-1]
    pace = productivity(project, stocks, members, ease)
    minds = _by_member(stocks.knowledge)  # (members, module, runs)

    inflow = pace * average(skill * weighed(traces.debt, effort))
    if project.rot:
        inflow = inflow + project.rot * _count(_lost(project, minds, stocks.documented))
    repaid = pace * average(skill * weighed(traces.repays, effort))
    paid = project.effect * repaid / (stocks.debt + project.hard)
    debt = (stocks.debt + inflow) / (1 + paid)

    def time(loading: Floats) -> Floats:
        return _by_member(weighed(loading, effort))[:, None]  # (members, 1, runs)

    own, part = _owners(project, members)
    hoarded = time(traces.hoards) * part
    gain = project.learning * time(traces.practice) * own
    taught = summed(time(traces.teaches) * minds) / members
    gain += project.teaching * (taught if ease is None else taught * ease)
    loss = summed(hoarded) - hoarded  # what others hide
    loss *= project.obscuring
    loss += project.forgetting
    knowledge = _moved(minds, gain, loss)

    documented, incidents, backlog = None, None, None
    if project.documentation is not None and stocks.documented is not None:
        written = summed(time(traces.documents) * minds) / members
        written = written if ease is None else written * ease
        documented = _moved(stocks.documented, project.documentation.rate * written, project.documentation.staleness)
    if project.incidents is not None:
        incidents = _poisson(project.incidents.expected(stocks.debt), chance[0, :, 0])
    if project.demand is not None and stocks.backlog is not None:
        backlog = np.maximum(stocks.backlog + project.demand - delivered(traces, pace, effort, skill), 0.0)
    return Stocks(
        debt=debt,
        knowledge=_by_module(knowledge),
        documented=documented,
        incidents=incidents,
        backlog=backlog,
    )


def _moved(share: Floats, gain: Floats, loss: Floats | float) -> Floats:
    """Return a share that grows by a part of what is missing and shrinks by a part of itself, in [0, 1]."""
    after, lost = share + gain, gain + loss
    lost *= share
    after -= lost
    return np.clip(after, 0.0, 1.0, out=after)


def _poisson(rate: Floats, luck: Floats) -> Floats:
    """Return how many events there are: the least k with Poisson(≤ k; rate) above luck: (runs,) all.

    Examples
    --------
    >>> _poisson(np.array([0.5, 0.5, 3.0]), np.array([0.6, 0.61, 0.5]))
    array([0., 1., 3.])
    """
    luck = np.minimum(luck, LUCKIEST)
    count = np.zeros(len(rate))
    exactly = up_to = np.exp(-rate)
    events = 0
    while (more := luck >= up_to).any():
        events += 1
        count += more
        exactly = exactly * (rate / events)
        up_to = up_to + exactly
    return count


def forget(stocks: Stocks, gone: Bools) -> Stocks:
    """Return the stocks without what leavers knew; what is written down stays.

    Parameters
    ----------
    gone : (runs, members)
    """
    return replace(stocks, knowledge=np.where(gone, 0.0, stocks.knowledge))


def _nobodys(project: Project, minds: Floats) -> Bools:
    """Return which modules nobody knows well enough to carry them alone: (members, module, runs) to (module, runs)."""
    return np.asarray(minds.max(axis=0) < project.knows)


def _lost(project: Project, minds: Floats, documented: Floats | None) -> Bools:
    """Return which modules nobody knows and no document explains: (module, runs)."""
    lost = _nobodys(project, minds)
    return lost if documented is None else lost & (documented < project.knows)


def _count(modules: Bools) -> Floats:
    return modules.sum(axis=0).astype(np.float64)  # whole numbers: no rounding


def orphaned(project: Project, stocks: Stocks) -> Floats:
    """Return the share of modules that no member knows, documented or not: (runs,)."""
    return _count(_nobodys(project, _by_member(stocks.knowledge))) / project.modules


def documented_share(stocks: Stocks) -> Floats:
    """Return how much of an average module is written down: (runs,), in [0, 1]; 0 where documents are off."""
    if stocks.documented is None:
        return np.zeros(len(stocks.debt))
    return summed(stocks.documented) / len(stocks.documented)


def truck_factor(project: Project, stocks: Stocks) -> Floats:
    """Fewest members whose leaving orphans more than half of the modules: (runs,).

    Members leave in the order of how many modules they know, the widest first (ties by how well);
    a module is orphaned when the last who knows it has gone.
    """
    knows = stocks.knowledge >= project.knows  # (module, runs, members)
    breadth = knows.sum(axis=0) + 1e-6 * summed(stocks.knowledge)
    turn = np.argsort(np.argsort(-breadth, axis=-1, kind="stable"), axis=-1, kind="stable") + 1
    last = np.sort(np.where(knows, turn, 0).max(axis=-1), axis=0)  # (module, runs) leavers until orphaned
    return last[project.modules // 2].astype(np.float64)
