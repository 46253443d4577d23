"""What is kept: columns, frames, and the sums they must keep to."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from sim.draws import Draws
from sim.engine import weeks
from sim.results import REVIEWED, SHADOWED, WEEKLY, Results, columns_of, joined, mislabelled, misperceived, surplus, top
from sim.rules import plan_of, rules_of
from sim.scenario import Scenario
from sim.simulation import simulate, simulate_chunks
from tests import worlds
from tests.tolerances import ERRORS, ROUNDING


@pytest.fixture(scope="module")
def results(small: Scenario) -> Results:
    return worlds.run(small, range(4), members=True)


def test_a_row_of_weekly_is_a_run_and_a_week(results: Results, small: Scenario) -> None:
    weekly = results.weekly
    assert weekly.index.names == ["run", "week"] and len(weekly) == 4 * 26
    assert list(weekly.columns) == columns_of(small)
    utility = [f"utility_{k}" for k in ("safety", "pay", "intrinsic", "promotion", "skill_up")]
    assert set(weekly.columns) == {*WEEKLY, *utility, *(f"effort_{k}" for k in small.activities)}
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

    objection = review.known.objection
    assert objection is not None

    def gain(wanted: np.ndarray) -> np.ndarray:
        return np.einsum("k,krm->rm", f, small.choice.respond(wanted - objection, habit)) * skill

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


def test_a_row_of_reviews_is_a_run_a_review_and_a_member(small: Scenario, results: Results) -> None:
    reviews = results.reviews
    assert reviews.index.names == ["run", "week", "member"] and len(reviews) == 4 * 2 * 9
    assert set(reviews.index.get_level_values("week")) == {12, 25}
    members = results.members.loc[reviews.index]
    for column in ("contribution", "reward", "promoted", "laid_off"):
        pd.testing.assert_series_equal(reviews[column], members[column])
    pd.testing.assert_series_equal(reviews["score"], members["review_score"], check_names=False)


def test_reviews_from_before_the_scheme_counts_are_left_out(small: Scenario) -> None:
    late = worlds.run(small.with_({"onset": 13}), range(2))
    assert set(late.reviews.index.get_level_values("week")) == {25}
    assert np.isfinite(late.columns["validity"][[12, 25]]).all() and len(late.at_reviews("validity")) == 1


def test_the_team_that_is_only_measured_stands_beside_in_columns_of_its_own(small: Scenario) -> None:
    both, plain = worlds.run(small, range(2), shadow=True), worlds.run(small, range(2))
    assert both.shadow is not None and plain.shadow is None
    assert not worlds.same(both.columns, plain.columns)
    for name in SHADOWED:
        column = both.weekly[f"shadow_{name}"].to_numpy().reshape(2, 26).T
        assert np.array_equal(column, both.shadow.columns[name], equal_nan=True)
    assert not np.array_equal(both.shadow.columns["worth"], both.columns["worth"])


def test_among_the_highest_is_shared_by_those_who_tie_for_the_last_place() -> None:
    x = np.array([[3.0, 2.0, 2.0, 1.0], [5.0, 6.0, 7.0, 8.0]])
    assert top(x, np.array([2.0, 3.0])).tolist() == [[1.0, 0.5, 0.5, 0.0], [0.0, 1.0, 1.0, 1.0]]


def test_who_is_called_low_and_is_not_is_mislabelled() -> None:
    score, truth = np.array([[1.0, 2.0, 3.0, 4.0]] * 3), np.array([[1.0, 2, 3, 4], [4.0, 3, 2, 1], [2.0, 1, 3, 4]])
    assert mislabelled(-score, -truth, 1).tolist() == [0.0, 1.0, 1.0]
    assert mislabelled(-score, -truth, 2).tolist() == [0.0, 1.0, 0.0]


def test_of_200_people_rated_at_a_correlation_of_46_percent_seven_in_ten_of_the_lowest_20_are_mislabelled() -> None:
    """THEORY J: with effort fixed and ratings that correlate .46 with truth."""
    rng = np.random.default_rng(1)
    truth = rng.standard_normal((2000, 200))
    rated = 0.46 * truth + np.sqrt(1 - 0.46**2) * rng.standard_normal(truth.shape)
    found = mislabelled(-rated, -truth, 20)
    assert abs(found.mean() - 0.70) < 0.005 + ERRORS * found.std() / np.sqrt(2000)


def test_what_is_misperceived_is_the_error_relative_to_the_truth_and_its_angle(small: Scenario) -> None:
    (passed, *_) = worlds.lived(rules_of(small), (0, 1))
    true = passed.rules.counts[:, None, None] * passed.known.shows
    error = np.linalg.norm(passed.known.slope - true, axis=0) / np.linalg.norm(true, axis=0)
    gap, angle = misperceived(passed)
    assert gap == pytest.approx(error.mean(axis=1), rel=1e-10) and (gap > 0.05).all()
    twice = replace(passed, known=replace(passed.known, slope=2.0 * true))
    assert misperceived(twice)[0] == pytest.approx([1.0, 1.0], rel=ROUNDING)
    assert misperceived(twice)[1] == pytest.approx([0.0, 0.0], abs=1e-5)
    assert (angle > 1).all()


def test_relative_pay_filters_out_the_luck_that_all_share() -> None:
    """D6: N = 6, σ² = 1, common 1.5, λ = 15/17: the variance that is left is 1 + 1.5 − 1.5·λ per point of pay."""
    share = 15 / 17
    scenario = worlds.scenario(
        "limit=B1",
        team__size=6,
        team__risk_aversion=2.0,
        scheme__pay={"kind": "relative", "slope": 0.3, "comparison": share},
        signals__measure_1__noise__sd=1.0,
        signals__measure_1__noise__common=1.5**0.5,
    )
    (first, *_) = worlds.lived(rules_of(scenario), (0,))
    gain = (first.gain - scenario.choice.effort_cost(first.effort, first.known.habit))[0]
    risk = 0.5 * 2.0 * 0.3**2 * (1 + 1.5 - 1.5 * share)
    assert surplus(first)[0] == pytest.approx(gain - risk, rel=1e-10)
    alone = replace(first, rules=rules_of(scenario.with_({"scheme.pay": {"kind": "piece_rate", "slope": 0.3}})))
    assert surplus(alone)[0] == pytest.approx(gain - 0.5 * 2.0 * 0.3**2 * 2.5, rel=1e-10)


def test_where_chance_decides_pay_carries_no_risk_of_the_scores(small: Scenario) -> None:
    scenario = small.with_({"team.risk_aversion": 0.8, "onset": 13})
    passed = list(weeks(plan_of(scenario), Draws(3, (0, 1), 9)))
    for t, risky in ((5, False), (20, True)):
        cost = scenario.choice.effort_cost(passed[t].effort, passed[t].known.habit)
        assert (surplus(passed[t]) < passed[t].gain - cost - 1e-3).all() == risky
        assert np.array_equal(surplus(passed[t]), passed[t].gain - cost) != risky


def test_one_who_stays_costs_one_and_a_leaver_what_it_takes_to_replace_him(small: Scenario) -> None:
    results = worlds.run(small.with_({"turnover.quit": 0.05}), range(4), members=True)
    assert results.per_member is not None and small.turnover is not None
    gone = results.per_member["gone"].sum(axis=-1)
    assert gone.any() and np.array_equal(results.columns["left"], gone)
    assert results.columns["cost"] == pytest.approx(1 + small.turnover.cost * gone / 9, rel=ROUNDING)
