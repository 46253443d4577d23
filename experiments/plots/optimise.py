"""A search: the trials in order with the best so far, or what several objectives cost each other; winners again."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from experiments.plots import style
from sim.arrays import Floats

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from experiments.sought import Goals, Tried


def draw(
    path: Path, goals: Goals, tried: Sequence[Tried], winners: Sequence[Tried], again: Sequence[Tried], caption: str
) -> None:
    """Draw a search.

    Parameters
    ----------
    tried : sequence of Tried
        All trials.
    winners, again : sequence of Tried
        The winners as the search saw them · the same with other luck.
    """
    first, *others = goals.sign
    title = f"What the search found for {first}" if not others else "What one objective costs in another"
    figure, bottom, top = style.page(6.6, title, caption)
    known, sure = [t for t in tried if t.values], [t for t in again if t.values]
    count = max(1, len(others))
    wide = (style.WIDTH - 0.4) / count
    for i in range(count):
        ax = style.room(figure, 1.15 + i * wide, bottom + 0.6, (i + 1) * wide, top - 0.5)
        if others:
            _against(ax, first, others[i], known, winners, sure)
        else:
            _history(ax, first, goals.sign[first], known, sure)
    style.key(figure, ax.get_legend_handles_labels()[0], top, columns=3, long=1.6)
    style.save(figure, path)


def _history(ax: Axes, measure: str, sign: int, known: Sequence[Tried], again: Sequence[Tried]) -> None:
    """Draw each trial in order, the best so far, and the winners with other luck."""
    number, value = [t.number for t in known], np.array([t.values[measure][0] for t in known])
    ax.plot(number, value, "o", color=style.COLOURS[4], markersize=7, label="a trial, in the search")
    best = sign * np.maximum.accumulate(sign * value)
    ax.step(number, best, where="post", color=style.INK, linewidth=2, label="best so far, in the search")
    ax.errorbar(
        [t.number for t in again],
        [t.values[measure][0] for t in again],
        yerr=_half(measure, again),
        fmt="D",
        color=style.VERMILLION,
        markersize=8,
        linewidth=2,
        capsize=4,
        label="a winner with other luck (95 %)",
    )
    ax.set_xlabel("trial", size=style.TEXT, color=style.INK)
    ax.set_ylabel(measure, size=style.TEXT, color=style.INK)


def _against(
    ax: Axes, first: str, other: str, known: Sequence[Tried], winners: Sequence[Tried], again: Sequence[Tried]
) -> None:
    """Draw two objectives against each other."""
    for some, colour, label in ((known, style.COLOURS[4], "a trial"), (winners, style.INK, "not beaten")):
        x, y = ([t.values[m][0] for t in some] for m in (first, other))
        ax.plot(x, y, "o", color=colour, markersize=6, label=f"{label}, in the search")
    ax.errorbar(
        [t.values[first][0] for t in again],
        [t.values[other][0] for t in again],
        xerr=_half(first, again),
        yerr=_half(other, again),
        fmt="D",
        color=style.VERMILLION,
        markersize=7,
        linewidth=1.6,
        capsize=3,
        label="the same with other luck (95 %)",
    )
    ax.set_xlabel(first, size=style.TEXT, color=style.INK)
    ax.set_ylabel(other, size=style.TEXT, color=style.INK)


def _half(measure: str, some: Sequence[Tried]) -> Floats:
    return np.array([(t.values[measure][2] - t.values[measure][1]) / 2 for t in some])
