"""What a study observed, as a number of each run that the model's measures give: (runs, scenario) → (runs,).

    turnover          left / people / years                                            share of people a year
    lost_to_debt      1 − 1/((1 + interest·debt)·(1 + cost·incidents/people))          share of working time
    maintenance       effort on what repays debt / hours                               share of the week
    work              hours − effort on what takes ill intent                          [week]
    sabotage_per_work effort on what sabotages / work

Debt is that of the last week, incidents and efforts are means over the weeks looked at.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from experiments.chunks import window_of
from experiments.quantity import YEAR
from sim.arrays import Floats
from sim.errors import InvalidInput
from sim.scenario import Scenario, people_of


def quantity(name: str, runs: pd.DataFrame, scenario: Scenario, window: str) -> Floats:
    """Return a quantity, or a measure by its name, of each run: (runs,)."""
    if name == "turnover":
        begin, end = window_of(window, scenario)
        return _measure("left", runs) / people_of(scenario) / ((end - begin) / YEAR)
    if name in KNOWN:
        return KNOWN[name](runs, scenario)
    return _measure(name, runs)


def lost_to_debt(runs: pd.DataFrame, scenario: Scenario) -> Floats:
    """Return the share of working time that interest and incidents take.

    Source: the factors on productivity of `sim.project`.
    """
    project = scenario.project
    if project is None or project.incidents is None:
        raise InvalidInput("quantity", "lost_to_debt", "a scenario with a project in which things break")
    slowed = 1 + project.interest * _measure("debt", runs)
    broken = 1 + project.incidents.cost * _measure("incidents", runs) / people_of(scenario)
    return 1 - 1 / (slowed * broken)


def maintenance(runs: pd.DataFrame, scenario: Scenario) -> Floats:
    """Return the share of the week that goes into what repays debt."""
    return _spent(runs, [k for k, a in scenario.activities.items() if a.repays > 0]) / _measure("hours", runs)


def work(runs: pd.DataFrame, scenario: Scenario) -> Floats:
    """Return the week without flattery and sabotage [week]."""
    return _measure("hours", runs) - _spent(runs, [k for k, a in scenario.activities.items() if a.ill])


def sabotage_per_work(runs: pd.DataFrame, scenario: Scenario) -> Floats:
    """Return the sabotage that comes with a week of work [week]."""
    return _spent(runs, [k for k, a in scenario.activities.items() if a.sabotages > 0]) / work(runs, scenario)


KNOWN = {f.__name__: f for f in (lost_to_debt, maintenance, work, sabotage_per_work)}


def _spent(runs: pd.DataFrame, activities: list[str]) -> Floats:
    return np.sum([np.zeros(len(runs)), *(_measure(f"effort_{a}", runs) for a in activities)], axis=0)


def _measure(name: str, runs: pd.DataFrame) -> Floats:
    if name not in runs.columns:
        raise InvalidInput("quantity", name, "a measure that the scenario has")
    return runs[name].to_numpy(float)
