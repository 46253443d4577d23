"""How well the score ranks people, review by review, where it counts and where it is only measured."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from experiments.plots import style
from experiments.plots.panels import SMALL, panels
from experiments.tables import About
from sim.arrays import Floats
from sim.draws import stream

if TYPE_CHECKING:
    from matplotlib.figure import Figure

REPLICATES = 500
PARTS = ("rank_covariance", "rank_spread_score", "rank_spread_worth")


def validity(weekly: pd.DataFrame, order: Sequence[str], about: About) -> tuple[Figure, pd.DataFrame] | None:
    """Return the picture and its table; None where no scheme is measured beside."""
    if f"shadow_{PARTS[0]}" not in weekly:
        return None
    table = pd.concat([_course(weekly[weekly["scheme"] == s], s) for s in order], ignore_index=True)
    shown = [s for s in order if table.loc[table["scheme"] == s, "validity"].notna().any()]
    if not shown:
        return None
    caption = (
        "Rank correlation, within teams, of score and true contribution at each review, pooled over teams; bands: "
        "computing error (95 %, bootstrap over teams). Where only measured: the same teams with the same luck, nothing "
        f"hanging on the score. From the dotted line on the scheme counts. {about.setting()}"
    )
    figure, axes = panels([about.label(s) for s in shown], "Does the yardstick stay good once it counts?", caption)
    for ax, scheme in zip(axes, shown, strict=True):
        own = table[table["scheme"] == scheme]
        for name, colour, line in (("shadow", style.PALE, (0, (4, 2))), ("validity", style.BLUE, "-")):
            ax.fill_between(own["week"], own[f"{name}_low"], own[f"{name}_high"], color=colour, alpha=0.25, linewidth=0)
            ax.plot(own["week"], own[name], color=colour, linewidth=2.2, linestyle=line)
        if about.since:
            ax.axvline(about.since, color=style.INK, linewidth=1.2, linestyle=(0, (1, 2)))
        ax.axhline(0, color=style.PALE, linewidth=0.8)
        ax.set_ylim(-0.25, 0.85)
        ax.set_xlim(0, float(table["week"].max()))
    axes[0].set_ylabel("rank correlation", size=SMALL, color=style.INK)
    from matplotlib.lines import Line2D

    lines = [
        Line2D([], [], color=style.BLUE, linewidth=2.2, label="the score counts"),
        Line2D([], [], color=style.PALE, linewidth=2.2, linestyle=(0, (4, 2)), label="only measured"),
    ]
    figure.legend(handles=lines, loc="upper right", fontsize=style.TEXT, frameon=False, ncols=2)
    return figure, table


def _course(weekly: pd.DataFrame, scheme: str) -> pd.DataFrame:
    """Validity by review, with and without anything hanging on it."""
    held = weekly[weekly["rank_spread_score"].notna()]
    rows = []
    for week, own in held.groupby("week"):
        row: dict[str, object] = {"scheme": scheme, "week": int(str(week)) + 1}
        for name, prefix in (("validity", ""), ("shadow", "shadow_")):
            parts = own[[prefix + p for p in PARTS]].to_numpy()
            row |= dict(zip((name, f"{name}_low", f"{name}_high"), _pooled(parts), strict=True))
        rows.append(row)
    return pd.DataFrame(rows)


def _pooled(parts: Floats) -> tuple[float, float, float]:
    """Pooled correlation of some runs and its interval: (runs, part)."""
    rng = stream(0, 0, "bootstrap:validity")
    draws = rng.integers(len(parts), size=(REPLICATES, len(parts)))
    with np.errstate(divide="ignore", invalid="ignore"):
        sums = np.vstack([parts.sum(axis=0), parts[draws].sum(axis=1)])
        found = sums[:, 0] / np.sqrt(sums[:, 1] * sums[:, 2])
    if np.isnan(found[0]):
        return np.nan, np.nan, np.nan
    low, high = np.nanquantile(found[1:], [0.025, 0.975])
    return float(found[0]), float(low), float(high)
