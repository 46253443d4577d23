"""How high the effect of each intervention rises, and what is left of it a year after."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from experiments.plots import style
from experiments.words import words_of
from sim.loading import options

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ROW, LEFT = 0.33, 4.6  # of an intervention, of their names [inch]
PAINT = {"symptom": style.COLOURS[6], "function": style.COLOURS[0], "perception": style.COLOURS[2]}
NAMES = {"symptom": "Symptoms", "function": "Functions", "perception": "Perceptions"}
WIDE = (-0.5, 1.5)  # shares left that are drawn; beyond, an arrow at the edge


def draw(path: Path, table: pd.DataFrame, config: Mapping[str, Any], runs: int) -> Path:
    """Draw the picture of `crosspurpose persistence` and return its path.

    Parameters
    ----------
    table : DataFrame
        Rows of the table: intervention, plain, kind, mode, peak, left, with their intervals.
    config : mapping
        outcome, start, pulse and after.
    runs : int
    """
    column = str(config["outcome"])
    unit = str(words_of(column)["unit"]) if column in options("measure") else column
    caption = (
        f"Each from week {config['start']} on: as a pulse of {config['pulse']} weeks (filled) and held (open). "
        f"Left: the highest four-week mean of the difference to doing nothing, on other runs than those that choose "
        f"where. Right: what is left of it in the last four of {config['after']} weeks after the pulse; none where the "
        f"size is not surely above {config['smallest']:g}; arrows: beyond the edge. "
        f"Bars: computing error (95 %), {runs} pairs of runs with the same people and luck. Luck: in the weekly rows."
    )
    names = list(dict.fromkeys(table["intervention"]))
    kinds = table.drop_duplicates("intervention").set_index("intervention")["kind"]
    places, heads, y = dict[str, float](), dict[str, float](), 0.0
    for kind in dict.fromkeys(kinds):
        heads[kind], y = y, y + 1
        for name in names:
            if kinds[name] == kind:
                places[name], y = y, y + 1
    title = f"What each intervention does to {column.replace('_', ' ')}, and what stays"
    figure, bottom, top = style.page(1.9 + ROW * y, title, caption)
    middle = LEFT + (style.WIDTH - LEFT) / 2
    left = style.room(figure, LEFT, bottom + 0.65, middle - 0.2, top - 0.1)
    right = style.room(figure, middle + 0.2, bottom + 0.65, style.WIDTH - 0.4, top - 0.1)
    for row in table.to_dict("records"):
        r = {str(k): v for k, v in row.items()}
        at = places[r["intervention"]] + (-0.16 if r["mode"] == "pulse" else 0.16)
        _point(left, r, at, "peak")
        if np.isfinite(r["left"]):
            _point(right, r, at, "left", WIDE)
    right.set_xlim(*WIDE)
    for ax in (left, right):
        ax.axvline(0, color=style.PALE, linewidth=1)
        ax.set_ylim(y - 0.4, -0.6)
        ax.grid(visible=False, axis="y")
    right.set_yticks([])
    left.set_yticks([])
    for kind, at in heads.items():
        figure_text(left, at, NAMES[kind], PAINT[kind], bold=True)
    plain = table.drop_duplicates("intervention").set_index("intervention")["plain"]
    for name, at in places.items():
        figure_text(left, at, style.folded(str(plain[name]), 44, 1)[0], style.INK)
    left.set_xlabel(f"peak [{unit}]", size=style.TEXT, color=style.INK)
    right.set_xlabel(f"share left after {config['after']} weeks", size=style.TEXT, color=style.INK)
    style.save(figure, path)
    return path


def figure_text(ax: Axes, at: float, text: str, colour: str, bold: bool = False) -> None:
    """Write the name of a row left of the axes."""
    ax.annotate(
        text,
        (0, at),
        xycoords=("axes fraction", "data"),
        xytext=(-(LEFT - style.MARGIN) * 72, 0),
        textcoords="offset points",
        size=style.TEXT,
        color=colour,
        va="center",
        weight="bold" if bold else "normal",
        annotation_clip=False,
    )


def _point(ax: Axes, row: Mapping[str, Any], at: float, name: str, within: tuple[float, float] | None = None) -> None:
    """Draw a value with its interval, at the edge where it lies beyond."""
    low, high = within or (-np.inf, np.inf)
    colour = PAINT[row["kind"]]
    value = float(np.clip(row[name], low, high))
    ends = np.clip([row[f"{name}_low"], row[f"{name}_high"]], low, high)
    ax.plot(ends, [at, at], color=colour, linewidth=2, solid_capstyle="butt")
    beyond = row[name] != value
    marker = ("<" if row[name] < low else ">") if beyond else "o"
    ax.plot(
        [value],
        [at],
        marker,
        color=colour,
        mfc=colour if row["mode"] == "pulse" else "white",
        markersize=7,
        clip_on=False,
    )
