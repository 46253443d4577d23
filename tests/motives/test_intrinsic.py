"""Caring about the work: a unit of effort is worth what the work is worth."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sim.errors import InvalidInput
from sim.motives.intrinsic import Intrinsic
from sim.scenario import Scenario
from tests import worlds
from tests.tolerances import ROUNDING

TRUE = Intrinsic(surrogation=0.0)


def test_its_marginal_is_worth_times_skill(small: Scenario) -> None:
    known = worlds.known_of(small, week=2)
    f = np.array([a.worth for a in small.activities.values()])
    assert np.array_equal(TRUE.marginal(known), f[:, None, None] * known.skill)
    by_hand = known.skill * np.einsum("k,krm->rm", f, known.effort)
    assert TRUE.utility(known.effort, known) == pytest.approx(by_hand, rel=ROUNDING)


def test_without_a_project_only_what_it_is_worth_at_once_counts(calm: Scenario) -> None:
    known = worlds.known_of(calm, week=2)
    now = np.array([a.worth_now for a in calm.activities.values()])
    assert np.array_equal(TRUE.marginal(known)[:, 0, 0], now)


def test_the_scheme_changes_nothing_about_it(small: Scenario) -> None:
    weak, strong = (worlds.known_of(small.with_({"scheme.strength": s}), week=2) for s in (0.0, 1.5))
    assert np.array_equal(TRUE.marginal(weak), TRUE.marginal(strong))


def test_who_takes_the_score_for_the_work_cares_about_the_score(small: Scenario) -> None:
    known = worlds.known_of(small, week=2)
    half, whole = (Intrinsic(surrogation=s).marginal(known) for s in (0.5, 1.0))
    assert np.array_equal(whole, known.slope)
    assert half == pytest.approx((known.worth + known.slope) / 2, rel=ROUNDING, abs=ROUNDING)


@pytest.mark.parametrize(("surrogation", "worth"), [(0.0, 2.25), (0.25, 2.1), (0.5, 1.95), (1.0, 1.65)])
def test_surrogation_costs_what_theory_says(calm: Scenario, surrogation: float, worth: float) -> None:
    """THEORY H8: f = (1, 1, ½), g = (1, .2, .6), ψ = .8 beside a piece rate of .3, cost ½a'a."""
    f, g = np.array([1.0, 1.0, 0.5]), np.array([1.0, 0.2, 0.6])
    known = replace(worlds.known_of(calm, week=1), worth=f[:, None, None], slope=g[:, None, None])
    effort = 0.3 * g + 0.8 * Intrinsic(surrogation=surrogation).marginal(known)[:, 0, 0]
    assert f @ effort == pytest.approx(worth, rel=ROUNDING)


@pytest.mark.parametrize("surrogation", [-0.1, 1.1])
def test_surrogation_is_a_share(surrogation: float) -> None:
    with pytest.raises(InvalidInput) as caught:
        Intrinsic(surrogation=surrogation)
    assert caught.value.key == "surrogation"
