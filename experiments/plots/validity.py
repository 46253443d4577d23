"""How well the score ranks people, review by review, where it counts and where it is only measured."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from experiments.plots import style
from experiments.plots.panels import panels, start, timeline
from experiments.tables import About
from sim.arrays import Floats
from sim.draws import stream

if TYPE_CHECKING:
    from matplotlib.figure import Figure

REPLICATES = 500
PARTS = ("rank_covariance", "rank_spread_score", "rank_spread_worth")


def validity(weekly: pd.DataFrame, order: Sequence[str], about: About) -> tuple[Figure, pd.DataFrame] | None:
    """Return the picture and its table; None where no scheme is measured beside."""
    from matplotlib.lines import Line2D

    if f"shadow_{PARTS[0]}" not in weekly:
        return None
    table = pd.concat([_course(weekly[weekly["scheme"] == s], s) for s in order], ignore_index=True)
    shown = [s for s in order if table.loc[table["scheme"] == s, "validity"].notna().any()]
    if not shown:
        return None
    caption = (
        "Rank correlation, within teams, of score and true contribution at each review, pooled over teams; bands: "
        "computing error (95 %, bootstrap over teams). Where only measured: the same teams with the same luck, nothing "
        f"hanging on the score. {start(about)}{about.setting()}"
    )
    looks: dict[str, dict[str, Any]] = {
        "shadow": {"label": "only measured", "color": style.PALE, "linestyle": (0, (4, 2)), "linewidth": 2.5},
        "validity": {"label": "the score counts", "color": style.BLUE, "linestyle": "-", "linewidth": 2.5},
    }
    lines = [Line2D([], [], **look) for look in reversed(looks.values())]
    question = "Does the yardstick stay good once it counts?"
    figure, axes = panels([about.titled(s) for s in shown], question, caption, lines=lines)
    low, high = (table[[f"{name}_{end}" for name in looks]].to_numpy() for end in ("low", "high"))
    for ax, scheme in zip(axes, shown, strict=True):
        own = table[table["scheme"] == scheme]
        for name, look in looks.items():
            band = own[f"{name}_low"], own[f"{name}_high"]
            ax.fill_between(own["week"], *band, color=look["color"], alpha=0.25, linewidth=0)
            ax.plot(own["week"], own[name], **look)
        ax.axhline(0, color=style.PALE, linewidth=0.8)
        ax.set_ylim(min(-0.1, np.nanmin(low) - 0.05), max(0.5, np.nanmax(high) + 0.05))
    axes[0].set_ylabel("rank correlation", size=style.TEXT, color=style.INK)
    timeline(axes, about)
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
