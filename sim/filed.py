"""A scenario in a file of its own, wherever it lies: what such a file may hold.

    defaults   the options it starts from, a list of entries such as {override /team: person_a}
    question   what a comparison asks about it
    the rest   keys of a scenario, and of each what differs

A file that somebody else sends is read *strictly*: no interpolation, which could read what it should not, and no
alias, which could grow without end.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from sim.errors import InvalidInput

LARGEST = 200_000  # characters of a file
OVERRIDE = re.compile(r"override /(\w+)")


class _Plain(yaml.SafeLoader):
    """A safe loader without aliases."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            raise yaml.MarkedYAMLError(problem="an alias")
        return super().compose_node(parent, index)


def content(text: str, place: str, strict: bool = False) -> dict[str, Any]:
    """Return what stands in the text of a scenario file.

    Parameters
    ----------
    text : str
    place : str
        What to call the file in an error.
    strict : bool
        Whether it comes from somebody else.

    Raises
    ------
    InvalidInput
        For anything but a mapping of plain data whose `defaults` choose options of groups.

    Examples
    --------
    >>> content("weeks: 52", "mine.yaml")
    {'weeks': 52}
    """
    if len(text) > LARGEST:
        raise InvalidInput(place, f"{len(text)} characters", f"a file of at most {LARGEST}")
    found = _mapping(text, place, _Plain if strict else yaml.SafeLoader)
    if strict and "${" in text:
        raise InvalidInput(place, "${…}", "plain values, no interpolations")
    overridden(found, place)
    return found


def read(path: Path) -> dict[str, Any]:
    """Return what stands in a yaml file, refused in one line unless it is a mapping of plain data."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise InvalidInput(str(path), str(error), "text in UTF-8") from None
    return _mapping(text, str(path), yaml.SafeLoader)


def _mapping(text: str, place: str, loader: type[yaml.SafeLoader]) -> dict[str, Any]:
    try:
        found = yaml.load(text, Loader=loader) or {}
    except yaml.MarkedYAMLError as error:
        line = "" if error.problem_mark is None else f" in line {error.problem_mark.line + 1}"
        allowed = "valid yaml" + (" without aliases" if loader is _Plain else "")
        raise InvalidInput(place, f"{error.problem or error.context}{line}", allowed) from None
    except (yaml.YAMLError, ValueError, TypeError, AttributeError, RecursionError) as error:
        raise InvalidInput(place, str(error).split("\n")[0], "valid yaml") from None
    if not isinstance(found, dict) or not all(isinstance(k, str) for k in found):
        raise InvalidInput(place, found if isinstance(found, str) else "(no mapping)", "a mapping from names")
    _refuse_odd(found, place)
    return found


def _refuse_odd(value: Any, key: str) -> None:
    """Refuse what yaml knows and a scenario does not: dates, bytes, sets."""
    if isinstance(value, dict):
        for name, each in value.items():
            _refuse_odd(each, f"{key}: {name}")
    elif isinstance(value, list):
        for each in value:
            _refuse_odd(each, key)
    elif not isinstance(value, str | int | float | bool | None):
        raise InvalidInput(key, str(value), "a number, a text, true, false or null, in quotes if it is a text")


def overridden(found: Mapping[str, Any], place: str) -> dict[str, str]:
    """Return the options that a file starts from: group → name.

    Examples
    --------
    >>> overridden({"defaults": [{"override /team": "person_a"}]}, "mine.yaml")
    {'team': 'person_a'}
    """
    entries = found.get("defaults", [])
    chosen: dict[str, str] = {}
    allowed = "a list of entries such as `override /team: person_a`"
    for entry in entries if isinstance(entries, list) else [None]:
        ((key, name),) = entry.items() if isinstance(entry, dict) and len(entry) == 1 else ((None, None),)
        given = OVERRIDE.fullmatch(key) if isinstance(key, str) else None
        if given is None or not isinstance(name, str):
            raise InvalidInput(f"{place}: defaults", entry if entry is not None else entries, allowed)
        chosen[given[1]] = name
    return chosen
