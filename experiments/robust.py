"""How far a claim depends on numbers that nobody has measured, and on single entries of the tables.

holds, reverses, too small   shares of draws of a Latin hypercube over what is plausible of every number, the
                             tables of activities and signals, habits and tastes among them; the arms of a claim
                             share each draw, and keep what sets them apart
tables alone                 the effect on a week of the best response at the start: nothing learned, no stock moved
turning point                the smallest factor on one entry of a table at which the sign of the effect turns
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence

import numpy as np
import pandas as pd

from experiments.assumptions import changes, drawn
from experiments.diff import changes as apart
from experiments.parameters import numbers
from sim.arrays import Floats
from sim.draws import Draws
from sim.engine import weeks
from sim.errors import InvalidInput
from sim.rules import plan_of
from sim.scenario import Scenario

TABLES = ("activities.", "signals.")
FACTORS = (1.25, 1.5, 2.0, 3.0, 4.0, 8.0)  # on an entry, and one over them
STEPS = (0.05, 0.1, 0.2, 0.4)  # added to an entry that is 0, and taken off it
FOUND = "follows from the tables", "needs the dynamics", "against the tables"
CLEAR = 0.02  # of the larger of what two arms come to by the tables, that counts as a difference
AT_START = {"conduct.adjustment": 1.0, "conduct.experimentation": 0.0, "beliefs.error": 0.0, "onset": 0}


def kept_of(arms: Mapping[str, Scenario]) -> set[str]:
    """Return the keys in which arms differ."""
    first, *others = (dict(s.config) for s in arms.values())
    return {key for other in others for key in apart(first, other)}


def drawn_arms(arms: Mapping[str, Scenario], seed: int, draw: int, of: int) -> dict[str, Scenario]:
    """Return the arms with draw number `draw` of what is plausible."""
    kept = kept_of(arms)
    return {name: drawn(s, seed, draw, of, kept) for name, s in arms.items()}


def features(arm: Scenario, kept: Collection[str], seed: int, of: int) -> pd.DataFrame:
    """Return what the draws make of every number, a row per draw: the factor on it, or what becomes of a 0."""
    own = dict(numbers(arm.config))
    rows = [changes(arm, seed, draw, of=of, kept=kept) for draw in range(of)]
    table = pd.DataFrame(rows)
    for key in table:
        base = own.get(str(key), 0.0)
        table[key] = table[key].fillna(base) / base if base else table[key].fillna(0.0)
    return table


def at_start(scenario: Scenario) -> Floats:
    """Return the week that people choose at the start: their best response to the tables, (activity,) in weeks."""
    present = {k: v for k, v in AT_START.items() if k.partition(".")[0] in scenario.config}
    first = scenario.with_(present)
    plan = plan_of(first)
    week = next(weeks(plan, Draws(1, [0, 1, 2, 3], plan[0].members)))
    return np.asarray(week.effort.mean(axis=(1, 2)))


def by_tables(arms: Mapping[str, Scenario], loads: Mapping[str, float]) -> dict[str, float] | None:
    """Return what each arm comes to by the tables alone; None where they cannot say, as in an organisation.

    Parameters
    ----------
    loads : mapping of str to float
        Trace of an activity (worth, debt, repays, …) or activity → weight.
    """
    found = {}
    for name, scenario in arms.items():
        if scenario.organisation is not None:
            return None
        try:
            effort = at_start(scenario)
        except InvalidInput:
            return None
        each = scenario.config["activities"]
        load = [sum(w * float(each[a].get(t, float(t == a))) for t, w in loads.items()) for a in scenario.activities]
        found[name] = float(np.dot(load, effort))
    return found


def against_tables(effect: float, predicted: Mapping[str, float] | None, compared: Mapping[str, float]) -> str:
    """Return how an effect stands to what the tables alone say.

    Examples
    --------
    >>> against_tables(0.3, {"a": 1.0, "b": 0.5}, {"a": 1.0, "b": -1.0})
    'follows from the tables'
    """
    if predicted is None or not math.isfinite(effect):
        return FOUND[1]
    size = sum(c * predicted[k] for k, c in compared.items())
    if abs(size) <= CLEAR * max(abs(v) for v in predicted.values()):
        return FOUND[1]
    return FOUND[0] if (size > 0) == (effect > 0) else FOUND[2]


def entries(arms: Mapping[str, Scenario]) -> dict[str, float]:
    """Return the entries of the tables that all arms have, and share: dotted name → value."""
    kept, (first, *others) = kept_of(arms), [dict(numbers(s.config)) for s in arms.values()]
    return {
        k: v for k, v in first.items() if k.startswith(TABLES) and k not in kept and all(o.get(k) == v for o in others)
    }


def telling(table: pd.DataFrame, effects: Sequence[float], among: Collection[str], count: int) -> list[tuple[str, int]]:
    """Return the entries that go most with the effect over draws, and the side on which it shrinks: −1 or 1."""
    y = np.asarray(effects, dtype=float)
    known = np.isfinite(y)
    if known.sum() < 8:
        return []
    found = []
    for key in table:
        x = table[key].to_numpy(float)[known]
        if str(key) in among and x.std() > 0 and y[known].std() > 0:
            found.append((float(np.corrcoef(x, y[known])[0, 1]), str(key)))
    size = np.sign(np.median(y[known]))
    found.sort(key=lambda f: -abs(f[0]))
    return [(key, int(-np.sign(r) * size) or 1) for r, key in found[:count]]


def moved(value: float, side: int) -> list[tuple[float, float]]:
    """Return the values to try of an entry on one side, the nearest first: how far it is moved, and the value."""
    if value == 0:
        return [(step, side * step) for step in STEPS]
    up = side * math.copysign(1.0, value) > 0
    return [(f, value * f if up else value / f) for f in FACTORS]
