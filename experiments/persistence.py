"""`crosspurpose persistence`: what is left of each intervention when it is over, and while it is held.

    d_r(t)      outcome with it minus without, run by run: the same people and the same luck
    M(t)        mean of d over runs and four weeks
    peak        M where |M| is highest from its start until as long again after a pulse would have ended; every second
                run chooses where, the others say how high
    share left  M in weeks 49-52 after the end of the pulse, over the peak; of what is held, at the same time
    half-life   weeks from the end until M first is at most half the peak; none within the weeks looked at: not yet
    relapse     how far M swings to the other side of 0 after the end, as a share of the peak

All undefined where the interval of the peak reaches the smallest effect of interest: a share of next to nothing
says nothing. With smallest=0 that is where the interval includes 0. Intervals are jackknives over the runs that do not
choose.

References
----------
The split between runs that choose and runs that say: Hastie, Tibshirani & Friedman (2009), section 7.10. The measures:
ours, after the recovery half-life of ecology (Pimm 1984, Nature 307, 321-326).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from rich.table import Table
from scipy import stats as scipy_stats

from experiments.console import console
from experiments.outcome import Outcome, outcome, said
from experiments.stats import LEVEL
from experiments.store import write_csv
from experiments.study import Study, check_size
from sim.arrays import Floats
from sim.errors import InvalidInput, nearest, unknown
from sim.interventions import LINES
from sim.loading import named, options, read, scenario_part
from sim.results import columns_of
from sim.scenario import Scenario, scenario_from

SPAN = 4  # weeks of a mean
MODES = ("pulse", "held")
NOTHING = "nothing"
NAMES = {"symptom": "symptoms", "function": "functions", "perception": "perceptions"}


def main(config: dict[str, Any], *, overrides: Sequence[str], choice: Mapping[str, str], command: str) -> int:
    """Run as the command line says; print the table and write the folder."""
    for key in ("start", "pulse", "after"):
        least = 0 if key == "start" else SPAN
        if not isinstance(config[key], int) or isinstance(config[key], bool) or config[key] < least:
            raise InvalidInput(key, config[key], f"a whole number of weeks, at least {least}")
    if not isinstance(config["smallest"], int | float) or not 0 <= config["smallest"] < math.inf:
        raise InvalidInput("smallest", config["smallest"], "a number, at least 0")
    base = scenario_from(scenario_part(config))
    names = _tried(config["tried"])
    found, notes = variants(base, names, config["start"], config["pulse"], config["after"])
    columns = [c for c in columns_of(base) if not c.endswith("_square")]
    if config["outcome"] not in columns:
        raise InvalidInput(
            "outcome", config["outcome"], "something that is there every week", nearest(str(config["outcome"]), columns)
        )
    study = Study(
        verb="persistence", variants=found, runs=config["runs"], seed=config["seed"], members=config["members"]
    )
    check_size(study.runs, study.seed)
    if study.runs < 4:
        raise InvalidInput("runs", study.runs, "at least 4: every second one chooses, the others say")
    done = outcome(study, config, choice["scenario"], command)
    end = config["start"] + config["pulse"]
    course = (config["start"], end, config["after"], float(config["smallest"]))
    table = table_of(done, names, str(config["outcome"]), *course)
    target = done.folder.path / f"persistence_{config['outcome']}.csv"
    if done.computed or not target.exists():
        from experiments.plots.persistence import draw

        write_csv(table, target)
        draw(done.folder.path / "plots" / f"persistence_{config['outcome']}.png", table, config, study.runs)
    screen = console()
    for line in [*notes, *done.warnings]:
        screen.print(f"note: {line}", soft_wrap=True)
    screen.print(_printed(table, str(config["outcome"])))
    said(screen, done)
    return 0


def _tried(given: object) -> list[str]:
    """Return the interventions asked for, each a name that exists."""
    if given is None:
        return options("intervention")
    listed = [given] if isinstance(given, str) else given
    if not isinstance(listed, list) or not listed:
        raise InvalidInput("tried", given, f"a list of at least one of {', '.join(options('intervention'))}")
    for name in listed:
        if name not in options("intervention"):
            raise unknown("tried", str(name), options("intervention"))
        if listed.count(name) > 1:
            raise InvalidInput("tried", name, "each name once")
    return [str(n) for n in listed]


def variants(
    base: Scenario, names: Sequence[str], start: int, pulse: int, after: int
) -> tuple[dict[str, Scenario], list[str]]:
    """Return the scenario without anything and with each intervention in both modes; notes on those that do not fit."""
    weeks = start + pulse + after
    plain = base.with_({"weeks": weeks, "interventions": [], "intervener.authority": 1.0})
    found, notes = {NOTHING: plain}, []
    for name in names:
        own = {}
        for mode in MODES:
            one = {"use": name, "start": start, "mode": mode, "weeks": pulse}
            try:
                config = scenario_part({**plain.config, "interventions": [one]})
                own[f"{name}, {mode}"] = scenario_from(named(config))
            except InvalidInput as error:
                notes.append(f"{name} does not fit this scenario: {error}")
                break
        else:
            found |= own
    if len(found) == 1:
        raise InvalidInput("tried", ", ".join(names), "an intervention that fits the scenario")
    return found, notes


def kind_of(name: str) -> str:
    """Return what an intervention treats, by its first line."""
    lines = [line["line"] for line in read("intervention", name)["lines"]]
    return next(k for k in LINES if k in lines)


def smoothed(x: Floats) -> Floats:
    """Mean of each `SPAN` weeks, by the first of them: (runs, weeks) to (runs, weeks − SPAN + 1)."""
    sums = np.cumsum(np.pad(x, ((0, 0), (1, 0))), axis=1)
    return np.asarray((sums[:, SPAN:] - sums[:, :-SPAN]) / SPAN)


def measured(d: Floats, start: int, end: int, after: int, smallest: float = 0.0) -> dict[str, float]:
    """Return how high an effect rises and what is left of it.

    Parameters
    ----------
    d : (runs, weeks)
        With it minus without.
    start, end : int
        The week of its beginning, and that of the end of a pulse.
    after : int
        Weeks looked at after that.
    smallest : float
        Size that a peak must surely have for what is left of it to be told.

    Examples
    --------
    >>> d = np.zeros((8, 60)); d[:, 10:20] = 1.0; d[:, 20:] = 0.25
    >>> found = measured(d, 10, 20, 40)
    >>> found["peak"], found["left"], found["half_life"]
    (1.0, 0.25, 0.0)
    """
    x = smoothed(d)
    latest = min(end + (end - start), x.shape[1])
    top = start + int(np.argmax(np.abs(x[::2, start:latest].mean(axis=0))))
    say = x[1::2]
    n = len(say)
    half = float(scipy_stats.t.ppf(0.5 + LEVEL / 2, max(n - 1, 1)))
    peak, spread = float(say[:, top].mean()), float(say[:, top].std(ddof=1) / math.sqrt(n))
    found = {
        "peak": peak,
        "peak_low": peak - half * spread,
        "peak_high": peak + half * spread,
        "peak_week": float(top - start),
    }
    rest = float(d[1::2, start:].mean())
    error = float(d[1::2, start:].mean(axis=1).std(ddof=1) / math.sqrt(n))
    found |= {"mean": rest, "mean_low": rest - half * error, "mean_high": rest + half * error}
    if found["peak_low"] <= smallest and found["peak_high"] >= -smallest:
        return found | dict.fromkeys(("left", "left_low", "left_high", "half_life", "relapse"), math.nan)
    last = min(end + after, d.shape[1]) - SPAN
    left = float(say[:, last].mean() / peak)
    without = [(s[:, last].mean() / s[:, top].mean()) for s in (np.delete(say, i, axis=0) for i in range(n))]
    wide = math.sqrt((n - 1) / n * float(np.square(np.array(without) - np.mean(without)).sum()))
    course = say.mean(axis=0)[end:] / peak
    below = np.flatnonzero(course <= 0.5)
    return found | {
        "left": left,
        "left_low": left - half * wide,
        "left_high": left + half * wide,
        "half_life": float(below[0]) if len(below) else math.inf,
        "relapse": float(max(0.0, -course.min())),
    }


def table_of(
    done: Outcome, names: Sequence[str], column: str, start: int, end: int, after: int, smallest: float
) -> pd.DataFrame:
    """Return a row per intervention and mode."""
    weekly = done.weekly()
    wide = {
        str(name): own.pivot(index="run", columns="week", values=column).to_numpy(float)
        for name, own in weekly.groupby("scheme", sort=False)
    }
    rows = []
    for name in names:
        for mode in MODES:
            if f"{name}, {mode}" in wide:
                own = read("intervention", name)
                d = np.nan_to_num(wide[f"{name}, {mode}"] - wide[NOTHING])
                about = {"intervention": name, "plain": own["label"]["plain"], "kind": kind_of(name), "mode": mode}
                costs = {"authority": own["authority"], "hours": own["hours"]}
                rows.append({**about, **measured(d, start, end, after, smallest), **costs})
    table = pd.DataFrame(rows)
    order = {k: i for i, k in enumerate(LINES)}
    return table.sort_values(
        ["kind", "intervention"],
        key=lambda c: c.map(order) if c.name == "kind" else c,
        kind="stable",
        ignore_index=True,
    )


def _printed(table: pd.DataFrame, column: str) -> Table:
    shown = Table(title=f"What each does to {column}, and what is left of it", title_justify="left")
    for name in ("intervention", "mode", "peak", "share left", "half-life", "relapse"):
        shown.add_column(name, justify="left" if name in ("intervention", "mode") else "right")
    for kind, own in table.groupby("kind", sort=False):
        shown.add_section()
        shown.add_row(f"[bold]{NAMES[str(kind)]}[/bold]")
        for r in own.to_dict("records"):
            half = (
                "—"
                if math.isnan(r["half_life"])
                else "not yet"
                if math.isinf(r["half_life"])
                else f"{r['half_life']:.0f} weeks"
            )
            left = "—" if math.isnan(r["left"]) else f"{r['left']:.0%} ± {(r['left_high'] - r['left_low']) / 2:.0%}"
            back = "—" if math.isnan(r["relapse"]) else f"{r['relapse']:.0%}"
            size = f"{r['peak']:.3f} ± {(r['peak_high'] - r['peak_low']) / 2:.3f}"
            shown.add_row(r["intervention"], r["mode"], size, left, half, back)
    return shown
