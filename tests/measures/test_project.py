"""What the business gets: worth and score in a limit, stocks at the end, the truck factor at the last review."""

from __future__ import annotations

import math
from functools import partial

import numpy as np
import pytest

from sim.measures import project
from tests import worlds
from tests.tolerances import ROUNDING

by_hand = partial(worlds.results_by_hand, reviewed={}, review_weeks=())
G = (1.5 * math.cos(math.pi / 6), 1.5 * math.sin(math.pi / 6))


def test_worth_in_bakers_limit_is_the_worth_of_effort() -> None:
    results = worlds.run(worlds.scenario("limit=B1"), range(3))
    assert project.worth(results) == pytest.approx(np.full(3, 2 * (20 + G[0])), rel=ROUNDING)


def test_the_score_of_one_measure_without_noise_is_what_effort_adds_to_it() -> None:
    results = worlds.run(worlds.scenario("limit=B1", signals__measure_1__noise__sd=0.0), range(3))
    expected = G[0] * (20 + G[0]) + G[1] * (20 + G[1])
    assert project.score(results) == pytest.approx(np.full(3, expected), rel=ROUNDING)


def test_the_score_of_a_team_that_is_not_evaluated_is_nothing() -> None:
    assert (project.score(worlds.run(worlds.scenario("scheme=none", weeks=13))) == 0).all()


def test_debt_and_knowledge_are_read_when_the_run_ends() -> None:
    columns = {"debt": [[1.0, 2.0], [3.0, 4.0]], "knowledge": [[0.1, 0.2], [0.3, 0.4]]}
    results = by_hand(worlds.scenario("limit=B1"), columns)
    assert project.debt(results).tolist() == [3.0, 4.0]
    assert project.knowledge(results).tolist() == [0.3, 0.4]


def test_the_truck_factor_is_that_of_the_last_review() -> None:
    nan = np.nan
    columns = {"truck_factor": [[nan, nan], [3.0, 4.0], [nan, nan], [1.0, 2.0], [nan, nan]]}
    assert project.truck_factor(by_hand(worlds.scenario("limit=B1"), columns)).tolist() == [1.0, 2.0]


def test_without_a_project_its_stocks_are_undefined() -> None:
    results = worlds.run(worlds.scenario("scheme=commits", "project=none", weeks=13))
    for measure in (project.debt, project.knowledge, project.truck_factor):
        assert np.isnan(measure(results)).all()


def test_debt_that_nobody_adds_to_or_repays_stays() -> None:
    changes = {f"activities__{k}__{s}": 0 for k in worlds.ACTIVITIES for s in ("debt", "repays")}
    results = worlds.run(worlds.scenario("scheme=commits", weeks=13, **changes))
    assert project.debt(results).tolist() == [2.5] * 3


def test_the_years_are_counted_from_the_week_on_from_which_the_scheme_counts() -> None:
    scenario = worlds.scenario("scheme=commits", weeks=120, onset=13)
    worth = np.concatenate([np.full(13, 9.0), np.full(52, 1.0), np.full(52, 2.0), np.full(3, 9.0)])[:, None]
    results = by_hand(scenario, {"worth": worth})
    assert project.worth_year_1(results).tolist() == [1.0] and project.worth_year_2(results).tolist() == [2.0]
    short = by_hand(worlds.scenario("scheme=commits", weeks=60), {"worth": worth[:60]})
    assert np.isnan(project.worth_year_2(short)).all() and not np.isnan(project.worth_year_1(short)).any()


def test_the_dip_is_from_the_last_quarter_before_to_the_lowest_quarter_after() -> None:
    scenario = worlds.scenario("scheme=commits", weeks=104, onset=26)
    worth = np.full((104, 2), 1.0)
    worth[:13] = 5.0  # long before
    worth[40:53, 0] = 0.25
    worth[53:60, 0] = 0.5
    worth[26:, 1] = 3.0  # never falls
    assert project.dip(by_hand(scenario, {"worth": worth})).tolist() == [0.75, 0.0]
    assert np.isnan(project.dip(by_hand(scenario.with_({"onset": 0}), {"worth": worth}))).all()


def test_what_is_read_when_the_run_ends_and_what_is_averaged() -> None:
    scenario = worlds.scenario("scheme=commits", weeks=26, onset=13)
    column = np.repeat([1.0, 3.0], 13)[:, None]
    column[-1] = 16.0
    for measure in (project.documented, project.orphaned, project.backlog):
        assert measure(by_hand(scenario, {measure.__name__: column})).tolist() == [16.0]
    for measure in (project.incidents, project.features, project.cost):
        assert measure(by_hand(scenario, {measure.__name__: column})).tolist() == [4.0]
