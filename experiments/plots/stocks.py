"""Debt and what people know and write down, over time: what misbehaviour costs later."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from experiments.plots import style
from experiments.plots.panels import columns_for, panels, start, timeline
from experiments.stats import LUCK
from experiments.tables import About

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SHOWN = ("debt", "knowledge", "documented")


SHARES = (20, 40, 60, 80, 100)
LINES = (  # what, name, colour, line
    ("debt", "debt (left scale)", style.VERMILLION, "-"),
    ("knowledge", "known (right scale)", style.BLUE, (0, (4, 2))),
    ("documented", "written down (right scale)", style.GREEN, (0, (1, 1))),
)


def stocks(weekly: pd.DataFrame, order: Sequence[str], about: About) -> tuple[Figure, pd.DataFrame] | None:
    """Return the picture and its table; None where there is no project."""
    from matplotlib.lines import Line2D

    if weekly["debt"].isna().all():
        return None
    table = weekly.groupby(["scheme", "week"], sort=False)[list(SHOWN)].mean().reset_index()
    spread = weekly.groupby(["scheme", "week"], sort=False)["debt"]
    table["debt_low"], table["debt_high"] = (spread.quantile(q).to_numpy() for q in LUCK)
    caption = (
        f"Means over {about.many}; band: luck, the middle 80 % of single {about.many}. Left: technical debt. Right: "
        f"how well an average member knows an average part of the system, and how much is written down. {start(about)}"
        + about.setting()
    )
    looks: list[dict[str, Any]] = [
        {"label": label, "color": c, "linestyle": line, "linewidth": 2.5} for _, label, c, line in LINES
    ]
    lines = [Line2D([], [], **look) for look in looks]
    figure, axes = panels(
        [about.titled(s) for s in order], "Debt and knowledge over time", caption, right=0.65, lines=lines
    )
    most = float(np.nanmax(table["debt_high"])) * 1.05
    for i, (ax, scheme) in enumerate(zip(axes, order, strict=True)):
        own = table[table["scheme"] == scheme]
        x = own["week"] + 1
        ax.fill_between(x, own["debt_low"], own["debt_high"], color=style.VERMILLION, alpha=0.2, linewidth=0)
        other = ax.twinx()
        for (what, *_), look in zip(LINES, looks, strict=True):
            (ax if what == "debt" else other).plot(x, own[what] * (1 if what == "debt" else 100), **look)
        other.set_ylim(0, 100)
        other.set_yticks(SHARES, [f"{s} %" for s in SHARES])
        last = (i + 1) % columns_for(len(order)) == 0 or i + 1 == len(order)
        other.tick_params(labelsize=style.TEXT, colors=style.INK, length=0, labelright=last)
        for side in ("top", "right", "left"):
            other.spines[side].set_visible(False)
        ax.set_ylim(0, most)
    axes[0].set_ylabel("debt [weeks of\nwork per member]", size=style.TEXT, color=style.INK)
    timeline(axes, about)
    return figure, table
