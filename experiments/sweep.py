"""`crosspurpose sweep`: many points of a space of parameters, many runs of each.

All points meet the same people and the same luck, unless `crn=false`. The whole design is checked before the first
run. With `precision` each point runs on, twice as many runs each time, until the interval of its `measure`, or that of
its difference from the first of its pair, is that narrow or a cap is reached. Stopped or killed, the same command
continues.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from rich.table import Table

from experiments import chunks, pointwise
from experiments.axes import Axis
from experiments.chunks import Held, Recipe
from experiments.console import console, counting
from experiments.design import MANY, MOST, Design, Point, points_of_file
from experiments.executors import Executor
from experiments.outcome import check_settings, folder_of
from experiments.space import Space, space_of
from experiments.store import Folder, model_version, source, versions, write_csv, write_parquet
from experiments.survey import Survey, checked, trial
from sim import catalogue
from sim.arrays import Floats
from sim.errors import InvalidInput, unknown
from sim.loading import options
from sim.measures import pooled_measures
from sim.measures.goodhart import NEED_SHADOW, NEED_TWIN

USUAL = 64  # points of a design that is sampled
CAP = 32  # times `runs`, at most, with a precision
SHOWN = 12  # points of the table on the screen
FAMILIES = (
    "effort_",
    "aligned_effort_",
    "utility_",
    "met_",
    "blocked_by_",
    "drift",
)  # of measures by name of something
PRECISE = ("mean", "difference")  # what a precision may look at
DRIFTS = 0.02  # of worth; what a window may move by between its halves without a word


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a sweep is: points, and runs of each.

    Parameters
    ----------
    verb : str
    space : Space
    design : Design
    recipe : Recipe
    runs : int
        Of each point; with a precision, to begin with.
    precision : float or None
        Half-width of the 95 % interval of `measure`.
    precise : str
        Of its `mean` at each point, or of its `difference` from the first of each pair.
    measure : str
    cap : int
        Runs of a point at most.
    """

    verb: str
    space: Space
    design: Design
    recipe: Recipe
    runs: int
    precision: float | None
    precise: str
    measure: str
    cap: int

    def same(self, points: Sequence[Point]) -> dict[str, Any]:
        """Return what the sweep is: two that agree in this have the same numbers."""
        table = json.dumps([dict(p) for p in points], sort_keys=True)
        bases = [{"choice": dict(k), "config": dict(v)} for k, v in self.space.bases.items()]
        return {
            "verb": self.verb,
            "model": model_version(),
            "axes": {a.key: a.words for a in self.space.axes},
            "design": {"kind": self.design.kind, "points": len(points), "pair": self.design.pair},
            "table": hashlib.sha256(table.encode()).hexdigest(),
            "runs": self.runs,
            "seed": self.recipe.seed,
            "crn": self.recipe.apart == 0,
            "precision": self.precision,
            **({"precision_of": self.precise} if self.precise != "mean" else {}),
            "outcome": self.measure,
            "cap": self.cap,
            "window": self.recipe.window,
            "measures": None if self.recipe.measures is None else list(self.recipe.measures),
            "aligned": self.recipe.aligned,
            "shadow": self.recipe.shadow,
            "bases": bases,
            **({"code": catalogue.code()} if catalogue.extensions() else {}),
        }


def main(
    config: dict[str, Any], *, overrides: Sequence[str], choice: Mapping[str, str], command: str, swept: Sequence[str]
) -> int:
    """Sweep as the command line says; print the table and write the folder. 1 if some runs failed."""
    executor = Executor.of(config)
    executor.reach()
    plan = plan_of(config, overrides, swept)
    if plan.design.count > MANY and config["yes"] is not True:
        raise InvalidInput("points", f"{plan.design.count:,} ({plan.design.spelled()})", _long(plan, executor))
    if plan.design.count > MOST:
        raise InvalidInput("points", f"{plan.design.count:,}", f"at most {MOST:,} in one folder; sweep in parts")
    points = plan.design.table()
    with counting("checking", "points") as show:
        known, warnings = checked(plan.space, points, plan.recipe, executor, lambda n, of: show(n, of, 0))
    name = str(config["study"] or _name(plan, choice))
    folder = folder_of(plan.same(points), config["out"], name)
    survey = Survey(path=folder.path.resolve(), space=plan.space, points=points, checked=known, recipe=plan.recipe)
    if config["plan"]:
        _say_plan(plan, survey, executor, warnings)
        return 0
    return conduct(plan, survey, folder, executor, config, command, warnings)


def plan_of(config: Mapping[str, Any], words: Sequence[str], swept: Sequence[str]) -> Plan:
    """Read and check what a sweep is."""
    check_settings({**config, "members": False})
    for key in ("crn", "aligned", "shadow", "plan", "retry", "yes"):
        if not isinstance(config[key], bool):
            raise InvalidInput(key, config[key], "true or false")
    if not swept and config["design"] != "file":
        allowed = "at least one range, such as scheme.strength=interval(0,3) or scheme=choice(commits,none)"
        raise InvalidInput("sweep", "(nothing is swept)", allowed)
    design, space = _design(config, words, swept)
    precision, cap = config["precision"], config["cap"]
    if precision is not None and (isinstance(precision, bool) or not isinstance(precision, int | float)):
        raise InvalidInput("precision", precision, "a number above 0, or null")
    if precision is not None and not precision > 0:
        raise InvalidInput("precision", precision, "a number above 0, or null")
    if cap is not None and (precision is None or isinstance(cap, bool) or not isinstance(cap, int)):
        raise InvalidInput("cap", cap, "a whole number, with precision=..., or null")
    most = config["runs"] if precision is None else cap or CAP * config["runs"]
    if most < config["runs"]:
        raise InvalidInput("cap", cap, f"at least runs, {config['runs']}")
    if precision is not None and config["runs"] < 2:
        raise InvalidInput("runs", config["runs"], "at least 2 with precision=...")
    if not config["crn"] and most * design.count >= 2**32:
        raise InvalidInput("crn", False, "true with so many runs")
    share(config["shard"], 1)
    _check_precise(config)
    check_outcome(str(config["outcome"]), config["aligned"], config["shadow"])
    measures = config["measures"]
    if measures is not None and (not isinstance(measures, list) or not all(isinstance(m, str) for m in measures)):
        raise InvalidInput("measures", measures, "a list of names of measures, or null")
    if measures is not None and str(config["outcome"]) not in measures:
        raise InvalidInput("measures", measures, f"a list with {config['outcome']} in it, which outcome= names")
    return Plan(
        verb="sweep",
        space=space,
        design=design,
        recipe=Recipe(
            seed=config["seed"],
            window=str(config["window"]),
            measures=None if measures is None else tuple(measures),
            aligned=config["aligned"],
            shadow=config["shadow"],
            apart=0 if config["crn"] else most,
        ),
        runs=config["runs"],
        precision=None if precision is None else float(precision),
        precise=config["precision_of"],
        measure=str(config["outcome"]),
        cap=most,
    )


def _check_precise(config: Mapping[str, Any]) -> None:
    """Refuse a precision of differences where there are none, or not all of them here."""
    if config["precision_of"] not in PRECISE:
        raise unknown("precision_of", str(config["precision_of"]), PRECISE)
    if config["precision_of"] == "mean":
        return
    if config["precision"] is None or config["pair"] is None:
        raise InvalidInput("precision_of", "difference", "mean without precision=... and pair=...", "mean")
    if config["shard"] is not None:
        allowed = "null with precision_of=difference, as the points of a pair may be in different shards"
        raise InvalidInput("shard", config["shard"], allowed)
    if config["outcome"] in pooled_measures():
        allowed = "a measure that every run has, with precision_of=difference"
        raise InvalidInput("outcome", config["outcome"], allowed)


def check_outcome(name: str, aligned: bool, shadow: bool) -> None:
    """Refuse a measure that does not exist, or not without the team that runs beside."""
    pooled = pooled_measures()
    parts = {name, *(pooled[name][1] if name in pooled else ())}
    if name not in {*options("measure"), *pooled} and not name.startswith(FAMILIES):
        raise unknown("outcome", name, [*options("measure"), *pooled])
    for key, there, needing in (("aligned", aligned, NEED_TWIN), ("shadow", shadow, NEED_SHADOW)):
        if not there and parts & {*needing}:
            raise InvalidInput("outcome", name, f"a measure that does without {key}=true")


def _design(config: Mapping[str, Any], words: Sequence[str], swept: Sequence[str]) -> tuple[Design, Space]:
    """Return the design, and the space that its axes span."""
    kind = config["design"]
    rows: tuple[Point, ...] = ()
    if (kind == "file") != (config["file"] is not None):
        raise InvalidInput("file", config["file"], "a table (csv) with design=file, and null with any other")
    if kind == "file":
        if swept:
            raise InvalidInput(swept[0].partition("=")[0], swept[0].partition("=")[2], "one value, with design=file")
        axes, rows = points_of_file(str(config["file"]), space_of("sweep", words, ()).bases[()])
        space = space_of("sweep", words, [_as_word(a) for a in axes])
        axes = space.axes
    else:
        space = space_of("sweep", words, swept)
        axes = space.axes
    points = config["points"]
    if kind is None:
        kind = "grid" if points is None and all(a.values is not None for a in axes) else "latin_hypercube"
    if points is None and kind not in ("grid", "file"):
        points = USUAL
    pair = None if config["pair"] is None else str(config["pair"])
    found = Design(
        kind=str(kind), axes=axes, points=points, levels=config["levels"], pair=pair, seed=config["seed"], rows=rows
    )
    return found, space


def _as_word(axis: Axis) -> str:
    """Return a word that spans an axis whose values come from a file."""
    values = ",".join(json.dumps(v) if not isinstance(v, str) else f"'{v}'" for v in axis.values or ())
    return f"{axis.key}=choice({values})"


def conduct(
    plan: Plan,
    survey: Survey,
    folder: Folder,
    executor: Executor,
    config: Mapping[str, Any],
    command: str,
    warnings: Sequence[str],
) -> int:
    """Compute what is missing, write what it says, and tell it."""
    screen, started = console(), time.time()
    there = folder.check(bool(config["overwrite"]))
    manifest = {
        "verb": plan.verb,
        "command": command,
        "seed": plan.recipe.seed,
        "runs": plan.runs,
        "points": len(survey.points),
        "design": plan.design.spelled(),
        "axes": {a.key: a.words for a in plan.space.axes},
        "words": list(plan.space.words),
        "followers": [dict(f) for f in plan.space.followers.values()],
        "switched_on": list(plan.space.on),
        "versions": {**versions(), "source": source()},
        "warnings": list(warnings),
        "refused": {str(i): why for i, why in survey.refused.items()},
    }
    if there != "finished" or config["retry"]:
        folder.begin(manifest, there == "nothing", ("runs",))
        survey.write_points()
    held, seconds = _sound(survey.path, screen), dict[str, float]()
    if config["retry"]:
        for path in {path for path, failed in held.cells.values() if failed}:
            path.unlink()
        held = chunks.held(survey.path, whole=False)
    accepted = [p for p in range(len(survey.points)) if p not in survey.refused]
    wanted = [p for p in share(config["shard"], len(survey.points)) if p not in survey.refused]
    computed = there != "finished" or bool(config["retry"])
    held = _rounds(plan, survey, executor, wanted, held, seconds)
    computed = computed or bool(seconds)
    first = {p: (0, plan.runs) for p in accepted}
    if len(wanted) < len(accepted) and any(not held.has(c) for c in survey.cells(first)):
        _say_failures(screen, held, command)
        done = f"points {config['shard']} are done; the others are not: crosspurpose merge joins the folders"
        screen.print(f"{done}\nResults so far in {folder.path}", soft_wrap=True)
        return int(held.failed() > 0)
    chunks.tidy(survey.path, held)
    held = chunks.held(survey.path, whole=False)
    table = write_summary(plan, survey, held)
    if computed:
        spent = {"duration": round(time.time() - started, 1)}
        spent |= {f"seconds_{k}": round(v, 2) for k, v in seconds.items()}
        status = {"status": "finished", "failed": held.failed(), "computed": held.runs()}
        folder.write_manifest({**manifest, **spent, **status})
    for line in [*warnings, *_refusals(survey)]:
        screen.print(f"note: {line}", soft_wrap=True)
    _say(plan, survey, table, screen)
    failed = _say_failures(screen, held, command)
    screen.print(f"\nResults {'written to' if computed else 'read from'} {folder.path}", soft_wrap=True)
    return int(failed)


def _sound(path: Path, screen: Any) -> Held:
    """Look at what is there; name what is damaged, and take it away so that it is computed again."""
    held = chunks.held(path)
    for damaged in held.damaged:
        screen.print(f"note: {damaged} is damaged; it is computed again", soft_wrap=True)
        damaged.unlink(missing_ok=True)
    return held


def share(text: object, points: int) -> list[int]:
    """Return the numbers of the points that this machine has to look at."""
    if text is None:
        return list(range(points))
    parts = str(text).split("/")
    if len(parts) != 2 or not all(p.isdigit() for p in parts) or not 1 <= int(parts[0]) <= int(parts[1]):
        raise InvalidInput("shard", text, "K/N with K from 1 to N, or null")
    return list(range(int(parts[0]) - 1, points, int(parts[1])))


def _rounds(
    plan: Plan, survey: Survey, executor: Executor, wanted: Sequence[int], held: Held, seconds: dict[str, float]
) -> Held:
    """Run every point, and with a precision go on with those that are not precise yet."""
    runs, open_points = plan.runs, list(wanted)
    spans = {p: (0, runs) for p in open_points}
    while open_points:
        cells = survey.cells(spans)
        if any(not held.has(c) for c in cells):
            text = (
                f"{len(open_points)} points" if plan.precision is None else f"{len(open_points)} points to {runs} runs"
            )
            with counting(text, "runs") as show:
                survey.complete(cells, executor, show, held, seconds)
            held = chunks.held(survey.path, whole=False)
        if plan.precision is None or runs >= plan.cap:
            break
        open_points = _imprecise(plan, survey, held, open_points, runs)
        spans, runs = {p: (runs, min(2 * runs, plan.cap)) for p in open_points}, min(2 * runs, plan.cap)
    return held


def _imprecise(plan: Plan, survey: Survey, held: Held, points: Sequence[int], runs: int) -> list[int]:
    """Return the points whose interval is too wide after so many runs, or not there.

    Of a difference: with the points that they are compared with. Runs of later rounds, which a killed sweep has left,
    are not looked at.
    """
    _known_measure(plan.measure, survey.frames(held, points[:1]))
    if plan.precise == "difference":
        kinds = _whole_kinds(survey, held, plan.design.crossed, frozenset(points))
        apart = _differences(plan, (f[f["run"] < runs] for f in kinds), [plan.measure])
        wide = apart[~(_half_of_differences(plan, apart) <= (plan.precision or 0.0))]
        return sorted({int(p) for p in wide[["point", "reference"]].to_numpy().ravel()})
    frames = (f[f["run"] < runs] for f in survey.frames(held, points))
    table = pointwise.summary(frames, [plan.measure])
    half = (table["error_high"] - table["value"]).to_numpy(float)
    narrow = {int(p) for p, h in zip(table["point"], half, strict=True) if h <= (plan.precision or 0.0)}
    return [p for p in points if p not in narrow]


def _differences(plan: Plan, kinds: Iterable[pd.DataFrame], measures: Sequence[str] | None = None) -> pd.DataFrame:
    """Return how each point differs from the first of its pair, a row per point and measure."""
    return pointwise.differences(kinds, plan.design.crossed, measures, paired=plan.recipe.apart == 0)


def _half_of_differences(plan: Plan, apart: pd.DataFrame) -> Floats:
    """Return half the interval of each difference: the paired one, or the unpaired one where luck is not shared."""
    high = "error_high" if plan.recipe.apart == 0 else "unpaired_high"
    return (apart[high] - apart["difference"]).to_numpy(float)


def _known_measure(measure: str, frames: Any) -> None:
    names = {c for f in frames for c in f if c not in pointwise.NOT_MEASURED}
    names |= {k for k, (_, parts) in pooled_measures().items() if {*parts} <= names}
    if measure not in names and names:
        raise unknown("outcome", measure, names)


def write_summary(plan: Plan, survey: Survey, held: Held) -> pd.DataFrame:
    """Write what the runs say of each point, and of pairs; return the former, a row per point and measure."""
    table = pointwise.summary(survey.frames(held))
    write_parquet(table, survey.path / "summary.parquet")
    write_csv(wide(survey.points, table), survey.path / "summary.csv")
    if plan.design.pair is not None:
        apart = _differences(plan, _whole_kinds(survey, held, plan.design.crossed))
        write_parquet(apart, survey.path / "differences.parquet")
    return table


def _whole_kinds(
    survey: Survey, held: Held, crossed: int, among: Container[int] | None = None
) -> Iterator[pd.DataFrame]:
    """Yield the rows of points, all or some, that are compared together."""
    count = len(survey.points)
    step = max(1, 1000 // crossed) * crossed
    for first in range(0, count, step):
        chosen = [p for p in range(first, min(first + step, count)) if among is None or p in among]
        frames = list(survey.frames(held, chosen))
        if frames:
            yield pd.concat(frames, ignore_index=True)


def wide(points: Sequence[Point], table: pd.DataFrame) -> pd.DataFrame:
    """Return one row per point: its parameters, runs and failures, and of each measure the mean and its error."""
    from experiments.survey import points_table

    found = points_table(points).set_index("point")
    by = table.assign(error=(table["error_high"] - table["error_low"]) / 2).set_index(["point", "measure"])
    if len(by):
        counts = by.groupby(level="point")[["runs", "failed"]].max()
        values, errors = by["value"].unstack(), by["error"].unstack()
        measures = {m: values[m] for m in values}
        around = {f"{m}_error": errors[m] for m in errors}
        each = [s for m in values for s in (measures[m], around[f"{m}_error"].rename(f"{m}_error"))]
        found = found.join(counts).join(pd.concat(each, axis=1))
    return found.copy().reset_index()


def _say(plan: Plan, survey: Survey, table: pd.DataFrame, screen: Any) -> None:
    """Print the points that have most and least of the measure, and what else a reader should know."""
    if len(table):
        _known_measure_of(plan.measure, table)
    own = table[table["measure"] == plan.measure].sort_values("value", ascending=False, kind="stable")
    shown = own if len(own) <= SHOWN else pd.concat([own.head(SHOWN // 2), own.tail(SHOWN // 2)])
    title = f"{plan.measure} of {len(survey.points)} points"
    title += "" if len(own) <= SHOWN else f", the {SHOWN // 2} highest and the {SHOWN // 2} lowest"
    rich = Table(title=title, title_justify="left", title_style="bold")
    for column in ("point", *(a.key for a in plan.space.axes)):
        rich.add_column(column, overflow="fold")
    for column in (plan.measure, "± 95 %", "luck 80 %", "runs"):
        rich.add_column(column, justify="right")
    for row in shown.to_dict("records"):
        point = survey.points[int(row["point"])]
        values = [f"{v:.4g}" if isinstance(v, float) else str(v) for v in point.values()]
        half = (row["error_high"] - row["error_low"]) / 2
        luck = "—" if np.isnan(row["luck_low"]) else f"{row['luck_low']:.3f} to {row['luck_high']:.3f}"
        numbers = [f"{row['value']:.4f}", "—" if np.isnan(half) else f"{half:.4f}", luck, f"{row['runs']:.0f}"]
        rich.add_row(str(int(row["point"])), *values, *numbers)
    screen.print(rich)
    alike = "the same people and the same luck at every point" if plan.recipe.apart == 0 else "other luck at each point"
    screen.print(f"± : computing error of each point by itself; luck: the middle 80 % of single runs; {alike}.")
    for part in plan.space.on:
        screen.print(f"note: {part}, as one of its parameters is swept", soft_wrap=True)
    if plan.precision is not None and len(own):
        if plan.precise == "difference":
            apart = pd.read_parquet(survey.path / "differences.parquet")
            half, what = _half_of_differences(plan, apart[apart["measure"] == plan.measure]), "differences"
        else:
            half, what = (own["error_high"] - own["value"]).to_numpy(float), "points"
        met = int((half <= plan.precision).sum())
        line = f"{met} of {len(half)} {what} are within ± {plan.precision:g} of {plan.measure}"
        rest = f"; {len(half) - met} stopped at the cap of {plan.cap} runs" if met < len(half) else ""
        screen.print(f"{line}{rest}. Intervals that end when they are narrow are a little too narrow.", soft_wrap=True)
    drift = table[table["measure"] == "drift"]
    if len(drift):
        worth = table[table["measure"] == "worth"].set_index("point")["value"].reindex(drift["point"]).abs().fillna(0.0)
        sure = (drift["error_low"] > 0) | (drift["error_high"] < 0)
        moves = sure.to_numpy() & (drift["value"].abs().to_numpy() > DRIFTS * worth.to_numpy())
        if moves.any():
            text = f"worth still moves between the halves of the window at {int(moves.sum())} of {len(drift)} points"
            screen.print(f"note: {text}: what is measured is no steady state", soft_wrap=True)


def _known_measure_of(measure: str, table: pd.DataFrame) -> None:
    if measure not in set(table["measure"]):
        raise unknown("outcome", measure, set(table["measure"]))


def _say_failures(screen: Any, held: Held, command: str) -> bool:
    failed = held.failed()
    if failed:
        text = f"{failed} of {held.runs()} runs failed; their rows have the error"
        again = command if " retry=true" in command else f"{command} retry=true"
        screen.print(f"{text}. To run them again: {again}", soft_wrap=True)
    return failed > 0


def _refusals(survey: Survey) -> list[str]:
    """Say how many points the model refuses, and why the first of them."""
    found = survey.refused
    if not found:
        return []
    number, why = next(iter(found.items()))
    return [f"{len(found)} of {len(survey.points)} points are refused by the model and left out; point {number}: {why}"]


def _name(plan: Plan, choice: Mapping[str, str]) -> str:
    swept = {a.key for a in plan.space.axes}
    for group in ("limit", "scheme", "scenario"):
        if choice.get(group) not in (None, "null", "none") and group not in swept:
            return choice[group]
    return "points"


def _long(plan: Plan, executor: Executor) -> str:
    """Say how long a very large design would take, tried on its first point alone."""
    first: Point = {a.key: a.ends()[0] for a in plan.space.axes}
    known, _ = checked(plan.space, [first], plan.recipe, Executor(kind="serial"), lambda n, of: None)
    survey = Survey(path=Path("."), space=plan.space, points=[first], checked=known, recipe=plan.recipe)
    seconds, size = trial(survey, min(plan.runs, 256))
    runs = plan.design.count * plan.runs
    long, large = spelled_time(seconds * runs / _cores(executor)), spelled_size(size * runs)
    return f"up to {MANY:,} points; these are {runs:,} runs, about {long} and {large} here (yes=true means it)"


def _say_plan(plan: Plan, survey: Survey, executor: Executor, warnings: Sequence[str]) -> None:
    """Say what a sweep would take; nothing is started and nothing written."""
    seconds, size = trial(survey, plan.runs)
    points = len(survey.points) - len(survey.refused)
    runs, most = points * plan.runs, points * plan.cap
    cores, screen = _cores(executor), console()
    for line in [*warnings, *_refusals(survey)]:
        screen.print(f"note: {line}", soft_wrap=True)
    screen.print(f"points   {len(survey.points):,} ({plan.design.spelled()}), all checked")
    goal = pointwise.spelled_precision(plan.precision or 0.0, plan.measure, plan.precise)
    up = "" if plan.precision is None else f" to {most:,}, until {goal}"
    screen.print(f"runs     {runs:,}{up}")
    longest = "" if plan.precision is None else f" to {spelled_time(seconds * most / cores)}"
    screen.print(
        f"time     about {spelled_time(seconds * runs / cores)}{longest} with {cores} at a time, "
        f"{1000 * seconds:.2g} ms a run"
    )
    largest = "" if plan.precision is None else f" to {spelled_size(size * most)}"
    screen.print(f"disk     about {spelled_size(size * runs)}{largest}, {size:.0f} bytes a run")
    screen.print("Nothing was started: leave out plan=true to start.")


def _cores(executor: Executor) -> int:
    return 1 if executor.kind == "serial" else executor.workers or os.cpu_count() or 1


def spelled_time(seconds: float) -> str:
    """Return a time in words.

    Examples
    --------
    >>> [spelled_time(s) for s in (3, 200, 9000, 3e6, 4e12)]
    ['3 seconds', '3.3 minutes', '2.5 hours', '34.7 days', '126,839 years']
    """
    for unit, size in (("years", 365 * 86400), ("days", 2 * 86400), ("hours", 2 * 3600), ("minutes", 120)):
        if seconds >= size:
            one = {"years": 365 * 86400, "days": 86400, "hours": 3600, "minutes": 60}[unit]
            return f"{seconds / one:,.0f} {unit}" if unit == "years" else f"{seconds / one:.1f} {unit}"
    return f"{max(seconds, 1):.0f} seconds"


def spelled_size(size: float) -> str:
    """Return a number of bytes in words.

    Examples
    --------
    >>> [spelled_size(s) for s in (900, 2.5e6, 7e9, 3e15)]
    ['1 kB', '2.5 MB', '7.0 GB', '3,000.0 TB']
    """
    for unit, one in (("TB", 1e12), ("GB", 1e9), ("MB", 1e6)):
        if size >= one:
            return f"{size / one:,.1f} {unit}"
    return f"{max(size / 1e3, 1):.0f} kB"
