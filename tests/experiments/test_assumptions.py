"""Draws of what may be true of a real team."""

from __future__ import annotations

import numpy as np
import pytest

import sim
from experiments.assumptions import _triangular, changes, drawn
from experiments.parameters import plausible
from sim.rules import plan_of
from sim.scenario import Scenario


@pytest.fixture(scope="module")
def commits() -> Scenario:
    return sim.load("scheme=commits")


def test_a_draw_is_the_same_whenever_it_is_made_and_another_is_another(commits: Scenario) -> None:
    assert changes(commits, 1, 5) == changes(commits, 1, 5) != changes(commits, 1, 6)


def test_schemes_that_are_compared_share_a_draw(commits: Scenario) -> None:
    other = sim.load("scheme=impressive")
    one, two = changes(commits, 1, 3), changes(other, 1, 3)
    shared = set(one) & set(two)
    assert len(shared) > 100 and all(one[k] == two[k] for k in shared)


def test_a_draw_stays_within_what_is_plausible(commits: Scenario) -> None:
    bounds = {k: v for k, v in plausible().items() if "low" in v and "*" not in k}
    for run in range(30):
        for key, value in changes(commits, 2, run).items():
            if key in bounds:
                assert bounds[key]["low"] <= value <= bounds[key]["high"], key


def test_signs_of_tables_stay(commits: Scenario) -> None:
    for run in range(10):
        for key, value in changes(commits, 2, run).items():
            if ".loadings." in key:
                *path, last = key.split(".")
                where: object = commits.config
                for step in path:
                    assert isinstance(where, dict)
                    where = where[step]
                assert isinstance(where, dict)
                before = where[last]
                assert before == 0 or value * before > 0


def test_weights_names_and_weeks_are_not_drawn(commits: Scenario) -> None:
    drawn_keys = set(changes(commits, 1, 1))
    assert not {k for k in drawn_keys if k.startswith(("scheme.weights", "reference_team", "weeks", "onset"))}


@pytest.mark.parametrize("run", range(12))
def test_every_draw_is_a_scenario_that_the_model_accepts(commits: Scenario, run: int) -> None:
    candidate = drawn(commits, 4, run)
    plan_of(candidate)
    assert candidate.config != commits.config and candidate.weeks == commits.weeks


def test_half_of_a_triangular_distribution_lies_below_its_median() -> None:
    u = np.linspace(0.0005, 0.9995, 1000)
    x = np.array([_triangular(v, 0.0, 1.0, 3.0) for v in u])
    assert x.min() >= 0 and x.max() <= 3 and (np.diff(x) > 0).all()
    assert x.mean() == pytest.approx((0 + 1 + 3) / 3, abs=1e-3)
