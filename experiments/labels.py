"""Who is called low, and whether they are: over all teams of a study.

Of the k with the lowest scores of a team, as many as are laid off (a tenth where nobody is, at least
one), the share that is not among the lowest share k/N of all members of all teams by true contribution
at the same review. With perfect scores in teams of N, one called low in each: P(the least of N is above
the quantile 1/N) = (1 − 1/N)^N, 34 % for seven.
"""

from __future__ import annotations

import math

import pandas as pd

from experiments.stats import SUMMARY, described
from sim.results import LOW


def labelled(reviews: pd.DataFrame, runs: pd.DataFrame) -> pd.DataFrame:
    """Return rows of a summary: `mislabelled` of each scheme, with its computing error.

    Parameters
    ----------
    reviews : DataFrame
        scheme, run, week, member, score, contribution, laid_off.
    runs : DataFrame
        The study's runs, for the order of schemes.
    """
    rows = []
    for scheme in runs["scheme"].unique():
        own = reviews[reviews["scheme"] == scheme]
        if "asked" in own and own["asked"].notna().any():
            own = own[:0]  # a whole organisation: what people do at different levels is not to be compared
        wrong = mislabelled(own)
        value, low, high, *_, n = described(wrong.to_numpy())
        rows.append((scheme, "mislabelled", value, low, high, math.nan, math.nan, n))
    return pd.DataFrame(rows, columns=list(SUMMARY))


def mislabelled(reviews: pd.DataFrame) -> pd.Series:
    """Return the share wrongly called low in each run, mean over its reviews."""
    if reviews.empty:
        return pd.Series(dtype=float)
    teams = reviews.groupby(["run", "week"])
    size = int(teams.size().iloc[0])
    out = teams["laid_off"].sum().mean()
    count = max(1, round(out if out > 0 else LOW * size))
    threshold = reviews.groupby("week")["contribution"].quantile(count / size)
    called = reviews[teams["score"].rank(method="first") <= count]
    wrong = called["contribution"] > called["week"].map(threshold)
    return wrong.groupby(called["run"]).mean()
