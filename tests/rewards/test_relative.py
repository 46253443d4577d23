"""Pay for being better than the others, on a scale."""

from __future__ import annotations

import numpy as np
import pytest

from sim.contest import Contest
from sim.errors import InvalidInput
from sim.rewards.piece_rate import PieceRate
from sim.rewards.relative import Relative
from tests.tolerances import ROUNDING

SCORE = np.array([[3.0, -9.0, 0.0]])
LUCK = np.zeros((1, 3))


def team(members: int) -> Contest:
    return Contest(members=members, noise=0.0, rivals="exact", exact_up_to=12)


def test_it_pays_the_own_score_less_a_part_of_what_the_others_score() -> None:
    assert Relative(slope=2.0, comparison=0.5).reward(SCORE, LUCK).tolist() == [[10.5, -19.5, 3.0]]


def test_compared_in_full_what_one_gains_the_others_lose() -> None:
    assert Relative(slope=2.0, comparison=1.0).reward(SCORE, LUCK).sum() == pytest.approx(0.0, abs=ROUNDING)


def test_a_point_of_the_own_score_brings_as_much_whatever_the_comparison() -> None:
    for comparison in (0.0, 0.5, 2.0):
        assert Relative(slope=2.0, comparison=comparison).incentive(SCORE, SCORE, team(3)).tolist() == [[2.0] * 3]


def test_one_alone_and_one_who_is_not_compared_are_paid_by_the_piece() -> None:
    alone, piece = np.array([[3.0]]), PieceRate(slope=2.0)
    rule = Relative(slope=2.0, comparison=0.9)
    assert rule.reward(alone, LUCK[:, :1]).tolist() == piece.reward(alone, LUCK[:, :1]).tolist()
    assert rule.expected(alone, alone, team(1)).tolist() == [[6.0]] and rule.spill(1) == 0
    assert Relative(slope=2.0, comparison=0.0).reward(SCORE, LUCK).tolist() == piece.reward(SCORE, LUCK).tolist()


def variance(rule: Relative, members: int, own: float, common: float) -> float:
    """Variance of pay when each score has luck of its own and a luck that all share."""
    slope = rule.incentive(np.zeros((1, members)), np.zeros((1, members)), team(members))[0, 0]
    rivals, others = members - 1, rule.spill(members)
    return float((slope**2 + rivals * others**2) * own + (slope + rivals * others) ** 2 * common)


def test_comparing_takes_the_shared_luck_out_of_pay_and_lets_the_incentive_rise() -> None:
    """THEORY D6: N = 6, r = 2, c = v = 1, σ_ε² = 1, σ_c² = 1.5."""
    members, own, common = 6, 1.0, 1.5
    best = common / (common + own / (members - 1))
    assert best == pytest.approx(0.882353, rel=1e-6)
    tried = [variance(Relative(slope=1.0, comparison=best + d), members, own, common) for d in (-0.01, 0.0, 0.01)]
    assert tried[1] == pytest.approx(own + common - best * common, rel=ROUNDING)
    assert tried[0] > tried[1] < tried[2]
    assert 1 / (1 + 2 * tried[1]) == pytest.approx(0.298246, rel=1e-5)
    without = variance(Relative(slope=1.0, comparison=0.0), members, own, common)
    assert 1 / (1 + 2 * without) == pytest.approx(0.166667, rel=1e-5)


def test_a_comparison_that_pays_for_the_others_score_is_refused() -> None:
    with pytest.raises(InvalidInput) as caught:
        Relative(slope=1.0, comparison=-0.1)
    assert caught.value.key == "comparison"


def test_what_is_expected_falls_by_what_the_others_are_expected_to_score() -> None:
    own, rule = np.array([[1.0, 4.0, 7.0]]), Relative(slope=2.0, comparison=0.5)
    assert rule.expected(own, own, team(3)).tolist() == [[2 * (1 - 2.75), 2 * (4 - 2.0), 2 * (7 - 1.25)]]
    assert rule.expected(own, np.array([[4.0]]), team(3)).tolist() == [[-2.0, 4.0, 10.0]]
    assert rule.spill(3) == -0.5 and rule.spill(2) == -1.0 and rule.spill(1) == 0.0
