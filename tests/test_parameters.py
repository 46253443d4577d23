"""What is known of the parameters: nothing is left out, nothing is made up, and the code refuses what it says."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import pytest

from experiments.assumptions import changes, drawn
from experiments.odd_table import is_range, leaves, matches, shipped
from experiments.parameters import Entry, parameters
from sim.catalogue import kinds
from sim.errors import InvalidInput
from sim.loading import options
from sim.rules import rules_of
from sim.scenario import Scenario
from tests import worlds

PARAMETERS = parameters()
NUDGE = 1e-6  # how far outside a bound is outside

RULES: dict[str, dict[str, Any]] = {
    "bonus_at_threshold": {"kind": "bonus_at_threshold", "bonus": 0.3, "threshold": 0.7},
    "layoff": {"kind": "layoff", "share": 0.05, "loss": 0.5},
    "mixed": {"kind": "mixed", "slope": 0.2, "own": 0.5},
    "piece_rate": {"kind": "piece_rate", "slope": 0.2},
    "ranking": {"kind": "ranking", "bands": [{"share": 0.2, "reward": 0.3}, {"share": 0.8, "reward": 0.0}]},
    "rating": {"kind": "rating", "levels": 5, "centre": 0.7, "width": 0.5, "slope": 0.1, "calibrated": False},
    "relative": {"kind": "relative", "slope": 0.2, "comparison": 0.5},
    "salary": {"kind": "salary", "pay": 0.0},
    "target": {"kind": "target", "slope": 0.3, "foresight": 0.7, "adjustment": 0.6, "stretch": 0.02, "start": 0.7},
    "team_share": {"kind": "team_share", "slope": 0.2},
    "tournament": {"kind": "tournament", "prize": 0.4, "winners": 1, "share": None},
}
SHARED_OUT = RULES["tournament"] | {"winners": None, "share": 0.2}
WEEK = [{"deliver": 0.9}]
CHOICES: dict[str, dict[str, Any]] = {
    "budget": {"kind": "budget", "shape": "ball", "size": 0.55, "cost": 2.4},
    "fixed": {"kind": "fixed"},
    "logit": {"kind": "logit", "sharpness": 4.0, "size": 1.0, "sampled": False},
    "quadratic": {"kind": "quadratic", "matrix": [[float(i == j) for j in range(8)] for i in range(8)]},
    "scripted": {"kind": "scripted", "weeks": WEEK, "members": None},
    "water_filling": {"kind": "water_filling", "cost": 2.4, "rivalry": 0.5, "h_min": None, "h_max": None},
}
PERSON = {"name": "Ada", "motives": {"pay": 1.0, "social": 1.0, "career": 1.0, "norm": 1.0}, "skill": 1.0, "role": None}
AUDIT = {"probability": 0.2, "false_positive": 0.0, "false_negative": 0.0, "sensitivity": 0.1, "penalty": 0.5}
HEAVY = {"family": "student_t", "sd": 1.0, "freedom": 3.0, "common": 0.0}
DEPTH: dict[str, Any] = {"level": 1, "mean": None, "highest": 4}

AROUND = {part: worlds.read(part, "standard") for part in ("sponsor", "customers", "reporting", "culture", "goals")}
TABLE: dict[str, Any] = {
    **{
        "name": "one_table",
        "label": dict.fromkeys(("plain", "neutral", "sentence"), "one table") | {"good": "neither"},
    },
    **{"kind": "change_rule", "start": 10, "mode": "pulse", "weeks": 13, "authority": 0.4, "hours": 0.1},
    "lines": [{"line": "function", "set": {"scheme.strength": 1.5}, "add": None}],
}
WHOLE = worlds.read("organisation", "standard")
ALONE = WHOLE | {"spans": None, "succession": None, "evaluators": WHOLE["evaluators"] | {"adaptation": None}}
BOSS = {"name": "Max", "motives": {"pay": 1.0}, "skill": 1.0}

# Scenarios in which everything that may be spelled out is; no bound of one number stands in the way of another's.
SPELLED: tuple[dict[str, Any], ...] = (
    {"scheme.review.weeks": 1, "choice.h_min": 0.0, "beliefs.folklore": {"commits": 1.0}}
    | {"beliefs.rationality": "announced", "scheme.audit": AUDIT},
    {"scheme.promotion": RULES["tournament"], "scheme.layoff": RULES["layoff"], "scheme.pay": RULES["piece_rate"]},
    {"scheme.promotion": SHARED_OUT, "scheme.pay": RULES["tournament"], "beliefs.depth": DEPTH},
    {"scheme.pay": SHARED_OUT, "team.size": 9, "team.promotion": RULES["tournament"]}
    | {"beliefs.depth": DEPTH | {"level": None, "mean": 1.5}},
    {
        "scheme.pay": RULES["salary"],
        "team.people": [PERSON | {"week": None}, PERSON | {"name": "Bea", "week": WEEK[0]}],
        "choice": CHOICES["quadratic"],
    },
    {"scheme.announced": {"commits": 1.0}, "scheme.correlation": [[1.0]], "conduct.initial": {"deliver": 0.9}},
    {"scheme.pay": RULES["bonus_at_threshold"], "choice": CHOICES["budget"], "signals.commits.noise": HEAVY},
    {"scheme.pay": RULES["mixed"], "choice": CHOICES["logit"], "team.pay": None},
    {"scheme.pay": RULES["relative"], "choice": CHOICES["scripted"], "team.promotion": None},
    {"scheme.pay": RULES["ranking"], "choice": CHOICES["scripted"] | {"members": {"Ada": WEEK}}},
    {"scheme.pay": RULES["rating"], "turnover": None, "craft": None, "project": None, "team.layoff": None},
    {"scheme.pay": RULES["target"], "project.documentation": None, "project.incidents": None}
    | {"project.coordination": None, "beliefs.learning": None, "beliefs.rationality": "announced"},
    {"scheme.review.weeks": 1, "scheme.changes": [{"week": 13, "set": {"strength": 2.0}}]},
    AROUND | {"good_intent": False, "customers.turns": 13.0, "reporting.solved_at": 0, "politics": None},
    {
        "interventions": [TABLE],
        "intervener": {"name": "Ada", "authority": 0.5},
        "scheme.silos": {"dev": {"commits": 1.0}},
    },
    {"organisation": WHOLE | {"spans": [2], "managers": [BOSS]}},
    {"organisation": ALONE, "team.people": [PERSON, PERSON | {"name": "Bea", "reports_to": "Ada"}]},
    {"scheme.review.weeks": 1, "scheme.rotation": {"every": 2, "among": ["tickets", "hours"]}},
)
# Of two numbers one is given: what the other becomes where one is null.
INSTEAD: dict[str, dict[str, Any]] = {
    "winners": {"share": 0.2},
    "share": {"winners": 1},
    "level": {"mean": 1.5},
    "mean": {"level": 1},
    "freedom": {"family": "normal"},
}
# Where a refusal names the whole list, or the key of the scheme that a change sets.
SAID_OF = {"scheme.rotation.among.*": "scheme.rotation.among", "scheme.changes.*.set.*": "scheme.strength"}
SAID_OF |= {"customers.needs.*.after.*": "customers.needs", "customers.needs.*.of.*": "customers.needs"}
SAID_OF |= {"organisation.palette.*": "organisation.palette"}
# What stands in the scenarios that take a question to the laboratory; everywhere else ships what is likely.
LABORATORY: dict[str, dict[str, Any]] = {  # what a scenario is about
    "bearer_of_bad_news": {"team.layoff.loss": 2.0}
    | {"reporting.mum": 0.15, "reporting.insists": 0.3, "reporting.safety": 0.2},
    "bounded_week": {"team.pay.slope": 0.4, "choice.rivalry": 0.3, "beliefs.rationality": "perfect"},
    "but_not_for_me": {"good_intent": False},
    "case_study": {"good_intent": False, "team.layoff.share": 0.05},
    "central_planning": {"good_intent": False, "team.size": 4}
    | {"organisation.evaluators.loss": 45.0, "organisation.evaluators.clears": 0.0},
    "devops": {"project.elsewhere": 0.05},
    "flattery": {"good_intent": False},
    "not_my_job": {"project.modules": 30, "project.elsewhere": 0.05}
    | {"project.knowledge_start": 0.5, "project.rot": 0.01, "project.knows": 0.33},
    "manager_rating": {"scheme.attribution": 0.2},
    "manager_rating_calibrated": {"scheme.attribution": 0.2},
    "organisation_200": {"team.size": 7, "scheme.attribution": 0.2},
    "seen_as_it_is": {"beliefs.rationality": "perfect", "beliefs.error": 0.0, "motives.safety.shared_risk": 1.0}
    | {"culture.start": 1.0, "sponsor.sees": 1.0, "sponsor.shown": 1.0}
    | {f"customers.{k}": 1.0 for k in ("framing", "releases", "impersonal", "trust", "attention")}
    | {"customers.side": 0.0, "customers.whims": 0.0},
    "standoff": {"scheme.attribution": 0.2},
    "smothered": {"sponsor.expects": 0.2, "scheme.attribution": 0.2},
    "teams_of_seven": {"choice.kind": "fixed", "team.size": 7, "scheme.attribution": 0.0},
    "who_is_low": {"choice.kind": "fixed", "team.size": 200, "scheme.attribution": 0.0}
    | {"team.skill_sd": 0.05, "team.habit_sd": 0.05},
}


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
    raise AssertionError(f"no scenario spells out {pattern}: SPELLED, above, needs one")


def whole(scenario: Scenario, key: str, value: object) -> Scenario:
    """The scenario with one value changed, and what must go with it: shares of bands sum to 1."""
    if not key.startswith("scheme.pay.bands.") or not key.endswith(".share") or not isinstance(value, float | int):
        return changed(scenario, key, value)
    top = {"share": value, "reward": 0.3}
    return scenario.with_({"scheme.pay.bands": [top] if value == 1 else [top, {"share": 1 - value, "reward": 0.0}]})


def refused(scenario: Scenario, key: str, value: object, named: str | None = None) -> None:
    """Check that a value is refused, and that the refusal says where it stands."""
    with pytest.raises(InvalidInput) as error:
        whole(scenario, key, value)
    assert re.sub(r"\[(\d+)\]", r".\1", error.value.key).startswith(named or key), str(error.value)


def taken(scenario: Scenario, key: str, word: object) -> None:
    """Check that a word is taken, with the number that goes with it: freedom with heavy tails."""
    if key.endswith(".noise.family"):
        noise = scenario.config["signals"][key.split(".")[1]]["noise"]
        scenario.with_(
            {key.rpartition(".")[0]: {**noise, "family": word, "freedom": 3.0 if word == "student_t" else None}}
        )
    else:
        changed(scenario, key, word)


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
        assert len([p for p in PARAMETERS if matches(p, key)]) == 1, f"{key}: one line in configs/parameters.yaml"


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
    refused(scenario, key, outside, "scheme.pay.bands" if ".bands." in key else None)
    assert dict(leaves(whole(scenario, key, inside).config))[key] == inside


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
    owner, _, last = key.rpartition(".")
    if last in INSTEAD:  # one of the two is given
        where: Any = scenario.config
        for step in owner.split("."):
            where = where[step]
        refused(scenario, key, None, owner)
        scenario.with_({owner: {**where, last: None, **INSTEAD[last]}})
    else:
        changed(scenario, key, None)


@pytest.mark.parametrize("pattern", [p for p, e in PARAMETERS.items() if not is_range(e)])
def test_a_switch_takes_its_words_and_no_other(pattern: str) -> None:
    entry = PARAMETERS[pattern]
    scenario, key = somewhere(pattern)
    refused(scenario, key, "something else", SAID_OF.get(pattern))
    if not pattern.endswith(".kind") and pattern != "choice.kind":
        for word in entry["allowed"]:
            if word is None or isinstance(word, bool) or not word.startswith("a "):
                taken(scenario, key, word)


@pytest.mark.parametrize(("pattern", "folder"), [("motives.*.kind", "motives"), ("choice.kind", "choice")])
def test_kinds_are_those_of_the_catalogue(pattern: str, folder: str) -> None:
    assert sorted(PARAMETERS[pattern]["allowed"]) == kinds(folder), f"{pattern} in configs/parameters.yaml"


@pytest.mark.parametrize("kind", sorted(CHOICES))
def test_every_kind_of_choice_is_taken(kind: str) -> None:
    assert spelled()[0].with_({"choice": CHOICES[kind]}).config["choice"]["kind"] == kind


@pytest.mark.parametrize("owner", ["scheme", "team"])
@pytest.mark.parametrize("consequence", ["pay", "promotion", "layoff"])
@pytest.mark.parametrize("kind", kinds("rewards"))
def test_a_consequence_takes_the_kinds_of_rule_it_is_said_to(owner: str, consequence: str, kind: str) -> None:
    key, scenario = f"{owner}.{consequence}", spelled()[0]
    assert kind in RULES, f"{kind}: RULES, above, has no example of it"
    if kind in PARAMETERS[f"{key}.kind"]["allowed"]:
        scenario.with_({key: RULES[kind]})
    else:
        with pytest.raises(InvalidInput, match=rf"{consequence}\.kind"):
            scenario.with_({key: RULES[kind]})


# ---------------------------------------------------------------- what is plausible


@pytest.mark.parametrize("pattern", [p for p, e in PARAMETERS.items() if "likely" in (e["plausible"] or {})])
def test_what_is_likely_is_what_ships(pattern: str) -> None:
    plausible = PARAMETERS[pattern]["plausible"]
    for name, each in zip([*options("scenario"), *options("scheme")], shipped_leaves(), strict=True):
        for key, value in each.items():
            if matches(pattern, key):
                expected = LABORATORY.get(name, {}).get(pattern, plausible["likely"])
                assert value == expected or in_character(pattern, value, plausible), f"{name}: {key}"


def in_character(pattern: str, value: Any, plausible: Mapping[str, Any]) -> bool:
    """Whether it is a number of a person of a story, which is as likely as any that is plausible."""
    within = "low" not in plausible or plausible["low"] <= value <= plausible["high"]
    return pattern.startswith("team.people.*") and within


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


@pytest.mark.parametrize("scheme", worlds.SCHEMES)
def test_what_is_drawn_is_accepted_and_a_scheme_stays_what_it_is(scheme: str) -> None:
    scenario = worlds.scenario(f"scheme={scheme}")
    own = ("weights", "announced", "secret", "rater", "halo", "audit", "rotation", "changes", "correlation")
    own += tuple(rule for rule in ("pay", "promotion", "layoff") if scenario.config["scheme"][rule] != "team")
    for run in range(3):
        other = drawn(scenario, 1, run)
        assert other is not scenario, "no draw was accepted"
        assert changes(scenario, 1, run)
        for key in own:
            assert getattr(other.scheme, key) == getattr(scenario.scheme, key), key
