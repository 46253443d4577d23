"""A scenario: who is on the team, how they are evaluated, what they build, for how long."""

from __future__ import annotations

import copy
import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sim.activities import Activity
from sim.catalogue import build
from sim.choice.base import Choice
from sim.decision import Conduct
from sim.errors import InvalidInput, nearest, unknown
from sim.evaluation import Scheme
from sim.fields import construct
from sim.motives.base import Motive
from sim.perception import Beliefs
from sim.project import Project
from sim.rewards.base import RewardRule
from sim.rewards.layoff import Layoff
from sim.signals import Reference, Signal

KEYS = (
    "story",
    "weeks",
    "activities",
    "signals",
    "motives",
    "team",
    "scheme",
    "choice",
    "conduct",
    "beliefs",
    "project",
    "reference_team",
)
RULES = ("pay", "promotion", "layoff")
EFFECTS = {  # what an activity does not say, it does not do
    **dict.fromkeys(("debt", "repays", "practice", "teaches", "hoards", "documents", "delivers"), 0.0),
    **dict.fromkeys(("distaste", "scruple", "obscures"), 0.0),
    "gaming": False,
    "ill": False,
}


@dataclass(frozen=True, kw_only=True)
class Person:
    """One seat of the team.

    Parameters
    ----------
    name : str
    motives : mapping of str to float
        ω, weight of each motive, at least 0.
    skill : float or None
        Work done per effort; None: drawn.
    """

    name: str
    motives: Mapping[str, float]
    skill: float | None

    def __post_init__(self) -> None:
        for motive, weight in self.motives.items():
            if weight < 0:
                raise InvalidInput(f"motives.{motive}", weight, "at least 0")
        if self.skill is not None and self.skill <= 0:
            raise InvalidInput("skill", self.skill, "above 0, or null")

    @property
    def motive(self) -> str:
        """The motive that weighs most; the first named of equals."""
        return max(self.motives, key=lambda k: self.motives[k]) if self.motives else "none"


@dataclass(frozen=True, kw_only=True)
class Team:
    """The people, what differs among them, and what is at stake for them.

    Parameters
    ----------
    people : tuple of Person
    size : int or None
        Seats; the people named are repeated in turn to fill them. None: one seat each.
    skill_sd : float
        Standard deviation of the log of skill, mean skill 1, at least 0.
    habit_sd : float
        Standard deviation of the log of each habit, at least 0.
    risk_aversion : float
        Constant absolute risk aversion [per utility], at least 0; risk costs ½·it·variance.
    pay, promotion : RewardRule or None
    layoff : Layoff or None
        What the score brings unless the scheme says otherwise.
    """

    people: tuple[Person, ...]
    size: int | None
    skill_sd: float
    habit_sd: float
    risk_aversion: float
    pay: RewardRule | None
    promotion: RewardRule | None
    layoff: Layoff | None

    def __post_init__(self) -> None:
        if not self.people:
            raise InvalidInput("people", "[]", "a list of at least one person")
        if self.size is not None and self.size < 1:
            raise InvalidInput("size", self.size, "at least 1, or null")
        for key in ("skill_sd", "habit_sd", "risk_aversion"):
            if getattr(self, key) < 0:
                raise InvalidInput(key, getattr(self, key), "at least 0")
        named = Counter(p.name for p in (*self.people, *self.seats[len(self.people) :]))
        for name, times in named.items():
            if times > 1:
                raise InvalidInput("people", name, "a different name for each person")

    @property
    def seats(self) -> tuple[Person, ...]:
        """Who sits where; repeated people carry a number."""
        n = len(self.people)
        return tuple(
            p if i < n else Person(name=f"{p.name} {i // n + 1}", motives=p.motives, skill=p.skill)
            for i, p in ((i, self.people[i % n]) for i in range(self.size or n))
        )


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """Everything that a run needs besides a seed.

    Build one with `sim.load` or `scenario_from`; change one with `with_`.
    """

    weeks: int
    activities: Mapping[str, Activity]
    signals: Mapping[str, Signal]
    motives: Mapping[str, Motive]
    team: Team
    scheme: Scheme
    choice: Choice
    conduct: Conduct
    beliefs: Beliefs
    project: Project | None
    reference: Reference | None
    config: Mapping[str, Any]

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
    weeks = config["weeks"]
    if not isinstance(weeks, int) or isinstance(weeks, bool) or weeks < 1:
        raise InvalidInput("weeks", weeks, "a whole number, at least 1")
    listed = _mapping(config["activities"], "activities")
    activities = {k: _activity(v, f"activities.{k}") for k, v in listed.items() if v is not None}
    if not activities:
        raise InvalidInput("activities", "{}", "at least one activity")
    f = {k: a.worth if config["project"] else a.worth_now for k, a in activities.items()}
    signals = _signals(_mapping(config["signals"], "signals"), set(listed), f)
    team = _team(config["team"])
    scheme = _scheme(config["scheme"], config["team"], signals)
    if scheme.review.weeks > weeks:
        allowed = f"at most the {weeks} weeks of the run"
        raise InvalidInput("scheme.review.weeks", scheme.review.weeks, allowed)
    known = _mapping(config["motives"], "motives")
    wanted = [m for p in team.people for m, weight in p.motives.items()]
    for i, person in enumerate(team.people):
        for motive in person.motives:
            if motive not in known:
                raise unknown(f"team.people[{i}].motives", motive, known)
    motives = _motives(known, wanted, set(listed), signals)
    conduct = construct(Conduct, config["conduct"], "conduct")
    for activity in conduct.initial or {}:
        if activity not in listed:
            raise unknown("conduct.initial", activity, listed)
    return Scenario(
        weeks=weeks,
        activities=activities,
        signals=signals,
        motives=motives,
        team=team,
        scheme=scheme,
        choice=build("choice", config["choice"], "choice"),
        conduct=conduct,
        beliefs=construct(Beliefs, config["beliefs"], "beliefs"),
        project=None if config["project"] is None else construct(Project, config["project"], "project"),
        reference=None
        if config["reference_team"] is None
        else construct(Reference, config["reference_team"], "reference_team"),
        config=config,
    )


def _mapping(value: object, key: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise InvalidInput(key, value, "a mapping from names")
    return value


def _activity(config: object, key: str) -> Activity:
    activity: Activity = construct(Activity, {**EFFECTS, **_mapping(config, key)}, key)
    return activity


def _finite(value: object, key: str) -> None:
    """Refuse a number that is not one, wherever it stands."""
    if isinstance(value, Mapping):
        for k, v in value.items():
            _finite(v, f"{key}.{k}" if key else str(k))
    elif isinstance(value, list | tuple):
        for i, v in enumerate(value):
            _finite(v, f"{key}[{i}]")
    elif isinstance(value, float) and not math.isfinite(value):
        raise InvalidInput(key, value, "a finite number")


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
    entry["people"] = [
        construct(Person, {"skill": None, **_mapping(p, f"team.people[{i}]")}, f"team.people[{i}]")
        for i, p in enumerate(people)
    ]
    for rule in RULES:
        entry[rule] = _rule(entry.get(rule), f"team.{rule}")
    team: Team = construct(Team, entry, "team")
    return team


def _rule(config: object, key: str) -> RewardRule | None:
    """Build a consequence of the score; a layoff is of one kind only."""
    if config is None:
        return None
    rule: RewardRule = build("rewards", config, key)
    if key.endswith("layoff") and not isinstance(rule, Layoff):
        raise InvalidInput(f"{key}.kind", type(rule).__name__, "layoff, or null")
    return rule


def _scheme(config: object, team: Mapping[str, Any], signals: Mapping[str, Signal]) -> Scheme:
    entry = dict(_mapping(config, "scheme"))
    for rule in RULES:
        chosen = team.get(rule) if entry.get(rule) == "team" else entry.get(rule)
        entry[rule] = _rule(chosen, f"scheme.{rule}")
    scheme: Scheme = construct(Scheme, entry, "scheme")
    for key in ("weights", "announced"):
        for signal in getattr(scheme, key) or {}:
            if signal not in signals:
                raise unknown(f"scheme.{key}", signal, signals)
    paid = scheme.pay is not None and type(scheme.pay).__name__ != "Salary"
    if not any(scheme.weights.values()) and (paid or scheme.promotion or scheme.layoff):
        raise InvalidInput(
            "scheme.weights",
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
