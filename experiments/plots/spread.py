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
    ("assumed", "assumptions: middle 80 % over what may be true of a real team", "#E69F00", 13.0),
    ("luck", "luck: middle 80 % of single teams", "#56B4E9", 8.0),
    ("error", "computing error: 95 % interval of the mean", "#000000", 3.5),
)


def three_spreads(summary: pd.DataFrame, order: Sequence[str], about: About) -> tuple[Figure, pd.DataFrame] | None:
    """Return the picture and its table; None where other assumptions were not run."""
    if "assumed_low" not in summary:
        return None
    table = summary[summary["measure"] == "worth"].set_index("scheme").loc[list(order)].reset_index()
    caption = (
        "Worth [weeks of core work per person-week]. Computing error shrinks with more runs; luck and assumptions do "
        f"not. Luck is taken off the spread of assumptions. {about.setting()}"
    )
    figure, bottom, top = style.page(2.6 + 0.62 * len(order) + 0.9, "How sure can one be?", caption)
    ax = style.room(figure, 4.2, bottom + 0.8, style.WIDTH - 0.5, top - 0.55)
    for kind, label, colour, width in KINDS:
        low, high = table[f"{kind}_low"], table[f"{kind}_high"]
        ax.hlines(range(len(table)), low, high, color=colour, linewidth=width, label=label)
    ax.plot(table["value"], range(len(table)), "o", color="white", markeredgecolor="black", markersize=7)
    ax.set_yticks(range(len(table)), ["\n".join(style.folded(about.label(s), 36, 2)) for s in table["scheme"]])
    ax.set_ylim(len(table) - 0.4, -0.6)
    ax.set_xlabel("worth [weeks of core work per person-week]", size=style.TEXT, color=style.INK)
    figure.legend(loc="upper right", fontsize=style.TEXT - 2, frameon=False, ncols=1)
    return figure, table
