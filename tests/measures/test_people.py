"""What it is like for the people: by hand in Baker's limit, and by counting."""

from __future__ import annotations

import math
from functools import partial

import numpy as np
import pytest

from sim.measures import people
from tests import worlds
from tests.tolerances import ROUNDING

by_hand = partial(worlds.results_by_hand, reviewed={}, review_weeks=())
G = (1.5 * math.cos(math.pi / 6), 1.5 * math.sin(math.pi / 6))


@pytest.mark.parametrize(
    ("measure", "expected"),
    [
        ("surplus", 2 * (20 + G[0]) - 0.5 * 1.5**2 - 0.5 * 1.2),  # f'a − ½|b·g|² − ½·r·b²σ²
        ("hours", 40 + sum(G)),
        ("promoted", 0.0),
        ("laid_off", 0.0),
    ],
)
def test_in_bakers_limit_it_is_known_by_hand(measure: str, expected: float) -> None:
    found = getattr(people, measure)(worlds.run(worlds.scenario("limit=B1"), range(3)))
    assert found == pytest.approx(np.full(3, expected), rel=1e-10)


def test_pay_in_bakers_limit_is_the_score_at_its_price() -> None:
    results = worlds.run(worlds.scenario("limit=B1", scheme__strength=2.0), range(3))
    assert people.reward(results) == pytest.approx(2 * results.columns["score"].mean(axis=0), rel=ROUNDING)
    noiseless = worlds.scenario("limit=B1", signals__measure_1__noise__sd=0.0)
    g_a = G[0] * (20 + G[0]) + G[1] * (20 + G[1])
    assert people.reward(worlds.run(noiseless, range(3))) == pytest.approx(np.full(3, g_a), rel=ROUNDING)


def test_promotions_and_layoffs_are_counted_over_the_run() -> None:
    results = worlds.run(worlds.scenario("scheme=commits", weeks=30), range(20))
    assert people.promoted(results) == pytest.approx(np.full(20, 2.0), abs=ROUNDING)  # one of nine, two reviews
    whole = people.laid_off(results)
    assert whole == pytest.approx(np.round(whole), abs=ROUNDING) and whole.max() <= 2.0


def test_a_promotion_and_a_layoff_are_not_confused() -> None:
    results = by_hand(
        worlds.scenario("limit=B1"), {"promoted": [[1.0], [2.0]], "laid_off": [[0.0], [0.5]]}
    )
    assert people.promoted(results).tolist() == [3.0] and people.laid_off(results).tolist() == [0.5]


def test_effort_on_an_activity_is_its_mean_over_weeks_for_team_and_aligned_team() -> None:
    measures = worlds.run(worlds.scenario("limit=B1"), range(2)).measures()
    assert measures["effort_task_1"].tolist() == pytest.approx([20 + G[0]] * 2, rel=ROUNDING)
    assert measures["aligned_effort_task_1"].tolist() == pytest.approx([21.5] * 2, rel=ROUNDING)
    assert measures["aligned_effort_task_2"].tolist() == pytest.approx([20.0] * 2, rel=ROUNDING)
