"""Interventions: what somebody does about it, from a week on, for a while or for good.

    in force      start ≤ week < end;  pulse: end = start + weeks;  held: to the end of the run
    rule, belief, structure   while in force, numbers of the scenario are others: what they are set to, or no less or
                  no more than some value: who sees better already is not made to see worse
    stock                     once, at the start, something is more or less
    hours         share of the intervener's week that goes into it while it is in force
    refused       where the intervener's authority is below what it takes

What people want and how they bear risk is out of reach: the strengths of motives, loss aversion, the
weights of caring and of pay, risk aversion. What they see of it is not: shared risk, surrogation.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sim.activities import Label
from sim.errors import InvalidInput, nearest, unknown

KINDS = ("change_stock", "change_rule", "change_belief", "change_structure")
LINES = ("symptom", "function", "perception")
STOCKS = ("debt", "backlog", "knowledge", "documented", "trust", "custom", "confidence", "felt", "ownership")
UNTOUCHED = ("motives", "team.people", "team.risk_aversion", "organisation.managers")  # what people want, and dare
SEEN = ("motives.safety.shared_risk", "motives.intrinsic.surrogation")  # what they see of it
FIXED = (  # what cannot change while a team works, or is only read before the first week
    *("weeks", "onset", "today", "activities", "signals", "story", "interventions", "intervener", "reference_team"),
    *("team.size", "team.skill_sd", "team.habit_sd", "good_intent", "choice.kind", "conduct.initial", "organisation"),
    *("beliefs.rationality", "beliefs.learning", "beliefs.depth", "beliefs.worth_error"),
    *("craft.start", "craft.start_sd", "politics.trust", "culture.start", "sponsor.start", "customers.departments"),
    *("customers.needs", "reporting.start", "reporting.hops", "project.modules", "project.debt_start"),
    "project.knowledge_start",
)
WHOLE = ("project.documentation", "project.incidents")  # parts that are there or not, like all that has no dot
BOUNDS: Mapping[str, Callable[[Any, Any], Any]] = {  # how a key moves, from what it is and what is said
    "set": lambda _, said: said,
    "at_least": max,
    "at_most": min,
}
OPEN = (  # what of activities and signals can change all the same
    r"activities\.\w+\.(debt|repays|practice|teaches|hoards|documents|delivers|obscures|displays)",
    r"signals\.\w+\.loadings\.\w+",
)


@dataclass(frozen=True, kw_only=True)
class Line:
    """One effect.

    Parameters
    ----------
    line : str
        `symptom`, `function` (what people are evaluated for, and by whom) or `perception` (what they see of it).
    set : mapping of str to Any, or None
        Dotted keys of the scenario, and what they are while it is in force.
    at_least, at_most : mapping of str to float, or None
        Dotted keys, and what they are no less, or no more, than while it is in force.
    add : mapping of str to float, or None
        Stocks, and what is added to them at the start [their unit].
    """

    line: str
    set: Mapping[str, Any] | None
    at_least: Mapping[str, float] | None
    at_most: Mapping[str, float] | None
    add: Mapping[str, float] | None

    def __post_init__(self) -> None:
        if self.line not in LINES:
            raise unknown("line", self.line, LINES)
        for stock in self.add or {}:
            if stock not in STOCKS:
                raise unknown("add", stock, STOCKS)
        for how, key, value in self.moves:
            if _touches(key, UNTOUCHED) and key not in SEEN:
                raise InvalidInput(
                    f"{how}.{key}", value, "what can be changed: not what people want or how they bear risk"
                )
            if "." not in key or key in WHOLE or (_touches(key, FIXED) and not _open(key)):
                raise InvalidInput(f"{how}.{key}", value, "a key that can change while a team works")
        if not self.moves and not self.add:
            raise InvalidInput("set", self.set, "at least one key to set, or one stock to add to")

    @property
    def moves(self) -> list[tuple[str, str, Any]]:
        """What it does to keys of the scenario: (how, key, value)."""
        return [(how, key, value) for how in BOUNDS for key, value in (getattr(self, how) or {}).items()]


def _touches(key: str, places: Sequence[str]) -> bool:
    """Whether a key is one of some places, lies within one, or holds one."""
    return any(f"{key}.".startswith(f"{place}.") or place.startswith(f"{key}.") for place in places)


def _open(key: str) -> bool:
    return any(re.fullmatch(pattern, key) for pattern in OPEN)


@dataclass(frozen=True, kw_only=True)
class Intervention:
    """Something that is done about it.

    Parameters
    ----------
    name : str
    label : Label
    kind : str
        `change_stock`, `change_rule`, `change_belief` or `change_structure`.
    start : int
        The week from which on it is in force, at least 0.
    mode : str
        `pulse`: for some weeks, then undone; `held`: to the end.
    weeks : int
        Weeks of a pulse, at least 1.
    authority : float
        What it takes, from 0 (anyone) to 1 (an executive).
    hours : float
        Share of the intervener's week, in [0, 1).
    lines : tuple of Line
    """

    name: str
    label: Label
    kind: str
    start: int
    mode: str
    weeks: int
    authority: float
    hours: float
    lines: tuple[Line, ...]

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise unknown("kind", self.kind, KINDS)
        if self.mode not in ("pulse", "held"):
            raise unknown("mode", self.mode, ["pulse", "held"])
        if self.start < 0:
            raise InvalidInput("start", self.start, "at least 0")
        if self.weeks < 1:
            raise InvalidInput("weeks", self.weeks, "at least 1: it cannot end before it starts")
        if not 0 <= self.authority <= 1:
            raise InvalidInput("authority", self.authority, "between 0 and 1")
        if not 0 <= self.hours < 1:
            raise InvalidInput("hours", self.hours, "at least 0 and below 1")
        if not self.lines:
            raise InvalidInput("lines", "[]", "a list of at least one line")
        for i, line in enumerate(self.lines):
            for key in BOUNDS if self.kind == "change_stock" else ("add",):
                wrong = getattr(line, key)
                if wrong:
                    raise InvalidInput(f"lines[{i}].{key}", dict(wrong), f"null in an intervention of kind {self.kind}")

    def end(self, horizon: int) -> int:
        """The week from which on it is over."""
        return min(horizon, self.start + self.weeks) if self.mode == "pulse" else horizon

    def in_force(self, week: int, horizon: int) -> bool:
        """Whether it is in force in a week of a run of `horizon` weeks."""
        return self.start <= week < self.end(horizon)

    @property
    def moves(self) -> list[tuple[str, str, Any]]:
        """What it does to keys of the scenario: (how, key, value)."""
        return [move for line in self.lines for move in line.moves]

    @property
    def adds(self) -> dict[str, float]:
        """Stocks that it adds to at the start, and how much."""
        found: dict[str, float] = {}
        for line in self.lines:
            for stock, amount in (line.add or {}).items():
                found[stock] = found.get(stock, 0.0) + amount
        return found


@dataclass(frozen=True, kw_only=True)
class Intervener:
    """Who intervenes: a member with a score and a reward like any other.

    Parameters
    ----------
    name : str or None
        Member whose hours it takes; None: somebody from outside, whose hours nobody misses.
    authority : float
        What the intervener may do, from 0 (what anyone may) to 1 (what an executive may).
    """

    name: str | None
    authority: float

    def __post_init__(self) -> None:
        if not 0 <= self.authority <= 1:
            raise InvalidInput("authority", self.authority, "between 0 and 1")


def checked(interventions: Sequence[Intervention], weeks: int) -> None:
    """Refuse interventions of one name, after the horizon, of more than a week together, or at odds over a key."""
    names = [i.name for i in interventions]
    for each in interventions:
        key = f"interventions.{each.name}"
        if names.count(each.name) > 1:
            raise InvalidInput(key, each.name, "each name once")
        if each.start >= weeks:
            raise InvalidInput(f"{key}.start", each.start, f"below {weeks}, where the run ends")
    for week in sorted({each.start for each in interventions}):
        active, setter = [each for each in interventions if each.in_force(week, weeks)], dict[str, str]()
        hours = sum(each.hours for each in active)
        if hours >= 1:
            raise InvalidInput("interventions", f"{hours:.6g} of a week in week {week}", "below 1, the week there is")
        for each in active:
            for how, key, value in each.moves:
                if key in setter:
                    allowed = f"nothing while {setter[key]} sets it, as in week {week}"
                    raise InvalidInput(f"interventions.{each.name}.{how}.{key}", value, allowed)
                setter[key] = each.name


def put(config: dict[str, Any], key: str, value: object, name: str, how: str) -> None:
    """Move a dotted key that is there; what an activity does not say, it does not do, and a loading is 0."""
    *path, last = key.split(".")
    where: Any = config
    for step in path:
        where = where.get(step) if isinstance(where, dict) else None
    if not isinstance(where, dict) or (last not in where and not _open(key)):
        known = where if isinstance(where, dict) else config
        place = f"interventions.{name}.{how}.{key}"
        raise InvalidInput(place, str(value), "a key of the scenario that is in use", nearest(last, known))
    there = where.get(last, 0.0)
    if how != "set" and not (_number(there) and _number(value)):
        raise InvalidInput(f"interventions.{name}.{how}.{key}", value, f"a number, of a key that is one, not {there}")
    where[last] = BOUNDS[how](there, value)


def _number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
