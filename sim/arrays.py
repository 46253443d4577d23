"""Arrays of the model and the only ways in which they are summed.

A batch is an array ``(kind, runs, members)``: kinds (activities, signals, channels, modules) come
first, so that one kind of all members lies together in memory; runs never come last.
Sums over kinds and members run left to right, so that a run has the same bits alone and in any
batch, and a kind that is added last and holds zeros changes none.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


def weighed(weight: Floats | Sequence[float], x: Floats) -> Floats:
    """Sum a kind-first array over its kinds with a weight for each, left to right.

    Parameters
    ----------
    weight : (kind,) or broadcastable (kind, runs, members)
    x : (kind, runs, members)

    Returns
    -------
    (runs, members)

    Examples
    --------
    >>> weighed([1.0, 2.0], np.array([[[3.0]], [[4.0]]]))
    array([[11.]])
    """
    weight = np.asarray(weight)
    if _by_planes(x) and weight.flags.c_contiguous:
        return np.asarray(np.einsum("k...,k...->...", weight, x))
    result: Floats = x[0] * weight[0]
    for plane, each in zip(x[1:], weight[1:], strict=True):
        result += plane * each
    return result


def summed(x: Floats) -> Floats:
    """Sum a kind-first array over its kinds, left to right: (kind, ...) to (...)."""
    if _by_planes(x):
        return np.asarray(np.einsum("k...->...", x))
    result = x[0].copy() if len(x) else np.zeros(x.shape[1:])
    for plane in x[1:]:
        result += plane
    return result


def _by_planes(x: Floats) -> bool:
    """Whether einsum adds x up plane after plane, with the bits of the plain loop in a third of its time.

    It does where kinds lie apart in memory and a kind holds more than one number.
    """
    return x.flags.c_contiguous and x.size > len(x)


def norm(x: Floats) -> Floats:
    """Length of each member's vector over kinds: (kind, runs, members) to (runs, members)."""
    return np.sqrt(weighed(x, x))


def lifted(x: Floats) -> Floats:
    """Return what is the same for all (kind,) so that it meets an array: (kind, 1, 1); other shapes as they are."""
    return x[:, None, None] if x.ndim == 1 else x


def total(x: Floats) -> Floats:
    """Sum over members, left to right: (..., members) to (...)."""
    if x.size == x.shape[-1]:
        return np.asarray(np.cumsum(x, axis=-1)[..., -1])
    return summed(x.reshape(-1, x.shape[-1]).T.copy()).reshape(x.shape[:-1])


def average(x: Floats) -> Floats:
    """Mean over members, left to right: (..., members) to (...)."""
    return total(x) / x.shape[-1]


def over_weeks(x: Floats) -> Floats:
    """Mean over weeks, left to right: (weeks, ...) to (...)."""
    return np.asarray(np.cumsum(x, axis=0)[-1] / len(x))


def dot(x: Sequence[float] | Floats, y: Sequence[float] | Floats) -> float:
    """Inner product of two short vectors, left to right."""
    result = 0.0
    for a, b in zip(x, y, strict=True):
        result += float(a) * float(b)
    return result


def length(x: Sequence[float] | Floats) -> float:
    """Euclidean length of a short vector, left to right."""
    return math.sqrt(dot(x, x))
