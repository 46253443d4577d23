"""What the variants of a story come to, side by side; and all pictures of what is around a team.

story         worth, needs met, standoffs, projects stopped, debt, place of the intervener, by variant
timeline      what is done when, and what comes of it
status        how things stand, and what the top is told
knowledge     who knows what, with the truck factor
organisation  who is asked for what
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from experiments.outcome import Outcome
from experiments.plots import style
from experiments.plots.knowledge import knowledge
from experiments.plots.organisation import by_level, levels_of, organisation
from experiments.plots.status import status
from experiments.plots.timeline import interventions_of, timeline
from experiments.store import write_csv
from experiments.tables import About, Spread, percent, spreads
from sim.scenario import Scenario

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TOLD = {  # what is drawn, and its unit
    "worth": ("worth", "weeks of core\nwork per\nperson-week"),
    "needs_met": ("needs met\nat the end", "%"),
    "blocked_weeks": ("common work\nheld up", "weeks"),
    "axed": ("projects\nstopped", "%"),
    "debt": ("debt at the end", "weeks of work\nper member"),
    "intervener_rank": ("place of the\nintervener", "of all by reward,\n1 the best"),
}
WORTH_TELLING = ("needs_met", "blocked_weeks", "axed", "intervener_rank")  # one of them makes it a story
COUNTED = ("axed",)  # yes or no in a single team
ROW = 0.7  # of a variant [inch]


def story(summary: pd.DataFrame, order: Sequence[str], about: About) -> tuple[Figure, pd.DataFrame] | None:
    """Return the picture, a row per variant, and its table; None where there is one variant, or no story."""
    found = spreads(summary, "value")
    there = [m for m in TOLD if any((s, m) in found and not np.isnan(found[s, m].value) for s in order)]
    if len(order) < 2 or not set(there) & set(WORTH_TELLING):
        return None
    table = pd.DataFrame(
        [(s, m, *found[s, m]) for s in order for m in there if (s, m) in found],
        columns=["scheme", "measure", *Spread._fields],
    )
    caption = (
        "Dot: mean over runs. Thick line: computing error, the 95 % interval of that mean, which more runs shrink. "
        f"Thin line: luck, the middle 80 % of single {about.many} (not of what is yes or no). Dashed: "
        f"{about.titled(order[0])}. {about.setting()}"
    )
    names = {s: style.folded(about.titled(s), 26) for s in order}
    figure, bottom, top = style.page(len(order) * ROW + 3.9, "What each of them comes to", caption)
    longest = max(len(line) for lines in names.values() for line in lines)
    bottom, top, left = bottom + 1.2, top - 0.6, style.MARGIN + 0.3 + longest * style.CHARACTER
    wide = (style.WIDTH - 0.3 - left) / len(there)
    for i, measure in enumerate(there):
        ax = style.room(figure, left + i * wide, bottom, left + (i + 1) * wide - 0.3, top)
        ax.grid(axis="y", visible=False)
        scale = 100 if percent(measure) else 1
        base = found.get((order[0], measure))
        if base is not None:
            ax.axvline(scale * base.value, color=style.PALE, linewidth=1.4, linestyle=(0, (4, 2)), zorder=1)
        for y, scheme in enumerate(order):
            own = found.get((scheme, measure))
            if own is None:
                continue
            value, low, high, least, most = (scale * x for x in own)
            if scale == 100:
                low, high = max(low, 0.0), min(high, 100.0)
            if measure not in COUNTED:
                ax.plot([least, most], [y, y], color=style.BLUE, linewidth=2, solid_capstyle="butt")
            ax.plot([low, high], [y, y], color=style.BLUE, linewidth=11, solid_capstyle="butt")
            ax.plot(value, y, "o", color="white", markeredgecolor=style.INK, markersize=8)
        title, unit = TOLD[measure]
        ax.set_title(title, size=style.TEXT, loc="left", color=style.INK)
        ax.set_xlabel(unit, size=style.TEXT, color=style.INK)
        ax.set_ylim(len(order) - 0.4, -0.6)
        ax.margins(x=0.08)
        ax.locator_params(axis="x", nbins=3)
        ax.set_yticks(range(len(order)), ["\n".join(names[s]) for s in order] if not i else [])
    return figure, table


def draw_story(
    folder: Path, done: Outcome, summary: pd.DataFrame, about: About, scenarios: Mapping[str, Scenario]
) -> list[Path]:
    """Draw what there is of all this into a folder and return the paths of the pictures.

    What concerns one variant has a page for each, named after it where there are several.
    """
    order = [s for s in (about.reference, *(n for n in scenarios if n != about.reference)) if s in scenarios]
    weekly, levels = done.weekly(), done.levels()
    pictures: dict[str, tuple[Figure, pd.DataFrame] | None] = {
        "story": story(summary, order, about),
        "status": status(weekly, order, about),
        "knowledge": knowledge(done.knowledge(), weekly, scenarios, order, about),
        "levels": levels_of(levels, order, about),
    }
    if len(scenarios) == 1 and pictures.pop("levels") is not None:  # it stands beside the tree
        write_csv(by_level(levels, order), folder / "levels.csv")
    reviews = done.reviews() if any(s.organisation for s in scenarios.values()) else pd.DataFrame()
    for name, scenario in scenarios.items():
        end = f"_{name}" if len(scenarios) > 1 else ""
        pictures[f"timeline{end}"] = timeline(weekly, scenario, name, about)
        pictures[f"organisation{end}"] = organisation(scenario, reviews, levels, name, about)
        if scenario.interventions:
            write_csv(interventions_of(scenario), folder / f"interventions{end}.csv")
    return style.save_all(folder, pictures)
