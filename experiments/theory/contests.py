"""Contests for promotion and against layoff (THEORY E)."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
from scipy.optimize import root_scalar

import sim
from experiments.cases import Case
from experiments.limits import (
    Quantities,
    best_effort,
    contest,
    first_member,
    last,
    limit,
    played,
    settled,
    steepness,
)
from sim.arrays import Floats
from sim.perception import Known

NUDGE = 1e-6  # by how much effort is moved to see what answers [noise of the score]
CROWD = 1000  # members of a crowd; their number does not matter


def e1(case: Case) -> Quantities:
    """Two rivals; g0 is what an hour adds to the chance of a prize of 1."""
    scenario = contest("E1", case, 2)

    def chance() -> float:
        results = settled(scenario.with_({"scheme.promotion.prize": 1.0}))
        return float(results.measures()["incentive"].iloc[0])

    return {"g0": chance, "a": lambda: last(settled(scenario), "effort_task_1")}


def e1b(case: Case) -> Quantities:
    """The prize for one of two rivals at which surplus is highest."""
    v, prize = case.number("v", 1.0), "scheme.promotion.prize"
    scenario = contest("E1b", case, 2, {"activities.task_1.worth": v, "activities.task_1.worth_now": v})

    @cache
    def best() -> float:
        return sim.best_strength(scenario, over=[prize])[0][0]

    return {"dW": best, "a": lambda: last(settled(scenario.with_({prize: best()})), "effort_task_1")}


def e2(case: Case) -> Quantities:
    """N rivals, k prizes."""

    def row(n: int, k: int) -> dict[str, float]:
        scenario = contest("E2", case, n, {"scheme.promotion.winners": k})
        return {"beta": steepness(n, k, "exact"), "a": last(settled(scenario), "effort_task_1")}

    rows = [[case.whole("rows_N_k", x) for x in r] for r in case.rows("rows_N_k", 2).tolist()]
    return {"rows": lambda: [row(n, k) for n, k in rows]}


def e2b(case: Case) -> Quantities:
    """The effort that serves a member best, of all there are, against rivals who play as the model says."""
    scenario = contest("E2b", case, case.count("N"), {"scheme.promotion.winners": case.count("k")})
    most = math.sqrt(2 * case.number("dW", 1.0) / case.number("c", 1.0))  # costs as much as the prize brings

    def best() -> float:
        usual = last(settled(scenario), "effort_task_1")

        def play(known: Known, chosen: Floats) -> Floats:
            held = np.full(chosen.shape, usual)
            if known.week:
                held[0, 0, 0] = best_effort(scenario, "promotion", known, held, most)
            return held

        return float(first_member(played(scenario, play))[-1])

    return {"a": best}


def e3(case: Case) -> Quantities:
    """A place for a share p of a crowd."""
    return {"beta": lambda: [steepness(CROWD, p * CROWD, "crowd") for p in case.vector("p").tolist()]}


def e3b(case: Case) -> Quantities:
    """A place for a share p of ever more rivals, and how far that is from a crowd."""
    p, sizes = case.number("p", 0.1), case.counts("N")

    @cache
    def beta() -> list[float]:
        return [steepness(n, round(p * n, 9), "exact") for n in sizes]

    def gaps() -> list[float]:
        crowd = steepness(CROWD, p * CROWD, "crowd")
        return [n * (crowd - b) for n, b in zip(sizes, beta(), strict=True)]

    return {"last": lambda: beta()[-1], "table_beta": beta, "N_times_gap": gaps}


def e4(case: Case) -> Quantities:
    """Up or out in a crowd."""
    changes = {
        "scheme.promotion.share": case.number("p"),
        "scheme.layoff.share": case.number("q"),
        "scheme.layoff.loss": case.number("L", 1.0),
    }
    scenario = contest("E4", case, limit("E4").config["team"]["size"], changes)
    return {"a": lambda: last(settled(scenario), "effort_task_1")}


def e7(case: Case) -> Quantities:
    """One member among a crowd: s, how the answer moves with own effort; slope, how the best answer moves
    with everybody's mean effort."""
    size = limit("E7").config["team"]["size"]
    scenario = contest("E7", case, size, {"scheme.promotion.share": case.number("p")})
    nudge = NUDGE * case.number("sigma", 1.0)

    @cache
    def usual() -> float:
        return last(settled(scenario), "effort_task_1")

    def answer(own: float, others: float) -> tuple[float, float]:
        """Return what the first member answers to a week of these efforts, and that week's mean effort."""

        def play(known: Known, chosen: Floats) -> Floats:
            held = np.full(chosen.shape, others)
            held[0, 0, 0] = own if known.week == 0 else chosen[0, 0, 0]
            return held

        results = played(scenario, play)
        return float(first_member(results)[-1]), float(results.weekly["effort_task_1"].iloc[0])

    def s() -> float:
        (high, mean_high), (low, mean_low) = (answer(usual() + x, usual()) for x in (nudge, -nudge))
        return (high - low) / (2 * nudge - (mean_high - mean_low))

    def reply(others: float) -> tuple[float, float]:
        """Return the effort that answers itself, and the mean effort then."""
        own = root_scalar(lambda x: answer(x, others)[0] - x, x0=usual(), x1=usual() + nudge, xtol=1e-14).root
        return own, answer(own, others)[1]

    def slope() -> float:
        (high, mean_high), (low, mean_low) = (reply(usual() + x) for x in (nudge, -nudge))
        return (high - low) / (mean_high - mean_low)

    return {"s": s, "slope": slope}
