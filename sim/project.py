"""The project: stocks that make misbehaviour costly later.

    P = (1 − friction·(1 − K̄)) / (1 + interest·D)                          productivity
    worth_i = P · Σ_k worth_now_k·skill_i·a_ik                              weeks of core work
    D' = (D + P·Σ_k debt_k·ā_k) · 1/(1 + x),  x = effect·P·Σ_k repays_k·ā_k / (D + hard)
    K_ij' = K_ij + (1 − K_ij)·(learning·practice_i·u_ij + teaching·taught_j)
               − K_ij·(forgetting + obscuring·hidden_ij)

D is debt in weeks of work per member, ā the mean of skill∘effort over members, K_ij ∈ [0, 1] how
well member i knows module j, K̄ its mean. practice_i = Σ_k practice_k·a_ik; u_ij = 1 on the modules
of one's own seat, `elsewhere` on others; taught_j = mean over members l of teaches_l·K_lj; hidden_ij =
Σ_{l≠i} hoards_l·u_lj / Σ_l u_lj: what others hide of a module, in proportion to their part in it.
Debt has no ceiling but its consequence: as P falls less is done, good or bad.

Debt slows what makes it and what repays it alike, and little debt is hard to find (`hard`).
References: debt's interest, Besker, Martini & Bosch (THEORY J); truck factor, Avelino et al. (2016),
ICPC, arXiv 1604.06766. The forms of P, D and K are ours: the simplest with these signs and limits.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.arrays import Floats, average, summed, total, weighed
from sim.errors import InvalidInput


@dataclass(frozen=True, kw_only=True)
class Project:
    """Debt and knowledge of one team's project.

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

    def __post_init__(self) -> None:
        for key in ("interest", "debt_start", "effect", "learning", "teaching", "forgetting", "obscuring"):
            if getattr(self, key) < 0:
                raise InvalidInput(key, getattr(self, key), "at least 0")
        for key in ("elsewhere", "knowledge_start"):
            if not 0 <= getattr(self, key) <= 1:
                raise InvalidInput(key, getattr(self, key), "between 0 and 1")
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


@dataclass(frozen=True, kw_only=True)
class Stocks:
    """What moves: debt (runs,) [weeks of work per member], knowledge (module, runs, members)."""

    debt: Floats
    knowledge: Floats


def begin(project: Project, runs: int, members: int) -> Stocks:
    """Return the stocks before the first week."""
    known = project.knowledge_start * focus(project, members)
    knowledge = np.repeat(known[:, None, :], runs, axis=1)
    return Stocks(debt=np.full(runs, project.debt_start), knowledge=knowledge)


def focus(project: Project, members: int) -> Floats:
    """Return u: 1 on modules of one's own seat, `elsewhere` on others: (module, members)."""
    module, seat = np.arange(project.modules)[:, None], np.arange(members)[None, :]
    return np.where(_owns(module, seat, project.modules, members), 1.0, project.elsewhere)


def _owns(module: np.ndarray, seat: np.ndarray, modules: int, members: int) -> np.ndarray:
    """Seats take turns with modules, whichever are more."""
    return np.asarray((module - seat) % min(modules, members) == 0)


def productivity(project: Project, stocks: Stocks) -> Floats:
    """Return P, what a week of work achieves: (runs,), in (0, 1]."""
    known = average(summed(stocks.knowledge)) / project.modules
    return (1 - project.friction * (1 - known)) / (1 + project.interest * stocks.debt)


def move(project: Project, traces: Traces, stocks: Stocks, effort: Floats, skill: Floats) -> Stocks:
    """Return the stocks after a week of effort (activity, runs, members)."""
    _, runs, members = effort.shape
    pace = productivity(project, stocks)
    inflow = pace * average(skill * weighed(traces.debt, effort))
    repaid = pace * average(skill * weighed(traces.repays, effort))
    paid = project.effect * repaid / (stocks.debt + project.hard)
    debt = (stocks.debt + inflow) / (1 + paid)

    own = focus(project, members)
    part = own / total(own)[:, None]  # of the owners of a module
    own, part = (np.repeat(u[:, None, :], runs, axis=1) for u in (own, part))  # (module, runs, members)
    hoarded = weighed(traces.hoards, effort) * part
    hidden = total(hoarded)[..., None] - hoarded
    taught = average(weighed(traces.teaches, effort) * stocks.knowledge)[..., None]
    gain = project.learning * weighed(traces.practice, effort) * own + project.teaching * taught
    loss = project.forgetting + project.obscuring * hidden
    knowledge = stocks.knowledge + gain - stocks.knowledge * (gain + loss)
    return Stocks(debt=debt, knowledge=np.clip(knowledge, 0.0, 1.0, out=knowledge))


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
