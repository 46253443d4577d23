"""The thirty claims of the text: all are there, say what would refute them, and can be run."""

from __future__ import annotations

import math
import warnings
from functools import cache

import pytest

from experiments import robust
from experiments.chunks import window_of
from experiments.claims import Claim, Comparison, files, read, without
from experiments.claims.judged import recipe_of
from experiments.effects import effect_of, parts_of
from experiments.variants import arms_of
from sim.errors import ModelWarning
from sim.measures import pooled_measures
from sim.scenario import Scenario
from tests import worlds

IDS = (
    *("safety_hoards", "promotion_neglects", "skill_up_leaves_debt", "target_kills_metric", "implicit_is_gamed_too"),
    *("wrong_function_right_eyes", "bad_intent", "turtles", "guessing_the_guesser", "smothered", "standoff"),
    *("bearer_of_bad_news", "not_my_job", "symptoms_revert", "functions_cure", "perception_works", "no_gap_no_lever"),
    *("captured_by_first_user", "trunk_and_branches", "loose_coupling", "one_table", "data_decides", "evidence_alone"),
    *("but_not_for_me", "culture_and_change", "devops", "central_planning", "vague_goals", "blended", "who_presents"),
)
ORGANISED = ("turtles", "guessing_the_guesser", "central_planning", "vague_goals")  # bosses ask again at every review
SHARES = ("wrong_function_right_eyes", "symptoms_revert", "functions_cure", "perception_works")
SIZES = {"truck_factor": 1.0, "debt": 0.25, "worth": 0.02, "decay": 0.05}  # the same wherever it is the outcome
RUNS = 4


@pytest.fixture(
    scope="module", params=[pytest.param(n, marks=pytest.mark.soak if i % 3 else ()) for i, n in enumerate(IDS)]
)
def name(request: pytest.FixtureRequest) -> str:
    """One claim after the other, so that each is composed once; two of three in `make soak` alone."""
    return str(request.param)


@cache
def claim(name: str) -> Claim:
    return read(files()[name])


@cache
def composed() -> dict[tuple[str, ...], Scenario]:
    return {}


def comparisons(name: str) -> dict[str, Comparison]:
    own = claim(name)
    return {"test": own.test, **({} if own.control is None else {"control": own.control})}


def values(name: str, kind: str, arm: str) -> dict[str, float]:
    """Mean of every measure that a claim keeps, over some runs of an arm."""
    own = comparisons(name)[kind]
    recipe = recipe_of(own, claim(name).measures if kind == "test" else (), 1)
    scenario = arms_of(own.words, composed())[arm]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ModelWarning)
        results = worlds.run(scenario, range(RUNS), 1, aligned=recipe.aligned, shadow=recipe.shadow)
    begin, end = window_of(recipe.window, scenario)
    found = (results if recipe.window == "all" else results.between(begin, end)).measures()
    assert not set(recipe.measures or ()) - {*found}, "a measure that is not taken"
    return {k: float(found[k].mean()) for k in recipe.measures or ()}


def outcome(name: str, kind: str, arm: str) -> float:
    """What an arm comes to in the outcome that decides."""
    measure, found = comparisons(name)[kind].outcome, values(name, kind, arm)
    pooled = pooled_measures()
    if measure not in pooled:
        return found[measure]
    return float(pooled[measure][0](*(found[p] for p in parts_of(measure))))


def test_all_claims_of_the_text_are_there_and_no_others() -> None:
    assert len(set(IDS)) == 30 and set(files()) == set(IDS)


def test_a_claim_says_in_a_few_words_what_it_is_and_what_would_refute_it(name: str) -> None:
    own = claim(name)
    assert 10 <= len(own.title) <= 72 and not own.title.endswith(".")
    assert 80 <= len(" ".join(own.claim.split())) <= 420 and own.claim.strip().endswith(".")
    assert 40 <= len(" ".join(own.fails_if.split())) <= 200 and own.fails_if.strip().endswith(".")
    assert 30 <= len(own.because) <= 180 and not own.because.endswith(".")
    assert own.expected in ("higher", "lower") and own.smallest > 0 and not own.definition


def test_a_claim_compares_like_with_like(name: str) -> None:
    """Every effect that is a difference is 0 where all arms are alike; every share is of such a difference."""
    own = claim(name)
    if own.test.outcome == "decay" or (name == "wrong_function_right_eyes"):  # differences, or costs, already
        assert own.test.over is None or sum(own.test.over.values()) == 3
    else:
        for comparison in comparisons(name).values():
            for signs in (comparison.compared, comparison.over):
                assert signs is None or math.isclose(sum(signs.values()), 0, abs_tol=1e-12)
    assert (own.test.over is not None) == (name in SHARES)
    if own.test.over is not None:
        assert own.smallest == 0.5
    elif name != "turtles":
        assert own.smallest == SIZES.get(own.test.outcome, own.smallest)


def test_every_claim_has_a_control_that_is_another_comparison_and_can_be_composed(name: str) -> None:
    own = claim(name)
    assert own.control is not None
    test, control = (arms_of(c.words, composed()) for c in comparisons(name).values())
    used = {arm for signs in (own.control.compared, own.control.over or {}) for arm, c in signs.items() if c}
    among = [dict(test[a].config) for a in own.test.compared]
    if name != "no_gap_no_lever":  # whose control is one end of its scale
        assert any(dict(control[a].config) not in among for a in used)
        assert all(dict(control[a].config) not in among for a in own.control.compared if a not in own.test.arms)
    assert set(own.control.arms) >= used
    left = [arm for arm, scenario in {**test, **control}.items() if scenario.refused]
    assert left == (["without authority"] if name == "functions_cure" else []), "interventions that do not take place"
    configs = [dict(control[a].config) for a in own.control.compared]
    assert all(configs.count(c) == 1 for c in configs), "arms of a control that are one and the same"


def test_arms_that_are_compared_differ(name: str) -> None:
    arms = arms_of(claim(name).test.words, composed())
    configs = [dict(s.config) for s in arms.values()]
    assert all(configs.count(c) == 1 for c in configs)
    effects = [claim(name).test.compared, claim(name).test.over or {}]
    for second in claim(name).second:
        effects += [second.compared, second.over or {}]
    between = {"turtles": {"three levels"}}  # the middle of a slope
    assert set(arms) - between.get(name, set()) == {arm for effect in effects for arm in effect}


def test_the_mechanisms_that_a_claim_names_are_there_to_be_switched_off(name: str) -> None:
    arms = arms_of(claim(name).test.words, composed())
    for what, changes in claim(name).mechanisms.items():
        assert without(arms, changes) is not None, what


def test_the_tables_say_something_of_every_arm_where_a_claim_asks_them(name: str) -> None:
    tables = claim(name).tables
    if tables is None:
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ModelWarning)
        found = robust.by_tables(arms_of(claim(name).test.words, composed()), tables)
    assert found is not None and all(math.isfinite(v) for v in found.values()) and any(found.values())


def test_the_outcome_of_a_claim_exists_in_its_runs(name: str) -> None:
    if name in ORGANISED:
        return  # they take long, and are among the heavy tests
    assert math.isfinite(outcome(name, "test", next(iter(claim(name).test.compared))))


@pytest.mark.soak
@pytest.mark.parametrize("kind", ["test", "control"])
def test_the_outcome_of_a_claim_exists_in_every_arm(name: str, kind: str) -> None:
    for arm in comparisons(name)[kind].arms:
        assert math.isfinite(outcome(name, kind, arm)), arm


@pytest.mark.soak
@pytest.mark.parametrize("name", SHARES)
def test_what_a_share_is_of_is_not_nothing(name: str) -> None:
    """The peak is clear of 0: else the share is undefined."""
    own = claim(name).test
    assert own.over is not None
    arms, frames = arms_of(own.words, composed()), {}
    recipe = recipe_of(own, (), 1)
    for arm in own.over:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ModelWarning)
            results = worlds.run(arms[arm], range(100), 1, aligned=recipe.aligned, shadow=recipe.shadow)
        seen = results.between(*window_of(recipe.window, arms[arm]))
        frames[arm] = seen.measures().reset_index()
    low, high = effect_of(frames, own.outcome, own.over).interval()
    assert low > 0 or high < 0
