"""Getting ahead: the prize, times the chance that a point of score adds."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from sim.contest import Contest
from sim.motives.promotion import Promotion
from sim.perception import Known
from sim.rewards.tournament import Tournament
from sim.scenario import Scenario
from tests import worlds
from tests.tolerances import QUADRATURE, ROUNDING


@pytest.fixture(scope="module")
def known(calm: Scenario) -> Known:
    """Nine who are alike in everything but their motives; their efforts are made alike too."""
    known = worlds.known_of(calm, week=0)
    prize = Tournament(prize=0.5, winners=1, share=None)
    contest = Contest(members=9, noise=0.8, rivals="crowd", exact_up_to=12)
    stakes = replace(known.stakes, promotion=prize, contest=contest, strength=1.0)
    return replace(known, timing=1.0, stakes=stakes, obscures=None)


def test_among_equals_in_a_crowd_the_incentive_is_the_normal_density_at_the_cut(known: Known) -> None:
    z = 1.2206403488473496  # Φ⁻¹(8/9)
    density = math.exp(-z * z / 2) / math.sqrt(2 * math.pi)
    assert Promotion().marginal(known) == pytest.approx(0.5 * density / 0.8 * known.slope, abs=QUADRATURE)


def test_among_equals_everyone_expects_a_ninth_of_the_prize(known: Known) -> None:
    assert Promotion().utility(known.effort, known) == pytest.approx(np.full((3, 9), 0.5 / 9), abs=QUADRATURE)


def test_a_week_of_more_scored_work_raises_the_expectation(known: Known) -> None:
    harder = known.effort.copy()
    harder[int(np.argmax(known.slope[:, 0, 0]))] += 0.2
    assert (Promotion().utility(harder, known) > Promotion().utility(known.effort, known)).all()


def test_where_nobody_is_promoted_nobody_is_moved(known: Known) -> None:
    off = replace(known, stakes=replace(known.stakes, promotion=None))
    assert not Promotion().marginal(off).any() and not Promotion().utility(known.effort, off).any()
    assert Promotion().utility(known.effort, off).shape == known.skill.shape


def test_who_is_unlikely_to_win_gains_by_being_hard_to_see(known: Known) -> None:
    fog = np.zeros(len(known.activities))
    fog[2] = 0.5
    gain = Promotion().marginal(replace(known, obscures=fog)) - Promotion().marginal(known)
    assert (gain[2] > 0).all() and not np.delete(gain, 2, axis=0).any()
    certain = replace(known, given_apart=np.full(known.skill.shape, 3.0))
    assert (Promotion().marginal(replace(certain, obscures=fog))[2] < Promotion().marginal(certain)[2]).all()


def test_the_incentive_is_in_proportion_to_strength_and_to_the_weight_of_the_week(known: Known) -> None:
    strong = replace(known, timing=2.0, stakes=replace(known.stakes, strength=3.0))
    assert Promotion().marginal(strong) == pytest.approx(6 * Promotion().marginal(known), rel=ROUNDING)
