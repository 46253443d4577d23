"""Shards of a sweep, as one folder."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import sim.opening
from experiments.cli import main as crosspurpose
from experiments.merge import main
from sim.errors import InvalidInput

SWEEP = ["sweep", "scheme=choice(commits,none)", "runs=3", "weeks=13", "executor=serial"]


@pytest.fixture(scope="module")
def shards(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the whole of a sweep, its two halves, and a half of another."""
    place = tmp_path_factory.mktemp("shards")
    for name, more in {"all": [], "1": ["shard=1/2"], "2": ["shard=2/2"], "other": ["shard=1/2", "seed=5"]}.items():
        crosspurpose([*SWEEP, *more, f"out={place / name}"])
    return place


def test_merged_shards_are_the_sweep_that_was_not_shared(shards: Path, tmp_path: Path) -> None:
    assert main([str(tmp_path / "m"), str(shards / "1"), str(shards / "2")]) == 0
    for name in ("points.csv", "summary.csv"):
        assert (tmp_path / "m" / name).read_bytes() == (shards / "all" / name).read_bytes()
    whole, merged = (
        sim.opening.open(p).runs.to_pandas().sort_values(["point", "run"], ignore_index=True)
        for p in (shards / "all", tmp_path / "m")
    )
    pd.testing.assert_frame_equal(whole, merged, check_exact=True)


def test_a_shard_alone_is_not_complete_and_what_overlaps_is_counted_once(
    shards: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = str(tmp_path / "m")
    assert main([target, str(shards / "1"), str(shards / "1")]) == 0
    assert "3 runs of 1 points of 2" in capsys.readouterr().out
    assert main([target, str(shards / "all"), target]) == 0
    assert len(sim.opening.open(target).runs) == 6


def test_folders_of_different_sweeps_are_refused_with_what_differs_first(shards: Path, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="seed is 5, not 1"):
        main([str(tmp_path / "m"), str(shards / "1"), str(shards / "other")])
    assert not (tmp_path / "m").exists()
