"""Contests in which rivals can take from each other's score (THEORY E).

Habits are so large that no effort is held up at 0; what counts is what the prize adds to them.
"""

from __future__ import annotations

from functools import cache

import sim
from experiments.cases import Case
from experiments.limits import ROOM, Quantities, contest, last, settled
from sim.scenario import Scenario

PRIZE = "scheme.promotion.prize"


def e5(case: Case) -> Quantities:
    """Two rivals, the prize that is best for the business, and the one where nobody means ill."""
    c, k = case.number("c", 1.0), case.number("k")
    rough, fair = _rivals("E5", case, 2, c, k), _rivals("E5", case, 2, c, None)

    @cache
    def best() -> float:
        """Return the best prize; none where any does more harm than good."""
        prize = sim.best_strength(rough, over=[PRIZE])[0][0]
        return prize if _added(rough, prize, "surplus") > 0 else 0.0

    @cache
    def alone() -> float:
        return sim.best_strength(fair, over=[PRIZE])[0][0]

    return {
        "dW": best,
        "a": lambda: _added(rough, best(), "effort_task_1"),
        "s": lambda: _added(rough, best(), "effort_task_2"),
        "welfare": lambda: _added(rough, best(), "surplus"),
        "compression": lambda: best() / alone(),
        "dW_no_sabotage": alone,
    }


def e6(case: Case) -> Quantities:
    """N rivals: what a unit of sabotage is worth at a prize of 1, from how much of it there is at a cost of ½·k·s²."""
    k = ROOM / min(1.0, case.number("sigma", 1.0) ** 2)  # so large that the contest is stable
    scenario = _rivals("E6", case, case.count("N"), k, k)
    return {"marg": lambda: k * _added(scenario, 1.0, "effort_task_2")}


def _rivals(name: str, case: Case, size: int, c: float, k: float | None) -> Scenario:
    """Return rivals for whom work costs c and sabotage k, or who, at None, mean no ill."""
    v = case.number("v", 1.0)
    habit = ROOM * (abs(v) + 1 / case.number("sigma", 1.0)) / min(c, k or c)
    changes = {
        f"activities.{task}.{key}": x
        for task, worth in (("task_1", v), ("task_2", -v))
        for key, x in (("worth", worth), ("worth_now", worth), ("habit", habit))
    }
    matrix = [[c]] if k is None else [[c, 0.0], [0.0, k]]
    return contest(name, case, size, {**changes, "choice.matrix": matrix, "good_intent": k is None})


def _added(scenario: Scenario, prize: float, column: str) -> float:
    """Return what a prize adds to something."""
    paid, unpaid = (last(settled(scenario.with_({PRIZE: x})), column) for x in (prize, 0.0))
    return paid - unpaid
