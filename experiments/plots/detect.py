"""When gaming shows: teams whose alarm has gone off by each review, and what one more signal buys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from experiments.alarm import CHANCE, CLEAN, NOTHING, TARGET
from experiments.plots import style
from experiments.study import Study

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ROW = 0.34  # of a signal [inch]
MIDDLE, SECOND = 5.9, 10.5  # where the first panel ends and the second begins [inch]
LABEL = 17  # characters of a line of a label beside a curve
FALSE = {"shadow": (0, (1, 1.5)), "aligned": (0, (5, 2))}
CALLED = {"shadow": "false: measured", "aligned": "false: aligned"}


def draw(
    path: Path,
    table: pd.DataFrame,
    curves: pd.DataFrame,
    words: Mapping[str, str],
    label: str,
    counted: Sequence[str],
    clean: Sequence[str],
    level: float,
    study: Study,
) -> Path:
    """Draw the picture of `crosspurpose detect` and return its path.

    Parameters
    ----------
    table, curves : DataFrame
        Rows of detect.csv and of plots/detect.csv.
    words : mapping of str to str
        Plain labels of what might be recorded besides.
    label : str
        Of the scheme.
    counted : sequence of str
        Plain labels of the signals that count.
    clean : sequence of str
        Worlds in which an alarm is false.
    level : float
        How often.
    """
    best = _best(table)
    honest = " and ".join({"shadow": "teams only measured", "aligned": "aligned teams"}[w] for w in clean)
    caption = (
        f"Left: share of {study.runs} teams whose alarm has gone off; it is set on other teams, for {level:.0%} false "
        f"alarms among {honest} over all reviews. Recorded: {', '.join(counted)}; grey: with one signal more; "
        f"red: false alarms. "
        f"Right: how many reviews less gaming passes unnoticed with that signal; 95 % intervals, jointly. "
        f"* worth itself through noise, which cannot be had. Seed {study.seed}."
    )
    rows = table[table["signal"] != NOTHING].reset_index(drop=True)
    tall = max(4.4, ROW * len(rows) + 0.2)
    figure, bottom, _ = style.page(tall + 2.75, f"When does gaming show? {label[:1].upper()}{label[1:]}", caption)
    floor, ceiling = bottom + 0.65, bottom + 0.65 + tall
    left = style.room(figure, 0.95, floor, MIDDLE, ceiling)
    right = style.room(figure, SECOND, floor, style.WIDTH - 0.4, ceiling)
    _curves(left, curves, best, level, words, figure.get_figheight())
    _gains(right, rows, words, best)
    style.save(figure, path)
    return path


def _best(table: pd.DataFrame) -> str | None:
    """Return the signal that surely buys the most and can be had; None where none does."""
    sure = table[(table["earlier_low"] > 0) & ~table["oracle"] & ~table["signal"].isin([NOTHING, CHANCE])]
    return str(sure["signal"].iloc[0]) if len(sure) else None


def _curves(
    ax: Axes, curves: pd.DataFrame, best: str | None, level: float, words: Mapping[str, str], height: float
) -> None:
    """Draw power over reviews, from 0 before the first."""
    last = int(curves["review"].max())
    by = {k: own.sort_values("review") for k, own in curves.groupby(["signal", "world"])}
    for (signal, world), own in by.items():
        if world == TARGET and signal not in (NOTHING, CHANCE, best):
            ax.plot(own["review"], own["share"], color=style.GRID, linewidth=1.5, zorder=1)
    labels = []
    for signal, colour in ((best, style.BLUE), (NOTHING, style.INK)):
        if signal is not None:
            own = by[signal, TARGET]
            ax.fill_between(own["review"], own["low"], own["high"], color=colour, alpha=0.15, linewidth=0, zorder=2)
            ax.plot(own["review"], own["share"], color=colour, linewidth=3, marker="o", markersize=6, clip_on=False)
            labels.append(
                (own["share"].iloc[-1], "what counts" if signal == NOTHING else f"and {words[signal]}", colour)
            )
    for world in CLEAN:
        own = by[NOTHING, world]
        ax.plot(own["review"], own["share"], color=style.VERMILLION, linewidth=2, linestyle=FALSE[world])
        labels.append((float(own["share"].iloc[-1]), CALLED[world], style.VERMILLION))
    ax.axhline(level, color=style.PALE, linewidth=1, zorder=1)
    _beside(ax, labels, height)
    ax.set_xlim(1 - 0.25, last + 0.1)
    ax.set_ylim(0, 1)
    ax.set_yticks([y for y in (0, 0.2, 0.4, 0.6, 0.8, 1) if abs(y - level) > 0.04] + [level])
    ax.set_xticks(range(1, last + 1, max(1, -(-last // 12))))
    ax.yaxis.set_major_formatter(lambda y, _: f"{y:.0%}")
    ax.set_xlabel("review since the score counts", size=style.TEXT, color=style.INK)
    ax.set_title("Teams with an alarm", size=style.TEXT + 2, loc="left", color=style.INK)


def _beside(ax: Axes, labels: Sequence[tuple[float, str, str]], height: float) -> None:
    """Write labels beside the ends of curves, lowest first, each clear of the one below."""
    line = style.LINE / (ax.get_position().height * height)  # of the height of the panel
    free = 0.0
    for share, text, colour in sorted(labels):
        folded = style.folded(text, LABEL, 2)
        at = max(share, free + 0.5 * line * len(folded))
        free = at + 0.5 * line * len(folded)
        ax.annotate(
            "\n".join(folded),
            (1, at),
            xycoords="axes fraction",
            xytext=(8, 0),
            textcoords="offset points",
            va="center",
            size=style.TEXT,
            color=colour,
        )


def _gains(ax: Axes, rows: pd.DataFrame, words: Mapping[str, str], best: str | None) -> None:
    """Draw what each signal buys, the most on top."""
    for y, row in enumerate(rows.to_dict("records")):
        r = {str(k): v for k, v in row.items()}
        sure = r["earlier_low"] > 0 or r["earlier_high"] < 0
        colour = style.BLUE if r["signal"] == best else style.INK if sure else style.PALE
        ax.plot([r["earlier_low"], r["earlier_high"]], [y, y], color=colour, linewidth=2, solid_capstyle="butt")
        ax.plot([r["earlier"]], [y], "o", color=colour, mfc=colour if sure else "white", mew=1.5, markersize=7)
    names = [style.folded(words[s] + " *" * bool(o), 32, 1)[0] for s, o in rows[["signal", "oracle"]].to_numpy()]
    ax.set_yticks(range(len(rows)), names)
    ax.set_ylim(len(rows) - 0.4, -0.6)
    ax.axvline(0, color=style.PALE, linewidth=1, zorder=1)
    ax.grid(visible=False, axis="y")
    ax.set_xlabel("reviews earlier", size=style.TEXT, color=style.INK)
    ax.set_title("What one more signal buys", size=style.TEXT + 2, loc="right", color=style.INK)
