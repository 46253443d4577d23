"""A scenario as arrays: what effort adds to a score, at which power, with how much noise."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from sim.errors import InvalidInput
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
    "scheme.halo.liking": 0.0,
    "craft": None,
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
    moved = (observe(found.measurement, more, noise)[0] - observe(found.measurement, able, noise)[0])[0, 0]
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
    told = {"scheme.announced": {"visibility": 1.0}, "scheme.power": "equal", "beliefs.sees_through": 0.0}
    found = rules(small, told | {"beliefs.rationality": "announced"})
    truth = rules(small, {"scheme.power": "equal"})
    direction = loadings(small, "visibility")
    assert found.told @ direction == pytest.approx(np.linalg.norm(found.told) * np.linalg.norm(direction), rel=1e-9)
    assert np.array_equal(found.scored, truth.scored)
    assert np.array_equal(found.told, found.believed.sum(axis=0))
    passed = worlds.lived(found, (0, 1))[0].known
    expected = (np.einsum("k,krm->rm", found.told, passed.effort) * passed.skill).mean(axis=1)
    assert passed.field[:, 0] == pytest.approx(expected, rel=1e-10)


TOLD: dict[str, Any] = {
    "scheme.weights": {"tickets": 1.0, "own_worth": 0.5},
    "scheme.announced": {"peer_feedback": 1.0},
    "beliefs.rationality": "announced",
    "beliefs.sees_through": 0.0,
}


def test_who_looks_through_what_the_evaluator_says_holds_the_true_weights_for_true(small: Scenario) -> None:
    naive, half, wise = (rules(small, TOLD | {"beliefs.sees_through": s}) for s in (0.0, 0.5, 1.0))
    assert np.array_equal(wise.told, wise.scored) and not np.array_equal(naive.told, naive.scored)
    assert naive.told == pytest.approx(loadings(small, "peer_feedback"), rel=ROUNDING)
    assert half.told == pytest.approx((naive.told + wise.told) / 2, rel=ROUNDING)


def test_where_nothing_is_told_people_go_by_folklore_as_loud_as_the_truth(small: Scenario) -> None:
    folklore = {"beliefs.folklore": {"hours": 3.0}}
    secret = rules(small, TOLD | folklore | {"scheme.secret": True, "scheme.announced": None})
    direction = loadings(small, "hours") / np.linalg.norm(loadings(small, "hours"))
    assert secret.told == pytest.approx(direction * np.linalg.norm(secret.counts), rel=1e-10)
    whisper = rules(small, TOLD | folklore | {"beliefs.folklore_share": 0.25})
    plain = rules(small, TOLD)
    assert whisper.told == pytest.approx(0.75 * plain.told + 0.25 * secret.told, rel=1e-9)


def test_a_secret_scheme_needs_something_that_people_say(small: Scenario) -> None:
    with pytest.raises(InvalidInput) as caught:
        small.with_({"scheme.secret": True})
    assert caught.value.key == "beliefs.folklore"
    with pytest.raises(InvalidInput) as caught:
        small.with_({"beliefs.folklore": {"huors": 1.0}})
    assert caught.value.key == "beliefs.folklore" and caught.value.nearest == "hours"


def test_what_is_counted_in_public_is_felt_more_than_what_is_not(small: Scenario) -> None:
    plain, salient = (rules(small, TOLD | {"scheme.announced": None, "beliefs.salience": s}) for s in (0.0, 0.5))
    assert salient.told - plain.told == pytest.approx(0.5 * loadings(small, "tickets"), rel=1e-9)
    perfect = rules(small, {"beliefs.salience": 0.5, "beliefs.rationality": "perfect"})
    assert np.array_equal(perfect.told, perfect.scored)


def test_work_that_shows_later_is_felt_less_by_the_impatient(small: Scenario) -> None:
    late = {"signals.commits.lag": 3, "scheme.review.patience": 0.9, "beliefs.rationality": "announced"}
    found = rules(small, late)
    assert found.told == pytest.approx(0.9**3 * found.scored, rel=ROUNDING)


HALO: dict[str, Any] = {"scheme.halo.liking": 0.4, "signals.liking.saturation": None}


def test_being_liked_leaks_into_whatever_passes_through_a_persons_judgement(small: Scenario) -> None:
    """Visibility and peer feedback are judged, tickets are not."""
    weights = {"visibility": 0.5, "peer_feedback": -0.3, "tickets": 2.0}
    judged = {k: s.subjective for k, s in small.signals.items() if k in weights}
    assert judged == {"visibility": True, "peer_feedback": True, "tickets": False}
    fair, halo = (rules(small, {"scheme.weights": weights} | h) for h in ({}, HALO))
    assert halo.scored - fair.scored == pytest.approx(0.4 * 0.8 * loadings(small, "liking"), rel=1e-9)
    assert halo.signals == (*fair.signals, "liking")


def test_a_number_has_no_halo(small: Scenario) -> None:
    fair, halo = (rules(small, {"scheme.weights": {"tickets": 2.0, "commits": 1.0}} | h) for h in ({}, HALO))
    assert np.array_equal(fair.scored, halo.scored) and halo.signals == fair.signals


def test_correlated_noise_is_that_of_the_signals_that_are_named_whatever_the_halo(small: Scenario) -> None:
    weights = {"scheme.weights": {"tickets": 1.0, "visibility": 0.5}}
    related = weights | {"scheme.correlation": [[1.0, 0.3], [0.3, 1.0]]}
    for halo in ({}, HALO):
        found, free = rules(small, related | halo).measurement, rules(small, weights | halo).measurement
        each = found.weight * found.sd
        assert found.variance() == pytest.approx(free.variance() + 2 * 0.3 * each[0] * each[1], rel=ROUNDING)


def test_what_a_rater_thinks_of_a_person_is_noise_as_large_as_so_much_work(small: Scenario) -> None:
    found = rules(small, {"scheme.rater": 0.6, "scheme.weights": {"commits": 2.0}})
    assert found.measurement.rater == pytest.approx(0.6 * 2 * np.linalg.norm(loadings(small, "commits")), rel=1e-11)
    variance = found.measurement.variance() / 13 + found.measurement.rater**2
    assert found.stakes.contest.noise == pytest.approx(math.sqrt(variance), rel=ROUNDING)


def test_what_all_share_is_in_the_noise_of_a_score_and_not_in_that_of_a_contest(small: Scenario) -> None:
    shaken = rules(small, {"signals.commits.noise.common": 2.0}).stakes.contest
    calm = rules(small, {}).stakes.contest
    assert shaken.noise == calm.noise and calm.common == 0
    assert shaken.common == pytest.approx(2.0 / math.sqrt(13), rel=ROUNDING)
    assert shaken.spread == pytest.approx(math.hypot(calm.noise, shaken.common), rel=ROUNDING)


TEAM: dict[str, Any] = {
    "scheme.weights": {"team_worth": 1.0},
    "scheme.promotion": "team",
    "scheme.layoff": {"kind": "layoff", "share": 0.2, "loss": 1.0},
}


def test_where_only_the_teams_signals_count_the_score_sets_nobody_apart(small: Scenario) -> None:
    assert rules(small, TEAM).tied and not rules(small, {}).tied
    both = rules(small, {"scheme.weights": {"team_worth": 1.0, "commits": 0.1}})
    assert not both.tied and not rules(small, {"scheme.weights": {}, "scheme.pay": None}).tied


def test_a_contest_that_nobody_can_win_by_work_brings_no_incentive(small: Scenario) -> None:
    """Promotions and layoffs are drawn by lot, in their numbers; money comes with the team's score."""
    found = rules(small, TEAM | {"weeks": 26})
    lived = worlds.lived(found, (0, 1, 2))
    channels = list(found.decision.motives)
    for passed in lived:
        assert not passed.terms[channels.index("promotion")].any()
        assert not passed.known.apart.any()
        assert passed.terms[channels.index("pay")].any()
    promoted = np.stack([p.verdict.promoted for p in lived if p.verdict is not None])
    laid_off = np.stack([p.verdict.laid_off for p in lived if p.verdict is not None])
    assert promoted.sum(axis=-1) == pytest.approx(np.ones((2, 3)), abs=1e-9)
    assert set(np.unique(promoted.round(9))) == {0.0, 1.0} and set(np.unique(laid_off)) == {0.0, 1.0}
    assert np.isin(laid_off.sum(axis=-1), [1.0, 2.0]).all()


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
    assert rules(small, {"scheme.layoff": None}).stakes.loss == small.team.layoff.loss
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
