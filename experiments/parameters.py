"""What is known of every number of a scenario: `configs/parameters.yaml`, an entry by dotted name, `*` for any one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import yaml

from sim.loading import configs

Entry = Mapping[str, Any]


@cache
def parameters() -> dict[str, Entry]:
    """Return what is known of each number and switch: dotted name, with `*` → its entry."""
    text = (configs() / "parameters.yaml").read_text(encoding="utf-8")
    content: dict[str, Entry] = yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return content


@cache
def plausible() -> dict[str, Mapping[str, float]]:
    """Return what is plausible of each number that has a range: low and high, or size, sd and zeros."""
    each = {name: entry["plausible"] or {} for name, entry in parameters().items()}
    return {name: form for name, form in each.items() if {*form} & {"low", "size"}}


@cache
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    return [(re.compile(re.escape(name).replace(r"\*", r"[^.]+")), name) for name in parameters()]


@cache
def entry_name(key: str) -> str | None:
    """Return the name of the entry that a number belongs to: its own, or the first with `*` that fits."""
    if key in parameters():
        return key
    return next((name for pattern, name in _patterns() if pattern.fullmatch(key)), None)


def known(key: str) -> Entry:
    """Return what is known of a number or a switch, nothing if it has no entry."""
    return parameters().get(entry_name(key) or "", {})


def numbers(config: Any, key: str = "") -> Iterator[tuple[str, float]]:
    """Yield every number of a configuration by its dotted name.

    Examples
    --------
    >>> dict(numbers({"a": {"b": 1, "c": [True, 2.5]}}))
    {'a.b': 1.0, 'a.c.1': 2.5}
    """
    if isinstance(config, Mapping):
        for k, v in config.items():
            yield from numbers(v, f"{key}.{k}" if key else str(k))
    elif isinstance(config, list | tuple):
        for i, v in enumerate(config):
            yield from numbers(v, f"{key}.{i}")
    elif isinstance(config, int | float) and not isinstance(config, bool):
        yield key, float(config)
