"""What may be true of a real team: draws from the plausible ranges of the numbers of a scenario.

    single numbers   triangular between low and high, most likely where the scenario has it
    tables           size · exp(sd·z), sign kept; a zero becomes one within ± zeros

A scenario may say better what is plausible of its own numbers (`ranges`, dotted name → [low, high]).

A draw is addressed by (seed, run) alone and by the name of each number, so that schemes that are
compared share it. `of` draws are a Latin hypercube: each number comes from each of as many equally
likely slices once. A draw that the model refuses (two numbers that do not go together) is drawn
closer to the scenario's own numbers, half way each time.
"""

from __future__ import annotations

import zlib
from collections.abc import Collection, Mapping
from functools import cache, lru_cache
from typing import Any

import numpy as np
from scipy.special import ndtr, ndtri

from experiments.parameters import entry_name, numbers, plausible
from sim.draws import stream
from sim.errors import InvalidInput
from sim.rules import plan_of
from sim.scenario import Scenario, scenario_from

HALVINGS = 6  # how often a draw that is refused is moved closer


def changes(
    scenario: Scenario,
    seed: int,
    run: int,
    share: float = 1.0,
    of: int | None = None,
    kept: Collection[str] = (),
) -> dict[str, float]:
    """Return what draw `run` makes of the numbers of a scenario: dotted name → value.

    Parameters
    ----------
    share : float
        How far to go from the scenario's own numbers to the draw, in [0, 1].
    of : int or None
        Draws of a Latin hypercube, of which this is one; None: draws are independent.
    kept : collection of str
        Numbers that stay what they are, with all that stands below them.
    """
    found = {}
    own = scenario.config["ranges"]
    for key, value in numbers({k: v for k, v in scenario.config.items() if k != "ranges"}):
        form = {"low": own[key][0], "high": own[key][1]} if key in own else plausible().get(entry_name(key) or "")
        if form is None or any(key == k or key.startswith(f"{k}.") for k in kept):
            continue
        z = _normal(seed, run, f"assumption:{zlib.crc32(key.encode())}", of)
        if "size" in form:
            size = form["zeros"] * (2 * float(ndtr(z)) - 1) if value == 0 else value * float(np.exp(form["sd"] * z))
        elif form["low"] <= value <= form["high"]:
            size = _triangular(float(ndtr(z)), form["low"], value, form["high"])
        else:
            continue  # set on purpose to what is not plausible
        drawn_value = value + share * (size - value)
        if drawn_value != value:
            found[key] = drawn_value
    return found


@lru_cache(maxsize=1 << 18)
def _normal(seed: int, run: int, cause: str, of: int | None) -> float:
    """Return a standard normal number, or one of `of` that are spread evenly."""
    chance = stream(seed, run, cause)
    return float(
        chance.standard_normal() if of is None else ndtri((_slices(seed, cause, of)[run] + chance.random()) / of)
    )


@cache
def _slices(seed: int, cause: str, of: int) -> list[int]:
    """Return which slice each draw comes from."""
    order: list[int] = stream(seed, 0, f"{cause}:slices").permutation(of).tolist()
    return order


def _triangular(u: float, low: float, peak: float, high: float) -> float:
    """Quantile u of the triangular distribution."""
    width = high - low
    if u * width < peak - low:
        return float(low + np.sqrt(u * width * (peak - low)))
    return float(high - np.sqrt((1 - u) * width * (high - peak)))


def drawn(scenario: Scenario, seed: int, run: int, of: int | None = None, kept: Collection[str] = ()) -> Scenario:
    """Return the scenario with draw `run` of its plausible numbers; weeks, names and switches stay."""
    share = 1.0
    for _ in range(HALVINGS):
        try:
            candidate = scenario_from(_put(scenario.config, changes(scenario, seed, run, share, of, kept)))
            plan_of(candidate)
            return candidate
        except InvalidInput:
            share /= 2
    return scenario


def _put(config: Any, values: Mapping[str, float], key: str = "") -> Any:
    """Return a copy of a configuration with some numbers changed."""
    if isinstance(config, Mapping):
        return {k: _put(v, values, f"{key}.{k}" if key else str(k)) for k, v in config.items()}
    if isinstance(config, list | tuple):
        return [_put(v, values, f"{key}.{i}") for i, v in enumerate(config)]
    changed = values.get(key, config)
    return round(changed) if isinstance(config, int) and not isinstance(config, bool) else changed
