"""What it is like for the people. Each: results → (runs,)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from sim.arrays import Floats, over_weeks
from sim.results import Results

YEAR = 52  # [weeks]


def surplus(results: Results) -> Floats:
    """f'(skill∘a) − effort cost − cost of risk, mean over weeks [utility per person-week]; higher is better.

    In Baker's limit it peaks at the optimal slope b*.
    """
    return over_weeks(results.counted("surplus"))


def reward(results: Results) -> Floats:
    """All that is paid for scores, mean over weeks [utility per person-week]; any number."""
    return over_weeks(results.counted("reward"))


def hours(results: Results) -> Floats:
    """Effort in all, mean over weeks [weeks per person-week]; at least 0."""
    return over_weeks(results.counted("hours"))


def promoted(results: Results) -> Floats:
    """Promotions, total over the run [people]; at least 0."""
    return np.cumsum(results.counted("promoted"), axis=0)[-1]


def laid_off(results: Results) -> Floats:
    """Layoffs, total over the run [people]; at least 0."""
    return np.cumsum(results.counted("laid_off"), axis=0)[-1]


def left(results: Results) -> Floats:
    """People who left, laid off or on their own, total over the run [people]; at least 0, lower is better."""
    return np.cumsum(results.counted("left"), axis=0)[-1]


def hours_bound(results: Results) -> Floats:
    """Share of people-weeks at the most or the least hours there are; 0 to 1."""
    return over_weeks(results.counted("hours_bound"))


def craft(results: Results) -> Floats:
    """Craft of gaming of an average member when the run ends; at least 0, lower is better."""
    return results.columns["craft"][-1]


def gini(results: Results) -> Floats:
    """Inequality of what a review pays, mean over reviews: mean difference over twice the mean size; 0: all alike."""
    return over_weeks(results.at_reviews("gini"))


def caught(results: Results) -> Floats:
    """Share of members whom an audit accuses, mean over reviews; 0 to 1."""
    return over_weeks(results.at_reviews("caught"))


def manager_hours(results: Results) -> Floats:
    """Time that those who judge spend on each member [hours per member and year]; at least 0, lower is better.

    Hours of the scheme in force × reviews held, over the years that count. It is beside worth, not taken off it.
    """
    phases = results.scenario.phases
    in_force = (max((p for p in phases if p.start <= t), key=lambda p: p.start) for t in results.review_weeks)
    spent = sum(phase.scheme.review.hours for phase in in_force)
    return np.full(len(results.runs), YEAR * spent / len(results.counted("worth")))


def _utility_of(motive: str) -> Callable[[Results], Floats]:
    """Utility of one motive for an average member, its weight left out, mean over reviews [utility per week]."""

    def utility(results: Results) -> Floats:
        return over_weeks(results.at_reviews(f"utility_{motive}"))

    return utility


def _effort_on(activity: str, whose: str) -> Callable[[Results], Floats]:
    """Effort of the team (`effort`) or its aligned twin (`aligned_effort`) on one activity, mean over weeks [week]."""

    def effort(results: Results) -> Floats:
        team = results if whose == "effort" else results.twin
        assert team is not None
        return over_weeks(team.counted(f"effort_{activity}"))

    return effort
