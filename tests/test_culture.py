"""Culture: a custom of caring, led from the top, spread from below, worn down by politics and surprise."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import brentq
from scipy.stats import norm as normal

from sim.culture import Culture, begin, carers, customary, followers, moved
from sim.errors import InvalidInput
from sim.fields import construct
from sim.loading import read
from tests import worlds
from tests.tolerances import ROUNDING

STANDARD: Culture = construct(Culture, read("culture", "standard"), "culture")
LONG = 3000  # weeks in which the slowest of these customs comes to rest


def lived(culture: Culture, rewarded: Any, c: Any, weeks: int = LONG, start: float | None = None, **wear: Any) -> Any:
    """The custom after some weeks of the same: one number, or one for each entry."""
    pushes = np.broadcast_arrays(np.atleast_1d(np.asarray(rewarded, dtype=float)), np.asarray(c, dtype=float))
    found = begin(culture if start is None else replace(culture, start=start), len(pushes[0]))
    for _ in range(weeks):
        found = moved(culture, found, rewarded=pushes[0], carers=pushes[1], **wear)
    return found if np.ndim(rewarded) or np.ndim(c) else float(found[0])


def critical(culture: Culture, rewarded: float, trust: float = 1.0) -> float:
    """The least share of those who care that, a hundredth more or less, carries most of the unit along."""
    shares = np.arange(0.0, 0.6, 0.01)
    found = lived(culture, np.full(60, rewarded), shares, start=0.0, trust=np.full(60, trust))
    return float(shares[np.argmax(customary(found))])


# ---------------------------------------------------------------- where it comes to rest


@pytest.mark.parametrize(("rewarded", "c"), [(0.0, 0.1), (0.5, 0.05), (-1.0, 0.4), (1.0, 0.6)])
def test_a_custom_rests_where_as_many_act_by_it_as_have_seen_enough(rewarded: float, c: float) -> None:
    mild = replace(STANDARD, spread=0.5)  # one place to rest

    def gap(x: float) -> float:
        return c + (1 - c) * normal.cdf((x + 0.2 * rewarded - 0.5) / 0.5) - x

    rest = brentq(gap, 0, 1, xtol=1e-14)
    for start in (0.0, 1.0):
        assert lived(mild, rewarded, c, start=start) == pytest.approx(rest, rel=1e-10)


def test_history_matters_where_people_are_alike_and_not_where_they_differ() -> None:
    """Two places to rest need (1 − c)·contact > spread·√(2π)."""
    for spread, two in ((0.14, True), (0.37, False)):
        culture = replace(STANDARD, spread=spread)
        low, high = (lived(culture, 0.0, 0.1, start=s) for s in (0.0, 1.0))
        assert (high - low > 0.5) == two
        steepest = 0.9 / (spread * math.sqrt(2 * math.pi))
        assert (steepest > 1) == two


def test_who_sees_nothing_of_others_is_left_with_the_leaders() -> None:
    blind = replace(STANDARD, contact=0.0)
    by_hand = 0.2 + 0.8 * normal.cdf((0.2 * 0.7 - 0.5) / 0.14)
    assert lived(blind, 0.7, 0.2) == pytest.approx(by_hand, rel=1e-10)


# ---------------------------------------------------------------- from below, and from the top


def test_few_who_care_stay_alone_and_a_quarter_carry_the_others_along() -> None:
    """A critical mass of about a quarter, as in Centola et al. (2018)."""
    few, many = lived(STANDARD, [0.0, 0.0], [0.15, 0.35])
    assert few < 0.2 and many > 0.95
    assert 0.2 <= critical(STANDARD, 0.0) <= 0.3


def test_leaders_who_reward_it_lower_the_mass_that_it_takes_and_the_opposite_raises_it() -> None:
    found = [critical(STANDARD, rho) for rho in (-0.5, 0.0, 0.5, 0.9)]
    assert found == sorted(found, reverse=True) and len(set(found)) == 4


def test_leaders_and_carers_together_can_do_what_neither_can() -> None:
    """2×2: rewarded 0 or 0.8, carers 2 or 15 %; the interaction is most of the effect."""
    nothing, top, below, both = lived(STANDARD, [0.0, 0.8, 0.0, 0.8], [0.02, 0.02, 0.15, 0.15])
    assert [bool(x) for x in customary(np.array([nothing, top, below, both]))] == [False, False, False, True]
    assert both - top - below + nothing > 0.6


def test_where_either_is_enough_they_replace_each_other() -> None:
    """The claim can fail: the interaction is below 0 where each push alone passes the threshold."""
    nothing, top, below, both = lived(replace(STANDARD, leads=0.6), [0.0, 1.0, 0.0, 1.0], [0.02, 0.02, 0.4, 0.4])
    assert both - top - below + nothing < -0.6


def test_a_custom_takes_years_rather_than_weeks() -> None:
    half = next(w for w in range(1, 500) if lived(STANDARD, 0.8, 0.15, weeks=w) > 0.5)
    assert 26 < half < 260


# ---------------------------------------------------------------- trust, politics, surprise


def test_without_trust_only_those_act_by_it_who_care_anyway() -> None:
    nobody = followers(STANDARD, np.ones(1), np.ones(1), trust=np.zeros(1))
    assert nobody[0] == pytest.approx(normal.cdf(-0.5 / 0.14), rel=ROUNDING)
    assert lived(STANDARD, 1.0, 0.3, trust=np.zeros(1)) < 0.31
    assert critical(STANDARD, 0.5, trust=0.7) > critical(STANDARD, 0.5)


def test_politics_and_surprise_wear_down_what_nothing_renews() -> None:
    still = replace(STANDARD, pace=0.0, start=0.8)
    found = lived(still, 1.0, 0.5, weeks=3, politics=np.array([0.1]), surprise=np.array([0.4]))
    assert found == pytest.approx(0.8 * math.exp(-3 * (1.0 * 0.1 + 0.5 * 0.4)), rel=ROUNDING)


def test_a_custom_that_holds_can_be_brought_down_by_politics_for_good() -> None:
    held = lived(STANDARD, 0.0, 0.1, start=1.0)
    worn = lived(STANDARD, 0.0, 0.1, weeks=52, start=1.0, politics=np.array([0.1]))
    after = lived(STANDARD, 0.0, 0.1, start=worn)
    assert held > 0.95 and worn < 0.3 and after < 0.2


@given(seed=st.integers(0, 10_000), pace=st.floats(0, 1), spread=st.floats(0.01, 2))
def test_a_custom_keeps_to_its_bounds_and_follows_its_causes(seed: int, pace: float, spread: float) -> None:
    rng = np.random.default_rng(seed)
    culture = replace(STANDARD, pace=pace, spread=spread)
    causes = {
        "rewarded": rng.uniform(-1, 0.9, 5),
        "carers": rng.uniform(0, 0.9, 5),
        "politics": rng.exponential(0.1, 5),
        "surprise": rng.exponential(0.5, 5),
        "trust": rng.uniform(0, 0.9, 5),
    }
    had = rng.uniform(0, 0.9, 5)
    found = moved(culture, worlds.frozen(had), **worlds.frozen(causes))
    assert found.min() >= 0 and found.max() <= 1
    seen = culture.contact * had + culture.leads * causes["rewarded"]
    for cause, sign in (("rewarded", 1.0), ("carers", 1.0), ("politics", -1.0), ("surprise", -1.0)):
        more = moved(culture, had, **causes | {cause: causes[cause] + 0.1})
        assert (sign * (more - found) >= -ROUNDING).all(), cause
    trusted = moved(culture, had, **causes | {"trust": causes["trust"] + 0.1})
    assert (np.sign(seen) * (trusted - found) >= -ROUNDING).all(), "trust lends weight to whatever is seen"
    assert (moved(culture, had + 0.1, **causes) - found >= -ROUNDING).all()


# ---------------------------------------------------------------- what it is read from


def test_who_cares_is_read_from_the_share_of_what_people_want() -> None:
    weight = np.array([[[1.0, 0.0, 0.0, 2.0]], [[1.0, 3.0, 0.0, 6.0]]])
    assert carers(weight, np.array([1.0, 0.0])).tolist() == [(0.5 + 0.0 + 0.0 + 0.25) / 4]


def test_a_run_has_the_same_culture_alone_and_in_a_batch() -> None:
    rng = np.random.default_rng(7)
    had, weight = rng.uniform(0, 1, 40), rng.exponential(1, (3, 40, 7))
    causes = {"rewarded": rng.uniform(-1, 1, 40), "politics": rng.exponential(0.1, 40)}
    causes |= {"surprise": rng.exponential(0.1, 40), "trust": rng.uniform(0, 1, 40)}
    caring = carers(weight, np.array([1.0, 0.0, 0.0]))
    batch = moved(STANDARD, had, carers=caring, **causes)
    for r in range(40):
        row = slice(r, r + 1)
        alone = carers(np.ascontiguousarray(weight[:, row]), np.array([1.0, 0.0, 0.0]))
        assert np.array_equal(alone, caring[row])
        assert np.array_equal(
            moved(STANDARD, had[row], carers=alone, **{k: x[row] for k, x in causes.items()}), batch[row]
        )


@pytest.mark.parametrize(
    ("key", "value"),
    [
        *[(k, v) for k in ("start", "contact", "pace") for v in (-0.1, 1.1, math.nan)],
        *[(k, v) for k in ("leads", "erodes", "startles") for v in (-0.1, math.inf, math.nan)],
        *[("threshold", v) for v in (math.inf, math.nan)],
        *[("spread", v) for v in (0.0, -0.1, math.inf)],
    ],
)
def test_numbers_outside_their_range_are_refused(key: str, value: float) -> None:
    with pytest.raises(InvalidInput) as caught:
        replace(STANDARD, **{key: value})
    assert caught.value.key == key
    assert "\n" not in str(caught.value)
