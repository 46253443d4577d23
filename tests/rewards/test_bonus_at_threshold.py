"""A bonus for whoever reaches a threshold."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.optimize import minimize_scalar

from sim.contest import Contest
from sim.errors import InvalidInput
from sim.rewards.bonus_at_threshold import BonusAtThreshold
from tests.tolerances import ROUNDING

CLEAR = Contest(members=3, noise=0.0, rivals="exact", exact_up_to=12)


def noisy(noise: float, common: float = 0.0) -> Contest:
    return Contest(members=4, noise=noise, rivals="exact", exact_up_to=12, common=common)


def test_the_bonus_is_for_all_who_reach_the_threshold_and_for_nobody_else() -> None:
    paid = BonusAtThreshold(bonus=2.0, threshold=5.0).reward(np.array([[4.9, 5.0, 9.0]]), np.zeros((1, 3)))
    assert paid.tolist() == [[0.0, 2.0, 2.0]]


def test_a_bonus_of_the_right_size_makes_the_best_team_effort_everybodys_own_answer() -> None:
    """THEORY D4: B = σ√2π, while the others do their part; θ = 2, σ = 3, N = 4."""
    theta, sigma, members, best = 2.0, 3.0, 4, 2.0
    bonus = sigma * math.sqrt(2 * math.pi)
    assert bonus == pytest.approx(7.51988, abs=1e-5)
    rule = BonusAtThreshold(bonus=bonus, threshold=members * theta * best)

    def loss(effort: float) -> float:
        team = np.array([[theta * (effort + (members - 1) * best)]])
        return effort**2 / 2 - float(rule.expected(team, team, noisy(sigma))[0, 0])

    found = minimize_scalar(loss, bounds=(0.0, 5.0), method="bounded", options={"xatol": 1e-9})
    assert found.x == pytest.approx(best, abs=1e-6)  # an optimum is flat: effort is known to the root of its height
    at = np.array([[members * theta * best]])
    assert rule.incentive(at, at, noisy(sigma)) * theta == pytest.approx(best, rel=ROUNDING)


def test_a_bonus_is_worth_an_effort_only_near_the_threshold() -> None:
    rule, own = BonusAtThreshold(bonus=2.0, threshold=1.0), np.array([[-9.0, 0.0, 1.0, 2.0, 11.0]])
    incentive = rule.incentive(own, own, noisy(1.0))[0]
    assert incentive.argmax() == 2 and incentive[2] == pytest.approx(2 / math.sqrt(2 * math.pi), rel=ROUNDING)
    assert incentive[1] == incentive[3] and incentive[0] == incentive[4] < 1e-20


def test_luck_that_hits_all_blurs_a_threshold_as_much_as_the_own() -> None:
    rule, own = BonusAtThreshold(bonus=2.0, threshold=1.0), np.array([[0.3]])
    assert rule.incentive(own, own, noisy(3.0, common=4.0)) == rule.incentive(own, own, noisy(5.0))


def test_noise_helps_those_below_the_threshold_and_harms_those_above() -> None:
    rule, own = BonusAtThreshold(bonus=2.0, threshold=1.0), np.array([[0.0, 1.0, 2.0]])
    cover = rule.cover(own, own, noisy(1.0))[0]
    assert cover[0] > 0 == cover[1] > cover[2] == -cover[0]
    shaken = rule.cover(own, own, noisy(0.6, common=0.8))[0]
    assert shaken == pytest.approx(0.36 * cover, rel=ROUNDING)  # only the own part can be made noisier


def test_without_luck_there_is_no_slope_at_a_threshold() -> None:
    own = np.zeros((1, 3))
    with pytest.raises(InvalidInput, match="noise"):
        BonusAtThreshold(bonus=2.0, threshold=5.0).incentive(own, own, CLEAR)


def test_a_bonus_below_zero_is_refused() -> None:
    with pytest.raises(InvalidInput) as caught:
        BonusAtThreshold(bonus=-1.0, threshold=0.0)
    assert caught.value.key == "bonus"


def test_a_bonus_of_nothing_pays_nothing() -> None:
    own = np.array([[0.0, 1.0]])
    assert not BonusAtThreshold(bonus=0.0, threshold=0.5).reward(own, own).any()
