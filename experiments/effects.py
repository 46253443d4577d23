r"""The effect that a claim is about, from the runs of its arms, and what can be said of it.

    y_a     of arm a: the mean of a measure over runs, or a function of several means (validity, decay, …)
    effect  Σ_a c_a·y_a, or that over Σ_a e_a·y_a
    error   √((n−1)/n · Σ_r (effect without run r − their mean)²), the jackknife over runs, which all arms share

Where the effect is a plain difference of means the jackknife is the paired standard error s_d/√n. With the smallest
effect of interest δ and the sign ± that is expected, at level 1 − α:

    confirmed            the interval lies beyond δ on the expected side
    refuted              it lies wholly short of δ
    not distinguishable  it holds δ

A claim that nothing happens is confirmed where the interval lies within ±δ (two one-sided tests), refuted where it lies
wholly outside. α is Holm's over all claims: of m claims in the order of their p values the first is held to 0.05/m, the
next to 0.05/(m − 1), and so on until one fails; the others are held to what that one was held to.

References
----------
Efron & Stein (1981), Annals of Statistics 9(3), 586-596 (jackknife). Holm (1979), Scandinavian J. Statistics 6(2),
65-70. Schuirmann (1987), J. Pharmacokinetics and Biopharmaceutics 15(6), 657-680 (two one-sided tests).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats as scipy_stats

from sim.arrays import Floats
from sim.errors import InvalidInput
from sim.measures import pooled_measures

ALPHA = 0.05
CONFIRMED, REFUTED, OPEN, UNDEFINED = "confirmed", "refuted", "not distinguishable", "undefined"
EXPECTED = ("higher", "lower", "zero", "either")
HOLDS, REVERSES, SMALL = "holds", "reverses", "too small"


def parts_of(measure: str) -> tuple[str, ...]:
    """Return the measures of a run that a measure is made of: itself, or what a measure of all runs takes."""
    pooled = pooled_measures()
    return pooled[measure][1] if measure in pooled else (measure,)


@dataclass(frozen=True, kw_only=True)
class Effect:
    """How large an effect is, and how well that is known.

    Parameters
    ----------
    value, error : float
        NaN where it does not exist · its standard error.
    runs : int
        In which every arm has the measure.
    """

    value: float
    error: float
    runs: int

    def interval(self, alpha: float = ALPHA) -> tuple[float, float]:
        """Return the interval at level 1 − α."""
        half = float(scipy_stats.t.ppf(1 - alpha / 2, max(self.runs - 1, 1))) * self.error
        return self.value - half, self.value + half

    def beyond(self, size: float) -> float:
        """Return the one-sided p value of its being above some size."""
        if not math.isfinite(self.error):
            return 1.0
        if self.error == 0:
            return 0.0 if self.value > size else 1.0
        return float(scipy_stats.t.sf((self.value - size) / self.error, max(self.runs - 1, 1)))

    def turned(self) -> Effect:
        """Return the effect with its sign turned."""
        return Effect(value=-self.value, error=self.error, runs=self.runs)


def effect_of(
    arms: Mapping[str, pd.DataFrame],
    measure: str,
    compared: Mapping[str, float],
    over: Mapping[str, float] | None = None,
) -> Effect:
    """Return the effect on a measure.

    Parameters
    ----------
    arms : mapping of str to DataFrame
        Arm → a row per run: `run` and the measures that it takes.
    compared : mapping of str to float
        Arm → its coefficient.
    over : mapping of str to float or None
        Coefficients of what the effect is a share of; None: of nothing.

    Examples
    --------
    >>> arms = {a: pd.DataFrame({"run": [0, 1, 2], "worth": w}) for a, w in (("x", [1, 2, 3]), ("y", [0, 2, 1]))}
    >>> effect_of(arms, "worth", {"x": 1, "y": -1}).value
    1.0
    """
    parts = parts_of(measure)
    function = pooled_measures()[measure][0] if measure in pooled_measures() else lambda mean: mean
    names = list(dict.fromkeys([*compared, *(over or {})]))
    for name in names:
        gone = [p for p in parts if p not in arms[name].columns]
        if gone:
            raise InvalidInput("outcome", measure, f"a measure that arm {name} has; it has no {gone[0]}")
    wide = {name: arms[name].set_index("run")[list(parts)] for name in names}
    joint = pd.concat(wide, axis=1).dropna()
    n = len(joint)
    if n < 2:
        return Effect(value=math.nan, error=math.nan, runs=n)
    x = {name: joint[name].to_numpy(float).T for name in names}

    def effect(mean: Mapping[str, Floats]) -> Floats:
        y = {name: np.asarray(function(*mean[name]), dtype=float) for name in names}
        top = sum((c * y[k] for k, c in compared.items()), np.zeros(()))
        if over is None:
            return np.asarray(top)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(top / sum((c * y[k] for k, c in over.items()), np.zeros(())))

    value = float(effect({k: v.mean(axis=1) for k, v in x.items()}))
    without = effect({k: (v.sum(axis=1, keepdims=True) - v) / (n - 1) for k, v in x.items()})
    if not np.isfinite([value, *without]).all():
        return Effect(value=math.nan, error=math.nan, runs=n)
    error = math.sqrt((n - 1) / n * float(np.square(without - without.mean()).sum()))
    return Effect(value=value, error=error, runs=n)


def p_value(effect: Effect, expected: str, smallest: float) -> float:
    """Return the p value at which a claim would be confirmed."""
    if expected == "zero":
        return max(effect.beyond(-smallest), effect.turned().beyond(-smallest))
    if expected == "either":
        return min(effect.beyond(smallest), effect.turned().beyond(smallest))
    return (effect if expected == "higher" else effect.turned()).beyond(smallest)


def holm(p: Sequence[float], alpha: float = ALPHA) -> list[float]:
    """Return the level that each test is held to.

    Examples
    --------
    >>> [round(a, 4) for a in holm([0.001, 0.2, 0.02])]
    [0.0167, 0.025, 0.025]
    """
    levels, order, held = [alpha] * len(p), sorted(range(len(p)), key=lambda i: p[i]), alpha
    failed = False
    for rank, i in enumerate(order):
        if not failed:
            held = alpha / (len(p) - rank)
            failed = p[i] > held / 2
        levels[i] = held
    return levels


def verdict(effect: Effect, expected: str, smallest: float, alpha: float = ALPHA) -> str:
    """Return what can be said of a claim at level 1 − α."""
    if not math.isfinite(effect.value) or not math.isfinite(effect.error):
        return UNDEFINED
    low, high = effect.interval(alpha)
    if expected == "lower":
        low, high = -high, -low
    if expected in ("higher", "lower"):
        return CONFIRMED if low > smallest else REFUTED if high < smallest else OPEN
    inside, outside = -smallest < low and high < smallest, low > smallest or high < -smallest
    if expected == "zero":
        return CONFIRMED if inside else REFUTED if outside else OPEN
    return CONFIRMED if outside else REFUTED if inside else OPEN


def kind_of(value: float, expected: str, smallest: float) -> str:
    """Return whether an effect of that size holds, reverses or is too small; of none that is expected, holds is small.

    Examples
    --------
    >>> kind_of(0.3, "lower", 0.1), kind_of(-0.3, "lower", 0.1), kind_of(0.01, "zero", 0.1)
    ('reverses', 'holds', 'holds')
    """
    if expected == "zero":
        return HOLDS if abs(value) < smallest else REVERSES
    if expected == "either":
        return HOLDS if abs(value) > smallest else SMALL
    size = value if expected == "higher" else -value
    return HOLDS if size > smallest else REVERSES if size < -smallest else SMALL
