"""What holds in every team there could be: searched for counterexamples by Hypothesis."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim.draws import Draws
from sim.engine import weeks
from sim.errors import InvalidInput, ModelWarning
from sim.rules import plan_of, rules_of
from sim.scenario import Scenario
from sim.simulation import simulate_runs
from tests import worlds
from tests.tolerances import ROUNDING


def number(low: float, high: float) -> st.SearchStrategy[float]:
    """Numbers of ordinary size: six decimals, others are refused where they are next to nothing."""
    return st.floats(low, high).map(lambda x: min(max(round(x, 6), low), high))


SIGNALS = ["commits", "lines_of_code", "visibility", "novelty", "indispensability", "own_worth", "peer_feedback"]
MOTIVES = ["safety", "promotion", "skill_up", "pay", "intrinsic"]
WEIGHT = st.one_of(st.just(0.0), number(0.01, 1.5))
PERSON = st.dictionaries(st.sampled_from(MOTIVES), WEIGHT, min_size=1, max_size=4)


@st.composite
def teams(draw: st.DrawFn) -> dict[str, Any]:
    """A random team under a random scheme, as changes to the standard one."""
    people = [
        {"name": f"p{i}", "motives": motives, "skill": draw(st.one_of(st.none(), number(0.3, 3.0)))}
        for i, motives in enumerate(draw(st.lists(PERSON, min_size=2, max_size=6)))
    ]
    low = draw(st.one_of(st.none(), number(0.2, 0.9)))
    return {
        "team.people": people,
        "team.skill_sd": draw(number(0, 0.6)),
        "team.habit_sd": draw(number(0, 0.6)),
        "scheme.weights": draw(
            st.dictionaries(st.sampled_from(SIGNALS), number(-1, 1).filter(lambda w: abs(w) > 0.05), min_size=1)
        ),
        "scheme.power": draw(st.sampled_from(["as_given", "equal"])),
        "scheme.strength": draw(number(0, 2)),
        "scheme.rivals": draw(st.sampled_from(["exact", "crowd"])),
        "scheme.attribution": draw(st.sampled_from([0.0, 0.3])),
        "scheme.review.weeks": draw(st.integers(1, 4)),
        "scheme.review.recency": draw(number(0, 0.5)),
        "choice.rivalry": draw(number(0, 0.95)),
        "choice.h_min": low,
        "choice.h_max": draw(st.one_of(st.none(), number((low or 0.0) + 0.01, 2.0))),
        "conduct.adjustment": draw(number(0.05, 1)),
        "conduct.experimentation": draw(st.sampled_from([0.0, 0.05, 0.5])),
        "beliefs.rationality": draw(st.sampled_from(["perfect", "announced", "fixed_error", "learned"])),
        "project.interest": draw(number(0, 2)),
        "project.debt_start": draw(number(0, 20)),
        "project.learning": draw(number(0, 3)),
        "project.obscuring": draw(number(0, 3)),
        "turnover.quit": draw(number(0, 0.5)),
        "turnover.ramp_start": draw(number(0.01, 1)),
        "craft.start": draw(number(0, 2)),
        "craft.learning": draw(number(0, 3)),
        "craft.ceiling": draw(number(0.1, 5)),
        "onset": draw(st.sampled_from([0, 4])),
        "good_intent": draw(st.booleans()),
        "weeks": 8,
    }


def built(changes: dict[str, Any]) -> Scenario:
    """The scenario, its contests within their limits."""
    scenario = worlds.scenario("scheme=commits").with_(changes)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ModelWarning)
            rules_of(scenario)
    except InvalidInput as error:  # a contest too steep: the same team without stakes that single people out
        assert "stability" in error.key or "noise" in error.key
        scenario = scenario.with_({"scheme.promotion": None, "scheme.layoff": None})
    return scenario


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(team=teams(), seed=st.integers(0, 2**70))
def test_hours_effort_knowledge_debt_and_prizes_keep_to_their_bounds_in_any_team(
    team: dict[str, Any], seed: int
) -> None:
    scenario = built(team)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ModelWarning)
        plan = plan_of(scenario)
    low, high = scenario.choice.hours
    assert scenario.craft is not None
    for passed in weeks(plan, Draws(seed, [0, 5], plan[0].members)):
        rules = passed.rules
        assert np.isfinite(passed.m).all() and passed.effort.min() >= 0
        hours = passed.effort.sum(axis=0)
        assert hours.min() >= low - ROUNDING and hours.max() <= high + ROUNDING
        assert passed.stocks is not None
        assert passed.stocks.knowledge.min() >= 0 and passed.stocks.knowledge.max() <= 1
        assert passed.stocks.debt.min() >= 0 and np.isfinite(passed.stocks.debt).all()
        assert passed.craft is not None and passed.craft.min() >= 0 and passed.craft.max() <= scenario.craft.ceiling
        assert np.isfinite(passed.score).all() and np.isfinite(passed.known.slope).all()
        if passed.verdict is None:
            continue
        for got, rule in (
            (passed.verdict.promoted, rules.stakes.promotion),
            (passed.verdict.laid_off, rules.stakes.layoff),
        ):
            places = 0.0 if rule is None else rule.places(rules.members)
            heads = got.sum(axis=1)
            assert np.abs(heads - np.round(heads)).max() < ROUNDING
            assert (heads >= int(places)).all() and (heads <= int(places) + 1).all()
            assert got.min() >= 0 and got.max() <= 1


@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow])
@given(team=teams(), seed=st.integers(0, 1000), run=st.integers(0, 10**6))
def test_any_team_has_the_same_run_alone_and_in_a_batch(team: dict[str, Any], seed: int, run: int) -> None:
    scenario = built(team)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ModelWarning)
        batch = simulate_runs(scenario, [run + 1, run, 3], seed)
        alone = simulate_runs(scenario, [run], seed)
    assert not worlds.same(alone.columns, {k: v[:, [1]] for k, v in batch.columns.items()})


@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow])
@given(team=teams(), seed=st.integers(0, 1000))
def test_measures_of_any_team_keep_to_their_ranges(team: dict[str, Any], seed: int) -> None:
    scenario = built(team)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ModelWarning)
        measures = simulate_runs(scenario, range(2), seed).measures()
    for name in ("displaced_share", "gaming_share", "wasted_share", "knowledge"):
        assert measures[name].dropna().between(-ROUNDING, 1 + ROUNDING).all(), name
    for name in ("alignment", "congruence"):
        assert measures[name].dropna().between(-1 - ROUNDING, 1 + ROUNDING).all(), name
    assert (measures["gaming_share"] <= measures["wasted_share"] + ROUNDING).all()
    assert measures["truck_factor"].between(0, len(scenario.team.seats)).all()
