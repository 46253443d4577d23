"""Worth against strength: where it is highest, how sure that is, and which hump of theory it is.

Worth peaks at the top of the parabola through the best strength and its neighbours; its interval is a percentile
bootstrap over runs of that top. `crosspurpose strength` says which humps there are.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats as scipy_stats

from experiments.stats import LEVEL, REPLICATES, joint_intervals
from sim.arrays import Floats
from sim.draws import stream

BINDING = 0.25  # share of people-weeks at a bound of hours from which on hours are what is scarce
WORDS = {
    "hours": "worth rises and falls because hours are bounded (limit G6): with free hours it does not",
    "both": "worth rises and falls, and with free hours too: bounded hours (limit G6) alone do not explain it",
    "bounded": "worth rises and falls while hours are bounded, as in limit G6",
    "dynamic": "worth rises and falls though hours are free: what piles up over time does it",
    "surplus": "worth rises with free hours; net surplus rises and falls (Baker's parabola, limits B)",
    "costs": "worth rises; net surplus rises and falls, while hours are bounded (so not Baker's parabola, limits B)",
    "rising": "no hump: worth rises and nowhere surely falls again within the range",
    "falling": "no hump: worth falls and nowhere surely rises before",
    "flat": "no hump: worth does not change within the computing error",
}
PEAKS = ("hours", "both", "bounded", "dynamic")  # humps of worth itself


@dataclass(frozen=True, kw_only=True)
class Curve:
    """Worth and surplus of one scheme along its strength, run by run.

    Parameters
    ----------
    strength : (strength,), rising
    worth, surplus : (runs, strength)
    bound : (strength,)
        Share of people-weeks at a bound of hours.
    fixed : bool
        Whether the rule of choice fixes hours or length of a week.
    """

    strength: Floats
    worth: Floats
    surplus: Floats
    bound: Floats
    fixed: bool

    @property
    def scarce(self) -> bool:
        """Whether hours are what is scarce, from the strength of highest worth on."""
        beyond = self.strength >= min(top(self.strength, self.worth.mean(axis=0)), self.strength[-1])
        return self.fixed or bool(self.bound[beyond].max() >= BINDING)


@dataclass(frozen=True, kw_only=True)
class Peak:
    """Where worth is highest, and what kind of hump that is.

    Parameters
    ----------
    strength, low, high : float
        With its 95 % interval.
    against : float
        The best of the strengths that were run, by every second run.
    loss, loss_low, loss_high : float
        Worth at that strength minus worth at today's, by the other runs; NaN where today's was not run, or fewer
        than four runs were.
    hump : str
        A key of `WORDS`.
    """

    strength: float
    low: float
    high: float
    against: float
    loss: float
    loss_low: float
    loss_high: float
    hump: str


def peak(curve: Curve, today: float, free: Curve | None = None) -> Peak:
    """Find where worth is highest, how sure that is, what today's strength loses, and which hump it is."""
    mean = curve.worth.mean(axis=0)
    rng = stream(0, 0, "bootstrap:strength")
    n = len(curve.worth)
    tops = [top(curve.strength, curve.worth[rng.integers(n, size=n)].mean(axis=0)) for _ in range(REPLICATES)]
    tail = (1 - LEVEL) / 2
    low, high = (float(q) for q in np.quantile(tops, [tail, 1 - tail])) if n > 1 else (np.nan, np.nan)
    best = int(curve.worth[::2].mean(axis=0).argmax())
    loss = (np.nan, np.nan, np.nan)
    if n > 3 and (at := np.flatnonzero(curve.strength == today)).size:
        loss = paired((curve.worth[:, best] - curve.worth[:, int(at[0])])[1::2])
    return Peak(
        strength=top(curve.strength, mean),
        low=low,
        high=high,
        against=float(curve.strength[best]),
        loss=loss[0],
        loss_low=loss[1],
        loss_high=loss[2],
        hump=hump(curve, free),
    )


def top(x: Floats, y: Floats) -> float:
    """Return the top of the parabola through the highest point and its neighbours; at an end, the end.

    Examples
    --------
    >>> top(np.array([0.0, 1.0, 3.0]), np.array([0.0, 3.0, 3.0]))
    2.0
    """
    i = int(np.argmax(y))
    if i in (0, len(x) - 1):
        return float(x[i])
    (a, b, c), (fa, fb, fc) = x[i - 1 : i + 2], y[i - 1 : i + 2]
    left, right = (b - a) * (fb - fc), (b - c) * (fb - fa)
    if left == right:
        return float(b)
    return float(np.clip(b - 0.5 * ((b - a) * left - (b - c) * right) / (left - right), a, c))


def hump(curve: Curve, free: Curve | None = None) -> str:
    """Name the hump of a curve, a key of `WORDS`; `free`: the same with free hours, where it was run."""
    found = shape(curve.worth)
    if found == "peak":
        if not curve.scarce:
            return "dynamic"
        freed = "flat" if free is None else shape(free.worth)
        return {"peak": "both", "flat": "bounded"}.get(freed, "hours")
    if found == "rising" and shape(curve.surplus) == "peak":
        return "costs" if curve.scarce else "surplus"
    return found


def shape(y: Floats) -> str:
    """`peak`, `rising`, `falling` or `flat`: (runs, strength), by joint intervals between the highest and the ends."""
    best = int(y.mean(axis=0).argmax())
    low = joint_intervals(np.hstack([y[:, 1:] - y[:, :1], y[:, :-1] - y[:, -1:]]))[1]
    count = y.shape[1] - 1
    first = best > 0 and low[best - 1] > 0
    last = best < count and low[count + best] > 0
    if first and last:
        return "peak"
    return "rising" if first else "falling" if last else "flat"


def paired(d: Floats) -> tuple[float, float, float]:
    """Mean of differences over runs and its 95 % interval."""
    mean = float(d.mean())
    if len(d) < 2:
        return mean, np.nan, np.nan
    half = float(scipy_stats.t.ppf((1 + LEVEL) / 2, len(d) - 1) * d.std(ddof=1) / np.sqrt(len(d)))
    return mean, mean - half, mean + half


def in_words(peak: Peak, today: float, label: str) -> str:
    """Say in a sentence or two where worth peaks and which hump it is."""
    text = f"{label}: {WORDS[peak.hump]}."
    if peak.hump == "flat":
        return text
    text += f" Worth is highest at strength {peak.strength:.2f}"
    if peak.hump in PEAKS:
        text += f" (95 %: {peak.low:.2f} to {peak.high:.2f})"
    if np.isnan(peak.loss) or peak.against == today:
        return text + "."
    interval = f"{peak.loss_low:.3f} to {peak.loss_high:.3f}"
    text += f". At strength {today:g} it is {peak.loss:.3f} ({interval}) less than at {peak.against:g}"
    return f"{text}, the best by every second run; measured on the others."
