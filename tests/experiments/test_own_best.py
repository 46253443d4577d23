"""Each scheme at the strength where its own worth peaks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import sim
from experiments import own_best
from experiments.cli import main


def test_bakers_optimum_of_worth_net_of_nothing_has_no_peak_but_the_highest_strength() -> None:
    free = sim.load("limit=B2").with_({"scheme.strength": 1.0})
    assert own_best.worth_at(free, 2.0, 1) > own_best.worth_at(free, 1.0, 1)


def test_what_the_model_refuses_is_no_candidate() -> None:
    scenario = sim.load("scheme=commits", "scheme.power=equal", "weeks=26")
    assert own_best.worth_at(scenario, 50.0, 1) == -np.inf


def test_where_nothing_hangs_on_a_score_there_is_nothing_to_search() -> None:
    assert own_best.best_of(sim.load("scheme=none").config, 1) == 1.0


def test_the_best_strength_beats_its_neighbours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_best, "TRIALS", 12)
    scenario = sim.load("scheme=commits", "scheme.power=equal", "weeks=52")
    best = own_best.best_of(scenario.config, 1)
    seed = 1 + own_best.APART
    here = own_best.worth_at(scenario, best, seed)
    assert 0 < best < 2
    assert here >= own_best.worth_at(scenario, best + 0.3, seed) and here >= own_best.worth_at(scenario, 0.0, seed)


def frame(**worth: list[float]) -> pd.DataFrame:
    rng = np.random.default_rng(1)
    rows = [(s, r, w[0] + 0.01 * rng.standard_normal()) for s, w in worth.items() for r in range(50)]
    return pd.DataFrame(rows, columns=["scheme", "run", "worth"])


def test_an_order_that_turns_is_named_with_the_better_first() -> None:
    one, other = frame(a=[1.0], b=[0.5], c=[0.2]), frame(a=[0.4], b=[0.6], c=[0.1])
    assert own_best.reversals(one, other, ["a", "b", "c"]) == [("a", "b")]


def test_an_order_that_is_not_sure_does_not_turn() -> None:
    assert own_best.reversals(frame(a=[1.0], b=[1.0]), frame(a=[0.4], b=[0.6]), ["a", "b"]) == []


def test_a_comparison_at_own_best_is_searched_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own_best, "TRIALS", 6)
    words = ["compare", "schemes=[tickets,own_worth]", "power=own_best", "runs=6", "weeks=52", "executor=serial"]
    words += [f"out={(tmp_path / 'a').as_posix()}"]
    assert main(words) == 0
    found = pd.read_csv(tmp_path / "a" / own_best.FILE).set_index("scheme")["strength"]
    assert found["own_worth"] > found["tickets"] >= 0
    assert f"tickets {found['tickets']:.2f}" in " ".join(capsys.readouterr().out.split())
    monkeypatch.setattr(own_best, "strengths", lambda *_: pytest.fail("searched again"))
    assert main(words) == 0
    assert "read from" in capsys.readouterr().out
