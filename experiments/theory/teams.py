"""Pay for what a team achieves together: free riding, monitors, bonuses, common luck (THEORY D)."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
from scipy.optimize import root_scalar

import sim
from experiments.cases import Case
from experiments.limits import (
    Contract,
    Quantities,
    best_effort,
    first_member,
    last,
    limit,
    played,
    settled,
)
from sim.arrays import Floats
from sim.perception import Known
from sim.scenario import Scenario

FULL = {"kind": "piece_rate", "slope": 1.0}  # pay of a member to whom all that it adds belongs


def _team(case: Case, size: int, worth: float) -> Scenario:
    """Return the limit of a case with so many colleagues and the inputs that all limits of teams share."""
    return limit(case.limit).with_(
        {
            "team.size": size,
            "activities.task_1.worth": worth,
            "activities.task_1.worth_now": worth,
            "choice.matrix": [[case.number("c", 1.0)]],
        }
    )


def d1(case: Case) -> Quantities:
    """All share alike."""

    def row(n: int) -> dict[str, float]:
        scenario = _team(case, n, case.number("theta", 1.0))
        shared = settled(scenario)
        _, first_best = sim.best_strength(scenario.with_({"scheme.pay": FULL}))
        surplus = last(shared, "surplus")
        return {
            "a": last(shared, "effort_task_1"),
            "surplus per head": surplus,
            "ratio to first best": surplus / first_best,
        }

    sizes = case.counts("N")
    return {"rows": lambda: [row(n) for n in sizes]}


def d2(case: Case) -> Quantities:
    """Part of the pay for one's own part."""
    scenario = _team(case, case.count("N"), case.number("theta", 1.0))
    shares = case.vector("omega").tolist()
    return {"a": lambda: [last(settled(scenario.with_({"scheme.pay.own": w})), "effort_task_1") for w in shares]}


def d3(case: Case) -> Quantities:
    """Own and team measures; that of the team, a mean, is scaled up to what all add up to."""
    theta, size = case.number("theta", 1.0), limit("D3").config["team"]["size"]
    contract = Contract(
        limit="D3",
        worth=np.array([theta]),
        loading=np.array([[theta], [theta * size]]),
        covariance=np.diag([case.variance("s_own2"), case.variance("s_team2")]),
        cost=np.array([[case.number("c", 1.0)]]),
        risk_aversion=case.number("r", 0.0),
    )
    return {"b_own": lambda: contract.slopes[0], "b_team": lambda: contract.slopes[1]}


def d4(case: Case) -> Quantities:
    """A bonus for reaching what the first best leads one to expect, play beginning there."""
    theta, size = case.number("theta", 1.0), case.count("N")
    team = _team(case, size, theta).with_(
        {
            "signals.team.loadings": {"task_1": theta * size},
            "signals.team.noise.sd": case.number("sigma", 1.0),
        }
    )

    @cache
    def efficient() -> float:
        """First best effort: that of members to whom all that they add belongs, at the best strength."""
        alone = team.with_({"scheme.pay": FULL, "scheme.weights": {"measure_1": 1.0}, "conduct.initial": None})
        (strength,), _ = sim.best_strength(alone)
        return last(settled(alone.with_({"scheme.strength": strength})), "effort_task_1")

    @cache
    def begun() -> Scenario:
        """Return the team at its first best, and the threshold at what it may expect to score."""
        scenario = team.with_({"conduct.initial": {"task_1": efficient()}})
        people = sim.simulate(scenario, runs=1, members=True, aligned=False).per_member or {}
        return scenario.with_({"scheme.pay.threshold": float(people["expected_score"][0, 0, 0])})

    def paid(bonus: float) -> Scenario:
        return begun().with_({"scheme.pay.bonus": bonus})

    @cache
    def bonus() -> float:
        """Return the bonus at which everybody answers the first best with it."""

        def short(size: float) -> float:
            results = sim.simulate(paid(size), runs=1, aligned=False)
            return float(results.weekly["effort_task_1"].iloc[0]) - efficient()

        return float(root_scalar(short, x0=1.0, x1=2.0, xtol=1e-12).root)

    def best() -> float:
        scenario = paid(bonus())
        most = 2 * efficient() + math.sqrt(2 * bonus() / case.number("c", 1.0))

        def play(known: Known, chosen: Floats) -> Floats:
            held = np.full(chosen.shape, efficient())
            held[0, 0, 0] = best_effort(scenario, "pay", known, held, most)
            return held

        return float(first_member(played(scenario, play))[0])

    return {"B": bonus, "best_response": best}


def d6(case: Case) -> Quantities:
    """Luck that all share, and pay that compares."""
    scenario = _team(case, case.count("N"), case.number("v", 1.0)).with_(
        {
            "signals.measure_1.noise.sd": math.sqrt(case.variance("s_eps2")),
            "signals.measure_1.noise.common": math.sqrt(case.variance("s_common2")),
            "team.risk_aversion": case.number("r", 0.0),
        }
    )
    slope, comparison = "scheme.strength", "scheme.pay.comparison"

    @cache
    def best() -> tuple[list[float], float]:
        return sim.best_strength(scenario, over=[slope, comparison])

    return {
        "b": lambda: best()[0][0],
        "lam": lambda: best()[0][1],
        "surplus": lambda: best()[1],
        "b_no_rpe": lambda: sim.best_strength(scenario.with_({comparison: 0.0}), over=[slope])[0][0],
    }
