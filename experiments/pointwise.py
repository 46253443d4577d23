"""What the runs of each point say: means with their computing error, luck, and differences between paired points.

    mean ± t(n−1, 0.975)·s/√n                    of a measure that every run has
    f(means) ± t(n−1, 0.975)·jackknife error     of one that exists for all runs together (validity, …)
    d̄ ± t(n−1, 0.975)·s_d/√n                     of paired points, run by run: the same people and luck in both
    (m₁ − m₀) ± t·√(s₁²/n + s₀²/n)               the same points as if their luck were not shared

Each interval is by itself: with many points, about one in twenty misses.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd
from scipy import stats as scipy_stats

from experiments.stats import LEVEL, LUCK
from sim.arrays import Floats
from sim.measures import pooled_measures

NOT_MEASURED = ("point", "run", "error")


def summary(frames: Iterable[pd.DataFrame], measures: Sequence[str] | None = None) -> pd.DataFrame:
    """Return a row per point and measure: value, error_low, error_high, luck_low, luck_high, sd, runs, failed.

    Parameters
    ----------
    frames : iterable of DataFrame
        Rows of runs, all of a point in one frame.
    measures : sequence of str or None
        Which; None: all.
    """
    parts = [_summary(frame, measures) for frame in frames]
    columns = ["point", "measure", "value", "error_low", "error_high", "luck_low", "luck_high", "sd", "runs", "failed"]
    if not parts:
        return pd.DataFrame(columns=columns)
    return pd.concat(parts, ignore_index=True)[columns].sort_values(["point"], kind="stable", ignore_index=True)


def spelled_precision(precision: float, measure: str, precise: str) -> str:
    """Say how narrow intervals are to be: of the `mean` of a measure, or of its `difference`.

    Examples
    --------
    >>> spelled_precision(0.02, "worth", "difference")
    '± 0.02 of the difference in worth of each pair'
    """
    of = f"the difference in {measure} of each pair" if precise == "difference" else f"{measure} at each point"
    return f"± {precision:g} of {of}"


def half_width(sd: Floats, n: Floats) -> Floats:
    """Return half the 95 % interval of a mean; NaN for a single run."""
    with np.errstate(invalid="ignore", divide="ignore"):
        t = scipy_stats.t.ppf(0.5 + LEVEL / 2, np.maximum(n - 1, 1))
        return np.asarray(np.where(n > 1, t * sd / np.sqrt(n), np.nan))


def _summary(frame: pd.DataFrame, measures: Sequence[str] | None) -> pd.DataFrame:
    names = [c for c in frame if c not in NOT_MEASURED and (measures is None or c in measures)]
    by = frame.groupby("point", sort=True)
    failed = by["error"].count()
    values = by[names]
    found = {
        "value": values.mean(),
        "sd": values.std(),
        "runs": values.count(),
        "luck_low": values.quantile(LUCK[0]),
        "luck_high": values.quantile(LUCK[1]),
    }
    long = pd.concat({k: v.stack() for k, v in found.items()}, axis=1)
    long.index.names = ["point", "measure"]
    long = long.reset_index()
    half = half_width(long["sd"].to_numpy(float), long["runs"].to_numpy(float))
    long["error_low"], long["error_high"] = long["value"] - half, long["value"] + half
    pooled = _pooled(frame, measures)
    whole = pd.concat([long, pooled], ignore_index=True) if len(pooled) else long
    whole = whole[whole["runs"] > 0]
    whole["failed"] = whole["point"].map(failed)
    return whole


def _pooled(frame: pd.DataFrame, measures: Sequence[str] | None) -> pd.DataFrame:
    """Measures of all runs together, with their jackknife error."""
    tables = []
    for name, (function, parts) in pooled_measures().items():
        if not {*parts} <= {*frame.columns} or (measures is not None and name not in measures):
            continue
        known = frame[["point", *parts]].dropna().sort_values("point", kind="stable")
        if known.empty:
            continue
        points, first, n = np.unique(known["point"].to_numpy(), return_index=True, return_counts=True)
        x, at = known[list(parts)].to_numpy(float).T, np.repeat(np.arange(len(points)), n)
        total = np.add.reduceat(x, first, axis=1)
        value = np.asarray(function(*total / n), dtype=float)
        without = np.asarray(function(*(total[:, at] - x) / np.maximum(n - 1, 1)[at]), dtype=float)
        away = without - (np.add.reduceat(without, first) / n)[at]
        spread = np.sqrt((n - 1) / n * np.add.reduceat(away * away, first))
        half = np.where(n > 2, scipy_stats.t.ppf(0.5 + LEVEL / 2, np.maximum(n - 1, 1)) * spread, np.nan)
        said = {"point": points, "measure": name, "value": value, "runs": n}
        tables.append(pd.DataFrame({**said, "error_low": value - half, "error_high": value + half}))
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame()


def differences(
    frames: Iterable[pd.DataFrame], crossed: int, measures: Sequence[str] | None = None, paired: bool = True
) -> pd.DataFrame:
    """Return a row per point that is compared and measure: how it differs from the first of its kind.

    Parameters
    ----------
    frames : iterable of DataFrame
        Rows of runs; the points of a kind stand in one frame.
    crossed : int
        Points of a kind: `crossed` consecutive ones, the first is what the others are compared with.
    paired : bool
        Whether they share their luck; if not, only the unpaired intervals hold and the others are NaN.
    """
    parts = [_differences(frame, crossed, measures, paired) for frame in frames]
    columns = ["point", "reference", "measure", "difference", "error_low", "error_high", "unpaired_low"]
    columns += ["unpaired_high", "luck_low", "luck_high", "share_higher", "runs"]
    return pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)


def _differences(frame: pd.DataFrame, crossed: int, measures: Sequence[str] | None, paired: bool) -> pd.DataFrame:
    names = [c for c in frame if c not in NOT_MEASURED and (measures is None or c in measures)]
    of = {int(str(p)): f.set_index("run")[names] for p, f in frame.groupby("point")}
    parts = []
    for point, own in of.items():
        reference = point - point % crossed
        if point == reference or reference not in of:
            continue
        other = of[reference].reindex(own.index)
        d = own - other
        n = np.asarray(d.count(), dtype=np.float64)
        half = half_width(d.std().to_numpy(float), n) if paired else np.full(len(n), np.nan)
        each = np.sqrt(own.var().to_numpy(float) + other.var().to_numpy(float))
        with np.errstate(invalid="ignore"):
            apart = scipy_stats.t.ppf(0.5 + LEVEL / 2, np.maximum(2 * n - 2, 1)) * each / np.sqrt(np.maximum(n, 1))
        middle = d.mean().to_numpy(float)
        table = {"measure": names, "difference": middle, "error_low": middle - half, "error_high": middle + half}
        table |= {"unpaired_low": middle - apart, "unpaired_high": middle + apart}
        table |= {k: d.quantile(q).to_numpy(float) for k, q in zip(("luck_low", "luck_high"), LUCK, strict=True)}
        table |= {"share_higher": (d > 0).sum().to_numpy(float) / np.maximum(n, 1), "runs": n.astype(int)}
        parts.append(pd.DataFrame(table).assign(point=point, reference=reference))
    found = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()
    return found[found["runs"] > 0] if len(found) else found
