"""Who does what: the week of people of each kind, by the motive that weighs most with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import pandas as pd

import sim
from experiments.plots import style
from experiments.plots.panels import columns_for, panels
from experiments.tables import About
from sim.loading import options, read
from sim.scenario import Scenario, everybody, people_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure

RUNS = 24  # of each scheme, simulated for the picture
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"  # of motives
LARGEST = 300  # people that are drawn


def motives(
    scenarios: Mapping[str, Scenario], order: Sequence[str], about: About, seed: int
) -> tuple[Figure, pd.DataFrame] | None:
    """Return the picture and its table; None where all have the same motive, or there are too many of them."""
    if any(people_of(s) > LARGEST for s in scenarios.values()):
        return None
    if len({p.motive for s in scenarios.values() for p in everybody(s)}) < 2:
        return None
    table = pd.concat([_weeks(scenarios[s], s, seed) for s in order], ignore_index=True)
    named = list(dict.fromkeys(table["motive"]))
    named = named[: len(LETTERS)]
    acts = list(dict.fromkeys(table["activity"]))
    words = [_plain(m) for m in named]
    caption = (
        "Columns, the motive that weighs most with a person: "
        + "; ".join(f"{c} {w}" for c, w in zip(LETTERS, words, strict=False))
        + f". Per cent of a full week, mean over {RUNS} {about.many} and the weeks in which the scheme counts. "
        + about.setting()
    )
    called = [about.titled(s) for s in order]
    figure, axes = panels(called, "Who does what", caption, height=0.3 * len(acts), left=3.3)
    columns = columns_for(len(order))
    cell = 72 * float(axes[0].get_position().width) * style.WIDTH / len(named)  # [points]
    doing = [style.folded(about.activities.get(a, a), 32, 1)[0] for a in acts]
    for i, (ax, scheme) in enumerate(zip(axes, order, strict=True)):
        own = table[table["scheme"] == scheme].pivot(index="activity", columns="motive", values="effort")
        grid = 100 * own.reindex(index=acts, columns=named).fillna(0.0).to_numpy()
        ax.grid(visible=False)
        ax.imshow(grid, cmap="Blues", vmin=0, vmax=70, aspect="auto")
        for y in range(len(acts)):
            for x in range(len(named)):
                ink = "white" if grid[y, x] > 40 else style.INK
                size = min(style.TEXT, cell / 1.8)
                ax.text(x, y, f"{grid[y, x]:.0f}", ha="center", va="center", size=size, color=ink)
        ax.set_xticks(range(len(named)), list(LETTERS[: len(named)]))
        ax.set_yticks(range(len(acts)), doing if i % columns == 0 else [])
        ax.tick_params(labelbottom=True)
        ax.spines["bottom"].set_visible(False)
    return figure, table


def _plain(motive: str) -> str:
    return str(read("motive", motive)["label"]["plain"]) if motive in options("motive") else motive


def _weeks(scenario: Scenario, scheme: str, seed: int) -> pd.DataFrame:
    """Effort by activity and motive under one scheme."""
    results = sim.simulate(scenario, RUNS, seed, members=True, aligned=False)
    people = results.per_member
    assert people is not None
    motive = [p.motive for p in everybody(scenario)]
    rows = []
    for activity in scenario.activities:
        each = people[f"effort_{activity}"][scenario.since :].mean(axis=(0, 1))
        means = pd.Series(each).groupby(motive, sort=False).mean()
        rows += [(scheme, activity, m, v) for m, v in means.items()]
    return pd.DataFrame(rows, columns=["scheme", "activity", "motive", "effort"])
