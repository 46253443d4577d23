"""The gap between promise and delivery: how wide, and what it is made of, a row per scheme."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from experiments.plots import style
from experiments.store import write_csv
from sim.worlds import PARTS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLOURS = dict(zip(PARTS, (style.BLUE, "#E69F00", style.GREEN, style.VERMILLION, "#BBBBBB"), strict=True))
MEANS = {
    "regressional": "regressional (chance)",
    "extremal": "extremal (going far)",
    "causal": "causal",
    "adversarial": "adversarial (gaming)",
    "misfit": "misfit (no cause)",
}
LEFT, MIDDLE = 3.3, 7.1  # where the panels begin [inch]
ROW, THICK = 0.72, 0.5  # height of a row [inch] · of a bar [row]
UNIT = "weeks of core work per person-week"


def draw(folder: Path, table: pd.DataFrame, labels: Mapping[str, str], runs: int, seed: int, members: int) -> Path:
    """Draw the picture of `crosspurpose decompose` and return its path; the table behind it stands beside it.

    Parameters
    ----------
    table : DataFrame
        Rows of decompose.csv.
    labels : mapping of str to str
        Plain labels of the schemes.
    runs, seed, members : int
    """
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    known = table[table["gap"].notna()].sort_values("gap", kind="stable").reset_index(drop=True)
    left_out = [labels[s] for s in table.loc[table["gap"].isna(), "scheme"]]
    caption = (
        "Promised: what the score of those chosen says they do, by how work goes with the score where nothing hangs on "
        f"it; both from the mean there. Means of {runs} teams of {members}; lines: computing error (95 %), that of the "
        "parts in decompose.csv. Parts to the left of 0 narrow the gap."
        + (f" Without a promise, since nobody differs in the score: {', '.join(left_out)}." if left_out else "")
        + f" Seed {seed}."
    )
    handles = [
        *(Patch(facecolor=COLOURS[p], edgecolor="white", label=MEANS[p], hatch=_hatch(p)) for p in PARTS),
        Line2D([], [], color=style.INK, marker="D", linewidth=2, markersize=9, label="gap"),
        Line2D([], [], color="none", marker="o", mfc="white", mec=style.INK, mew=2, markersize=11, label="promised"),
        Line2D([], [], color="none", marker="o", mfc=style.INK, mec=style.INK, markersize=11, label="delivered"),
    ]
    tall = ROW * max(len(known), 1)
    lines = math.ceil(len(handles) / 4) * 0.3 + 0.1
    figure, bottom, top = style.page(tall + lines + 2.9, "Why the measure promises more than it delivers", caption)
    floor, ceiling = bottom + 0.65, top - lines - 0.4
    first = style.room(figure, LEFT, floor, MIDDLE - 0.5, ceiling)
    second = style.room(figure, MIDDLE, floor, style.WIDTH - 0.4, ceiling)
    for ax, title in ((first, "Promised and delivered"), (second, "What the gap is made of")):
        ax.set_ylim(-0.5, max(len(known), 1) - 0.5)
        ax.set_title(title, size=style.TEXT + 2, loc="left", color=style.INK)
        ax.set_xlabel(UNIT, size=style.TEXT, color=style.INK)
        ax.grid(visible=False, axis="y")
        ax.axvline(0, color=style.PALE, linewidth=1.2, zorder=1)
        ax.locator_params(axis="x", nbins=5)
        ax.use_sticky_edges = False
    names = ["\n".join(style.folded(labels[s], int((LEFT - 0.5) / style.CHARACTER), 2)) for s in known["scheme"]]
    first.set_yticks(range(len(known)), names)
    second.set_yticks([])
    _ends(first, known)
    _parts(second, known)
    style.key(figure, handles, top, columns=4, long=1.6)
    path = folder / "decompose.png"
    style.save(figure, path)
    write_csv(table, folder / "decompose.csv")
    return path


def _hatch(part: str) -> str | None:
    return "///" if part == "misfit" else None


def _ends(ax: Axes, table: pd.DataFrame) -> None:
    """Draw what is promised and delivered, and the gap between them."""
    for i, (_, row) in enumerate(table.iterrows()):
        ax.plot([row["delivered"], row["promised"]], [i, i], color=style.PALE, linewidth=3, zorder=2)
        for name, fill in (("promised", "white"), ("delivered", style.INK)):
            ax.hlines(i, row[f"{name}_error_low"], row[f"{name}_error_high"], color=style.INK, linewidth=2, zorder=3)
            ax.plot(row[name], i, "o", markersize=11, mfc=fill, mec=style.INK, mew=2, zorder=4)


def _parts(ax: Axes, table: pd.DataFrame) -> None:
    """Stack the parts: what widens the gap to the right of 0, what narrows it to the left."""
    y = np.arange(len(table))
    ends = {1: np.zeros(len(table)), -1: np.zeros(len(table))}
    for part in PARTS:
        value = table[part].to_numpy(dtype=np.float64)
        for side in ends:
            width = np.where(value * side > 0, value, 0.0)
            ax.barh(
                y, width, THICK, left=ends[side], color=COLOURS[part], edgecolor="white", hatch=_hatch(part), zorder=2
            )
            ends[side] = ends[side] + width
    ax.hlines(y, table["gap_error_low"], table["gap_error_high"], color=style.INK, linewidth=2, zorder=3)
    ax.plot(table["gap"], y, "D", color=style.INK, markersize=9, mec="white", zorder=4)
