"""Incidents are somebody's fault: whose part is seen is blamed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.arrays import average, weighed
from sim.evaluation import blamed, by_blame, saved
from sim.project import failing
from sim.rules import rules_of
from sim.scenario import Scenario
from tests import worlds
from tests.tolerances import ROUNDING, SLOPE, STEP

TRACED = {"scheme__weights": {"failures_traced": 1.0, "commits": 0.5}}
hidden = st.lists(st.floats(1.0, 20.0), min_size=2, max_size=9)


def traced(**changes: object) -> Scenario:
    quiet = {"signals__failures_traced__noise__sd": 0.0, "signals__commits__noise__sd": 0.0}
    return worlds.scenario("scheme=commits", **TRACED, **quiet, **changes)


@given(hidden, st.floats(0.0, 9.0))
def test_whoever_hides_all_blame_is_borne_by_somebody(haze: list[float], incidents: float) -> None:
    found = blamed(np.array([incidents]), np.array([haze]), len(haze))
    assert average(found) == pytest.approx([incidents], rel=ROUNDING)


@given(hidden)
def test_who_is_seen_less_is_blamed_less(haze: list[float]) -> None:
    found = blamed(np.array([1.0]), np.array([haze]), len(haze))[0]
    order = np.argsort(haze, kind="stable")
    assert (np.diff(found[order]) <= ROUNDING).all()


def test_where_all_hide_alike_all_are_blamed_alike() -> None:
    assert np.array_equal(blamed(np.array([2.0]), np.full((1, 5), 1.7), 5), np.full((1, 5), 2.0)) or blamed(
        np.array([2.0]), np.full((1, 5), 1.7), 5
    ) == pytest.approx(np.full((1, 5), 2.0), rel=ROUNDING)
    assert np.array_equal(blamed(np.array([2.0]), None, 3), np.full((1, 3), 2.0))


def test_a_signal_that_blames_falls_with_the_incidents_of_the_week() -> None:
    scenario = traced(activities__fortify__obscures=0.0)
    week = next(w for w in worlds.lived(rules_of(scenario)) if w.stocks is not None and (w.stocks.incidents > 0).any())
    measurement = week.rules.measurement
    place = week.rules.signals.index("failures_traced")
    assert week.stocks is not None and week.stocks.incidents is not None
    assert week.signals[place] == pytest.approx(
        np.repeat(-measurement.blame[place] * week.stocks.incidents[:, None], 9, axis=1), rel=ROUNDING
    )


def test_hiding_saves_as_much_blame_as_it_is_felt_to(small: Scenario) -> None:
    """The slope is the derivative of the expected blame in the own effort, the others' as it was."""
    measurement = rules_of(traced()).measurement
    rng = np.random.default_rng(2)
    obscures, incidents = np.array([0.0, 0.5, 1.5]), np.array([0.3, 2.0])
    effort = rng.uniform(0, 0.5, (3, 2, 4))

    def loss(effort: np.ndarray) -> np.ndarray:
        return by_blame(measurement, blamed(incidents, 1 + weighed(obscures, effort), 4))

    haze = 1 + weighed(obscures, effort)
    felt = saved(measurement, blamed(incidents, haze, 4), haze, obscures)
    assert (loss(effort) > 0).all() and (felt[0] == 0).all() and (felt[1:] > 0).all()
    for k in range(3):
        ends = []
        for step in (STEP, -STEP):
            moved = effort.copy()
            moved[k, :, 1] += step
            ends.append(loss(moved)[:, 1])
        assert felt[k, :, 1] == pytest.approx(-(ends[0] - ends[1]) / (2 * STEP), rel=SLOPE, abs=SLOPE)


def test_members_expect_the_blame_that_comes_on_average() -> None:
    """With perfect beliefs; incidents themselves are luck."""
    script = {"kind": "scripted", "weeks": [{"deliver": 0.6, "fortify": 0.4}], "members": None}
    scenario = traced(beliefs__rationality="perfect", choice=script, scheme__promotion=None, scheme__layoff=None)
    rules = rules_of(replace(scenario, craft=None, turnover=None))
    week = worlds.lived(rules)[2]
    assert week.stocks is not None and rules.project is not None and week.stocks.incidents is not None
    blame = rules.measurement.blame[rules.signals.index("failures_traced")]
    luck = week.stocks.incidents - failing(rules.project, worlds.lived(rules)[1].stocks)  # type: ignore[arg-type]
    weight = rules.measurement.weight[rules.signals.index("failures_traced")]
    assert week.known.score - week.score == pytest.approx(
        np.repeat(weight * blame * luck[:, None], 9, axis=1), rel=1e-9
    )


def test_people_hide_more_where_failures_are_traced_to_them() -> None:
    none = worlds.scenario("scheme=commits", **TRACED, signals__failures_traced__blame=0.0)
    some = worlds.scenario("scheme=commits", **TRACED)
    hides = [worlds.run(s, range(20), 1).columns["effort_fortify"].mean() for s in (none, some)]
    assert hides[1] > 1.02 * hides[0]
