"""Signals: what is observed of a week, and its spread in the reference team."""

from __future__ import annotations

import math
from dataclasses import fields, replace
from typing import Any

import pytest

from sim.activities import Activity, Label
from sim.errors import InvalidInput
from sim.signals import Noise, Reference, Signal, rounded
from tests.tolerances import ROUNDING

LABEL = Label(plain="p", neutral="n", sentence="s", good="neither")


def signal(loadings: dict[str, float], sd: float = 1.0, **others: Any) -> Signal:
    flags = {
        "explicit": True,
        "subjective": False,
        "shared": False,
        "lag": 0,
        "saturation": None,
        "blame": 0.0,
    } | others
    return Signal(label=LABEL, unit="1", loadings=loadings, noise=noise(sd=sd), **flags)


def noise(**others: Any) -> Noise:
    return Noise(**({"family": "normal", "sd": 1.0, "freedom": None, "common": 0.0} | others))


def test_activities_left_out_add_nothing() -> None:
    assert signal({"b": 2.0}).along(("a", "b", "c")) == [0.0, 2.0, 0.0]


def test_the_spread_of_a_signal_is_its_noise_and_that_of_the_effort_behind_it() -> None:
    reference = Reference(activities=("a", "b"), covariance=((0.04, 0.01), (0.01, 0.09)))
    spread = 4 * 0.04 + 2 * 2 * 3 * 0.01 + 9 * 0.09
    assert reference.sd(signal({"a": 2.0, "b": 3.0}, 0.5)) == pytest.approx(math.sqrt(spread + 0.25), rel=ROUNDING)


def test_an_activity_that_the_reference_team_lacks_does_not_vary() -> None:
    reference = Reference(activities=("a",), covariance=((0.04,),))
    assert reference.sd(signal({"new": 5.0}, 0.5)) == 0.5


def test_a_unit_a_thousand_times_smaller_leaves_no_trace() -> None:
    reference = Reference(activities=("a", "b"), covariance=((0.0401, 0.0107), (0.0107, 0.093)))
    plain, scaled = signal({"a": 1.3, "b": -0.7}, 1.6), signal({"a": 1300.0, "b": -700.0}, 1600.0)
    for k in ("a", "b"):
        a, b = plain.loadings[k] / reference.sd(plain), scaled.loadings[k] / reference.sd(scaled)
        assert rounded(a) == rounded(b)


def test_rounding_keeps_twelve_digits() -> None:
    assert rounded(math.pi * 1e5) == 314159.26535900
    assert rounded(0.0) == 0.0 and rounded(-2.5e-9) == -2.5e-9


def test_a_shock_that_hits_all_is_part_of_the_spread() -> None:
    reference = Reference(activities=(), covariance=())
    shaken = replace(signal({}), noise=noise(sd=0.3, common=0.4))
    assert reference.sd(shaken) == pytest.approx(0.5, rel=ROUNDING)


@pytest.mark.parametrize(
    ("key", "options"),
    [
        ("family", {"family": "cauchy"}),
        ("sd", {"sd": -1.0}),
        ("common", {"common": -1.0}),
        ("freedom", {"family": "student_t"}),
        ("freedom", {"family": "student_t", "freedom": 2.0}),
        ("freedom", {"freedom": 5.0}),
    ],
)
def test_noise_of_an_unknown_family_or_a_negative_size_is_refused(key: str, options: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput) as caught:
        noise(**options)
    assert caught.value.key == key


@pytest.mark.parametrize(("key", "value"), [("lag", -1), ("saturation", 0.0)])
def test_a_signal_shows_no_future_work_and_something_of_what_there_is(key: str, value: float) -> None:
    with pytest.raises(InvalidInput) as caught:
        signal({"a": 1.0}, **{key: value})
    assert caught.value.key == key


def test_a_label_says_which_direction_is_good() -> None:
    with pytest.raises(InvalidInput):
        Label(plain="p", neutral="n", sentence="s", good="up")


@pytest.mark.parametrize(
    "key", ["habit", "debt", "repays", "practice", "teaches", "hoards", "documents", "delivers", "scruple", "obscures"]
)
def test_an_activity_takes_no_negative_time_and_leaves_no_negative_debt(key: str) -> None:
    numbers = [f.name for f in fields(Activity) if f.type == "float"]
    flags: dict[str, Any] = {"label": LABEL, "gaming": False, "leads": False, "ill": False}
    Activity(**flags, **dict.fromkeys(numbers, 0.0))
    with pytest.raises(InvalidInput) as caught:
        Activity(**flags, **(dict.fromkeys(numbers, 0.0) | {key: -0.1}))
    assert caught.value.key == key
