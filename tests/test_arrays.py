"""Sums of the model: by hand, and always left to right."""

from __future__ import annotations

import numpy as np
import pytest

from sim import arrays


def by_hand(x: np.ndarray) -> np.ndarray:
    """Add along the last axis, one after the other."""
    result = np.zeros(x.shape[:-1])
    for i in range(x.shape[-1]):
        result = result + x[..., i]
    return result


def test_a_weighed_sum_adds_kinds_with_their_weights() -> None:
    x = np.arange(12.0).reshape(3, 2, 2)
    assert arrays.weighed([1.0, 10.0, 100.0], x).tolist() == [[840.0, 951.0], [1062.0, 1173.0]]


def test_a_weighed_sum_takes_a_weight_for_each_member() -> None:
    x = np.array([[[1.0, 2.0]], [[3.0, 4.0]]])
    assert arrays.weighed(x, x).tolist() == [[10.0, 20.0]]


@pytest.mark.parametrize("weights", [[2.0, 0.0], [0.0, 2.0], [0.0, 0.0]])
def test_a_weight_of_zero_adds_nothing(weights: list[float]) -> None:
    x = np.array([[[0.1]], [[0.7]]])
    assert arrays.weighed(weights, x).tolist() == [[weights[0] * 0.1 + weights[1] * 0.7]]


@pytest.mark.parametrize("members", [1, 2, 9, 31, 32, 33, 200])
def test_sums_over_members_run_left_to_right_in_teams_of_any_size(members: int) -> None:
    x = np.random.default_rng(members).standard_normal((3, members)) * 10.0 ** np.arange(3)[:, None]
    assert np.array_equal(arrays.total(x), by_hand(x))
    assert np.array_equal(arrays.average(x), by_hand(x) / members)
    assert np.array_equal(arrays.summed(x.T), by_hand(x))
    assert np.array_equal(arrays.over_weeks(x.T), by_hand(x) / members)


def test_weighed_sums_have_the_bits_of_adding_one_product_after_the_other() -> None:
    rng = np.random.default_rng(7)
    for shape in ((8, 40, 9), (8, 1, 9), (8, 40, 1), (8, 1, 1), (3, 7, 2), (1, 5, 5), (40, 4, 3)):
        x, weight = rng.standard_normal(shape), rng.standard_normal(shape[0])
        planes = rng.standard_normal(shape)
        expected, squared = x[0] * weight[0], x[0] * planes[0]
        for k in range(1, shape[0]):
            expected, squared = expected + x[k] * weight[k], squared + x[k] * planes[k]
        assert np.array_equal(arrays.weighed(weight, x), expected), shape
        assert np.array_equal(arrays.weighed(weight.tolist(), x), expected), shape
        assert np.array_equal(arrays.weighed(planes, x), squared), shape
        assert np.array_equal(arrays.weighed(weight, x[:, :, ::-1]), expected[:, ::-1]), shape


def test_what_was_cut_out_of_a_larger_array_sums_to_the_same_bits() -> None:
    x = np.random.default_rng(8).standard_normal((8, 40, 9))
    for piece in (x[:, 3:4], x[:, :, 2:3], x[:, 5:6, 4:5], x[::2], x.transpose(0, 2, 1)):
        copied = np.ascontiguousarray(piece)
        assert np.array_equal(arrays.summed(piece), arrays.summed(copied))
        assert np.array_equal(arrays.total(piece), arrays.total(copied))
        assert np.array_equal(arrays.norm(piece), arrays.norm(copied))


@pytest.mark.parametrize("members", [1, 2, 9, 40])
def test_a_run_sums_to_the_same_bits_alone_and_in_a_batch(members: int) -> None:
    x = np.random.default_rng(1).standard_normal((8, 50, members))
    for r in (0, 17, 49):
        assert np.array_equal(arrays.total(x)[:, [r]], arrays.total(x[:, [r]]))
        assert np.array_equal(arrays.summed(x)[[r]], arrays.summed(x[:, [r]]))
        assert np.array_equal(arrays.norm(x)[[r]], arrays.norm(x[:, [r]]))
        assert np.array_equal(arrays.over_weeks(x)[[r]], arrays.over_weeks(x[:, [r]]))


def test_a_kind_of_zeros_that_comes_last_changes_no_bit() -> None:
    x = np.random.default_rng(2).standard_normal((8, 5, 9))
    more = np.concatenate([x, np.zeros((1, 5, 9))])
    weight = np.random.default_rng(3).standard_normal(9)
    assert np.array_equal(arrays.summed(x), arrays.summed(more))
    assert np.array_equal(arrays.norm(x), arrays.norm(more))
    assert np.array_equal(arrays.weighed(weight[:8], x), arrays.weighed(weight, more))


def test_inputs_are_left_as_they_were() -> None:
    x = np.ones((2, 3, 4))
    x.setflags(write=False)
    for f in (arrays.summed, arrays.norm, arrays.total, arrays.average, arrays.over_weeks):
        f(x)
    arrays.weighed(np.ones(2), x)
    assert (x == 1).all()


def test_lengths_and_inner_products_are_those_of_euclid() -> None:
    assert arrays.dot([1.0, 2.0], np.array([3.0, 4.0])) == 11.0
    assert arrays.length([3.0, 4.0]) == 5.0
    assert arrays.norm(np.array([[[3.0]], [[4.0]]])).tolist() == [[5.0]]
    with pytest.raises(ValueError):
        arrays.dot([1.0], [1.0, 2.0])
