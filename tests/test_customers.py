"""Customers: the tree of needs, who is served, who fights, and who comes to use it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.arrays import Floats
from sim.customers import (
    FAIR,
    Customers,
    Department,
    Need,
    Stocks,
    acceptance,
    adoption,
    attachment,
    begin,
    met_in_all,
    move,
    needs_met,
    trunk_done,
)
from sim.errors import InvalidInput
from sim.fields import construct
from sim.loading import read
from tests import worlds
from tests.tolerances import ERRORS, ROUNDING

STANDARD: Customers = construct(Customers, read("customers", "standard"), "customers")
CALM = replace(STANDARD, capture=0.0, side=0.0, fuse=1e6)
WEEKS, RUNS, CAPACITY = 104, 12, 3.0


def nothing(week: int) -> float:
    return 0.0


def lived(
    customers: Customers,
    weeks: int = WEEKS,
    runs: int = RUNS,
    capacity: float = CAPACITY,
    overruled: Callable[[int], float] = nothing,
    attention: Callable[[int], float] = nothing,
    later: tuple[int, Customers] | None = None,
) -> list[Stocks]:
    """The stocks at the end of each week."""
    rng, stocks, result = np.random.default_rng(3), begin(customers, runs), []
    for week in range(weeks):
        if later is not None and week == later[0]:
            customers = later[1]
        z = rng.standard_normal((len(customers.departments), runs))
        given_up, heeded = np.full(runs, overruled(week)), np.full(runs, attention(week))
        stocks = move(customers, stocks, week, np.full(runs, capacity), given_up, heeded, z)
        result.append(stocks)
    return result


@cache
def usual(**changes: Any) -> list[Stocks]:
    return lived(replace(STANDARD, **changes))


@cache
def calm(**changes: Any) -> list[Stocks]:
    return lived(replace(CALM, **changes))


def met(path: Sequence[Stocks]) -> float:
    """Part of needs met, mean over weeks and runs."""
    return float(np.mean([met_in_all(STANDARD, s).mean() for s in path]))


def week_of(path: Sequence[Stocks], department: int, customers: Customers = STANDARD) -> int:
    """The first week in which most of a department's needs are met in the mean."""
    return next((t for t, s in enumerate(path) if needs_met(customers, s)[department].mean() >= 0.8), len(path))


def blocked(path: Sequence[Stocks], start: int, end: int) -> float:
    """Part of the weeks in which somebody blocks."""
    return float(np.mean([s.blocks.any(axis=0).mean() for s in path[start:end]]))


def one(**changes: Any) -> Customers:
    """One department with one need, and nothing that could go wrong."""
    alone = Department(name="it", value=1.0, tolerance=0.5, power=0.0, people=10, first=False)
    simple = replace(CALM, departments=(alone,), needs=(Need(name="it", work=5.0, after=(), of=None),))
    return replace(simple, coupling=0.0, drift=0.0, walls=0.0, **changes)


# ---------------------------------------------------------------- the tree


def test_a_need_is_of_the_trunk_if_more_than_one_department_needs_what_comes_after_it() -> None:
    names = [n.name for n in STANDARD.needs]
    assert [n for n, c in zip(names, STANDARD.common, strict=True) if c] == ["intake", "archive", "search", "access"]
    of_access = STANDARD.needed[names.index("access")]
    assert of_access.tolist() == [False, True, True]
    assert STANDARD.needed[names.index("intake")].all() and not STANDARD.own[names.index("intake")].any()


def test_nothing_is_begun_before_what_it_comes_after_is_met() -> None:
    """Of the trunk, others get what was built for one before they could have begun it themselves."""
    for stocks in usual():
        full = stocks.done >= STANDARD.work - 1e-6
        for n in np.flatnonzero(~STANDARD.common):
            begun = stocks.done[n] > 0
            for m in np.flatnonzero(STANDARD.after[n]):
                assert (full[m] | ~begun).all()


def test_one_need_takes_its_work_and_no_longer() -> None:
    done = [float(s.done[0, 0, 0]) for s in lived(one(), weeks=8, runs=1, capacity=1.0)]
    assert done == pytest.approx([1.0, 2.0, 3.0, 4.0, 5.0, 5.0, 5.0, 5.0], rel=ROUNDING)
    shares = [float(needs_met(one(), s)[0, 0]) for s in lived(one(), weeks=6, runs=1, capacity=1.0)]
    assert shares == [0.0, 0.0, 0.0, 0.0, 1.0, 1.0]


def test_who_has_everything_passes_on_what_is_over() -> None:
    here, there = (replace(one().departments[0], name=name) for name in ("here", "there"))
    little, much = (Need(name=n, work=w, after=(), of=(n,)) for n, w in (("here", 1.0), ("there", 9.0)))
    stocks = lived(replace(one(), departments=(here, there), needs=(little, much)), weeks=1, runs=1, capacity=4.0)[-1]
    assert stocks.done[[0, 1], [0, 1], 0] == pytest.approx([1.0, 3.0], rel=ROUNDING)


def test_a_loose_architecture_and_a_flexible_interface_change_what_a_need_takes() -> None:
    loose = lived(one(overhead=0.2), weeks=3, runs=1, capacity=1.0)[-1]
    assert loose.done[0, 0, 0] == pytest.approx(2.4, rel=ROUNDING) and loose.useful[0] == pytest.approx(0.8)
    flexible = one(flexible=0.6)
    assert needs_met(flexible, lived(flexible, weeks=3, runs=1, capacity=1.0)[-1])[0, 0] == 1.0


def test_undisturbed_most_needs_are_met_in_the_second_year() -> None:
    path = calm()
    assert met_in_all(CALM, path[29]).mean() < 0.4
    assert met_in_all(CALM, path[79]).mean() > 0.8
    assert met_in_all(CALM, path[-1]).min() == 1.0 and trunk_done(CALM, path[-1]).min() == 1.0
    assert path[-1].felt.min() > 0.95, "who has all is content"


def test_no_more_work_is_done_than_there_is_capacity() -> None:
    before = begin(STANDARD, RUNS)
    for stocks in usual():
        built = (stocks.done - before.done).max(axis=1).sum(axis=0)  # work for all counts once
        assert (built <= CAPACITY * (1 + 1e-9)).all() and (stocks.shares.sum(axis=0) <= 1 + 1e-9).all()
        before = stocks


# ---------------------------------------------------------------- trunk and branches


@pytest.mark.parametrize("turns", [4.0, 13.0, 26.0])
def test_the_trunk_for_all_meets_more_needs_than_strict_turns(turns: float) -> None:
    assert met(calm()) > met(calm(turns=turns)) + 0.1


def test_turns_lose_by_what_is_built_twice_and_by_changes_of_course() -> None:
    turns = met(calm(turns=13.0))
    assert met(calm(turns=13.0, reuse=1.0)) > turns + 0.1
    assert met(calm(turns=4.0, coupling=0.0)) > met(calm(turns=4.0))


def test_whose_turn_it_is_feels_priority_and_the_others_wait() -> None:
    path = calm(turns=26.0)
    first_turn = path[25].felt.mean(axis=1)
    assert first_turn[0] > first_turn[1] + 0.1 and first_turn[0] > first_turn[2] + 0.1


def test_loose_coupling_pays_where_priorities_move_and_costs_where_they_do_not() -> None:
    loose = {"coupling": 0.3, "overhead": 0.03}
    assert met(calm(drift=1.0, **loose)) > met(calm(drift=1.0))
    assert met(calm(drift=0.0, **loose)) < met(calm(drift=0.0))


def test_a_flexible_interface_meets_needs_sooner_and_is_adopted_more_slowly_once_they_are_met() -> None:
    assert week_of(calm(flexible=0.75), 1, replace(CALM, flexible=0.75)) < week_of(calm(), 1)
    easy, clumsy = one(), one(flexible=0.5)
    everything = replace(begin(easy, 1), done=np.full((1, 1, 1), 5.0))
    zero = np.zeros(1)
    adopted = [adoption(c, move(c, everything, 0, zero, zero, zero, np.zeros((1, 1))))[0] for c in (easy, clumsy)]
    assert adopted == pytest.approx([easy.intro, easy.intro * (1 - easy.clumsy / 2)], rel=ROUNDING)


# ---------------------------------------------------------------- the first user


def test_a_captured_team_serves_the_first_user_first_and_all_others_later() -> None:
    captured, free = usual(fuse=1e6), usual(fuse=1e6, capture=0.0)
    assert week_of(captured, 0) < week_of(free, 0)
    assert all(week_of(captured, d) > week_of(free, d) + 8 for d in (1, 2))
    assert met(captured) < met(free)
    assert np.mean([s.useful.mean() for s in captured]) < np.mean([s.useful.mean() for s in free])


def test_the_first_week_by_hand() -> None:
    """Nine tenths are at the first user's bidding, three tenths of that for details; the rest is for all."""
    zero = np.zeros(1)
    stocks = move(STANDARD, begin(STANDARD, 1), 0, np.full(1, 3.0), zero, zero, np.zeros((3, 1)))
    details, way, for_all = 0.9 * 0.3, 0.9 * 0.7, 0.1
    built = 3 * np.array([way + for_all, 0.5 * way + for_all, 0.5 * way + for_all])
    assert stocks.done[0, :, 0] == pytest.approx(built, rel=ROUNDING) and not stocks.done[1:].any()
    assert stocks.ownership[0] == pytest.approx(0.1 * (details + way + 0.3 * for_all), rel=ROUNDING)
    assert stocks.useful[0] == pytest.approx(1 - details, rel=ROUNDING)


def test_attention_raises_ownership_and_gives_capacity_back_to_needs() -> None:
    alone, heeded = usual(fuse=1e6), lived(replace(STANDARD, fuse=1e6), attention=lambda week: 0.8)
    assert heeded[30].ownership.mean() > alone[30].ownership.mean() + 0.2
    assert heeded[30].useful.mean() > alone[30].useful.mean()
    assert all(week_of(heeded, d) < week_of(alone, d) for d in (1, 2))
    assert attachment(STANDARD, heeded[52]).mean() > attachment(STANDARD, alone[52]).mean()


def test_seeing_the_bigger_picture_as_ones_own_work_raises_ownership() -> None:
    assert usual(framing=0.6)[12].ownership.mean() > usual()[12].ownership.mean()


def test_nobody_owns_anything_where_nobody_is_first() -> None:
    equal = replace(STANDARD, departments=tuple(replace(d, first=False) for d in STANDARD.departments))
    stocks = lived(equal, weeks=20)[-1]
    assert not stocks.ownership.any() and np.array_equal(attachment(equal, stocks), np.zeros(RUNS))


# ---------------------------------------------------------------- politics


def test_departments_that_feel_left_out_block_the_trunk_and_less_gets_done() -> None:
    path = usual()
    assert blocked(path, 22, 30) > 0.9
    assert trunk_done(STANDARD, path[39]).mean() < trunk_done(STANDARD, usual(fuse=1e6)[39]).mean() - 0.2
    assert path[25].useful.mean() < 0.6


def test_escalation_breaks_a_standoff_which_comes_back_and_one_table_ends_it() -> None:
    truce = lived(STANDARD, overruled=lambda week: 8.0 * (week == 30))
    table = lived(STANDARD, later=(30, replace(STANDARD, side=0.0)))
    assert blocked(truce, 22, 30) == blocked(table, 22, 30) == blocked(usual(), 22, 30) > 0.9
    assert blocked(truce, 30, 38) == 0 and blocked(usual(), 30, 38) > 0.9
    assert blocked(truce, 38, 46) > 0.9, "feelings are what they were"
    assert blocked(table, 40, 104) == 0 and trunk_done(STANDARD, table[39]).mean() < 1


def test_a_truce_leaves_feelings_alone() -> None:
    """Where blocking holds nothing up, a truce can be felt by nobody."""
    powerless = replace(STANDARD, departments=tuple(replace(d, power=0.0) for d in STANDARD.departments))
    plain, truce = lived(powerless, weeks=40), lived(powerless, weeks=40, overruled=lambda week: 10.0 * (week == 20))
    assert blocked(plain, 20, 30) > blocked(truce, 20, 30) == 0
    assert all(np.array_equal(a.felt, b.felt) for a, b in zip(plain, truce, strict=True))


def test_nobody_blocks_a_trunk_that_is_finished() -> None:
    for before, after in zip(usual(), usual()[1:], strict=False):
        finished = trunk_done(STANDARD, before) == 1
        assert not after.blocks[:, finished].any()


def test_small_releases_and_framing_let_work_on_the_trunk_be_felt() -> None:
    def felt(**changes: float) -> float:
        return float(np.mean([s.felt.mean() for s in lived(replace(STANDARD, fuse=1e6, **changes), weeks=20)]))

    assert felt(framing=0.6) > felt() + 0.05
    assert felt(releases=1.0) > felt() > felt(releases=0.0)
    assert blocked(usual(framing=0.6, releases=0.9), 0, WEEKS) < 0.1 * blocked(usual(), 0, WEEKS)


def test_walls_and_side_channels_make_departments_envy_who_gets_most() -> None:
    open_doors = lived(replace(STANDARD, walls=0.0, fuse=1e6), weeks=20)[-1].felt.mean(axis=1)
    walled = lived(replace(STANDARD, walls=1.0, fuse=1e6), weeks=20)[-1].felt.mean(axis=1)
    assert (walled[1:] < open_doors[1:]).all()
    at_table = replace(STANDARD, side=0.0, fuse=1e6, push=0.0)
    walls_at_table = [lived(replace(at_table, walls=w), weeks=20)[-1].felt for w in (0.0, 1.0)]
    assert np.array_equal(*walls_at_table), "at one table nobody looks through side channels"


def test_at_one_table_equal_parts_of_little_are_felt_as_fair() -> None:
    slow = replace(CALM, drift=0.0, releases=1.0, memory=1.0, framing=0.05)
    assert lived(slow, weeks=1)[-1].felt == pytest.approx(FAIR, rel=ROUNDING)
    assert (lived(replace(slow, side=1.0), weeks=1)[-1].felt < 0.2).all()


def test_data_that_decide_are_accepted_where_persons_are_not() -> None:
    assert np.mean([acceptance(STANDARD, s).mean() for s in usual()]) < 0.9
    data = replace(STANDARD, impersonal=0.5)
    assert np.mean([acceptance(data, s).mean() for s in lived(data)]) > 0.98


def test_a_claim_pushed_through_side_channels_gets_more() -> None:
    left_out = replace(begin(CALM, 1), felt=np.array([[0.6], [0.0], [0.6]]), done=np.zeros((13, 3, 1)))
    full = np.where(CALM.common[:, None, None], CALM.work, 0.0) * CALM.needed[..., None]
    left_out, zero = replace(left_out, done=full), np.zeros(1)

    def share(side: float) -> Floats:
        rules = replace(CALM, side=side, drift=0.0)
        after = move(rules, left_out, 0, np.ones(1), zero, zero, np.zeros((3, 1)))
        return (after.done - full).sum(axis=0)[:, 0]

    assert share(0.0) == pytest.approx([0.25, 0.375, 0.375], rel=ROUNDING)
    grown = 1.5 * (1 + 1.5)
    assert share(1.0) == pytest.approx(np.array([1.0, grown, 1.5]) / (2.5 + grown), rel=ROUNDING)


def test_priorities_move_by_the_drift_they_are_said_to() -> None:
    rules, runs = replace(STANDARD, drift=0.4, lasting=6.0), 3000
    rng, stocks, zero = np.random.default_rng(5), begin(STANDARD, runs), np.zeros(runs)
    paths = []
    for week in range(40):
        stocks = move(rules, stocks, week, zero, zero, zero, rng.standard_normal((3, runs)))
        paths.append(stocks.urgency)
    last, before = paths[-1], paths[-7]
    assert abs(last.std() / 0.4 - 1) < ERRORS / math.sqrt(2 * last.size)
    assert abs(np.corrcoef(last.ravel(), before.ravel())[0, 1] - math.exp(-1)) < ERRORS / math.sqrt(last.size)


# ---------------------------------------------------------------- adoption


def test_people_who_hear_of_nothing_adopt_at_a_constant_rate() -> None:
    rules = one(word=0.0, intro=0.05)
    path = lived(rules, weeks=20, runs=1, capacity=5.0)
    found = [float(adoption(rules, s)[0]) for s in path]
    assert found == pytest.approx([1 - 0.95 ** (t + 1) for t in range(20)], rel=ROUNDING)


def test_word_of_mouth_makes_adoption_slow_then_quick_then_slow() -> None:
    path = [float(adoption(one(), s)[0]) for s in lived(one(intro=0.005, word=0.3), weeks=60, runs=1, capacity=5.0)]
    gain = np.diff(path)
    peak = int(gain.argmax())
    assert 5 < peak < 40 and 0.4 < path[peak] < 0.6  # Bass: the peak is where about half have adopted
    assert (np.diff(gain[:peak]) > 0).all() and path[-1] > 0.95


def test_walls_keep_word_of_mouth_within_a_department() -> None:
    some = replace(begin(CALM, 1), adopted=np.array([[1.0], [0.0], [0.0]]), done=CALM.needed[..., None] * CALM.work)
    zero = np.zeros(1)

    def heard(walls: float) -> float:
        rules = replace(CALM, walls=walls, intro=0.0)
        return float(move(rules, some, 0, zero, zero, zero, np.zeros((3, 1))).adopted[1, 0])

    assert heard(1.0) == 0 and heard(0.0) == pytest.approx(0.15 * 8 / 58, rel=ROUNDING)


# ---------------------------------------------------------------- what always holds

shares, positive = st.floats(0, 1), st.floats(0, 5)


@settings(max_examples=40, deadline=None)
@given(
    st.fixed_dictionaries(
        {k: shares for k in ("trunk", "reuse", "framing", "releases", "memory", "side", "walls", "impersonal")}
        | {k: shares for k in ("capture", "whims", "trust", "clumsy")}
        | {"overhead": st.floats(0, 0.9), "flexible": st.floats(0.1, 1), "turns": st.none() | st.floats(0.5, 30)}
        | {"coupling": positive, "push": positive, "drift": st.floats(0, 2), "fuse": st.floats(1, 9)}
    ),
    st.floats(0, 30),
    st.integers(0, 1000),
)
def test_all_that_moves_stays_within_its_range(changes: dict[str, Any], capacity: float, seed: int) -> None:
    rules, rng = replace(STANDARD, **changes), np.random.default_rng(seed)
    stocks = worlds.frozen(begin(rules, 3))
    for week in range(15):
        built, can = stocks.done, rng.uniform(0, 2, 3) * capacity
        given_up, heeded = worlds.frozen(rng.uniform(0, 9, 3) * (rng.uniform(size=3) < 0.1)), rng.uniform(0, 1, 3)
        stocks = worlds.frozen(move(rules, stocks, week, can, given_up, heeded, rng.standard_normal((3, 3))))
        assert (stocks.done >= built).all() and (stocks.done <= rules.work * (1 + 1e-12)).all()
        assert not stocks.done[~rules.needed].any()
        for part in (stocks.felt, stocks.adopted, stocks.ownership, stocks.dropped, stocks.useful):
            assert (part >= 0).all() and (part <= 1).all()
        for part in (needs_met(rules, stocks), met_in_all(rules, stocks), acceptance(rules, stocks)):
            assert (part >= 0).all() and (part <= 1).all()
        for field in fields(Stocks):
            assert np.isfinite(getattr(stocks, field.name)).all()


@pytest.mark.parametrize("turns", [None, 5.0])
def test_a_run_has_the_same_customers_alone_and_in_a_batch(turns: float | None) -> None:
    rules, rng, runs = replace(STANDARD, turns=turns), np.random.default_rng(8), 7
    both, alone = begin(rules, runs), [begin(rules, 1) for _ in range(runs)]
    for week in range(30):
        can, given_up, heeded = rng.uniform(0, 6, runs), 4.0 * (rng.uniform(size=runs) < 0.05), rng.uniform(0, 1, runs)
        z = rng.standard_normal((3, runs))
        both = move(rules, both, week, can, given_up, heeded, z)
        for r in range(runs):
            row = slice(r, r + 1)
            alone[r] = move(rules, alone[r], week, can[row], given_up[row], heeded[row], z[:, row])
            for field in fields(Stocks):
                assert np.array_equal(getattr(alone[r], field.name)[..., 0], getattr(both, field.name)[..., r])
    for read_out in (needs_met, met_in_all, trunk_done, acceptance, adoption, attachment):
        assert all(
            np.array_equal(read_out(rules, alone[r])[..., 0], read_out(rules, both)[..., r]) for r in range(runs)
        )


def test_without_drift_luck_decides_nothing() -> None:
    rules = replace(STANDARD, drift=0.0)
    first, *others = (lived(rules, weeks=30, runs=r)[-1].done[..., 0] for r in (1, 2, 5))
    assert all(np.array_equal(first, other) for other in others)


# ---------------------------------------------------------------- bad input

ALONE = Need(name="c", work=1.0, after=(), of=None)


def needs(*after: tuple[str, str]) -> tuple[Need, ...]:
    """Needs of everybody: name and what it comes after, as words."""
    return tuple(Need(name=name, work=1.0, after=tuple(before.split()), of=None) for name, before in after)


@pytest.mark.parametrize(
    ("changes", "key", "says"),
    [
        ({"needs": needs(("a", "a"))}, "needs.a.after", "a → a"),
        ({"needs": needs(("a", ""), ("b", "a d"), ("c", "b"), ("d", "c"))}, "needs.b.after", "b → d → c → b"),
        ({"needs": needs(("store", ""), ("search", "stor"))}, "needs.search.after", "did you mean store?"),
        ({"needs": (replace(ALONE, of=("reserch",)),)}, "needs.c.of", "did you mean research?"),
        ({"needs": needs(("a", ""), ("a", ""))}, "needs", "every name once"),
        ({"needs": ()}, "needs", "at least one"),
        ({"needs": (ALONE, replace(ALONE, name="d", of=()))}, "needs.d.of", "somebody"),
        ({"needs": (replace(ALONE, of=("risk",)),)}, "departments", "research"),
        ({"departments": ()}, "departments", "at least one"),
        ({"departments": STANDARD.departments[:1] * 2}, "departments", "every name once"),
        (
            {"departments": tuple(replace(d, value=0.0) for d in STANDARD.departments)},
            "departments",
            "values all 0",
        ),
        (
            {"departments": tuple(replace(d, first=True) for d in STANDARD.departments)},
            "departments.operations.first",
            "research has the first user already",
        ),
    ],
)
def test_a_tree_that_cannot_be_is_refused_in_one_line(changes: dict[str, Any], key: str, says: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        replace(STANDARD, **changes)
    assert caught.value.key == key and says in str(caught.value) and len(str(caught.value).splitlines()) == 1


@pytest.mark.parametrize(
    ("key", "value"),
    [
        *[(k, v) for k in ("trunk", "reuse", "framing", "releases", "memory", "side") for v in (-0.1, 1.1)],
        *[(k, v) for k in ("walls", "impersonal", "capture", "whims", "trust", "clumsy") for v in (-0.1, math.nan)],
        *[(k, v) for k in ("coupling", "push", "drift") for v in (-0.1, math.inf, math.nan)],
        *[(k, v) for k in ("turns", "lasting") for v in (0.0, math.inf)],
        *[("overhead", v) for v in (-0.1, 1.0)],
        *[("flexible", v) for v in (0.0, 1.1)],
        *[("fuse", 0.9), ("intro", -0.1), ("word", 1.1)],
    ],
)
def test_numbers_outside_their_range_are_refused(key: str, value: float) -> None:
    with pytest.raises(InvalidInput) as caught:
        replace(STANDARD, **{key: value})
    assert caught.value.key == key


@pytest.mark.parametrize(
    ("key", "value"), [("value", -1.0), ("tolerance", 1.1), ("power", 1.0), ("power", -0.1), ("people", 0)]
)
def test_a_department_has_numbers_within_their_range(key: str, value: float) -> None:
    with pytest.raises(InvalidInput) as caught:
        replace(STANDARD.departments[0], **{key: value})
    assert caught.value.key == key


def test_a_need_takes_some_work() -> None:
    with pytest.raises(InvalidInput, match="work"):
        replace(ALONE, work=0.0)
