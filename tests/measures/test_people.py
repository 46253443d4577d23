"""What it is like for the people: by hand in Baker's limit, and by counting."""

from __future__ import annotations

import math
from functools import partial

import numpy as np
import pytest

from sim.measures import people
from sim.results import gini
from tests import worlds
from tests.tolerances import ROUNDING

IDLE = [{"name": "Ada", "motives": {}, "skill": None}]
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
    results = by_hand(worlds.scenario("limit=B1"), {"promoted": [[1.0], [2.0]], "laid_off": [[0.0], [0.5]]})
    assert people.promoted(results).tolist() == [3.0] and people.laid_off(results).tolist() == [0.5]


def test_evaluating_takes_its_hours_at_each_review_and_a_year_has_four() -> None:
    half = {"scheme__review__hours": 1.5, "weeks": 52}
    results = worlds.run(worlds.scenario("scheme=commits", **half), range(2))
    assert people.manager_hours(results).tolist() == [6.0, 6.0]
    seldom = worlds.scenario("scheme=commits", scheme__review__weeks=26, **half)
    assert people.manager_hours(worlds.run(seldom, [0])).tolist() == [3.0]


def test_hours_of_evaluating_count_from_when_the_scheme_does_and_follow_its_changes() -> None:
    changes = [{"week": 26, "set": {"review.hours": 5.0}}]
    told = {"weeks": 78, "onset": 26, "scheme__review__hours": 1.0, "scheme__changes": changes}
    assert people.manager_hours(worlds.run(worlds.scenario("scheme=commits", **told), [0])).tolist() == [
        2 * 1.0 + 2 * 5.0
    ]


def test_nobody_spends_an_hour_on_evaluating_where_nobody_is_evaluated() -> None:
    assert people.manager_hours(worlds.run(worlds.scenario("scheme=none", weeks=13), [0])).tolist() == [0.0]


def test_hours_of_evaluating_change_no_other_number() -> None:
    free, dear = (worlds.scenario("scheme=manager_rating", weeks=26, scheme__review__hours=h) for h in (0.0, 9.0))
    a, b = worlds.run(free), worlds.run(dear)
    assert worlds.same(a.columns, b.columns) == [] and list(a.columns) == list(b.columns)


def test_effort_on_an_activity_is_its_mean_over_weeks_for_team_and_aligned_team() -> None:
    measures = worlds.run(worlds.scenario("limit=B1"), range(2)).measures()
    assert measures["effort_task_1"].tolist() == pytest.approx([20 + G[0]] * 2, rel=ROUNDING)
    assert measures["aligned_effort_task_1"].tolist() == pytest.approx([21.5] * 2, rel=ROUNDING)
    assert measures["aligned_effort_task_2"].tolist() == pytest.approx([20.0] * 2, rel=ROUNDING)


def test_leavers_are_counted_from_the_week_on_from_which_the_scheme_counts() -> None:
    scenario = worlds.scenario("scheme=commits", weeks=26, onset=13)
    left = np.zeros((26, 1))
    left[[3, 13, 20]] = [[5.0], [1.0], [2.0]]
    assert people.left(by_hand(scenario, {"left": left})).tolist() == [3.0]


def test_craft_is_that_of_the_last_week() -> None:
    results = by_hand(worlds.scenario("limit=B1"), {"craft": [[0.5, 0.6], [0.7, 0.8]]})
    assert people.craft(results).tolist() == [0.7, 0.8]


def test_hours_are_bound_where_people_would_work_more_or_less_than_they_can() -> None:
    rich = {"team__pay": {"kind": "piece_rate", "slope": 5.0}, "conduct__adjustment": 1.0}
    keen = worlds.scenario("scheme=commits", **worlds.CALM, **rich, weeks=13)
    assert people.hours_bound(worlds.run(keen)).tolist() == [1.0] * 3
    assert people.hours_bound(worlds.run(keen.with_({"scheme.strength": 0.0, "team.people": IDLE}))).tolist() == [0] * 3
    assert not people.hours_bound(worlds.run(keen.with_({"choice.h_max": None}))).any()


@pytest.mark.parametrize(
    ("rewards", "expected"),
    [([1.0, 1.0, 1.0, 1.0], 0.0), ([0.0, 0.0, 0.0, 8.0], 0.75), ([1.0, 2.0, 3.0, 4.0], 0.25), ([0.0] * 4, 0.0)],
)
def test_the_gini_of_four_rewards_by_hand(rewards: list[float], expected: float) -> None:
    """(0, 0, 0, 8): 3 of 4 pairs differ; mean difference 2·3·8/16 = 3, mean 2."""
    assert gini(np.array([rewards])) == pytest.approx([expected], rel=ROUNDING)
    assert gini(3.0 * np.array([rewards])) == pytest.approx([expected], rel=ROUNDING)


def test_what_a_review_says_of_people_is_averaged_over_reviews() -> None:
    scenario = worlds.scenario("scheme=commits", weeks=26)
    column = np.full((26, 1), np.nan)
    column[12], column[25] = 0.2, 0.4
    results = by_hand(scenario, {"gini": column, "caught": column, "rank_spread_score": column})
    assert people.gini(results) == pytest.approx([0.3]) and people.caught(results) == pytest.approx([0.3])


def test_the_utility_of_pay_in_bakers_limit_is_what_is_paid() -> None:
    """Before the week's choice, of last week's effort: at rest both are the same."""
    results = worlds.run(worlds.scenario("limit=B1", weeks=3), range(2))
    paid = G[0] * (20 + G[0]) + G[1] * (20 + G[1])
    assert results.columns["utility_pay"][-1] == pytest.approx(np.full(2, paid), rel=1e-10)
    measured = results.measures()["utility_pay"].to_numpy()
    assert measured == pytest.approx(results.columns["utility_pay"].mean(axis=0), rel=ROUNDING)
