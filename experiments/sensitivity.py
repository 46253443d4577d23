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
from typing import Any

import numpy as np
import pandas as pd
from rich.console import Console
from rich.table import Table

from experiments import chunks, pointwise
from experiments.chunks import Held, Recipe
from experiments.console import console, counting
from experiments.design import MANY, Point
from experiments.executors import Executor
from experiments.indices import CHANCE, COLUMNS, LEFT, SHOWN, USUAL, Analysis, ordered
from experiments.outcome import folder_of
from experiments.points import about, are_names, finish, named, recipe_of, sound, spent, what_runs
from experiments.space import Space, space_of
from experiments.store import Folder, digest, write_csv
from experiments.survey import Survey, check_some, checked
from experiments.sweep import check_outcome
from sim.arrays import Floats
from sim.errors import InvalidInput, RunFailed, unknown
from sim.measures import pooled_measures

TRIED = 20  # refused points that are looked at for the axis to narrow
SIGNS = {"mu_star": "μ*", "sigma": "σ", "mu": "μ"}


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


def outcomes_of(config: Mapping[str, Any]) -> tuple[str, ...]:
    """Read the measures that are asked about."""
    given = config["outcome"] if isinstance(config["outcome"], list) else [config["outcome"]]
    if not are_names(given):
        raise InvalidInput("outcome", config["outcome"], "a measure, or a list of different ones")
    for name in given:
        check_outcome(name, config["aligned"], config["shadow"])
        if name in pooled_measures():
            raise InvalidInput("outcome", name, "a measure of a single run; this one is made of many runs together")
        if isinstance(config["measures"], list) and name not in config["measures"]:
            raise InvalidInput("measures", config["measures"], f"a list with {name} in it, which outcome= names")
    return tuple(given)


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
