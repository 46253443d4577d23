"""A target that moves with what was achieved: the ratchet."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.contest import Contest
from sim.errors import InvalidInput
from sim.rewards.target import Target
from tests.tolerances import ROUNDING

ONE = Contest(members=1, noise=0.0, rivals="exact", exact_up_to=12)
REVIEWS = 600


def target(**changes: Any) -> Target:
    numbers = {"slope": 0.5, "foresight": 0.7, "adjustment": 0.6, "stretch": 0.1, "start": 2.0}
    return Target(**(numbers | changes))


def worth_of(rule: Target, score: np.ndarray) -> float:
    """Present value of a stream of scores, review by review, under the targets that it brings about."""
    aim, value = rule.begin((1, 1)), 0.0
    for s, y in enumerate(score):
        reached = np.full((1, 1), y)
        value += rule.foresight**s * rule.reward(reached - aim, aim)[0, 0]
        aim = rule.moved(aim, reached)
    return value


def felt(rule: Target) -> float:
    return float(rule.incentive(np.zeros((1, 1)), np.zeros((1, 1)), ONE)[0, 0])


@pytest.mark.parametrize("foresight", [0.0, 0.3, 0.9])
@pytest.mark.parametrize("adjustment", [0.0, 0.4, 1.0])
def test_a_point_more_is_felt_as_what_it_brings_less_all_it_costs_at_later_reviews(
    foresight: float, adjustment: float
) -> None:
    """Weitzman (1980): b(1−δ)/(1−δ+δλ), for a point once and for a point for good."""
    rule, usual = target(foresight=foresight, adjustment=adjustment), np.full(REVIEWS, 3.0)
    once, for_good = usual.copy(), usual + 1
    once[0] += 1
    gain = worth_of(rule, once) - worth_of(rule, usual)
    lasting = worth_of(rule, for_good) - worth_of(rule, usual)
    assert felt(rule) == pytest.approx(gain, rel=1e-10)
    assert felt(rule) == pytest.approx((1 - foresight) * lasting, rel=1e-10)
    formula = 0.5 * (1 - foresight) / (1 - foresight + foresight * adjustment)
    assert felt(rule) == pytest.approx(formula, rel=ROUNDING)


def test_whoever_does_not_look_ahead_or_whose_target_stands_still_feels_the_whole_price() -> None:
    assert felt(target(foresight=0.0)) == felt(target(adjustment=0.0)) == 0.5


def test_the_further_one_looks_and_the_faster_the_target_follows_the_less_one_does() -> None:
    ahead = [felt(target(foresight=d)) for d in (0.0, 0.5, 0.9, 0.99)]
    follows = [felt(target(adjustment=x)) for x in (0.0, 0.3, 0.6, 1.0)]
    assert ahead == sorted(ahead, reverse=True) and follows == sorted(follows, reverse=True)
    assert felt(target(adjustment=1.0)) == pytest.approx(0.5 * 0.3, rel=ROUNDING)


def test_everybody_begins_at_the_same_target_and_is_paid_for_the_distance() -> None:
    assert target().begin((2, 3)).tolist() == [[2.0] * 3] * 2
    assert target().reward(np.array([[1.0, -3.0]]), np.zeros((1, 2))).tolist() == [[0.5, -1.5]]


def test_a_target_follows_each_member_and_stays_a_stretch_ahead() -> None:
    rule, score = target(), np.array([[1.0, 5.0]])
    aim = rule.begin((1, 2))
    assert rule.moved(aim, score)[0] == pytest.approx([1.5, 3.9], rel=ROUNDING)
    for _ in range(100):
        aim = rule.moved(aim, score)
    assert aim == pytest.approx(score + 0.1 / 0.6, rel=ROUNDING)
    assert rule.reward(score - aim, score) == pytest.approx(np.full((1, 2), -0.5 * 0.1 / 0.6), rel=1e-10)


@pytest.mark.parametrize("change", [{"foresight": 1.0}, {"foresight": -0.1}, {"adjustment": 1.1}, {"adjustment": -0.1}])
def test_foresight_and_adjustment_outside_their_range_are_refused(change: dict[str, float]) -> None:
    with pytest.raises(InvalidInput) as caught:
        target(**change)
    assert caught.value.key in change


def test_nobody_is_singled_out() -> None:
    assert target().contests(9) == ()


def test_what_is_expected_is_what_a_score_is_felt_to_bring() -> None:
    rule, own = target(), np.array([[0.0, 2.0]])
    assert rule.expected(own, own, ONE) == pytest.approx(felt(rule) * own, rel=ROUNDING)
