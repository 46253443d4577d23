r"""`crosspurpose sensitivity`: which parameters an outcome depends on.

Points of the unit cube are drawn and analysed by SALib; an axis makes values of them. y_pr is the outcome of run r of
R at point p of P, and ȳ_p its mean, of which the indices are:

    morris   effect of one step Δ, d = (ȳ(x + Δ·e_i) − ȳ(x)) / Δ;  μ* = mean |d|,  μ = mean d,  σ = sd d
    sobol    S1_i = V(E(ȳ | x_i)) / V(ȳ),  ST_i = 1 − V(E(ȳ | all but x_i)) / V(ȳ)

What no parameter explains is chance. Of the variance of a single run over the space its share is

    w / (w + max(0, (m − n) / R)),   w = mean over p of s²_p,   m = R · variance over p of ȳ_p

with n = w where each point has its own luck, and where all share it, n = the mean square of what neither point nor
run explains: luck that all points have alike does not set them apart. min(1, n/m) is the chance left in the means.

Intervals are ± 1.96 standard deviations over resamples, in which whole rows of the design (a base sample with its
neighbours, or a trajectory) are drawn anew, and so are the runs where all points share their luck. With own luck at
each point the rows bring their noise along. Points of a Sobol' sequence are more even than rows drawn anew, so that
intervals of shares are rather too wide than too narrow.

References
----------
Morris (1991), Technometrics 33(2), 161-174. Campolongo, Cariboni & Saltelli (2007), Environmental Modelling &
Software 22(10), 1509-1518. Saltelli et al. (2010), Computer Physics Communications 181(2), 259-270. The share of
chance: ours, from the analysis of variance with one or two ways.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from rich.console import Console
from rich.table import Table
from scipy.stats import norm

from experiments import chunks, pointwise
from experiments.chunks import Held, Recipe
from experiments.console import console, counting
from experiments.design import MANY, Point
from experiments.executors import Executor
from experiments.extras import needed
from experiments.outcome import check_settings, folder_of
from experiments.space import Space, space_of
from experiments.stats import LEVEL
from experiments.store import Folder, digest, model_version, source, versions, write_csv, write_parquet
from experiments.survey import Survey, check_some, checked
from experiments.sweep import check_outcome, wide
from sim import catalogue
from sim.arrays import Floats, Ints
from sim.draws import stream
from sim.errors import InvalidInput, RunFailed, unknown
from sim.measures import pooled_measures

USUAL = {"morris": 20, "sobol": 128}
TRIED = 20  # refused points that are looked at for the axis to narrow
SHOWN = {"morris": ("mu_star", "sigma", "mu"), "sobol": ("S1", "ST")}
SIGNS = {"mu_star": "μ*", "sigma": "σ", "mu": "μ"}
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


def main(
    config: dict[str, Any], *, overrides: Sequence[str], choice: Mapping[str, str], command: str, swept: Sequence[str]
) -> int:
    """Ask what an outcome depends on, as the command line says; write the folder. 1 if some runs failed."""
    executor = Executor.of(config)
    executor.reach()
    outcomes, recipe = outcomes_of(config), recipe_of(config)
    space = space_of("sensitivity", overrides, swept)
    samples = USUAL.get(str(config["method"]), 2) if config["samples"] is None else config["samples"]
    asked = {k: config[k] for k in ("method", "levels", "second_order", "num_resamples", "seed")}
    analysis = Analysis(**asked, keys=tuple(a.key for a in space.axes), samples=samples)
    if analysis.samples * analysis.across > MANY and config["yes"] is not True:
        allowed = f"fewer, so that there are up to {MANY:,} points (yes=true means it)"
        raise InvalidInput("samples", analysis.samples, allowed)
    unit = analysis.unit()
    points = [{a.key: a.at(u) for a, u in zip(space.axes, row, strict=True)} for row in unit.tolist()]
    with counting("checking", "points") as show:
        known, warnings = checked(space, points, recipe, executor, lambda n, of: show(n, of, 0))
    refused = {i: points[i] for i, c in enumerate(known) if c.refused is not None}
    if refused:
        raise _narrower(space, refused, str(known[min(refused)].refused), recipe)
    design = asked | {"samples": samples, "points": len(points)}
    same = {
        "verb": "sensitivity",
        **what_runs(space, config),
        "design": design,
        "table": digest({"points": [dict(p) for p in points]}),
        "outcome": list(outcomes),
        "crn": config["crn"],
    }
    folder = folder_of(same, config["out"], str(config["study"] or named(space, choice)))
    survey = Survey(path=folder.path.resolve(), space=space, points=points, checked=known, recipe=recipe)
    screen = console()
    manifest = {"command": command, "warnings": warnings, "design": design, "points": len(points)}
    held, computed = _gather(survey, folder, executor, config, {**about(space, config), **manifest}, screen)
    frames = list(survey.frames(held))
    table = pd.concat(
        [analysis.table(unit, matrix(frames, m), config["crn"]).assign(measure=m) for m in outcomes], ignore_index=True
    )[list(COLUMNS)]
    if computed or not (folder.path / "indices.csv").exists():
        write_csv(table, folder.path / "indices.csv")
    told = {m: caption(analysis, own, len(points), config) for m, own in table.groupby("measure", sort=False)}
    from experiments.plots.sensitivity import draw

    for measure, own in table.groupby("measure", sort=False):
        picture = folder.path / "plots" / f"sensitivity-{measure}.png"
        if computed or not picture.exists():
            draw(picture, analysis, own, told[measure])
        screen.print(rich_table(analysis, own))
        screen.print(told[measure], soft_wrap=True)
    for line in [*warnings, *(f"{part}, as one of its parameters is swept" for part in space.on)]:
        screen.print(f"note: {line}", soft_wrap=True)
    if held.failed():
        text = f"{held.failed()} of {held.runs()} runs failed; such runs are left out at every point"
        screen.print(f"{text}. To run them again: add retry=true", soft_wrap=True)
    screen.print(f"\nResults {'written to' if computed else 'read from'} {folder.path}", soft_wrap=True)
    return int(held.failed() > 0)


def recipe_of(config: Mapping[str, Any]) -> Recipe:
    """Read how every point is run, and refuse settings that are not what they should be."""
    check_settings({**config, "members": False})
    for key in ("crn", "aligned", "shadow", "retry", "yes", "second_order"):
        if not isinstance(config.get(key, False), bool):
            raise InvalidInput(key, config[key], "true or false")
    measures = config["measures"]
    if measures is not None and not _names(measures):
        raise InvalidInput("measures", measures, "a list of names of measures, or null")
    return Recipe(
        seed=config["seed"],
        window=str(config["window"]),
        measures=None if measures is None else tuple(measures),
        aligned=config["aligned"],
        shadow=config["shadow"],
        apart=0 if config.get("crn", True) else config["runs"],
    )


def outcomes_of(config: Mapping[str, Any]) -> tuple[str, ...]:
    """Read the measures that are asked about."""
    given = config["outcome"] if isinstance(config["outcome"], list) else [config["outcome"]]
    if not _names(given):
        raise InvalidInput("outcome", config["outcome"], "a measure, or a list of different ones")
    for name in given:
        check_outcome(name, config["aligned"], config["shadow"])
        if name in pooled_measures():
            raise InvalidInput("outcome", name, "a measure of a single run; this one is made of many runs together")
        if isinstance(config["measures"], list) and name not in config["measures"]:
            raise InvalidInput("measures", config["measures"], f"a list with {name} in it, which outcome= names")
    return tuple(given)


def _names(given: object) -> bool:
    return (
        isinstance(given, list)
        and len(given) > 0
        and all(isinstance(m, str) for m in given)
        and len({*given}) == len(given)
    )


def what_runs(space: Space, config: Mapping[str, Any]) -> dict[str, Any]:
    """Return what of a study its numbers depend on, whatever its points are."""
    return {
        "model": model_version(),
        "axes": {a.key: a.words for a in space.axes},
        **{k: config[k] for k in ("runs", "seed", "measures", "aligned", "shadow")},
        "window": str(config["window"]),
        "bases": [{"choice": dict(k), "config": dict(v)} for k, v in space.bases.items()],
        **({"code": catalogue.code()} if catalogue.extensions() else {}),
    }


def about(space: Space, config: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the manifest of a study of many points says of it."""
    return {
        "verb": space.verb,
        "seed": config["seed"],
        "runs": config["runs"],
        "axes": {a.key: a.words for a in space.axes},
        "words": list(space.words),
        "switched_on": list(space.on),
        "versions": {**versions(), "source": source()},
        "refused": {},
    }


def named(space: Space, choice: Mapping[str, str]) -> str:
    """Return a name for the folder: what the points have in common."""
    swept = {a.key for a in space.axes}
    for group in ("limit", "scheme", "scenario"):
        if choice.get(group) not in (None, "null", "none") and group not in swept:
            return choice[group]
    return "points"


def sound(survey: Survey, screen: Console) -> Held:
    """Look at what is there; name what is damaged, and take it away so that it is computed again."""
    held = chunks.held(survey.path)
    for damaged in held.damaged:
        screen.print(f"note: {damaged} is damaged; it is computed again", soft_wrap=True)
        damaged.unlink(missing_ok=True)
    return held


def _gather(
    survey: Survey,
    folder: Folder,
    executor: Executor,
    config: Mapping[str, Any],
    manifest: dict[str, Any],
    screen: Console,
) -> tuple[Held, bool]:
    """Compute what is missing and write what it says; return what is there, and whether anything is new."""
    started, seconds = time.time(), dict[str, float]()
    there = folder.check(bool(config["overwrite"]))
    anew = there != "finished" or bool(config["retry"])
    if anew:
        folder.begin(manifest, there == "nothing", ("runs",))
        survey.write_points()
    held = sound(survey, screen)
    if config["retry"]:
        for path in {path for path, failed in held.cells.values() if failed}:
            path.unlink()
        held = chunks.held(survey.path, whole=False)
    cells = survey.cells({p: (0, config["runs"]) for p in range(len(survey.points))})
    if any(not held.has(c) for c in cells):
        with counting(f"{len(survey.points)} points", "runs") as show:
            survey.complete(cells, executor, show, held, seconds)
    chunks.tidy(survey.path, chunks.held(survey.path, whole=False))
    held = chunks.held(survey.path, whole=False)
    if anew or seconds:
        finish(survey, folder, held, {**manifest, **spent(started, seconds)})
    return held, anew or bool(seconds)


def spent(started: float, seconds: Mapping[str, float]) -> dict[str, float]:
    """Return what the manifest says of time."""
    return {"duration": round(time.time() - started, 1), **{f"seconds_{k}": round(v, 2) for k, v in seconds.items()}}


def finish(survey: Survey, folder: Folder, held: Held, manifest: Mapping[str, Any]) -> None:
    """Write what the runs say of each point, and call the study finished."""
    survey.write_points()
    summary = pointwise.summary(survey.frames(held))
    write_parquet(summary, folder.path / "summary.parquet")
    write_csv(wide(survey.points, summary), folder.path / "summary.csv")
    folder.write_manifest({**manifest, "status": "finished", "failed": held.failed(), "computed": held.runs()})


def matrix(frames: Sequence[pd.DataFrame], measure: str) -> Floats:
    """Return a measure of the runs in which it is defined at every point: (points, runs)."""
    there = {str(c) for f in frames for c in f if c not in pointwise.NOT_MEASURED}
    if not there:
        raise RunFailed("every run failed; summary.parquet and runs/ say why")
    if measure not in there:
        raise unknown("outcome", measure, there)
    whole = pd.concat([f.reindex(columns=["point", "run", measure]) for f in frames], ignore_index=True)
    y = whole.pivot(index="point", columns="run", values=measure).dropna(axis=1)
    if y.empty:
        raise RunFailed(f"there is no run in which {measure} is defined at every point")
    return y.to_numpy(np.float64)


def _narrower(space: Space, points: Mapping[int, Point], why: str, recipe: Recipe) -> InvalidInput:
    """Name the axis to narrow: the one whose middle most often makes a refused point one that is accepted."""
    some = list(points.items())[:TRIED]
    helps = {
        a: sum(check_some(space, [{**p, a.key: a.at(0.5)}], i, recipe)[0][0].refused is None for i, p in some)
        for a in space.axes
    }
    axis, (number, point) = max(helps, key=lambda a: helps[a]), some[0]
    place = ", ".join(f"{k}={v:.4g}" if isinstance(v, float) else f"{k}={v}" for k, v in point.items())
    allowed = f"a narrower range: every point is needed, and point {number} ({place}) is refused: {why}"
    return InvalidInput(axis.key, axis.words, allowed)


def ordered(analysis: Analysis, table: pd.DataFrame) -> list[str]:
    """Return the parameters, the one that matters most first."""
    by = table[table["index"] == ("mu_star" if analysis.method == "morris" else "ST")]
    return [str(k) for k in by.sort_values("value", ascending=False, kind="stable")["parameter"]]


def caption(analysis: Analysis, table: pd.DataFrame, points: int, config: Mapping[str, Any]) -> str:
    """Say in plain words what matters, what is chance and what the intervals contain."""
    of = dict(zip(zip(table["parameter"], table["index"], strict=True), table["value"].tolist(), strict=True))
    names, runs = ordered(analysis, table), int(config["runs"])
    measure = table["measure"].iloc[0]
    if not of[names[0], "mu_star" if analysis.method == "morris" else "ST"] > 0:
        said = f"None of these parameters moves {measure}"
    elif analysis.method == "morris":
        said = f"{names[0]} moves {measure} most: by {of[names[0], 'mu_star']:.3g} on average from end to end of its"
        said += " range, other things as they are. μ*: mean size of that effect; σ: how much it depends on the rest;"
        said += " μ: with its sign"
    else:
        said = f"{names[0]} matters most: by itself it explains {_percent(of[names[0], 'S1'])} of how the mean of"
        said += f" {measure} varies, and with what it does together with others {_percent(of[names[0], 'ST'])}."
        said += " S1: alone; ST: with all it does together with others"
    if runs > 1:
        said += f". Of the variance of single runs {_percent(of['', CHANCE])} is mere chance, which no parameter"
        said += f" explains; of that of means over {runs} runs {_percent(of['', LEFT])} is left"
        said += "" if config["crn"] or analysis.method == "morris" else ", which stands in ST as if it were interaction"
    drawn = "the design and the runs" if config["crn"] and runs > 1 else "the design, each point with luck of its own"
    drawn = "the design alone, not the luck of the one run" if config["crn"] and runs == 1 else drawn
    return f"{said}. {points} points; ±: 95 %, from drawing anew {drawn}; seed {config['seed']}."


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %" if abs(share) < 0.1 else f"{100 * share:.0f} %"


def rich_table(analysis: Analysis, table: pd.DataFrame) -> Table:
    """Return the indices of one measure as a table for the screen."""
    shown = SHOWN[analysis.method]
    rich = Table(title=f"What {table['measure'].iloc[0]} depends on", title_justify="left", title_style="bold")
    rich.add_column("parameter", overflow="fold")
    for index in shown:
        rich.add_column(SIGNS.get(index, index), justify="right")
        rich.add_column("± 95 %", justify="right")
    rows = table.set_index(["parameter", "index"])

    def cells(parameter: str, index: str) -> tuple[str, str]:
        value, high = (float(rows[c][parameter, index]) for c in ("value", "error_high"))
        return f"{value:.4g}" if analysis.method == "morris" else f"{value:.3f}", f"{high - value:.2g}"

    for name in ordered(analysis, table):
        rich.add_row(name, *(c for index in shown for c in cells(name, index)))
    if analysis.second_order:
        rich.add_section()
        for name in table.loc[table["index"] == "S2", "parameter"]:
            rich.add_row(f"{name} (S2, together)", *cells(name, "S2"))
    return rich
