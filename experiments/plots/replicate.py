"""A replication: its outcomes over the steps, or against what is swept, with what was published."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from experiments.plots import style
from experiments.pointwise import half_width
from experiments.store import write_csv
from sim.arrays import Floats

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

    from experiments.replications import Parameter
    from experiments.replications.plan import Plan

ORDER = (0, 6, 2, 5, 7, 1, 8, 4)  # of colours
ACROSS = 2  # panels beside each other
HIGH, ABOVE, BELOW = 2.9, 0.45, 0.75  # of a panel · room for its heading · for what is below it [inch]
SHORT = 32  # characters of a meaning that stands beside its name
SIDE = 0.95  # room for the numbers beside a panel [inch]


@dataclass(frozen=True, kw_only=True)
class Against:
    """What the outcomes are drawn against.

    Parameters
    ----------
    label : str
    key : str or None
        The parameter; None: the steps, or nothing.
    names : list of str or None
        Of the places 0, 1, … where it is no number.
    log : bool
    """

    label: str
    key: str | None
    names: list[str] | None
    log: bool


def draw(path: Path, plan: Plan, course: pd.DataFrame) -> None:
    """Draw the picture of a study and write the table behind it.

    Parameters
    ----------
    path : Path
        Of the picture; the table stands beside it.
    plan : Plan
    course : DataFrame
        What `replicate.summary` returns.
    """
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    replication, over_steps = plan.replication, not plan.axes and plan.replication.x == "step"
    over_steps = over_steps and course["step"].nunique() > 1
    against, table = _steps(plan, course) if over_steps else _parameters(plan, course)
    ours, theirs = table[table["source"] == "ours"], table[table["source"] == "published"]
    write_csv(table, path.with_suffix(".csv"))

    lines = list(dict.fromkeys(ours["line"]))
    drawn = lines[: len(ORDER)]
    paint = {line: style.COLOURS[ORDER[i]] for i, line in enumerate(drawn)}
    handles: list[Artist] = []
    if len(lines) > 1:
        handles += [Line2D([], [], color=paint[x], linewidth=2.5, label=style.folded(x, 40, 1)[0]) for x in drawn]
    handles.append(Patch(color=style.PALE, alpha=0.45, linewidth=0, label="computing error (95 %)"))
    handles.append(Patch(color=style.PALE, alpha=0.15, linewidth=0, label="luck (middle 80 % of runs)"))
    if len(theirs):
        mark: Mapping[str, Any] = {"marker": "D", "markersize": 8, "markerfacecolor": "white", "color": style.INK}
        handles.append(Line2D([], [], linewidth=1.6, **mark, label="published (95 %)"))
    columns = style.columns_that_fit([str(h.get_label()) for h in handles])
    key = 0.15 + 0.3 * math.ceil(len(handles) / columns)

    rows = math.ceil(len(replication.y) / ACROSS)
    across = min(ACROSS, len(replication.y))
    figure, bottom, top = style.page(
        rows * (ABOVE + HIGH + BELOW) + key + 1.5, _title(plan, against), _caption(plan, course, lines, over_steps)
    )
    style.key(figure, handles, top, columns=columns, long=2)
    each, wide = (top - key - bottom) / rows, (style.WIDTH - style.MARGIN) / across
    for i, outcome in enumerate(replication.y):
        row, column = divmod(i, across)
        left, ceiling = column * wide + SIDE, top - key - row * each
        ax = style.room(figure, left, ceiling - each + BELOW, (column + 1) * wide - 0.05, ceiling - ABOVE)
        about = replication.outcomes[outcome]
        unit = f" [{about.unit}]" if about.unit and about.unit != about.label else ""
        ax.set_title(style.plain(f"{about.label}{unit}"), size=style.TEXT + 1, loc="left", color=style.INK)
        ax.set_xlabel(style.plain(against.label), size=style.TEXT, color=style.INK)
        for j, line in enumerate(drawn):
            shift = 0.0 if against.names is None else (j - (len(drawn) - 1) / 2) * 0.6 / len(drawn)
            own = ours[(ours["outcome"] == outcome) & (ours["line"] == line)]
            _curve(ax, own.assign(x=own["x"] + shift), paint[line], joined=against.names is None, dots=not over_steps)
            said = theirs[(theirs["outcome"] == outcome) & (theirs["line"] == line)]
            _published(ax, said, style.INK if len(lines) == 1 else paint[line], shift)
        if against.names is not None:
            room = int((wide - SIDE) / len(against.names) / style.CHARACTER)
            ax.set_xticks(range(len(against.names)), ["\n".join(style.folded(n, max(5, room))) for n in against.names])
            ax.set_xlim(-0.5, len(against.names) - 0.5)
        if against.log:
            ax.set_xscale("log")
    style.save(figure, path)


def _steps(plan: Plan, course: pd.DataFrame) -> tuple[Against, pd.DataFrame]:
    """Return the outcomes over the steps of the one point, and what was published of it."""
    rows = course[course["outcome"].isin(plan.replication.y)]
    ours = rows.drop(columns="point").rename(columns={"step": "x"}).assign(line="", source="ours")
    end = int(course["step"].max())
    theirs = [
        _row("", float(p.at or end), k, v, p.runs)
        for p in plan.replication.published_at(plan.parameters(0))
        for k, v in p.values.items()
        if (p.at or end) <= end
    ]
    return Against(label="step", key=None, names=None, log=False), _together(plan, ours, theirs)


def _parameters(plan: Plan, course: pd.DataFrame) -> tuple[Against, pd.DataFrame]:
    """Return the outcomes at the last step against one parameter, a line for each value of the others."""
    replication = plan.replication
    last = course[course["step"] == course.groupby("point")["step"].transform("max")]
    last = last[last["outcome"].isin(replication.y)]
    key = _across(plan)
    axis = next((a for a in plan.axes if a.key == key), None)
    at = [plan.parameters(i)[key] if key is not None else "" for i in range(len(plan.points))]
    lines = [_line({k: v for k, v in p.items() if k != key}) for p in plan.points]
    places: list[str] | None = None
    x = {i: at[i] for i in range(len(at))}
    if key is None or not replication.parameters[key].number:
        places = list(dict.fromkeys(_word(v) for v in at))
        x = {i: places.index(_word(v)) for i, v in x.items()}
    ours = last.assign(x=last["point"].map(x), line=last["point"].map(dict(enumerate(lines))), source="ours")
    theirs, seen = [], set()
    for i in range(len(plan.points)):
        own, end = plan.parameters(i), int(last[last["point"] == i]["step"].iloc[0])
        for row in replication.published:
            there = replication.values(row.set).get(key) if key is not None else None
            if places is not None and key is not None and _word(there) not in places:
                continue
            fits = row in replication.published_at(own if key is None else {**own, key: there})
            if not fits or (row.at or end) != end:
                continue
            place: Any = 0 if key is None else there if places is None else places.index(_word(there))
            for outcome, value in row.values.items():
                if (lines[i], place, outcome) not in seen:
                    seen.add((lines[i], place, outcome))
                    theirs.append(_row(lines[i], float(place), outcome, value, row.runs))
    said = "" if key is None else _called(key, replication.parameters[key])
    found = Against(label=said, key=key, names=places, log=axis is not None and axis.log)
    return found, _together(plan, ours.drop(columns=["point", "step"]), theirs)


def _called(key: str, parameter: Parameter) -> str:
    """Return the name of a parameter with what it means, where that is short, and its unit."""
    meaning = parameter.meaning.partition(":")[0]
    words = f"{key}: {meaning}" if len(meaning) <= SHORT else key
    return f"{words} [{parameter.unit}]" if parameter.unit else words


def _across(plan: Plan) -> str | None:
    """Return the parameter that the outcomes are drawn against."""
    swept = [a.key for a in plan.axes]
    if plan.replication.x in plan.replication.parameters and (plan.replication.x in swept or not swept):
        return plan.replication.x
    numbers = [a.key for a in plan.axes if a.number]
    return next(iter([*numbers, *swept]), None)


def _row(line: str, x: float, outcome: str, value: tuple[float, float | None], runs: int | None) -> dict[str, Any]:
    """Return a published number as a row of the table, with the interval of its mean where it is known."""
    mean, sd = value
    known = sd is not None and runs is not None
    half = float(half_width(np.array(sd), np.array(float(runs)))) if sd is not None and runs is not None else np.nan
    found = {"line": line, "x": x, "outcome": outcome, "value": mean, "sd": sd if known else np.nan, "runs": runs}
    return {**found, "error_low": mean - half, "error_high": mean + half, "source": "published"}


def _together(plan: Plan, ours: pd.DataFrame, theirs: Sequence[dict[str, Any]]) -> pd.DataFrame:
    columns = [
        "source",
        "line",
        "x",
        "outcome",
        "value",
        "error_low",
        "error_high",
        "luck_low",
        "luck_high",
        "sd",
        "runs",
    ]
    shown = [row for row in theirs if row["outcome"] in plan.replication.y]
    parts = [ours[columns], *([pd.DataFrame(shown).reindex(columns=columns).astype({"runs": float})] if shown else [])]
    return pd.DataFrame({c: np.concatenate([p[c].to_numpy() for p in parts]) for c in columns})


def _curve(ax: Axes, own: pd.DataFrame, colour: str, joined: bool, dots: bool) -> None:
    """Draw one line with its bands, or single values with theirs."""
    own = own.sort_values("x", kind="stable")
    x, value = own["x"].to_numpy(float), own["value"].to_numpy(float)
    half = np.nan_to_num((own["error_high"] - own["error_low"]).to_numpy(float) / 2)
    if not joined or len(own) == 1:
        ax.vlines(x, own["luck_low"], own["luck_high"], color=colour, alpha=0.15, linewidth=16)
        ax.errorbar(x, value, yerr=half, fmt="o", color=colour, markersize=7, elinewidth=2.5, capsize=4)
        return
    ax.fill_between(x, own["luck_low"], own["luck_high"], color=colour, alpha=0.13, linewidth=0)
    ax.fill_between(x, value - half, value + half, color=colour, alpha=0.4, linewidth=0)
    ax.plot(x, value, "o-" if dots else "-", color=colour, linewidth=2.2, markersize=5)


def _published(ax: Axes, own: pd.DataFrame, colour: str, shift: float) -> None:
    """Draw what was published, with the interval of its mean."""
    half: Floats = np.nan_to_num((own["error_high"] - own["error_low"]).to_numpy(float) / 2)
    ax.errorbar(
        own["x"].to_numpy(float) + shift,
        own["value"],
        yerr=half,
        fmt="D",
        markersize=7,
        markerfacecolor="white",
        color=colour,
        markeredgewidth=1.8,
        elinewidth=1.6,
        capsize=4,
        zorder=5,
    )


def _title(plan: Plan, against: Against) -> str:
    name = plan.replication.name.replace("_", " ")
    what = f"against {against.key}" if against.key else "step by step" if against.names is None else ""
    return f"{name[:1].upper()}{name[1:]}, run again{f': {what}' if what else ''}"


def _caption(plan: Plan, course: pd.DataFrame, lines: Sequence[str], over_steps: bool) -> str:
    replication = plan.replication
    changed = {k: v for k, v in plan.fixed.items() if v != replication.values({})[k]}
    held = f" Set: {_line(changed)}." if changed else ""
    end = int(course["step"].max())
    when = "" if over_steps or end == 1 else f" at step {end}"
    more = f" {len(ORDER)} of {len(lines)} lines are drawn; all are in the table." if len(lines) > len(ORDER) else ""
    who = f"Means of {plan.runs} run{'s' * (plan.runs > 1)}{when}, seed {plan.seed}."
    return f"{who}{held}{more} After {replication.source}."


def _line(values: dict[str, Any]) -> str:
    return ", ".join(f"{k}={_word(v)}" for k, v in values.items())


def _word(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:.4g}" if isinstance(value, float) else str(value)
