"""Axes: what is swept, in Hydra's own words, and what is refused before anything is composed for it."""

from __future__ import annotations

import math
from typing import Any

import pytest

from experiments.axes import Axis, axis_of, split
from experiments.parameters import known
from sim.errors import InvalidInput
from sim.loading import compose


@pytest.fixture(scope="module")
def base() -> dict[str, Any]:
    return compose("model", ["scheme=lines_of_code"])


def test_ranges_are_told_from_what_holds_for_all_points() -> None:
    words = ["scheme=commits", "scheme.strength=interval(0,1)", "team=choice(person_a,person_b)", "weeks=10,20"]
    fixed, swept = split([*words, "scheme.attribution=plausible", "assumptions=plausible"])
    assert fixed == ["scheme=commits", "assumptions=plausible"]
    assert swept == [*words[1:], "scheme.attribution=plausible"]


def test_an_interval_is_crossed_evenly_and_both_ends_are_levels_of_a_grid(base: dict[str, Any]) -> None:
    axis = axis_of("scheme.strength=interval(0,3)", base)
    assert [axis.at(u) for u in (0.0, 0.25, 1.0)] == [0.0, 0.75, 3.0]
    assert axis.levels(4) == (0.0, 1.0, 2.0, 3.0)


def test_an_interval_in_logarithms_has_equal_ratios(base: dict[str, Any]) -> None:
    axis = axis_of("scheme.strength=tag(log,interval(0.01,1))", base)
    assert axis.levels(3) == pytest.approx((0.01, 0.1, 1.0))


def test_where_only_whole_numbers_are_allowed_an_interval_has_each_of_them_equally_often(base: dict[str, Any]) -> None:
    axis = axis_of("scheme.review.weeks=interval(4,6)", base)
    assert [axis.at((i + 0.5) / 9) for i in range(9)] == [4, 4, 4, 5, 5, 5, 6, 6, 6]
    assert axis.levels(10) == (4, 5, 6)


def test_what_is_plausible_is_the_range_of_the_yaml(base: dict[str, Any]) -> None:
    form = known("scheme.strength")["plausible"]
    axis = axis_of("scheme.strength=plausible", base)
    assert (axis.low, axis.high) == (form["low"], form["high"])


def test_what_is_plausible_of_an_entry_of_a_table_keeps_its_sign(base: dict[str, Any]) -> None:
    worth = base["activities"]["chase"]["worth"]
    axis = axis_of("activities.chase.worth=plausible", base)
    assert axis.low < worth < axis.high < 0
    assert axis.low * axis.high == pytest.approx(worth**2)
    assert math.log(axis.low / worth) == pytest.approx(0.4 * 1.959964, rel=1e-5)


def test_options_of_a_group_can_be_named_or_matched(base: dict[str, Any]) -> None:
    assert axis_of("scheme=choice(commits,none)", base).values == ("commits", "none")
    assert axis_of("scheme=glob(dev*)", base).values == ("devops_shared", "devops_siloed")


REFUSED = {
    "scheme.strength=interval(3,0)": "first end is below the second",
    "scheme.strength=interval(1,1)": "first end is below the second",
    "scheme.strength=range(3,0)": "a range with something in it",
    "scheme.strength=choice(1,1)": "each value once",
    "scheme.strength=tag(log,interval(0,1))": "above 0",
    "scheme.stregth=interval(0,1)": "did you mean scheme.strength",
    "scheme=choice(comits)": "did you mean commits",
    "scheme=interval(0,1)": "choice",
    "scheme.secret=interval(0,1)": "it is a switch",
    "scheme.audit.penalty=interval(0,1)": "scheme.audit is off here",
    "runs=choice(1,2)": "hold for the whole sweep",
    "scheme.label.plain=choice(a,b)": "hold for the whole sweep",
    "scheme.audit.nothing=plausible": "off here",
    "signals.commits.lag=plausible": "has no range for it",
    "team.people.40.name=choice(a)": "hold for the whole sweep",
}


@pytest.mark.parametrize("word", REFUSED)
def test_a_range_that_makes_no_sense_is_refused_in_one_line(word: str, base: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput, match=REFUSED[word]):
        axis_of(word, base)


def test_a_range_that_cannot_be_read_is_refused_with_those_that_can() -> None:
    with pytest.raises(InvalidInput, match="interval"):
        split(["scheme.strength=choice()"])


def test_a_choice_has_each_value_equally_often() -> None:
    axis = Axis(key="scheme", words="", values=("a", "b", "c"))
    assert [axis.at(i / 6) for i in range(6)] == ["a", "a", "b", "b", "c", "c"]
    assert axis.at(1.0) == "c"
