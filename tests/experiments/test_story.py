"""Stories in numbers: what happens around a team, who was rewarded, and what was refused."""

from __future__ import annotations

import pandas as pd
import pytest

import sim
from experiments.cli import main
from experiments.story import people_table, rewarded, story_table
from experiments.words import words_of


def reviews(*rows: tuple[int, str, float, float]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["run", "member", "reward", "contribution"])


def test_places_are_by_all_that_a_run_brought_and_means_over_runs() -> None:
    found = rewarded(
        reviews(
            *((0, "Ann", 1.0, 0.1), (0, "Bob", 0.0, 0.5), (0, "Ann", 1.0, 0.3), (0, "Bob", 1.5, 0.5)),
            *((1, "Ann", 2.0, 0.9), (1, "Bob", 1.0, 0.5)),
        )
    )
    assert list(found.index) == ["Ann", "Bob"]
    assert found["place"].tolist() == [1.0, 2.0]
    assert found["place_by_worth"].tolist() == [1.5, 1.5]
    assert found["contribution"].tolist() == pytest.approx([(0.2 + 0.9) / 2, 0.5])


def test_who_is_rewarded_is_told_where_somebody_intervenes_among_few() -> None:
    nothing = reviews((0, "Ada", 1.0, 0.1))
    assert people_table(nothing, sim.load("scenario=smothered")) is not None
    for words in (["scenario=three_persons"], ["scenario=smothered", "team.size=30"]):
        assert people_table(nothing, sim.load(*words)) is None


def test_nothing_is_told_where_nobody_is_around() -> None:
    summary = pd.DataFrame(columns=["scheme", "measure", "value", "error_low", "error_high", "luck_low", "luck_high"])
    assert story_table(summary, sim.load("scenario=three_persons")) is None


def test_measures_of_each_department_have_the_words_of_the_general_one() -> None:
    assert words_of("blocked_by_risk")["unit"] == words_of("blocked_weeks")["unit"]
    assert words_of("met_risk")["label"] != words_of("needs_met")["label"]


def test_the_case_study_is_told_with_who_blocked_who_was_rewarded_and_what_was_refused(
    capsys: pytest.CaptureFixture[str], tmp_path: object
) -> None:
    words = ["scenario=case_study", "remedies=functional", "intervener.authority=0.4", "runs=2", "weeks=30"]
    assert main(["run", *words, "executor=serial", f"out={tmp_path}/told"]) == 0
    said = capsys.readouterr().out
    assert "refused, as Noor has an authority of 0.4: reward the overall value (takes 0.9)" in " ".join(said.split())
    for part in ("What can be repaired", "Watch:", "weeks of standoff by operations", "Noor (intervenes)"):
        assert part in " ".join(said.split()), part
