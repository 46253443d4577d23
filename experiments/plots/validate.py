"""What was observed beside what the model says, on one page: sizes above, signs below."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from experiments.plots import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from experiments.anchors.found import Found

ROW, LEFT = 0.36, 7.3  # of a pattern, of their names [inch]
LETTERS = 72  # of a name
BAND = "#cfe8dd"  # what was observed
WIDE = 3.0  # times what was observed; beyond, an arrow at the edge


def draw(path: Path, found: Sequence[Found], runs: int, draws: int, seed: int) -> Path:
    """Draw the picture of `crosspurpose validate` and return its path.

    Parameters
    ----------
    found : sequence of Found
    runs, draws, seed : int
    """
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    sizes = [f for f in found if f.pattern.sign is None]
    signs = [f for f in found if f.pattern.sign is not None]
    handles = [
        Patch(facecolor=BAND, label="agrees with what was observed"),
        Line2D([], [], color=style.INK, marker="o", linewidth=4, markersize=8, label="model, computing error (95 %)"),
        Line2D([], [], color=style.COLOURS[1], linewidth=2, label="luck: middle 80 % of single teams"),
        Line2D([], [], color=style.COLOURS[5], linewidth=2, label="assumptions: middle 80 % of draws"),
    ]
    caption = (
        "Filled: inside; open: outside. Triangles: used for calibration, circles: held out. Signs are turned so that "
        f"what was observed lies to the right; each has a scale of its own. {runs:,} runs of every arm, {draws} draws "
        f"of all plausible numbers, seed {seed}. A share of teams or a correlation has no luck of a single team."
    )
    rooms = [group for group in (sizes, signs) if group]
    tall = ROW * len(found) + 1.25 * len(rooms)
    figure, _, top = style.page(tall + 2.7, "What was observed, and what the model says", caption)
    style.key(figure, handles, top, columns=2, long=1.6)
    ceiling = top - 0.75
    for group in rooms:
        floor = ceiling - 0.45 - ROW * len(group)
        ax = style.room(figure, LEFT, floor, style.WIDTH - 0.5, ceiling - 0.4)
        _panel(ax, group, sized=group is sizes)
        ceiling = floor - 0.8
    style.save(figure, path)
    return path


def _panel(ax: Axes, group: Sequence[Found], sized: bool) -> None:
    order = sorted(group, key=lambda f: f.anchor.use)
    ax.set_title("Sizes" if sized else "Signs", size=style.TEXT + 2, loc="left", color=style.INK)
    ax.set_ylim(len(order) - 0.4, -0.6)
    ax.grid(visible=False, axis="y")
    ax.set_yticks(range(len(order)), [_name(f) for f in order])
    ax.set_xlim((0, WIDE) if sized else (-1.1, 1.1))
    ax.axvline(1 if sized else 0, color=style.PALE, linewidth=1)
    label = "model over the middle of what was observed" if sized else "effect, of the widest of its spreads"
    ax.set_xlabel(label, size=style.TEXT, color=style.INK)
    if not sized:
        ax.set_xticks([-1, 0, 1])
    for y, f in enumerate(order):
        scale = _scale(f)
        low, high = _observed(f, scale, sized)
        ax.barh(y, high - low, left=low, height=0.8, color=BAND, linewidth=0)
        ax.plot(_clipped(f.assumptions, scale), [y + 0.24] * 2, color=style.COLOURS[5], linewidth=2)
        ax.plot(_clipped(f.luck, scale), [y - 0.24] * 2, color=style.COLOURS[1], linewidth=2)
        ax.plot(_clipped(f.error, scale), [y] * 2, color=style.INK, linewidth=4, solid_capstyle="butt")
        if math.isfinite(f.value):
            marker, fill = "^" if f.anchor.use == "calibration" else "o", style.INK if f.inside else "white"
            at = float(np.clip(f.value / scale, -1, WIDE))
            ax.plot([at], [y], marker, color=style.INK, mfc=fill, markersize=8, mew=1.6, clip_on=False)


def _name(f: Found) -> str:
    return style.folded(f"{f.pattern.says} ({f.anchor.short})", LETTERS, 1)[0]


def _scale(f: Found) -> float:
    """Return what is 1 on the axis."""
    p = f.pattern
    if p.sign is None:
        ends = [e for e in (p.low, p.high) if e is not None]
        return sum(ends) / len(ends)
    known = [abs(e) for pair in (f.error, f.luck, f.assumptions) for e in pair if math.isfinite(e)]
    widest = max([3 * p.smallest, *known]) or 1.0
    return widest if p.sign == "higher" else -widest


def _observed(f: Found, scale: float, sized: bool) -> tuple[float, float]:
    p = f.pattern
    if not sized:
        return p.smallest / abs(scale), 1.1
    return (0.0 if p.low is None else p.low / scale), (WIDE if p.high is None else p.high / scale)


def _clipped(pair: tuple[float, float], scale: float) -> list[float]:
    return [float(np.clip(e / scale, -1.1, WIDE)) for e in pair]
