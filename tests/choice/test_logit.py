"""Quantal response: THEORY H3 and H3b, by hand and through the week."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy.special import ndtri

from sim.choice.logit import Logit
from sim.errors import InvalidInput
from sim.rules import rules_of
from tests import worlds
from tests.tolerances import ERRORS, ROUNDING

REWARD = np.array([1.0, 0.6, 0.2, -0.5])[:, None, None]
SHARES = [0.5878851391884014, 0.26415382061143294, 0.11869196258294157, 0.029269077617224144]  # λ = 2


def logit(**options: Any) -> Logit:
    return Logit(**({"sharpness": 2.0, "size": 1.0, "sampled": False} | options))


def test_what_is_better_is_done_more_not_only() -> None:
    assert logit().respond(REWARD, REWARD)[:, 0, 0] == pytest.approx(SHARES, rel=ROUNDING)


def test_its_value_is_the_logarithm_of_the_sum_of_exponentials() -> None:
    """H3: with entropy as the cost, the best week is worth ln Σ exp(λu)/λ."""
    rule = logit()
    effort = rule.respond(REWARD, REWARD)
    value = (REWARD * effort).sum() - rule.effort_cost(effort, REWARD)[0, 0]
    assert value == pytest.approx(1.2656118458407368, rel=ROUNDING)


def test_the_size_of_the_week_scales_what_is_done() -> None:
    assert logit(size=0.4).respond(REWARD, REWARD)[:, 0, 0] == pytest.approx([0.4 * s for s in SHARES], rel=ROUNDING)
    assert logit(size=0.4).hours == (0.4, 0.4)


def test_only_differences_of_reward_matter_however_large_they_are() -> None:
    assert logit().respond(REWARD + 7, REWARD) == pytest.approx(logit().respond(REWARD, REWARD), rel=1e-10)
    huge = logit(sharpness=50.0).respond(1e4 * REWARD, REWARD)[:, 0, 0]
    assert huge.tolist() == [1.0, 0.0, 0.0, 0.0]


def test_a_week_at_a_time_the_mean_is_the_same() -> None:
    """H3b: all of a week on the best, with Gumbel luck."""
    runs = 40_000
    known = worlds.known_of(worlds.scenario("scheme=commits", weeks=13), week=1, runs=(0,))
    luck = np.random.default_rng(1).standard_normal((4, runs, 1))
    effort = logit(sampled=True).answer(np.repeat(REWARD, runs, axis=1), replace(known, explore=luck))[..., 0]
    assert ((effort == 0) | (effort == 1)).all() and (effort.sum(axis=0) == 1).all()
    error = np.sqrt(np.array(SHARES) * (1 - np.array(SHARES)) / runs)
    assert (np.abs(effort.mean(axis=1) - SHARES) < ERRORS * error).all()


def test_luck_is_gumbels_quantile_by_quantile() -> None:
    """Two activities: the first is done where γ₁ − γ₂ > λ(u₂ − u₁), γ = −ln(−ln Φ(z))."""
    known = worlds.known_of(worlds.scenario("scheme=commits", weeks=13), week=1, runs=(0,))
    middle = float(ndtri(np.exp(-1.0)))  # γ = 0
    for gap, first in ((0.49, 0.0), (0.51, 1.0)):  # γ₁ = 1 where Φ(z) = exp(−1/e)
        luck = np.array([float(ndtri(np.exp(-np.exp(-1.0)))), middle])[:, None, None]
        m = np.array([0.0, 1.0 - gap])[:, None, None]
        assert logit(sampled=True).answer(m, replace(known, explore=luck))[0, 0, 0] == first


def test_in_the_week_every_member_does_one_thing_at_a_time_and_the_luck_is_drawn_for_it() -> None:
    scenario = worlds.scenario(
        "scheme=commits", "choice=logit", choice__sampled=True, conduct__adjustment=1.0, conduct__experimentation=0.0
    )
    rules = rules_of(scenario.with_({"weeks": 13}))
    assert len(rules.causes.explore) == len(rules.activities)
    efforts = [passed.effort for passed in worlds.lived(rules)]
    assert all(((e == 0) | (e == 1)).all() for e in efforts)
    assert not np.array_equal(efforts[0], efforts[1])


def test_a_drawn_week_without_luck_is_refused() -> None:
    known = worlds.known_of(worlds.scenario("scheme=commits", weeks=13), week=1, runs=(0,))
    with pytest.raises(InvalidInput) as caught:
        logit(sampled=True).answer(REWARD, replace(known, explore=np.empty((0, 1, 9))))
    assert caught.value.key == "choice.sampled"


@pytest.mark.parametrize("key", ["sharpness", "size"])
def test_a_week_without_hours_or_reason_is_refused(key: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        logit(**{key: 0.0})
    assert caught.value.key == key


def test_a_week_that_is_drawn_by_lot_is_not_tried_out_besides() -> None:
    sampled = {"kind": "logit", "sharpness": 4.0, "size": 1.0, "sampled": True}
    keen, calm = (
        worlds.run(worlds.scenario("scheme=commits", weeks=13, choice=sampled, conduct__experimentation=tau))
        for tau in (0.2, 0.0)
    )
    assert not worlds.same(keen.columns, calm.columns)


@pytest.mark.parametrize("size", [0.4, 1.0, 2.5])
def test_a_week_of_any_size_is_worth_its_size_times_as_much_and_moves_as_much_more(size: float) -> None:
    rule, slope = logit(size=size), np.array([1.0, 0.4, -0.2, 0.1])
    effort = rule.respond(REWARD, REWARD)
    value = (REWARD * effort).sum() - rule.effort_cost(effort, REWARD)[0, 0]
    assert value == pytest.approx(size * 1.2656118458407368, rel=1e-10)
    pull = 1e-6 * slope[:, None, None]
    moved = (rule.respond(pull, pull) - rule.respond(0 * pull, pull))[:, 0, 0] / 1e-6
    assert rule.softness(slope) == pytest.approx(float(slope @ moved), rel=1e-4)
