"""All claims on one page: each effect beside the smallest that would matter, its control, and what draws make of it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from experiments.effects import CONFIRMED, HOLDS, OPEN, REFUTED, REVERSES, SMALL
from experiments.plots import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from experiments.claims.judged import Judged

ROW = 0.36  # [inch]
GAP = 0.5  # [inch] between effects and draws
NAMES, SHARES, VERDICT = 3.5, 2.3, 2.35  # [inch] left of the effects, of the draws, right of them
PAINT = {CONFIRMED: style.COLOURS[2], REFUTED: style.VERMILLION}
DRAWS = {HOLDS: style.COLOURS[2], SMALL: "#d9d9d9", REVERSES: style.VERMILLION}
FAR = 100.0  # times the smallest effect that matters: what is beyond is drawn at the edge
TICKS = (-100, -10, -3, -1, 0, 1, 3, 10, 100)


def draw(path: Path, tested: Sequence[Judged], setting: str, seed: int) -> Path:
    """Draw a row per claim, the confirmed first.

    Parameters
    ----------
    path : Path
        Of the picture.
    tested : sequence of Judged
    setting : str
        quick or full.
    """
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    ranks = {CONFIRMED: 0, OPEN: 1, REFUTED: 2}
    rows = sorted(tested, key=lambda t: (t.claim.definition, ranks.get(t.verdict, 3), t.claim.id))
    caption = (
        "Left: the effect in units of the smallest effect of interest of each claim, turned so that what is claimed "
        f"lies to the right; bars: 95 % intervals, Holm over {len(rows)} claims (computing error). Grey band: too "
        "small to matter. Rings: the negative control, which should lie in it. Right: shares of draws of all plausible "
        "numbers in which the claim holds, is too small, reverses (assumptions). "
        f"Setting {setting}, seed {seed}."
    )
    figure, bottom, top = style.page(2.7 + ROW * (len(rows) + 1), "What becomes of the claims", caption)
    handles = [
        *(
            Line2D([], [], color=PAINT.get(v, style.PALE), marker="o", linewidth=3, label=v)
            for v in (CONFIRMED, OPEN, REFUTED)
        ),
        Line2D([], [], linestyle="", marker="o", markerfacecolor="white", markeredgecolor=style.INK, label="control"),
        *(Patch(color=c, label=f"{k} in draws") for k, c in DRAWS.items()),
    ]
    style.key(figure, handles, top, columns=4)
    edge = style.WIDTH - VERDICT
    high, low = top - 0.7, bottom + 0.6
    ax = style.room(figure, NAMES, low, edge - SHARES - GAP, high)
    side = style.room(figure, edge - SHARES, low, edge, high)
    ax.axvspan(-1, 1, color="#e9e9e9", linewidth=0, zorder=0)
    ax.axvline(0, color=style.PALE, linewidth=1)
    for y, t in enumerate(rows):
        _effect(ax, t, y)
        left = 0.0
        for kind, paint in DRAWS.items():
            side.barh(y, t.draws.get(kind, 0.0), left=left, color=paint, height=0.72, linewidth=0)
            left += t.draws.get(kind, 0.0)
        _beside(ax, y, t.claim.id.replace("_", " ") + (" (definition)" if t.claim.definition else ""), "right")
        _beside(side, y, t.verdict, "left", PAINT.get(t.verdict, style.PALE))
    ax.set_xscale("asinh", linear_width=1.0)
    ax.set_xticks(TICKS, [f"{x:g}".replace("-", "−") for x in TICKS])
    ax.minorticks_off()
    ax.set_xlim(-FAR * 1.15, FAR * 1.15)
    side.set_xlim(0, 1)
    side.set_xticks([0, 0.5, 1], ["0 %", "50 %", "100 %"])
    ax.set_xlabel("effect, in smallest effects of interest", size=style.TEXT, color=style.INK)
    side.set_xlabel("share of draws", size=style.TEXT, color=style.INK)
    for each in (ax, side):
        each.set_ylim(len(rows) - 0.4, -0.6)
        each.set_yticks([])
        each.grid(visible=False, axis="y")
    style.save(figure, path)
    return path


def _effect(ax: Axes, t: Judged, y: int) -> None:
    """Draw an effect with its interval, and the control."""
    unit = (-1.0 if t.claim.expected == "lower" else 1.0) / t.claim.smallest
    if np.isfinite(t.effect.value):
        colour = PAINT.get(t.verdict, style.PALE)
        ends = np.clip(np.multiply(t.effect.interval(t.alpha), unit), -FAR, FAR)
        ax.plot(ends, [y, y], color=colour, linewidth=3, solid_capstyle="butt")
        ax.plot([np.clip(unit * t.effect.value, -FAR, FAR)], [y], "o", color=colour, markersize=7)
    if t.control is not None and np.isfinite(t.control.value):
        at = np.clip(unit * t.control.value, -FAR, FAR)
        ax.plot([at], [y], "o", markerfacecolor="none", markeredgecolor=style.INK, markersize=8)


def _beside(ax: Axes, y: int, text: str, towards: str, colour: str = style.INK) -> None:
    """Write beside a row: right of the axes what begins there, left of them what ends there."""
    ax.annotate(
        style.plain(text),
        (1 if towards == "left" else 0, y),
        xycoords=("axes fraction", "data"),
        xytext=(8 if towards == "left" else -8, 0),
        textcoords="offset points",
        ha=towards,
        va="center",
        size=style.TEXT,
        color=colour,
        annotation_clip=False,
    )
