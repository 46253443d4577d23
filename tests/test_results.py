"""What is kept: columns, frames, and the sums they must keep to."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from sim.results import REVIEWED, WEEKLY, Results, columns_of, joined
from sim.rules import rules_of
from sim.scenario import Scenario
from sim.simulation import simulate, simulate_chunks
from tests import worlds
from tests.tolerances import ROUNDING


@pytest.fixture(scope="module")
def results(small: Scenario) -> Results:
    return worlds.run(small, range(4), members=True)


def test_a_row_of_weekly_is_a_run_and_a_week(results: Results, small: Scenario) -> None:
    weekly = results.weekly
    assert weekly.index.names == ["run", "week"] and len(weekly) == 4 * 26
    assert list(weekly.columns) == columns_of(tuple(small.activities))
    assert list(weekly.columns) == [*WEEKLY, *(f"effort_{k}" for k in small.activities)]
    assert (weekly.dtypes == np.float64).all()
    assert weekly.loc[(2, 7), "worth"] == results.columns["worth"][7, 2]


def test_a_row_of_members_is_a_run_a_week_and_a_member(results: Results, small: Scenario) -> None:
    members = results.members
    assert members.index.names == ["run", "week", "member"] and len(members) == 4 * 26 * 9
    assert (members.dtypes == np.float64).all()
    assert results.per_member is not None
    egon = [p.name for p in small.team.seats].index("Egon")
    assert members.loc[(2, 7, "Egon"), "effort_deliver"] == results.per_member["effort_deliver"][7, 2, egon]


def test_members_that_were_not_recorded_are_asked_for_in_vain(small: Scenario) -> None:
    with pytest.raises(ValueError, match="members=True"):
        _ = worlds.run(small, range(1)).members


def test_a_row_of_measures_is_a_run(results: Results) -> None:
    measures = results.measures()
    assert measures.index.tolist() == [0, 1, 2, 3] and measures.index.name == "run"
    assert (measures.dtypes == np.float64).all() and not measures.columns.duplicated().any()


def test_what_is_read_at_reviews_is_missing_between_them(results: Results) -> None:
    for name in REVIEWED:
        there = ~np.isnan(results.columns[name])
        assert np.array_equal(np.flatnonzero(there.any(axis=1)), [12, 25]), name
    for name in set(WEEKLY) - set(REVIEWED):
        assert np.isfinite(results.columns[name]).all(), name


def test_weekly_numbers_are_means_and_totals_of_the_members(results: Results, small: Scenario) -> None:
    weekly = results.weekly
    by_member = results.members.groupby(level=["run", "week"])
    for column in ("worth", "score", "reward", *(f"effort_{k}" for k in small.activities)):
        pd.testing.assert_series_equal(weekly[column], by_member[column].mean(), rtol=1e-10, check_names=False)
    for column in ("promoted", "laid_off"):
        pd.testing.assert_series_equal(weekly[column], by_member[column].sum(), rtol=1e-10, check_names=False)


def test_hours_are_the_sum_of_efforts_and_shares_are_of_hours(results: Results, small: Scenario) -> None:
    weekly = results.weekly
    effort = weekly[[f"effort_{k}" for k in small.activities]]
    assert weekly["hours"].to_numpy() == pytest.approx(effort.sum(axis=1).to_numpy(), rel=ROUNDING)
    worthless = [f"effort_{k}" for k, a in small.activities.items() if a.worth <= 0]
    wasted = effort[worthless].sum(axis=1) / weekly["hours"]
    assert weekly["wasted_share"].to_numpy() == pytest.approx(wasted.to_numpy(), rel=1e-10)
    scored = rules_of(small).scored
    gamed = [f"effort_{k}" for i, k in enumerate(small.activities) if f"effort_{k}" in worthless and scored[i] > 0]
    gaming = effort[gamed].sum(axis=1) / weekly["hours"]
    assert weekly["gaming_share"].to_numpy() == pytest.approx(gaming.to_numpy(), rel=1e-10)
    assert (weekly["gaming_share"] <= weekly["wasted_share"] + ROUNDING).all()


def test_validity_is_the_rank_correlation_within_a_team(results: Results) -> None:
    members = results.members.dropna(subset="review_score")
    for (run, week), team in members.groupby(level=["run", "week"]):
        expected = team["review_score"].rank().corr(team["contribution"].rank())
        assert results.weekly.loc[(run, week), "validity"] == pytest.approx(expected, rel=1e-10)


def test_alignment_is_the_mean_over_members_of_what_each_wants(small: Scenario) -> None:
    rules = rules_of(small)
    review, columns = worlds.lived(rules, (0, 1), seed=3)[12], worlds.run(small, (0, 1)).columns
    f, m, skill, habit = rules.worth, review.m, review.known.skill, review.known.habit
    size = np.linalg.norm(m, axis=0)
    cosine = np.einsum("k,krm->rm", f, m) / (np.linalg.norm(f) * size)
    assert columns["alignment"][12] == pytest.approx(cosine.mean(axis=1), rel=1e-10)

    def gain(wanted: np.ndarray) -> np.ndarray:
        return np.einsum("k,krm->rm", f, small.choice.respond(wanted, habit)) * skill

    turned = f[:, None, None] / np.linalg.norm(f) * size
    idle = gain(np.zeros(m.shape))
    assert columns["alignment_gain"][12] == pytest.approx((gain(m) - idle).mean(axis=1), rel=1e-9)
    assert columns["alignment_best"][12] == pytest.approx((gain(turned) - idle).mean(axis=1), rel=1e-9)


def test_the_incentive_is_what_is_wanted_for_the_score_alone(small: Scenario) -> None:
    rules, unpaid = (rules_of(small.with_({"scheme.strength": s})) for s in (1.0, 0.0))
    first, columns = worlds.lived(rules, (0, 1), seed=3)[12], worlds.run(small, (0, 1)).columns
    stakes = unpaid.stakes
    without = rules.decision.weigh(rules.decision.perceive(replace(first.known, stakes=stakes)))
    by_hand = np.linalg.norm(first.m - without, axis=0).mean(axis=1)
    assert columns["incentive"][12] == pytest.approx(by_hand, rel=1e-10)


def test_one_of_nine_is_promoted_at_each_review(results: Results) -> None:
    promoted = results.columns["promoted"]
    assert promoted[[12, 25]] == pytest.approx(np.ones((2, 4)), abs=ROUNDING)
    assert not np.delete(promoted, [12, 25], axis=0).any()


def test_surplus_is_worth_of_effort_minus_its_cost_and_that_of_risk(small: Scenario) -> None:
    scenario = small.with_({"team.risk_aversion": 0.8, "scheme.strength": 1.3})
    rules = rules_of(scenario)
    passed, results = worlds.lived(rules, (0, 1), seed=3), worlds.run(scenario, (0, 1))
    share = float(rules.review.shares @ rules.review.shares)
    slope, blur = 1.3 * 0.2, 0.3**2 * float(rules.scored @ rules.scored)
    for t in (0, 20):
        effort, known = passed[t].effort, passed[t].known
        gain = np.einsum("k,krm->rm", rules.worth, effort * known.skill)
        cost = scenario.choice.effort_cost(effort, known.habit)
        risk = 0.5 * 0.8 * slope**2 * 13 * (share * rules.measurement.variance() + blur)
        assert results.columns["surplus"][t] == pytest.approx((gain - cost - risk).mean(axis=1), rel=1e-10)


def test_blocks_of_runs_join_to_the_whole(small: Scenario) -> None:
    whole = worlds.run(small, range(6), members=True)
    parts = joined([worlds.run(small, r, members=True) for r in (range(2), range(2, 5), [5])])
    assert parts.runs.tolist() == list(range(6)) and parts.twin is not None and whole.twin is not None
    assert not worlds.same(whole.columns, parts.columns) and not worlds.same(whole.twin.columns, parts.twin.columns)
    assert whole.per_member is not None and parts.per_member is not None
    assert not worlds.same(whole.per_member, parts.per_member)
    pd.testing.assert_frame_equal(whole.measures(), parts.measures(), check_exact=True)


def test_runs_are_numbered_from_zero_and_blocks_come_in_order(calm: Scenario) -> None:
    blocks = list(simulate_chunks(calm.with_({"team.size": 1600}), runs=3, seed=1, aligned=False))
    assert [b.runs.tolist() for b in blocks] == [[0], [1], [2]]
    assert simulate(calm, runs=3, seed=1, aligned=False).runs.tolist() == [0, 1, 2]


def test_a_study_too_large_for_memory_is_refused_by_name_of_what_would_do_it(small: Scenario) -> None:
    from sim.errors import InvalidInput

    with pytest.raises(InvalidInput) as caught:
        simulate(small.with_({"weeks": 5200}), runs=1_000_000)
    assert caught.value.key == "runs" and "simulate_chunks" in str(caught.value)
