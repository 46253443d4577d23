"""Stories in numbers: what happens around a team, who was rewarded, and what was refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import sim
from experiments import study
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


COMPANY = ["scenario=three_persons", "organisation=standard", "organisation.spans=[2]", "reporting=standard"]


def test_an_organisation_is_told_and_drawn_as_one(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    words = [*COMPANY, "runs=2", "weeks=26", "executor=serial", f"out={tmp_path}/a"]
    assert main(["run", *words]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "2 organisations of 26 weeks" in said and "what the board asks for" in said
    plots = tmp_path / "a" / "plots"
    people = pd.read_csv(plots / "organisation.csv")
    assert len(people) == 1 + 2 + 2 * 9 and people["asked"].between(-1, 1).all()
    assert {p.stem for p in plots.glob("*.csv")} - {p.stem for p in plots.glob("*.png")} == {"levels"}
    levels = pd.read_csv(plots / "levels.csv")
    assert list(levels["depth"]) == [0, 1, 2] and levels["product"][0] == pytest.approx(levels["asked"][0])
    assert main(["run", *words]) == 0
    assert "Results read from" in capsys.readouterr().out


def test_where_nobody_is_evaluated_no_alignment_is_drawn(tmp_path: Path) -> None:
    words = ["scheme=none", "runs=2", "weeks=26", "executor=serial", f"out={tmp_path}/a"]
    assert main(["run", *COMPANY, *words]) == 0
    assert not list((tmp_path / "a" / "plots").glob("organisation*"))
    assert (tmp_path / "a" / "plots" / "status.png").exists()


def test_an_organisation_that_is_interrupted_loses_no_block_and_ends_as_an_undisturbed_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(study, "block_of", lambda people: 42 // people)  # of 21 people: 2 runs
    words = ["run", *COMPANY, "runs=5", "weeks=26", "members=true", "executor=serial"]
    whole, computed = study.compute, []

    def second_stops(path: Path, config: Any, block: study.Block, *how: Any) -> str:
        computed.append(block.name)
        if len(computed) == 2:
            raise KeyboardInterrupt
        return whole(path, config, block, *how)

    monkeypatch.setattr(study, "compute", second_stops)
    assert main([*words, f"out={tmp_path}/a"]) == 130
    assert main([*words, f"out={tmp_path}/a"]) == 0
    assert computed == ["part-00000", "part-00001", "part-00001", "part-00002"]
    monkeypatch.undo()
    assert main([*words, f"out={tmp_path}/b"]) == 0
    for kind in ("runs.parquet", "weekly", "members", "reviews", "levels"):
        a, b = (pd.read_parquet(tmp_path / x / kind) for x in "ab")
        pd.testing.assert_frame_equal(a, b, check_exact=True)
    assert (tmp_path / "a" / "summary.csv").read_bytes() == (tmp_path / "b" / "summary.csv").read_bytes()


def test_a_block_has_as_many_people_whether_they_are_a_team_or_an_organisation() -> None:
    sizes = {}
    for words in (["scenario=three_persons"], COMPANY):
        of = study.Study(verb="run", variants={"a": sim.load(*words)}, runs=2000, seed=1, members=False)
        sizes[len(words)] = len(of.blocks()[0].numbers)
    assert sizes[1] == 3072 // 9 and sizes[4] == 3072 // 21


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (["explain", *COMPANY], "a member of one team"),
        (["compare", "vary=intervention"], "did you mean remedies"),
        (["new", "remedies", "mine"], "one of motive, scheme, signal, team"),
    ],
)
def test_what_cannot_be_done_is_refused_in_one_line(
    words: list[str], part: str, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(words) == 2
    said = capsys.readouterr()
    assert part in said.err and len((said.out + said.err).splitlines()) == 1
    assert not list(tmp_path.iterdir())
