"""How people are evaluated: the review window, signals, verdicts, and schemes that make no sense."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy.stats import norm
from scipy.stats import t as student

from sim.contest import Contest
from sim.errors import InvalidInput
from sim.evaluation import Measurement, Review, bent, by_others, heavy, judge, observe, trail_of
from sim.perception import Audit, Stakes
from sim.rewards.layoff import Layoff
from sim.rewards.piece_rate import PieceRate
from sim.rewards.salary import Salary
from sim.rewards.target import Target
from sim.rewards.tournament import Tournament
from sim.scenario import Scenario
from tests import worlds
from tests.tolerances import ROUNDING, SLOPE, STEP

FLAT = Review(weeks=4, recency=0.0, patience=1.0, hours=0.0)


def test_without_recency_all_weeks_of_the_window_count_the_same() -> None:
    assert FLAT.shares.tolist() == [0.25] * 4
    assert [FLAT.timing(t) for t in range(8)] == [1.0] * 8


def test_with_recency_each_week_counts_more_than_the_one_before() -> None:
    review = Review(weeks=3, recency=1.0, patience=1.0, hours=0.0)
    assert review.shares == pytest.approx([1 / 7, 2 / 7, 4 / 7], rel=ROUNDING)
    assert [review.timing(t) for t in range(3)] == pytest.approx([3 / 7, 6 / 7, 12 / 7], rel=ROUNDING)


def test_a_reward_far_off_is_felt_less_and_the_week_of_the_review_is_felt_in_full() -> None:
    review = Review(weeks=3, recency=0.0, patience=0.9, hours=0.0)
    assert [review.timing(t) for t in range(4)] == pytest.approx([0.81, 0.9, 1.0, 0.81], rel=ROUNDING)


@pytest.mark.parametrize("recency", [0.0, 0.1, 1.0])
@pytest.mark.parametrize("weeks", [1, 2, 13])
def test_the_weeks_of_a_window_count_for_one_in_all(weeks: int, recency: float) -> None:
    review = Review(weeks=weeks, recency=recency, patience=1.0, hours=0.0)
    assert review.shares.sum() == pytest.approx(1.0, rel=ROUNDING)
    assert sum(review.timing(t) for t in range(weeks)) == pytest.approx(weeks, rel=ROUNDING)


def test_a_review_closes_the_last_week_of_each_window() -> None:
    assert [t for t in range(13) if FLAT.due(t)] == [3, 7, 11]
    assert all(Review(weeks=1, recency=0.0, patience=1.0, hours=0.0).due(t) for t in range(5))


def measurement(**changes: Any) -> Measurement:
    plain = Measurement(
        weight=np.array([1.0, 2.0]),
        loading=np.array([[1.0, 0.5], [0.0, -1.0]]),
        sd=np.array([0.3, 0.4]),
        common=np.zeros(2),
        freedom=(None, None),
        shared=(False, False),
        lag=(0, 0),
        saturation=(None, None),
        blame=np.zeros(2),
        mix=None,
        blur=0.0,
        rater=0.0,
        tenure=0.0,
    )
    return replace(plain, **changes)


def seen(rule: Measurement, *arguments: Any, **others: Any) -> np.ndarray:
    """The signals of a week alone."""
    return observe(rule, *arguments, **others)[0]


def test_a_signal_is_what_effort_loads_on_it_and_noise() -> None:
    able, noise = np.array([[[1.0, 2.0]], [[3.0, 4.0]]]), np.array([[[1.0, -1.0]], [[0.0, 2.0]]])
    signals = seen(measurement(), able, noise)
    by_hand = [[[2.5 + 0.3, 4.0 - 0.3]], [[-3.0, -4.0 + 0.8]]]
    assert signals == pytest.approx(np.array(by_hand), rel=ROUNDING)


def test_a_shared_signal_is_the_teams_mean_with_one_noise_for_all() -> None:
    able, noise = np.array([[[1.0, 2.0]], [[3.0, 4.0]]]), np.array([[[1.0, -1.0]], [[0.5, 2.0]]])
    signals = seen(measurement(shared=(False, True)), able, noise)
    assert signals[1].tolist() == [[-3.5 + 0.4 * 0.5] * 2]
    assert np.array_equal(signals[0], seen(measurement(), able, noise)[0])


def test_noise_of_two_signals_is_correlated_as_asked() -> None:
    wanted = np.array([[1.0, 0.6], [0.6, 1.0]])
    mixed = measurement(mix=np.linalg.cholesky(wanted))
    noise = np.random.default_rng(1).standard_normal((2, 20_000, 3))
    signals = seen(mixed, np.zeros((2, 20_000, 3)), noise).reshape(2, -1)
    assert np.corrcoef(signals)[0, 1] == pytest.approx(0.6, abs=4 * 0.64 / math.sqrt(60_000))
    assert signals.std(axis=1) == pytest.approx([0.3, 0.4], rel=4 / math.sqrt(120_000))
    each = np.array([0.3, 0.8])
    assert mixed.variance() == pytest.approx(each @ wanted @ each, rel=ROUNDING)


def test_the_variance_of_a_weeks_score_adds_up_over_independent_signals() -> None:
    assert measurement().variance() == pytest.approx(0.3**2 + 0.8**2, rel=ROUNDING)
    none = {"weight": np.zeros(0), "sd": np.zeros(0), "common": np.zeros(0), "loading": np.zeros((0, 2))}
    nothing = dict.fromkeys(("freedom", "shared", "lag", "saturation"), ())
    assert measurement(**none, **nothing).variance() == 0.0


def test_common_shocks_and_team_signals_are_nobodys_own_noise() -> None:
    shaken = measurement(common=np.array([0.5, 0.0]), shared=(False, True))
    assert shaken.variance() == pytest.approx(0.3**2 + 0.8**2 + 0.25, rel=ROUNDING)
    assert shaken.variance(own=True) == pytest.approx(0.3**2, rel=ROUNDING)
    wanted = np.array([[1.0, 0.6], [0.6, 1.0]])
    mixed = replace(shaken, mix=np.linalg.cholesky(wanted), shared=(False, False))
    each = np.array([0.3, 0.8])
    assert mixed.variance(own=True) == pytest.approx(each @ wanted @ each, rel=ROUNDING)
    assert mixed.variance() == pytest.approx(each @ wanted @ each + 0.25, rel=ROUNDING)


def test_the_noise_of_a_review_is_that_of_its_weeks_and_its_own() -> None:
    assert measurement().variance_of(FLAT) == pytest.approx((0.3**2 + 0.8**2) / 4, rel=ROUNDING)
    blurred = measurement(blur=0.5).variance_of(FLAT)
    assert blurred == pytest.approx((0.3**2 + 0.8**2) / 4 + 0.25, rel=ROUNDING)
    rated = measurement(blur=0.5, rater=0.2).variance_of(FLAT, own=True)
    assert rated == pytest.approx((0.3**2 + 0.8**2) / 4 + 0.25 + 0.04, rel=ROUNDING)


def test_signals_leave_effort_and_noise_as_they_were() -> None:
    able, noise = worlds.frozen(np.ones((2, 3, 4))), worlds.frozen(np.ones((2, 3, 4)))
    for shared in ((False, False), (True, True)):
        observe(worlds.frozen(measurement(shared=shared)), able, noise)
    assert (able == 1).all() and (noise == 1).all()


@pytest.mark.parametrize("freedom", [2.1, 3.0, 5.0, 30.0])
def test_heavy_tailed_noise_has_the_quantiles_of_students_t_at_variance_one(freedom: float) -> None:
    p = np.array([1e-6, 0.01, 0.2, 0.5, 0.7, 0.999])
    by_hand = student.ppf(p, freedom) * math.sqrt((freedom - 2) / freedom)
    assert heavy(norm.ppf(p), freedom) == pytest.approx(by_hand, rel=1e-6, abs=1e-12)


def test_the_variance_of_heavy_tailed_noise_is_one() -> None:
    """∫ heavy(z)²φ(z) dz, by the trapezoid rule; few degrees of freedom would need wider ends."""
    z = np.linspace(-8.2, 8.2, 200_001)
    for freedom in (5.0, 8.0, 50.0):
        variance = float((heavy(z, freedom) ** 2 * norm.pdf(z)).sum() * (z[1] - z[0]))
        assert variance == pytest.approx(1.0, abs=2e-5)
    assert (heavy(np.array([-3.0, 3.0]), 4.0) ** 2 > 9).all() and heavy(np.zeros(1), 4.0)[0] == 0


def test_heavy_tails_leave_a_signals_standard_deviation_alone() -> None:
    noise = np.random.default_rng(2).standard_normal((2, 50_000, 4))
    signals = seen(measurement(freedom=(6.0, None)), np.zeros((2, 50_000, 4)), noise)
    assert signals[0].std() == pytest.approx(0.3, rel=0.01)
    assert (np.abs(signals[0]) > 4 * 0.3).sum() > 5 * (np.abs(signals[1]) > 4 * 0.4).sum()


def test_a_common_shock_hits_everybody_alike_besides_the_own_noise() -> None:
    able, noise, shock = (np.random.default_rng(s).standard_normal((2, 5, 4)) for s in (3, 4, 5))
    plain = seen(measurement(), able, noise)
    shaken = seen(measurement(common=np.array([0.0, 0.7])), able, noise, shock)
    assert np.array_equal(shaken[0], plain[0])
    assert shaken[1] - plain[1] == pytest.approx(np.repeat(0.7 * shock[1][:, :1], 4, axis=1), rel=1e-9)


def test_who_hides_is_seen_less_clearly_and_the_team_as_clearly_as_ever() -> None:
    able, noise = np.zeros((2, 1, 3)), np.ones((2, 1, 3))
    haze = np.array([[1.0, 1.5, 2.0]])
    signals = seen(measurement(shared=(False, True)), able, noise, haze=haze)
    assert signals[0, 0] == pytest.approx([0.3, 0.45, 0.6]) and signals[1, 0] == pytest.approx([0.4] * 3)


def test_a_lagged_signal_shows_the_work_of_weeks_ago_with_the_noise_of_today() -> None:
    rule, rng = measurement(lag=(0, 2)), np.random.default_rng(6)
    work, noise = rng.uniform(0, 1, (7, 2, 1, 3)), rng.standard_normal((7, 2, 1, 3))
    before = rng.uniform(0, 1, (2, 1, 3))
    trail, plain = trail_of(rule, before), measurement()
    assert len(trail) == 1 and trail[0].shape == (2, 1, 3)
    for t in range(7):
        signals, trail = observe(rule, work[t], noise[t], trail=trail)
        then = before if t < 2 else work[t - 2]
        assert signals[0] == pytest.approx(seen(plain, work[t], noise[t])[0], rel=ROUNDING)
        assert signals[1] == pytest.approx(seen(plain, then, noise[t])[1], rel=ROUNDING)


def test_two_signals_that_lag_keep_their_trails_apart() -> None:
    rule, work = measurement(lag=(1, 3)), np.random.default_rng(7).uniform(0, 1, (5, 2, 1, 2))
    trail, quiet = trail_of(rule, work[0]), np.zeros((2, 1, 2))
    for t in range(5):
        signals, trail = observe(rule, work[t], quiet, trail=trail)
        assert signals[0] == pytest.approx(work[max(t - 1, 0), 0] + 0.5 * work[max(t - 1, 0), 1])
        assert signals[1] == pytest.approx(-work[max(t - 3, 0), 1])


def test_a_signal_that_saturates_shows_little_more_of_much_more_work() -> None:
    rule = measurement(saturation=(2.0, None), loading=np.array([[1.0, 0.0], [0.0, 1.0]]))
    work = np.array([[[0.0, 1.0, 2.0, 2e3, -1.5]], [[0.0, 1.0, 2.0, 2e3, -1.5]]])
    signals = seen(rule, work, np.zeros((2, 1, 5)))
    assert signals[0, 0] == pytest.approx([0.0, 2 * (1 - math.exp(-0.5)), 2 * (1 - math.exp(-1)), 2.0, -1.5])
    assert np.array_equal(signals[1], work[1])


@pytest.mark.parametrize("shared", [(False, False), (True, False)])
def test_what_saturation_takes_is_the_gap_to_the_straight_line_and_its_slope(shared: tuple[bool, bool]) -> None:
    rule, work = measurement(saturation=(1.3, None), shared=shared), np.random.default_rng(8).uniform(0, 2, (2, 4, 3))
    assert rule.bends and not measurement(saturation=(1.3, None), weight=np.array([0.0, 1.0])).bends
    gap, slope = bent(rule, work)
    part = 1 / 3 if shared[0] else 1.0
    straight = work[0] + 0.5 * work[1]
    assert gap == pytest.approx(part * (1.3 * (1 - np.exp(-straight / 1.3)) - straight), rel=1e-9)
    for k in range(2):
        up, down = work.copy(), work.copy()
        up[k] += STEP
        down[k] -= STEP
        assert slope[k] == pytest.approx((bent(rule, up)[0] - bent(rule, down)[0]) / (2 * STEP), rel=SLOPE, abs=SLOPE)


def test_of_a_team_signal_the_others_bring_what_is_not_the_own_part() -> None:
    """Weights 1 and 2, the second signal shared: −2·(mean of activity 2 without a third of the own)."""
    rule, work = measurement(shared=(False, True)), np.array([[[9.0, 9.0, 9.0]], [[1.0, 2.0, 6.0]]])
    assert rule.pools and not measurement().pools
    assert by_others(rule, work)[0] == pytest.approx([-2 * (2 + 6) / 3, -2 * (1 + 6) / 3, -2 * (1 + 2) / 3])
    own = work[0] + 0.5 * work[1] - 2 * work[1] / 3
    quiet = seen(rule, work, np.zeros((2, 1, 3)))
    assert own + by_others(rule, work) == pytest.approx(quiet[0] + 2 * quiet[1], rel=ROUNDING)


AUDIT = Audit(probability=0.4, false_positive=0.1, false_negative=0.2, sensitivity=0.3, penalty=5.0)


def test_an_audit_accuses_some_of_the_honest_and_misses_some_of_the_others() -> None:
    assert AUDIT.chance(np.array([[0.0, 1e9]])) == pytest.approx(np.array([[0.4 * 0.1, 0.4 * 0.8]]))
    found = AUDIT.chance(np.array([[0.3]]))[0, 0]
    assert found == pytest.approx(0.4 * (0.1 + 0.7 * (1 - math.exp(-1))), rel=ROUNDING)


def test_the_slope_of_being_caught_is_that_of_its_chance() -> None:
    gaming = np.linspace(0.01, 1.0, 12)[None, :]
    numerical = (AUDIT.chance(gaming + STEP) - AUDIT.chance(gaming - STEP)) / (2 * STEP)
    assert AUDIT.slope(gaming) == pytest.approx(numerical, rel=SLOPE)


@pytest.mark.parametrize(
    ("key", "value"),
    [("probability", 1.1), ("false_positive", 0.9), ("false_negative", -0.1), ("sensitivity", 0.0), ("penalty", -1.0)],
)
def test_an_audit_that_makes_no_sense_is_refused(key: str, value: float) -> None:
    with pytest.raises(InvalidInput) as caught:
        replace(AUDIT, **{key: value})
    assert caught.value.key == key


SCORE = np.array([[3.0, 1.0, 2.0]])
STAKES = Stakes(
    pay=PieceRate(slope=0.5),
    promotion=Tournament(prize=6.0, winners=1, share=None),
    layoff=Layoff(share=1 / 3, loss=4.0),
    loss=4.0,
    contest=Contest(members=3, noise=1.0, rivals="exact", exact_up_to=12),
    strength=1.0,
    by_lot=False,
    audit=None,
)


def verdict(stakes: Stakes = STAKES, score: np.ndarray = SCORE, **others: Any) -> Any:
    return judge(stakes, FLAT, score, 2 * score, np.zeros((3, *score.shape)), **others)


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


def test_whoever_is_caught_pays_for_every_week_of_the_window() -> None:
    audited = replace(STAKES, audit=AUDIT)
    gaming, luck = np.array([[0.0, 0.0, 9.0]]), np.array([[0.05, 0.03, 0.31]])
    found = verdict(audited, inspected=(gaming, luck))
    assert found.caught.tolist() == [[0.0, 1.0, 1.0]]
    assert (found.reward - verdict().reward).tolist() == [[0.0, -20.0, -20.0]]


def test_without_looking_nobody_is_caught() -> None:
    assert not verdict(STAKES, inspected=(np.full((1, 3), 9.0), np.zeros((1, 3)))).caught.any()
    assert not verdict(replace(STAKES, audit=AUDIT)).caught.any()


LOT = np.array([[[0.5, 0.5, 0.5]], [[0.1, 0.2, 0.9]], [[0.8, 0.1, 0.9]]])  # pay, promotion, layoff


def test_where_the_score_does_not_count_chance_decides_who_rises_and_goes_in_the_same_numbers() -> None:
    drawn = verdict(replace(STAKES, by_lot=True), lot=LOT)
    assert drawn.promoted.tolist() == [[0.0, 0.0, 1.0]] and drawn.laid_off.tolist() == [[0.0, 1.0, 0.0]]
    assert not drawn.reward.any() and drawn.score.tolist() == SCORE.tolist()


def test_where_all_score_alike_places_are_drawn_and_the_rest_is_paid_as_ever() -> None:
    """A tied scheme: everybody has the team's score."""
    alike = np.full((1, 3), 2.0)
    drawn = verdict(score=alike, lot=LOT, tied=True)
    assert drawn.promoted.tolist() == [[0.0, 0.0, 1.0]] and drawn.laid_off.tolist() == [[0.0, 1.0, 0.0]]
    assert drawn.reward.tolist() == [[4 * 1.0, 4 * (1.0 - 4.0), 4 * (1.0 + 6.0)]]


def test_a_lottery_is_not_asked_where_scores_decide() -> None:
    assert verdict(lot=LOT).promoted.tolist() == verdict().promoted.tolist()


def test_a_score_is_counted_from_the_target_for_pay_alone_and_the_target_moves() -> None:
    rule = Target(slope=1.0, foresight=0.5, adjustment=0.5, stretch=0.25, start=2.0)
    target = rule.begin((1, 3))
    found = verdict(replace(STAKES, pay=rule), target=target)
    assert found.reward.tolist() == [[4 * (1.0 + 6.0), 4 * (-1.0 - 4.0), 0.0]]
    assert found.target.tolist() == [[2.75, 1.75, 2.25]] and target.tolist() == [[2.0] * 3]
    assert verdict().target is None


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"scheme.power": "eqal"}, "scheme.power"),
        ({"scheme.rater": -0.1}, "scheme.rater"),
        ({"scheme.halo.liking": -0.1}, "scheme.halo.liking"),
        ({"scheme.halo.tenure": -0.1}, "scheme.halo.tenure"),
        ({"scheme.rotation": {"every": 0, "among": ["commits"]}}, "scheme.rotation.every"),
        ({"scheme.rotation": {"every": 1, "among": []}}, "scheme.rotation.among"),
        ({"scheme.rotation": {"every": 1, "among": ["comits"]}}, "scheme.rotation.among"),
        ({"scheme.changes": [{"week": 0, "set": {"strength": 2.0}}]}, "scheme.changes[0].week"),
        ({"scheme.changes": [{"week": 5, "set": {"strenght": 2.0}}]}, "scheme.strenght"),
        ({"scheme.secret": True, "scheme.announced": {"tickets": 1.0}}, "scheme.secret"),
        ({"scheme.strength": -1.0}, "scheme.strength"),
        ({"scheme.rivals": "crowds"}, "scheme.rivals"),
        ({"scheme.exact_up_to": 1}, "scheme.exact_up_to"),
        ({"scheme.attribution": -0.1}, "scheme.attribution"),
        ({"scheme.promotion": {"kind": "piece_rate", "slope": 1.0}}, "scheme.promotion.kind"),
        ({"scheme.promotion": {"kind": "salary", "pay": 1.0}}, "scheme.promotion.kind"),
        ({"scheme.promotion": {"kind": "layoff", "share": 0.1, "loss": 1.0}}, "scheme.promotion.kind"),
        ({"scheme.layoff": {"kind": "salary", "pay": 1.0}}, "scheme.layoff.kind"),
        ({"scheme.review.weeks": 0}, "scheme.review.weeks"),
        ({"scheme.review.hours": -0.1}, "scheme.review.hours"),
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
