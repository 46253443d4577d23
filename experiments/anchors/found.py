"""What the model says of what was observed: its value, three spreads that are never mixed, and whether it agrees."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import stats as scipy_stats

from experiments import robust
from experiments.anchors import Anchor, Pattern
from experiments.anchors.quantities import quantity
from experiments.chunks import Recipe
from experiments.console import counting
from experiments.docket import Asked, answered
from experiments.effects import effect_of
from experiments.executors import Executor
from experiments.stats import LEVEL, LUCK
from experiments.variants import arms_of
from sim.arrays import Floats
from sim.draws import stream
from sim.scenario import Scenario

SIZES = {"runs": 1000, "draws": 24}
EACH = 16  # runs of every arm at a draw
FIRST = 8  # runs whose values are kept, so that it shows when the model says something else
RESAMPLES = 1000
NONE = (math.nan, math.nan)
ID = tuple[str, str]  # anchor, pattern


@dataclass(frozen=True, kw_only=True)
class Found:
    """What the model says of a pattern.

    Parameters
    ----------
    anchor, pattern : Anchor, Pattern
    value : float
    error, luck, assumptions : (low, high)
        NaN where there is none: no single team has a share or a correlation.
    inside : bool
    holds : float
        Share of draws whose value agrees.
    first : float
        The value by the first runs alone.
    """

    anchor: Anchor
    pattern: Pattern
    value: float
    error: tuple[float, float]
    luck: tuple[float, float]
    assumptions: tuple[float, float]
    inside: bool
    holds: float
    first: float

    @property
    def id(self) -> ID:
        """Which it is."""
        return self.anchor.id, self.pattern.id

    @property
    def verdict(self) -> str:
        """The same in a word."""
        return "inside" if self.inside else "outside"


def compare(
    wanted: Mapping[str, Anchor], runs: int, draws: int, seed: int, path: Path, executor: Executor
) -> list[Found]:
    """Return what the model says of every pattern of some anchors, in a folder that keeps what is computed."""
    patterns = {(a.id, p.id): (a, p) for a in wanted.values() for p in a.patterns.values()}
    composed: dict[tuple[str, ...], Scenario] = {}
    asked: list[Asked] = []
    places: dict[tuple[ID, int | None], dict[str, int]] = {}
    for key, (_, pattern) in patterns.items():
        own = arms_of(pattern.words, composed)
        recipe = Recipe(seed=seed, window=pattern.window, aligned=False)
        for draw in (None, *range(draws)):
            arms = own if draw is None else robust.drawn_arms(own, seed, draw, draws)
            places[key, draw] = {}
            for arm, scenario in arms.items():
                places[key, draw][arm] = len(asked)
                asked.append(Asked(scenario=scenario, recipe=recipe, runs=runs if draw is None else EACH))
    with counting("runs beside anchors", "runs") as show:
        frames = answered(path, asked, executor, show)

    def said(key: ID, draw: int | None = None, first: int | None = None) -> Told:
        """Return what the runs of a pattern say, at the defaults or a draw; all of them, or the first."""
        arms = {arm: (frames[i].head(first or runs), asked[i].scenario) for arm, i in places[key, draw].items()}
        return told(patterns[key][1], arms, seed)

    found = []
    for key, (anchor, pattern) in patterns.items():
        whole = said(key)
        each = np.array([said(key, d).value for d in range(draws)])
        known = each[np.isfinite(each)]
        found.append(
            Found(
                anchor=anchor,
                pattern=pattern,
                value=whole.value,
                error=whole.error,
                luck=whole.luck,
                assumptions=_middle(known),
                inside=pattern.agrees(*whole.error),
                holds=float(np.mean([pattern.agrees(v, v) for v in known])) if len(known) else math.nan,
                first=said(key, first=FIRST).value,
            )
        )
    return found


@dataclass(frozen=True, kw_only=True)
class Told:
    """A value, its computing error and the luck of single teams."""

    value: float
    error: tuple[float, float]
    luck: tuple[float, float]


def told(pattern: Pattern, arms: Mapping[str, tuple[pd.DataFrame, Scenario]], seed: int) -> Told:
    """Return what runs say of a pattern; runs that failed, or in which it is undefined, are left out."""
    if pattern.statistic == "pooled":
        (frame, _), *_ = arms.values()
        effect = effect_of({"team": frame[frame["error"].isna()]}, pattern.quantity, {"team": 1.0})
        return Told(value=effect.value, error=effect.interval(), luck=NONE)
    each = {arm: _each(pattern, frame, scenario) for arm, (frame, scenario) in arms.items()}
    x = np.sum([c * each[arm] for arm, c in pattern.compared.items()], axis=0)
    x = x[np.isfinite(x)]
    if len(x) < 2:
        return Told(value=math.nan, error=NONE, luck=NONE)
    if pattern.statistic == "share":
        assert pattern.at is not None
        return _share(int((x <= pattern.at).sum()), len(x))
    if pattern.statistic == "tail":
        assert pattern.at is not None
        return _tail(x, pattern.at, seed)
    half = float(scipy_stats.t.ppf((1 + LEVEL) / 2, len(x) - 1) * x.std(ddof=1) / math.sqrt(len(x)))
    value = float(x.mean())
    return Told(value=value, error=(value - half, value + half), luck=_middle(x))


def _each(pattern: Pattern, frame: pd.DataFrame, scenario: Scenario) -> Floats:
    """Return the quantity of each run, NaN where it failed."""
    x = quantity(pattern.quantity, frame, scenario, pattern.window)
    return np.where(frame["error"].isna(), x, np.nan)


def _share(count: int, of: int) -> Told:
    """Return a share, with Wilson's interval."""
    low, high = scipy_stats.binomtest(count, of).proportion_ci(LEVEL, method="wilson")
    return Told(value=count / of, error=(float(low), float(high)), luck=NONE)


def _tail(x: Floats, at: float, seed: int) -> Told:
    """Return a quantile over the mean, with the middle 95 % of what runs drawn again give."""
    if x.mean() <= 0:
        return Told(value=math.nan, error=NONE, luck=NONE)
    drawn = x[stream(seed, 0, "resample").integers(0, len(x), size=(RESAMPLES, len(x)))]
    mean = drawn.mean(axis=1)
    ratio = np.quantile(drawn, at, axis=1)[mean > 0] / mean[mean > 0]
    low, high = np.quantile(ratio, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Told(value=float(np.quantile(x, at) / x.mean()), error=(float(low), float(high)), luck=NONE)


def _middle(x: Floats) -> tuple[float, float]:
    if not len(x):
        return NONE
    low, high = np.quantile(x, LUCK)
    return float(low), float(high)


def counts(found: Sequence[Found], use: str) -> tuple[int, int]:
    """Return how many patterns of a use are inside, and how many there are."""
    own = [f.inside for f in found if f.anchor.use == use]
    return sum(own), len(own)
