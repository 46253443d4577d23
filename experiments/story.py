"""The story of a scenario in numbers: what happens around the team, in a table."""

from __future__ import annotations

import math
from collections.abc import Mapping

import pandas as pd
from rich.console import Group, RenderableType
from rich.text import Text

from experiments import tables
from experiments.tables import About, Spread
from experiments.words import OF_EACH
from sim.loading import options, read
from sim.scenario import Scenario

NAMED = 12  # people of whom each has a row
AROUND = (  # in the order in which they tell it
    *("axed", "confidence", "needs_met", "met_", "blocked_weeks", "blocked_by_"),
    *("acceptance", "useful", "adoption", "ownership"),
    *("status_bias", "weeks_hidden", "surprises", "found_at"),
    *("trust", "custom", "alignment_board", "alignment_trench", "alignment_product", "intervener_rank"),
)
COUNTED = ("axed",)  # yes or no in a single team


def story_table(summary: pd.DataFrame, scenario: Scenario) -> RenderableType | None:
    """Return what happens around the team of a single variant; None where nobody is around.

    Parameters
    ----------
    summary : DataFrame
        Of `stats.summary`, one variant.
    """
    found = {m: spread for (_, m), spread in tables.spreads(summary, "value").items()}
    rows = told(found, scenario)
    if not rows:
        return None
    table = tables._empty("What happens around the team")
    table.add_column("", min_width=24, max_width=52)
    for header in ("mean ±\ncomputing error", "luck"):
        table.add_column(header, justify="right", max_width=16)
    table.add_column("unit", style="dim")
    for measure, words in rows.items():
        unit = unit_of(measure)
        mean, luck = tables._pair(_scaled(found[measure], unit), "worth")
        table.add_row(Text(words), mean, tables.NOTHING if measure in COUNTED else luck, unit)
    story = scenario.config["story"]
    parts: list[RenderableType] = [Text(str(story[k])) for k in ("story", "question") if k in story]
    parts += [table, *([Text(f"Watch: {story['watch']}", style="dim")] if "watch" in story else [])]
    return Group(*[x for part in parts for x in (part, Text())][:-1])


def people_table(reviews: pd.DataFrame, scenario: Scenario) -> RenderableType | None:
    """Return who was rewarded, and who added what, for a story of a few people; None where there is none.

    Parameters
    ----------
    reviews : DataFrame
        A row per run, review and member, of a single variant.
    """
    if scenario.organisation is not None or scenario.intervener.name is None or len(scenario.team.seats) > NAMED:
        return None
    found = rewarded(reviews)
    table = tables._empty("Who was rewarded, and for what")
    table.add_column("", min_width=14)
    table.add_column("wants most", max_width=30)
    for header in ("place by\nreward", "place by\nworth added", "worth added\na week"):
        table.add_column(header, justify="right")
    wanted = {p.name: p.motive for p in scenario.team.seats}
    for name, row in found.iterrows():
        motive = wanted[str(name)]
        says = read("motive", motive)["label"]["plain"] if motive in options("motive") else motive
        called = f"{name} (intervenes)" if name == scenario.intervener.name else str(name)
        places = (f"{row[k]:.1f}" for k in ("place", "place_by_worth"))
        table.add_row(Text(called), Text(says), *places, f"{row['contribution']:.2f}")
    note = "Means over runs; 1 is the best place of a run. A seat that is left is another's from then on."
    return Group(table, Text(note, style="dim"))


def rewarded(reviews: pd.DataFrame) -> pd.DataFrame:
    """Return the mean place of each member by all rewards and by all that was added, who is rewarded most first."""
    whole = reviews.groupby(["run", "member"], sort=False)[["reward", "contribution"]]
    sums = whole.sum().join(whole.mean()["contribution"].rename("mean"))
    places = sums[["reward", "contribution"]].groupby(level="run").rank(ascending=False)
    each = places.rename(columns={"reward": "place", "contribution": "place_by_worth"}).assign(
        contribution=sums["mean"]
    )
    return each.groupby(level="member", sort=False).mean().sort_values("place", kind="stable")


def stories_table(
    summary: pd.DataFrame, scenarios: Mapping[str, Scenario], about: About, width: int = 100
) -> RenderableType | None:
    """Return what happens around the teams, a row per variant; None where nobody is around."""
    found = tables.spreads(summary, "value")
    order = tables.by_worth(found)
    measures: dict[str, str] = {}
    for name in order:
        measures |= told({m: x for (s, m), x in found.items() if s == name}, scenarios[name])
    if not measures:
        return None
    nothing = Spread(*[math.nan] * 5)
    cells = {}
    for measure in measures:
        unit = unit_of(measure)
        head = f"{tables._short(measure)}\n[{unit}]"
        column = [_scaled(found.get((s, measure), nothing), unit) for s in order]
        cells[head] = tables._column(column, "worth", luck=measure not in COUNTED)
    return Group(*_parts("Table 4. What happens around the team", cells, order, about, width))


def told(found: Mapping[str, Spread], scenario: Scenario) -> dict[str, str]:
    """Return the measures of what is around a team that there are, and their names for people."""
    departments = [d.name for d in scenario.customers.departments] if scenario.customers is not None else []
    rows: dict[str, str] = {}
    for measure in AROUND:
        if measure in OF_EACH:
            rows |= {m: tables._plain(m) for m in (f"{measure}{d}" for d in departments) if m in found}
        elif measure in found:
            rows[measure] = tables._plain(measure)
    return rows


def unit_of(measure: str) -> str:
    """Return the unit in which a measure is shown.

    Examples
    --------
    >>> unit_of("met_research"), unit_of("blocked_weeks")
    ('%', 'weeks')
    """
    return "%" if tables.percent(measure) else tables.unit_of(measure)


def _scaled(spread: Spread, unit: str) -> Spread:
    return Spread(*[100 * x for x in spread]) if unit == "%" else spread


def _parts(
    title: str, cells: Mapping[str, list[Text]], order: list[str], about: About, width: int
) -> list[RenderableType]:
    """Cut columns into tables that fit the width, as even as can be."""
    most = max(1, (width - 2 - tables.NAME) // (tables.CELL + 2))
    parts, heads = math.ceil(len(cells) / most), list(cells)
    found: list[RenderableType] = []
    for i in range(parts):
        chosen = heads[i * len(heads) // parts : (i + 1) * len(heads) // parts]
        name = width - 2 - len(chosen) * (tables.CELL + 2)
        called = title if not i else f"{title} (continued)"
        found += [tables._table(called, {h: cells[h] for h in chosen}, order, about, name), Text()]
    return found[:-1]
