"""The project: debt, knowledge and the truck factor by hand."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from sim.errors import InvalidInput
from sim.project import Project, Stocks, Traces, begin, focus, move, productivity, truck_factor
from tests import worlds
from tests.tolerances import ROUNDING

STILL = Project(
    interest=0.2,
    debt_start=2.0,
    effect=0.5,
    hard=1.0,
    friction=0.5,
    modules=4,
    elsewhere=0.25,
    learning=0.0,
    teaching=0.0,
    forgetting=0.0,
    obscuring=0.0,
    knows=0.5,
    knowledge_start=0.8,
)
KINDS = ("work", "repay", "teach", "hoard")
TRACES = Traces(
    worth_now=np.array([1.0, 0.0, 0.0, 0.0]),
    debt=np.array([0.1, 0.0, 0.0, 0.3]),
    repays=np.array([0.0, 1.0, 0.0, 0.0]),
    practice=np.array([1.0, 0.0, 0.0, 0.0]),
    teaches=np.array([0.0, 0.0, 1.0, 0.0]),
    hoards=np.array([0.0, 0.0, 0.0, 1.0]),
    documents=np.zeros(4),
    delivers=np.zeros(4),
)


def effort(*members: dict[str, float]) -> np.ndarray:
    """Effort of one run: (activity, 1, members)."""
    return np.array([[[m.get(k, 0.0) for m in members]] for k in KINDS])


def knows(*modules: list[float], debt: float = 0.0) -> Stocks:
    """Stocks of one run; a row per module, a number per member."""
    return Stocks(debt=np.array([debt]), knowledge=np.array(modules, dtype=float)[:, None, :])


def after(project: Project, stocks: Stocks, work: np.ndarray, skill: float = 1.0) -> Stocks:
    return move(project, TRACES, stocks, work, np.full(work.shape[1:], skill))


def test_a_team_that_knows_everything_and_owes_nothing_works_at_full_pace() -> None:
    assert productivity(STILL, knows([1.0, 1.0], [1.0, 1.0], [1.0, 1.0], [1.0, 1.0])).tolist() == [1.0]


def test_debt_and_ignorance_slow_all_work() -> None:
    stocks = knows([1.0, 0.0], [1.0, 0.0], [1.0, 0.0], [1.0, 0.0], debt=2.0)
    assert productivity(STILL, stocks) == pytest.approx([(1 - 0.5 * 0.5) / 1.4], rel=ROUNDING)


def test_a_project_begins_with_members_who_know_their_own_modules_best() -> None:
    stocks = begin(STILL, runs=3, members=2)
    assert stocks.debt.tolist() == [2.0] * 3
    assert stocks.knowledge[:, 0].tolist() == [[0.8, 0.2], [0.2, 0.8], [0.8, 0.2], [0.2, 0.8]]
    assert np.array_equal(stocks.knowledge[:, 0], stocks.knowledge[:, 2])


@pytest.mark.parametrize(("modules", "members"), [(4, 2), (2, 4), (12, 9), (9, 12), (5, 5), (1, 3), (3, 1)])
def test_every_module_is_somebodys_own_and_everybody_owns_one(modules: int, members: int) -> None:
    own = focus(replace(STILL, modules=modules), members) == 1.0
    assert own.shape == (modules, members)
    assert own.any(axis=1).all() and own.any(axis=0).all()


def test_work_leaves_debt_in_proportion_to_what_is_achieved() -> None:
    full = np.ones((4, 2)).tolist()
    stocks = after(STILL, knows(*full, debt=1.0), effort({"work": 1.0}, {"work": 0.5}), skill=1.2)
    pace = 1 / 1.2
    assert stocks.debt == pytest.approx([1.0 + pace * 0.1 * 1.2 * 0.75], rel=ROUNDING)


def test_repayment_takes_debt_away_and_less_where_little_is_left_and_where_much_slows_it() -> None:
    full = np.ones((4, 2)).tolist()
    repaying = effort({"repay": 1.0}, {"repay": 1.0})
    for debt in (0.1, 2.0, 50.0):
        paid = debt - after(STILL, knows(*full, debt=debt), repaying).debt[0]
        pace = 1 / (1 + 0.2 * debt)
        assert paid == pytest.approx(debt - debt / (1 + 0.5 * pace / (debt + 1.0)), rel=1e-10)
    easy = 50.0 - after(replace(STILL, interest=0.0), knows(*full, debt=50.0), repaying).debt[0]
    assert easy == pytest.approx(0.5, rel=0.05)  # where debt does not slow, a week pays `effect` off
    assert after(STILL, knows(*full), repaying).debt[0] == 0.0


def test_debt_finds_the_level_at_which_as_much_is_paid_as_is_made() -> None:
    full, both = np.ones((4, 2)).tolist(), effort(*[{"work": 0.5, "repay": 0.5}] * 2)
    stocks = knows(*full, debt=0.0)
    for _ in range(1000):
        stocks = after(STILL, stocks, both)
    debt = stocks.debt[0]
    assert after(STILL, stocks, both).debt[0] == pytest.approx(debt, rel=1e-12)
    made, paid = 0.1 * 0.5, debt * 0.5 * 0.5 / (debt + 1.0)  # debt slows both alike
    assert paid == pytest.approx(made, rel=1e-9)


def test_what_is_not_practised_is_forgotten() -> None:
    project = replace(STILL, forgetting=0.1)
    stocks = after(project, knows([0.5, 1.0], [0.0, 0.2], [0.5, 0.5], [1.0, 1.0]), effort({}, {}))
    by_hand = [[0.45, 0.9], [0.0, 0.18], [0.45, 0.45], [0.9, 0.9]]
    assert stocks.knowledge[:, 0] == pytest.approx(np.array(by_hand), rel=ROUNDING)


def test_practice_teaches_the_own_modules_and_others_less() -> None:
    project = replace(STILL, learning=0.2)
    stocks = after(project, knows(*[[0.5, 0.5]] * 4), effort({"work": 1.0}, {}), skill=3.0)
    by_hand = [[0.6, 0.5], [0.525, 0.5], [0.6, 0.5], [0.525, 0.5]]  # whatever the skill: it is time that teaches
    assert stocks.knowledge[:, 0] == pytest.approx(np.array(by_hand), rel=ROUNDING)


def test_teaching_spreads_what_the_teacher_knows() -> None:
    project = replace(STILL, teaching=0.2)
    stocks = after(project, knows([1.0, 0.0], [0.0, 0.0], [0.5, 0.5], [0.0, 1.0]), effort({"teach": 1.0}, {}))
    taught = [0.5, 0.0, 0.25, 0.0]  # mean over members of teaching × knowing
    before = [[1, 0], [0, 0], [0.5, 0.5], [0, 1]]
    by_hand = [[k + (1 - k) * 0.2 * t for k in row] for row, t in zip(before, taught, strict=True)]
    assert stocks.knowledge[:, 0] == pytest.approx(np.array(by_hand), rel=ROUNDING)


def test_hoarding_hides_the_own_modules_from_others_and_not_from_oneself() -> None:
    project = replace(STILL, obscuring=0.4, elsewhere=0.0)
    stocks = after(project, knows(*[[1.0, 1.0]] * 4), effort({"hoard": 1.0}, {}))
    assert stocks.knowledge[:, 0].tolist() == [[1.0, 0.6], [1.0, 1.0], [1.0, 0.6], [1.0, 1.0]]


def test_knowledge_never_leaves_its_range_however_wild_the_rates() -> None:
    project = replace(STILL, learning=30.0, teaching=30.0, forgetting=0.9, obscuring=20.0)
    stocks = begin(project, 5, 3)
    rng = np.random.default_rng(1)
    for _ in range(20):
        stocks = move(project, TRACES, stocks, rng.uniform(0, 2, (4, 5, 3)), np.ones((5, 3)))
        assert stocks.knowledge.min() >= 0 and stocks.knowledge.max() <= 1
        assert stocks.debt.min() >= 0 and np.isfinite(stocks.debt).all()


def test_a_week_leaves_the_stocks_before_it_as_they_were() -> None:
    stocks = worlds.frozen(begin(STILL, 2, 3))
    work = worlds.frozen(np.ones((4, 2, 3)))
    move(STILL, worlds.frozen(TRACES), stocks, work, worlds.frozen(np.ones((2, 3))))
    assert (work == 1).all() and (stocks.debt == 2.0).all()


def test_members_and_their_modules_are_exchangeable() -> None:
    project = replace(STILL, modules=3, learning=0.1, teaching=0.2, forgetting=0.02, obscuring=0.3)
    rng, order = np.random.default_rng(2), [2, 0, 1]
    stocks = Stocks(debt=np.array([1.0]), knowledge=rng.uniform(0, 1, (3, 1, 3)))
    work, skill = rng.uniform(0, 1, (4, 1, 3)), rng.uniform(0.5, 2, (1, 3))
    moved = move(project, TRACES, stocks, work, skill)
    turned = Stocks(debt=stocks.debt, knowledge=stocks.knowledge[order][..., order])
    seated = move(project, TRACES, turned, work[..., order], skill[:, order])
    assert seated.debt == pytest.approx(moved.debt, rel=ROUNDING)
    assert seated.knowledge == pytest.approx(moved.knowledge[order][..., order], rel=ROUNDING)


def test_a_run_moves_alone_as_it_does_in_a_batch() -> None:
    project = replace(STILL, learning=0.1, teaching=0.2, forgetting=0.02, obscuring=0.3)
    rng = np.random.default_rng(3)
    stocks = Stocks(debt=rng.uniform(0, 5, 9), knowledge=rng.uniform(0, 1, (4, 9, 3)))
    work, skill = rng.uniform(0, 1, (4, 9, 3)), rng.uniform(0.5, 2, (9, 3))
    moved = move(project, TRACES, stocks, work, skill)
    for r in range(9):
        one = Stocks(debt=stocks.debt[[r]], knowledge=stocks.knowledge[:, [r]])
        alone = move(project, TRACES, one, work[:, [r]], skill[[r]])
        assert np.array_equal(alone.debt, moved.debt[[r]])
        assert np.array_equal(alone.knowledge, moved.knowledge[:, [r]])
        assert truck_factor(project, one)[0] == truck_factor(project, stocks)[r]


def by_removal(project: Project, knowledge: np.ndarray) -> int:
    """Greedy removal: (module, members) to the number of leavers that orphans more than half."""
    known = knowledge >= project.knows
    breadth = known.sum(axis=0) + 1e-6 * knowledge.sum(axis=0)
    left = sorted(range(known.shape[1]), key=lambda i: -breadth[i])
    for gone in range(known.shape[1] + 1):
        orphaned = sum(not known[j, left[gone:]].any() for j in range(len(known)))
        if 2 * orphaned > len(known):
            return gone
    raise AssertionError("when all have left, all is orphaned")


@pytest.mark.parametrize(("modules", "members"), [(12, 9), (4, 2), (3, 5), (1, 4), (7, 1)])
def test_the_truck_factor_is_that_of_removing_the_widest_first(modules: int, members: int) -> None:
    project, rng = replace(STILL, modules=modules), np.random.default_rng(modules)
    knowledge = rng.uniform(0, 1, (modules, 60, members)) ** 2
    found = truck_factor(project, Stocks(debt=np.zeros(60), knowledge=knowledge))
    assert found.tolist() == [by_removal(project, knowledge[:, r]) for r in range(60)]


def test_the_truck_factor_of_simple_teams_is_known() -> None:
    assert truck_factor(STILL, knows(*[[1.0] * 3] * 4)).tolist() == [3.0]  # all know all
    assert truck_factor(STILL, knows(*[[0.0] * 3] * 4)).tolist() == [0.0]  # nobody knows anything
    assert truck_factor(STILL, knows(*[[1.0, 0.0, 0.0]] * 4)).tolist() == [1.0]  # one knows all
    assert truck_factor(STILL, knows(*np.eye(4).tolist())).tolist() == [3.0]  # each owns one of four
    two = [[1.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, 1.0]]
    assert truck_factor(STILL, knows(*two)).tolist() == [2.0]  # half is not more than half


def test_knowing_more_never_lowers_the_truck_factor_of_a_team_of_equals() -> None:
    for known in itertools.accumulate([0.1] * 9):
        assert truck_factor(STILL, knows(*[[known] * 3] * 4))[0] == (3.0 if known >= 0.5 else 0.0)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        *[(k, -0.1) for k in ("interest", "debt_start", "effect", "learning", "teaching", "forgetting", "obscuring")],
        *[(k, v) for k in ("elsewhere", "knowledge_start") for v in (-0.1, 1.1)],
        ("hard", 0.0),
        ("friction", 1.0),
        ("friction", -0.1),
        ("knows", 0.0),
        ("knows", 1.1),
        ("modules", 0),
    ],
)
def test_numbers_outside_their_range_are_refused(key: str, value: Any) -> None:
    with pytest.raises(InvalidInput) as caught:
        replace(STILL, **{key: value})
    assert caught.value.key == key
