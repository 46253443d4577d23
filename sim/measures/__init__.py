"""What is measured: functions by subject, each from results to one number per run.

`pooled` holds those that need all runs together: functions of the means of per-run measures.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from types import ModuleType

from sim.arrays import Floats
from sim.measures import around, goodhart, people, pooled, project
from sim.results import Results

Measure = Callable[[Results], Floats]


def _functions(module: ModuleType) -> dict[str, Callable[..., Floats]]:
    return {
        name: f
        for name, f in vars(module).items()
        if inspect.isfunction(f) and f.__module__ == module.__name__ and not name.startswith("_")
    }


def per_run(results: Results) -> dict[str, Measure]:
    """Return the measures of each run, by name: those that can be taken of these results."""
    chosen = {k: f for module in (project, goodhart, people) for k, f in _functions(module).items()}
    if results.twin is None:
        chosen = {k: f for k, f in chosen.items() if k not in goodhart.NEED_TWIN}
    if results.shadow is None:
        chosen = {k: f for k, f in chosen.items() if k not in goodhart.NEED_SHADOW}
    chosen |= {k: f for k, f in _functions(around).items() if around.READ_FROM.get(k, "worth") in results.columns}
    if results.scenario.intervener.name is None:
        del chosen["intervener_rank"]
    if results.scenario.customers is not None:
        departments = [d.name for d in results.scenario.customers.departments]
        chosen |= {f"met_{d}": around._met_of(d) for d in departments}
        chosen |= {f"blocked_by_{d}": around._blocked_by(d) for d in departments}
    chosen |= {f"utility_{k}": people._utility_of(k) for k in results.scenario.motives}
    for prefix in ("effort", "aligned_effort")[: 1 if results.twin is None else 2]:
        chosen |= {f"{prefix}_{k}": people._effort_on(k, prefix) for k in results.scenario.activities}
    return chosen


def pooled_measures() -> dict[str, tuple[Callable[..., Floats], tuple[str, ...]]]:
    """Return the measures of all runs together: name → (function, the per-run measures whose means it takes)."""
    return {k: (f, tuple(inspect.signature(f).parameters)) for k, f in _functions(pooled).items()}
