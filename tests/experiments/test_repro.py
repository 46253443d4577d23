"""Results again, to the bit."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from experiments import chunks
from experiments.chunks import Cell
from experiments.cli import main as crosspurpose
from experiments.repro import changes, main
from experiments.status import kept

REPLICATION = ["replicate", "proxyeconomics", "N=10", "steps=4", "runs=3", "c=choice(.1,.9)", "workers=1"]
SWEEP = ["sweep", "scheme=choice(commits,none)", "runs=2", "weeks=13", "executor=serial"]


@pytest.mark.parametrize(
    ("command", "told"),
    [(SWEEP, "identical"), (REPLICATION, "identical: 4 files")],  # runs, points, summary, the table of the picture
)
def test_a_folder_comes_out_the_same_and_stays_as_it_was(
    command: list[str], told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a"
    crosspurpose([*command, f"out={path}"])
    before = {p: p.stat().st_mtime_ns for p in path.rglob("*")}
    capsys.readouterr()
    assert main([str(path)]) == 0
    assert told in capsys.readouterr().out
    assert {p: p.stat().st_mtime_ns for p in path.rglob("*")} == before


def test_the_last_bit_of_one_number_is_found_and_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a"
    crosspurpose([*SWEEP, f"out={path}"])
    (point, first, last, address), (file, _) = next(iter(chunks.held(path).cells.items()))
    frame = pd.read_parquet(file)
    frame.loc[1, "worth"] *= 1 + 2**-52
    chunks.write(path, [Cell(point=point, first=first, last=last, address=address)], [frame])
    assert main([str(path), "runs=2"]) == 1
    said = capsys.readouterr().out
    assert f"column worth, point {point}, run 1" in " ".join(said.split())
    assert "1 of " in said


def test_the_first_runs_of_a_study_are_those_of_the_whole(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "r"
    crosspurpose(["run", "runs=4", "weeks=13", "executor=serial", f"out={path}"])
    assert main([str(path), "runs=2"]) == 0
    assert "of the first 2 runs of each variant" in capsys.readouterr().out


def test_what_is_given_as_the_same_as_another_key_follows_it_again(tmp_path: Path) -> None:
    path = tmp_path / "a"
    words = ["scenario=bounded_week", "activities.deliver.worth=choice(0.9,1.1)", "runs=2", "weeks=13"]
    crosspurpose(["sweep", *words, "executor=serial", f"out={path}"])
    assert main([str(path), "runs=1"]) == 0


def test_another_library_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a"
    crosspurpose([*SWEEP, f"out={path}"])
    manifest = json.loads((path / "manifest.json").read_text())
    manifest["versions"]["numpy"] = "1.0"
    (path / "manifest.json").write_text(json.dumps(manifest))
    assert [c.partition(",")[0] for c in changes(kept(path))] == ["numpy was 1.0"]


def test_the_first_runs_of_a_replication_are_those_of_the_whole(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a"
    crosspurpose([*REPLICATION, f"out={path}"])
    capsys.readouterr()
    assert main([str(path), "runs=2"]) == 0
    said = capsys.readouterr().out
    assert "1 files, 160 numbers, of the first 2 runs of each point" in said and "note" not in said


def test_the_last_bit_of_a_replication_is_found_and_its_step_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a"
    crosspurpose([*REPLICATION, f"out={path}"])
    rows = pd.read_parquet(path / "runs.parquet")
    row = rows.index[(rows["point"] == 1) & (rows["run"] == 2) & (rows["step"] == 3)]
    rows.loc[row, "goal"] *= 1 + 2**-52
    rows.to_parquet(path / "runs.parquet", index=False)
    capsys.readouterr()
    assert main([str(path)]) == 1
    said = " ".join(capsys.readouterr().out.split())
    assert "column goal, point 1, run 2, step 3" in said and "1 of " in said


def test_what_an_unfinished_replication_has_is_compared(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a"
    crosspurpose([*REPLICATION, f"out={path}"])
    unfinished(path, 1)
    capsys.readouterr()
    assert main([str(path)]) == 0
    assert "identical: 1 files, 40 numbers" in capsys.readouterr().out  # 4 steps of point, run, step, 7 outcomes


def unfinished(path: Path, runs: int) -> None:
    """Leave a finished replication with its first runs only."""
    rows = pd.read_parquet(path / "runs.parquet")
    (path / "runs.parquet").unlink()
    (path / "_runs").mkdir()
    rows[(rows["point"] == 0) & (rows["run"] < runs)].to_parquet(path / "_runs" / "part-00000.parquet", index=False)
    text = (path / "manifest.json").read_text(encoding="utf-8")
    (path / "manifest.json").write_text(text.replace('"finished"', '"unfinished"'), encoding="utf-8")
