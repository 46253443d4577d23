"""What is known of the parameters: nothing is left out, nothing is made up, and the code refuses what it says."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import pytest

from experiments.odd_table import Entry, is_range, leaves, matches, parameters, shipped
from sim.catalogue import kinds
from sim.errors import InvalidInput
from sim.rules import rules_of
from sim.scenario import Scenario
from tests import worlds

PARAMETERS = parameters()
NUDGE = 1e-6  # how far outside a bound is outside

RULES: dict[str, dict[str, Any]] = {
    "layoff": {"kind": "layoff", "share": 0.05, "loss": 0.5},
    "piece_rate": {"kind": "piece_rate", "slope": 0.2},
    "salary": {"kind": "salary", "pay": 0.0},
    "tournament": {"kind": "tournament", "prize": 0.4, "winners": 1, "share": None},
}
SHARED_OUT = RULES["tournament"] | {"winners": None, "share": 0.2}
CHOICES: dict[str, dict[str, Any]] = {
    "water_filling": {"kind": "water_filling", "cost": 2.4, "rivalry": 0.5, "h_min": None, "h_max": None},
    "quadratic": {"kind": "quadratic", "matrix": [[float(i == j) for j in range(8)] for i in range(8)]},
}
PERSON = {"name": "Ada", "motives": {"pay": 1.0}, "skill": 1.0}

# Scenarios in which everything that may be spelled out is; no bound of one number stands in the way of another's.
SPELLED: tuple[dict[str, Any], ...] = (
    {"scheme.review.weeks": 1, "choice.h_min": 0.0},
    {"scheme.promotion": RULES["tournament"], "scheme.layoff": RULES["layoff"], "scheme.pay": RULES["piece_rate"]},
    {"scheme.promotion": SHARED_OUT, "scheme.pay": RULES["tournament"]},
    {"scheme.pay": SHARED_OUT, "team.size": 9, "team.promotion": RULES["tournament"]},
    {"scheme.pay": RULES["salary"], "team.people": [PERSON], "choice": CHOICES["quadratic"]},
    {"scheme.announced": {"commits": 1.0}, "scheme.correlation": [[1.0]], "conduct.initial": {"deliver": 0.9}},
)


@cache
def spelled() -> tuple[Scenario, ...]:
    return tuple(worlds.scenario("scheme=commits", **changes) for changes in SPELLED)


@cache
def shipped_leaves() -> tuple[dict[str, Any], ...]:
    return tuple(dict(leaves(config)) for config in shipped())


def changed(scenario: Scenario, key: str, value: object) -> Scenario:
    """The scenario with one value changed, also within a list."""
    path = key.split(".")
    place = next((i for i, step in enumerate(path) if step.isdigit()), None)
    if place is None:
        return scenario.with_({key: value})

    def replaced(part: Any, rest: list[str]) -> Any:
        if not rest:
            return value
        step: Any = rest[0]
        if isinstance(part, Mapping):
            return {**part, step: replaced(part[step], rest[1:])}
        return [replaced(p, rest[1:]) if i == int(step) else p for i, p in enumerate(part)]

    head = path[:place]
    part: Any = scenario.config
    for step in head:
        part = part[step]
    return scenario.with_({".".join(head): replaced(part, path[place:])})


def somewhere(pattern: str) -> tuple[Scenario, str]:
    """A scenario that spells out a number under a pattern, and its name there."""
    for needs_value in (True, False):
        for scenario in spelled():
            for key, value in leaves(scenario.config):
                if matches(pattern, key) and not (needs_value and value is None):
                    return scenario, key
    raise AssertionError(f"no scenario spells out {pattern}")


def refused(scenario: Scenario, key: str, value: object, named: str | None = None) -> None:
    """Check that a value is refused, and that the refusal says where it stands."""
    with pytest.raises(InvalidInput) as error:
        changed(scenario, key, value)
    assert re.sub(r"\[(\d+)\]", r".\1", error.value.key).startswith(named or key), str(error.value)


def bounded() -> Iterator[tuple[str, str]]:
    for pattern, entry in PARAMETERS.items():
        for side, bound in zip(("low", "high"), entry["allowed"], strict=False):
            if is_range(entry) and bound is not None:
                yield pattern, side


# ---------------------------------------------------------------- nothing left out, nothing made up


def test_every_number_and_switch_of_every_scenario_and_scheme_is_described_once() -> None:
    every = {key for each in shipped_leaves() for key in each}
    assert len(every) > 300
    for key in sorted(every):
        assert len([p for p in PARAMETERS if matches(p, key)]) == 1, key


def test_every_description_is_of_something_that_can_be_set() -> None:
    every = {key for each in shipped_leaves() for key in each}
    every |= {key for scenario in spelled() for key, _ in leaves(scenario.config)}
    assert [p for p in PARAMETERS if not any(matches(p, key) for key in every)] == []


@pytest.mark.parametrize("pattern", PARAMETERS)
def test_a_description_is_complete(pattern: str) -> None:
    entry = PARAMETERS[pattern]
    assert {"meaning", "unit", "allowed", "plausible", "source"} <= set(entry)
    assert set(entry) <= {"meaning", "unit", "allowed", "open", "whole", "nullable", "plausible", "source"}
    assert entry["meaning"].endswith(".") and entry["unit"] and entry["source"]
    assert set(entry.get("open", [])) <= {"low", "high"}
    plausible = entry["plausible"]
    forms = ({"likely"}, {"low", "likely", "high"}, {"size", "sd", "zeros"})
    assert plausible is None or set(plausible) in forms


# ---------------------------------------------------------------- what is allowed is what the code takes


@pytest.mark.parametrize(("pattern", "side"), list(bounded()))
def test_just_outside_what_is_allowed_is_refused_and_just_inside_is_taken(pattern: str, side: str) -> None:
    entry = PARAMETERS[pattern]
    bound = entry["allowed"][("low", "high").index(side)]
    outwards = -1 if side == "low" else 1
    step = 1 if entry.get("whole") else NUDGE
    is_open = side in entry.get("open", [])
    outside = bound if is_open else bound + outwards * step
    inside = bound - outwards * step if is_open else bound
    scenario, key = somewhere(pattern)
    refused(scenario, key, outside)
    assert dict(leaves(changed(scenario, key, inside).config))[key] == inside


@pytest.mark.parametrize("pattern", [p for p, e in PARAMETERS.items() if is_range(e)])
def test_a_number_takes_no_word_and_no_infinity(pattern: str) -> None:
    scenario, key = somewhere(pattern)
    for value in ("much", float("nan"), float("inf"), True):
        refused(scenario, key, value)
    if not PARAMETERS[pattern].get("nullable"):
        refused(scenario, key, None)
    if PARAMETERS[pattern].get("whole"):
        refused(scenario, key, PARAMETERS[pattern]["allowed"][0] + 0.5)


@pytest.mark.parametrize("pattern", [p for p, e in PARAMETERS.items() if e.get("nullable")])
def test_null_is_taken_where_it_is_said_to_be(pattern: str) -> None:
    scenario, key = somewhere(pattern)
    if key.endswith((".winners", ".share")):  # one of the two is given
        rule, _, last = key.rpartition(".")
        other: dict[str, Any] = {"share": 0.2} if last == "winners" else {"winners": 1}
        where: Any = scenario.config
        for step in rule.split("."):
            where = where[step]
        scenario.with_({rule: {**where, last: None, **other}})
    else:
        changed(scenario, key, None)


@pytest.mark.parametrize("pattern", [p for p, e in PARAMETERS.items() if not is_range(e)])
def test_a_switch_takes_its_words_and_no_other(pattern: str) -> None:
    entry = PARAMETERS[pattern]
    scenario, key = somewhere(pattern)
    refused(scenario, key, "something else")
    if not pattern.endswith(".kind") and pattern != "choice.kind":
        for word in entry["allowed"]:
            if word is None or isinstance(word, bool) or not word.startswith("a "):
                changed(scenario, key, word)


@pytest.mark.parametrize(("pattern", "folder"), [("motives.*.kind", "motives"), ("choice.kind", "choice")])
def test_kinds_are_those_of_the_catalogue(pattern: str, folder: str) -> None:
    assert sorted(PARAMETERS[pattern]["allowed"]) == kinds(folder)


@pytest.mark.parametrize("kind", sorted(CHOICES))
def test_every_kind_of_choice_is_taken(kind: str) -> None:
    assert spelled()[0].with_({"choice": CHOICES[kind]}).config["choice"]["kind"] == kind


@pytest.mark.parametrize("owner", ["scheme", "team"])
@pytest.mark.parametrize("consequence", ["pay", "promotion", "layoff"])
@pytest.mark.parametrize("kind", kinds("rewards"))
def test_a_consequence_takes_the_kinds_of_rule_it_is_said_to(owner: str, consequence: str, kind: str) -> None:
    key, scenario = f"{owner}.{consequence}", spelled()[0]
    if kind in PARAMETERS[f"{key}.kind"]["allowed"]:
        scenario.with_({key: RULES[kind]})
    else:
        with pytest.raises(InvalidInput, match=rf"{consequence}\.kind"):
            scenario.with_({key: RULES[kind]})


# ---------------------------------------------------------------- what is plausible


@pytest.mark.parametrize("pattern", [p for p, e in PARAMETERS.items() if "likely" in (e["plausible"] or {})])
def test_what_is_likely_is_what_ships(pattern: str) -> None:
    values = [v for each in shipped_leaves() for key, v in each.items() if matches(pattern, key)]
    assert all(v == PARAMETERS[pattern]["plausible"]["likely"] for v in values), values


@pytest.mark.parametrize("pattern", [p for p, e in PARAMETERS.items() if "low" in (e["plausible"] or {})])
def test_what_is_plausible_is_in_order_and_makes_a_scenario_that_runs(pattern: str) -> None:
    plausible = PARAMETERS[pattern]["plausible"]
    assert plausible["low"] <= plausible["likely"] <= plausible["high"]
    assert plausible["low"] < plausible["high"]
    base, key = somewhere(pattern)
    for end in ("low", "high"):
        rules_of(changed(base, key, plausible[end]))


@pytest.mark.parametrize("pattern", [p for p, e in PARAMETERS.items() if "size" in (e["plausible"] or {})])
def test_a_table_is_drawn_by_size_and_stays_within_what_is_allowed(pattern: str) -> None:
    entry: Entry = PARAMETERS[pattern]
    assert "*" in pattern and entry["plausible"]["size"] == "lognormal" and entry["plausible"]["sd"] > 0
    if entry["allowed"][0] == 0:
        assert entry["plausible"]["zeros"] == 0, "a zero may become negative, which is refused"
