"""Something that is changed while a team works: another scheme, or an intervention, from a week on.

Either is an intervention of the engine, so that the weeks before are the same to the bit, and the luck of all weeks is.
A scheme sets every key of the scheme to what it would have been, had the scheme been chosen from the beginning; the
engine has a way of its own to do so, `scheme.changes`, which leads to the same numbers but allows no change within
a review of the first week, the last, or another change.
"""

from __future__ import annotations

import copy
import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from experiments.words import bare
from sim.errors import InvalidInput, ModelWarning, unknown
from sim.interventions import BOUNDS, put
from sim.loading import load, options, read
from sim.rules import Rules, plan_of
from sim.scenario import Scenario, scenario_from

KINDS = ("scheme", "intervention")  # what a change can be, and the groups that know them
MOST = 12  # changes of a run
LARGEST = 500_000  # numbers of single people in a run: two dozen times those of nine people in two years
WHOLE = "This story is about a whole organisation. There is no card for each person, so it cannot be played here."


class Unfit(InvalidInput):
    """Something that a story does not allow, with the reason as a sentence for people."""

    def __str__(self) -> str:
        return self.allowed


@dataclass(frozen=True, kw_only=True)
class Change:
    """Something that is in force from a week on.

    Parameters
    ----------
    week : int
        Counted from 0.
    kind : str
        `scheme` or `intervention`.
    name : str
        Of a yaml of that group.
    """

    week: int
    kind: str
    name: str

    @property
    def plain(self) -> str:
        """What it is called."""
        return plain(self.kind, self.name)


def plain(group: str, name: str) -> str:
    """Return what an option of a group is called.

    Examples
    --------
    >>> plain("scheme", "none")
    'not evaluated'
    """
    return bare(str(read(group, name)["label"]["plain"]))


def checked(changes: Sequence[Mapping[str, Any]]) -> tuple[Change, ...]:
    """Return changes that name what there is, in order of their weeks."""
    if len(changes) > MOST:
        raise Unfit("changes", len(changes), f"There can be {MOST} changes at most.")
    found = []
    for i, entry in enumerate(changes):
        kinds = [kind for kind in KINDS if kind in entry]
        if len(kinds) != 1 or set(entry) != {"week", *kinds}:
            raise InvalidInput(f"changes[{i}]", sorted(map(str, entry)), "week, and either scheme or intervention")
        week, kind, name = entry["week"], kinds[0], entry[kinds[0]]
        if not isinstance(week, int) or isinstance(week, bool):
            raise InvalidInput(f"changes[{i}].week", week, "a whole number")
        if not isinstance(name, str) or name not in options(kind):
            raise unknown(f"changes[{i}].{kind}", str(name), options(kind))
        found.append(Change(week=week, kind=kind, name=name))
    return tuple(sorted(found, key=lambda c: c.week))


def scenario_of(words: Sequence[str], changes: Sequence[Mapping[str, Any]] = ()) -> Scenario:
    """Return the scenario of words as on the command line, with changes on the way.

    Parameters
    ----------
    words : sequence of str
    changes : sequence of mapping
        {"week": t, "scheme": NAME} or {"week": t, "intervention": NAME}, weeks counted from 0.

    Raises
    ------
    InvalidInput
        For a name that does not exist; `Unfit` for what this story does not allow.

    Examples
    --------
    >>> found = scenario_of(["scenario=three_persons"], [{"week": 30, "scheme": "tickets"}])
    >>> [(p.start, p.scheme.label.plain) for p in found.phases]
    [(0, 'paid by commits'), (30, 'paid by tickets closed')]
    """
    scenario, listed = load(*words), checked(changes)
    if scenario.organisation is not None:
        raise Unfit("organisation", "given", WHOLE)
    parts = len(scenario.activities) + (0 if scenario.project is None else scenario.project.modules)
    if scenario.weeks * len(scenario.team.seats) * parts > LARGEST:
        raise Unfit(
            "weeks", scenario.weeks, "This is too much to be shown week by week: fewer weeks or people, please."
        )
    if not listed:
        return scenario
    for i, change in enumerate(listed):
        if not scenario.since <= change.week < scenario.weeks:
            allowed = f"A change can begin in the weeks {scenario.since + 1} to {scenario.weeks}."
            raise Unfit(f"changes[{i}].week", change.week, allowed)
    done = [c for c in listed if c.kind == "intervention"]
    for i, change in enumerate(done):
        why = refusal(scenario, change.name)
        if why is None and change.name in [*(c.name for c in done[:i]), *(x.name for x in scenario.interventions)]:
            why = f"“{change.plain}” has been begun already."
        if why is not None:
            raise Unfit("intervention", change.name, why)
    entries = [{**read("intervention", c.name), "name": c.name, "start": c.week} for c in done]
    entries = [*copy.deepcopy(list(scenario.config["interventions"])), *entries]
    _check_together(scenario, entries)
    chosen = [c for c in listed if c.kind == "scheme"]
    entries = [*_as_interventions(words, chosen, entries, scenario.weeks), *entries]
    try:
        found = scenario_from({**scenario.config, "interventions": entries})
        plan(found)
    except InvalidInput:
        names = " and ".join(f"“{c.plain}”" for c in listed)
        raise Unfit("changes", names, f"This story has no room for {names}: the rules contradict each other.") from None
    return found


def refusal(scenario: Scenario, name: str) -> str | None:
    """Return why an intervention cannot be had in a scenario, as a sentence; None where it can."""
    content, config = read("intervention", name), copy.deepcopy(dict(scenario.config))
    called = plain("intervention", name)
    if content["authority"] > scenario.intervener.authority:
        who = scenario.intervener.name or "whoever steps in"
        return f"“{called}” takes more authority than {who} has in this story."
    nothing = f"There is nothing in this story that “{called}” could change."
    lines = content["lines"]
    try:
        for line in lines:
            for how in BOUNDS:
                for key, value in (line.get(how) or {}).items():
                    put(config, key, value, name, how)
    except InvalidInput:
        return nothing
    added = [stock for line in lines for stock in line.get("add") or {}]
    return nothing if added and not any(_there(scenario, stock) for stock in added) else None


def _there(scenario: Scenario, stock: str) -> bool:
    """Whether a stock that interventions add to is there."""
    project = scenario.project
    return {
        "debt": project is not None,
        "knowledge": project is not None,
        "backlog": project is not None and project.demand is not None,
        "documented": project is not None and project.documentation is not None,
        "trust": scenario.politics is not None and any(a.ill for a in scenario.activities.values()),
        "custom": scenario.culture is not None,
        "confidence": scenario.sponsor is not None,
    }.get(stock, scenario.customers is not None)


def _check_together(scenario: Scenario, entries: Sequence[Mapping[str, Any]]) -> None:
    """Refuse interventions that set the same thing at once, or take more than a week together."""
    for entry in entries:
        begin = entry["start"]
        others = [e for e in entries if e is not entry and e["start"] <= begin < _end(e, scenario.weeks)]
        for other in others:
            if _keys(entry) & _keys(other):
                pair = " and ".join(f"“{e['label']['plain']}”" for e in (other, entry))
                raise Unfit("intervention", entry["name"], f"{pair} set the same thing: not both at once.")
        if sum(e["hours"] for e in (entry, *others)) >= 1:
            who = scenario.intervener.name or "anybody"
            raise Unfit("intervention", entry["name"], f"All this at once is more than a week's work for {who}.")


def _keys(entry: Mapping[str, Any], ways: Iterable[str] = BOUNDS) -> set[str]:
    """Return the keys of the scenario that an intervention moves, in some ways."""
    return {k for line in entry["lines"] for how in ways for k in line.get(how) or {}}


def _end(entry: Mapping[str, Any], horizon: int) -> int:
    return min(horizon, entry["start"] + entry["weeks"]) if entry["mode"] == "pulse" else horizon


def _as_interventions(
    words: Sequence[str], schemes: Sequence[Change], done: Sequence[Mapping[str, Any]], horizon: int
) -> list[dict[str, Any]]:
    """Return schemes as interventions that set the whole of it, from each to the next.

    What else is done may set a key of the scheme. That holds, as it would with the scheme from the beginning: meanwhile
    the scheme is set without the key.
    """
    found, ends = [], [*(c.week for c in schemes), horizon][1:]
    for change, end in zip(schemes, ends, strict=True):
        if end == change.week:
            raise Unfit("scheme", change.name, "Two ways to evaluate people cannot begin in the same week.")
        whole = _scheme_of(words, change.name)
        dates = {d for e in done for d in (e["start"], _end(e, horizon)) if change.week < d < end}
        for begin, until in pairwise(sorted({change.week, end} | dates)):
            taken = {k for e in done if e["start"] <= begin < _end(e, horizon) for k in _keys(e, ["set"])}
            found.append(
                {
                    "name": f"scheme from week {begin}",
                    "label": whole["label"],
                    "kind": "change_rule",
                    "start": begin,
                    "mode": "pulse",
                    "weeks": until - begin,
                    "authority": 0.0,
                    "hours": 0.0,
                    "lines": [
                        {
                            "line": "function",
                            "set": {f"scheme.{k}": v for k, v in whole.items() if f"scheme.{k}" not in taken},
                        }
                    ],
                }
            )
    return found


def _scheme_of(words: Sequence[str], name: str) -> dict[str, Any]:
    """Return what the scheme of a scenario would be, had this one been chosen."""
    others = [w for w in words if w.partition("=")[0] != "scheme"]
    try:
        return dict(load(*others, f"scheme={name}").config["scheme"])
    except InvalidInput:
        called = plain("scheme", name)
        raise Unfit("scheme", name, f"This story has no room for “{called}”.") from None


def plan(scenario: Scenario) -> tuple[Rules, ...]:
    """Return the rules of each phase; what a reader of a study would be warned of is not said here."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ModelWarning)
        return plan_of(scenario)
