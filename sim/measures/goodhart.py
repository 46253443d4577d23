"""What people do for the yardstick rather than for the work. Each: results → (runs,)."""

from __future__ import annotations

import numpy as np

from sim.arrays import Floats, dot, length, over_weeks, summed
from sim.results import Results

NEED_TWIN = ("worth_aligned", "displaced_share", "misalignment_price")


def displaced_share(results: Results) -> Floats:
    """Half the sum over activities of |effort share − the aligned team's|, mean over weeks.

    0 (the same) to 1 (disjoint); lower is better. 0 for a team that is aligned already.
    """
    mine, best = _shares(results), _shares(_twin(results))
    return over_weeks(0.5 * summed(np.abs(mine - best)))


def gaming_share(results: Results) -> Floats:
    """Share of effort on activities that are worth nothing or less and raise the score; 0 to 1, lower is better."""
    return over_weeks(results.columns["gaming_share"])


def wasted_share(results: Results) -> Floats:
    """Share of effort on activities that are worth nothing or less; 0 to 1, lower is better."""
    return over_weeks(results.columns["wasted_share"])


def worth_aligned(results: Results) -> Floats:
    """Worth of the aligned team: same people, luck, beliefs and strength of motivation, turned towards f."""
    return over_weeks(_twin(results).columns["worth"])


def misalignment_price(results: Results) -> Floats:
    """Worth of the aligned team minus worth [weeks of core work per person-week]; lower is better."""
    return worth_aligned(results) - over_weeks(results.columns["worth"])


def congruence(results: Results) -> Floats:
    """cos(f, r) between worth and score, r = G'w; −1 to 1, higher is better; NaN where nothing is scored.

    THEORY B: efficiency without noise is its square.
    """
    f, r = results.worth_loading, results.scored
    size = length(f) * length(r)
    return np.full(len(results.runs), dot(f, r) / size if size else np.nan)


def alignment(results: Results) -> Floats:
    """cos(f, m), mean over members and reviews; −1 to 1, higher is better; NaN where nobody wants anything."""
    return _over_reviews(results, "alignment")


def incentive(results: Results) -> Floats:
    """‖m‖ of all that runs through the score, mean over members, in the first review [utility per week of effort]."""
    reviews = results.columns["incentive"]
    return reviews[results.scenario.scheme.review.weeks - 1]


def alignment_gain(results: Results) -> Floats:
    """f'a(m) − f'a(0), mean over members and reviews: numerator of effective alignment [weeks of core work]."""
    return _over_reviews(results, "alignment_gain")


def alignment_best(results: Results) -> Floats:
    """f'a(‖m‖f/‖f‖) − f'a(0): denominator of effective alignment [weeks of core work]."""
    return _over_reviews(results, "alignment_best")


def rank_covariance(results: Results) -> Floats:
    """Sum over members of rank of score × rank of true contribution, centred, mean over reviews."""
    return _over_reviews(results, "rank_covariance")


def rank_spread_score(results: Results) -> Floats:
    """Sum over members of squared centred ranks of score, mean over reviews; 0 where all tie."""
    return _over_reviews(results, "rank_spread_score")


def rank_spread_worth(results: Results) -> Floats:
    """Sum over members of squared centred ranks of true contribution, mean over reviews."""
    return _over_reviews(results, "rank_spread_worth")


def _over_reviews(results: Results, name: str) -> Floats:
    rhythm = results.scenario.scheme.review.weeks
    return over_weeks(results.columns[name][rhythm - 1 :: rhythm])


def _shares(results: Results) -> Floats:
    """Effort shares: (activity, weeks, runs)."""
    effort = np.stack([results.columns[f"effort_{k}"] for k in results.scenario.activities])
    with np.errstate(invalid="ignore"):
        return effort / np.cumsum(effort, axis=0)[-1]


def _twin(results: Results) -> Results:
    if results.twin is None:
        raise ValueError("the aligned team was not run: simulate(…, aligned=True)")
    return results.twin
