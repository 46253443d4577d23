"""Checked values: what a yaml says, as the fields of a dataclass ask for it.

The names and types of the fields are the schema; ranges are checked by the class itself.
"""

from __future__ import annotations

import dataclasses
import sys
import types
import typing
from collections.abc import Mapping
from functools import cache
from typing import Any

from sim.errors import InvalidInput, nearest

SMALLEST, LARGEST = 1e-100, 1e100  # squares and products of such numbers are numbers too

_hints = cache(typing.get_type_hints)  # finding the types of fields takes longer than checking them


def construct(cls: type[Any], config: object, key: str) -> Any:
    """Check names and types against the fields of a dataclass and construct it."""
    if not isinstance(config, Mapping):
        raise InvalidInput(key, config, "a mapping of " + ", ".join(f.name for f in dataclasses.fields(cls)))
    names = [f.name for f in dataclasses.fields(cls)]
    hints = _hints(cls)  # type: ignore[arg-type]  # classes are hashable
    for name in config:
        if name not in names:
            close = nearest(str(name), names)
            raise InvalidInput(f"{key}.{name}", config[name], f"only {', '.join(names) or 'kind'}", close)
    for name in names:
        if name not in config:
            raise InvalidInput(f"{key}.{name}", "(missing)", _words(hints[name]))
    try:
        return cls(**{name: _checked(config[name], hints[name], f"{key}.{name}") for name in names})
    except InvalidInput as error:
        full = error.key if error.key.startswith(key) else f"{key}.{error.key}"
        raise InvalidInput(full, error.value, error.allowed, error.nearest) from None


def _checked(value: Any, hint: Any, key: str) -> Any:
    """Return `value` as the type that the field asks for, or refuse it."""
    if hint is Any:
        return value
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        if value is None and type(None) in args:
            return None
        return _checked(value, next(a for a in args if a is not type(None)), key)
    if dataclasses.is_dataclass(hint):
        return value if isinstance(value, typing.cast(type, hint)) else construct(typing.cast(type, hint), value, key)
    if origin is tuple and isinstance(value, list | tuple):
        return tuple(_checked(v, args[0], f"{key}[{i}]") for i, v in enumerate(value))
    if origin is not None and isinstance(value, Mapping) and issubclass(origin, Mapping):
        return {str(k): _checked(v, args[1], f"{key}.{k}") for k, v in value.items()}
    number = isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= sys.float_info.max
    if number and value and not SMALLEST <= abs(value) <= LARGEST:
        raise InvalidInput(key, value, f"a number of ordinary size: 0, or between {SMALLEST:g} and {LARGEST:g}")
    if hint is float and number:
        return float(value)
    if hint is int and number and float(value).is_integer():
        return int(value)
    if origin is None and hint in (bool, str) and isinstance(value, hint):
        return value
    if (
        origin is None
        and not isinstance(value, str | int | float | list | dict | type(None))
        and isinstance(value, hint)
    ):
        return value
    raise InvalidInput(key, value, _words(hint))


def _words(hint: Any) -> str:
    """Say in words what a field takes."""
    plain = {float: "a finite number", int: "a whole number", bool: "true or false", str: "a text"}
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        return " or ".join("null" if a is type(None) else _words(a) for a in typing.get_args(hint))
    inner = typing.get_args(hint)
    if typing.get_origin(hint) is tuple:
        return f"a list, each {_words(inner[0])}"
    return plain.get(hint, f"a mapping, each {_words(inner[1])}" if len(inner) == 2 else "a mapping")
