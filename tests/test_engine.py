"""The week: its order, by hand; what it may not touch; where it comes to rest."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from sim.draws import Draws
from sim.engine import aligned, week, weeks
from sim.evaluation import observe
from sim.outlook import outlook
from sim.perception import Known
from sim.record import Week
from sim.rules import Rules, plan_of, rules_of
from sim.scenario import Scenario
from sim.state import State, initial
from tests import worlds
from tests.tolerances import ROUNDING, SLOPE, STEP


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
        assert before.gone is not None
        stays = ~before.gone
        assert np.array_equal(after.known.effort[:, stays], before.effort[:, stays])
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
    assert np.array_equal(found.effort, expected.effort)
    assert np.array_equal(found.window.score, expected.window.score)


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
        assert b.craft == pytest.approx(a.craft[:, order], rel=1e-9)
    assert state.tenure is not None and np.isfinite(state.tenure).any()  # somebody has come


# ---------------------------------------------------------------- phases


def planned(scenario: Scenario, runs: int = 3, **options: bool) -> list[Week]:
    """All weeks of some runs, whatever is in force when."""
    plan = plan_of(scenario, **options)
    return list(weeks(plan, Draws(5, range(runs), plan[0].members)))


def test_until_the_scheme_counts_nobody_works_for_the_score_and_chance_decides_in_the_same_numbers(
    small: Scenario,
) -> None:
    harsh = {"scheme.layoff": {"kind": "layoff", "share": 0.25, "loss": 0.5}, "weeks": 39, "onset": 26}
    lived = planned(small.with_(harsh), runs=20)
    channels = list(lived[0].rules.decision.motives)
    for t, passed in enumerate(lived):
        paid = passed.terms[[channels.index("pay"), channels.index("promotion")]]
        assert paid.any() == (t >= 26)
    for t in (12, 25, 38):
        verdict = lived[t].verdict
        assert verdict is not None and verdict.promoted.sum(axis=1) == pytest.approx(np.ones(20))
        assert np.isin(verdict.laid_off.sum(axis=1).round(9), [2.0, 3.0]).all()
        assert verdict.reward.any() == (t == 38)
    first = lived[12].verdict
    assert first is not None and not np.array_equal(first.promoted.argmax(axis=1), first.score.argmax(axis=1))


def test_another_scheme_finds_the_team_as_the_one_before_left_it(small: Scenario) -> None:
    """Skills, habits, craft, debt, knowledge, last week's effort; what is told of the yardstick is believed anew."""
    today = small.with_({"scheme.weights": {"visibility": 1.0}}).config["scheme"]
    switched = planned(small.with_({"weeks": 39, "today": {"weeks": 26, "scheme": today}}))
    stayed = planned(small.with_({"weeks": 39, "scheme": today}))
    for a, b in zip(switched[:26], stayed[:26], strict=True):
        assert np.array_equal(a.effort, b.effort) and np.array_equal(a.worth, b.worth)
    before, after, other = switched[25], switched[26], stayed[26]
    assert before.gone is not None and np.array_equal(after.known.effort, other.known.effort)
    assert np.array_equal(after.known.habit, other.known.habit) and np.array_equal(after.known.skill, other.known.skill)
    assert np.array_equal(after.known.shows, other.known.shows)  # craft
    assert not np.array_equal(after.known.slope, other.known.slope)
    assert after.stocks is not None and other.stocks is not None
    assert np.abs(after.stocks.debt - other.stocks.debt).max() < 0.1 * other.stocks.debt.max()


def test_a_change_of_the_stakes_alone_leaves_what_people_have_learned(small: Scenario) -> None:
    richer = small.with_({"weeks": 39, "scheme.changes": [{"week": 26, "set": {"strength": 2.0}}]})
    changed, plain = planned(richer), planned(small.with_({"weeks": 39}))
    assert np.array_equal(changed[26].known.slope, plain[26].known.slope)
    assert not np.array_equal(changed[26].m, plain[26].m)
    told = small.with_({"weeks": 39, "scheme.changes": [{"week": 26, "set": {"weights.tickets": 2.0}}]})
    assert not np.array_equal(planned(told)[26].known.slope, plain[26].known.slope)


def test_a_review_falls_where_the_window_of_the_new_scheme_ends(small: Scenario) -> None:
    changes = [{"week": 13, "set": {"review.weeks": 4}}, {"week": 23, "set": {"review.weeks": 3}}]
    lived = planned(small.with_({"weeks": 30, "scheme.changes": changes}))
    assert [t for t, passed in enumerate(lived) if passed.verdict is not None] == [12, 16, 20, 25, 28]


def test_the_aligned_team_is_aligned_only_since_the_scheme_counts(small: Scenario) -> None:
    plain, turned = (planned(small.with_({"onset": 13}), aligned=a) for a in (False, True))
    for t, (a, b) in enumerate(zip(plain, turned, strict=True)):
        assert np.array_equal(a.m, b.m) == (t < 13)


# ---------------------------------------------------------------- what is felt is what is


def steady(**changes: Any) -> list[Week]:
    """A team that always does the same, knows all, and whose signals are without noise."""
    week = {"deliver": 0.3, "maintain": 0.3, "showcase": 0.2, "game": 0.2}
    script = {"kind": "scripted", "weeks": [week], "members": None}
    quiet = {f"signals__{s}__noise__sd": 0.0 for s in ("commits", "visibility", "reliability", "liking")}
    plain = {**worlds.CALM, "choice": script, "weeks": 6, "scheme__review__weeks": 3, "team__skill_sd": 0.3}
    plain["scheme__pay"] = {"kind": "piece_rate", "slope": 0.2}
    return worlds.lived(rules_of(worlds.scenario("scheme=commits", "project=none", **plain, **quiet, **changes)))


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"signals__commits__saturation": 0.4},
        {"scheme__weights": {"commits": 1.0, "reliability": 0.7}},
        {"scheme__weights": {"commits": 1.0, "reliability": 0.7}, "signals__reliability__saturation": 0.3},
        {"scheme__weights": {"visibility": 1.0, "commits": -0.2}, "scheme__halo__liking": 0.5},
        {"signals__commits__lag": 2},
        {"scheme__weights": {"reliability": 1.0}},
    ],
)
def test_the_score_that_is_expected_is_the_score_that_comes(changes: dict[str, Any]) -> None:
    """With perfect beliefs; and its slope is the derivative of the score in the own effort."""
    *_, before, last = steady(**changes)
    assert last.known.score == pytest.approx(last.score, rel=1e-10)
    assert np.array_equal(before.effort, last.effort)
    measurement, shows = last.rules.measurement, last.known.shows
    quiet, timeless = np.zeros((len(measurement.weight), 3, 9)), replace(measurement, lag=(0,) * len(measurement.lag))
    for k in (0, 7):
        for seat in (2, 5):
            scores = []
            for step in (STEP, -STEP):
                effort = last.effort.copy()
                effort[k, :, seat] += step
                signals, _ = observe(timeless, effort * shows, quiet)
                scores.append(np.einsum("m,mrn->rn", measurement.weight, signals)[:, seat])
            slope = (scores[0] - scores[1]) / (2 * STEP)
            assert last.known.slope[k, :, seat] == pytest.approx(slope, rel=SLOPE, abs=SLOPE)


def test_what_sets_members_apart_is_their_own_signals_whatever_the_teams_show() -> None:
    """Saturation of a team signal included."""
    own = {"commits": 1.0}
    for more in ({"reliability": 0.7}, {"reliability": -0.4, "team_worth": 2.0}):
        bends = {"signals__reliability__saturation": 0.3, "signals__commits__saturation": 0.9}
        alone, both = steady(scheme__weights=own, **bends), steady(scheme__weights=own | more, **bends)
        assert both[-1].known.apart == pytest.approx(alone[-1].known.slope, rel=1e-10)
        assert both[-1].known.standing == pytest.approx(alone[-1].known.score, rel=1e-10)
        assert both[-1].known.field == pytest.approx(alone[-1].known.field, rel=1e-10)


def test_hiding_blurs_a_score_as_much_as_it_is_felt_to(small: Scenario) -> None:
    """To first order. What blurs a review besides the weeks' signals is blurred no more."""
    first = worlds.lived(rules_of(small))[0]
    known, rules = first.known, first.rules
    assert known.obscures is not None and rules.obscures is not None
    rule, shares = rules.measurement, rules.review.shares
    weekly = rule.variance(own=True) * float(shares @ shares)
    more = 1e-6
    hazy = np.log((weekly * (1 + more) ** 2 + rule.blur**2 + rule.rater**2) / (weekly + rule.blur**2 + rule.rater**2))
    assert known.obscures == pytest.approx(rules.obscures * 0.5 * hazy / more, rel=1e-4)


def test_the_overconfident_expect_more_of_themselves_and_not_of_others() -> None:
    sober, sure = (worlds.known_of(worlds.scenario("scheme=commits", beliefs__overconfidence=k)) for k in (0.0, 0.5))
    more = 0.5 * sober.stakes.contest.noise
    first = worlds.known_of(worlds.scenario("scheme=commits", beliefs__overconfidence=0.5), week=0)
    plain = worlds.known_of(worlds.scenario("scheme=commits"), week=0)
    assert first.score == pytest.approx(plain.score + more, rel=ROUNDING)
    assert first.standing == pytest.approx(plain.standing + more, rel=ROUNDING)
    assert np.array_equal(first.field, plain.field) and np.array_equal(first.slope, plain.slope)
    assert not np.array_equal(sure.effort, sober.effort)


@pytest.mark.parametrize(
    "depth",
    [
        {"level": 1, "mean": None, "highest": 1},
        {"level": 2, "mean": None, "highest": 1},
        {"level": None, "mean": 1.5, "highest": 3},
    ],
)
def test_the_overconfident_expect_no_more_of_rivals_whom_they_think_through(depth: dict[str, Any]) -> None:
    """Also where each rival's score is known: only the own one is overrated, and by as much as without thinking."""
    changes = {"beliefs__rationality": "perfect", "beliefs__depth": depth}
    sober, sure = (
        worlds.known_of(worlds.scenario("scheme=commits", beliefs__overconfidence=k, **changes), week=0)
        for k in (0.0, 0.5)
    )
    more = 0.5 * sober.stakes.contest.noise
    assert np.array_equal(sure.field, sober.field)
    assert sure.standing == pytest.approx(sober.standing + more, rel=1e-10)
    assert np.array_equal(sure.slope, sober.slope)


@pytest.mark.parametrize("rationality", ["announced", "learned"])
@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"signals__commits__saturation": 0.3},
        {"scheme__weights": {"commits": 1.0, "visibility": 0.5}, "signals__visibility__saturation": 0.2},
        {"scheme__weights": {"commits": 1.0, "reliability": 0.5}, "signals__reliability__saturation": 0.2},
        {"scheme__weights": {"commits": 1.0, "failures_traced": 0.5}, "signals__commits__saturation": 0.3},
    ],
)
def test_the_team_is_held_to_stand_where_its_members_do_on_average(rationality: str, changes: dict[str, Any]) -> None:
    """By the weights that people were told: saturation and blame are no news about oneself alone."""
    plain = {"beliefs__rationality": rationality, "beliefs__error": 0.0}
    known = worlds.known_of(worlds.scenario("scheme=commits", **plain, **changes), week=0)
    assert known.field.shape == (3, 1)
    assert known.field[:, 0] == pytest.approx(known.standing.mean(axis=1), rel=1e-10)


@pytest.mark.parametrize("level", [0, None])
def test_whoever_thinks_no_step_ahead_goes_on_as_in_the_first_week(level: int | None) -> None:
    depth = {"level": level, "mean": None if level == 0 else 1.5, "highest": 3}
    rules = rules_of(worlds.scenario("scheme=commits", beliefs__depth=depth, turnover=None, weeks=13))
    lived = worlds.lived(rules)
    still = lived[0].known.keeps
    assert still is not None and still.any() and (still.all() == (level == 0))
    first = initial(rules, Draws(5, (0, 1, 2), 9)).effort
    for passed in lived:
        assert np.array_equal(passed.known.keeps, still)
        assert np.array_equal(passed.effort[:, still], first[:, still])
    assert not (lived[-1].effort == first).all(axis=0)[~still].any()


def test_a_decision_of_ones_own_holds_at_every_depth_of_reasoning(small: Scenario) -> None:
    for depth in ({"level": 0, "mean": None, "highest": 1}, {"level": None, "mean": 1.5, "highest": 3}):
        rules = rules_of(small.with_({"beliefs.depth": depth}))
        for passed in weeks(rules, Draws(1, range(2), 9), Still(rules)):
            assert (passed.effort[0] == 1).all() and not passed.effort[1:].any()


def test_a_rater_thinks_the_same_of_a_person_review_after_review(small: Scenario) -> None:
    rated, plain = (worlds.lived(rules_of(small.with_({"scheme.rater": r, **FROZEN}))) for r in (0.5, 0.0))
    added = [rated[t].verdict.score - plain[t].verdict.score for t in (12, 25)]
    assert added[0] == pytest.approx(added[1], rel=1e-9) and len(np.unique(added[0].round(9))) == 27
    size = rated[0].rules.measurement.rater
    assert 0.5 * size < added[0].std() < 2 * size


FROZEN: dict[str, Any] = {"choice": {"kind": "fixed"}, "turnover": None}


def test_years_in_the_team_count_for_something_up_to_five(small: Scenario) -> None:
    settled, plain = (worlds.lived(rules_of(small.with_({"scheme.halo.tenure": h}))) for h in (0.1, 0.0))
    assert settled[12].verdict is not None and plain[12].verdict is not None
    first = settled[12].verdict.score - plain[12].verdict.score
    stays = np.all([~passed.gone for passed in settled[:12]], axis=0)
    assert stays.sum() > 20 and first[stays] == pytest.approx(np.full(stays.sum(), 0.5), abs=1e-9)


# ---------------------------------------------------------------- what people learn, and what they do about gaming


def gap(scenario: Scenario, column: str = "perception_gap") -> np.ndarray:
    """A column at the reviews, mean over runs."""
    reviews = worlds.run(scenario, range(8), aligned=False).at_reviews(column)
    found: np.ndarray = reviews.mean(axis=1)
    return found


def test_people_learn_from_reviews_what_counts_and_faster_from_each_other() -> None:
    def learned(rationality: str, peers: int) -> np.ndarray:
        return gap(
            worlds.scenario(
                "scheme=commits",
                "turnover=none",
                "craft=none",
                beliefs__rationality=rationality,
                beliefs__learning__peers=peers,
                conduct__experimentation=0.3,
                scheme__attribution=0.05,
                weeks=156,
            )
        )

    stuck, alone, together = learned("fixed_error", 0), learned("learned", 0), learned("learned", 3)
    assert stuck[-1] == pytest.approx(stuck[0], rel=0.1)
    assert alone[-1] < 0.9 * alone[0] and together[-1] < alone[-1] < 0.9 * stuck[-1]


def test_what_is_never_reviewed_is_never_learned(small: Scenario) -> None:
    lived = worlds.lived(rules_of(small.with_({"weeks": 26, "scheme.review.weeks": 26, "turnover": None})))
    beliefs = [passed.known.slope[0] for passed in lived]
    assert all(np.array_equal(b, beliefs[0]) for b in beliefs)


def test_craft_rises_with_gaming_and_stands_still_without() -> None:
    tempted = {"scheme__strength": 3.0, "turnover": None, "weeks": 52, "craft__scruples": 0.0}
    paid = worlds.run(worlds.scenario("scheme=commits", **tempted), aligned=False).columns["craft"]
    assert (np.diff(paid, axis=0) >= 0).all() and (paid[-1] > 1.2 * paid[0]).all()
    honest = worlds.scenario("scheme=commits", **tempted, activities__game__distaste=1e6)
    still = worlds.run(honest, aligned=False).columns["craft"]
    assert np.ptp(still, axis=0) == pytest.approx(np.zeros(3), abs=ROUNDING)


def test_whoever_has_scruples_games_less() -> None:
    easy, strict = (
        worlds.run(worlds.scenario("scheme=commits", craft__scruples=s, weeks=39), aligned=False) for s in (0.0, 0.5)
    )
    assert (strict.columns["effort_game"][-13:] < easy.columns["effort_game"][-13:]).all()


def test_who_may_be_caught_games_less_and_pays_when_caught(small: Scenario) -> None:
    audit = {"probability": 0.5, "false_positive": 0.05, "false_negative": 0.1, "sensitivity": 0.05, "penalty": 2.0}
    scenario = small.with_({"scheme.audit": audit, "scheme.strength": 3.0, "craft.scruples": 0.0})
    free, watched = (worlds.run(s, range(8), aligned=False) for s in (scenario.with_({"scheme.audit": None}), scenario))
    assert (watched.columns["effort_game"][13:].mean(axis=0) < free.columns["effort_game"][13:].mean(axis=0)).all()
    assert watched.at_reviews("caught").any() and not free.at_reviews("caught").any()


def test_the_fear_of_an_audit_is_the_slope_of_what_it_costs(small: Scenario) -> None:
    audit = {"probability": 0.5, "false_positive": 0.05, "false_negative": 0.1, "sensitivity": 0.05, "penalty": 2.0}
    known = worlds.known_of(small.with_({"scheme.audit": audit}))
    pay, game = small.motives["pay"], list(small.activities).index("game")
    up, down = known.effort.copy(), known.effort.copy()
    up[game] += STEP
    down[game] -= STEP
    numerical = (pay.utility(up, known) - pay.utility(down, known)) / (2 * STEP)
    assert pay.marginal(known)[game] == pytest.approx(numerical, rel=1e-5, abs=1e-5)
    fearless = replace(known, stakes=replace(known.stakes, audit=None))
    assert (pay.marginal(known)[game] < pay.marginal(fearless)[game]).all()


def test_small_gains_do_not_move_people_from_what_they_did(small: Scenario) -> None:
    quiet = small.with_({"conduct.experimentation": 0.0, "turnover": None})
    stuck = worlds.lived(rules_of(quiet.with_({"conduct.status_quo": 2.0})))
    assert all(np.array_equal(passed.effort, stuck[0].known.effort) for passed in stuck)
    half = worlds.lived(rules_of(quiet.with_({"conduct.status_quo": 0.05})))
    free = worlds.lived(rules_of(quiet))
    moved = np.abs(half[0].effort - half[0].known.effort).sum(axis=0) > 0
    assert moved.any() and np.array_equal(half[0].effort[:, moved], free[0].effort[:, moved])
    best = quiet.choice.respond(half[0].m - half[0].known.objection, half[0].known.habit)
    wanted = 0.5 * np.abs(best - half[0].known.effort).sum(axis=0)
    assert np.array_equal(moved, wanted >= 0.05)


def test_seats_are_filled_at_once_by_people_who_know_nothing_and_catch_up(small: Scenario) -> None:
    lived = worlds.lived(rules_of(small.with_({"turnover.quit": 0.05})))
    came = 0
    for before, after in pairwise(lived):
        assert before.gone is not None and before.stocks is not None
        came += int(before.gone.sum())
        assert not before.stocks.knowledge[:, before.gone].any()
        stays = ~before.gone
        assert (after.known.skill[stays] >= before.known.skill[stays]).all()
    assert came > 5
