"""Boxes in which one value of a paired sweep loses are found where they are, and not made up where there are none."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from experiments import pointwise
from experiments.boxes import discovered
from experiments.cli import main
from sim.arrays import Bools, Floats
from tests.experiments.test_cli import refused

RUNS, POINTS = 12, 400
AXES = {
    "scheme": "choice(commits,none)",
    "scheme.strength": "interval(0,2)",
    "scheme.audit.probability": "interval(0,1)",
    "team": "choice(a,b)",
}


def swept(folder: Path, gap: Floats, strength: Floats, probability: Floats) -> Path:
    """Write a paired sweep of which the second value is worth so much more at each point."""
    chance = np.random.default_rng(5)
    luck = chance.normal(1.0, 0.3, RUNS)
    rows = [
        {"scheme": s, "scheme.strength": a, "scheme.audit.probability": p, "team": "ab"[i % 2]}
        for i, (a, p) in enumerate(zip(strength, probability, strict=True))
        for s in ("commits", "none")
    ]
    points = pd.DataFrame(rows).rename_axis("point").reset_index()
    worth = np.stack([np.stack([luck, luck + g + chance.normal(0, 0.01, RUNS)]) for g in gap]).reshape(-1)
    point = np.repeat(points["point"].to_numpy(), RUNS)
    runs = pd.DataFrame({"point": point, "run": np.tile(range(RUNS), len(rows)), "worth": worth, "error": None})
    (folder / "runs").mkdir(parents=True)
    points.to_csv(folder / "points.csv", index=False)
    runs.to_parquet(folder / "runs" / "one.parquet")
    pointwise.summary([runs]).to_parquet(folder / "summary.parquet")
    shape = {"design": {"kind": "latin_hypercube", "points": len(rows), "pair": "scheme"}, "bases": [], "axes": AXES}
    how = {"runs": RUNS, "seed": 1, "crn": True, "precision": None, "cap": RUNS, "outcome": "worth"}
    (folder / "config.yaml").write_text(yaml.safe_dump({"verb": "sweep", **shape, **how}))
    manifest = {
        "format": 1,
        "same": "",
        "verb": "sweep",
        "status": "finished",
        "command": "crosspurpose sweep",
        "seed": 1,
    }
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return folder


@pytest.fixture
def places() -> tuple[Floats, Floats]:
    chance = np.random.default_rng(3)
    return chance.uniform(0, 2, POINTS), chance.uniform(0, 1, POINTS)


def test_a_box_is_found_where_it_is(
    tmp_path: Path, places: tuple[Floats, Floats], capsys: pytest.CaptureFixture[str]
) -> None:
    strength, probability = places
    inside = (strength > 1.2) & (probability < 0.3)
    folder = swept(tmp_path / "A", np.where(inside, -0.04, 0.02), strength, probability)
    assert main(["discover", str(folder)]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith("none loses to commits where ") and " in 100% of such points" in said[0]
    assert f"({inside.sum()} of {POINTS}), on average by 0.04; elsewhere in 0%" in said[0]
    table = pd.read_csv(folder / "boxes.csv").set_index("parameter")
    assert set(table.index) == {"scheme.strength", "scheme.audit.probability"}
    assert table.loc["scheme.strength", "low"] == pytest.approx(1.2, abs=0.03)
    assert table.loc["scheme.audit.probability", "high"] == pytest.approx(0.3, abs=0.03)
    assert table["right"].iloc[0] > 0.95 > table["guessed"].iloc[0]
    assert {p.suffix for p in (folder / "plots").iterdir()} == {".pdf", ".svg", ".png", ".csv"}


def test_the_other_way_round_the_rest_is_the_box(
    tmp_path: Path, places: tuple[Floats, Floats], capsys: pytest.CaptureFixture[str]
) -> None:
    strength, probability = places
    folder = swept(tmp_path / "A", np.where(strength > 1.2, -0.04, 0.02), strength, probability)
    assert main(["discover", str(folder), "value=commits", "against=none"]) == 0
    line = capsys.readouterr().out.splitlines()[0]
    assert line.startswith("commits loses to none where scheme.strength ≤ 1.") and "on average by 0.02" in line


def test_what_depends_on_nothing_has_no_box(
    tmp_path: Path, places: tuple[Floats, Floats], capsys: pytest.CaptureFixture[str]
) -> None:
    gap = np.random.default_rng(9).choice([-0.1, 0.1], POINTS)
    folder = swept(tmp_path / "A", gap, *places)
    assert main(["discover", str(folder)]) == 0
    assert "no box found" in capsys.readouterr().out.splitlines()[0]
    assert pd.read_csv(folder / "boxes.csv").empty


@pytest.mark.parametrize("seed", range(6))
def test_guesses_are_not_called_boxes(seed: int) -> None:
    chance = np.random.default_rng(seed)
    features = pd.DataFrame(chance.random((200, 4)), columns=list("abcd"))
    loses: Bools = chance.random(200) < 0.3
    assert discovered(features, loses, 1).boxes == ()


def test_a_choice_is_a_side_of_a_box() -> None:
    chance = np.random.default_rng(0)
    features = pd.DataFrame({"team is a": chance.integers(0, 2, 300).astype(float), "x": chance.random(300)})
    (box,) = discovered(features, (features["team is a"] == 0).to_numpy(), 1).boxes
    assert box.words() == "team is not a" and box.inside.sum() == (features["team is a"] == 0).sum()


def test_discover_refuses_in_one_line(
    tmp_path: Path, places: tuple[Floats, Floats], capsys: pytest.CaptureFixture[str]
) -> None:
    folder = str(swept(tmp_path / "A", np.where(places[0] > 1, -0.1, 0.1), *places))
    assert "did you mean commits?" in refused(["discover", folder, "value=commit"], capsys)
    assert "did you mean worth?" in refused(["discover", folder, "measure=wort"], capsys)
    assert "did you mean measure?" in refused(["discover", folder, "mesure=worth"], capsys)
    assert "another of them" in refused(["discover", folder, "value=none", "against=none"], capsys)
