"""Blame for incidents: it falls on those whose part in things can be seen.

    v_i = 1/(1 + o'a_i)                            how visible the part of member i is, o: what obscures
    n_i = n·v_i/V,  V = Σ_j v_j                    incidents put down to member i, of the n of the team's week
    signal_im = … − blame_m·n_i                    a signal of the team falls by blame_m·n/N
    −∂n_i/∂a_ik = n·o_k·(v_i²/V)·(1 − v_i/V)       what obscuring saves, if the others do as they did

All incidents are put down to somebody: who hides leaves the own part of them to the others. How many there are
does not depend on it.

References: ours, the simplest that is equal where everybody can be seen alike and that conserves blame.
"""

from __future__ import annotations

import numpy as np

from sim.arrays import Floats, total


def put_down(incidents: Floats, haze: Floats) -> Floats:
    """Return how many incidents are put down to each member.

    Parameters
    ----------
    incidents : (runs,)
        Of the team in a week.
    haze : (runs, members)
        1 + o'a, at least 1.

    Returns
    -------
    (runs, members), with the sum of all incidents.

    Examples
    --------
    Of two, one hides so well that half is seen; three incidents:

    >>> put_down(np.array([3.0]), np.array([[1.0, 2.0]]))
    array([[2., 1.]])
    """
    return incidents[:, None] * _parts(haze)


def spared(incidents: Floats, haze: Floats, obscures: Floats) -> Floats:
    """Return how many incidents fewer a unit of effort has put down to oneself.

    Parameters
    ----------
    incidents : (runs,)
        As many as are expected.
    haze : (runs, members)
    obscures : (activity,)
        o [per week of effort].

    Returns
    -------
    (activity, runs, members)
    """
    part = _parts(haze)
    return obscures[:, None, None] * (incidents[:, None] * part * (1 - part) / haze)


def _parts(haze: Floats) -> Floats:
    """Return v_i/V: (runs, members) both."""
    visible = np.reciprocal(haze)
    return visible / total(visible)[:, None]
