"""What theory says of a worker whom a linear contract pays for measures, as numbers to draw (THEORY A to C).

    a = a0 + C⁻¹(G'b − π·1_gaming),  b_m = strength·slope·w_m
    worth = f'a,  surplus = f'a − ½(a−a0)'C(a−a0) − ½·r·b'Σb

π is what an audit takes off the marginal reward of gaming, at the gaming g = 1_gaming'a that it leads to:

    π(g) = penalty·probability·(1 − both errors)·exp(−g/k)/k,  k = sensitivity
    g = g0 − κ·π(g),  g0 = 1_gaming'(a0 + C⁻¹G'b),  κ = 1_gaming'C⁻¹1_gaming

A worker who goes from last week's π comes to rest at the larger root, if the habit lies on its side of the smaller:
the map is increasing and bent one way, so that there are two at most.

References: Holmström & Milgrom (1991); Baker (2002); Feltham & Xie (1994). The audit: ours.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np
from scipy.optimize import brentq

import sim
from sim.arrays import Floats
from sim.perception import Audit

FREE = (
    "story",
    "weeks",
    "activities",
    "signals",
    "choice",
    "scheme",
    "team",
)  # compared by parts, or of no account
OF_SCHEME = ("label", "weights", "strength", "correlation", "pay", "audit", "allow_negative")
OF_TASK = ("label", "worth", "worth_now", "habit", "gaming")
OF_MEASURE = ("label", "unit", "explicit", "loadings", "noise")


def predicted(config: Mapping[str, Any], measure: str) -> float | None:
    """Return a measure of a scenario once effort rests; None where theory has no closed form for it.

    Parameters
    ----------
    config : mapping
        The configuration of a scenario: theory has one where it differs from limit A0 in tasks, measures, cost,
        risk aversion and what is paid for, and in an audit, alone.
    measure : str
        `worth` or `surplus`.

    Examples
    --------
    >>> import sim
    >>> scenario = sim.load("limit=A0").with_({"scheme.strength": 0.5})
    >>> predicted(scenario.config, "worth"), predicted(scenario.config, "debt")
    (61.0, None)
    """
    if measure not in ("worth", "surplus") or not _contract(config):
        return None
    tasks, measures = config["activities"], config["signals"]
    worth, habit = (np.array([float(t[k]) for t in tasks.values()]) for k in ("worth", "habit"))
    gaming = np.array([float(t.get("gaming", False)) for t in tasks.values()])
    weights = config["scheme"]["weights"]
    b = config["scheme"]["strength"] * config["scheme"]["pay"]["slope"] * np.array([float(w) for w in weights.values()])
    loading = np.array([_loadings(measures[m]["loadings"], tasks) for m in weights])
    answer = np.linalg.inv(np.array(config["choice"]["matrix"], dtype=float))
    paid, audit = habit + answer @ (b @ loading), config["scheme"]["audit"]
    effort = paid if audit is None else _audited(Audit(**audit), paid, habit, gaming, answer)
    if effort is None or effort.min() < 0:
        return None
    if measure == "worth":
        return float(worth @ effort)
    sd = b * np.array([float(measures[m]["noise"]["sd"]) for m in weights])
    correlation = config["scheme"]["correlation"]
    variance = sd @ sd if correlation is None else sd @ np.array(correlation, dtype=float) @ sd
    away = effort - habit
    cost = 0.5 * away @ np.linalg.solve(answer, away)
    return float(worth @ effort - cost - 0.5 * config["team"]["risk_aversion"] * variance)


def _audited(audit: Audit, effort: Floats, habit: Floats, gaming: Floats, answer: Floats) -> Floats | None:
    """Return the effort at rest under an audit; None where it does not come to rest.

    Parameters
    ----------
    effort, habit : (activity,)
        Without the audit · when nothing is rewarded.
    gaming : (activity,)
    answer : (activity, activity)
        C⁻¹.
    """

    def off(g: float) -> float:  # π(g)
        return audit.penalty * float(audit.slope(np.array(g)))

    most, pull = float(gaming @ effort), float(gaming @ answer @ gaming)
    steep = pull * off(0.0) / audit.sensitivity  # |slope of κ·π| at 0, steepest there
    least = audit.sensitivity * math.log(steep) if steep > 1 else 0.0  # between the roots
    if least > min(most, float(gaming @ habit)) or least - most + pull * off(least) > 0:
        return None
    rest = brentq(lambda g: g - most + pull * off(g), least, most, xtol=1e-13) if most > least else most
    return effort - off(rest) * (answer @ gaming)


def _loadings(loadings: Any, tasks: Mapping[str, Any]) -> list[float]:
    """Return what a unit of each task adds to a measure; `worth` is a measure of what it is worth."""
    if loadings == "worth":
        return [float(t["worth"]) for t in tasks.values()]
    return [float(loadings.get(k, 0.0)) for k in tasks]


@cache
def _reference() -> Mapping[str, Any]:
    return sim.load("limit=A0").config


def _contract(config: Mapping[str, Any]) -> bool:
    """Whether nothing is there that theory does not speak of."""
    ours = _reference()
    scheme, tasks = config["scheme"], config["activities"].values()
    return (
        _alike(config, ours, FREE)
        and _alike(scheme, ours["scheme"], OF_SCHEME)
        and _alike(config["team"], ours["team"], ("label", "risk_aversion"))
        and config["choice"].get("kind") == "quadratic"
        and (scheme["pay"] or {}).get("kind") == "piece_rate"
        and all(_alike(t, ours["activities"]["task_1"], OF_TASK) and t["worth"] == t["worth_now"] for t in tasks)
        and all(
            _alike(m, ours["signals"]["measure_1"], OF_MEASURE)
            and _alike(m["noise"], ours["signals"]["measure_1"]["noise"], ("sd",))
            for m in (config["signals"].get(name) for name in scheme["weights"])
        )
    )


def _alike(one: Any, other: Mapping[str, Any], apart: tuple[str, ...]) -> bool:
    """Whether two mappings agree in all but some keys."""
    if not isinstance(one, Mapping):
        return False
    return {k: v for k, v in one.items() if k not in apart} == {k: v for k, v in other.items() if k not in apart}
