"""What an outcome depends on: shares of variance against closed forms, what is chance, and what is refused.

In Baker's limit effort on the first task is h + g·b at the slope b, and worth is v·(h + g·b). With v and b uniform and
independent, and W = h + g·b:

    V = σ_v²·μ_W² + μ_v²·σ_W² + σ_v²·σ_W²,   S1_v = σ_v²·μ_W² / V,   ST_v = 1 − S1_b,   S2 = σ_v²·σ_W² / V

What a measure with loadings g shows is g·(h + g·b) plus noise whose mean over two weeks has the variance sd²/2.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from experiments.cli import main
from experiments.indices import Analysis, shares_of_chance
from experiments.store import read_manifest
from sim.loading import load
from tests.experiments.test_cli import refused
from tests.experiments.test_sweep import FRAGILE
from tests.test_loading import nothing_stays_joined

__all__ = ["nothing_stays_joined"]
BAKER = ["sensitivity", "limit=B1", "activities.task_1.habit=2", "executor=serial", "aligned=false"]
RANGES = ["scheme.strength=interval(0.0,2.0)", "activities.task_1.worth=interval(1.0,3.0)"]
SHARES = [
    *BAKER,
    *RANGES,
    "method=sobol",
    "samples=64",
    "runs=1",
    "second_order=true",
    "num_resamples=100",
    "measure=[worth,surplus]",
]
G, HABIT = 1.5 * np.cos(np.pi / 6), 2.0  # the first task's loading, and its habit


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Shares of the variance of worth and surplus in Baker's limit, finished."""
    folder = tmp_path_factory.mktemp("asked") / "A"
    assert main([*SHARES, f"out={folder}"]) == 0
    return folder


def indices(folder: Path | str, measure: str) -> pd.DataFrame:
    table = pd.read_csv(Path(folder) / "indices.csv", keep_default_na=False, na_values=[""])
    table["parameter"] = table["parameter"].fillna("")
    return table[table["measure"] == measure].set_index(["parameter", "index"])


def worth_shares() -> dict[tuple[str, str], float]:
    """Closed form: worth = v·(h + g·b), v in [1, 3], b in [0, 2]."""
    mean_v, var_v, mean_w, var_w = 2.0, 4 / 12, HABIT + G, G**2 * 4 / 12
    whole = var_v * mean_w**2 + mean_v**2 * var_w + var_v * var_w
    first = {"activities.task_1.worth": var_v * mean_w**2 / whole, "scheme.strength": mean_v**2 * var_w / whole}
    both = var_v * var_w / whole
    return (
        {(k, "S1"): s for k, s in first.items()}
        | {(k, "ST"): s + both for k, s in first.items()}
        | {("scheme.strength × activities.task_1.worth", "S2"): both}
    )


def test_the_shares_of_worth_in_bakers_limit_are_those_of_the_closed_form(asked: Path) -> None:
    found = indices(asked, "worth")
    for place, share in worth_shares().items():
        assert found.loc[place, "error_low"] <= share <= found.loc[place, "error_high"], place
        if place[1] != "S2":
            assert found.loc[place, "value"] == pytest.approx(share, abs=0.06)
            assert found.loc[place, "error_high"] - found.loc[place, "value"] < 0.35


def test_every_point_of_the_design_has_the_worth_of_the_closed_form(asked: Path) -> None:
    summary = pd.read_csv(asked / "summary.csv")
    expected = summary["activities.task_1.worth"] * (HABIT + G * summary["scheme.strength"])
    assert len(summary) == 64 * 6 and summary["worth"].to_numpy() == pytest.approx(expected.to_numpy())


def test_the_same_command_reads_what_is_there_and_a_lost_part_is_computed_again(
    asked: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(asked, tmp_path / "A")
    before = (tmp_path / "A" / "indices.csv").read_bytes()
    assert main([*SHARES, "out=A"]) == 0
    assert "Results read from A" in capsys.readouterr().out
    sorted((tmp_path / "A" / "runs").iterdir())[0].unlink()
    assert main([*SHARES, "out=A"]) == 0
    assert "Results written to A" in capsys.readouterr().out
    assert (tmp_path / "A" / "indices.csv").read_bytes() == before
    assert (tmp_path / "A" / "plots" / "sensitivity-surplus.png").exists()
    manifest = read_manifest(Path("A"))
    assert manifest is not None and manifest["status"] == "finished" and manifest["failed"] == 0


def test_the_share_of_chance_in_a_noisy_score_is_known_and_no_parameter_takes_it() -> None:
    words = [*BAKER, *RANGES, "method=sobol", "samples=64", "runs=8", "crn=false", "measure=score", "out=N"]
    assert main(words) == 0
    found = indices("N", "score")
    between, noise = 1.5**4 * 4 / 12, 1.0 / 2
    assert found.loc[("", "chance"), "value"] == pytest.approx(noise / (noise + between), abs=0.03)
    assert found.loc[("", "chance_left"), "value"] == pytest.approx(noise / 8 / (noise / 8 + between), abs=0.01)
    alone = found.loc[("scheme.strength", "S1")]
    assert alone["error_low"] <= between / (between + noise / 8) <= alone["error_high"]
    without = found.loc[("activities.task_1.worth", "S1")]
    assert without["error_low"] <= 0 <= without["error_high"]


def test_luck_that_all_points_share_is_chance_but_leaves_nothing_in_what_sets_means_apart() -> None:
    rng = np.random.default_rng(1)
    point, luck = rng.normal(0, 2, (400, 1)), rng.normal(0, 1, (1, 300))
    chance, left = shares_of_chance(point + luck, common=True)
    expected = luck.var(ddof=1) / (luck.var(ddof=1) + point.var(ddof=1))
    assert chance == pytest.approx(expected) and left == pytest.approx(0, abs=1e-12)
    own = point + rng.normal(0, 1, (400, 4))
    chance, left = shares_of_chance(own, common=False)
    assert chance == pytest.approx(1 / 5, abs=0.03) and left == pytest.approx(0.25 / 4.25, abs=0.01)


def test_intervals_hold_the_luck_that_all_points_share() -> None:
    analysis = Analysis(
        method="morris", keys=("a",), samples=40, levels=4, second_order=False, num_resamples=400, seed=1
    )
    unit = analysis.unit()
    slope = np.random.default_rng(2).normal(1, 1, 50)  # of each run, the same at every point
    table = analysis.table(unit, unit * slope, common=True).set_index(["parameter", "index"])
    half = table.loc[("a", "mu"), "error_high"] - table.loc[("a", "mu"), "value"]
    assert table.loc[("a", "mu"), "value"] == pytest.approx(slope.mean())
    assert half == pytest.approx(1.96 * slope.std() / np.sqrt(50), rel=0.15)


def test_morris_finds_the_whole_effect_of_what_is_linear_and_none_of_what_does_nothing() -> None:
    assert main([*BAKER, *RANGES, "samples=4", "runs=2", "measure=score", "out=M"]) == 0
    found = indices("M", "score")["value"]
    assert found["scheme.strength", "mu_star"] == pytest.approx(2 * 1.5**2)
    assert found["scheme.strength", "sigma"] == pytest.approx(0, abs=1e-9)
    assert found["activities.task_1.worth", "mu_star"] == pytest.approx(0, abs=1e-9)


def test_seed_0_is_a_seed() -> None:
    how = {"method": "sobol", "samples": 8, "levels": 4, "second_order": False, "num_resamples": 5, "seed": 0}
    one, two = (Analysis(keys=("a", "b"), **how) for _ in range(2))
    y = np.random.default_rng(1).normal(size=(32, 3))
    assert np.array_equal(one.unit(), two.unit())
    pd.testing.assert_frame_equal(one.table(one.unit(), y, True), two.table(two.unit(), y, True), check_exact=True)


def test_a_point_that_the_model_refuses_is_named_with_the_range_to_narrow(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["sensitivity", "scheme=lines_of_code", "activities.deliver.worth=interval(0.8,1.2)", "weeks=13"]
    line = refused([*words, "scheme.strength=interval(0.0,4.0)", "samples=4"], capsys)
    assert line.startswith("crosspurpose: scheme.strength=interval(0.0,4.0): allowed is a narrower range: ")
    assert "every point is needed, and point " in line and "stability" in line


def test_runs_that_fail_are_left_out_at_every_point_and_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = tmp_path / "own"
    (own / "motives").mkdir(parents=True)
    (own / "configs" / "motive").mkdir(parents=True)
    (own / "motives" / "fragile.py").write_text(FRAGILE)
    label = "{plain: fragile, neutral: fragile, sentence: Gives up., good: neither}"
    (own / "configs" / "motive" / "fragile.yaml").write_text(f"label: {label}\nkind: fragile\n")
    people = [{**p, "motives": {**p["motives"], "fragile": 0.1}} for p in load().config["team"]["people"]]
    words = ["sensitivity", "extend=own", f"team.people={json.dumps(people).replace('"', '')}", "weeks=13", "out=F"]
    words += ["scheme.strength=interval(0.5,1.0)", "runs=24", "samples=2", "executor=serial"]
    assert main(words) == 1
    said = " ".join(capsys.readouterr().out.split())
    assert "of 96 runs failed; such runs are left out at every point" in said
    assert np.isfinite(indices("F", "worth")["value"]["scheme.strength", "mu_star"])


BAD = {
    "design": ["design=grid"],
    "pair": ["pair=scheme"],
    "power of two": ["method=sobol", "samples=100"],
    "an even number": ["levels=3"],
    "one of morris, sobol": ["method=soboll"],
    "a measure of a single run": ["measure=validity"],
    "did you mean worth": ["measure=wort"],
    "false with method=morris": ["second_order=true"],
    "a whole number, at least 2": ["samples=1"],
    "yes=true means it": ["samples=100000"],
}


@pytest.mark.parametrize("expected", BAD)
def test_a_bad_question_is_refused_in_one_line_and_writes_nothing(
    expected: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert expected in refused([*BAKER, *RANGES, *BAD[expected]], capsys)
    assert not list(Path.cwd().iterdir())


def test_a_question_without_ranges_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert "too little is swept" in refused([*BAKER], capsys)
