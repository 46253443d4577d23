"""`crosspurpose replicate [NAME [KEY=VALUE …] [runs=] [seed=] [out=] [workers=]]`: a published simulation, run again.

Without NAME: which there are. Any parameter of a replication can be given (`NAME --help` lists them), or swept in the
words of `sweep`: c=choice(.1,.5,.9), gamma=range(0,181,45), g=interval(0,5) with levels=. All points share their luck.

What comes out stands beside what the original gave, wherever all parameters are those of a published row:

    apart = (m₁ − m₀)/√(s₁²/n₁ + s₀²/n₀)      standard errors between the two means

The same command again shows what is there. Replications: a folder each in experiments/replications.
"""

from __future__ import annotations

import math
import re
import shlex
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from rich.table import Table

from experiments.axes import LONGEST, Axis
from experiments.axes import split as split_words
from experiments.console import console, counting
from experiments.design import Design
from experiments.executors import Executor, Lost, map_chunks
from experiments.outcome import folder_of
from experiments.pointwise import half_width
from experiments.replications import STEPS, Published, Replication, code, names, read
from experiments.replications import WORDS as OF_THE_VERB
from experiments.stats import LUCK
from experiments.store import Folder, model_version, source, versions, write_csv, write_parquet
from experiments.study import check_size
from experiments.survey import points_table
from sim.errors import InvalidInput, RunFailed
from sim.loading import spoken

BLOCK = 20  # runs of a block at most
MOST = 10_000  # points of one study
LARGEST = 20_000_000  # rows of one study, of which every step of every run has one
SHOWN = 60  # rows of the table on the screen
SURE = 2.0  # standard errors within which two means agree
INDEX = ("point", "run", "step")
Values = Mapping[str, Any]  # parameter → value


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What is to be run.

    Parameters
    ----------
    replication : Replication
    fixed : mapping
        The parameters that were given, and are the same at all points.
    axes : tuple of Axis
        Those that are swept.
    points : list of mapping
        The values of the axes at each point.
    runs : int
        Of each point.
    seed : int
    """

    replication: Replication
    fixed: Values
    axes: tuple[Axis, ...]
    points: list[Values]
    runs: int
    seed: int

    def parameters(self, point: int) -> dict[str, Any]:
        """Return all parameters at a point."""
        return self.replication.values({**self.fixed, **self.points[point]})

    @property
    def same(self) -> dict[str, Any]:
        """What the study is: two that agree in this have the same numbers."""
        return {
            "verb": "replicate",
            "replication": self.replication.name,
            "model": model_version(),
            "module": code(self.replication.name),
            "parameters": self.replication.values(self.fixed),
            "axes": {a.key: a.words for a in self.axes},
            "points": [dict(p) for p in self.points],
            "runs": self.runs,
            "seed": self.seed,
        }

    def blocks(self) -> list[tuple[int, range]]:
        """Points and runs that are computed as one, in order; as even as can be."""
        parts = math.ceil(self.runs / BLOCK)
        ends = [self.runs * i // parts for i in range(parts + 1)]
        runs = [range(a, b) for a, b in pairwise(ends)]
        return [(point, numbers) for point in range(len(self.points)) for numbers in runs]


def main(words: Sequence[str]) -> int:
    """Run a replication, or read it where it stands; print what comes out beside what was published."""
    name, rest = (words[0], list(words[1:])) if words else (None, [])
    if name is None or name in ("-h", "--help"):
        _list()
        return 0
    if "=" in name:
        raise InvalidInput(
            "argument", name, f"crosspurpose replicate NAME KEY=VALUE …, NAME one of {', '.join(names())}"
        )
    replication = read(name)
    if {"-h", "--help"} & {*rest}:
        _help(replication)
        return 0
    settings, own = _split(rest)
    plan = plan_of(replication, own, settings)
    workers = _number("workers", settings["workers"]) if "workers" in settings else None
    executor = Executor(kind="processes", workers=workers)
    overwrite = _value("overwrite", settings.get("overwrite", "false"))
    if not isinstance(overwrite, bool):
        raise InvalidInput("overwrite", settings["overwrite"], "true or false")
    out = settings.get("out")
    if out == "":
        raise InvalidInput("out", "(empty)", "a folder")
    command = shlex.join(["crosspurpose", "replicate", *words])
    folder = folder_of(plan.same, None if out == "null" else out, name)
    there = folder.check(overwrite)
    if there == "finished":
        rows = pd.read_parquet(folder.path / "runs.parquet")
    else:
        rows = computed(plan, folder, executor, command, anew=there == "nothing")
    course = summary(rows, [*replication.outcomes])
    table = beside(plan, course)
    picture = folder.path / "plots" / f"{name}.png"
    if there != "finished" or not picture.exists():
        from experiments.plots.replicate import draw

        write_csv(table, folder.path / "summary.csv")
        draw(picture, plan, course)
    _say(plan, table)
    word = "read from" if there == "finished" else "written to"
    console().print(f"\nResults {word} {folder.path}", soft_wrap=True)
    return 0


def _split(words: Sequence[str]) -> tuple[dict[str, str], list[str]]:
    """Split what is typed into settings of the verb and words on parameters; refuse what is neither."""
    settings: dict[str, str] = {}
    own: list[str] = []
    seen: set[str] = set()
    for word in words:
        if not re.match(r"[A-Za-z_]\w*=", word):
            raise InvalidInput("argument", word or "(empty)", "KEY=VALUE")
        key, _, text = word.partition("=")
        if key in seen:
            raise InvalidInput(key, text, "given once")
        seen.add(key)
        if key in OF_THE_VERB:
            settings[key] = text
        else:
            own.append(word)
    return settings, own


def _value(key: str, text: str) -> Any:
    """Read a single value."""
    said = spoken(f"{key}={text}")
    if said is None or said.kind != "value":
        raise InvalidInput(key, text or "(empty)", "a single value")
    return said.value


def _number(key: str, text: str) -> Any:
    value = _value(key, text)
    if isinstance(value, bool) or not isinstance(value, int):
        raise InvalidInput(key, text, "a whole number, at least 1" if key != "seed" else "a whole number, at least 0")
    return value


def plan_of(replication: Replication, words: Sequence[str], settings: Mapping[str, str]) -> Plan:
    """Read what is to be run, and check it at every point."""
    for word in words:
        replication.parameter(word.partition("=")[0])
    fixed_words, swept = split_words(words)
    fixed = {}
    for word in fixed_words:
        key, _, text = word.partition("=")
        said = spoken(word)
        parameter = replication.parameter(key)
        if said is None:
            raise InvalidInput(key, text or "(empty)", parameter.allowed)
        fixed[key] = parameter.checked(key, said.value)
    axes = tuple(axis_of(replication, word) for word in swept)
    levels = _number("levels", settings["levels"]) if "levels" in settings else 5
    design = Design(kind="grid", axes=axes, levels=levels)
    if design.count > MOST:
        raise InvalidInput("points", f"{design.count:,} ({design.spelled()})", f"at most {MOST:,} in one folder")
    runs = _number("runs", settings["runs"]) if "runs" in settings else replication.runs
    seed = _number("seed", settings["seed"]) if "seed" in settings else 1
    check_size(runs, seed)
    plan = Plan(replication=replication, fixed=fixed, axes=axes, points=list(design.table()), runs=runs, seed=seed)
    rows = runs * sum(int(plan.parameters(i).get(STEPS, 1)) for i in range(len(plan.points)))
    if rows > LARGEST:
        raise InvalidInput(
            "runs", runs, f"fewer: every step of every run has a row, {rows:,} in all, of {LARGEST:,} at most"
        )
    check = getattr(model(replication.name), "check", None)
    if check is not None:
        for point in range(len(plan.points)):
            check(plan.parameters(point))
    return plan


def plan_again(config: Mapping[str, Any]) -> Plan:
    """Return the plan whose `same` a folder holds, as config.yaml has it."""
    replication = read(config["replication"])
    axes = tuple(axis_of(replication, f"{key}={text}") for key, text in config["axes"].items())
    how = {key: config[key] for key in ("points", "runs", "seed")}
    return Plan(replication=replication, fixed=config["parameters"], axes=axes, **how)


def axis_of(replication: Replication, word: str) -> Axis:
    """Return the axis that a word such as c=choice(.1,.5) describes, each of its values checked."""
    said, (key, _, text) = spoken(word), word.partition("=")
    parameter = replication.parameter(key)
    if said is None or said.kind not in ("choice", "range", "interval"):
        raise InvalidInput(
            key, text, f"{parameter.allowed}, or choice(a,b,...), range(start,stop,step), interval(low,high)"
        )
    value = said.value
    if said.kind == "choice":
        return Axis(key=key, words=text, values=tuple(parameter.checked(key, v) for v in value))
    if not parameter.number:
        raise InvalidInput(key, text, f"choice(...) of {parameter.allowed}")
    if said.kind == "interval":
        low, high = (parameter.checked(key, v) for v in value)
        log = "log" in said.tags
        return Axis(key=key, words=text, low=float(low), high=float(high), log=log, whole=parameter.whole)
    start, stop, step = value
    if not step or start is None or stop is None:
        raise InvalidInput(key, text, "range(start,stop,step) with a step other than 0")
    count = min(max(0, math.ceil((stop - start) / step - 1e-9)), LONGEST)
    values = (round(start + i * step, 12) for i in range(count))
    return Axis(key=key, words=text, values=tuple(parameter.checked(key, v) for v in values))


def model(name: str) -> Any:
    """Return the module of a replication."""
    return import_module(f"experiments.replications.{name}")


def computed(plan: Plan, folder: Folder, executor: Executor, command: str, anew: bool) -> pd.DataFrame:
    """Compute the blocks that are missing and return all runs, a row per point, run and step."""
    started, blocks = time.time(), plan.blocks()
    manifest = {
        "verb": "replicate",
        "command": command,
        "replication": plan.replication.name,
        "seed": plan.seed,
        "runs": plan.runs,
        "points": len(plan.points),
        "axes": {a.key: a.words for a in plan.axes},
        "versions": {**versions(), "source": source(), "replication": code(plan.replication.name)},
        "warnings": [],
    }
    folder.begin(manifest, anew, ("_runs",))
    if plan.axes:
        write_csv(points_table(plan.points), folder.path / "points.csv")
    order = [f"part-{i:05d}" for i in range(len(blocks))]
    done, path = folder.done(), folder.path.resolve()
    todo = [i for i, part in enumerate(order) if part not in done]
    tasks = [
        partial(
            compute, path / "_runs" / f"{order[i]}.parquet", plan.replication.name, point, parameters, plan.seed, runs
        )
        for i in todo
        for point, runs in [blocks[i]]
        for parameters in [plan.parameters(point)]
    ]
    in_all = plan.runs * len(plan.points)
    with counting(plan.replication.name, "runs") as show:
        ready = in_all - sum(len(blocks[i][1]) for i in todo)
        show(ready, in_all, 0)
        for number, found in map_chunks(executor, tasks):
            point, runs = blocks[todo[number]]
            if isinstance(found, Lost):
                raise RunFailed(f"point {point}, runs {runs[0]} and on: {found.reason}")
            ready += len(runs)
            show(ready, in_all, 0)
    frame: pd.DataFrame = folder.finish(order, {**manifest, "duration": round(time.time() - started, 1)})
    return frame


def compute(path: Path, name: str, point: int, parameters: Values, seed: int, numbers: range) -> None:
    """Compute a block of runs of one point and write it."""
    frame = model(name).runs(parameters, seed, numbers)
    wanted = [*INDEX[1:], *read(name).outcomes]
    if [*frame] != wanted:
        raise RunFailed(f"{name}: runs gives the columns {', '.join(map(str, frame))}, not {', '.join(wanted)}")
    frame.insert(0, "point", point)
    write_parquet(frame, path)


def summary(rows: pd.DataFrame, outcomes: Sequence[str]) -> pd.DataFrame:
    """Return a row per point, step and outcome: value, error_low, error_high, luck_low, luck_high, sd, runs.

    Parameters
    ----------
    rows : DataFrame
        point, run, step and a column per outcome.
    outcomes : sequence of str

    Examples
    --------
    >>> rows = pd.DataFrame({"point": 0, "run": [0, 1], "step": 1, "goal": [1.0, 3.0]})
    >>> summary(rows, ["goal"])[["value", "sd", "runs"]].round(3).values.tolist()
    [[2.0, 1.414, 2.0]]
    """
    by = rows.groupby(["point", "step"], sort=True)[list(outcomes)]
    found = {
        "value": by.mean(),
        "sd": by.std(),
        "runs": by.count(),
        "luck_low": by.quantile(LUCK[0]),
        "luck_high": by.quantile(LUCK[1]),
    }
    keys = ["point", "step", "outcome"]
    long = pd.concat({k: v.rename_axis("outcome", axis=1).stack(future_stack=True) for k, v in found.items()}, axis=1)
    long = long.reset_index()
    half = half_width(long["sd"].to_numpy(float), long["runs"].to_numpy(float))
    long = long.assign(error_low=long["value"] - half, error_high=long["value"] + half)
    return long[[*keys, "value", "error_low", "error_high", "luck_low", "luck_high", "sd", "runs"]]


def beside(plan: Plan, course: pd.DataFrame) -> pd.DataFrame:
    """Return the last step of each point, and the steps that were published, with what was published beside.

    Parameters
    ----------
    course : DataFrame
        What `summary` returns.
    """
    last = course.groupby("point")["step"].transform("max")
    found = []
    for point in range(len(plan.points)):
        own, end = course[course["point"] == point], int(last[course["point"] == point].iloc[0])
        rows = published(plan.replication, plan.parameters(point))
        steps = {end} | {row.at or end for row in rows}
        for step in sorted(steps & {*own["step"]}):
            said = {k: (v, row) for row in rows if (row.at or end) == step for k, v in row.values.items()}
            at = own[own["step"] == step]
            part = at if step == end else at[at["outcome"].isin([*said])]
            found.append(pd.DataFrame([_compared(r, said.get(r["outcome"])) for r in part.to_dict("records")]))
    return pd.concat(found, ignore_index=True)


def published(replication: Replication, parameters: Values) -> list[Published]:
    """Return the published rows whose parameters are these; how long both went on does not matter."""
    rows = []
    for row in replication.published:
        theirs = replication.values(row.set)
        if all(theirs[k] == v for k, v in parameters.items() if k != STEPS):
            rows.append(row)
    return rows


def _compared(row: dict[Any, Any], said: tuple[tuple[float, float | None], Published] | None) -> dict[Any, Any]:
    """Add to a row what was published, and how many standard errors lie between."""
    if said is None:
        return row | {"published": np.nan, "published_sd": np.nan, "published_runs": np.nan, "apart": np.nan}
    (mean, sd), n = said[0], said[1].runs
    found = row | {"published": mean, "published_sd": np.nan if sd is None else sd}
    found |= {"published_runs": np.nan if n is None else n, "apart": np.nan}
    theirs = 0.0 if sd == 0 else np.nan if sd is None or n is None else sd**2 / n
    error = math.sqrt(row["sd"] ** 2 / row["runs"] + theirs) if row["runs"] > 1 else np.nan
    if error > 0:
        found["apart"] = (row["value"] - mean) / error
    return found


def _say(plan: Plan, table: pd.DataFrame) -> None:
    """Print what comes out beside what was published."""
    replication, screen = plan.replication, console()
    several = table["step"].nunique() > 1
    known = table["published"].notna()
    shown = table if not plan.axes else table[table["outcome"].isin(replication.y) | known]
    runs = f"{plan.runs} run{'s' * (plan.runs > 1)}" + (" each" if plan.axes else "")
    until = f", at step {int(table['step'].max())}" if table["step"].max() > 1 and not several else ""
    rich = Table(title=f"{replication.name}: {runs}{until}", title_justify="left", title_style="bold")
    for axis in plan.axes:
        rich.add_column(axis.key, justify="right" if axis.number else "left")
    if several:
        rich.add_column("step", justify="right")
    rich.add_column("outcome", overflow="fold")
    for column in ("mean ± sd", "95 % interval", *(("published", "apart") if known.any() else ())):
        rich.add_column(column, justify="right", no_wrap=True)
    before: tuple[Any, ...] = ()
    for row in shown.head(SHOWN).to_dict("records"):
        point = plan.points[int(row["point"])]
        place = tuple(_spelled(v) for v in point.values()) + ((str(int(row["step"])),) if several else ())
        cells = [replication.outcomes[row["outcome"]].label]
        cells += [_pair(row["value"], row["sd"]), _interval(row["error_low"], row["error_high"])]
        if known.any():
            cells += [_theirs(row), "" if math.isnan(row["apart"]) else f"{row['apart']:+.1f}"]
        if before and place != before and plan.axes:
            rich.add_section()
        rich.add_row(*(place if place != before else ("",) * len(place)), *cells)
        before = place
    screen.print(rich)
    if len(shown) > SHOWN:
        screen.print(f"… and {len(shown) - SHOWN} rows more in summary.csv")
    screen.print("mean ± sd over runs; 95 % interval: of the mean (computing error).", soft_wrap=True)
    if known.any():
        apart = table["apart"].dropna().abs()
        text = "published: mean ± sd (runs) of the other program; apart: standard errors between the two means"
        screen.print(f"{text}. {_verdict(apart)}".rstrip(), soft_wrap=True)
        rows = [row for point in range(len(plan.points)) for row in published(replication, plan.parameters(point))]
        for note in dict.fromkeys(row.note for row in rows if row.note):
            screen.print(f"published here: {note}.", soft_wrap=True)
    elif replication.published:
        screen.print("Nothing was published at these parameters.", soft_wrap=True)
    screen.print(f"After {replication.source}", soft_wrap=True, markup=False)


def _verdict(apart: pd.Series) -> str:
    """Say how many agree."""
    if apart.empty:
        return ""
    beyond = int((apart > SURE).sum())
    rest = f"{beyond} of {len(apart)} are more than {SURE:g} apart; chance alone gives one in twenty"
    return (
        f"{rest}."
        if beyond
        else f"All {len(apart)} are within {SURE:g}."
        if len(apart) > 1
        else f"It is within {SURE:g}."
    )


def _theirs(row: Mapping[Any, Any]) -> str:
    if math.isnan(row["published"]):
        return ""
    count = "" if math.isnan(row["published_runs"]) else f" ({row['published_runs']:.0f})"
    if row["published_sd"] == 0:
        return f"{_digits(row['published'])} exact"
    return _pair(row["published"], row["published_sd"]) + count


def _pair(mean: float, sd: float) -> str:
    """Return a mean with its sd, or alone.

    Examples
    --------
    >>> _pair(10.144, 0.338), _pair(1234.5, 67.0), _pair(0.33992, float("nan"))
    ('10.14 ± 0.34', '1234 ± 67', '0.3399')
    """
    if math.isnan(mean) or math.isnan(sd):
        return _digits(mean)
    return f"{_digits(mean, sd)} ± {_digits(sd, sd)}"


def _interval(low: float, high: float) -> str:
    return "—" if math.isnan(low) else f"{_digits(low, high - low)} to {_digits(high, high - low)}"


def _digits(x: float, scale: float = 0.0) -> str:
    """Return a number as exact as two digits of `scale`; four digits of its own without one."""
    if math.isnan(x):
        return "—"
    return f"{x:.{min(max(1 - math.floor(math.log10(scale)), 0), 9)}f}" if scale > 0 else f"{x:.4g}"


def _spelled(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _list() -> None:
    """Print which replications there are."""
    screen = console()
    for name in names():
        found = read(name)
        screen.print(f"[bold]{name}[/bold]  {found.about}", soft_wrap=True)
        screen.print(f"    {found.source}", soft_wrap=True, style="dim", markup=False)
    screen.print("\ncrosspurpose replicate NAME --help lists the parameters of one.", soft_wrap=True)


def _help(replication: Replication) -> None:
    """Print what a replication is, and what can be set."""
    screen = console()
    screen.print(f"[bold]{replication.name}[/bold]: {replication.about}", soft_wrap=True)
    screen.print(f"After {replication.source}\n", soft_wrap=True, markup=False)
    rich = Table(title="Parameters", title_justify="left", title_style="bold")
    for column in ("name", "value", "allowed", "meaning"):
        rich.add_column(column, overflow="fold")
    for key, p in replication.parameters.items():
        unit = f" [{p.unit}]".replace("[", r"\[") if p.unit else ""
        rich.add_row(key, _spelled(p.value), p.allowed, f"{p.meaning}{unit}")
    screen.print(rich)
    screen.print(
        f"Also runs={replication.runs}, seed=1, out=FOLDER, workers= (processes), levels=5 (of an interval), "
        "overwrite=false.\nTo sweep: KEY=choice(a,b,...), KEY=range(start,stop,step), KEY=interval(low,high).",
        soft_wrap=True,
    )
