"""Runs of many scenarios that share no axes: what is not in the folder is computed, the rest is read.

Each scenario, with how it is run, has an address; its runs stand in the same blocks as those of a sweep. Whatever
asks for the same runs again, in whatever company, finds them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from experiments import chunks
from experiments.chunks import Cell, Recipe
from experiments.executors import Executor, Lost, map_chunks
from sim.scenario import Scenario, people_of

DIGITS = 12  # of an address, that number its scenario
Show = Callable[[int, int, int], None]  # runs done, in all, failed


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Some runs of a scenario.

    Parameters
    ----------
    scenario : Scenario
    recipe : Recipe
    runs : int
        Those with the numbers 0 to runs − 1.
    """

    scenario: Scenario
    recipe: Recipe
    runs: int

    @property
    def address(self) -> str:
        """Where they stand."""
        return self.recipe.address(self.scenario.config)

    def cells(self) -> list[Cell]:
        """Return them in blocks that fit the caches."""
        address = self.address
        return chunks.cells_of(int(address[:DIGITS], 16), address, 0, self.runs, people_of(self.scenario))


def answered(path: Path, asked: Sequence[Asked], executor: Executor, show: Show) -> list[pd.DataFrame]:
    """Return a row per run of each scenario, in their order; runs that failed are rows with their `error`."""
    each = [(a, a.cells()) for a in asked]
    there = chunks.held(path, whole=False)
    tasks, counts = [], []
    for recipe in dict.fromkeys(a.recipe for a in asked):
        missing: dict[Cell, Scenario] = {
            c: a.scenario for a, cells in each if a.recipe == recipe for c in cells if not there.has(c)
        }
        work = {c.point: chunks.work_of(s, recipe) for c, s in missing.items()}
        configs: Mapping[int, Mapping[str, Any]] = {c.point: s.config for c, s in missing.items()}
        for cut in chunks.chunks_of(list(missing), work):
            tasks.append(partial(chunks.compute, path, cut, {c.point: configs[c.point] for c in cut}, recipe))
            counts.append((cut, sum(c.runs for c in cut)))
    done, of, failed = 0, sum(n for _, n in counts), 0
    for i, found in map_chunks(executor, tasks):
        if isinstance(found, Lost):
            chunks.write(path, counts[i][0], chunks.failed_rows(counts[i][0], found.reason))
        done, failed = done + counts[i][1], failed + (counts[i][1] if isinstance(found, Lost) else found.failed)
        show(done, of, failed)
    there = chunks.held(path, whole=False)
    points = list(dict.fromkeys(cells[0].point for _, cells in each))
    rows: dict[int, pd.DataFrame] = {}
    for frame in chunks.by_point(there, points):
        rows |= {int(str(p)): own for p, own in frame.groupby("point")}
    return [_of(rows[cells[0].point], a.runs) for a, cells in each]


def _of(rows: pd.DataFrame, runs: int) -> pd.DataFrame:
    """Return the first runs, those that somebody else asked for besides left out."""
    return rows[rows["run"] < runs].reset_index(drop=True)
