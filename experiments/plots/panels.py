"""A page of small panels, one per scheme, with common axes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from experiments.plots import style
from experiments.tables import About
from sim.scenario import Scenario

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

TALL, GAP, FOOT = 3.6, 0.3, 0.6  # of all rows together, at least · below a row · below the last one [inch]


def columns_for(count: int) -> int:
    """How many of so many panels stand beside each other."""
    return min(count, 4 if count <= 8 else 5)


def panels(
    titles: Sequence[str],
    title: str,
    caption: str,
    *,
    height: float | None = None,
    left: float = 0.95,
    right: float = 0.35,
    lines: Sequence[Artist] = (),
) -> tuple[Figure, list[Axes]]:
    """Return a figure and its axes, as many as there are titles.

    Parameters
    ----------
    height : float or None
        Of a panel [inch]; None: by how many rows there are.
    left, right : float
        Room for the labels at the sides [inch].
    lines : sequence of Artist
        What is named below the title.
    """
    columns = columns_for(len(titles))
    rows = math.ceil(len(titles) / columns)
    height = max(1.75, TALL / rows) if height is None else height
    wide = (style.WIDTH - left - right) / columns
    names = [style.folded(t, int((wide - 0.2) / style.CHARACTER)) for t in titles]
    heading = max(map(len, names)) * style.LINE + 0.12
    each = heading + height + GAP
    above = 0.45 if lines else 0.1
    figure, bottom, top = style.page(rows * each + above + FOOT + 1.5, title, caption)
    each = (top - above - bottom - FOOT + GAP) / rows
    if lines:
        style.key(figure, lines, top, columns=len(lines), long=2)
    axes = []
    for i, words in enumerate(names):
        row, column = divmod(i, columns)
        x, ceiling = left + column * wide, top - above - row * each
        ax = style.room(figure, x + 0.1, ceiling - each + GAP, x + wide - 0.2, ceiling - heading)
        ax.set_title("\n".join(words), size=style.TEXT, loc="left", color=style.INK)
        ax.tick_params(labelleft=not column, labelbottom=i + columns >= len(titles))
        axes.append(ax)
    return figure, axes


def timeline(axes: Sequence[Axes], about: About) -> None:
    """Let panels show the weeks of a study, and where the schemes begin to count."""
    for i, ax in enumerate(axes):
        if about.since:
            ax.axvline(about.since, color=style.INK, linewidth=1.4, linestyle=(0, (1, 2)))
        ax.set_xlim(0, 1.02 * about.weeks)
        ax.set_xticks(quarters(about.weeks))
        if i + columns_for(len(axes)) >= len(axes):
            ax.set_xlabel("week", size=style.TEXT, color=style.INK)


def called(scheme: str, scenario: Scenario, about: About) -> str:
    """Return what a page on one variant is about: the story where there is no other variant."""
    alone = scenario.config["story"].get("plain") if len(about.labels) == 1 else None
    return str(alone or about.titled(scheme))


def start(about: About) -> str:
    """Say what the line in a timeline means, and a space; nothing where there is none."""
    before = "today's" if about.today else "nothing hangs on the score"
    return f"From the dotted line on each scheme counts; before it, {before}. " if about.since else ""


def quarters(weeks: int) -> list[int]:
    """Weeks to mark: quarters, halves or years, few enough for a small panel.

    Examples
    --------
    >>> quarters(104), quarters(156), quarters(30), quarters(5)
    ([52, 104], [52, 104, 156], [13, 26], [5])
    """
    step = next((s for s in (13, 26, 52, 104, 260) if weeks <= 3 * s), weeks // 2)
    return list(range(step, weeks + 1, step)) or [weeks]
