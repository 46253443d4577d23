"""Many points, some runs of each, in one folder: check all first, compute what is missing, read what is there.

The verbs `sweep`, `sensitivity` and `optimise` differ in which points they look at; this is what they share.
"""

from __future__ import annotations

import tempfile
import time
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from experiments import chunks
from experiments.chunks import Cell, Held, Receipt, Recipe
from experiments.design import Point
from experiments.executors import Executor, Lost, map_chunks
from experiments.space import Space
from experiments.store import as_cell, write_csv
from sim.errors import InvalidInput, ModelWarning
from sim.rules import plan_of
from sim.scenario import people_of, scenario_from

AT_ONCE = 100  # points that are checked as one task
BY_NAME = ("window", "reward", "intervention")  # what is named by a word, which is a wrong one
KILLERS = 4  # pieces of a block that kill and are halved further
WARNED = 5  # warnings of the model that are told in full
Show = Callable[[int, int, int], None]  # runs done, in all, failed


@dataclass(frozen=True, kw_only=True)
class Checked:
    """What is known of a point before it is run.

    Parameters
    ----------
    refused : str or None
        Why the model has nothing to say there, such as a contest without equilibrium; None: it has.
    address : str
        Of its scenario, run as the recipe has it.
    people : int
    work : float
        Member-weeks of one run, all arms together.
    """

    refused: str | None = None
    address: str = ""
    people: int = 0
    work: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Survey:
    """Points and how each is run, in the order of their numbers.

    Parameters
    ----------
    path : Path
        Where the results go.
    space : Space
    points : sequence of mapping
    checked : sequence of Checked
    recipe : Recipe
    """

    path: Path
    space: Space
    points: Sequence[Point]
    checked: Sequence[Checked]
    recipe: Recipe

    @property
    def refused(self) -> dict[int, str]:
        """The points that the model refuses, and why."""
        return {i: c.refused for i, c in enumerate(self.checked) if c.refused is not None}

    def cells(self, wanted: Mapping[int, tuple[int, int]]) -> list[Cell]:
        """Return the cells of some runs, first to last − 1, of some points."""
        found: list[Cell] = []
        for point, (first, last) in wanted.items():
            of = self.checked[point]
            found += chunks.cells_of(point, of.address, first, last, of.people)
        return found

    def complete(
        self, cells: Sequence[Cell], executor: Executor, show: Show, there: Held, seconds: dict[str, float]
    ) -> None:
        """Compute the cells that are not there.

        Parameters
        ----------
        seconds : dict
            Seconds of the chunks, and of the model in them, are added to its entries `chunks` and `model`.
        """
        missing = [c for c in cells if not there.has(c)]
        cut = chunks.chunks_of(missing, {p: self.checked[p].work for p in {c.point for c in missing}})
        done, of, failed = sum(c.runs for c in cells if there.has(c)), sum(c.runs for c in cells), there.failed()
        show(done, of, failed)

        def took(receipt: Receipt) -> None:
            nonlocal done, failed
            done, failed = done + receipt.runs, failed + receipt.failed
            for key, value in (("chunks", receipt.seconds), ("model", receipt.model)):
                seconds[key] = seconds.get(key, 0.0) + value
            show(done, of, failed)

        lost = self._computed(cut, executor, took)
        again = [[c] for cells, _ in lost if len(cells) > 1 for c in cells]
        deadly = [(cells[0], why) for cells, why in lost if len(cells) == 1]
        deadly += [(c, why) for (c,), why in self._computed(again, executor, took)]
        for cell, why in deadly:
            took(self._halved(cell, why, executor))

    def _computed(
        self, cut: Sequence[Sequence[Cell]], executor: Executor, took: Callable[[Receipt], None]
    ) -> list[tuple[Sequence[Cell], str]]:
        """Compute chunks; return those that kill the processes that compute them, and what is said of it."""
        lost = []
        for i, found in map_chunks(executor, Tasks(cut, self._task)) if cut else ():
            if isinstance(found, Lost):
                lost.append((cut[i], found.reason))
            else:
                self._see(found)
                took(found)
        return lost

    def _halved(self, cell: Cell, why: str, executor: Executor) -> Receipt:
        """Compute a cell that kills, halving it until the runs that do so stand alone: these are failed rows.

        Where there are more than `KILLERS` of such pieces they fail whole, so that 2 · KILLERS · log2(runs) are
        tried at most.
        """
        receipts: list[Receipt] = []
        failed: list[tuple[Cell, str]] = []
        with tempfile.TemporaryDirectory(dir=self.path, prefix=".halves-", ignore_cleanup_errors=True) as place:
            apart, pieces = replace(self, path=Path(place)), [(cell, why)]
            while pieces:
                many = len(failed) + len(pieces) > KILLERS
                failed += [p for p in pieces if many or p[0].runs == 1]
                halves = [[h] for c, _ in pieces if not many and c.runs > 1 for h in c.halves()]
                pieces = [(c, why) for (c,), why in apart._computed(halves, executor, receipts.append)]
            frames = list(chunks.by_point(chunks.held(apart.path, whole=False), [cell.point]))
        for c, why in failed:
            frames += chunks.failed_rows([c], why if c.runs == 1 else f"among {c.runs} runs: {why}")
        frame = pd.concat(frames, ignore_index=True).sort_values("run", kind="stable")
        return Receipt(
            name=chunks.write(self.path, [cell], [frame]).stem,
            runs=cell.runs,
            failed=int(frame["error"].notna().sum()),
            seconds=sum(r.seconds for r in receipts),
            model=sum(r.model for r in receipts),
        )

    def _see(self, receipt: Receipt) -> None:
        if not (self.path / "runs" / f"{receipt.name}.parquet").exists():
            allowed = "a folder on a file system that the workers share: what they write does not arrive here"
            raise InvalidInput("out", str(self.path), allowed)

    def _task(self, cells: Sequence[Cell]) -> partial[Receipt]:
        configs = {c.point: self.space.config(self.points[c.point]) for c in cells}
        return partial(chunks.compute, self.path, list(cells), configs, self.recipe)

    def frames(self, there: Held, points: Sequence[int] | None = None) -> Iterator[pd.DataFrame]:
        """Yield the rows of points, some whole points at a time."""
        return chunks.by_point(there, range(len(self.points)) if points is None else points)

    def write_points(self) -> None:
        """Write the table of the points: `points.csv`, which `design=file` reads."""
        write_csv(points_table(self.points), self.path / "points.csv")


class Tasks(Sequence[Any]):
    """Tasks that are made when they are handed out."""

    def __init__(self, chunks: Sequence[Sequence[Cell]], make: Callable[[Sequence[Cell]], Any]) -> None:
        self.chunks, self.make = chunks, make

    def __len__(self) -> int:
        return len(self.chunks)

    def __getitem__(self, i: Any) -> Any:
        return self.make(self.chunks[i])


def points_table(points: Sequence[Point]) -> pd.DataFrame:
    """Return the points as a table, values as text that reads back as they are."""
    rows = [{"point": i, **{k: as_cell(v) for k, v in p.items()}} for i, p in enumerate(points)]
    return pd.DataFrame(rows)


def checked(
    space: Space, points: Sequence[Point], recipe: Recipe, executor: Executor, show: Callable[[int, int], None]
) -> tuple[list[Checked], list[str]]:
    """Build the scenario of every point, and return what is known of each and what the model warns about.

    Raises
    ------
    InvalidInput
        For the first point with a value that is not allowed, and if the model refuses every point.
    """
    parts = [points[i : i + AT_ONCE] for i in range(0, len(points), AT_ONCE)]
    tasks = [partial(check_some, space, part, i * AT_ONCE, recipe) for i, part in enumerate(parts)]
    few = Executor(kind="serial") if len(parts) < 4 else executor
    found: dict[int, list[Checked]] = {}
    told: dict[str, int] = {}
    for i, result in map_chunks(few, tasks):
        if isinstance(result, Lost):
            raise InvalidInput("points", len(points), f"points that can be checked; {result.reason}")
        found[i], warned = result
        for text, count in warned.items():
            told[text] = told.get(text, 0) + count
        show(sum(len(f) for f in found.values()), len(points))
    lines = [f"{n} of {len(points)} points: {t}" if len(points) > 1 else t for t, n in sorted(told.items())]
    if len(lines) > WARNED:
        lines = [*lines[:WARNED], f"and {len(lines) - WARNED} warnings more of this kind"]
    known = [c for i in range(len(parts)) for c in found[i]]
    if all(c.refused is not None for c in known):
        raise InvalidInput("points", len(points), f"points that the model accepts; of the first: {known[0].refused}")
    return known, lines


def check_some(
    space: Space, points: Sequence[Point], first: int, recipe: Recipe
) -> tuple[list[Checked], dict[str, int]]:
    """Check some points, of which the first has the number `first`."""
    found, told = [], dict[str, int]()
    for i, point in enumerate(points, start=first):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always", ModelWarning)
            try:
                config = space.config(point)
                scenario = scenario_from(config)
                if scenario.scheme.allow_negative:
                    raise InvalidInput("scheme.allow_negative", True, "false in a sweep")
                plan_of(scenario)
                chunks.window_of(recipe.window, scenario)
            except InvalidInput as error:
                _refuse_bad(error, space, point, i)
                found.append(Checked(refused=str(error)))
                continue
        found.append(
            Checked(address=recipe.address(config), people=people_of(scenario), work=chunks.work_of(scenario, recipe))
        )
        for text in {str(w.message) for w in caught if issubclass(w.category, ModelWarning)}:
            told[text] = told.get(text, 0) + 1
    return found, told


def _refuse_bad(error: InvalidInput, space: Space, point: Point, number: int) -> None:
    """Refuse a value that is wrong by itself; what the model refuses of values together is a fact about the point."""
    if error.key in BY_NAME:
        raise error
    for axis in space.axes:
        key = axis.key
        if error.key == key or key.endswith(f".{error.key}") or (not axis.group and error.key.startswith(f"{key}.")):
            place = ", ".join(f"{k}={v}" for k, v in point.items() if k != key)
            where = f"point {number}{f' ({place})' if place else ''}: {error.key}"
            raise InvalidInput(where, error.value, error.allowed, error.nearest) from None


def trial(survey: Survey, runs: int, seconds: float = 2.0) -> tuple[float, float]:
    """Return the seconds and the bytes of one run, tried on some points for a while in a folder that is thrown away."""
    with tempfile.TemporaryDirectory() as place:
        done, written, started = 0, 0, time.perf_counter()
        here = Survey(
            path=Path(place),
            space=survey.space,
            points=survey.points,
            checked=survey.checked,
            recipe=survey.recipe,
        )
        known = [i for i, c in enumerate(survey.checked) if c.refused is None]
        for point in known[:: max(1, len(known) // 7)]:
            cell = here.cells({point: (0, runs)})[:1]
            receipt = here._task(cell)()
            done += receipt.runs
            written += (Path(place) / "runs" / f"{receipt.name}.parquet").stat().st_size
            if time.perf_counter() - started > seconds:
                break
        return (time.perf_counter() - started) / done, written / done
