"""Measures of all runs together: functions of means."""

from __future__ import annotations

import numpy as np
import pytest

from sim.measures import pooled, pooled_measures
from sim.units import ranks
from tests import worlds


def test_effective_alignment_is_the_gain_as_a_share_of_the_best() -> None:
    assert pooled.effective_alignment(np.array(1.0), np.array(4.0)) == 0.25
    assert np.isnan(pooled.effective_alignment(np.array(0.0), np.array(0.0)))


def test_validity_is_the_rank_correlation_of_score_and_contribution() -> None:
    score, worth = ranks(np.array([[1.0, 2.0, 3.0, 4.0]])), ranks(np.array([[1.0, 3.0, 2.0, 4.0]]))
    found = pooled.validity((score * worth).sum(), (score**2).sum(), (worth**2).sum())
    assert found == pytest.approx(0.8)  # Spearman: 1 − 6·2/(4·15)


def test_validity_is_one_for_the_same_order_and_minus_one_for_the_reverse() -> None:
    x = ranks(np.array([[1.0, 2.0, 3.0]]))
    assert pooled.validity((x * x).sum(), (x**2).sum(), (x**2).sum()) == 1.0
    assert pooled.validity((x * -x).sum(), (x**2).sum(), (x**2).sum()) == -1.0


def test_where_all_tie_validity_is_undefined() -> None:
    assert np.isnan(pooled.validity(np.array(0.0), np.array(0.0), np.array(5.0)))
    results = worlds.run(worlds.scenario("scheme=none", weeks=13))
    assert (results.measures()["rank_spread_score"] == 0).all()


def test_worth_is_a_share_of_the_aligned_teams_only_where_that_has_any() -> None:
    assert pooled.worth_of_aligned(np.array(0.6), np.array(0.8)) == pytest.approx(0.75)
    assert pooled.worth_of_aligned(np.array(-0.2), np.array(0.8)) == pytest.approx(-0.25)
    assert np.isnan(pooled.worth_of_aligned(np.array(1.0), np.array(0.0)))
    assert np.isnan(pooled.worth_of_aligned(np.array(1.0), np.array(-2.0)))


def test_replicates_are_taken_as_well_as_numbers() -> None:
    assert pooled.effective_alignment(np.array([1.0, 2.0]), np.array([4.0, 0.0])).tolist()[0] == 0.25


def test_each_takes_the_means_of_measures_that_exist() -> None:
    columns = set(worlds.run(worlds.scenario("scheme=commits", weeks=13), shadow=True).measures().columns)
    for name, (_, parts) in pooled_measures().items():
        assert set(parts) <= columns, name


def test_decay_is_the_validity_lost_since_the_scheme_counts() -> None:
    found = pooled.decay(*map(np.array, (1.0, 4.0, 9.0, 3.0, 4.0, 9.0)))
    assert found == pytest.approx(3 / 6 - 1 / 6)


def test_a_score_that_rises_by_more_of_its_spread_than_the_work_is_inflated() -> None:
    """Score 5 instead of 3, spread 2: one deviation up; contribution 1.1 instead of 1, spread .5: a fifth."""
    found = pooled.proxy_inflation(*map(np.array, (5.0, 1.1, 3.0, 13.0, 1.0, 1.25)))
    assert found == pytest.approx(1.0 - 0.2)
    assert np.isnan(pooled.proxy_inflation(*map(np.array, (5.0, 1.1, 3.0, 9.0, 1.0, 1.25))))  # all score the same


def test_what_is_asked_for_waits_as_long_as_the_backlog_takes() -> None:
    assert pooled.lead_time(np.array(6.0), np.array(0.5)) == 12.0
    assert np.isnan(pooled.lead_time(np.array(6.0), np.array(0.0)))


def test_an_oracle_without_noise_is_perfectly_valid() -> None:
    changes = {"signals__own_worth__noise__sd": 0.0, "scheme__attribution": 0.0}
    changes |= {"scheme__promotion": None, "scheme__layoff": None}
    results = worlds.run(worlds.scenario("scheme=own_worth", "project=none", weeks=26, **changes), range(5))
    means = results.measures().mean()
    parts = [means[k] for k in ("rank_covariance", "rank_spread_score", "rank_spread_worth")]
    assert pooled.validity(*parts) == pytest.approx(1.0, abs=1e-12)
