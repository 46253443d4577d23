"""From yaml to object: a name in a yaml becomes the one class of the module of that name."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from typing import Any

from sim.errors import InvalidInput, unknown
from sim.fields import construct


def kinds(folder: str) -> list[str]:
    """Names of the members of the catalogue `sim.<folder>`, sorted."""
    package = importlib.import_module(f"sim.{folder}")
    return sorted(m.name for m in pkgutil.iter_modules(package.__path__) if m.name != "base")


def final_class(folder: str, kind: str) -> type[Any]:
    """Return the one final class that the module `sim.<folder>.<kind>` defines."""
    module = importlib.import_module(f"sim.{folder}.{kind}")
    (found,) = [
        x
        for x in vars(module).values()
        if isinstance(x, type) and x.__module__ == module.__name__ and getattr(x, "__final__", False)
    ]
    return found


def build(folder: str, config: object, key: str) -> Any:
    """Construct the member of a catalogue that `config["kind"]` names."""
    if not isinstance(config, Mapping) or "kind" not in config:
        raise InvalidInput(f"{key}.kind", None, f"one of {', '.join(kinds(folder))}")
    if config["kind"] not in kinds(folder):
        raise unknown(f"{key}.kind", str(config["kind"]), kinds(folder))
    rest = {k: v for k, v in config.items() if k != "kind"}
    return construct(final_class(folder, config["kind"]), rest, key)
