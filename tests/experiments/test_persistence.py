"""What is left of an intervention: half-life, share left, relapse, and what is not told."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from experiments import cli
from experiments.persistence import MODES, NOTHING, kind_of, measured, variants
from sim.draws import stream
from sim.errors import InvalidInput
from sim.interventions import LINES
from sim.loading import compose, options, scenario_part
from sim.scenario import scenario_from
from tests.worlds import run

SMALL = ["runs=8", "start=2", "pulse=5", "after=8", "executor=serial"]
FEW = "tried=[escalate,giving_credit]"


def decaying(half_life: float, runs: int = 40, weeks: int = 120) -> np.ndarray:
    """Effects of different sizes that hold for ten weeks and then halve again and again."""
    size = 1.0 + 0.2 * stream(1, 0, "tests.persistence").standard_normal(runs)[:, None]
    week = np.arange(weeks)[None, :]
    return size * np.where(week < 10, 0.0, np.where(week < 20, 1.0, 0.5 ** ((week - 19) / half_life)))


@pytest.mark.parametrize("half_life", [4.0, 13.0, 26.0])
def test_an_effect_that_halves_in_so_many_weeks_has_that_half_life(half_life: float) -> None:
    found = measured(decaying(half_life), 10, 20, 52)
    # means of four weeks: the mean over t … t + 3 of halving effects is half where the first is so many weeks on
    weights = np.mean([0.5 ** ((k + 1) / half_life) for k in range(4)])
    expected = half_life * math.log2(weights / 0.5)
    assert found["half_life"] == pytest.approx(max(expected, 0), abs=1.0)
    at = np.mean([0.5 ** ((k + 1) / half_life) for k in range(48, 52)])
    assert found["left"] == pytest.approx(at, abs=1e-9)
    assert found["relapse"] == 0.0


def test_what_swings_to_the_other_side_relapses_by_so_much() -> None:
    d = decaying(4.0)
    d[:, 40:60] = -0.3 * d[:, [12]]
    assert measured(d, 10, 20, 52)["relapse"] == pytest.approx(0.3, abs=1e-9)


def test_what_stays_has_no_half_life_yet() -> None:
    d = np.zeros((8, 90))
    d[:, 10:] = -2.0
    found = measured(d, 10, 20, 52)
    assert (found["peak"], found["left"], found["half_life"]) == (-2.0, 1.0, math.inf)


def test_of_mere_chance_no_peak_is_told_although_one_week_is_always_the_highest() -> None:
    """The runs that choose the week are not those that say how high it is."""
    inside = 0
    for i in range(100):
        found = measured(stream(2, i, "tests.persistence").standard_normal((40, 100)), 10, 23, 52)
        inside += found["peak_low"] <= 0 <= found["peak_high"]
        if found["peak_low"] <= 0 <= found["peak_high"]:
            assert all(math.isnan(found[k]) for k in ("left", "left_low", "half_life", "relapse"))
    assert inside >= 88  # 95 expected; binomial, below one in a thousand


def test_of_an_effect_too_small_to_matter_it_is_not_told_what_is_left() -> None:
    d = decaying(13.0)
    assert math.isfinite(measured(d, 10, 20, 52, smallest=0.5)["left"])
    assert math.isnan(measured(d, 10, 20, 52, smallest=1.5)["left"])
    assert math.isnan(measured(-d, 10, 20, 52, smallest=1.5)["left"])


def test_the_interval_of_the_share_covers_the_truth_about_as_often_as_it_says() -> None:
    covered = 0
    for i in range(100):
        noise = 0.5 * stream(3, i, "tests.persistence").standard_normal((60, 120))
        found = measured(decaying(26.0, 60) + noise, 10, 20, 52)
        true = np.mean([0.5 ** ((k + 1) / 26.0) for k in range(48, 52)])
        covered += found["left_low"] <= true <= found["left_high"]
    assert covered >= 87


def test_every_intervention_of_the_catalogue_treats_one_of_the_three() -> None:
    assert {kind_of(n) for n in options("intervention")} == set(LINES)


def test_a_pulse_and_what_is_held_are_one_until_the_pulse_ends() -> None:
    base = scenario_from(scenario_part(compose("model", ["scenario=case_study"])))
    found, notes = variants(base, ["escalate", "one_table"], 2, 5, 8)
    assert list(found) == [NOTHING, *(f"{n}, {m}" for n in ("escalate", "one_table") for m in MODES)]
    assert all(s.weeks == 15 for s in found.values()) and not notes
    for name in ("escalate", "one_table"):
        pulse, held = (dict(found[f"{name}, {m}"].config) for m in MODES)
        assert {k for k in pulse if pulse[k] != held[k]} == {"interventions"}


def test_interventions_that_do_not_fit_are_named_and_left_out() -> None:
    base = scenario_from(scenario_part(compose("model", [])))
    found, notes = variants(base, ["one_table", "visible_maintenance"], 2, 5, 8)
    assert [n.split(" does not fit")[0] for n in notes] == ["one_table"]
    assert list(found) == [NOTHING, "visible_maintenance, pulse", "visible_maintenance, held"]
    with pytest.raises(InvalidInput, match="an intervention that fits"):
        variants(base, ["one_table"], 2, 5, 8)


def test_the_table_the_picture_and_the_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["persistence", FEW, *SMALL, f"out={tmp_path / 'A'}"]
    assert cli.main(words) == 0
    said = capsys.readouterr().out
    assert "symptoms" in said and "perceptions" in said and "functions" not in said
    table = pd.read_csv(tmp_path / "A" / "persistence_worth.csv")
    assert list(table["intervention"]) == ["escalate", "escalate", "giving_credit", "giving_credit"]
    assert list(table["mode"]) == [*MODES, *MODES]
    assert (tmp_path / "A" / "plots" / "persistence_worth.png").stat().st_size > 10_000
    assert cli.main(words) == 0
    assert "Results read from" in capsys.readouterr().out
    again = pd.read_csv(tmp_path / "A" / "persistence_worth.csv")
    pd.testing.assert_frame_equal(table, again)


def test_where_everything_is_seen_as_it_is_no_change_of_what_people_see_moves_anything() -> None:
    """What is rewarded is what is worth something, and all know it; what changes the work itself still does."""
    base = scenario_from(scenario_part(compose("model", ["scenario=seen_as_it_is"])))
    names = [n for n in options("intervention") if kind_of(n) == "perception"]
    found, notes = variants(base, [*names, "rewrite", "teaching"], 2, 6, 6)
    assert not notes and len(names) >= 12
    worth = {k: run(s, range(4), aligned=False).columns["worth"] for k, s in found.items()}
    for name in names:
        for mode in MODES:
            assert np.array_equal(worth[f"{name}, {mode}"], worth[NOTHING]), name
    assert all(not np.allclose(worth[f"{n}, held"], worth[NOTHING]) for n in ("rewrite", "teaching"))


def test_where_it_is_not_most_of_them_move_something() -> None:
    base = scenario_from(scenario_part(compose("model", ["scenario=case_study", "intervener.name=null"])))
    names = [n for n in options("intervention") if kind_of(n) == "perception"]
    found, _ = variants(base, names, 2, 10, 6)
    worth = {k: run(s, range(4), aligned=False).columns["worth"] for k, s in found.items()}
    assert sum(not np.array_equal(worth[f"{n}, held"], worth[NOTHING]) for n in names) >= len(names) - 2


@pytest.mark.parametrize(
    ("word", "line"),
    [
        ("tried=[escalat]", "tried=escalat: "),
        ("tried=[escalate,escalate]", "each name once"),
        ("pulse=2", "pulse=2: allowed is a whole number of weeks"),
        ("smallest=-1", "smallest=-1: "),
        ("runs=2", "at least 4"),
        ("outcome=wort", "did you mean worth?"),
    ],
)
def test_what_cannot_be_is_refused_in_a_line(
    word: str, line: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = [w for w in [FEW, *SMALL] if w.split("=")[0] != word.split("=")[0]]
    assert cli.main(["persistence", *words, word, f"out={tmp_path / 'A'}"]) == 2
    said = capsys.readouterr().err.strip()
    assert line in said and said.count("\n") == 0
    assert not (tmp_path / "A").exists()


@pytest.mark.parametrize("runs", ["commits", "", "2.5", "true"])
def test_runs_that_are_no_number_are_refused_in_one_line(
    runs: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["persistence", f"runs={runs}", "weeks=26", f"out={tmp_path / 'P'}"]) == 2
    assert capsys.readouterr().err.startswith("crosspurpose: runs=")
    assert not (tmp_path / "P").exists()
