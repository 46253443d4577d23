"""Who knows what when a run ends, and how many must leave before the project is stuck."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from experiments.plots import style
from experiments.plots.panels import columns_for, panels
from experiments.tables import About
from sim.scenario import Scenario

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST = 30  # members who are named
ROW = 0.29  # of a member [inch]


def knowledge(
    known: pd.DataFrame, weekly: pd.DataFrame, scenarios: Mapping[str, Scenario], order: Sequence[str], about: About
) -> tuple[Figure, pd.DataFrame] | None:
    """Return the picture of one team, a panel per variant, and its table; None where there is no project.

    The team is the first whose truck factor is the middle one under the reference, or else the first variant.

    Parameters
    ----------
    known : DataFrame
        scheme, run, module, member, knowledge.
    weekly : DataFrame
        scheme, run, week, truck_factor.
    """
    there = [] if known.empty else list(known["scheme"].unique())
    shown = [s for s in order if s in there]
    if not shown:
        return None
    last = weekly[weekly["truck_factor"].notna() & weekly["run"].isin(known["run"].unique())]
    last = last[last["week"] == last.groupby("scheme")["week"].transform("max")]
    week = int(last["week"].max()) + 1
    factor = last.set_index(["scheme", "run"])["truck_factor"]
    first = factor[about.reference if about.reference in shown else shown[0]]
    run = int(first[first == first.quantile(0.5, interpolation="lower")].index[0])
    table = known[(known["run"] == run) & known["scheme"].isin(shown)].reset_index(drop=True)
    members = {s: list(dict.fromkeys(table.loc[table["scheme"] == s, "member"])) for s in shown}
    same = len({tuple(names) for names in members.values()}) == 1
    most = max(len(names) for names in members.values())
    project = scenarios[shown[0]].project
    assert project is not None
    each = {s: f"{factor[s, run]:.0f} ({factor[s].mean():.1f})" for s in shown}
    caption = (
        f"One team{', the same in each panel' if len(shown) > 1 else ''}: number {run}, whose truck factor (the fewest "
        f"members whose leaving orphans more than half of the parts, at the review of week {week}) is the middle one; "
        "in brackets, its mean over teams. "
        f"A dot: somebody who can work on that part alone, knowing at least {100 * project.knows:.0f} % of it. "
        + about.setting()
    )
    tall = ROW * most if most <= MOST else 3.6
    title = "Who knows which part of the system, and the truck factor"
    titles = [f"{about.titled(s)}: {each[s]}" for s in shown]
    if len(shown) == 1:
        title, titles = (
            f"Who knows what of the system: truck factor {factor[shown[0], run]:.0f}",
            [f"truck factor {each[shown[0]]}"],
        )
    figure, axes = panels(titles, title, caption, height=max(tall, 1.2), left=2.2, right=1.75)
    columns = columns_for(len(shown))
    for i, (ax, scheme) in enumerate(zip(axes, shown, strict=True)):
        own = table[table["scheme"] == scheme].pivot(index="member", columns="module", values="knowledge")
        grid = own.loc[members[scheme]].to_numpy()
        ax.grid(visible=False)
        image = ax.imshow(100 * grid, cmap="Blues", vmin=0, vmax=100, aspect="auto")
        y, x = (grid >= project.knows).nonzero()
        if most <= MOST:
            size = min(7.0, 0.4 * 72 * style.WIDTH * float(ax.get_position().width) / grid.shape[1])  # [points]
            ax.plot(x, y, "o", color=style.COLOURS[5], markeredgecolor=style.INK, markersize=size, linestyle="none")
        if most <= MOST and same:
            names = [style.folded(m, 17, 1)[0] for m in members[scheme]]
            ax.set_yticks(range(len(names)), [] if i % columns else names)
        else:  # too many to be named, or others in every panel
            ax.set_yticks([])
            if not i % columns:
                words = f"{most} members" if same else "members"
                ax.set_ylabel(words, size=style.TEXT, color=style.INK)
        modules = grid.shape[1]
        step = 1 if modules <= 24 / columns else math.ceil(modules / max(2, 12 // columns))
        ticks = [m for m in range(modules) if m % step == step - 1]
        ax.set_xticks(ticks, [str(m + 1) for m in ticks])
        if i + columns >= len(shown):
            ax.set_xlabel("part of the system", size=style.TEXT, color=style.INK)
        ax.spines["bottom"].set_visible(False)
    place = axes[min(columns, len(shown)) - 1].get_position()
    height = float(figure.get_size_inches()[1])
    bar = style.room(
        figure, style.WIDTH - 1.45, place.y0 * height, style.WIDTH - 1.2, min(place.y1, place.y0 + 0.6) * height
    )
    figure.colorbar(image, cax=bar)
    bar.set_yticks([0, 50, 100], ["0 %", "50 %", "100 %"])
    bar.tick_params(labelsize=style.TEXT, colors=style.INK, length=0, labelright=True, labelleft=False)
    bar.set_title("known", size=style.TEXT, color=style.INK, loc="left", pad=12)
    return figure, table
