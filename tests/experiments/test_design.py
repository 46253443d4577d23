"""Designs: where in the space of parameters one looks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from experiments.axes import Axis
from experiments.design import Design, points_of_file
from experiments.store import as_cell, write_csv
from experiments.survey import points_table
from sim.errors import InvalidInput
from sim.loading import compose
from sim.opening import from_cell

X = Axis(key="x", words="", low=0.0, high=1.0)
Y = Axis(key="y", words="", low=10.0, high=20.0)
KIND = Axis(key="kind", words="", values=("a", "b"))


def test_a_grid_has_every_value_with_every_other() -> None:
    table = Design(kind="grid", axes=(X, KIND), levels=3).table()
    assert [(p["x"], p["kind"]) for p in table] == [(x, k) for x in (0.0, 0.5, 1.0) for k in "ab"]


@pytest.mark.parametrize("count", [7, 50])
def test_a_latin_hypercube_has_one_point_in_each_slice_of_each_axis(count: int) -> None:
    table = pd.DataFrame(Design(kind="latin_hypercube", axes=(X, Y), points=count).table())
    assert sorted(np.floor(table["x"] * count).astype(int)) == list(range(count))
    assert sorted(np.floor((table["y"] - 10) / 10 * count).astype(int)) == list(range(count))


def test_a_sobol_sequence_has_one_point_in_each_box_of_a_power_of_two() -> None:
    table = pd.DataFrame(Design(kind="sobol", axes=(X, Y), points=16).table())
    boxes = zip(np.floor(4 * table["x"]), np.floor(4 * (table["y"] - 10) / 10), strict=True)
    assert len(set(boxes)) == 16


@pytest.mark.parametrize("kind", ["random", "latin_hypercube", "sobol"])
def test_a_design_comes_from_the_seed_alone(kind: str) -> None:
    one, same, other = (Design(kind=kind, axes=(X, Y), points=8, seed=s).table() for s in (1, 1, 2))
    assert one == same != other


def test_every_value_of_a_paired_axis_meets_every_point() -> None:
    table = Design(kind="random", axes=(KIND, X), points=4, pair="kind").table()
    assert [p["kind"] for p in table] == ["a", "b"] * 4
    assert [p["x"] for p in table[::2]] == [p["x"] for p in table[1::2]]
    assert len({p["x"] for p in table}) == 4
    assert list(table[0]) == ["kind", "x"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "halton"},
        {"kind": "sobol", "points": 12},
        {"kind": "random", "points": 0},
        {"kind": "random", "points": None},
        {"kind": "random", "points": True},
        {"kind": "grid", "points": 4},
        {"kind": "grid", "levels": 1},
        {"kind": "grid", "pair": "x"},
        {"kind": "grid", "pair": "nothing"},
    ],
)
def test_a_design_that_makes_no_sense_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        Design(axes=(X, KIND), **wrong)


def test_a_design_is_counted_without_being_made() -> None:
    axes = tuple(Axis(key=f"x{i}", words="", low=0.0, high=1.0) for i in range(4))
    assert Design(kind="grid", axes=axes, levels=1000).count == 10**12


def test_the_table_of_the_points_reads_back_as_the_points(tmp_path: Path) -> None:
    points = [{"scheme.strength": 0.1 + 0.2, "scheme": "none", "team.size": 7}]
    points += [{"scheme.strength": 1e-05, "scheme": "commits", "team.size": None}]
    write_csv(points_table(points), tmp_path / "points.csv")
    axes, rows = points_of_file(str(tmp_path / "points.csv"), compose("model", []))
    assert list(rows) == points
    assert [a.key for a in axes] == ["scheme.strength", "scheme", "team.size"]


CELLS = ["commits", "true", "1", 1, 0.1, 1e-17, True, None, [1, "a"], {"a": 1.5}, "", "a: b"]


@pytest.mark.parametrize("value", CELLS, ids=repr)
def test_a_cell_reads_back_as_what_it_was(value: object) -> None:
    assert from_cell(as_cell(value)) == value
    assert type(from_cell(as_cell(value))) is type(value)


@pytest.mark.parametrize("text", ["", "scheme\nlinez\n", "sceme.strength\n1\n", "runs\n5\n"], ids=repr)
def test_a_table_of_points_with_something_wrong_in_it_is_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / "points.csv").write_text(text)
    with pytest.raises(InvalidInput):
        points_of_file(str(tmp_path / "points.csv"), compose("model", []))
