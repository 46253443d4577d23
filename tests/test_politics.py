"""Politics: what is taken from rivals, what is owed, and what becomes of trust."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.contest import Contest
from sim.errors import InvalidInput
from sim.fields import construct
from sim.loading import read
from sim.politics import Climate, Politics, begin, cooperation, edge, lasting, moved, replaced, taken, thanks
from sim.rewards.base import RewardRule
from sim.rewards.layoff import Layoff
from sim.rewards.ranking import Band, Ranking
from sim.rewards.tournament import Tournament
from tests import worlds
from tests.tolerances import ROUNDING, SLOPE, STEP

USUAL = Politics(trust=1.0, burns=0.8, recovers=0.05, reliance=0.6, returned=0.3, forgets=0.1)
STANDARD: Politics = construct(Politics, read("politics", "standard"), "politics")
ILL, FAVOURS, SABOTAGES = np.array([0.0, 1.0, 1.0]), np.array([0.0, 1.0, 0.0]), np.array([0.0, 0.0, 1.5])
NOISE = 1.3


def weeks_of(politics: Politics, effort: np.ndarray, weeks: int, trust: float = 1.0) -> Climate:
    """The climate after some weeks of the same effort."""
    climate = replace(begin(politics, *effort.shape[1:]), trust=np.full(effort.shape[1], trust))
    for _ in range(weeks):
        climate = moved(politics, climate, effort, ILL, FAVOURS)
    return climate


def spent(ill: float, runs: int = 1, members: int = 4) -> np.ndarray:
    """A team whose members all spend so much on favours, and the rest on work."""
    return np.stack([np.full((runs, members), x) for x in (1 - ill, ill, 0.0)])


# ---------------------------------------------------------------- sabotage


def test_what_one_takes_off_is_shared_out_among_the_others() -> None:
    effort = np.zeros((3, 1, 4))
    effort[2, 0] = [0.4, 0.0, 0.2, 0.0]
    by_hand = [0.1, 0.3, 0.2, 0.3]  # 1.5·(0.6 − own)/3
    assert taken(SABOTAGES, effort)[0] == pytest.approx(by_hand, rel=ROUNDING)


@given(st.integers(0, 10_000), st.integers(2, 9))
def test_scores_lose_together_exactly_what_was_taken(seed: int, members: int) -> None:
    effort = worlds.frozen(np.random.default_rng(seed).uniform(0, 1, (3, 2, members)))
    lost = taken(SABOTAGES, effort)
    assert lost.min() >= 0
    assert lost.sum(axis=-1) == pytest.approx(1.5 * effort[2].sum(axis=-1), rel=ROUNDING)


def test_nobody_is_taken_from_who_works_alone_or_is_the_only_one_who_takes() -> None:
    assert not taken(SABOTAGES, np.ones((3, 2, 1))).any()
    assert not edge(SABOTAGES, 1).any()
    effort = np.zeros((3, 1, 3))
    effort[2, 0, 1] = 0.7
    assert taken(SABOTAGES, effort)[0, 1] == 0.0


def expected(rule: RewardRule, contest: Contest, own: np.ndarray, field: np.ndarray) -> np.ndarray:
    return rule.expected(own, field, contest)


CONTESTS: dict[str, RewardRule] = {
    "tournament": Tournament(prize=1.4, winners=2, share=None),
    "layoff": Layoff(share=0.3, loss=0.9),
    "ranking": Ranking(bands=(Band(share=0.2, reward=1.0), Band(share=0.5, reward=0.4), Band(share=0.3, reward=0.0))),
}


@pytest.mark.parametrize("name", CONTESTS)
def test_in_a_contest_taking_from_all_rivals_is_worth_what_as_many_points_of_ones_own_are(name: str) -> None:
    """−Σ_j(∂R_i/∂s_j)·d/(N − 1), rival by rival, of members who do not stand level."""
    rule, members = CONTESTS[name], 6
    contest = Contest(members=members, noise=NOISE, rivals="exact", exact_up_to=12)
    score = np.random.default_rng(3).normal(0, 1.2, (3, members))
    brings = np.zeros(score.shape)
    for i in range(members):
        for j in set(range(members)) - {i}:
            down, up = score.copy(), score.copy()
            down[:, j] -= STEP
            up[:, j] += STEP
            slope = (expected(rule, contest, score, up) - expected(rule, contest, score, down)) / (2 * STEP)
            brings[:, i] -= slope[:, i] * 1.5 / (members - 1)
    found = rule.incentive(score, score, contest) * edge(SABOTAGES, members)[2]
    assert found == pytest.approx(brings, rel=SLOPE, abs=SLOPE)
    assert found.min() >= 0 and found.max() > 2 * found.min(), "they do not stand level"


@pytest.mark.parametrize("rivals", ["exact", "crowd"])
def test_where_only_the_mean_is_known_it_is_the_mean_that_falls(rivals: str) -> None:
    rule = CONTESTS["tournament"]
    contest = Contest(members=20, noise=NOISE, rivals=rivals, exact_up_to=30)
    own, field = np.random.default_rng(4).normal(0, 1.2, (3, 20)), np.array([[0.3], [0.0], [-0.2]])
    lower, higher = (expected(rule, contest, own, field + x) for x in (-STEP, STEP))
    brings = (lower - higher) / (2 * STEP) * edge(SABOTAGES, 20)[2]
    found = rule.incentive(own, field, contest) * edge(SABOTAGES, 20)[2]
    assert found == pytest.approx(brings, rel=SLOPE, abs=SLOPE)


@pytest.mark.parametrize("members", [2, 3, 6, 9])
def test_among_equals_hitting_one_rival_is_worth_as_much_as_hitting_all_a_little(members: int) -> None:
    """THEORY E: β_{N,1}/(N − 1) a unit."""
    contest = Contest(members=members, noise=1.0, rivals="exact", exact_up_to=12)
    level, rule = np.zeros((1, members)), Tournament(prize=1.0, winners=1, share=None)
    hit = level.copy()
    hit[0, 1] = STEP
    one = (expected(rule, contest, level, -hit) - expected(rule, contest, level, hit))[0, 0] / (2 * STEP)
    assert one == pytest.approx(rule.incentive(level, level, contest)[0, 0] / (members - 1), rel=SLOPE)
    if members == 6:
        assert one == pytest.approx(0.0422402120203824, rel=SLOPE)


# ---------------------------------------------------------------- favours


def test_favours_pile_up_until_as_much_is_forgotten_as_is_done() -> None:
    owed = weeks_of(USUAL, spent(0.2), 400).owed
    assert owed == pytest.approx(0.2 / 0.1, rel=ROUNDING)
    points = thanks(USUAL, owed, judged=0.8)
    assert points == pytest.approx(0.2 * lasting(USUAL, FAVOURS, judged=0.8)[1], rel=ROUNDING)
    assert not lasting(USUAL, FAVOURS, judged=0.8)[[0, 2]].any()


def test_no_favour_is_returned_where_nothing_is_judged_by_a_person() -> None:
    owed = weeks_of(USUAL, spent(0.2), 10).owed
    assert owed.min() > 0 and not thanks(USUAL, owed, judged=0.0).any()


def test_a_newcomer_is_owed_nothing_and_the_others_what_they_were() -> None:
    before = worlds.frozen(weeks_of(USUAL, spent(0.2, runs=2), 10))
    gone = np.array([[False, True, False, False], [False] * 4])
    after = replaced(before, gone)
    assert after.owed[gone].tolist() == [0.0]
    assert np.array_equal(after.owed[~gone], before.owed[~gone]) and np.array_equal(after.trust, before.trust)


def test_usual_flattery_is_returned_with_a_small_effect_on_what_a_boss_says() -> None:
    """Two hours a week more than others bring a tenth to three tenths of a standard deviation (Gordon 1996)."""
    assert 0.1 <= 0.05 * lasting(STANDARD, FAVOURS, judged=1.0)[1] <= 0.3


# ---------------------------------------------------------------- trust


def test_trust_is_whole_where_nobody_means_ill() -> None:
    assert weeks_of(USUAL, spent(0.0), 5).trust.tolist() == [1.0]


@pytest.mark.parametrize("ill", [0.01, 0.1, 0.6])
def test_trust_settles_where_as_much_comes_back_as_is_burnt(ill: float) -> None:
    kept = math.exp(-0.8 * ill)
    by_hand = 0.05 / (1 - 0.95 * kept)
    for start in (0.0, 1.0):
        assert weeks_of(USUAL, spent(ill), 800, start).trust[0] == pytest.approx(by_hand, rel=ROUNDING)


def test_trust_is_lost_sooner_than_it_comes_back() -> None:
    lost = 1 - weeks_of(STANDARD, spent(0.2), 4).trust[0]
    won = weeks_of(STANDARD, spent(0.0), 4, trust=1 - lost).trust[0] - (1 - lost)
    assert won < lost / 3


def test_all_lose_trust_by_what_one_does() -> None:
    effort = spent(0.0)
    effort[2, 0, 0] = 0.4
    assert weeks_of(USUAL, effort, 1).trust[0] == pytest.approx(weeks_of(USUAL, spent(0.1), 1).trust[0], rel=ROUNDING)


@given(seed=st.integers(0, 10_000), burns=st.floats(0, 50), recovers=st.floats(0, 1), reliance=st.floats(0, 0.99))
def test_trust_and_cooperation_keep_to_their_bounds_at_any_effort(
    seed: int, burns: float, recovers: float, reliance: float
) -> None:
    rng = np.random.default_rng(seed)
    politics = replace(USUAL, burns=burns, recovers=recovers, reliance=reliance)
    climate = Climate(trust=rng.uniform(0, 1, 3), owed=rng.exponential(1, (3, 4)))
    effort = worlds.frozen(rng.exponential(1, (3, 3, 4)))
    after = moved(politics, worlds.frozen(climate), effort, ILL, FAVOURS)
    assert after.trust.min() >= 0 and after.trust.max() <= 1 and after.owed.min() >= 0
    assert (moved(politics, climate, effort * 1.1, ILL, FAVOURS).trust <= after.trust + ROUNDING).all()
    factor = cooperation(politics, after.trust)
    assert factor.min() > 0 and factor.max() <= 1


def test_cooperation_is_whole_with_trust_and_loses_what_relies_on_it_without() -> None:
    found = cooperation(USUAL, np.array([1.0, 0.5, 0.0]))
    assert found == pytest.approx([1.0, 0.7, 0.4], rel=ROUNDING)


def test_a_run_has_the_same_politics_alone_and_in_a_batch() -> None:
    effort = np.random.default_rng(5).uniform(0, 1, (3, 40, 7))
    batch, lost = weeks_of(USUAL, effort, 6), taken(SABOTAGES, effort)
    for r in range(40):
        row = slice(r, r + 1)
        alone = weeks_of(USUAL, np.ascontiguousarray(effort[:, row]), 6)
        assert np.array_equal(alone.trust, batch.trust[row]) and np.array_equal(alone.owed, batch.owed[row])
        assert np.array_equal(taken(SABOTAGES, effort[:, row]), lost[row])


def test_an_activity_that_takes_nothing_changes_no_bit() -> None:
    effort = np.random.default_rng(6).uniform(0, 1, (3, 5, 7))
    more = np.concatenate([effort, np.ones((1, 5, 7))])
    assert np.array_equal(taken(np.append(SABOTAGES, 0.0), more), taken(SABOTAGES, effort))
    one, other = begin(USUAL, 5, 7), begin(USUAL, 5, 7)
    one = moved(USUAL, one, effort, ILL, FAVOURS)
    other = moved(USUAL, other, more, np.append(ILL, 0.0), np.append(FAVOURS, 0.0))
    assert np.array_equal(one.trust, other.trust) and np.array_equal(one.owed, other.owed)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        *[(k, v) for k in ("trust", "recovers") for v in (-0.1, 1.1, math.nan)],
        *[("reliance", v) for v in (-0.1, 1.0, math.nan)],
        *[(k, v) for k in ("burns", "returned") for v in (-0.1, math.inf, math.nan)],
        *[("forgets", v) for v in (0.0, 1.1, math.nan)],
    ],
)
def test_numbers_outside_their_range_are_refused(key: str, value: float) -> None:
    with pytest.raises(InvalidInput) as caught:
        replace(USUAL, **{key: value})
    assert caught.value.key == key
    assert "\n" not in str(caught.value)
