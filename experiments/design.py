"""Designs: which points of the space that the axes span are looked at.

    grid              every value with every other; an interval gives `levels` values, both ends among them
    random            each axis by itself, evenly
    latin_hypercube   each axis in as many equal slices as there are points, one point in each
    sobol             a scrambled Sobol' sequence; a power of two of points
    file              the rows of a table (csv), a column per parameter

A paired axis is crossed with all others: every one of its values meets every point, so that values are compared
with the rest alike. Designs come from the seed of the study, from draws that no run uses.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml
from scipy.stats import qmc

from experiments.axes import Axis, axis_of
from sim.arrays import Floats
from sim.draws import stream
from sim.errors import InvalidInput, unknown
from sim.opening import from_cell

DESIGNS = ("grid", "random", "latin_hypercube", "sobol", "file")
MANY = 100_000  # points from which on a sweep asks whether that is meant
MOST = 10_000_000  # points of a design that is held in memory
Point = Mapping[str, Any]  # dotted name of a parameter → its value


@dataclass(frozen=True, kw_only=True)
class Design:
    """The points of a sweep, to be made when it is known that they are wanted.

    Parameters
    ----------
    kind : str
    axes : tuple of Axis
    points : int or None
        Of the design before a paired axis multiplies them; None: all of a grid or a file.
    levels : int
        Values of an interval in a grid, at least 2.
    pair : str or None
        The axis that is crossed with all others.
    seed : int
    rows : tuple of mapping
        The points of a file.
    """

    kind: str
    axes: tuple[Axis, ...]
    points: int | None = None
    levels: int = 5
    pair: str | None = None
    seed: int = 1
    rows: tuple[Point, ...] = ()

    def __post_init__(self) -> None:
        if self.kind not in DESIGNS:
            raise unknown("design", self.kind, DESIGNS)
        if isinstance(self.levels, bool) or not isinstance(self.levels, int) or not 2 <= self.levels <= 1000:
            raise InvalidInput("levels", self.levels, "a whole number, at least 2 and at most 1000")
        if self.pair is not None and self.pair not in {a.key for a in self.axes}:
            raise unknown("pair", self.pair, [a.key for a in self.axes])
        if self.pair is not None and self._paired().values is None:
            raise InvalidInput("pair", self.pair, "an axis with a choice of values")
        sampled = self.kind not in ("grid", "file")
        if sampled and (isinstance(self.points, bool) or not isinstance(self.points, int) or self.points < 1):
            raise InvalidInput("points", self.points, f"a whole number, at least 1, with design={self.kind}")
        if not sampled and self.points is not None:
            allowed = f"null with design={self.kind}, which has {self.count:,} points"
            raise InvalidInput("points", self.points, allowed)
        if self.kind == "sobol" and self.points is not None and self.points & (self.points - 1):
            near = 2 ** round(math.log2(self.points))
            raise InvalidInput("points", self.points, "a power of two with design=sobol", str(near))

    def _paired(self) -> Axis:
        return next(a for a in self.axes if a.key == self.pair)

    @property
    def others(self) -> tuple[Axis, ...]:
        """The axes that are not paired."""
        return tuple(a for a in self.axes if a.key != self.pair)

    @property
    def crossed(self) -> int:
        """How often each point is looked at: once for each value of a paired axis."""
        return len(self._paired().values or ()) if self.pair is not None else 1

    @property
    def count(self) -> int:
        """How many points there are in all."""
        if self.kind == "file":
            return len(self.rows)
        if self.kind == "grid":
            return math.prod(self.size(a) for a in self.others) * self.crossed
        return (self.points or 0) * self.crossed

    def size(self, axis: Axis) -> int:
        """How many values an axis has in a grid."""
        if axis.values is not None:
            return len(axis.values)
        return min(self.levels, int(axis.high - axis.low) + 1) if axis.whole else self.levels

    def spelled(self) -> str:
        """How the points come about, in words."""
        if self.kind == "grid":
            return " × ".join(f"{self.size(a)} of {a.key}" for a in self.axes)
        crossed = f" × {self.crossed} of {self.pair}" if self.pair is not None else ""
        return f"{self.points or self.count:,}{crossed}, {self.kind}"

    def table(self) -> list[Point]:
        """Return the points, in order: a mapping from parameter to value each."""
        if self.kind == "file":
            return list(self.rows)
        found = list(self._grid() if self.kind == "grid" else self._sampled())
        if self.pair is None:
            return found
        order = [a.key for a in self.axes]
        values = self._paired().values or ()
        return [{k: ({self.pair: v} | dict(p))[k] for k in order} for p in found for v in values]

    def _grid(self) -> Iterator[Point]:
        levels = [a.levels(self.levels) for a in self.others]
        for i in range(math.prod(len(v) for v in levels)):
            place = np.unravel_index(i, [len(v) for v in levels]) if levels else ()
            yield {a.key: v[int(j)] for a, v, j in zip(self.others, levels, place, strict=True)}

    def _sampled(self) -> Iterator[Point]:
        for row in self._unit():
            yield {a.key: a.at(u) for a, u in zip(self.others, row.tolist(), strict=True)}

    def _unit(self) -> Floats:
        """Return the points in the unit cube: (points, axes)."""
        count, across = self.points or 1, len(self.others)
        chance = stream(self.seed, 0, f"design:{self.kind}")
        if self.kind == "random" or not across:
            return chance.random((count, across))
        if self.kind == "latin_hypercube":
            return np.asarray(qmc.LatinHypercube(across, rng=chance).random(count))
        return np.asarray(qmc.Sobol(across, rng=chance).random(count))


def points_of_file(path: str, base: Mapping[str, Any]) -> tuple[tuple[Axis, ...], tuple[Point, ...]]:
    """Read the points of a table: a column per parameter, a row per point; text is read as yaml reads it."""
    file = Path(path).expanduser()
    if not file.is_file():
        raise InvalidInput("file", path, "a table of points (csv) that exists")
    try:
        frame = pd.read_csv(file, dtype=str, keep_default_na=False)
    except (ValueError, UnicodeDecodeError) as error:
        raise InvalidInput("file", path, f"a table (csv): {str(error).splitlines()[0]}") from None
    frame = frame.drop(columns=[c for c in ("point",) if c in frame])
    if frame.empty or not len(frame.columns):
        raise InvalidInput("file", path, "a table with a column per parameter and at least one row")
    columns: dict[str, list[Any]] = {}
    for key, column in frame.items():
        try:
            columns[str(key)] = [from_cell(text) for text in column]
        except yaml.YAMLError:
            raise InvalidInput(f"file: {key}", path, "values as yaml has them") from None
    axes = []
    for key, values in columns.items():
        there = tuple({repr(v): v for v in values}.values())
        known = axis_of(f"{key}=choice(0)", base) if not _is_group(key) else None
        axes.append(Axis(key=key, words=f"file: {file.name}", values=there, new=bool(known and known.new)))
    rows = tuple({key: values[i] for key, values in columns.items()} for i in range(len(frame)))
    _check_options(axes)
    return tuple(axes), rows


def _is_group(key: str) -> bool:
    from experiments.axes import chosen_groups

    return key in chosen_groups()


def _check_options(axes: Sequence[Axis]) -> None:
    for axis in axes:
        if axis.group:
            axis_of(f"{axis.key}=choice({','.join(str(v) for v in axis.values or ())})", {})
