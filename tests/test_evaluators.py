"""Bosses: what they want, what is understood of it, what signals can say, and whether they go on trusting them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.errors import InvalidInput
from sim.evaluators import (
    Adaptation,
    Evaluators,
    asked,
    begin,
    disappointed,
    felt,
    one_more,
    passed_on,
    reachable,
    scaled,
    strong,
    understood,
    wished,
)
from tests.tolerances import ERRORS, ROUNDING

LEARNS = Adaptation(discounts=1.0, recovers=0.2, faith=0.0, doubts=0.0)


def bosses(**changes: Any) -> Evaluators:
    plain = Evaluators(
        discretion=1.0, bend=1.0, caution=0.0, loss=0.0, clears=0.0, candour=1.0, foresight=0, adaptation=None
    )
    return replace(plain, **changes)


def drawn(*shape: int, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=shape)


def cosine(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    found: np.ndarray = (x * y).sum(axis=0) / np.linalg.norm(x, axis=0) / np.linalg.norm(y, axis=0)
    return found


def test_who_wants_nothing_for_themselves_wishes_what_is_wanted_of_them() -> None:
    wanted = drawn(5, 7)
    wish = wished(bosses(), wanted, np.zeros((5, 7)), 1.3)
    assert cosine(wish, wanted) == pytest.approx(np.ones(7), rel=ROUNDING)
    assert np.linalg.norm(wish, axis=0) == pytest.approx(np.full(7, 1.3), rel=ROUNDING)
    assert np.array_equal(wished(bosses(bend=0.0), wanted, drawn(5, 7, seed=2), 1.3), wish)


def test_goals_are_turned_by_the_angle_that_is_lost_and_kept_at_their_length() -> None:
    wish = drawn(6, 9)
    found = understood(bosses(loss=40.0), wish, drawn(6, 9, seed=2), 0)
    assert np.degrees(np.arccos(cosine(found, wish))) == pytest.approx(np.full(9, 40.0), rel=1e-9)
    assert np.linalg.norm(found, axis=0) == pytest.approx(np.linalg.norm(wish, axis=0), rel=ROUNDING)
    assert np.array_equal(understood(bosses(), wish, drawn(6, 9, seed=2), 0), wish)


def test_what_is_repeated_gets_clearer() -> None:
    wish, luck = drawn(6, 9), drawn(6, 9, seed=2)
    angles = [
        np.degrees(np.arccos(cosine(understood(bosses(loss=40.0, clears=0.5), wish, luck, n), wish))) for n in range(3)
    ]
    for n, angle in enumerate(angles):
        assert angle == pytest.approx(np.full(9, 40.0 * 0.5**n), rel=1e-8)


def test_random_turns_leave_the_product_of_their_cosines() -> None:
    wish = np.repeat(drawn(6, 1), 40_000, axis=1)
    found = wish
    for step in range(3):
        found = understood(bosses(loss=35.0), found, drawn(6, 40_000, seed=step), 0)
    left = cosine(found, wish)
    assert abs(left.mean() - np.cos(np.radians(35.0)) ** 3) < ERRORS * left.std() / 200


def test_what_signals_can_say_is_said_exactly_and_the_rest_as_near_as_can_be() -> None:
    loading, weight = drawn(3, 6), drawn(3, 4, seed=2)
    said = asked(weight, loading)
    assert reachable(bosses(), said, loading, np.ones(3), None) == pytest.approx(weight, rel=1e-9)
    beside = drawn(6, 4, seed=3)
    found = asked(reachable(bosses(), beside, loading, np.ones(3), None), loading)
    assert loading @ (beside - found) == pytest.approx(np.zeros((3, 4)), abs=1e-9)


def test_caution_relies_less_on_noisy_signals() -> None:
    loading = np.eye(2)
    said = np.ones((2, 1))
    found = reachable(bosses(caution=0.5), said, loading, np.array([0.1, 2.0]), None)[:, 0]
    assert found[0] == pytest.approx(1 / (1 + 0.5 * 0.01), rel=1e-4) and found[1] == pytest.approx(1 / 3, rel=1e-4)


def test_signals_that_are_not_looked_at_get_no_weight() -> None:
    trust = np.array([[1.0], [0.0], [1.0]])
    for caution in (0.0, 0.3):
        found = reachable(bosses(caution=caution), drawn(6, 1), drawn(3, 6, seed=2), np.ones(3), trust)
        assert found[1] == 0 and (found[[0, 2]] != 0).all()


def test_without_discretion_the_weights_go_down_as_they_came() -> None:
    loading, above = drawn(3, 6), drawn(3, 4, seed=2)
    found = passed_on(bosses(discretion=0.0), above, drawn(3, 4, seed=3), loading, 1.7)
    assert found == pytest.approx(strong(above, loading, 1.7), rel=1e-9)


@given(st.floats(0.0, 1.0))
def test_whatever_is_passed_on_is_as_strong_as_the_scheme(discretion: float) -> None:
    loading = drawn(3, 6)
    found = passed_on(bosses(discretion=discretion), drawn(3, 4, seed=2), drawn(3, 4, seed=3), loading, 1.7)
    assert np.linalg.norm(asked(found, loading), axis=0) == pytest.approx(np.full(4, 1.7), rel=1e-9)


def test_a_vector_of_length_0_stays_one() -> None:
    assert not scaled(np.zeros((3, 2)), 5.0).any()


def test_a_signal_that_promised_more_than_came_loses_trust_and_others_do_not() -> None:
    loading, worth = np.eye(2), np.array([1.0, 0.5])
    weight = np.array([[1.0], [0.0]])
    first = disappointed(LEARNS, begin(np.ones(2), 1), weight, np.zeros((2, 1)), np.zeros(1), loading, worth)
    assert np.array_equal(first.trust, np.ones((2, 1)))
    later = disappointed(LEARNS, first, weight, np.full((2, 1), 0.5), np.full(1, 0.2), loading, worth)
    assert later.trust[:, 0] == pytest.approx([np.exp(-0.3), 1.0], rel=ROUNDING)
    kept = disappointed(LEARNS, first, weight, np.full((2, 1), 0.5), np.full(1, 0.6), loading, worth)
    assert np.array_equal(kept.trust, np.ones((2, 1)))


def test_lost_trust_comes_back_and_never_exceeds_what_it_was() -> None:
    weight, nothing = np.ones((2, 1)), np.zeros((2, 1))
    state = replace(begin(np.ones(2), 1), trust=np.full((2, 1), 0.2), expected=nothing, result=np.zeros(1))
    trust = [0.2]
    for _ in range(30):
        state = disappointed(LEARNS, state, weight, nothing, np.zeros(1), np.eye(2), np.ones(2))
        trust.append(float(state.trust[0, 0]))
    assert (np.diff(trust) > 0).all() and 0.99 < trust[-1] <= 1


def test_faith_in_numbers_keeps_them_beyond_their_validity() -> None:
    state = replace(begin(np.ones(1), 1), trust=np.array([[0.25]]))
    relied = [felt(bosses(adaptation=replace(LEARNS, faith=f)), state)[0, 0] for f in (0.0, 0.5, 1.0)]
    assert relied == pytest.approx([0.25, 0.5, 1.0], rel=ROUNDING)


def test_who_doubts_what_is_in_use_adds_the_signal_that_says_most_of_the_rest() -> None:
    rules = bosses(adaptation=replace(LEARNS, doubts=0.6))
    used, loading = np.array([1.0, 0.0, 0.0]), np.eye(3)
    weight, wish = np.array([[1.0], [0.0], [0.0]]), np.array([[0.2], [0.1], [0.9]])
    sure = one_more(rules, begin(used, 1), weight, wish, loading)
    assert sure.used[:, 0].tolist() == [1, 0, 0]
    unsure = one_more(rules, replace(begin(used, 1), trust=np.full((3, 1), 0.5)), weight, wish, loading)
    assert unsure.used[:, 0].tolist() == [1, 0, 1]


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"discretion": 1.1}, "discretion"),
        ({"candour": -0.1}, "candour"),
        ({"clears": 2.0}, "clears"),
        ({"bend": -1.0}, "bend"),
        ({"caution": -1.0}, "caution"),
        ({"loss": 91.0}, "loss"),
        ({"foresight": -1}, "foresight"),
    ],
)
def test_numbers_out_of_range_are_refused(changes: dict[str, Any], key: str) -> None:
    with pytest.raises(InvalidInput) as error:
        bosses(**changes)
    assert error.value.key == key


@pytest.mark.parametrize("key", ["recovers", "faith", "doubts", "discounts"])
def test_adaptation_out_of_range_is_refused(key: str) -> None:
    with pytest.raises(InvalidInput) as error:
        replace(LEARNS, **{key: -0.1})
    assert error.value.key == key
