"""What is said if the effect did not show follows from the class's own numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from experiments.classroom import effect, missed
from experiments.classroom.outcome import outcome
from experiments.classroom.session import Seat, Session
from tests.classes import LESSON, at_round

HONEST, GAMING = (5, 3, 1, 1, 0, 0), (2, 1, 0, 1, 6, 0)


def played(session: Session, tokens: Callable[[Seat], tuple[int, ...]], rounds: int) -> Session:
    """Return a class in which everybody who has a seat chose, and nobody else decides anything."""
    seats = [Seat(c, t, p) for c in range(session.companies) for t in range(session.teams) for p in range(9)]
    return replace(session, tokens={(r, s): tokens(s) for r in range(1, rounds + 1) for s in seats})


def said(session: Session, rounds: int) -> list[str]:
    return missed.page(session, outcome(session, rounds))


def test_where_the_effect_shows_nothing_was_missed() -> None:
    session = played(at_round(3), lambda s: HONEST if s.company else GAMING, 2)
    found = outcome(session, 2)
    assert effect.visible(LESSON, session, found)[0]
    assert missed.page(session, found) == []
    assert "did show here" in missed.told(session, found)


def test_a_class_in_which_nobody_games_is_told_so_with_the_number() -> None:
    reasons = said(played(at_round(3), lambda s: HONEST, 2), 2)
    assert "did not show here" in reasons[0]
    assert any(r.startswith("Hardly anybody did what is counted and is of no use: 0 of 10") for r in reasons)
    assert any(r.startswith("Rounds played: 2 of 6") for r in reasons)
    assert not any("Simulated people made" in r for r in reasons)
    assert tuple(reasons[-len(LESSON.missed) :]) == LESSON.missed


def test_a_company_that_games_for_nothing_is_told_so() -> None:
    reasons = said(played(at_round(3), lambda s: GAMING, 2), 2)
    name = LESSON.companies[1].name
    assert any(r.startswith(f"{name} worked at the count too") and "6 of 10" in r for r in reasons)
    assert not any(r.startswith("Hardly anybody") for r in reasons)


def test_a_class_of_which_few_chose_is_told_what_share_was_simulated() -> None:
    session = at_round(2)
    first = session.players[0].seat
    assert first is not None
    reasons = said(replace(session, tokens={(1, first): HONEST}), 1)
    assert any(
        r.startswith("Simulated people made 94 % of all choices: 18 of 18 seats were yours, and 1") for r in reasons
    )


def test_a_small_class_is_told_who_lived_in_the_other_company() -> None:
    session = at_round(2, people=4)
    text = missed.told(session, outcome(session, 1))
    assert f"Nobody of the class lived in {LESSON.companies[1].name}: simulated people did" in text


def test_all_rounds_played_are_not_too_few() -> None:
    last = LESSON.timing(20).rounds
    session = played(at_round(last, minutes=20), lambda s: HONEST, last)
    assert not any(r.startswith("Rounds played") for r in said(session, last))


def test_before_a_round_is_over_nothing_is_said() -> None:
    assert said(at_round(1), 0) == []


def test_cards_are_named_by_their_titles() -> None:
    first, second = list(LESSON.cards)[:2]
    session = at_round(2)
    session = replace(session, lesson=replace(LESSON, effect=replace(LESSON.effect, higher=first, lower=second)))
    text = missed.told(session, outcome(session, 1))
    assert LESSON.cards[first].title in text and LESSON.cards[second].title in text
    assert first not in text and "Nobody of the class" not in text
