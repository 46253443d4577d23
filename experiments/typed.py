"""Words of a command, as they were typed."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from typing import NoReturn

from sim.errors import InvalidInput, nearest, unknown


class Parser(argparse.ArgumentParser):
    """A parser of a file verb, whose errors are one line that says how the verb is used."""

    def error(self, message: str) -> NoReturn:
        raise InvalidInput(self.prog.split()[-1], message, " ".join(self.format_usage().split()[1:]))


def asked_of(words: Sequence[str], known: Sequence[str]) -> dict[str, str]:
    """Return key=value words as a mapping."""
    asked: dict[str, str] = {}
    for word in words:
        key, equals, text = word.partition("=")
        if key not in known or not equals or not text:
            raise InvalidInput(key, text, f"KEY=VALUE with {', '.join(known)}", nearest(key, known))
        if key in asked:
            raise InvalidInput(key, text, "given once")
        asked[key] = text
    return asked


def picked[T](key: str, text: str | None, there: Mapping[str, T]) -> dict[str, T]:
    """Return what a list of names picks of what there is; all of it where no list is given."""
    if text is None:
        return dict(there)
    names = [n.strip() for n in text.strip("[]").split(",")]
    for name in names:
        if name not in there:
            raise unknown(key, name, there)
    return {n: there[n] for n in names}


def whole(key: str, text: str, least: int) -> int:
    """Return a whole number; refuse what is none, or less than it may be."""
    if not text.isdigit() or int(text) < least:
        raise InvalidInput(key, text, f"a whole number, at least {least}")
    return int(text)
