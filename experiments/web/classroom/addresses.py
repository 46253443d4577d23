"""Where phones find the class: addresses of this machine on the networks it is part of, and a picture of the first."""

from __future__ import annotations

import io
import socket
from contextlib import suppress
from ipaddress import ip_address

import segno

PROBES = ("192.168.255.255", "10.255.255.255", "172.31.255.255", "169.254.255.255", "203.0.113.1")  # nothing is sent


def local() -> list[str]:
    """Return the addresses of this machine that others can reach, those of private networks first."""
    found: dict[str, None] = {}
    for probe in PROBES:
        with suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
            asking.connect((probe, 9))
            found[asking.getsockname()[0]] = None
    with suppress(OSError):
        for entry in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET):
            found[str(entry[4][0])] = None
    usable = [a for a in found if not ip_address(a).is_loopback and not ip_address(a).is_unspecified]
    return sorted(usable, key=lambda a: (not ip_address(a).is_private, ip_address(a).is_link_local))


def picture(address: str) -> str:
    """Return a QR code as SVG."""
    drawn = io.BytesIO()
    segno.make(address, error="m").save(drawn, kind="svg", scale=8, border=2, xmldecl=False, svgns=True, omitsize=True)
    return drawn.getvalue().decode()
