"""What the business gets, and in what state the project is left. Each: results → (runs,)."""

from __future__ import annotations

import numpy as np

from sim.arrays import Floats, over_weeks
from sim.results import Results

YEAR, QUARTER = 52, 13  # [weeks]


def worth(results: Results) -> Floats:
    """Realised worth, mean over weeks [weeks of core work per person-week]; any number, higher is better.

    In Baker's limit it is f'a.
    """
    return over_weeks(results.counted("worth"))


def worth_year_1(results: Results) -> Floats:
    """Worth in the first 52 weeks in which the scheme counts; NaN where the run ends before."""
    return _year(results, 0)


def worth_year_2(results: Results) -> Floats:
    """Worth in the next 52 weeks; NaN where the run ends before."""
    return _year(results, 1)


def dip(results: Results) -> Floats:
    """How far worth falls after the switch to the scheme [weeks of core work per person-week]; at least 0.

    Mean of the last 13 weeks before minus the lowest mean of any 13 weeks in the year after; NaN without a before.
    """
    x, since = results.columns["worth"], results.scenario.since
    if since < QUARTER or len(x) < since + YEAR:
        return np.full(len(results.runs), np.nan)
    before = over_weeks(x[since - QUARTER : since])
    quarters = np.stack([over_weeks(x[t : t + QUARTER]) for t in range(since, since + YEAR - QUARTER + 1)])
    return np.maximum(before - quarters.min(axis=0), 0.0)


def documented(results: Results) -> Floats:
    """How much of an average module is written down when the run ends; 0 to 1, higher is better."""
    return results.columns["documented"][-1]


def orphaned(results: Results) -> Floats:
    """Share of modules that nobody knows when the run ends; 0 to 1, lower is better.

    With k who know a module and an exit probability q a week, q^k after one week (THEORY K3).
    """
    return results.columns["orphaned"][-1]


def incidents(results: Results) -> Floats:
    """Incidents, mean over weeks [per week and team]; at least 0, lower is better."""
    return over_weeks(results.counted("incidents"))


def features(results: Results) -> Floats:
    """Core work finished, mean over weeks [weeks of core work per person-week]; at least 0, higher is better."""
    return over_weeks(results.counted("features"))


def backlog(results: Results) -> Floats:
    """Work asked for and not done when the run ends [weeks of core work per member]; at least 0, lower is better."""
    return results.columns["backlog"][-1]


def cost(results: Results) -> Floats:
    """Person-weeks paid, replacing leavers included, mean over weeks [per person-week]; at least 1, lower is better."""
    return over_weeks(results.counted("cost"))


def score(results: Results) -> Floats:
    """What the scheme's yardstick shows, mean over weeks [points per person-week]; any number.

    In a limit with one signal and no noise it is g'a.
    """
    return over_weeks(results.counted("score"))


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


def _year(results: Results, number: int) -> Floats:
    since = results.scenario.since + number * YEAR
    x = results.columns["worth"][since : since + YEAR]
    return over_weeks(x) if len(x) == YEAR else np.full(len(results.runs), np.nan)


def _any(x: Floats) -> bool:
    return bool((~np.isnan(x)).any())
