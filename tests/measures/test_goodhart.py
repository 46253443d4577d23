"""What people do for the yardstick: each measure in Baker's limit, where all is known by hand.

B1: worth f = (2, 0), measure g = 1.5·(cos 30°, sin 30°), paid 1 a point, cost ½|a − 20|²: a = 20 + g;
the aligned team does a = 20 + 1.5·(1, 0).
"""

from __future__ import annotations

import math
from functools import partial

import numpy as np
import pytest

from sim.measures import goodhart, per_run, pooled_measures
from sim.results import Results
from sim.scenario import Scenario
from tests import worlds
from tests.tolerances import ROUNDING

by_hand = partial(worlds.results_by_hand, reviewed={}, review_weeks=())
G = (1.5 * math.cos(math.pi / 6), 1.5 * math.sin(math.pi / 6))
A = (20 + G[0], 20 + G[1])


@pytest.fixture(scope="module")
def baker() -> Results:
    return worlds.run(worlds.scenario("limit=B1"), range(3), shadow=True)


@pytest.mark.parametrize(
    ("measure", "expected"),
    [
        ("displaced_share", abs(A[0] / sum(A) - 21.5 / 41.5)),
        ("gaming_share", A[1] / sum(A)),
        ("wasted_share", A[1] / sum(A)),
        ("worth_aligned", 43.0),
        ("misalignment_price", 43.0 - 2 * A[0]),
        ("congruence", math.cos(math.pi / 6)),
        ("alignment", math.cos(math.pi / 6)),
        ("incentive", 1.5),
        ("alignment_gain", 2 * G[0]),
        ("alignment_best", 3.0),
        ("rank_covariance", 0.0),
        ("rank_spread_score", 0.0),
        ("rank_spread_worth", 0.0),
        ("perception_gap", 0.0),
        ("perception_angle", 0.0),
        ("contribution", 2 * A[0]),
        ("shadow_contribution", 40.0),
        ("shadow_contribution_square", 1600.0),
        ("shadow_rank_covariance", 0.0),
        ("shadow_rank_spread_score", 0.0),
        ("shadow_rank_spread_worth", 0.0),
        ("mislabelled_low", 0.0),  # one alone is as low as one can be
    ],
)
def test_in_bakers_limit_it_is_known_by_hand(baker: Results, measure: str, expected: float) -> None:
    found = getattr(goodhart, measure)(baker)
    assert found.shape == (3,) and found == pytest.approx(np.full(3, expected), rel=1e-10, abs=1e-6)


@pytest.mark.parametrize(
    ("measure", "expected"),
    [
        ("review_score", G[0] * A[0] + G[1] * A[1]),
        ("shadow_review_score", 20 * (G[0] + G[1])),
        ("shadow_review_score_square", 400 * (G[0] + G[1]) ** 2),
    ],
)
def test_without_noise_the_score_is_known_by_hand_too(measure: str, expected: float) -> None:
    quiet = worlds.run(worlds.scenario("limit=B1", signals__measure_1__noise__sd=0.0), range(3), shadow=True)
    assert getattr(goodhart, measure)(quiet) == pytest.approx(np.full(3, expected), rel=1e-10)


def test_every_measure_of_this_subject_is_known_by_hand(baker: Results) -> None:
    mine = {k for k, f in per_run(baker).items() if f.__module__ == goodhart.__name__}
    tests = (test_in_bakers_limit_it_is_known_by_hand, test_without_noise_the_score_is_known_by_hand_too)
    known = {case[0] for test in tests for case in test.pytestmark[0].args[1]}
    assert mine == known | {"mislabelled_promoted"}


def test_who_is_promoted_though_others_did_more_is_mislabelled() -> None:
    """Of reviews at which nobody rises there is nothing to say; a run is measured over those at which somebody did."""
    scenario: Scenario = worlds.scenario("scheme=commits", weeks=39)
    rank, column = np.full((39, 2), np.nan), np.full((39, 2), np.nan)
    rank[[12, 25, 38]] = 1.0
    column[12], column[25], column[38] = [1.0, np.nan], [0.5, 0.25], [0.75, np.nan]
    results = by_hand(scenario, {"mislabelled_promoted": column, "rank_spread_score": rank})
    assert goodhart.mislabelled_promoted(results).tolist() == [0.75, 0.25]
    nobody = by_hand(scenario, {"mislabelled_promoted": np.full((39, 2), np.nan), "rank_spread_score": rank})
    assert np.isnan(goodhart.mislabelled_promoted(nobody)).all()


def test_effective_alignment_is_the_cosine_in_bakers_limit(baker: Results) -> None:
    function, parts = pooled_measures()["effective_alignment"]
    means = [float(per_run(baker)[p](baker).mean()) for p in parts]
    assert function(*means) == pytest.approx(math.cos(math.pi / 6), rel=1e-10)


def test_a_team_that_wants_what_it_is_for_is_not_displaced() -> None:
    """Only intrinsic motives, no luck: the aligned team does the very same."""
    people = [{"name": "Ada", "motives": {"intrinsic": 1.0}, "skill": None}]
    scenario = worlds.scenario("scheme=none", **worlds.CALM, team__people=people, weeks=13)
    results = worlds.run(scenario)
    assert goodhart.displaced_share(results) == pytest.approx(np.zeros(3), abs=ROUNDING)
    assert goodhart.misalignment_price(results) == pytest.approx(np.zeros(3), abs=ROUNDING)
    assert goodhart.alignment(results) == pytest.approx(np.ones(3), rel=ROUNDING)


def test_disjoint_weeks_are_displaced_altogether() -> None:
    scenario = worlds.scenario("limit=B1")
    twin = by_hand(scenario, {"effort_task_1": [[0.0, 1.0]] * 2, "effort_task_2": [[2.0, 1.0]] * 2})
    mine = {"effort_task_1": [[1.0, 1.0]] * 2, "effort_task_2": [[0.0, 3.0]] * 2}
    results = by_hand(scenario, mine, twin=twin)
    assert goodhart.displaced_share(results).tolist() == [1.0, 0.25]


def test_where_nothing_is_scored_congruence_and_alignment_are_undefined() -> None:
    people = [{"name": "Ada", "motives": {"pay": 1.0}, "skill": None}]
    results = worlds.run(worlds.scenario("scheme=none", team__people=people, weeks=13))
    assert np.isnan(goodhart.congruence(results)).all() and np.isnan(goodhart.alignment(results)).all()
    assert (goodhart.incentive(results) == 0).all() and (goodhart.gaming_share(results) == 0).all()


def test_the_incentive_is_read_in_the_first_review() -> None:
    scenario: Scenario = worlds.scenario("scheme=commits", weeks=26)
    column = np.full((26, 2), np.nan)
    column[12], column[25] = [1.0, 2.0], [8.0, 9.0]
    results = by_hand(scenario, {"incentive": column, "rank_spread_score": column})
    assert goodhart.incentive(results).tolist() == [1.0, 2.0]


def test_what_reviews_say_is_averaged_over_reviews() -> None:
    scenario: Scenario = worlds.scenario("scheme=commits", weeks=30)
    column = np.full((30, 1), np.nan)
    column[12], column[25] = 1.0, 4.0
    results = by_hand(scenario, {"rank_covariance": column, "rank_spread_score": column})
    assert goodhart.rank_covariance(results).tolist() == [2.5]


def test_what_was_before_the_scheme_counts_is_not_measured() -> None:
    scenario: Scenario = worlds.scenario("scheme=commits", weeks=26, onset=13)
    column, share = np.full((26, 1), np.nan), np.full((26, 1), 0.5)
    column[12], column[25], share[:13] = 1.0, 4.0, 0.9
    results = by_hand(scenario, {"rank_covariance": column, "rank_spread_score": column, "gaming_share": share})
    assert goodhart.rank_covariance(results).tolist() == [4.0]
    assert goodhart.gaming_share(results).tolist() == [0.5]


def test_measures_that_need_the_team_that_is_only_measured_say_so() -> None:
    results = worlds.run(worlds.scenario("limit=B1"), range(2))
    assert not set(goodhart.NEED_SHADOW) & set(results.measures().columns)
    for name in goodhart.NEED_SHADOW:
        with pytest.raises(ValueError, match="shadow"):
            getattr(goodhart, name)(results)


def test_measures_that_need_the_aligned_team_say_so() -> None:
    results = worlds.run(worlds.scenario("limit=B1"), range(2), aligned=False)
    assert not set(goodhart.NEED_TWIN) & set(results.measures().columns)
    for name in goodhart.NEED_TWIN:
        with pytest.raises(ValueError, match="aligned"):
            getattr(goodhart, name)(results)
