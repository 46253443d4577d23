"""Who stands where within a team: places by score, found by sorting."""

from __future__ import annotations

import numpy as np

from sim.arrays import Floats, Ints


def places(score: Floats) -> tuple[Ints, Ints]:
    """Count for each member the rivals above and those level with it.

    Parameters
    ----------
    score : (runs, members)
        A row is one team.

    Returns
    -------
    ahead, level : (runs, members) both
        Rivals with a higher score · members with the same score, oneself included.

    Examples
    --------
    >>> ahead, level = places(np.array([[3.0, 9.0, 9.0]]))
    >>> ahead.tolist(), level.tolist()
    ([[2, 0, 0]], [[1, 2, 2]])
    """
    order = np.argsort(-score, axis=-1, kind="stable")
    ranked = np.take_along_axis(score, order, axis=-1)
    seat = np.broadcast_to(np.arange(score.shape[-1]), score.shape)
    begins = np.ones(score.shape, dtype=bool)
    begins[..., 1:] = ranked[..., 1:] != ranked[..., :-1]
    first = np.maximum.accumulate(np.where(begins, seat, 0), axis=-1)
    ends = np.ones(score.shape, dtype=bool)
    ends[..., :-1] = begins[..., 1:]
    last = np.minimum.accumulate(np.where(ends, seat, score.shape[-1])[..., ::-1], axis=-1)[..., ::-1]
    ahead, level = np.empty(score.shape, dtype=np.int64), np.empty(score.shape, dtype=np.int64)
    np.put_along_axis(ahead, order, first, axis=-1)
    np.put_along_axis(level, order, last - first + 1, axis=-1)
    return ahead, level


def ranks(x: Floats) -> Floats:
    """Rank within a team, ties sharing their mean rank, centred on 0: (runs, members) both.

    Examples
    --------
    >>> ranks(np.array([[3.0, 9.0, 9.0]])).tolist()
    [[-1.0, 0.5, 0.5]]
    """
    ahead, level = places(x)
    middle = ahead + (level - 1) / 2
    return (x.shape[-1] - 1) / 2 - middle
