"""A price for each point of score."""

from __future__ import annotations

import numpy as np

from sim.contest import Contest
from sim.rewards.piece_rate import PieceRate

ONE = Contest(members=3, noise=0.0, rivals="exact", exact_up_to=12)
SCORE = np.array([[3.0, -9.0, 0.0]])


def test_each_point_is_paid_and_each_missing_point_is_taken() -> None:
    assert PieceRate(slope=0.5).reward(SCORE, np.zeros((1, 3))).tolist() == [[1.5, -4.5, 0.0]]


def test_it_does_not_matter_what_others_do_or_how_noisy_the_score_is() -> None:
    rule = PieceRate(slope=0.5)
    assert rule.incentive(SCORE, SCORE, ONE).tolist() == [[0.5] * 3]
    assert np.array_equal(rule.expected(SCORE, SCORE, ONE), rule.expected(SCORE, SCORE * 100, ONE))


def test_a_price_below_zero_is_theorys_to_ask_for() -> None:
    assert PieceRate(slope=-1.0).reward(SCORE, np.zeros((1, 3))).tolist() == [[-3.0, 9.0, -0.0]]


def test_nobody_is_singled_out() -> None:
    assert PieceRate(slope=1.0).contests(9) == ()
