"""The project: debt, knowledge, documents, incidents, backlog and the truck factor by hand."""

from __future__ import annotations

import itertools
from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest
from scipy.stats import poisson

from sim.errors import InvalidInput
from sim.measures.pooled import lead_time
from sim.project import (
    Coordination,
    Documentation,
    Incidents,
    Project,
    Stocks,
    Traces,
    begin,
    delivered,
    documented_share,
    focus,
    forget,
    move,
    orphaned,
    productivity,
    truck_factor,
)
from tests import worlds
from tests.tolerances import ERRORS, ROUNDING

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
    rot=0.0,
    documentation=None,
    incidents=None,
    coordination=None,
    demand=None,
)
WHOLE = replace(
    STILL,
    learning=0.1,
    teaching=0.2,
    forgetting=0.02,
    obscuring=0.3,
    rot=0.01,
    documentation=Documentation(rate=0.4, staleness=0.02, reach=0.5),
    incidents=Incidents(base=0.3, per_debt=0.2, cost=0.7),
    coordination=Coordination(pair=0.02, reach=2),
    demand=0.5,
)
KINDS = ("work", "repay", "teach", "hoard")
CALM = np.zeros((0, 1, 1))  # no luck where nothing can fail
TRACES = Traces(
    worth_now=np.array([1.0, 0.0, 0.0, 0.0]),
    debt=np.array([0.1, 0.0, 0.0, 0.3]),
    repays=np.array([0.0, 1.0, 0.0, 0.0]),
    practice=np.array([1.0, 0.0, 0.0, 0.0]),
    teaches=np.array([0.0, 0.0, 1.0, 0.0]),
    hoards=np.array([0.0, 0.0, 0.0, 1.0]),
    documents=np.array([0.0, 0.0, 0.5, 0.0]),
    delivers=np.array([1.0, 0.0, 0.0, 0.0]),
)


def effort(*members: dict[str, float]) -> np.ndarray:
    """Effort of one run: (activity, 1, members)."""
    return np.array([[[m.get(k, 0.0) for m in members]] for k in KINDS])


def knows(*modules: list[float], debt: float = 0.0) -> Stocks:
    """Stocks of one run; a row per module, a number per member."""
    return Stocks(debt=np.array([debt]), knowledge=np.array(modules, dtype=float)[:, None, :])


def after(project: Project, stocks: Stocks, work: np.ndarray, skill: float = 1.0) -> Stocks:
    return move(project, TRACES, stocks, work, np.full(work.shape[1:], skill), CALM)


def unlucky(*luck: float) -> np.ndarray:
    """The luck of incidents, a number per run, and of seats that do not count: (1, runs, 2)."""
    return np.array([[[u, 0.999] for u in luck]])


def random_stocks(project: Project, runs: int, members: int, seed: int) -> Stocks:
    """A project in the middle of things."""
    rng = np.random.default_rng(seed)
    return Stocks(
        debt=rng.uniform(0, 5, runs),
        knowledge=rng.uniform(0, 1, (project.modules, runs, members)),
        documented=rng.uniform(0, 1, (project.modules, runs)),
        incidents=rng.integers(0, 3, runs).astype(float),
        backlog=rng.uniform(0, 3, runs),
    )


def of_run(stocks: Stocks, r: int) -> Stocks:
    """One run of the batch."""
    assert stocks.documented is not None and stocks.incidents is not None and stocks.backlog is not None
    return Stocks(
        debt=stocks.debt[[r]],
        knowledge=stocks.knowledge[:, [r]],
        documented=stocks.documented[:, [r]],
        incidents=stocks.incidents[[r]],
        backlog=stocks.backlog[[r]],
    )


def test_a_team_that_knows_everything_and_owes_nothing_works_at_full_pace() -> None:
    assert productivity(STILL, knows([1.0, 1.0], [1.0, 1.0], [1.0, 1.0], [1.0, 1.0]), 2).tolist() == [1.0]


def test_debt_and_ignorance_slow_all_work() -> None:
    stocks = knows([1.0, 0.0], [1.0, 0.0], [1.0, 0.0], [1.0, 0.0], debt=2.0)
    assert productivity(STILL, stocks, 2) == pytest.approx([(1 - 0.5 * 0.5) / 1.4], rel=ROUNDING)


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


def test_shares_stay_shares_and_debt_stays_finite_however_wild_the_rates() -> None:
    wild = Documentation(rate=40.0, staleness=0.9, reach=1.0)
    failing = Incidents(base=0.0, per_debt=2.0, cost=3.0)
    project = replace(WHOLE, learning=30.0, teaching=30.0, forgetting=0.9, obscuring=20.0, rot=1.0)
    project = replace(project, documentation=wild, incidents=failing)
    stocks = begin(project, 5, 3)
    rng = np.random.default_rng(1)
    for _ in range(20):
        work, luck = rng.uniform(0, 2, (4, 5, 3)), rng.uniform(0, 1, (1, 5, 3))
        stocks = move(project, TRACES, stocks, work, np.ones((5, 3)), luck)
        pace = productivity(project, stocks, 3)
        assert stocks.documented is not None and stocks.incidents is not None and stocks.backlog is not None
        for share in (stocks.knowledge, stocks.documented, pace, orphaned(project, stocks)):
            assert share.min() >= 0 and share.max() <= 1
        for amount in (stocks.debt, stocks.incidents, stocks.backlog):
            assert amount.min() >= 0 and np.isfinite(amount).all()


def test_a_week_leaves_the_stocks_before_it_as_they_were() -> None:
    stocks = worlds.frozen(begin(WHOLE, 2, 3))
    work, luck = worlds.frozen(np.ones((4, 2, 3))), worlds.frozen(np.full((1, 2, 3), 0.99))
    moved = move(worlds.frozen(WHOLE), worlds.frozen(TRACES), stocks, work, worlds.frozen(np.ones((2, 3))), luck)
    assert (work == 1).all() and (stocks.debt == 2.0).all() and (stocks.incidents == 0).all()
    assert (moved.incidents > 0).all()


def test_members_and_their_modules_are_exchangeable() -> None:
    project, order = replace(WHOLE, modules=3), [2, 0, 1]
    stocks, rng = random_stocks(project, 1, 3, seed=2), np.random.default_rng(2)
    assert stocks.documented is not None
    work, skill, luck = rng.uniform(0, 1, (4, 1, 3)), rng.uniform(0.5, 2, (1, 3)), np.full((1, 1, 3), 0.7)
    moved = move(project, TRACES, stocks, work, skill, luck)
    turned = replace(stocks, knowledge=stocks.knowledge[order][..., order], documented=stocks.documented[order])
    seated = move(project, TRACES, turned, work[..., order], skill[:, order], luck)
    assert moved.documented is not None and seated.documented is not None
    assert seated.debt == pytest.approx(moved.debt, rel=ROUNDING)
    assert seated.knowledge == pytest.approx(moved.knowledge[order][..., order], rel=ROUNDING)
    assert seated.documented == pytest.approx(moved.documented[order], rel=ROUNDING)
    assert seated.backlog == pytest.approx(moved.backlog, rel=ROUNDING)
    assert np.array_equal(seated.incidents, moved.incidents)


@pytest.mark.parametrize("members", [1, 2, 3, 9])
def test_a_run_moves_alone_as_it_does_in_a_batch(members: int) -> None:
    rng = np.random.default_rng(3)
    stocks = random_stocks(WHOLE, 9, members, seed=3)
    work, skill = rng.uniform(0, 1, (4, 9, members)), rng.uniform(0.5, 2, (9, members))
    luck = rng.uniform(0, 1, (1, 9, members))
    moved = move(WHOLE, TRACES, stocks, work, skill, luck)
    for r in range(9):
        alone = move(WHOLE, TRACES, of_run(stocks, r), work[:, [r]], skill[[r]], luck[:, [r]])
        for field in fields(Stocks):
            assert np.array_equal(getattr(alone, field.name), getattr(of_run(moved, r), field.name)), field.name
        for read in (truck_factor, orphaned):
            assert read(WHOLE, of_run(stocks, r))[0] == read(WHOLE, stocks)[r]
        assert productivity(WHOLE, of_run(stocks, r), members)[0] == productivity(WHOLE, stocks, members)[r]
        assert documented_share(of_run(stocks, r))[0] == documented_share(stocks)[r]


# ---------------------------------------------------------------- documentation


def test_what_is_written_down_helps_everybody_as_far_as_it_reaches() -> None:
    project = replace(STILL, documentation=Documentation(rate=0.0, staleness=0.0, reach=0.5))
    stocks = replace(knows(*[[1.0, 0.0]] * 4), documented=np.array([[1.0], [0.5], [0.0], [0.0]]))
    known = [(1 + k) / 2 for k in (0.5, 0.25, 0.0, 0.0)]  # of the one who knows, and of the other
    assert productivity(project, stocks, 2) == pytest.approx([1 - 0.5 * (1 - sum(known) / 4)], rel=ROUNDING)


def test_documents_that_nobody_can_use_change_nothing() -> None:
    useless = replace(STILL, documentation=Documentation(rate=0.4, staleness=0.0, reach=0.0))
    bare, stocks = random_stocks(STILL, 7, 3, seed=4), random_stocks(useless, 7, 3, seed=4)
    assert productivity(useless, stocks, 3) == pytest.approx(productivity(STILL, bare, 3), rel=ROUNDING)


def test_only_who_knows_a_module_writes_it_down_and_what_is_written_goes_stale() -> None:
    project = replace(STILL, documentation=Documentation(rate=0.4, staleness=0.1, reach=0.5))
    stocks = replace(
        knows([1.0, 1.0], [0.0, 1.0], [0.5, 1.0], [1.0, 0.0]), documented=np.array([[0.0], [0.5], [0.5], [1.0]])
    )
    after_week = after(project, stocks, effort({"teach": 1.0}, {"work": 1.0}), skill=2.0)
    written = [0.5 * k / 2 for k in (1.0, 0.0, 0.5, 1.0)]  # half of teaching is writing, one of two does it
    before = [0.0, 0.5, 0.5, 1.0]
    by_hand = [w + (1 - w) * 0.4 * x - w * 0.1 for w, x in zip(before, written, strict=True)]
    assert after_week.documented is not None
    assert after_week.documented[:, 0] == pytest.approx(by_hand, rel=ROUNDING)


def test_documents_of_a_steady_team_settle_where_as_much_is_written_as_goes_stale() -> None:
    project = replace(STILL, documentation=Documentation(rate=0.4, staleness=0.02, reach=0.5))
    stocks = replace(knows(*[[0.6, 0.6]] * 4), documented=np.zeros((4, 1)))
    for _ in range(1000):
        stocks = after(project, stocks, effort(*[{"teach": 0.2}] * 2))
    written = 0.4 * 0.5 * 0.2 * 0.6
    assert documented_share(stocks) == pytest.approx([written / (written + 0.02)], rel=1e-9)


def test_a_leaver_takes_along_what_is_not_written_down() -> None:
    stocks = replace(knows([1.0, 0.4], [0.8, 0.2], [0.1, 0.9], [0.3, 0.7]), documented=np.full((4, 1), 0.5))
    left = forget(stocks, np.array([[True, False]]))
    assert left.knowledge[:, 0].tolist() == [[0.0, 0.4], [0.0, 0.2], [0.0, 0.9], [0.0, 0.7]]
    assert np.array_equal(left.documented, stocks.documented) and left.debt is stocks.debt
    assert stocks.knowledge[0, 0, 0] == 1.0
    project = replace(STILL, documentation=Documentation(rate=0.4, staleness=0.1, reach=0.5))
    bare = replace(left, documented=np.zeros((4, 1)))
    assert (productivity(project, bare, 2) < productivity(project, left, 2)).all()
    assert (productivity(project, left, 2) < productivity(project, stocks, 2)).all()


# ---------------------------------------------------------------- incidents


def test_incidents_are_the_quantile_of_a_poisson_number_at_the_luck_of_the_first_seat() -> None:
    rng = np.random.default_rng(5)
    project = replace(STILL, incidents=Incidents(base=0.3, per_debt=0.4, cost=1.0))
    debt, luck = rng.uniform(0, 40, 4000) ** 1.5, rng.uniform(0, 1, (1, 4000, 2))
    stocks = Stocks(debt=debt, knowledge=np.ones((4, 4000, 2)), incidents=np.zeros(4000))
    moved = move(project, TRACES, stocks, np.zeros((4, 4000, 2)), np.ones((4000, 2)), luck)
    assert np.array_equal(moved.incidents, poisson.ppf(luck[0, :, 0], 0.3 + 0.4 * debt))


def test_incidents_are_as_many_and_as_uneven_as_poisson_says() -> None:
    project = replace(STILL, incidents=Incidents(base=0.4, per_debt=0.1, cost=1.0))
    runs = 20_000
    stocks = Stocks(debt=np.full(runs, 2.0), knowledge=np.ones((4, runs, 1)), incidents=np.zeros(runs))
    luck = np.random.default_rng(6).uniform(0, 1, (1, runs, 1))
    found = move(project, TRACES, stocks, np.zeros((4, runs, 1)), np.ones((runs, 1)), luck).incidents
    assert found is not None
    assert abs(found.mean() - 0.6) < ERRORS * np.sqrt(0.6 / runs)
    assert abs(found.var() - 0.6) < ERRORS * np.sqrt((0.6 + 2 * 0.6**2) / runs)


def test_luck_at_its_ends_and_debt_beyond_all_measure_still_give_a_number_of_incidents() -> None:
    project = replace(STILL, incidents=Incidents(base=0.0, per_debt=1.0, cost=1.0))
    stocks = replace(knows(*[[1.0, 1.0]] * 4), debt=np.array([0.0, 0.0, 1.0, 1.0, 1e9]), incidents=np.zeros(5))
    stocks = replace(stocks, knowledge=np.ones((4, 5, 2)))
    luck = unlucky(0.0, 1 - 2**-53, 0.0, 1 - 2**-53, 0.5)
    found = move(project, TRACES, stocks, np.zeros((4, 5, 2)), np.ones((5, 2)), luck).incidents
    assert found is not None
    assert found[:3].tolist() == [0.0, 0.0, 0.0]
    assert 10 <= found[3] <= 20 and found[4] == 700.0


def test_an_incident_costs_work_of_one_member_in_the_week_after_it() -> None:
    project = replace(STILL, interest=0.0, incidents=Incidents(base=0.5, per_debt=0.0, cost=0.8))
    stocks = replace(begin(project, 1, 2), knowledge=np.ones((4, 1, 2)))
    struck = move(project, TRACES, stocks, effort({"work": 1.0}, {}), np.ones((1, 2)), unlucky(0.95))
    spared = move(project, TRACES, stocks, effort({"work": 1.0}, {}), np.ones((1, 2)), unlucky(0.1))
    assert struck.incidents is not None and struck.incidents.tolist() == [2.0]
    assert struck.debt == spared.debt  # nothing is felt before
    assert productivity(project, spared, 2).tolist() == [1.0]
    assert productivity(project, struck, 2) == pytest.approx([1 / (1 + 0.8 * 2 / 2)], rel=ROUNDING)


def test_more_debt_never_means_fewer_incidents_at_the_same_luck() -> None:
    project = replace(STILL, incidents=Incidents(base=0.1, per_debt=0.3, cost=1.0))
    stocks = Stocks(debt=np.linspace(0, 20, 200), knowledge=np.ones((4, 200, 1)), incidents=np.zeros(200))
    for luck in (0.05, 0.5, 0.95):
        work, able = np.zeros((4, 200, 1)), np.ones((200, 1))
        found = move(project, TRACES, stocks, work, able, np.full((1, 200, 1), luck)).incidents
        assert found is not None
        assert (np.diff(found) >= 0).all() and found[-1] > found[0]


# ---------------------------------------------------------------- demand and coordination


def test_what_is_asked_for_and_not_delivered_waits() -> None:
    project = replace(STILL, demand=0.5, interest=0.0)
    stocks = replace(knows(*[[1.0, 1.0]] * 4), backlog=np.array([1.0]))
    slow = after(project, stocks, effort({"work": 0.6}, {"repay": 1.0}), skill=1.5)
    assert slow.backlog == pytest.approx([1.0 + 0.5 - 1.5 * 0.3], rel=ROUNDING)
    quick = after(project, stocks, effort({"work": 2.0}, {"work": 2.0}), skill=1.5)
    assert quick.backlog is not None and quick.backlog.tolist() == [0.0]  # nobody delivers what nobody asks for


def test_features_are_core_work_at_the_pace_of_the_team() -> None:
    found = delivered(
        TRACES, np.array([0.5]), effort({"work": 1.0, "teach": 1.0}, {"work": 0.5}), np.array([[1.0, 2.0]])
    )
    assert found == pytest.approx([0.5 * (1.0 + 1.0) / 2], rel=ROUNDING)


def test_lead_time_is_backlog_over_what_leaves_it() -> None:
    found = lead_time(np.array([3.0, 0.0, 2.0, 0.0]), np.array([0.5, 0.5, 0.0, 0.0]))
    assert found[:2].tolist() == [6.0, 0.0] and np.isnan(found[2:]).all()


def test_work_waits_as_long_as_littles_law_says_in_a_steady_team() -> None:
    project = replace(STILL, demand=0.4, interest=0.0)
    stocks, work = replace(knows(*[[1.0, 1.0]] * 4), backlog=np.array([2.0])), effort(*[{"work": 0.4}] * 2)
    waited, ahead = 0, 2.0  # first come, first served: what is asked for now is done when what is ahead is
    while ahead > 1e-9:
        features = delivered(TRACES, productivity(project, stocks, 2), work, np.ones((1, 2)))
        assert stocks.backlog is not None
        expected = lead_time(stocks.backlog, features)[0]
        ahead, waited = ahead - features[0], waited + 1
        stocks = after(project, stocks, work)
    assert waited == pytest.approx(expected, rel=1e-9)


def of_size(members: int, pair: float, reach: int | None) -> float:
    """What a team of that size achieves in all when everyone works full time."""
    project = replace(STILL, interest=0.0, friction=0.0, coordination=Coordination(pair=pair, reach=reach))
    return members * productivity(project, begin(project, 1, members), members)[0]


def test_a_team_is_largest_in_effect_where_brooks_says_and_useless_in_the_end() -> None:
    p, k = 1.0, 0.04  # THEORY K2
    found = {n: of_size(n, pair=k / p, reach=None) for n in range(1, 61)}
    for n, output in found.items():
        assert output == pytest.approx(max(0.0, n * p - k * n * (n - 1) / 2), abs=ROUNDING * n)
    best = max(found.values())
    tops = [n for n, output in found.items() if output > best - 1e-9]
    assert sum(tops) / len(tops) == p / k + 0.5
    assert found[52] == 0.0


def test_coordination_stops_growing_where_it_reaches_no_further() -> None:
    assert of_size(10_000, pair=0.01, reach=20) == pytest.approx(10_000 * 0.9, rel=ROUNDING)
    assert of_size(5, pair=0.01, reach=20) == of_size(5, pair=0.01, reach=None)


# ---------------------------------------------------------------- parts that nobody owns


def test_a_module_that_nobody_knows_is_orphaned_and_rots_unless_it_is_documented() -> None:
    project = replace(STILL, rot=0.03, interest=0.0, documentation=Documentation(rate=0.0, staleness=0.0, reach=0.0))
    known = knows([0.5, 0.0], [0.49, 0.49], [0.0, 0.0], [0.2, 0.3], debt=1.0)
    stocks = replace(known, documented=np.array([[0.0], [0.5], [0.49], [0.0]]))
    assert orphaned(project, stocks).tolist() == [0.75]
    assert after(project, stocks, effort({}, {})).debt == pytest.approx([1.0 + 2 * 0.03], rel=ROUNDING)
    bare = replace(project, documentation=None)
    assert after(bare, known, effort({}, {})).debt == pytest.approx([1.0 + 3 * 0.03], rel=ROUNDING)
    assert after(replace(bare, rot=0.0), known, effort({}, {})).debt.tolist() == [1.0]


# ---------------------------------------------------------------- absent parts


def test_parts_that_are_absent_leave_no_arrays() -> None:
    stocks = begin(STILL, 2, 3)
    moved = move(STILL, TRACES, stocks, np.ones((4, 2, 3)), np.ones((2, 3)), np.zeros((0, 2, 3)))
    for state in (stocks, moved):
        assert state.documented is None and state.incidents is None and state.backlog is None
    assert documented_share(moved).tolist() == [0.0, 0.0]


@pytest.mark.parametrize(
    "idle",
    [
        {"documentation": Documentation(rate=0.0, staleness=0.1, reach=0.0)},
        {"incidents": Incidents(base=0.0, per_debt=0.0, cost=1.0)},
        {"incidents": Incidents(base=2.0, per_debt=1.0, cost=0.0)},
        {"coordination": Coordination(pair=0.0, reach=None)},
        {"demand": 5.0},
        {"rot": 0.0},
    ],
)
def test_a_part_without_effect_is_as_good_as_absent(idle: dict[str, Any]) -> None:
    bare = replace(STILL, learning=0.1, teaching=0.2, forgetting=0.02, obscuring=0.3)
    project, rng = replace(bare, **idle), np.random.default_rng(8)
    with_it, without = begin(project, 4, 3), begin(bare, 4, 3)
    for _ in range(5):
        work, skill, luck = rng.uniform(0, 1, (4, 4, 3)), rng.uniform(0.5, 2, (4, 3)), rng.uniform(0, 1, (1, 4, 3))
        with_it = move(project, TRACES, with_it, work, skill, luck)
        without = move(bare, TRACES, without, work, skill, luck[:0])
    assert with_it.debt == pytest.approx(without.debt, rel=ROUNDING)
    assert np.array_equal(with_it.knowledge, without.knowledge)


def test_a_week_without_the_new_parts_is_what_it_was() -> None:
    project = replace(STILL, learning=0.1, teaching=0.2, forgetting=0.02, obscuring=0.3)
    stocks, rng = begin(project, 3, 2), np.random.default_rng(9)
    work, skill = rng.uniform(0, 1, (4, 3, 2)), rng.uniform(0.5, 2, (3, 2))
    moved = move(project, TRACES, stocks, work, skill, np.zeros((0, 3, 2)))
    for r in range(3):  # the formulas of before, for one run, in their order of operations
        K, a, s, D = stocks.knowledge[:, r], work[:, r], skill[r], stocks.debt[r]
        mean = ((K[0] + K[1]) + K[2]) + K[3]
        pace = (1 - 0.5 * (1 - (mean[0] + mean[1]) / 2 / 4)) / (1 + 0.2 * D)
        made = s * (a[0] * 0.1 + a[3] * 0.3)
        repaid = pace * (((s * a[1])[0] + (s * a[1])[1]) / 2)
        assert moved.debt[r] == (D + pace * ((made[0] + made[1]) / 2)) / (1 + 0.5 * repaid / (D + 1.0))
        own = focus(project, 2)
        part = own / (own[:, 0] + own[:, 1])[:, None]
        hoarded, taught = a[3] * part, a[2] * K
        loss = 0.02 + 0.3 * ((hoarded[:, 0] + hoarded[:, 1])[:, None] - hoarded)
        gain = 0.1 * a[0] * own + 0.2 * ((taught[:, 0] + taught[:, 1]) / 2)[:, None]
        assert np.array_equal(moved.knowledge[:, r], np.clip(K + gain - K * (gain + loss), 0, 1))


# ---------------------------------------------------------------- truck factor


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
        *[(k, -0.1) for k in ("rot", "demand")],
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


@pytest.mark.parametrize(
    ("key", "part", "changes"),
    [
        ("rate", Documentation, {"rate": -0.1, "staleness": 0.1, "reach": 0.5}),
        ("staleness", Documentation, {"rate": 0.1, "staleness": -0.1, "reach": 0.5}),
        ("staleness", Documentation, {"rate": 0.1, "staleness": 1.1, "reach": 0.5}),
        ("reach", Documentation, {"rate": 0.1, "staleness": 0.1, "reach": 1.1}),
        ("reach", Documentation, {"rate": 0.1, "staleness": 0.1, "reach": -0.1}),
        ("base", Incidents, {"base": -0.1, "per_debt": 0.1, "cost": 1.0}),
        ("per_debt", Incidents, {"base": 0.1, "per_debt": -0.1, "cost": 1.0}),
        ("cost", Incidents, {"base": 0.1, "per_debt": 0.1, "cost": -1.0}),
        ("pair", Coordination, {"pair": -0.1, "reach": 3}),
        ("reach", Coordination, {"pair": 0.1, "reach": 0}),
    ],
)
def test_numbers_of_a_part_outside_their_range_are_refused(key: str, part: Any, changes: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput) as caught:
        part(**changes)
    assert caught.value.key == key


def test_a_number_of_a_part_is_refused_by_its_full_name() -> None:
    with pytest.raises(InvalidInput) as caught:
        worlds.scenario(project__coordination__reach=0)
    assert caught.value.key == "project.coordination.reach"
