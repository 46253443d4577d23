"""Runs of scenarios without axes: computed once, whoever asks, and the same as alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import sim
from experiments.chunks import Recipe
from experiments.docket import Asked, answered
from experiments.executors import Executor
from sim.simulation import simulate_runs

SERIAL = Executor(kind="serial")


def nothing(*_: int) -> None:
    pass


def test_what_is_asked_again_in_other_company_is_read_and_not_computed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    a, b = sim.load("scheme=commits", "weeks=13"), sim.load("scheme=none", "weeks=13")
    plain, late = Recipe(seed=1, aligned=False), Recipe(seed=1, aligned=False, window="last_4")
    first = answered(tmp_path, [Asked(scenario=a, recipe=plain, runs=6)], SERIAL, nothing)
    asked = [Asked(scenario=s, recipe=r, runs=6) for s, r in ((b, plain), (a, plain), (a, late))]
    found = answered(tmp_path, asked, SERIAL, nothing)
    assert found[1][list(first[0])].equals(first[0])
    alone = sim.simulate(a, runs=6, seed=1, aligned=False)
    assert (found[1]["worth"].to_numpy() == alone.measures()["worth"].to_numpy()).all()
    assert (found[2]["worth"].to_numpy() == alone.columns["worth"][-4:].mean(axis=0)).all()

    def never(*_: object) -> None:
        raise AssertionError("nothing may be computed")

    monkeypatch.setattr("experiments.chunks.compute", never)
    again = answered(tmp_path, asked[::-1], SERIAL, nothing)
    assert all(x[list(y)].equals(y) for x, y in zip(again[::-1], found, strict=True))


def test_fewer_runs_of_the_same_are_the_first_of_them(tmp_path: Path) -> None:
    a = sim.load("scheme=commits", "weeks=13")
    recipe = Recipe(seed=1, aligned=False, measures=("worth",))
    (many,) = answered(tmp_path, [Asked(scenario=a, recipe=recipe, runs=9)], SERIAL, nothing)
    few, all_ = answered(
        tmp_path, [Asked(scenario=a, recipe=recipe, runs=4), Asked(scenario=a, recipe=recipe, runs=9)], SERIAL, nothing
    )
    assert few.equals(many.head(4)) and all_.equals(many)


def test_runs_that_fail_are_rows_with_their_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(scenario: sim.Scenario, numbers: range, *how: Any, **more: Any) -> object:
        if 2 in numbers:
            raise ValueError("no such luck")
        return simulate_runs(scenario, numbers, *how, **more)

    monkeypatch.setattr("experiments.chunks.simulate_runs", failing)
    recipe = Recipe(seed=1, aligned=False, measures=("worth",))
    (found,) = answered(tmp_path, [Asked(scenario=sim.load("weeks=13"), recipe=recipe, runs=5)], SERIAL, nothing)
    assert found["error"].notna().tolist() == [False, False, True, False, False]
