"""Grades from 1 to L, and pay by grade."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy.special import ndtr

from sim.contest import Contest
from sim.errors import InvalidInput
from sim.rewards.bonus_at_threshold import BonusAtThreshold
from sim.rewards.rating import Rating
from tests.tolerances import ROUNDING, SLOPE, STEP

FIVE = Rating(levels=5, centre=0.0, width=1.0, slope=2.0, calibrated=False)
TEAM = Contest(members=4, noise=0.6, rivals="exact", exact_up_to=12)
LUCK = np.zeros((1, 4))


def test_a_grade_is_a_step_of_equal_width_and_the_scale_has_ends() -> None:
    score = np.array([[-9.0, -1.5, -0.6, -0.5, 0.4, 0.5, 1.5, 9.0]])
    assert FIVE.grade(score).tolist() == [[1.0, 2.0, 2.0, 3.0, 3.0, 4.0, 5.0, 5.0]]
    assert FIVE.reward(score, score).tolist() == [[-4.0, -2.0, -2.0, 0.0, 0.0, 2.0, 4.0, 4.0]]


def test_two_grades_are_a_bonus_at_a_threshold() -> None:
    rule = Rating(levels=2, centre=0.3, width=7.0, slope=2.0, calibrated=False)
    bonus, own = BonusAtThreshold(bonus=2.0, threshold=0.3), np.array([[-1.0, 0.0, 0.3, 2.0]])
    shaken = replace(TEAM, common=0.5)
    assert rule.reward(own, LUCK) == pytest.approx(bonus.reward(own, LUCK) - 1, rel=ROUNDING)
    assert rule.expected(own, own, shaken) == pytest.approx(bonus.expected(own, own, shaken) - 1, rel=ROUNDING)
    assert rule.incentive(own, own, shaken) == pytest.approx(bonus.incentive(own, own, shaken), rel=ROUNDING)
    assert rule.cover(own, own, shaken) == pytest.approx(bonus.cover(own, own, shaken), rel=ROUNDING)


def test_many_fine_grades_pay_like_a_price_for_each_point() -> None:
    fine = Rating(levels=2001, centre=0.0, width=0.01, slope=0.02, calibrated=False)
    own = np.array([[-1.0, 0.0, 0.3, 2.0]])
    assert fine.expected(own, own, TEAM) == pytest.approx(2.0 * own, abs=1e-6)
    assert fine.incentive(own, own, TEAM) == pytest.approx(np.full((1, 4), 2.0), rel=1e-6)


def test_calibrated_a_team_that_does_better_is_graded_no_better() -> None:
    rule, score = replace(FIVE, calibrated=True), np.array([[-1.0, 0.0, 0.2, 0.8]])
    assert rule.grade(score).tolist() == rule.grade(score + 7).tolist() == [[2.0, 3.0, 3.0, 4.0]]
    assert FIVE.grade(score + 7).tolist() == [[5.0] * 4]


def test_calibrated_the_own_score_lifts_the_mean_too() -> None:
    """For two, a point of lead is half a point above the mean, of half the variance."""
    rule = Rating(levels=2, centre=0.0, width=1.0, slope=1.0, calibrated=True)
    two, own = replace(TEAM, members=2), np.array([[0.3, -0.1]])
    lead = 0.4 / (0.6 * math.sqrt(2))
    assert rule.expected(own, own, two)[0] == pytest.approx([ndtr(lead) - 0.5, ndtr(-lead) - 0.5], rel=ROUNDING)
    bell = math.exp(-(lead**2) / 2) / math.sqrt(2 * math.pi)
    assert rule.incentive(own, own, two)[0] == pytest.approx([bell / (0.6 * math.sqrt(2))] * 2, rel=ROUNDING)


def test_calibrated_only_the_own_part_of_the_noise_can_be_made_larger() -> None:
    """Score less mean has variance (1 − 1/N)²·own σ² + (N − 1)/N²·the others' σ²."""
    rule, own = replace(FIVE, calibrated=True), np.array([[-1.0, 0.0, 0.2, 0.8]])
    graded, n = own - own.mean(), 4

    def expected(sigma: float) -> np.ndarray:
        spread = math.sqrt((1 - 1 / n) ** 2 * sigma**2 + (n - 1) / n**2 * TEAM.noise**2)
        cuts = np.array([-1.5, -0.5, 0.5, 1.5])[:, None, None]
        return np.asarray(rule.slope * (ndtr((graded - cuts) / spread).sum(axis=0) - 2))

    assert rule.expected(own, own, TEAM) == pytest.approx(expected(TEAM.noise), rel=ROUNDING)
    slope = (expected(TEAM.noise * math.exp(STEP)) - expected(TEAM.noise * math.exp(-STEP))) / (2 * STEP)
    assert rule.cover(own, own, TEAM) == pytest.approx(slope, abs=SLOPE)


def test_one_alone_is_the_measure_of_all_things() -> None:
    rule, alone, own = replace(FIVE, calibrated=True), replace(TEAM, members=1), np.array([[4.0]])
    assert rule.grade(own).tolist() == [[3.0]]
    assert rule.expected(own, own, alone).tolist() == rule.incentive(own, own, alone).tolist() == [[0.0]]


def test_only_a_calibrated_rating_compares() -> None:
    assert replace(FIVE, calibrated=True).compares and not FIVE.compares


@pytest.mark.parametrize("calibrated", [True, False])
def test_without_luck_a_grade_has_no_slope(calibrated: bool) -> None:
    own = np.zeros((1, 4))
    with pytest.raises(InvalidInput, match="noise"):
        replace(FIVE, calibrated=calibrated).incentive(own, own, replace(TEAM, noise=0.0))


@pytest.mark.parametrize("change", [{"levels": 1}, {"width": 0.0}, {"slope": -1.0}])
def test_a_scale_that_is_none_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput) as caught:
        replace(FIVE, **change)
    assert caught.value.key in change


def test_grades_that_are_paid_alike_move_nobody() -> None:
    flat, own = replace(FIVE, slope=0.0), np.array([[-1.0, 0.0, 0.3, 2.0]])
    assert not flat.reward(own, LUCK).any() and not flat.incentive(own, own, TEAM).any()
