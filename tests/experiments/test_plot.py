"""Pictures of sweeps show what the numbers say, and theory where it has a word."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import sim
from experiments.cli import main
from experiments.plot import merged, picture_of, swept
from experiments.plots.sweep import flips, zeros
from experiments.theory.curves import predicted
from sim.arrays import Floats
from tests.experiments.test_cli import refused
from tests.tolerances import ROUNDING

SMALL = ["executor=serial", "aligned=false", "design=grid", "runs=2"]
STRENGTHS = "scheme.strength=choice(0.0,0.75,1.5,2.25,3.0)"


@pytest.fixture(scope="module")
def audited(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The study `audit_map`, on fewer points."""
    folder = tmp_path_factory.mktemp("audited") / "A"
    few = [STRENGTHS, "scheme.audit.probability=choice(0.0,0.5,1.0)"]
    assert main(["sweep", "study=audit_map", *few, "executor=serial", f"out={folder}"]) == 0
    return folder


@pytest.fixture(scope="module")
def paired(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two schemes at points that are drawn, with two parameters besides."""
    folder = tmp_path_factory.mktemp("paired") / "A"
    ranges = ["scheme.strength=interval(0.2,2)", "team.risk_aversion=interval(0,2)", "scheme=choice(none,commits)"]
    how = ["pair=scheme", "points=24", "runs=4", "weeks=13", "executor=serial", "aligned=false", f"out={folder}"]
    assert main(["sweep", *ranges, *how]) == 0
    return folder


@pytest.mark.parametrize("limit", ["A0", "A1", "A2", "A2b", "B1", "B2", "B3", "C1", "C2", "C3", "C4", "C5"])
@pytest.mark.parametrize("measure", ["worth", "surplus"])
def test_a_contract_is_worth_what_theory_says(limit: str, measure: str) -> None:
    scenario = sim.load(f"limit={limit}", "scheme.strength=0.7")
    value = float(sim.simulate(scenario, runs=1, aligned=False).measures()[measure].iloc[0])
    assert predicted(scenario.config, measure) == pytest.approx(value, rel=ROUNDING)


@pytest.mark.parametrize(
    "change", ["project=standard", "turnover=standard", "scheme.review.weeks=2", "team.skill_sd=0.1"]
)
def test_theory_has_no_curve_where_something_is_on_that_it_leaves_out(change: str) -> None:
    assert predicted(sim.load("limit=B1", change).config, "worth") is None
    assert predicted(sim.load("limit=B1").config, "debt") is None


def test_an_audit_with_two_points_of_rest_has_a_curve_from_the_upper_side_only() -> None:
    words = ["limit=B3", "audit=standard", "++activities.game.gaming=true", "scheme.strength=1.0", "weeks=80"]
    audit = ["scheme.audit.probability=1.0", "scheme.audit.sensitivity=1.0", "scheme.audit.penalty=6.0"]
    above = sim.load(*words, *audit, "activities.game.habit=3.0")
    value = float(sim.simulate(above, runs=1, aligned=False).weekly["surplus"].iloc[-1])
    assert predicted(above.config, "surplus") == pytest.approx(value, rel=1e-9)
    assert predicted(sim.load(*words, *audit, "activities.game.habit=0.5").config, "surplus") is None


def test_theory_is_the_model_under_an_audit(audited: Path) -> None:
    table = picture_of(swept(audited), {"x": "strength", "y": "probability", "colour": "surplus", "against": "0"}).table
    apart = table[table["scheme.strength"] > 0]
    assert len(apart) == 12
    assert apart["difference"].to_numpy() == pytest.approx(apart["theory"].to_numpy(), abs=1e-9)
    assert (table[table["scheme.strength"] == 0]["difference"] == 0).all()


def test_the_line_where_paying_begins_to_harm_is_that_of_theory(audited: Path) -> None:
    of = swept(audited)
    rows = of.differences("scheme.strength", 0.0, "surplus").assign(facet="", itself=False)
    rows["x"], rows["y"] = rows["scheme.strength"], rows["scheme.audit.probability"]
    rows["itself"] = rows["x"] == 0
    (line,) = flips(rows)

    def harms(strength: float, probability: float) -> float:
        point = {"scheme.strength": strength, "scheme.audit.probability": probability}
        paid, unpaid = (of.space.config(p) for p in (point, {**point, "scheme.strength": 0.0}))
        return (predicted(paid, "surplus") or 0.0) - (predicted(unpaid, "surplus") or 0.0)

    for strength, probability in line.tolist():
        assert harms(strength - 0.75, probability) > 0 > harms(strength + 0.75, probability)
    assert line[:, 1].min() == 0 and line[:, 1].max() == 1
    free = line[line[:, 1].argmin(), 0]  # without an audit f'G'b = ½b'GG'b at b = 2·1.5/2.25
    assert free == pytest.approx(4 / 3, abs=0.2)


def test_the_line_is_where_interpolation_is_nought() -> None:
    x, y = np.array([0.0, 1.0, 2.0]), np.array([0.0, 1.0])
    (line,) = zeros(x, y, np.array([[1.0, 0.5, -0.5], [1.0, 0.5, -0.5]]))
    assert line[:, 0].tolist() == pytest.approx([1.5] * len(line))


def test_a_difference_is_taken_run_by_run(paired: Path) -> None:
    found = swept(paired).differences("scheme", "none", "worth").set_index("point")
    kept = pd.read_parquet(paired / "differences.parquet").query("measure == 'worth'").set_index("point")
    for ours, theirs in (("value", "difference"), ("error_low", "error_low"), ("luck_high", "luck_high")):
        assert found.loc[kept.index, ours].to_numpy() == pytest.approx(kept[theirs].to_numpy(), rel=1e-9)
    assert (found.loc[kept.index, "reference"] == kept["reference"]).all()


def test_the_error_of_a_mean_over_points_is_no_less_than_if_they_share_their_luck() -> None:
    rows = pd.DataFrame({"x": [1.0, 1.0], "value": [1.0, 3.0], "error_low": [0.5, 2.0], "error_high": [1.5, 4.0]})
    rows = rows.assign(luck_low=0.0, luck_high=4.0)
    (grid,) = merged(rows, ["x"], sampled=False).to_dict("records")
    assert (grid["value"], grid["error_low"], grid["error_high"], grid["points"]) == (2.0, 1.25, 2.75, 2)
    (drawn,) = merged(rows, ["x"], sampled=True).to_dict("records")
    t = 12.7062047  # of one degree of freedom; the sd of 1 and 3 over √2 is 1
    assert drawn["error_high"] == pytest.approx(2 + np.hypot(0.75, t))


PICTURES = [
    ["x=strength"],
    ["x=strength", "y=surplus", "facet=risk_aversion"],
    ["x=scheme", "y=effort_deliver"],
    ["x=strength", "y=risk_aversion"],
    ["x=strength", "y=risk_aversion", "colour=debt", "against=scheme=commits"],
]


@pytest.mark.parametrize("words", PICTURES, ids=" ".join)
def test_a_picture_comes_in_three_formats_with_its_table(words: list[str], paired: Path, tmp_path: Path) -> None:
    assert main(["plot", str(paired), *words, f"out={tmp_path / 'a.png'}"]) == 0
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.csv", "a.pdf", "a.png", "a.svg"]
    table = pd.read_csv(tmp_path / "a.csv")
    assert len(table) and {"error_low", "error_high", "luck_low", "luck_high"} <= set(table.columns)


def test_bins_have_equal_counts_and_keep_the_mean(paired: Path) -> None:
    table = picture_of(swept(paired), {"x": "strength"}).table
    assert sorted(table["colour"] if "colour" in table else table["scheme"])[0].startswith("scheme = ")
    assert (table["points"] == 8).all() and len(table) == 6
    whole = pd.read_csv(paired / "summary.csv").groupby("scheme")["worth"].mean()
    ours = table.groupby("scheme")["worth"].mean()
    assert ours.to_numpy() == pytest.approx(whole.to_numpy())


def test_a_curve_of_a_limit_has_its_theory_beside(tmp_path: Path) -> None:
    assert main(["sweep", "limit=B1", STRENGTHS, *SMALL, f"out={tmp_path / 'B'}"]) == 0
    table = picture_of(swept(tmp_path / "B"), {"x": "strength", "y": "surplus"}).table
    b: Floats = table["scheme.strength"].to_numpy()
    closed = 40 + b * 2 * 1.299038105676658 - 0.5 * b**2 * 2.25 - 0.5 * 1.2 * b**2
    assert table["theory"].to_numpy() == pytest.approx(closed, rel=ROUNDING)
    assert table["surplus"].to_numpy() == pytest.approx(closed, rel=ROUNDING)


def test_plot_refuses_in_one_line(paired: Path, audited: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = str(paired)
    for words, said in (
        ([folder], "x=(missing)"),
        ([folder, "x=strenght"], "did you mean scheme.strength?"),
        ([folder, "x=strength", "y=wort"], "did you mean worth?"),
        ([folder, "x=strength", "color=scheme"], "did you mean colour?"),
        ([folder, "x=strength", "y=strength"], "another parameter"),
        ([folder, "x=strength", "y=scheme"], "a parameter of numbers"),
        ([str(audited), "x=strength", "y=probability", "against=0.1"], "a value of scheme.strength"),
        ([str(paired / "runs"), "x=strength"], "a folder with results"),
    ):
        assert said in refused(["plot", *words], capsys)
