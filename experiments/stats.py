r"""What many runs say about schemes, and how sure one can be of it.

Two spreads are kept apart. *Computing error* is the 95 % interval of a mean over runs and shrinks
with their number; *luck* is the middle 80 % of single teams and does not.

    mean ± t(n−1, 0.975)·s/√n                            of one scheme, by itself
    d̄_k  ± c·s_k/√n,  P(max_k |T_k| ≤ c) = 0.95         of differences d_k, all k together

T is multivariate t with n − 1 degrees of freedom and the correlation of the d_k over runs: the
single-step max-t intervals of Hothorn, Bretz & Westfall (2008), Biometrical J. 50(3), 346-363. c is
found by sampling T and lies between Student's and Bonferroni's. Differences are taken run by run:
every scheme meets the same people and the same luck.

Measures that are functions of means over runs (validity, effective alignment) have a percentile
bootstrap over runs instead, and no luck: they do not exist for a single team. Their differences take
s_k and the correlations from the bootstrap.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import lru_cache

import numpy as np
import pandas as pd
from scipy.special import ndtri, stdtrit

from experiments.words import words_of
from sim.arrays import Floats
from sim.draws import stream
from sim.loading import options
from sim.measures import pooled_measures

LEVEL = 0.95  # of intervals
LUCK = (0.1, 0.9)  # quantiles over single teams
REPLICATES = 2000  # of a bootstrap
SAMPLES = 50_000  # of max |T|
CELLS = 4_000_000  # entries of a bootstrap's matrix of weights held at a time

BETTER, WORSE, HIGHER, LOWER = "better", "worse", "higher", "lower"
UNCLEAR, SMALL, UNDEFINED = "not distinguishable", "too small to matter", "undefined"

SUMMARY = ("scheme", "measure", "value", "error_low", "error_high", "luck_low", "luck_high", "runs")
DIFFERENCES = (
    "scheme",
    "reference",
    "measure",
    "difference",
    "error_low",
    "error_high",
    "luck_low",
    "luck_high",
    "share_better",
    "verdict",
)
RANKING = (
    "place",
    "scheme",
    "value",
    "share_best",
    "probability_highest",
    "below",
    "difference",
    "error_low",
    "error_high",
    "verdict",
    "against_best",
)


def method(comparisons: int) -> str:
    """Return the name of the method behind joint intervals, for captions."""
    if comparisons == 1:
        return "95 % t-interval of one paired comparison"
    return f"95 % jointly over {comparisons} paired comparisons (max-t, Hothorn et al. 2008)"


@lru_cache(maxsize=256)
def direction(measure: str) -> int:
    """Return 1 where more of a measure is better, −1 where less is, 0 where neither is.

    Examples
    --------
    >>> direction("worth"), direction("debt"), direction("effort_deliver")
    (1, -1, 0)
    """
    if measure.startswith(("effort_", "aligned_effort_")):
        return 0
    if measure.startswith("utility_") and measure not in options("measure"):
        return 1  # of a motive of the user's own
    return {"higher": 1, "lower": -1, "neither": 0}[words_of(measure)["label"]["good"]]


def summary(runs: pd.DataFrame) -> pd.DataFrame:
    """Return value, computing error and luck of every measure of every scheme.

    A scheme's rows depend on its own runs alone. Runs in which a measure is undefined are left out;
    `runs` counts the others. An interval needs two runs.

    Parameters
    ----------
    runs : DataFrame
        Columns scheme, run and a column per measure of a run.

    Returns
    -------
    DataFrame
        Columns `SUMMARY`: per scheme the measures of a run, then the pooled ones.
    """
    rows: list[tuple[object, ...]] = []
    for scheme, own in runs.groupby("scheme", sort=False):
        values = {str(k): _numbers(own[k]) for k in own.columns if k not in ("scheme", "run")}
        rows += [(scheme, name, *described(x)) for name, x in values.items()]
        rows += [(scheme, name, *pooled) for name, pooled in _pooled(values, str(scheme)).items()]
    return pd.DataFrame(rows, columns=list(SUMMARY))


def smallest_that_matters(runs: pd.DataFrame, reference: str, matters: float = 0.02) -> float:
    """Return the smallest difference of worth that matters [weeks of core work per person-week].

    `matters` times the mean worth of the aligned team under the reference scheme, which does not
    depend on what else is compared; NaN where that mean is not surely above 0, or `matters` is 0.

    Examples
    --------
    >>> frame = pd.DataFrame({"scheme": "a", "run": [0, 1, 2], "worth_aligned": [0.7, 0.8, 0.9]})
    >>> smallest_that_matters(frame, "a", 0.05)
    0.04
    """
    if "worth_aligned" not in runs.columns or matters <= 0:
        return math.nan
    aligned = described(_numbers(runs.loc[runs["scheme"] == reference, "worth_aligned"]))
    return matters * aligned[0] if aligned[1] > 0 else math.nan


def differences(
    runs: pd.DataFrame, reference: str, measures: Sequence[str] | None = None, matters: float = 0.02
) -> pd.DataFrame:
    """Compare every scheme with the reference, run by run: same people, same luck.

    For each measure the intervals hold jointly over all schemes. `share_better` is the share of teams
    that do strictly better under the scheme (NaN where neither direction is good, or for pooled
    measures). The verdict is `too small to matter` where worth differs by less than
    `smallest_that_matters` over the whole interval; else `better` or `worse` (`higher` or `lower`
    where neither is good) if the interval leaves out 0; else `not distinguishable`. A measure that has
    no value under one of the two is `undefined`.

    Parameters
    ----------
    runs : DataFrame
        As for `summary`; every scheme has the same runs.
    reference : str
        A scheme.
    measures : sequence of str or None
        Which measures, pooled ones included; None: all.
    matters : float
        Share of the worth of the reference's aligned team, at least 0.

    Returns
    -------
    DataFrame
        Columns `DIFFERENCES`.
    """
    order, names, cube = _paired(runs)
    limit = smallest_that_matters(runs, reference, matters)
    known = _poolable(names)
    rows: dict[str, list[tuple[object, ...]]] = {s: [] for s in order if s != reference}
    others = sorted(rows)
    for measure in [*names, *known] if measures is None else measures:
        sign = direction(measure)
        if measure in known:
            joint = _joint_pooled(measure, names, cube, others, reference)
            single = np.full((1, len(others)), np.nan)
        else:
            values = cube[measure]
            single = np.column_stack([values[s] - values[reference] for s in others] or [np.empty(0)])
            joint = joint_intervals(single) if others else np.empty((3, 0))
        for k, scheme in enumerate(others):
            difference, low, high = (float(v) for v in joint[:, k])
            alone = single[~np.isnan(single[:, k]), k]
            luck = _luck(alone)
            better = float((sign * alone > 0).mean()) if sign and len(alone) else math.nan
            verdict = verdict_on(difference, low, high, sign, limit if measure == "worth" else math.nan)
            rows[scheme].append((scheme, reference, measure, difference, low, high, *luck, better, verdict))
    return pd.DataFrame(list(itertools.chain.from_iterable(rows.values())), columns=list(DIFFERENCES))


def verdict_on(difference: float, low: float, high: float, sign: int, limit: float) -> str:
    """Say in words what an interval of a difference shows.

    Parameters
    ----------
    difference, low, high : float
        Estimate and interval; NaN bounds for a single run.
    sign : int
        1 where more is better, −1 where less is, 0 where neither is.
    limit : float
        Smallest difference that matters; NaN: any does.

    Examples
    --------
    >>> verdict_on(0.3, 0.2, 0.4, -1, math.nan), verdict_on(0.01, 0.005, 0.015, 1, 0.02)
    ('worse', 'too small to matter')
    """
    if math.isnan(difference):
        return UNDEFINED
    if -limit <= low and high <= limit:
        return SMALL
    if low > 0 or high < 0:
        up = low > 0
        if not sign:
            return HIGHER if up else LOWER
        return BETTER if up == (sign > 0) else WORSE
    return UNCLEAR


def _reversed_verdict(gap: Floats, sign: int, limit: float) -> str:
    """Verdict on the second of a pair, from estimate and interval of first minus second."""
    return verdict_on(-gap[0], -gap[2], -gap[1], sign, limit)


def ranking(
    runs: pd.DataFrame,
    benchmarks: Collection[str],
    reference: str,
    matters: float = 0.02,
    measure: str = "worth",
) -> pd.DataFrame:
    """Rank the schemes that are no benchmarks by the mean of a measure, and say how firm the order is.

    Parameters
    ----------
    runs : DataFrame
        As for `summary`; every scheme has the same runs.
    benchmarks : collection of str
        Schemes that are reference lines and take no place.
    reference : str
        The scheme whose aligned team says what matters.
    matters : float
        Share of the worth of the reference's aligned team, at least 0.
    measure : str
        A measure of a run of which more or less is better.

    Returns
    -------
    DataFrame
        Columns `RANKING`, best first, empty if fewer than two schemes can be ranked. `share_best`: share
        of teams in which the scheme does best (ties shared); `probability_highest`: share of bootstrap
        samples of runs, the same for all schemes, in which its mean is the best one (NaN for one run).
        `below` names the scheme in the next place; `difference` to it, its interval (jointly over all
        pairs) and `verdict` follow. `against_best` is the verdict against the first place.
    """
    order, names, cube = _paired(runs)
    candidates = sorted(s for s in order if s not in benchmarks)
    if len(candidates) < 2 or measure not in names:
        return pd.DataFrame(columns=list(RANKING))
    sign = direction(measure) or 1
    x = _complete(np.column_stack([cube[measure][s] for s in candidates]))
    if not len(x):
        return pd.DataFrame(columns=list(RANKING))
    limit = smallest_that_matters(runs, reference, matters) if measure == "worth" else math.nan
    value = np.array([described(column)[0] for column in x.T])
    places = sorted(range(len(candidates)), key=lambda i: (-sign * value[i], candidates[i]))
    best = _shared(sign * x).mean(axis=0)
    highest = np.full(len(candidates), np.nan)
    if len(x) > 1:
        highest = _shared(np.round(sign * _resampled(x, "ranking"), 12)).mean(axis=0)
    pairs = list(itertools.combinations(places, 2))
    joint = dict(zip(pairs, joint_intervals(np.column_stack([x[:, i] - x[:, j] for i, j in pairs])).T, strict=True))
    rows: list[tuple[object, ...]] = []
    for place, i in enumerate(places):
        next_one = places[place + 1] if place + 1 < len(places) else None
        gap = np.full(3, np.nan) if next_one is None else joint[i, next_one]
        rows.append(
            (
                place + 1,
                candidates[i],
                value[i],
                best[i],
                highest[i],
                "" if next_one is None else candidates[next_one],
                *gap,
                "" if next_one is None else verdict_on(gap[0], gap[1], gap[2], sign, limit),
                "" if not place else _reversed_verdict(joint[places[0], i], sign, limit),
            )
        )
    return pd.DataFrame(rows, columns=list(RANKING))


def _numbers(column: pd.Series) -> Floats:
    return np.ascontiguousarray(column.to_numpy(dtype=np.float64))


def _complete(x: Floats) -> Floats:
    """Rows (runs) in which nothing is undefined."""
    return np.ascontiguousarray(x[~np.isnan(x).any(axis=1)])


def described(x: Floats) -> tuple[float, float, float, float, float, int]:
    """Mean, its interval, luck and number of the defined entries of one measure: (runs,)."""
    x = x[~np.isnan(x)]
    n = len(x)
    if n == 0:
        return math.nan, math.nan, math.nan, math.nan, math.nan, 0
    mean = float(x.mean())
    half = math.nan
    if n > 1:
        half = float(stdtrit(n - 1, (1 + LEVEL) / 2) * x.std(ddof=1) / math.sqrt(n))
    return mean, mean - half, mean + half, *_luck(x), n


def _luck(x: Floats) -> tuple[float, float]:
    """Middle 80 % of single teams; a single team has no spread."""
    if len(x) < 2:
        return math.nan, math.nan
    low, high = np.quantile(x, LUCK)
    return float(low), float(high)


def _poolable(names: Collection[str]) -> dict[str, tuple[Callable[..., Floats], tuple[str, ...]]]:
    """Pooled measures whose parts are there."""
    return {k: (f, parts) for k, (f, parts) in pooled_measures().items() if set(parts) <= set(names)}


def _resampled(x: Floats, cause: str) -> Floats:
    """Means over runs drawn with replacement, the same runs for all columns.

    Parameters
    ----------
    x : (runs, column)
    cause : str
        What the draws are for; equal causes and numbers of runs give equal draws.

    Returns
    -------
    (REPLICATES, column)
    """
    n = len(x)
    rng = stream(0, 0, f"bootstrap:{cause}")
    means = np.empty((REPLICATES, x.shape[1]))
    step = max(1, CELLS // n)
    for first in range(0, REPLICATES, step):
        rows = min(step, REPLICATES - first)
        drawn = rng.integers(n, size=(rows, n))
        drawn += n * np.arange(rows)[:, None]
        weights = np.bincount(drawn.ravel(), minlength=rows * n).reshape(rows, n)
        means[first : first + rows] = weights @ x / n
    return means


def _pooled(values: Mapping[str, Floats], scheme: str) -> dict[str, tuple[float, float, float, float, float, int]]:
    """Describe the pooled measures of one scheme as `_described` does those of a run: values are (runs,).

    Measures that are defined in the same runs share one bootstrap.
    """
    found = {}
    replicates: dict[bytes, dict[str, Floats]] = {}
    names = {p for _, parts in _poolable(values).values() for p in parts}
    for name, (function, parts) in _poolable(values).items():
        x = np.column_stack([values[p] for p in parts])
        there = ~np.isnan(x).any(axis=1)
        value, low, high = _pooled_value(name, function, x, parts), math.nan, math.nan
        if there.sum() > 1 and not math.isnan(value):
            if (key := there.tobytes()) not in replicates:
                shared = sorted(p for p in names if not np.isnan(values[p][there]).any())
                means = _resampled(np.column_stack([values[p][there] for p in shared]), scheme)
                replicates[key] = dict(zip(shared, means.T, strict=True))
            tail = (1 - LEVEL) / 2
            resampled = function(*[replicates[key][p] for p in parts])
            low, high = (float(q) for q in np.nanquantile(resampled, [tail, 1 - tail]))
        found[name] = (value, low, high, math.nan, math.nan, int(there.sum()))
    return found


def joint_intervals(d: Floats) -> Floats:
    """Mean and joint interval of paired differences: (runs, comparison) → (3, comparison)."""
    there = ~np.isnan(d)
    n = there.sum(axis=0)
    mean, half = np.full(d.shape[1], np.nan), np.full(d.shape[1], np.nan)
    mean[n > 0] = [d[ok, k].mean() for k, ok in enumerate(there.T) if ok.any()]
    if n.max() > 1:
        rest = np.where(there, d - mean, 0.0)
        spread = np.sqrt(np.cumsum(rest * rest, axis=0)[-1] / np.maximum(n - 1, 1))
        spread[spread <= 1e-12 * np.nanmax(np.abs(mean), initial=0.0)] = 0.0
        varies = (n > 1) & (spread > 0)
        scaled = rest[:, varies] / (spread[varies] * np.sqrt(n[varies] - 1.0))
        half[n > 1] = 0.0
        if varies.any():
            critical = _critical(scaled.T @ scaled, int(n[varies].min()) - 1)
            half[varies] = critical * spread[varies] / np.sqrt(n[varies])
    return np.stack([mean, mean - half, mean + half])


def _joint_pooled(
    measure: str,
    names: Collection[str],
    cube: dict[str, dict[str, Floats]],
    others: list[str],
    reference: str,
) -> Floats:
    """Difference of a pooled measure to the reference and its joint interval: (3, other scheme)."""
    function, parts = _poolable(names)[measure]
    x = {s: np.column_stack([cube[p][s] for p in parts]) for s in [*others, reference]}
    value = {s: _pooled_value(measure, function, x[s], parts) for s in x}
    result = np.full((3, len(others)), np.nan)
    defined = [s for s in others if not math.isnan(value[s])]
    if math.isnan(value[reference]) or not defined:
        return result
    at = [others.index(s) for s in defined]
    stacked = _complete(np.hstack([x[s] for s in [*defined, reference]]))
    result[0, at] = [value[s] - value[reference] for s in defined]
    if len(stacked) < 2:
        return result
    means = _resampled(stacked, "differences").reshape(REPLICATES, len(defined) + 1, len(parts))
    replicates = np.column_stack([function(*means[:, k].T) for k in range(means.shape[1])])
    gaps = _complete(replicates[:, :-1] - replicates[:, -1:])
    spread = gaps.std(axis=0, ddof=1)
    scaled = (gaps - gaps.mean(axis=0)) / np.where(spread > 0, spread, 1) / math.sqrt(len(gaps) - 1)
    half = _critical(scaled.T @ scaled, len(stacked) - 1) * spread
    result[1, at], result[2, at] = result[0, at] - half, result[0, at] + half
    return result


def _pooled_value(measure: str, function: Callable[..., Floats], x: Floats, parts: Sequence[str]) -> float:
    """A pooled measure of one scheme as `summary` shows it: x is (runs, part)."""
    x = _complete(x)
    if not len(x):
        return math.nan
    if measure == "worth_of_aligned" and not described(x[:, parts.index("worth_aligned")])[1] > 0:
        return math.nan
    return float(function(*x.mean(axis=0)))


def _critical(correlation: Floats, freedom: int) -> float:
    """Quantile of max |T_k| of a multivariate t, between Student's and Bonferroni's.

    Examples
    --------
    >>> round(_critical(np.eye(1), 10), 3)
    2.228
    """
    comparisons = len(correlation)
    least = float(stdtrit(freedom, (1 + LEVEL) / 2))
    if comparisons == 1:
        return least
    most = float(stdtrit(freedom, 1 - (1 - LEVEL) / (2 * comparisons)))
    rng = stream(0, 0, "max-t")
    size, axes = np.linalg.eigh(correlation)
    root = axes * np.sqrt(np.maximum(size, 0))
    largest = np.abs(rng.standard_normal((SAMPLES, comparisons)) @ root.T).max(axis=1)
    largest /= np.sqrt(rng.chisquare(freedom, SAMPLES) / freedom)
    return float(np.clip(np.quantile(largest, LEVEL), least, most))


def _shared(x: Floats) -> Floats:
    """Share of being the largest of its row that each entry has: (row, column) to the same.

    Examples
    --------
    >>> _shared(np.array([[1.0, 3.0, 3.0]]))
    array([[0. , 0.5, 0.5]])
    """
    first = x == x.max(axis=1, keepdims=True)
    return np.asarray(first / first.sum(axis=1, keepdims=True))


def _paired(runs: pd.DataFrame) -> tuple[list[str], list[str], dict[str, dict[str, Floats]]]:
    """Schemes in their order, measures in theirs, and measure → scheme → (runs,), run by run alike."""
    order = [str(s) for s in runs["scheme"].unique()]
    names = [str(c) for c in runs.columns if c not in ("scheme", "run")]
    frames = {s: runs[runs["scheme"] == s].sort_values("run", kind="stable") for s in order}
    first = frames[order[0]]["run"].to_numpy()
    for scheme, frame in frames.items():
        if not np.array_equal(frame["run"].to_numpy(), first):
            raise ValueError(f"{scheme} and {order[0]} do not have the same runs")
    return order, names, {m: {s: _numbers(f[m]) for s, f in frames.items()} for m in names}


def with_assumptions(summary: pd.DataFrame, runs: pd.DataFrame) -> pd.DataFrame:
    """Return a summary with the spread that assumptions alone bring to each measure of a run.

    `runs` took other numbers in every run, so that they spread by luck and by assumptions. The variance of luck, as
    the study itself shows it, is taken off: the middle 80 % of these runs, drawn towards their mean by the factor
    √max(0, 1 − s_luck²/s²). What cannot be negative stays so, and a skew is kept.
    """
    z = float(ndtri(LUCK[1]))
    measures = [c for c in runs.columns if c not in ("scheme", "run")]
    known = {(s, str(m)): f[m].dropna().to_numpy(float) for s, f in runs.groupby("scheme") for m in measures}
    lucks = (summary["luck_high"] - summary["luck_low"]) / (2 * z)
    ends = np.full((len(summary), 2), np.nan)
    for i, (key, luck) in enumerate(zip(_keys(summary), lucks, strict=True)):
        x = known.get(key, np.empty(0))
        if len(x) < 2 or math.isnan(luck):
            continue
        whole = float(x.std(ddof=1))
        left = math.sqrt(max(0.0, 1 - (luck / whole) ** 2)) if whole > 0 else 0.0
        ends[i] = x.mean() + left * (np.quantile(x, LUCK) - x.mean())
    return summary.assign(assumed_low=ends[:, 0], assumed_high=ends[:, 1])


def _keys(summary: pd.DataFrame) -> list[tuple[str, str]]:
    return list(zip(summary["scheme"].astype(str), summary["measure"].astype(str), strict=True))
