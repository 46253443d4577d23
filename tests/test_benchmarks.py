"""What is timed against each other does the same, and what makes the engine quick changes no number."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks import agreement, history, plain_mesa
from benchmarks.__main__ import rates
from sim.arrays import summed, total, weighed
from sim.scenario import scenario_from
from sim.simulation import simulate_runs


def test_plain_mesa_agrees_with_the_engine_on_the_preset() -> None:
    assert agreement.disagreement(agreement.preset(weeks=27), seed=1, runs=[0, 3]) <= agreement.RTOL


def test_the_agreement_would_notice_a_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plain_mesa.Member, "be_reviewed", lambda member: None)
    assert agreement.disagreement(agreement.preset(weeks=13), seed=1, runs=[0]) > agreement.RTOL


def test_plain_mesa_is_short_and_knows_nothing_of_the_engine() -> None:
    source = Path(plain_mesa.__file__).read_text(encoding="utf-8")
    assert len(source.splitlines()) < 150
    assert "import sim" not in source and "from sim" not in source


def test_a_rate_is_work_per_second() -> None:
    assert rates({"sum": (1000, lambda: sum(range(1000)))}, repeats=1, least=0.01)["sum"] > 1000


@pytest.mark.parametrize("runs", [1, 7])
def test_a_run_of_the_preset_has_the_same_bits_in_batches_of_any_size(runs: int) -> None:
    scenario = scenario_from(agreement.preset(weeks=13))
    many = simulate_runs(scenario, range(256), 1, aligned=False).columns
    few = simulate_runs(scenario, range(runs), 1, aligned=False).columns
    for name, values in few.items():
        assert np.array_equal(values, many[name][:, :runs], equal_nan=True), name


@pytest.mark.parametrize("kinds", [1, 2, 7, 8, 9, 17])
@pytest.mark.parametrize("teams", [1, 2, 3, 16, 257, 8193])
@pytest.mark.parametrize("members", [1, 2, 9, 12])
def test_quick_sums_have_the_bits_of_the_plain_loop(kinds: int, teams: int, members: int) -> None:
    rng = np.random.default_rng(kinds)
    x, each = rng.standard_normal((kinds, teams, members)), rng.standard_normal((kinds, teams, members))
    weight = rng.standard_normal(kinds)
    by_weight, by_each, plain = x[0] * weight[0], x[0] * each[0], x[0]
    for k in range(1, kinds):
        by_weight, by_each, plain = by_weight + x[k] * weight[k], by_each + x[k] * each[k], plain + x[k]
    assert np.array_equal(weighed(weight, x), by_weight)
    assert np.array_equal(weighed(each, x), by_each)
    assert np.array_equal(summed(x), plain)
    one_by_one = x[..., 0]
    for i in range(1, members):
        one_by_one = one_by_one + x[..., i]
    assert np.array_equal(total(x), one_by_one)


def test_a_version_measured_again_has_one_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "FILE", tmp_path / "RESULTS.md")
    monkeypatch.setattr(history, "started", lambda *_: 0.2)
    names = {name for column in history.COLUMNS for name in column.split("/") if "/" in column}
    for version, speed in (("0.1.0", 100.0), ("0.2.0", 200.0), ("0.1.0", 300.0)):
        history.record({name: speed if name == "engine_256" else 2.0 for name in names}, version)
    rows = history.kept(history.FILE.read_text(encoding="utf-8"))
    assert {r["version"]: r["engine_256/plain_mesa"] for r in rows} == {"0.2.0": "100", "0.1.0": "150"}
