"""Small worlds for tests: scenarios composed once, and what their members know."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np

from sim.draws import Draws
from sim.engine import weeks
from sim.loading import compose, options, read
from sim.perception import Known
from sim.record import Week
from sim.results import Results
from sim.rules import Rules, rules_of
from sim.scenario import Scenario, scenario_from
from sim.simulation import simulate_runs

SCHEMES = tuple(options("scheme"))
SCENARIOS = tuple(options("scenario"))
ACTIVITIES = tuple(read("activity", "standard"))
CALM: dict[str, Any] = {
    "team__skill_sd": 0.0,
    "team__habit_sd": 0.0,
    "conduct__experimentation": 0.0,
    "beliefs__rationality": "perfect",
    "scheme__attribution": 0.0,
    "scheme__promotion": None,
    "scheme__layoff": None,
    "craft": None,
    "turnover": None,
}


@cache
def composed(*overrides: str) -> dict[str, Any]:
    """Configuration that command-line words describe; not to be changed."""
    return {k: v for k, v in compose("model", overrides).items() if k != "question"}


def scenario(*overrides: str, **changes: Any) -> Scenario:
    """Load a scenario from command-line words, then change values; `__` in a keyword stands for a dot."""
    return scenario_from(composed(*overrides)).with_({k.replace("__", "."): v for k, v in changes.items()})


def lived(rules: Rules, runs: Sequence[int] = (0, 1, 2), seed: int = 5) -> list[Week]:
    """All weeks of some runs."""
    return list(weeks(rules, Draws(seed, runs, rules.members), rules.decision))


def known_of(scenario: Scenario, week: int = 6, runs: Sequence[int] = (0, 1, 2)) -> Known:
    """What members know when a week begins, some weeks into the runs."""
    return lived(rules_of(scenario.with_({"weeks": max(week + 1, scenario.scheme.review.weeks)})), runs)[week].known


def frozen(x: Any) -> Any:
    """The same with arrays that refuse to be written to; dataclasses and mappings throughout."""
    if isinstance(x, np.ndarray):
        copy = x.copy()
        copy.setflags(write=False)
        return copy
    if isinstance(x, Mapping):
        return {k: frozen(v) for k, v in x.items()}
    if dataclasses.is_dataclass(x) and not isinstance(x, type):
        fields = {f.name: getattr(x, f.name) for f in dataclasses.fields(x)}
        return dataclasses.replace(
            x, **{k: frozen(v) for k, v in fields.items() if isinstance(v, np.ndarray | Mapping)}
        )
    return x


def same(a: Mapping[str, np.ndarray], b: Mapping[str, np.ndarray]) -> list[str]:
    """Names of columns that differ in any bit; columns that only one side has are left out."""
    return [k for k in a if k in b and not np.array_equal(a[k], b[k], equal_nan=True)]


def run(scenario: Scenario, runs: Sequence[int] = (0, 1, 2), seed: int = 3, **options: Any) -> Results:
    """Some runs by their numbers."""
    return simulate_runs(scenario, runs, seed, **options)


def results_by_hand(scenario: Scenario, columns: Mapping[str, Any], **others: Any) -> Results:
    """Results that hold what a test says: name → (weeks, runs)."""
    arrays = {k: np.asarray(v, dtype=float) for k, v in columns.items()}
    runs = next(iter(arrays.values())).shape[1]
    given = {
        "per_member": None,
        "reviewed": {},
        "review_weeks": (),
        "names": (),
        "scored": np.zeros(1),
        "worth_loading": np.ones(1),
        "twin": None,
        "shadow": None,
        "levels": {},
        "knowledge": None,
    }
    return Results(scenario=scenario, seed=1, runs=np.arange(runs), columns=arrays, **(given | others))
