"""How pictures look: sizes in inches on a page as wide as a slide, type of 14 points and more.

The object interface of Matplotlib is used with its Agg canvas: no display, no global state.
"""

from __future__ import annotations

import os
import re
import textwrap
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH = 13.33  # of a page [inch]
MARGIN = 0.35  # [inch]
LINE = 0.25  # a line of text of the size TEXT [inch]
TEXT, TITLE = 14, 20  # [points]
CHARACTER = 0.1  # mean width of a character of the size TEXT [inch]
DPI = 120
INK, PALE, GRID = "#222222", "#5f5f5f", "#dddddd"
# Okabe & Ito (2008), Color Universal Design; black stands last, yellow is darkened by an edge.
COLOURS = ("#0072B2", "#56B4E9", "#009E73", "#F0E442", "#BBBBBB", "#E69F00", "#D55E00", "#CC79A7", "#000000")
BLUE, GREEN, VERMILLION = COLOURS[0], COLOURS[2], COLOURS[6]


def page(height: float, title: str, caption: str) -> tuple[Figure, float, float]:
    """Return a figure with its title and caption, and where the space between begins and ends [inch]."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    caption = re.sub(r"(?<=\d) (?=%)|(?<=seed) ", "\N{NO-BREAK SPACE}", caption)
    note = textwrap.wrap(plain(caption), int((WIDTH - 2 * MARGIN) / CHARACTER))
    height += (len(note) - 2) * LINE
    figure = Figure(figsize=(WIDTH, height), dpi=DPI, facecolor="white")
    FigureCanvasAgg(figure)
    left = MARGIN / WIDTH
    figure.text(left, 1 - MARGIN / height, plain(title), size=TITLE, weight="bold", va="top", color=INK)
    figure.text(left, 0.8 * MARGIN / height, "\n".join(note), size=TEXT, va="bottom", color=PALE)
    return figure, 0.8 * MARGIN + len(note) * LINE + 0.15, height - MARGIN - 0.5


def room(figure: Figure, left: float, bottom: float, right: float, top: float) -> Axes:
    """Return axes whose frame lies between these distances from the lower left corner [inch]."""
    width, height = figure.get_size_inches()
    ax = figure.add_axes((left / width, bottom / height, (right - left) / width, (top - bottom) / height))
    ax.tick_params(labelsize=TEXT, colors=INK, length=0)
    for side in ("top", "right", "left"):
        ax.spines[side].set_visible(False)
    ax.spines["bottom"].set_color(PALE)
    ax.set_axisbelow(True)
    ax.grid(color=GRID, linewidth=0.8)
    return ax


def plain(text: str) -> str:
    """Return text in which a dollar sign is one."""
    return text.replace("$", r"\$")


def folded(text: str, width: int, lines: int = 3) -> list[str]:
    """Fold a label into at most so many lines.

    Examples
    --------
    >>> folded("rated by how impressive the work looks", 20)
    ['rated by how', 'impressive the work', 'looks']
    """
    return textwrap.wrap(plain(text), width, max_lines=lines, placeholder=" …") or [""]


def save(figure: Figure, path: Path) -> None:
    """Write a picture whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="Glyph .* missing from")
            figure.savefig(temporary, format="png", dpi=DPI)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
