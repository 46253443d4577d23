"""How far a study is, as its folder has it."""

from __future__ import annotations

import shlex
from pathlib import Path

import pandas as pd
import pytest

from experiments import chunks
from experiments.chunks import Cell
from experiments.cli import main as crosspurpose
from experiments.status import kept, main
from sim.errors import InvalidInput

REPLICATION = ["replicate", "proxyeconomics", "N=10", "steps=4", "runs=3", "c=choice(.1,.9)", "workers=1"]
SWEEP = ["sweep", "scheme=choice(commits,none)", "runs=3", "weeks=13", "executor=serial"]


def test_a_finished_sweep_has_all_its_runs_and_nothing_to_continue(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    crosspurpose([*SWEEP, f"out={tmp_path / 'a'}"])
    capsys.readouterr()
    assert main([str(tmp_path / "a")]) == 0
    said = capsys.readouterr().out
    assert "sweep, finished" in said and "6 done of 6" in said and "continue" not in said


def test_failed_runs_are_told_by_error_and_where_it_came_first_and_damage_by_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a"
    crosspurpose([*SWEEP, f"out={path}"])
    held = chunks.held(path)
    (point, first, last, address), (file, _) = next(iter(held.cells.items()))
    cell = Cell(point=point, first=first, last=last, address=address)
    file.unlink()
    chunks.write(path, [cell], chunks.failed_rows([cell], "ValueError: no"))
    (path / "runs" / "broken.parquet").write_bytes(b"half")
    capsys.readouterr()
    assert main([str(path)]) == 1
    said = capsys.readouterr().out
    assert f"3: ValueError: no (first: point {point}, run 0)" in said
    assert "broken.parquet" in said and "retry=true" in said


def test_an_unfinished_comparison_counts_the_blocks_that_are_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a"
    crosspurpose(["run", "runs=3", "weeks=13", "executor=serial", f"out={path}"])
    runs = pd.read_parquet(path / "runs.parquet")
    (path / "runs.parquet").unlink()
    (path / "_runs").mkdir()
    runs.head(2).to_parquet(path / "_runs" / "part-00000.parquet")
    (path / "manifest.json").write_text((path / "manifest.json").read_text().replace('"finished"', '"unfinished"'))
    capsys.readouterr()
    assert main([str(path)]) == 0
    said = capsys.readouterr().out
    assert "2 done of 3" in said and f"out={path}" in said.splitlines()[-1]


def test_a_command_is_said_again_without_what_only_held_once(tmp_path: Path) -> None:
    path = tmp_path / "a"
    crosspurpose([*SWEEP, "shard=1/2", "overwrite=true", f"out={path}"])
    found = kept(path)
    assert found.again(Path("B")) == [*SWEEP, "out=B"]
    assert found.points() == [0]


def test_a_folder_of_something_else_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"manifest\.json"):
        main([str(tmp_path)])


def test_a_replication_counts_its_runs_and_not_their_steps(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a"
    crosspurpose([*REPLICATION, f"out={path}"])
    capsys.readouterr()
    assert main([str(path)]) == 0
    said = capsys.readouterr().out
    assert "replicate, finished" in said and "6 done of 6" in said and "2: c in choice(.1,.9)" in said
    assert "continue" not in said


def test_an_unfinished_replication_goes_on_by_its_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a"
    crosspurpose([*REPLICATION, f"out={path}"])
    rows = pd.read_parquet(path / "runs.parquet")
    (path / "runs.parquet").unlink()
    (path / "_runs").mkdir()
    rows[rows["point"] == 0].to_parquet(path / "_runs" / "part-00000.parquet", index=False)
    (path / "manifest.json").write_text((path / "manifest.json").read_text().replace('"finished"', '"unfinished"'))
    capsys.readouterr()
    assert main([str(path)]) == 0
    said = capsys.readouterr().out
    assert "3 done of 6" in said
    again = next(line for line in said.splitlines() if line.startswith("continue"))
    assert crosspurpose(shlex.split(again)[2:]) == 0
    pd.testing.assert_frame_equal(pd.read_parquet(path / "runs.parquet"), rows, check_exact=True)


def test_verbs_that_know_no_replications_say_so(tmp_path: Path) -> None:
    crosspurpose([*REPLICATION, f"out={tmp_path / 'a'}"])
    with pytest.raises(InvalidInput, match="run, compare, strength or a sweep"):
        kept(tmp_path / "a")
