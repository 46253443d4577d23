"""Measures of all runs together: functions of the means, over runs, of per-run measures.

The names of the parameters are those measures; arrays of means (bootstrap replicates) are taken
as well as numbers.
"""

from __future__ import annotations

import numpy as np

from sim.arrays import Floats


def effective_alignment(alignment_gain: Floats, alignment_best: Floats) -> Floats:
    """[f'a(m) − f'a(0)] / [f'a(‖m‖f/‖f‖) − f'a(0)]: what motivation achieves of what it could; higher is better.

    cos(f, m) in Baker's limit; NaN where nobody is moved.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(np.abs(alignment_best) > 1e-12, np.divide(alignment_gain, alignment_best), np.nan))


def validity(rank_covariance: Floats, rank_spread_score: Floats, rank_spread_worth: Floats) -> Floats:
    """Within-team rank correlation of score and true contribution; −1 to 1, higher is better; NaN where all tie."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.divide(rank_covariance, np.sqrt(np.multiply(rank_spread_score, rank_spread_worth))))


def worth_of_aligned(worth: Floats, worth_aligned: Floats) -> Floats:
    """Worth as a share of the aligned team's; higher is better; NaN where the latter is not above 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(np.asarray(worth_aligned) > 0, np.divide(worth, worth_aligned), np.nan))
