"""Where a claim fails is found among hundreds of numbers if it is there, and not made up if it is not."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import spearmanr

from experiments.effects import HOLDS, kind_of
from experiments.region import margins, ranked, region
from sim.arrays import Floats

DRAWS, NUMBERS = 64, 300


def drawn(seed: int) -> tuple[pd.DataFrame, np.random.Generator]:
    chance = np.random.default_rng(seed)
    x = np.exp(chance.normal(0, 0.4, (DRAWS, NUMBERS)))
    return pd.DataFrame(x, columns=[f"n{i}" for i in range(NUMBERS)]), chance


def test_a_region_is_found_among_hundreds_of_numbers() -> None:
    table, chance = drawn(1)
    effects = np.where(table["n7"] > 1.1, -0.1, 0.1) + 0.05 * chance.normal(size=DRAWS)
    found = region(table, effects.tolist(), "higher", 0.02, 1)
    (box,) = found.boxes
    assert list(box.ranges) == ["n7"] and 1 < box.ranges["n7"][0] < 1.2 and found.right > found.guessed + 0.2
    assert found.leans_on == "n7" and found.correlation < -0.5
    assert found.sentence().startswith("It fails where n7 > 1.")


@pytest.mark.parametrize("expected", ["higher", "lower", "either", "zero"])
def test_a_region_lies_where_the_claim_fails_whatever_it_expects(expected: str) -> None:
    table, chance = drawn(2)
    good, bad = {"higher": (1, 0), "lower": (-1, 0), "either": (1, 0), "zero": (0, 1)}[expected]
    effects = np.where(table["n3"] < 0.9, bad, good) + 0.1 * chance.normal(size=DRAWS)
    (box,) = region(table, effects.tolist(), expected, 0.5, 1).boxes
    assert set(box.ranges) == {"n3"}
    fails = np.array([kind_of(v, expected, 0.5) != HOLDS for v in effects])
    assert fails[box.inside].mean() > 0.9 and fails[~box.inside].mean() < 0.1


def test_nothing_is_made_up_where_there_is_nothing() -> None:
    named = leaning = 0
    for seed in range(20):
        table, chance = drawn(100 + seed)
        found = region(table, chance.normal(size=DRAWS).tolist(), "higher", 0.0, 1)
        assert found.sought
        named, leaning = named + bool(found.boxes), leaning + bool(found.leans_on)
    assert named <= 3 and leaning <= 3, "one in twenty each, and three of twenty at 2 %"


def test_too_few_draws_of_a_kind_are_said_to_be_too_few() -> None:
    table, chance = drawn(3)
    effects = 1 + 0.01 * chance.normal(size=DRAWS) + 0.2 * np.log(table["n5"].to_numpy())
    found = region(table, [*effects[:-1], np.nan], "higher", 0.02, 1)
    assert not found.sought and found.leans_on == "n5"
    assert "Too few draws go the other way" in found.sentence() and "n5" in found.sentence()
    few = region(table[:6], effects[:6].tolist(), "higher", 0.02, 1)
    assert few.sentence().endswith("the effect goes with no single number.")


def test_rank_correlations_are_those_of_scipy() -> None:
    table, chance = drawn(4)
    x: Floats = table.to_numpy(float)[:, :20].copy()
    x[:, 0] = 1.0
    y = chance.normal(size=DRAWS)
    expected = [0.0, *(abs(spearmanr(column, y).statistic) for column in x.T[1:])]
    assert ranked(x, y) == pytest.approx(expected)


@pytest.mark.parametrize("expected", ["higher", "lower", "either", "zero"])
def test_a_margin_is_above_0_where_a_claim_holds(expected: str) -> None:
    effects = np.linspace(-1, 1, 40)
    holds = [kind_of(v, expected, 0.3) == HOLDS for v in effects]
    assert (margins(effects, expected, 0.3) > 0).tolist() == holds
