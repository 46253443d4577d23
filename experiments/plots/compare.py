"""The four pictures of a comparison, each with the table behind it.

time      worth and score over time, a panel per scheme
effort    what the week is spent on, beside the aligned team
ranking   worth with both spreads, benchmarks as reference lines
debt      worth against the debt that is left
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from experiments.plots import style
from experiments.plots.motives import motives
from experiments.plots.panels import columns_for, start, timeline
from experiments.plots.spread import three_spreads
from experiments.plots.stocks import stocks
from experiments.plots.validity import validity
from experiments.stats import method
from experiments.tables import About, Spread, by_worth, spreads
from sim.arrays import Floats
from sim.scenario import Scenario

if TYPE_CHECKING:
    from matplotlib.figure import Figure

BLOCK = 4  # weeks of a step of the courses over time
WINDOW = 3  # steps of a trailing mean, before quantiles are taken
MANY = 10  # schemes up to which lines lead from points to names; beyond, numbers do
CLOUD = 300  # teams of a scheme that are drawn as points
LUCK = "luck, the middle 80 % of single"
Found = Mapping[tuple[str, str], Spread]  # (scheme, measure) → numbers
DASHES = (0, (4, 2))
GREY = "#888888"
MARKERS = ("o", "s", "^", "D", "v", "P", "X")


def draw(
    folder: Path,
    runs: pd.DataFrame,
    weekly: pd.DataFrame,
    summary: pd.DataFrame,
    ranking: pd.DataFrame,
    about: About,
) -> list[Path]:
    """Draw all pictures of a comparison into a folder and return their paths.

    The picture of debt is left out where the project has no debt.

    Parameters
    ----------
    folder : Path
        Is made if it is not there.
    runs : DataFrame
        Columns scheme, run and the measures of a run.
    weekly : DataFrame
        Columns scheme, run, week, worth, score; of some or all runs.
    summary, ranking : DataFrame
        Of `stats.summary` and `stats.ranking`.
    about : About
    """
    found = spreads(summary, "value")
    order = sorted(by_worth(found), key=lambda s: s in about.benchmarks)
    pictures = {
        "time": _time(weekly, order, about),
        "effort": _effort(found, order, about),
        "ranking": _ranking(found, ranking, order, about),
        "debt": _debt(runs, found, order, about) if runs["debt"].notna().any() else None,
    }
    return style.save_all(folder, pictures)


def draw_more(
    folder: Path,
    weekly: pd.DataFrame,
    summary: pd.DataFrame,
    about: About,
    scenarios: Mapping[str, Scenario],
) -> list[Path]:
    """Draw what a comparison shows besides: validity, stocks over time, who does what, three spreads.

    Each is left out where there is nothing of the kind.
    """
    found = spreads(summary, "value")
    order = sorted(by_worth(found), key=lambda s: s in about.benchmarks)
    pictures = {
        "validity": validity(weekly, order, about),
        "stocks": stocks(weekly, order, about),
        "motives": motives(scenarios, order, about, about.seed),
        "spreads": three_spreads(summary, order, about),
    }
    return style.save_all(folder, pictures)


def _time(weekly: pd.DataFrame, order: Sequence[str], about: About) -> tuple[Figure, pd.DataFrame]:
    """Worth and score over time: a panel per scheme, score scaled to begin where worth begins."""
    begin = about.since if about.today else 0  # before it, scores are those of today's scheme
    tables = {s: _course(weekly[weekly["scheme"] == s], begin) for s in order}
    shown = max(weekly[weekly["scheme"] == s]["run"].nunique() for s in order)
    columns = columns_for(len(order))
    rows = math.ceil(len(order) / columns)
    wide = (style.WIDTH - 1.15 - 0.1) / columns
    names = {s: style.folded(about.titled(s), int((wide - 0.35) / style.CHARACTER)) for s in order}
    heading = max(len(n) for n in names.values()) * style.LINE + 0.15
    tall = max(1.5, 4.4 / rows) + heading
    step = int(tables[order[0]]["week"].iloc[0])
    teams, first_weeks = (about.one if shown == 1 else about.many), ("week" if step == 1 else f"{step} weeks")
    caption = (
        f"Lines: median; bands: {LUCK} {about.many}; trailing means of {WINDOW * step} weeks, {shown} {teams}. Score "
        f"is multiplied by worth ÷ score of the first {first_weeks} of each {about.varied}: the worth that the "
        f"yardstick seems to promise. {start(about)}{about.setting()}"
    )
    height = rows * tall + 2.75
    figure, bottom, top = style.page(height, "What the business gets, and what the yardstick shows", caption)
    bottom += 0.5
    known = about.reference in tables
    first = None
    for i, scheme in enumerate(order):
        table, at = tables[scheme], (i % columns, i // columns)
        left = 1.15 + at[0] * wide
        ceiling = top - 0.35 - at[1] * (top - 0.35 - bottom) / rows
        floor = top - 0.35 - (at[1] + 1) * (top - 0.35 - bottom) / rows
        ax = style.room(figure, left, floor + 0.1, left + wide - 0.35, ceiling - heading)
        if first is None:
            first = ax
        else:
            ax.sharex(first)
            ax.sharey(first)
        x = table["week"].to_numpy(dtype=np.float64)
        if known and scheme != about.reference:
            ax.plot(
                x,
                tables[about.reference]["worth_median"],
                color=GREY,
                linewidth=1.8,
                linestyle=DASHES,
            )
        for what, colour in (("score", style.VERMILLION), ("worth", style.BLUE)):
            ax.fill_between(x, table[f"{what}_low"], table[f"{what}_high"], color=colour, alpha=0.18, linewidth=0)
            ax.plot(x, table[f"{what}_median"], color=colour, linewidth=2.6)
        if math.isnan(float(table["score_scale"].iloc[0])):
            own = weekly[(weekly["scheme"] == scheme) & (weekly["week"] >= begin)]
            scored = own["score"].fillna(0.0).any()
            why = "score starts ≤ 0" if scored else "no score"
            ax.text(0.96, 0.06, why, transform=ax.transAxes, ha="right", size=style.TEXT, color=style.PALE)
        ax.set_title("\n".join(names[scheme]), size=style.TEXT, loc="left", color=style.INK, va="bottom")
        ax.tick_params(labelleft=at[0] == 0, labelbottom=i + columns >= len(order))
    assert first is not None
    first.locator_params(axis="y", nbins=5)
    timeline(figure.axes, about)
    middle = (bottom + top - 0.35) / 2 / figure.get_size_inches()[1]
    figure.text(
        style.MARGIN / style.WIDTH,
        middle,
        "weeks of core work per person-week",
        size=style.TEXT,
        rotation=90,
        va="center",
        ha="center",
        color=style.INK,
    )
    words = [("worth", style.BLUE), ("score, scaled", style.VERMILLION)]
    if known:
        words.append((f"worth when {about.titled(about.reference)}", GREY))
    _legend_of_lines(figure, words, top)
    frame = pd.concat([t.assign(scheme=s) for s, t in tables.items()], ignore_index=True)
    return figure, frame[["scheme", *[c for c in frame.columns if c != "scheme"]]]


def _legend_of_lines(figure: Figure, words: Sequence[tuple[str, str]], top: float) -> None:
    """Name lines in their colours, in a row below the title."""
    from matplotlib.lines import Line2D

    handles = [
        Line2D([], [], color=c, linestyle=DASHES if c == GREY else "-", linewidth=3, label=style.plain(text))
        for text, c in words
    ]
    legend = style.key(figure, handles, top, columns=len(words), long=2)
    for text, (_, colour) in zip(legend.get_texts(), words, strict=True):
        text.set_color(style.PALE if colour == GREY else colour)


def _course(weekly: pd.DataFrame, begin: int = 0) -> pd.DataFrame:
    """Median and middle 80 % over runs of worth and, from a week on, scaled score of one scheme: trailing means."""
    step = BLOCK if weekly["week"].nunique() >= 4 * BLOCK else 1
    steps = weekly.groupby(["run", weekly["week"] // step])[["worth", "score"]].mean()
    steps = steps.rename_axis(["run", "step"])
    at = steps.index.get_level_values("step")
    opening = min(math.ceil(begin / step), at.max())
    steps["score"] = steps["score"].where(at >= opening)
    scale = _exchange(*steps.xs(opening, level="step").to_numpy(dtype=np.float64).T)
    smooth = steps.groupby(level="run").rolling(WINDOW, min_periods=1).mean().droplevel(0)
    last = weekly.groupby(weekly["week"] // step)["week"].max().to_numpy() + 1
    table = pd.DataFrame({"week": last})
    for what, factor in (("worth", 1.0), ("score", scale)):
        grouped = (factor * smooth[what]).groupby(level="step")
        for name, q in (("median", 0.5), ("low", 0.1), ("high", 0.9)):
            table[f"{what}_{name}"] = grouped.quantile(q).to_numpy()
    return table.assign(score_scale=scale)


def _exchange(worth: Floats, score: Floats) -> float:
    """Worth per point of score over runs at the beginning; NaN where the score is not surely above 0."""
    error = score.std(ddof=1) / math.sqrt(len(score)) if len(score) > 1 else 0.0
    mean = float(score.mean())
    return float(worth.mean()) / mean if mean > 3 * error and mean > 1e-12 else math.nan


def _effort(found: Found, order: Sequence[str], about: About) -> tuple[Figure, pd.DataFrame]:
    """Where the week goes: a stacked bar per scheme, the aligned team on top."""
    activities = {k: label for k, label in about.activities.items() if (order[0], f"effort_{k}") in found}
    bars: dict[str, list[float]] = {}
    aligned = [[found.get((s, f"aligned_effort_{k}")) for s in order] for k in activities]
    known = [[100 * x.value for x in row if x is not None and not math.isnan(x.value)] for row in aligned]
    if all(known):
        bars["the aligned team: same people, all for the business"] = [sum(x) / len(x) for x in known]
    for scheme in order:
        bars[about.titled(scheme)] = [100 * found[scheme, f"effort_{k}"].value for k in activities]
    rows = [(s, m, *spread) for (s, m), spread in found.items() if m.startswith(("effort_", "aligned_effort_"))]
    table = pd.DataFrame(rows, columns=["scheme", "measure", *Spread._fields])
    error = 100 * max((found[s, f"effort_{k}"].half for s in order for k in activities), default=math.nan)
    names = {b: style.folded(b, 30) for b in bars}
    words = [style.folded(label, 36, 1)[0] for label in activities.values()]
    key_columns = style.columns_that_fit(words)
    key_rows = math.ceil(len(activities) / key_columns)
    step = 0.72
    key = key_rows * 0.3 + 0.15
    sure = "" if math.isnan(error) else f", computing error (95 %) at most ±{error:.1f}"
    caption = (
        f"Means over runs{sure}; for luck see effort.csv. The aligned team: each member's drive turned to "
        f"what the business needs, mean over all that is shown. {about.setting()}"
    )
    figure, bottom, top = style.page(len(bars) * step + key + 2.4, "What the week is spent on", caption)
    ax = style.room(figure, 3.9, bottom + 0.55, style.WIDTH - 0.5, top - key)
    ax.grid(axis="y", visible=False)
    places = [i + (0.35 if i and len(bars) > len(order) else 0.0) for i in range(len(bars))]
    colours = _fills(len(activities))
    start = np.zeros(len(bars))
    for k, (colour, hatch) in enumerate(colours):
        width = np.nan_to_num([b[k] for b in bars.values()])  # what only some can do
        ax.barh(
            places,
            width,
            0.74,
            start,
            color=colour,
            hatch=hatch,
            edgecolor="white",
            linewidth=1,
            label=words[k],
        )
        for y, x, w in zip(places, start, width, strict=True):
            if w >= 4:
                ink = "white" if _dark(colour) else style.INK
                ax.text(x + w / 2, y, f"{w:.0f}", ha="center", va="center", size=style.TEXT, color=ink)
        start += width
    ax.set_yticks(places, ["\n".join(n) for n in names.values()])
    ax.set_ylim(places[-1] + 0.55, -0.55)
    ax.set_xlim(0, max(float(start.max()), 1.0) * 1.01)
    ax.set_xlabel("share of a full week [%]", size=style.TEXT, color=style.INK)
    style.key(figure, ax.get_legend_handles_labels()[0], top, columns=key_columns)
    return figure, table


def _fills(count: int) -> list[tuple[str, str]]:
    """So many fills that differ: eight colours, then the same with hatches."""
    colours = style.COLOURS[:8]
    return [(colours[i % 8], ("", "//", "..", "xx")[i // 8 % 4]) for i in range(count)]


def _dark(colour: str) -> bool:
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return 0.299 * red + 0.587 * green + 0.114 * blue < 100


def _ranking(found: Found, ranking: pd.DataFrame, order: Sequence[str], about: About) -> tuple[Figure, pd.DataFrame]:
    """Worth of each scheme, best on top, with computing error (thick) and luck (thin)."""
    worth = {s: found[s, "worth"] for s in order}
    lines = [s for s in order if s in about.benchmarks]
    rows = [s for s in order if s not in about.benchmarks]
    if not rows:
        lines, rows = [], list(order)
    if not ranking.empty:
        rows = [str(s) for s in ranking["scheme"]]
    caption = (
        "Dot: mean over runs. Thick line: computing error, the 95 % interval of that mean, which more runs "
        f"shrink. Thin line: {LUCK} {about.many}. "
        + ("Dashed: benchmarks, never ranked. " if lines else "")
        + (f"Against the next: {method(math.comb(len(rows), 2))}. " if not ranking.empty else "")
        + about.setting()
    )
    above = max(0.1 + 0.32 * len(lines), 0.0 if ranking.empty else 0.6)
    figure, bottom, top = style.page(
        max(len(rows), 2) * 0.74 + above + 2.5, f"Which {about.varied} the business gains most from", caption
    )
    right = style.WIDTH - (4.0 if not ranking.empty else 0.6)
    ax = style.room(figure, 3.4, bottom + 0.55, right, top - above)
    ax.grid(axis="y", visible=False)
    for y, scheme in enumerate(rows):
        own = worth[scheme]
        ax.plot([own.luck_low, own.luck_high], [y, y], color=style.BLUE, linewidth=2, solid_capstyle="butt")
        ax.plot([own.error_low, own.error_high], [y, y], color=style.BLUE, linewidth=13, solid_capstyle="butt")
        ax.plot(own.value, y, "o", color="white", markeredgecolor=style.INK, markersize=8)
    ax.set_yticks(range(len(rows)), ["\n".join(style.folded(about.label(s), 30, 2)) for s in rows])
    ax.set_ylim(len(rows) - 0.4, -0.6)
    ax.margins(x=0.06)
    ax.set_xlabel("worth [weeks of core work per person-week]", size=style.TEXT, color=style.INK)
    height = float(figure.get_size_inches()[1])
    frame = ax.get_position()
    tall = frame.height * height
    start, end = ax.get_xlim()
    for i, scheme in enumerate(sorted(lines, key=lambda s: worth[s].value)):
        x = worth[scheme].value
        label = f"{style.folded(about.label(scheme), 34, 1)[0]}: {x:.2f}"
        room = (frame.x0 + frame.width * (x - start) / (end - start)) * style.WIDTH - style.MARGIN
        up, leftward = 1 + (0.12 + 0.32 * i) / tall, room > style.CHARACTER * len(label) + 0.2  # clear of other lines
        for part, dashes in (([0, 1], (5, 3)), ([1, up], (1, 0))):
            ax.plot(
                [x, x],
                part,
                transform=ax.get_xaxis_transform(),
                color=style.INK,
                dashes=dashes,
                clip_on=False,
            )
        ax.annotate(
            label,
            (x, up),
            xycoords=ax.get_xaxis_transform(),
            xytext=(-7 if leftward else 7, 0),
            textcoords="offset points",
            ha="right" if leftward else "left",
            va="center",
            size=style.TEXT,
            color=style.INK,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 1},
        )
    if not ranking.empty:
        _beside(figure, ranking, right, top - above, frame.y0 * height, len(rows))
    table = pd.DataFrame([(s, *worth[s]) for s in order], columns=["scheme", *Spread._fields])
    beside = ranking.drop(columns="value")
    return figure, table.merge(beside, on="scheme", how="left", suffixes=("", "_against_next"))


def _beside(figure: Figure, ranking: pd.DataFrame, left: float, top: float, bottom: float, rows: int) -> None:
    """Write beside the ranking in how many runs each is best, and how it compares with the next."""
    height = float(figure.get_size_inches()[1])

    def put(x: float, y: float, text: str, **how: Any) -> None:
        figure.text((left + x) / style.WIDTH, y / height, text, size=style.TEXT, va="center", parse_math=False, **how)

    step = (top - bottom) / (rows + 0.2)
    put(0.35, top + 0.32, "best in\n% of runs", color=style.PALE)
    put(1.7, top + 0.32, "against\nthe next", color=style.PALE)
    for i, row in enumerate(ranking.to_dict("records")):
        y = top - (i + 0.6) * step
        put(0.35, y, f"{100 * row['share_best']:.0f}", color=style.INK)
        if row["verdict"]:
            put(1.7, y, row["verdict"], color=style.INK)


def _debt(runs: pd.DataFrame, found: Found, order: Sequence[str], about: About) -> tuple[Figure, pd.DataFrame]:
    """Worth against debt: a cloud of teams and a mean for each scheme, named at the right."""
    caption = (
        f"Small points: luck, the first {min(CLOUD, about.runs)} single {about.many} of each {about.varied}. "
        "Large points: means over runs, with their computing error (95 %) as a cross where it is larger than the "
        "point. " + ("Numbers: the order of worth. " if len(order) > MANY else "") + about.setting()
    )
    named = {s: style.folded(about.titled(s), 30) for s in order}
    needed = sum(len(n) * style.LINE + 0.08 for n in named.values())
    figure, bottom, top = style.page(
        max(7.3, needed + 2.4), "What the business gets now, and the debt it is left with", caption
    )
    bottom, right = bottom + 0.55, style.WIDTH - 4.3
    ax = style.room(figure, 1.3, bottom, right, top)
    means: dict[str, tuple[float, float]] = {}
    for i, scheme in enumerate(order):
        colour, marker = _mark(i)
        cloud = runs[runs["scheme"] == scheme].head(CLOUD)
        ax.plot(cloud["debt"], cloud["worth"], marker, color=colour, markersize=4.5, alpha=0.4, markeredgewidth=0)
    for i, scheme in enumerate(order):
        colour, marker = _mark(i)
        x, y = found[scheme, "debt"], found[scheme, "worth"]
        means[scheme] = x.value, y.value
        ax.plot([x.error_low, x.error_high], [y.value] * 2, color=style.INK, linewidth=1.6, zorder=3)
        ax.plot([x.value] * 2, [y.error_low, y.error_high], color=style.INK, linewidth=1.6, zorder=3)
        ax.plot(*means[scheme], marker, color=colour, markersize=13, markeredgecolor=style.INK, zorder=4)
    ax.set_xlabel("debt when the run ends [weeks of work per member]", size=style.TEXT, color=style.INK)
    ax.set_ylabel("worth [weeks of core work\nper person-week]", size=style.TEXT, color=style.INK)
    ax.margins(0.04)
    _name_points(figure, means, named, right, bottom, top)
    table = runs[["scheme", "run", "debt", "worth"]]
    return figure, table[table["scheme"].isin(order)].groupby("scheme", sort=False).head(CLOUD)


def _mark(i: int) -> tuple[str, str]:
    """Colour and marker of the i-th scheme."""
    colours = [style.COLOURS[k] for k in (0, 6, 2, 5, 1, 7, 8)]
    return colours[i % len(colours)], MARKERS[(i + i // len(colours)) % len(MARKERS)]


def _name_points(
    figure: Figure,
    points: Mapping[str, tuple[float, float]],
    named: Mapping[str, list[str]],
    right: float,
    bottom: float,
    top: float,
) -> None:
    """Write the points' names in a column at the right, in their order from top, joined by thin lines or by numbers."""
    from matplotlib.patches import ConnectionPatch

    ax = figure.axes[0]
    low, high = ax.get_ylim()
    left, far = ax.get_xlim()
    ax.set_xlim(left, far)
    height = float(figure.get_size_inches()[1])
    order = sorted((s for s in points if not math.isnan(points[s][0])), key=lambda s: -points[s][1])
    wanted = [bottom + (points[s][1] - low) / (high - low) * (top - bottom) for s in order]
    sizes = [len(named[s]) * style.LINE + 0.08 for s in order]
    schemes = list(points)
    numbered = len(points) > MANY
    if numbered:
        wanted = [top - sum(sizes[:i]) - size / 2 for i, size in enumerate(sizes)]
        _number_points(figure, [points[s] for s in order])
    for place, (scheme, y) in enumerate(zip(order, spread_out(wanted, sizes, bottom, top), strict=True), start=1):
        colour, marker = _mark(schemes.index(scheme))
        x = (right + 0.45) / style.WIDTH
        if numbered:
            figure.text(x - 0.005, y / height, f"{place}", size=style.TEXT, va="center", ha="right", color=style.INK)
        else:
            line = ConnectionPatch(
                points[scheme],
                (x - 0.008, y / height),
                "data",
                "figure fraction",
                axesA=ax,
                color="#999999",
                linewidth=0.9,
            )
            figure.add_artist(line)
        ax.plot(
            [x + 0.006],
            [y / height],
            marker,
            color=colour,
            markersize=10,
            markeredgecolor=style.INK,
            transform=figure.transFigure,
            clip_on=False,
        )
        figure.text(x + 0.02, y / height, "\n".join(named[scheme]), size=style.TEXT, va="center", color=style.INK)


def _number_points(figure: Figure, points: Sequence[tuple[float, float]]) -> None:
    """Write beside points the numbers of their places; points that touch share one label."""
    ax = figure.axes[0]
    inches = ax.transData.transform(points) / figure.dpi
    for group in touching(inches, 0.22):
        ax.annotate(
            ", ".join(str(i + 1) for i in group),
            (float(inches[group, 0].max()), float(inches[group, 1].mean())),
            xycoords=figure.dpi_scale_trans,
            xytext=(11, 0),
            textcoords="offset points",
            va="center",
            size=style.TEXT,
            weight="bold",
            color=style.INK,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.6, "alpha": 0.8},
            zorder=5,
        )


def touching(points: Floats, near: float) -> list[list[int]]:
    """Group points (point, 2), each nearer than `near` to another of its group.

    Examples
    --------
    >>> touching(np.array([[0.0, 0.0], [5.0, 0.0], [0.8, 0.0], [1.6, 0.0]]), 1.0)
    [[0, 2, 3], [1]]
    """
    left = list(range(len(points)))
    groups: list[list[int]] = []
    while left:
        group = [left.pop(0)]
        for i in group:
            close = [j for j in left if float(np.hypot(*(points[i] - points[j]))) < near]
            left = [j for j in left if j not in close]
            group += close
        groups.append(sorted(group))
    return groups


def spread_out(wanted: Sequence[float], sizes: Sequence[float], low: float, high: float) -> list[float]:
    """Move the centres of boxes, given from top to bottom, so that none overlap and all lie within bounds.

    Examples
    --------
    >>> spread_out([5.0, 5.0, 1.0], [1.0, 1.0, 1.0], 0.0, 5.0)
    [4.5, 3.5, 1.0]
    """
    places: list[float] = []
    ceiling = high
    for y, size in zip(wanted, sizes, strict=True):
        places.append(min(y, ceiling - size / 2))
        ceiling = places[-1] - size / 2
    floor = low
    for i in reversed(range(len(places))):
        places[i] = max(places[i], floor + sizes[i] / 2)
        floor = places[i] + sizes[i] / 2
    return places
