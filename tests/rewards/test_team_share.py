"""Everybody shares alike in what the team's scores add up to."""

from __future__ import annotations

import numpy as np
import pytest

from sim.contest import Contest
from sim.rewards.team_share import TeamShare
from tests.tolerances import ROUNDING

SCORE = np.array([[3.0, -9.0, 0.0]])


def team(members: int) -> Contest:
    return Contest(members=members, noise=0.0, rivals="exact", exact_up_to=12)


def test_everyone_gets_the_same_and_the_team_gets_what_its_points_are_worth() -> None:
    paid = TeamShare(slope=0.5).reward(SCORE, np.zeros((1, 3)))
    assert paid == pytest.approx(np.full((1, 3), -1.0), rel=ROUNDING)
    assert paid.sum() == pytest.approx(0.5 * SCORE.sum(), rel=ROUNDING)


@pytest.mark.parametrize(
    ("members", "effort", "surplus", "ratio"),
    [(1, 2, 2, 1), (2, 1, 1.5, 0.75), (3, 0.666667, 1.11111, 0.555556), (5, 0.4, 0.72, 0.36), (20, 0.1, 0.195, 0.0975)],
)
def test_the_larger_the_team_the_more_everyone_leaves_to_the_others(
    members: int, effort: float, surplus: float, ratio: float
) -> None:
    """THEORY D1: θ = 2, cost ½a², so that a is θ times the incentive."""
    theta, own = 2.0, np.zeros((1, members))
    a = theta * TeamShare(slope=1.0).incentive(own, own, team(members))[0, 0]
    assert a == pytest.approx(effort, rel=1e-5)
    assert theta * a - a * a / 2 == pytest.approx(surplus, rel=1e-5)
    assert (theta * a - a * a / 2) / (theta**2 / 2) == pytest.approx(ratio, rel=1e-5)


def test_whoever_knows_only_the_teams_mean_takes_the_others_to_stand_there() -> None:
    rule, own = TeamShare(slope=3.0), np.array([[1.0, 4.0, 7.0]])
    known = rule.expected(own, own, team(3))
    assert known == pytest.approx(np.full((1, 3), 12.0), rel=ROUNDING)
    assert rule.expected(own, np.full((1, 1), 4.0), team(3))[0] == pytest.approx([9.0, 12.0, 15.0], rel=ROUNDING)


def test_each_point_of_anothers_score_is_worth_as_much_as_one_of_the_own() -> None:
    own = np.zeros((1, 4))
    assert TeamShare(slope=2.0).spill(4) == TeamShare(slope=2.0).incentive(own, own, team(4))[0, 0] == 0.5
