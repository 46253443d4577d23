"""Reporting: news climbs a hop a week or is sat on, colours and progress suffer on the way, reality breaks through."""

from __future__ import annotations

import math
from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.arrays import Floats
from sim.errors import InvalidInput
from sim.fields import construct
from sim.loading import read
from sim.reporting import (
    News,
    Reporting,
    arisen,
    arrived,
    begin,
    bypassed,
    colours,
    courage,
    face_lost,
    found_at,
    hidden,
    moved,
    pace,
    progress,
    red,
    silence,
)
from tests import worlds
from tests.tolerances import ERRORS, ROUNDING

STANDARD: Reporting = construct(Reporting, read("reporting", "standard"), "reporting")
QUIET: dict[str, Any] = dict.fromkeys((f.name for f in fields(Reporting)), 0.0) | {
    "hops": 3,
    "start": 1.0,
    "solved_at": None,
    "retention": 1.0,
}
RUNS = 40_000


def chain(**changes: Any) -> Reporting:
    """A chain that passes everything on, above teams that begin with a problem; nothing comes up or ends."""
    return Reporting(**(QUIET | changes))


def lived(reporting: Reporting, weeks: int, runs: int = RUNS, seed: int = 1, dread: float = 0.0) -> list[News]:
    """The news before the first week, and after each."""
    rng = np.random.default_rng(seed)
    bold = courage(reporting, np.full((reporting.hops, runs), dread), np.ones(runs))
    past = [begin(reporting, rng.random(runs))]
    for _ in range(weeks):
        past.append(moved(reporting, past[-1], bold, np.zeros(runs), rng.random((len(reporting.causes), runs))))
    return past


def row(reporting: Reporting, *weeks: dict[str, float]) -> list[News]:
    """One run, told what chance brings: 0.999 (nothing happens) unless a week says otherwise."""
    bold, past = np.ones((reporting.hops, 1)), [begin(reporting, np.zeros(1))]
    for week in weeks:
        luck = np.array([[week.get(cause.removeprefix("problem:"), 0.999)] for cause in reporting.causes])
        past.append(moved(reporting, past[-1], bold, np.zeros(1), luck))
    return past


def close(found: Any, expected: float) -> bool:
    """Whether a share of cases is what it should be."""
    return bool(abs(np.mean(found) - expected) < ERRORS * math.sqrt(expected * (1 - expected) / len(found)) + ROUNDING)


def test_news_climbs_one_hop_a_week_where_nobody_is_mum() -> None:
    past = row(chain(), {}, {}, {}, {})
    assert [int(n.reached[0]) for n in past] == [0, 1, 2, 3, 3]
    assert [bool(n.discovered[0]) for n in past] == [False, False, False, True, False]
    assert [float(n.age[0]) for n in past] == [0, 1, 2, 3, 4]
    assert arrived(past[3])[0] and found_at(past[3])[0] == 3 and np.isnan(found_at(past[2])[0])


def test_who_sits_on_news_thinks_again_with_less_zeal() -> None:
    once = chain(mum=0.5, insists=0.2)
    past = row(once, {"passed": 0.5}, {"passed": 0.11}, {"passed": 0.09}, {"passed": 0.49}, {"passed": 0.3})
    assert [int(n.reached[0]) for n in past] == [0, 0, 0, 1, 2, 3]
    assert [bool(n.sat_on[0]) for n in past] == [False, True, True, False, False, False]


@pytest.mark.parametrize(("m", "n", "silence_means"), [(0.1, 1, 0.041096), (0.3, 4, 0.245665), (0.5, 2, 0.243243)])
def test_news_that_is_dropped_for_good_arrives_as_often_as_every_hop_passes_it_on(
    m: float, n: int, silence_means: float
) -> None:
    end = lived(chain(hops=n, mum=m, start=0.3), n)[-1]
    told = end.reached == n
    assert close(told[end.open], (1 - m) ** n)  # THEORY I3
    assert close(end.open[~told], silence_means), "to a top that knows how often there is trouble"
    assert not told[~end.open].any()


def test_news_that_is_thought_over_again_takes_as_long_as_a_geometric_wait() -> None:
    past = lived(chain(hops=1, mum=0.6, insists=0.5), 120)
    ages = np.concatenate([n.age[n.discovered] for n in past])
    assert len(ages) > 0.9999 * RUNS
    assert abs(ages.mean() - (1 + 0.6 / (0.5 * 0.4))) < ERRORS * ages.std() / math.sqrt(len(ages))


def test_reality_breaks_through_the_more_surely_the_older_a_problem_is() -> None:
    past = lived(chain(mum=1.0, breaks=0.01), 40)
    for week in (1, 5, 10, 20):
        assert close(hidden(chain(), past[week]), math.exp(-0.01 * week * (week + 1) / 2))
    found = np.sum([n.discovered for n in past], axis=0)
    assert np.array_equal(found, np.sum([n.surprise for n in past], axis=0)) and found.max() == 1


def test_what_the_chain_has_told_by_then_is_no_surprise() -> None:
    sure = chain(hops=2, breaks=500.0)
    past = row(sure, {"passed": 0.5, "breaks": 0.999999})
    assert past[1].surprise[0] and past[1].reached[0] == 2
    short = row(chain(hops=1, breaks=500.0), {"breaks": 0.0})
    assert short[1].discovered[0] and not short[1].surprise[0]


def test_who_goes_past_the_holder_tells_the_top_and_loses_face() -> None:
    deaf = chain(mum=1.0, bypass=0.1, face=0.3)
    before, after, later = row(deaf, {"bypass": 0.05}, {"bypass": 0.05})
    assert face_lost(deaf, before)[0] == 0 and bypassed(after)[0] and face_lost(deaf, after)[0] == 0.3
    assert after.reached[0] == 3 and after.discovered[0] and not after.surprise[0] and not arrived(after)[0]
    assert face_lost(deaf, later)[0] == 0, "it is crossed once"
    assert not bypassed(row(chain(bypass=1.0, face=0.3), {"bypass": 0.0})[1])[0], "nobody goes past who passes it on"


def test_fear_keeps_people_from_going_past_the_holder_too() -> None:
    timid = chain(mum=1.0, bypass=0.5, fear=1.0)
    assert close(bypassed(lived(timid, 1, dread=0.7)[1]), 0.5 * math.exp(-0.7))


def test_a_problem_is_solved_once_it_is_known_where_it_can_be() -> None:
    low = chain(solves=0.5, solved_at=1)
    past = row(low, {"solved": 0.0}, {"solved": 0.6}, {"solved": 0.4})
    assert [bool(n.open[0]) for n in past] == [True, True, True, False]
    assert past[3].reached[0] == 0 and past[3].age[0] == 0 and not past[3].discovered[0], "the top never hears of it"
    high = row(chain(solves=0.5), {"solved": 0.0}, {"solved": 0.0}, {"solved": 0.0}, {"solved": 0.0})
    assert [bool(n.open[0]) for n in high] == [True, True, True, True, False]
    own = row(chain(solves=0.5, solved_at=0), {"solved": 0.4})
    assert not own[1].open[0], "the team may solve it itself"


def test_problems_arise_where_none_is_open_and_the_more_debt_the_sooner() -> None:
    prone, runs = chain(start=0.5, base=0.02, per_debt=0.1), RUNS
    rng = np.random.default_rng(3)
    first = begin(prone, rng.random(runs))
    debt = np.where(np.arange(runs) % 2 == 0, 0.0, 2.0)
    after = moved(prone, first, np.ones((3, runs)), debt, rng.random((2, runs)))
    for owed, rate in ((0.0, 0.02), (2.0, 0.22)):
        assert close(arisen(after)[~first.open & (debt == owed)], -math.expm1(-rate))
    assert not arisen(after)[first.open].any() and after.open[first.open].all()
    assert (after.reached[arisen(after)] == 0).all() and (after.age[arisen(after)] == 0).all()


def test_an_open_problem_takes_more_of_the_pace_the_older_it_is_up_to_the_worst() -> None:
    costly = chain(harm=0.1, worst=0.25)
    assert [float(pace(costly, n)[0]) for n in row(costly, {}, {}, {}, {})] == [1.0, 0.9, 0.8, 0.75, 0.75]
    assert (pace(costly, lived(chain(start=0.0), 3, runs=5)[-1]) == 1).all()


def test_courage_falls_with_dread_and_safety_and_trust_stand_against_it() -> None:
    usual = chain(mum=0.3, fear=2.0, safety=0.5)
    dread = np.array([[0.0, 0.4, 0.4, 0.4], [0.0, 0.1, 0.1, 0.1], [0.0, 0.0, 0.0, 0.0]])
    found = courage(usual, dread, np.array([1.0, 1.0, 0.5, 0.0]))
    assert found[:, 1] == pytest.approx([math.exp(-0.4), math.exp(-0.1), 1.0], rel=ROUNDING)
    assert found[0] == pytest.approx([1.0, math.exp(-0.4), math.exp(-0.6), math.exp(-0.8)], rel=ROUNDING)
    assert silence(usual, found)[:, 0] == pytest.approx([0.3] * 3, rel=ROUNDING)
    assert silence(usual, found)[0, 3] == pytest.approx(1 - 0.7 * math.exp(-0.8), rel=ROUNDING)
    assert (courage(replace(usual, safety=1.0), dread, np.ones(4)) == 1).all(), "who is safe fears nothing"


def test_fear_makes_problems_older_before_the_top_knows_and_more_of_them_a_surprise() -> None:
    settled = replace(STANDARD, start=1.0, base=0.0, per_debt=0.0)
    ages, surprises = [], []
    for dread in (0.0, 0.3, 1.0):
        past = lived(settled, 150, runs=4000, dread=dread)
        ages.append(np.concatenate([n.age[n.discovered] for n in past]).mean())
        surprises.append(float(np.mean(np.sum([n.surprise for n in past], axis=0))))
    assert ages[0] + 1 < ages[1] and ages[1] + 1 < ages[2]
    assert surprises[0] + 0.05 < surprises[1] < surprises[2] - 0.05 < 0.95


def test_a_status_is_red_some_weeks_into_a_problem() -> None:
    slow = chain(red_after=2.0)
    assert [bool(red(slow, n)[0]) for n in row(slow, {}, {}, {})] == [False, False, True, True]
    assert not red(chain(start=0.0), lived(chain(start=0.0), 1, runs=1)[1])[0], "no problem, no red"


def test_whoever_sits_on_news_reports_green_and_so_do_all_above() -> None:
    stuck = row(chain(mum=0.5), {"passed": 0.2}, {"passed": 0.8})[-1]
    assert colours(chain(), stuck, np.empty((0, 1)))[:, 0].tolist() == [True, True, False, False]


def test_a_colour_is_right_after_some_hops_as_often_as_it_was_flipped_an_even_number_of_times() -> None:
    muddled = chain(hops=5, start=0.5, garbling=0.15)
    end = lived(muddled, 5)[-1]
    told = colours(muddled, end, np.random.default_rng(2).random((5, RUNS)))
    assert np.array_equal(told[0], end.open)
    for n in range(1, 6):
        right = told[n] == told[0]
        for truth in (True, False):
            assert close(right[told[0] == truth], 0.5 * (1 + 0.7**n))
    assert pytest.approx(0.584035, rel=ROUNDING) == 0.5 * (1 + 0.7**5)  # THEORY I4


def test_a_false_alarm_travels_unless_somebody_above_sits_on_news() -> None:
    loud, calm, stuck = chain(garbling=0.5), chain(start=0.0), chain(mum=0.5, red_after=9.0)
    garble = np.array([[0.1], [0.9], [0.9]])
    for news, expected in (
        (lived(calm, 1, runs=1)[-1], [False, True, True, True]),
        (row(stuck, {"passed": 0.2}, {"passed": 0.8})[-1], [False, True, False, False]),
    ):
        assert colours(replace(loud, red_after=9.0), news, garble)[:, 0].tolist() == expected


def test_what_reality_shows_is_not_garbled() -> None:
    loud = chain(mum=1.0, breaks=500.0, garbling=1.0)
    before, after = row(loud, {"breaks": 0.5})
    assert colours(loud, before, np.zeros((3, 1)))[:, 0].tolist() == [True, True, False, True], "all lie"
    assert colours(loud, after, np.zeros((3, 1))).all()


def test_progress_loses_a_part_and_gathers_noise_at_every_hop() -> None:
    dull = chain(hops=4, retention=0.9, noise=math.sqrt(0.2))
    truth, each = np.zeros(6), np.zeros((4, 6))
    truth[1] = 1.0
    each[np.arange(4), np.arange(2, 6)] = 1.0
    told = progress(dull, truth, each)
    assert told.shape == (5, 6) and np.array_equal(told[0], truth)
    gain, noise = told[-1, 1] - told[-1, 0], float(np.sum((told[-1, 2:] - told[-1, 0]) ** 2))
    assert gain == pytest.approx(0.9**4, rel=ROUNDING)
    assert noise == pytest.approx(0.2 * (1 - 0.9**8) / (1 - 0.9**2), rel=ROUNDING)
    assert noise == pytest.approx(0.5995082, rel=ROUNDING)  # THEORY I2
    assert gain**2 / (gain**2 + noise) == pytest.approx(0.41793930789, rel=1e-9)


def test_noise_in_progress_is_independent_from_hop_to_hop() -> None:
    rng = np.random.default_rng(6)
    dull = chain(hops=4, retention=0.9, noise=math.sqrt(0.2))
    truth = rng.standard_normal(RUNS)
    told = progress(dull, truth, rng.standard_normal((4, RUNS)))
    assert np.var(told[-1] - 0.9**4 * truth) == pytest.approx(0.5995082, rel=ERRORS * math.sqrt(2 / RUNS))
    plain = progress(chain(), truth, np.empty((0, RUNS)))
    assert all(np.array_equal(level, truth) for level in plain), "where nothing is lost, all hear the truth"


def test_the_top_of_the_standard_chain_sees_too_much_green_and_is_surprised_now_and_then() -> None:
    clear = replace(STANDARD, garbling=0.0)
    past = lived(clear, 400, runs=300, dread=0.2)[100:]
    true = np.mean([red(clear, n) for n in past])
    told = np.mean([colours(clear, n, np.empty((0, 300)))[-1] for n in past])
    discovered, surprise = (np.mean([getattr(n, key) for n in past]) for key in ("discovered", "surprise"))
    assert 0.2 * true < told < 0.9 * true
    assert 0.1 * discovered < surprise < 0.8 * discovered
    assert 0.9 < np.mean([pace(clear, n) for n in past]) < 1


shares = st.floats(0, 1)


@given(st.integers(0, 10_000), st.integers(1, 5), shares, shares, shares, st.floats(0, 0.5), st.floats(0, 3))
def test_whatever_happens_the_top_comes_to_know_of_a_problem_once_and_in_one_way(
    seed: int, hops: int, mum: float, insists: float, bypass: float, breaks: float, dread: float
) -> None:
    given = chain(hops=hops, base=0.3, mum=mum, insists=insists, bypass=bypass, breaks=breaks, fear=1.0, solves=0.5)
    for before, after in zip(past := lived(given, 12, runs=20, seed=seed, dread=dread), past[1:], strict=False):
        ways = np.array([arrived(after), bypassed(after), after.surprise])
        assert np.array_equal(ways.sum(axis=0), after.discovered)
        assert np.array_equal(after.discovered, hidden(given, before) & after.open & ~hidden(given, after))
        assert ((after.reached >= 0) & (after.reached <= hops)).all() and not after.reached[~after.open].any()
        climbed = (after.reached - before.reached)[after.open & ~after.direct]
        assert (climbed <= 1).all() and (climbed >= 0)[(before.open)[after.open & ~after.direct]].all()
        assert not (after.sat_on & ~hidden(given, after)).any() and not (after.direct & hidden(given, after)).any()
        assert np.array_equal(after.age > 0, before.open & after.open)


def test_a_chain_draws_luck_only_for_what_can_happen() -> None:
    assert chain().causes == ("problem:passed",)
    assert len(STANDARD.causes) == 5 and STANDARD.causes[0] == "problem:arises"
    assert replace(STANDARD, bypass=0.0).causes == tuple(c for c in STANDARD.causes if c != "problem:bypass")


def test_a_run_hears_the_same_alone_and_in_a_batch() -> None:
    runs, rng = 37, np.random.default_rng(8)
    usual = replace(STANDARD, start=0.5, bypass=0.2, base=0.3)
    dread, trust, debt = rng.exponential(0.3, (3, runs)), rng.random(runs), rng.exponential(2, runs)
    luck, garble, z = rng.random((20, 5, runs)), rng.random((3, runs)), rng.standard_normal((3, runs))

    def outcome(rows: slice) -> list[Floats]:
        bold = courage(usual, dread[:, rows], trust[rows])
        news = begin(usual, luck[0, 0, rows])
        for chance in luck:
            news = moved(usual, news, bold, debt[rows], worlds.frozen(chance[:, rows]))
            news = worlds.frozen(news)
        told = colours(usual, news, garble[:, rows]), progress(usual, debt[rows], z[:, rows])
        known = [getattr(news, f.name) for f in fields(News)]
        return [*known, *told, bold, pace(usual, news), face_lost(usual, news), found_at(news), red(usual, news)]

    together = outcome(slice(None))
    for r in range(runs):
        for alone, all_of_them in zip(outcome(slice(r, r + 1)), together, strict=True):
            assert np.array_equal(alone, all_of_them[..., r : r + 1], equal_nan=True)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("hops", 0),
        *[("solved_at", v) for v in (-1, 4)],
        *[
            (k, v)
            for k in ("start", "mum", "insists", "safety", "bypass", "solves", "worst", "garbling", "retention")
            for v in (-0.1, 1.1, math.nan)
        ],
        *[
            (k, v)
            for k in ("base", "per_debt", "fear", "face", "breaks", "harm", "red_after", "noise")
            for v in (-0.1, math.inf, math.nan)
        ],
    ],
)
def test_numbers_outside_their_range_are_refused(key: str, value: Any) -> None:
    with pytest.raises(InvalidInput) as caught:
        replace(STANDARD, **{key: value})
    assert caught.value.key == key
    assert "\n" not in str(caught.value)
