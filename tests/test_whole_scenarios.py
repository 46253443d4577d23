"""What holds of every scenario there could be, and what is said of those that cannot be.

`CROSSPURPOSE_EXAMPLES=N` looks at N times as many, drawn anew each time; `make soak` does so.
"""

from __future__ import annotations

import os
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, reject, settings
from hypothesis import strategies as st

from sim.arrays import Floats, summed
from sim.draws import Draws
from sim.engine import weeks
from sim.errors import InvalidInput, ModelWarning, RunFailed
from sim.record import Week
from sim.rules import plan_of
from sim.scenario import Scenario, scenario_from
from sim.simulation import simulate_runs
from tests import worlds
from tests.fuzz import scenarios
from tests.fuzz.scenarios import number
from tests.tolerances import ROUNDING

TIMES = int(os.environ.get("CROSSPURPOSE_EXAMPLES", "0"))
LATE = ("stability", "noise", "equilibrium", "weights")  # what is refused only when all parts are known: a contest
# that has no answer, and weights that nothing anybody does can move


def looked_at(examples: int) -> Callable[[Any], Any]:
    """Look at so many examples, the same ones each time, or at many more if asked to."""
    quiet = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
    return settings(
        max_examples=examples * max(TIMES, 1),
        derandomize=TIMES == 0,
        suppress_health_check=quiet,
    )


@contextmanager
def unwarned() -> Iterator[None]:
    """What the model warns of is no failure; what Python warns of is."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ModelWarning)
        yield


def ran(config: dict[str, Any], runs: list[int], seed: int, **options: Any) -> Any:
    """Results of a scenario; one whose scheme is refused late is run with a plain scheme."""
    with unwarned():
        try:
            return simulate_runs(scenario_from(config), runs, seed, **options)
        except InvalidInput as error:
            assert any(word in error.key for word in LATE), str(error)
            plain = {
                "promotion": None,
                "layoff": None,
                "pay": {"kind": "piece_rate", "slope": 0.1},
                "weights": {"hours": 1},
            }
            return simulate_runs(scenario_from(config | {"scheme": config["scheme"] | plain}), runs, seed, **options)


# ---------------------------------------------------------------- any scenario


@looked_at(15)
@given(config=scenarios.scenarios(), seed=st.integers(0, 2**40), runs=st.integers(1, 4))
def test_any_scenario_runs_stays_finite_and_keeps_what_it_must(config: dict[str, Any], seed: int, runs: int) -> None:
    found = ran(config, list(range(runs)), seed, members=True)
    scenario: Scenario = found.scenario
    for name in ("worth", "score", "reward", "hours", "gaming_share"):
        assert np.isfinite(found.columns[name]).all(), name
    for name, low, high in (("knowledge", 0, 1), ("documented", 0, 1), ("trust", 0, 1), ("custom", 0, 1)):
        values = found.columns.get(name, np.zeros(1))
        values = values[np.isfinite(values)]
        assert ((values >= low - ROUNDING) & (values <= high + ROUNDING)).all(), name
    debt = found.columns.get("debt", np.zeros(1))
    assert not (debt < 0).any()
    assert found.per_member is not None
    efforts = np.stack([x for k, x in found.per_member.items() if k.startswith("effort_")])
    assert efforts.min() >= 0
    least, most = scenario.choice.hours
    if not any(a.leads for a in scenario.activities.values()):  # whose week is only their own
        hours = summed(efforts)
        assert hours.min() >= least - 1e-9 and hours.max() <= most + 1e-9
    mean = summed(np.stack([x for k, x in found.columns.items() if k.startswith("effort_")]))
    assert mean == pytest.approx(found.columns["hours"], rel=1e-9, abs=1e-9)
    for name in ("promoted", "laid_off"):
        assert not (found.columns[name] < 0).any()
    table = found.measures()
    assert len(table) == runs and table["displaced_share"].dropna().between(-1e-9, 1 + 1e-9).all()


@looked_at(10)
@given(config=scenarios.scenarios(), seed=st.integers(0, 1000), run=st.integers(0, 10**6))
def test_a_run_of_any_scenario_is_the_same_alone_and_in_a_batch(config: dict[str, Any], seed: int, run: int) -> None:
    batch, alone = ran(config, [run + 1, run, 3], seed), ran(config, [run], seed)
    assert not worlds.same(alone.columns, {k: v[:, [1]] for k, v in batch.columns.items()})
    assert not worlds.same(alone.twin.columns, {k: v[:, [1]] for k, v in batch.twin.columns.items()})


@looked_at(10)
@given(config=scenarios.scenarios(), seed=st.integers(0, 1000), data=st.data())
def test_a_longer_scenario_begins_with_the_shorter_one(config: dict[str, Any], seed: int, data: st.DataObject) -> None:
    assume(not config["interventions"] and not config["onset"])  # they are dated by the length of the run
    least = config["scheme"]["review"]["weeks"]
    shorter = data.draw(st.integers(least, config["weeks"]))
    long, short = ran(config, [0, 1], seed), ran(config | {"weeks": shorter}, [0, 1], seed)
    assert not worlds.same(short.columns, {k: v[:shorter] for k, v in long.columns.items()})


@looked_at(10)
@given(config=scenarios.scenarios(), weights=scenarios.WEIGHTS, pay=scenarios.PAY, strength=number(0, 2))
def test_where_a_scheme_is_only_measured_nobody_moves_for_it(
    config: dict[str, Any], weights: dict[str, float], pay: dict[str, Any], strength: float
) -> None:
    """Two schemes that are only measured see the same week, whatever they would have paid."""
    alone = dict.fromkeys(("organisation", "turnover", "sponsor", "customers", "reporting", "culture", "politics"))
    config = config | alone | {"onset": 0, "interventions": [], "good_intent": True}
    config["beliefs"] = config["beliefs"] | {"rationality": "perfect"}
    other = config | {"scheme": config["scheme"] | {"weights": weights, "strength": strength, "pay": pay}}
    with unwarned():
        try:
            one, two = (
                simulate_runs(scenario_from(c), [0, 1], 7, aligned=False, shadow=True).shadow for c in (config, other)
            )
        except InvalidInput:  # a contest that is refused is not measured either
            reject()
    assert one is not None and two is not None
    moved = [k for k in worlds.same(one.columns, two.columns) if k.startswith("effort_") or k in ("worth", "debt")]
    assert not moved


# ---------------------------------------------------------------- without luck


def still(people: list[dict[str, Any]], pay: dict[str, Any], weights: dict[str, float], **others: Any) -> Scenario:
    """A team in which nothing happens by chance and nothing piles up: what people do is an answer to the scheme."""
    calm = {k.replace("__", "."): v for k, v in worlds.CALM.items()}
    scheme = {"scheme.weights": weights, "team.pay": pay, "team.people": people}
    return worlds.scenario("scheme=commits", "project=none").with_(
        {**calm, **scheme, "weeks": 12, "scheme.review.weeks": 4, **others}
    )


def lived(scenario: Scenario) -> list[Week]:
    """All weeks of one run."""
    with unwarned():
        plan = plan_of(scenario)
        return list(weeks(plan, Draws(1, [0], plan[0].members)))


def towards(scenario: Scenario) -> Floats:
    """How much of what is scored each member does in the last week, as points: (members,)."""
    last = lived(scenario)[-1]
    return np.asarray(summed(last.known.slope * last.effort)[0])


SKILLED = st.lists(
    st.builds(
        lambda motives, skill: {"motives": motives, "skill": skill}, scenarios.PERSON, number(0.3, 2)
    ),
    min_size=2,
    max_size=5,
)  # fmt: skip
PAID = st.lists(  # who wants nothing that depends on what others do
    st.builds(
        lambda pay, intrinsic, skill: {"motives": {"pay": pay, "intrinsic": intrinsic}, "skill": skill},
        *(number(0.05, 1.5), number(0.01, 1), number(0.3, 2)),
    ),
    min_size=2,
    max_size=5,
)
OPTIMAL = scenarios.CHOICE.filter(lambda c: c["kind"] in ("water_filling", "budget") and c.get("shape") != "ball")


def named(people: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same people with names."""
    return [{"name": f"p{i}", **p} for i, p in enumerate(people)]


@looked_at(20)
@given(people=SKILLED, pay=scenarios.PAY, choice=scenarios.CHOICE, weights=scenarios.WEIGHTS, data=st.data())
def test_members_in_another_order_do_the_same(
    people: list[dict[str, Any]], pay: dict[str, Any], choice: Any, weights: dict[str, float], data: st.DataObject
) -> None:
    assume(not choice.get("sampled"))  # which draws
    order = data.draw(st.permutations(range(len(people))))
    everyone = named(people)
    make = partial(still, pay=pay, weights=weights, choice=choice)
    for a, b in zip(lived(make(everyone)), lived(make([everyone[i] for i in order])), strict=True):
        assert b.effort == pytest.approx(a.effort[..., order], rel=1e-9, abs=1e-9)
        assert b.worth == pytest.approx(a.worth[:, order], rel=1e-9, abs=1e-9)


@looked_at(15)
@given(pay=scenarios.PAY, weights=scenarios.WEIGHTS, wants=st.sets(st.sampled_from(["pay", "promotion"]), min_size=1))
def test_who_wants_only_what_hangs_on_a_score_keeps_to_the_habitual_week_when_nothing_hangs_on_it(
    pay: dict[str, Any], weights: dict[str, float], wants: set[str]
) -> None:
    people = named([{"motives": dict.fromkeys(wants, 1.0), "skill": s} for s in (0.7, 1.3)])
    for passed in lived(still(people, pay, weights, **{"scheme.strength": 0.0})):
        assert passed.effort == pytest.approx(np.broadcast_to(passed.known.habit, passed.effort.shape), abs=1e-12)


# ---------------------------------------------------------------- laws of THEORY


@looked_at(20)
@given(people=PAID, weights=scenarios.OWN, choice=OPTIMAL, slopes=st.lists(number(0, 0.6), min_size=2, max_size=2))
def test_a_higher_piece_rate_never_lowers_what_is_scored(
    people: list[dict[str, Any]], weights: dict[str, float], choice: dict[str, Any], slopes: list[float]
) -> None:
    """THEORY A and B: who answers a linear reward as well as can be does no less of what it pays, per point."""
    low, high = (
        towards(still(named(people), {"kind": "piece_rate", "slope": b}, weights, choice=choice))
        for b in sorted(slopes)
    )
    assert (high >= low - 1e-9).all()


@looked_at(15)
@given(weights=scenarios.OWN, choice=OPTIMAL, slope=number(0.01, 2), sizes=st.tuples(*2 * [st.integers(1, 12)]))
def test_a_share_in_a_larger_team_never_raises_what_is_scored(
    weights: dict[str, float], choice: dict[str, Any], slope: float, sizes: tuple[int, int]
) -> None:
    """THEORY D: of equal shares each gets 1/N of what it adds."""
    person = {"motives": {"pay": 1.0, "intrinsic": 0.2}, "skill": 1.0}
    pay = {"kind": "team_share", "slope": slope}
    small, large = (towards(still(named([person] * n), pay, weights, choice=choice))[0] for n in sorted(sizes))
    assert large <= small + 1e-9


@looked_at(15)
@given(size=st.integers(2, 8), choice=OPTIMAL, prizes=st.tuples(*2 * [number(0, 0.5)]), spread=number(1, 3))
def test_a_larger_prize_never_lowers_and_more_luck_never_raises_what_is_scored(
    size: int, choice: dict[str, Any], prizes: tuple[float, float], spread: float
) -> None:
    """THEORY E: a = ΔW·β/(cσ) among equals."""

    def at(prize: float, sd: float) -> float:
        person = {"motives": {"promotion": 1.0, "intrinsic": 0.2}, "skill": 1.0}
        rule = {"kind": "tournament", "prize": prize, "winners": 1, "share": None}
        others = {"scheme.promotion": rule, "signals.commits.noise.sd": sd, "choice": choice}
        return float(
            towards(still(named([person] * size), {"kind": "salary", "pay": 1.0}, {"commits": 1.0}, **others))[0]
        )

    low, high = sorted(prizes)
    assert at(low, 2.0) <= at(high, 2.0) + 1e-9
    assert at(high, 2.0 * spread) <= at(high, 2.0) + 1e-9


@looked_at(15)
@given(people=PAID, weights=scenarios.OWN, slope=number(0, 0.5), shares=st.tuples(*2 * [number(0, 1)]))
def test_more_of_ones_own_score_in_the_pay_never_lowers_what_is_scored(
    people: list[dict[str, Any]], weights: dict[str, float], slope: float, shares: tuple[float, float]
) -> None:
    """THEORY D: a = θ(ω + (1−ω)/N) rises with ω."""
    low, high = (
        towards(still(named(people), {"kind": "mixed", "slope": slope, "own": own}, weights)) for own in sorted(shares)
    )
    assert (high >= low - 1e-9).all()


# ---------------------------------------------------------------- what cannot be


def line_of(error: InvalidInput) -> str:
    """The one line of an error, checked to be one and short."""
    line = str(error)
    assert len(line.splitlines()) == 1 and len(line) < 700, line
    assert error.key and error.allowed
    return line


@looked_at(150)
@given(data=st.data())
def test_any_value_anywhere_is_accepted_and_runs_or_is_refused_in_one_line(data: st.DataObject) -> None:
    config = worlds.composed("scheme=commits", *scenarios.EVERYTHING, "weeks=13")
    path = data.draw(st.sampled_from(PLACES))
    value = data.draw(scenarios.ODD)
    with unwarned():
        try:
            scenario = scenario_from(scenarios.put(config, path, value))
            rules = plan_of(scenario)
        except InvalidInput as error:
            line_of(error)
            return
        assert rules[0].members == len(scenario.team.seats)
        if scenario.weeks > 60 or rules[0].members > 60:
            return
        try:
            found = simulate_runs(scenario, [0], 1, aligned=False)
        except InvalidInput as error:
            line_of(error)
        except RunFailed as error:
            assert "not finite" in str(error)
        else:
            assert np.isfinite(found.columns["worth"]).all()


@looked_at(40)
@given(place=st.sampled_from(scenarios.CLOSED), data=st.data())
def test_a_key_that_is_mistyped_is_always_refused_and_the_right_one_offered(place: str, data: st.DataObject) -> None:
    config = worlds.composed("scheme=commits", *scenarios.EVERYTHING, "weeks=13")
    path = tuple(place.split("."))
    where: Any = config
    for step in path:
        where = where[step]
    key = data.draw(st.sampled_from(sorted(where)))
    at = data.draw(st.integers(0, len(key)))
    wrong = key[:at] + data.draw(st.sampled_from("xqz_9 é")) + key[at:]
    mistyped = {(wrong if k == key else k): v for k, v in where.items()}
    with pytest.raises(InvalidInput) as caught, unwarned():
        plan_of(scenario_from(scenarios.put(config, path, mistyped)))
    line = line_of(caught.value)
    assert wrong.split()[0] in line or key in line or path[-1] in line


PLACES = scenarios.places(worlds.composed("scheme=commits", *scenarios.EVERYTHING, "weeks=13"))


@pytest.mark.soak
def test_the_same_of_twenty_times_as_many() -> None:
    words = [sys.executable, "-m", "pytest", "-q", "-p", "no:xdist", "-p", "no:cacheprovider", __file__]
    done = subprocess.run(words, env=os.environ | {"CROSSPURPOSE_EXAMPLES": "20"}, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-4000:]
