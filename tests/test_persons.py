"""The essay's three persons do what it says of them, without any of it being written into a rule.

Person A (safety) under an evaluation of indispensability, B (promotion) under one of appearances, C
(skill-up) under one of novelty: each against the same people not evaluated, against the oracle, and
against the other two persons under the same evaluation.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest

from sim.scenario import Scenario, scenario_from
from tests import worlds
from tests.tolerances import ERRORS

RUNS = 100
OWN = {"person_a": "indispensable", "person_b": "impressive", "person_c": "innovative"}


@cache
def measures(person: str, scheme: str) -> pd.DataFrame:
    """Two years of nine people of one kind, at equal power of all schemes."""
    scenario = worlds.scenario(f"scenario={person}", f"scheme={scheme}", scheme__power="equal")
    return worlds.run(scenario, range(RUNS), seed=1).measures()


def change(measure: str, person: str, scheme: str, *, against: tuple[str, str]) -> float:
    """Mean difference of the same runs in standard errors: how surely the measure is higher."""
    difference = measures(person, scheme)[measure] - measures(*against)[measure]
    with np.errstate(divide="ignore"):  # where all runs differ by the same, it is as sure as can be
        return float(np.divide(difference.mean(), difference.std() / np.sqrt(RUNS)))


CLAIMS = [
    ("person_a", "effort_fortify", 1),
    ("person_a", "effort_share", -1),
    ("person_a", "knowledge", -1),
    ("person_a", "truck_factor", -1),
    ("person_b", "effort_showcase", 1),
    ("person_b", "effort_maintain", -1),
    ("person_b", "debt", 1),
    ("person_c", "effort_chase", 1),
    ("person_c", "debt", 1),
]


@pytest.mark.parametrize("other", ["none", "own_worth"])
@pytest.mark.parametrize(("person", "measure", "sign"), CLAIMS)
def test_the_evaluation_that_a_person_plays_to_has_the_effect_the_essay_names(
    person: str, measure: str, sign: int, other: str
) -> None:
    assert sign * change(measure, person, OWN[person], against=(person, other)) > ERRORS


@pytest.mark.parametrize("person", OWN)
def test_the_business_gets_less_than_from_the_same_people_judged_by_what_they_add(person: str) -> None:
    assert change("worth", person, OWN[person], against=(person, "own_worth")) < -ERRORS
    assert change("displaced_share", person, OWN[person], against=(person, "own_worth")) > ERRORS


@pytest.mark.parametrize(("person", "measure"), [("person_a", "effort_fortify"), ("person_c", "effort_chase")])
def test_whose_motive_it_is_does_more_of_it_even_when_nobody_evaluates(person: str, measure: str) -> None:
    """Being replaceable threatens and the market pays, whatever the scheme."""
    for other in set(OWN) - {person}:
        assert change(measure, person, "none", against=(other, "none")) > ERRORS


AMONG_EACH_OTHER = [
    ("person_a", "effort_fortify", 1, ("person_b", "person_c")),
    ("person_b", "effort_showcase", 1, ("person_a", "person_c")),
    ("person_b", "effort_maintain", -1, ("person_a",)),
    ("person_c", "effort_chase", 1, ("person_a", "person_b")),
    ("person_c", "debt", 1, ("person_a", "person_b")),
]


@pytest.mark.parametrize(("person", "measure", "sign", "others"), AMONG_EACH_OTHER)
def test_under_one_evaluation_it_is_the_person_of_the_essay_who_plays_to_it_most(
    person: str, measure: str, sign: int, others: tuple[str, ...]
) -> None:
    for other in others:
        assert sign * change(measure, person, OWN[person], against=(other, OWN[person])) > ERRORS, other


def test_where_appearances_count_who_fears_for_the_job_hoards_besides_and_leaves_no_less_debt() -> None:
    """A finding that the essay does not have: fear is of being replaceable too, whatever the scheme looks at."""
    assert change("effort_fortify", "person_a", "impressive", against=("person_b", "impressive")) > ERRORS
    assert change("debt", "person_a", "impressive", against=("person_b", "impressive")) > -ERRORS


def test_a_mixed_team_stands_between_its_pure_parts() -> None:
    mixed = measures("three_persons", "indispensable")["effort_fortify"].mean()
    pure = [measures(p, "indispensable")["effort_fortify"].mean() for p in OWN]
    assert min(pure) < mixed < max(pure)


def renamed(scenario: Scenario, names: dict[str, str]) -> Scenario:
    """The same scenario with its activities called otherwise, throughout."""

    def walk(value: object, where: str) -> object:
        if isinstance(value, dict):
            keys = names if where in ("activities", "loadings", "initial") else {}
            return {keys.get(k, k): walk(v, k) for k, v in value.items()}
        return value

    config = {k: walk(v, k) for k, v in scenario.config.items()}
    reference = dict(scenario.config["reference_team"])
    config["reference_team"] = reference | {"activities": [names[k] for k in reference["activities"]]}
    return scenario_from(config)


@pytest.mark.parametrize("scheme", worlds.SCHEMES)
def test_what_activities_are_called_changes_nothing(scheme: str) -> None:
    """Where no luck is addressed by their names: no experiments, no spread of habits, no errors of belief."""
    quiet = {"conduct__experimentation": 0.0, "team__habit_sd": 0.0, "beliefs__rationality": "perfect", "weeks": 26}
    scenario = worlds.scenario(f"scheme={scheme}", **quiet)
    names = {k: f"x{i}" for i, k in enumerate(scenario.activities)}
    plain, other = worlds.run(scenario), worlds.run(renamed(scenario, names))
    assert plain.twin is not None and other.twin is not None
    assert not worlds.same(plain.columns, other.columns) and not worlds.same(plain.twin.columns, other.twin.columns)
    for k, x in names.items():
        assert np.array_equal(plain.columns[f"effort_{k}"], other.columns[f"effort_{x}"])
