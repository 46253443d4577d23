"""Each scheme at the strength where its own worth peaks, and whether that changes who is better.

The peak is searched with another seed, the study's + `APART`, with common random numbers: a coarse grid,
then golden section and parabolas between the neighbours of its best point (SciPy's bounded search).
Strengths that the model refuses are no candidates. What is reported comes from the study's own seed.
The strengths found stand in the manifest from the first run on, with how they were searched: what is
there already, finished or not, is not searched again.
"""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import minimize_scalar

from experiments.console import progress
from experiments.executors import Executor, Lost, map_chunks
from experiments.stats import joint_intervals
from experiments.store import Folder, read_manifest
from experiments.study import APART
from sim.errors import InvalidInput, ModelWarning, RunFailed
from sim.rules import plan_of
from sim.scenario import Scenario, scenario_from
from sim.simulation import simulate

GRID = (0.0, 0.0625, 0.125, 0.1875, 0.25, 0.375, 0.5, 0.75, 1.0)  # of the highest strength
CLOSE = 0.02  # of strength, where the search ends
KEY = "own_best"  # in the configuration and in the manifest


@dataclass(frozen=True, kw_only=True)
class Search:
    """How a scheme's own best strength is searched.

    Parameters
    ----------
    highest : float
        Strengths from 0 to this are searched, above 0 and at most 1000.
    runs : int
        At each strength that is tried, at least 2.
    """

    highest: float
    runs: int

    def __post_init__(self) -> None:
        if isinstance(self.highest, bool) or not isinstance(self.highest, int | float) or not 0 < self.highest <= 1000:
            raise InvalidInput("own_best.highest", self.highest, "a number above 0 and at most 1000")
        if isinstance(self.runs, bool) or not isinstance(self.runs, int) or not 2 <= self.runs <= 1_000_000:
            raise InvalidInput("own_best.runs", self.runs, "a whole number, at least 2 and at most 1000000")

    @staticmethod
    def of(config: object) -> Search:
        """Read the search from a configuration."""
        if not isinstance(config, Mapping) or {*config} != {"highest", "runs"}:
            raise InvalidInput(KEY, config, "a mapping of highest and runs")
        return Search(highest=config["highest"], runs=config["runs"])


def worth_at(scenario: Scenario, strength: float, seed: int, runs: int) -> float:
    """Mean worth at a strength, −infinity where the model refuses it."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ModelWarning)
            changed = scenario.with_({"scheme.strength": float(strength)})
            return float(simulate(changed, runs, seed, aligned=False).measures()["worth"].mean())
    except (InvalidInput, RunFailed):
        return -np.inf


def best_of(config: Mapping[str, Any], seed: int, search: Search) -> float:
    """Return the strength at which a scenario's worth is highest; its own where nothing hangs on a score."""
    scenario = scenario_from(config)
    if not any(scenario.scheme.weights.values()):
        return scenario.scheme.strength
    grid = [search.highest * g for g in GRID]
    found = [worth_at(scenario, s, seed + APART, search.runs) for s in grid]
    best = int(np.argmax(found))
    low, high = grid[max(best - 1, 0)], grid[min(best + 1, len(grid) - 1)]

    def loss(strength: float) -> float:
        return -max(worth_at(scenario, strength, seed + APART, search.runs), -1e9)

    inside = minimize_scalar(loss, bounds=(low, high), method="bounded", options={"xatol": CLOSE})
    return round(float(inside.x), 3) if -inside.fun > found[best] else grid[best]


def strengths(scenarios: Mapping[str, Scenario], seed: int, search: Search, executor: Executor) -> dict[str, float]:
    """Return the best strength of each scenario."""
    tasks = [partial(best_of, scenario.config, seed, search) for scenario in scenarios.values()]
    found: dict[int, float] = {}
    with progress("searching each scheme's own best strength") as show:
        show(0, len(tasks))
        for i, value in map_chunks(executor, tasks):
            if isinstance(value, Lost):
                raise RunFailed(f"{list(scenarios)[i]}: {value.reason}")
            found[i] = value
            show(len(found), len(tasks))
    return {name: found[i] for i, name in enumerate(scenarios)}


def kept(folder: Folder, overwrite: bool) -> dict[str, float] | None:
    """Return what the same search for the same study has found before; refuse a folder that holds anything else.

    `folder` is addressed by the study before its strengths are known, and by the search.
    """
    entry = (read_manifest(folder.path) or {}).get(KEY)
    if not isinstance(entry, Mapping) or entry["of"] != folder.address:
        folder.check(overwrite)
        return None
    return {str(k): float(v) for k, v in entry["strength"].items()}


def origin(folder: Folder, search: Search, seed: int, found: Mapping[str, float]) -> dict[str, Any]:
    """Return what a manifest says of a search."""
    return {KEY: {"of": folder.address, "seed": seed + APART, "search": asdict(search), "strength": dict(found)}}


def still_rising(scenarios: Mapping[str, Scenario], search: Search) -> list[str]:
    """Return the schemes whose worth is highest where the search ends: at its highest strength or the model's."""
    return [n for n, s in scenarios.items() if any(s.scheme.weights.values()) and _at_the_end(s, search)]


def _at_the_end(scenario: Scenario, search: Search) -> bool:
    beyond = scenario.scheme.strength + 2 * CLOSE
    if beyond > search.highest:
        return True
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ModelWarning)
            plan_of(scenario.with_({"scheme.strength": beyond}))
    except InvalidInput:
        return True
    return False


def reversals(one: pd.DataFrame, other: pd.DataFrame, names: Sequence[str]) -> list[tuple[str, str]]:
    """Return the pairs of which the first is better in one study and the second in the other, both surely."""
    pairs = list(itertools.combinations(names, 2))
    if not pairs:
        return []
    signs = []
    for runs in (one, other):
        worth = {s: f.sort_values("run")["worth"].to_numpy() for s, f in runs.groupby("scheme")}
        _, low, high = joint_intervals(np.column_stack([worth[a] - worth[b] for a, b in pairs]))
        signs.append(np.where(low > 0, 1, np.where(high < 0, -1, 0)))
    return [
        (a, b) if first > 0 else (b, a)
        for (a, b), first, second in zip(pairs, *signs, strict=True)
        if first * second < 0
    ]
