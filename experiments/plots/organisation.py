"""An organisation as a tree, coloured by how well what counts for people points at what is worth something.

    colour   cos(f, G'w) of what counts for everybody, mean over organisations and reviews
    beside   the same for each level, and what random turns at each step would leave of the board's (THEORY I5):
             asked_0 · Π_{k ≤ d} translation_k at depth d

Up to sixty people are named, in the groups in which one boss evaluates them; more are drawn as strips, a level
below the other, in which everybody is as wide as the people below.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from experiments.plots import style
from experiments.plots.compare import spread_out
from experiments.plots.panels import called, columns_for, panels
from experiments.stats import LUCK
from experiments.tables import About
from sim.arrays import Floats, Ints
from sim.chart import Chart
from sim.organisation import Company
from sim.scenario import Scenario

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D

NAMED = 60  # people up to whom everybody is named
TALL = 7.5  # of a tree, up to which groups carry their number [inch]
DEEPEST = 3  # steps from the head to the last of them, up to which everybody is named
BESIDE = 4.3  # width of what stands beside the tree [inch]
GAP, PAD, JOIN = 0.14, 0.16, 0.4  # between groups · within one, above and below together · between levels [inch]
PIXELS = 1600  # of a strip
STRIP = 0.8  # height of one [inch]
SEPARATED = 80  # groups of a level up to which a line parts them
MAP = "cividis"  # of colours: for the colour-blind too, and dark means far from worth
ASKED, PRODUCT = "what is asked for", "what random turns leave"


def organisation(
    scenario: Scenario, reviews: pd.DataFrame, levels: pd.DataFrame, scheme: str, about: About
) -> tuple[Figure, pd.DataFrame] | None:
    """Return the picture of one variant and its table; None where there is no organisation.

    Parameters
    ----------
    scenario : Scenario
    reviews : DataFrame
        scheme, run, week, member, asked.
    levels : DataFrame
        scheme, run, week, depth, asked, translation.
    scheme : str
        The variant.
    about : About
    """
    if scenario.organisation is None or "asked" not in reviews:
        return None
    company = Company.of(scenario)
    own = reviews[reviews["scheme"] == scheme]
    if own["asked"].isna().all():
        return None  # nobody is evaluated
    asked = own.groupby("member", sort=False)["asked"].mean().reindex(company.names).to_numpy()
    depth = depths(company.chart)
    named = company.chart.people <= NAMED and company.chart.depth <= DEEPEST
    table = pd.DataFrame(
        {
            "member": company.names,
            "reports_to": [company.names[p] if p >= 0 else "" for p in company.chart.parent],
            "depth": depth,
            "asked": asked,
        }
    )
    caption = (
        "Colour: cosine between what people are evaluated for (weights on signals, times what each activity adds to "
        "them) and what activities are worth; 1: they are asked for what the business needs. Right: the same by level; "
        "dashed: the board's times how well each step down follows the one above. Means over organisations "
        f"and reviews. {about.setting()}"
    )
    title = f"What counts for whom: {called(scheme, scenario, about)}"
    low = min(0.5, float(np.floor(10 * np.nanmin(asked)) / 10))
    boxes = _boxes(company, asked, valued=True) if named else []
    if _height(boxes) > TALL:
        boxes = _boxes(company, asked, valued=False)
    tall = max(3.6, _height(boxes) if named else (company.chart.depth + 1) * (STRIP + GAP))
    figure, bottom, top = style.page(tall + 2.9, style.folded(title, style.HEADING, 1)[0], caption)
    right = style.WIDTH - BESIDE
    _scale(figure, top, low)
    ax = style.room(figure, style.MARGIN, bottom, right, top - 0.75)
    ax.set_axis_off()
    width = right - style.MARGIN
    ax.set_xlim(0, width)
    ax.set_ylim(0, top - 0.75 - bottom)
    if named:
        _tree(ax, company.chart, boxes, low)
    else:
        _strips(ax, company.chart, asked, low)
    beside = style.room(figure, right + 1.15, bottom + 0.6, style.WIDTH - style.MARGIN, top - 0.75)
    _levels(beside, by_level(levels, [scheme]))
    beside.set_xlabel("steps down from the head", size=style.TEXT, color=style.INK)
    beside.set_ylabel("alignment [cosine]", size=style.TEXT, color=style.INK)
    style.key(figure, beside.get_lines(), top, columns=1, left=right + 1.0, long=2)
    return figure, table


def levels_of(levels: pd.DataFrame, order: Sequence[str], about: About) -> tuple[Figure, pd.DataFrame] | None:
    """Return the picture of alignment by level, a panel per variant, and its table; None without organisations."""
    if levels.empty:
        return None
    table = by_level(levels, order)
    asked = list(table.loc[table["asked"].notna(), "scheme"].unique())
    shown = [s for s in order if s in asked]
    if not shown:
        return None
    caption = (
        "Cosine between what the people at a level are evaluated for and what is worth something; band: luck, the "
        "middle 80 % of single organisations. Dashed: the board's times how well each step down follows the one above. "
        f"Means over reviews. {about.setting()}"
    )
    lines = _lines()
    figure, axes = panels([about.titled(s) for s in shown], "What is left of the board's aim", caption, lines=lines)
    for ax, scheme in zip(axes, shown, strict=True):
        _levels(ax, table[table["scheme"] == scheme])
        ax.set_ylim(min(0.0, float(table[["low", "product"]].min().min())), 1.02)
    axes[0].set_ylabel("alignment [cosine]", size=style.TEXT, color=style.INK)
    for ax in axes[-columns_for(len(axes)) :]:
        ax.set_xlabel("steps down", size=style.TEXT, color=style.INK)
    return figure, table


def by_level(levels: pd.DataFrame, order: Sequence[str]) -> pd.DataFrame:
    """Return alignment at each depth, its luck, and the product: scheme, depth, asked, low, high, product."""
    runs = levels.groupby(["scheme", "run", "depth"], sort=False)[["asked", "translation"]].mean().reset_index()
    parts = []
    for scheme in order:
        own = runs[runs["scheme"] == scheme]
        if own.empty:
            continue
        each = own.groupby("depth")["asked"]
        found = each.mean().rename("asked").reset_index().assign(scheme=scheme)
        found["low"], found["high"] = (each.quantile(q).to_numpy() for q in LUCK)
        step = own["translation"].where(own["depth"] > 0, own["asked"])  # what the head is asked for begins it
        steps = own.assign(step=step).pivot(index="run", columns="depth", values="step").to_numpy()
        found["product"] = np.cumprod(steps, axis=1).mean(axis=0)
        parts.append(found[["scheme", "depth", "asked", "low", "high", "product"]])
    return pd.concat(parts, ignore_index=True)


def depths(chart: Chart) -> Ints:
    """Return the steps from the head to everybody: (people,)."""
    found = np.zeros(chart.people, dtype=np.int64)
    for tier in chart.tiers:
        found[tier.people] = tier.depth
    return found


def spans(chart: Chart) -> tuple[Ints, Ints]:
    """Return where everybody begins in a row of those without reports, and how many of these are below.

    Returns
    -------
    start, size : (people,) both
        Who has no reports is one wide.

    Examples
    --------
    >>> from sim.chart import chart_of, regular
    >>> start, size = spans(chart_of(regular((2,), 2)))
    >>> start.tolist(), size.tolist()
    ([0, 0, 2, 0, 1, 2, 3], [4, 2, 2, 1, 1, 1, 1])
    """
    size = np.ones(chart.people, dtype=np.int64)
    size[np.unique(chart.parent[chart.parent >= 0])] = 0
    for tier in reversed(chart.tiers[1:]):
        np.add.at(size, tier.boss, size[tier.people].sum(axis=1))
    start = np.zeros(chart.people, dtype=np.int64)
    for tier in chart.tiers[1:]:
        before = np.cumsum(size[tier.people], axis=1) - size[tier.people]
        start[tier.people] = start[tier.boss][:, None] + before
    return start, size


class _Box:
    """A group to be drawn: who is in it, on how many lines, and where."""

    def __init__(self, depth: int, boss: int, lines: list[str], leads: dict[int, int], value: float, start: int):
        self.depth, self.boss, self.lines, self.leads, self.value, self.start = depth, boss, lines, leads, value, start
        self.height, self.y = len(lines) * style.LINE + PAD, 0.0


def _boxes(company: Company, asked: Floats, *, valued: bool) -> list[_Box]:
    """Return the groups in the order of the tree; their number, and those who lead, have a line of their own."""
    chart, (start, _) = company.chart, spans(company.chart)
    leaders = set(chart.parent.tolist())
    letters = int((_column(chart) - JOIN - 0.16) / 0.112)  # names have wide letters
    boxes = []
    for tier in chart.tiers:
        for boss, people in zip(tier.boss.tolist(), tier.people.tolist(), strict=True):
            lead = [p for p in people if p in leaders]
            rest = ", ".join(company.names[p].replace(" ", "\N{NO-BREAK SPACE}") for p in people if p not in leaders)
            value = _mean(asked[people])
            lines = [f"{value:.2f}"] if valued else []
            at = {p: len(lines) + i for i, p in enumerate(lead)}
            lines += [style.folded(company.names[p], letters, 1)[0] for p in lead]
            lines += style.folded(rest, letters, NAMED) if rest else []
            boxes.append(_Box(tier.depth, boss, lines, at, value, int(start[people].min())))
    return sorted(boxes, key=lambda b: (b.start, b.depth))


def _column(chart: Chart) -> float:
    """Width of a level's column [inch]."""
    return (style.WIDTH - BESIDE - style.MARGIN) / (chart.depth + 1)


def _height(boxes: Sequence[_Box]) -> float:
    """Room that the groups need [inch]."""
    if not boxes:
        return 0.0
    last = [b for b in boxes if not b.leads]
    columns = [[b for b in boxes if b.depth == d] for d in {b.depth for b in boxes}]
    return max(sum(b.height + GAP for b in each) for each in [last, *columns])


def _tree(ax: Axes, chart: Chart, boxes: Sequence[_Box], low: float) -> None:
    """Draw groups from left to right, each joined to the one who leads it."""
    from matplotlib import colormaps
    from matplotlib.patches import Rectangle

    width, tall = _column(chart), ax.get_ylim()[1]
    slack = tall - _height(boxes)
    last = [b for b in boxes if not b.leads]
    free = tall - (tall - sum(b.height + GAP for b in last)) / 2 if slack >= 0 else tall
    for box in last:
        box.y, free = free - (box.height + GAP) / 2, free - box.height - GAP
    for depth in range(chart.depth, -1, -1):
        column = [b for b in boxes if b.depth == depth]
        for box in (b for b in column if b.leads):
            box.y = float(np.mean([b.y for b in boxes if b.boss in box.leads]))
        places = spread_out([b.y for b in column], [b.height + GAP for b in column], 0.0, tall)
        for box, y in zip(column, places, strict=True):
            box.y = y
    for box in boxes:
        x = box.depth * width
        colour = colormaps[MAP]((box.value - low) / (1 - low))
        place = (x, box.y - box.height / 2)
        ax.add_patch(Rectangle(place, width - JOIN, box.height, facecolor=colour, edgecolor=style.INK, linewidth=0.8))
        for i, line in enumerate(box.lines):
            y = box.y + box.height / 2 - PAD / 2 - (i + 0.5) * style.LINE
            ax.text(x + 0.08, y, line, size=style.TEXT, va="center", color=style.ink_on(colour))
        above = next((b for b in boxes if box.boss in b.leads), None)
        if above is not None:
            y = above.y + above.height / 2 - PAD / 2 - (above.leads[box.boss] + 0.5) * style.LINE
            bend = x - JOIN / 2
            ax.plot([x - JOIN, bend, bend, x], [y, y, box.y, box.y], color=style.PALE, linewidth=1.3)


def _strips(ax: Axes, chart: Chart, asked: Floats, low: float) -> None:
    """Draw a strip for each level, in which everybody stands above those who report to them."""
    from matplotlib import colormaps

    start, size = spans(chart)
    depth, (width, tall) = depths(chart), (ax.get_xlim()[1], ax.get_ylim()[1])
    gutter = 2.0
    whole = int(size[chart.parent < 0][0])
    step = tall / (chart.depth + 1)
    across = (np.arange(PIXELS) + 0.5) * whole / PIXELS
    for d in range(chart.depth + 1):
        people = np.flatnonzero(depth == d)
        people = people[np.argsort(start[people], kind="stable")]
        at = np.searchsorted(start[people], across, side="right") - 1
        there = (at >= 0) & (across < (start + size)[people][at])
        row = np.where(there, asked[people][at], np.nan)
        ceiling, floor = tall - d * step, tall - (d + 1) * step + GAP
        ax.imshow(
            row[None, :],
            extent=(gutter, width, floor, ceiling),
            aspect="auto",
            cmap=MAP,
            vmin=low,
            vmax=1.0,
            interpolation="nearest",
        )
        groups = [(b, p) for t in chart.tiers if t.depth == d for b, p in zip(t.boss, t.people, strict=True)]
        words = f"{_spaced(len(people))} people" + (f"\nin {_spaced(len(groups))} groups" if len(groups) > 1 else "")
        ax.text(0, (ceiling + floor) / 2, "the head" if not d else words, size=style.TEXT, va="center", color=style.INK)
        if len(groups) > SEPARATED:
            continue
        for _, members in groups:
            left, right = (
                gutter + (width - gutter) * x / whole
                for x in (start[members].min(), (start[members] + size[members]).max())
            )
            ax.plot([left, left], [floor, ceiling], color="white", linewidth=1.5)
            if right - left > 0.6:
                value = _mean(asked[members])
                colour = colormaps[MAP]((value - low) / (1 - low))
                ax.text(
                    (left + right) / 2,
                    (floor + ceiling) / 2,
                    f"{value:.2f}",
                    size=style.TEXT,
                    ha="center",
                    va="center",
                    color=style.ink_on(colour),
                )
    ax.set_xlim(0, width)
    ax.set_ylim(0, tall)


def _spaced(count: int) -> str:
    """Write a count with a space between thousands."""
    return f"{count:,}".replace(",", "\N{NO-BREAK SPACE}")


def _scale(figure: Figure, top: float, low: float) -> None:
    """Say what the colours mean, below the title."""
    words = "far from worth"
    figure.text(
        style.MARGIN / style.WIDTH,
        (top - 0.18) / figure.get_size_inches()[1],
        words,
        size=style.TEXT,
        va="center",
        color=style.INK,
    )
    left = style.MARGIN + 1.6
    ax = style.room(figure, left, top - 0.3, left + 3.2, top - 0.05)
    ax.grid(visible=False)
    ax.imshow(np.linspace(low, 1, 256)[None, :], extent=(low, 1, 0, 1), aspect="auto", cmap=MAP, vmin=low, vmax=1)
    ax.set_yticks([])
    ax.set_xticks([low, (1 + low) / 2, 1.0], [f"{x:.2f}" for x in (low, (1 + low) / 2, 1.0)])
    ax.tick_params(axis="x", pad=2)
    figure.text(
        (left + 3.4) / style.WIDTH,
        (top - 0.18) / figure.get_size_inches()[1],
        "at worth",
        size=style.TEXT,
        va="center",
        color=style.INK,
    )


def _lines() -> list[Line2D]:
    from matplotlib.lines import Line2D

    return [
        Line2D([], [], color=style.BLUE, marker="o", linewidth=2.5, label=ASKED),
        Line2D([], [], color=style.PALE, linestyle=(0, (4, 2)), linewidth=2.5, label=PRODUCT),
    ]


def _levels(ax: Axes, table: pd.DataFrame) -> None:
    """Draw alignment by level."""
    ax.fill_between(table["depth"], table["low"], table["high"], color=style.BLUE, alpha=0.2, linewidth=0)
    for line, what in zip(_lines(), ("asked", "product"), strict=True):
        line.set_data(table["depth"], table[what])
        ax.add_line(line)
    ax.set_xticks(table["depth"].tolist())
    ax.set_xlim(-0.2, float(table["depth"].max()) + 0.2)
    ax.set_ylim(min(0.0, float(table[["low", "product"]].min().min())), 1.02)


def _mean(x: np.ndarray) -> float:
    """Mean of what there is; NaN where nobody is asked for anything."""
    known = x[~np.isnan(x)]
    return float(known.mean()) if len(known) else np.nan
