"""What a market believes of people: career concerns (THEORY F)."""

from __future__ import annotations

from typing import Any

from experiments.cases import Case
from experiments.limits import Found, Quantities, last, limit, settled
from sim.scenario import Scenario

HARDLY = 1e-9  # the patience of somebody to whom only what comes next counts


def career(name: str, **changes: Any) -> Scenario:
    """Return a limit with other numbers of its motive, run for as long as a career lasts and two weeks more."""
    scenario = limit(name).with_({f"motives.reputation.{k}": v for k, v in changes.items()})
    return scenario.with_({"weeks": (changes["horizon"] or 0) + 2})


def course(case: Case, name: str, periods: int) -> list[float]:
    """Return the effort of each period of a career that begins with a prior and ends."""
    prior = case.number("h1") / case.number("h_eps")
    scenario = career(name, horizon=periods, patience=case.number("beta"), prior=prior)
    effort: list[float] = settled(scenario).weekly["effort_task_1"].tolist()
    return effort[:periods]


def f1(case: Case) -> Quantities:
    """A career from beginning to end: effort in each period."""
    return {"a": lambda: course(case, "F1", case.count("T"))}


def f2(case: Case) -> Quantities:
    """A career in its middle, ability drifting; μ is the part of a surprise that the next wage does not follow."""

    def steady(drift: float, patience: float) -> float:
        return last(settled(career("F2", horizon=None, drift=drift, patience=patience)), "effort_task_1")

    def rows() -> Found:
        given = case.rows("rows_r_beta", 2).tolist()
        return [{"mu": 1 - steady(r, HARDLY) / HARDLY, "a": steady(r, beta)} for r, beta in given]

    return {"rows": rows}


def f3(case: Case) -> Quantities:
    """A career of two periods: effort in the first."""
    return {"a": lambda: course(case, "F3", 2)[0]}
