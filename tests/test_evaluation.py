"""How people are evaluated: the review window, signals, verdicts, and schemes that make no sense."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from sim.contest import Contest
from sim.errors import InvalidInput
from sim.evaluation import Measurement, Review, judge, observe
from sim.perception import Stakes
from sim.rewards.layoff import Layoff
from sim.rewards.piece_rate import PieceRate
from sim.rewards.salary import Salary
from sim.rewards.tournament import Tournament
from sim.scenario import Scenario
from tests import worlds
from tests.tolerances import ROUNDING

FLAT = Review(weeks=4, recency=0.0, patience=1.0)


def test_without_recency_all_weeks_of_the_window_count_the_same() -> None:
    assert FLAT.shares.tolist() == [0.25] * 4
    assert [FLAT.timing(t) for t in range(8)] == [1.0] * 8


def test_with_recency_each_week_counts_more_than_the_one_before() -> None:
    review = Review(weeks=3, recency=1.0, patience=1.0)
    assert review.shares == pytest.approx([1 / 7, 2 / 7, 4 / 7], rel=ROUNDING)
    assert [review.timing(t) for t in range(3)] == pytest.approx([3 / 7, 6 / 7, 12 / 7], rel=ROUNDING)


def test_a_reward_far_off_is_felt_less_and_the_week_of_the_review_is_felt_in_full() -> None:
    review = Review(weeks=3, recency=0.0, patience=0.9)
    assert [review.timing(t) for t in range(4)] == pytest.approx([0.81, 0.9, 1.0, 0.81], rel=ROUNDING)


@pytest.mark.parametrize("recency", [0.0, 0.1, 1.0])
@pytest.mark.parametrize("weeks", [1, 2, 13])
def test_the_weeks_of_a_window_count_for_one_in_all(weeks: int, recency: float) -> None:
    review = Review(weeks=weeks, recency=recency, patience=1.0)
    assert review.shares.sum() == pytest.approx(1.0, rel=ROUNDING)
    assert sum(review.timing(t) for t in range(weeks)) == pytest.approx(weeks, rel=ROUNDING)


def test_a_review_closes_the_last_week_of_each_window() -> None:
    assert [t for t in range(13) if FLAT.due(t)] == [3, 7, 11]
    assert all(Review(weeks=1, recency=0.0, patience=1.0).due(t) for t in range(5))


def measurement(**changes: Any) -> Measurement:
    plain = Measurement(
        weight=np.array([1.0, 2.0]),
        loading=np.array([[1.0, 0.5], [0.0, -1.0]]),
        sd=np.array([0.3, 0.4]),
        shared=(False, False),
        mix=None,
        blur=0.0,
    )
    return replace(plain, **changes)


def test_a_signal_is_what_effort_loads_on_it_and_noise() -> None:
    able, noise = np.array([[[1.0, 2.0]], [[3.0, 4.0]]]), np.array([[[1.0, -1.0]], [[0.0, 2.0]]])
    signals = observe(measurement(), able, noise)
    by_hand = [[[2.5 + 0.3, 4.0 - 0.3]], [[-3.0, -4.0 + 0.8]]]
    assert signals == pytest.approx(np.array(by_hand), rel=ROUNDING)


def test_a_shared_signal_is_the_teams_mean_with_one_noise_for_all() -> None:
    able, noise = np.array([[[1.0, 2.0]], [[3.0, 4.0]]]), np.array([[[1.0, -1.0]], [[0.5, 2.0]]])
    signals = observe(measurement(shared=(False, True)), able, noise)
    assert signals[1].tolist() == [[-3.5 + 0.4 * 0.5] * 2]
    assert np.array_equal(signals[0], observe(measurement(), able, noise)[0])


def test_noise_of_two_signals_is_correlated_as_asked() -> None:
    wanted = np.array([[1.0, 0.6], [0.6, 1.0]])
    mixed = measurement(mix=np.linalg.cholesky(wanted))
    noise = np.random.default_rng(1).standard_normal((2, 20_000, 3))
    signals = observe(mixed, np.zeros((2, 20_000, 3)), noise).reshape(2, -1)
    assert np.corrcoef(signals)[0, 1] == pytest.approx(0.6, abs=4 * 0.64 / math.sqrt(60_000))
    assert signals.std(axis=1) == pytest.approx([0.3, 0.4], rel=4 / math.sqrt(120_000))
    each = np.array([0.3, 0.8])
    assert mixed.variance() == pytest.approx(each @ wanted @ each, rel=ROUNDING)


def test_the_variance_of_a_weeks_score_adds_up_over_independent_signals() -> None:
    assert measurement().variance() == pytest.approx(0.3**2 + 0.8**2, rel=ROUNDING)
    assert measurement(weight=np.zeros(0), sd=np.zeros(0), loading=np.zeros((0, 2))).variance() == 0.0


def test_the_noise_of_a_review_is_that_of_its_weeks_and_its_own() -> None:
    assert measurement().variance_of(FLAT) == pytest.approx((0.3**2 + 0.8**2) / 4, rel=ROUNDING)
    blurred = measurement(blur=0.5).variance_of(FLAT)
    assert blurred == pytest.approx((0.3**2 + 0.8**2) / 4 + 0.25, rel=ROUNDING)


def test_signals_leave_effort_and_noise_as_they_were() -> None:
    able, noise = worlds.frozen(np.ones((2, 3, 4))), worlds.frozen(np.ones((2, 3, 4)))
    for shared in ((False, False), (True, True)):
        observe(worlds.frozen(measurement(shared=shared)), able, noise)
    assert (able == 1).all() and (noise == 1).all()


SCORE = np.array([[3.0, 1.0, 2.0]])
STAKES = Stakes(
    pay=PieceRate(slope=0.5),
    promotion=Tournament(prize=6.0, winners=1, share=None),
    layoff=Layoff(share=1 / 3, loss=4.0),
    loss=4.0,
    contest=Contest(members=3, noise=1.0, rivals="exact", exact_up_to=12),
    strength=1.0,
    by_lot=False,
)


def verdict(stakes: Stakes = STAKES, score: np.ndarray = SCORE) -> Any:
    return judge(stakes, FLAT, score, 2 * score, np.zeros((3, *score.shape)))


def test_a_review_pays_every_consequence_for_each_week_of_the_window() -> None:
    assert verdict().reward.tolist() == [[4 * (1.5 + 6.0), 4 * (0.5 - 4.0), 4 * 1.0]]
    assert verdict().promoted.tolist() == [[1.0, 0.0, 0.0]]
    assert verdict().laid_off.tolist() == [[0.0, 1.0, 0.0]]
    assert verdict().contribution.tolist() == [[6.0, 2.0, 4.0]]


def test_who_ties_shares_the_promotion_and_the_layoff() -> None:
    tied = verdict(score=np.array([[2.0, 2.0, 2.0]]))
    assert tied.promoted == pytest.approx(np.full((1, 3), 1 / 3)) and tied.laid_off == pytest.approx(
        np.full((1, 3), 1 / 3)
    )


def test_where_nothing_hangs_on_the_score_a_review_brings_nothing() -> None:
    nothing = verdict(replace(STAKES, pay=None, promotion=None, layoff=None))
    assert not nothing.reward.any() and not nothing.promoted.any() and not nothing.laid_off.any()


def test_a_salary_is_paid_and_singles_nobody_out() -> None:
    paid = verdict(replace(STAKES, pay=Salary(pay=1.0), promotion=None, layoff=None))
    assert paid.reward.tolist() == [[4.0] * 3] and not paid.promoted.any()


def test_a_free_promotion_is_still_a_promotion() -> None:
    """Who is promoted is counted by heads, also where the prize is worth nothing."""
    free = verdict(replace(STAKES, promotion=Tournament(prize=0.0, winners=1, share=None)))
    assert free.promoted.tolist() == [[1.0, 0.0, 0.0]]
    spared = verdict(replace(STAKES, layoff=Layoff(share=1 / 3, loss=0.0)))
    assert spared.laid_off.tolist() == [[0.0, 1.0, 0.0]]


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"scheme.power": "eqal"}, "scheme.power"),
        ({"scheme.strength": -1.0}, "scheme.strength"),
        ({"scheme.rivals": "crowds"}, "scheme.rivals"),
        ({"scheme.exact_up_to": 1}, "scheme.exact_up_to"),
        ({"scheme.attribution": -0.1}, "scheme.attribution"),
        ({"scheme.promotion": {"kind": "piece_rate", "slope": 1.0}}, "scheme.promotion.kind"),
        ({"scheme.promotion": {"kind": "salary", "pay": 1.0}}, "scheme.promotion.kind"),
        ({"scheme.promotion": {"kind": "layoff", "share": 0.1, "loss": 1.0}}, "scheme.promotion.kind"),
        ({"scheme.layoff": {"kind": "salary", "pay": 1.0}}, "scheme.layoff.kind"),
        ({"scheme.review.weeks": 0}, "scheme.review.weeks"),
        ({"scheme.review.recency": -0.1}, "scheme.review.recency"),
        ({"scheme.review.recency": 1.1}, "scheme.review.recency"),
        ({"scheme.review.patience": 0.0}, "scheme.review.patience"),
        ({"scheme.review.patience": 1.1}, "scheme.review.patience"),
    ],
)
def test_a_scheme_that_makes_no_sense_is_refused_by_name(small: Scenario, change: dict[str, Any], key: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        small.with_(change)
    assert caught.value.key == key


def test_a_strength_below_zero_is_theorys_to_ask_for(small: Scenario) -> None:
    assert small.with_({"scheme.allow_negative": True, "scheme.strength": -1.0}).scheme.strength == -1.0
