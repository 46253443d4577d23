"""Results as tables that are read when they are asked for."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from sim.errors import InvalidInput
from sim.opening import open


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two files of runs, of which the second has a column more, and a file that is being written."""
    (tmp_path / "manifest.json").write_text(json.dumps({"format": 1, "same": "x", "verb": "sweep"}))
    (tmp_path / "points.csv").write_text('point,scheme,scheme.strength\n0,none,0.5\n1,"""true""",1\n')
    (tmp_path / "runs").mkdir()
    pd.DataFrame({"point": [0, 0], "run": [0, 1], "worth": [0.1, 0.2]}).to_parquet(tmp_path / "runs" / "a.parquet")
    more = pd.DataFrame({"point": [1, 1], "run": [0, 1], "worth": [0.3, 0.4], "extra": [1.0, 2.0]})
    more.to_parquet(tmp_path / "runs" / "b.parquet")
    (tmp_path / "runs" / ".c.parquet").write_text("half")
    return tmp_path


def test_the_columns_are_those_of_all_files_and_a_file_being_written_is_none_of_them(folder: Path) -> None:
    runs = open(folder).runs
    assert runs.columns == ["point", "run", "worth", "extra"]
    assert len(runs) == 4
    assert runs.head(3)["extra"].isna().tolist() == [True, True, False]


def test_rows_and_columns_are_chosen_by_name(folder: Path) -> None:
    found = open(folder).runs.to_pandas(columns=["worth"], where={"point": [0, 1], "run": 1})
    assert found.to_dict("list") == {"worth": [0.2, 0.4]}


def test_batches_are_the_whole_table_a_few_rows_at_a_time(folder: Path) -> None:
    parts = list(open(folder).runs.batches(1))
    assert [len(p) for p in parts] == [1, 1, 1, 1]
    assert pd.concat(parts)["worth"].tolist() == [0.1, 0.2, 0.3, 0.4]


def test_values_of_points_are_what_they_were(folder: Path) -> None:
    points = open(folder).points
    assert points is not None
    assert points.to_dict("list") == {"point": [0, 1], "scheme": ["none", "true"], "scheme.strength": [0.5, 1.0]}


def test_a_table_a_column_or_a_folder_that_is_not_there_is_refused_with_what_is(folder: Path) -> None:
    with pytest.raises(InvalidInput, match="runs"):
        _ = open(folder).weekly
    with pytest.raises(InvalidInput, match="did you mean worth"):
        open(folder).runs.to_pandas(columns=["worht"])
    with pytest.raises(InvalidInput, match=r"manifest\.json"):
        open(folder / "runs")
    with pytest.raises(AttributeError):
        _ = open(folder).nonsense
