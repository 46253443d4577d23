"""A fixed salary: the same for all, whatever the score."""

from __future__ import annotations

import numpy as np

from sim.contest import Contest
from sim.rewards.salary import Salary

ONE = Contest(members=3, noise=0.0, rivals="exact", exact_up_to=12)
SCORE = np.array([[3.0, -9.0, 0.0]])


def test_everyone_is_paid_the_same_and_nothing_is_to_be_gained() -> None:
    rule = Salary(pay=1.5)
    assert rule.reward(SCORE, np.zeros((1, 3))).tolist() == [[1.5] * 3]
    assert rule.expected(SCORE, SCORE, ONE).tolist() == [[1.5] * 3]
    assert rule.incentive(SCORE, SCORE, ONE).tolist() == [[0.0] * 3]


def test_nobody_is_singled_out() -> None:
    assert Salary(pay=1.0).contests(9) == ()
