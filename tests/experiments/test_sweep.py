"""Sweeps: what is computed, what is kept, and that nothing is lost, counted twice or made up."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from experiments import chunks, pointwise
from experiments.cli import main
from experiments.space import space_of
from experiments.store import read_manifest
from sim.errors import InvalidInput
from sim.loading import load
from sim.simulation import simulate
from tests.experiments.test_cli import refused
from tests.test_loading import nothing_stays_joined

__all__ = ["nothing_stays_joined"]
SMALL = ["runs=8", "weeks=13", "executor=serial"]
GRID = ["scheme.strength=choice(0.25,0.75)", "scheme=choice(lines_of_code,none)", "pair=scheme", *SMALL]
DIFFERENCE = [*GRID[:3], "precision=0.1", "precision_of=difference"]
FRAGILE = '''"""A motive that gives up where somebody is too good."""
from dataclasses import dataclass
from typing import final
import numpy as np
from sim.motives.base import Motive


@final
@dataclass(frozen=True, kw_only=True)
class Fragile(Motive):
    """Gives up."""

    def utility(self, effort, known):
        return np.zeros(effort.shape[1:])

    def marginal(self, known):
        if known.skill.max() > 1.9:
            raise ZeroDivisionError("somebody is too good")
        return np.zeros(known.effort.shape)
'''


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(scope="module")
def swept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A paired sweep, finished."""
    folder = tmp_path_factory.mktemp("swept") / "A"
    assert main(["sweep", *GRID, f"out={folder}"]) == 0
    return folder


def runs_of(folder: Path) -> pd.DataFrame:
    frames = [pq.read_table(p).to_pandas() for p in sorted((folder / "runs").glob("*.parquet"))]
    return pd.concat(frames).sort_values(["point", "run"]).reset_index(drop=True)


def test_a_sweep_writes_a_row_per_point_and_run_and_what_they_say(swept: Path) -> None:
    runs, points = runs_of(swept), pd.read_csv(swept / "points.csv")
    assert list(points.columns) == ["point", "scheme.strength", "scheme"]
    assert len(runs) == len(points) * 8 and not runs.duplicated(["point", "run"]).any()
    summary = pd.read_csv(swept / "summary.csv")
    assert summary["worth"].tolist() == pytest.approx(runs.groupby("point")["worth"].mean().tolist())
    manifest = read_manifest(swept)
    assert manifest is not None and manifest["status"] == "finished" and manifest["failed"] == 0


def test_a_point_has_the_bits_of_the_same_scenario_run_alone(swept: Path) -> None:
    alone = simulate(load("scheme=lines_of_code", "scheme.strength=0.75", "weeks=13"), runs=8, seed=1).measures()
    own = runs_of(swept).query("point == 2").set_index("run")
    for measure in ("worth", "score", "displaced_share", "debt"):
        assert own[measure].tolist() == alone[measure].tolist()


def test_paired_points_differ_run_by_run_and_their_intervals_are_narrower_than_unpaired_ones(swept: Path) -> None:
    apart = pd.read_parquet(swept / "differences.parquet").set_index(["point", "measure"])
    runs = runs_of(swept).pivot(index="run", columns="point", values="worth")
    assert apart.loc[(3, "worth"), "difference"] == pytest.approx((runs[3] - runs[2]).mean())
    worth = apart.xs("worth", level="measure")
    paired, unpaired = worth["error_high"] - worth["error_low"], worth["unpaired_high"] - worth["unpaired_low"]
    assert (paired < unpaired / 2).all()


def test_the_same_command_reads_what_is_there(swept: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = {p: p.stat().st_mtime_ns for p in (swept / "runs").iterdir()}
    assert main(["sweep", *GRID, f"out={swept}"]) == 0
    assert f"Results read from {swept}" in " ".join(capsys.readouterr().out.split())
    assert {p: p.stat().st_mtime_ns for p in (swept / "runs").iterdir()} == before


def test_what_is_missing_or_damaged_is_computed_again_and_named(
    swept: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(swept, tmp_path / "A")
    one, *_, last = sorted((tmp_path / "A" / "runs").iterdir())
    one.unlink()
    broken = bytearray(last.read_bytes())
    broken[len(broken) // 3] ^= 0xFF
    last.write_bytes(bytes(broken))
    assert main(["sweep", *GRID, "out=A"]) == 0
    assert f"{last.name} is damaged" in capsys.readouterr().out.replace("\n", "")
    pd.testing.assert_frame_equal(runs_of(Path("A")), runs_of(swept), check_exact=True)


def test_shards_compute_each_point_once_between_them(swept: Path) -> None:
    for k in (1, 2, 3):
        assert main(["sweep", *GRID, f"shard={k}/3", f"out=S{k}"]) == 0
    parts = [runs_of(Path(f"S{k}")) for k in (1, 2, 3)]
    whole = pd.concat(parts).sort_values(["point", "run"]).reset_index(drop=True)
    pd.testing.assert_frame_equal(whole, runs_of(swept), check_exact=True)
    assert len({json.loads(Path(f"S{k}/manifest.json").read_text())["same"] for k in (1, 2, 3)}) == 1


def test_a_cell_that_two_files_hold_is_counted_once(swept: Path, tmp_path: Path) -> None:
    shutil.copytree(swept, tmp_path / "A")
    there = chunks.held(tmp_path / "A")
    cells = [chunks.Cell(point=p, first=a, last=b, address=x) for p, a, b, x in there.cells]
    frame = runs_of(tmp_path / "A")
    frames = [frame[frame["point"] == c.point] for c in cells[:3]]
    chunks.write(tmp_path / "A", cells[:3], frames)
    both = chunks.held(tmp_path / "A")
    assert both.doubled and set(both.cells) == set(there.cells)
    assert sum(len(f) for f in chunks.by_point(both, range(4))) == 32
    chunks.tidy(tmp_path / "A", both)
    pd.testing.assert_frame_equal(runs_of(tmp_path / "A"), runs_of(swept), check_exact=True)


def test_without_common_random_numbers_every_point_has_luck_of_its_own() -> None:
    words = ["sweep", "scheme.attribution=choice(0.3,0.30000001)", *SMALL]
    for name, crn in (("C", "true"), ("D", "false")):
        assert main([*words, f"crn={crn}", f"out={name}"]) == 0
    alike, apart = (runs_of(Path(n)).pivot(index="run", columns="point", values="worth") for n in "CD")
    assert np.abs(alike[0] - alike[1]).max() < 1e-3 < np.abs(apart[0] - apart[1]).min()
    assert alike[0].tolist() == apart[0].tolist()


def test_with_a_precision_points_run_until_they_are_precise_or_at_the_cap(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["sweep", "scheme=choice(commits,none)", *SMALL, "precision=0.01", "cap=100", "out=P"]
    assert main(words) == 0
    table = pd.read_parquet("P/summary.parquet").query("measure == 'worth'")
    half = (table["error_high"] - table["value"]).to_numpy()
    assert ((half <= 0.01) | (table["runs"] == 100)).all()
    assert (table["runs"] > 8).any() and set(table["runs"]) <= {8, 16, 32, 64, 100}
    assert "of 2 points are within ± 0.01 of worth" in capsys.readouterr().out


def test_a_precision_of_differences_lets_pairs_run_on_until_these_are_precise(
    capsys: pytest.CaptureFixture[str],
) -> None:
    words = ["scheme.strength=choice(0.25,1)", "scheme=choice(none,lines_of_code,commits)", "pair=scheme", *SMALL]
    assert main(["sweep", *words, "precision=0.003", "precision_of=difference", "cap=100", "out=D"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    table = pd.read_parquet("D/differences.parquet").query("measure == 'worth'")
    half = (table["error_high"] - table["difference"]).to_numpy()
    assert len(table) == 4 and ((half <= 0.003) | (table["runs"] == 100)).all() and (half <= 0.003).any()
    assert f"{(half <= 0.003).sum()} of 4 differences are within ± 0.003 of worth" in said
    runs = runs_of(Path("D")).groupby("point").size()
    assert runs[0] == max(runs[1], runs[2]) and runs[3] == max(runs[4], runs[5])  # what they are compared with
    assert len(set(runs)) > 1
    means = pd.read_parquet("D/summary.parquet").query("measure == 'worth'")
    assert (means["error_high"] - means["value"] > 0.003).all()


def test_a_precision_that_was_interrupted_ends_as_one_that_was_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks, "block_of", lambda members: 4)
    words = ["sweep", "scheme=choice(commits,none)", *SMALL, "precision=0.02", "cap=100", "out=P"]
    assert main(words) == 0
    whole = runs_of(Path("P"))
    last = int(whole["run"].max())
    there = chunks.held(Path("P")).cells
    next(path for (_, a, b, _), (path, _) in there.items() if a <= last < b).unlink()
    assert main(words) == 0
    pd.testing.assert_frame_equal(runs_of(Path("P")), whole, check_exact=True)


def test_a_window_measures_its_weeks_alone_and_says_whether_worth_still_moves() -> None:
    assert (
        main(["sweep", "scheme=choice(commits,none)", "runs=8", "weeks=52", "executor=serial", "window=40:50", "out=W"])
        == 0
    )
    results = simulate(load("scheme=commits", "weeks=52"), runs=8, seed=1)
    own = runs_of(Path("W")).query("point == 0")
    assert own["worth"].tolist() == pytest.approx(results.columns["worth"][40:50].mean(axis=0).tolist())
    assert own["debt"].tolist() == results.columns["debt"][49].tolist()
    halves = results.columns["worth"][45:50].mean(axis=0) - results.columns["worth"][40:45].mean(axis=0)
    assert own["drift"].tolist() == pytest.approx(halves.tolist())


def test_a_run_that_fails_is_a_row_with_its_error_and_can_be_tried_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = tmp_path / "own"
    (own / "motives").mkdir(parents=True)
    (own / "configs" / "motive").mkdir(parents=True)
    (own / "motives" / "fragile.py").write_text(FRAGILE)
    label = "{plain: fragile, neutral: fragile, sentence: Gives up., good: neither}"
    (own / "configs" / "motive" / "fragile.yaml").write_text(f"label: {label}\nkind: fragile\n")
    team = load().config["team"]
    people = [{**p, "motives": {**p["motives"], "fragile": 0.1}} for p in team["people"]]
    words = [
        "sweep",
        "extend=own",
        f"team.people={json.dumps(people).replace('"', '')}",
        "scheme.strength=choice(0.5,1)",
    ]
    words += ["runs=24", "weeks=13", "executor=serial", "out=F"]
    assert main(words) == 1
    said = " ".join(capsys.readouterr().out.split())
    runs = runs_of(Path("F"))
    failed = runs["error"].notna()
    assert 0 < failed.sum() < len(runs) / 2
    assert f"{failed.sum()} of 48 runs failed" in said and said.count("retry=true") == 1
    assert set(runs.loc[failed, "error"]) == {"ZeroDivisionError: somebody is too good"}
    assert runs.loc[failed, "worth"].isna().all() and runs.loc[~failed, "worth"].notna().all()
    alike = runs.groupby("run")["error"].count()
    assert set(alike) == {0, 2}  # the same people at both points
    assert main([*words, "retry=true"]) == 1
    pd.testing.assert_frame_equal(runs_of(Path("F")), runs, check_exact=True)


def test_points_that_the_model_refuses_are_left_out_and_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sweep", "scheme=lines_of_code", "scheme.strength=choice(1,3)", *SMALL, "out=R"]) == 0
    assert "1 of 2 points are refused by the model" in capsys.readouterr().out
    assert set(runs_of(Path("R"))["point"]) == {0}
    manifest = read_manifest(Path("R"))
    assert manifest is not None and "stability" in manifest["refused"]["1"]


def test_a_part_that_is_off_is_switched_on_where_one_of_its_parameters_is_swept() -> None:
    space = space_of("sweep", [], ["scheme.audit.probability=choice(0,0.5)"])
    assert space.on == ("audit=standard",)
    found = space.config({"scheme.audit.probability": 0.5})["scheme"]["audit"]
    assert found["probability"] == 0.5 and found["penalty"] > 0
    with pytest.raises(InvalidInput, match="off here"):
        space_of("sweep", ["audit=none"], ["scheme.audit.probability=choice(0,0.5)"])


def test_what_follows_a_parameter_follows_it_through_a_sweep() -> None:
    space = space_of("sweep", ["scenario=bounded_week"], ["activities.deliver.worth=interval(0,3)"])
    found = space.config({"activities.deliver.worth": 2.5})["activities"]["deliver"]
    assert found["worth_now"] == found["worth"] == 2.5


def test_a_plan_says_what_it_would_take_and_starts_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sweep", "scheme.strength=interval(0,1)", "points=100", *SMALL, "plan=true"]) == 0
    said = capsys.readouterr().out
    for word in ("points   100", "runs     800", "time     about", "disk     about", "Nothing was started"):
        assert word in said
    assert not list(Path.cwd().iterdir())


BAD = {
    "nothing is swept": [],
    "scheme.strength": ["scheme.strength=choice(0,-1)"],
    "power of two": ["scheme.strength=interval(0,1)", "design=sobol", "points=500"],
    "up to 100,000 points": ["scheme.strength=interval(0,1)", "points=1000000000000"],
    "last_N": ["scheme.strength=interval(0,1)", "window=last_14"],
    "K/N": ["scheme.strength=interval(0,1)", "shard=4/3"],
    "did you mean worth": ["scheme.strength=choice(0,1)", "measure=wort", "aligned=false"],
    "does without aligned=true": ["scheme.strength=choice(0,1)", "outcome=displaced_share", "aligned=false"],
    "reward=nothing": ["scheme.promotion=choice(tournament,nothing)"],
    "one of": ["study=nothing_of_the_kind"],
    "mean without precision": ["scheme=choice(none,commits)", "pair=scheme", "precision_of=difference"],
    "mean without": ["scheme=choice(none,commits)", "precision=0.1", "precision_of=difference"],
    "a measure that every run has": [*DIFFERENCE, "outcome=validity"],
    "in different shards": [*DIFFERENCE, "shard=1/2"],
    "did you mean difference": [*GRID[:3], "precision=0.1", "precision_of=diference"],
    "above 0": ["scheme.strength=interval(0,1)", "precision=0"],
    "did you mean scheme.strength": ["scheme.stregth=interval(0,1)"],
    "a table of points": ["design=file", "file=nowhere.csv"],
    "true or false": ["scheme.strength=interval(0,1)", "crn=maybe"],
}


@pytest.mark.parametrize("expected", BAD)
def test_a_bad_sweep_is_refused_in_one_line_and_writes_nothing(
    expected: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert expected in refused(["sweep", *BAD[expected], *SMALL], capsys)


def test_a_store_of_another_model_version_is_refused_with_what_to_do(
    swept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(swept, tmp_path / "A")
    monkeypatch.setattr("sim.__version__", "9.9.9")
    line = refused(["sweep", *GRID, "out=A"], capsys)
    assert "was made by model" in line and "9.9.9" in line and "overwrite=true" in line


def test_a_study_is_a_yaml_of_ones_own_and_what_is_typed_goes_before_it(tmp_path: Path) -> None:
    (tmp_path / "studies").mkdir()
    text = "about: what strength does\nset: {weeks: 13, runs: 4}\nsweep: {scheme.strength: 'choice(0.5,1)'}\n"
    (tmp_path / "studies" / "mine.yaml").write_text(text)
    assert main(["sweep", "study=mine", "runs=6", "executor=serial"]) == 0
    (folder,) = Path("results").glob("sweep-mine-*")
    assert len(runs_of(folder)) == 12


def test_the_jackknife_of_a_mean_is_its_standard_error() -> None:
    values: dict[str, Any] = {"point": 0, "run": range(30), "error": None}
    rng = np.random.default_rng(1)
    frame = pd.DataFrame({**values, "worth": rng.normal(1, 0.2, 30), "worth_aligned": np.ones(30)})
    table = pointwise.summary([frame]).set_index("measure")
    share, worth = table.loc["worth_of_aligned"], table.loc["worth"]
    assert share["value"] == pytest.approx(worth["value"])
    assert share["error_high"] == pytest.approx(worth["error_high"])
