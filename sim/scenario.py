"""A scenario: who is on the team, how they are evaluated, what they build, for how long."""

from __future__ import annotations

import copy
import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import accumulate, groupby
from operator import mul
from typing import Any

from sim.activities import Activity
from sim.beliefs import Beliefs
from sim.catalogue import build
from sim.chart import Organisation, by_name, called, staffed
from sim.choice.base import Choice
from sim.craft import Craft
from sim.culture import Culture
from sim.customers import Customers
from sim.decision import Conduct
from sim.errors import InvalidInput, nearest, unknown
from sim.evaluation import Change, Scheme
from sim.fields import LARGEST, SMALLEST, construct
from sim.goals import Goals
from sim.interventions import BOUNDS, Intervener, Intervention, checked, put
from sim.motives.base import Motive
from sim.people import Person, Team
from sim.politics import Politics
from sim.project import Project
from sim.reporting import Reporting
from sim.rewards.base import RewardRule
from sim.rewards.layoff import Layoff
from sim.signals import Reference, Signal
from sim.sponsor import Sponsor
from sim.turnover import Turnover

KEYS = (
    "story",
    "weeks",
    "onset",
    "today",
    "good_intent",
    "activities",
    "signals",
    "motives",
    "team",
    "scheme",
    "choice",
    "conduct",
    "beliefs",
    "craft",
    "project",
    "turnover",
    "goals",
    "organisation",
    "politics",
    "culture",
    "sponsor",
    "customers",
    "reporting",
    "interventions",
    "intervener",
    "reference_team",
    "ranges",
)
LONGEST = 100_000  # weeks of a run
ROUNDING = 1e-9  # hours by which a given week may miss a bound [week]
RULES = ("pay", "promotion", "layoff")
EFFECTS = {  # what an activity does not say, it does not do
    **dict.fromkeys(("debt", "repays", "practice", "teaches", "hoards", "documents", "delivers"), 0.0),
    **dict.fromkeys(("distaste", "scruple", "obscures", "displays", "sabotages", "favours"), 0.0),
    "gaming": False,
    "leads": False,
    "ill": False,
}


@dataclass(frozen=True, kw_only=True)
class Phase:
    """A stretch of weeks under one scheme.

    Parameters
    ----------
    start : int
        The week it begins with.
    scheme : Scheme
    by_lot : bool
        Whether the scheme is only measured, and chance decides who rises and who goes.
    since : int
        The week from which reviews are counted: `start`, or earlier where the same scheme goes on.
    world : Scenario or None
        What interventions make of the scenario in these weeks; None: it is what it is.
    adds : mapping of str to float
        Stocks that interventions add to when it begins.
    hours : float
        Share of the intervener's week that they take.
    """

    start: int
    scheme: Scheme
    by_lot: bool
    since: int
    world: Scenario | None = None
    adds: Mapping[str, float] = field(default_factory=dict)
    hours: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """Everything that a run needs besides a seed.

    Build one with `sim.load` or `scenario_from`; change one with `with_`. `scheme` is the one under study;
    `phases` are what is in force when, in order; `since` is the week from which the scheme counts.
    """

    weeks: int
    phases: tuple[Phase, ...]
    since: int
    activities: Mapping[str, Activity]
    signals: Mapping[str, Signal]
    motives: Mapping[str, Motive]
    team: Team
    scheme: Scheme
    choice: Choice
    conduct: Conduct
    beliefs: Beliefs
    craft: Craft | None
    project: Project | None
    turnover: Turnover | None
    goals: Goals | None
    organisation: Organisation | None
    politics: Politics | None
    culture: Culture | None
    sponsor: Sponsor | None
    customers: Customers | None
    reporting: Reporting | None
    interventions: tuple[Intervention, ...]
    intervener: Intervener
    reference: Reference | None
    config: Mapping[str, Any]
    teams: int = 1  # whose mean shared signals are, where an organisation has put several into a unit

    @property
    def refused(self) -> tuple[str, ...]:
        """Interventions for which the intervener lacks the authority: they do not take place."""
        return tuple(i.name for i in self.interventions if i.authority > self.intervener.authority)

    def with_(self, changes: Mapping[str, Any]) -> Scenario:
        """Return the scenario with some values changed, named as on the command line.

        Examples
        --------
        >>> import sim
        >>> sim.load("scenario=three_persons").with_({"scheme.strength": 2.0}).scheme.strength
        2.0
        """
        config = copy.deepcopy(dict(self.config))
        for key, value in changes.items():
            *path, last = key.split(".")
            where: Any = config
            for step in path:
                if not isinstance(where, Mapping) or step not in where:
                    raise unknown(key, step, where if isinstance(where, Mapping) else [])
                where = where[step]
            if not isinstance(where, dict):
                raise InvalidInput(key, value, "a key of the scenario")
            where[last] = copy.deepcopy(value)
        return scenario_from(config)


def scenario_from(config: Mapping[str, Any]) -> Scenario:
    """Check a plain, resolved configuration and build its scenario."""
    for key in config:
        if key not in KEYS:
            raise InvalidInput(key, config[key], f"one of the keys {', '.join(KEYS)}", nearest(str(key), KEYS))
    for key in KEYS:
        if key not in config:
            raise InvalidInput(key, "(missing)", "given")
    _finite(config, "")
    _mapping(config["story"], "story")
    _ranges(config["ranges"])
    weeks = config["weeks"]
    if not isinstance(weeks, int) or isinstance(weeks, bool) or not 1 <= weeks <= LONGEST:
        raise InvalidInput("weeks", weeks, f"a whole number, at least 1 and at most {LONGEST}")
    listed = _mapping(config["activities"], "activities")
    activities = {k: _activity(v, f"activities.{k}") for k, v in listed.items() if v is not None}
    if not isinstance(config["good_intent"], bool):
        raise InvalidInput("good_intent", config["good_intent"], "true or false")
    activities = {k: a for k, a in activities.items() if not (a.ill and config["good_intent"])}
    if config["organisation"] is None:
        activities = {k: a for k, a in activities.items() if not a.leads}
    if not activities:
        raise InvalidInput("activities", "{}", "at least one activity")
    goals: Goals | None = _part(Goals, config["goals"], "goals")
    if goals is not None:
        for goal, loading in goals.loadings.items():
            for activity in loading:
                if activity not in listed:
                    raise unknown(f"goals.loadings.{goal}", activity, listed)
        activities = goals.of(activities)
    f = {k: a.worth if config["project"] else a.worth_now for k, a in activities.items()}
    signals = _signals(_mapping(config["signals"], "signals"), set(listed), f)
    team = _team(config["team"])
    scheme = _scheme(config["scheme"], config["team"], signals)
    phases, since = _phases(config, scheme, signals, weeks)
    intervener: Intervener = construct(Intervener, config["intervener"], "intervener")
    interventions = _interventions(config["interventions"], weeks)
    allowed = [i for i in interventions if i.authority <= intervener.authority]
    if allowed:
        phases = _intervened(config, phases, allowed, weeks)
    organisation = _organisation(config["organisation"], team, signals)
    if intervener.name is not None:
        names = [p.name for p in team.seats] if organisation is None else called(*staffed(organisation, team.seats)[1:])
        if intervener.name not in names:
            raise unknown("intervener.name", intervener.name, names)
    known = _mapping(config["motives"], "motives")
    people = {f"team.people[{i}]": p for i, p in enumerate(team.people)}
    if organisation is not None:
        people |= {f"organisation.managers[{i}]": p for i, p in enumerate(organisation.managers)}
    wanted = [m for p in people.values() for m in p.motives]
    for key, person in people.items():
        for motive in person.motives:
            if motive not in known:
                raise unknown(f"{key}.motives", motive, known)
    motives = _motives(known, wanted, set(listed), signals)
    conduct = construct(Conduct, config["conduct"], "conduct")
    for activity in conduct.initial or {}:
        if activity not in listed:
            raise unknown("conduct.initial", activity, listed)
    beliefs: Beliefs = construct(Beliefs, config["beliefs"], "beliefs")
    for signal in beliefs.folklore or {}:
        if signal not in signals:
            raise unknown("beliefs.folklore", signal, signals)
    choice: Choice = build("choice", config["choice"], "choice")
    _check_weeks(people, activities, choice, alone=organisation is None)
    if any(p.scheme.secret for p in phases) and not beliefs.folklore:
        raise InvalidInput("beliefs.folklore", beliefs.folklore, "given where a scheme is secret")
    return Scenario(
        weeks=weeks,
        phases=phases,
        since=since,
        activities=activities,
        signals=signals,
        motives=motives,
        team=team,
        scheme=scheme,
        choice=choice,
        conduct=conduct,
        beliefs=beliefs,
        craft=_part(Craft, config["craft"], "craft"),
        project=_part(Project, config["project"], "project"),
        turnover=_part(Turnover, config["turnover"], "turnover"),
        goals=goals,
        organisation=organisation,
        politics=_part(Politics, config["politics"], "politics"),
        culture=_part(Culture, config["culture"], "culture"),
        sponsor=_part(Sponsor, config["sponsor"], "sponsor"),
        customers=_part(Customers, config["customers"], "customers"),
        reporting=_part(Reporting, config["reporting"], "reporting"),
        interventions=interventions,
        intervener=intervener,
        reference=_part(Reference, config["reference_team"], "reference_team"),
        config=config,
    )


def everybody(scenario: Scenario) -> tuple[Person, ...]:
    """Return the people of a scenario, in the order of its results; in an organisation bosses come first."""
    around, seats = scenario.organisation, scenario.team.seats
    if around is None:
        return seats
    _, people, who = staffed(around, seats)
    return tuple(people[i] for i in who)


def people_of(scenario: Scenario) -> int:
    """Return how many people a scenario is about."""
    around, team = scenario.organisation, len(scenario.team.seats)
    if around is None or around.spans is None:
        return team
    sizes = list(accumulate(around.spans, mul, initial=1))
    return sum(sizes) + sizes[-1] * team


def _mapping(value: object, key: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise InvalidInput(key, value, "a mapping from names")
    return value


def _ranges(config: object) -> None:
    """Refuse ranges that are none."""
    for key, ends in _mapping(config, "ranges").items():
        numbers = isinstance(ends, list | tuple) and len(ends) == 2
        if not numbers or any(isinstance(e, bool) or not isinstance(e, int | float) for e in ends) or ends[0] > ends[1]:
            raise InvalidInput(f"ranges.{key}", ends, "two numbers, the lower one first")


def _activity(config: object, key: str) -> Activity:
    activity: Activity = construct(Activity, {**EFFECTS, **_mapping(config, key)}, key)
    return activity


def _part(cls: type[Any], config: object, key: str) -> Any:
    return None if config is None else construct(cls, config, key)


def _phases(
    config: Mapping[str, Any], scheme: Scheme, signals: Mapping[str, Signal], weeks: int
) -> tuple[tuple[Phase, ...], int]:
    """Return what is in force when, and the week from which the scheme under study counts."""
    phases: list[Phase] = []
    start, before = 0, config["today"]
    if before is not None:
        known = _mapping(before, "today")
        if set(known) != {"weeks", "scheme"}:
            raise InvalidInput("today", sorted(map(str, known)), "a mapping of weeks and scheme")
        start = _whole(known["weeks"], "today.weeks", 1, weeks - 1)
        today = _scheme(known["scheme"], config["team"], signals, "today.scheme")
        phases.append(Phase(start=0, scheme=today, by_lot=False, since=0))
    onset = _whole(config["onset"], "onset", 0, weeks - start - 1)
    if onset:
        phases.append(Phase(start=start, scheme=scheme, by_lot=True, since=start))
    since = start + onset
    phases.append(Phase(start=since, scheme=scheme, by_lot=False, since=since))
    dated = sorted((*scheme.changes, *_rotated(scheme, weeks - since)), key=lambda c: c.week)
    entry = copy.deepcopy(dict(config["scheme"]))
    for week, changes in groupby((c for c in dated if since + c.week < weeks), key=lambda c: since + c.week):
        for change in changes:
            for key, value in change.set.items():
                _put(entry, key, copy.deepcopy(value), f"scheme.changes.set.{key}")
        phases.append(Phase(start=week, scheme=_scheme(entry, config["team"], signals), by_lot=False, since=week))
    for i, phase in enumerate(phases[1:], start=1):
        if (phase.scheme, phase.by_lot) == (phases[i - 1].scheme, phases[i - 1].by_lot):
            phases[i] = replace(phase, since=phases[i - 1].since)  # nothing changes
    begins = [p for p in phases if p.since == p.start]
    for phase, end in zip(begins, [p.start for p in begins[1:]] + [weeks], strict=True):
        if phase.scheme.review.weeks > end - phase.start:
            allowed = f"at most the {end - phase.start} weeks in which the scheme is in force"
            if len(begins) == 1:
                allowed = f"at most the {weeks} weeks of the run"
            raise InvalidInput("scheme.review.weeks", phase.scheme.review.weeks, allowed)
    return tuple(phases), since


def _interventions(config: object, weeks: int) -> tuple[Intervention, ...]:
    if not isinstance(config, list | tuple):
        raise InvalidInput("interventions", config, "a list of interventions")
    found: list[Intervention] = []
    for i, entry in enumerate(config):
        key = f"interventions[{i}]"
        listed = dict(_mapping(entry, key))
        if isinstance(listed.get("lines"), list | tuple):
            absent = dict.fromkeys([*BOUNDS, "add"])
            listed["lines"] = [{**absent, **_mapping(each, f"{key}.lines")} for each in listed["lines"]]
        found.append(construct(Intervention, listed, key))
    checked(found, weeks)
    return tuple(found)


def _intervened(
    config: Mapping[str, Any], phases: tuple[Phase, ...], interventions: list[Intervention], weeks: int
) -> tuple[Phase, ...]:
    """Return the phases with everything that interventions change from week to week."""
    dates = {d for i in interventions for d in (i.start, i.end(weeks)) if 0 <= d < weeks}
    found: list[Phase] = []
    worlds: dict[tuple[str, ...], Scenario] = {}
    for week in sorted(dates | {p.start for p in phases}):
        active = [i for i in interventions if i.in_force(week, weeks)]
        names, world = tuple(i.name for i in active if i.moves), None
        base = max((p for p in phases if p.start <= week), key=lambda p: p.start)
        if names:
            if names not in worlds:
                worlds[names] = _world(config, [i for i in active if i.moves])
            world = worlds[names]
            base = max((p for p in world.phases if p.start <= week), key=lambda p: p.start)
        adds: dict[str, float] = {}
        for each in active:
            if each.start == week:
                adds |= {k: adds.get(k, 0.0) + v for k, v in each.adds.items()}
        since, before = week, found[-1] if found else None
        if before is not None and (before.scheme, before.by_lot) == (base.scheme, base.by_lot):
            since = before.since
        hours = sum(i.hours for i in active)
        found.append(replace(base, start=week, since=since, world=world, adds=adds, hours=hours))
    return tuple(found)


def _world(config: Mapping[str, Any], interventions: list[Intervention]) -> Scenario:
    """Return the scenario as interventions in force have changed it."""
    changed = copy.deepcopy({**config, "interventions": []})
    for each in interventions:
        for how, key, value in each.moves:
            put(changed, key, copy.deepcopy(value), each.name, how)
    return scenario_from(changed)


def _rotated(scheme: Scheme, weeks: int) -> list[Change]:
    """Return the changes that a rotation of the yardstick brings within some weeks."""
    if scheme.rotation is None:
        return []
    among = scheme.rotation.among
    begun = [s for s, w in scheme.weights.items() if w] == [among[0]]  # else the scheme's own weights hold first
    every = scheme.rotation.every * scheme.review.weeks
    turns = range(1, -(-weeks // every))
    return [Change(week=i * every, set={"weights": {among[(i - 1 + begun) % len(among)]: 1.0}}) for i in turns]


def _put(entry: dict[str, Any], key: str, value: object, name: str) -> None:
    """Set a dotted key of a mapping."""
    *path, last = key.split(".")
    where: Any = entry
    for step in path:
        where = where.get(step) if isinstance(where, dict) else None
    if not isinstance(where, dict):
        raise InvalidInput(name, value, "a key of the scheme", nearest(key, entry))
    where[last] = value


def _whole(value: object, key: str, least: int, most: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise InvalidInput(key, value, f"a whole number from {least} to {most}")
    return value


def _finite(value: object, key: str) -> None:
    """Refuse a number that is not one, wherever it stands."""
    if isinstance(value, float | int):  # most are, and asking for a mapping takes longer
        if isinstance(value, float) and not math.isfinite(value):
            raise InvalidInput(key, value, "a finite number")
        if value and not SMALLEST <= abs(value) <= LARGEST:
            raise InvalidInput(key, value, f"a number of ordinary size: 0, or between {SMALLEST:g} and {LARGEST:g}")
    elif isinstance(value, list | tuple):
        for i, v in enumerate(value):
            _finite(v, f"{key}[{i}]")
    elif isinstance(value, Mapping):
        for k, v in value.items():
            _finite(v, f"{key}.{k}" if key else str(k))


def _signals(config: Mapping[str, Any], listed: set[str], f: Mapping[str, float]) -> dict[str, Signal]:
    signals = {}
    for name, entry in config.items():
        entry = dict(_mapping(entry, f"signals.{name}"))
        if entry.get("loadings") == "worth":
            entry["loadings"] = dict(f)
        signals[name] = construct(Signal, entry, f"signals.{name}")
        for activity in signals[name].loadings:
            if activity not in listed:
                raise unknown(f"signals.{name}.loadings", activity, listed)
    return signals


def _team(config: object) -> Team:
    entry = dict(_mapping(config, "team"))
    entry.pop("label", None)
    people = entry.get("people")
    if not isinstance(people, list | tuple):
        raise InvalidInput("team.people", people, "a list of people")
    entry["people"] = [_person(p, f"team.people[{i}]") for i, p in enumerate(people)]
    for rule in RULES:
        entry[rule] = _rule(entry.get(rule), f"team.{rule}")
    team: Team = construct(Team, entry, "team")
    return team


def _person(config: object, key: str) -> Person:
    absent = dict.fromkeys(("skill", "role", "reports_to", "week"))
    person: Person = construct(Person, {**absent, **_mapping(config, key)}, key)
    return person


def _check_weeks(people: Mapping[str, Person], activities: Mapping[str, Activity], choice: Choice, alone: bool) -> None:
    """Refuse given weeks of activities that there are not, or of hours that a week has not; and in an organisation."""
    low, high = choice.hours
    for key, person in people.items():
        if person.week is None:
            continue
        if not alone:
            raise InvalidInput(f"{key}.week", dict(person.week), f"null in an organisation, for {person.name} too")
        for activity in person.week:
            if activity not in activities:
                raise unknown(f"{key}.week of {person.name}", activity, activities)
        hours = sum(person.week.values())
        if not low - ROUNDING <= hours <= high + ROUNDING:
            allowed = f"between {low:g} and {high:g}, the hours of a week of {person.name}"
            raise InvalidInput(f"{key}.week", f"{hours:.6g} weeks in all", allowed)


def _organisation(config: object, team: Team, signals: Mapping[str, Signal]) -> Organisation | None:
    if config is None:
        for i, person in enumerate(team.people):
            if person.reports_to is not None:
                key = f"team.people[{i}].reports_to"
                raise InvalidInput(key, person.reports_to, "null where there is no organisation")
        return None
    entry = dict(_mapping(config, "organisation"))
    managers = entry.get("managers") or []
    if not isinstance(managers, list | tuple):
        raise InvalidInput("organisation.managers", managers, "a list of people")
    entry["managers"] = [_person(p, f"organisation.managers[{i}]") for i, p in enumerate(managers)]
    found: Organisation = construct(Organisation, entry, "organisation")
    for signal in found.palette:
        if signal not in signals:
            raise unknown("organisation.palette", signal, signals)
    if found.spans is None:
        try:
            by_name({p.name: p.reports_to for p in team.seats})
        except InvalidInput as error:
            seat = [p.name for p in team.seats].index(error.key.removesuffix(".reports_to"))
            key = f"team.people[{seat}].reports_to"
            raise InvalidInput(key, error.value, error.allowed, error.nearest) from None
    for name, times in Counter(called(*staffed(found, team.seats)[1:])).items():
        if times > 1:
            raise InvalidInput("organisation.managers", name, "a different name for each person")
    return found


def _rule(config: object, key: str) -> RewardRule | None:
    """Build a consequence of the score; a layoff is of one kind only."""
    if config is None:
        return None
    if isinstance(config, Mapping):
        config = {k: v for k, v in config.items() if k != "label"}
    rule: RewardRule = build("rewards", config, key)
    if key.endswith("layoff") and not isinstance(rule, Layoff):
        raise InvalidInput(f"{key}.kind", type(rule).__name__, "layoff, or null")
    return rule


def _scheme(config: object, team: Mapping[str, Any], signals: Mapping[str, Signal], where: str = "scheme") -> Scheme:
    entry = dict(_mapping(config, where))
    for rule in RULES:
        chosen = team.get(rule) if entry.get(rule) == "team" else entry.get(rule)
        entry[rule] = _rule(chosen, f"{where}.{rule}")
    if isinstance(entry.get("rotation"), Mapping):
        among = entry["rotation"].get("among")
        first = {str(among[0]): 1.0} if isinstance(among, list | tuple) and among else {}
        entry["weights"] = entry.get("weights") or first
    scheme: Scheme = construct(Scheme, entry, where)
    rotated = {s: 1.0 for s in scheme.rotation.among} if scheme.rotation else {}
    named = [("weights", scheme.weights), ("announced", scheme.announced), ("rotation.among", rotated)]
    named += [(f"silos.{role}", weights) for role, weights in (scheme.silos or {}).items()]
    for key, signal_weights in named:
        for signal in signal_weights or {}:
            if signal not in signals:
                raise unknown(f"{where}.{key}", signal, signals)
    paid = scheme.pay is not None and type(scheme.pay).__name__ != "Salary"
    if not any(scheme.weights.values()) and (paid or scheme.promotion or scheme.layoff):
        raise InvalidInput(
            f"{where}.weights",
            dict(scheme.weights),
            "a weight other than 0, or pay by salary alone (promotion and layoff null)",
        )
    return scheme


def _motives(
    config: Mapping[str, Any], wanted: list[str], listed: set[str], signals: Mapping[str, Signal]
) -> dict[str, Motive]:
    """Build all motives, and keep those that somebody has; these alone must fit the activities and signals."""
    found: dict[str, Motive] = {}
    for name, entry in config.items():
        key, plain = f"motives.{name}", dict(_mapping(entry, f"motives.{name}"))
        plain.pop("label", None)
        motive: Motive = build("motives", plain, key)
        if name not in wanted:
            continue
        for activity in getattr(motive, "loadings", {}):
            if activity not in listed:
                raise unknown(f"{key}.loadings", activity, listed)
        signal = getattr(motive, "signal", None)
        if signal is not None and signal not in signals:
            raise unknown(f"{key}.signal", signal, signals)
        found[name] = motive
    return found
