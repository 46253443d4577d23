"""The picture of one decision: what a week of effort would have brought, and where the week went."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.plots import style
from sim.arrays import Floats

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from experiments.explain.decision import Explanation

STEP, BAR = 0.62, 0.62  # height of a row [inch] · of its bar, as a share of that
FILLS = tuple(style.COLOURS[k] for k in (0, 5, 2, 7, 1, 6))  # of motives; seven and more are hatched
MARKS = {  # marker, colour and place within the row of what was wanted
    "wanted": ("o", "#FFFFFF", -0.2),
    "if seen truly": ("D", style.VERMILLION, 0.0),
    "if aligned": ("^", style.COLOURS[3], 0.2),
}


def draw(path: Path, found: Explanation) -> None:
    """Draw the marginal rewards of a decision by motive, stacked, beside the effort, a row per activity."""
    parts = _parts(found)
    key = max(math.ceil((len(parts) + 1) / 2), 3) * 0.3 + 0.15
    caption = (
        f"{found.scheme[:1].upper()}{found.scheme[1:]}. Left: what one more week of effort would have brought, and "
        "where hours are full, only differences between activities move the week. Right: what was done, and what was "
        "wanted before inertia; if seen truly: with true beliefs about the score; if aligned: with the same drive "
        f"turned to what the business needs. Run {found.run} of seed {found.seed}, week {found.week} of 0 to "
        f"{found.weeks - 1}."
    )
    title = f"Why {found.member} did what {found.member} did in week {found.week}"
    figure, bottom, top = style.page(len(found.activities) * STEP + key + 2.9, title, caption)
    frame = bottom + 0.6, top - key
    left = style.room(figure, 3.35, frame[0], 8.0, frame[1])
    right = style.room(figure, 8.45, frame[0], style.WIDTH - 0.45, frame[1])
    places = np.arange(float(len(found.activities)))
    _stack(left, parts, found.answered, places)
    _week(right, found, places)
    left.set_yticks(places, ["\n".join(style.folded(found.labels[k], 28, 2)) for k in found.activities])
    right.set_yticks(places, [""] * len(places))
    for ax, text in ((left, "utility per week of effort"), (right, "share of a full week [%]")):
        ax.set_ylim(len(places) - 0.45, -0.55)
        ax.grid(axis="y", visible=False)
        ax.set_xlabel(text, size=style.TEXT, color=style.INK)
    for ax, start in ((left, style.MARGIN - 0.1), (right, 8.35)):
        style.key(figure, ax.get_legend_handles_labels()[0], top, columns=2, left=start)
    style.save(figure, path)


def _parts(found: Explanation) -> list[tuple[str, Floats, str, str]]:
    """What the answered reward consists of: label, (activity,), colour, hatch."""
    parts = []
    for i, c in enumerate(found.held):
        label = style.folded(found.labels[found.motives[c]], 32, 1)[0]
        parts.append((label, found.terms[c], FILLS[i % len(FILLS)], ("", "//", "..")[i // len(FILLS) % 3]))
    if found.objection.any():
        parts.append(("dislike and scruples", -found.objection, style.COLOURS[4], "xx"))
    if found.tried.any():
        parts.append(("tried out, by chance", found.tried, style.COLOURS[4], ""))
    return parts


def _stack(ax: Axes, parts: list[tuple[str, Floats, str, str]], answered: Floats, places: Floats) -> None:
    """Stack gains to the right of 0 and losses to the left; a dot where they end up."""
    ends = {True: np.zeros(len(places)), False: np.zeros(len(places))}
    for label, values, colour, hatch in parts:
        gain = values >= 0
        start = np.where(gain, ends[True], ends[False])
        ax.barh(places, values, BAR, start, color=colour, hatch=hatch, edgecolor="white", linewidth=1, label=label)
        ends = {True: ends[True] + np.where(gain, values, 0), False: ends[False] + np.where(gain, 0, values)}
    ax.plot(answered, places, "o", color="white", markeredgecolor=style.INK, markersize=9, label="all together")
    ax.axvline(0, color=style.INK, linewidth=1)
    ax.use_sticky_edges = False
    ax.margins(x=0.05)


def _week(ax: Axes, found: Explanation, places: Floats) -> None:
    """A bar for the effort done, a stroke for the habit, and marks for what was and would have been wanted."""
    ax.barh(places, 100 * found.effort, BAR, color=style.COLOURS[4], label="done")
    values = {"wanted": found.wanted, "if seen truly": found.wanted_true, "if aligned": found.wanted_aligned}
    ax.plot(100 * found.habit, places, "|", color=style.INK, markersize=28, markeredgewidth=2.5, label="by habit")
    for label, (marker, colour, below) in MARKS.items():
        looks: dict[str, Any] = {"color": colour, "markeredgecolor": style.INK, "markersize": 9, "label": label}
        ax.plot(100 * values[label], places + below, marker, clip_on=False, zorder=4, **looks)
    ax.set_xlim(left=0)
    ax.margins(x=0.05)
