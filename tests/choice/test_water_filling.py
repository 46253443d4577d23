"""Attention that activities compete for: the answer by hand in its corners."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.choice.base import _network
from sim.choice.water_filling import WaterFilling
from sim.errors import InvalidInput
from tests.tolerances import ROUNDING

FREE: dict[str, Any] = {"cost": 2.0, "rivalry": 0.0, "h_min": None, "h_max": None}


def answer(m: list[float], habit: list[float], **options: Any) -> list[float]:
    rule = WaterFilling(**(FREE | options))
    effort: list[float] = rule.respond(np.array(m)[:, None, None], np.array(habit)[:, None, None])[:, 0, 0].tolist()
    return effort


def test_without_rivalry_activities_do_not_compete() -> None:
    assert answer([1.0, -0.5, 0.0], [0.3, 0.3, 0.3]) == pytest.approx([0.8, 0.05, 0.3], rel=ROUNDING)


def test_an_activity_that_repels_enough_is_left_alone() -> None:
    assert answer([0.0, -5.0], [0.3, 0.3]) == pytest.approx([0.3, 0.0], abs=ROUNDING)


def test_with_rivalry_a_reward_for_one_drives_out_another() -> None:
    """κ = ½, c = 2, two activities inside: a − a0 = C⁻¹m, C = 2·[[1, ½], [½, 1]]."""
    inside = np.linalg.solve(2 * np.array([[1.0, 0.5], [0.5, 1.0]]), [0.4, 0.0]) + 0.5
    assert answer([0.4, 0.0], [0.5, 0.5], rivalry=0.5) == pytest.approx(inside.tolist(), rel=ROUNDING)


def test_near_full_rivalry_only_the_best_paid_activity_is_done() -> None:
    effort = answer([0.3, 0.2, 0.1], [0.3, 0.3, 0.3], rivalry=0.999)
    assert effort[0] > 0.9 and effort[1] == effort[2] == 0.0


def test_equal_rewards_share_a_bounded_week_equally() -> None:
    assert answer([5.0, 5.0, 5.0], [0.2, 0.2, 0.2], h_max=0.9) == pytest.approx([0.3] * 3, rel=ROUNDING)


def test_in_a_bounded_week_only_differences_of_rewards_count() -> None:
    habit = [0.5, 0.3, 0.1]
    a = answer([1.0, 0.5, 0.2], habit, h_max=0.8, rivalry=0.3)
    b = answer([4.0, 3.5, 3.2], habit, h_max=0.8, rivalry=0.3)
    assert a == pytest.approx(b, rel=1e-10) and sum(a) == pytest.approx(0.8, rel=ROUNDING)


def test_contract_hours_are_worked_even_where_nothing_brings_anything() -> None:
    assert answer([-1.0, -1.0], [0.1, 0.1], h_min=0.8) == pytest.approx([0.4, 0.4], rel=ROUNDING)
    assert answer([0.0, 0.0, 0.0], [0.1, 0.1, 0.0], h_min=0.8) == pytest.approx([0.3, 0.3, 0.2], rel=ROUNDING)


def test_hours_that_do_not_bind_change_nothing() -> None:
    m, habit = [0.3, -0.2, 0.1], [0.4, 0.3, 0.2]
    assert answer(m, habit, rivalry=0.4) == answer(m, habit, rivalry=0.4, h_min=0.1, h_max=3.0)


def test_equal_bounds_fix_the_week() -> None:
    assert sum(answer([3.0, -2.0, 1.0], [0.4, 0.3, 0.2], h_min=0.9, h_max=0.9)) == pytest.approx(0.9, rel=ROUNDING)


def test_one_activity_alone_takes_the_whole_week() -> None:
    assert answer([9.0], [0.5], h_max=1.1) == pytest.approx([1.1], rel=ROUNDING)
    assert answer([-9.0], [0.5], h_min=0.8) == pytest.approx([0.8], rel=ROUNDING)
    assert answer([-9.0], [0.5]) == [0.0]


def test_effort_costs_its_distance_from_habit_and_that_of_the_hours() -> None:
    rule = WaterFilling(cost=2.0, rivalry=0.25, h_min=None, h_max=None)
    effort, habit = np.array([0.7, 0.1])[:, None, None], np.array([0.5, 0.2])[:, None, None]
    by_hand = 0.5 * 2.0 * (0.75 * (0.2**2 + 0.1**2) + 0.25 * 0.1**2)
    assert rule.effort_cost(effort, habit)[0, 0] == pytest.approx(by_hand, rel=ROUNDING)


@given(
    rows=st.lists(
        st.tuples(st.floats(-3, 3, allow_subnormal=False), st.floats(0, 1, allow_subnormal=False)),
        min_size=1,
        max_size=12,
    ),
    rivalry=st.floats(0, 0.99),
    low=st.floats(0, 1),
    more=st.floats(0.01, 1),
)
def test_the_order_of_activities_does_not_matter(
    rows: list[tuple[float, float]], rivalry: float, low: float, more: float
) -> None:
    m, habit = [r[0] for r in rows], [r[1] for r in rows]
    options = {"rivalry": rivalry, "h_min": low, "h_max": low + more}
    turned = answer(m[::-1], habit[::-1], **options)[::-1]
    # S0 is added in another order: one rounding of it, magnified by at most 1/(1−κ)
    assert answer(m, habit, **options) == pytest.approx(turned, abs=1e-11)


@pytest.mark.parametrize("n", [*range(1, 18), 31, 40])
def test_the_sorting_network_sorts(n: int) -> None:
    """By the 0-1 principle: what sorts all rows of zeros and ones sorts everything."""
    rows = (
        ((np.arange(2**n)[:, None] >> np.arange(n)) & 1)
        if n <= 12
        else np.random.default_rng(n).integers(0, 2, (4000, n))
    )
    planes = list(rows.T)
    for i, j in _network(n):
        planes[i], planes[j] = np.maximum(planes[i], planes[j]), np.minimum(planes[i], planes[j])
    assert np.array_equal(np.array(planes).T, np.sort(rows, axis=1)[:, ::-1])


def test_an_activity_that_nobody_would_touch_changes_no_bit_of_the_others() -> None:
    rng = np.random.default_rng(4)
    m, habit = rng.normal(0, 0.5, (8, 50, 9)), rng.uniform(0, 0.25, (8, 50, 9))
    rule = WaterFilling(cost=2.4, rivalry=0.5, h_min=0.8, h_max=1.1)
    more = rule.respond(np.concatenate([m, np.full((1, 50, 9), -1e6)]), np.concatenate([habit, np.zeros((1, 50, 9))]))
    assert np.array_equal(more[:8], rule.respond(m, habit)) and not more[8].any()


@pytest.mark.parametrize(
    ("key", "value"),
    [("cost", 0.0), ("cost", -1.0), ("rivalry", 1.0), ("rivalry", -0.1), ("h_min", -0.1), ("h_max", 0.0)],
)
def test_numbers_outside_their_range_are_refused(key: str, value: float) -> None:
    with pytest.raises(InvalidInput) as caught:
        WaterFilling(**(FREE | {key: value}))
    assert caught.value.key == key


def test_a_week_that_is_longer_at_least_than_at_most_is_refused() -> None:
    with pytest.raises(InvalidInput) as caught:
        WaterFilling(cost=1.0, rivalry=0.0, h_min=1.0, h_max=0.9)
    assert caught.value.key == "h_max"


@pytest.mark.parametrize("rivalry", [0.0, 0.3, 0.8])
def test_softness_is_how_much_the_score_moves_while_nothing_is_given_up(rivalry: float) -> None:
    rule, slope = WaterFilling(cost=2.4, rivalry=rivalry, h_min=None, h_max=None), np.array([1.0, 0.4, -0.2, 0.1])
    habit, pull = np.full((4, 1, 1), 0.25), 0.1 * slope[:, None, None]
    moved = (rule.respond(pull, habit) - habit)[:, 0, 0] / 0.1
    assert rule.softness(slope) == pytest.approx(float(slope @ moved), rel=1e-9)
