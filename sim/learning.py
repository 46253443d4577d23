"""Learning from reviews what effort adds to the score.

    score = x'b + noise of standard deviation σ,  x = skill∘effort, averaged over the review window
    K  = P·x/(x'P·x + σ²)                           gain; 0 where there is nothing to learn from
    b' = b + K·(score − x'b)                        belief: points per unit of skill∘effort
    P' = P − K·(P·x)'                               doubt: its covariance
    P  ← P + drift²·I                               between reviews what counts may change

A review gives each member one score, so activities done together are told apart only as their mix
varies, and what is never done is never learned about: with x_k = 0 and nothing linking it to others,
b_k stays. Own experience comes first; what colleagues tell of theirs enters by the same rule.

References: recursive least squares, Kalman (1960), J. Basic Engineering 82(1), 35-45; THEORY H9.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.arrays import Floats, Ints, weighed
from sim.errors import InvalidInput

NOTHING = 1e-300  # variance of a score below which there is nothing to learn from it


@dataclass(frozen=True, kw_only=True)
class Learning:
    """How members learn what counts.

    Parameters
    ----------
    doubt : float
        Standard deviation of what is believed at first, relative to it, at least 0; 0: nothing is ever learned
        unless it drifts.
    drift : float
        Standard deviation by which what an activity brings is thought to change between two reviews
        [points per week of effort], at least 0.
    peers : int
        Colleagues whose experience a member hears of at a review, at least 0.
    """

    doubt: float
    drift: float
    peers: int

    def __post_init__(self) -> None:
        for key in ("doubt", "drift"):
            if getattr(self, key) < 0:
                raise InvalidInput(key, getattr(self, key), "at least 0")
        if self.peers < 0:
            raise InvalidInput("peers", self.peers, "a whole number, at least 0")


def begin(variance: Floats) -> Floats:
    """Return the doubt of members whose errors about the activities have nothing to do with each other.

    Parameters
    ----------
    variance : (activity, runs, members)
        Of what each activity brings [(points per week of effort)²].

    Returns
    -------
    (activity, activity, runs, members)
    """
    doubt = np.zeros((len(variance), *variance.shape))
    for k, each in enumerate(variance):
        doubt[k, k] = each
    return doubt


def learned(
    belief: Floats, doubt: Floats, tried: Floats, score: Floats, noise: Floats | float
) -> tuple[Floats, Floats]:
    """Learn from one review.

    Parameters
    ----------
    belief : (activity, runs, members)
        What a unit of skill∘effort is believed to add to the score.
    doubt : (activity, activity, runs, members)
        Its covariance, symmetric.
    tried : (activity, runs, members)
        Skill∘effort, craft included, averaged over the review window.
    score : (runs, members)
        What came of it.
    noise : (runs, members) or float
        Standard deviation of a score about its expectation, at least 0.

    Returns
    -------
    belief, doubt
        Both new. Where a score could not have come out otherwise, they stay as they were.

    Examples
    --------
    Eight reviews of a week of .7 that truly brings 1 a week, where .2 was believed:

    >>> b, p, week = np.full((1, 1, 1), 0.2), np.full((1, 1, 1, 1), 0.25), np.full((1, 1, 1), 0.7)
    >>> for _ in range(8):
    ...     b, p = learned(b, p, week, 1.0 * week[0], noise=1.0)
    >>> round(b.item(), 6)
    0.59596
    """
    mixed = weighed(tried[:, None], doubt)  # P·x
    spread = weighed(tried, mixed) + np.square(noise)
    share = np.divide(1.0, spread, out=np.zeros(spread.shape), where=spread > NOTHING)
    surprise = score - weighed(tried, belief)
    return belief + mixed * (share * surprise), doubt - mixed[:, None] * mixed * share


def heard(x: Floats, turn: Ints) -> Floats:
    """Return for each member what is true of a colleague.

    Parameters
    ----------
    x : (..., runs, members)
    turn : (runs, members)
        How many seats further on the colleague sits, 1 to members − 1; beyond the last seat the first follows.

    Returns
    -------
    (..., runs, members)

    Examples
    --------
    >>> heard(np.array([[10.0, 20.0, 30.0]]), np.array([[1, 1, 2]])).tolist()
    [[20.0, 30.0, 20.0]]
    """
    members = x.shape[-1]
    seat = (np.arange(members) + turn) % members
    return np.take_along_axis(x, np.broadcast_to(seat, x.shape), axis=-1)


def drifted(doubt: Floats, drift: float) -> Floats:
    """Return the doubt (activity, activity, runs, members) after what counts may have changed by `drift`."""
    after = doubt.copy()
    for k in range(len(doubt)):
        after[k, k] += drift * drift
    return after
