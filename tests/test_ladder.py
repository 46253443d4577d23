"""Who moves up: by hand, and against numbers recorded of another program on the same rules (THEORY I-Peter)."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import norm

from sim.errors import InvalidInput
from sim.ladder import Ladder, Law, Staff, begin, chosen, efficiency, moved_competence, year, years
from tests import worlds
from tests.tolerances import ERRORS

COMPETENCE = Law(mean=7.0, sd=2.0, low=1.0, high=10.0, truncated=False)
AGE = Law(mean=25.0, sd=5.0, low=18.0, high=60.0, truncated=False)
PLUCHINO = Ladder(
    seats=(1, 5, 11, 21, 41, 81),
    select=1.0,
    transfer="common_sense",
    spread=1.0,
    retire_after=60.0,
    dismiss_below=4.0,
    interleaved=True,
    competence=COMPETENCE,
    age=AGE,
)
RESPONSIBILITY = (1.0, 0.9, 0.8, 0.6, 0.4, 0.2)
SMALL = replace(PLUCHINO, seats=(1, 2, 4))
SELECTS = {"best": 1.0, "worst": 0.0, "random": None}


def chances(ladder: Ladder, runs: int = 6, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """The luck of a year: uniform, and standard normal."""
    rng, shape = np.random.default_rng(seed), (2, runs, sum(ladder.seats))
    return worlds.frozen(rng.random(shape)), worlds.frozen(rng.standard_normal(shape))


def read_only(people: Staff) -> Staff:
    return Staff(competence=tuple(map(worlds.frozen, people.competence)), age=tuple(map(worlds.frozen, people.age)))


def staff(*levels: tuple[list[float], list[float]]) -> Staff:
    """One run's staff from competences and ages, the top level first; read-only."""
    competence, age = (tuple(np.array([level[part]]) for level in levels) for part in (0, 1))
    return read_only(Staff(competence=competence, age=age))


def flat(parts: tuple[np.ndarray, ...]) -> np.ndarray:
    return np.concatenate(parts, axis=-1)


def mean_of(law: Law) -> float:
    """By quadrature: of a normal law within a range."""
    normal = norm(law.mean, law.sd)
    inside = quad(lambda c: c * normal.pdf(c), law.low, law.high, epsabs=1e-12)[0]
    below, above = normal.cdf(law.low), normal.sf(law.high)
    if law.truncated:
        return float(inside / (1 - below - above))
    return float(inside + law.low * below + law.high * above)


# ---------------------------------------------------------------- who moves up


@given(st.integers(0, 10_000), st.sampled_from([None, 0.0, 0.3, 1.0]))
def test_as_many_move_up_as_are_sought_and_nobody_who_is_not_there(seed: int, select: float | None) -> None:
    rng = np.random.default_rng(seed)
    merit = np.where(rng.random((5, 8)) < 0.3, np.nan, rng.integers(0, 4, (5, 8)).astype(float))
    vacancies, luck = rng.integers(0, 10, 5), rng.random((5, 8))
    up = chosen(select, worlds.frozen(merit), vacancies, worlds.frozen(luck))
    assert up.sum(axis=-1).tolist() == np.minimum(vacancies, (~np.isnan(merit)).sum(axis=-1)).tolist()
    assert not up[np.isnan(merit)].any()
    for run in range(5):
        assert np.array_equal(chosen(select, merit[[run]], vacancies[[run]], luck[[run]]), up[[run]])
        taken, left = merit[run][up[run]], merit[run][~up[run] & ~np.isnan(merit[run])]
        if len(taken) and len(left) and select in (0.0, 1.0):
            assert taken.min() >= left.max() if select else taken.max() <= left.min()


def test_a_mixture_takes_from_both_ends_and_as_often_from_each_as_it_says() -> None:
    runs, rng = 20_000, np.random.default_rng(2)
    merit = np.tile(np.arange(6.0), (runs, 1))
    up = chosen(0.3, merit, np.full(runs, 2), rng.random((runs, 6)))
    patterns, counts = np.unique(up, axis=0, return_counts=True)
    share = {tuple(np.flatnonzero(p).tolist()): n / runs for p, n in zip(patterns, counts, strict=True)}
    assert set(share) == {(0, 1), (0, 5), (4, 5)}
    for who, expected in {(0, 1): 0.49, (0, 5): 0.42, (4, 5): 0.09}.items():
        assert abs(share[who] - expected) < ERRORS * math.sqrt(expected * (1 - expected) / runs)


@pytest.mark.parametrize("select", [None, 0.0, 0.3, 1.0])
def test_among_equals_all_are_as_likely_to_rise(select: float | None) -> None:
    runs = 40_000
    merit = np.full((runs, 4), 7.0)
    up = chosen(select, merit, np.ones(runs, dtype=np.int64), np.random.default_rng(3).random((runs, 4)))
    assert np.abs(up.mean(axis=0) - 0.25).max() < ERRORS * math.sqrt(0.25 * 0.75 / runs)


def test_by_lot_merit_does_not_count() -> None:
    rng = np.random.default_rng(4)
    luck, vacancies = rng.random((9, 7)), np.full(9, 3)
    both = [chosen(None, rng.random((9, 7)), vacancies, luck) for _ in range(2)]
    assert np.array_equal(*both)


# ---------------------------------------------------------------- what becomes of them


def test_by_common_sense_who_was_good_stays_about_as_good_and_by_peter_anybody_may_be_anything() -> None:
    old, fresh, luck = np.array([3.0, 9.0, 9.0]), np.array([8.0, 2.0, 5.0]), np.array([0.0, 0.5, 0.75])
    assert moved_competence("common_sense", old, fresh, luck, 0.8).tolist() == pytest.approx([2.2, 9.0, 9.4])
    assert moved_competence("peter", old, fresh, luck, 0.8).tolist() == fresh.tolist()


@pytest.mark.parametrize("truncated", [False, True])
def test_what_is_drawn_anew_has_the_mean_of_its_law_by_quadrature(truncated: bool) -> None:
    law = replace(COMPETENCE, truncated=truncated)
    nodes = norm.ppf((np.arange(200_000) + 0.5) / 200_000)
    assert law.drawn(nodes).mean() == pytest.approx(mean_of(law), rel=1e-6)
    assert law.drawn(nodes).min() >= 1 and law.drawn(nodes).max() <= 10
    assert (np.diff(law.drawn(nodes)) >= 0).all()


def test_a_law_without_spread_gives_its_mean() -> None:
    for truncated in (False, True):
        assert replace(COMPETENCE, sd=0.0, truncated=truncated).drawn(np.array([-1.0, 2.0])).tolist() == [7.0, 7.0]


# ---------------------------------------------------------------- a year


def test_a_year_by_hand() -> None:
    """The top retires, the best of the middle follows, the best of the bottom follows them, and two newcomers begin."""
    before = staff(([9.0], [60.5]), ([5.0, 8.0], [50.0, 40.0]), ([6.0, 3.9, 7.0, 9.0], [30.0, 30.0, 30.0, 30.0]))
    luck, fresh = np.full((2, 1, 7), 0.75), np.zeros((2, 1, 7))
    fresh[0, 0, 6], fresh[1, 0, 4] = 1.0, -0.4
    after = year(SMALL, before, worlds.frozen(luck), worlds.frozen(fresh))
    assert [c.tolist() for c in after.competence] == [[[8.5]], [[5.0, 9.5]], [[6.0, 7.0, 7.0, 9.0]]]
    assert [a.tolist() for a in after.age] == [[[41.0]], [[51.0, 31.0]], [[31.0, 23.0, 31.0, 25.0]]]
    peter = year(replace(SMALL, transfer="peter"), before, luck, fresh)
    assert [c.tolist() for c in peter.competence] == [[[7.0]], [[5.0, 7.0]], [[6.0, 7.0, 7.0, 9.0]]]


def test_who_is_about_to_go_may_still_rise_where_levels_are_cleared_in_turn() -> None:
    before = staff(([9.0], [61.0]), ([5.0, 8.0], [50.0, 60.5]), ([6.0, 6.0, 6.0, 6.0], [30.0] * 4))
    luck, fresh = np.full((2, 1, 7), 0.5), np.zeros((2, 1, 7))
    in_turn = year(SMALL, before, luck, fresh)
    first = year(replace(SMALL, interleaved=False), before, luck, fresh)
    assert in_turn.competence[0].tolist() == [[8.0]] and in_turn.age[0].tolist() == [[61.5]]
    assert first.competence[0].tolist() == [[5.0]] and first.age[0].tolist() == [[51.0]]


def test_nobody_is_dismissed_where_nobody_ever_is() -> None:
    before = staff(([1.0], [30.0]), ([1.0, 1.0], [30.0, 30.0]), ([1.0] * 4, [30.0] * 4))
    after = year(replace(SMALL, dismiss_below=None), before, *chances(SMALL, 1))
    assert all(np.array_equal(a, b) for a, b in zip(after.competence, before.competence, strict=True))


def test_a_seat_stays_empty_for_a_year_where_nobody_is_left_below() -> None:
    before = staff(([9.0], [61.0]), ([5.0, 8.0], [61.0, 61.0]), ([6.0] * 4, [30.0] * 4))
    ladder = replace(SMALL, interleaved=False)
    after = year(ladder, before, *chances(SMALL, 1))
    assert np.isnan(after.competence[0]).all() and np.isnan(after.age[0]).all()
    assert not np.isnan(flat(after.competence[1:])).any()
    assert efficiency(after, (1.0, 0.5, 0.2), 10.0) < efficiency(before, (1.0, 0.5, 0.2), 10.0)
    later = year(ladder, after, *chances(SMALL, 1, seed=2))
    assert not np.isnan(flat(later.competence)).any()


@pytest.mark.parametrize("interleaved", [False, True])
@pytest.mark.parametrize("transfer", ["common_sense", "peter"])
@pytest.mark.parametrize("select", SELECTS)
def test_people_come_from_the_level_below_or_from_outside(select: str, transfer: str, interleaved: bool) -> None:
    """Followed by their ages, which nobody shares: those who stay, rise or come are one year older, or new."""
    ladder = replace(SMALL, select=SELECTS[select], transfer=transfer, interleaved=interleaved)
    luck, fresh = chances(ladder)
    before = begin(ladder, fresh)
    after = year(ladder, read_only(before), luck, chances(ladder, seed=8)[1])
    for level in range(3):
        below = before.age[level + 1] if level < 2 else np.full((6, 1), np.nan)
        for run in range(6):
            known = set((before.age[level][run] + 1).tolist()) | set((below[run] + 1).tolist())
            new = [a for a in after.age[level][run].tolist() if a not in known]
            assert not new or level == 2
            assert len(set(after.age[level][run].tolist())) == ladder.seats[level]


@pytest.mark.parametrize("select", SELECTS)
def test_a_run_is_the_same_alone_and_in_a_batch_and_no_year_touches_the_one_before(select: str) -> None:
    ladder = replace(PLUCHINO, select=SELECTS[select])
    luck, fresh = chances(ladder)
    before = begin(ladder, fresh)
    after = year(ladder, read_only(before), luck, fresh)
    for run in range(6):
        alone = Staff(competence=tuple(c[[run]] for c in before.competence), age=tuple(a[[run]] for a in before.age))
        later = year(ladder, alone, luck[:, [run]], fresh[:, [run]])
        assert np.array_equal(flat(later.competence), flat(after.competence)[[run]], equal_nan=True)
        assert np.array_equal(flat(later.age), flat(after.age)[[run]], equal_nan=True)


def test_a_longer_history_begins_with_the_shorter_one_and_runs_do_not_know_each_other() -> None:
    long = list(years(SMALL, 3, range(4), 120))
    short = list(years(SMALL, 3, [2], 60))
    assert len(long) == 121
    for a, b in zip(short, long, strict=False):
        assert np.array_equal(flat(a.competence), flat(b.competence)[[2]], equal_nan=True)


def test_who_begins_is_the_same_whoever_is_promoted() -> None:
    best, lot = (next(years(replace(PLUCHINO, select=select), 1, [0], 1)) for select in (1.0, None))
    assert np.array_equal(flat(best.competence), flat(lot.competence)) and np.array_equal(flat(best.age), flat(lot.age))


@given(st.integers(0, 1000))
def test_an_organisation_achieves_between_nothing_and_all(seed: int) -> None:
    found = efficiency(begin(PLUCHINO, chances(PLUCHINO, seed=seed)[1]), RESPONSIBILITY, 10.0)
    assert (found > 10).all() and (found <= 100).all()


def test_efficiency_weighs_levels_by_their_responsibility() -> None:
    one = staff(([10.0], [30.0]), ([1.0, 4.0], [30.0, 30.0]))
    assert efficiency(one, (1.0, 0.5), 10.0) == pytest.approx([100 * (10 + 0.5 * 5) / (10 + 0.5 * 20)])


# ---------------------------------------------------------------- the Peter principle

VARIANTS = {  # truncated, interleaved
    "truncated_prune_first": (True, False),
    "clipped_prune_first": (False, False),
    "clipped_interleaved": (False, True),
}
RECORDED = {  # of promoting the best, the worst, anybody: efficiency over the last half of 1000 years, standard error
    ("truncated_prune_first", "common_sense"): ((76.7992, 0.0447), (66.1856, 0.0389), (70.8962, 0.0449)),
    ("truncated_prune_first", "peter"): ((59.7715, 0.0357), (79.9451, 0.0394), (69.7714, 0.0334)),
    ("clipped_prune_first", "common_sense"): ((78.8014, 0.0472), (67.6096, 0.0423), (72.7465, 0.0593)),
    ("clipped_prune_first", "peter"): ((60.9678, 0.0397), (83.0611, 0.0375), (71.8624, 0.0328)),
    ("clipped_interleaved", "common_sense"): ((78.7168, 0.0492), (66.1909, 0.0493), (72.7443, 0.0496)),
    ("clipped_interleaved", "peter"): ((60.9664, 0.0337), (82.2690, 0.0378), (71.8395, 0.0390)),
}
MIXED = {  # by chance of promoting the best, the same over 600 years: clipped, levels cleared in turn
    "common_sense": {0.0: (66.2402, 0.0937), 0.25: (69.9715, 0.1056), 0.5: (74.2246, 0.0934), 1.0: (78.7863, 0.0774)},
    "peter": {0.0: (82.2893, 0.0628), 0.25: (76.7570, 0.1004), 0.5: (71.0002, 0.1170), 1.0: (61.0342, 0.0834)},
}


def settled(ladder: Ladder, runs: int, many: int) -> tuple[float, float]:
    """Mean efficiency over the last half of so many years, and its standard error."""
    found = [efficiency(s, RESPONSIBILITY, 10.0) for s in years(ladder, 1, range(runs), many)]
    each = np.mean(found[many // 2 + 1 :], axis=0)
    return float(each.mean()), float(each.std(ddof=1) / math.sqrt(runs))


def variant(name: str, **changes: Any) -> Ladder:
    truncated, interleaved = VARIANTS[name]
    laws = {"competence": replace(COMPETENCE, truncated=truncated), "age": replace(AGE, truncated=truncated)}
    return replace(PLUCHINO, interleaved=interleaved, **laws, **changes)


def check(name: str, transfer: str, runs: int, many: int) -> None:
    """Each cell against its record, in standard errors of both; and the order that was published."""
    found = {}
    for (select, chance), (mean, error) in zip(SELECTS.items(), RECORDED[name, transfer], strict=True):
        found[select], mine = settled(variant(name, transfer=transfer, select=chance), runs, many)
        assert abs(found[select] - mean) < ERRORS * math.hypot(error, mine), (
            f"{select}: {found[select]:.2f} ± {mine:.2f}"
        )
    high, low = ("best", "worst") if transfer == "common_sense" else ("worst", "best")
    assert found[high] > found["random"] > 10 * mean_of(variant(name).competence) > found[low]


@pytest.mark.parametrize("name", VARIANTS)
def test_an_organisation_is_at_first_as_efficient_as_its_people_are_competent(name: str) -> None:
    ladder = variant(name)
    found = efficiency(begin(ladder, chances(ladder, runs=2000)[1]), RESPONSIBILITY, 10.0)
    assert abs(found.mean() - 10 * mean_of(ladder.competence)) < ERRORS * found.std() / math.sqrt(2000)


@pytest.mark.parametrize(("name", "transfer"), RECORDED)
def test_promoting_the_best_pays_by_common_sense_and_costs_by_peter(name: str, transfer: str) -> None:
    check(name, transfer, runs=12, many=300)


@pytest.mark.parametrize("transfer", MIXED)
def test_promoting_the_best_or_the_worst_at_random_does_as_well_as_was_recorded(transfer: str) -> None:
    for chance, (mean, error) in MIXED[transfer].items():
        found, mine = settled(variant("clipped_interleaved", transfer=transfer, select=chance), 12, 300)
        assert abs(found - mean) < ERRORS * math.hypot(error, mine), f"{chance}: {found:.2f} ± {mine:.2f}"


@pytest.mark.soak
@pytest.mark.parametrize(("name", "transfer"), RECORDED)
def test_promoting_the_best_pays_by_common_sense_and_costs_by_peter_at_full_size(name: str, transfer: str) -> None:
    check(name, transfer, runs=50, many=1000)


@pytest.mark.soak
def test_a_mixture_serves_whichever_hypothesis_holds_where_the_two_curves_cross() -> None:
    chance = [0.25, 0.45]
    found = {
        transfer: [settled(variant("clipped_interleaved", transfer=transfer, select=p), 20, 600)[0] for p in chance]
        for transfer in MIXED
    }
    ahead = np.subtract(found["common_sense"], found["peter"])
    assert ahead[0] < 0 < ahead[1]
    crossing = float(np.interp(0.0, ahead, chance))
    assert crossing == pytest.approx(0.42, abs=0.01)
    assert np.interp(crossing, chance, found["peter"]) == pytest.approx(72.9, abs=0.3)


# ---------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("key", "value"),
    [("seats", ()), ("seats", (1, 0)), ("select", -0.1), ("select", 1.1), ("transfer", "petre"), ("spread", -1.0)],
)
def test_a_ladder_outside_its_range_is_refused(key: str, value: Any) -> None:
    with pytest.raises(InvalidInput) as caught:
        replace(PLUCHINO, **{key: value})
    assert caught.value.key == key
    assert key != "transfer" or caught.value.nearest == "peter"


@pytest.mark.parametrize(("key", "value"), [("sd", -1.0), ("low", 10.0)])
def test_a_law_outside_its_range_is_refused(key: str, value: float) -> None:
    with pytest.raises(InvalidInput) as caught:
        replace(COMPETENCE, **{key: value})
    assert caught.value.key == key
