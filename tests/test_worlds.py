"""The gap between what a measure promises and what is delivered, taken apart: each cause where it acts alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest
from scipy.special import ndtr, stdtr, stdtrit

import sim
from sim.arrays import Floats
from sim.choice.water_filling import WaterFilling
from sim.decision import StockDecision
from sim.draws import Draws
from sim.errors import InvalidInput
from sim.rules import rules_of
from sim.scenario import Scenario
from sim.worlds import (
    CAUSES,
    PARTS,
    WORLDS,
    Apart,
    Otherwise,
    Unbounded,
    _forked,
    chosen_share,
    decomposed,
    lived,
    misfits,
    moments,
    spread,
)
from tests.worlds import known_of, scenario

QUICK = ("scenario=three_persons", "weeks=39", "onset=13", "scheme.power=equal")


def selection(members: int, spread: float, noise: dict[str, object]) -> Scenario:
    """A week in which people differ by what they happen to do, and the one with the highest score is promoted."""
    return scenario("limit=G2", weeks=1).with_(
        {
            "activities.task_1.habit": 40.0,
            "conduct.experimentation": spread,
            "team.size": members,
            "signals.measure_1.noise": {"family": "normal", "freedom": None, "common": 0.0} | noise,
        }
    )


def highest(members: int) -> float:
    """E[the highest of N standard normal numbers]."""
    z = np.linspace(-9, 9, 20001)
    bell = np.exp(-0.5 * z * z) / np.sqrt(2 * np.pi)
    return float((z * members * ndtr(z) ** (members - 1) * bell).sum() * (z[1] - z[0]))


def error_of_the_highest(members: int, spread: float, freedom: float, scale: float) -> float:
    """E[ε | V + ε is the highest of N], ε of Student's t times `scale`, by quadrature over V and quantiles of ε."""
    node, weight = np.polynomial.hermite_e.hermegauss(40)
    weight, true = weight / weight.sum(), spread * node
    chance = (np.arange(4000) + 0.5) / 4000
    noise = scale * stdtrit(freedom, chance)
    total = 0.0
    for w, v in zip(weight, true, strict=True):
        below = weight @ stdtr(freedom, (v + noise - true[:, None]) / scale)
        total += w * float(np.mean(members * below ** (members - 1) * noise))
    return total


@pytest.mark.parametrize(("members", "true", "noise"), [(10, 1.5, 1.0), (5, 0.7, 1.3)])
def test_noise_alone_is_regressional_and_as_large_as_order_statistics_say(
    members: int, true: float, noise: float
) -> None:
    found = decomposed(selection(members, true, {"sd": noise}), runs=3000).found()
    whole = np.hypot(true, noise)
    expected = noise**2 / whole * highest(members)  # (1 − ρ²)·s_P·i
    assert found["regressional"].value == pytest.approx(expected, abs=4 * found["regressional"].error)
    assert found["regressional"].error < 0.05 * expected
    for part in ("extremal", "causal", "adversarial", "misfit"):
        assert found[part].value == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize(("members", "true", "freedom", "noise"), [(10, 1.0, 3.0, 3**0.5), (6, 1.5, 5.0, 1.0)])
def test_heavy_tails_are_regressional_as_far_as_normal_noise_would_be_and_extremal_beyond(
    members: int, true: float, freedom: float, noise: float
) -> None:
    tails = {"family": "student_t", "sd": noise, "freedom": freedom}
    found = decomposed(selection(members, true, tails), runs=6000).found()
    heavy = error_of_the_highest(members, true, freedom, noise / np.sqrt(freedom / (freedom - 2)))
    light = noise**2 / np.hypot(true, noise) * highest(members)
    assert found["regressional"].value + found["extremal"].value == pytest.approx(heavy, abs=4 * found["gap"].error)
    assert found["gap"].error < 0.05 * heavy
    assert found["regressional"].value == pytest.approx((heavy + light) / 2, abs=4 * found["regressional"].error)
    assert found["extremal"].value == pytest.approx((heavy - light) / 2, abs=4 * found["extremal"].error)
    for part in ("causal", "adversarial", "misfit"):
        assert found[part].value == pytest.approx(0, abs=1e-9)


def on_the_ball(x: Floats, size: float) -> Floats:
    return size * x / np.linalg.norm(x)


@pytest.mark.parametrize(
    ("f", "g", "h", "size", "b"),
    [
        ((1.0, 1.0, 0.0), (1.0, 0.0, 1.0), (0.3, 0.9, 0.0), 1.0, 0.8),  # as limit G6 has them
        ((1.0, 1.0, 0.0), (0.3, 0.9, 1.0), (0.3, 0.9, 0.0), 2.0, 1.5),  # without gaming nothing turns: no misfit
    ],
)
def test_a_week_of_given_length_that_turns_towards_gaming_is_adversarial(
    f: Sequence[float], g: Sequence[float], h: Sequence[float], size: float, b: float
) -> None:
    skills, tasks = (0.7, 1.0, 1.4), ("task_1", "task_2", "task_3")
    week = scenario("limit=G6").with_(
        {
            f"activities.{k}.{key}": x
            for k, w, a in zip(tasks, f, h, strict=True)
            for key, x in (("worth", w), ("worth_now", w), ("habit", a))
        }
        | {
            "activities.task_3.gaming": True,
            "signals.measure_1.loadings": dict(zip(tasks, g, strict=True)),
            "scheme.strength": b,
            "choice.size": size,
            "team.people": [{"name": f"p{s}", "skill": s, "motives": {"pay": 1.0}} for s in skills],
        }
    )
    found = decomposed(week, runs=2).found()
    worth, score, habit = np.array(f), np.array(g), np.array(h)
    start = on_the_ball(habit, size)
    slope = (worth @ start) / (score @ start)  # across people who differ in skill alone

    def gap(loading: Floats, to: float, before: Floats, strength: float) -> float:
        after = on_the_ball(habit + strength * to * loading, size)
        return to * float(slope * score @ (after - before) - worth @ (after - before))

    honest = np.array([1.0, 1.0, 0.0]) * score
    least = np.mean([gap(honest, s, start, b) for s in skills])
    whole = np.mean([gap(score, s, start, b) for s in skills])
    assert found["adversarial"].value == pytest.approx(whole - least, rel=1e-9)
    assert found["misfit"].value == pytest.approx(least, abs=1e-12)
    for part in ("regressional", "extremal", "causal"):
        assert found[part].value == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize(
    ("f", "g", "sigma", "b"),
    [
        ((1.0, 1.0, 0.0), (1.0, 0.5, 1.0), np.outer((1, 0.8, 0.1), (1, 0.8, 0.1)) + 0.1 * np.eye(3), 1.0),  # THEORY G5
        ((0.5, 2.0, 1.0), (1.0, -0.4, 0.7), np.outer((0.2, 1, 0.5), (0.2, 1, 0.5)) + 0.3 * np.eye(3), 0.6),
    ],
)
def test_a_measure_that_is_paid_for_keeps_less_than_it_promises_and_that_is_causal(
    f: Sequence[float], g: Sequence[float], sigma: Floats, b: float
) -> None:
    tasks = ("task_1", "task_2", "game")
    value, axis = np.linalg.eigh(sigma)
    away = axis * np.sqrt(3 * value)
    efforts = np.concatenate([away.T, -away.T]) + 6.0  # of six people, with covariance Σ; weights of motives
    natural = {"kind": "skill_up", "value": 2.0, "patience": 0.5, "decay": 1.0, "saturation": None}
    paid = scenario("limit=B3").with_(
        {f"activities.{k}.{key}": w for k, w in zip(tasks, f, strict=True) for key in ("worth", "worth_now")}
        | {f"motives.towards_{k}": natural | {"loadings": {k: 1.0}} for k in tasks}
        | {
            "signals.measure_1.loadings": dict(zip(tasks, g, strict=True)),
            "scheme.strength": b,
            "team.people": [
                {"name": f"p{i}", "motives": {"pay": 1.0} | {f"towards_{k}": x for k, x in zip(tasks, e, strict=True)}}
                for i, e in enumerate(efforts.tolist())
            ],
        }
    )
    apart = decomposed(paid, runs=1)
    found, worth, score = apart.found(), np.array(f), np.array(g)
    seen, caused = worth @ sigma @ score / (score @ sigma @ score), worth @ score / (score @ score)
    if b == 1.0:
        assert (seen, caused) == pytest.approx((1.15152, 0.666667), abs=1e-5)
    assert apart.slope == pytest.approx(seen, rel=1e-10)
    assert found["causal"].value == pytest.approx(b * (seen - caused) * (score @ score), rel=1e-9)
    for part in ("regressional", "extremal", "adversarial", "misfit"):
        assert found[part].value == pytest.approx(0, abs=1e-9)


def test_lines_of_code_fail_by_gaming_and_causally_an_honest_noisy_measure_by_chance() -> None:
    lines = decomposed(scenario(*QUICK, "scheme=lines_of_code", weeks=65), runs=24).found()
    assert lines["gap"].low > 0
    assert lines["adversarial"].value + lines["causal"].value > 0.5 * lines["gap"].value
    assert lines["adversarial"].value > lines["regressional"].value + lines["extremal"].value
    prize = {"kind": "tournament", "prize": 0.45, "winners": None, "share": 0.2}
    honest = scenario(*QUICK, "scheme=own_worth", signals__own_worth__noise__sd=4.0, scheme__pay=prize)
    chance = decomposed(honest, runs=48).found()
    assert chance["gap"].low > 0
    assert chance["regressional"].value > 0.8 * chance["gap"].value
    assert abs(chance["adversarial"].value) + abs(chance["causal"].value) < 0.1 * chance["gap"].value


def test_where_nobody_responds_neither_beliefs_about_the_work_nor_gaming_matter() -> None:
    fixed = decomposed(scenario(*QUICK, "scheme=lines_of_code", "choice=fixed"), runs=6)
    gaps = fixed.gaps()
    assert all(gaps[w] == gaps[w[:2] + "00"] for w in WORLDS)
    found = fixed.found()
    assert found["causal"].value == found["adversarial"].value == 0 and found["regressional"].value > 0


@pytest.mark.parametrize("scheme", ["lines_of_code", "stack_ranking", "manager_rating", "okr"])
def test_the_parts_sum_to_the_gap(scheme: str) -> None:
    apart = decomposed(scenario(*QUICK, f"scheme={scheme}"), runs=4)
    found = apart.found()
    assert sum(found[p].value for p in PARTS) == pytest.approx(found["gap"].value, abs=1e-12)
    assert found["promised"].value - found["delivered"].value == pytest.approx(found["gap"].value, abs=1e-12)
    assert found["gap"].value == pytest.approx(apart.gaps()["1111"], abs=1e-12)
    assert found["misfit"].value == pytest.approx(apart.gaps()["0000"], abs=1e-12)


def test_a_run_alone_has_the_bits_it_has_among_others() -> None:
    team = scenario(*QUICK, "scheme=lines_of_code")
    together = moments(team, range(5), 3)
    assert np.array_equal(moments(team, [3], 3)[0], together[3])
    natural = spread(together)
    batch, alone = lived(team, range(5), 3, natural).frame(), lived(team, [3], 3, natural).frame()
    assert batch.iloc[[3]].reset_index(drop=True).equals(alone)
    halves = [lived(team, part, 3, natural) for part in (range(2), range(2, 5))]
    assert Apart.joined(halves).frame().equals(batch) and Apart.of(batch).frame().equals(batch)


def test_the_world_with_everything_on_is_the_scenario_itself() -> None:
    team = scenario(*QUICK, "scheme=stack_ranking")
    apart = decomposed(team, runs=3, q=1.0)
    seen = sim.simulate(team, runs=3, aligned=False).reviewed
    for name, world in (("score", apart.score[-1]), ("contribution", apart.contribution[-1])):
        np.testing.assert_allclose(world, seen[name].mean(axis=(0, 2)), rtol=1e-12)


def test_a_window_reads_its_own_reviews_alone() -> None:
    team = scenario(*QUICK, "scheme=commits")
    short = decomposed(team, runs=3, window=13)
    assert short.frame().equals(decomposed(team.with_({"weeks": 26}), runs=3).frame())
    assert not short.frame().equals(decomposed(team, runs=3).frame())


def test_changes_of_the_scheme_and_interventions_reach_every_world() -> None:
    turns = {"every": 1, "among": ["commits", "tickets"]}
    team = scenario(*QUICK, "scheme=commits", scheme__rotation=turns)
    seen = sim.simulate(team, runs=2, aligned=False).reviewed["score"]
    apart = decomposed(team, runs=2, q=1.0)
    np.testing.assert_allclose(apart.score[-1], seen.mean(axis=(0, 2)), rtol=1e-12)
    assert not np.allclose(apart.score[-1], decomposed(scenario(*QUICK, "scheme=commits"), runs=2, q=1.0).score[-1])


def test_intervals_are_what_leaving_out_one_run_after_the_other_gives() -> None:
    apart = decomposed(scenario(*QUICK, "scheme=lines_of_code"), runs=7)
    found = apart.found()

    def without(run: int) -> Apart:
        kept = np.arange(7) != run
        return Apart(**{f.name: getattr(apart, f.name)[..., kept] for f in fields(Apart)})

    for part in ("gap", "promised", *PARTS):
        each = np.array([without(r).found()[part].value for r in range(7)])
        assert found[part].error == pytest.approx(np.sqrt(6 / 7 * ((each - each.mean()) ** 2).sum()), rel=1e-9)
        assert found[part].high - found[part].value == pytest.approx(2.446912 * found[part].error, rel=1e-6)
    alone = without(0)
    one = Apart(**{f.name: getattr(alone, f.name)[..., :1] for f in fields(Apart)}).found()
    assert np.isnan(one["gap"].error) and np.isfinite(one["gap"].value)


@pytest.mark.parametrize("scheme", ["none", "devops_shared"])
def test_a_score_that_sets_nobody_apart_promises_nothing(scheme: str) -> None:
    found = decomposed(scenario(*QUICK, f"scheme={scheme}"), runs=2).found()
    assert np.isnan(found["gap"].value) and not misfits(found)


def test_whom_a_scheme_singles_out_is_read_off_its_prizes() -> None:
    assert chosen_share(scenario("scheme=lines_of_code")) == pytest.approx(1 / 9)  # the promotion of the team
    assert chosen_share(scenario("scheme=stack_ranking")) == pytest.approx(0.2)
    assert chosen_share(scenario("scheme=lines_of_code", scheme__promotion=None)) == 1.0


def test_free_hours_answer_as_bounded_ones_do_where_nothing_binds() -> None:
    rng = np.random.default_rng(2)
    m, habit = 0.05 * rng.standard_normal((4, 3, 5)), 0.5 + rng.random((4, 3, 5))
    bounded = WaterFilling(cost=1.7, rivalry=0.4, h_min=None, h_max=None)
    free = Unbounded(cost=1.7, rivalry=0.4)
    np.testing.assert_allclose(free.respond(m, habit), bounded.respond(m, habit), rtol=1e-12)
    assert free.respond(m - 3 * np.eye(4)[0][:, None, None], habit).min() < 0
    assert free.softness(m[:, 0, 0]) == bounded.softness(m[:, 0, 0])
    assert np.array_equal(free.effort_cost(habit + m, habit), bounded.effort_cost(habit + m, habit))


def seeing(decision: StockDecision, **others: object) -> Otherwise:
    kept = {f.name: getattr(decision, f.name) for f in fields(decision)}
    return Otherwise(**{**kept, "natural": None, "games": True, **others})


def test_who_sees_something_else_in_a_score_expects_the_same_score() -> None:
    """The incentive of a contest hangs on the expected score, and only its direction is to change."""
    team = scenario("scheme=lines_of_code", beliefs__rationality="perfect")
    rules, known = rules_of(team), known_of(team)
    honest, stock = 1 - rules.gaming, rules.decision
    place = list(team.motives).index("promotion")
    real = stock.perceive(known)[place]
    blind = seeing(stock, honest=honest, games=False).perceive(known)[place]
    assert not blind[rules.gaming > 0].any() and real[rules.gaming > 0].any()
    np.testing.assert_allclose(blind[honest > 0], real[honest > 0], rtol=1e-9)
    even = seeing(stock, honest=honest, natural=np.eye(len(honest))).perceive(known)[place]
    np.testing.assert_allclose(even, real, rtol=1e-9)  # where efforts spread alike, what goes with a score causes it
    still = seeing(stock, honest=honest, natural=np.zeros((len(honest),) * 2)).perceive(known)[place]
    np.testing.assert_allclose(still, real, rtol=1e-9)


def test_noise_is_only_what_a_review_adds_by_chance() -> None:
    """Without it, raters and blame for others' work included, whoever contributes most is chosen."""
    team = scenario(*QUICK, "scheme=own_worth", "choice=fixed", scheme__rater=2.0, scheme__attribution=2.0)
    quiet = team.with_({"scheme.halo.liking": 0.0, "conduct.experimentation": 0.0, "project": None, "turnover": None})
    gaps = decomposed(quiet, runs=6).gaps()
    assert gaps["0111"] == pytest.approx(0, abs=1e-9) and gaps["1111"] > 0.1


@pytest.mark.parametrize(
    ("words", "changes", "part"),
    [
        (("scenario=organisation_200",), {}, "single team"),
        (QUICK, {"q": 0.0}, "above 0"),
        (QUICK, {"window": 27}, "from 1 to 26"),
        (QUICK, {"window": 12}, "13 weeks of a review"),
    ],
)
def test_what_cannot_be_taken_apart_is_refused_in_one_line(
    words: tuple[str, ...], changes: dict[str, Any], part: str
) -> None:
    with pytest.raises(InvalidInput, match=part):
        decomposed(scenario(*words), runs=1, **changes)


def test_causes_are_shares_of_what_they_are_switched_for() -> None:
    """A gap that is a sum of one term for each cause gives each cause its term."""
    term = np.array([8.0, 4.0, 2.0, 1.0])
    gap = np.array([[16.0 + term @ [int(x) for x in w]] for w in WORLDS])
    one = np.ones(1)
    apart = Apart(
        numbers=0 * one, score=gap, contribution=0 * gap, shadow_score=0 * one, shadow_contribution=0 * one,
        covariance=one, variance=one,
    )  # fmt: skip
    found = apart.found()
    assert [found[c].value for c in CAUSES] == pytest.approx(term.tolist()) and found["misfit"].value == 16
    assert misfits(found) and not misfits(replace(apart, score=gap - 15).found())


@pytest.mark.parametrize(("world", "led"), [("1011", True), ("1111", False)])
def test_without_the_extremal_cause_the_project_goes_the_way_of_the_shadow(world: str, led: bool) -> None:
    team = scenario(*QUICK, "scheme=lines_of_code")
    shadow, course = _forked(team, range(2), 1, None, (world,), np.eye(len(team.activities)))
    chance = next(Draws(1, range(2), 9).weekly(course.plan[0].causes, 1))
    assert shadow.state.stocks is not None and course.state.stocks is not None
    before = replace(shadow.state.stocks, debt=shadow.state.stocks.debt + 5)
    after, pace = course.after(chance, (before, np.zeros(2)))
    plain, usual = course.after(chance)
    assert after.state.stocks is not None and plain.state.stocks is not None
    assert (not after.open[0].any()) == led and plain.open[0].any()
    assert np.all(after.state.stocks.debt > plain.state.stocks.debt + 3) == led
    assert np.all(pace < usual) == led
