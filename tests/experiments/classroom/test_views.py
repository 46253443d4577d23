"""What each role may see, and that it sees nothing else."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from experiments.classroom import views
from experiments.classroom.outcome import Outcome, outcome
from experiments.classroom.session import Session
from tests.classes import CHOICE, LESSON, at_round, do

OTHERS = [1, 1, 1, 1, 1, 5]
HIDDEN = ("use", "validity", "debt", "boards", "truth", "contribution", "worth", "paths")


@pytest.fixture(scope="module")
def played() -> tuple[Session, Outcome]:
    """A class of eighteen before its third round: the first person chose one thing, the others another."""
    session = at_round(1)
    for r in (1, 2):
        for who in range(18):
            session = do(session, 100.0 * r, "chose", player=who, round=r, tokens=OTHERS if who else CHOICE)
        for step in (session.step, session.step + 1):
            session = do(session, 100.0 * (r + 1), "next", step=step)
    return session, outcome(session, 2)


def text(view: Any) -> str:
    return json.dumps(view)


def test_a_player_sees_the_own_part_and_nothing_of_others_or_of_the_truth(played: tuple[Session, Outcome]) -> None:
    session, found = played
    for who in range(18):
        said = text(views.player(session, found, who, 305.0))
        for other in session.players:
            assert other.key not in said
            assert other.name == session.players[who].name or other.name not in said
        assert not [word for word in HIDDEN if f'"{word}' in said]
        titles = [card.title for card in session.lesson.cards.values() if card.title in said]
        assert len(titles) == 1


def test_labels_judge_nobody_before_the_reveal(played: tuple[Session, Outcome]) -> None:
    session, found = played
    plain = [session.lesson.one.activities[a].label.plain for a in session.lesson.activities]
    assert not set(views.player(session, found, 0, 305.0)["labels"]) & set(plain)
    assert not set(views.projector(session, found, 305.0)["labels"]) & set(plain)
    jumped = do(do(session, 310.0, "jump"), 311.0, "next", step=at_the_manager(session))
    assert views.player(jumped, found, 0, 312.0)["labels"] == plain


def at_the_manager(session: Session) -> int:
    return do(session, 310.0, "jump").step


def test_the_projector_shows_what_the_manager_sees_and_keeps_the_truth(played: tuple[Session, Outcome]) -> None:
    session, found = played
    for kind in ("play", "manager"):
        shown = views.projector(session if kind == "play" else do(session, 310.0, "jump"), found, 311.0)
        assert shown["kind"] == kind
        assert not set(shown) & {"use", "validity", "debt", "boards", "tokens"}
        assert not [c["reveal"] for c in shown["companies"] if c["reveal"]]
        assert len(shown["score"]) == 2
    truth = do(do(session, 310.0, "jump"), 311.0, "next", step=at_the_manager(session))
    assert set(views.projector(truth, found, 312.0)) >= {"use", "validity", "debt", "boards", "tokens"}


def test_boards_name_three_at_most_and_never_who_games_most(played: tuple[Session, Outcome]) -> None:
    session, found = played
    boards = views.boards(session, found)
    assert set(boards) == {"best score", "best contribution", "best for oneself"}
    assert all(len(names) == 3 for names in boards.values())


def test_a_manager_sees_signals_and_no_persons_choice() -> None:
    session = at_round(1, managers=True)
    for who in range(2, 18):
        session = do(session, 101.0, "chose", player=who, round=1, tokens=CHOICE)
    session = do(session, 195.0, "next", step=session.step)
    view = views.player(session, outcome(session, 1), 0, 196.0)
    assert view["role"] == "manager"
    assert [s["signal"] for s in view["seen"]] == view["signals"]
    assert not set(view) & {"card", "history", "truth"}
    assert not [word for word in HIDDEN if f'"{word}' in text(view)]


def test_a_manager_begins_with_what_counts_and_goes_on_with_what_was_laid() -> None:
    session = at_round(1, managers=True)
    assert views.player(session, outcome(session, 0), 1, 101.0)["tokens"] == [10, 0, 0]
    words = ("scheme.weights.tickets=3", "++scheme.weights.reliability=2")
    mixed = replace(LESSON.companies[0], words=(*LESSON.companies[0].words, *words))
    other = replace(session, lesson=replace(LESSON, companies=(mixed, LESSON.companies[1])))
    assert views.player(other, outcome(session, 0), 0, 101.0)["tokens"] == [6, 4, 0]
    laid = do(session, 102.0, "weighed", player=1, round=2, tokens=[1, 2, 7])
    assert views.player(laid, outcome(session, 0), 1, 103.0)["tokens"] == [1, 2, 7]
    assert views.player(laid, outcome(session, 0), 0, 103.0)["tokens"] == [10, 0, 0]


def test_a_page_knows_from_which_round_the_tokens_are_that_lie_there(played: tuple[Session, Outcome]) -> None:
    session, found = played
    assert views.player(at_round(1), outcome(at_round(1), 0), 0, 101.0)["laid_in"] is None
    assert views.player(session, found, 0, 305.0)["laid_in"] == 2
    missed = replace(session, tokens={k: v for k, v in session.tokens.items() if k[0] == 1})
    assert views.player(missed, found, 0, 305.0)["laid_in"] == 1
    assert views.player(session, found, 0, 305.0)["company"]["number"] == session.players[0].seat.company


def test_what_was_chosen_last_is_laid_out_again(played: tuple[Session, Outcome]) -> None:
    session, found = played
    view = views.player(session, found, 0, 305.0)
    assert (view["tokens"], view["saved"]) == (CHOICE, False)
    assert views.player(do(session, 305.0, "chose", player=0, round=3, tokens=OTHERS), found, 0, 306.0)["saved"]
    assert sum(views.player(at_round(1), outcome(at_round(1), 0), 0, 101.0)["tokens"]) == 10


def test_a_group_without_a_phone_is_read_its_card_and_its_points(played: tuple[Session, Outcome]) -> None:
    session, found = played
    assert "card" not in views.teacher(session, found, 305.0)["players"][0]
    paper = do(session, 305.0, "mode", mode="paper", groups=4)
    row, own = views.teacher(paper, found, 306.0)["players"][0], views.player(session, found, 0, 305.0)
    assert row["card"] == own["card"]["title"]
    assert (row["points"], row["place"]) == (own["history"][-1]["points"], own["history"][-1]["place"])


def test_guesses_are_counted_for_all_only_when_none_can_be_changed() -> None:
    session = at_round(1)
    assert sum(views.projector(session, outcome(session, 0), 101.0)["guess"]["counts"]) == 0
