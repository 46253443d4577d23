"""What is around a team: its sponsor, its customers, and the chain that news of it climbs.

pace  ← pace·alive·(what an open problem leaves)
worth ← worth − (1 − useful)·worth of what was delivered     useful: see `sim.customers`
v     = visible + sees·features + shown                       what the sponsor sees, see `sim.sponsor`
dread = Σ_c ω_c·(what c fears of the scheme)                 what makes people keep mum, see `sim.reporting`: the team's
                                                             mean, then each boss's; without bosses the team's
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from sim import customers as users
from sim import reporting as news
from sim import sponsor as patron
from sim.arrays import Bools, Floats, average, weighed
from sim.draws import WeekDraws


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """What is around a team; None for what is not.

    Parameters
    ----------
    sponsor : Sponsor or None
    customers : Customers or None
    reporting : Reporting or None
    displays : (activity,)
        How much of a week's work outsiders can see.
    """

    sponsor: patron.Sponsor | None
    customers: users.Customers | None
    reporting: news.Reporting | None
    displays: Floats


@dataclass(frozen=True, kw_only=True)
class Around:
    """What moves there, and what the week has shown; None for what is off.

    Parameters
    ----------
    sponsor : sim.sponsor.Stocks or None
    customers : sim.customers.Stocks or None
    news : sim.reporting.News or None
    colours : (hop + 1, runs) or None
        Whether the status is red, in truth and as each level is told.
    progress : (hop + 1, runs) or None
        Worth of the week, in truth and as each level is told [weeks of core work per member].
    face : (runs,)
        Standing that crossing the chain of command has cost since the last review [points of score].
    seen : (runs,)
        v, what the week before has shown the sponsor [weeks of visible work per member].
    """

    sponsor: patron.Stocks | None
    customers: users.Stocks | None
    news: news.News | None
    colours: Bools | None
    progress: Floats | None
    face: Floats
    seen: Floats


def begin(rules: Surroundings, runs: int, luck: Floats | None) -> Around:
    """Return what is around a team before the first week.

    Parameters
    ----------
    luck : (runs,) or None
        Uniform on [0, 1): whether there is a problem to begin with; None where nothing is reported.
    """
    return Around(
        sponsor=None if rules.sponsor is None else patron.begin(rules.sponsor, runs),
        customers=None if rules.customers is None else users.begin(rules.customers, runs),
        news=None if rules.reporting is None or luck is None else news.begin(rules.reporting, luck),
        colours=None,
        progress=None,
        face=np.zeros(runs),
        seen=np.zeros(runs) if rules.sponsor is None else np.full(runs, rules.sponsor.expects),
    )


def left(rules: Surroundings, around: Around) -> Floats:
    """Return the factor on a team's pace: (runs,), in [0, 1]."""
    pace = np.ones(around.seen.shape)
    if around.sponsor is not None:
        pace = pace * around.sponsor.alive
    if rules.reporting is not None and around.news is not None:
        pace = pace * news.pace(rules.reporting, around.news)
    return pace


@dataclass(frozen=True, kw_only=True)
class Passed:
    """What a team has done in a week, as far as others care.

    Parameters
    ----------
    effort : (activity, runs, members)
    features, worth : (runs,)
        What users could get · what was worth something at once [weeks of core work per member].
    dread : (hop, runs), or (1, runs) at every hop
        What those fear of the scheme whom bad news has to pass [utility per week].
    """

    effort: Floats
    features: Floats
    worth: Floats
    dread: Floats


def moved(
    rules: Surroundings, around: Around, week: int, passed: Passed, debt: Floats, trust: Floats, draws: WeekDraws
) -> Around:
    """Return what is around a team after a week.

    Parameters
    ----------
    debt, trust : (runs,)
        Of the project, 0 without one · in the team, in [0, 1].
    """
    runs, members = passed.effort.shape[1:]
    customers, told, colours, progress, face = around.customers, around.news, None, None, around.face
    if rules.customers is not None and customers is not None:
        own = rules.customers
        customers = users.move(
            own,
            customers,
            week,
            members * passed.features,
            np.full(runs, own.overruled),
            np.full(runs, own.attention),
            draws.needs[..., 0],
        )
    if rules.reporting is not None and told is not None:
        own_chain = rules.reporting
        courage = news.courage(own_chain, np.broadcast_to(passed.dread, (own_chain.hops, runs)), trust)
        told = news.moved(own_chain, told, courage, debt, draws.problem[..., 0])
        colours = news.colours(own_chain, told, draws.garble[..., 0])
        progress = news.progress(own_chain, passed.worth, draws.report[..., 0])
        face = face + news.face_lost(own_chain, told)
    sponsor, seen = around.sponsor, around.seen
    if rules.sponsor is not None and sponsor is not None:
        visible = average(weighed(rules.displays, passed.effort))
        seen = patron.seen(rules.sponsor, visible, passed.features, np.full(runs, rules.sponsor.shown))
        red = np.zeros(runs) if colours is None else colours[-1].astype(np.float64)
        startled = np.zeros(runs) if told is None else told.surprise.astype(np.float64)
        sponsor = patron.move(rules.sponsor, sponsor, seen, draws.sponsor[..., 0], red, startled)
    return Around(
        sponsor=sponsor, customers=customers, news=told, colours=colours, progress=progress, face=face, seen=seen
    )


def at_stake(
    rules: Surroundings, around: Around, delivers: Floats, skill: Floats, weeks: int
) -> tuple[Floats, Floats] | None:
    """Return the chance that the sponsor stops the project within some weeks, and what effort adds to it.

    Parameters
    ----------
    delivers : (activity,)
    skill : (runs, members)

    Returns
    -------
    chance : (runs, 1)
    slope : (activity, runs, members)
        Per week of effort of one member; None in place of both without a sponsor.
    """
    if rules.sponsor is None or around.sponsor is None:
        return None
    chance, slope = patron.risk(rules.sponsor, around.sponsor, around.seen, weeks)
    visible = rules.displays[:, None, None] + rules.sponsor.sees * delivers[:, None, None] * skill
    return chance[:, None], slope[:, None] * visible / skill.shape[-1]


def useful(around: Around) -> Floats | None:
    """Return the part of what was delivered that was of use: (runs,), in [0, 1]; None: all of it."""
    return None if around.customers is None else around.customers.useful


def more(around: Around, stock: str, amount: float) -> Around:
    """Return what is around a team with more of a stock: confidence [log-odds], felt priority or ownership [share]."""
    sponsor, customers = around.sponsor, around.customers
    if stock == "confidence" and sponsor is not None:
        return replace(around, sponsor=replace(sponsor, log_odds=sponsor.log_odds + amount * sponsor.alive))
    if stock == "felt" and customers is not None:
        return replace(around, customers=replace(customers, felt=np.clip(customers.felt + amount, 0.0, 1.0)))
    if stock == "ownership" and customers is not None:
        return replace(around, customers=replace(customers, ownership=np.clip(customers.ownership + amount, 0.0, 1.0)))
    return around


def readouts(rules: Surroundings, around: Around) -> dict[str, Floats]:
    """Return what is read of a week: name → (runs,)."""
    columns: dict[str, Floats] = {}
    if around.sponsor is not None:
        columns["confidence"] = patron.confidence(around.sponsor)
        columns["alive"] = around.sponsor.alive.astype(np.float64)
    if rules.customers is not None and around.customers is not None:
        own, stocks = rules.customers, around.customers
        columns |= {
            "needs_met": users.met_in_all(own, stocks),
            "trunk_done": users.trunk_done(own, stocks),
            "acceptance": users.acceptance(own, stocks),
            "adoption": users.adoption(own, stocks),
            "attachment": users.attachment(own, stocks),
            "ownership": stocks.ownership,
            "blocked": stocks.blocks.any(axis=0).astype(np.float64),
            "useful": stocks.useful,
        }
        each = {"met": users.needs_met(own, stocks), "felt": stocks.felt, "blocks": stocks.blocks.astype(np.float64)}
        columns |= {f"{k}_{d.name}": x[i] for i, d in enumerate(own.departments) for k, x in each.items()}
    if rules.reporting is not None and around.news is not None:
        told = around.news
        assert around.colours is not None and around.progress is not None
        columns |= {
            "open": told.open.astype(np.float64),
            "reached": told.reached.astype(np.float64),
            "true_status": around.colours[0].astype(np.float64),
            "reported_status": around.colours[-1].astype(np.float64),
            "reported_progress": around.progress[-1],
            "hidden": news.hidden(rules.reporting, told).astype(np.float64),
            "discovered": told.discovered.astype(np.float64),
            "surprise": told.surprise.astype(np.float64),
            "found_at": news.found_at(told),
        }
    return columns
