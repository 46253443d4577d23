"""The craft of gaming: learned by doing and by watching, never lost, never above its ceiling."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.craft import Craft, begin, practised, scruples
from sim.errors import InvalidInput
from tests import worlds
from tests.tolerances import ERRORS, ROUNDING

GOOD = {
    "start": 0.5,
    "start_sd": 0.5,
    "learning": 0.3,
    "imitation": 0.1,
    "ceiling": 1.5,
    "scruples": 0.1,
    "scruples_sd": 0.7,
}


def craft(**changes: float) -> Craft:
    return Craft(**(GOOD | changes))


def test_practice_brings_what_it_says_and_less_the_better_one_is() -> None:
    rules = craft(imitation=0.0)
    gaming, tiny = np.full((1, 4), 1e-6), 1e-6
    had = np.array([[0.0, 0.5, 1.0, 1.5]])
    gained = practised(rules, had, gaming) - had
    assert gained / tiny == pytest.approx(0.3 * (1 - had / 1.5), abs=1e-6)


def test_two_half_weeks_of_practice_are_one_week() -> None:
    rules = craft(imitation=0.0)
    had, half = np.array([[0.2, 0.9]]), np.full((1, 2), 0.5)
    assert practised(rules, practised(rules, had, half), half) == pytest.approx(
        practised(rules, had, 2 * half), rel=ROUNDING
    )


def test_nobody_learns_a_craft_that_nobody_uses() -> None:
    had = worlds.frozen(begin(craft(), np.random.default_rng(1).standard_normal((3, 7))))
    assert np.array_equal(practised(craft(), had, np.zeros((3, 7))), had)


def test_the_skilled_who_do_not_game_teach_nobody() -> None:
    had = np.array([[1.4, 0.2, 0.3]])
    after = practised(craft(learning=0.0), had, np.array([[0.0, 0.5, 0.0]]))
    assert after[0, 0] == 1.4, "nobody better is seen"
    assert after[0, 1] == 0.2, "the only one who games sees nobody game"
    assert after[0, 2] == 0.3, "who games is worse, and takes nothing from the one who watches"


def test_who_watches_a_better_gamer_comes_nearer_to_that_craft() -> None:
    had = np.array([[1.4, 0.2]])
    after = practised(craft(learning=0.0, imitation=0.4), had, np.array([[0.5, 0.0]]))
    assert after[0, 1] == pytest.approx(0.2 + (1 - np.exp(-0.4 * 0.5)) * 1.2, rel=ROUNDING)
    assert after[0, 0] == 1.4


def test_what_is_seen_counts_by_how_much_of_it_is_seen() -> None:
    had, gaming = np.array([[1.5, 0.5, 0.1]]), np.array([[0.1, 0.3, 0.0]])
    after = practised(craft(learning=0.0, imitation=0.4), had, gaming)
    mean = (0.1 * 1.5 + 0.3 * 0.5) / 0.4
    assert after[0, 2] == pytest.approx(0.1 + (1 - np.exp(-0.4 * 0.4)) * (mean - 0.1), rel=ROUNDING)


@given(st.integers(0, 10_000), st.sampled_from([1, 2, 9]))
def test_craft_is_never_lost_and_never_above_its_ceiling(seed: int, members: int) -> None:
    rng = np.random.default_rng(seed)
    rules = craft(learning=float(rng.exponential(3)), imitation=float(rng.exponential(3)))
    had = worlds.frozen(rng.uniform(0, 1.5, (4, members)))
    gaming = worlds.frozen(np.maximum(rng.normal(0, 0.5, (4, members)), 0.0))
    after = practised(rules, had, gaming)
    assert (after >= had).all() and after.max() <= 1.5 * (1 + ROUNDING)


def test_a_run_practises_the_same_alone_and_in_a_batch() -> None:
    rng = np.random.default_rng(2)
    had, gaming = rng.uniform(0, 1.5, (5, 9)), rng.uniform(0, 0.5, (5, 9))
    both = practised(craft(), had, gaming)
    for run in range(5):
        assert np.array_equal(practised(craft(), had[[run]], gaming[[run]]), both[[run]])


def test_the_order_of_members_changes_nobodys_craft() -> None:
    rng, order = np.random.default_rng(3), [4, 2, 0, 1, 3]
    had, gaming = rng.uniform(0, 1.5, (2, 5)), rng.uniform(0, 0.5, (2, 5))
    seated = practised(craft(), had[:, order], gaming[:, order])
    assert seated == pytest.approx(practised(craft(), had, gaming)[:, order], rel=ROUNDING)


def test_craft_and_scruples_are_unequal_around_their_means() -> None:
    z = np.random.default_rng(4).standard_normal((1000, 50))
    rules = craft(ceiling=1000.0)
    for drawn, mean, sd in ((begin(rules, z), 0.5, 0.5), (scruples(rules, z), 0.1, 0.7)):
        error = drawn.std() / np.sqrt(z.size)
        assert abs(drawn.mean() - mean) < ERRORS * error
        assert np.log(drawn).std() == pytest.approx(sd, rel=0.02)
    assert begin(craft(), z).max() == 1.5, "nobody starts above the ceiling"
    equal = craft(start_sd=0.0, scruples_sd=0.0)
    assert (begin(equal, z) == 0.5).all() and (scruples(equal, z) == 0.1).all()


@pytest.mark.parametrize(("key", "value"), [*((key, -0.1) for key in GOOD), ("ceiling", 0.0)])
def test_numbers_below_their_range_are_refused(key: str, value: float) -> None:
    with pytest.raises(InvalidInput) as caught:
        craft(**{key: value})
    assert caught.value.key == key
