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
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from rich.table import Table

from experiments.console import console, counting
from experiments.executors import Executor, Lost, map_chunks
from experiments.outcome import folder_of
from experiments.pointwise import half_width
from experiments.replications import WORDS as OF_THE_VERB
from experiments.replications import Published, Replication, code, names, read
from experiments.replications.plan import Plan, Values, model, plan_of, single, whole
from experiments.stats import LUCK
from experiments.store import Folder, source, versions, write_csv, write_parquet
from experiments.survey import points_table
from sim.errors import InvalidInput, RunFailed

SHOWN = 60  # rows of the table on the screen
SURE = 2.0  # standard errors within which two means agree
INDEX = ("point", "run", "step")


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
    workers = whole("workers", settings["workers"]) if "workers" in settings else None
    executor = Executor(kind="processes", workers=workers)
    overwrite = single("overwrite", settings.get("overwrite", "false"))
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
        rows = plan.replication.published_at(plan.parameters(point))
        steps = {end} | {row.at or end for row in rows}
        for step in sorted(steps & {*own["step"]}):
            said = {k: (v, row) for row in rows if (row.at or end) == step for k, v in row.values.items()}
            at = own[own["step"] == step]
            part = at if step == end else at[at["outcome"].isin([*said])]
            found.append(pd.DataFrame([_compared(r, said.get(r["outcome"])) for r in part.to_dict("records")]))
    return pd.concat(found, ignore_index=True)


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
        rows = [row for point in range(len(plan.points)) for row in replication.published_at(plan.parameters(point))]
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
