"""What is to be run of a replication: read from the words of the command, and checked at every point."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from itertools import pairwise
from typing import Any

from experiments.axes import LONGEST, Axis
from experiments.axes import split as split_words
from experiments.design import Design
from experiments.replications import STEPS, Replication, code, read
from experiments.store import model_version
from experiments.study import check_size
from sim.errors import InvalidInput
from sim.loading import spoken

BLOCK = 20  # runs of a block at most
MOST = 10_000  # points of one study
LARGEST = 20_000_000  # rows of one study, of which every step of every run has one
Values = Mapping[str, Any]  # parameter → value


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What is to be run.

    Parameters
    ----------
    replication : Replication
    fixed : mapping
        The parameters that were given, and are the same at all points.
    axes : tuple of Axis
        Those that are swept.
    points : list of mapping
        The values of the axes at each point.
    runs : int
        Of each point.
    seed : int
    """

    replication: Replication
    fixed: Values
    axes: tuple[Axis, ...]
    points: list[Values]
    runs: int
    seed: int

    def parameters(self, point: int) -> dict[str, Any]:
        """Return all parameters at a point."""
        return self.replication.values({**self.fixed, **self.points[point]})

    @property
    def same(self) -> dict[str, Any]:
        """What the study is: two that agree in this have the same numbers."""
        return {
            "verb": "replicate",
            "replication": self.replication.name,
            "model": model_version(),
            "module": code(self.replication.name),
            "parameters": self.replication.values(self.fixed),
            "axes": {a.key: a.words for a in self.axes},
            "points": [dict(p) for p in self.points],
            "runs": self.runs,
            "seed": self.seed,
        }

    def blocks(self) -> list[tuple[int, range]]:
        """Points and runs that are computed as one, in order; as even as can be."""
        parts = math.ceil(self.runs / BLOCK)
        ends = [self.runs * i // parts for i in range(parts + 1)]
        runs = [range(a, b) for a, b in pairwise(ends)]
        return [(point, numbers) for point in range(len(self.points)) for numbers in runs]


def plan_of(replication: Replication, words: Sequence[str], settings: Mapping[str, str]) -> Plan:
    """Read what is to be run, and check it at every point."""
    for word in words:
        replication.parameter(word.partition("=")[0])
    fixed_words, swept = split_words(words)
    fixed = {}
    for word in fixed_words:
        key, _, text = word.partition("=")
        said = spoken(word)
        parameter = replication.parameter(key)
        if said is None:
            raise InvalidInput(key, text or "(empty)", parameter.allowed)
        fixed[key] = parameter.checked(key, said.value)
    axes = tuple(axis_of(replication, word) for word in swept)
    levels = whole("levels", settings["levels"]) if "levels" in settings else 5
    design = Design(kind="grid", axes=axes, levels=levels)
    if design.count > MOST:
        raise InvalidInput("points", f"{design.count:,} ({design.spelled()})", f"at most {MOST:,} in one folder")
    runs = whole("runs", settings["runs"]) if "runs" in settings else replication.runs
    seed = whole("seed", settings["seed"]) if "seed" in settings else 1
    check_size(runs, seed)
    plan = Plan(replication=replication, fixed=fixed, axes=axes, points=list(design.table()), runs=runs, seed=seed)
    rows = runs * sum(int(plan.parameters(i).get(STEPS, 1)) for i in range(len(plan.points)))
    if rows > LARGEST:
        raise InvalidInput(
            "runs", runs, f"fewer: every step of every run has a row, {rows:,} in all, of {LARGEST:,} at most"
        )
    check = getattr(model(replication.name), "check", None)
    if check is not None:
        for point in range(len(plan.points)):
            check(plan.parameters(point))
    return plan


def plan_again(config: Mapping[str, Any]) -> Plan:
    """Return the plan whose `same` a folder holds, as config.yaml has it."""
    replication = read(config["replication"])
    axes = tuple(axis_of(replication, f"{key}={text}") for key, text in config["axes"].items())
    how = {key: config[key] for key in ("points", "runs", "seed")}
    return Plan(replication=replication, fixed=config["parameters"], axes=axes, **how)


def axis_of(replication: Replication, word: str) -> Axis:
    """Return the axis that a word such as c=choice(.1,.5) describes, each of its values checked."""
    said, (key, _, text) = spoken(word), word.partition("=")
    parameter = replication.parameter(key)
    if said is None or said.kind not in ("choice", "range", "interval"):
        raise InvalidInput(
            key, text, f"{parameter.allowed}, or choice(a,b,...), range(start,stop,step), interval(low,high)"
        )
    value = said.value
    if said.kind == "choice":
        return Axis(key=key, words=text, values=tuple(parameter.checked(key, v) for v in value))
    if not parameter.number:
        raise InvalidInput(key, text, f"choice(...) of {parameter.allowed}")
    if said.kind == "interval":
        low, high = (parameter.checked(key, v) for v in value)
        log = "log" in said.tags
        return Axis(key=key, words=text, low=float(low), high=float(high), log=log, whole=parameter.whole)
    start, stop, step = value
    if not step or start is None or stop is None:
        raise InvalidInput(key, text, "range(start,stop,step) with a step other than 0")
    count = min(max(0, math.ceil((stop - start) / step - 1e-9)), LONGEST)
    values = (round(start + i * step, 12) for i in range(count))
    return Axis(key=key, words=text, values=tuple(parameter.checked(key, v) for v in values))


def model(name: str) -> Any:
    """Return the module of a replication."""
    return import_module(f"experiments.replications.{name}")


def single(key: str, text: str) -> Any:
    """Read a single value."""
    said = spoken(f"{key}={text}")
    if said is None or said.kind != "value":
        raise InvalidInput(key, text or "(empty)", "a single value")
    return said.value


def whole(key: str, text: str) -> Any:
    value = single(key, text)
    if isinstance(value, bool) or not isinstance(value, int):
        raise InvalidInput(key, text, "a whole number, at least 1" if key != "seed" else "a whole number, at least 0")
    return value
