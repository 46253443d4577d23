"""Who is called low, and whether they are: over all teams of a study.

Of the k with the lowest scores of a team, as many as are laid off (a tenth where nobody is, at least
one), the share that is not among the lowest share k/N of all members of all teams by true contribution
at the same review. With perfect scores in teams of N, one called low in each: P(the least of N is above
the quantile 1/N) = (1 − 1/N)^N, 34 % for seven.

In an organisation a team are those who report to one boss, and all teams are those of the same depth and size
whose people build alike or lead alike: nobody is compared with people of another level. The head is called nothing.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from experiments.stats import SUMMARY, described
from sim.organisation import Company
from sim.results import LOW
from sim.scenario import scenario_from


def labelled(
    reviews: pd.DataFrame, runs: pd.DataFrame, variants: Mapping[str, Mapping[str, Any]] | None = None
) -> pd.DataFrame:
    """Return rows of a summary: `mislabelled` of each scheme, with its computing error.

    Parameters
    ----------
    reviews : DataFrame
        scheme, run, week, member, score, contribution, laid_off.
    runs : DataFrame
        The study's runs, for the order of schemes.
    variants : mapping or None
        Scheme → the configuration of its scenario; None: there is no organisation among them.
    """
    rows = []
    for scheme in runs["scheme"].unique():
        own = reviews[reviews["scheme"] == scheme]
        if variants is not None and variants[scheme]["organisation"] is not None:
            own = placed(own, variants[scheme])
        wrong = mislabelled(own)
        value, low, high, *_, n = described(wrong.to_numpy())
        rows.append((scheme, "mislabelled", value, low, high, math.nan, math.nan, n))
    return pd.DataFrame(rows, columns=list(SUMMARY))


def placed(reviews: pd.DataFrame, config: Mapping[str, Any]) -> pd.DataFrame:
    """Return the reviews of all who are reviewed with others, with `level` and `team`, where in the chart they are.

    Parameters
    ----------
    config : mapping
        The configuration of an organisation's scenario.
    """
    company, rows = Company.of(scenario_from(config)), []
    for level, tier in enumerate(company.chart.tiers):
        if tier.people.shape[1] > 1:
            groups = zip(tier.boss.tolist(), tier.people.tolist(), strict=True)
            rows += [(company.names[i], level, boss) for boss, group in groups for i in group]
    return reviews.merge(pd.DataFrame(rows, columns=["member", "level", "team"]), on="member")


def mislabelled(reviews: pd.DataFrame) -> pd.Series:
    """Return the share wrongly called low in each run, of all who are called low at its reviews."""
    if reviews.empty:
        return pd.Series(dtype=float)
    levels = [own for _, own in reviews.groupby("level")] if "level" in reviews else [reviews.assign(team=0)]
    wrong = pd.concat([_wrong(own) for own in levels])
    return wrong.groupby(level=0).mean()


def _wrong(reviews: pd.DataFrame) -> pd.Series:
    """Return, for everybody of a level who is called low, whether they are not: run → true or false."""
    teams = reviews.groupby(["run", "week", "team"])
    size = int(teams.size().iloc[0])
    out = teams["laid_off"].sum().mean()
    count = max(1, round(out if out > 0 else LOW * size))
    threshold = reviews.groupby("week")["contribution"].quantile(count / size)
    called = reviews[teams["score"].rank(method="first") <= count]
    return (called["contribution"] > called["week"].map(threshold)).set_axis(called["run"])
