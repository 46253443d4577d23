"""Keeping the job: not to be lowest, and not to be replaceable."""

from __future__ import annotations

import math
from dataclasses import replace
from statistics import NormalDist

import numpy as np
import pytest

from sim.contest import Contest
from sim.errors import InvalidInput
from sim.motives.safety import Safety
from sim.perception import Known
from sim.prospect import Prospect
from sim.rewards.layoff import Layoff
from sim.scenario import Scenario
from tests import worlds
from tests.tolerances import QUADRATURE

PLAIN = Prospect(alpha=1.0, loss_aversion=1.0, gamma_gain=1.0, gamma_loss=1.0)
HARSH = Prospect(alpha=0.88, loss_aversion=2.25, gamma_gain=0.61, gamma_loss=0.69)


def safety(prospect: Prospect = PLAIN, signal: str | None = None, **risks: float) -> Safety:
    none = {"base": 0.0, "relief": 0.0, "axed": 0.0, "axed_relief": 0.0, "shared_risk": 0.0}
    return Safety(prospect=prospect, signal=signal, **(none | risks))


@pytest.fixture(scope="module")
def known(calm: Scenario) -> Known:
    known = worlds.known_of(calm, week=0)
    stakes = replace(
        known.stakes,
        layoff=Layoff(share=0.25, loss=2.0),
        loss=2.0,
        contest=Contest(members=9, noise=0.8, rivals="crowd", exact_up_to=12),
        strength=1.0,
    )
    scarce = np.linspace(-0.5, 1.0, len(known.activities))
    return replace(known, timing=1.0, stakes=stakes, observed={"scarce": scarce}, obscures=None)


def test_among_equals_felt_as_expected_utility_it_is_the_loss_times_the_share(known: Known) -> None:
    assert safety().utility(known.effort, known) == pytest.approx(np.full((3, 9), -2.0 * 0.25), abs=QUADRATURE)
    z = 0.6744897501960817  # Φ⁻¹(3/4)
    density = math.exp(-z * z / 2) / math.sqrt(2 * math.pi)
    assert safety().marginal(known) == pytest.approx(2.0 * density / 0.8 * known.slope, abs=QUADRATURE)


def test_being_replaceable_is_a_risk_that_falls_with_being_indispensable(known: Known) -> None:
    off = replace(known, stakes=replace(known.stakes, layoff=None))
    motive = safety(signal="scarce", base=0.2, relief=1.5)
    standing = known.skill * np.einsum("k,krm->rm", known.observed["scarce"], known.effort)
    risk = 0.2 * np.exp(-1.5 * standing)
    assert motive.utility(known.effort, off) == pytest.approx(-2.0 * risk, rel=1e-10)
    by_hand = 2.0 * 1.5 * risk * known.skill * known.observed["scarce"][:, None, None]
    assert motive.marginal(off) == pytest.approx(by_hand, rel=1e-10)


def test_two_risks_combine_as_independent_ones(known: Known) -> None:
    motive = safety(signal="scarce", base=0.2, relief=0.0)
    assert motive.utility(known.effort, known) == pytest.approx(
        np.full((3, 9), -2.0 * (1 - 0.75 * 0.8)), abs=QUADRATURE
    )


def test_a_risk_is_never_above_certainty_however_dispensable_one_is(known: Known) -> None:
    motive = safety(signal="scarce", base=0.9, relief=50.0)
    shy = np.zeros(known.effort.shape)
    shy[0] = 3.0  # the activity that makes one most replaceable
    assert motive.utility(shy, known) == pytest.approx(np.full((3, 9), -2.0), rel=1e-5)


def test_however_much_harm_is_done_a_risk_stays_a_risk(known: Known) -> None:
    harm = np.full(known.effort.shape, -1e30)
    off = replace(known, worth=np.ones(known.worth.shape), stakes=replace(known.stakes, layoff=None))
    for risk, certain in ((0.0, 0.0), (0.05, -2.0)):
        motive = safety(axed=risk, axed_relief=2.0, shared_risk=1.0)
        with np.errstate(over="raise", invalid="raise"):
            assert motive.utility(harm, off) == pytest.approx(np.full((3, 9), certain), abs=1e-5)


def test_a_sponsor_is_never_more_than_certain_to_stop_the_project(known: Known) -> None:
    off = replace(known, stakes=replace(known.stakes, layoff=None))
    feared = replace(off, axed=np.full((3, 1), 0.9), axed_slope=np.ones(known.effort.shape))
    for more, risk in ((1.0, 1.0), (-1.0, 0.0)):
        loss = safety(shared_risk=0.5).utility(known.effort + more, feared)
        assert loss == pytest.approx(np.full((3, 9), -2.0 * 0.5 * risk), abs=1e-5)


def test_who_expects_to_end_below_the_cut_is_safer_when_hard_to_see(known: Known) -> None:
    fog = np.zeros(len(known.activities))
    fog[2] = 0.5
    for ahead, sign in ((-3.0, 1.0), (3.0, -1.0)):
        stands = replace(known, given_apart=np.full(known.skill.shape, ahead * 0.8))
        gain = safety().marginal(replace(stands, obscures=fog)) - safety().marginal(stands)
        assert (np.sign(gain[2]) == sign).all() and not np.delete(gain, 2, axis=0).any()


def test_losses_loom_larger_than_they_are(known: Known) -> None:
    assert (safety(HARSH).utility(known.effort, known) < safety().utility(known.effort, known)).all()


def test_without_layoffs_and_without_a_signal_there_is_no_risk_to_move_anybody(known: Known) -> None:
    off = replace(known, stakes=replace(known.stakes, layoff=None))
    assert not safety(HARSH).marginal(off).any()


def test_without_layoffs_being_replaceable_still_counts(small: Scenario) -> None:
    known = worlds.known_of(small.with_({"scheme.layoff": None}), week=2)
    motive = small.motives["safety"]
    fortify = known.activities.index("fortify")
    assert known.stakes.layoff is None and known.stakes.loss > 0
    assert (motive.marginal(known)[fortify] > 0).all()


def test_who_perceives_the_shared_risk_fears_for_the_project(known: Known) -> None:
    off = replace(known, stakes=replace(known.stakes, layoff=None))
    motive = safety(axed=0.4, axed_relief=1.5, shared_risk=0.5)
    mean = np.einsum("krm,krm->r", known.worth, known.effort)[:, None] / 9
    risk = 0.5 * 0.4 * np.exp(-1.5 * mean) * np.ones((3, 9))
    assert motive.utility(known.effort, off) == pytest.approx(-2.0 * risk, rel=1e-10)
    assert motive.marginal(off) == pytest.approx(2.0 * 1.5 * risk * known.worth / 9, rel=1e-10)


def test_a_ninth_of_the_team_moves_a_ninth_of_the_shared_risk(known: Known) -> None:
    """What makes the shared risk a public good: the fear is everyone's, the relief of a week's work is 1/N."""
    off = replace(known, stakes=replace(known.stakes, layoff=None))
    team = safety(axed=0.4, axed_relief=1.5, shared_risk=1.0)
    alone = replace(off, **{k: getattr(off, k)[..., :1] for k in ("effort", "skill", "slope", "apart", "worth")})
    assert team.utility(known.effort, off)[:, :1] == pytest.approx(team.utility(alone.effort, alone), rel=1e-10)
    assert 9 * team.marginal(off)[..., :1] == pytest.approx(team.marginal(alone), rel=1e-10)


def test_a_shared_risk_that_nobody_perceives_leaves_every_bit_as_it_was(known: Known) -> None:
    harsh = {"prospect": HARSH, "signal": "scarce", "base": 0.2, "relief": 1.5}
    without, unseen = safety(**harsh), safety(**harsh, axed=0.5, axed_relief=2.0, shared_risk=0.0)
    assert np.array_equal(without.marginal(known), unseen.marginal(known))
    assert np.array_equal(without.utility(known.effort, known), unseen.utility(known.effort, known))


def test_three_risks_combine_as_independent_ones(known: Known) -> None:
    motive = safety(signal="scarce", base=0.2, axed=0.5, shared_risk=0.6)
    together = 1 - 0.75 * 0.8 * (1 - 0.6 * 0.5)
    assert motive.utility(known.effort, known) == pytest.approx(np.full((3, 9), -2.0 * together), abs=QUADRATURE)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("base", 1.0),
        ("base", -0.1),
        ("relief", -1.0),
        ("axed", 1.0),
        ("axed", -0.1),
        ("axed_relief", -1.0),
        ("shared_risk", -0.1),
        ("shared_risk", 1.1),
    ],
)
def test_risks_outside_their_range_are_refused(key: str, value: float) -> None:
    with pytest.raises(InvalidInput) as caught:
        safety(**{key: value})
    assert caught.value.key == key


def test_what_is_dreaded_is_the_risk_that_a_score_one_deviation_lower_adds(known: Known) -> None:
    normal = NormalDist()
    below = normal.cdf(1 - normal.inv_cdf(0.75))  # the cut of the lowest quarter, seen from one deviation lower
    for motive, left in ((safety(), 1.0), (safety(signal="scarce", base=0.2, axed=0.5, shared_risk=0.6), 0.8 * 0.7)):
        dread = 2.0 * left * (below - 0.25)
        assert motive.dread(known) == pytest.approx(np.full((3, 9), dread), abs=QUADRATURE)


def test_nobody_dreads_a_score_that_decides_nothing(known: Known) -> None:
    for change in ({"layoff": None}, {"by_lot": True}):
        assert not safety().dread(replace(known, stakes=replace(known.stakes, **change))).any()


def test_where_chance_decides_who_goes_the_risk_is_everyones_share_and_no_score_changes_it(known: Known) -> None:
    drawn = replace(known, stakes=replace(known.stakes, by_lot=True))
    harder = known.effort + 0.1
    assert safety().utility(harder, drawn) == pytest.approx(np.full((3, 9), -2.0 * 0.25), rel=1e-12)
    assert not safety().marginal(drawn).any()


def test_a_risk_that_bosses_speak_of_is_felt_as_far_as_it_can_be(known: Known) -> None:
    """Told by others, the risk that the project is stopped moves with what is told of it, between 0 and 1."""
    off = replace(known, stakes=replace(known.stakes, layoff=None))
    slope = np.full(known.effort.shape, -0.1)
    motive = safety(shared_risk=0.5)
    for axed, inside in ((0.4, 1.0), (0.0, 0.0), (1.0, 0.0)):
        told = replace(off, axed=np.full(known.skill.shape, axed), axed_slope=slope)
        assert motive.utility(known.effort, told) == pytest.approx(np.full((3, 9), -2.0 * 0.5 * axed), abs=1e-5)
        assert motive.marginal(told) == pytest.approx(inside * 2.0 * 0.5 * 0.1, rel=1e-9)
        easily_replaced = safety(signal="scarce", base=0.2, shared_risk=0.5)  # which leaves four fifths to lose
        assert easily_replaced.marginal(told) == pytest.approx(inside * 0.8 * 2.0 * 0.5 * 0.1, rel=1e-9)
        more = motive.utility(known.effort + 0.05, told)
        lower = np.clip(axed - 0.1 * 0.05 * len(known.activities), 0, 1)
        assert more == pytest.approx(np.full((3, 9), -2.0 * 0.5 * lower), abs=1e-5)
