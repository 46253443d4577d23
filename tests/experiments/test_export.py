"""Results as tables for others, with what they mean."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from experiments.cli import main as crosspurpose
from experiments.export import main
from sim.errors import InvalidInput


@pytest.fixture(scope="module")
def sweep(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small sweep."""
    place = tmp_path_factory.mktemp("sweep") / "a"
    words = ["scheme.strength=interval(0,1)", "design=grid", "levels=2", "runs=3", "weeks=13", "seed=7"]
    crosspurpose(["sweep", *words, "executor=serial", f"out={place}"])
    return place


def test_runs_read_back_as_exactly_as_they_were_in_order_of_point_and_run(sweep: Path, tmp_path: Path) -> None:
    assert main([str(sweep), f"to={tmp_path / 'x'}"]) == 0
    read = pd.read_csv(tmp_path / "x" / "runs.csv", dtype=str)
    assert read[["point", "run"]].astype(int).to_numpy().tolist() == [[p, r] for p in range(2) for r in range(3)]
    whole = pd.read_parquet(sweep / "runs").sort_values(["point", "run"])
    assert [float(text) for text in read["worth"]] == whole["worth"].tolist()


def test_every_column_of_every_table_is_in_the_codebook_with_a_meaning(sweep: Path, tmp_path: Path) -> None:
    main([str(sweep), "--to", str(tmp_path)])
    book = pd.read_csv(tmp_path / "codebook.csv", keep_default_na=False)
    for file in tmp_path.glob("*.csv"):
        if file.name != "codebook.csv":
            own = book[book["table"] == file.name]
            assert own["column"].tolist() == list(pd.read_csv(file, nrows=0))
    assert not (book["meaning"] == "").any()


def test_the_methods_say_seed_points_and_whether_luck_is_shared(sweep: Path, tmp_path: Path) -> None:
    main([str(sweep), f"to={tmp_path}"])
    text = (tmp_path / "methods.md").read_text(encoding="utf-8")
    for words in ("seed 7", "2 points", "6 runs in all", "common random numbers", "crosspurpose sweep"):
        assert words in text


def test_a_run_is_exported_too_and_never_over_its_own_results(tmp_path: Path) -> None:
    path = tmp_path / "r"
    crosspurpose(["run", "runs=2", "weeks=13", "executor=serial", f"out={path}"])
    assert main([str(path)]) == 0
    assert len(pd.read_csv(path / "export" / "runs.csv")) == 2
    with pytest.raises(InvalidInput, match="another folder"):
        main([str(path), f"to={path}"])


def test_a_replication_is_exported_with_every_step_its_parameters_and_the_original(tmp_path: Path) -> None:
    path = tmp_path / "r"
    words = ["N=10", "steps=4", "runs=3", "c=choice(.1,.9)", "workers=1"]
    crosspurpose(["replicate", "proxyeconomics", *words, f"out={path}"])
    assert main([str(path)]) == 0
    whole = pd.read_parquet(path / "runs.parquet")
    read = pd.read_csv(path / "export" / "runs.csv", dtype=str)
    assert [*read] == [*whole] and all([float(x) for x in read[c]] == whole[c].tolist() for c in whole)
    book = pd.read_csv(path / "export" / "codebook.csv", keep_default_na=False)
    assert not (book["meaning"] == "").any()
    about = book.set_index(["table", "column"])
    assert about.loc[("points.csv", "c"), "unit"] == "share" and about.loc[("runs.csv", "theta"), "unit"]
    text = (path / "export" / "methods.md").read_text(encoding="utf-8")
    for said in ("Braganza", "c in choice(.1,.9)", "N = 10", "3 runs at each point", "seed 1", "replicate"):
        assert said in text
    assert "teams" not in text and "c = 0.9" not in text


@pytest.mark.parametrize("file", ["runs.parquet", "summary.csv", "differences.parquet"])
def test_results_that_cannot_be_read_leave_no_tables_behind(
    file: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert crosspurpose(["run", "runs=2", "weeks=26", "executor=serial", f"out={tmp_path / 'R'}"]) == 0
    (tmp_path / "R" / file).write_bytes(b"\xd4\xff")
    before = sorted(p.name for p in (tmp_path / "R").iterdir())
    capsys.readouterr()
    assert crosspurpose(["export", str(tmp_path / "R")]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
    assert sorted(p.name for p in (tmp_path / "R").iterdir()) == before
