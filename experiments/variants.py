"""The variants of a comparison: a name each, and overrides on one base scenario."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sim.errors import InvalidInput, unknown
from sim.loading import CATALOGUES, compose, groups, options, scenario_part
from sim.scenario import Scenario, scenario_from

PACKAGES = {"activity": "activity@activities"}  # groups whose place in the configuration has another name
WHOLE = ("intervention", "limit", "measure", *CATALOGUES.values())  # groups of which no single option is chosen


def chosen(config: dict[str, Any], overrides: Sequence[str]) -> tuple[str, list[str]]:
    """Return the group that varies and the options that are compared, checked."""
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
    names = config[key]
    if names is None:
        return group, options(group)
    if isinstance(names, str):
        names = [names]
    if not isinstance(names, list) or not names:
        raise InvalidInput(_list_key(group), names, f"a list of at least one of {', '.join(options(group))}")
    for name in names:
        if str(name) not in options(group):
            raise unknown(_list_key(group), str(name), options(group))
        if names.count(name) > 1:
            raise InvalidInput(_list_key(group), str(name), "each name once")
    return group, [str(n) for n in names]


def _list_key(group: str) -> str:
    return "schemes" if group == "scheme" else "options"


def variants(
    verb: str,
    group: str,
    names: Sequence[str],
    overrides: Sequence[str],
    changes: Mapping[str, Any] | None = None,
) -> dict[str, Scenario]:
    """Compose one scenario per option of a group, everything else as the overrides say.

    `changes` are set in each: keys of the scenario and their values.
    """
    place = PACKAGES.get(group, group)
    found = {}
    for name in names:
        config = compose(verb, [*(o for o in overrides if o != "power=own_best"), f"{place}={name}"])
        try:
            found[name] = scenario_from({**scenario_part(config), **(changes or {})})
        except InvalidInput as error:
            raise InvalidInput(f"{name}: {error.key}", error.value, error.allowed, error.nearest) from None
    return found
