"""Words of a command that are key=value, as they were typed."""

from __future__ import annotations

from collections.abc import Sequence

from sim.errors import InvalidInput, nearest


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
