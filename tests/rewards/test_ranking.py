"""Stack ranking: a forced distribution of rewards over places."""

from __future__ import annotations

import numpy as np
import pytest

from sim.contest import Contest
from sim.errors import InvalidInput
from sim.rewards.ranking import Band, Ranking
from sim.rewards.tournament import Tournament
from tests.tolerances import ROUNDING

TEN = Contest(members=10, noise=0.8, rivals="exact", exact_up_to=12)


def ranking(*bands: tuple[float, float]) -> Ranking:
    return Ranking(bands=tuple(Band(share=s, reward=r) for s, r in bands))


VITAL = ranking((0.2, 3.0), (0.7, 1.0), (0.1, -2.0))  # the best fifth, the bulk, the lowest tenth


def paid(rule: Ranking, score: list[float], luck: float = 0.0) -> list[float]:
    result: list[float] = rule.reward(np.array([score]), np.full((1, len(score)), luck))[0].tolist()
    return result


def test_a_band_holds_its_share_whatever_anybody_did() -> None:
    assert paid(VITAL, [float(i) for i in range(10)]) == [-2.0, *[1.0] * 7, 3.0, 3.0]
    assert paid(VITAL, [100 + i / 1000 for i in range(10)]) == [-2.0, *[1.0] * 7, 3.0, 3.0]


def test_who_ties_across_a_cut_shares_what_lies_on_both_sides() -> None:
    assert paid(VITAL, [0.0, *[1.0] * 6, 2.0, 2.0, 2.0]) == pytest.approx([-2.0, *[1.0] * 6, *[7 / 3] * 3])
    assert paid(VITAL, [5.0] * 10) == pytest.approx([(3 * 2 + 7 - 2) / 10] * 10)


@pytest.mark.parametrize("luck", [0.05, 0.35, 0.65, 0.95])
def test_one_luck_rounds_all_cuts_so_that_nobody_is_paid_between_bands(luck: float) -> None:
    """Seven people: cuts at 1.4 and 6.3 places."""
    rewards = paid(VITAL, [float(i) for i in range(7)], luck)
    assert set(rewards) <= {3.0, 1.0, -2.0} and rewards == sorted(rewards)
    assert rewards.count(3.0) == 1 + (luck < 0.4) and rewards.count(-2.0) == 1 - (luck < 0.3)


def test_two_bands_are_a_tournament_and_a_salary() -> None:
    rule, prize = ranking((0.3, 5.0), (0.7, 1.0)), Tournament(prize=4.0, winners=3, share=None)
    own = np.random.default_rng(1).standard_normal((4, 10))
    for rounding in (np.zeros((4, 10)), np.full((4, 10), 0.7)):
        assert rule.reward(own, rounding) == pytest.approx(1 + prize.reward(own, rounding), rel=ROUNDING)
    assert rule.expected(own, own, TEN) == pytest.approx(1 + prize.expected(own, own, TEN), rel=ROUNDING)
    assert rule.incentive(own, own, TEN) == pytest.approx(prize.incentive(own, own, TEN), rel=ROUNDING)
    assert rule.contests(10) == prize.contests(10)


def test_a_member_works_for_the_cut_that_is_near() -> None:
    scores = np.array([[-2.0, *np.linspace(-0.2, 0.2, 8), 2.0]])
    flat = ranking((0.2, 3.0), (0.8, 1.0)).incentive(scores, scores, TEN)[0]
    steep = VITAL.incentive(scores, scores, TEN)[0]
    assert steep[0] > 10 * flat[0] and steep[-1] == pytest.approx(flat[-1], rel=1e-2)


def test_the_lowest_gain_from_not_being_seen_clearly_and_the_highest_lose_by_it() -> None:
    scores = np.array([np.linspace(-1.0, 1.0, 10)])
    cover = ranking((0.5, 1.0), (0.5, 0.0)).cover(scores, scores, TEN)[0]
    assert (cover[:5] > 0).all() and (cover[5:] < 0).all()


def test_equal_rewards_are_no_contest_worth_anything() -> None:
    rule, own = ranking((0.2, 1.0), (0.8, 1.0)), np.random.default_rng(2).standard_normal((1, 10))
    assert rule.incentive(own, own, TEN).tolist() == [[0.0] * 10]
    assert rule.reward(own, own).tolist() == [[1.0] * 10]


@pytest.mark.parametrize(
    "bands",
    [
        (),
        ((0.5, 1.0),),
        ((0.5, 1.0), (0.4, 0.0)),
        ((1.5, 1.0), (-0.5, 0.0)),
        ((1.0, 1.0), (0.0, 0.0)),
        ((0.5, 0.0), (0.5, 1.0)),
    ],
)
def test_bands_that_are_no_distribution_or_pay_more_below_are_refused(bands: tuple[tuple[float, float], ...]) -> None:
    with pytest.raises(InvalidInput) as caught:
        ranking(*bands)
    assert caught.value.key == "bands"


def test_one_rise_among_falls_is_refused_and_so_is_none() -> None:
    with pytest.raises(InvalidInput) as caught:
        ranking((0.3, 3.0), (0.3, 1.0), (0.4, 2.0))
    assert caught.value.key == "bands"
    assert VITAL.compares
