"""Comparison from today's scheme, beside a shadow, and under other assumptions."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from experiments import study
from experiments.cli import main


def compared(tmp_path: Path, *words: str, name: str = "a") -> Path:
    folder = tmp_path / name
    assert main(["compare", *words, "executor=serial", f"out={folder.as_posix()}"]) == 0
    return folder


def test_all_variants_share_the_weeks_under_todays_scheme_and_its_going_on_is_the_reference(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["schemes=[own_worth,lines_of_code]", "today=commits", "warmup=26", "runs=4", "weeks=130"]
    folder = compared(tmp_path, *words)
    weekly = pd.concat(pd.read_parquet(p) for p in sorted((folder / "weekly").glob("*.parquet")))
    assert list(weekly["scheme"].unique()) == ["commits", "own_worth", "lines_of_code"]
    before = {s: f[f["week"] < 26]["worth"].to_numpy() for s, f in weekly.groupby("scheme")}
    after = {s: f[f["week"] >= 26]["worth"].to_numpy() for s, f in weekly.groupby("scheme")}
    assert (before["own_worth"] == before["commits"]).all() and (before["lines_of_code"] == before["commits"]).all()
    assert (after["own_worth"] != after["commits"]).any()
    differences = pd.read_csv(folder / "differences.csv")
    assert set(differences["reference"]) == {"commits"}
    said = " ".join(capsys.readouterr().out.split())
    assert "keep: paid by commits" in said and "worth, year 1" in said and "dip" in said
    summary = pd.read_csv(folder / "summary.csv").set_index(["scheme", "measure"])["value"]
    for scheme in ("commits", "own_worth", "lines_of_code"):
        assert summary[scheme, "worth_year_1"] > 0 and summary[scheme, "worth_year_2"] > 0
        assert summary[scheme, "dip"] >= 0


def test_where_the_score_is_only_measured_validity_is_reported_beside(tmp_path: Path) -> None:
    folder = compared(tmp_path, "schemes=[tickets]", "runs=6", "weeks=78")
    summary = pd.read_csv(folder / "summary.csv").set_index("measure")
    assert {"decay", "validity_shadow", "proxy_inflation", "mislabelled"} <= set(summary.index)
    gap = summary.loc["validity_shadow", "value"] - summary.loc["validity", "value"]
    assert summary.loc["decay", "value"] == pytest.approx(gap, abs=1e-12)
    assert (folder / "plots" / "validity.png").exists() and (folder / "plots" / "stocks.png").exists()
    weekly = pd.read_parquet(folder / "weekly" / "part-00000.parquet")
    before = weekly[weekly["week"] < 26]
    assert (before["worth"] == before["shadow_worth"]).all()
    assert (weekly["worth"] != weekly["shadow_worth"]).any()


def test_a_short_comparison_counts_from_the_first_week_on(tmp_path: Path) -> None:
    folder = compared(tmp_path, "schemes=[tickets]", "runs=3", "weeks=26", "shadow=false")
    weekly = pd.read_parquet(folder / "weekly" / "part-00000.parquet")
    assert weekly["reward"].abs().sum() > 0 and "shadow_worth" not in weekly


def test_assumptions_are_a_third_spread_beside_the_other_two(tmp_path: Path) -> None:
    words = ["schemes=[commits,own_worth]", "runs=8", "weeks=26", "assumptions=plausible"]
    folder = compared(tmp_path, *words)
    plain = compared(tmp_path, *words[:-1], name="b")
    with_them = pd.read_csv(folder / "summary.csv").set_index(["scheme", "measure"])
    without = pd.read_csv(plain / "summary.csv").set_index(["scheme", "measure"])
    worth = with_them.loc[("commits", "worth")]
    assert worth["assumed_low"] < worth["assumed_high"]
    assert (with_them["value"].dropna() == without["value"].dropna()).all()
    assert (folder / "plots" / "spreads.png").exists()


def test_assumptions_join_a_folder_that_was_finished_without_them_and_stay(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ["schemes=[commits,own_worth]", "runs=8", "weeks=26"]
    folder = compared(tmp_path, *words)
    assert "In parentheses: assumptions" not in " ".join(capsys.readouterr().out.split())
    compared(tmp_path, *words, "assumptions=plausible")
    summary = (folder / "summary.csv").read_bytes()
    assert b"assumed_low" in summary and (folder / "plots" / "spreads.png").exists()
    capsys.readouterr()
    monkeypatch.setattr(study, "compute", lambda *_: pytest.fail("computed"))
    compared(tmp_path, *words)
    assert "In parentheses: assumptions" in " ".join(capsys.readouterr().out.split())
    assert (folder / "summary.csv").read_bytes() == summary


def test_what_is_overwritten_without_assumptions_has_none(tmp_path: Path) -> None:
    words = ["schemes=[commits,own_worth]", "runs=8", "weeks=26"]
    folder = compared(tmp_path, *words, "assumptions=plausible")
    compared(tmp_path, *words, "overwrite=true")
    assert "assumed_low" not in pd.read_csv(folder / "summary.csv")
    assert not (folder / "plots" / "spreads.png").exists()


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (["today=comits"], "did you mean commits"),
        (["today=commits", "warmup=0"], "at least 1"),
        (["today=commits", "vary=team"], "null"),
        (["assumptions=wild"], "plausible"),
        (["power=mighty"], "own_best"),
        (["shadow=perhaps"], "true or false"),
        (["onset=200"], "from 0 to"),
    ],
)
def test_bad_settings_get_one_line(
    words: list[str], part: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["compare", *words, f"out={(tmp_path / 'c').as_posix()}"]) == 2
    lines = capsys.readouterr().err.strip().split("\n")
    assert len(lines) == 1 and part in lines[0]
    assert not (tmp_path / "c").exists()


def test_remedies_are_laid_side_by_side_and_who_lacks_the_authority_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["scenario=case_study", "vary=remedies", "options=[none,functional]", "intervener.authority=0.4"]
    folder = compared(tmp_path, *words, "runs=3", "weeks=40", "shadow=false")
    said = " ".join(capsys.readouterr().out.split())
    assert "note: functional: refused, as Noor has an authority of 0.4: reward the overall value (takes 0.9)" in said
    assert "Table 1. What each set of remedies brings" in said and "Table 4. What happens around the team" in said
    assert "Table 2. Difference to: nothing is done (none)" in said and "change what counts (functional)" in said
    assert pd.read_csv(folder / "plots" / "interventions_functional.csv")["refused"].all()
    told = pd.read_csv(folder / "plots" / "story.csv").set_index(["scheme", "measure"])["value"]
    pd.testing.assert_series_equal(told["none"], told["functional"], check_names=False)  # nothing took place
    for name in ("story", "status", "knowledge", "timeline_none", "timeline_functional"):
        assert (folder / "plots" / f"{name}.png").exists() and (folder / "plots" / f"{name}.csv").exists()


def test_teams_of_other_people_are_compared(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = compared(tmp_path, "vary=team", "options=[three_persons,person_a]", "runs=2", "weeks=26", "shadow=false")
    said = " ".join(capsys.readouterr().out.split())
    assert (
        "What each team brings" in said and "Paired: the same luck" in said and "not among those compared" not in said
    )
    known = pd.read_csv(folder / "plots" / "knowledge.csv")
    people = {s: set(own["member"]) for s, own in known.groupby("scheme")}
    assert people["three_persons"] != people["person_a"] and (folder / "plots" / "knowledge.png").exists()


def test_an_organisation_is_compared_with_a_team_alone_and_under_schemes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    few = ["organisation.spans=[2]", "runs=2", "weeks=40", "shadow=false"]
    folder = compared(tmp_path, "organisation=standard", "schemes=[none,commits]", "today=okr", "warmup=14", *few)
    assert "2 organisations of 40 weeks" in " ".join(capsys.readouterr().out.split())
    levels = pd.read_csv(folder / "plots" / "levels.csv").set_index("scheme")["asked"]
    assert levels[["okr", "commits"]].notna().all() and levels["none"].isna().all()
    wrong = pd.read_csv(folder / "summary.csv").query("measure == 'mislabelled'").set_index("scheme")["value"]
    assert wrong[["okr", "commits"]].between(0, 1, inclusive="right").all()
    drawn = {p.stem for p in (folder / "plots").glob("organisation*.png")}
    assert drawn == {"organisation_okr", "organisation_commits"}
    other = compared(tmp_path, "vary=organisation", "runs=2", "weeks=20", "shadow=false", name="b")
    assert [p.stem for p in (other / "plots").glob("organisation*.png")] == ["organisation_standard"]
