"""`crosspurpose serve [port=8080] [host=127.0.0.1] [open=false]`: the pages, on this machine, without internet."""

from __future__ import annotations

import re
import socket
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from experiments.extras import needed
from sim.errors import InvalidInput, nearest, unknown

KEYS = ("port", "host", "open")


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where the pages are served.

    Parameters
    ----------
    host : str
        Name or address of a network of this machine.
    port : int
        From 0 to 65535; 0: any that is free.
    open : bool
        Whether a browser is opened.
    """

    host: str = "127.0.0.1"
    port: int = 8080
    open: bool = False


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


def listening(place: Place) -> socket.socket:
    """Return a socket that listens there; what stands in the way is bad input."""
    try:
        found = socket.getaddrinfo(place.host, place.port, type=socket.SOCK_STREAM)
    except OSError:
        raise InvalidInput("host", place.host, "an address of this machine, such as 127.0.0.1") from None
    family, kind, protocol, _, address = found[0]
    door = socket.socket(family, kind, protocol)
    door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        door.bind(address)
        door.listen()
    except OSError as error:
        door.close()
        allowed = (
            f"one that can be had ({(error.strerror or str(error)).lower()}), such as port={place.port + 1 or 8080}"
        )
        raise InvalidInput("port", place.port, allowed) from None
    return door
