"""What hangs on the strength of a scheme, and which hump that makes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from experiments.cli import main
from experiments.humps import BINDING, WORDS, Curve, hump, in_words, paired, peak, shape, top
from sim.arrays import Floats
from sim.loading import configs

STRENGTH = np.array([0.0, 0.5, 1.0, 1.5, 2.0])


def curve(worth: Floats, surplus: Floats | None = None, bound: float = 0.0, fixed: bool = False) -> Curve:
    """Forty teams that differ in level and a little at random."""
    rng = np.random.default_rng(3)
    level, noise = rng.standard_normal((40, 1)), 0.001 * rng.standard_normal((40, len(worth)))
    net = worth if surplus is None else surplus
    return Curve(
        strength=STRENGTH,
        worth=level + worth + noise,
        surplus=level + net + noise,
        bound=np.full(len(STRENGTH), bound),
        fixed=fixed,
    )


PEAKED = -((STRENGTH - 0.9) ** 2)


def test_the_top_of_a_parabola_is_found_between_the_points() -> None:
    uneven = np.array([0.0, 0.3, 1.0, 1.2, 4.0])
    assert top(uneven, -((uneven - 1.07) ** 2)) == pytest.approx(1.07, rel=1e-12)


def test_a_curve_that_rises_or_falls_has_its_top_at_an_end() -> None:
    assert top(STRENGTH, STRENGTH) == 2.0 and top(STRENGTH, -STRENGTH) == 0.0


def test_worth_that_peaks_only_where_hours_are_bounded_is_the_hump_of_bounded_hours() -> None:
    assert hump(curve(PEAKED, bound=BINDING + 0.1), free=curve(STRENGTH)) == "hours"
    assert hump(curve(PEAKED, fixed=True), free=curve(STRENGTH)) == "hours"


def test_worth_that_peaks_with_free_hours_too_is_not_put_down_to_hours() -> None:
    assert hump(curve(PEAKED, bound=BINDING + 0.1), free=curve(PEAKED)) == "both"


def test_where_free_hours_tell_nothing_no_cause_is_named() -> None:
    assert hump(curve(PEAKED, bound=BINDING + 0.1)) == "bounded"
    assert hump(curve(PEAKED, bound=BINDING + 0.1), free=curve(0 * STRENGTH)) == "bounded"


def test_worth_that_peaks_with_free_hours_is_the_work_of_time() -> None:
    assert hump(curve(PEAKED, bound=BINDING - 0.1)) == "dynamic"


def test_worth_that_rises_while_surplus_peaks_is_bakers_parabola() -> None:
    assert hump(curve(STRENGTH, surplus=PEAKED)) == "surplus"


def test_the_same_where_hours_bind_is_not_bakers_parabola() -> None:
    assert hump(curve(STRENGTH, surplus=PEAKED, bound=BINDING + 0.1)) == "costs"


@pytest.mark.parametrize(("worth", "name"), [(STRENGTH, "rising"), (-STRENGTH, "falling"), (0 * STRENGTH, "flat")])
def test_no_hump_is_named_by_its_course(worth: Floats, name: str) -> None:
    assert hump(curve(worth)) == name


def test_differences_within_the_computing_error_are_no_hump() -> None:
    noise = np.random.default_rng(1).standard_normal((40, 5))
    still = curve(0 * STRENGTH)
    assert hump(Curve(**{**still.__dict__, "worth": noise + 0.01 * PEAKED})) == "flat"


def test_noise_alone_is_seldom_taken_for_a_course() -> None:
    rng = np.random.default_rng(2)
    named = sum(shape(rng.standard_normal((60, 8))) != "flat" for _ in range(200))
    assert named <= 20  # 5 % of 200 and three standard errors


def test_a_peak_has_an_interval_that_holds_it_and_a_loss_at_todays_strength() -> None:
    found = peak(curve(PEAKED), today=2.0)
    assert found.low <= found.strength <= found.high
    assert found.strength == pytest.approx(0.9, abs=0.02)
    assert found.loss == pytest.approx(PEAKED[2] - PEAKED[4], abs=0.002)
    assert found.loss_low < found.loss < found.loss_high


def test_where_strength_changes_nothing_todays_is_seldom_said_to_lose() -> None:
    rng = np.random.default_rng(4)
    still = curve(0 * STRENGTH)
    found = [peak(replace(still, worth=rng.standard_normal((40, 5))), today=2.0) for _ in range(200)]
    assert sum(p.loss_low > 0 for p in found) <= 12  # 2.5 % of 200 and three standard errors


def test_the_runs_that_choose_a_strength_do_not_measure_what_todays_loses() -> None:
    base = curve(PEAKED)
    lucky = base.worth.copy()
    lucky[::2, 0] += 10.0
    found = peak(replace(base, worth=lucky), today=2.0)
    assert found.against == 0.0
    assert found.loss == pytest.approx(PEAKED[0] - PEAKED[4], abs=0.002)


def test_what_today_loses_is_told_with_how_it_was_measured() -> None:
    said = in_words(peak(curve(PEAKED), today=2.0), 2.0, "paid by x")
    assert "less than at 1, the best by every second run; measured on the others" in said
    assert "second run" not in in_words(peak(curve(PEAKED), today=1.0), 1.0, "paid by x")


def test_humps_are_put_down_to_limits_by_their_id() -> None:
    assert "THEORY" not in " ".join(WORDS.values())
    assert "limit G6" in WORDS["hours"] and (configs() / "limit" / "G6.yaml").exists()


def test_a_strength_that_was_not_run_has_no_loss() -> None:
    assert np.isnan(peak(curve(PEAKED), today=0.7).loss)


def test_an_interval_of_one_run_is_undefined() -> None:
    mean, low, high = paired(np.array([3.0]))
    assert mean == 3.0 and np.isnan(low) and np.isnan(high)


def test_with_bounded_hours_a_distorted_metric_has_a_hump_and_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["scheme=commits", "strengths=[0,0.4,0.8,1.6]", "runs=24", "weeks=78", "executor=serial"]
    assert main(["strength", *words, f"out={(tmp_path / 'a').as_posix()}"]) == 0
    said = capsys.readouterr().out
    assert "worth rises and falls" in said and "Worth is highest at strength 0." in said
    assert (tmp_path / "a" / "free_hours" / "runs.parquet").exists()
    table = pd.read_csv(tmp_path / "a" / "strength.csv")
    assert table["worth"].idxmax() not in (0, len(table) - 1)
    assert (tmp_path / "a" / "plots" / "strength.png").stat().st_size > 10_000
    assert main(["strength", *words, f"out={(tmp_path / 'a').as_posix()}"]) == 0
    assert "read from" in capsys.readouterr().out


def test_with_free_hours_the_hump_is_in_net_surplus(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["scheme=own_worth", "choice.h_min=null", "choice.h_max=null", "choice.cost=8", "team.risk_aversion=0.02"]
    words += ["scheme.promotion=null", "scheme.layoff=null", "runs=24", "weeks=52", "strengths=[0,2,4,8,16]"]
    assert main(["strength", *words, "executor=serial", f"out={(tmp_path / 'b').as_posix()}"]) == 0
    assert "worth rises with free hours" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (["strengths=[1]"], "at least three"),
        (["strengths=[0,1,-2]"], "at least 0"),
        (["strengths=much"], "at least three"),
        (["schemes=[comits]"], "did you mean commits"),
        (["schemes=[commits,commits]"], "each name once"),
        (["power=own_best"], "one of as_given, equal"),
    ],
)
def test_bad_strengths_and_schemes_get_one_line(
    words: list[str], part: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["strength", *words, f"out={(tmp_path / 'c').as_posix()}"]) == 2
    lines = capsys.readouterr().err.strip().split("\n")
    assert len(lines) == 1 and part in lines[0]
    assert not (tmp_path / "c").exists()
