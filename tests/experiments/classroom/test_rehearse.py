"""Rehearsed classes are classes: each has the numbers it would have alone, and more of them change none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from experiments import rehearse
from experiments.classroom.effect import effect
from experiments.classroom.outcome import outcome
from experiments.classroom.play import Lived
from experiments.classroom.players import choices
from experiments.classroom.session import Event, Session, Setting, after
from experiments.classroom.together import effects, of_class, played, seated, seed_of
from experiments.cli import main
from experiments.lessons import lesson
from experiments.rehearse import Asked, asked, in_words, summary

SETTING = Setting(lesson="target", minutes=20, seed=4)
GIVEN = lesson("target")


def test_a_class_in_a_batch_has_the_choices_and_the_numbers_that_it_has_alone() -> None:
    sessions, everywhere = played(GIVEN, SETTING, 20, [0, 1, 2])
    alone = seated(GIVEN, replace(SETTING, seed=seed_of(4, 1)), 20)
    alone = replace(alone, tokens=choices(alone, 5))
    assert sessions[1].tokens == alone.tokens and sessions[1].tokens != sessions[2].tokens
    teams = alone.teams
    for company, both in zip(outcome(alone, 5).companies, everywhere, strict=True):
        there = of_class(both, slice(teams, 2 * teams))
        for field in fields(Lived):
            assert np.array_equal(getattr(company, field.name), getattr(there, field.name), equal_nan=True), field.name
    assert effects(SETTING, 20, [1])[0, -1] == effect(GIVEN, alone, outcome(alone, 5))


def test_choices_told_round_by_round_lead_to_the_same_class() -> None:
    session = seated(GIVEN, replace(SETTING, seed=11), 16)
    found = choices(session, 5)
    told = session
    for r in range(1, 6):
        told = _next(told) if r == 1 else _next(_next(told))
        assert (told.now.kind, told.now.round) == ("play", r)
        for n, player in enumerate(told.players):
            if player.seat is not None and (r, player.seat) in found:
                said = {"player": n, "round": r, "tokens": list(found[r, player.seat])}
                told = after(told, Event(at=0.0, kind="chose", said=said))
    assert told.tokens == found


def _next(session: Session) -> Session:
    return after(session, Event(at=0.0, kind="next", said={"step": session.step}))


def test_fewer_classes_are_the_first_of_more_and_another_seed_has_others() -> None:
    few, more = effects(SETTING, 16, range(2)), effects(SETTING, 16, range(4))
    assert (few == more[:2]).all()
    assert (effects(replace(SETTING, seed=5), 16, range(2)) != few).any()


def test_the_interval_is_the_exact_one() -> None:
    """Of n classes without a hit, at most 1 − 0.025^(1/n) may hide; quartiles are those of the effects."""
    classes = pd.DataFrame({"round": 1, "effect": np.arange(9.0)})
    (row,) = summary(classes, least=10.0).to_dict("records")
    assert (row["visible"], row["share_low"]) == (0, 0.0)
    assert row["share_high"] == pytest.approx(1 - 0.025 ** (1 / 9))
    assert [row[k] for k in ("min", "quarter", "median", "three_quarters", "max")] == [0, 2, 4, 6, 8]
    assert summary(classes, least=4.0)["visible"].tolist() == [5], "what is as large as asked for shows"


@pytest.mark.parametrize(("shows", "verdict"), [(180, "the lesson ships"), (179, "fewer than the 90 of 100 asked for")])
def test_a_lesson_ships_at_ninety_of_a_hundred_or_says_its_number(shows: int, verdict: str) -> None:
    classes = pd.DataFrame({"round": 6, "effect": [GIVEN.effect.least] * shows + [0.0] * (200 - shows)})
    text = " ".join(in_words(summary(classes, GIVEN.effect.least), GIVEN))
    assert f"{shows} of 200 classes" in text and verdict in text


def test_the_verb_prints_the_threshold_and_the_number_and_keeps_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    words = [
        "rehearse",
        "lesson=target",
        "classes=3",
        "students=16",
        "minutes=20",
        "workers=1",
        f"out={tmp_path / 'R'}",
    ]
    assert main(words) == 0
    said = capsys.readouterr().out
    assert "at least 10 points of use more than in Blue" in said and " of 3 classes" in said
    kept = pd.read_csv(tmp_path / "R" / "classes.csv")
    assert kept["effect"].to_numpy().reshape(3, 5) == pytest.approx(
        effects(Asked(lesson="target", minutes=20).setting, 16, range(3))
    )
    assert kept["seed"].unique().tolist() == [seed_of(1, n) for n in range(3)]
    assert {p.name for p in (tmp_path / "R" / "plots").iterdir()} == {"rehearse.png", "rehearse.csv"}
    monkeypatch.setattr(rehearse, "rehearsed", lambda _: pytest.fail("it is there"))
    assert main(words) == 0
    assert capsys.readouterr().out == said
    assert main([*words[:2], "classes=4", *words[3:]]) == 2, "the folder holds another rehearsal"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["lesson=targt"], "did you mean target?"),
        ([], "lesson=(missing)"),
        (["lesson=target", "minutes=30"], "one of 20, 50"),
        (["lesson=target", "studnts=3"], "did you mean students?"),
        (["lesson=target", "classes=0"], "from 1 to"),
        (["lesson=target", "classes=-5"], "from 1 to"),
        (["lesson=target", "students=121"], "from 1 to 120"),
        (["lesson=target", "seed=1", "seed=2"], "given once"),
        (["lesson=target", "overwrite=yes"], "one of false, true"),
        (["lesson=target", "out="], "a folder"),
        (["target"], "key=value"),
    ],
)
def test_what_it_cannot_rehearse_is_said_in_one_line(
    words: Sequence[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["rehearse", *words]) == 2
    screen = capsys.readouterr()
    assert screen.out == "" and said in screen.err and screen.err.count("\n") == 1


def test_it_is_two_hundred_classes_of_twenty_four_unless_said_otherwise() -> None:
    assert asked(["lesson=persons"]) == Asked(lesson="persons", classes=200, students=24, minutes=50, seed=1)
