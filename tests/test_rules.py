"""A scenario as arrays: what effort adds to a score, at which power, with how much noise."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from sim.evaluation import observe
from sim.rules import Rules, rules_of, stability
from sim.scenario import Scenario
from tests import worlds
from tests.tolerances import ROUNDING

PLAIN: dict[str, Any] = {
    "scheme.standardise": False,
    "scheme.attribution": 0.0,
    "scheme.promotion": None,
    "scheme.layoff": None,
}


def rules(scenario: Scenario, changes: dict[str, Any]) -> Rules:
    return rules_of(scenario.with_(PLAIN | changes))


def loadings(scenario: Scenario, signal: str) -> np.ndarray:
    return np.array(scenario.signals[signal].along(tuple(scenario.activities)))


def test_effort_adds_to_a_score_what_it_adds_to_each_signal_times_its_weight(small: Scenario) -> None:
    found = rules(small, {"scheme.weights": {"commits": 2.0, "visibility": -0.5}})
    by_hand = 2.0 * loadings(small, "commits") - 0.5 * loadings(small, "visibility")
    assert found.scored == pytest.approx(by_hand, rel=ROUNDING)
    assert found.measurement.sd.tolist() == [small.signals[s].noise.sd for s in ("commits", "visibility")]


def test_standardised_signals_are_divided_by_their_spread_in_the_reference_team(small: Scenario) -> None:
    found = rules(small, {"scheme.standardise": True})
    assert small.reference is not None
    unit = small.reference.sd(small.signals["commits"])
    assert found.scored == pytest.approx(loadings(small, "commits") / unit, rel=1e-11)
    assert found.measurement.sd[0] == pytest.approx(small.signals["commits"].noise.sd / unit, rel=1e-11)


@pytest.mark.parametrize("weights", [{"commits": 1.0}, {"commits": 3.0, "liking": 9.0}, {"own_worth": 0.1}])
@pytest.mark.parametrize("project", [True, False])
def test_at_equal_power_a_unit_of_effort_moves_the_score_as_much_as_worth(
    small: Scenario, weights: dict[str, float], project: bool
) -> None:
    changes: dict[str, Any] = {"scheme.power": "equal", "scheme.weights": weights}
    found = rules(small, changes if project else changes | {"project": None})
    assert np.linalg.norm(found.scored) == pytest.approx(np.linalg.norm(found.worth), rel=1e-11)


def test_of_a_shared_signal_a_member_moves_one_part_in_n(small: Scenario) -> None:
    found = rules(small, {"scheme.weights": {"reliability": 1.0, "commits": 1.0}})
    by_hand = loadings(small, "reliability") / 9 + loadings(small, "commits")
    assert found.scored == pytest.approx(by_hand, rel=ROUNDING)
    assert found.believed[0] == pytest.approx(loadings(small, "reliability") / 9, rel=ROUNDING)


def test_a_shared_score_moves_by_what_is_believed_of_it(small: Scenario) -> None:
    """One member's week more raises everybody's score by what the rules say of the own."""
    quiet = PLAIN | {"signals.reliability.noise.sd": 0.0, "team.skill_sd": 0.0}
    found = rules_of(small.with_(quiet | {"scheme.weights": {"reliability": 1.0}}))
    able, noise = np.full((8, 1, 9), 0.1), np.zeros((1, 1, 9))
    more = able.copy()
    more[1, 0, 4] += 1.0
    moved = (observe(found.measurement, more, noise) - observe(found.measurement, able, noise))[0, 0]
    assert moved == pytest.approx(np.full(9, found.scored[1]), rel=1e-9)


def test_what_a_review_cannot_tell_apart_is_of_the_own_signals_and_scales_with_them(small: Scenario) -> None:
    weights = {"reliability": 5.0, "commits": 2.0}
    found = rules(small, {"scheme.attribution": 0.3, "scheme.weights": weights})
    assert found.measurement.blur == pytest.approx(0.3 * 2.0 * np.linalg.norm(loadings(small, "commits")), rel=1e-11)
    double = {"scheme.attribution": 0.3, "scheme.weights": {"commits": 4.0}}
    assert rules(small, double).measurement.blur == pytest.approx(found.measurement.blur * 2, rel=1e-11)
    assert not rules(small, {"scheme.weights": {"reliability": 5.0}}).measurement.blur


def test_the_noise_of_a_contest_is_that_of_a_review(small: Scenario) -> None:
    changes = {"scheme.review.recency": 0.2, "scheme.review.weeks": 4, "scheme.attribution": 0.3}
    found = rules(small, changes)
    shares = found.review.shares
    variance = small.signals["commits"].noise.sd ** 2 * float(shares @ shares) + found.measurement.blur**2
    assert found.stakes.contest.noise == pytest.approx(math.sqrt(variance), rel=ROUNDING)


def test_what_members_are_told_is_what_they_expect_of_the_team(small: Scenario) -> None:
    """Whose beliefs are not perfect judges the others' scores, too, by the announced weights."""
    told = {"scheme.announced": {"visibility": 1.0}, "scheme.power": "equal"}
    found = rules(small, told | {"beliefs.rationality": "announced"})
    truth = rules(small, {"scheme.power": "equal"})
    direction = loadings(small, "visibility")
    assert found.told @ direction == pytest.approx(np.linalg.norm(found.told) * np.linalg.norm(direction), rel=1e-9)
    assert np.array_equal(found.scored, truth.scored)
    assert np.array_equal(found.told, found.believed.sum(axis=0))
    passed = worlds.lived(found, (0, 1))[0].known
    expected = (np.einsum("k,krm->rm", found.told, passed.effort) * passed.skill).mean(axis=1)
    assert passed.field[:, 0] == pytest.approx(expected, rel=1e-10)


def test_perfect_beliefs_see_through_an_announcement(small: Scenario) -> None:
    perfect = {"scheme.announced": {"visibility": 1.0}, "beliefs.rationality": "perfect"}
    found = rules(small, perfect)
    assert found.told == pytest.approx(found.scored, rel=ROUNDING)


def test_signals_that_motives_ask_for_are_read_at_length_one_whatever_their_unit_or_noise(small: Scenario) -> None:
    found = rules(small, {"signals.indispensability.noise.sd": 99.0})
    direction = loadings(small, "indispensability")
    assert found.observed["indispensability"] == pytest.approx(direction / np.linalg.norm(direction), rel=1e-11)


def test_without_a_project_worth_is_what_it_is_at_once(small: Scenario) -> None:
    assert rules(small, {}).worth.tolist() == [a.worth for a in small.activities.values()]
    now = [a.worth_now for a in small.activities.values()]
    assert rules(small, {"project": None}).worth.tolist() == now


def test_what_hangs_on_losing_the_job_is_the_teams_where_the_scheme_lays_nobody_off(small: Scenario) -> None:
    assert rules(small, {"scheme.layoff": None}).stakes.loss == small.team.layoff.loss  # type: ignore[union-attr]
    harsh = {"scheme.layoff": {"kind": "layoff", "share": 0.05, "loss": 0.1}}
    assert rules(small, harsh).stakes.loss == 0.1
    assert rules(small, {"scheme.layoff": None, "team.layoff": None}).stakes.loss == 0.0


def test_the_stability_of_identical_rivals_is_prize_times_bend_times_softness_over_noise() -> None:
    """E2's world: c = 1, σ = 1, ten rivals, two prizes of 1: s = z·φ(z), z = Φ⁻¹(0.8)."""
    found = rules_of(worlds.scenario("limit=E2"))
    z = 0.8416212335729143
    by_hand = z * math.exp(-z * z / 2) / math.sqrt(2 * math.pi)
    assert stability(found, 1.0, 2) == pytest.approx(by_hand, rel=1e-10)
    assert stability(found, 3.0, 2) == pytest.approx(3 * by_hand, rel=1e-10)
    assert stability(found, 1.0, 8) == pytest.approx(-by_hand, rel=1e-10)
    assert stability(found, 1.0, 5) == pytest.approx(0.0, abs=ROUNDING)


def test_differences_between_people_calm_a_contest(small: Scenario) -> None:
    alike = stability(rules(small, {"team.skill_sd": 0.0, "team.habit_sd": 0.0}), 1.0, 1)
    assert stability(rules(small, {}), 1.0, 1) < alike
