"""Each scheme at the strength where its own worth peaks."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import sim
from experiments import own_best, study
from experiments.cli import main

FEW = own_best.Search(highest=4.0, runs=12)


def test_bakers_optimum_of_worth_net_of_nothing_has_no_peak_but_the_highest_strength() -> None:
    free = sim.load("limit=B2").with_({"scheme.strength": 1.0})
    assert own_best.worth_at(free, 2.0, 1, 12) > own_best.worth_at(free, 1.0, 1, 12)


def test_what_the_model_refuses_is_no_candidate() -> None:
    scenario = sim.load("scheme=commits", "scheme.power=equal", "weeks=26")
    assert own_best.worth_at(scenario, 50.0, 1, 2) == -np.inf


def test_where_nothing_hangs_on_a_score_there_is_nothing_to_search() -> None:
    assert own_best.best_of(sim.load("scheme=none").config, 1, FEW) == 1.0


def test_the_best_strength_beats_its_neighbours() -> None:
    scenario = sim.load("scheme=commits", "scheme.power=equal", "weeks=52")
    best = own_best.best_of(scenario.config, 1, FEW)
    seed = 1 + own_best.APART
    here, *others = (own_best.worth_at(scenario, s, seed, FEW.runs) for s in (best, best + 0.3, 0.0))
    assert 0 < best < 2
    assert here >= max(others)


def test_a_worth_that_keeps_rising_is_best_where_the_search_ends_and_that_is_said() -> None:
    search = own_best.Search(highest=0.4, runs=6)
    scenario = sim.load("scheme=own_worth", "scheme.power=equal", "weeks=52")
    best = own_best.best_of(scenario.config, 1, search)
    assert best == pytest.approx(0.4, abs=own_best.CLOSE)
    there = {"own_worth": scenario.with_({"scheme.strength": best}), "none": sim.load("scheme=none")}
    assert own_best.still_rising(there, search) == ["own_worth"]
    assert own_best.still_rising(there, FEW) == []


def test_the_search_ends_too_where_the_model_refuses_more() -> None:
    scenario = sim.load("scheme=own_worth", "scheme.power=equal", "weeks=52", "scheme.strength=2.36")
    assert own_best.worth_at(scenario, 2.4, 1, 2) == -np.inf
    assert own_best.still_rising({"own_worth": scenario}, FEW) == ["own_worth"]


def frame(**worth: list[float]) -> pd.DataFrame:
    rng = np.random.default_rng(1)
    rows = [(s, r, w[0] + 0.01 * rng.standard_normal()) for s, w in worth.items() for r in range(50)]
    return pd.DataFrame(rows, columns=["scheme", "run", "worth"])


def test_an_order_that_turns_is_named_with_the_better_first() -> None:
    one, other = frame(a=[1.0], b=[0.5], c=[0.2]), frame(a=[0.4], b=[0.6], c=[0.1])
    assert own_best.reversals(one, other, ["a", "b", "c"]) == [("a", "b")]


def test_an_order_that_is_not_sure_does_not_turn() -> None:
    assert own_best.reversals(frame(a=[1.0], b=[1.0]), frame(a=[0.4], b=[0.6]), ["a", "b"]) == []


def test_a_comparison_at_own_best_is_searched_once_and_again_only_for_another_search(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ["compare", "schemes=[tickets,own_worth]", "power=own_best", "runs=6", "weeks=52", "executor=serial"]
    words += ["own_best.runs=6", "own_best.highest=2", f"out={(tmp_path / 'a').as_posix()}"]
    assert main(words) == 0
    entry = json.loads((tmp_path / "a" / "manifest.json").read_text(encoding="utf-8"))[own_best.KEY]
    found = entry["strength"]
    assert 2 >= found["own_worth"] > found["tickets"] >= 0
    assert entry["seed"] == 1 + own_best.APART and entry["search"] == {"highest": 2, "runs": 6}
    assert f"tickets {found['tickets']:.2f}" in " ".join(capsys.readouterr().out.split())
    searched: list[own_best.Search] = []

    def search(*given: object) -> dict[str, float]:
        searched.extend(x for x in given if isinstance(x, own_best.Search))
        return {k: float(v) for k, v in found.items()}

    monkeypatch.setattr(own_best, "strengths", search)
    assert main(words) == 0 and not searched
    assert "read from" in capsys.readouterr().out
    again = [w.replace("own_best.runs=6", "own_best.runs=7") for w in words]
    assert main(again) == 2 and not searched
    assert main([*again, "overwrite=true"]) == 0
    assert [s.runs for s in searched] == [7]


def test_a_killed_comparison_at_own_best_continues_without_a_search(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ["compare", "schemes=[tickets,none]", "power=own_best", "runs=6", "weeks=26", "executor=serial"]
    words += ["own_best.runs=2", "own_best.highest=1", f"out={(tmp_path / 'a').as_posix()}"]
    with monkeypatch.context() as patch:
        patch.setattr(study, "compute", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        assert main(words) == 130
    monkeypatch.setattr(own_best, "strengths", lambda *_: pytest.fail("searched"))
    assert main(words) == 0


@pytest.mark.parametrize("foreign", ["somebody's", "of another study", "of the same study at equal power"])
def test_a_foreign_folder_is_refused_before_the_search(
    foreign: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ["compare", "schemes=[tickets,none]", "runs=4", "weeks=26", "executor=serial"]
    words += [f"out={(tmp_path / 'a').as_posix()}"]
    if foreign == "somebody's":
        (tmp_path / "a").mkdir()
        (tmp_path / "a" / "thesis").write_text("mine")
    else:
        assert main([*words, "seed=2"] if "another" in foreign else words) == 0
    capsys.readouterr()
    monkeypatch.setattr(own_best, "strengths", lambda *_: pytest.fail("searched"))
    assert main([*words, "power=own_best"]) == 2
    lines = capsys.readouterr().err.strip().split("\n")
    assert len(lines) == 1 and lines[0].startswith("crosspurpose: out=")


@pytest.mark.parametrize(
    ("word", "part"),
    [
        ("own_best.highest=0", "above 0"),
        ("own_best.highest=far", "above 0"),
        ("own_best.runs=1", "at least 2"),
        ("own_best=no", "highest"),
        ("workers=many", "or null"),
        ("workers=0", "at least 1"),
        ("runs=0", "at least 1"),
    ],
)
def test_what_is_wrong_is_said_before_the_search(
    word: str, part: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own_best, "strengths", lambda *_: pytest.fail("searched"))
    words = ["compare", "schemes=[tickets,none]", "power=own_best", word, f"out={(tmp_path / 'b').as_posix()}"]
    assert main(words) == 2
    lines = capsys.readouterr().err.strip().split("\n")
    assert len(lines) == 1 and part in lines[0]
    assert not (tmp_path / "b").exists()
