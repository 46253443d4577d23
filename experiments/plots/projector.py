"""A sheet for a projector: as wide as a screen, in type that is read from the last row.

Where a page shows a sheet below a title of its own, the sheet has none, and is as flat as what the page leaves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from experiments.plots import style
from experiments.plots.compare import spread_out

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH, HEIGHT = style.WIDTH, style.WIDTH * 9 / 16  # of a screen [inch]
BELOW = 5.3  # height of a sheet below a page's own title, tabs and key [inch]
SIDE = style.MARGIN  # left and right of all that is drawn [inch]
TITLE, TEXT, PANEL, SMALL = 26, 19, 17, 15  # [points]; at 1920 pixels a point is two pixels
LETTER = 0.17  # mean width of a bold letter of the size TEXT [inch]
LINE = 1.15 / 72  # height of a line of text for each of its points [inch]
FOLD = 12  # letters of a line of a name beside a curve
AXIS = 0.75  # below axes, for numbers and what they count [inch]
BETWEEN = 0.3  # beside a panel that is not the last [inch]
Look = tuple[str, Any, str]  # colour, line and marker
End = tuple[float, str]  # value, name


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A figure, and where the room between its title and the note at its foot begins and ends [inch]."""

    figure: Figure
    floor: float
    ceiling: float


def sheet(title: str, note: str, *, titled: bool) -> Sheet:
    """Return a sheet on which nothing is drawn yet; `titled`: whether it stands alone."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    height = HEIGHT if titled else BELOW
    figure = Figure(figsize=(WIDTH, height), dpi=style.DPI, facecolor="white")
    FigureCanvasAgg(figure)
    words = style.folded(title, 52, 2) if titled else []
    at = SIDE / WIDTH, 1 - 0.25 / height
    if words:
        figure.text(*at, "\n".join(words), size=TITLE, weight="bold", va="top", color=style.INK, linespacing=1.0)
    note_lines = style.folded(note, 118, 2)
    at = SIDE / WIDTH, 0.12 / height
    figure.text(*at, "\n".join(note_lines), size=SMALL, va="bottom", color=style.PALE, linespacing=1.15)
    ceiling = height - (0.35 + len(words) * TITLE * LINE if words else 0.0)
    return Sheet(figure=figure, floor=0.12 + len(note_lines) * SMALL * LINE, ceiling=ceiling)


def room(on: Sheet, left: float, right: float) -> Axes:
    """Return axes in all of a sheet's height, between these distances from its left edge [inch]."""
    return _axes(on, left, on.floor + AXIS, right, on.ceiling - 0.25)


def course(on: Sheet, names: Sequence[str], unit: str) -> Axes:
    """Return axes in all of a sheet, for curves of something over rounds that bear these names."""
    ax = room(on, 1.4, WIDTH - ends(names))
    ax.set_ylabel(unit, size=TEXT, color=style.INK)
    return ax


def panel(
    on: Sheet,
    place: tuple[int, int],
    shape: tuple[int, int],
    title: str,
    *,
    names: Sequence[str] = (),
    all_named: bool = False,
) -> Axes:
    """Return one of several axes that share a sheet.

    Parameters
    ----------
    place, shape : (row, column)
        Which one · how many there are.
    names : sequence of str
        What curves are called, to the right of the last panel of a row.
    all_named : bool
        Whether they are so in each panel.
    """
    (row, column), (rows, columns) = place, shape
    gutter, heading, foot = 0.75, 0.7, 0.45  # a heading has two lines at most
    beside = ends(names)
    wide = (WIDTH - SIDE - (0.0 if all_named else beside)) / columns
    tall = (on.ceiling - on.floor - AXIS + foot) / rows
    left, top = SIDE + column * wide, on.ceiling - row * tall
    right = left + wide - (beside if all_named else BETWEEN)
    size = TEXT if columns < 3 else PANEL
    ax = _axes(on, left + gutter, top - tall + foot, right, top - heading)
    height = on.figure.get_size_inches()[1]
    words = "\n".join(style.folded(title, int(wide / (LETTER * size / TEXT)), 2))
    at = (left + 0.1) / WIDTH, (top - heading + 0.08) / height
    on.figure.text(*at, words, size=size, weight="bold", va="bottom", color=style.INK, linespacing=1.0)
    ax.locator_params(axis="y", nbins=4)
    if row < rows - 1:
        ax.tick_params(labelbottom=False)
    return ax


def ends(names: Sequence[str]) -> float:
    """Return the room that names need at the ends of curves [inch]."""
    longest = max((len(line) for name in names for line in style.folded(name, FOLD, 4)), default=0)
    return SIDE + 0.2 + LETTER * longest if longest else SIDE


def lines(
    ax: Axes,
    rows: pd.DataFrame,
    by: str,
    column: str,
    looks: Mapping[str, Look],
    *,
    low: float = 0.0,
    high: float = 0.0,
    last: int = 0,
    named: bool = True,
) -> None:
    """Draw a line for each, with its name at the end.

    Parameters
    ----------
    low, high : float
        What the axis reaches at least, besides 0.
    last : int
        The round that it ends with, at least.
    """
    found: list[End] = []
    for name, own in rows.groupby(by, sort=False):
        colour, dashes, marker = looks[str(name)]
        x, y = own["round"].to_numpy(float), own[column].to_numpy(float)
        ax.plot(x, y, color=colour, linestyle=dashes, marker=marker, linewidth=4, markersize=10, clip_on=False)
        known = np.flatnonzero(~np.isnan(y))
        if len(known):
            found.append((float(y[known[-1]]), str(name)))
    values = rows[column].to_numpy(float)
    bottom, ceiling = float(np.nanmin(values, initial=min(low, 0.0))), float(np.nanmax(values, initial=max(high, 0.0)))
    ax.set_ylim(bottom, ceiling + 0.06 * max(ceiling - bottom, 1.0 if ceiling == bottom else 0.0))
    rounds = max(last, int(rows["round"].max()))
    ax.set_xlim(0.85, rounds + 0.15)
    ax.set_xticks(range(1, rounds + 1))
    if ax.xaxis.get_tick_params()["labelbottom"]:
        ax.set_xlabel("round", size=TEXT, color=style.INK)
    if named:
        _name(ax, found, looks, rounds)


def write(ax: Axes, text: str, colour: str, at: tuple[float, float], by: tuple[float, float], **where: Any) -> None:
    """Write into axes, so far from a point [points]; a line that passes below does not strike it through."""
    from matplotlib.patheffects import withStroke

    ax.annotate(
        text,
        at,
        by,
        textcoords="offset points",
        size=TEXT,
        weight="bold",
        linespacing=1.0,
        color=colour,
        annotation_clip=False,
        path_effects=[withStroke(linewidth=5, foreground="white")],
        **where,
    )


def _axes(on: Sheet, left: float, bottom: float, right: float, top: float) -> Axes:
    ax = style.room(on.figure, left, bottom, right, top)
    ax.tick_params(labelsize=TEXT)
    return ax


def _name(ax: Axes, found: Sequence[End], looks: Mapping[str, Look], last: int) -> None:
    """Write names to the right of the last round, apart from each other."""
    tall = ax.get_window_extent().height / style.DPI  # [inch]
    low, high = ax.get_ylim()
    line = TEXT * LINE / tall * (high - low)  # of text, in the unit of the axis
    ordered = sorted(found, key=lambda e: -e[0])
    words = ["\n".join(style.folded(name, FOLD, 4)) for _, name in ordered]
    sizes = [(w.count("\n") + 1) * line for w in words]
    places = spread_out([y for y, _ in ordered], sizes, low - line, high + line)
    for (_, name), text, y in zip(ordered, words, places, strict=True):
        write(ax, text, looks[name][0], (last + 0.15, y), (12, 0), va="center")
