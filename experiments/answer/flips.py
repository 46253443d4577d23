"""What would turn an answer round: another horizon, another yardstick of success, other assumptions.

years        the first year by itself, and the second
yardsticks   what is left after people's effort and risk; worth less the debt that is left; the fewest leavers
draws        run r of `assumptions/` takes draw r of all plausible numbers: how often which scheme is first; how often
             the order of the first and the second turns, luck taken off as `stats.with_assumptions` does; and the
             number whose rank correlation with the difference is largest, if its p-value times how many were looked at
             is below SURE
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import spearmanr

from experiments.answer.compared import Compared
from experiments.answer.places import Places, places
from experiments.answer.premises import in_words
from experiments.assumptions import changes
from experiments.parameters import numbers
from experiments.quantity import YEAR, listed, number, some
from experiments.region import ranked
from sim.arrays import Floats
from sim.errors import InvalidInput
from sim.scenario import scenario_from

QUARTER = 13
SURE = 0.05
FEWEST = 20  # draws of which anything is said: of fewer, a rank correlation beyond chance has to be nearly perfect


@dataclass(frozen=True, kw_only=True)
class Flip:
    """Whether the answer is another one under another question.

    Parameters
    ----------
    question : str
    first : tuple of str
        Schemes that are first then, or may as well be.
    same, turns : bool
        Whether they are those that were first · whether none of these is among them.
    sentence : str
    """

    question: str
    first: tuple[str, ...]
    same: bool
    turns: bool
    sentence: str


@dataclass(frozen=True, kw_only=True)
class Draws:
    """What becomes of the answer where the model's numbers are others.

    Parameters
    ----------
    count : int
    first : mapping of str to float
        Scheme → share of draws in which it is first; ties are shared.
    better, worse : str
        The first and the second scheme at the model's own numbers.
    turned : mapping of str to float
        Each rival of the first → share of draws in which it is ahead of it, luck taken off.
    sizes : mapping of str to float
        Dotted name of a number → size of its rank correlation with the difference between the two.
    leans_on : str
        What the difference goes with most, in words; empty where chance could do as well.
    correlation, p : float
        Of that number; p is corrected for how many were looked at.
    sentences : tuple of str
    """

    count: int
    first: Mapping[str, float]
    better: str
    worse: str
    turned: Mapping[str, float]
    sizes: Mapping[str, float]
    leans_on: str
    correlation: float
    p: float
    sentences: tuple[str, ...]

    @property
    def rival(self) -> str:
        """Who is most often ahead of the first."""
        return max(self.turned, key=lambda s: self.turned[s])


def year_worth(compared: Compared, number_of: int) -> tuple[pd.Series, int]:
    """Return the worth of a year from the switch on, a value per run in their order, and how many weeks it has.

    Fewer than a quarter of a year is none: values are NaN, and weeks 0.
    """
    start = compared.since + number_of * YEAR
    end = min(start + YEAR, compared.weeks)
    nothing = pd.Series(np.nan, index=compared.runs.index)
    weekly = compared.weekly
    if end - start < QUARTER or weekly.empty:
        return nothing, 0
    own = weekly[(weekly["week"] >= start) & (weekly["week"] < end)]
    means = own.groupby(["scheme", "run"], sort=False)["worth"].mean()
    at = pd.MultiIndex.from_frame(compared.runs[["scheme", "run"]])
    return pd.Series(means.reindex(at).to_numpy(), index=compared.runs.index), end - start


def flips(compared: Compared, by_worth: Places) -> tuple[Flip, ...]:
    """Return who would be first under other questions."""
    found = []
    if (years := _years(compared)) is not None:
        found.append(years)
    runs = compared.runs
    yardsticks: dict[str, tuple[str, pd.Series | None]] = {}
    if "surplus" in runs:
        yardsticks["By what is left after people's effort and risk"] = ("surplus", None)
    if "debt" in runs and runs["debt"].notna().any():
        counted = max(compared.weeks - compared.since, 1)
        yardsticks["By what the business gets less the debt it is left with"] = (
            "worth",
            runs["worth"] - runs["debt"] / counted,
        )
    if "left" in runs and runs["left"].nunique() > 1:
        yardsticks["By the fewest people leaving"] = ("left", None)
    for question, (measure, values) in yardsticks.items():
        then = places(compared, measure, values)
        if then.first:
            found.append(_flip(question, then.first, by_worth.first, compared))
    return tuple(found)


def _years(compared: Compared) -> Flip | None:
    """Set the first year against the second."""
    values, weeks = zip(*(year_worth(compared, k) for k in (0, 1)), strict=True)
    if not all(weeks):
        return None
    first, second = (places(compared, values=v).first for v in values)
    if not first or not second:
        return None
    question = "In the second year" + ("" if weeks[1] == YEAR else f", of which there are {weeks[1]} weeks")
    names = compared.labels
    if {*first} == {*second}:
        text = f"No change: in both years {_ahead(first, names)}."
    else:
        text = f"In the first year {_ahead(first, names)}; in the second {_ahead(second, names)}."
    same = {*first} == {*second}
    return Flip(question=question, first=second, same=same, turns=not {*first} & {*second}, sentence=text)


def _flip(question: str, then: Sequence[str], now: Sequence[str], compared: Compared) -> Flip:
    names, turns = compared.labels, not {*then} & {*now}
    if {*then} == {*now}:
        text = f"No change: {_ahead(then, names)}."
    elif turns:
        text = f"The answer turns: {_ahead(then, names)}."
    else:
        text = f"The answer shifts: {_ahead(then, names)}."
    return Flip(question=question, first=tuple(then), same={*then} == {*now}, turns=turns, sentence=text)


def _ahead(first: Sequence[str], names: Mapping[str, str]) -> str:
    """Say who is first.

    Examples
    --------
    >>> _ahead(["a"], {"a": "by goals"}), _ahead(["a", "b"], {"a": "by goals", "b": "by colleagues"})
    ('“by goals” is first', '“by goals” and “by colleagues” share the first place')
    """
    quoted = [f"“{names[s]}”" for s in first]
    return f"{quoted[0]} is first" if len(quoted) == 1 else f"{some(quoted)} share the first place"


def draws(compared: Compared, by_worth: Places) -> Draws | None:
    """Return what becomes of the answer under other assumptions; None where too few were tried, or none are to rank."""
    runs = compared.assumed
    second = by_worth.second if by_worth.order else None
    if runs.empty or second is None:
        return None
    table = runs.pivot(index="run", columns="scheme", values="worth")
    if not {*by_worth.order} <= {*table.columns}:
        return None
    table = table[by_worth.order].dropna()
    if len(table) < FEWEST:
        return None
    first = by_worth.order[0]
    x = table.to_numpy(float)
    best = (x == x.max(axis=1, keepdims=True)).astype(float)
    shares = dict(zip(table.columns, (best / best.sum(axis=1, keepdims=True)).mean(axis=0).tolist(), strict=True))
    gap = (table[first] - table[second]).to_numpy()
    features = _features(compared, [first, second], table.index.tolist())
    sizes = _sizes(features, gap)
    leans_on, size, p = _leaning(features, sizes, gap)
    config = compared.variants[first]
    found = Draws(
        count=len(table),
        first=shares,
        better=first,
        worse=second,
        turned={
            s: _turned(compared, table, first, s) for s in by_worth.order if s not in (first, *by_worth.alike[first])
        },
        sizes=sizes,
        leans_on=in_words(leans_on, config) if leans_on else "",
        correlation=size,
        p=p,
        sentences=(),
    )
    return Draws(**{**vars(found), "sentences": _sentences(found, compared.labels)})


def turned(gap: Floats, luck: Floats) -> float:
    """Return the share of draws in which a difference is not above 0, with the variance of luck taken off.

    Parameters
    ----------
    gap : (draws,)
        With other numbers in each.
    luck : (runs,)
        At the model's own numbers.

    Examples
    --------
    >>> turned(np.array([1.0, 2.0, -1.0, 2.0]), np.array([1.0, 1.0]))
    0.25
    """
    spread, own = float(gap.std(ddof=1)), float(luck.std(ddof=1)) if len(luck) > 1 else 0.0
    left = math.sqrt(max(0.0, 1 - (own / spread) ** 2)) if spread > 0 else 0.0
    return float((gap.mean() + left * (gap - gap.mean()) <= 0).mean())


def _turned(compared: Compared, table: pd.DataFrame, first: str, rival: str) -> float:
    worth = {s: compared.runs.loc[compared.runs["scheme"] == s, "worth"].to_numpy() for s in (first, rival)}
    return turned((table[first] - table[rival]).to_numpy(), np.asarray(worth[first] - worth[rival]))


def _sizes(table: pd.DataFrame, gap: Floats) -> dict[str, float]:
    """Return how much every number that is drawn goes with the difference: size of the rank correlation."""
    if table.empty or gap.std() == 0:
        return {}
    return dict(zip(map(str, table), ranked(table.to_numpy(float), gap).tolist(), strict=True))


def _features(compared: Compared, pair: Sequence[str], runs: Sequence[int]) -> pd.DataFrame:
    """Return what each draw makes of every number that can matter to a pair, a row per draw.

    None where the scenario is one that this version of the model does not read.
    """
    seed, (first, second) = int(compared.kept.config["seed"]), pair
    try:
        whole = scenario_from(compared.variants[first])
    except InvalidInput:
        return pd.DataFrame()
    read = _that_matters(compared, pair)
    other = {"scheme": compared.variants[second]["scheme"], "ranges": read["ranges"]}  # the rest is the same
    parts = [replace(whole, config=other), replace(whole, config=read)]
    table = pd.DataFrame([{k: v for part in parts for k, v in changes(part, seed, r).items()} for r in runs])
    own = dict(numbers(read))
    table = table.fillna({key: own.get(str(key), 0.0) for key in table})
    return table.loc[:, table.nunique() > 1]


def _that_matters(compared: Compared, pair: Sequence[str]) -> dict[str, Any]:
    """Return the scenario of the first of a pair, without signals that neither score and no motive reads."""
    config = dict(compared.variants[pair[0]])
    schemes = [compared.variants[s]["scheme"] for s in pair]
    if config["organisation"] is not None or any(s[k] for s in schemes for k in ("rotation", "changes", "silos")):
        return config
    used = {w for s in schemes for w in s["weights"]} | {"liking"}
    used |= {str(m["signal"]) for m in config["motives"].values() if "signal" in m}
    return {**config, "today": None, "signals": {k: v for k, v in config["signals"].items() if k in used}}


def _leaning(table: pd.DataFrame, sizes: Mapping[str, float], gap: Floats) -> tuple[str, float, float]:
    """Return the number that goes most with the difference, how, and how sure; none where chance could do as well."""
    if not sizes:
        return "", math.nan, math.nan
    key = max(sizes, key=lambda k: sizes[k])
    found = spearmanr(table[key], gap)
    p = min(1.0, float(found.pvalue) * len(sizes))
    return (key if p < SURE else ""), float(found.statistic), p


def _sentences(found: Draws, names: Mapping[str, str]) -> tuple[str, ...]:
    shares = sorted(found.first.items(), key=lambda item: -item[1])
    told = [f"“{names[s]}” in {_percent(x)}" for s, x in shares if x >= 0.005]
    lines = [
        f"Of {found.count} draws of all the numbers that nobody has measured, the first is {listed(told)} of them "
        "(a single team each, so luck has a part in it).",
        f"Luck taken off, “{names[found.better]}” is overtaken most often by “{names[found.rival]}”: in "
        f"{_percent(found.turned[found.rival])} of them.",
    ]
    if found.leans_on:
        side = "better" if found.correlation > 0 else "worse"
        size = number(found.correlation, 2)
        lines.append(
            f"The difference between the two goes most with one assumption: {found.leans_on}. The higher that is, the "
            f"{side} “{names[found.better]}” does beside “{names[found.worse]}” (rank correlation {size})."
        )
    elif found.sizes:
        lines.append(
            f"None of the {len(found.sizes)} assumptions looked at goes with the difference between the two more "
            "than chance could bring about."
        )
    return tuple(lines)


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"
