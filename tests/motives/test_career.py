"""Being thought able: a market that learns how able one is, by hand."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.errors import InvalidInput
from sim.motives.career import LONGEST, Career
from sim.scenario import Scenario
from tests import worlds
from tests.tolerances import ROUNDING

GOOD: dict[str, Any] = {
    "loadings": {"deliver": 0.6, "showcase": 1.0},
    "value": 0.5,
    "patience": 0.9,
    "every": 13,
    "horizon": None,
    "prior": 0.5,
    "drift": 0.2,
}


def motive(**changes: Any) -> Career:
    return Career(**(GOOD | changes))


def by_hand(periods: int, patience: float, prior: float, drift: float) -> list[float]:
    """What a unit of output adds to all later wages, by filtering one career with it and one without."""
    paid = []
    for odd in [None, *range(periods)]:
        belief, variance, wages = 0.0, math.inf if prior == 0 else 1 / prior, 0.0
        for s in range(periods):
            wages += patience**s * belief
            gain = 1.0 if variance == math.inf else variance / (variance + 1)
            belief += gain * ((1.0 if s == odd else 0.0) - belief)
            variance = gain + drift
        paid.append(wages)
    return [(with_ - paid[0]) / patience**t for t, with_ in enumerate(paid[1:])]


def test_a_career_may_last_as_long_as_a_run() -> None:
    assert motive(horizon=LONGEST).horizon == LONGEST and motive(horizon=1).returns(0) == 0
    with pytest.raises(InvalidInput, match=f"between 1 and {LONGEST}"):
        motive(horizon=0)
    with pytest.raises(InvalidInput, match=f"between 1 and {LONGEST}"):
        motive(horizon=LONGEST + 1)


@pytest.mark.parametrize(("prior", "drift"), [(0.25, 0.0), (0.0, 0.0), (0.0, 0.3), (2.0, 0.1), (7.0, 4.0)])
def test_what_a_good_period_brings_is_what_a_filter_that_saw_it_pays_later(prior: float, drift: float) -> None:
    found = motive(horizon=7, every=1, prior=prior, drift=drift)
    expected = by_hand(7, 0.9, prior, drift)
    assert [found.returns(t) for t in range(7)] == pytest.approx(expected, rel=1e-10, abs=ROUNDING)


def test_where_ability_stays_as_it_is_effort_pays_less_the_longer_one_is_watched() -> None:
    found = motive(horizon=12, every=1, drift=0.0)
    returns = np.array([found.returns(t) for t in range(12)])
    assert (np.diff(returns) < 0).all() and returns[0] > 1, "more than effort is worth, at the beginning"
    assert returns[-1] == 0, "nobody pays after the last period"


def test_a_long_career_with_drift_comes_to_what_one_without_end_stays_at() -> None:
    long, endless = motive(horizon=2000, every=1), motive()
    assert long.returns(1000) == pytest.approx(endless.returns(1000), rel=ROUNDING)
    assert endless.returns(0) == endless.returns(10**6)


@given(st.floats(1e-6, 1e6), st.floats(0.01, 0.999))
def test_without_end_a_unit_of_output_brings_less_than_a_unit_of_pay(drift: float, patience: float) -> None:
    found = motive(drift=drift, patience=patience).returns(0)
    assert 0 < found < patience
    assert motive(drift=2 * drift, patience=patience).returns(0) > found, "who changes more is watched more"


def test_a_market_that_knows_all_about_people_pays_no_heed_to_what_they_do() -> None:
    assert motive(drift=0.0).returns(0) == 0
    assert motive(horizon=9, prior=1e30, drift=0.0).returns(0) == pytest.approx(0.0, abs=1e-29)


def test_the_same_is_at_stake_in_all_weeks_of_a_period_and_nothing_after_the_last() -> None:
    found = motive(horizon=3)
    first = [found.returns(t) for t in range(13)]
    assert len(set(first)) == 1 and found.returns(13) != first[0]
    assert [found.returns(t) for t in (38, 39, 1000)] == [found.returns(26), 0.0, 0.0]


def test_each_activity_brings_what_the_market_sees_of_it_at_that_price(calm: Scenario) -> None:
    known, career = worlds.known_of(calm, week=5), motive(horizon=4, every=2)
    price = career.returns(5) * 0.5
    assert price == pytest.approx(0.5 * by_hand(4, 0.9, 0.5, 0.2)[2], rel=1e-10)
    for k, name in enumerate(known.activities):
        assert (career.marginal(known)[k] == price * {"deliver": 0.6, "showcase": 1.0}.get(name, 0.0)).all()
    deliver, showcase = (known.effort[known.activities.index(k)] for k in ("deliver", "showcase"))
    by_loading = price * (0.6 * deliver + showcase)
    assert career.utility(known.effort, known) == pytest.approx(by_loading, rel=ROUNDING)


def test_the_market_outside_does_not_ask_how_one_was_evaluated(calm: Scenario) -> None:
    known = worlds.known_of(calm, week=1)
    other = worlds.known_of(calm.with_({"scheme.strength": 5.0}), week=1)
    assert np.array_equal(motive().marginal(known), motive().marginal(other))


def test_who_wants_to_be_thought_able_shows_more_the_more_is_seen_of_it(small: Scenario) -> None:
    people = [{"name": n, "motives": {"career": 1.0}, "skill": None} for n in ("Ada", "Ben", "Cem")]
    shown = {}
    for seen in (0.0, 1.0):
        career = {**small.config["motives"]["career"], "loadings": {"showcase": seen}}
        scenario = small.with_({"team.people": people, "conduct.experimentation": 0.0, "motives.career": career})
        known = worlds.known_of(scenario, week=25)
        shown[seen] = known.effort[known.activities.index("showcase")].mean()
    assert shown[1.0] > shown[0.0]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        *[(key, -0.1) for key in ("value", "prior", "drift")],
        *[("patience", v) for v in (0.0, 1.0)],
        ("every", 0),
        *[("horizon", v) for v in (0, 100_001)],
    ],
)
def test_numbers_outside_their_range_are_refused(key: str, value: float) -> None:
    with pytest.raises(InvalidInput) as caught:
        motive(**{key: value})
    assert caught.value.key == key
