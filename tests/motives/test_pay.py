"""Money: what a point of score pays, times what effort adds to the score."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sim.motives.pay import Pay
from sim.perception import Known
from sim.rewards.piece_rate import PieceRate
from sim.rewards.tournament import Tournament
from sim.scenario import Scenario
from tests import worlds
from tests.tolerances import ROUNDING


@pytest.fixture(scope="module")
def known(calm: Scenario) -> Known:
    return replace(worlds.known_of(calm, week=3), obscures=None)


def with_pay(known: Known, pay: object, strength: float = 1.0, timing: float = 1.0) -> Known:
    return replace(known, stakes=replace(known.stakes, pay=pay, strength=strength), timing=timing)


def test_a_piece_rate_pays_its_slope_for_what_effort_adds_to_the_score(known: Known) -> None:
    paid = with_pay(known, PieceRate(slope=0.3), strength=2.0, timing=1.5)
    assert Pay().marginal(paid) == pytest.approx(0.3 * 2.0 * 1.5 * known.slope, rel=ROUNDING)


def test_utility_at_last_weeks_effort_is_the_expected_pay(known: Known) -> None:
    paid = with_pay(known, PieceRate(slope=0.3), strength=2.0, timing=1.5)
    assert Pay().utility(known.effort, paid) == pytest.approx(0.3 * known.score, rel=ROUNDING)


def test_a_prize_for_the_best_pays_through_the_chance_of_winning(known: Known) -> None:
    prize = Tournament(prize=2.0, winners=1, share=None)
    paid = with_pay(known, prize)
    _, slope = known.stakes.contest.chance(known.score, known.field, 1)
    assert Pay().marginal(paid) == pytest.approx(2.0 * slope * known.slope, rel=ROUNDING)


def test_no_pay_rule_moves_nobody(known: Known) -> None:
    off = with_pay(known, None)
    assert not Pay().marginal(off).any() and not Pay().utility(known.effort, off).any()
    assert Pay().marginal(off).shape == known.slope.shape


def test_negative_slopes_repel(known: Known) -> None:
    assert (np.sign(Pay().marginal(with_pay(known, PieceRate(slope=-1.0)))) == -np.sign(known.slope)).all()
