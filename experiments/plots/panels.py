"""A page of small panels, one per scheme, with common axes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from experiments.plots import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SMALL = style.TEXT - 2  # [points]


def panels(
    titles: Sequence[str], title: str, caption: str, *, height: float = 1.75, left: float = 0.95
) -> tuple[Figure, list[Axes]]:
    """Return a figure and its axes, as many as there are titles.

    Parameters
    ----------
    height : float
        Of a panel [inch].
    left : float
        Room for the labels at the left [inch].
    """
    columns = min(len(titles), 4 if len(titles) <= 8 else 5)
    rows = math.ceil(len(titles) / columns)
    figure, bottom, top = style.page(1.6 + rows * (height + 0.85) + 1.1, title, caption)
    low, high = bottom + 0.7, top - 0.15
    each_x = (style.WIDTH - left - 0.35) / columns
    each_y = (high - low) / rows
    axes = []
    for i, words in enumerate(titles):
        row, column = divmod(i, columns)
        x, y = left + column * each_x, high - (row + 1) * each_y
        ax = style.room(figure, x + 0.1, y + 0.15, x + each_x - 0.2, y + each_y - 0.62)
        ax.tick_params(labelsize=SMALL)
        ax.set_title("\n".join(style.folded(words, int(each_x / 0.098), 2)), size=SMALL, loc="left", color=style.INK)
        if column:
            ax.tick_params(labelleft=False)
        if i + columns < len(titles):
            ax.tick_params(labelbottom=False)
        else:
            ax.set_xlabel("week", size=SMALL, color=style.INK)
        axes.append(ax)
    return figure, axes
