"""Scenario files: what they may hold, and that a file that comes from anybody cannot do harm."""

from __future__ import annotations

from pathlib import Path

import pytest

import sim
from sim import filed
from sim.errors import InvalidInput
from sim.loading import enter_scenario, from_files

MINE = """\
# @package _global_
defaults:
  - override /team: person_a
  - override /scheme: okr
team: {size: 5}
weeks: 30
story: {plain: mine, question: "What now?"}
question: {schemes: [okr, none], runs: 4}
"""


def refused(text: str, strict: bool = True) -> InvalidInput:
    with pytest.raises(InvalidInput) as caught:
        filed.content(text, "mine.yaml", strict)
    assert "\n" not in str(caught.value)
    return caught.value


def test_a_file_is_a_scenario_like_one_that_is_named(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(MINE)
    scenario = sim.load(f"scenario={path}")
    named = sim.load("team=person_a", "scheme=okr", "team.size=5", "weeks=30")
    assert {k: v for k, v in scenario.config.items() if k != "story"} == {
        k: v for k, v in named.config.items() if k != "story"
    }
    assert scenario.config["story"] == {"plain": "mine", "question": "What now?"}


def test_a_file_that_changes_is_another_scenario(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(MINE)
    before = sim.load(f"scenario={path}").weeks
    path.write_text(MINE.replace("weeks: 30", "weeks: 40"))
    assert (before, sim.load(f"scenario={path}").weeks) == (30, 40)


def test_a_file_that_is_not_there_is_refused_in_one_line() -> None:
    with pytest.raises(InvalidInput, match="a file that exists"):
        from_files(["scenario=nowhere.yaml"])


@pytest.mark.parametrize(
    "text",
    [
        "a: &x [1, 2]\nb: *x",
        "weeks: ${oc.env:HOME}",
        "- a list",
        "just words",
        "1: 2",
        "a: [",
        "!!python/object/apply:os.system ['true']",
        "defaults: nothing",
        "defaults: [{/team: person_a}]",
        "defaults: [{override /team: [a, b]}]",
        "defaults: ['override /team: person_a']",
        "x: " + "[" * 5000,
        "x" * (filed.LARGEST + 1),
    ],
)
def test_what_is_no_plain_scenario_is_refused(text: str) -> None:
    refused(text)


def test_interpolations_are_for_ones_own_files_alone() -> None:
    assert filed.content("a: ${b}", "mine.yaml") == {"a": "${b}"}
    refused("a: ${b}")


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("defaults: [{override /team: ../../secret}]", "team"),
        ("defaults: [{override /team: nobody}]", "team"),
        ("defaults: [{override /nothing: x}]", "defaults"),
    ],
)
def test_a_file_starts_from_options_that_there_are_and_from_no_path(text: str, key: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        enter_scenario("mine", filed.content(text, "mine.yaml"))
    assert key in caught.value.key


@pytest.mark.parametrize(
    "line",
    ["interventions: [{use: ../../../secret}]", "interventions: [/etc/passwd]", "scheme: {pay: ../team/person_a}"],
)
def test_no_path_can_be_named_anywhere_in_a_file(line: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(f"# @package _global_\n{line}\n")
    with pytest.raises(InvalidInput):
        sim.load(f"scenario={path}")


@pytest.mark.parametrize("value", ["2020-01-01", "!!binary aGk=", "[1, 2020-01-01]", "{a: 2020-01-01}"])
def test_what_is_no_plain_value_is_refused_by_its_key(value: str) -> None:
    with pytest.raises(InvalidInput, match=r"mine\.yaml: good_intent"):
        filed.content(f"good_intent: {value}", "mine.yaml")
