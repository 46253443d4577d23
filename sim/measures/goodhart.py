"""What people do for the yardstick rather than for the work. Each: results → (runs,)."""

from __future__ import annotations

import numpy as np

from sim.arrays import Floats, dot, length, over_weeks, summed
from sim.results import Results

NEED_TWIN = ("worth_aligned", "displaced_share", "misalignment_price")
NEED_SHADOW = (
    "shadow_review_score",
    "shadow_review_score_square",
    "shadow_contribution",
    "shadow_contribution_square",
    "shadow_rank_covariance",
    "shadow_rank_spread_score",
    "shadow_rank_spread_worth",
)


def displaced_share(results: Results) -> Floats:
    """Half the sum over activities of |effort share − the aligned team's|, mean over weeks.

    0 (the same) to 1 (disjoint); lower is better. 0 for a team that is aligned already.
    """
    mine, best = _shares(results), _shares(_twin(results))
    return over_weeks(0.5 * summed(np.abs(mine - best)))


def gaming_share(results: Results) -> Floats:
    """Share of effort on activities that are worth nothing or less and raise the score; 0 to 1, lower is better."""
    return over_weeks(results.counted("gaming_share"))


def wasted_share(results: Results) -> Floats:
    """Share of effort on activities that are worth nothing or less; 0 to 1, lower is better."""
    return over_weeks(results.counted("wasted_share"))


def worth_aligned(results: Results) -> Floats:
    """Worth of the aligned team: same people, luck, beliefs and strength of motivation, turned towards f."""
    return over_weeks(_twin(results).counted("worth"))


def misalignment_price(results: Results) -> Floats:
    """Worth of the aligned team minus worth [weeks of core work per person-week]; lower is better."""
    return worth_aligned(results) - over_weeks(results.counted("worth"))


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
    return results.at_reviews("incentive")[0]


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


def perception_gap(results: Results) -> Floats:
    """‖r̃ − r‖/‖r‖ between what is believed to add to the score and what does, mean over reviews; lower is better."""
    return _over_reviews(results, "perception_gap")


def perception_angle(results: Results) -> Floats:
    """Angle between the two [degree], mean over members and reviews; 0 to 180, lower is better."""
    return _over_reviews(results, "perception_angle")


def mislabelled_low(results: Results) -> Floats:
    """Of those with the lowest scores of a team, the share not among its truly lowest; 0 to 1, lower is better.

    As many as are laid off, a tenth of the team where nobody is. 0 where the score is the contribution.
    """
    return _over_reviews(results, "mislabelled_low")


def mislabelled_promoted(results: Results) -> Floats:
    """Of those promoted, the share not among as many truly best of their team; 0 to 1, lower is better."""
    reviews = results.at_reviews("mislabelled_promoted")
    held = ~np.isnan(reviews)
    count = held.sum(axis=0)
    some = np.cumsum(np.where(held, reviews, 0.0), axis=0)[-1]
    return np.divide(some, count, out=np.full(len(count), np.nan), where=count > 0)


def review_score(results: Results) -> Floats:
    """Score of a review, mean over members and reviews [points]; any number."""
    return _over_reviews(results, "review_score")


def contribution(results: Results) -> Floats:
    """True contribution in a review window, mean over members and reviews [weeks of core work per week]."""
    return _over_reviews(results, "contribution")


def shadow_review_score(results: Results) -> Floats:
    """Score of a review where the scheme is only measured [points]; any number."""
    return _over_reviews(_shadow(results), "review_score")


def shadow_review_score_square(results: Results) -> Floats:
    """Square of a member's score where the scheme is only measured, mean over members and reviews [points²]."""
    return _over_reviews(_shadow(results), "review_score_square")


def shadow_contribution(results: Results) -> Floats:
    """True contribution where the scheme is only measured [weeks of core work per week]; any number."""
    return _over_reviews(_shadow(results), "contribution")


def shadow_contribution_square(results: Results) -> Floats:
    """Square of a member's contribution where the scheme is only measured, mean over members and reviews."""
    return _over_reviews(_shadow(results), "contribution_square")


def shadow_rank_covariance(results: Results) -> Floats:
    """`rank_covariance` where the scheme is only measured."""
    return _over_reviews(_shadow(results), "rank_covariance")


def shadow_rank_spread_score(results: Results) -> Floats:
    """`rank_spread_score` where the scheme is only measured."""
    return _over_reviews(_shadow(results), "rank_spread_score")


def shadow_rank_spread_worth(results: Results) -> Floats:
    """`rank_spread_worth` where the scheme is only measured."""
    return _over_reviews(_shadow(results), "rank_spread_worth")


def _over_reviews(results: Results, name: str) -> Floats:
    return over_weeks(results.at_reviews(name))


def _shares(results: Results) -> Floats:
    """Effort shares: (activity, weeks, runs)."""
    effort = np.stack([results.counted(f"effort_{k}") for k in results.scenario.activities])
    with np.errstate(invalid="ignore"):
        return effort / np.cumsum(effort, axis=0)[-1]


def _twin(results: Results) -> Results:
    if results.twin is None:
        raise ValueError("the aligned team was not run: simulate(…, aligned=True)")
    return results.twin


def _shadow(results: Results) -> Results:
    if results.shadow is None:
        raise ValueError("the team whose scheme is only measured was not run: simulate(…, shadow=True)")
    return results.shadow
