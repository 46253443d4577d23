"""Who does what: the week of people of each kind, by the motive that weighs most with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import pandas as pd

import sim
from experiments.plots import style
from experiments.plots.panels import panels
from experiments.tables import About
from sim.loading import options, read
from sim.scenario import Scenario

if TYPE_CHECKING:
    from matplotlib.figure import Figure

RUNS = 24  # of each scheme, simulated for the picture
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"  # of motives
LARGEST = 200  # members of a team that is drawn


def motives(
    scenarios: Mapping[str, Scenario], order: Sequence[str], about: About, seed: int
) -> tuple[Figure, pd.DataFrame] | None:
    """Return the picture and its table; None where all have the same motive, or there are too many of them."""
    kinds = {p.motive for s in scenarios.values() for p in s.team.seats}
    if len(kinds) < 2 or any(len(s.team.seats) > LARGEST for s in scenarios.values()):
        return None
    table = pd.concat([_weeks(scenarios[s], s, seed) for s in order], ignore_index=True)
    named = list(dict.fromkeys(table["motive"]))
    named = named[: len(LETTERS)]
    acts = list(dict.fromkeys(table["activity"]))
    words = [_plain(m) for m in named]
    caption = (
        f"Per cent of a full week that people spend, mean over {RUNS} teams and the weeks in which the scheme counts; "
        "columns: the motive that weighs most with a person, "
        + "; ".join(f"{c} {w}" for c, w in zip(LETTERS, words, strict=False))
        + f". {about.setting()}"
    )
    figure, axes = panels([about.label(s) for s in order], "Who does what", caption, height=0.24 * len(acts), left=2.75)
    columns = min(len(order), 4 if len(order) <= 8 else 5)
    for i, (ax, scheme) in enumerate(zip(axes, order, strict=True)):
        own = table[table["scheme"] == scheme].pivot(index="activity", columns="motive", values="effort")
        grid = 100 * own.loc[acts, named].to_numpy()
        ax.grid(visible=False)
        ax.set_xlabel("")
        ax.imshow(grid, cmap="cividis_r", vmin=0, vmax=70, aspect="auto")
        for y in range(len(acts)):
            for x in range(len(named)):
                ink = "white" if grid[y, x] > 35 else style.INK
                ax.text(x, y, f"{grid[y, x]:.0f}", ha="center", va="center", size=style.TEXT - 4, color=ink)
        ax.set_xticks(range(len(named)), list(LETTERS[: len(named)]))
        ax.set_yticks(range(len(acts)), [about.activities.get(a, a) for a in acts] if i % columns == 0 else [])
        ax.tick_params(labelbottom=True, labelleft=i % columns == 0, labelsize=style.TEXT - 3)
        ax.spines["bottom"].set_visible(False)
    return figure, table


def _plain(motive: str) -> str:
    return str(read("motive", motive)["label"]["plain"]) if motive in options("motive") else motive


def _weeks(scenario: Scenario, scheme: str, seed: int) -> pd.DataFrame:
    """Effort by activity and motive under one scheme."""
    results = sim.simulate(scenario, RUNS, seed, members=True, aligned=False)
    people = results.per_member
    assert people is not None
    motive = [p.motive for p in scenario.team.seats]
    rows = []
    for activity in scenario.activities:
        each = people[f"effort_{activity}"][scenario.since :].mean(axis=(0, 1))
        means = pd.Series(each).groupby(motive, sort=False).mean()
        rows += [(scheme, activity, m, v) for m, v in means.items()]
    return pd.DataFrame(rows, columns=["scheme", "activity", "motive", "effort"])
