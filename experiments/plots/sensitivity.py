"""How much an outcome depends on each parameter: a row per parameter, a point with its interval per index."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from experiments.indices import ordered
from experiments.plots import style

if TYPE_CHECKING:
    from experiments.indices import Analysis

MOST = 20  # parameters that are drawn
MARKS = {
    "S1": ("alone (S1)", style.BLUE, "o", 0.14),
    "ST": ("with what it does together with others (ST)", style.VERMILLION, "D", -0.14),
    "mu_star": ("mean size of its effect (μ*)", style.BLUE, "o", 0.14),
    "sigma": ("how much that depends on the rest (σ)", style.VERMILLION, "D", -0.14),
}


def draw(path: Path, analysis: Analysis, table: pd.DataFrame, caption: str) -> None:
    """Draw the indices of one measure.

    Parameters
    ----------
    table : DataFrame
        Rows of indices.csv of this measure.
    caption : str
    """
    names = ordered(analysis, table)[:MOST]
    measure = table["measure"].iloc[0]
    figure, bottom, top = style.page(3.6 + 0.55 * len(names), f"What {measure} depends on", caption)
    wide = min(6.0, 0.5 + style.CHARACTER * max(map(len, names)))
    ax = style.room(figure, style.MARGIN + wide, bottom + 0.6, style.WIDTH - 0.5, top - 0.5)
    place = np.arange(len(names))[::-1]
    for index, (label, colour, marker, shift) in MARKS.items():
        own = table[table["index"] == index].set_index("parameter").reindex(names)
        if own["value"].isna().all():
            continue
        half = (own["error_high"] - own["value"]).to_numpy(float)
        ax.errorbar(
            own["value"],
            place + shift,
            xerr=half,
            fmt=marker,
            color=colour,
            markersize=9,
            linewidth=2,
            capsize=4,
            label=label,
        )
    ax.axvline(0.0, color=style.PALE, linewidth=1.2)
    ax.set_yticks(place, [style.folded(n, 58, 1)[0] for n in names])
    ax.set_ylim(-0.6, len(names) - 0.4)
    words = f"change of {measure} from end to end of the range" if analysis.method == "morris" else "share of variance"
    ax.set_xlabel(words, size=style.TEXT, color=style.INK)
    handles = ax.get_legend_handles_labels()[0]
    if handles:
        style.key(figure, handles, top, columns=2)
    style.save(figure, path)
