"""Where phones find the class."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import ifaddr
import pytest

from experiments.web.classroom import addresses


def adapter(name: str, *ips: Any) -> SimpleNamespace:
    return SimpleNamespace(nice_name=name, ips=[SimpleNamespace(ip=ip) for ip in ips])


@pytest.mark.parametrize(
    ("adapters", "expected"),
    [
        ([adapter("lo", "127.0.0.1", ("::1", 0, 0))], []),
        ([adapter("wlan0", "192.168.43.1", ("fe80::1", 0, 2))], ["192.168.43.1"]),  # a hotspot of its own
        (
            [adapter("docker0", "172.17.0.1"), adapter("eth0", "9.9.9.9"), adapter("wlan0", "10.42.0.1")],
            ["10.42.0.1", "9.9.9.9", "172.17.0.1"],
        ),
        ([adapter("eth0", "169.254.3.4"), adapter("wlan0", "192.168.1.5")], ["192.168.1.5", "169.254.3.4"]),
    ],
)
def test_the_network_that_phones_are_likely_on_comes_first(
    monkeypatch: pytest.MonkeyPatch, adapters: Sequence[Any], expected: list[str]
) -> None:
    monkeypatch.setattr(ifaddr, "get_adapters", lambda: adapters)
    assert addresses.local() == expected


def test_the_picture_is_an_svg_without_anything_from_elsewhere() -> None:
    drawn = addresses.picture("http://192.168.1.5:8080/")
    assert drawn.startswith("<svg")
    assert "http://" not in drawn.replace("http://www.w3.org/2000/svg", "")
