"""What two results differ in, and what that did."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from experiments.cli import main as crosspurpose
from experiments.diff import difference, main, verdict
from sim.errors import InvalidInput


def test_paired_runs_are_compared_run_by_run_whatever_their_order() -> None:
    level = np.random.default_rng(1).standard_normal(50)
    one, other = pd.Series(level), pd.Series(level + 0.1)[::-1]
    paired, apart = difference(one, other, True), difference(one, other, False)
    assert paired["difference"] == pytest.approx(0.1, rel=1e-12)
    assert paired["high"] - paired["low"] < 1e-12
    assert verdict(paired) == "higher in B" and verdict(apart) == "not distinguishable"


def test_without_shared_luck_the_interval_is_that_of_welch() -> None:
    a, b = pd.Series([1.0, 2.0, 3.0]), pd.Series([2.0, 4.0, 6.0, 8.0])
    found = difference(a, b, False)
    error = np.sqrt(1 / 3 + (20 / 3) / 4)
    assert found["errors"] == pytest.approx(3 / error, rel=1e-12)


def test_one_changed_parameter_is_named_in_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, strength in (("a", 0.5), ("b", 2.0)):
        words = ["scheme=commits", f"scheme.strength={strength}", "runs=3", "weeks=13", "executor=serial"]
        crosspurpose(["run", *words, f"out={tmp_path / name}"])
    capsys.readouterr()
    assert main([str(tmp_path / "a"), str(tmp_path / "b"), f"out={tmp_path / 'd.csv'}"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "Exactly one parameter was changed: scheme.strength, from 0.5 to 2.0." in said
    table = pd.read_csv(tmp_path / "d.csv")
    assert "worth" in set(table["measure"])
    assert (table["errors"].abs().diff().dropna() <= 0).all()


def test_a_result_is_the_same_as_itself_and_sweeps_meet_in_the_points_both_have(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, schemes in (("a", "commits,none"), ("b", "none,indispensable")):
        words = [f"scheme=choice({schemes})", "runs=3", "weeks=13", "executor=serial"]
        crosspurpose(["sweep", *words, f"out={tmp_path / name}"])
    capsys.readouterr()
    assert main([str(tmp_path / "a"), str(tmp_path / "b")]) == 0
    said = capsys.readouterr().out
    assert "only in A, 1: scheme=commits" in said and "no parameter differs" in said
    assert "the same" in said and "higher" not in said


def test_replications_are_compared_run_by_run_at_their_last_step(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["replicate", "proxyeconomics", "N=10", "steps=4", "runs=3", "workers=1"]
    for name, g in (("a", "1"), ("b", "4")):
        crosspurpose([*words, f"g={g}", f"out={tmp_path / name}"])
    capsys.readouterr()
    assert main([str(tmp_path / "a"), str(tmp_path / "b"), f"out={tmp_path / 'd.csv'}"]) == 0
    said = capsys.readouterr().out
    assert "Exactly one parameter was changed: g, from 1.0 to 4.0." in said and "the same luck" in said
    table = pd.read_csv(tmp_path / "d.csv").set_index("measure")
    goal = [pd.read_parquet(tmp_path / n / "runs.parquet", filters=[("step", "=", 4)])["goal"] for n in "ab"]
    assert table.loc["goal", "difference"] == pytest.approx((goal[1] - goal[0]).mean()) and table.loc["goal", "low"] > 0


def test_a_replication_is_not_compared_with_another_study(tmp_path: Path) -> None:
    crosspurpose(["replicate", "proxyeconomics", "N=5", "steps=1", "runs=2", "workers=1", f"out={tmp_path / 'a'}"])
    crosspurpose(["run", "runs=2", "weeks=13", "executor=serial", f"out={tmp_path / 'b'}"])
    with pytest.raises(InvalidInput, match="results of replicate proxyeconomics"):
        main([str(tmp_path / "a"), str(tmp_path / "b")])
