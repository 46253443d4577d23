"""Each scheme at the strength where its own worth peaks, and whether that changes who is better.

The peak is searched on other seeds than the study's, with common random numbers: a coarse grid, then
golden section and parabolas between the neighbours of its best point (SciPy's bounded search).
Strengths that the model refuses are no candidates. What is reported comes from the study's own seed.
"""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import minimize_scalar

from experiments.console import progress
from experiments.stats import joint_intervals
from experiments.study import prepared
from sim import catalogue
from sim.errors import InvalidInput, ModelWarning, RunFailed
from sim.scenario import Scenario, scenario_from
from sim.simulation import simulate

APART = 1_000_003  # from the study's seed to the seed of the search
TRIALS = 48  # runs at each strength that is tried
GRID = (0.0, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 4.0)
CLOSE = 0.02  # of strength, where the search ends
FILE = "own_best.csv"


def worth_at(scenario: Scenario, strength: float, seed: int) -> float:
    """Mean worth at a strength, −infinity where the model refuses it."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ModelWarning)
            changed = scenario.with_({"scheme.strength": float(strength)})
            return float(simulate(changed, TRIALS, seed, aligned=False).measures()["worth"].mean())
    except (InvalidInput, RunFailed):
        return -np.inf


def best_of(config: Mapping[str, Any], seed: int) -> float:
    """Return the strength at which a scenario's worth is highest; its own where nothing hangs on a score."""
    scenario = scenario_from(config)
    if not any(scenario.scheme.weights.values()):
        return scenario.scheme.strength
    found = [worth_at(scenario, s, seed + APART) for s in GRID]
    best = int(np.argmax(found))
    low, high = GRID[max(best - 1, 0)], GRID[min(best + 1, len(GRID) - 1)]

    def loss(strength: float) -> float:
        return -max(worth_at(scenario, strength, seed + APART), -1e9)

    inside = minimize_scalar(loss, bounds=(low, high), method="bounded", options={"xatol": CLOSE})
    return round(float(inside.x), 3) if -inside.fun > found[best] else GRID[best]


def strengths(scenarios: Mapping[str, Scenario], seed: int, workers: int | None, serial: bool) -> dict[str, float]:
    """Return the best strength of each scenario."""
    tasks = [(scenario.config, seed) for scenario in scenarios.values()]
    found: list[float] = []
    with progress("searching each scheme's own best strength") as show:
        show(0, len(tasks))
        if serial:
            for i, task in enumerate(tasks, start=1):
                found.append(best_of(*task))
                show(i, len(tasks))
        else:
            context, known = get_context("spawn"), (catalogue.extensions(),)
            with ProcessPoolExecutor(workers, mp_context=context, initializer=prepared, initargs=known) as pool:
                for i, value in enumerate(pool.map(best_of, *zip(*tasks, strict=True)), start=1):
                    found.append(value)
                    show(i, len(tasks))
    return dict(zip(scenarios, found, strict=True))


def kept(folder: Path, address: str) -> dict[str, float] | None:
    """Return what an earlier search for the same study has found."""
    try:
        table = pd.read_csv(folder / FILE)
    except (OSError, ValueError):
        return None
    if set(table["study"]) != {address}:
        return None
    return dict(zip(table["scheme"].astype(str), table["strength"].astype(float), strict=True))


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
