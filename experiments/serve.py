"""`crosspurpose serve [port=8080] [host=127.0.0.1] [open=false]`: the pages, on this machine, without internet."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress

from experiments.extras import needed
from experiments.place import Place, listening
from sim.errors import InvalidInput, nearest, unknown

KEYS = ("port", "host", "open")


def main(words: Sequence[str]) -> int:
    """Serve until interrupted."""
    place = place_of(words)
    needed("nicegui", "web", "serve")
    from experiments.web import app

    with listening(place) as door, suppress(KeyboardInterrupt):
        app.serve(door, place)
    return 0


def place_of(words: Sequence[str]) -> Place:
    """Read the command's words.

    Examples
    --------
    >>> place_of(["port=0", "open=true"])
    Place(host='127.0.0.1', port=0, open=True)
    """
    given: dict[str, str] = {}
    for each in words:
        key, equals, value = each.partition("=")
        if not equals or key not in KEYS:
            raise InvalidInput("argument", each, "port=8080, host=127.0.0.1 or open=false", nearest(key, KEYS))
        if key in given:
            raise InvalidInput(key, value, "given once")
        given[key] = value
    port = given.get("port", "8080")
    if not re.fullmatch(r"\d{1,5}", port, re.ASCII) or int(port) > 65535:
        raise InvalidInput("port", port, "a whole number from 0 to 65535")
    wanted = given.get("open", "false")
    if wanted not in ("true", "false"):
        raise unknown("open", wanted, ["true", "false"])
    if not (host := given.get("host", "127.0.0.1")):
        raise InvalidInput(
            "host", "(empty)", "an address of this machine, such as 127.0.0.1, or 0.0.0.0 for all of them"
        )
    return Place(host=host, port=int(port), open=wanted == "true")
