"""The pictures of a page to forward, narrow enough for a phone: each from an `Answer`, as SVG.

ranking   what the business gets, with three spreads
time      what the week is spent on
course    what the score seems to promise, beside what the business gets
"""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from experiments.answer import Answer
from experiments.answer.course import Course, TimeUse
from experiments.answer.ranking import Place
from experiments.plots import style

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH = 5.4  # of a picture [inch]
TEXT = 10.5  # [points]
LETTER = 0.078  # mean width of a character [inch]
NAMES = 1.75  # room for names [inch]
ROW = 0.36  # of a ranking, and of bars [inch]
LEAST = 4  # per cent from which on a part of a bar bears its number
HATCHES = ("", "//", "..")


def ranking(shown: Sequence[Place], lines: Sequence[Place], unit: str) -> str:
    """Draw what the business gets under each scheme, the best on top, and the reference lines below."""
    rows = [*shown, *lines]
    figure = _figure(ROW * len(rows) + 0.95)
    ax = _axes(figure, NAMES, 0.5, 0.15, 0.4)
    for y, row in enumerate(rows):
        colour = style.BLUE if y < len(shown) else style.PALE
        for (low, high), width in ((row.worth.assumed, 1.2), (row.worth.luck, 4.0), (row.worth.error, 9.0)):
            if math.isfinite(low):
                ax.plot([low, high], [y, y], color=colour, linewidth=width, solid_capstyle="butt", zorder=width)
        ax.plot(row.worth.value, y, "o", color="white", markeredgecolor=style.INK, markersize=5, zorder=20)
    if lines:
        ax.axhline(len(shown) - 0.5, color=style.PALE, linewidth=0.8, linestyle=(0, (3, 3)))
    _rows(ax, [r.label for r in rows])
    ax.set_xlabel(unit, size=TEXT, color=style.INK)
    spreads = [("computing error", 9.0), ("luck", 4.0)]
    if any(math.isfinite(r.worth.assumed[0]) for r in rows):
        spreads.append(("assumptions", 1.2))
    _key_of_lines(figure, [(word, style.BLUE, width) for word, width in spreads])
    return _svg(figure)


def time(shown: Sequence[TimeUse]) -> str:
    """Draw what part of a full week goes to what, a bar per scheme."""
    activities = list(dict.fromkeys(s.label for t in shown for s in t.shares))
    columns = 2
    key = 0.24 * math.ceil(len(activities) / columns) + 0.1
    figure = _figure(ROW * len(shown) + 0.65 + key)
    ax = _axes(figure, NAMES, 0.5, 0.15, key + 0.1)
    ax.grid(axis="y", visible=False)
    begin = np.zeros(len(shown))
    for k, activity in enumerate(activities):
        shares = [next((100 * s.time.value for s in t.shares if s.label == activity), 0.0) for t in shown]
        fill, hatch = style.COLOURS[k % 8], HATCHES[k // 8 % 3]
        ax.barh(
            range(len(shown)),
            shares,
            0.78,
            begin,
            color=fill,
            hatch=hatch,
            edgecolor="white",
            linewidth=0.6,
            label=activity,
        )
        for y, share in enumerate(shares):
            if share >= LEAST:
                ink = style.ink_on([int(fill[i : i + 2], 16) / 255 for i in (1, 3, 5)])
                ax.text(begin[y] + share / 2, y, f"{share:.0f}", ha="center", va="center", size=TEXT - 1.5, color=ink)
        begin += shares
    _rows(ax, [t.label for t in shown])
    ax.set_xlim(0, max(100.0, float(begin.max())))
    ax.set_xlabel("share of a full week [%]", size=TEXT, color=style.INK)
    handles, words = ax.get_legend_handles_labels()
    _key(figure, handles, [style.plain(w) for w in words], columns)
    return _svg(figure)


def course(shown: Sequence[Course], since: int, unit: str) -> str:
    """Draw what the score seems to promise and what the business gets; schemes count from the week `since` on."""
    columns = 1 if len(shown) == 1 else 2
    rows = math.ceil(len(shown) / columns)
    tall, wide = 1.75, (WIDTH - 0.75) / columns
    figure = _figure(rows * tall + 0.85)
    height = rows * tall + 0.85
    ends = [e for c in shown for q in (*c.worth, *c.score) for e in (q.value, *q.luck) if math.isfinite(e)]
    low, high = min([0.0, *ends]), max([*ends, 0.1])
    for i, own in enumerate(shown):
        left, ceiling = 0.7 + (i % columns) * wide, height - 0.35 - (i // columns) * tall
        ax = _room(figure, left, ceiling - tall + 0.12, left + wide - 0.2, ceiling - 0.42)
        for what, colour in ((own.score, style.VERMILLION), (own.worth, style.BLUE)):
            ax.fill_between(
                own.weeks, [q.luck[0] for q in what], [q.luck[1] for q in what], color=colour, alpha=0.18, linewidth=0
            )
            ax.plot(own.weeks, [q.value for q in what], color=colour, linewidth=2.0)
        if since:
            ax.axvline(since, color=style.PALE, linewidth=0.9, linestyle=(0, (3, 3)))
        if not any(q.known for q in own.score):
            ax.text(0.97, 0.07, "no score to show", transform=ax.transAxes, ha="right", size=TEXT - 1, color=style.PALE)
        ax.set_ylim(low, 1.05 * high)
        ax.set_xlim(0, own.weeks[-1])
        ax.locator_params(axis="both", nbins=5)
        ax.tick_params(labelleft=i % columns == 0, labelbottom=i + columns >= len(shown))
        names = style.folded(own.label, int((wide - 0.2) / LETTER), 2)
        ax.set_title("\n".join(names), size=TEXT, loc="left", color=style.INK, va="bottom", linespacing=1.05)
    figure.text(0.55, 0.02, "week", size=TEXT, color=style.INK, ha="center", va="bottom")
    figure.text(0.018, 0.5, unit, size=TEXT, color=style.INK, rotation=90, ha="left", va="center")
    _key_of_lines(
        figure, [("what the business gets", style.BLUE, 2.5), ("what the score promises", style.VERMILLION, 2.5)]
    )
    return _svg(figure)


def pictures(answer: Answer, shown: Sequence[Place], unit: str, since: int) -> dict[str, str]:
    """Return the pictures of an answer by name, as SVG; those of which there is nothing are left out."""
    names = [p.scheme for p in (*shown, *answer.benchmarks)]
    use = {t.scheme: t for t in answer.time}
    courses = {c.scheme: c for c in answer.course}
    found = {}
    if names:
        found["ranking"] = ranking(shown, answer.benchmarks, unit)
    if use:
        found["time"] = time([use[n] for n in names])
    if courses:
        found["course"] = course([courses[n] for n in names], since, unit)
    return found


def _figure(height: float) -> Figure:
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    figure = Figure(figsize=(WIDTH, height), facecolor="white")
    FigureCanvasSVG(figure)
    return figure


def _axes(figure: Figure, left: float, bottom: float, right: float, top: float) -> Axes:
    """Return axes with so much room around [inch]."""
    width, height = figure.get_size_inches()
    return _room(figure, left, bottom, float(width) - right, float(height) - top)


def _room(figure: Figure, left: float, bottom: float, right: float, top: float) -> Axes:
    ax = style.room(figure, left, bottom, right, top)
    ax.tick_params(labelsize=TEXT)
    ax.tick_params(axis="x", pad=4)
    return ax


def _rows(ax: Axes, names: Sequence[str]) -> None:
    """Name the rows of a picture, the first on top."""
    folded = ["\n".join(style.folded(n, int(NAMES / LETTER), 2)) for n in names]
    ax.set_yticks(range(len(names)), folded, linespacing=0.95)
    ax.set_ylim(len(names) - 0.45, -0.55)
    ax.grid(axis="y", visible=False)


def _key(figure: Figure, handles: Sequence[Artist], words: Sequence[str], columns: int) -> None:
    figure.legend(
        handles,
        words,
        loc="upper left",
        bbox_to_anchor=(0.005, 0.995),
        ncols=columns,
        frameon=False,
        fontsize=TEXT,
        borderpad=0.2,
        handlelength=1.3,
        columnspacing=1.2,
        labelspacing=0.3,
    )


def _key_of_lines(figure: Figure, entries: Sequence[tuple[str, str, float]]) -> None:
    from matplotlib.lines import Line2D

    handles = [Line2D([], [], color=c, linewidth=w, solid_capstyle="butt") for _, c, w in entries]
    _key(figure, handles, [word for word, *_ in entries], len(entries))


def _svg(figure: Figure) -> str:
    """Return a picture as SVG: the same text for the same picture."""
    import matplotlib

    text = io.StringIO()
    with matplotlib.rc_context({"svg.hashsalt": "crosspurpose"}):
        figure.savefig(text, format="svg", metadata={"Date": None, "Creator": None})
    return text.getvalue()
