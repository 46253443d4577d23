"""Prospect theory: published values, the limit of expected utility, slopes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.errors import InvalidInput
from sim.prospect import EDGE, Prospect
from tests.tolerances import ROUNDING, SLOPE

TK = Prospect(alpha=0.88, loss_aversion=2.25, gamma_gain=0.61, gamma_loss=0.69)
PLAIN = Prospect(alpha=1.0, loss_aversion=1.0, gamma_gain=1.0, gamma_loss=1.0)


def test_sure_gains_and_losses_have_the_values_of_tversky_and_kahneman() -> None:
    assert TK.value([100.0], [1.0]) == pytest.approx(100**0.88, rel=ROUNDING)
    assert TK.value([-100.0], [1.0]) == pytest.approx(-2.25 * 100**0.88, rel=ROUNDING)


def test_a_small_probability_weighs_more_than_it_is_and_a_large_one_less() -> None:
    weight = TK.weight(np.array([0.01, 0.1, 0.5, 0.9, 0.99]), 0.61)
    assert weight.round(3).tolist() == [0.055, 0.186, 0.421, 0.712, 0.912]  # curve of the 1992 paper, γ = .61


def test_never_and_always_keep_their_weight() -> None:
    assert TK.weight(np.array([0.0, 1.0]), 0.61).tolist() == [0.0, 1.0]


def test_with_all_curvatures_one_it_is_expected_utility() -> None:
    p = np.linspace(0.01, 0.99, 9)
    assert PLAIN.weight(p, 1.0) == pytest.approx(p, rel=ROUNDING)
    assert PLAIN.weight_slope(p, 1.0) == pytest.approx(np.ones(9), rel=ROUNDING)
    assert PLAIN.loss(3.0, p) == pytest.approx(-3 * p, rel=ROUNDING)
    assert PLAIN.value([5.0, -3.0, 0.0], [0.2, 0.3, 0.5]) == pytest.approx(5 * 0.2 - 3 * 0.3, rel=ROUNDING)


def test_a_gain_and_a_loss_weigh_by_rank_from_their_own_end() -> None:
    outcomes, p = [10.0, 5.0, -4.0], [0.2, 0.3, 0.5]
    first = TK.weight(np.array(0.2), 0.61)
    both = TK.weight(np.array(0.5), 0.61)
    by_hand = first * 10**0.88 + (both - first) * 5**0.88 - 2.25 * 4**0.88 * TK.weight(np.array(0.5), 0.69)
    assert TK.value(outcomes, p) == pytest.approx(float(by_hand), rel=ROUNDING)


def test_an_outcome_listed_in_two_parts_is_worth_the_same() -> None:
    assert TK.value([10.0, 10.0, 0.0], [0.1, 0.2, 0.7]) == pytest.approx(TK.value([10.0, 0.0], [0.3, 0.7]), rel=1e-12)


@given(p=st.floats(1e-4, 1 - 1e-4), gamma=st.floats(0.28, 1.0))
def test_the_slope_of_a_weight_is_its_derivative_and_not_negative(p: float, gamma: float) -> None:
    h = 1e-6 * min(p, 1 - p)
    numerical = (TK.weight(np.array(p + h), gamma) - TK.weight(np.array(p - h), gamma)) / (2 * h)
    slope = float(TK.weight_slope(np.array(p), gamma))
    assert slope == pytest.approx(float(numerical), rel=1e-4, abs=1e-7)  # h is 1e-6 of p: cancellation 1e-9/h
    assert slope > -1e-3  # at γ = .28 the curve is flat to rounding of γ, by Ingersoll (2008)


@given(p=st.floats(0.001, 0.999), size=st.floats(0.01, 50.0))
def test_the_slope_of_a_felt_loss_is_its_derivative(p: float, size: float) -> None:
    h = 1e-6
    numerical = (TK.loss(size, np.array(p + h)) - TK.loss(size, np.array(p - h))) / (2 * h)
    assert float(TK.loss_slope(size, np.array(p))) == pytest.approx(float(numerical), rel=10 * SLOPE)


def test_slopes_stay_finite_at_certainty() -> None:
    assert np.isfinite(TK.weight_slope(np.array([0.0, EDGE / 2, 1.0]), 0.69)).all()
    assert TK.loss(2.0, np.array(0.0)) == TK.loss(2.0, np.array(EDGE))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("alpha", 0.0),
        ("alpha", 1.1),
        ("loss_aversion", -0.1),
        ("gamma_gain", 0.27),
        ("gamma_gain", 1.01),
        ("gamma_loss", 0.0),
    ],
)
def test_curvatures_outside_their_range_are_refused(key: str, value: float) -> None:
    good = {"alpha": 0.88, "loss_aversion": 2.25, "gamma_gain": 0.61, "gamma_loss": 0.69}
    with pytest.raises(InvalidInput) as caught:
        Prospect(**(good | {key: value}))
    assert caught.value.key == key


def test_gains_and_losses_below_one_count_too() -> None:
    assert TK.value([0.5], [1.0]) == pytest.approx(0.5**0.88, rel=ROUNDING)
    assert TK.value([-0.5], [1.0]) == pytest.approx(-2.25 * 0.5**0.88, rel=ROUNDING)


@pytest.mark.parametrize("aversion", [0.0, 0.5])
def test_losses_may_count_less_than_gains_or_nothing(aversion: float) -> None:
    careless = Prospect(alpha=1.0, loss_aversion=aversion, gamma_gain=1.0, gamma_loss=1.0)
    assert careless.value([-2.0], [1.0]) == pytest.approx(-2.0 * aversion, abs=ROUNDING)
