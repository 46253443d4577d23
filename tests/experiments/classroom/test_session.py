"""The class as a pure object: where it goes, what it takes and what it refuses."""

from __future__ import annotations

from typing import Any

import pytest

from experiments.classroom.session import GRACE, Refused, Seat
from tests.classes import CHOICE, at_round, do, held


def test_twins_of_two_companies_sit_in_the_same_place_with_the_same_card() -> None:
    session = at_round(1, people=40)
    seats = [p.seat for p in session.players]
    assert (session.companies, session.teams) == (2, 3)
    assert len(set(seats)) == 40
    for blue, orange in zip(seats[::2], seats[1::2], strict=True):
        assert blue is not None and orange is not None
        assert (blue.company, orange.company) == (0, 1)
        assert (blue.team, blue.place) == (orange.team, orange.place)


@pytest.mark.parametrize(("people", "companies"), [(1, 1), (15, 1), (16, 2), (60, 2)])
def test_a_class_is_divided_from_sixteen_on(people: int, companies: int) -> None:
    assert at_round(1, people=people).companies == companies


def test_a_latecomer_takes_a_free_seat_and_moves_nobody() -> None:
    before = at_round(2, people=17)
    session = do(before, 210.0, "joined", key="late")
    assert session.players[:17] == before.players
    assert session.players[17].seat == Seat(1, 0, 8)
    assert session.companies == before.companies


def test_a_full_class_gets_a_team_more() -> None:
    session = at_round(1, people=18)
    assert do(session, 110.0, "joined", key="late").players[18].seat == Seat(0, 1, 0)


def test_whoever_joins_twice_is_one() -> None:
    session = held(3)
    assert do(session, 1.0, "joined", key="key 1") == session


def test_a_choice_is_taken_until_the_round_closes_and_no_later() -> None:
    session = at_round(1)
    end = session.deadline
    assert do(session, end + GRACE, "chose", player=0, round=1, tokens=CHOICE).tokens
    with pytest.raises(Refused, match="closed"):
        do(session, end + GRACE + 0.1, "chose", player=0, round=1, tokens=CHOICE)
    closed = do(session, 120.0, "close", step=session.step)
    with pytest.raises(Refused, match="closed"):
        do(closed, 130.0, "chose", player=0, round=1, tokens=CHOICE)


@pytest.mark.parametrize(
    "tokens",
    [
        [4, 2, 1, 1, 2, 1],
        [4, 2, 1, 1, 1, 0],
        [-1, 5, 2, 2, 2, 0],
        [10, 0, 0, 0, 0],
        [2.0, 2, 2, 2, 2, 0],
        [float("nan"), 2, 2, 2, 2, 2],
        [True, 3, 2, 2, 2, 0],
        ["4", 2, 1, 1, 2, 0],
        "4211200000",
        None,
        {"0": 10},
        [[10], 0, 0, 0, 0, 0],
        [10**30, 0, 0, 0, 0, 0],
    ],
    ids=str,
)
def test_what_is_no_week_is_refused(tokens: Any) -> None:
    with pytest.raises(Refused, match="10 tokens"):
        do(at_round(1), 101.0, "chose", player=0, round=1, tokens=tokens)


@pytest.mark.parametrize("who", [-1, 18, 1.0, True, "0", None])
def test_nobody_chooses_for_somebody_who_is_not_there(who: Any) -> None:
    with pytest.raises(Refused, match="player"):
        do(at_round(1), 101.0, "chose", player=who, round=1, tokens=CHOICE)


def test_a_choice_for_another_round_is_refused() -> None:
    for r in (0, 1, 3, "2", None):
        with pytest.raises(Refused, match="closed"):
            do(at_round(2), 201.0, "chose", player=0, round=r, tokens=CHOICE)


def test_a_choice_that_is_sent_again_changes_nothing() -> None:
    once = do(at_round(1), 101.0, "chose", player=0, round=1, tokens=CHOICE)
    assert do(once, 102.0, "chose", player=0, round=1, tokens=CHOICE) == once


def test_next_pressed_twice_is_pressed_once() -> None:
    session = at_round(1)
    once = do(session, 110.0, "next", step=session.step)
    assert do(once, 110.1, "next", step=session.step) is once


def test_more_time_reopens_a_round_that_has_closed() -> None:
    session = at_round(1)
    late = session.deadline + 20
    assert not session.open(late)
    longer = do(session, late, "more", step=session.step)
    assert longer.open(late)
    assert longer.left(late) == pytest.approx(30)


def test_a_pause_stops_the_clock_and_takes_choices() -> None:
    session = do(at_round(1), 130.0, "pause")
    assert session.left(10_000.0) == 60.0
    assert do(session, 9_000.0, "chose", player=0, round=1, tokens=CHOICE).tokens
    on = do(session, 10_000.0, "resume")
    assert on.left(10_000.0) == 60.0
    assert not on.open(10_061.0)


def test_a_pause_does_not_reopen_a_round() -> None:
    session = at_round(1)
    assert not do(session, session.deadline + 5, "pause").open(session.deadline + 6)


def test_the_jump_keeps_the_rounds_that_were_played() -> None:
    before = at_round(3)
    session = do(before, 310.0, "jump")
    assert (session.now.kind, session.now.round, session.over(311.0)) == ("manager", 2, 2)
    session = do(do(before, 301.0, "chose", player=0, round=3, tokens=CHOICE), 310.0, "jump")
    assert (session.now.kind, session.now.round, session.over(311.0)) == ("manager", 3, 3)
    with pytest.raises(Refused, match="no round"):
        do(at_round(1), 101.0, "jump")


def test_going_back_keeps_what_was_played_as_the_twin() -> None:
    session = do(at_round(1), 101.0, "chose", player=0, round=1, tokens=CHOICE)
    for step in (session.step, session.step + 1):
        session = do(session, 200.0, "next", step=step)
    session = do(session, 201.0, "chose", player=1, round=2, tokens=CHOICE)
    back = do(session, 220.0, "rewound", round=2)
    assert (back.now.kind, back.now.round, back.open(221.0)) == ("play", 2, True)
    assert {r for r, _ in back.tokens} == {1}
    assert back.twin == session.tokens
    with pytest.raises(Refused, match="not been played"):
        do(back, 222.0, "rewound", round=3)


def test_a_manager_weighs_and_does_not_work() -> None:
    session = at_round(1, people=18, managers=True)
    assert [p.seat.manager for p in session.players if p.seat] == [True, True] + [False] * 16
    weighed = do(session, 101.0, "weighed", player=1, round=2, tokens=[0, 5, 5])
    assert weighed.changes(1, 2) == (
        "scheme.changes=[{week: 13, set: {weights: {tickets: 0, reliability: 0.5, peer_feedback: 0.5}}}]",
    )
    assert weighed.changes(0, 2) == weighed.changes(1, 1) == ()
    with pytest.raises(Refused, match="manager has no week"):
        do(session, 101.0, "chose", player=0, round=1, tokens=CHOICE)
    with pytest.raises(Refused, match="only a manager"):
        do(session, 101.0, "weighed", player=2, round=2, tokens=[0, 5, 5])


def test_groups_on_paper_take_the_seats_of_those_with_phones() -> None:
    session = do(at_round(2, people=3), 205.0, "mode", mode="paper", groups=5)
    assert len(session.players) == 5
    assert all(p.seat is not None for p in session.players)
    entered = do(session, 206.0, "entered", player=4, round=2, tokens=CHOICE)
    assert list(entered.tokens.values()) == [tuple(CHOICE)]


def test_texts_are_taken_only_where_they_are_wanted() -> None:
    with pytest.raises(Refused, match="not taken"):
        do(at_round(1), 101.0, "wrote", player=0, text="hello")
    session = at_round(1, texts=True)
    for text in ("", "   ", "x" * 501, None, 3):
        with pytest.raises(Refused, match="characters"):
            do(session, 101.0, "wrote", player=0, text=text)
    assert do(session, 101.0, "wrote", player=0, text=" <b>a\nb</b> ").texts == ((0, "<b>a b</b>"),)


@pytest.mark.parametrize("kind", ["_to", "__init__", "win", "", "joined.__class__", "mro"])
def test_what_is_no_event_is_refused(kind: str) -> None:
    with pytest.raises(Refused, match="no such thing"):
        do(at_round(1), 101.0, kind)


def test_a_class_has_an_end() -> None:
    session = held(120)
    with pytest.raises(Refused, match="full"):
        do(session, 1.0, "joined", key="one more")
