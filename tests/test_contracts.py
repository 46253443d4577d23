"""What every member of a catalogue keeps to: whoever adds one is tested here without adding a test.

Motives are built from `configs/motive`, choices and rewards from every yaml that names one, so that a
new file of a catalogue enters with its yaml.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest
import yaml
from omegaconf import OmegaConf
from scipy.optimize import brentq, minimize, nnls

from sim.catalogue import build, kinds
from sim.choice.base import Choice
from sim.choice.budget import Budget
from sim.choice.fixed import Fixed
from sim.choice.logit import Logit
from sim.choice.quadratic import Quadratic
from sim.choice.scripted import Scripted
from sim.choice.water_filling import WaterFilling
from sim.contest import Contest
from sim.decision import Conduct, StockDecision
from sim.loading import configs, options
from sim.motives.base import Motive
from sim.perception import Known
from sim.rewards.base import RewardRule
from sim.rewards.layoff import Layoff
from sim.rewards.target import Target
from sim.rewards.tournament import Tournament
from tests import worlds
from tests.tolerances import ERRORS, OPTIMUM, PARABOLA, QUADRATURE, ROUNDING, SLOPE, STEP

# ---------------------------------------------------------------- motives

VARIANTS: dict[str, tuple[str, dict[str, Any]]] = {  # what a motive's yaml leaves off
    "career_that_ends": ("career", {"horizon": 9, "every": 4}),
    "intrinsic_surrogated": ("intrinsic", {"surrogation": 0.4}),
    "safety_alone": ("safety", {"shared_risk": 0.0}),
    "safety_in_one_boat": ("safety", {"signal": None, "shared_risk": 0.8, "axed": 0.6}),
    "safety_from_all_sides": ("safety", {"shared_risk": 0.5, "axed": 0.5}),
    "skill_up_saturated": ("skill_up", {"saturation": 0.3}),
}
MOTIVES = [*options("motive"), *VARIANTS]
BELIEFS = ("perfect", "announced", "fixed_error")


@cache
def motive_and_known(name: str, rationality: str) -> tuple[Motive, Known]:
    """A motive as its yaml says, and a team that knows of it: mid-window, at unusual strength, read-only."""
    name, others = VARIANTS.get(name, (name, {}))
    people = [{"name": n, "motives": {name: 1.0}, "skill": None} for n in ("Ada", "Ben", "Cem", "Dora", "Emil")]
    scenario = worlds.scenario(
        "scheme=impressive",
        team__people=people,
        beliefs__rationality=rationality,
        scheme__strength=1.7,
        scheme__review__recency=0.1,
        scheme__review__patience=0.97,
        team__layoff={"kind": "layoff", "share": 0.3, "loss": 0.5},
        team__promotion={"kind": "tournament", "prize": 0.4, "winners": None, "share": 0.3},
    )
    known = worlds.known_of(scenario, week=6, runs=(0, 1, 2, 3))
    assert known.timing != 1 and known.stakes.strength == 1.7
    assert (known.field.shape[-1] == 1) == (rationality != "perfect")
    known = replace(known, culture=np.array([[0.2], [0.5], [0.7], [1.0]]))
    motive = replace(scenario.motives[name], **others)
    return worlds.frozen(motive), worlds.frozen(known)


PER_MEMBER = ("effort", "habit", "skill", "slope", "apart", "given", "given_apart", "worth")  # (…, runs, members)


def of_members(known: Known, order: list[int]) -> Known:
    """The same team seated in another order."""
    taken = {name: x[..., order] for name in PER_MEMBER if (x := getattr(known, name)) is not None}
    field = known.field if known.field.shape[-1] == 1 else known.field[..., order]
    return replace(known, field=field, **taken)


def of_run(known: Known, run: int) -> Known:
    """One run of the batch."""
    taken = {name: x[..., [run], :] for name in PER_MEMBER if (x := getattr(known, name)) is not None}
    culture = None if known.culture is None else known.culture[[run]]
    return replace(known, field=known.field[[run]], explore=known.explore[:, [run]], culture=culture, **taken)


def test_every_motive_has_a_yaml() -> None:
    assert sorted({yaml_of("motive", name)["kind"] for name in options("motive")}) == kinds("motives")


@pytest.mark.parametrize("rationality", BELIEFS)
@pytest.mark.parametrize("name", MOTIVES)
def test_a_marginal_is_the_derivative_of_its_utility(name: str, rationality: str) -> None:
    motive, known = motive_and_known(name, rationality)
    marginal = motive.marginal(known)
    for k in range(len(known.activities)):
        up, down = known.effort.copy(), known.effort.copy()
        up[k] += STEP
        down[k] -= STEP
        numerical = (motive.utility(up, known) - motive.utility(down, known)) / (2 * STEP)
        assert marginal[k] == pytest.approx(numerical, rel=SLOPE, abs=SLOPE), known.activities[k]


@pytest.mark.parametrize("rationality", BELIEFS)
@pytest.mark.parametrize("name", MOTIVES)
def test_a_motive_answers_with_finite_numbers_of_the_right_shape(name: str, rationality: str) -> None:
    motive, known = motive_and_known(name, rationality)
    marginal, utility = motive.marginal(known), motive.utility(known.effort, known)
    assert marginal.shape == known.slope.shape and marginal.dtype == np.float64
    assert utility.shape == known.skill.shape and utility.dtype == np.float64
    assert np.isfinite(marginal).all() and np.isfinite(utility).all()
    assert np.abs(marginal).max() > 0, "nothing in this world moves the motive, so nothing is tested"


@pytest.mark.parametrize("name", MOTIVES)
def test_a_motive_answers_twice_the_same(name: str) -> None:
    motive, known = motive_and_known(name, "announced")
    assert np.array_equal(motive.marginal(known), motive.marginal(known))


@pytest.mark.parametrize("rationality", BELIEFS)
@pytest.mark.parametrize("name", MOTIVES)
def test_a_motive_says_the_same_of_a_run_alone_and_in_a_batch(name: str, rationality: str) -> None:
    motive, known = motive_and_known(name, rationality)
    marginal, utility = motive.marginal(known), motive.utility(known.effort, known)
    for run in range(known.skill.shape[0]):
        alone = of_run(known, run)
        assert np.array_equal(motive.marginal(alone), marginal[:, [run]])
        assert np.array_equal(motive.utility(alone.effort, alone), utility[[run]])


@pytest.mark.parametrize("rationality", BELIEFS)
@pytest.mark.parametrize("name", MOTIVES)
def test_a_motive_does_not_depend_on_who_sits_where(name: str, rationality: str) -> None:
    motive, known = motive_and_known(name, rationality)
    order = [3, 0, 4, 2, 1]
    seated = of_members(known, order)
    assert motive.marginal(seated) == pytest.approx(motive.marginal(known)[..., order], rel=ROUNDING, abs=ROUNDING)


@pytest.mark.parametrize("name", MOTIVES)
def test_what_runs_through_the_score_is_off_at_strength_zero(name: str) -> None:
    """At strength 0 a motive is what it is of a member to whom no activity brings a score or hides it."""
    motive, known = motive_and_known(name, "perfect")
    off = replace(known, stakes=replace(known.stakes, strength=0.0))
    field = worlds.frozen(known.field)
    nothing = known.slope * 0.0
    blind = replace(off, stakes=replace(off.stakes, strength=5.0), slope=nothing, apart=nothing, field=field)
    blind = replace(blind, obscures=None)
    at_zero = motive.marginal(off)
    assert np.isfinite(at_zero).all()
    if not np.array_equal(at_zero, motive.marginal(known)):
        assert (np.sign(at_zero) == np.sign(motive.marginal(blind))).all()


# ---------------------------------------------------------------- choice


def yaml_of(group: str, name: str) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((configs() / group / f"{name}.yaml").read_text(encoding="utf-8"))
    return content


def named(folder: str, value: object, place: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Whatever below a part of a yaml names a member of a catalogue, by where it stands."""
    if isinstance(value, Mapping):
        if value.get("kind") in kinds(folder):
            yield place, value
        for k, v in value.items():
            yield from named(folder, v, f"{place}_{k}")


@cache
def choices() -> dict[str, Choice]:
    """Every choice that a yaml makes: those of the group, and those that a limit makes for itself."""
    listed = {name: yaml_of("choice", name) for name in options("choice")}
    for name in options("limit"):
        if "choice" in yaml_of("limit", name):
            listed[f"limit_{name}"] = worlds.composed(f"limit={name}")["choice"]
    return {name: build("choice", config, "choice") for name, config in listed.items()}


CHOICES = sorted(choices())
ANSWERING = [n for n in CHOICES if not isinstance(choices()[n], Fixed | Scripted)]  # to what is rewarded


def activities_of(choice: Choice) -> int:
    return len(choice.matrix) if isinstance(choice, Quadratic) else 8


def even_week(choice: Choice) -> np.ndarray:
    """A habit spread evenly, of the size that the choice gives a week: (activity, 1, 1)."""
    n = activities_of(choice)
    if isinstance(choice, Quadratic):
        each = 20.0
    elif isinstance(choice, Budget):
        each = choice.size / (n if choice.shape == "simplex" else n**0.5)
    else:
        each = 1.0 / n
    return np.full((n, 1, 1), each)


def within(choice: Choice, effort: np.ndarray) -> np.ndarray:
    """The nearest multiple of a week that the choice may give."""
    if isinstance(choice, Budget) and choice.shape == "ball":
        return effort * choice.size / np.sqrt((effort**2).sum(axis=0))
    hours = effort.sum(axis=0)
    return effort * np.clip(hours, *choice.hours) / hours


def asked(choice: Choice, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Marginal rewards and habits (activity, 4 runs, 5 members), read-only; habits fit the choice's hours."""
    rng, n = np.random.default_rng(seed), activities_of(choice)
    m = rng.normal(0, 0.5, (n, 4, 5))
    habit = rng.uniform(0.0, 2.0 / n, (n, 4, 5)) + (20.0 if isinstance(choice, Quadratic) else 0.0)
    frozen: tuple[np.ndarray, np.ndarray] = worlds.frozen(m), worlds.frozen(habit)
    return frozen


def test_every_rule_of_choice_has_a_yaml_that_makes_it() -> None:
    assert sorted({type(c).__module__.rpartition(".")[2] for c in choices().values()}) == kinds("choice")


@pytest.mark.parametrize("name", CHOICES)
def test_effort_is_finite_not_negative_and_within_hours(name: str) -> None:
    choice = choices()[name]
    m, habit = asked(choice)
    effort = choice.respond(m, habit)
    assert effort.shape == m.shape and effort.dtype == np.float64 and np.isfinite(effort).all()
    assert effort.min() >= 0
    low, high = choice.hours
    assert effort.sum(axis=0).min() >= low - ROUNDING and effort.sum(axis=0).max() <= high + ROUNDING
    assert choice.effort_cost(effort, habit).shape == m.shape[1:]


@pytest.mark.parametrize("name", CHOICES)
def test_a_choice_is_the_same_of_a_run_alone_and_in_a_batch(name: str) -> None:
    choice = choices()[name]
    m, habit = asked(choice)
    effort = choice.respond(m, habit)
    cost = choice.effort_cost(effort, habit)
    for run in range(4):
        alone = choice.respond(m[:, [run]], habit[:, [run]])
        assert np.array_equal(alone, effort[:, [run]])
        assert np.array_equal(choice.effort_cost(alone, habit[:, [run]]), cost[[run]])


@pytest.mark.parametrize("name", CHOICES)
def test_members_choose_each_for_themselves(name: str) -> None:
    choice = choices()[name]
    m, habit = asked(choice)
    order = [3, 0, 4, 2, 1]
    assert np.array_equal(choice.respond(m[..., order], habit[..., order]), choice.respond(m, habit)[..., order])


@pytest.mark.parametrize("name", [*options("choice"), "limit_H3b"])
def test_an_answer_to_all_that_is_known_is_the_same_of_a_run_alone_and_in_a_batch(name: str) -> None:
    """Chance included, where it takes part; and the same again when asked twice."""
    choice, (_, known) = choices()[name], motive_and_known("pay", "announced")
    m = np.random.default_rng(11).normal(0, 0.3, known.slope.shape)
    effort = choice.answer(m, known)
    assert effort.shape == m.shape and effort.min() >= 0 and np.array_equal(choice.answer(m, known), effort)
    for run in range(4):
        assert np.array_equal(choice.answer(m[:, [run]], of_run(known, run)), effort[:, [run]])


@pytest.mark.parametrize("name", options("choice"))
def test_a_week_is_approached_in_steps_unless_it_is_in_the_script(name: str) -> None:
    choice, (_, known) = choices()[name], motive_and_known("pay", "announced")
    m = np.random.default_rng(11).normal(0, 0.3, known.slope.shape)
    conduct = Conduct(adjustment=0.25, experimentation=0.0, status_quo=0.0, initial=None)
    decision = StockDecision(
        motives={}, weight=np.zeros((0, 5)), choice=choice, conduct=conduct, distaste=np.zeros(len(m))
    )
    best = choice.answer(m if known.objection is None else m - known.objection, known)
    step = 1.0 if isinstance(choice, Scripted) else 0.25
    expected = known.effort + step * (best - known.effort)
    assert decision.choose(known, m) == pytest.approx(expected, rel=ROUNDING, abs=ROUNDING)


@pytest.mark.parametrize("name", [n for n in CHOICES if not isinstance(choices()[n], Logit)])
def test_nothing_wanted_within_hours_means_the_habitual_week_at_no_cost(name: str) -> None:
    """Quantal response alone knows no habit."""
    choice = choices()[name]
    habit = even_week(choice)
    assert choice.respond(np.zeros(habit.shape), habit) == pytest.approx(habit, rel=ROUNDING)
    assert choice.effort_cost(habit, habit).tolist() == [[0.0]]


@pytest.mark.parametrize("name", ANSWERING)
def test_what_brings_more_is_done_no_less(name: str) -> None:
    choice = choices()[name]
    m, habit = asked(choice)
    before = choice.respond(m, habit)
    for k in range(len(m)):
        more = m.copy()
        more[k] += 0.1
        assert (choice.respond(more, habit)[k] >= before[k] - ROUNDING).all()


@pytest.mark.parametrize("name", ANSWERING)
def test_no_other_week_within_hours_would_be_better(name: str) -> None:
    """Against random weeks, near and far: what any rule that answers optimally must pass."""
    choice = choices()[name]
    m, habit = asked(choice)
    best = choice.respond(m, habit)

    def value(effort: np.ndarray) -> np.ndarray:
        return (m * effort).sum(axis=0) - choice.effort_cost(effort, habit)

    rng = np.random.default_rng(2)
    for size in (1e-4, 1e-2, 1.0):
        for _ in range(50):
            other = within(choice, np.maximum(best + size * rng.standard_normal(m.shape), 0.0) + 1e-12)
            assert (value(other) <= value(best) + ROUNDING * np.abs(value(best)).max()).all()


@pytest.mark.parametrize("name", CHOICES)
def test_softness_is_the_slope_of_the_score_in_the_incentive(name: str) -> None:
    """At the even week, by central differences; where hours bind, they are let go."""
    choice = choices()[name]
    free = replace(choice, h_min=None, h_max=None) if isinstance(choice, WaterFilling) else choice
    slope, habit = np.random.default_rng(3).normal(0, 1, activities_of(choice)), even_week(choice)
    up, down = (free.respond(s * slope[:, None, None], habit) for s in (STEP, -STEP))
    moved = (up - down)[:, 0, 0] / (2 * STEP)
    assert free.softness(slope) == pytest.approx(float(slope @ moved), rel=SLOPE, abs=SLOPE)


@pytest.mark.parametrize("name", [n for n in CHOICES if isinstance(choices()[n], WaterFilling | Quadratic)])
def test_softness_is_how_much_a_score_moves_however_far(name: str) -> None:
    """Of the answer itself, from a habit so large that neither zero nor hours bind."""
    choice = choices()[name]
    free = replace(choice, h_min=None, h_max=None) if isinstance(choice, WaterFilling) else choice
    n = activities_of(choice)
    slope, habit = np.random.default_rng(3).normal(0, 1, n), np.full((n, 1, 1), 50.0)
    moved = free.respond(slope[:, None, None], habit) - free.respond(np.zeros((n, 1, 1)), habit)
    assert free.softness(slope) == pytest.approx(float(slope @ moved[:, 0, 0]), rel=1e-10)


def random_water(rng: np.random.Generator, case: int) -> tuple[WaterFilling, np.ndarray, np.ndarray]:
    """A random case: hours free, binding below or above, equal bounds; κ 0 to nearly 1; ties; negative m."""
    n = int(rng.integers(1, 41)) if case % 5 == 0 else int(rng.integers(1, 10))
    rivalry = (0.0, 0.3, 0.5, 0.9, 0.999, float(rng.uniform(0, 0.99)))[case % 6]
    low, high = sorted(rng.uniform(0.0, 1.5, 2))
    bounds: tuple[float | None, float | None] = (
        (None, None),
        (float(low), float(high) + 1e-3),
        (None, float(high) + 1e-3),
        (float(low), None),
        (0.9, 0.9),
    )[case % 5]
    cost = float(rng.uniform(0.3, 5.0))
    choice = WaterFilling(cost=cost, rivalry=rivalry, h_min=bounds[0], h_max=bounds[1])
    habit = rng.uniform(0.0, 2.0 / n, n)
    m = rng.normal(rng.uniform(-1, 1), 1.0, n)
    if case % 4 == 0:  # ties, also in whether an activity is done at all
        m, habit = np.round(m, 0), np.full(n, round(1 / n, 2))
    if case % 7 == 0:
        m = -np.abs(m)
    return choice, m, habit


def solved_water(choice: WaterFilling, m: np.ndarray, habit: np.ndarray) -> np.ndarray:
    """The same programme by SciPy: non-negative least squares, an hour's price found by bisection."""
    n, c, k = len(m), choice.cost, choice.rivalry
    matrix = c * ((1 - k) * np.eye(n) + k * np.ones((n, n)))
    root = np.linalg.cholesky(matrix).T

    def at(price: float) -> np.ndarray:
        wanted = np.linalg.solve(root.T, matrix @ habit + m - price)
        effort: np.ndarray = nnls(root, wanted, maxiter=100 * n)[0]
        return effort

    effort, (low, high) = at(0.0), choice.hours
    bound = float(np.clip(effort.sum(), low, high))
    if effort.sum() == bound:
        return effort
    far = 1e3 * c * (1 + np.abs(m).max() + bound)
    price = brentq(lambda p: at(p).sum() - bound, -far, far, xtol=1e-13, rtol=1e-15)
    effort = at(price)
    return effort * bound / effort.sum() if bound else np.zeros(n)


def check_water(case: int) -> None:
    choice, m, habit = random_water(np.random.default_rng([case, 77]), case)
    mine = choice.respond(m[:, None, None], habit[:, None, None])[:, 0, 0]
    other = solved_water(choice, m, habit)
    low, high = choice.hours
    assert mine.min() >= 0 and low - ROUNDING <= mine.sum() <= high + ROUNDING

    def value(a: np.ndarray) -> float:
        return float(m @ a - choice.effort_cost(a[:, None, None], habit[:, None, None])[0, 0])

    size = max(1.0, abs(value(mine)), float(np.abs(m) @ mine))
    assert abs(value(mine) - value(other)) <= OPTIMUM * size, f"case {case}: {choice}"
    assert mine == pytest.approx(other, abs=PARABOLA / (1 - choice.rivalry) ** 0.5), f"case {case}: {choice}"


@pytest.mark.parametrize("block", range(4))
def test_water_filling_is_the_optimum_of_a_general_solver(block: int) -> None:
    for case in range(block * 30, block * 30 + 30):
        check_water(case)


@pytest.mark.soak
def test_water_filling_is_the_optimum_of_a_general_solver_in_600_cases() -> None:
    for case in range(600):
        check_water(case)


def test_water_filling_is_never_worse_than_sequential_quadratic_programming() -> None:
    for case in range(1000, 1020):
        choice, m, habit = random_water(np.random.default_rng([case, 77]), case)
        mine = choice.respond(m[:, None, None], habit[:, None, None])[:, 0, 0]

        def loss(a: np.ndarray, choice: Choice = choice, m: np.ndarray = m, habit: np.ndarray = habit) -> float:
            return float(choice.effort_cost(a[:, None, None], habit[:, None, None])[0, 0] - m @ a)

        low, high = choice.hours
        hours = [{"type": "ineq", "fun": lambda a, low=low: a.sum() - low}]
        if np.isfinite(high):
            hours.append({"type": "ineq", "fun": lambda a, high=high: high - a.sum()})
        start = np.full(len(m), np.clip(habit.sum(), low, high) / len(m))
        found = minimize(loss, start, bounds=[(0, None)] * len(m), constraints=hours, options={"ftol": 1e-14})
        feasible = found.x.min() >= 0 and low <= found.x.sum() <= high
        assert not feasible or loss(mine) <= found.fun + OPTIMUM * max(1.0, abs(found.fun))


@pytest.mark.parametrize("n", [1, 2, 5, 12])
def test_quadratic_is_the_optimum_of_a_general_solver(n: int) -> None:
    rng = np.random.default_rng(n)
    root = rng.standard_normal((n, n))
    matrix = root @ root.T + np.eye(n)
    choice = Quadratic(matrix=tuple(map(tuple, ((matrix + matrix.T) / 2).tolist())))
    m, habit = rng.standard_normal(n), np.full(n, 30.0)
    mine = choice.respond(m[:, None, None], habit[:, None, None])[:, 0, 0]
    upper = np.linalg.cholesky(matrix).T
    other = nnls(upper, np.linalg.solve(upper.T, matrix @ habit + m))[0]
    assert mine == pytest.approx(other, rel=1e-10)


def solved_budget(choice: Budget, m: np.ndarray, habit: np.ndarray) -> float:
    """Value of the best week that SciPy finds from many starts; the programme on a ball is not convex."""
    n = len(m)

    def value(a: np.ndarray) -> float:
        return float(m @ a - choice.effort_cost(a[:, None, None], habit[:, None, None])[0, 0])

    def over(a: np.ndarray) -> float:
        return float((a.sum() if choice.shape == "simplex" else a @ a / choice.size) - choice.size)

    found = []
    for start in [np.ones((n, 1, 1)), *(np.eye(n)[:, [k], None] + 0.01 for k in range(n))]:
        first = within(choice, start)[:, 0, 0]
        last = minimize(
            lambda a: -value(a),
            first,
            bounds=[(0, None)] * n,
            constraints={"type": "eq", "fun": over},
            options={"ftol": 1e-15, "maxiter": 500},
        ).x
        found.append(value(within(choice, np.maximum(last, 0.0)[:, None, None])[:, 0, 0]))
    return max(found)


@pytest.mark.parametrize("shape", ["ball", "simplex"])
def test_budget_is_the_optimum_of_a_general_solver(shape: str) -> None:
    """Ties in every fourth case, and nothing worth doing in every third."""
    for case in range(40):
        rng = np.random.default_rng([case, 78])
        n = int(rng.integers(1, 8))
        choice = Budget(shape=shape, size=float(rng.uniform(0.2, 2.0)), cost=float(rng.uniform(0.3, 5.0)))
        m, habit = rng.normal(0, 1.0, n), rng.uniform(0.0, 2.0 / n, n)
        if case % 4 == 0:
            m, habit = np.round(m, 0), np.full(n, round(1 / n, 2))
        if case % 3 == 0:
            m = -choice.cost * habit - np.maximum(np.abs(m), 0.5)
        mine = choice.respond(m[:, None, None], habit[:, None, None])
        value = float(m @ mine[:, 0, 0] - choice.effort_cost(mine, habit[:, None, None])[0, 0])
        other = solved_budget(choice, m, habit)
        assert abs(value - other) <= 1e-9 * max(1.0, abs(value)), f"case {case}: {choice}"


# ---------------------------------------------------------------- rewards


HALVES = ((0.5, 1.0), (0.3, 1.0), (0.2, -0.5))


@cache
def rules() -> dict[str, RewardRule]:
    """Every reward rule that a yaml names, wherever it stands; and one each at other sizes."""
    found: dict[str, RewardRule] = {}
    for group in ("reward", "team", "scheme", "limit"):
        for path in sorted((configs() / group).glob("*.yaml")):
            content = yaml_of(group, path.stem)
            if group == "scheme":  # what hangs on a score may refer to what the team says of it
                both = {"team": yaml_of("team", "three_persons"), "scheme": content}
                content = OmegaConf.to_container(OmegaConf.create(both), resolve=True)["scheme"]
            for place, config in named("rewards", content, f"{group}_{path.stem}"):
                found[place] = build("rewards", {k: v for k, v in config.items() if k != "label"}, place)
    for name, config in {
        "three_prizes": {"kind": "tournament", "prize": 2.0, "winners": 3, "share": None},
        "two_and_a_half_prizes": {"kind": "tournament", "prize": 2.0, "winners": None, "share": 0.5},
        "many_layoffs": {"kind": "layoff", "share": 0.6, "loss": 1.5},
        "two_and_a_half_grades": {"kind": "ranking", "bands": [{"share": s, "reward": r} for s, r in HALVES]},
        "rating_out_of_reach": {"kind": "rating", "levels": 4, "centre": 1.5, "width": 0.4, "slope": 1.0}
        | {"calibrated": False},
    }.items():
        found[name] = build("rewards", config, name)
    distinct: dict[str, RewardRule] = {}
    for name, rule in found.items():
        if rule not in distinct.values():
            distinct[name] = rule
    return distinct


RULES = sorted(rules())
CONTESTS = [n for n in RULES if rules()[n].contests(5)]
FIVE = Contest(members=5, noise=0.7, rivals="exact", exact_up_to=12, common=0.4)
SCORES = {
    "all_different": np.random.default_rng(1).standard_normal((6, 5)),
    "ties": np.random.default_rng(2).integers(0, 3, (6, 5)).astype(float),
    "all_alike": np.full((6, 5), 0.1),
    "one_alone": np.array([[0.3]]),
}


def lucks(shape: tuple[int, ...], n: int = 40) -> Iterator[np.ndarray]:
    """Evenly spread luck, the same for all seats."""
    for u in (np.arange(n) + 0.5) / n:
        yield worlds.frozen(np.full(shape, u))


def test_every_reward_rule_is_named_by_a_yaml() -> None:
    assert sorted({type(r).__module__.rpartition(".")[2] for r in rules().values()}) == kinds("rewards")


@pytest.mark.parametrize("mean", [False, True])
@pytest.mark.parametrize("name", RULES)
def test_the_incentive_is_the_derivative_of_the_expected_reward(name: str, mean: bool) -> None:
    rule, own = rules()[name], np.random.default_rng(3).standard_normal((6, 5))
    field = own.mean(axis=1, keepdims=True) if mean else own.copy()
    frozen, field = worlds.frozen(own), worlds.frozen(field)
    incentive = rule.incentive(frozen, field, FIVE)
    up, down = rule.expected(own + STEP, field, FIVE), rule.expected(own - STEP, field, FIVE)
    assert incentive.shape == own.shape and incentive.dtype == np.float64
    assert incentive == pytest.approx((up - down) / (2 * STEP), rel=SLOPE, abs=SLOPE)


@pytest.mark.parametrize("name", [n for n in RULES if not isinstance(rules()[n], Target)])
def test_the_expected_reward_is_the_mean_of_many_rewards(name: str) -> None:
    """Of all rules but the ratchet, whose members look beyond the review; common luck included."""
    rule, n = rules()[name], 20_000
    own, rng = np.array([[0.0, 0.4, -0.6, 1.0, 0.2]]), np.random.default_rng(4)
    score = own + FIVE.noise * rng.standard_normal((n, 5)) + FIVE.common * rng.standard_normal((n, 1))
    paid = rule.reward(score, rng.random((n, 5)))
    error = paid.std(axis=0) / np.sqrt(n)
    assert (np.abs(paid.mean(axis=0) - rule.expected(own, own, FIVE)[0]) <= ERRORS * error + ROUNDING).all()


@pytest.mark.parametrize("name", [n for n in RULES if not isinstance(rules()[n], Target)])
def test_one_alone_expects_the_mean_of_many_rewards_too(name: str) -> None:
    rule, n, rng = rules()[name], 20_000, np.random.default_rng(9)
    own, alone = np.array([[0.4]]), replace(FIVE, members=1)
    paid = rule.reward(own + alone.spread * rng.standard_normal((n, 1)), rng.random((n, 1)))
    error = paid.std() / np.sqrt(n)
    assert abs(paid.mean() - rule.expected(own, own, alone)[0, 0]) <= ERRORS * error + ROUNDING
    for part in (rule.incentive(own, own, alone), rule.cover(own, own, alone)):
        assert part.shape == (1, 1) and np.isfinite(part).all()


@pytest.mark.parametrize("name", [n for n in RULES if not rules()[n].compares])
def test_cover_is_what_a_noisier_score_adds_to_the_expected_reward(name: str) -> None:
    """Where others' scores do not count; in contests it is that of a single cut."""
    rule, own = rules()[name], worlds.frozen(np.random.default_rng(10).standard_normal((6, 5)))
    up, down = (rule.expected(own, own, replace(FIVE, noise=FIVE.noise * np.exp(s))) for s in (STEP, -STEP))
    cover = rule.cover(own, own, FIVE)
    assert cover.shape == own.shape and cover.dtype == np.float64
    assert cover == pytest.approx((up - down) / (2 * STEP), rel=SLOPE, abs=SLOPE)


@pytest.mark.parametrize("name", RULES)
def test_what_a_point_of_anothers_score_adds_to_the_own_reward_is_the_rules_spill(name: str) -> None:
    rule, score, luck = rules()[name], SCORES["all_different"], np.full((6, 5), 0.3)
    for other in range(5):
        up, down = score.copy(), score.copy()
        up[:, other] += STEP
        down[:, other] -= STEP
        slope = np.delete((rule.reward(up, luck) - rule.reward(down, luck)) / (2 * STEP), other, axis=1)
        assert slope == pytest.approx(np.full((6, 4), rule.spill(5)), rel=SLOPE, abs=SLOPE)
    assert np.isfinite(rule.spill(1))


@pytest.mark.parametrize("name", [n for n in RULES if rules()[n].compares])
def test_a_rule_that_compares_does_not_feel_what_moves_all_scores_alike(name: str) -> None:
    rule, score = rules()[name], SCORES["all_different"]
    for luck in lucks(score.shape, 4):
        assert np.array_equal(rule.reward(score + 3.5, luck), rule.reward(score, luck))
    for of in (rule.expected, rule.incentive, rule.cover):
        shaken = of(score + 3.5, score + 3.5, replace(FIVE, common=2.0))
        assert shaken == pytest.approx(of(score, score, FIVE), rel=QUADRATURE, abs=QUADRATURE)


@pytest.mark.parametrize("scores", sorted(SCORES))
@pytest.mark.parametrize("name", RULES)
def test_a_reward_is_finite_and_does_not_depend_on_who_sits_where(name: str, scores: str) -> None:
    rule, score = rules()[name], worlds.frozen(SCORES[scores])
    for luck in lucks(score.shape, 4):
        reward = rule.reward(score, luck)
        assert reward.shape == score.shape and reward.dtype == np.float64 and np.isfinite(reward).all()
        order = np.random.default_rng(5).permutation(score.shape[-1])
        assert rule.reward(score[:, order], luck) == pytest.approx(reward[:, order], rel=ROUNDING, abs=ROUNDING)


@pytest.mark.parametrize("name", RULES)
def test_a_reward_is_the_same_of_a_run_alone_and_in_a_batch(name: str) -> None:
    rule, score = rules()[name], SCORES["ties"]
    luck = np.random.default_rng(6).random(score.shape)
    reward = rule.reward(score, luck)
    for run in range(len(score)):
        assert np.array_equal(rule.reward(score[[run]], luck[[run]]), reward[[run]])


@pytest.mark.parametrize("scores", sorted(SCORES))
@pytest.mark.parametrize("name", RULES)
def test_equal_scores_are_rewarded_equally(name: str, scores: str) -> None:
    rule, score = rules()[name], SCORES[scores]
    for luck in lucks(score.shape, 4):
        reward = rule.reward(score, luck)
        for row, paid in zip(score, reward, strict=True):
            for value in np.unique(row):
                assert len(np.unique(paid[row == value])) == 1


@pytest.mark.parametrize("scores", sorted(SCORES))
@pytest.mark.parametrize("name", CONTESTS)
def test_a_contest_pays_out_each_prize_for_each_place_whoever_ties(name: str, scores: str) -> None:
    rule, score = rules()[name], SCORES[scores]
    members = score.shape[-1]
    many = np.arange(1000.0)[None, :]
    lowest = rule.reward(many, np.full(many.shape, 0.5))[0, 0]  # what the last of a thousand gets
    sums = []
    for luck in lucks(score.shape):
        paid = rule.reward(score, luck).sum(axis=-1)
        distinct = rule.reward(np.arange(float(members))[None, :], luck[:1]).sum(axis=-1)
        assert paid == pytest.approx(np.full(len(score), distinct[0]), rel=ROUNDING, abs=ROUNDING)
        sums.append(paid)
    pot = sum(prize * min(places, members) for prize, places in rule.contests(members))
    prizes = sum(prize for prize, _ in rule.contests(members))
    assert np.mean(sums, axis=0) == pytest.approx(np.full(len(score), members * lowest + pot), abs=prizes / 40)


@pytest.mark.parametrize("scores", sorted(SCORES))
@pytest.mark.parametrize("name", RULES)
def test_who_is_chosen_is_who_gets_the_prize(name: str, scores: str) -> None:
    rule, score = rules()[name], worlds.frozen(SCORES[scores])
    contests = rule.contests(score.shape[-1])
    for luck in lucks(score.shape, 4):
        chosen = rule.chosen(score, luck)
        assert chosen.shape == score.shape and chosen.min() >= 0 and chosen.max() <= 1
        if isinstance(rule, Tournament | Layoff):
            assert np.abs(rule.reward(score, luck)) == pytest.approx(contests[0][0] * chosen, rel=ROUNDING)
        else:
            assert not chosen.any()


@pytest.mark.parametrize("name", CONTESTS)
def test_a_team_rounds_its_places_by_the_luck_of_its_first_seat_alone(name: str) -> None:
    rule, score = rules()[name], SCORES["all_different"]
    luck = np.random.default_rng(7).random(score.shape)
    other = luck.copy()
    other[:, 1:] = 1 - other[:, 1:]
    assert np.array_equal(rule.reward(score, luck), rule.reward(score, other))


@pytest.mark.parametrize("name", RULES)
def test_a_higher_score_is_never_rewarded_less(name: str) -> None:
    rule = rules()[name]
    score = np.random.default_rng(8).standard_normal((1, 5))
    last = np.full(1, -np.inf)
    for own in np.linspace(-3, 3, 31):
        score[0, 2] = own
        paid = rule.reward(score, np.full((1, 5), 0.3))[:, 2]
        assert (paid >= last).all()
        last = paid
