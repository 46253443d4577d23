"""The results folder: nothing half-written, nothing of anybody else's touched."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from experiments.store import FORMAT, Folder, digest, read_manifest, write_parquet
from sim.errors import InvalidInput

SAME = {"verb": "run", "runs": 2}


def finished(path: Path) -> Folder:
    folder = Folder(path, SAME)
    folder.begin({"verb": "run"}, anew=True)
    write_parquet(
        pd.DataFrame({"scheme": ["a", "a"], "run": [0, 1], "worth": [0.5, 0.6]}), path / "_runs" / "part-00000.parquet"
    )
    folder.finish(["part-00000"], {"verb": "run"})
    return folder


def test_an_address_depends_on_what_a_study_is_and_not_on_the_order_it_is_written_in() -> None:
    assert digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1})
    assert digest({"a": 1}) != digest({"a": 2})


def test_a_new_or_empty_folder_holds_nothing(tmp_path: Path) -> None:
    assert Folder(tmp_path / "new", SAME).check(False) == "nothing"
    assert Folder(tmp_path, SAME).check(False) == "nothing"


def test_a_study_is_unfinished_until_it_is_joined_and_then_finished(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "a", SAME)
    folder.begin({"verb": "run"}, anew=True)
    assert folder.check(False) == "unfinished"
    assert finished(tmp_path / "a").check(False) == "finished"
    assert pd.read_parquet(tmp_path / "a" / "runs.parquet")["worth"].tolist() == [0.5, 0.6]
    assert not (tmp_path / "a" / "_runs").exists()


def test_another_study_is_refused_and_replaced_only_when_asked(tmp_path: Path) -> None:
    finished(tmp_path / "a")
    other = Folder(tmp_path / "a", {"verb": "run", "runs": 3})
    with pytest.raises(InvalidInput, match="overwrite=true"):
        other.check(False)
    assert other.check(True) == "nothing"


def test_a_folder_of_somebody_else_is_never_touched(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    for overwrite in (False, True):
        with pytest.raises(InvalidInput, match="new or empty folder"):
            Folder(tmp_path, SAME).check(overwrite)


def test_results_of_another_format_are_refused_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text(json.dumps({"format": FORMAT + 1, "same": "x", "status": "finished"}))
    with pytest.raises(InvalidInput) as refused:
        read_manifest(tmp_path)
    assert f"format {FORMAT + 1}" in str(refused.value) and "\n" not in str(refused.value)


def test_a_folder_below_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InvalidInput, match="is a file"):
        Folder(tmp_path / "file" / "out", SAME).check(False)


def test_a_table_that_cannot_be_written_leaves_no_trace(tmp_path: Path) -> None:
    class Unwritable:
        def to_parquet(self, path: Path, **_: object) -> None:
            Path(path).write_text("half")
            raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        write_parquet(Unwritable(), tmp_path / "x.parquet")
    assert list(tmp_path.iterdir()) == []
