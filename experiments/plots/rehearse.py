"""A lesson in rehearsal: its effect in every class, round by round, and in how many classes it shows."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from experiments.classroom.effect import UNITS, threshold
from experiments.classroom.session import Setting
from experiments.lessons import SHIPS, Lesson
from experiments.plots import style
from experiments.store import write_csv

if TYPE_CHECKING:
    from matplotlib.axes import Axes

TALL, MIDDLE, SECOND = 4.4, 7.4, 8.6  # height of the panels, end of the first, start of the second [inch]
SPREAD = 0.26  # half the width of the dots of a round [round]


def draw(path: Path, classes: pd.DataFrame, summary: Path, given: Lesson, setting: Setting, students: int) -> Path:
    """Draw the picture of `crosspurpose rehearse`, write its table beside it, and return its path.

    Parameters
    ----------
    classes : DataFrame
        Rows of classes.csv.
    summary : Path
        The file rehearse.csv.
    given : Lesson
    setting : Setting
        How the classes were run, and the seed that theirs follow from.
    students : int
        Of a class.
    """
    table = pd.read_csv(summary)
    caption = (
        f"Left: a dot is one of {classes['class'].nunique()} classes of {students} scripted students; the bar is the "
        "middle half of the classes, the line across it the median. Above the dashed line it shows: "
        f"{threshold(given)}. Right: in how many classes it shows, with exact 95 % intervals; the dashed line is what "
        f"a finished lesson reaches. {setting.minutes} minutes, seed {setting.seed}."
    )
    title = f"Rehearsed: {given.label.plain}"
    figure, bottom, _ = style.page(TALL + 2.6, title, caption)
    floor, ceiling = bottom + 0.65, bottom + 0.65 + TALL
    _effects(style.room(figure, 0.95, floor, MIDDLE, ceiling), classes, table, given)
    _shares(style.room(figure, SECOND, floor, style.WIDTH - 0.4, ceiling), table)
    style.save(figure, path)
    write_csv(
        classes.merge(table[["round", "quarter", "median", "three_quarters"]], on="round"), path.with_suffix(".csv")
    )
    return path


def _effects(ax: Axes, classes: pd.DataFrame, table: pd.DataFrame, given: Lesson) -> None:
    for row in table.to_dict("records"):
        size = classes.loc[classes["round"] == row["round"], "effect"].to_numpy()
        aside = np.linspace(-SPREAD, SPREAD, len(size)) if len(size) > 1 else np.zeros(1)
        ax.plot(row["round"] + aside, size, "o", color=style.COLOURS[1], markersize=3, alpha=0.6, mew=0)
        ax.plot([row["round"]] * 2, [row["quarter"], row["three_quarters"]], color=style.INK, linewidth=7, alpha=0.75)
        ax.plot(
            [row["round"] - SPREAD, row["round"] + SPREAD], [row["median"]] * 2, color=style.VERMILLION, linewidth=2.5
        )
    ax.axhline(0, color=style.PALE, linewidth=1, zorder=1)
    ax.axhline(given.effect.least, color=style.INK, linewidth=1.5, linestyle=(0, (4, 3)))
    _rounds(ax, table)
    ax.set_title(f"Effect [{UNITS[given.effect.measure]}]", size=style.TEXT + 2, loc="left", color=style.INK)


def _shares(ax: Axes, table: pd.DataFrame) -> None:
    error = 100 * np.stack([table["share"] - table["share_low"], table["share_high"] - table["share"]])
    ax.errorbar(table["round"], 100 * table["share"], error, fmt="o-", color=style.BLUE, linewidth=2, markersize=7)
    ax.axhline(100 * SHIPS, color=style.INK, linewidth=1.5, linestyle=(0, (4, 3)))
    ax.set_ylim(-4, 104)
    _rounds(ax, table)
    ax.set_title("Classes in which it shows [%]", size=style.TEXT + 2, loc="left", color=style.INK)


def _rounds(ax: Axes, table: pd.DataFrame) -> None:
    ax.set_xticks(list(table["round"]))
    ax.set_xlim(0.5, len(table) + 0.5)
    ax.set_xlabel("round", size=style.TEXT, color=style.INK)
