"""Cases of theory: inputs and the values that closed forms give for them, read from JSON.

A case needs an id, inputs and closed values; it may name its kind and hold references. Whatever
else it says is for people.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

import numpy as np

from sim.arrays import Floats
from sim.errors import InvalidInput
from sim.loading import configs

LARGEST = 1e300  # numbers beyond are as good as infinite


@dataclass(frozen=True, kw_only=True)
class Case:
    """One case of theory.

    Parameters
    ----------
    id : str
        Its limit, a dot, and a name.
    inputs : mapping
    closed : mapping
        Quantity → number, list of numbers, or list of rows.
    reference : mapping
        What is to be found where the closed value is only its limit.
    kind : str
        How the closed form was checked: `det`, `ref`, `table` …
    """

    id: str
    inputs: Mapping[str, Any]
    closed: Mapping[str, Any]
    reference: Mapping[str, Any] = field(default_factory=dict)
    kind: str = "det"

    @property
    def limit(self) -> str:
        """The part of the id before the dot."""
        return self.id.split(".")[0]

    def columns(self, default: tuple[str, ...]) -> tuple[str, ...]:
        """Names of the columns of its tables."""
        given = self.inputs.get("columns", default)
        return tuple(map(str, given)) if isinstance(given, list | tuple) else default

    def number(self, key: str, default: float | None = None) -> float:
        """Return an input that is a number."""
        value = self._given(key, default, "a number")
        return float(value) if _is_number(value) else self._refuse(key, "a number")

    def variance(self, key: str) -> float:
        """Return the variance of a noise, 0 where it is not given."""
        value = self.number(key, 0.0)
        return value if value >= 0 else self._refuse(key, "at least 0")

    def count(self, key: str) -> int:
        """Return an input that is a whole number, at least 1."""
        return self.whole(key, self._given(key, None, "a whole number"))

    def counts(self, key: str) -> list[int]:
        """Return an input that is a list of whole numbers, at least 1."""
        return [self.whole(key, x) for x in self.vector(key).tolist()]

    def vector(self, key: str, size: int | None = None, default: list[float] | None = None) -> Floats:
        """Return an input that is a list of numbers; of some length, where one is asked for."""
        words = "a list of numbers" if size is None else f"a list of length {size} of numbers"
        value = self._given(key, default, words)
        if not _are_numbers(value) or size not in (None, len(value)):
            self._refuse(key, words)
        return np.array(value, dtype=float)

    def rows(self, key: str, columns: int, default: list[list[float]] | None = None) -> Floats:
        """Return an input that is a list of rows of numbers, as an array (row, column)."""
        words = f"a list of rows of {columns} numbers"
        value = self._given(key, default, words)
        if not isinstance(value, list) or not value:
            self._refuse(key, words)
        if not all(_are_numbers(row) and len(row) == columns for row in value):
            self._refuse(key, words)
        return np.array(value, dtype=float)

    def square(self, key: str, size: int, diagonal: float) -> Floats:
        """Return an input that is a matrix (size, size); if not given, a multiple of the identity."""
        found = self.rows(key, size, (diagonal * np.eye(size)).tolist())
        return found if len(found) == size else self._refuse(key, f"{size} rows of {size} numbers")

    def whole(self, key: str, value: Any) -> int:
        """Return a number of an input as the whole number, at least 1, that it has to be."""
        if not _is_number(value) or not float(value).is_integer() or value < 1:
            self._refuse(key, "whole numbers, at least 1")
        return int(value)

    def _given(self, key: str, default: Any, words: str) -> Any:
        value = self.inputs.get(key, default)
        if value is None:
            raise InvalidInput(f"inputs.{key}", "(missing)", words)
        return value

    def _refuse(self, key: str, words: str) -> NoReturn:
        raise InvalidInput(f"inputs.{key}", self.inputs.get(key), words)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _are_numbers(value: object) -> bool:
    return isinstance(value, list) and len(value) > 0 and all(map(_is_number, value))


def shipped_cases() -> Path:
    """Return the file of the cases that come with the project."""
    inside = configs() / "cases.json"
    return inside if inside.is_file() else configs().parent / "tests" / "theory" / "cases.json"


def read_cases(path: Path, section: str | None = None) -> list[Case]:
    """Read the cases of a file, or those whose id begins with `section`.

    Raises
    ------
    InvalidInput
        For a file that is missing or holds no cases, a number that is not finite, or a section that
        no case has.
    """
    cases = [_case(entry, i) for i, entry in enumerate(_entries(path))]
    chosen = [c for c in cases if c.id.startswith(section or "")]
    if not chosen:
        ids = ", ".join(dict.fromkeys(c.limit for c in cases))
        raise InvalidInput("section", section, f"the beginning of one of {ids}")
    return chosen


def _entries(path: Path) -> list[object]:
    """Return the entries of a file: a list, or what stands under `cases`."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"), parse_constant=_refuse_constant)
    except OSError as error:
        raise InvalidInput("cases", str(path), f"a file that can be read ({error.strerror})") from None
    except (ValueError, RecursionError) as error:
        raise InvalidInput("cases", str(path), f"a file in JSON ({error})".replace("\n", " ")) from None
    entries = content.get("cases") if isinstance(content, dict) else content
    if not isinstance(entries, list) or not entries:
        raise InvalidInput("cases", str(path), 'a list of cases, or {"cases": [...]}')
    return entries


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a finite number")


def _case(entry: object, i: int) -> Case:
    """Check one entry."""
    if not isinstance(entry, dict):
        raise InvalidInput(f"cases[{i}]", entry, "a mapping with id, inputs and closed")
    name = entry.get("id")
    if not isinstance(name, str) or not name:
        raise InvalidInput(f"cases[{i}].id", name, "a text")
    parts = {
        "inputs": entry.get("inputs"),
        "closed": entry.get("closed"),
        "reference": entry.get("reference", {}),
    }
    for key, value in parts.items():
        if not isinstance(value, dict):
            raise InvalidInput(f"{name}.{key}", value, "a mapping")
        _check_numbers(value, f"{name}.{key}", only_numbers=key != "inputs")
        if key != "inputs":
            _check_depth(value, f"{name}.{key}")
    return Case(id=name, kind=str(entry.get("kind", "det")), **parts)


def _check_depth(value: object, key: str, lists: int = 0) -> None:
    """Refuse rows of anything but numbers."""
    if lists == 2 and isinstance(value, dict | list):
        raise InvalidInput(key, "more than a number", "a number: a value is one, a list of them, or a list of rows")
    if isinstance(value, dict | list):
        for k, v in value.items() if isinstance(value, dict) else enumerate(value):
            _check_depth(v, f"{key}.{k}", lists + 1 if isinstance(value, list) else 0)


def _check_numbers(value: object, key: str, only_numbers: bool) -> None:
    """Refuse a number that is not finite, and where only numbers are meant anything else."""
    if isinstance(value, dict | list):
        for k, v in value.items() if isinstance(value, dict) else enumerate(value):
            _check_numbers(v, f"{key}.{k}", only_numbers)
    elif _is_number(value):
        if not abs(value) <= LARGEST:  # type: ignore[arg-type]
            raise InvalidInput(key, "too large", "a finite number")
    elif only_numbers:
        raise InvalidInput(key, value, "a number, or a list of them")
