"""How an outcome depends on parameters: points of the unit cube, and the indices that their outcomes give.

`crosspurpose sensitivity` has the definitions; SALib draws the points and computes what morris and sobol say of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import norm

from experiments.extras import needed
from experiments.stats import LEVEL
from sim.arrays import Floats, Ints
from sim.draws import stream
from sim.errors import InvalidInput, unknown

USUAL = {"morris": 20, "sobol": 128}
SHOWN = {"morris": ("mu_star", "sigma", "mu"), "sobol": ("S1", "ST")}
CHANCE, LEFT = "chance", "chance_left"  # indices that belong to no parameter
COLUMNS = ("measure", "parameter", "index", "value", "error_low", "error_high")


@dataclass(frozen=True, kw_only=True)
class Analysis:
    """What is drawn of the unit cube, and what is made of the outcomes.

    Parameters
    ----------
    method : str
        `morris` or `sobol`.
    keys : tuple of str
        Names of the parameters.
    samples : int
        Trajectories, at least 2, or base samples, a power of two.
    levels : int
        Of each parameter with morris, an even number.
    second_order : bool
        Whether pairs of parameters are looked at, with sobol.
    num_resamples : int
        From which intervals are made, at least 2.
    seed : int
    """

    method: str
    keys: tuple[str, ...]
    samples: int
    levels: int
    second_order: bool
    num_resamples: int
    seed: int

    def __post_init__(self) -> None:
        if self.method not in USUAL:
            raise unknown("method", str(self.method), USUAL)
        for key, least in (("samples", 2), ("levels", 2), ("num_resamples", 2)):
            count = getattr(self, key)
            if isinstance(count, bool) or not isinstance(count, int) or count < least:
                raise InvalidInput(key, count, f"a whole number, at least {least}")
        if self.levels % 2:
            raise InvalidInput("levels", self.levels, "an even number", str(self.levels + 1))
        if self.method == "sobol" and self.samples & (self.samples - 1):
            raise InvalidInput("samples", self.samples, "a power of two with method=sobol")
        if self.second_order and self.method != "sobol":
            raise InvalidInput("second_order", True, "false with method=morris")
        if len(self.keys) < 1 + self.second_order:
            raise InvalidInput("sensitivity", "(too little is swept)", "ranges, such as scheme.strength=interval(0,1)")

    @property
    def _problem(self) -> dict[str, Any]:
        names = list(self.keys)
        return {"num_vars": len(names), "names": names, "bounds": [[0.0, 1.0]] * len(names)}

    @property
    def across(self) -> int:
        """Points of a row of the design."""
        steps = len(self.keys)
        return steps + 1 if self.method == "morris" else (2 * steps if self.second_order else steps) + 2

    def unit(self) -> Floats:
        """Return the points in the unit cube: (points, axes)."""
        chance = stream(self.seed, 0, f"design:{self.method}")
        sampler = needed(f"SALib.sample.{self.method}", "analysis", "sensitivity")
        if self.method == "morris":
            drawn = sampler.sample(self._problem, self.samples, num_levels=self.levels, seed=chance)
        else:
            drawn = sampler.sample(self._problem, self.samples, calc_second_order=self.second_order, seed=chance)
        return np.asarray(drawn, dtype=np.float64)

    def indices(self, unit: Floats, mean: Floats) -> dict[tuple[str, str], float]:
        """Return the indices of outcomes: (parameter or pair, index) → value.

        Parameters
        ----------
        unit : (points, axes)
        mean : (points,)
        """
        analyzer = needed(f"SALib.analyze.{self.method}", "analysis", "sensitivity")
        how: dict[str, Any] = {"num_resamples": 2, "seed": np.random.default_rng(0)}  # of SALib's intervals, not read
        with np.errstate(invalid="ignore", divide="ignore"):
            if self.method == "morris":
                found = analyzer.analyze(self._problem, unit, mean, num_levels=self.levels, **how)
            else:
                found = analyzer.analyze(self._problem, mean, calc_second_order=self.second_order, **how)
        of = {(k, i): float(found[i][n]) for n, k in enumerate(self.keys) for i in SHOWN[self.method]}
        if self.second_order:
            pairs = [(a, b) for b in range(len(self.keys)) for a in range(b)]
            of |= {(f"{self.keys[a]} × {self.keys[b]}", "S2"): float(found["S2"][a, b]) for a, b in pairs}
        return of

    def table(self, unit: Floats, y: Floats, common: bool) -> pd.DataFrame:
        """Return the indices of one measure with their intervals, and the shares of chance.

        Parameters
        ----------
        unit : (points, axes)
        y : (points, runs)
        common : bool
            Whether all points met the same luck.
        """
        chance = stream(self.seed, 0, "sensitivity:resamples")
        points, runs = y.shape
        row = np.arange(points).reshape(-1, self.across)
        found = self.indices(unit, y.mean(axis=1))
        again = []
        for _ in range(self.num_resamples):
            place = row[chance.integers(len(row), size=len(row))].ravel()
            seen: Ints = np.asarray(chance.integers(runs, size=runs) if common else np.arange(runs))
            again.append(list(self.indices(unit[place], y[place][:, seen].mean(axis=1)).values()))
        half = float(norm.ppf(0.5 + LEVEL / 2)) * np.std(again, axis=0, ddof=1)
        rows = [(k, i, v, v - h, v + h) for ((k, i), v), h in zip(found.items(), half.tolist(), strict=True)]
        shares = zip((CHANCE, LEFT), shares_of_chance(y, common), strict=True)
        rows += [("", index, share, np.nan, np.nan) for index, share in shares]
        return pd.DataFrame(rows, columns=list(COLUMNS[1:]))


def shares_of_chance(y: Floats, common: bool) -> tuple[float, float]:
    """Return the share of chance in the variance of single runs, and in that of the means; NaN for one run.

    Parameters
    ----------
    y : (points, runs)
    common : bool
        Whether all points met the same luck.

    Examples
    --------
    >>> shares_of_chance(np.array([[0.0, 2.0], [10.0, 12.0]]), common=True)  # luck moves both alike: 2 of 2 + 50
    (0.038461538461538464, 0.0)
    """
    runs = y.shape[1]
    if runs < 2:
        return np.nan, np.nan
    mean = y.mean(axis=1)
    within, means = float(y.var(axis=1, ddof=1).mean()), runs * float(mean.var(ddof=1))
    noise = within
    if common:
        rest = y - mean[:, None] - y.mean(axis=0) + y.mean()
        noise = float(np.square(rest).sum() / ((len(y) - 1) * (runs - 1)))
    whole = within + max(0.0, (means - noise) / runs)
    return (within / whole if whole > 0 else np.nan), (min(1.0, noise / means) if means > 0 else np.nan)


def ordered(analysis: Analysis, table: pd.DataFrame) -> list[str]:
    """Return the parameters, the one that matters most first."""
    by = table[table["index"] == ("mu_star" if analysis.method == "morris" else "ST")]
    return [str(k) for k in by.sort_values("value", ascending=False, kind="stable")["parameter"]]
