"""Worth and surplus against strength, a curve per scheme, with the peak and the name of its hump."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from experiments.humps import PEAKS, WORDS
from experiments.plots import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from experiments.humps import Peak

ORDER = (0, 6, 2, 5, 7, 1, 8)  # of colours


def draw(
    folder: Path,
    table: pd.DataFrame,
    peaks: Mapping[str, Peak],
    labels: Mapping[str, str],
    today: Mapping[str, float],
    runs: int,
) -> Path:
    """Draw the picture of `crosspurpose strength` and return its path.

    Parameters
    ----------
    table : DataFrame
        Rows of strength.csv.
    peaks : mapping of str to Peak
    labels : mapping of str to str
        Plain labels of the schemes.
    today : mapping of str to float
        The strength that each has by itself.
    runs : int
    """
    kinds = dict.fromkeys(p.hump for p in peaks.values())
    said = "; ".join(f"{', '.join(labels[n] for n, p in peaks.items() if p.hump == k)}: {WORDS[k]}" for k in kinds)
    caption = (
        f"{said}. Lines: means of {runs} teams with the same luck at every strength; dark: computing error (95 %); "
        + ("pale: luck (middle 80 % of single teams); " if len(peaks) == 1 else "for luck see strength.csv; ")
        + "dashed: the aligned team; dotted: strength today"
        + ("; circle: highest worth, with its 95 % interval across" * any(p.hump in PEAKS for p in peaks.values()))
        + "."
    )
    names = [style.folded(labels[n], 56, 1)[0] for n in peaks]
    columns = style.columns_that_fit(names, 0.85)
    key = 0.1 + 0.3 * math.ceil(len(names) / columns)
    figure, bottom, top = style.page(7.3 + key, "How much should hang on the score?", caption)
    middle = style.WIDTH / 2
    left = style.room(figure, 1.15, bottom + 0.6, middle - 0.35, top - key - 0.45)
    right = style.room(figure, middle + 0.85, bottom + 0.6, style.WIDTH - 0.4, top - key - 0.45)
    for i, name in enumerate(peaks):
        own = table[table["scheme"] == name]
        colour = style.COLOURS[ORDER[i % len(ORDER)]]
        _worth(left, own, colour, names[i], luck=len(peaks) == 1)
        if peaks[name].hump in PEAKS:
            _mark(left, own, peaks[name])
        right.plot(own["strength"], own["surplus"], color=colour, linewidth=2.5)
        right.fill_between(
            own["strength"], own["surplus_error_low"], own["surplus_error_high"], color=colour, alpha=0.3, linewidth=0
        )
    left.set_ylabel("worth [weeks of core work\nper person-week]", size=style.TEXT, color=style.INK)
    right.set_ylabel("net surplus [utility per person-week]", size=style.TEXT, color=style.INK)
    for ax, title in ((left, "What the business gets"), (right, "Net of what effort and risk cost people")):
        ax.set_xlabel("strength: factor on all that hangs on the score", size=style.TEXT, color=style.INK)
        ax.set_title(title, size=style.TEXT + 2, loc="left", color=style.INK)
        ax.set_xlim(0, float(table["strength"].max()))
        for strength in {*today.values()}:
            ax.axvline(strength, color=style.INK, linewidth=1.6, linestyle=(0, (1, 2)), zorder=1)
    style.key(figure, left.get_legend_handles_labels()[0], top, columns=columns, long=2)
    path = folder / "strength.png"
    style.save(figure, path)
    return path


def _worth(ax: Axes, own: pd.DataFrame, colour: str, label: str, luck: bool) -> None:
    x = own["strength"]
    if luck:
        ax.fill_between(x, own["worth_luck_low"], own["worth_luck_high"], color=colour, alpha=0.12, linewidth=0)
    ax.fill_between(x, own["worth_error_low"], own["worth_error_high"], color=colour, alpha=0.35, linewidth=0)
    ax.plot(x, own["worth"], color=colour, linewidth=2.5, label=label)
    ax.plot(x, own["worth_aligned"], color=colour, linewidth=1.5, linestyle=(0, (4, 2)))


def _mark(ax: Axes, own: pd.DataFrame, peak: Peak) -> None:
    """Circle the highest worth, with its 95 % interval across."""
    height = float(np.interp(peak.strength, own["strength"], own["worth"]))
    ax.plot(peak.strength, height, "o", markersize=13, markerfacecolor="none", markeredgecolor=style.INK, mew=2)
    ax.hlines(height, peak.low, peak.high, color=style.INK, linewidth=2)
