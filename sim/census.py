"""What is kept of a week: of a team, or of an organisation, whose tiers are put together.

A column that speaks of people is their mean over all tiers; one that speaks of a project is the mean
over the teams that have one; promotions, layoffs and leavers are counted.

    asked_d       = cos(f, G'w) of those at depth d, by what counts for them
    translation_d = cos(G'w above, G'w) between what counts for the bosses and what they count
    alignment_product = Π_d translation_d · asked_0        what random turns would leave (THEORY I5)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.arrays import Floats, average, total
from sim.chart import Chart, Tier
from sim.evaluators import asked
from sim.organisation import Moment
from sim.record import Week
from sim.results import OF_A_REVIEW, cosine, kept, kept_of_members

COUNTED = ("promoted", "laid_off", "left")
OF_LEVELS = ("asked", "translation", "worth", "alignment")


@dataclass(frozen=True, kw_only=True)
class Census:
    """What is kept of a week.

    Parameters
    ----------
    columns : name → (runs,)
    reviewed : name → (runs, people)
        What reviews say of everybody; empty between reviews.
    levels : name → (runs, depth)
        What is read at each depth of an organisation at reviews; empty between them, and for a team.
    members : name → (runs, people)
        Everybody's week, if it is wanted.
    knowledge : (module, runs, members) or None
        Who knows what of a team's project.
    """

    columns: dict[str, Floats]
    reviewed: dict[str, Floats]
    levels: dict[str, Floats]
    members: dict[str, Floats]
    knowledge: Floats | None


def of_team(week: Week, members: bool) -> Census:
    """Return what is kept of the week of a team."""
    said = {} if week.verdict is None else {k: getattr(week.verdict, k) for k in OF_A_REVIEW}
    return Census(
        columns=kept(week),
        reviewed=said,
        levels={},
        members=kept_of_members(week) if members else {},
        knowledge=None if week.stocks is None else week.stocks.knowledge,
    )


def of_organisation(chart: Chart, moment: Moment, members: bool) -> Census:
    """Return what is kept of the week of an organisation."""
    columns = together(chart.tiers, [kept(w) for w in moment.weeks])
    each = [kept_of_members(w) for w in moment.weeks] if members else [{}]
    everybody = {k: on_people(chart, [found[k] for found in each]) for k in each[0]}
    if moment.weeks[0].verdict is None:
        return Census(columns=columns, reviewed={}, levels={}, members=everybody, knowledge=None)
    verdicts = [w.verdict for w in moment.weeks]
    reviewed = {k: on_people(chart, [getattr(v, k) for v in verdicts]) for k in OF_A_REVIEW}
    aims = [_aims(tier, week, moment.weight) for tier, week in zip(chart.tiers, moment.weeks, strict=True)]
    reviewed["asked"] = _on_everybody(chart, [found["asked"] for found in aims])
    levels = _levels(chart, aims)
    columns["alignment_board"] = levels["asked"][:, 0]
    columns["alignment_trench"] = levels["asked"][:, -1]
    columns["alignment_product"] = levels["asked"][:, 0] * np.prod(levels["translation"][:, 1:], axis=1)
    return Census(columns=columns, reviewed=reviewed, levels=levels, members=everybody, knowledge=None)


def together(tiers: Sequence[Tier], columns: Sequence[dict[str, Floats]]) -> dict[str, Floats]:
    """Return the columns of a run from those of its teams: name → (runs,)."""
    row = {name: i for i, name in enumerate(dict.fromkeys(name for each in columns for name in each))}
    runs = columns[0]["worth"].size // len(tiers[0].people)
    found, there = np.zeros((len(row), runs)), np.zeros((len(row), runs))
    for tier, each in zip(tiers, columns, strict=True):
        teams = np.array(list(each.values())).reshape(len(each), runs, -1)
        size = np.array([[1 if name in COUNTED else tier.people.shape[1]] for name in each])
        known, rows = ~np.isnan(teams), [row[name] for name in each]
        found[rows] += total(np.where(known, teams, 0.0)) * size
        there[rows] += total(known.astype(np.float64)) * size
    mean = np.divide(found, there, out=np.full(found.shape, np.nan), where=there > 0)
    return {name: (found if name in COUNTED else mean)[i] for name, i in row.items()}


def on_people(chart: Chart, tiers: Sequence[Floats]) -> Floats:
    """Return what belongs to seats, tier by tier (runs · groups, seats), for everybody: (runs, people)."""
    runs = tiers[0].size // chart.tiers[0].people.size
    result = np.empty((runs, chart.people))
    for tier, x in zip(chart.tiers, tiers, strict=True):
        result[:, tier.people.ravel()] = x.reshape(runs, -1)
    return result


def _on_everybody(chart: Chart, tiers: Sequence[Floats]) -> Floats:
    """Return what belongs to groups, tier by tier (runs · groups,), for each of their people: (runs, people)."""
    runs = tiers[0].size // len(chart.tiers[0].people)
    result = np.empty((runs, chart.people))
    for tier, x in zip(chart.tiers, tiers, strict=True):
        result[:, tier.people] = x.reshape(runs, -1, 1)
    return result


def _levels(chart: Chart, aims: Sequence[dict[str, Floats]]) -> dict[str, Floats]:
    """Return what is read at each depth: name → (runs, depth)."""
    runs = aims[0]["asked"].size // len(chart.tiers[0].people)
    found = {name: np.zeros((runs, chart.depth + 1)) for name in OF_LEVELS}
    people = np.zeros(chart.depth + 1)
    for tier, each in zip(chart.tiers, aims, strict=True):
        for name, values in each.items():
            found[name][:, tier.depth] += average(values.reshape(runs, -1)) * tier.people.size
        people[tier.depth] += tier.people.size
    return {name: values / people for name, values in found.items()}


def _aims(tier: Tier, week: Week, weight: Floats) -> dict[str, Floats]:
    """Return what is read of each group of a tier: name → (runs · groups,)."""
    loading = week.rules.measurement.loading * week.rules.crafty
    own = weight[:, :, tier.people[:, 0]].reshape(len(weight), -1)
    f = week.rules.worth[:, None, None]
    above = own if tier.depth == 0 else weight[:, :, tier.boss].reshape(len(weight), -1)
    asks = asked(own, loading)
    return {
        "asked": cosine(np.broadcast_to(week.rules.worth[:, None], asks.shape), asks),
        "translation": cosine(asked(above, loading), asks),
        "worth": average(week.worth),
        "alignment": average(cosine(week.m, np.broadcast_to(f, week.m.shape))),
    }
