"""Three spreads of worth side by side: computing error, luck and assumptions. They are never mixed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from experiments.plots import style
from experiments.tables import About

if TYPE_CHECKING:
    from matplotlib.figure import Figure

KINDS = (
    ("assumed", "assumptions", "#E69F00", 13.0),
    ("luck", "luck", "#56B4E9", 8.0),
    ("error", "computing error", "#000000", 3.5),
)


def three_spreads(summary: pd.DataFrame, order: Sequence[str], about: About) -> tuple[Figure, pd.DataFrame] | None:
    """Return the picture and its table; None where other assumptions were not run."""
    if "assumed_low" not in summary:
        return None
    table = summary[summary["measure"] == "worth"].set_index("scheme").loc[list(order)].reset_index()
    caption = (
        "Assumptions: the middle 80 % over what may be true of a real team, luck taken off. Luck: the middle 80 % of "
        f"single {about.many}. Computing error: the 95 % interval of the mean (dot), which more runs shrink; they do "
        f"not shrink the other two. {about.setting()}"
    )
    figure, bottom, top = style.page(2.8 + 0.62 * len(order), "How sure can one be?", caption)
    ax = style.room(figure, 4.2, bottom + 0.55, style.WIDTH - 0.5, top - 0.35)
    ax.grid(axis="y", visible=False)
    for kind, label, colour, width in KINDS:
        low, high = table[f"{kind}_low"], table[f"{kind}_high"]
        ax.hlines(range(len(table)), low, high, color=colour, linewidth=width, label=label)
    ax.plot(table["value"], range(len(table)), "o", color="white", markeredgecolor="black", markersize=7)
    ax.set_yticks(range(len(table)), ["\n".join(style.folded(about.titled(s), 36, 2)) for s in table["scheme"]])
    ax.set_ylim(len(table) - 0.4, -0.6)
    ax.set_xlabel("worth [weeks of core work per person-week]", size=style.TEXT, color=style.INK)
    style.key(figure, ax.get_legend_handles_labels()[0], top, columns=len(KINDS), long=2)
    return figure, table
