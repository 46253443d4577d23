"""All claims on one page: each effect beside the smallest that would matter, its control, and what draws make of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from experiments.effects import CONFIRMED, HOLDS, REFUTED, REVERSES, SMALL
from experiments.plots import style
from experiments.plots.sweep import save

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from experiments.verdicts import Judged

__all__ = ["forest", "save"]
ROW = 0.34  # [inch]
PAINT = {CONFIRMED: style.COLOURS[2], REFUTED: style.VERMILLION}
SHARES = {HOLDS: style.COLOURS[2], SMALL: "#d9d9d9", REVERSES: style.VERMILLION}
FAR = 100.0  # times the smallest effect that matters: what is drawn at the edge


def forest(tested: Sequence[Judged], setting: str, seed: int) -> Figure:
    """Draw a row per claim."""
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    order = sorted(tested, key=lambda t: (t.claim.definition, t.verdict, t.claim.id))[::-1]
    title = "What becomes of the claims"
    caption = (
        f"Effect in units of the smallest effect of interest of each claim, turned so that what is claimed is to the "
        f"right; bars: 95 % intervals, Holm over {len(tested)} claims (computing error). Grey: too small to matter. "
        f"Circles: negative controls. Right: shares of draws of all plausible numbers in which a claim holds, is too "
        f"small, reverses (assumptions). Setting {setting}, seed {seed}."
    )
    lines = style.folded(caption, 130)
    below, above = 0.75 + 0.24 * len(lines), 1.25
    high = ROW * max(len(order), 3) + below + above
    figure = Figure(figsize=(style.WIDTH, high))
    style.heading(figure, title) if hasattr(style, "heading") else figure.text(
        0.03, 1 - 0.45 / high, title, size=17, weight="bold", color=style.INK
    )
    figure.text(0.03, 0.12 / high, "\n".join(lines), size=style.TEXT - 1, color=style.PALE, va="bottom")
    ax = figure.add_axes((0.27, below / high, 0.42, 1 - (below + above) / high))
    side = figure.add_axes((0.71, below / high, 0.13, 1 - (below + above) / high), sharey=ax)
    ax.axvspan(-1, 1, color="#e6e6e6", linewidth=0)
    ax.axvline(0, color=style.PALE, linewidth=1)
    for y, t in enumerate(order):
        size, sign = t.claim.smallest, -1.0 if t.claim.expected == "lower" else 1.0
        value, ends = sign * t.effect.value / size, np.sort(sign * np.array(t.effect.interval(t.alpha)) / size)
        colour = PAINT.get(t.verdict, style.PALE)
        if np.isfinite(value):
            ax.plot(np.clip(ends, -FAR, FAR), [y, y], color=colour, linewidth=3, solid_capstyle="butt")
            ax.plot([np.clip(value, -FAR, FAR)], [y], "o", color=colour, markersize=6)
        if t.control is not None and np.isfinite(t.control.value):
            ax.plot(
                [np.clip(sign * t.control.value / size, -FAR, FAR)], [y], "o", mfc="white", mec=style.INK, markersize=5
            )
        left = 0.0
        for kind, paint in SHARES.items():
            share = t.draws.get(kind, 0.0)
            side.barh(y, share, left=left, color=paint, height=0.7, linewidth=0)
            left += share
        side.text(
            1.04, y, t.verdict, va="center", size=style.TEXT - 1, color=colour if t.verdict in PAINT else style.INK
        )
    ax.set_yticks(
        range(len(order)),
        [t.claim.id.replace("_", " ") + (" (definition)" if t.claim.definition else "") for t in order],
    )
    ax.set_xscale("asinh", linear_width=1.0)
    ticks = [-100, -10, -3, -1, 0, 1, 3, 10, 100]
    ax.set_xticks(ticks, [f"{x:g}" for x in ticks])
    ax.minorticks_off()
    ax.set_xlim(-FAR * 1.1, FAR * 1.1)
    ax.set_ylim(-0.7, max(len(order), 3) - 0.3)
    ax.set_xlabel("effect / smallest effect of interest", size=style.TEXT, color=style.INK)
    side.set_xlim(0, 1)
    side.set_xticks([0, 1], ["0", "1"])
    side.set_xlabel("share of draws", size=style.TEXT, color=style.INK)
    side.tick_params(labelleft=False)
    for each in (ax, side):
        each.tick_params(labelsize=style.TEXT - 1, colors=style.INK, length=0)
        each.grid(visible=False, axis="y")
        for edge in each.spines.values():
            edge.set_visible(False)
    key = [
        Line2D([], [], color=PAINT[CONFIRMED], marker="o", linewidth=3, label="confirmed"),
        Line2D([], [], color=PAINT[REFUTED], marker="o", linewidth=3, label="refuted"),
        Line2D([], [], color=style.PALE, marker="o", linewidth=3, label="not distinguishable"),
        Line2D([], [], linestyle="", marker="o", mfc="white", mec=style.INK, label="control"),
        *(Patch(color=c, label=k) for k, c in SHARES.items()),
    ]
    figure.legend(
        handles=key,
        loc="upper left",
        bbox_to_anchor=(0.025, 1 - 0.6 / high),
        ncols=7,
        frameon=False,
        fontsize=style.TEXT - 1,
        handlelength=1.4,
        columnspacing=1.2,
    )
    return figure
