"""Where pages are served: an address and a port of this machine, and the socket that listens there."""

from __future__ import annotations

import socket
from dataclasses import dataclass

from sim.errors import InvalidInput


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
