"""One number says how far a class shows what its lesson is about."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from experiments.classroom.effect import by_round, effect, idle, measured, side, threshold, visible, worlds
from experiments.classroom.outcome import NOTHING, outcome
from experiments.classroom.session import Seat, Session
from experiments.lessons import Effect, Lesson
from tests.classes import LESSON, at_round

HONEST, GAMING = (5, 3, 1, 1, 0, 0), (2, 1, 0, 1, 6, 0)


def aimed(**aim: object) -> Lesson:
    words = {"measure": "activity", "of": "game", "higher": "Blue", "lower": "Orange", "least": 1.0, "says": "it"}
    return replace(LESSON, effect=Effect(**{**words, **aim}))


def everybody(blue: tuple[int, ...], orange: tuple[int, ...], people: int = 18) -> Session:
    """A class in which all seats of both companies chose the same in two rounds."""
    session = at_round(3, people=people)
    seats = [Seat(c, t, p) for c in range(session.companies) for t in range(session.teams) for p in range(9)]
    chosen = {(r, s): (blue, orange)[s.company] for r in (1, 2) for s in seats}
    return replace(session, tokens=chosen)


def test_of_an_activity_it_is_the_difference_of_tokens() -> None:
    session = everybody(GAMING, HONEST)
    found = outcome(session, 2)
    assert by_round(aimed(), worlds(aimed(), session, found)) == pytest.approx([6.0, 6.0])
    assert effect(aimed(of="deliver"), session, found) == pytest.approx(-3.0)


def test_it_shows_from_its_least_size_on_and_not_below() -> None:
    session = everybody(GAMING, HONEST)
    found = outcome(session, 2)
    size = effect(aimed(), session, found)
    assert visible(aimed(least=size), session, found) == (True, size)
    assert visible(aimed(least=size + 1e-9), session, found) == (False, size)


def test_before_a_round_is_over_there_is_none() -> None:
    shows, size = visible(LESSON, at_round(1), NOTHING)
    assert not shows and np.isnan(size)


def test_between_cards_it_is_the_mean_of_their_holders_in_all_companies() -> None:
    lesson, session = aimed(higher="promotion", lower="safety"), at_round(2)
    cards = [p.motive for p in lesson.one.team.seats]
    chosen = {(1, p.seat): GAMING if cards[p.seat.place] == "promotion" else HONEST for p in session.players if p.seat}
    session = replace(session, tokens=chosen)
    assert effect(lesson, session, outcome(session, 1)) == pytest.approx(6.0)


def test_worth_is_the_teams_and_use_is_a_seats() -> None:
    session = everybody(GAMING, HONEST)
    everywhere = outcome(session, 2).companies
    worth = measured(aimed(measure="worth", of=None), everywhere[0])
    assert (worth == everywhere[0].worth[..., None]).all() and worth.shape == everywhere[0].score.shape
    use = side(aimed(measure="use", of=None), everywhere, "Orange")
    assert use == pytest.approx(everywhere[1].contribution.mean(axis=(1, 2)))


def test_in_a_small_class_simulated_people_live_in_the_other_company_with_the_same_luck() -> None:
    session = replace(at_round(3, people=9), tokens={})
    found = outcome(session, 2)
    divided = replace(at_round(3, people=18), tokens={})
    assert len(found.companies) == 1
    everywhere, both = worlds(LESSON, session, found), outcome(divided, 2).companies
    assert (everywhere[1].score == both[1].score).all()


def test_idle_is_what_is_counted_and_worth_nothing() -> None:
    """Owning a component alone adds a little to tickets; presenting the work is worth a little."""
    assert idle(LESSON) == ["game", "fortify"]


@pytest.mark.parametrize(
    ("aim", "words"),
    [
        (
            {"measure": "use", "of": None, "least": 10},
            "in Blue a seat brings at least 10 points of use more than in Or",
        ),
        ({}, "in Blue at least 1 token of ten more goes to “gaming the number” than in Orange"),
        ({"least": 2, "measure": "gaming", "of": None}, "2 tokens of ten more go to what is counted and worth nothing"),
        ({"higher": "safety", "lower": "promotion"}, "among holders of “You want to keep this job” at least 1 token"),
    ],
)
def test_from_when_on_it_shows_is_said_in_words(aim: dict[str, object], words: str) -> None:
    assert words in threshold(aimed(**aim))
