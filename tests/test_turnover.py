"""Turnover: who leaves, and what a newcomer can do, by hand."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from sim.errors import InvalidInput
from sim.project import Stocks, forget, orphaned
from sim.turnover import SETTLED, Turnover, ability, hazard, leaving, replacement
from tests import worlds
from tests.test_project import STILL
from tests.tolerances import ERRORS, ROUNDING

USUAL = Turnover(quit=0.02, pull=1.5, ramp_start=0.4, ramp_weeks=10.0, cost=11.0)
NOBODY = np.zeros((1, 1))


def test_a_better_offer_multiplies_the_hazard_of_quitting() -> None:
    found = hazard(USUAL, np.array([[0.0, 1.0, -1.0]]))
    assert found[0] == pytest.approx([0.02, 0.02 * math.exp(1.5), 0.02 * math.exp(-1.5)], rel=ROUNDING)


def test_no_offer_however_good_makes_leaving_likelier_than_a_coin() -> None:
    found = hazard(USUAL, np.array([[3.0, 1e6, math.inf, -1e6]]))
    assert found[0] == pytest.approx([0.5, 0.5, 0.5, 0.0], rel=ROUNDING)
    assert found.max() <= 0.5


def test_nobody_quits_where_nobody_ever_quits_however_good_the_offer() -> None:
    assert hazard(replace(USUAL, quit=0.0), np.array([[0.0, 1e9, math.inf]])).tolist() == [[0.0, 0.0, 0.0]]


def test_a_hazard_of_the_height_itself_stays_there() -> None:
    assert hazard(replace(USUAL, quit=0.5), np.array([[0.0, 2.0]])).tolist() == [[0.5, 0.5]]


def test_the_default_hazard_loses_about_an_eighth_of_people_in_technology_a_year() -> None:
    standard = worlds.scenario().turnover
    assert standard is not None
    a_year = 1 - (1 - hazard(standard, NOBODY)[0, 0]) ** 52
    assert 0.05 < a_year < 0.13  # an offer worth anything brings it to the 13 % of THEORY J


def test_who_is_laid_off_leaves_whatever_the_luck() -> None:
    for luck in (0.0, 0.5, 1 - 2**-53):
        assert leaving(USUAL, NOBODY, np.ones((1, 1)), np.full((1, 1), luck)).tolist() == [[True]]


def test_who_shares_a_layoff_leaves_with_that_chance_or_quits_anyway() -> None:
    runs = 40_000
    luck = np.random.default_rng(1).uniform(0, 1, (runs, 1))
    gone = leaving(USUAL, np.zeros((runs, 1)), np.full((runs, 1), 0.5), luck)
    chance = 1 - 0.98 * 0.5
    assert abs(gone.mean() - chance) < ERRORS * math.sqrt(chance * (1 - chance) / runs)


def test_luck_decides_against_the_chance_of_leaving() -> None:
    luck = np.array([[0.0, 0.0199, 0.0201, 0.999]])
    nothing = np.zeros((1, 4))
    assert leaving(USUAL, nothing, nothing, luck).tolist() == [[True, True, False, False]]


def test_newcomers_catch_up_and_founders_have_nothing_to_catch_up() -> None:
    found = ability(USUAL, np.array([[0.0, 10.0, 1000.0, SETTLED]]))[0]
    assert found == pytest.approx([0.4, 1 - 0.6 / math.e, 1.0, 1.0], rel=ROUNDING)
    assert found[3] == 1.0 and ability(USUAL, np.array([[SETTLED + 1]]))[0, 0] == 1.0


def test_ability_rises_with_every_week_and_never_beyond_full() -> None:
    found = ability(USUAL, np.arange(100.0)[None, :])[0]
    assert (np.diff(found) > 0).all() and found[-1] < 1
    assert (ability(replace(USUAL, ramp_start=1.0), np.arange(100.0)[None, :]) == 1).all()


def test_replacing_leavers_costs_weeks_of_the_team() -> None:
    gone = np.array([[True, False, True, False], [False] * 4])
    assert replacement(USUAL, gone).tolist() == [5.5, 0.0]


@pytest.mark.parametrize(("knowers", "quits"), [(1, 0.1), (1, 0.2), (2, 0.1), (2, 0.3), (3, 0.3)])
def test_a_module_loses_all_who_know_it_as_often_as_they_all_leave(knowers: int, quits: float) -> None:
    runs, rng = 40_000, np.random.default_rng(knowers)
    project, nothing = replace(STILL, modules=1), np.zeros((runs, 4))
    knowledge = np.zeros((1, runs, 4))
    knowledge[..., :knowers] = 0.9
    gone = leaving(replace(USUAL, quit=quits), nothing, nothing, rng.uniform(0, 1, (runs, 4)))
    left = forget(Stocks(debt=np.zeros(runs), knowledge=knowledge), gone)
    expected = quits**knowers  # THEORY K3
    assert abs(orphaned(project, left).mean() - expected) < ERRORS * math.sqrt(expected * (1 - expected) / runs)


def test_a_run_loses_the_same_people_alone_as_in_a_batch() -> None:
    rng = np.random.default_rng(4)
    outside, laid_off, luck = rng.normal(0, 2, (50, 7)), rng.uniform(0, 1, (50, 7)) ** 4, rng.uniform(0, 1, (50, 7))
    tenure = rng.uniform(0, 60, (50, 7))
    gone, able = leaving(USUAL, outside, laid_off, luck), ability(USUAL, tenure)
    assert 0 < gone.sum() < gone.size
    for r in range(50):
        row = slice(r, r + 1)
        assert np.array_equal(leaving(USUAL, outside[row], laid_off[row], luck[row]), gone[row])
        assert np.array_equal(hazard(USUAL, outside[row]), hazard(USUAL, outside)[row])
        assert np.array_equal(ability(USUAL, tenure[row]), able[row])
        assert replacement(USUAL, gone[row])[0] == replacement(USUAL, gone)[r]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        *[("quit", v) for v in (-0.1, 0.51, math.nan)],
        *[(k, v) for k in ("pull", "cost") for v in (-0.1, math.inf, math.nan)],
        *[("ramp_start", v) for v in (0.0, 1.1)],
        *[("ramp_weeks", v) for v in (0.0, -1.0, math.inf)],
    ],
)
def test_numbers_outside_their_range_are_refused(key: str, value: Any) -> None:
    with pytest.raises(InvalidInput) as caught:
        replace(USUAL, **{key: value})
    assert caught.value.key == key


def test_offers_may_pull_nobody_and_leaving_may_cost_nothing() -> None:
    still = replace(USUAL, pull=0.0, cost=0.0)
    assert hazard(still, np.array([[-1.0, 0.0, 5.0]])) == pytest.approx(np.full((1, 3), 0.02), rel=ROUNDING)
