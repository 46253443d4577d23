"""A claim that is added by a yaml alone gets its verdict, its row, its picture and its section."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from experiments.claims import mechanisms, read, without
from experiments.claims.judged import SETTINGS, Setting
from experiments.cli import main
from tests import worlds
from tests.experiments.test_cli import refused

MADE_UP = """
title: who is paid by the line writes lines
claim: Where lines of code count, less of the week goes to upkeep.
fails_if: Upkeep stays what it was.
base: [weeks=26]
arms:
  counted: [scheme=lines_of_code]
  not counted: [scheme=none]
outcome: effort_maintain
compared: {counted: 1, not counted: -1}
expected: lower
smallest: 0.01
because: an hundredth of the week
control:
  base: [weeks=26, scheme.strength=0]
tables: {maintain: 1}
second:
  - {name: debt, outcome: debt, compared: {counted: 1, not counted: -1}}
"""
SMALL = Setting(runs=12, without=4, draws=8, each=2, tried=1, flips=4)


@pytest.fixture
def made_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a claim of one's own, and settings that take seconds."""
    monkeypatch.setitem(SETTINGS, "quick", SMALL)
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "claims" / "made_up.yaml"
    path.parent.mkdir()
    path.write_text(MADE_UP)
    return path


def test_a_claim_added_by_yaml_alone_is_in_table_picture_and_page(
    made_up: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    command = ["claims", "claim=made_up", "executor=serial", "out=A", "page=P.md"]
    assert main(command) == 0
    assert "made_up" in capsys.readouterr().out
    (row,) = pd.read_csv("A/claims.csv").to_dict("records")
    assert row["verdict"] == "confirmed" and row["high"] < -0.01 and row["control_idle"]
    assert abs(row["control"]) < 0.01 and row["tables"] == "follows from the tables" and row["tables_predict"] < 0
    assert row["holds"] + row["reverses"] + row["too_small"] == pytest.approx(1)
    assert Path("A/plots/claims.png").stat().st_size > 10_000
    page = Path("P.md").read_text()
    assert "### made_up: who is paid by the line" in page and "**Verdict: confirmed.**" in page
    assert "scheme.strength=0" in page and "debt" in page
    without_ = pd.read_csv("A/mechanisms.csv")
    assert {"learning what pays", "practice in gaming"} <= set(without_["mechanism"])

    def never(*_: object) -> None:
        raise AssertionError("nothing may be computed")

    monkeypatch.setattr("experiments.chunks.compute", never)
    assert main(command) == 0 and Path("P.md").read_text() == page


def test_two_claims_are_held_to_more_than_one(made_up: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (made_up.parent / "another.yaml").write_text(MADE_UP.replace("smallest: 0.01", "smallest: 0.9"))
    assert main(["claims", "claim=made_up,another", "executor=serial", "out=B"]) == 0
    table = pd.read_csv("B/claims.csv").set_index("claim")
    assert table.loc["made_up", "alpha"] == pytest.approx(0.025) and table.loc["another", "verdict"] == "refuted"


def test_a_control_that_is_not_idle_confirms_nothing(made_up: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made_up.write_text(MADE_UP.replace("  base: [weeks=26, scheme.strength=0]", "  base: [weeks=27]"))
    assert main(["claims", "claim=made_up", "executor=serial", "out=C"]) == 0
    (row,) = pd.read_csv("C/claims.csv").to_dict("records")
    assert row["verdict"] == "not distinguishable" and not row["control_idle"]


def test_a_mechanism_that_is_not_there_is_passed_over() -> None:
    arms = {"a": worlds.scenario("scheme=none"), "b": worlds.scenario("scheme=commits")}
    assert without(arms, {"sponsor": None}) is None
    less = without(arms, {"craft": None})
    assert less is not None and all(s.craft is None for s in less.values())
    assert {"learning what pays", "promotion"} <= set(mechanisms())


BAD = {
    "did you mean outcome?": ("outcome: effort_maintain", "outcom: effort_maintain"),
    "did you mean not counted?": (
        "compared: {counted: 1, not counted: -1}\nexpected",
        "compared: {not countd: 1}\nexpected",
    ),
    "did you mean lower?": ("expected: lower", "expected: lowr"),
    "above 0": ("smallest: 0.01", "smallest: 0"),
    "a comparison in which the mechanism is idle": ("control:\n  base: [weeks=26, scheme.strength=0]\n", ""),
}


@pytest.mark.parametrize("said", BAD)
def test_a_claim_that_is_not_well_put_is_refused_in_one_line(
    said: str, made_up: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made_up.write_text(MADE_UP.replace(*BAD[said]))
    assert said in refused(["claims", "claim=made_up"], capsys)


def test_a_claim_that_does_not_exist_and_words_that_are_wrong_are_refused_in_one_line(
    made_up: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "did you mean made_up?" in refused(["claims", "claim=made_upp"], capsys)
    assert "did you mean quick?" in refused(["claims", "setting=quik"], capsys)
    assert "workers=many" in refused(["claims", "workers=many"], capsys)
    assert read(made_up).test.words["counted"] == ("weeks=26", "scheme=lines_of_code")
