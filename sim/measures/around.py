"""What is around the team: sponsor, customers, news, custom, the chain of evaluators. Each: results → (runs,).

A measure of what is not there is left out.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from sim.arrays import Floats, over_weeks, summed
from sim.results import Results
from sim.units import places

READ_FROM = {  # the column without which there is nothing to measure
    "confidence": "confidence",
    "axed": "alive",
    "needs_met": "needs_met",
    "acceptance": "acceptance",
    "adoption": "adoption",
    "ownership": "ownership",
    "blocked_weeks": "blocked",
    "useful": "useful",
    "status_bias": "reported_status",
    "weeks_hidden": "hidden",
    "surprises": "surprise",
    "found_at": "found_at",
    "trust": "trust",
    "custom": "custom",
    "alignment_board": "alignment_board",
    "alignment_trench": "alignment_trench",
    "alignment_product": "alignment_product",
}


def confidence(results: Results) -> Floats:
    """Confidence of the sponsor when the run ends, or when the project was axed; 0 to 1, higher is better."""
    return results.columns["confidence"][-1]


def axed(results: Results) -> Floats:
    """1 where the project has been axed; its mean is the share of projects; lower is better."""
    return 1 - results.columns["alive"][-1]


def needs_met(results: Results) -> Floats:
    """Part of all needs that is met when the run ends, departments weighed by value; 0 to 1, higher is better."""
    return results.columns["needs_met"][-1]


def acceptance(results: Results) -> Floats:
    """How far departments accept what is decided, mean over weeks; 0 to 1 (nobody feels left out), higher is better."""
    return over_weeks(results.counted("acceptance"))


def adoption(results: Results) -> Floats:
    """Part of all people who use what is there when the run ends; 0 to 1, higher is better."""
    return results.columns["adoption"][-1]


def ownership(results: Results) -> Floats:
    """How far the first user feels that it is theirs, mean over weeks; 0 to 1."""
    return over_weeks(results.counted("ownership"))


def blocked_weeks(results: Results) -> Floats:
    """Weeks in which a department blocked the common work [weeks]; at least 0, lower is better."""
    return summed(results.counted("blocked"))


def useful(results: Results) -> Floats:
    """Part of what was delivered that was of use, mean over weeks; 0 to 1, higher is better."""
    return over_weeks(results.counted("useful"))


def status_bias(results: Results) -> Floats:
    """Share of weeks that were red minus share that were reported red to the top; −1 to 1, nearer to 0 is better."""
    return over_weeks(results.counted("true_status")) - over_weeks(results.counted("reported_status"))


def weeks_hidden(results: Results) -> Floats:
    """Share of weeks with a problem of which the top did not know; 0 to 1, lower is better."""
    return over_weeks(results.counted("hidden"))


def surprises(results: Results) -> Floats:
    """How often reality told the top before people did; at least 0, lower is better."""
    return summed(results.counted("surprise"))


def found_at(results: Results) -> Floats:
    """How old problems were when the top came to know of them, mean [weeks]; lower is better; NaN where it did not."""
    found = results.counted("found_at")
    known = ~np.isnan(found)
    count = summed(known.astype(np.float64))
    return np.divide(summed(np.where(known, found, 0.0)), count, out=np.full(count.shape, np.nan), where=count > 0)


def trust(results: Results) -> Floats:
    """Trust in the team when the run ends; 0 to 1, higher is better."""
    return results.columns["trust"][-1]


def custom(results: Results) -> Floats:
    """Share of the unit that acts by the custom of caring when the run ends; 0 to 1, higher is better."""
    return results.columns["custom"][-1]


def alignment_board(results: Results) -> Floats:
    """cos(f, G'w) of what the board asks for, mean over reviews; −1 to 1, higher is better."""
    return over_weeks(results.at_reviews("alignment_board"))


def alignment_trench(results: Results) -> Floats:
    """cos(f, G'w) of what the lowest bosses ask for, mean over teams and reviews; −1 to 1, higher is better."""
    return over_weeks(results.at_reviews("alignment_trench"))


def alignment_product(results: Results) -> Floats:
    """The board's alignment times the mean cosine of every step down: what random turns would leave (THEORY I5)."""
    return over_weeks(results.at_reviews("alignment_product"))


def intervener_rank(results: Results) -> Floats:
    """Place of the intervener by all rewards at reviews, 1 the best, ties shared; NaN where they have no seat."""
    name = results.scenario.intervener.name
    if name is None or name not in results.names or not results.review_weeks:
        return np.full(len(results.runs), np.nan)
    ahead, level = places(summed(results.reviewed["reward"]))
    seat = results.names.index(name)
    return ahead[:, seat] + (level[:, seat] + 1) / 2


def _met_of(department: str) -> Callable[[Results], Floats]:
    """Return the measure of how far the needs of a department are met when the run ends; 0 to 1, higher is better."""
    return lambda results: results.columns[f"met_{department}"][-1]


def _blocked_by(department: str) -> Callable[[Results], Floats]:
    """Return the measure of the weeks in which a department blocks the common work; at least 0, lower is better."""
    return lambda results: summed(results.counted(f"blocks_{department}"))
