"""How things stand, and how the top is told that they stand, over time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from experiments.plots import style
from experiments.plots.panels import panels, start, timeline
from experiments.tables import About

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SHOWN = ("true_status", "reported_status", "hidden", "surprise")
WINDOW = 4  # weeks over which shares are taken
LINES: tuple[tuple[str, str, str, Any], ...] = (
    ("true_status", "red in truth", style.VERMILLION, "-"),
    ("reported_status", "red as the top is told", style.BLUE, (0, (4, 2))),
    ("hidden", "a problem the top knows nothing of", "#000000", (0, (1, 1))),
)


def status(weekly: pd.DataFrame, order: Sequence[str], about: About) -> tuple[Figure, pd.DataFrame] | None:
    """Return the picture, a panel per variant, and its table; None where nothing is reported."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    if "true_status" not in weekly or weekly["true_status"].isna().all():
        return None
    held = weekly[weekly["true_status"].notna()]
    there = list(held["scheme"].unique())
    shown = [s for s in order if s in there]
    step = WINDOW if about.weeks >= 3 * WINDOW else 1
    own = held.assign(week=(held["week"] // step + 1) * step).query(f"week <= {about.weeks}")
    table = own.groupby(["scheme", "week"], sort=False)[list(SHOWN)].mean().reset_index()
    table["surprise"] *= step
    teams = "the team" if about.runs == 1 else "teams"
    caption = (
        f"Shares of {teams}, means over {step} weeks. Shaded: red in truth while the top is told that all is well. "
        "Bars: surprises, problems of which reality told the top before people did, per team in those weeks (in %). "
        f"{start(about)}{about.setting()}"
    )
    looks: list[dict[str, Any]] = [
        {"label": label, "color": c, "linestyle": line, "linewidth": 2.5} for _, label, c, line in LINES
    ]
    keys = [*(Line2D([], [], **look) for look in looks), Patch(color=style.COLOURS[5], label="surprises")]
    title = "How things stand, and what the top is told"
    figure, axes = panels([about.titled(s) for s in shown], title, caption, lines=keys)
    for ax, scheme in zip(axes, shown, strict=True):
        each = table[table["scheme"] == scheme]
        x = each["week"]
        told = each[["true_status", "reported_status"]].min(axis=1)
        ax.fill_between(x, 100 * told, 100 * each["true_status"], color=style.VERMILLION, alpha=0.2, linewidth=0)
        ax.bar(x - step / 2, 100 * each["surprise"], 0.8 * step, color=style.COLOURS[5])
        for (what, *_), look in zip(LINES, looks, strict=True):
            ax.plot(x, 100 * each[what], **look)
        ax.set_ylim(0, max(10.0, 105 * float(table[list(SHOWN)].max().max())))
    axes[0].set_ylabel(f"share of {teams} [%]", size=style.TEXT, color=style.INK)
    timeline(axes, about)
    return figure, table
