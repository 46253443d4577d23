"""Published simulations, written anew from their descriptions: a folder each.

    README.md     what was published and by whom, what comes out here, what to try
    config.yaml   about, source, runs, parameters, outcomes, shown, published
    __init__.py   `runs(parameters, seed, numbers)`: a row per run and step, a column per outcome;
                  `check(parameters)`, if some do not go together, raises InvalidInput before the first run

A parameter is a number (value, unit, meaning; low, high, whole where they hold), a switch (value true or false) or a
choice (value, options). `published` lists what the original gave: `set`, the parameters that were not at their
values; `at`, the step, the last one if it is not said; `values`, outcome → [mean, sd over runs] with `runs`, [mean]
where its error is not known, [mean, 0] where it is exact. Run number r of a seed is the same to the bit alone and
among others. To add a replication, add a folder.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from pathlib import Path
from typing import Any

from sim import filed
from sim.errors import InvalidInput, nearest, unknown
from sim.fields import construct

HERE = Path(__file__).parent
STEPS = "steps"  # a parameter of this name says how long, and a published step holds for any study that has it
WORDS = ("runs", "seed", "out", "workers", "levels", "overwrite")  # of the verb, which no parameter may have


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """One parameter of a replication.

    Parameters
    ----------
    value : object
        What it is unless it is said.
    unit, meaning : str
    low, high : float or None
        What a number may be at least and at most.
    whole : bool
        Whether it is a whole number.
    options : tuple of str or None
        What can be chosen.
    """

    value: Any
    meaning: str
    unit: str = ""
    low: float | None = None
    high: float | None = None
    whole: bool = False
    options: tuple[str, ...] | None = None

    @property
    def number(self) -> bool:
        """Whether it is a number."""
        return self.options is None and not isinstance(self.value, bool)

    @property
    def allowed(self) -> str:
        """What it may be, in words.

        Examples
        --------
        >>> Parameter(value=0.9, meaning="competition", low=0, high=1).allowed
        'a number from 0 to 1'
        """
        if self.options is not None:
            return f"one of {', '.join(self.options)}"
        if not self.number:
            return "true or false"
        kind = "a whole number" if self.whole else "a number"
        if self.low is not None and self.high is not None:
            return f"{kind} from {self.low:g} to {self.high:g}"
        least = "" if self.low is None else f", at least {self.low:g}"
        return f"{kind}{least}" if self.high is None else f"{kind}, at most {self.high:g}"

    def checked(self, key: str, value: object) -> Any:
        """Return a value as the model takes it; refuse what is not allowed.

        Examples
        --------
        >>> Parameter(value=100, meaning="agents", low=2, whole=True).checked("N", 50.0)
        50
        """
        if self.options is not None:
            if value not in self.options:
                raise unknown(key, str(value), self.options)
            return value
        if not self.number:
            if not isinstance(value, bool):
                raise InvalidInput(key, value, self.allowed)
            return value
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise InvalidInput(key, value, self.allowed)
        low, high = (-math.inf if self.low is None else self.low), (math.inf if self.high is None else self.high)
        if not low <= value <= high or (self.whole and value != round(value)):
            raise InvalidInput(key, value, self.allowed)
        return round(value) if self.whole else float(value)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """One outcome of a replication: what it is called, and its unit."""

    label: str
    unit: str = ""


@dataclass(frozen=True, kw_only=True)
class Published:
    """What the original gave.

    Parameters
    ----------
    set : dict
        The parameters that were not at their values.
    at : int or None
        The step; None: the last.
    runs : int or None
    values : dict of str to (mean, sd or None)
    note : str
    """

    set: dict[str, Any]
    at: int | None
    runs: int | None
    values: dict[str, tuple[float, float | None]]
    note: str


@dataclass(frozen=True, kw_only=True)
class Replication:
    """A published simulation.

    Parameters
    ----------
    name, about, source : str
    runs : int
        How many, unless it is said.
    parameters : dict of str to Parameter
    outcomes : dict of str to Outcome
    x : str
        What the picture is drawn against: `step`, or a parameter.
    y : tuple of str
        The outcomes that it shows.
    published : tuple of Published
    """

    name: str
    about: str
    source: str
    runs: int
    parameters: dict[str, Parameter]
    outcomes: dict[str, Outcome]
    x: str
    y: tuple[str, ...]
    published: tuple[Published, ...]

    def parameter(self, key: str) -> Parameter:
        """Return a parameter by name."""
        if key not in self.parameters:
            there = [*self.parameters, *WORDS]
            raise InvalidInput(key, "(unknown key)", f"one of {', '.join(there)}", nearest(key, there))
        return self.parameters[key]

    def values(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Return all parameters: those that are given, and the others as they are."""
        return {k: given.get(k, p.checked(k, p.value)) for k, p in self.parameters.items()}

    def published_at(self, parameters: Mapping[str, Any]) -> list[Published]:
        """Return the published rows whose parameters are these; how long both went on does not matter."""
        rows = [(row, self.values(row.set)) for row in self.published]
        return [row for row, theirs in rows if all(theirs[k] == v for k, v in parameters.items() if k != STEPS)]


def names() -> list[str]:
    """Return the names of the replications, sorted."""
    return sorted(file.parent.name for file in HERE.glob("*/config.yaml"))


def read(name: str) -> Replication:
    """Return what the config.yaml of a replication says."""
    if name not in names():
        raise unknown("replicate", name, names())
    file = HERE / name / "config.yaml"
    said = filed.read(file)
    wanted = ("about", "source", "runs", "parameters", "outcomes", "shown", "published")
    for key in wanted:
        if key not in said:
            raise InvalidInput(f"{file}: {key}", "(missing)", f"a mapping with {', '.join(wanted)}")
    for key in said:
        if key not in wanted:
            raise InvalidInput(f"{file}: {key}", "(unknown key)", f"one of {', '.join(wanted)}", nearest(key, wanted))
    if taken := {*said["parameters"]} & {*WORDS}:
        raise InvalidInput(f"{file}: parameters", ", ".join(taken), f"other names than {', '.join(WORDS)}")
    found = Replication(
        name=name,
        about=str(said["about"]),
        source=str(said["source"]),
        runs=int(said["runs"]),
        parameters={k: _whole(Parameter, v, f"{file}: {k}") for k, v in said["parameters"].items()},
        outcomes={k: _whole(Outcome, v, f"{file}: {k}") for k, v in said["outcomes"].items()},
        x=str(said["shown"]["x"]),
        y=tuple(said["shown"]["y"]),
        published=tuple(_published(row) for row in said["published"]),
    )
    for row in found.published:
        for key, value in row.set.items():
            row.set[key] = found.parameter(key).checked(key, value)
    for key in (*found.y, *(k for row in found.published for k in row.values)):
        if key not in found.outcomes:
            raise unknown(f"{file}: outcome", key, found.outcomes)
    return found


def _whole(cls: type[Any], said: object, key: str) -> Any:
    """Construct what is said, with what need not be."""
    unsaid = {f.name: f.default for f in fields(cls) if f.default is not MISSING}
    return construct(cls, {**unsaid, **said} if isinstance(said, Mapping) else said, key)


def _published(row: Mapping[str, Any]) -> Published:
    values = {k: [v] if isinstance(v, int | float) else v for k, v in row["values"].items()}
    return Published(
        set=dict(row.get("set") or {}),
        at=None if not row.get("at") else int(row["at"]["step"]),
        runs=row.get("runs"),
        values={k: (float(v[0]), float(v[1]) if len(v) > 1 else None) for k, v in values.items()},
        note=str(row.get("note") or ""),
    )


def code(name: str) -> str:
    """Return a hash of the Python of a replication: its numbers depend on it."""
    found = hashlib.sha256()
    for file in sorted((HERE / name).rglob("*.py")):
        found.update(file.name.encode() + file.read_bytes())
    return found.hexdigest()[:12]
