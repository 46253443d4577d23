"""Contests: against brute force, in closed form, and in the crowd that they approach."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import norm

from sim.contest import Contest, cover_of
from sim.errors import InvalidInput
from tests.tolerances import ERRORS, QUADRATURE, ROUNDING, SLOPE, STEP, TABLE


def contest(members: int, noise: float = 1.0, rivals: str = "exact", exact_up_to: int = 12) -> Contest:
    return Contest(members=members, noise=noise, rivals=rivals, exact_up_to=exact_up_to)


def by_quadrature(scores: list[float], i: int, places: int, noise: float) -> float:
    """P_i by adaptive integration over the own score and enumeration of who else is above."""
    rivals = [s for j, s in enumerate(scores) if j != i]

    def density(x: float) -> float:
        above = [norm.sf(x, s, noise) for s in rivals]
        few = sum(
            math.prod(p if up else 1 - p for p, up in zip(above, ups, strict=True))
            for ups in itertools.product([0, 1], repeat=len(rivals))
            if sum(ups) <= places - 1
        )
        return float(norm.pdf(x, scores[i], noise) * few)

    value, _ = quad(density, scores[i] - 9 * noise, scores[i] + 9 * noise, epsabs=1e-11, epsrel=1e-11, limit=200)
    return float(value)


@pytest.mark.parametrize("places", [1, 2, 3])
@pytest.mark.parametrize("noise", [0.4, 1.0, 3.0])
def test_exact_chances_are_those_of_adaptive_integration(places: int, noise: float) -> None:
    scores = [0.0, 0.3, -1.1, 2.0]
    own = np.array([scores])
    chance, _ = contest(4, noise).chance(own, own, places)
    expected = [by_quadrature(scores, i, places, noise) for i in range(4)]
    assert chance[0] == pytest.approx(expected, abs=QUADRATURE)


def test_exact_chances_are_the_frequencies_of_many_contests_held() -> None:
    scores, n = np.array([0.0, 0.5, 1.0, -0.5, 0.2, 0.0]), 200_000
    held = scores + 0.8 * np.random.default_rng(1).standard_normal((n, 6))
    won = (held >= np.sort(held, axis=1)[:, [-2]]).mean(axis=0)
    chance, _ = contest(6, 0.8).chance(scores[None, :], scores[None, :], 2)
    error = np.sqrt(chance[0] * (1 - chance[0]) / n)
    assert (np.abs(won - chance[0]) < ERRORS * error).all()


def test_two_rivals_differ_by_normal_noise_of_twice_the_variance() -> None:
    gap = np.array([[-1.0, 0.0], [0.7, 0.0], [2.0, 0.0]])
    chance, slope = contest(2, 1.5).chance(gap, gap, 1)
    z = gap[:, 0] / (1.5 * math.sqrt(2))
    assert chance[:, 0] == pytest.approx(norm.cdf(z), abs=QUADRATURE)
    assert slope[:, 0] == pytest.approx(norm.pdf(z) / (1.5 * math.sqrt(2)), abs=QUADRATURE)


@pytest.mark.parametrize("members", [2, 3, 9, 20])
@pytest.mark.parametrize("places", [1, 1.5, 2.6])
def test_at_symmetry_everyone_has_the_share_of_places(members: int, places: float) -> None:
    if places >= members:
        places = 0.5
    own = np.full((1, members), 3.0)
    chance, slope = contest(members, 0.7, exact_up_to=99).chance(own, own, places)
    assert chance == pytest.approx(np.full((1, members), places / members), abs=QUADRATURE)
    assert slope == pytest.approx(np.full((1, members), slope[0, 0]), rel=ROUNDING)


def test_the_incentive_of_two_and_of_three_for_one_prize_is_published() -> None:
    """β₂,₁ = β₃,₁ = 1/(2√π), Lazear & Rosen (1981) and order statistics."""
    for members in (2, 3):
        zero = np.zeros((1, members))
        _, slope = contest(members).chance(zero, zero, 1)
        assert slope[0, 0] == pytest.approx(1 / (2 * math.sqrt(math.pi)), abs=QUADRATURE)


@pytest.mark.parametrize("places", [1, 2, 3.25, 8])
def test_all_chances_of_a_team_sum_to_the_places(places: float) -> None:
    own = np.random.default_rng(3).standard_normal((20, 9))
    chance, _ = contest(9, 0.6).chance(own, own, places)
    assert chance.sum(axis=1) == pytest.approx(np.full(20, places), abs=QUADRATURE)


@pytest.mark.parametrize(("rivals", "mean"), [("exact", False), ("exact", True), ("crowd", False), ("crowd", True)])
@pytest.mark.parametrize("places", [1, 2.3])
def test_the_slope_is_the_derivative_of_the_chance(rivals: str, mean: bool, places: float) -> None:
    own = np.random.default_rng(4).standard_normal((5, 7))
    field = own.mean(axis=1, keepdims=True) if mean else own.copy()
    c = contest(7, 0.8, rivals)
    up, down = c.chance(own + STEP, field, places)[0], c.chance(own - STEP, field, places)[0]
    assert c.chance(own, field, places)[1] == pytest.approx((up - down) / (2 * STEP), abs=SLOPE)


@pytest.mark.parametrize("rivals", ["exact", "crowd"])
def test_a_higher_score_never_lowers_the_chance_and_always_lies_between_never_and_surely(rivals: str) -> None:
    own = np.tile(np.linspace(-20, 20, 81)[:, None], (1, 9))
    field = np.tile(np.linspace(-1, 1, 9), (81, 1))
    for seen in (field, field[:, :1]):
        chance, slope = contest(9, 1.0, rivals).chance(own, seen, 2)
        assert (np.diff(chance, axis=0) >= -QUADRATURE).all() and (slope >= -QUADRATURE).all()
        assert chance.min() >= -QUADRATURE and chance.max() <= 1 + QUADRATURE
        assert chance[0] == pytest.approx(np.zeros(9), abs=QUADRATURE)
        assert chance[-1] == pytest.approx(np.ones(9), abs=QUADRATURE)


@pytest.mark.parametrize("members", [2, 9, 12])
def test_knowing_only_the_mean_is_knowing_rivals_who_all_stand_there(members: int) -> None:
    c = contest(members, 0.9)
    own = np.linspace(-2, 2, 11)[:, None] * np.ones(members)
    mean = np.full((11, 1), 0.3)
    chance, slope = c.chance(own, mean, 1)
    for row in range(11):
        field = np.full((1, members), 0.3)
        exact, exact_slope = c.chance(own[[row]], field, 1)
        assert chance[row] == pytest.approx(exact[0], abs=TABLE)
        assert slope[row] == pytest.approx(exact_slope[0], abs=TABLE)


@pytest.mark.parametrize("part", [0.25, 0.5, 0.9])
@pytest.mark.parametrize("mean", [False, True])
def test_a_fraction_of_a_place_is_the_lottery_that_rounds_it(part: float, mean: bool) -> None:
    c, own = contest(5), np.array([[0.0, 0.4, -0.3, 1.0, 0.1]])
    field = own.mean(axis=1, keepdims=True) if mean else own
    for i in (0, 1):
        low, high, mixed = (c.chance(own, field, 1 + share)[i] for share in (0, 1, part))
        assert mixed == pytest.approx((1 - part) * low + part * high, abs=QUADRATURE)


def test_less_than_one_place_is_sometimes_none() -> None:
    c, own = contest(5), np.array([[0.0, 0.4, -0.3, 1.0, 0.1]])
    for i in (0, 1):
        assert c.chance(own, own, 0.3)[i] == pytest.approx(0.3 * c.chance(own, own, 1)[i], abs=QUADRATURE)


def test_large_exact_contests_approach_the_crowd() -> None:
    off = []
    for members in (10, 40, 160):
        own = np.linspace(-0.5, 0.5, members)[None, :]
        exact = contest(members, exact_up_to=1000).chance(own, own, members // 10)[1]
        crowd = contest(members, rivals="crowd").chance(own, own, members // 10)[1]
        off.append(float(np.abs(exact / crowd - 1).max()))
    assert off[0] > off[1] > off[2] and off[2] < 0.02  # falls as 1/N; 9–15 % at N = 9 (MODEL 7)


def test_in_a_crowd_the_mean_chance_is_the_share_and_the_closed_form_holds_at_symmetry() -> None:
    spread = np.random.default_rng(5).standard_normal((6, 50))
    chance, _ = contest(50, 0.7, "crowd").chance(spread, spread, 5)
    assert chance.mean(axis=1) == pytest.approx(np.full(6, 0.1), abs=ROUNDING)
    alike = np.ones((1, 50))
    chance, slope = contest(50, 0.7, "crowd").chance(alike, alike, 5)
    assert slope[0] == pytest.approx(np.full(50, norm.pdf(norm.ppf(0.9)) / 0.7), rel=1e-10)


def test_a_team_above_the_limit_is_a_crowd() -> None:
    own = np.random.default_rng(6).standard_normal((2, 13))
    a, b = contest(13).chance(own, own, 2), contest(13, rivals="crowd").chance(own, own, 2)
    assert np.array_equal(a[0], b[0]) and np.array_equal(a[1], b[1])
    c = contest(13, exact_up_to=13).chance(own, own, 2)
    assert not np.allclose(a[0], c[0])


@pytest.mark.parametrize(("places", "certain"), [(0, 0.0), (3, 1.0), (7.5, 1.0)])
@pytest.mark.parametrize("rivals", ["exact", "crowd"])
def test_without_a_contest_the_place_is_certain_and_brings_no_incentive(
    places: float, certain: float, rivals: str
) -> None:
    own = np.zeros((2, 3))
    chance, slope = contest(3, 0.0, rivals).chance(own, own, places)
    assert (chance == certain).all() and (slope == 0).all()


@pytest.mark.parametrize(("places", "certain"), [(0.02, 0.02), (0.5, 0.5), (1, 1.0), (3, 1.0)])
def test_one_alone_gets_a_place_without_a_contest_and_a_part_of_one_by_lot(places: float, certain: float) -> None:
    chance, slope = contest(1, 0.0).chance(np.zeros((1, 1)), np.zeros((1, 1)), places)
    assert (chance.tolist(), slope.tolist()) == ([[certain]], [[0.0]])


@pytest.mark.parametrize("rivals", ["exact", "crowd"])
def test_scale_and_origin_of_the_score_do_not_matter(rivals: str) -> None:
    own = np.random.default_rng(7).standard_normal((3, 6))
    p, s = contest(6, 0.5, rivals).chance(own, own, 2)
    q, t = contest(6, 5.0, rivals).chance(10 * own + 40, 10 * own + 40, 2)
    assert q == pytest.approx(p, abs=QUADRATURE) and 10 * t == pytest.approx(s, abs=QUADRATURE)


def test_the_chance_to_be_among_the_lowest_is_that_of_the_highest_turned_around() -> None:
    own = np.random.default_rng(8).standard_normal((3, 6))
    high, _ = contest(6).chance(own, own, 4)
    low, _ = contest(6).chance(-own, -own, 2)
    assert high + low == pytest.approx(np.ones((3, 6)), abs=QUADRATURE)


def test_rivals_scores_far_apart_are_integrated_as_long_as_a_grid_can() -> None:
    own = np.array([[0.0, 1000.0, 1000.5]])
    chance, _ = contest(3).chance(own, own, 1)
    assert chance[0, 0] == pytest.approx(0.0, abs=QUADRATURE)
    assert chance[0, 1] == pytest.approx(norm.cdf(-0.5 / math.sqrt(2)), abs=QUADRATURE)
    with pytest.raises(InvalidInput, match="noise"):
        contest(3, 1e-6).chance(own, own, 1)


@pytest.mark.parametrize("rivals", ["exact", "crowd"])
def test_a_run_is_solved_to_the_same_bits_alone_and_in_a_batch(rivals: str) -> None:
    own = np.random.default_rng(9).standard_normal((40, 9)) * np.linspace(0.1, 30, 40)[:, None]
    for field in (own, own.mean(axis=1, keepdims=True)):
        c = contest(9, 0.6, rivals)
        batch = c.chance(own, field, 1.4)
        for r in (0, 13, 39):
            alone = c.chance(own[[r]], field[[r]], 1.4)
            assert np.array_equal(batch[0][[r]], alone[0]) and np.array_equal(batch[1][[r]], alone[1])


def test_what_all_share_adds_to_the_spread_of_a_score_and_not_to_a_contest() -> None:
    alone, shaken = contest(3), Contest(members=3, noise=1.0, rivals="exact", exact_up_to=12, common=0.75)
    assert (alone.spread, shaken.spread) == (1.0, 1.25)
    own = np.array([[0.0, 0.5, 1.0]])
    assert np.array_equal(shaken.chance(own, own, 1)[0], alone.chance(own, own, 1)[0])


def test_cover_is_the_slope_in_the_log_of_the_noise_where_there_is_one_cut() -> None:
    """A crowd of whom half win: the cut stays at the mean, whatever the noise."""
    own, mean = np.linspace(-3, 3, 13)[None, :], np.zeros((1, 1))
    up, down = (contest(13, 0.8 * math.exp(step), "crowd").chance(own, mean, 6.5)[0] for step in (STEP, -STEP))
    cover = cover_of(contest(13, 0.8, "crowd").chance(own, mean, 6.5)[0])
    assert cover == pytest.approx((up - down) / (2 * STEP), abs=SLOPE)
    assert (cover[own < 0] > 0).all() and (cover[own > 0] < 0).all() and cover[own == 0] == 0


def test_nothing_covers_whoever_is_sure_to_lose_or_to_win() -> None:
    assert cover_of(np.array([0.0, 1.0])) == pytest.approx([0.0, 0.0], abs=1e-10)


def test_a_contest_without_luck_is_refused() -> None:
    with pytest.raises(InvalidInput, match="noise"):
        contest(3, 0.0).chance(np.zeros((1, 3)), np.zeros((1, 3)), 1)


def test_an_unknown_way_to_see_rivals_is_refused_with_the_nearest() -> None:
    with pytest.raises(InvalidInput) as caught:
        contest(3, rivals="exct")
    assert caught.value.nearest == "exact"


def test_one_run_without_luck_is_refused_among_others_that_have_some() -> None:
    own = np.zeros((2, 3))
    with pytest.raises(InvalidInput) as caught:
        Contest(members=3, noise=np.array([[1.0], [0.0]]), rivals="exact", exact_up_to=12).chance(own, own, 1)
    assert caught.value.key == "noise"


@pytest.mark.parametrize("spread", [0.0, 0.3, 4.0, 60.0])
def test_above_the_cut_of_a_crowd_there_is_room_for_the_places_on_average(spread: float) -> None:
    field = spread * np.array([[-1.0, -0.9, 0.0, 0.2, 1.0], [0.0, 0.0, 0.0, 0.0, 5.0]])
    for places in (1, 2.5, 4):
        chance, _ = contest(5, rivals="crowd").chance(field, field, places)
        assert chance.sum(axis=1) == pytest.approx(np.full(2, places), abs=QUADRATURE)


def test_a_crowd_that_stands_at_its_mean_is_cut_there() -> None:
    own, mean = np.array([[0.0, 1.0, -1.0]]), np.array([[0.5]])
    chance, _ = contest(40, rivals="crowd").chance(own, mean, 10)
    assert chance == pytest.approx(norm.cdf(own - 0.5 - norm.ppf(0.75)), abs=QUADRATURE)


@pytest.mark.parametrize("members", [60, 200])
def test_a_large_contest_that_is_solved_exactly_gives_everybody_the_same_small_share(members: int) -> None:
    """The steeper the chance of ending ahead of that many, the finer the steps of the integral have to be."""
    exact, own = contest(members, exact_up_to=1000), np.zeros((1, members))
    for field in (own, np.zeros((1, 1))):
        chance, _ = exact.chance(own, field, 1)
        assert chance == pytest.approx(np.full((1, members), 1 / members), abs=1e-14)
