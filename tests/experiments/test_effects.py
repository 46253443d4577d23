"""Effects, their errors, and what may be said of a claim."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from experiments.effects import (
    CONFIRMED,
    OPEN,
    REFUTED,
    UNDEFINED,
    Effect,
    effect_of,
    holm,
    kind_of,
    p_value,
    verdict,
)
from sim.arrays import Floats
from sim.errors import InvalidInput


def arms(**values: Floats) -> dict[str, pd.DataFrame]:
    return {k: pd.DataFrame({"run": range(len(v)), "worth": v}) for k, v in values.items()}


def test_the_error_of_a_difference_is_that_of_paired_runs() -> None:
    chance = np.random.default_rng(1)
    a, luck = chance.normal(size=50), chance.normal(size=50)
    found = effect_of(arms(a=a + luck, b=luck), "worth", {"a": 1, "b": -1})
    assert found.value == pytest.approx(a.mean())
    assert found.error == pytest.approx(a.std(ddof=1) / math.sqrt(50))
    expected = stats.t.interval(0.95, 49, a.mean(), a.std(ddof=1) / math.sqrt(50))
    assert found.interval() == pytest.approx(expected)


def test_a_share_has_the_error_of_the_delta_method() -> None:
    chance = np.random.default_rng(2)
    x, y = 2 + 0.1 * chance.normal(size=4000), 4 + 0.1 * chance.normal(size=4000)
    found = effect_of(arms(x=x, y=y), "worth", {"x": 1}, {"y": 1})
    assert found.value == pytest.approx(x.mean() / y.mean())
    delta = np.std((x - found.value * y) / y.mean(), ddof=1) / math.sqrt(4000)
    assert found.error == pytest.approx(delta, rel=1e-3)


def test_a_measure_of_all_runs_is_a_function_of_means() -> None:
    chance = np.random.default_rng(3)
    frame = pd.DataFrame(
        {
            "run": range(30),
            "rank_covariance": 0.5 + 0.1 * chance.normal(size=30),
            "rank_spread_score": 1.0,
            "rank_spread_worth": 1.0,
        }
    )
    found = effect_of({"a": frame}, "validity", {"a": 1})
    assert found.value == pytest.approx(frame["rank_covariance"].mean())
    assert found.error == pytest.approx(frame["rank_covariance"].std() / math.sqrt(30))


def test_runs_in_which_an_arm_has_no_value_are_left_out() -> None:
    found = effect_of(arms(a=np.array([1.0, np.nan, 3.0]), b=np.array([0.0, 5.0, 0.0])), "worth", {"a": 1, "b": -1})
    assert (found.value, found.runs) == (2.0, 2)
    assert math.isnan(effect_of(arms(a=np.array([1.0, np.nan])), "worth", {"a": 1}).value)
    with pytest.raises(InvalidInput, match="it has no debt"):
        effect_of(arms(a=np.ones(3)), "debt", {"a": 1})


CASES = [
    (Effect(value=1.0, error=0.1, runs=100), "higher", 0.5, CONFIRMED),
    (Effect(value=0.6, error=0.1, runs=100), "higher", 0.5, OPEN),
    (Effect(value=0.1, error=0.1, runs=100), "higher", 0.5, REFUTED),
    (Effect(value=-1.0, error=0.1, runs=100), "higher", 0.5, REFUTED),
    (Effect(value=-1.0, error=0.1, runs=100), "lower", 0.5, CONFIRMED),
    (Effect(value=0.0, error=0.1, runs=100), "zero", 0.5, CONFIRMED),
    (Effect(value=0.4, error=0.1, runs=100), "zero", 0.5, OPEN),
    (Effect(value=1.0, error=0.1, runs=100), "zero", 0.5, REFUTED),
    (Effect(value=-1.0, error=0.1, runs=100), "either", 0.5, CONFIRMED),
    (Effect(value=0.1, error=0.1, runs=100), "either", 0.5, REFUTED),
    (Effect(value=math.nan, error=math.nan, runs=1), "higher", 0.5, UNDEFINED),
]


@pytest.mark.parametrize(("effect", "expected", "smallest", "said"), CASES)
def test_a_verdict_looks_at_the_interval_and_the_smallest_effect(
    effect: Effect, expected: str, smallest: float, said: str
) -> None:
    assert verdict(effect, expected, smallest) == said
    confirmed = p_value(effect, expected, smallest) <= 0.025
    assert confirmed == (said == CONFIRMED)


def test_with_more_claims_each_needs_more() -> None:
    effect = Effect(value=1.0, error=0.23, runs=1000)
    assert verdict(effect, "higher", 0.5, 0.05) == CONFIRMED and verdict(effect, "higher", 0.5, 0.05 / 30) == OPEN


def test_holm_controls_how_often_anything_false_is_confirmed() -> None:
    chance = np.random.default_rng(4)
    wrong = 0
    for _ in range(2000):
        p = chance.random(12)
        wrong += any(x <= a / 2 for x, a in zip(p, holm(p.tolist()), strict=True))
    assert wrong / 2000 < 0.025 + 4 * math.sqrt(0.025 * 0.975 / 2000)
    assert holm([0.0, 0.0, 0.9]) == [0.05 / 3, 0.025, 0.05]


@pytest.mark.parametrize(
    ("value", "expected", "kind"),
    [
        (2, "higher", "holds"),
        (-2, "higher", "reverses"),
        (0.5, "higher", "too small"),
        (-2, "lower", "holds"),
        (2, "zero", "reverses"),
        (0.2, "either", "too small"),
    ],
)
def test_what_a_draw_makes_of_a_claim(value: float, expected: str, kind: str) -> None:
    assert kind_of(value, expected, 1.0) == kind
