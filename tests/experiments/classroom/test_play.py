"""A class lives the very weeks that the command line runs."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

import sim
from experiments.classroom.outcome import habit, outcome
from experiments.classroom.play import lived
from experiments.classroom.session import Seat
from experiments.lessons import files, lesson
from sim.draws import Draws
from sim.scenario import Scenario
from sim.simulation import simulate_runs
from tests.classes import CHOICE, at_round, do

WORDS = ("scenario=three_persons", "scheme=tickets", "turnover=none", "weeks=26")
SEED, TEAMS, WEEKS = 5, 3, 13


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return sim.load(*WORDS)


def nobody(scenario: Scenario, rounds: int = 2) -> np.ndarray:
    return np.full((rounds, len(scenario.activities), TEAMS, len(scenario.team.seats)), np.nan)


def by_round(weekly: np.ndarray) -> np.ndarray:
    return weekly.reshape(-1, WEEKS, *weekly.shape[1:]).mean(axis=1)


def luck(scenario: Scenario) -> Draws:
    return Draws(SEED, range(TEAMS), len(scenario.team.seats))


def test_where_nobody_chooses_a_class_is_the_run_of_the_command_line(scenario: Scenario) -> None:
    found = lived(scenario, luck(scenario), nobody(scenario), WEEKS)
    results = simulate_runs(scenario, range(TEAMS), SEED, members=True, aligned=False)
    assert results.per_member is not None
    for i, activity in enumerate(scenario.activities):
        np.testing.assert_array_equal(found.effort[:, i], by_round(results.per_member[f"effort_{activity}"]))
    np.testing.assert_array_equal(found.worth, by_round(results.columns["worth"]))
    np.testing.assert_array_equal(found.debt, results.columns["debt"][WEEKS - 1 :: WEEKS])
    np.testing.assert_array_equal(found.validity, results.columns["validity"][WEEKS - 1 :: WEEKS])
    scale = found.score[0] / results.reviewed["score"][0]
    np.testing.assert_allclose(scale, scale[0, 0])
    np.testing.assert_allclose(found.score[1], results.reviewed["score"][1] * scale[0, 0])


def test_a_seat_that_plays_a_given_week_is_the_person_with_that_week(scenario: Scenario) -> None:
    """The same week, once as tokens in class and once in the scenario's file."""
    tokens: Mapping[str, int] = {"deliver": 4, "maintain": 2, "game": 3, "fortify": 1}
    chosen = nobody(scenario)
    for i, activity in enumerate(scenario.activities):
        chosen[:, i, :, 4] = tokens.get(activity, 0)
    found = lived(scenario, luck(scenario), chosen, WEEKS)
    people = [dict(p) for p in scenario.config["team"]["people"]]
    people[4]["week"] = {k: t / 10 for k, t in tokens.items()}
    results = simulate_runs(scenario.with_({"team.people": people}), range(TEAMS), SEED, members=True, aligned=False)
    np.testing.assert_array_equal(found.worth, by_round(results.columns["worth"]))
    others = lived(scenario, luck(scenario), nobody(scenario), WEEKS)
    assert not np.array_equal(found.worth, others.worth)


def test_whoever_drops_out_takes_the_seat_back(scenario: Scenario) -> None:
    chosen = nobody(scenario, rounds=2)
    chosen[1, :, 0, 0] = [10] + [0] * (len(scenario.activities) - 1)
    found, stock = (lived(scenario, luck(scenario), x, WEEKS) for x in (chosen, nobody(scenario)))
    np.testing.assert_array_equal(found.effort[0], stock.effort[0])
    assert found.effort[1, 0, 0, 0] == pytest.approx(1)
    np.testing.assert_array_equal(found.effort[1, :, 1:], stock.effort[1, :, 1:])


def test_rounds_that_are_over_do_not_change_with_those_that_come() -> None:
    session = do(at_round(1), 101.0, "chose", player=0, round=1, tokens=CHOICE)
    for step in (session.step, session.step + 1):
        session = do(session, 200.0, "next", step=step)
    session = do(session, 201.0, "chose", player=0, round=2, tokens=CHOICE[::-1])
    one, two = (outcome(session, r) for r in (1, 2))
    for a, b in zip(one.companies, two.companies, strict=True):
        np.testing.assert_array_equal(a.score[0], b.score[0])
        np.testing.assert_array_equal(a.own[0], b.own[0])


def test_companies_meet_the_same_people_and_luck() -> None:
    session = at_round(2, people=18)
    found = outcome(session, 1).companies
    skill = [lived.contribution[0, 0] for lived in found]
    assert not np.array_equal(*skill)
    assert session.chosen(0, 1).shape == session.chosen(1, 1).shape
    plain = lesson("target")
    alike = [lived_of(plain.scenario(0)) for _ in range(2)]
    np.testing.assert_array_equal(*alike)


def lived_of(scenario: Scenario) -> np.ndarray:
    return lived(scenario, luck(scenario), nobody(scenario, 1), WEEKS).score


def test_what_a_manager_sets_counts_from_the_next_round_on() -> None:
    before = at_round(1, managers=True)
    weighed = do(before, 101.0, "weighed", player=0, round=2, tokens=[0, 5, 5])
    old, new = outcome(before, 2).companies[0], outcome(weighed, 2).companies[0]
    np.testing.assert_array_equal(old.effort[0], new.effort[0])
    assert not np.array_equal(old.score[1], new.score[1])


def test_the_twin_is_what_was_played_before() -> None:
    session = do(at_round(1), 101.0, "chose", player=0, round=1, tokens=CHOICE)
    session = do(session, 195.0, "next", step=session.step)
    first = outcome(session, 1)
    back = do(session, 200.0, "rewound", round=1)
    again = do(back, 201.0, "chose", player=0, round=1, tokens=CHOICE[::-1])
    found = outcome(again, 1)
    assert found.twin is not None
    np.testing.assert_array_equal(found.twin[0].score, first.companies[0].score)
    assert not np.array_equal(found.companies[0].score, first.companies[0].score)


@pytest.mark.parametrize("name", files())
def test_the_habitual_week_is_ten_tokens_and_most_of_it_core_work(name: str) -> None:
    given = lesson(name)
    tokens = habit(given)
    assert sum(tokens) == 10
    assert given.activities[tokens.index(max(tokens))] == "deliver"


def test_a_managers_seat_is_not_in_the_team() -> None:
    session = at_round(1, managers=True)
    assert Seat(0, 0, -1) in {p.seat for p in session.players}
    assert np.isnan(session.chosen(0, 1)).all()
