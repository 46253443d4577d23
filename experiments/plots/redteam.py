"""The picture of a search: the honest week beside the one that was found, and what every week that was tried brings."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from experiments.plots import style
from experiments.quantity import YEAR
from experiments.redteam.hunt import GAIN, LOSS, LUCK
from experiments.words import bare

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from experiments.redteam.hunt import Hunt

STEP, BAR = 0.58, 0.36  # height of a row [inch] · of each of its two bars, as a share of that


def draw(path: Path, found: Hunt) -> None:
    """Draw two weeks, a row per activity, and score gained against worth lost, a dot per week that was tried."""
    won = found.winner
    scheme = bare(found.scenario.scheme.label.plain)
    title = f"{found.member}, {scheme}: " + (
        "nothing worth telling" if won is None else "better for the score, worse for the business"
    )
    caption = (
        f"Right: each dot is a week of the same hours that {found.member} does throughout while all others decide "
        f"as ever; {len(found.tried)} were tried in {LUCK} runs each, and the best run again in {found.runs} of seed "
        f"{found.seed}, with other luck. Worth telling is what surely lies above and to the right of both dashed "
        f"lines: a score higher by {GAIN:g} of its spread, and {100 * LOSS:.0f} % of what a person brings lost. Error "
        "bars: joint 95 % intervals."
    )
    figure, bottom, top = style.page(max(len(found.honest), 8) * STEP + 3.0, title, caption)
    frame = bottom + 0.65, top - 0.55
    left = style.room(figure, 3.1, frame[0], 6.9, frame[1])
    right = style.room(figure, 7.85, frame[0], style.WIDTH - 0.4, frame[1])
    _weeks(left, found)
    _gains(right, found)
    style.key(figure, left.get_legend_handles_labels()[0], top, columns=2, left=2.4)
    style.key(figure, right.get_legend_handles_labels()[0], top, columns=4, left=7.4)
    style.save(figure, path)


def _weeks(ax: Axes, found: Hunt) -> None:
    """A pair of bars for each activity."""
    labels = [a.label.plain for a in found.scenario.activities.values()]
    rows, won = np.arange(float(len(labels))), found.winner
    alone = won is None
    ax.barh(rows - (0 if alone else BAR / 2), 100 * found.honest, BAR, color=style.COLOURS[4], label="honest week")
    if won is not None:
        found_week = 100 * found.finalists[won]
        ax.barh(rows + BAR / 2, found_week, BAR, color=style.VERMILLION, label="week that was found")
    ax.set_yticks(rows, ["\n".join(style.folded(label, 24, 2)) for label in labels])
    ax.set_ylim(len(labels) - 0.45, -0.55)
    ax.grid(axis="y", visible=False)
    ax.set_xlabel("share of a full week [%]", size=style.TEXT, color=style.INK)


def _gains(ax: Axes, found: Hunt) -> None:
    """All weeks that were tried, the honest one at the cross of the axes, and the one that is told."""
    ax.scatter(YEAR * found.tried_loss, found.tried_gain, s=26, color=style.COLOURS[1], alpha=0.7, label="tried")
    ax.plot(YEAR * found.loss[0], found.gain[0], "D", color="white", markeredgecolor=style.INK, label="run again")
    ax.plot(0, 0, "o", color=style.COLOURS[4], markeredgecolor=style.INK, markersize=10, label="honest")
    ax.axhline(0, color=style.PALE, linewidth=1, zorder=0)
    ax.axvline(0, color=style.PALE, linewidth=1, zorder=0)
    ax.axhline(GAIN, color=style.INK, linewidth=1, linestyle="--")
    ax.axvline(YEAR * LOSS * found.person, color=style.INK, linewidth=1, linestyle="--")
    won = found.winner
    if won is not None:
        (x, x_low, x_high), (y, y_low, y_high) = YEAR * found.loss[:, won], found.gain[:, won]
        ax.errorbar(
            *(x, y),
            xerr=[[x - x_low], [x_high - x]],
            yerr=[[y - y_low], [y_high - y]],
            fmt="*",
            markersize=20,
            color=style.VERMILLION,
            markeredgecolor=style.INK,
            ecolor=style.INK,
            capsize=4,
            label="found",
            zorder=5,
        )
    ax.set_xlabel("worth lost [weeks of core work a year]", size=style.TEXT, color=style.INK)
    ax.set_ylabel("score gained [spread]", size=style.TEXT, color=style.INK)
    ax.margins(0.06)
