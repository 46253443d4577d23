"""Learning what counts: Kalman's rule for every member, on the mix of activities tried."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.errors import InvalidInput
from sim.learning import Learning, begin, drifted, heard, learned
from tests import worlds
from tests.tolerances import ROUNDING

SHAPE = (4, 3, 5)  # activities, runs, members


def some(seed: int, shape: tuple[int, ...] = SHAPE) -> dict[str, np.ndarray]:
    """A belief, a doubt whose parts hang together, a week and its score."""
    rng = np.random.default_rng(seed)
    root = rng.normal(size=(shape[0], *shape))
    drawn = {
        "belief": rng.normal(size=shape),
        "doubt": np.einsum("ik...,jk...->ij...", root, root),
        "tried": rng.uniform(0, 0.5, shape),
        "score": rng.normal(size=shape[1:]),
        "noise": rng.uniform(0.1, 1.0, shape[1:]),
    }
    drawn["doubt"] = (drawn["doubt"] + drawn["doubt"].swapaxes(0, 1)) / 2
    return {k: worlds.frozen(v) for k, v in drawn.items()}


def test_one_activity_is_learned_as_in_theory() -> None:
    """THEORY H9: eight scores of their mean, noise 1, of .7 of a week that brings 1 where .2 was believed."""
    belief, doubt, tried = np.full((1, 1, 1), 0.2), begin(np.full((1, 1, 1), 0.5**2)), np.full((1, 1, 1), 0.7)
    for _ in range(8):
        belief, doubt = learned(belief, doubt, tried, tried[0] * 1.0, noise=1.0)
    assert belief.item() == pytest.approx(0.5959595959595959, rel=ROUNDING)
    assert doubt.item() == pytest.approx(1 / (1 / 0.25 + 8 * 0.7**2), rel=ROUNDING)


def test_every_member_learns_by_the_matrix_form_of_kalmans_rule() -> None:
    world = some(1)
    belief, doubt = learned(**world)
    for r, i in np.ndindex(SHAPE[1:]):
        b, p, x = world["belief"][:, r, i], world["doubt"][:, :, r, i], world["tried"][:, r, i]
        precision = np.linalg.inv(p) + np.outer(x, x) / world["noise"][r, i] ** 2
        posterior = np.linalg.inv(precision)
        mean = posterior @ (np.linalg.solve(p, b) + x * world["score"][r, i] / world["noise"][r, i] ** 2)
        assert belief[:, r, i] == pytest.approx(mean, rel=1e-8)
        assert doubt[:, :, r, i] == pytest.approx(posterior, rel=1e-7, abs=1e-9)


def test_what_is_never_done_is_never_learned_about() -> None:
    belief, doubt = np.zeros(SHAPE), begin(np.ones(SHAPE))
    for seed in range(20):
        tried = some(seed)["tried"].copy()
        tried[2] = 0.0
        belief, doubt = learned(belief, doubt, tried, tried.sum(axis=0), noise=0.3)
    assert not belief[2].any() and (doubt[2, 2] == 1.0).all()
    assert np.abs(belief[[0, 1, 3]] - 1.0).max() < 0.5 and doubt[0, 0].max() < 0.9


def test_activities_always_done_together_are_learned_about_together_only() -> None:
    belief, doubt = np.zeros((2, 1, 1)), begin(np.ones((2, 1, 1)))
    for _ in range(1000):
        belief, doubt = learned(belief, doubt, np.full((2, 1, 1), 0.5), np.full((1, 1), 0.5 * 3.0 + 0.5 * 1.0), 0.1)
    assert belief[:, 0, 0] == pytest.approx([2.0, 2.0], abs=1e-3), "3 and 1 are known as their mean"
    assert doubt[0, 0, 0, 0] == pytest.approx(0.5, abs=1e-3)


def test_a_score_that_means_nothing_teaches_nothing() -> None:
    world = some(2)
    belief, doubt = learned(**(world | {"tried": np.zeros(SHAPE), "noise": 0.0}))
    assert np.array_equal(belief, world["belief"]) and np.array_equal(doubt, world["doubt"])
    belief, doubt = learned(**(world | {"doubt": np.zeros((4, *SHAPE)), "noise": 0.0}))
    assert np.array_equal(belief, world["belief"]) and not doubt.any()


def test_scores_without_noise_reveal_everything_that_was_done() -> None:
    truth, belief, doubt = some(3)["belief"], np.zeros(SHAPE), begin(np.ones(SHAPE))
    for seed in range(30):
        tried = some(seed)["tried"]
        belief, doubt = learned(belief, doubt, tried, (truth * tried).sum(axis=0), noise=0.0)
    assert belief == pytest.approx(truth, abs=1e-6)


@given(st.integers(0, 10_000))
def test_doubt_stays_symmetric_and_never_grows_by_a_review(seed: int) -> None:
    world = some(seed)
    _, doubt = learned(**world)
    assert np.array_equal(doubt, doubt.swapaxes(0, 1))
    for r, i in np.ndindex(SHAPE[1:]):
        before, after = world["doubt"][:, :, r, i], doubt[:, :, r, i]
        size = np.abs(before).max()
        assert np.linalg.eigvalsh(before - after).min() > -1e-12 * size
        assert np.linalg.eigvalsh(after).min() > -1e-12 * size


@pytest.mark.parametrize("runs", [1, 2])
def test_a_run_learns_the_same_alone_and_in_a_batch(runs: int) -> None:
    for shape in (SHAPE, (10, 3, 1), (1, 3, 5), (1, 3, 1)):
        world = some(4, shape)
        belief, doubt = learned(**world)
        part = {k: v[..., :runs, :] for k, v in world.items()}
        alone = learned(**part)
        assert np.array_equal(alone[0], belief[:, :runs]) and np.array_equal(alone[1], doubt[:, :, :runs])


def test_an_activity_added_last_that_nobody_tries_changes_no_bit() -> None:
    world = some(5)
    more = {k: np.concatenate([world[k], np.zeros((1, *SHAPE[1:]))]) for k in ("belief", "tried")}
    wide = begin(np.ones((5, *SHAPE[1:])))
    wide[:4, :4] = world["doubt"]
    belief, doubt = learned(**(world | more | {"doubt": wide}))
    assert np.array_equal(belief[:4], learned(**world)[0])
    assert np.array_equal(doubt[:4, :4], learned(**world)[1])


def test_a_colleagues_experience_teaches_by_the_same_rule() -> None:
    """Two who did different things and tell each other know as much as one who did both."""
    tried = np.array([[[0.8, 0.1]], [[0.1, 0.8]]])
    score, turn = (np.array([2.0, 1.0])[:, None, None] * tried).sum(axis=0), np.ones((1, 2), dtype=np.int64)
    once = learned(np.zeros((2, 1, 2)), begin(np.ones((2, 1, 2))), tried, score, 0.1)
    belief, doubt = learned(*once, heard(tried, turn), heard(score, turn), 0.1)
    assert belief[:, 0, 0] == pytest.approx(belief[:, 0, 1], rel=1e-10)
    assert doubt[0, 0, 0, 0] < 0.5 * once[1][1, 1, 0, 0]


def test_one_hears_of_the_colleague_so_many_seats_on() -> None:
    x = np.arange(12.0).reshape(2, 2, 3)
    turn = np.array([[1, 2, 1], [2, 2, 2]])
    assert heard(x, turn)[0].tolist() == [[1.0, 0.0, 0.0], [5.0, 3.0, 4.0]]
    assert heard(x, turn)[1].tolist() == [[7.0, 6.0, 6.0], [11.0, 9.0, 10.0]]
    assert heard(x[0], turn).tolist() == heard(x, turn)[0].tolist()


def test_drift_opens_again_what_was_settled() -> None:
    doubt = worlds.frozen(begin(np.zeros(SHAPE)))
    opened = drifted(doubt, 0.3)
    assert np.array_equal(opened, begin(np.full(SHAPE, 0.3 * 0.3)))
    assert np.array_equal(drifted(some(6)["doubt"], 0.0), some(6)["doubt"])


def test_where_what_counts_drifts_beliefs_follow_it() -> None:
    tried = np.full((1, 1, 1), 0.9)
    for drift, close in ((0.0, False), (0.3, True)):
        belief, doubt = np.zeros((1, 1, 1)), begin(np.ones((1, 1, 1)))
        for review in range(60):
            truth = 1.0 if review < 40 else -1.0
            belief, doubt = learned(belief, drifted(doubt, drift), tried, truth * tried[0], noise=0.3)
        assert (abs(belief.item() + 1.0) < 0.01) == close


def test_a_large_batch_learns_in_time() -> None:
    world = some(7, (10, 256, 12))
    learned(**world)
    started = time.perf_counter()
    learned(**world)
    assert time.perf_counter() - started < 0.06


@pytest.mark.parametrize(("key", "value"), [("doubt", -0.1), ("drift", -0.1), ("peers", -1)])
def test_numbers_outside_their_range_are_refused(key: str, value: float) -> None:
    with pytest.raises(InvalidInput) as caught:
        Learning(**({"doubt": 0.3, "drift": 0.0, "peers": 1} | {key: value}))
    assert caught.value.key == key
