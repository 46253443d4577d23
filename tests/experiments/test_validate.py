"""The model beside what was observed: what is asked, how it is judged, and that the page says what the model says."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from experiments import anchors as catalogue
from experiments import validate
from experiments.anchors import Pattern
from experiments.anchors.found import FIRST, compare, told
from experiments.anchors.page import ends, number
from experiments.anchors.quantities import quantity
from experiments.executors import Executor
from experiments.store import model_version
from experiments.validate import main
from sim.errors import InvalidInput
from tests import worlds

ROOT = Path(validate.__file__).parent.parent
SMALL = ["runs=6", "draws=2", "executor=serial"]
AGAIN = 1e-6  # relative: the same numbers on another machine


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of results, so that runs are computed once."""
    return tmp_path_factory.mktemp("validate")


def pattern(anchor: str, name: str) -> Pattern:
    return catalogue.read(catalogue.HERE / f"{anchor}.yaml").patterns[name]


def runs_of(**columns: list[float]) -> pd.DataFrame:
    frame = pd.DataFrame(columns)
    return frame.assign(run=range(len(frame)), error=None)


def test_a_study_is_held_out_where_the_source_of_no_number_names_it_and_only_there() -> None:
    for anchor in catalogue.anchors().values():
        assert (anchor.use == "held_out") == (not anchor.cited_by()), (anchor.id, anchor.cited_by())


def test_a_pattern_says_what_counts_as_agreement_and_on_what_grounds() -> None:
    for anchor in catalogue.anchors().values():
        for p in anchor.patterns.values():
            assert p.because and p.if_outside.endswith("."), (anchor.id, p.id)
            assert p.says[0].islower() or p.says[0] == "a"
            if p.sign is not None:
                assert p.low is None and p.high is None and len(p.compared) == 2 and sum(p.compared.values()) == 0
            elif p.low is not None and p.high is not None:
                assert p.low < p.high
    assert all(w.what and w.source and w.why.endswith(".") for w in catalogue.without())


def test_defaults_are_those_that_were_frozen_or_their_changes_are_told() -> None:
    frozen, now = catalogue.frozen(), catalogue.numbers()
    assert now == frozen.numbers, (
        f"defaults have changed: tell it under `changes` in experiments/anchors/_frozen.yaml, and put numbers: {now}"
    )
    assert all({*c} == {"date", "what", "why"} for c in (*frozen.changes, *frozen.amended))


def test_what_is_kept_belongs_to_this_model_and_these_anchors() -> None:
    kept = catalogue.results()
    assert kept["model"] == model_version() and kept["anchors"] == catalogue.written()
    assert kept["numbers"] == catalogue.frozen().numbers
    asked = [(a.id, p) for a in catalogue.anchors().values() for p in a.patterns]
    assert [(row["anchor"], row["pattern"]) for row in kept["patterns"]] == asked


def test_the_page_quotes_what_is_kept() -> None:
    inside, of = catalogue.held_out_score()
    page = (ROOT / "docs" / "VALIDITY.md").read_text(encoding="utf-8")
    assert f"reproduces **{inside} of {of} patterns that it was not fitted to**" in page and 0 <= inside <= of
    for row in catalogue.results()["patterns"]:
        assert f"| {row['says']} |" in page
    assert "## What the model misses" in page and "## What cannot be checked" in page
    assert all(w.what in page for w in catalogue.without())


def test_the_model_still_says_what_is_kept(tmp_path: Path) -> None:
    """The first runs of every pattern but the organisation's, which takes as long as all others."""
    wanted = {k: a for k, a in catalogue.anchors().items() if k != "knowledge_loss"}
    serial = Executor(kind="serial", workers=None, scheduler=None)
    found = {f.id: f.first for f in compare(wanted, FIRST, 0, 1, tmp_path, serial)}
    kept = {(r["anchor"], r["pattern"]): r["first"] for r in catalogue.results()["patterns"]}
    for key, value in found.items():
        assert value == pytest.approx(kept[key], rel=AGAIN, abs=1e-9), key


def test_a_size_agrees_where_its_interval_reaches_into_the_range() -> None:
    p = pattern("turnover", "leavers")  # 0.104 to 0.156
    assert p.agrees(0.15, 0.2) and p.agrees(0.12, 0.13) and p.agrees(0.05, 0.3)
    assert not p.agrees(0.157, 0.2) and not p.agrees(0.0, 0.1) and not p.agrees(math.nan, math.nan)
    open_above = pattern("knowledge_loss", "bad_quarter")
    assert open_above.agrees(2.0, 3.1) and open_above.agrees(9.0, 11.0) and not open_above.agrees(1.0, 2.9)


def test_a_sign_agrees_where_the_whole_interval_lies_beyond_the_smallest_effect() -> None:
    up, down = pattern("wage_gap", "work"), pattern("tournaments_and_politics", "with_politics")
    assert up.agrees(0.001, 0.002) and not up.agrees(0.0003, 0.002) and not up.agrees(-0.002, -0.001)
    assert down.agrees(-0.002, -0.001) and not down.agrees(-0.002, 0.0) and not down.agrees(math.nan, math.nan)


def test_means_of_arms_are_compared_run_by_run() -> None:
    p = replace(pattern("wage_gap", "work"), quantity="worth")
    scenario = worlds.scenario("scheme=none")
    arms = {"wide": (runs_of(worth=[3.0, 5.0, 9.0]), scenario), "narrow": (runs_of(worth=[1.0, 3.0, 7.0]), scenario)}
    said = told(p, arms, seed=1)
    assert said.value == 2 and said.error == (2, 2) and said.luck == (2, 2)  # all pairs of runs say the same
    frame = runs_of(worth=[3.0, 5.0, 99.0]).assign(error=[None, None, "failed"])
    assert told(p, {**arms, "wide": (frame, scenario)}, seed=1).value == 2  # the run that failed is left out


def test_a_share_has_wilsons_interval_and_no_luck() -> None:
    p = pattern("truck_factor", "at_most_two")
    said = told(p, {"team": (runs_of(truck_factor=[1.0, 2.0, 3.0, 9.0]), worlds.scenario("scheme=none"))}, seed=1)
    z, n = 1.959964, 4
    middle, half = (2 + z**2 / 2) / (n + z**2), z / (n + z**2) * math.sqrt(n * 0.25 + z**2 / 4)
    assert said.value == 0.5 and said.error == pytest.approx((middle - half, middle + half), rel=1e-6)
    assert math.isnan(said.luck[0])


def test_a_tail_is_a_quantile_over_the_mean() -> None:
    p = replace(pattern("knowledge_loss", "bad_quarter"), at=0.5)
    scenario = worlds.scenario("scheme=none")
    said = told(p, {"team": (runs_of(orphaned=[0.0, 1.0, 5.0]), scenario)}, seed=1)
    assert said.value == 0.5 and said.error[0] <= 0.5 <= said.error[1]
    assert math.isnan(told(p, {"team": (runs_of(orphaned=[0.0, 0.0]), scenario)}, seed=1).value)


def test_quantities_are_what_the_studies_observed() -> None:
    scenario = worlds.scenario("scheme=none")
    people, project = 9, scenario.project
    assert project is not None and project.incidents is not None
    left = quantity("turnover", runs_of(left=[9.0]), scenario, "all")
    assert left == pytest.approx([0.5])  # all nine in two years
    lost = quantity("lost_to_debt", runs_of(debt=[1.0], incidents=[0.9]), scenario, "all")
    assert lost == pytest.approx([1 - 1 / ((1 + project.interest) * (1 + project.incidents.cost * 0.9 / people))])
    week = runs_of(hours=[1.0], effort_maintain=[0.25], effort_undermine=[0.1], effort_flatter=[0.1])
    assert quantity("maintenance", week, scenario, "all") == pytest.approx([0.25])
    ill = worlds.scenario("scheme=none", "good_intent=false")
    assert quantity("work", week, ill, "all") == pytest.approx([0.8])
    assert quantity("work", week, scenario, "all") == pytest.approx([1.0])  # where nobody means ill there is none
    assert quantity("sabotage_per_work", week, ill, "all") == pytest.approx([0.125])
    with pytest.raises(InvalidInput, match="a measure that the scenario has"):
        quantity("status_bias", week, scenario, "all")


def test_the_verb_prints_its_tables_and_computes_nothing_twice(
    results: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["anchor=turnover,wage_gap", *SMALL, f"out={results}"]
    assert main(command) == 0
    said = capsys.readouterr().out
    assert "Held out" in said and "Without counterpart" in said and "of 3 patterns that it was not fitted to" in said
    table = pd.read_csv(results / "anchors.csv").set_index("pattern")
    row = table.loc["leavers"]
    assert row["error_low"] < row["value"] < row["error_high"] and row["luck_low"] <= row["luck_high"]
    assert row["assumptions_low"] <= row["assumptions_high"] and row["holds"] in (0.0, 0.5, 1.0)
    assert (results / "plots" / "validity.png").stat().st_size > 10_000

    def never(*_: object) -> None:
        raise AssertionError("nothing may be computed")

    monkeypatch.setattr("experiments.chunks.compute", never)
    assert main(command) == 0


def test_a_page_comes_with_its_picture_and_the_numbers_to_quote(
    results: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    some = {"turnover": catalogue.anchors()["turnover"], "wage_gap": catalogue.anchors()["wage_gap"]}
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(catalogue, "anchors", lambda: some)
    monkeypatch.setattr(catalogue, "RESULTS", tmp_path / "kept.json")
    assert main([*SMALL, f"out={results}", "page=V.md"]) == 0
    kept = json.loads((tmp_path / "kept.json").read_text())
    assert [row["pattern"] for row in kept["patterns"]] == ["leavers", *some["wage_gap"].patterns]
    inside = sum(row["inside"] for row in kept["patterns"] if row["use"] == "held_out")
    assert catalogue.held_out_score() == (inside, 3)
    page = (tmp_path / "V.md").read_text()
    assert f"**{inside} of 3 patterns" in page and "runs=6 draws=2" in page
    assert (tmp_path / "pictures" / "validity.png").exists()
    for name, words in (("turnover", "One in eight leaves"), ("wage_gap", "A wider gap")):
        assert f"### {words}" in page and some[name].source.strip()[:30] in page


BAD = {
    "did you mean turnover?": ["anchor=turnove"],
    "runs=1: allowed is a whole number, at least 2": ["runs=1"],
    "all anchors: leave anchor= out": ["anchor=turnover", "page=V.md"],
    "did you mean draws?": ["draw=3"],
}


@pytest.mark.parametrize("said", BAD)
def test_what_cannot_be_asked_is_refused_in_one_line(said: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        main(BAD[said])
    assert said in str(refused.value)


WRONG = {
    "did you mean higher?": ("sign: higher", "sign: higer"),
    "did you mean mean?": ("statistic: mean", "statistic: meen"),
    "did you mean wide?": ("&compared {wide: 1", "&compared {wid: 1"),
    "higher or lower, where there is neither low nor high": ("    sign: higher\n", ""),
    "one arm, unless means are compared": ("statistic: mean", "statistic: pooled"),
    "did you mean held_out?": ("use: held_out", "use: heldout"),
}


@pytest.mark.parametrize("said", WRONG)
def test_an_anchor_that_is_not_well_put_is_refused(said: str, tmp_path: Path) -> None:
    path = tmp_path / "wrong.yaml"
    path.write_text((catalogue.HERE / "wage_gap.yaml").read_text().replace(*WRONG[said]))
    with pytest.raises(InvalidInput) as refused:
        catalogue.read(path)
    assert said in str(refused.value)


def test_numbers_are_read_as_people_read_them() -> None:
    assert [number(x) for x in (0.3199, 0.0064, -1e-9, math.inf)] == ["0.32", "0.0064", "0", "—"]
    assert ends((math.nan, math.nan)) == "—" and ends((-0.2, 0.5)) == "−0.2 to 0.5"
    assert np.isnan(told(pattern("turnover", "leavers"), {"team": (runs_of(left=[1.0]), worlds.scenario())}, 1).value)
