"""How pictures look: sizes in inches on a page as wide as a slide, type of 14 points and more.

The object interface of Matplotlib is used with its Agg canvas: no display, no global state.
"""

from __future__ import annotations

import math
import os
import re
import textwrap
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from experiments.store import write_csv

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.legend import Legend

WIDTH = 13.33  # of a page [inch]
MARGIN = 0.35  # [inch]
LINE = 0.25  # a line of text of the size TEXT [inch]
TEXT, TITLE = 14, 20  # [points]
CHARACTER = 0.1  # mean width of a character of the size TEXT [inch]
HEADING = 74  # characters of the size TITLE that fit a line
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
    ax.tick_params(axis="x", pad=7)  # clear of the lowest label beside it
    for side in ("top", "right", "left"):
        ax.spines[side].set_visible(False)
    ax.spines["bottom"].set_color(PALE)
    ax.set_axisbelow(True)
    ax.grid(color=GRID, linewidth=0.8)
    return ax


def key(
    figure: Figure,
    handles: Sequence[Artist],
    top: float,
    *,
    columns: int,
    left: float = MARGIN - 0.1,
    long: float = 1.2,
) -> Legend:
    """Name what is drawn, in columns below the title.

    Parameters
    ----------
    top : float
        Where the space below the title begins [inch].
    left : float
        Where the key begins [inch].
    long : float
        Of a handle, in letters: 2 for lines, whose dashes must show.
    """
    return figure.legend(
        handles=list(handles),
        loc="upper left",
        bbox_to_anchor=(left / WIDTH, (top + 0.1) / figure.get_size_inches()[1]),
        ncols=columns,
        frameon=False,
        fontsize=TEXT,
        borderpad=0,
        handlelength=long,
        columnspacing=1.4,
        labelspacing=0.35,
        markerscale=0.8,
    )


def columns_that_fit(words: Sequence[str], handle: float = 0.75) -> int:
    """Most columns, up to four, in which the words of a key, read downwards, fit the page; `handle`: its width [inch].

    Examples
    --------
    >>> columns_that_fit(["core work", "learning"]), columns_that_fit(["a" * 70, "b" * 70])
    (2, 1)
    """
    for columns in range(min(4, len(words)), 1, -1):
        rows = math.ceil(len(words) / columns)
        widest = [max(map(len, words[i : i + rows])) for i in range(0, len(words), rows)]
        if sum(handle + CHARACTER * w for w in widest) < WIDTH - MARGIN:
            return columns
    return 1


def plain(text: str) -> str:
    """Return text in which a dollar sign is one."""
    return text.replace("$", r"\$")


def folded(text: str, width: int, lines: int = 3) -> list[str]:
    """Fold a label into at most so many lines, as even as can be.

    Examples
    --------
    >>> folded("rated by how impressive the work looks", 20)
    ['rated by how', 'impressive the', 'work looks']
    """
    text = plain(text)
    found = textwrap.wrap(text, width, max_lines=lines, placeholder=" …") or [""]
    longest = min(max(map(len, text.split()), default=1), width)
    even = (textwrap.wrap(text, w) for w in range(longest, width + 1))
    return next((e for e in even if len(e) == len(found)), found)


def ink_on(colour: Sequence[float]) -> str:
    """Return the ink that reads better on a colour: dark or white, by the contrast of WCAG 2.

    Parameters
    ----------
    colour : (red, green, blue, …)
        Each in [0, 1].

    Examples
    --------
    >>> ink_on((1.0, 0.9, 0.2)), ink_on((0.0, 0.2, 0.4))
    ('#222222', 'white')
    """
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour[:3]]
    light = sum(c * weight for c, weight in zip(linear, (0.2126, 0.7152, 0.0722), strict=True))
    return INK if (light + 0.05) / 0.066 > 1.05 / (light + 0.05) else "white"


def save_all(folder: Path, pictures: Mapping[str, tuple[Figure, pd.DataFrame] | None]) -> list[Path]:
    """Write the pictures there are, each with the table behind it, and return their paths."""
    paths = []
    for name, picture in pictures.items():
        if picture is not None:
            paths.append(folder / f"{name}.png")
            save(picture[0], paths[-1])
            write_csv(picture[1], folder / f"{name}.csv")
    return paths


def save(figure: Figure, path: Path) -> None:
    """Write a picture whole or not at all, as PNG, PDF or SVG by the end of its name."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="Glyph .* missing from")
            figure.savefig(temporary, format=path.suffix[1:], dpi=DPI)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
