"""Being worth something elsewhere: an investment in a stock that fades."""

from __future__ import annotations

import numpy as np
import pytest

from sim.errors import InvalidInput
from sim.motives.skill_up import SkillUp
from sim.scenario import Scenario
from tests import worlds
from tests.tolerances import ROUNDING

GOOD = {"loadings": {"learn": 0.8, "chase": 1.0}, "value": 0.01, "patience": 0.99, "decay": 0.02, "saturation": None}


def test_a_unit_of_the_outside_option_is_worth_all_it_brings_later() -> None:
    motive = SkillUp(**GOOD)
    by_hand = sum(0.99**t * 0.98 ** (t - 1) * 0.01 for t in range(1, 3000))
    assert motive.price == pytest.approx(by_hand, rel=ROUNDING)


def test_a_stock_that_is_outdated_at_once_is_worth_one_week() -> None:
    assert SkillUp(**(GOOD | {"decay": 1.0})).price == pytest.approx(0.99 * 0.01, rel=ROUNDING)


def test_each_activity_brings_what_it_loads_at_that_price(calm: Scenario) -> None:
    known, motive = worlds.known_of(calm, week=1), SkillUp(**GOOD)
    marginal = motive.marginal(known)
    for k, name in enumerate(known.activities):
        expected = motive.price * {"learn": 0.8, "chase": 1.0}.get(name, 0.0)
        assert (marginal[k] == expected).all()
    by_hand = motive.price * (0.8 * known.effort[3] + known.effort[5])
    assert known.activities[3] == "learn" and known.activities[5] == "chase"
    assert motive.utility(known.effort, known) == pytest.approx(by_hand, rel=ROUNDING)


def test_the_market_does_not_ask_how_one_was_evaluated(calm: Scenario) -> None:
    known = worlds.known_of(calm, week=1)
    other = worlds.known_of(calm.with_({"scheme.strength": 5.0}), week=1)
    assert np.array_equal(SkillUp(**GOOD).marginal(known), SkillUp(**GOOD).marginal(other))


def test_the_next_bit_of_a_resume_counts_less_the_more_a_week_adds(calm: Scenario) -> None:
    known = worlds.known_of(calm, week=1)
    motive, linear = SkillUp(**(GOOD | {"saturation": 0.5})), SkillUp(**GOOD)
    added = motive.outside(known.effort, known)
    assert np.array_equal(added, linear.outside(known.effort, known))
    assert motive.marginal(known) == pytest.approx(np.exp(-added / 0.5) * linear.marginal(known), rel=ROUNDING)
    most = 0.5 * motive.price
    assert motive.utility(100 * known.effort, known) == pytest.approx(np.full(added.shape, most), rel=1e-3)


def test_what_a_week_adds_to_the_outside_option_is_what_its_activities_load(calm: Scenario) -> None:
    known = worlds.known_of(calm, week=1)
    week = np.zeros(known.effort.shape)
    week[known.activities.index("learn")], week[known.activities.index("chase")] = 0.5, 0.25
    assert SkillUp(**GOOD).outside(week, known) == pytest.approx(0.8 * 0.5 + 0.25, rel=ROUNDING)


def test_with_room_to_spare_diminishing_returns_do_not_bite(calm: Scenario) -> None:
    known = worlds.known_of(calm, week=1)
    wide = SkillUp(**(GOOD | {"saturation": 1e9}))
    assert wide.marginal(known) == pytest.approx(SkillUp(**GOOD).marginal(known), rel=1e-8)
    assert wide.utility(known.effort, known) == pytest.approx(SkillUp(**GOOD).utility(known.effort, known), rel=1e-8)


@pytest.mark.parametrize(
    ("key", "value"),
    [("value", -1.0), ("patience", 0.0), ("patience", 1.0), ("decay", -0.1), ("decay", 1.1), ("saturation", 0.0)],
)
def test_numbers_outside_their_range_are_refused(key: str, value: float) -> None:
    with pytest.raises(InvalidInput) as caught:
        SkillUp(**(GOOD | {key: value}))
    assert caught.value.key == key


def test_where_the_market_pays_nothing_nothing_is_learnt_for_it(calm: Scenario) -> None:
    assert not SkillUp(**(GOOD | {"value": 0.0})).marginal(worlds.known_of(calm, week=1)).any()
