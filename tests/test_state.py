"""How a run begins: who the people are, what they believe, what they did last week."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from sim.draws import Draws
from sim.rules import Rules, rules_of
from sim.scenario import Scenario
from sim.state import State, initial, replaced, shown
from tests.tolerances import ERRORS, ROUNDING


def begun(scenario: Scenario, runs: int = 3, seed: int = 1) -> State:
    rules = rules_of(scenario)
    return initial(rules, Draws(seed, range(runs), rules.members))


def test_nothing_has_happened_before_the_first_week(small: Scenario) -> None:
    state = begun(small)
    assert state.week == 0 and not state.window.score.any() and not state.window.contribution.any()
    assert state.stocks is not None and small.project is not None
    assert (state.stocks.debt == small.project.debt_start).all()
    assert state.tenure is not None and np.isinf(state.tenure).all()  # they have been there for long
    assert state.window.tried is not None and not state.window.tried.any()


def test_what_is_off_is_absent(small: Scenario) -> None:
    state = begun(small.with_({"project": None, "craft": None, "turnover": None, "beliefs.rationality": "perfect"}))
    for part in (state.stocks, state.craft, state.tenure, state.outside, state.doubt, state.minds, state.target):
        assert part is None
    assert state.window.tried is None and state.window.gamed is None and state.trail == ()
    assert state.people.objection is None and state.people.rater is None and state.people.level is None


def test_skill_is_one_on_average_and_spreads_as_asked(small: Scenario) -> None:
    skill = begun(small, runs=2000).people.skill
    n, sd = skill.size, small.config["team"]["skill_sd"]
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
    assert state.belief == pytest.approx(np.broadcast_to(rules.counts[:, None, None], (8, 3, 9)), rel=ROUNDING)
    assert state.people.prior is state.belief


def test_gaming_shows_as_much_as_ones_craft_and_all_else_as_skill(small: Scenario) -> None:
    state = begun(small)
    assert state.craft is not None and len(np.unique(state.craft[0])) == 9
    work = np.random.default_rng(1).uniform(0, 1, (8, 3, 9))
    seen = shown(work, state.craft, rules_of(small).gaming)
    game = list(small.activities).index("game")
    assert np.array_equal(seen[game], work[game] * state.craft)
    assert np.array_equal(np.delete(seen, game, axis=0), np.delete(work, game, axis=0))


def test_errors_of_belief_are_relative_last_a_run_and_never_create_something_from_nothing(small: Scenario) -> None:
    right = begun(small.with_({"beliefs.rationality": "announced"}), 300)
    wrong = begun(small.with_({"beliefs.rationality": "fixed_error", "beliefs.error": 0.4}), 300)
    nothing = right.belief[:, 0, 0] == 0
    assert nothing.any() and not wrong.belief[nothing].any()
    error = wrong.belief[~nothing] / right.belief[~nothing] - 1
    assert error.std() == pytest.approx(0.4, rel=ERRORS / np.sqrt(2 * error.size))
    assert abs(error.mean()) < ERRORS * 0.4 / np.sqrt(error.size)


def test_an_error_of_size_zero_is_no_error(small: Scenario) -> None:
    right = begun(small.with_({"beliefs.rationality": "announced"}))
    none = begun(small.with_({"beliefs.rationality": "fixed_error", "beliefs.error": 0.0}))
    assert np.array_equal(right.belief, none.belief)


def test_an_absolute_error_is_of_every_activity_also_of_those_that_bring_nothing(small: Scenario) -> None:
    absolute = {"beliefs.rationality": "fixed_error", "beliefs.error": 0.0, "beliefs.error_absolute": 0.3}
    right, wrong = begun(small.with_({"beliefs.rationality": "announced"}), 300), begun(small.with_(absolute), 300)
    error = wrong.belief - right.belief
    for each in error:
        assert each.std() == pytest.approx(0.3, rel=ERRORS / np.sqrt(2 * each.size))


def test_what_work_is_worth_is_misjudged_by_each_in_proportion(small: Scenario) -> None:
    worth, f = begun(small.with_({"beliefs.worth_error": 0.2}), 300).people.worth, rules_of(small).worth
    error = worth / f[:, None, None] - 1
    assert error.std() == pytest.approx(0.2, rel=ERRORS / np.sqrt(2 * error.size))
    assert begun(small).people.worth.shape == (8, 1, 1)


def test_scruples_are_unequal_and_about_gaming_alone(small: Scenario) -> None:
    objection = begun(small, 300).people.objection
    assert objection is not None and small.craft is not None
    game = list(small.activities).index("game")
    assert not np.delete(objection, game, axis=0).any() and objection[game].min() > 0
    assert np.log(objection[game]).std() == pytest.approx(small.craft.scruples_sd, rel=0.1)
    mean, spread = small.craft.scruples, np.sqrt(np.expm1(small.craft.scruples_sd**2) / 2700)
    assert abs(objection[game].mean() / mean - 1) < ERRORS * spread


def newcomers(small: Scenario) -> tuple[Rules, State, State, np.ndarray]:
    """A team half of which has just been replaced: rules, before, after, and who is gone."""
    rules = rules_of(small)
    lived = initial(rules, Draws(1, range(3), 9))
    assert lived.stocks is not None and lived.craft is not None and lived.doubt is not None
    before = replace(lived, belief=lived.belief + 1.0, doubt=0.5 * lived.doubt, craft=lived.craft + 0.5, week=7)
    gone = np.zeros((3, 9), dtype=bool)
    gone[:, ::2] = True
    return rules, before, replaced(before, rules, gone, np.random.default_rng(2).standard_normal((1, 3, 9))), gone


def test_a_newcomer_begins_anew_and_nobody_else_is_touched(small: Scenario) -> None:
    rules, before, after, gone = newcomers(small)
    assert after.craft is not None and before.craft is not None and rules.craft is not None
    assert after.tenure is not None and (after.tenure[gone] == 0).all() and np.isinf(after.tenure[~gone]).all()
    assert (after.craft[gone] == rules.craft.start).all()
    assert np.array_equal(after.belief[:, gone], before.people.prior[:, gone])
    assert after.doubt is not None and before.people.doubt is not None and before.doubt is not None
    assert np.array_equal(after.doubt[..., gone], before.people.doubt[..., gone])
    assert not np.array_equal(after.people.skill[gone], before.people.skill[gone])
    for name in ("belief", "effort", "craft", "doubt"):
        assert np.array_equal(getattr(after, name)[..., ~gone], getattr(before, name)[..., ~gone]), name
    assert np.array_equal(after.people.skill[~gone], before.people.skill[~gone])


def test_what_only_leavers_knew_is_gone_and_newcomers_know_nothing(small: Scenario) -> None:
    _, before, after, gone = newcomers(small)
    assert before.stocks is not None and after.stocks is not None
    assert before.stocks.knowledge[:, gone].any() and not after.stocks.knowledge[:, gone].any()
    assert np.array_equal(after.stocks.knowledge[:, ~gone], before.stocks.knowledge[:, ~gone])
    assert np.array_equal(after.stocks.debt, before.stocks.debt)


def test_a_newcomer_works_less_at_first_and_catches_up(small: Scenario) -> None:
    rules, _, after, gone = newcomers(small)
    assert rules.turnover is not None and after.tenure is not None
    share = after.able(rules) / after.people.skill
    assert share[gone] == pytest.approx(rules.turnover.ramp_start) and share[~gone] == pytest.approx(1.0)
    later = replace(after, tenure=after.tenure + 26).able(rules) / after.people.skill
    missing = (1 - rules.turnover.ramp_start) * np.exp(-26 / rules.turnover.ramp_weeks)
    assert later[gone] == pytest.approx(1 - missing, rel=ROUNDING)


def test_members_believe_the_weights_as_announced(small: Scenario) -> None:
    told = {"scheme.announced": {"tickets": 1.0}, "beliefs.rationality": "announced", "beliefs.sees_through": 0.0}
    slope = begun(small.with_(told)).belief[:, 0, 0]
    tickets = small.signals["tickets"].along(tuple(small.activities))
    assert np.corrcoef(slope, tickets)[0, 1] == pytest.approx(1.0)


def test_the_first_effort_is_the_habitual_week_within_hours(small: Scenario) -> None:
    state = begun(small.with_({"craft": None}), runs=200)
    usual, hours = state.people.habit.sum(axis=0), state.effort.sum(axis=0)
    assert hours.min() >= 0.8 - ROUNDING and hours.max() <= 1.1 + ROUNDING
    inside = (usual > 0.8) & (usual < 1.1)
    assert inside.any() and not inside.all()
    assert state.effort[:, inside] == pytest.approx(state.people.habit[:, inside], rel=1e-10)


def test_whoever_objects_to_gaming_games_less_from_the_first_week_on(small: Scenario) -> None:
    habit = {"activities.game.habit": 0.2}
    easy, uneasy = begun(small.with_(habit | {"craft": None})), begun(small.with_(habit))
    game = list(small.activities).index("game")
    assert (uneasy.effort[game] <= easy.effort[game]).all() and uneasy.effort[game].mean() < easy.effort[game].mean()


def test_a_first_effort_that_is_given_is_taken(small: Scenario) -> None:
    state = begun(small.with_({"conduct.initial": {"deliver": 0.6, "game": 0.4}}))
    assert state.effort[:, 0, 0].tolist() == [0.6, 0, 0, 0, 0, 0, 0, 0.4]


def test_nobody_begins_with_what_they_would_never_do(small: Scenario) -> None:
    """Contract hours that bind fill the week with what is bearable, from the first week on."""
    nothing: dict[str, Any] = dict(small.config["activities"]["game"]) | {"habit": 0.0, "distaste": 1e6}
    short = {f"activities.{k}.habit": 0.5 * a.habit for k, a in small.activities.items()}
    state = begun(small.with_({**short, "activities.nothing": nothing}))
    assert (state.effort[-1] == 0).all()
