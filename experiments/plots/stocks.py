"""Debt and what people know and write down, over time: what misbehaviour costs later."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from experiments.plots import style
from experiments.plots.panels import SMALL, panels
from experiments.stats import LUCK
from experiments.tables import About

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SHOWN = ("debt", "knowledge", "documented")


def stocks(weekly: pd.DataFrame, order: Sequence[str], about: About) -> tuple[Figure, pd.DataFrame] | None:
    """Return the picture and its table; None where there is no project."""
    if weekly["debt"].isna().all():
        return None
    table = weekly.groupby(["scheme", "week"], sort=False)[list(SHOWN)].mean().reset_index()
    spread = weekly.groupby(["scheme", "week"], sort=False)["debt"]
    table["debt_low"], table["debt_high"] = (spread.quantile(q).to_numpy() for q in LUCK)
    caption = (
        "Left scale: technical debt [weeks of work per member], mean over teams; band: luck (middle 80 % of single "
        "teams). Right scale, in per cent: how well an average member knows an average part of the system, how much "
        f"is written down. From the dotted line on the scheme counts. {about.setting()}"
    )
    figure, axes = panels([about.label(s) for s in order], "Debt and knowledge over time", caption)
    most = float(np.nanmax(table["debt_high"])) * 1.05
    at_the_right = {*range(4, len(order), 5), len(order) - 1}
    for i, (ax, scheme) in enumerate(zip(axes, order, strict=True)):
        own = table[table["scheme"] == scheme]
        ax.fill_between(own["week"], own["debt_low"], own["debt_high"], color=style.VERMILLION, alpha=0.2, linewidth=0)
        ax.plot(own["week"], own["debt"], color=style.VERMILLION, linewidth=2.2)
        other = ax.twinx()
        other.plot(own["week"], 100 * own["knowledge"], color=style.BLUE, linewidth=2.2, linestyle=(0, (4, 2)))
        other.plot(own["week"], 100 * own["documented"], color=style.GREEN, linewidth=2.2, linestyle=(0, (1, 1)))
        other.set_ylim(0, 100)
        other.tick_params(labelsize=SMALL, colors=style.INK, length=0, labelright=i in at_the_right)
        for side in ("top", "right", "left"):
            other.spines[side].set_visible(False)
        if about.since:
            ax.axvline(about.since, color=style.INK, linewidth=1.2, linestyle=(0, (1, 2)))
        ax.set_ylim(0, most)
        ax.set_xlim(0, float(table["week"].max()))
    from matplotlib.lines import Line2D

    lines = [
        Line2D([], [], color=style.VERMILLION, linewidth=2.2, label="debt"),
        Line2D([], [], color=style.BLUE, linewidth=2.2, linestyle=(0, (4, 2)), label="known [%]"),
        Line2D([], [], color=style.GREEN, linewidth=2.2, linestyle=(0, (1, 1)), label="written down [%]"),
    ]
    figure.legend(handles=lines, loc="upper right", fontsize=style.TEXT, frameon=False, ncols=3)
    return figure, table
