"""One run is one run: alone, in any batch, as agents, longer, in halves, beside what does not matter.

Everything here is compared to the bit, all weekly columns, the aligned team's and the measures.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.draws import Draws
from sim.mesa_model import TeamModel
from sim.results import Results
from sim.rules import rules_of
from sim.scenario import Scenario
from sim.simulation import block_of, simulate
from sim.state import initial
from tests import worlds

SEED = 11
TEAMS: dict[str, dict[str, Any]] = {
    "one_alone": {"team__size": 1, "scheme__promotion": None, "scheme__layoff": None},
    "two": {"team__size": 2},
    "forty_in_a_crowd": {"team__size": 40},
    "perfect_beliefs": {"beliefs__rationality": "perfect"},
    "announced_weights": {"beliefs__rationality": "announced", "scheme__announced": {"tickets": 1.0}},
    "nobody_experiments": {"conduct__experimentation": 0.0},
    "recent_weeks_count_more": {"scheme__review__recency": 0.2, "scheme__review__patience": 0.95},
    "two_signals": {"scheme__weights": {"commits": 1.0, "visibility": 0.5, "lines_of_code": -0.2}},
    "correlated_noise": {
        "scheme__weights": {"commits": 1.0, "visibility": 0.5},
        "scheme__correlation": [[1.0, 0.3], [0.3, 1.0]],
    },
    "a_shared_signal": {
        "scheme__weights": {"commits": 1.0, "reliability": 0.5},
        "scheme__promotion": None,
        "scheme__layoff": None,
    },
    "free_hours": {"choice__h_min": None, "choice__h_max": None},
    "no_project": {"project": None},
}
LIKED = {"scheme__weights": {"visibility": 1.0, "commits": 0.5}}
AUDIT = {"probability": 0.5, "false_positive": 0.1, "false_negative": 0.2, "sensitivity": 0.2, "penalty": 0.5}
NEW = {"team__promotion": None, "team__layoff": None, "turnover__quit": 0.05}
MECHANISMS: dict[str, dict[str, Any]] = {
    "late_signals": {"signals__commits__lag": 3, "signals__visibility__lag": 1, **LIKED},
    "saturated_signals": {"signals__commits__saturation": 0.5, "signals__visibility__saturation": 0.4, **LIKED},
    "heavy_tails_and_shocks": {
        "signals__commits__noise": {"family": "student_t", "sd": 1.0, "freedom": 4.0, "common": 0.5}
    },
    "a_rater_who_likes_some": {"scheme__rater": 0.5, "scheme__halo": {"liking": 0.4, "tenure": 0.1}, **LIKED},
    "failures_put_down_to_people": {
        "scheme__weights": {"commits": 1.0, "failures_traced": 0.5, "reliability": 0.3},
        "signals__reliability__blame": 0.5,
    },
    "audited": {"scheme__audit": AUDIT},
    "rotating": {"scheme__rotation": {"every": 1, "among": ["commits", "tickets"]}},
    "changing": {"scheme__changes": [{"week": 13, "set": {"strength": 0.5, "weights.tickets": 1.0}}]},
    "from_today": {"today": {"weeks": 13, "scheme": "self"}},
    "onset": {"onset": 13},
    "secret": {"scheme__secret": True, "beliefs__folklore": {"hours": 1.0}},
    "targets": {"scheme__pay": {k: v for k, v in worlds.read("reward", "target").items() if k != "label"}},
    "one_thing_at_a_time": {"choice": {"kind": "logit", "sharpness": 3.0, "size": 1.0, "sampled": True}},
    "many_come_and_go": NEW,
    "status_quo_and_certainty": {"conduct__status_quo": 0.02, "beliefs__overconfidence": 0.5},
    "all_beliefs_wrong": {"beliefs__error_absolute": 0.2, "beliefs__worth_error": 0.3, "beliefs__learning__drift": 0.1},
}
THINKING = {"level": None, "mean": 1.5, "highest": 3}
ALL_ON = {"onset": 13, "good_intent": False, "beliefs__depth": THINKING, "signals__commits__noise__common": 0.3}
WORLDS = {f"scheme_{s}": (s, {}) for s in worlds.SCHEMES}
WORLDS |= {k: ("commits", v) for k, v in (TEAMS | MECHANISMS).items()}
AGEING = ("rotating", "changing", "from_today", "onset")  # worlds whose rules depend on how old the scheme is
RICH = {f"all_on_{s}": (s, ALL_ON) for s in worlds.SCHEMES}


def some(names: Sequence[str]) -> list[Any]:
    """Of some names every other; `make soak`: all."""
    return [pytest.param(name, marks=pytest.mark.soak if i % 2 else ()) for i, name in enumerate(names)]


@cache
def world(name: str) -> Scenario:
    scheme, changes = (WORLDS | RICH)[name]
    if "today" in changes:
        changes = {"today": {"weeks": 13, "scheme": worlds.composed("scheme=impressive")["scheme"]}}
    return worlds.scenario(f"scheme={scheme}", **(changes | {"weeks": 26}))


@cache
def seven(name: str) -> Results:
    return worlds.run(world(name), range(7), SEED, members=True)


def run_of(results: Results, r: int) -> dict[str, np.ndarray]:
    return {k: v[:, [r]] for k, v in results.columns.items()}


def differences(a: Results, b: Results) -> list[str]:
    """Columns, of team and aligned team, and measures that differ in any bit; those of one side only are left out."""
    assert a.twin is not None and b.twin is not None
    found = worlds.same(a.columns, b.columns) + worlds.same(a.twin.columns, b.twin.columns)
    mine, other = a.measures(), b.measures()
    found += worlds.same(*({k: m[k].to_numpy() for k in m} for m in (mine, other)))
    if a.per_member is not None and b.per_member is not None:
        found += worlds.same(a.per_member, b.per_member)
    return found


@pytest.mark.parametrize("name", some([*WORLDS, *RICH]))
def test_a_run_of_a_batch_is_the_run_alone(name: str) -> None:
    batch = seven(name)
    assert batch.twin is not None
    for r in (0, 3, 6):
        alone = worlds.run(world(name), [r], SEED, members=True)
        assert alone.twin is not None and alone.per_member is not None and batch.per_member is not None
        assert not worlds.same(alone.columns, run_of(batch, r))
        assert not worlds.same(alone.twin.columns, run_of(batch.twin, r))
        assert not worlds.same(alone.per_member, {k: v[:, [r]] for k, v in batch.per_member.items()})
        pd.testing.assert_frame_equal(alone.measures(), batch.measures().loc[[r]], check_exact=True)


@pytest.mark.parametrize("name", [*WORLDS, *RICH])
def test_a_run_as_agents_is_the_run_of_the_batch(name: str) -> None:
    model = TeamModel(world(name), seed=SEED, run=3)
    while model.running:
        model.step()
    frame = model.datacollector.get_model_vars_dataframe()
    weekly = seven(name).weekly.loc[3]
    assert list(frame.columns) == list(weekly.columns)
    for column in weekly:
        assert np.array_equal(frame[column].to_numpy(float), weekly[column].to_numpy(), equal_nan=True), column


@pytest.mark.parametrize("scheme", some(worlds.SCHEMES))
def test_a_run_of_a_block_of_256_is_the_run_alone_and_the_run_of_seven(scheme: str) -> None:
    scenario = worlds.scenario(f"scheme={scheme}", weeks=13)
    block = worlds.run(scenario, range(256), SEED)
    few = worlds.run(scenario, range(7), SEED)
    assert block.twin is not None and few.twin is not None
    for r in range(7):
        assert not worlds.same(run_of(few, r), run_of(block, r))
        assert not worlds.same(run_of(few.twin, r), run_of(block.twin, r))
    last = worlds.run(scenario, [255], SEED)
    assert not worlds.same(last.columns, run_of(block, 255))


def test_blocks_that_memory_asks_for_leave_no_trace() -> None:
    scenario = worlds.scenario("scheme=commits", team__size=18, weeks=13)
    size = block_of(18)
    whole = simulate(scenario, size + 2, SEED)
    assert not differences(whole, worlds.run(scenario, range(size + 2), SEED))


@pytest.mark.soak
@pytest.mark.parametrize("scheme", worlds.SCHEMES)
def test_run_17_of_a_thousand_is_run_17_alone(scheme: str) -> None:
    scenario = worlds.scenario(f"scheme={scheme}")
    thousand, alone = simulate(scenario, 1000, SEED), worlds.run(scenario, [17], SEED)
    assert thousand.twin is not None and alone.twin is not None
    assert not worlds.same(alone.columns, run_of(thousand, 17))
    assert not worlds.same(alone.twin.columns, run_of(thousand.twin, 17))
    model = TeamModel(scenario, seed=SEED, run=17)
    while model.running:
        model.step()
    frame = model.datacollector.get_model_vars_dataframe()
    assert not worlds.same({k: frame[k].to_numpy(float)[:, None] for k in frame}, alone.columns)


@pytest.mark.parametrize("scheme", worlds.SCHEMES)
def test_two_halves_of_the_runs_are_the_whole(scheme: str) -> None:
    scenario = world(f"scheme_{scheme}")
    whole = seven(f"scheme_{scheme}")
    for part in (range(3), range(3, 7), [6, 1]):
        half = worlds.run(scenario, list(part), SEED)
        assert not worlds.same(half.columns, {k: v[:, list(part)] for k, v in whole.columns.items()})


@pytest.mark.parametrize("scheme", worlds.SCHEMES)
def test_a_longer_horizon_begins_with_the_shorter(scheme: str) -> None:
    """Across the border of a block of 52 weeks."""
    short = seven(f"scheme_{scheme}")
    long = worlds.run(worlds.scenario(f"scheme={scheme}", weeks=65), range(7), SEED)
    assert short.twin is not None and long.twin is not None
    assert not worlds.same(short.columns, {k: v[:26] for k, v in long.columns.items()})
    assert not worlds.same(short.twin.columns, {k: v[:26] for k, v in long.twin.columns.items()})


def nothing(scenario: Scenario) -> Mapping[str, Any]:
    """An activity that nobody would touch and that does nothing."""
    numbers = ("worth", "worth_now", "habit", "debt", "repays", "practice", "teaches", "hoards")
    label = scenario.config["activities"]["learn"]["label"]
    return {"label": label, "distaste": 1e6, **dict.fromkeys(numbers, 0.0)}


def spare(scenario: Scenario) -> str:
    """A signal that passes through a person's judgement, and of which no scheme here takes notice."""
    noticed = {s for p in scenario.phases for s in (*p.scheme.weights, *(p.scheme.announced or {}))}
    return next(s for s in ("peer_feedback", "novelty", "ai_use") if s not in noticed)


SOME_RICH = ["all_on_commits", "all_on_stack_ranking", "all_on_team_outcome"]


@pytest.mark.parametrize("power", ["as_given", "equal"])
@pytest.mark.parametrize(
    "name", some([n for n in [*WORLDS, *SOME_RICH] if n not in ("one_thing_at_a_time", "all_beliefs_wrong")])
)
def test_an_activity_that_does_nothing_changes_nothing(name: str, power: str) -> None:
    """Unless it is believed to do something, or may be done by chance."""
    plain = world(name).with_({"scheme.power": power})
    more = plain.with_({"activities.nothing": nothing(plain)})
    with_it = worlds.run(more, range(7), SEED, members=True)
    assert not with_it.columns["effort_nothing"].any()
    assert not differences(worlds.run(plain, range(7), SEED, members=True), with_it)


@pytest.mark.parametrize("power", ["as_given", "equal"])
@pytest.mark.parametrize(
    "name", some([n for n in [*WORLDS, *SOME_RICH] if n not in ("scheme_none", "correlated_noise")])
)
def test_a_signal_of_weight_zero_changes_nothing(name: str, power: str) -> None:
    plain = world(name).with_({"scheme.power": power})
    more = plain.with_({"scheme.weights": {**plain.scheme.weights, spare(plain): 0.0}})
    assert not differences(
        worlds.run(plain, range(7), SEED, members=True), worlds.run(more, range(7), SEED, members=True)
    )


@pytest.mark.parametrize("name", [n for n in WORLDS if n not in AGEING])
def test_a_scheme_that_goes_on_from_todays_is_the_unbroken_run(name: str) -> None:
    plain = world(name)
    again = plain.with_({"today": {"weeks": 9, "scheme": plain.config["scheme"]}})
    a, b = worlds.run(plain, range(4), SEED, aligned=False, members=True), worlds.run(again, range(4), SEED)
    assert again.since == 9 and not worlds.same(a.columns, b.columns)


@pytest.mark.parametrize("name", [*WORLDS, *SOME_RICH])
def test_the_team_whose_scheme_is_only_measured_is_the_team_itself_until_the_scheme_counts(name: str) -> None:
    """To the bit, under its own scheme or today's; afterwards it is another."""
    plain = world(name)
    if not plain.since:
        plain = plain.with_({"onset": 13})
    both = worlds.run(plain, range(4), SEED, shadow=True)
    assert both.shadow is not None
    for column in set(both.columns) - {"reward"}:
        mine, other = both.columns[column][:13], both.shadow.columns[column][:13]
        assert np.array_equal(mine, other, equal_nan=True), column
    alone = worlds.run(plain, [2], SEED, shadow=True)
    assert alone.shadow is not None and not worlds.same(alone.shadow.columns, run_of(both.shadow, 2))


def test_a_signal_of_weight_zero_changes_nothing_where_nothing_is_weighed() -> None:
    plain = world("scheme_none")
    more = plain.with_({"scheme.weights": {"peer_feedback": 0.0}})
    assert not differences(seven("scheme_none"), worlds.run(more, range(7), SEED, members=True))


def test_a_shared_signal_of_weight_zero_changes_nothing_either() -> None:
    plain = world("scheme_commits")
    more = plain.with_({"scheme.weights": {**plain.scheme.weights, "reliability": 0.0}})
    assert not differences(seven("scheme_commits"), worlds.run(more, range(7), SEED, members=True))


def test_a_signal_nobody_weighs_changes_nothing() -> None:
    plain = world("scheme_commits")
    points = {**plain.config["signals"]["tickets"], "loadings": {"deliver": 3.0}}
    more = plain.with_({"signals.story_points": points})
    assert not differences(seven("scheme_commits"), worlds.run(more, range(7), SEED, members=True))


@pytest.mark.parametrize("unit", [1000.0, 0.001])
@pytest.mark.parametrize("scheme", [s for s in worlds.SCHEMES if s != "none"])
def test_the_unit_of_a_signal_leaves_no_trace_at_equal_power(scheme: str, unit: float) -> None:
    plain = world(f"scheme_{scheme}").with_({"scheme.power": "equal"})
    changes: dict[str, Any] = {}
    for name in {*plain.scheme.weights, *(plain.scheme.announced or {}), "indispensability", "liking"}:
        signal = plain.signals[name]
        changes[f"signals.{name}.loadings"] = {k: unit * g for k, g in signal.loadings.items()}
        changes[f"signals.{name}.noise.sd"] = unit * signal.noise.sd
        changes[f"signals.{name}.noise.common"] = unit * signal.noise.common
        changes[f"signals.{name}.blame"] = unit * signal.blame
        changes[f"signals.{name}.saturation"] = signal.saturation and unit * signal.saturation
    assert not differences(worlds.run(plain, range(7), SEED), worlds.run(plain.with_(changes), range(7), SEED))


def test_the_weight_of_a_single_signal_does_not_matter_at_equal_power() -> None:
    """To rounding: the common scale is kept to twelve digits."""
    plain = world("scheme_commits").with_({"scheme.power": "equal"})
    heavy = plain.with_({"scheme.weights.commits": 8.0})
    a, b = worlds.run(plain, range(7), SEED), worlds.run(heavy, range(7), SEED)
    for column in ("worth", "score", "debt", "surplus"):
        assert b.columns[column] == pytest.approx(a.columns[column], rel=1e-9)


@pytest.mark.parametrize("scheme", worlds.SCHEMES)
def test_two_schemes_meet_the_same_people_and_the_same_luck(scheme: str) -> None:
    first = rules_of(world("scheme_commits"))
    other = rules_of(world(f"scheme_{scheme}"))
    a, b = (initial(rules, Draws(SEED, range(7), 9)) for rules in (first, other))
    assert np.array_equal(a.people.skill, b.people.skill) and np.array_equal(a.people.habit, b.people.habit)
    assert np.array_equal(a.effort, b.effort)
    lucks = (Draws(SEED, range(7), 9).weekly(rules.causes, 60) for rules in (first, other))
    for x, y in zip(*lucks, strict=True):
        assert np.array_equal(x.explore, y.explore) and np.array_equal(x.luck, y.luck)


def test_a_signal_that_two_schemes_weigh_has_the_same_noise_in_both() -> None:
    first = rules_of(world("scheme_commits"))
    other = rules_of(world("scheme_commits").with_({"scheme.weights": {"visibility": 1.0, "commits": 1.0}}))
    lucks = (Draws(SEED, range(7), 9).weekly(rules.causes, 60) for rules in (first, other))
    for x, y in zip(*lucks, strict=True):
        assert np.array_equal(x.noise[0], y.noise[1])


def test_the_aligned_team_meets_the_same_people_and_the_same_luck() -> None:
    team, twin = rules_of(world("scheme_commits")), rules_of(world("scheme_commits"), aligned=True)
    assert team.causes == twin.causes
    a, b = (initial(rules, Draws(SEED, range(7), 9)) for rules in (team, twin))
    assert np.array_equal(a.belief, b.belief) and np.array_equal(a.effort, b.effort)


def test_running_the_aligned_team_or_keeping_the_members_changes_no_number() -> None:
    plain = worlds.run(world("scheme_commits"), range(7), SEED, aligned=False)
    assert plain.twin is None and plain.per_member is None
    assert not worlds.same(plain.columns, seven("scheme_commits").columns)


def test_another_seed_or_run_is_another_team() -> None:
    a, b = (worlds.run(world("scheme_commits"), [0, 1], s) for s in (0, 1))
    assert not np.array_equal(a.columns["worth"], b.columns["worth"])
    assert not np.array_equal(a.columns["worth"][:, 0], a.columns["worth"][:, 1])
