"""Money: what a point of score pays, times what effort adds to the score."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sim.motives.base import through_others
from sim.motives.pay import Pay
from sim.perception import Known
from sim.rewards.piece_rate import PieceRate
from sim.rewards.team_share import TeamShare
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


def test_what_hides_the_own_score_is_worth_what_it_covers_in_the_utility_too(known: Known) -> None:
    """Behind the rest of the team a blurred score is a chance, ahead of it a danger, by the same slope in both."""
    fog = np.zeros(len(known.activities))
    fog[2] = 0.5
    prize = Tournament(prize=2.0, winners=1, share=None)
    for ahead, sign in ((-0.5, 1.0), (3.0, -1.0)):
        clear = replace(
            with_pay(known, prize), given_apart=ahead * np.broadcast_to(known.stakes.contest.noise, known.skill.shape)
        )
        hidden = replace(clear, obscures=fog)
        more = known.effort.copy()
        more[2] += 1e-4
        gain = (Pay().utility(more, hidden) - Pay().utility(known.effort, hidden)) / 1e-4
        assert gain == pytest.approx(Pay().marginal(hidden)[2], rel=1e-3)
        assert (np.sign(Pay().marginal(hidden)[2] - Pay().marginal(clear)[2]) == sign).all()


def test_who_may_be_caught_gives_up_what_a_bit_more_gaming_adds_to_the_risk() -> None:
    audited = worlds.scenario("scheme=commits", "audit=standard", "project=none", **worlds.CALM, weeks=13)
    known = replace(worlds.known_of(audited, week=3), obscures=None, timing=1.5)
    known = replace(known, stakes=replace(known.stakes, pay=None))
    game, step = known.activities.index("game"), 1e-6
    more, less = known.effort.copy(), known.effort.copy()
    more[game] += step
    less[game] -= step
    slope = (Pay().utility(more, known) - Pay().utility(less, known)) / (2 * step)
    marginal = Pay().marginal(known)
    assert (marginal[game] < 0).all() and not np.delete(marginal, game, axis=0).any()
    assert marginal[game] == pytest.approx(slope, rel=1e-4)


def test_what_is_shared_and_what_is_taken_off_others_both_count_where_their_scores_pay_oneself(known: Known) -> None:
    rule, harm = TeamShare(slope=0.9), np.linspace(0.0, 0.7, len(known.activities))
    paid = with_pay(known, rule, strength=2.0, timing=1.5)
    mixed = replace(paid, apart=0.25 * known.slope, sabotages=harm)
    by_hand = 3.0 * 0.1 * (8 * 0.75 * known.slope - harm[:, None, None])
    assert through_others(rule, mixed) == pytest.approx(by_hand, rel=1e-10)
    assert through_others(rule, replace(paid, apart=known.slope, sabotages=None)) is None


def test_what_comes_through_others_is_worth_in_the_utility_what_its_slope_says(known: Known) -> None:
    paid = with_pay(known, TeamShare(slope=0.9), timing=1.0)
    mixed = replace(paid, apart=0.25 * known.slope)
    shared = through_others(mixed.stakes.pay, mixed)
    assert shared is not None
    alone = Pay().marginal(replace(mixed, apart=known.slope))
    assert Pay().marginal(mixed) == pytest.approx(alone + shared, rel=1e-9)
    for k in range(len(known.activities)):
        more = known.effort.copy()
        more[k] += 0.5
        gain = Pay().utility(more, mixed) - Pay().utility(more, replace(mixed, apart=known.slope))
        assert gain == pytest.approx(0.5 * shared[k], rel=1e-9)
