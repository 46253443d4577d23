"""What a sweep varies: one axis per parameter, in Hydra's own words.

    scheme=choice(commits,none)           options of a group, or values of a parameter; a,b,c and glob(*) too
    scheme.strength=interval(0,3)         any number between; tag(log,interval(0.01,1)) evenly in logarithms
    team.size=int(interval(3,12))         whole numbers between; so does interval() where only whole ones are allowed
    scheme.review.weeks=range(4,27,3)     as Python's range
    scheme.strength=plausible             the range that configs/parameters.yaml has for it

A number u in [0, 1) becomes a value of an axis: evenly between the ends (or in logarithms), or the ⌊u·n⌋-th of n
values. What is plausible of the entries of a table is a factor exp(sd·z) on each, between the 2.5 % and 97.5 %
quantiles of z; a zero becomes something within ± zeros.
"""

from __future__ import annotations

import fnmatch
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from scipy.special import ndtri

from experiments.parameters import known
from experiments.variants import PACKAGES, WHOLE
from sim.errors import InvalidInput, nearest, unknown
from sim.loading import groups, options, spoken

CENTRAL = 0.95  # of what is plausible of the entries of a table
PLAUSIBLE = "plausible"
LONGEST = 1_000_001  # values of a range


@dataclass(frozen=True, kw_only=True)
class Axis:
    """One parameter and the values that it takes.

    Parameters
    ----------
    key : str
        Dotted name of a parameter of the scenario, or of a group.
    words : str
        What was asked for, as it was typed.
    values : tuple or None
        The values of a choice; None for an interval.
    low, high : float
        Ends of an interval.
    log, whole : bool
        Whether it is even in logarithms · takes whole numbers only, both ends included.
    new : bool
        Whether the parameter may be missing so far.
    """

    key: str
    words: str
    values: tuple[Any, ...] | None = None
    low: float = math.nan
    high: float = math.nan
    log: bool = False
    whole: bool = False
    new: bool = False

    def __post_init__(self) -> None:
        if self.values is not None:
            if not self.values:
                raise InvalidInput(self.key, self.words, "a range with something in it")
            if len({repr(v) for v in self.values}) < len(self.values):
                raise InvalidInput(self.key, self.words, "each value once")
            return
        if not (math.isfinite(self.low) and math.isfinite(self.high) and self.low < self.high):
            raise InvalidInput(self.key, self.words, "an interval whose first end is below the second")
        if self.log and self.low <= 0:
            raise InvalidInput(self.key, self.words, "an interval above 0, to be even in logarithms")
        if self.whole and (self.low != round(self.low) or self.high != round(self.high)):
            raise InvalidInput(self.key, self.words, "an interval between whole numbers")

    @cached_property
    def group(self) -> bool:
        """Whether the values are options of a group."""
        return self.key in chosen_groups()

    @property
    def number(self) -> bool:
        """Whether all values are numbers."""
        if self.values is None:
            return True
        return all(isinstance(v, int | float) and not isinstance(v, bool) for v in self.values)

    def at(self, u: float) -> Any:
        """Return the value at u in [0, 1].

        Examples
        --------
        >>> Axis(key="scheme.strength", words="interval(0,3)", low=0.0, high=3.0).at(0.5)
        1.5
        >>> Axis(key="scheme", words="choice(a,b)", values=("a", "b")).at(0.49)
        'a'
        """
        if self.values is not None:
            return self.values[min(int(u * len(self.values)), len(self.values) - 1)]
        if self.whole:
            return int(min(self.low + math.floor(u * (self.high - self.low + 1)), self.high))
        if self.log:
            return float(self.low * (self.high / self.low) ** u)
        return float(self.low + u * (self.high - self.low))

    def levels(self, count: int) -> tuple[Any, ...]:
        """Return the values of a grid: all of a choice, `count` of an interval, both ends among them."""
        if self.values is not None:
            return self.values
        if self.whole:
            spaced = np.linspace(self.low, self.high, min(count, int(self.high - self.low) + 1))
            return tuple(dict.fromkeys(round(v) for v in spaced.tolist()))
        return tuple(self.at(u) for u in np.linspace(0.0, 1.0, count).tolist())

    def ends(self) -> tuple[Any, ...]:
        """Return the values at which to look first: both ends, or everything that can be chosen."""
        return self.values if self.values is not None else (self.at(0.0), self.at(1.0))


def chosen_groups() -> frozenset[str]:
    """Return the words that choose one option of a group."""
    return frozenset({PACKAGES.get(g, g) for g in groups() if g not in WHOLE} | {"limit", *PACKAGES})


def split(words: Sequence[str]) -> tuple[list[str], list[str]]:
    """Split what is typed into what holds for all points and what is swept."""
    fixed: list[str] = []
    swept: list[str] = []
    for word in words:
        said = spoken(word)
        if said is None:
            _refuse_unclosed(word)  # anything else is refused where all words are checked
        among = said is not None and (said.kind != "value" or (said.value == PLAUSIBLE and said.key != "assumptions"))
        (swept if among else fixed).append(word)
    return fixed, swept


def _refuse_unclosed(word: str) -> None:
    """Refuse a range that cannot be read, such as `choice()`."""
    key, _, text = word.partition("=")
    if re.match(r"(interval|choice|range|glob|tag|int|float)\(", text):
        allowed = "interval(low,high), choice(a,b,...), range(start,stop,step), int(...) or tag(log,interval(...))"
        raise InvalidInput(key.lstrip("+"), text, allowed)


def axis_of(word: str, base: Mapping[str, Any]) -> Axis:
    """Return the axis that one word describes.

    Parameters
    ----------
    word : str
        `KEY=RANGE`.
    base : mapping
        The configuration of the scenario whose parameter is swept.
    """
    said = spoken(word)
    if said is None:
        _refuse_unclosed(word)
        raise InvalidInput("argument", word, "KEY=RANGE")
    key, text, value = said.key, word.partition("=")[2], said.value
    if said.placed:
        raise InvalidInput(key, text, f"{key}=..., without @")
    if key in chosen_groups():
        there = options(_group(key))
        if said.kind == "glob":
            return Axis(key=key, words=text, values=tuple(n for n in there if value_fits(value, n)))
        if said.kind != "choice":
            raise InvalidInput(key, text, f"choice(...) of {', '.join(there)}")
        for name in map(str, value):
            if name not in there:
                raise unknown(key, name, there)
        return Axis(key=key, words=text, values=tuple(map(str, value)))
    entry = known(key)
    now = None if said.new else _value(key, base)
    if said.kind == "choice":
        return Axis(key=key, words=text, values=value, new=said.new)
    if isinstance(now, str | bool | Mapping | list | tuple):
        kind = {str: "a word", bool: "a switch"}.get(type(now), "a table")
        raise InvalidInput(key, text, f"choice(...), as it is {kind} and no number")
    if said.kind == "range":
        start, stop, step = value
        if not step or start is None or stop is None:
            raise InvalidInput(key, text, "range(start,stop,step) with a step other than 0")
        count = min(max(0, math.ceil((stop - start) / step - 1e-9)), LONGEST)
        return Axis(key=key, words=text, values=tuple(start + i * step for i in range(count)), new=said.new)
    whole = bool(entry.get("whole"))
    if said.kind == "interval":
        low, high = value
        whole, log = whole or isinstance(low, int), "log" in said.tags
        return Axis(key=key, words=text, low=float(low), high=float(high), log=log, whole=whole, new=said.new)
    if value == PLAUSIBLE:
        return _plausible(key, entry, now, whole)
    raise InvalidInput(key, text, "interval(low,high), choice(a,b,...), range(start,stop,step) or plausible")


def value_fits(glob: tuple[Sequence[str], Sequence[str]], name: str) -> bool:
    """Whether a name is among what glob(...) asks for: what fits, and what does not."""
    fits, not_these = (any(fnmatch.fnmatch(name, p) for p in patterns) for patterns in glob)
    return fits and not not_these


def _plausible(key: str, entry: Mapping[str, Any], there: object, whole: bool) -> Axis:
    form = entry.get("plausible") or {}
    if "size" in form and isinstance(there, int | float):
        z = float(ndtri(0.5 + CENTRAL / 2))
        if there == 0:
            if not form["zeros"]:
                raise InvalidInput(key, PLAUSIBLE, "interval(low,high): a zero stays one here")
            return Axis(key=key, words=PLAUSIBLE, low=-form["zeros"], high=form["zeros"])
        ends = sorted(there * math.exp(s * form["sd"] * z) for s in (-1, 1))
        return Axis(key=key, words=PLAUSIBLE, low=ends[0], high=ends[1])
    if "low" in form:
        return Axis(key=key, words=PLAUSIBLE, low=float(form["low"]), high=float(form["high"]), whole=whole)
    allowed = "interval(low,high) or choice(a,b,...): configs/parameters.yaml has no range for it"
    raise InvalidInput(key, PLAUSIBLE, allowed)


def names_in(config: Any, key: str = "") -> list[str]:
    """Return the dotted names of everything that stands in a configuration."""
    if isinstance(config, Mapping) and config:
        below = [n for k, v in config.items() for n in names_in(v, f"{key}.{k}" if key else str(k))]
    elif isinstance(config, list | tuple):
        below = [n for i, v in enumerate(config) for n in names_in(v, f"{key}.{i}" if key else str(i))]
    else:
        below = []
    return [*([key] if key else []), *below]


UNSWEEPABLE = ("label", "story", "name", "reference")  # words for people, and what the yardstick of units is


def _value(key: str, base: Mapping[str, Any]) -> object:
    """Return what a parameter is in the scenario; refuse one that does not exist or says nothing about it."""
    steps = key.split(".")
    if any(s in UNSWEEPABLE for s in steps) or steps[0] not in base:
        there = [n for n in names_in(base) if not {*n.split(".")} & {*UNSWEEPABLE}]
        allowed = "a group, or a parameter of the scenario; runs, seed and the like hold for the whole sweep"
        raise InvalidInput(key, "(no parameter of a scenario)", allowed, nearest(key, [*there, *chosen_groups()]))
    where: Any = base
    for i, step in enumerate(steps):
        inside = where
        if isinstance(where, list | tuple):
            where = where[int(step)] if step.isdigit() and int(step) < len(where) else KeyError
        else:
            where = where.get(step, KeyError) if isinstance(where, Mapping) else KeyError
        if where is KeyError:
            path = ".".join(steps[:i])
            close = [n for n in names_in(base) if n.count(".") == len(steps) - 1]
            off = f"; {path} is off here" if inside is None else f" (a new one is written ++{key}=...)"
            raise InvalidInput(key, "(unknown key)", f"a key of {path}{off}", nearest(key, close))
    return where


def _group(key: str) -> str:
    return {v: k for k, v in PACKAGES.items()}.get(key, key)
