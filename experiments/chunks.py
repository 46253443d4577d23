"""Blocks of runs of many scenarios, each written as one Parquet file that says what is in it.

    cell    some runs of one point: (point, first, last, address), address = hash of scenario, seed, runs, window,
            arms, measures and model
    chunk   cells that are computed and written together, `runs/<hash of its cells>.parquet`: a row per point and run

A file appears under its name only when it is whole, and lists its cells in its footer. What is done is what the
footers say: a cell that two files hold (two processes on one folder, shards that overlap) is read from the first.
A run that fails is a row with its error.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
import uuid
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from experiments.store import digest, model_version
from sim import catalogue
from sim.errors import InvalidInput, ModelWarning
from sim.results import Results
from sim.scenario import Scenario, people_of, scenario_from
from sim.simulation import block_of, simulate_runs

WORK = 1_250_000  # member-weeks of a chunk, about ten seconds
FEWEST = 16  # chunks that a small study is cut into, where it can be
KEY = b"crosspurpose"  # of the footer
INDEX = ("point", "run")


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """How every point is run and what is kept of it.

    Parameters
    ----------
    seed : int
    window : str
        The weeks that measures look at: all, first_review, last_N or A:B.
    measures : tuple of str or None
        What is kept; None: everything.
    aligned, shadow : bool
        Whether the aligned team, and the team only measured, run beside.
    apart : int
        Runs from the numbers of one point to those of the next; 0: common random numbers.
    """

    seed: int
    window: str = "all"
    measures: tuple[str, ...] | None = None
    aligned: bool = True
    shadow: bool = False
    apart: int = 0

    def address(self, config: Mapping[str, Any]) -> str:
        """Return the address of a scenario run this way, by this model."""
        how = {k: v for k, v in vars(self).items() if k != "apart"}
        own = {"code": catalogue.code()} if catalogue.extensions() else {}
        return digest({"config": config, "model": model_version(), **how, **own})


@dataclass(frozen=True, kw_only=True)
class Cell:
    """Some runs of one point: those with the numbers `first` to `last` − 1, counted at that point."""

    point: int
    first: int
    last: int
    address: str

    @property
    def runs(self) -> int:
        """How many they are."""
        return self.last - self.first

    def halves(self) -> tuple[Cell, Cell]:
        """Return it in two, of which the first has as many runs or one less."""
        middle = (self.first + self.last) // 2
        return replace(self, last=middle), replace(self, first=middle)


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """What became of a chunk."""

    name: str
    runs: int
    failed: int
    seconds: float
    model: float


def window_of(text: object, scenario: Scenario) -> tuple[int, int]:
    """Return the first week of a window and the one after its last, counted from the beginning of the run.

    Examples
    --------
    >>> from sim import load
    >>> window_of("last_26", load("weeks=104"))
    (78, 104)
    """
    since, weeks = scenario.since, scenario.weeks
    words, begin, end = str(text), -1, -1
    if words == "all":
        begin, end = since, weeks
    elif words == "first_review":
        begin, end = since, min(since + scenario.scheme.review.weeks, weeks)
    elif words.startswith("last_") and words[5:].isdigit():
        begin, end = weeks - int(words[5:]), weeks
    elif words.count(":") == 1 and all(p.isdigit() for p in words.split(":")):
        begin, end = (int(p) for p in words.split(":"))
    if not since <= begin < end <= weeks:
        counts = f"from {since} (when the scheme counts) to {weeks}"
        raise InvalidInput("window", text, f"all, first_review, last_N or A:B in weeks, {counts}")
    return begin, end


def chunks_of(cells: Sequence[Cell], people_weeks: Mapping[int, float]) -> list[list[Cell]]:
    """Cut cells into chunks of about equal work, in order.

    Parameters
    ----------
    people_weeks : mapping
        Point → member-weeks of one of its runs, all arms together.
    """
    work = [c.runs * people_weeks[c.point] for c in cells]
    most = min(WORK, max(sum(work) / FEWEST, 1.0))
    found: list[list[Cell]] = []
    filled = most
    for cell, own in zip(cells, work, strict=True):
        if filled + own > most and filled > 0:
            found.append([])
            filled = 0.0
        found[-1].append(cell)
        filled += own
    return found


def cells_of(point: int, address: str, first: int, last: int, people: int) -> list[Cell]:
    """Cut runs of a point into cells that fit the caches."""
    size = block_of(people)
    starts = range(first, last, size)
    return [Cell(point=point, first=i, last=min(i + size, last), address=address) for i in starts]


def name_of(cells: Sequence[Cell]) -> str:
    """Return the name of the file of a chunk: the hash of what is in it."""
    text = json.dumps([[c.point, c.first, c.last, c.address] for c in cells])
    return hashlib.sha256(text.encode()).hexdigest()[:20]


def compute(
    folder: Path, cells: Sequence[Cell], configs: Mapping[int, Mapping[str, Any]], recipe: Recipe, again: bool = False
) -> Receipt:
    """Compute a chunk and write it, unless it is there.

    Parameters
    ----------
    configs : mapping
        Point → the configuration of its scenario.
    again : bool
        Whether to compute it even if it is there.
    """
    started, name = time.perf_counter(), name_of(cells)
    path = folder / "runs" / f"{name}.parquet"
    if path.exists() and not again and (there := _footer(path)) is not None:
        seconds = time.perf_counter() - started
        failed = sum(n for *_, n in there)
        return Receipt(name=name, runs=sum(c.runs for c in cells), failed=failed, seconds=seconds, model=0.0)
    model, frames = 0.0, []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ModelWarning)
        for cell in cells:
            frame, own = _rows(cell, scenario_from(configs[cell.point]), recipe)
            frames.append(frame)
            model += own
    write(folder, cells, frames)
    failed = sum(int(f["error"].notna().sum()) for f in frames)
    seconds = time.perf_counter() - started
    return Receipt(name=name, runs=sum(c.runs for c in cells), failed=failed, seconds=seconds, model=model)


def write(folder: Path, cells: Sequence[Cell], frames: Sequence[pd.DataFrame]) -> Path:
    """Write the rows of cells as one file, whole or not at all."""
    footer = [
        [c.point, c.first, c.last, c.address, int(f["error"].notna().sum())] for c, f in zip(cells, frames, strict=True)
    ]
    frame = pd.concat(frames, ignore_index=True)
    measured = sorted(str(c) for c in frame if c not in (*INDEX, "error"))
    kinds = [("point", pa.int64()), ("run", pa.int64()), *((m, pa.float64()) for m in measured), ("error", pa.string())]
    schema = pa.schema(kinds, metadata={KEY: json.dumps(footer).encode()})
    columns = [pa.array(frame[n].to_numpy(), type=t, from_pandas=n == "error") for n, t in kinds]
    table = pa.Table.from_arrays(columns, schema=schema)
    path = folder / "runs" / f"{name_of(cells)}.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.stem}.{os.getpid()}-{uuid.uuid4().hex[:8]}.tmp")
    try:
        pq.write_table(
            table,
            temporary,
            compression="zstd",
            use_dictionary=["point", "error"],
            use_byte_stream_split=measured,
            write_page_checksum=True,
        )
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
    return path


def failed_rows(cells: Sequence[Cell], reason: str) -> list[pd.DataFrame]:
    """Return rows that say that all runs of some cells failed."""
    return [pd.DataFrame({"point": c.point, "run": range(c.first, c.last), "error": reason}) for c in cells]


def _rows(cell: Cell, scenario: Scenario, recipe: Recipe) -> tuple[pd.DataFrame, float]:
    """Return the rows of a cell, and the seconds that the model took."""
    spent = 0.0
    begin, end = window_of(recipe.window, scenario)
    offset = cell.point * recipe.apart

    def measured(numbers: range) -> pd.DataFrame:
        nonlocal spent
        started = time.perf_counter()
        shifted = range(numbers.start + offset, numbers.stop + offset)
        results = simulate_runs(scenario, shifted, recipe.seed, aligned=recipe.aligned, shadow=recipe.shadow)
        spent += time.perf_counter() - started
        seen = results if recipe.window == "all" else results.between(begin, end)
        frame = seen.measures()
        if recipe.window != "all":
            frame["drift"] = _drift(results, begin, end)
        if recipe.measures is not None:
            frame = frame[[m for m in frame if m in (*recipe.measures, "drift")]]
        return frame.reset_index(drop=True).assign(run=list(numbers), error=None)

    def some(numbers: range) -> list[pd.DataFrame]:
        """Measure runs; where something fails, halve them until what fails stands alone."""
        try:
            return [measured(numbers)]
        except (MemoryError, OSError):
            raise
        except Exception as error:
            if len(numbers) == 1:
                text = f"{type(error).__name__}: {error}"
                return [pd.DataFrame({"run": list(numbers), "error": [text]})]
            middle = (numbers.start + numbers.stop) // 2
            return [*some(range(numbers.start, middle)), *some(range(middle, numbers.stop))]

    parts = some(range(cell.first, cell.last))
    held = [p for p in parts if len(p.columns) > 2] or parts[:1]
    frame = pd.concat(parts, ignore_index=True) if len(parts) > 1 else parts[0]
    columns = list(dict.fromkeys(c for p in held for c in p.columns))
    frame = frame.reindex(columns=[c for c in columns if c != "error"] + ["error"])
    frame.insert(0, "point", cell.point)
    return frame, spent


def _drift(results: Results, begin: int, end: int) -> Any:
    """Mean worth of the second half of a window minus that of the first: (runs,)."""
    x, middle = results.columns["worth"], (begin + end) // 2
    if middle == begin:
        return np.zeros(len(results.runs))
    return x[middle:end].mean(axis=0) - x[begin:middle].mean(axis=0)


def work_of(scenario: Scenario, recipe: Recipe) -> float:
    """Return the member-weeks of one run, all arms together."""
    return float(people_of(scenario) * scenario.weeks * (1 + recipe.aligned + recipe.shadow))


@dataclass(frozen=True, kw_only=True)
class Held:
    """What stands in a folder.

    Parameters
    ----------
    cells : mapping
        (point, first, last, address) → (file, runs that failed), each cell once.
    damaged : tuple of Path
        Files that cannot be read.
    doubled : tuple of Path
        Files that hold a cell which another holds too.
    """

    cells: Mapping[tuple[int, int, int, str], tuple[Path, int]]
    damaged: tuple[Path, ...]
    doubled: tuple[Path, ...]

    def has(self, cell: Cell) -> bool:
        """Whether a cell is there."""
        return (cell.point, cell.first, cell.last, cell.address) in self.cells

    def failed(self) -> int:
        """How many runs failed."""
        return sum(failed for _, failed in self.cells.values())

    def runs(self) -> int:
        """How many runs there are."""
        return sum(last - first for _, first, last, _ in self.cells)

    def files(self) -> dict[Path, list[tuple[int, int, int, str]]]:
        """Which cells are read from each file."""
        found: dict[Path, list[tuple[int, int, int, str]]] = {}
        for cell, (path, _) in self.cells.items():
            found.setdefault(path, []).append(cell)
        return found


def held(folder: Path, whole: bool = True) -> Held:
    """Look at what stands in a folder; with `whole`, read every page and compare its checksum."""
    cells: dict[tuple[int, int, int, str], tuple[Path, int]] = {}
    damaged, doubled = [], []
    for path in sorted((folder / "runs").glob("*.parquet")):
        footer = _footer(path, whole)
        if footer is None:
            damaged.append(path)
            continue
        for point, first, last, address, failed in footer:
            if (point, first, last, address) in cells:
                doubled.append(path)
            else:
                cells[point, first, last, address] = (path, failed)
    return Held(cells=cells, damaged=tuple(damaged), doubled=tuple(dict.fromkeys(doubled)))


def _footer(path: Path, whole: bool = False) -> list[tuple[int, int, int, str, int]] | None:
    """Return the cells of a file, None if it is damaged."""
    try:
        with pq.ParquetFile(path, page_checksum_verification=True) as file:
            text = (file.schema_arrow.metadata or {})[KEY]
            if whole:
                for _ in file.iter_batches():
                    pass
        return [(int(a), int(b), int(c), str(d), int(e)) for a, b, c, d, e in json.loads(text)]
    except (OSError, KeyError, ValueError, pa.ArrowException):
        return None


def tidy(folder: Path, there: Held) -> None:
    """Leave each cell in one file only, so that whoever reads the folder counts nothing twice."""
    wanted = there.files()
    for path in there.doubled:
        kept = {c[:3] for c in wanted.get(path, ())}
        if kept:
            frame = _of_cells(pq.ParquetFile(path).read().to_pandas(), kept)
            cells = [Cell(point=p, first=a, last=b, address=x) for p, a, b, x in wanted[path]]
            frames = [_of_cells(frame, {(c.point, c.first, c.last)}) for c in cells]
            if write(folder, cells, frames) == path:
                continue
        path.unlink()


def _of_cells(frame: pd.DataFrame, cells: set[tuple[int, int, int]]) -> pd.DataFrame:
    point, run = frame["point"].to_numpy(), frame["run"].to_numpy()
    chosen = np.zeros(len(frame), dtype=bool)
    for p, first, last in cells:
        chosen |= (point == p) & (run >= first) & (run < last)
    return frame[chosen]


def by_point(there: Held, wanted: Sequence[int], most: int = 200_000) -> Iterator[pd.DataFrame]:
    """Yield the rows of points, some whole points at a time, in order of point and run; failed runs too."""
    of: dict[int, list[tuple[Path, tuple[int, int, int]]]] = {}
    for (point, first, last, _), (path, _) in there.cells.items():
        of.setdefault(point, []).append((path, (point, first, last)))
    group: list[int] = []
    size = 0
    for i, point in enumerate(wanted):
        group.append(point)
        size += sum(last - first for _, (_, first, last) in of.get(point, ()))
        if size >= most or i == len(wanted) - 1:
            frame = _read_points(group, of)
            if len(frame):
                yield frame
            group, size = [], 0


def _read_points(points: Sequence[int], of: Mapping[int, Sequence[tuple[Path, tuple[int, int, int]]]]) -> pd.DataFrame:
    files: dict[Path, set[tuple[int, int, int]]] = {}
    for point in points:
        for path, cell in of.get(point, ()):
            files.setdefault(path, set()).add(cell)
    parts = []
    for path, cells in files.items():
        frame = pq.read_table(path).to_pandas()
        parts.append(frame[frame["point"].isin({p for p, _, _ in cells})] if len(cells) else frame)
        low, high = min(c[1] for c in cells), max(c[2] for c in cells)
        parts[-1] = parts[-1][(parts[-1]["run"] >= low) & (parts[-1]["run"] < high)]
    if not parts:
        return pd.DataFrame()
    found = pd.concat(parts, ignore_index=True).drop_duplicates(list(INDEX))
    return found.sort_values(list(INDEX), kind="stable").reset_index(drop=True)
