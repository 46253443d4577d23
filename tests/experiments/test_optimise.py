"""Searches: that they find what theory says is best, go on identically, and do not believe their own luck.

Baker (2002): b* = f·g / (|g|² + ρσ²). Feltham & Xie (1994): b* = (G·C⁻¹·G' + r·Σ)⁻¹·G·C⁻¹·f.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from experiments.cli import main
from experiments.store import read_manifest
from experiments.study import APART
from sim.loading import load
from sim.simulation import simulate
from tests.experiments.test_cli import refused
from tests.test_loading import nothing_stays_joined

__all__ = ["nothing_stays_joined"]
SMALL = ["optimise", "weeks=13", "runs=6", "executor=serial"]
LINES = ["scheme=lines_of_code", "scheme.strength=interval(0.0,4.0)"]
TWO = [*SMALL, *LINES, "maximise=[worth]", "minimise=[mislabelled_low]", "teams=[person_a,person_b]"]


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(scope="module")
def searched(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A search for two objectives, of the worse of two teams, finished."""
    folder = tmp_path_factory.mktemp("searched") / "A"
    assert main([*TWO, "trials=20", f"out={folder}"]) == 0
    return folder


def test_the_search_finds_the_slope_of_bakers_contract_without_being_told() -> None:
    words = ["optimise", "limit=B1", "maximise=[surplus]", "runs=1", "executor=serial", "out=B"]
    assert main([*words, "scheme.strength=interval(0.0,3.0)"]) == 0
    best, g = pd.read_csv("B/winners.csv").iloc[0], 1.5 * np.array([np.cos(np.pi / 6), 0.5])
    slope = 2 * g[0] / (g @ g + 1.2)
    assert best["scheme.strength"] == pytest.approx(slope, abs=0.03)
    assert best["surplus"] == pytest.approx(40 + 2 * g[0] * slope / 2, abs=2e-3)


def test_the_search_finds_both_slopes_of_feltham_and_xie_without_being_told() -> None:
    ranges = [f"scheme.weights.measure_{i}=interval(0.1,3.0)" for i in (1, 2)]
    words = ["optimise", "limit=C1", "maximise=[surplus]", "trials=96", "runs=1", "executor=serial", "out=C"]
    assert main([*words, *ranges]) == 0
    g, f, noise = np.array([[8.0, 2.0], [1.0, 3.0]]), np.array([10.0, 6.0]), np.diag([40.0, 20.0])
    slopes = np.linalg.solve(g @ g.T + 0.5 * noise, g @ f)
    best = pd.read_csv("C/winners.csv").iloc[0]
    found = best[[r.partition("=")[0] for r in ranges]].to_numpy(float)
    assert found == pytest.approx(slopes, abs=0.08)
    assert best["surplus"] == pytest.approx(200 * f.sum() + f @ g.T @ slopes / 2, abs=0.3)


def test_a_search_that_was_killed_goes_on_as_if_it_had_not_been(
    searched: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(searched, tmp_path / "A")
    files = sorted((tmp_path / "A" / "runs").iterdir(), key=lambda p: p.stat().st_mtime)
    for lost in [*files[len(files) // 2 :], *(tmp_path / "A" / "fresh" / "runs").iterdir()]:
        lost.unlink()
    manifest = json.loads((tmp_path / "A" / "manifest.json").read_text())
    (tmp_path / "A" / "manifest.json").write_text(json.dumps({**manifest, "status": "unfinished"}))
    for table in ("trials.csv", "winners.csv", "summary.csv"):
        (tmp_path / "A" / table).unlink()
    assert main([*TWO, "trials=20", "out=A"]) == 0
    assert "Results written to A" in capsys.readouterr().out
    for table in ("trials.csv", "winners.csv", "summary.csv", "points.csv"):
        assert (tmp_path / "A" / table).read_bytes() == (searched / table).read_bytes()
    assert {p.name for p in (tmp_path / "A" / "runs").iterdir()} == {p.name for p in (searched / "runs").iterdir()}
    assert main([*TWO, "trials=20", "out=A"]) == 0
    assert "Results read from A" in capsys.readouterr().out


def test_a_longer_search_begins_with_the_shorter_one(searched: Path) -> None:
    assert main([*TWO, "trials=24", "out=L"]) == 0
    longer, shorter = pd.read_csv("L/trials.csv"), pd.read_csv(searched / "trials.csv")
    pd.testing.assert_frame_equal(longer.head(16), shorter.head(16), check_exact=True)
    assert len(longer) == 24


def test_what_counts_is_the_team_where_an_objective_is_worst(searched: Path) -> None:
    points, summary = (pd.read_csv(searched / f"{n}.csv").set_index("point") for n in ("points", "summary"))
    for _, trial in pd.read_csv(searched / "trials.csv").query("worth == worth").iterrows():
        own = summary.loc[[2 * trial["trial"], 2 * trial["trial"] + 1]]
        assert trial["worth"] == own["worth"].min() and trial["mislabelled_low"] == own["mislabelled_low"].max()
        assert trial["worth_team"] == points.loc[own["worth"].idxmin(), "team"]
        assert set(own["scheme.strength"]) == {trial["scheme.strength"]}


def test_a_trial_that_the_model_refuses_has_no_number_and_is_said(searched: Path) -> None:
    trials = pd.read_csv(searched / "trials.csv")
    bad = trials["why"].notna()
    assert 0 < bad.sum() < len(trials) and trials.loc[bad, "why"].str.contains("stability").all()
    assert trials.loc[bad, ["worth", "mislabelled_low"]].isna().all(axis=None)
    manifest = read_manifest(searched)
    assert manifest is not None and manifest["refused"] and manifest["status"] == "finished"


def test_winners_are_reported_as_they_do_with_luck_that_the_search_did_not_see(searched: Path) -> None:
    winners, trials = pd.read_csv(searched / "winners.csv"), pd.read_csv(searched / "trials.csv").set_index("trial")
    for _, row in winners.iterrows():
        assert row["worth_searched"] == trials.loc[row["trial"], "worth"]
        words = ["scheme=lines_of_code", f"scheme.strength={row['scheme.strength']!r}", "weeks=13"]
        fresh = [
            simulate(load(*words, f"team={t}"), runs=24, seed=1 + APART).measures()["worth"].mean()
            for t in ("person_a", "person_b")
        ]
        assert row["worth"] == pytest.approx(min(fresh), rel=1e-12)


def test_no_winner_of_several_objectives_is_beaten_by_a_trial(searched: Path) -> None:
    trials = pd.read_csv(searched / "trials.csv").dropna(subset=["worth"])
    for w in pd.read_csv(searched / "winners.csv").itertuples():
        better = (trials["worth"] > w.worth_searched) & (trials["mislabelled_low"] < w.mislabelled_low_searched)
        assert not better.any()


def test_words_numbers_and_whole_numbers_can_be_sought_together() -> None:
    ranges = ["scheme.review.weeks=choice(4,6,13)", "team.size=int(interval(3,5))", "scheme=choice(commits,none)"]
    assert main([*SMALL, *ranges, "trials=20", "sampler=nsga2", "maximise=[worth,surplus]", "out=W"]) == 0
    trials = pd.read_csv("W/trials.csv", keep_default_na=False)
    assert set(trials["scheme.review.weeks"]) <= {4, 6, 13} and set(trials["team.size"]) <= {3, 4, 5}
    assert set(trials["scheme"]) == {"commits", "none"}


BAD = {
    "at least one, such as": [],
    "scheme.strength": ["scheme.strength=interval(-1.0,1.0)"],
    "did you mean worth": [*LINES, "maximise=[wort]"],
    "each measure once": [*LINES, "maximise=[worth]", "minimise=[worth]"],
    "did you mean person_a": [*LINES, "teams=[person_aa]"],
    "not both": [*LINES, "team=person_a", "teams=[person_b]"],
    "one of nsga2, tpe": [*LINES, "sampler=random"],
    "a whole number, at least 1": [*LINES, "trials=0"],
    "does without aligned=true": [*LINES, "minimise=[displaced_share]"],
    "ranges with a point that can be run": ["team.promotion.prize=interval(30.0,40.0)", "trials=8", "out=A"],
    "maximise=worth or minimise=worth": [*LINES, "measure=worth"],
    "at least one measure": [*LINES, "maximise=[]"],
}


@pytest.mark.parametrize("expected", BAD)
def test_a_bad_search_is_refused_in_one_line_and_writes_nothing(
    expected: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert expected in refused([*SMALL, *BAD[expected]], capsys)
    assert not list(Path.cwd().iterdir())


def test_a_search_where_every_point_is_refused_says_why(capsys: pytest.CaptureFixture[str]) -> None:
    words = [*SMALL, "scheme=lines_of_code", "scheme.strength=interval(4.0,5.0)", "trials=8"]
    assert main(words) == 2
    assert "ranges with a point that can be run; of the first: " in capsys.readouterr().err
    assert not list(Path.cwd().iterdir())
