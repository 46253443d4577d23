"""Caring about the work: a unit of effort is worth what the work is worth."""

from __future__ import annotations

import numpy as np
import pytest

from sim.motives.intrinsic import Intrinsic
from sim.scenario import Scenario
from tests import worlds
from tests.tolerances import ROUNDING


def test_its_marginal_is_worth_times_skill(small: Scenario) -> None:
    known = worlds.known_of(small, week=2)
    f = np.array([a.worth for a in small.activities.values()])
    assert np.array_equal(Intrinsic().marginal(known), f[:, None, None] * known.skill)
    by_hand = known.skill * np.einsum("k,krm->rm", f, known.effort)
    assert Intrinsic().utility(known.effort, known) == pytest.approx(by_hand, rel=ROUNDING)


def test_without_a_project_only_what_it_is_worth_at_once_counts(calm: Scenario) -> None:
    known = worlds.known_of(calm, week=2)
    now = np.array([a.worth_now for a in calm.activities.values()])
    assert np.array_equal(Intrinsic().marginal(known)[:, 0, 0], now)


def test_the_scheme_changes_nothing_about_it(small: Scenario) -> None:
    weak, strong = (worlds.known_of(small.with_({"scheme.strength": s}), week=2) for s in (0.0, 1.5))
    assert np.array_equal(Intrinsic().marginal(weak), Intrinsic().marginal(strong))
