"""Places and ranks within a team."""

from __future__ import annotations

import numpy as np
import pytest

from sim.units import places, ranks


def test_places_count_rivals_above_and_ties_with_oneself() -> None:
    ahead, level = places(np.array([[5.0, 7.0, 5.0, 1.0], [2.0, 2.0, 2.0, 2.0]]))
    assert ahead.tolist() == [[1, 0, 1, 3], [0, 0, 0, 0]]
    assert level.tolist() == [[2, 1, 2, 1], [4, 4, 4, 4]]


def test_one_alone_is_first() -> None:
    ahead, level = places(np.array([[3.0]]))
    assert (ahead.tolist(), level.tolist()) == ([[0]], [[1]])


@pytest.mark.parametrize("members", [2, 5, 17])
def test_places_agree_with_comparing_everybody_with_everybody(members: int) -> None:
    score = np.random.default_rng(members).integers(0, 6, (40, members)).astype(float)
    ahead, level = places(score)
    assert np.array_equal(ahead, (score[:, None, :] > score[:, :, None]).sum(axis=-1))
    assert np.array_equal(level, (score[:, None, :] == score[:, :, None]).sum(axis=-1))


def test_ranks_are_centred_and_ties_share_their_mean_rank() -> None:
    assert ranks(np.array([[10.0, 20.0, 30.0]])).tolist() == [[-1.0, 0.0, 1.0]]
    assert ranks(np.array([[10.0, 20.0, 20.0, 30.0]])).tolist() == [[-1.5, 0.0, 0.0, 1.5]]
    assert ranks(np.array([[1.0, 1.0]])).tolist() == [[0.0, 0.0]]


def test_ranks_sum_to_zero_and_follow_only_the_order() -> None:
    x = np.random.default_rng(1).standard_normal((30, 9))
    assert ranks(x).sum(axis=-1).tolist() == [0.0] * 30
    assert np.array_equal(ranks(x), ranks(np.exp(3 * x)))
