"""The week: its order, by hand; what it may not touch; where it comes to rest."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from sim.draws import Draws
from sim.engine import aligned, week, weeks
from sim.outlook import outlook
from sim.perception import Known
from sim.rules import Rules, rules_of
from sim.scenario import Scenario
from sim.state import State, initial
from tests import worlds
from tests.tolerances import ROUNDING


def one_person(**changes: object) -> Scenario:
    """One person for money alone, commits paid, without luck."""
    people = [{"name": "Ada", "motives": {"pay": 1.0}, "skill": 1.5}]
    return worlds.scenario(
        "scheme=commits",
        "project=none",
        **worlds.CALM,
        team__people=people,
        signals__commits__noise__sd=0.0,
        scheme__standardise=False,
        scheme__pay={"kind": "piece_rate", "slope": 0.2},
        scheme__review__weeks=2,
        weeks=4,
        **changes,
    )


def test_a_week_by_hand() -> None:
    """m = b·skill·g; a ← a0 + η(a* − a0); worth, score and reward follow."""
    scenario = one_person()
    rules = rules_of(scenario)
    lived = list(weeks(rules, Draws(1, [0], 1), rules.decision))
    names = tuple(scenario.activities)
    g = np.array(scenario.signals["commits"].along(names))
    a0 = np.array([a.habit for a in scenario.activities.values()])
    m = 0.2 * 1.5 * g
    best = scenario.choice.respond(m[:, None, None], a0[:, None, None])[:, 0, 0]
    first = a0 + 0.3 * (best - a0)
    second = first + 0.3 * (best - first)
    now = np.array([a.worth_now for a in scenario.activities.values()])
    for passed, effort in zip(lived, (first, second), strict=False):
        assert passed.m[:, 0, 0] == pytest.approx(m, rel=ROUNDING)
        assert passed.effort[:, 0, 0] == pytest.approx(effort, rel=1e-10)
        assert passed.worth[0, 0] == pytest.approx(1.5 * now @ effort, rel=1e-10)
        assert passed.score[0, 0] == pytest.approx(1.5 * g @ effort, rel=1e-10)
    assert lived[0].verdict is None and lived[1].verdict is not None
    window = 1.5 * g @ (first + second) / 2
    assert lived[1].verdict.score[0, 0] == pytest.approx(window, rel=1e-10)
    assert lived[1].verdict.contribution[0, 0] == pytest.approx(1.5 * now @ (first + second) / 2, rel=1e-10)
    assert lived[1].verdict.reward[0, 0] == pytest.approx(2 * 0.2 * window, rel=1e-10)


def test_each_window_is_scored_afresh() -> None:
    rules = rules_of(one_person(conduct__adjustment=1.0))
    lived = list(weeks(rules, Draws(1, [0], 1), rules.decision))
    first, second = lived[1].verdict, lived[3].verdict
    assert first is not None and second is not None
    assert first.score == pytest.approx(second.score, rel=ROUNDING)


def test_a_review_cannot_tell_apart_whose_work_it_was() -> None:
    """Its own noise is added once a review, as large as the score of so many weeks where they count most."""
    plain, blurred = (one_person().with_({"scheme.attribution": a}) for a in (0.0, 0.4))
    rules = rules_of(blurred)
    size = 0.4 * float(np.sqrt(rules.scored @ rules.scored))
    assert rules.stakes.contest.noise == pytest.approx(size, rel=ROUNDING)
    luck = list(Draws(1, [0], 1).weekly(rules.causes, 4))
    clear = worlds.lived(rules_of(plain), [0], 1)
    for chance, a, b in zip(luck, clear, worlds.lived(rules, [0], 1), strict=True):
        assert np.array_equal(a.score, b.score)
        if a.verdict is not None and b.verdict is not None:
            added = b.verdict.score - a.verdict.score
            assert added == pytest.approx(size * chance.blur[0], rel=1e-10)
            assert np.array_equal(a.verdict.contribution, b.verdict.contribution)


def test_everyone_chooses_on_what_was_known_when_last_week_ended(small: Scenario) -> None:
    lived = worlds.lived(rules_of(small))
    for before, after in pairwise(lived):
        assert after.known.effort is before.effort
        assert after.known.week == before.known.week + 1


def test_debt_slows_the_week_after_and_not_the_one_that_made_it(small: Scenario) -> None:
    rules = rules_of(small)
    draws = next(Draws(1, range(2), 9).weekly(rules.causes, 1))
    state = initial(rules, Draws(1, range(2), 9))
    assert state.stocks is not None
    after, passed = week(state, rules, draws, rules.decision)
    lighter = replace(state, stocks=replace(state.stocks, debt=state.stocks.debt * 0))
    _, easy = week(lighter, rules, draws, rules.decision)
    assert np.array_equal(passed.effort, easy.effort) and (passed.worth < easy.worth).all()
    assert after.stocks is passed.stocks and after.stocks is not state.stocks


def seated_otherwise(x: Any, order: list[int]) -> Any:
    """The same people in other seats: arrays (…, members), and whatever holds such arrays."""
    if isinstance(x, np.ndarray):
        return x[..., order] if x.shape[-1] == len(order) else x
    if isinstance(x, tuple):
        return tuple(seated_otherwise(each, order) for each in x)
    if is_dataclass(x) and not isinstance(x, type):
        return replace(x, **{f.name: seated_otherwise(getattr(x, f.name), order) for f in fields(x)})
    return x


def test_a_week_touches_neither_state_nor_rules_nor_draws(small: Scenario) -> None:
    rules = rules_of(small)
    draws = next(Draws(1, range(2), 9).weekly(rules.causes, 1))
    state = initial(rules, Draws(1, range(2), 9))
    expected, _ = week(state, rules, draws, rules.decision)
    rooms = {k: worlds.frozen(getattr(state, k)) for k in ("people", "stocks", "window")}
    hard = replace(worlds.frozen(state), **rooms)
    fixed = replace(
        worlds.frozen(rules),
        measurement=worlds.frozen(rules.measurement),
        traces=worlds.frozen(rules.traces),
        decision=worlds.frozen(rules.decision),
    )
    found, _ = week(hard, fixed, worlds.frozen(draws), fixed.decision)
    assert np.array_equal(found.effort, expected.effort) and np.array_equal(found.score, expected.score)


def shown_per_effort(state: State, rules: Rules) -> np.ndarray:
    """Skill, and in gaming skill times craft: (activity, runs, members)."""
    assert state.craft is not None
    return np.where(rules.gaming[:, None, None] > 0, state.people.skill * state.craft, state.people.skill)


def test_members_see_their_own_effort_skill_and_slope_and_the_field_as_they_believe_it(small: Scenario) -> None:
    for rationality, columns in (("perfect", 9), ("announced", 1), ("fixed_error", 1)):
        rules = rules_of(small.with_({"beliefs.rationality": rationality}))
        state = initial(rules, Draws(1, range(2), 9))
        known, minds = outlook(state, rules, next(Draws(1, range(2), 9).weekly(rules.causes, 1)))
        assert known.field.shape == (2, columns) and minds is None
        assert known.effort is state.effort
        assert np.array_equal(known.slope, state.belief * shown_per_effort(state, rules))


def test_the_aligned_team_wants_what_it_is_for_as_strongly_as_it_wanted_anything(small: Scenario) -> None:
    rules = rules_of(small, aligned=True)
    f = rules.worth
    for passed in worlds.lived(rules)[:3]:
        wanted = rules.decision.weigh(passed.terms)
        size = np.sqrt((wanted**2).sum(axis=0))
        assert passed.m == pytest.approx(f[:, None, None] / np.sqrt(f @ f) * size, rel=1e-10)


def test_turning_keeps_the_length_and_gives_the_direction() -> None:
    m = np.random.default_rng(1).standard_normal((3, 4, 5))
    turned = aligned(m, np.array([3.0, 0.0, -4.0]))
    assert np.sqrt((turned**2).sum(axis=0)) == pytest.approx(np.sqrt((m**2).sum(axis=0)), rel=ROUNDING)
    assert turned[0] == pytest.approx(-0.75 * turned[2], rel=ROUNDING) and not turned[1].any()
    assert not aligned(m, np.zeros(3)).any()


class Still:
    """A decision of one's own: everyone always does the first activity."""

    def __init__(self, rules: Rules) -> None:
        self.stock = rules.decision
        self.asked: list[str] = []

    def perceive(self, known: Known) -> np.ndarray:
        self.asked.append("perceive")
        return self.stock.perceive(known)

    def weigh(self, terms: np.ndarray) -> np.ndarray:
        self.asked.append("weigh")
        return self.stock.weigh(terms)

    def choose(self, known: Known, m: np.ndarray) -> np.ndarray:
        self.asked.append("choose")
        effort = np.zeros(known.effort.shape)
        effort[0] = 1.0
        return effort


def test_a_decision_of_ones_own_enters_by_the_seam_in_three_phases(small: Scenario) -> None:
    rules = rules_of(small)
    still = Still(rules)
    lived = list(weeks(rules, Draws(1, range(2), 9), still))
    assert still.asked == ["perceive", "weigh", "choose"] * 26
    assert all((passed.effort[0] == 1).all() and not passed.effort[1:].any() for passed in lived)


def test_without_luck_and_with_piece_rates_effort_comes_to_rest() -> None:
    scenario = one_person().with_({"weeks": 200})
    lived = worlds.lived(rules_of(scenario), runs=(0,))
    assert np.abs(lived[-1].effort - lived[-2].effort).max() < 1e-9
    assert np.abs(lived[1].effort - lived[0].effort).max() > 1e-3


def test_permuting_members_permutes_the_week(small: Scenario) -> None:
    """People, state and luck seated in another order; without a project, whose modules belong to seats."""
    order = [4, 0, 8, 2, 6, 1, 3, 7, 5]
    scenario = small.with_({"project": None, "beliefs.learning.peers": 0, "turnover.quit": 0.05})
    rules = rules_of(scenario)
    people = [scenario.config["team"]["people"][i] for i in order]
    turned = rules_of(scenario.with_({"team.people": people}))
    state, luck = initial(rules, Draws(1, range(4), 9)), Draws(2, range(4), 9)
    seated = seated_otherwise(state, order)
    for draws in luck.weekly(rules.causes, 26):
        plain = replace(draws, luck=np.repeat(draws.luck[..., :1], 9, axis=-1))  # a team's, not a seat's
        moved = replace(seated_otherwise(draws, order), luck=plain.luck)
        state, a = week(state, rules, plain, rules.decision)
        seated, b = week(seated, turned, moved, turned.decision)
        assert b.effort == pytest.approx(a.effort[..., order], rel=1e-9, abs=1e-12)
        assert b.worth == pytest.approx(a.worth[:, order], rel=1e-9)
        if a.verdict is not None and b.verdict is not None:
            assert b.verdict.promoted == pytest.approx(a.verdict.promoted[:, order])
            assert b.verdict.reward == pytest.approx(a.verdict.reward[:, order], rel=1e-9)
        assert a.gone is not None and b.gone is not None and np.array_equal(b.gone, a.gone[:, order])
        assert b.craft == pytest.approx(a.craft[:, order], rel=1e-9)  # type: ignore[index]
    assert state.tenure is not None and np.isfinite(state.tenure).any()  # somebody has come
