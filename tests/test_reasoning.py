"""Depth of reasoning: who expects what of rivals, and what comes of it."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from sim.arrays import weighed
from sim.errors import InvalidInput
from sim.perception import Known
from sim.reasoning import Depth, begin, facing, imagined, levels, mixture
from sim.rules import Rules, rules_of
from sim.scenario import Scenario
from tests import worlds
from tests.tolerances import ROUNDING

SHARES = [0.223130, 0.334695, 0.251021, 0.125511, 0.0470665]  # THEORY H1, τ = 1.5
EFFORTS = [0.0, 0.4060548047236481, 0.4231114128151334, 0.4231421875606293, 0.42314218766081724]  # THEORY H2


def poisson(highest: int, mean: float = 1.5) -> Depth:
    return Depth(level=None, mean=mean, highest=highest)


def level_k(level: int) -> Depth:
    return Depth(level=level, mean=None, highest=4)


@pytest.fixture(scope="module")
def rivals() -> tuple[Rules, Known]:
    """Two rivals for a prize of 1.5, with noise and cost of 1."""
    changes = {
        "scheme__promotion": {"kind": "tournament", "prize": 1.5, "winners": 1, "share": None},
        "signals__measure_1__noise__sd": 1.0,
        "choice__matrix": [[1.0]],
    }
    scenario = worlds.scenario("limit=E1", **changes)
    return rules_of(scenario), worlds.known_of(scenario, week=0, runs=(0,))


def play(depth: Depth, rules: Rules, known: Known, weeks: int) -> tuple[np.ndarray, np.ndarray]:
    """Minds and fields after some weeks that began at the habitual effort."""
    decide, minds = rules.decision, begin(depth, known.habit)
    fields = np.empty(0)
    for _ in range(weeks):
        minds, fields = imagined(
            depth,
            minds,
            known,
            answer=lambda k: decide.choose(k, decide.weigh(decide.perceive(k))),
            seen=lambda effort: weighed(known.slope, effort),
        )
    return minds, fields


def test_each_level_of_two_rivals_settles_where_theory_says(rivals: tuple[Rules, Known]) -> None:
    rules, known = rivals
    minds, _ = play(level_k(4), rules, known, weeks=60)
    again, _ = play(level_k(4), rules, known, weeks=61)
    assert np.abs(again - minds).max() < 1e-9
    moved = minds - known.habit
    for level, effort in enumerate(EFFORTS):
        assert moved[level] == pytest.approx(effort, abs=1e-8)


def test_a_level_waits_for_those_below_to_settle(rivals: tuple[Rules, Known]) -> None:
    rules, known = rivals
    early, _ = play(level_k(2), rules, known, weeks=1)
    assert np.array_equal(early[1], early[2]), "in the first week all rivals still stand at the beginning"
    later, _ = play(level_k(2), rules, known, weeks=2)
    assert (later[2] != later[1]).all()


def test_who_is_of_a_level_does_what_the_mind_of_that_level_does(rivals: tuple[Rules, Known]) -> None:
    rules, known = rivals
    depth, decide = level_k(2), rules.decision
    minds, effort = begin(depth, known.habit), known.habit
    for _ in range(5):
        known = replace(known, effort=effort)
        minds, fields = imagined(
            depth,
            minds,
            known,
            answer=lambda k: decide.choose(k, decide.weigh(decide.perceive(k))),
            seen=lambda effort: weighed(rivals[1].slope, effort),
        )
        told = facing(depth, known, levels(depth, np.zeros((1, 2))), fields)
        effort = decide.choose(told, decide.weigh(decide.perceive(told)))
        assert np.array_equal(effort, minds[2])


def test_levels_that_differ_within_a_team_each_answer_their_own_expectation(calm: Scenario) -> None:
    """Members who hold rivals to stand at a mean behave as if all shared that view of it, to rounding."""
    scenario = calm.with_({"scheme.promotion": {"kind": "tournament", "prize": 0.3, "winners": 1, "share": None}})
    scenario = scenario.with_({"scheme.attribution": 0.8, "team.skill_sd": 0.3})
    known = worlds.known_of(scenario, week=0)
    rules = rules_of(scenario)
    depth = poisson(highest=3)
    level = levels(depth, np.random.default_rng(1).uniform(size=known.skill.shape))
    assert len(np.unique(level)) > 1
    _, fields = play(depth, rules, known, weeks=6)
    assert fields.shape == (4, *known.skill.shape)
    own = facing(depth, known, level, fields)
    for each in range(4):
        mean = fields[each].mean(axis=-1, keepdims=True)
        alike = rules.decision.perceive(replace(known, field=mean))
        mine = rules.decision.perceive(own)
        here = np.broadcast_to(level == each, mine.shape)
        assert mine[here] == pytest.approx(alike[here], rel=1e-10, abs=ROUNDING)


def test_what_members_are_given_before_a_comparison_still_counts(rivals: tuple[Rules, Known]) -> None:
    _, known = rivals
    ahead = np.array([[0.4, 0.0]])
    depth, fields = poisson(highest=1), np.full((2, 1, 1), 0.25)
    told = facing(depth, replace(known, given_apart=ahead), np.ones((1, 2), dtype=np.int64), fields)
    assert told.standing == pytest.approx(weighed(known.slope, known.effort) + ahead - 0.25, rel=ROUNDING)


def test_a_level_weighs_those_below_as_a_cut_off_poisson_distribution() -> None:
    assert mixture(poisson(4), 5) * sum(SHARES) == pytest.approx(SHARES, abs=1e-6)
    assert mixture(poisson(4), 1).tolist() == [1.0]
    assert mixture(poisson(4), 0).shape == (0,)
    assert mixture(poisson(4), 4) == pytest.approx([1.5**j / math.factorial(j) / 4.1875 for j in range(4)], rel=1e-12)


def test_level_k_thinks_of_the_level_just_below_alone() -> None:
    assert mixture(level_k(3), 3).tolist() == [0.0, 0.0, 1.0]
    assert mixture(level_k(3), 1).tolist() == [1.0]
    assert mixture(level_k(0), 0).shape == (0,)


def test_levels_are_as_frequent_as_the_distribution_says() -> None:
    u = (np.arange(100_000) + 0.5).reshape(-1, 10) / 100_000
    drawn = levels(poisson(4), u)
    assert drawn.shape == u.shape and drawn.dtype == np.int64
    share = np.bincount(drawn.ravel(), minlength=5) / drawn.size
    assert share == pytest.approx(np.array(SHARES) / sum(SHARES), abs=2e-5)
    assert levels(poisson(4), np.array([[np.nextafter(1.0, 0.0), 0.0]])).tolist() == [[4, 0]]
    assert levels(level_k(2), u).min() == levels(level_k(2), u).max() == 2


def test_level_zero_never_moves_and_deeper_poisson_levels_come_close_to_equilibrium(
    rivals: tuple[Rules, Known],
) -> None:
    rules, known = rivals
    minds, _ = play(poisson(6), rules, known, weeks=80)
    assert np.array_equal(minds[0], known.habit)
    moved = (minds - known.habit)[:, 0, 0, 0]
    assert moved[1] == pytest.approx(EFFORTS[1], abs=1e-8)
    assert moved[1] < moved[2] < moved[6] < EFFORTS[-1]


def test_minds_of_a_run_are_the_same_alone_and_in_a_batch(calm: Scenario) -> None:
    scenario = calm.with_({"team.skill_sd": 0.3, "team.habit_sd": 0.3, "scheme.attribution": 0.8})
    scenario = scenario.with_({"scheme.promotion": {"kind": "tournament", "prize": 0.3, "winners": 1, "share": None}})
    rules = rules_of(scenario)
    both = play(poisson(3), rules, worlds.known_of(scenario, week=0, runs=(0, 1)), weeks=3)
    alone = play(poisson(3), rules, worlds.known_of(scenario, week=0, runs=(1,)), weeks=3)
    assert np.array_equal(both[0][:, :, [1]], alone[0]) and np.array_equal(both[1][:, [1]], alone[1])


@pytest.mark.parametrize(
    ("key", "given"),
    [
        ("level", {"level": None, "mean": None}),
        ("level", {"level": 1, "mean": 1.5}),
        ("level", {"level": -1, "mean": None}),
        ("mean", {"level": None, "mean": 0.0}),
        ("highest", {"level": None, "mean": 1.5, "highest": 0}),
    ],
)
def test_a_depth_that_cannot_be_is_refused(key: str, given: dict[str, float | None]) -> None:
    with pytest.raises(InvalidInput) as caught:
        Depth(**({"level": None, "mean": None, "highest": 4} | given))
    assert caught.value.key == key
