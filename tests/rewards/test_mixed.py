"""Part of the pay for the own score, part for the team's."""

from __future__ import annotations

import numpy as np
import pytest

from sim.contest import Contest
from sim.errors import InvalidInput
from sim.rewards.mixed import Mixed
from sim.rewards.piece_rate import PieceRate
from sim.rewards.team_share import TeamShare
from tests.tolerances import ROUNDING

FIVE = Contest(members=5, noise=0.0, rivals="exact", exact_up_to=12)
SCORE = np.array([[3.0, -9.0, 0.0, 1.0, 5.0]])
LUCK = np.zeros((1, 5))


def test_it_pays_a_mean_of_the_own_score_and_the_teams() -> None:
    assert Mixed(slope=1.0, own=0.5).reward(np.array([[3.0, 9.0]]), LUCK).tolist() == [[4.5, 7.5]]


@pytest.mark.parametrize(("own", "effort"), [(0.0, 0.4), (0.25, 0.8), (0.5, 1.2), (0.75, 1.6), (1.0, 2.0)])
def test_effort_rises_with_the_weight_of_the_own_score(own: float, effort: float) -> None:
    """THEORY D2: a = θ(ω + (1−ω)/N), θ = 2, N = 5, cost ½a²."""
    incentive = Mixed(slope=1.0, own=own).incentive(SCORE, SCORE, FIVE)
    assert 2.0 * incentive == pytest.approx(np.full((1, 5), effort), rel=ROUNDING)


@pytest.mark.parametrize(("own", "same"), [(0.0, TeamShare(slope=0.7)), (1.0, PieceRate(slope=0.7))])
def test_its_ends_are_the_equal_share_and_the_piece_rate(own: float, same: TeamShare | PieceRate) -> None:
    rule = Mixed(slope=0.7, own=own)
    assert rule.reward(SCORE, LUCK) == pytest.approx(same.reward(SCORE, LUCK), rel=ROUNDING)
    assert rule.incentive(SCORE, SCORE, FIVE) == pytest.approx(same.incentive(SCORE, SCORE, FIVE), rel=ROUNDING)
    assert rule.expected(SCORE, SCORE, FIVE) == pytest.approx(same.expected(SCORE, SCORE, FIVE), rel=ROUNDING)
    assert rule.spill(5) == pytest.approx(same.spill(5), rel=ROUNDING)


@pytest.mark.parametrize("own", [-0.1, 1.1])
def test_a_weight_of_the_own_score_that_is_no_share_is_refused(own: float) -> None:
    with pytest.raises(InvalidInput) as caught:
        Mixed(slope=1.0, own=own)
    assert caught.value.key == "own"
