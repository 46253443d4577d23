"""The table of a class says what was chosen and what came of it, and no secrets."""

from __future__ import annotations

import io

import numpy as np
import pandas as pd
import pytest

from experiments.classroom import kept
from experiments.classroom.outcome import Outcome, outcome
from experiments.classroom.play import TOKENS
from experiments.classroom.session import Session
from tests.classes import CHOICE, LESSON, at_round, do


@pytest.fixture(scope="module")
def session() -> Session:
    """Eighteen people, of whom two chose in one round of two."""
    session = at_round(1, texts=True)
    for who in (0, 5):
        session = do(session, 110.0, "chose", player=who, round=1, tokens=CHOICE)
    session = do(session, 110.0, "wrote", player=1, text="a secret that somebody wrote")
    for _ in range(3):
        session = do(session, 300.0, "next", step=session.step)
    return session


@pytest.fixture(scope="module")
def found(session: Session) -> Outcome:
    return outcome(session, 2)


@pytest.fixture(scope="module")
def table(session: Session, found: Outcome) -> pd.DataFrame:
    return kept.table(session, found)


def test_there_is_a_row_for_each_round_and_seat(session: Session, table: pd.DataFrame) -> None:
    assert len(table) == 2 * 2 * session.teams * session.seats[0]
    assert not table.duplicated(["round", "company", "team", "place"]).any()


def test_tokens_are_those_that_were_chosen(session: Session, table: pd.DataFrame) -> None:
    real = table[table["chose"] == "player"]
    assert real["name"].tolist() == [session.players[i].name for i in (0, 5)]
    assert (real["round"] == 1).all()
    assert (real[kept.offered(session)].to_numpy() == CHOICE).all()
    assert (real[kept.ELSEWHERE] == 0).all()


def test_simulated_people_do_what_the_page_does_not_offer_too(session: Session, found: Outcome) -> None:
    table = kept.table(session, found)
    total = table[[*kept.offered(session), kept.ELSEWHERE]].sum(axis=1).to_numpy()
    effort = np.concatenate([c.effort[r].sum(axis=0).ravel() for r in range(2) for c in found.companies])
    np.testing.assert_allclose(total, effort * TOKENS, atol=0.005)
    assert (table[kept.ELSEWHERE] > 0.05).any()


def test_activities_are_named_without_judgement(session: Session, table: pd.DataFrame) -> None:
    kinds = LESSON.one.activities
    for a in LESSON.activities:
        assert kinds[a].label.neutral in table
        assert kinds[a].label.plain == kinds[a].label.neutral or kinds[a].label.plain not in table


def test_neither_keys_nor_texts_are_kept(session: Session, found: Outcome) -> None:
    text = kept.csv(session, found).decode() + str(kept.parquet(session, found))
    assert "Otter 1" in text
    assert not any(p.key in text for p in session.players)
    assert "secret" not in text


def test_both_files_hold_the_table(session: Session, found: Outcome, table: pd.DataFrame) -> None:
    read = pd.read_parquet(io.BytesIO(kept.parquet(session, found)))
    pd.testing.assert_frame_equal(read, table)
    rough = pd.read_csv(io.BytesIO(kept.csv(session, found)))
    assert list(rough) == list(table)
    np.testing.assert_allclose(rough["score points"], table["score points"], atol=1e-4)


def test_before_a_round_is_over_the_table_is_empty(session: Session) -> None:
    empty = kept.table(session, outcome(session, 0))
    assert (len(empty), list(empty)) == (0, kept.columns(session))
