"""What it is like for the people. Each: results → (runs,)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from sim.arrays import Floats, over_weeks
from sim.results import Results


def surplus(results: Results) -> Floats:
    """f'(skill∘a) − effort cost − cost of risk, mean over weeks [utility per person-week]; higher is better.

    In Baker's limit it peaks at the optimal slope b*.
    """
    return over_weeks(results.columns["surplus"])


def reward(results: Results) -> Floats:
    """All that is paid for scores, mean over weeks [utility per person-week]; any number."""
    return over_weeks(results.columns["reward"])


def hours(results: Results) -> Floats:
    """Effort in all, mean over weeks [weeks per person-week]; at least 0."""
    return over_weeks(results.columns["hours"])


def promoted(results: Results) -> Floats:
    """Promotions, total over the run [people]; at least 0."""
    return np.cumsum(results.columns["promoted"], axis=0)[-1]


def laid_off(results: Results) -> Floats:
    """Layoffs, total over the run [people]; at least 0."""
    return np.cumsum(results.columns["laid_off"], axis=0)[-1]


def _effort_on(activity: str, whose: str) -> Callable[[Results], Floats]:
    """Effort of the team (`effort`) or its aligned twin (`aligned_effort`) on one activity, mean over weeks [week]."""

    def effort(results: Results) -> Floats:
        team = results if whose == "effort" else results.twin
        assert team is not None
        return over_weeks(team.columns[f"effort_{activity}"])

    return effort
