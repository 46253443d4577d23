"""Where phones find the class: addresses of this machine on the networks it is part of, and a picture of the first."""

from __future__ import annotations

import io
from ipaddress import IPv4Address, ip_address

import ifaddr
import segno

VIRTUAL = ("docker", "br-", "veth", "virbr", "vmnet", "vboxnet", "tun", "tap", "zt", "tailscale", "wg", "vethernet")


def local() -> list[str]:
    """Return the addresses of this machine that phones may reach: of private networks first, made-up networks last."""
    found: dict[IPv4Address, bool] = {}
    for adapter in ifaddr.get_adapters():
        for each in adapter.ips:
            address = ip_address(each.ip) if isinstance(each.ip, str) else None
            if isinstance(address, IPv4Address) and not (address.is_loopback or address.is_unspecified):
                found[address] = adapter.nice_name.lower().startswith(VIRTUAL)
    ranked = sorted(found, key=lambda a: (found[a], a.is_link_local, not a.is_private))
    return [str(a) for a in ranked]


def picture(address: str) -> str:
    """Return a QR code as SVG."""
    drawn = io.BytesIO()
    segno.make(address, error="m").save(drawn, kind="svg", scale=8, border=2, xmldecl=False, svgns=True, omitsize=True)
    return drawn.getvalue().decode()
