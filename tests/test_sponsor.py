"""The sponsor: confidence follows what can be seen, and the axe falls once."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.arrays import Floats
from sim.errors import InvalidInput
from sim.fields import construct
from sim.loading import read
from sim.sponsor import Sponsor, Stocks, begin, confidence, move, risk, seen
from tests import worlds
from tests.tolerances import ERRORS, ROUNDING, SLOPE, STEP

USUAL = Sponsor(
    start=0.6, threshold=0.25, expects=0.3, sees=0.25, rate=0.25, fading=0.02, shown=0.0, alarm=0.0, startle=0.0, sd=0.1
)
STANDARD: Sponsor = construct(Sponsor, read("sponsor", "standard"), "sponsor")
RUNS = 2000


def logit(share: float) -> float:
    return math.log(share / (1 - share))


def lived(sponsor: Sponsor, shows: Floats, runs: int = RUNS, seed: int = 1) -> Stocks:
    """The stocks after weeks that show so much (weeks,)."""
    rng, stocks = np.random.default_rng(seed), begin(sponsor, runs)
    for each in shows:
        stocks = move(sponsor, stocks, np.full(runs, each), rng.standard_normal((1, runs)))
    return stocks


def axed(sponsor: Sponsor, shows: Floats) -> float:
    return 1 - float(lived(sponsor, shows).alive.mean())


def test_what_a_week_shows_is_being_seen_some_of_the_features_and_a_proof_of_concept() -> None:
    found = seen(USUAL, np.array([0.1, 0.0]), np.array([0.4, 0.4]), np.array([0.0, 0.3]))
    assert found == pytest.approx([0.2, 0.4], rel=ROUNDING)


def test_without_luck_log_odds_are_a_geometric_sum() -> None:
    stocks = begin(USUAL, 1)
    for _ in range(30):
        stocks = move(USUAL, stocks, np.full(1, 0.5), np.zeros((1, 1)))
    kept = 0.98**30
    assert stocks.log_odds[0] == pytest.approx(kept * logit(0.6) + (1 - kept) / 0.02 * 0.25 * 0.2, rel=ROUNDING)
    assert confidence(stocks)[0] == pytest.approx(1 / (1 + math.exp(-stocks.log_odds[0])), rel=ROUNDING)


def test_luck_spreads_log_odds_as_it_should() -> None:
    patient = replace(USUAL, threshold=1e-9)
    found = lived(patient, np.full(40, 0.3)).log_odds
    spread = 0.1 * math.sqrt((1 - 0.98**80) / (1 - 0.98**2))
    assert abs(found.mean() - 0.98**40 * logit(0.6)) < ERRORS * spread / math.sqrt(RUNS)
    assert abs(found.std() / spread - 1) < ERRORS / math.sqrt(2 * RUNS)


def test_work_that_nobody_sees_is_axed_in_most_runs_and_a_proof_of_concept_saves_it() -> None:
    hidden = np.full(104, 0.15)  # features that the sponsor sees a quarter of, and hardly a demo
    saved = hidden + 0.3 * (np.arange(104) >= 26)
    assert 0.8 < axed(STANDARD, hidden) < 1, "luck spares some"
    assert 0 < axed(STANDARD, saved) < 0.15, "and a few are axed before"
    assert axed(STANDARD, np.full(104, 0.45)) < 0.01


def test_a_proof_of_concept_that_fades_saves_fewer_than_one_that_is_kept_up() -> None:
    weeks = np.arange(104)
    kept = 0.15 + 0.3 * (weeks >= 26)
    fading = 0.15 + 0.3 * (weeks >= 26) * 0.95 ** np.maximum(weeks - 26, 0)
    assert axed(STANDARD, kept) < axed(STANDARD, fading) < axed(STANDARD, np.full(104, 0.15))


def test_what_is_axed_stays_axed_whatever_is_shown_then() -> None:
    doomed = replace(USUAL, rate=10.0)
    dead = move(doomed, begin(doomed, 3), np.zeros(3), np.zeros((1, 3)))
    assert not dead.alive.any()
    after = move(doomed, dead, np.full(3, 100.0), np.full((1, 3), 5.0))
    assert not after.alive.any() and np.array_equal(after.log_odds, dead.log_odds)
    chance, slope = risk(doomed, dead, np.full(3, 100.0), 13)
    assert chance.tolist() == [1.0] * 3 and slope.tolist() == [0.0] * 3


def test_one_week_ahead_the_risk_is_the_share_that_is_axed() -> None:
    nearly = begin(replace(USUAL, start=0.27), RUNS)
    chance, _ = risk(USUAL, nearly, np.full(RUNS, 0.2), 1)
    dead = ~move(USUAL, nearly, np.full(RUNS, 0.2), np.random.default_rng(3).standard_normal((1, RUNS))).alive
    assert 0.1 < chance[0] < 0.9
    assert abs(dead.mean() - chance[0]) < ERRORS * math.sqrt(chance[0] * (1 - chance[0]) / RUNS)


def test_a_quarter_ahead_the_perceived_risk_leaves_out_those_who_would_have_recovered() -> None:
    close = replace(USUAL, start=0.3)
    chance = risk(close, begin(close, 1), np.full(1, 0.3), 13)[0][0]
    assert 0.25 * axed(close, np.full(13, 0.3)) < chance < axed(close, np.full(13, 0.3))


@pytest.mark.parametrize("fading", [0.0, 0.02, 1.0])
@pytest.mark.parametrize("weeks", [1, 13])
def test_the_slope_of_the_risk_is_its_derivative(fading: float, weeks: int) -> None:
    sponsor = replace(USUAL, fading=fading)
    stocks = Stocks(log_odds=np.linspace(-1.2, 0.6, 9), alive=np.ones(9, dtype=bool))
    shown = np.linspace(0.0, 0.6, 9)
    high, low = (risk(sponsor, stocks, shown + sign * STEP, weeks)[0] for sign in (1, -1))
    assert risk(sponsor, stocks, shown, weeks)[1] == pytest.approx((high - low) / (2 * STEP), abs=SLOPE)


@given(st.floats(-20, 20), st.floats(0, 3), st.floats(0.001, 1), st.integers(1, 52))
def test_who_shows_more_risks_less_and_a_risk_is_a_probability(
    log_odds: float, shows: float, more: float, weeks: int
) -> None:
    stocks = Stocks(log_odds=np.array([log_odds]), alive=np.ones(1, dtype=bool))
    little, slope = risk(USUAL, stocks, np.array([shows]), weeks)
    much, _ = risk(USUAL, stocks, np.array([shows + more]), weeks)
    assert 0 <= much[0] <= little[0] <= 1 and slope[0] <= 0


@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6))
def test_confidence_stays_within_its_bounds_however_much_is_shown(shows: float, luck: float) -> None:
    after = move(USUAL, begin(USUAL, 1), np.array([shows]), np.array([[luck]]))
    assert 0 <= confidence(after)[0] <= 1


def test_a_sponsor_of_extremes_has_risks_too() -> None:
    stubborn = replace(USUAL, sd=1e-100, rate=1e50)
    chance, slope = risk(stubborn, begin(stubborn, 2), np.array([0.0, 1.0]), 13)
    assert chance.tolist() == [1.0, 0.0] and np.isfinite(slope).all()


def test_a_run_has_the_same_sponsor_alone_and_in_a_batch() -> None:
    rng = np.random.default_rng(2)
    stocks = worlds.frozen(Stocks(log_odds=rng.normal(-0.8, 0.5, 40), alive=rng.uniform(size=40) < 0.8))
    shown, luck = worlds.frozen(rng.uniform(0, 1, 40)), worlds.frozen(rng.standard_normal((1, 40)))
    both, (chance, slope) = move(USUAL, stocks, shown, luck), risk(USUAL, stocks, shown, 13)
    for r in range(40):
        row = slice(r, r + 1)
        one = Stocks(log_odds=stocks.log_odds[row], alive=stocks.alive[row])
        alone = move(USUAL, one, shown[row], luck[:, row])
        assert alone.log_odds[0] == both.log_odds[r] and alone.alive[0] == both.alive[r]
        assert [x[0] for x in risk(USUAL, one, shown[row], 13)] == [chance[r], slope[r]]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        *[(k, v) for k in ("start", "threshold") for v in (0.0, 1.0, -0.1, math.nan)],
        *[(k, v) for k in ("expects", "sees", "rate") for v in (-0.1, math.inf, math.nan)],
        *[("fading", v) for v in (-0.1, 1.1)],
        *[("sd", v) for v in (0.0, -0.1, math.inf)],
    ],
)
def test_numbers_outside_their_range_are_refused(key: str, value: Any) -> None:
    with pytest.raises(InvalidInput) as caught:
        replace(USUAL, **{key: value})
    assert caught.value.key == key and len(str(caught.value).splitlines()) == 1
