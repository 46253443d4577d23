"""Chance: the same number at the same address, whatever else is drawn."""

from __future__ import annotations

import zlib
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim import draws
from sim.draws import BLOCK, Causes, Draws, Store, WeekDraws, stream, streams

CAUSES = Causes(explore=("explore:a", "explore:b"), noise=("signal:x",), blur=("attribution",), luck=("places:pay",))


def all_weeks(
    causes: Causes = CAUSES, runs: tuple[int, ...] = (0, 1, 2), weeks: int = 5, seed: int = 1
) -> list[WeekDraws]:
    return list(Draws(seed, runs, 4).weekly(causes, weeks))


def test_a_stream_is_addressed_by_seed_run_and_cause() -> None:
    sequence = np.random.SeedSequence(7, spawn_key=(17, zlib.crc32(b"signal:commits")))
    expected = np.random.Generator(np.random.PCG64DXSM(sequence)).standard_normal(5)
    assert np.array_equal(stream(7, 17, "signal:commits").standard_normal(5), expected)


@given(
    seed=st.one_of(st.integers(0, 5), st.integers(0, 2**140)),
    runs=st.lists(st.integers(0, 2**33), min_size=1, max_size=30),
    causes=st.lists(st.text(max_size=8), min_size=1, max_size=4),
)
def test_many_streams_made_at_once_are_those_made_one_by_one(seed: int, runs: list[int], causes: list[str]) -> None:
    for row, cause in zip(streams(seed, runs, causes), causes, strict=True):
        for generator, run in zip(row, runs, strict=True):
            alone = stream(seed, run, cause)
            assert np.array_equal(generator.standard_normal(3), alone.standard_normal(3))
            assert generator.random() == alone.random()


def test_no_cause_means_no_stream() -> None:
    assert streams(1, range(50), []) == []
    assert all_weeks(Causes(explore=(), noise=(), blur=(), luck=()))[0].explore.shape == (0, 3, 4)


def test_a_week_is_drawn_before_the_next_and_all_seats_of_a_week_together() -> None:
    by_hand = stream(1, 2, "explore:b").standard_normal((5, 4))
    assert np.array_equal(np.stack([w.explore[1, 2] for w in all_weeks()]), by_hand)
    by_hand = stream(1, 0, "places:pay").random((5, 4))
    assert np.array_equal(np.stack([w.luck[0, 0] for w in all_weeks()]), by_hand)


@pytest.mark.parametrize("weeks", [1, BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK + 3])
def test_a_longer_horizon_begins_with_the_shorter(weeks: int) -> None:
    short, long = all_weeks(weeks=weeks), all_weeks(weeks=3 * BLOCK)
    assert len(short) == weeks
    same(short, long[:weeks])


def same(some: list[WeekDraws], others: list[WeekDraws]) -> None:
    for a, b in zip(some, others, strict=True):
        for name in ("explore", "noise", "blur", "luck"):
            assert np.array_equal(getattr(a, name), getattr(b, name))


def test_what_is_drawn_in_blocks_and_not_kept_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = all_weeks(weeks=2 * BLOCK + 3)
    monkeypatch.setattr(draws, "KEEPS", Store(0))
    same(kept, all_weeks(weeks=2 * BLOCK + 3))
    assert not draws.KEEPS.size


def test_what_has_been_drawn_is_kept_and_cannot_be_written_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(draws, "KEEPS", Store(draws.KEPT))
    first = all_weeks()
    monkeypatch.setattr(draws, "streams", None)  # nothing is drawn again
    same(first, all_weeks())
    with pytest.raises(ValueError, match="read-only"):
        first[0].noise[0, 0, 0] = 1.0


@pytest.mark.parametrize("other", [{"seed": 2}, {"runs": (0, 1, 3)}, {"weeks": 6}, {"members": 6, "teams": 2}])
def test_what_is_kept_is_not_taken_for_something_else(other: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    def drawn(**given: Any) -> list[WeekDraws]:
        asked: dict[str, Any] = {"seed": 1, "runs": (0, 1, 2), "members": 12, "teams": 1, "weeks": 5} | given
        weeks = asked.pop("weeks")
        return list(Draws(**asked).weekly(CAUSES, weeks))

    drawn()
    after = drawn(**other)
    monkeypatch.setattr(draws, "KEEPS", Store(draws.KEPT))
    same(after, drawn(**other))


def test_a_full_store_takes_no_more_than_it_may() -> None:
    store = Store(50_000)
    for i in range(200):
        found = store.of(i, lambda i=i: np.full(300, float(i)))
        assert found[0] == i and sum(x.nbytes for x in store.held.values()) <= 50_000
    assert store.of("all", lambda: np.zeros(10_000)).nbytes == 80_000
    assert "all" not in store.held and sum(x.nbytes for x in store.held.values()) <= 50_000


def test_a_run_has_the_same_luck_alone_and_in_any_batch() -> None:
    batch = all_weeks(runs=tuple(range(20)), weeks=3)
    alone = all_weeks(runs=(17,), weeks=3)
    for a, b in zip(batch, alone, strict=True):
        assert np.array_equal(a.noise[:, [17]], b.noise)
        assert np.array_equal(a.explore[:, [17]], b.explore)
    assert np.array_equal(Draws(1, range(20), 4).once("skill")[[17]], Draws(1, [17], 4).once("skill"))


def test_a_new_cause_changes_no_other_number() -> None:
    more = Causes(explore=CAUSES.explore, noise=("signal:new", *CAUSES.noise), blur=(), luck=CAUSES.luck)
    for a, b in zip(all_weeks(), all_weeks(more), strict=True):
        assert np.array_equal(a.explore, b.explore) and np.array_equal(a.luck, b.luck)
        assert np.array_equal(a.noise[0], b.noise[1])


def test_seed_zero_is_a_seed_like_any_other() -> None:
    zero, one = all_weeks(seed=0), all_weeks(seed=1)
    assert np.array_equal(zero[0].noise, all_weeks(seed=0)[0].noise)
    assert not np.array_equal(zero[0].noise, one[0].noise)


def test_runs_seats_weeks_and_causes_have_luck_of_their_own() -> None:
    numbers = np.concatenate([np.concatenate([w.explore, w.noise, w.blur]).ravel() for w in all_weeks(weeks=60)])
    assert len(np.unique(numbers)) == numbers.size


def test_luck_is_uniform_and_noise_is_standard_normal() -> None:
    drawn = list(Draws(1, range(50), 10).weekly(CAUSES, 20))
    luck = np.stack([w.luck for w in drawn])
    noise = np.stack([w.noise for w in drawn])
    assert luck.min() >= 0 and luck.max() < 1
    n = noise.size
    assert abs(luck.mean() - 0.5) < 4 / np.sqrt(12 * n)
    assert abs(noise.mean()) < 4 / np.sqrt(n) and abs(noise.var() - 1) < 4 * np.sqrt(2 / n)
