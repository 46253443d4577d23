"""What the business gets, and in what state the project is left. Each: results → (runs,)."""

from __future__ import annotations

import numpy as np

from sim.arrays import Floats, over_weeks
from sim.results import Results


def worth(results: Results) -> Floats:
    """Realised worth, mean over weeks [weeks of core work per person-week]; any number, higher is better.

    In Baker's limit it is f'a.
    """
    return over_weeks(results.columns["worth"])


def score(results: Results) -> Floats:
    """What the scheme's yardstick shows, mean over weeks [points per person-week]; any number.

    In a limit with one signal and no noise it is g'a.
    """
    return over_weeks(results.columns["score"])


def debt(results: Results) -> Floats:
    """Technical debt when the run ends [weeks of work per member]; at least 0, lower is better."""
    return results.columns["debt"][-1]


def knowledge(results: Results) -> Floats:
    """How well an average member knows an average module when the run ends; 0 to 1, higher is better."""
    return results.columns["knowledge"][-1]


def truck_factor(results: Results) -> Floats:
    """Fewest members whose leaving orphans more than half of the modules, at the last review [people].

    0 (more than half are known by nobody) to all members; higher is better. Source: Avelino et al. (2016).
    """
    reviews = results.columns["truck_factor"]
    return reviews[np.flatnonzero(~np.isnan(reviews).all(axis=1))[-1]] if _any(reviews) else reviews[-1]


def _any(x: Floats) -> bool:
    return bool((~np.isnan(x)).any())
