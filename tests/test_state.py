"""How a run begins: who the people are, what they believe, what they did last week."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.draws import Draws
from sim.rules import rules_of
from sim.scenario import Scenario
from sim.state import State, initial
from tests.tolerances import ERRORS, ROUNDING


def begun(scenario: Scenario, runs: int = 3, seed: int = 1) -> State:
    rules = rules_of(scenario)
    return initial(rules, Draws(seed, range(runs), rules.members))


def test_nothing_has_happened_before_the_first_week(small: Scenario) -> None:
    state = begun(small)
    assert state.week == 0 and not state.score.any() and not state.contribution.any()
    assert state.stocks is not None and (state.stocks.debt == 2.5).all()
    assert begun(small.with_({"project": None})).stocks is None


def test_skill_is_one_on_average_and_spreads_as_asked(small: Scenario) -> None:
    skill = begun(small, runs=2000).people.skill
    n, sd = skill.size, 0.25
    assert abs(skill.mean() - 1) < ERRORS * sd / np.sqrt(n)
    assert np.log(skill).std() == pytest.approx(sd, rel=ERRORS / np.sqrt(2 * n))


def test_a_skill_that_is_given_is_not_drawn_and_changes_nobody_elses(small: Scenario) -> None:
    people = [dict(p) for p in small.config["team"]["people"]]
    people[4]["skill"] = 1.7
    given = begun(small.with_({"team.people": people})).people.skill
    drawn = begun(small).people.skill
    assert (given[:, 4] == 1.7).all()
    others = [i for i in range(9) if i != 4]
    assert np.array_equal(given[:, others], drawn[:, others])


def test_habits_differ_between_members_and_keep_their_mean(small: Scenario) -> None:
    habit = begun(small, runs=2000).people.habit
    a0 = np.array([a.habit for a in small.activities.values()])
    n = habit[0].size
    assert (np.abs(habit.mean(axis=(1, 2)) / a0 - 1) < ERRORS * 0.26 / np.sqrt(n)).all()
    assert len(np.unique(habit[0, 0])) == 9


def test_without_spread_all_are_alike(calm: Scenario) -> None:
    people = begun(calm).people
    a0 = np.array([a.habit for a in calm.activities.values()])
    assert (people.skill == 1).all() and (people.habit == a0[:, None, None]).all()


def test_perfect_beliefs_are_what_the_scheme_scores(small: Scenario) -> None:
    rules = rules_of(small.with_({"beliefs.rationality": "perfect"}))
    state = initial(rules, Draws(1, range(3), rules.members))
    expected = rules.scored[:, None, None] * state.people.skill
    assert state.people.slope == pytest.approx(expected, rel=ROUNDING)


def test_errors_of_belief_are_relative_last_a_run_and_never_create_something_from_nothing(small: Scenario) -> None:
    right = begun(small.with_({"beliefs.rationality": "announced"}), 300).people
    wrong = begun(small.with_({"beliefs.rationality": "fixed_error", "beliefs.error": 0.4}), 300).people
    nothing = right.slope[:, 0, 0] == 0
    assert nothing.any() and not wrong.slope[nothing].any()
    error = wrong.slope[~nothing] / right.slope[~nothing] - 1
    assert error.std() == pytest.approx(0.4, rel=ERRORS / np.sqrt(2 * error.size))
    assert abs(error.mean()) < ERRORS * 0.4 / np.sqrt(error.size)


def test_an_error_of_size_zero_is_no_error(small: Scenario) -> None:
    right = begun(small.with_({"beliefs.rationality": "announced"})).people
    none = begun(small.with_({"beliefs.error": 0.0})).people
    assert np.array_equal(right.slope, none.slope)


def test_members_believe_the_weights_as_announced(small: Scenario) -> None:
    told = {"scheme.announced": {"tickets": 1.0}, "beliefs.rationality": "announced"}
    slope = begun(small.with_(told)).people.slope[:, 0, 0]
    tickets = small.signals["tickets"].along(tuple(small.activities))
    assert np.corrcoef(slope, tickets)[0, 1] == pytest.approx(1.0)


def test_the_first_effort_is_the_habitual_week_within_hours(small: Scenario) -> None:
    state = begun(small, runs=200)
    usual, hours = state.people.habit.sum(axis=0), state.effort.sum(axis=0)
    assert hours.min() >= 0.8 - ROUNDING and hours.max() <= 1.1 + ROUNDING
    inside = (usual > 0.8) & (usual < 1.1)
    assert inside.any() and not inside.all()
    assert state.effort[:, inside] == pytest.approx(state.people.habit[:, inside], rel=1e-10)


def test_a_first_effort_that_is_given_is_taken(small: Scenario) -> None:
    state = begun(small.with_({"conduct.initial": {"deliver": 0.6, "game": 0.4}}))
    assert state.effort[:, 0, 0].tolist() == [0.6, 0, 0, 0, 0, 0, 0, 0.4]


def test_nobody_begins_with_what_they_would_never_do(small: Scenario) -> None:
    """Contract hours that bind fill the week with what is bearable, from the first week on."""
    nothing: dict[str, Any] = dict(small.config["activities"]["game"]) | {"habit": 0.0, "distaste": 1e6}
    short = {f"activities.{k}.habit": 0.5 * a.habit for k, a in small.activities.items()}
    state = begun(small.with_({**short, "activities.nothing": nothing}))
    assert (state.effort[-1] == 0).all()
