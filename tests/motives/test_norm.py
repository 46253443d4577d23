"""Doing as is done here: worth counts as far as it is the custom to care."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sim.motives.intrinsic import Intrinsic
from sim.motives.norm import Norm
from sim.perception import Known
from sim.scenario import Scenario
from tests import worlds
from tests.tolerances import ROUNDING

CUSTOM = np.array([[0.0], [0.3], [1.0]])


@pytest.fixture(scope="module")
def known(small: Scenario) -> Known:
    return replace(worlds.known_of(small, week=4), culture=CUSTOM)


def test_what_is_customary_pulls_by_what_work_is_worth(known: Known) -> None:
    marginal = Norm().marginal(known)
    assert marginal == pytest.approx(CUSTOM * known.worth, rel=ROUNDING)
    by_hand = (CUSTOM * known.worth * known.effort).sum(axis=0)
    assert Norm().utility(known.effort, known) == pytest.approx(by_hand, rel=ROUNDING)


def test_where_all_act_by_the_custom_minding_it_is_caring(known: Known) -> None:
    all_care, alone = Norm().marginal(known)[:, 2], Intrinsic(surrogation=0.0).marginal(known)[:, 2]
    assert np.array_equal(all_care, alone)


def test_without_a_custom_nothing_is_customary(known: Known) -> None:
    assert not Norm().marginal(known)[:, 0].any()
    off = replace(known, culture=None)
    assert not Norm().marginal(off).any() and not Norm().utility(off.effort, off).any()


def test_the_score_has_no_part_in_it(known: Known) -> None:
    nothing = np.zeros(known.slope.shape)
    blind = replace(known, slope=nothing, apart=nothing, stakes=replace(known.stakes, strength=0.0))
    assert np.array_equal(Norm().marginal(blind), Norm().marginal(known))
