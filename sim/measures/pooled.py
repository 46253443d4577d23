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


def validity_shadow(
    shadow_rank_covariance: Floats, shadow_rank_spread_score: Floats, shadow_rank_spread_worth: Floats
) -> Floats:
    """Validity where the scheme is only measured; −1 to 1; NaN where all tie."""
    return validity(shadow_rank_covariance, shadow_rank_spread_score, shadow_rank_spread_worth)


def decay(
    rank_covariance: Floats,
    rank_spread_score: Floats,
    rank_spread_worth: Floats,
    shadow_rank_covariance: Floats,
    shadow_rank_spread_score: Floats,
    shadow_rank_spread_worth: Floats,
) -> Floats:
    """Validity where the scheme is only measured minus validity where it counts; −2 to 2, lower is better.

    0 where nobody responds to the score. An interval beyond 0 tells decay from noise.
    """
    measured = validity(shadow_rank_covariance, shadow_rank_spread_score, shadow_rank_spread_worth)
    return np.asarray(measured - validity(rank_covariance, rank_spread_score, rank_spread_worth))


def proxy_inflation(
    review_score: Floats,
    contribution: Floats,
    shadow_review_score: Floats,
    shadow_review_score_square: Floats,
    shadow_contribution: Floats,
    shadow_contribution_square: Floats,
) -> Floats:
    """ΔS/sd(S) − ΔC/sd(C), Δ = counting minus only measured, sd among people only measured; lower is better.

    How many standard deviations the score rises beyond the contribution. 0 where nobody responds to it.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        score = np.divide(
            np.subtract(review_score, shadow_review_score), _sd(shadow_review_score, shadow_review_score_square)
        )
        worth = np.divide(
            np.subtract(contribution, shadow_contribution), _sd(shadow_contribution, shadow_contribution_square)
        )
        return np.asarray(score - worth)


def _sd(mean: Floats, square: Floats) -> Floats:
    """Standard deviation from the mean and the mean square, NaN where all are the same."""
    variance = np.subtract(square, np.square(mean))
    return np.sqrt(np.where(variance > 1e-12 * np.abs(square), variance, np.nan))


def lead_time(backlog: Floats, features: Floats) -> Floats:
    """Weeks that what is asked for now will wait, backlog over features a week; NaN where nothing is finished."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(np.asarray(features) > 0, np.divide(backlog, features), np.nan))


def worth_of_aligned(worth: Floats, worth_aligned: Floats) -> Floats:
    """Worth as a share of the aligned team's; higher is better; NaN where the latter is not above 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(np.asarray(worth_aligned) > 0, np.divide(worth, worth_aligned), np.nan))
