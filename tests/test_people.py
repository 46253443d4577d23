"""A person with a given week does that week, whatever they want, and nobody else is touched but by what it brings."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest

import sim
from sim.errors import InvalidInput
from sim.people import Person
from sim.results import Results
from sim.scenario import Scenario
from tests import worlds

WEEK = {"deliver": 0.3, "game": 0.6}


def with_week(scenario: Scenario, week: object, seat: int = 0, **changes: Any) -> Scenario:
    people = copy.deepcopy(scenario.config["team"]["people"])
    people[seat]["week"] = week
    return scenario.with_({"team.people": people, **{k.replace("__", "."): v for k, v in changes.items()}})


def efforts(results: Results, seat: int) -> np.ndarray:
    """Effort of a seat: (activity, weeks, runs)."""
    assert results.per_member is not None
    return np.stack([results.per_member[f"effort_{k}"][..., seat] for k in results.scenario.activities])


def test_the_week_is_done_from_the_first_on_and_newcomers_go_on_with_it(small: Scenario) -> None:
    leaving = with_week(small, WEEK, turnover__quit=0.05)
    results = worlds.run(leaving, members=True)
    assert results.per_member is not None and results.per_member["gone"][..., 0].any()
    wanted = [WEEK.get(k, 0.0) for k in leaving.activities]
    assert (efforts(results, 0) == np.reshape(wanted, (-1, 1, 1))).all()
    assert efforts(results, 1).std(axis=1).any()


@pytest.mark.parametrize("before", [{"onset": 13}, {"today": {"weeks": 13, "scheme": None}}], ids=["onset", "today"])
def test_until_the_scheme_under_study_counts_they_decide_as_everybody(small: Scenario, before: dict[str, Any]) -> None:
    if "today" in before:
        before = {"today": {"weeks": 13, "scheme": small.config["scheme"]}}
    free = worlds.run(small.with_({"weeks": 39, **before}), members=True)
    bound = worlds.run(with_week(small, WEEK, weeks=39, **before), members=True)
    assert np.array_equal(efforts(free, 0)[:, :13], efforts(bound, 0)[:, :13])
    assert (efforts(bound, 0)[list(small.activities).index("game"), 13:] == 0.6).all()
    assert np.array_equal(free.columns["worth"][:13], bound.columns["worth"][:13])


def test_a_week_that_they_would_do_anyway_changes_nothing(small: Scenario) -> None:
    habit = {k: a.habit for k, a in small.activities.items()}
    still = {"choice": {"kind": "fixed"}, "team__habit_sd": 0.0}
    free = worlds.run(with_week(small, None, **still), members=True)
    bound = worlds.run(with_week(small, habit, **still), members=True)
    assert worlds.same(free.columns, bound.columns) == []
    assert worlds.same(free.reviewed, bound.reviewed) == []
    assert free.per_member is not None and bound.per_member is not None
    assert worlds.same(free.per_member, bound.per_member) == []


def test_where_nobody_has_one_no_number_changes(small: Scenario) -> None:
    assert worlds.same(worlds.run(with_week(small, None)).columns, worlds.run(small).columns) == []


@pytest.mark.parametrize("changes", [{}, {"onset": 13}, {"beliefs__depth": {"level": 2, "mean": None, "highest": 4}}])
def test_agents_do_it_too_to_the_bit(small: Scenario, changes: dict[str, Any]) -> None:
    scenario = with_week(small, WEEK, seat=2, weeks=39, **changes)
    batch = worlds.run(scenario, runs=(0, 1), seed=3)
    model = sim.TeamModel(scenario, seed=3, run=1)
    while model.running:
        model.step()
    agents = model.datacollector.get_model_vars_dataframe()
    assert [k for k in agents if not np.array_equal(agents[k], batch.columns[k][:, 1], equal_nan=True)] == []


def test_an_agent_may_still_decide_otherwise(small: Scenario) -> None:
    class Stubborn(sim.Member):
        def choose(self, m: np.ndarray) -> dict[str, float]:
            return {"deliver": 1.0}

    model = sim.TeamModel(with_week(small, WEEK), members={"Ada": Stubborn})
    model.step()
    assert model.last is not None and model.last.effort[:, 0, 0].tolist() == [1.0, *[0.0] * 7]


@pytest.mark.parametrize(
    ("week", "says"),
    [
        ({"daydream": 1.0}, r"team\.people\[0\]\.week of Ada=daydream: allowed is one of chase, deliver"),
        ({"delivr": 1.0}, "did you mean deliver"),
        ({"flatter": 1.0}, "week of Ada=flatter"),  # good intent: nobody does
        ({"deliver": -0.1, "game": 1.0}, r"week\.deliver=-0\.1: .* of Ada"),
        ({"deliver": float("nan")}, r"week\.deliver"),
        ({"deliver": 0.5}, "0.5 weeks in all: allowed is between 0.8 and 1.1, the hours of a week of Ada"),
        ({"deliver": 1.2}, "of Ada"),
        ({}, "0 weeks in all"),
        ("all of it", r"people\[0\]\.week"),
    ],
)
def test_a_week_that_cannot_be_is_refused_by_name(small: Scenario, week: object, says: str) -> None:
    with pytest.raises(InvalidInput, match=says) as error:
        with_week(small, week)
    assert "\n" not in str(error.value)


def test_effort_must_be_a_number_that_there_is() -> None:
    with pytest.raises(InvalidInput, match="in the week of Ada"):
        Person(name="Ada", motives={}, skill=None, role=None, reports_to=None, week={"deliver": float("inf")})


def test_whose_hours_are_free_may_do_any(small: Scenario) -> None:
    quadratic = {"kind": "quadratic", "matrix": [[9.0 * (i == j) for j in range(8)] for i in range(8)]}
    assert with_week(small, {"deliver": 0.2}, choice=quadratic).team.people[0].week == {"deliver": 0.2}


def test_an_organisation_has_none(small: Scenario) -> None:
    with pytest.raises(
        InvalidInput, match=r"team\.people\[0\]\.week=.*allowed is null in an organisation, for Ada too"
    ):
        with_week(worlds.scenario("organisation=standard", weeks=26), {"deliver": 1.0})
    boss = {"name": "Max", "motives": {"pay": 1.0}, "week": {"deliver": 1.0}}
    with pytest.raises(InvalidInput, match=r"organisation\.managers\[0\]\.week"):
        worlds.scenario("organisation=standard", weeks=26, organisation__managers=[boss])
