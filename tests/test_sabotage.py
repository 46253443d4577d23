"""Sabotage in the week: what it takes from scores, and what it is worth to whom."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest

from sim.motives.base import by_score
from sim.motives.pay import Pay
from sim.motives.promotion import Promotion
from sim.perception import Known
from sim.politics import taken
from sim.rewards.base import RewardRule
from sim.rewards.mixed import Mixed
from sim.rewards.piece_rate import PieceRate
from sim.rewards.relative import Relative
from sim.rewards.salary import Salary
from sim.rewards.team_share import TeamShare
from sim.rules import rules_of
from tests import worlds
from tests.tolerances import ROUNDING, SLOPE, STEP

STAKES: dict[str, Any] = {
    "good_intent": False,
    "team__promotion": {"kind": "tournament", "prize": 0.4, "winners": None, "share": 0.3},
    "team__layoff": {"kind": "layoff", "share": 0.3, "loss": 0.5},
    "activities__undermine__habit": 0.05,
}


@cache
def known(rationality: str = "perfect") -> Known:
    changes = STAKES | {"beliefs__rationality": rationality, "activities__undermine__sabotages": 1.5}
    return worlds.known_of(worlds.scenario("scheme=impressive", **changes), week=4)


def brought(rule: RewardRule) -> np.ndarray:
    """What a unit of undermining brings by a rule, over what it would bring if it took nothing."""
    with_, without = (by_score(rule, replace(known(), sabotages=s)) for s in (known().sabotages, None))
    return (with_ - without)[known().activities.index("undermine")]


def test_it_is_counted_in_what_a_week_adds_to_a_score_where_it_counts_most() -> None:
    for strength, power in ((1.0, "as_given"), (3.0, "equal")):
        scenario = worlds.scenario("scheme=impressive", **STAKES, scheme__strength=strength, scheme__power=power)
        rules = rules_of(scenario)
        assert rules.sabotages is not None
        assert rules.sabotages.max() == pytest.approx(np.linalg.norm(rules.scored), rel=ROUNDING)


def test_what_nobody_means_costs_no_array() -> None:
    assert rules_of(worlds.scenario("scheme=impressive")).sabotages is None


def test_in_a_contest_it_brings_the_slope_of_the_own_score_over_the_number_of_rivals() -> None:
    rule, contest = known().stakes.promotion, known().stakes.contest
    assert rule is not None and known().sabotages is not None
    slope = rule.incentive(known().standing, known().field, contest) * known().pressure
    assert brought(rule) == pytest.approx(slope * known().sabotages.max() / 8, rel=ROUNDING)


@pytest.mark.parametrize("rule", [PieceRate(slope=0.5), Salary(pay=1.0)])
def test_where_nobody_is_compared_it_brings_nothing(rule: RewardRule) -> None:
    assert not brought(rule).any()


@pytest.mark.parametrize(
    ("rule", "each"),
    [
        (Relative(slope=0.5, comparison=0.7), 0.5 * 0.7 / 8),
        (TeamShare(slope=0.5), -0.5 / 9),
        (Mixed(slope=0.5, own=0.6), -0.5 * 0.4 / 9),
    ],
)
def test_elsewhere_it_brings_what_the_others_scores_cost_oneself(rule: RewardRule, each: float) -> None:
    size = known().sabotages
    assert size is not None
    assert brought(rule) == pytest.approx(known().pressure * each * size.max(), rel=ROUNDING)


@pytest.mark.parametrize("rationality", ["perfect", "announced"])
@pytest.mark.parametrize("name", ["pay", "promotion", "safety"])
@pytest.mark.parametrize("rule", [Relative(slope=0.5, comparison=0.7), TeamShare(slope=0.5), None])
def test_a_marginal_is_the_derivative_of_its_utility(name: str, rationality: str, rule: RewardRule | None) -> None:
    team = known(rationality)
    team = replace(team, stakes=replace(team.stakes, pay=rule or team.stakes.promotion))
    motive = {"pay": Pay(), "promotion": Promotion(), "safety": worlds.scenario().motives["safety"]}[name]
    marginal, k = motive.marginal(team), team.activities.index("undermine")
    up, down = team.effort.copy(), team.effort.copy()
    up[k] += STEP
    down[k] -= STEP
    numerical = (motive.utility(up, team) - motive.utility(down, team)) / (2 * STEP)
    assert marginal[k] == pytest.approx(numerical, rel=SLOPE, abs=SLOPE)


def test_what_is_taken_is_missing_from_the_scores_of_the_week() -> None:
    fixed = STAKES | {"choice": {"kind": "fixed"}, "weeks": 13}
    weeks = {
        d: worlds.lived(rules_of(worlds.scenario(**fixed, activities__undermine__sabotages=d))) for d in (0.0, 2.0)
    }
    rules = weeks[2.0][0].rules
    assert rules.sabotages is not None
    for calm, rough in zip(weeks[0.0], weeks[2.0], strict=True):
        lost = taken(rules.sabotages, rough.effort)
        assert lost.min() > 0
        assert rough.score == pytest.approx(calm.score - lost, rel=ROUNDING, abs=ROUNDING)
        assert np.array_equal(rough.worth, calm.worth), "what it costs the business is its worth, not the score"


def test_who_knows_all_knows_what_is_taken_from_whom() -> None:
    team = known()
    assert team.sabotages is not None and team.given_apart is not None
    lost = taken(team.sabotages, team.effort)
    assert lost.std() > 0
    assert np.array_equal(team.field, team.standing)
    assert team.standing == pytest.approx((team.apart * team.effort).sum(axis=0) - lost, rel=ROUNDING, abs=ROUNDING)
