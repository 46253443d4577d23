"""The textbook's multitask cost: a = a0 + C⁻¹m, and nothing below zero."""

from __future__ import annotations

import numpy as np
import pytest

from sim.choice.quadratic import Quadratic
from sim.choice.water_filling import WaterFilling
from sim.errors import InvalidInput
from tests.tolerances import ROUNDING


def test_effort_answers_by_the_inverse_of_the_cost_matrix() -> None:
    c = [[2.0, 0.5], [0.5, 1.0]]
    rule = Quadratic(matrix=tuple(map(tuple, c)))
    effort = rule.respond(np.array([1.0, -0.5])[:, None, None], np.full((2, 1, 1), 5.0))
    assert effort[:, 0, 0] == pytest.approx(5.0 + np.linalg.solve(c, [1.0, -0.5]), rel=ROUNDING)


def test_cost_is_half_the_quadratic_form_of_what_is_done_beyond_habit() -> None:
    rule = Quadratic(matrix=((2.0, 0.5), (0.5, 1.0)))
    cost = rule.effort_cost(np.array([1.3, 0.8])[:, None, None], np.ones((2, 1, 1)))
    assert cost[0, 0] == pytest.approx(0.5 * (2 * 0.09 + 2 * 0.5 * 0.3 * -0.2 + 0.04), rel=ROUNDING)


def test_it_is_water_filling_with_free_hours_where_nothing_is_at_zero() -> None:
    c, k, n = 1.7, 0.4, 5
    matrix = c * ((1 - k) * np.eye(n) + k * np.ones((n, n)))
    rng = np.random.default_rng(1)
    m, habit = rng.standard_normal((n, 3, 4)), np.full((n, 3, 4), 20.0)
    quadratic = Quadratic(matrix=tuple(map(tuple, matrix.tolist())))
    water = WaterFilling(cost=c, rivalry=k, h_min=None, h_max=None)
    assert quadratic.respond(m, habit) == pytest.approx(water.respond(m, habit), rel=ROUNDING)
    effort = water.respond(m, habit)
    assert quadratic.effort_cost(effort, habit) == pytest.approx(water.effort_cost(effort, habit), rel=1e-10)
    slope = rng.standard_normal(n)
    assert quadratic.softness(slope) == pytest.approx(water.softness(slope), rel=ROUNDING)


def test_an_effort_below_zero_is_refused_rather_than_cut_off() -> None:
    rule = Quadratic(matrix=((1.0,),))
    assert rule.respond(np.full((1, 1, 1), -1.0), np.ones((1, 1, 1))).tolist() == [[[0.0]]]
    with pytest.raises(InvalidInput, match="a0 too small"):
        rule.respond(np.full((1, 1, 1), -1.1), np.ones((1, 1, 1)))


@pytest.mark.parametrize(
    "matrix",
    [
        (),
        ((1.0, 0.0),),
        ((1.0, 0.0), (0.0,)),
        ((1.0, 0.2), (0.3, 1.0)),
        ((1.0, 2.0), (2.0, 1.0)),
        ((0.0,),),
    ],
)
def test_a_cost_that_is_not_symmetric_and_positive_is_refused(matrix: tuple[tuple[float, ...], ...]) -> None:
    with pytest.raises(InvalidInput) as caught:
        Quadratic(matrix=matrix)
    assert caught.value.key == "matrix"


def test_a_matrix_for_other_activities_is_refused() -> None:
    with pytest.raises(InvalidInput) as caught:
        Quadratic(matrix=((1.0,),)).respond(np.ones((2, 1, 1)), np.ones((2, 1, 1)))
    assert "2 activities" in str(caught.value)


def test_hours_are_free() -> None:
    assert Quadratic(matrix=((1.0,),)).hours == (0.0, float("inf"))
