"""The variants of a comparison: a name each, and overrides on one base scenario."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from typing import Any

from sim.errors import InvalidInput, unknown
from sim.loading import CATALOGUES, compose, groups, named, options, scenario_part
from sim.scenario import Scenario, scenario_from

PACKAGES = {"activity": "activity@activities"}  # groups whose place in the configuration has another name
Compose = Callable[[str, Sequence[str]], dict[str, Any]]  # verb and words → configuration
NONE: Mapping[str, Mapping[str, Any]] = {}
POWERS = ("equal", "as_given")  # how hard schemes push
MEASURED = 26  # weeks in which a scheme is only measured: two quarterly reviews
WHOLE = ("intervention", "limit", "measure", *CATALOGUES.values())  # groups of which no single option is chosen


def chosen(
    config: dict[str, Any], overrides: Sequence[str], own: Mapping[str, Mapping[str, Any]] = NONE
) -> tuple[str, list[str]]:
    """Return the group that varies and the options that are compared, checked; `own`: schemes of the question's."""
    group = config["vary"]
    possible = [g for g in groups() if g not in WHOLE]
    if group == "intervention":
        raise InvalidInput("vary", group, "remedies, which are sets of them with their dates", "remedies")
    if not isinstance(group, str) or group not in possible:
        raise unknown("vary", str(group), possible)
    for key in ("schemes", "options"):
        if key == "schemes" and group != "scheme" and config[key] is not None:
            raise InvalidInput("schemes", config[key], f"null with vary={group}; choose with options=[...]")
    given = next((o for o in overrides if o.split("=")[0].lstrip("+") in (group, PACKAGES.get(group))), None)
    if given is not None:
        raise InvalidInput(given.split("=")[0], given.partition("=")[2], f"{_list_key(group)}=[...] in a comparison")
    key = "schemes" if config["schemes"] is not None else "options"
    known = [*options(group), *(own if group == "scheme" else ())]
    return group, known if config[key] is None else named_once(_list_key(group), config[key], known)


def _list_key(group: str) -> str:
    return "schemes" if group == "scheme" else "options"


def named_once(key: str, given: object, known: Sequence[str]) -> list[str]:
    """Return the names that a key gives, one or a list; refuse what is not known, and what is named twice."""
    names = [given] if isinstance(given, str) else given
    if not isinstance(names, list) or not names:
        raise InvalidInput(key, names, f"a list of at least one of {', '.join(known)}")
    for name in names:
        if str(name) not in known:
            raise unknown(key, str(name), known)
        if names.count(name) > 1:
            raise InvalidInput(key, str(name), "each name once")
    return [str(n) for n in names]


def measured_first(weeks: object) -> int:
    """Return the weeks in which a scheme is only measured unless it is said, of a run of so many."""
    return MEASURED if isinstance(weeks, int) and weeks >= 2 * MEASURED else 0


def variants(
    verb: str,
    group: str,
    names: Sequence[str],
    overrides: Sequence[str],
    changes: Mapping[str, Any] | None = None,
    own: Mapping[str, Mapping[str, Any]] = NONE,
    compose: Compose = compose,
) -> dict[str, Scenario]:
    """Compose one scenario per option of a group, everything else as the overrides say.

    `changes` are set in each: keys of the scenario and their values. `own`: schemes of the question's, by name.
    """
    found = {}
    for name in names:
        config = composed(verb, group, name, overrides, own, compose)
        try:
            found[name] = scenario_from({**config, **(changes or {})})
        except InvalidInput as error:
            raise InvalidInput(f"{name}: {error.key}", error.value, error.allowed, error.nearest) from None
    return found


def arms_of(words: Mapping[str, tuple[str, ...]], composed: dict[tuple[str, ...], Scenario]) -> dict[str, Scenario]:
    """Return the scenario of each arm, by its words; what is composed is kept in `composed`, for other arms."""
    for own in words.values():
        if own not in composed:
            composed[own] = scenario_from(scenario_part(compose("model", own)))
    return {arm: composed[own] for arm, own in words.items()}


def composed(
    verb: str,
    group: str,
    name: str,
    overrides: Sequence[str],
    own: Mapping[str, Mapping[str, Any]] = NONE,
    compose: Compose = compose,
) -> dict[str, Any]:
    """Compose the scenario's configuration for one option of a group, everything else as the overrides say.

    A scheme of one's own (`own`, by name) is laid over one that says nothing.
    """
    known = [o for o in overrides if o != "power=own_best"]
    if group != "scheme" or name not in own:
        return scenario_part(compose(verb, [*known, f"{PACKAGES.get(group, group)}={name}"]))
    config = scenario_part(compose(verb, [*known, "scheme=_blank"]))
    return named({**config, "scheme": over(config["scheme"], own[name])})


def over(base: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return plain data with other plain data laid over it, mapping by mapping; what is no mapping replaces.

    Examples
    --------
    >>> over({"a": {"b": 1, "c": 2}, "d": [3]}, {"a": {"c": 4}, "d": []})
    {'a': {'b': 1, 'c': 4}, 'd': []}
    """
    merged = {
        k: over(base[k], v) if isinstance(v, Mapping) and isinstance(base.get(k), Mapping) else deepcopy(v)
        for k, v in changes.items()
    }
    return {**base, **merged}
