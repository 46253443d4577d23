"""What the numbers of an answer rest on: every assumption of a scenario, with its value, range and source.

They stand in `configs/parameters.yaml` by dotted name, `*` for any one name or place; a scenario may have ranges of its
own. Words are for people: a signal is called what people call it, never by its name.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats as scipy_stats

from experiments.parameters import Entry, entry_name, numbers, parameters, plausible
from experiments.quantity import number
from experiments.stats import LUCK

FEW = 9  # numbers of a table that are all shown
SYMBOL = re.compile(r" \([^\s)]{1,2}\)")  # for those who read formulas
NAME = re.compile(r"`?\b(\w+)\b`?")
OWN = "the scenario's own"


@dataclass(frozen=True, kw_only=True)
class Premise:
    """An assumption, or a table of them.

    Parameters
    ----------
    key : str
        Its dotted name, with `*`.
    meaning, value, plausible, unit, source : str
        In words.
    size : float
        Largest size of the rank correlation of one of its numbers with the difference between the first scheme and the
        second, over draws of all of them; NaN where none were made.
    """

    key: str
    meaning: str
    value: str
    plausible: str
    unit: str
    source: str
    size: float = math.nan


def premises(config: Mapping[str, Any], sizes: Mapping[str, float]) -> tuple[Premise, ...]:
    """Return the assumptions of a scenario: those that the answer goes with most first, then in their order.

    Parameters
    ----------
    config : mapping
        The resolved scenario.
    sizes : mapping of str to float
        Dotted name → size of the rank correlation with the difference between the first and the second scheme.
    """
    own: Mapping[str, Any] = config.get("ranges", {})
    grouped: dict[str, dict[str, float]] = {k: {} for k in plausible()}
    for key, value in numbers({k: v for k, v in config.items() if k not in ("ranges", "today")}):
        if key in own:
            grouped[key] = {key: value}
        elif (name := entry_name(key)) in grouped:
            grouped[name][key] = value
    found = [_premise(k, table, config, own.get(k), sizes) for k, table in grouped.items() if table]
    return tuple(sorted(found, key=lambda p: -np.nan_to_num(p.size)))


def _premise(
    key: str, table: Mapping[str, float], config: Mapping[str, Any], own: Any, sizes: Mapping[str, float]
) -> Premise:
    entry = _entry(key) or {"meaning": _spaced(key), "unit": "", "source": ""}
    single = key in table and own is not None
    return Premise(
        key=key,
        meaning=in_words(key, config) if single else plain(entry["meaning"]),
        value=_values(table, config),
        plausible=f"{own[0]:g} to {own[1]:g}" if own is not None else _range(entry["plausible"]),
        unit=plain(entry["unit"]),
        source=OWN if own is not None else plain(entry["source"]),
        size=max((sizes[k] for k in table if k in sizes), default=math.nan),
    )


def _entry(key: str) -> Entry | None:
    """Return what is known of a number, or of a table of them; None where nothing is known to be plausible."""
    name = entry_name(key)
    return parameters()[name] if name in plausible() else None


def plain(text: object) -> str:
    """Return words of the yaml for people: without symbols, without names that only a program needs, without full stop.

    Examples
    --------
    >>> plain("What a week of effort adds to the signal (G)."), plain("as `skill_up` wants it")
    ('What a week of effort adds to the signal', 'as skill up wants it')
    """
    return SYMBOL.sub("", NAME.sub(lambda found: found[1].replace("_", " "), str(text))).rstrip(".")


def in_words(key: str, config: Mapping[str, Any]) -> str:
    """Return what a single number is, with what it is about."""
    entry = _entry(key)
    meaning = _spaced(key) if entry is None else plain(entry["meaning"])
    about = _about(key, config)
    return f"{meaning} ({', '.join(about)})" if about else meaning


def _about(key: str, config: Mapping[str, Any]) -> list[str]:
    """Return what people call the things that a dotted name is about."""
    steps = key.split(".")
    found = []
    for before, step in zip(["", *steps], steps, strict=False):
        room = {"loadings": "activities", "cross": "activities"}.get(before, before)
        if room in ("activities", "signals", "motives") and isinstance(config.get(room), Mapping):
            entry = config[room].get(step)
            if isinstance(entry, Mapping) and "label" in entry:
                found.append(f"“{entry['label']['neutral']}”")
        elif before == "people":
            found.append(str(config["team"]["people"][int(step)]["name"]))
    return found


def _values(table: Mapping[str, float], config: Mapping[str, Any]) -> str:
    """Return the values of an entry: one, or those of a table."""
    if len({*table.values()}) == 1:
        return f"{next(iter(table.values())):g}".replace("-", "−")
    named = {k: ", ".join(_about(k, config)).replace("“", "").replace("”", "") for k in table}
    if len(table) <= FEW and all(named.values()):
        return "; ".join(f"{named[k]} {v:g}".replace("-", "−") for k, v in table.items())
    return f"{len(table)} numbers, {min(table.values()):g} to {max(table.values()):g}".replace("-", "−")


def _range(form: Mapping[str, Any]) -> str:
    """Return what is plausible, in words.

    Examples
    --------
    >>> _range({"low": 0.5, "likely": 1, "high": 2}), _range({"size": "lognormal", "sd": 0.4, "zeros": 0.1})
    ('0.5 to 2', 'each 0.60 to 1.67 times as large; what is 0 within ±0.1')
    """
    if "low" in form:
        return f"{form['low']:g} to {form['high']:g}".replace("-", "−")
    low, high = (float(np.exp(form["sd"] * scipy_stats.norm.ppf(q))) for q in LUCK)
    zeros = f"; what is 0 within ±{form['zeros']:g}" if form["zeros"] else ""
    return f"each {number(low, 2)} to {number(high, 2)} times as large{zeros}"


def _spaced(key: str) -> str:
    return key.replace("_", " ").replace(".", ", ")
