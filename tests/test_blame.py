"""Blame for incidents: conserved, equal among equals, less for whoever cannot be seen, and felt as it falls."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.arrays import weighed
from sim.blame import put_down, spared
from sim.engine import Week
from sim.errors import InvalidInput
from sim.evaluation import observe
from sim.rules import Rules, rules_of
from sim.scenario import Scenario
from tests import worlds
from tests.tolerances import ROUNDING, SLOPE, STEP

TRACED = {"commits": 1.0, "failures_traced": 0.5}
HAZE = np.array([[1.0, 1.5, 1.0, 2.5]])


def blaming(**changes: Any) -> Scenario:
    """The three persons, scored by commits and by the failures that are put down to them."""
    return worlds.scenario("scheme=commits", **({"scheme__weights": TRACED, "weeks": 26} | changes))


def test_among_equally_visible_people_all_are_blamed_alike() -> None:
    for haze in (1.0, 1.7):
        blamed = put_down(np.array([3.0, 0.0]), np.full((2, 4), haze))
        assert blamed == pytest.approx(np.array([[0.75] * 4, [0.0] * 4]), rel=ROUNDING)


@given(st.lists(st.floats(1.0, 50.0), min_size=1, max_size=12), st.integers(0, 9))
def test_as_much_is_put_down_to_people_as_there_is_whatever_they_obscure(haze: list[float], incidents: int) -> None:
    blamed = put_down(np.array([float(incidents)]), np.array([haze]))
    assert blamed.sum() == pytest.approx(incidents, rel=ROUNDING) and (blamed >= 0).all()


def test_who_obscures_is_blamed_less_and_the_others_more() -> None:
    before, after = put_down(np.array([2.0]), np.ones((1, 4)))[0], put_down(np.array([2.0]), HAZE)[0]
    assert after[3] < after[1] < before[0] < after[0] == after[2]


def test_what_obscuring_spares_is_the_slope_of_what_is_put_down() -> None:
    obscures = np.array([0.0, 0.5, 2.0])
    found = spared(np.array([3.0]), HAZE, obscures)
    assert found.shape == (3, 1, 4) and not found[0].any() and (found[1:] > 0).all()
    for k in (1, 2):
        for seat in range(4):
            ends = [HAZE + obscures[k] * step * (np.arange(4) == seat) for step in (STEP, -STEP)]
            up, down = (put_down(np.array([3.0]), haze)[0, seat] for haze in ends)
            assert found[k, 0, seat] == pytest.approx((down - up) / (2 * STEP), rel=SLOPE)


def test_an_own_signal_falls_by_what_is_put_down_and_the_teams_by_an_nth_of_all() -> None:
    rule = replace(
        rules_of(blaming(scheme__weights=TRACED | {"reliability": 1.0})).measurement,
        lag=(0, 0, 0),
        saturation=(0.4, None, None),
    )
    assert not rule.shared[1] and rule.shared[2] and rule.blame[1] > 0
    rule = replace(rule, blame=np.array([0.0, 2.0, 3.0]))
    work, quiet = np.random.default_rng(1).uniform(size=(8, 1, 4)), np.zeros((3, 1, 4))
    faults = put_down(np.array([2.0]), HAZE)
    clear, dark = observe(rule, work, quiet)[0], observe(rule, work, quiet, faults=faults)[0]
    assert np.array_equal(clear[0], dark[0])
    assert clear[1] - dark[1] == pytest.approx(2.0 * faults, rel=1e-9)
    assert clear[2] - dark[2] == pytest.approx(np.full((1, 4), 3.0 * 2.0 / 4), rel=1e-9)


def test_a_signal_that_lags_blames_later() -> None:
    rule = replace(rules_of(blaming()).measurement, lag=(0, 1), blame=np.array([0.0, 1.0]))
    work, quiet, trail = np.zeros((8, 1, 4)), np.zeros((2, 1, 4)), (np.zeros((1, 1, 4)),)
    faults = put_down(np.array([1.0]), HAZE)
    now, later = observe(rule, work, quiet, trail=trail, faults=faults)
    assert not now.any()
    assert np.array_equal(observe(rule, work, quiet, trail=later)[0][1], -faults)


def test_the_teams_scores_fall_by_its_incidents_times_the_blame() -> None:
    """Whoever hides: the same team with and without blame, whose choices are the same."""
    still = {"choice": {"kind": "fixed"}, "turnover": None, "beliefs__rationality": "perfect"}
    dark, clear = (worlds.lived(rules_of(blaming(signals__failures_traced__blame=b, **still))) for b in (1.0, 0.0))
    rule = dark[0].rules.measurement
    happened = 0.0
    for a, b in zip(dark, clear, strict=True):
        assert a.stocks is not None and a.stocks.incidents is not None and np.array_equal(a.effort, b.effort)
        fallen = (b.score - a.score).sum(axis=1)
        assert fallen == pytest.approx(rule.weight[1] * rule.blame[1] * a.stocks.incidents, rel=1e-9, abs=1e-12)
        happened += a.stocks.incidents.sum()
    assert happened > 10


def expected_score(rules: Rules, before: Week, effort: np.ndarray, shows: np.ndarray) -> np.ndarray:
    """Score that a week of effort is expected to bring after another: (runs, members)."""
    assert rules.project is not None and rules.project.incidents is not None and before.stocks is not None
    haze = np.ones(effort.shape[1:]) if rules.obscures is None else 1 + weighed(rules.obscures, effort)
    faults = put_down(rules.project.incidents.expected(before.stocks.debt), haze)
    quiet = np.zeros((len(rules.signals), *haze.shape))
    return weighed(rules.measurement.weight, observe(rules.measurement, effort * shows, quiet, faults=faults)[0])


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"activities__fortify__obscures": 3.0, "activities__showcase__obscures": 0.7},
        {"activities__fortify__obscures": 0.0},
        {"scheme__weights": TRACED | {"reliability": 0.7}, "signals__reliability__blame": 2.0},
        {"scheme__weights": {"failures_traced": 1.0}, "signals__failures_traced__loadings": {"maintain": 0.3}},
        {"signals__commits__saturation": 0.4},
    ],
)
def test_blame_is_expected_as_it_falls_and_its_slope_is_felt(changes: dict[str, Any]) -> None:
    """With perfect beliefs: score, slope in the own effort, and the part that sets members apart."""
    lived = worlds.lived(rules_of(blaming(beliefs__rationality="perfect", team__habit_sd=0.3, **changes)))
    before, last = lived[5], lived[6]
    rules, known = last.rules, last.known
    assert known.score == pytest.approx(expected_score(rules, before, known.effort, known.shows), rel=1e-10)
    for k in range(len(known.activities)):
        for seat in (2, 5):
            scores = []
            for step in (STEP, -STEP):
                effort = known.effort.copy()
                effort[k, :, seat] += step
                scores.append(expected_score(rules, before, effort, known.shows)[:, seat])
            slope = (scores[0] - scores[1]) / (2 * STEP)
            assert known.slope[k, :, seat] == pytest.approx(slope, rel=SLOPE, abs=SLOPE)
    assert np.array_equal(known.field, known.standing)
    assert (known.apart is known.slope) == ("reliability" not in rules.signals)


def test_perfect_beliefs_about_blame_leave_no_gap_of_perception() -> None:
    results = worlds.run(blaming(beliefs__rationality="perfect", activities__fortify__obscures=3.0))
    assert results.at_reviews("perception_gap") == pytest.approx(np.zeros((2, 3)), abs=1e-12)


def test_only_who_is_told_that_failures_count_hides_from_them() -> None:
    told, untold = (
        worlds.known_of(
            blaming(beliefs__rationality="announced", beliefs__sees_through=0.0, scheme__announced=announced), week=0
        )
        for announced in (TRACED, {"commits": 1.0})
    )
    k = told.activities.index("fortify")
    assert (told.slope[k] > untold.slope[k]).all()
    others = [i for i in range(len(told.activities)) if i != k]
    assert np.array_equal(told.slope[others], untold.slope[others])


def test_rivals_are_believed_to_be_blamed_too() -> None:
    """The team's mean falls by blame·incidents/N, and so does one's own standing where all are equally visible."""
    alike = {"activities__fortify__obscures": 0.0, "beliefs__rationality": "announced"}
    dark, clear = (worlds.known_of(blaming(signals__failures_traced__blame=b, **alike), week=0) for b in (1.0, 0.0))
    fallen = clear.field - dark.field
    assert fallen.shape == (3, 1) and (fallen > 0).all()
    assert clear.standing - dark.standing == pytest.approx(np.broadcast_to(fallen, dark.standing.shape), rel=1e-9)


def test_what_is_put_down_to_people_is_not_taken_for_the_fruit_of_their_work() -> None:
    """Members know how many failures were put down to them, and learn from the rest of their score."""
    still = {"choice": {"kind": "fixed"}, "weeks": 27, "turnover": None, "beliefs__learning__peers": 0}
    weights = TRACED | {"reliability": 0.5}
    dark, clear = (
        worlds.lived(
            rules_of(
                blaming(
                    scheme__weights=weights,
                    signals__failures_traced__blame=b,
                    signals__reliability__blame=b,
                    **still,
                )
            )
        )
        for b in (1.0, 0.0)
    )
    assert not np.array_equal(dark[12].verdict.score, clear[12].verdict.score)
    assert clear[26].known.slope == pytest.approx(
        dark[26].known.slope - dark[26].rules.blame * dark[26].known.spares,
        rel=1e-9,
        abs=1e-12,
    )


@pytest.mark.parametrize(
    "changes", [{"project": None}, {"project__incidents": None}, {"scheme__weights": {"commits": 1.0}}]
)
def test_where_nothing_breaks_or_nobody_counts_it_blame_leaves_no_trace(changes: dict[str, Any]) -> None:
    dark, clear = (blaming(**({"signals__failures_traced__blame": b} | changes)) for b in (1.0, 0.0))
    assert not rules_of(dark).blames
    assert worlds.known_of(dark).spares is None
    assert not worlds.same(worlds.run(dark).columns, worlds.run(clear).columns)


@pytest.mark.parametrize("unit", [1000.0, 0.001])
def test_the_unit_in_which_failures_are_counted_leaves_no_trace(unit: float) -> None:
    plain = blaming()
    scaled = plain.with_({"signals.failures_traced.blame": unit, "signals.failures_traced.noise.sd": 0.2 * unit})
    assert not worlds.same(worlds.run(plain).columns, worlds.run(scaled).columns)


def test_blame_makes_people_obscure_more() -> None:
    heavy = {"scheme__weights": {"commits": 1.0, "failures_traced": 3.0}, "activities__fortify__obscures": 2.0}
    dark, clear = (worlds.run(blaming(signals__failures_traced__blame=b, **heavy)) for b in (1.0, 0.0))
    assert (dark.columns["effort_fortify"][-1] > clear.columns["effort_fortify"][-1]).all()


def test_a_failure_cannot_be_to_ones_credit() -> None:
    with pytest.raises(InvalidInput) as caught:
        blaming(signals__failures_traced__blame=-0.1)
    assert caught.value.key == "signals.failures_traced.blame"
