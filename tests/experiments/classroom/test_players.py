"""Scripted students do what their kind does, the same ones again for the same seed."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.classroom.outcome import outcome
from experiments.classroom.play import TOKENS, in_tokens
from experiments.classroom.players import MIX, choices, completed, kind, prepared, week
from experiments.classroom.session import Event, after
from tests.classes import CHOICE, LESSON, at_round, do

GAME = LESSON.activities.index("game")


def numbers_of(which: str, people: int, seed: int = 7) -> list[int]:
    return [n for n in range(people) if kind(seed, n) == which]


@pytest.mark.parametrize("seed", [0, 1, 7, 2**40])
def test_of_every_ten_students_three_are_honest_two_play_anywhere_and_one_is_absent(seed: int) -> None:
    for first in (0, 10, 50):
        assert Counter(kind(seed, n) for n in range(first, first + 10)) == MIX


def test_who_is_what_depends_on_seed_and_number() -> None:
    kinds = {seed: [kind(seed, n) for n in range(40)] for seed in (7, 8)}
    assert kinds[7] != kinds[8]
    assert kinds[7][:10] != kinds[7][10:20]


def test_an_honest_student_never_lays_a_token_on_what_is_worth_nothing() -> None:
    session = at_round(1, people=60)
    weeks = [week(session, n, r) for n in numbers_of("honest", 60) for r in range(1, 7)]
    laid = np.array(weeks)
    assert (laid[:, [GAME, LESSON.activities.index("fortify")]] == 0).all()
    assert (laid.sum(axis=1) == TOKENS).all()
    assert 1 < len(set(map(tuple, weeks))) < 30, "a little variation about the habitual week"


def test_a_random_student_lays_tokens_anywhere() -> None:
    session = at_round(1, people=60)
    laid = np.array([week(session, n, r) for n in numbers_of("random", 60) for r in range(1, 13)])
    assert (laid.sum(axis=1) == TOKENS).all()
    assert laid.mean(axis=0) == pytest.approx(TOKENS / 6, abs=0.5)  # 144 weeks of standard deviation 1.2


def test_an_absent_student_never_chooses_and_the_others_always_do() -> None:
    session = at_round(1, people=40)
    found = choices(session, 3)
    chose = {seat for _, seat in found}
    absent = {session.players[n].seat for n in numbers_of("absent", 40)}
    assert len(absent) == 4 and chose == {p.seat for p in session.players} - absent
    assert len(found) == 3 * 36


def test_who_looks_after_themselves_takes_to_gaming_where_it_is_rewarded_and_nowhere_else() -> None:
    session = at_round(1, people=40)
    found = choices(session, 6)
    gaming = {
        company: np.mean([found[6, s][GAME] for s in seats if s and s.company == company])
        for seats in [[session.players[n].seat for n in numbers_of("own", 40)]]
        for company in (0, 1)
    }
    assert gaming[0] > 3 and gaming[1] < 0.5


def test_their_week_is_that_of_the_stock_member_among_the_same_mates_in_whole_tokens() -> None:
    session = at_round(1, people=18)
    mine = session.players[numbers_of("own", 18)[0]].seat
    assert mine is not None
    lived = outcome(prepared(session, range(1, 4)), 3).companies[mine.company]
    rows = [list(LESSON.one.activities).index(a) for a in LESSON.activities]
    effort = lived.effort[2][rows, mine.team, mine.place]
    laid = np.array(choices(session, 3)[3, mine])
    assert abs(laid - TOKENS * effort / effort.sum()).max() < 1


def test_what_was_chosen_stays() -> None:
    session = at_round(1)
    seat = session.players[0].seat
    assert seat is not None
    chosen = replace(session, tokens={(1, seat): tuple(CHOICE)})
    assert choices(chosen, 2)[1, seat] == tuple(CHOICE)


def test_in_a_rehearsal_all_who_have_not_chosen_do_and_their_choices_are_taken() -> None:
    session = do(at_round(2, people=20), 201.0, "chose", player=3, round=2, tokens=CHOICE)
    said = completed(session)
    assert [s["player"] for s in said] == [n for n in range(20) if n != 3]
    for each in said:
        session = after(session, Event(at=202.0, kind="chose", said=each))
    assert len([1 for r, _ in session.tokens if r == 2]) == 20
    assert completed(session) == []


def test_a_rehearsal_asks_managers_for_nothing_and_nobody_outside_of_a_round() -> None:
    session = at_round(1, people=20, managers=True)
    bosses = [n for n, p in enumerate(session.players) if p.seat is not None and p.seat.manager]
    assert len(bosses) == 2
    assert not {s["player"] for s in completed(session)} & set(bosses)
    assert completed(do(session, 300.0, "next", step=session.step)) == []


def test_a_rehearsal_is_the_same_again() -> None:
    assert completed(at_round(3)) == completed(at_round(3))


def test_a_class_of_forty_has_chosen_for_six_rounds_in_no_time() -> None:
    session = at_round(1, people=40)
    choices(session, 6)  # reads the scenarios
    started = time.perf_counter()
    choices(session, 6)
    assert time.perf_counter() - started < 2


@given(st.lists(st.floats(0, 3), min_size=6, max_size=6))
def test_weeks_in_tokens_are_ten_whole_ones_each_less_than_one_away(effort: list[float]) -> None:
    x = np.array([effort])
    tokens = in_tokens(x)
    assert tokens.sum() == TOKENS and (tokens >= 0).all()
    if x.sum() > 0:
        assert abs(tokens - TOKENS * x / x.sum()).max() < 1 + 1e-9
