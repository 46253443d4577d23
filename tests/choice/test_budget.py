"""A fixed budget of effort: on the ball by THEORY G6, on the simplex by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.choice.budget import Budget
from sim.choice.water_filling import WaterFilling
from sim.errors import InvalidInput
from sim.rules import rules_of
from tests import worlds
from tests.tolerances import ROUNDING

WORTH, MEASURE, HABIT = np.array([1.0, 1.0, 0.0]), np.array([1.0, 0.0, 1.0]), np.array([0.3, 0.9, 0.0])
BEST = 0.2571428571428571  # b° of G6


def answer(m: np.ndarray, habit: np.ndarray, **options: Any) -> np.ndarray:
    rule = Budget(**({"shape": "ball", "size": 1.0, "cost": 1.0} | options))
    effort: np.ndarray = rule.respond(m[:, None, None], habit[:, None, None])[:, 0, 0]
    return effort


def worth(strength: float) -> float:
    return float(WORTH @ answer(strength * MEASURE, HABIT))


def test_worth_rises_peaks_and_falls_in_the_strength_of_a_distorted_measure() -> None:
    """G6: f = (1, 1, 0), g = (1, 0, 1), h = (.3, .9, 0), T = 1."""
    assert worth(0.0) == pytest.approx(1.2649110640673518, rel=ROUNDING)
    assert worth(BEST) == pytest.approx(1.3377121081198773, rel=ROUNDING)
    assert worth(1e12) == pytest.approx(0.7071067811865475, rel=1e-10)
    assert worth(BEST) > max(worth(0.9 * BEST), worth(1.1 * BEST))


def test_twice_the_cost_halves_every_answer_to_incentives() -> None:
    assert answer(MEASURE, HABIT, cost=2.0) == pytest.approx(answer(0.5 * MEASURE, HABIT), rel=ROUNDING)


def test_the_length_of_the_week_is_given_whatever_it_brings() -> None:
    for strength in (0.0, 0.3, 40.0):
        effort = answer(strength * MEASURE, HABIT, size=0.55)
        assert np.linalg.norm(effort) == pytest.approx(0.55, rel=ROUNDING)


def test_what_repels_is_left_alone_and_where_all_repels_the_least_bad_is_done() -> None:
    assert answer(np.array([-1.0, 0.0]), np.array([0.5, 0.5])).tolist() == [0.0, 1.0]
    assert answer(np.array([-2.0, -1.0]), np.array([0.5, 0.5])).tolist() == [0.0, 1.0]


def test_where_all_repels_alike_one_thing_is_done_and_where_nothing_does_all_alike() -> None:
    """x = (−.5, −.5): one of them costs .5, both together .5·√2."""
    assert answer(np.array([-1.0, -1.0]), np.array([0.5, 0.5])).tolist() == [1.0, 0.0]
    assert answer(np.array([0.0, 0.0, -1.0]), np.zeros(3)) == pytest.approx([0.5**0.5, 0.5**0.5, 0.0], rel=ROUNDING)


@pytest.mark.parametrize("size", [5e-324, 1e-170, 1e170])
def test_without_a_habit_rewards_of_any_size_give_a_whole_week(size: float) -> None:
    assert answer(np.array([size, size]), np.zeros(2)) == pytest.approx([0.5**0.5] * 2, rel=ROUNDING)


def test_on_the_simplex_what_one_activity_gains_the_others_lose() -> None:
    """x = (.6, .3, .1) + (.3, 0, 0)/1, one hour in all: the level is .1, and the third falls out at it."""
    found = answer(np.array([0.3, 0.0, 0.0]), np.array([0.6, 0.3, 0.1]), shape="simplex")
    assert found == pytest.approx([0.8, 0.2, 0.0], abs=ROUNDING)


def test_the_simplex_is_attention_without_rivalry_in_a_week_of_given_hours() -> None:
    rng = np.random.default_rng(1)
    m, habit = rng.normal(0, 0.5, (6, 40, 3)), rng.uniform(0, 0.4, (6, 40, 3))
    other = WaterFilling(cost=1.7, rivalry=0.0, h_min=0.9, h_max=0.9)
    mine = Budget(shape="simplex", size=0.9, cost=1.7)
    assert mine.respond(m, habit) == pytest.approx(other.respond(m, habit), abs=ROUNDING)


def test_effort_costs_what_it_is_away_from_the_habit() -> None:
    rule = Budget(shape="ball", size=1.0, cost=2.0)
    effort, habit = np.array([[[0.6]], [[0.8]]]), np.array([[[0.5]], [[0.5]]])
    assert rule.effort_cost(effort, habit)[0, 0] == pytest.approx(0.01 + 0.09, rel=ROUNDING)


def test_only_the_simplex_gives_the_hours() -> None:
    assert Budget(shape="simplex", size=0.9, cost=1.0).hours == (0.9, 0.9)
    assert Budget(shape="ball", size=0.9, cost=1.0).hours == (0.0, float("inf"))


def test_a_team_of_given_length_keeps_it_every_week() -> None:
    """From the habitual week on, which is of that length too; without inertia nothing shortens it between."""
    scenario = worlds.scenario("scheme=commits", "choice=budget", conduct__adjustment=1.0, weeks=13)
    for passed in worlds.lived(rules_of(scenario)):
        assert np.linalg.norm(passed.effort, axis=0) == pytest.approx(np.full((3, 9), 0.55), rel=ROUNDING)


@pytest.mark.parametrize(("key", "value"), [("shape", "cube"), ("size", 0.0), ("cost", -1.0)])
def test_a_budget_that_makes_no_sense_is_refused(key: str, value: Any) -> None:
    arguments: dict[str, Any] = {"shape": "ball", "size": 1.0, "cost": 1.0} | {key: value}
    with pytest.raises(InvalidInput) as caught:
        Budget(**arguments)
    assert caught.value.key == key


@pytest.mark.parametrize(("shape", "each"), [("ball", 0.9 / 2), ("simplex", 0.9 / 4)])
def test_softness_is_how_much_the_score_of_an_even_week_moves(shape: str, each: float) -> None:
    rule, slope = Budget(shape=shape, size=0.9, cost=2.4), np.array([1.0, 0.4, -0.2, 0.1])
    habit, pull = np.full((4, 1, 1), each), 1e-6 * slope[:, None, None]
    moved = (rule.respond(pull, habit) - rule.respond(0 * pull, habit))[:, 0, 0] / 1e-6
    assert rule.softness(slope) == pytest.approx(float(slope @ moved), rel=1e-4)
