"""Published simulations, run again: what is typed, what is written, and what stands beside it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml

import sim
from experiments import replicate, replications
from experiments.cli import main as crosspurpose
from experiments.replicate import beside, compute, main, summary
from experiments.replications import plan as planning
from experiments.replications import read
from experiments.replications.plan import BLOCK, Plan, model, plan_again, plan_of
from sim.errors import InvalidInput

PROXY = read("proxyeconomics")
SMALL = ("N=10", "steps=4", "runs=3", "workers=1")


def planned(*words: str, **settings: str) -> Plan:
    return plan_of(PROXY, words, settings)


@pytest.fixture
def small(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """The folder of a small study."""
    assert main(["proxyeconomics", *SMALL, f"out={tmp_path / 'A'}"]) == 0
    capsys.readouterr()
    return tmp_path / "A"


@pytest.mark.parametrize("name", replications.names())
def test_every_replication_gives_a_run_the_same_bits_alone_and_among_others(name: str) -> None:
    found = read(name)
    parameters = found.values({})
    if replications.STEPS in parameters:
        parameters[replications.STEPS] = min(3, parameters[replications.STEPS])
    runs = model(name).runs
    together, alone = runs(parameters, 5, [0, 1, 2]), runs(parameters, 5, [1])
    assert [*together] == ["run", "step", *found.outcomes]
    assert together["run"].is_monotonic_increasing and together["step"].min() == 1
    pd.testing.assert_frame_equal(
        together[together["run"] == 1].reset_index(drop=True), alone, check_exact=True, check_dtype=False
    )


@pytest.mark.parametrize("name", replications.names())
def test_every_replication_says_what_it_is(name: str) -> None:
    found = read(name)
    assert found.about.endswith(".") and found.source and found.published
    assert all(p.meaning for p in found.parameters.values())
    text = (replications.HERE / name / "README.md").read_text(encoding="utf-8")
    assert text.startswith("# ") and f"crosspurpose replicate {name}" in text


def test_the_folder_has_what_is_needed_and_opens(small: Path) -> None:
    config = yaml.safe_load((small / "config.yaml").read_text(encoding="utf-8"))
    assert config["parameters"]["c"] == 0.9 and config["parameters"]["N"] == 10
    opened = sim.open(small)
    assert opened.manifest["status"] == "finished" and opened.points is None
    assert opened.runs.columns == ["point", "run", "step", *PROXY.outcomes] and len(opened.runs) == 12
    table = pd.read_csv(small / "summary.csv")
    runs = opened.runs.to_pandas(where={"step": 4})
    own = table[table["outcome"] == "goal"].iloc[0]
    assert own["value"] == pytest.approx(runs["goal"].mean()) and own["runs"] == 3
    assert (own["luck_low"], own["luck_high"]) == pytest.approx(tuple(np.quantile(runs["goal"], [0.1, 0.9])))
    assert not list(small.glob("_runs")) and (small / "plots" / "proxyeconomics.png").exists()


def test_the_same_command_again_reads_what_is_there(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = {p: p.stat().st_mtime_ns for p in small.rglob("*") if p.is_file()}
    assert main(["proxyeconomics", *SMALL, f"out={small}"]) == 0
    assert "read from" in capsys.readouterr().out
    assert {p: p.stat().st_mtime_ns for p in small.rglob("*") if p.is_file()} == before


def test_a_folder_of_another_study_is_left_alone(small: Path) -> None:
    with pytest.raises(InvalidInput, match="another study"):
        main(["proxyeconomics", *SMALL, "c=.5", f"out={small}"])
    assert main(["proxyeconomics", *SMALL, "c=.5", f"out={small}", "overwrite=true"]) == 0
    assert json.loads((small / "manifest.json").read_text(encoding="utf-8"))["command"].endswith("overwrite=true")


def test_what_was_done_before_it_was_killed_is_not_done_again(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planning, "BLOCK", 1)
    words = ["proxyeconomics", *SMALL, f"out={tmp_path / 'B'}"]

    def killed(path: Path, name: str, point: int, parameters: Any, seed: int, numbers: range) -> None:
        if numbers[0] == 2:
            raise KeyboardInterrupt
        compute(path, name, point, parameters, seed, numbers)

    monkeypatch.setattr(replicate, "compute", killed)
    with pytest.raises(KeyboardInterrupt):
        main(words)
    assert len(list((tmp_path / "B" / "_runs").glob("*.parquet"))) == 2
    asked: list[int] = []

    def counted(path: Path, name: str, point: int, parameters: Any, seed: int, numbers: range) -> None:
        asked.extend(numbers)
        compute(path, name, point, parameters, seed, numbers)

    monkeypatch.setattr(replicate, "compute", counted)
    assert main(words) == 0
    assert asked == [2]
    again, whole = (pd.read_parquet(p / "runs.parquet") for p in (tmp_path / "B", small))
    pd.testing.assert_frame_equal(again, whole, check_exact=True)


def test_several_processes_give_the_numbers_of_one(tmp_path: Path) -> None:
    words = ["proxyeconomics", "N=8", "steps=3", "runs=41", "c=choice(.2,.9)"]
    for workers in (1, 2):
        assert main([*words, f"workers={workers}", f"out={tmp_path / str(workers)}"]) == 0
    one, two = (pd.read_parquet(tmp_path / n / "runs.parquet") for n in "12")
    pd.testing.assert_frame_equal(one, two, check_exact=True)
    assert sim.open(tmp_path / "2").points is not None


@pytest.mark.parametrize(
    ("words", "key", "said"),
    [
        (["nothing"], "replicate", "proxyeconomics"),
        (["proxyeconomiks"], "replicate", "did you mean proxyeconomics"),
        (["c=.3"], "argument", "NAME"),
        (["proxyeconomics", "gama=45"], "gama", "did you mean gamma"),
        (["proxyeconomics", "c=1.3"], "c", "from 0 to 1"),
        (["proxyeconomics", "c=high"], "c", "a number"),
        (["proxyeconomics", "c=true"], "c", "a number"),
        (["proxyeconomics", "c=nan"], "c", "a number"),
        (["proxyeconomics", "c="], "c", "a number"),
        (["proxyeconomics", "N=50.5"], "N", "whole"),
        (["proxyeconomics", "as_published=1"], "as_published", "true or false"),
        (["proxyeconomics", "c=choice(.1,3)"], "c", "from 0 to 1"),
        (["proxyeconomics", "c=choice(.1,.1)"], "c", "each value once"),
        (["proxyeconomics", "c=interval(.5,.1)"], "c", "first end"),
        (["proxyeconomics", "c=interval(.1"], "c", "interval(low,high)"),
        (["proxyeconomics", "gamma=range(0,90,0)"], "gamma", "step"),
        (["proxyeconomics", "gamma=range(0,451,45)"], "gamma", "from 0 to 360"),
        (["proxyeconomics", "as_published=interval(0,1)"], "as_published", "choice"),
        (["proxyeconomics", "c=glob(*)"], "c", "choice"),
        (["proxyeconomics", "c=.1", "c=.2"], "c", "once"),
        (["proxyeconomics", "+c=.1"], "argument", "KEY=VALUE"),
        (["proxyeconomics", "fast"], "argument", "KEY=VALUE"),
        (["proxyeconomics", "runs=0"], "runs", "at least 1"),
        (["proxyeconomics", "runs=10000000"], "runs", "fewer"),
        (["proxyeconomics", "seed=-1"], "seed", "at least 0"),
        (["proxyeconomics", "seed=choice(1,2)"], "seed", "single"),
        (["proxyeconomics", "workers=0"], "workers", "at least 1"),
        (["proxyeconomics", "levels=1", "c=interval(0,1)"], "levels", "at least 2"),
        (["proxyeconomics", "overwrite=perhaps"], "overwrite", "true or false"),
        (["proxyeconomics", "out="], "out", "a folder"),
        (["proxyeconomics", "N=range(2,5000)", "s=interval(0,1)"], "points", "at most 10,000"),
    ],
    ids=lambda x: " ".join(x) if isinstance(x, list) else None,
)
def test_what_cannot_be_is_refused_in_a_line(words: list[str], key: str, said: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        main(words)
    assert caught.value.key == key and said in str(caught.value) and "\n" not in str(caught.value)


def test_parameters_are_swept_in_the_words_of_sweep() -> None:
    plan = planned("c=choice(.1,.5)", "gamma=range(0,181,45)", "N=20")
    assert [p["gamma"] for p in plan.points[:5]] == [0.0, 45.0, 90.0, 135.0, 180.0] and len(plan.points) == 10
    assert plan.parameters(7) == {**PROXY.values({}), "c": 0.5, "gamma": 90.0, "N": 20}
    spaced = planned("g=tag(log,interval(.1,10))", levels="3")
    assert [p["g"] for p in spaced.points] == pytest.approx([0.1, 1.0, 10.0])
    assert [p["N"] for p in planned("N=interval(10,30)", levels="3").points] == [10, 20, 30]
    assert [p["as_published"] for p in planned("as_published=true,false").points] == [True, False]


def test_the_same_number_written_otherwise_is_the_same_study() -> None:
    assert planned("c=.9", "N=100.0").same == planned().same != planned("c=.8").same


def test_a_plan_is_rebuilt_from_what_its_folder_says() -> None:
    plan = planned("c=choice(.1,.5)", "g=interval(0,1)", "N=20", runs="7", seed="0")
    again, expected = plan_again(yaml.safe_load(yaml.safe_dump(plan.same))), PROXY.values(plan.fixed)
    assert replace(again, axes=()) == replace(plan, axes=(), fixed=expected)
    assert repr(again.axes) == repr(plan.axes)  # a bound that is not there is NaN, which equals nothing


def test_blocks_hold_every_run_of_every_point_once() -> None:
    plan = planned("c=choice(.1,.5)", runs="50")
    assert [(p, n) for p, numbers in plan.blocks() for n in numbers] == [(p, n) for p in (0, 1) for n in range(50)]
    assert max(len(numbers) for _, numbers in plan.blocks()) <= BLOCK


def test_what_was_published_is_found_only_where_all_parameters_are_the_same() -> None:
    of = PROXY.values
    assert {row.at for row in PROXY.published_at(of({}))} == {10, 100}
    assert PROXY.published_at(of({"steps": 10_000})) == PROXY.published_at(of({}))
    assert PROXY.published_at(of({"c": 0.1, "g": 2.0})) == [] == PROXY.published_at(of({"as_published": False}))


def test_means_are_apart_by_the_standard_errors_of_both() -> None:
    rng = np.random.default_rng(2)
    rows = pd.DataFrame({"point": 0, "run": range(40), "step": 100} | {k: rng.random(40) for k in PROXY.outcomes})
    table = beside(planned(), summary(rows, [*PROXY.outcomes])).set_index("outcome")
    x = rows["goal"]
    expected = (x.mean() - 10.14) / np.sqrt(x.var() / 40 + 0.34**2 / 30)
    assert table.loc["goal", "apart"] == pytest.approx(expected)
    assert np.isnan(table.loc["talent", "apart"]) and np.isnan(table.loc["talent", "published"])


def test_a_published_number_without_its_error_stands_beside_and_is_not_tested() -> None:
    rows = pd.DataFrame({"point": 0, "run": [0, 1], "step": 100} | {k: [0.0, 1.0] for k in PROXY.outcomes})
    table = beside(planned("gamma=180"), summary(rows, [*PROXY.outcomes])).set_index("outcome")
    assert table.loc["goal", "published"] == -3.9 and np.isnan(table.loc["goal", "apart"])


def test_a_single_run_has_no_interval(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["proxyeconomics", "N=5", "steps=2", "runs=1", f"out={tmp_path / 'A'}"]) == 0
    table = pd.read_csv(tmp_path / "A" / "summary.csv")
    assert table["error_low"].isna().all() and table["value"].notna().all()
    assert "Nothing was published at these parameters" in capsys.readouterr().out


@pytest.mark.parametrize(
    "words",
    [
        ["c=choice(.1,.9)", "as_published=choice(true,false)"],
        ["as_published=choice(true,false)", "steps=1"],
        ["c=range(.1,1,.1)", "N=choice(4,5)"],
        ["steps=1"],
    ],
    ids=" ".join,
)
def test_whatever_is_swept_can_be_drawn(words: list[str], tmp_path: Path) -> None:
    given = {w.partition("=")[0]: w for w in [*SMALL, *words, f"out={tmp_path / 'A'}"]}
    assert main(["proxyeconomics", *given.values()]) == 0
    table = pd.read_csv(tmp_path / "A" / "plots" / "proxyeconomics.csv")
    assert {*table["outcome"]} == {*PROXY.y} and (tmp_path / "A" / "plots" / "proxyeconomics.png").exists()


def test_the_picture_has_the_published_points_of_the_whole_curve(tmp_path: Path) -> None:
    """Also those between the values that are swept; of the curve with other parameters there are none."""
    from experiments.plots.replicate import _parameters

    plan = planned("c=choice(.2,.8)", "g=choice(1,2)", runs="2")
    outcomes = {k: [0.0, 1.0] * 4 for k in PROXY.outcomes}
    rows = pd.DataFrame({"point": np.repeat(range(4), 2), "run": [0, 1] * 4, "step": 100} | outcomes)
    against, table = _parameters(plan, summary(rows, [*PROXY.outcomes]))
    theirs = table[table["source"] == "published"]
    assert against.key == "c" and {*theirs["line"]} == {"g=1"}
    assert sorted(theirs[theirs["outcome"] == "goal"]["x"]) == [0.1, 0.5, 0.9]


def test_there_is_a_list_and_a_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0 and "proxyeconomics" in capsys.readouterr().out
    assert main(["proxyeconomics", "--help"]) == 0
    said = capsys.readouterr().out
    assert all(key in said for key in PROXY.parameters) and "from 0 to 1" in said


@pytest.mark.parametrize(
    ("changed", "key"),
    [
        ({"parameters": {"seed": {"value": 1, "meaning": "x"}}}, "parameters"),
        ({"parameters": {"c": {"value": 1, "meaning": "x", "lowest": 0}}}, "lowest"),
        ({"published": [{"set": {"cc": 1}, "values": {"goal": [1.0]}}]}, "cc"),
        ({"published": [{"values": {"goals": [1.0]}}]}, "outcome"),
        ({"publised": []}, "publised"),
    ],
    ids=str,
)
def test_a_description_that_is_wrong_is_refused(
    changed: dict[str, Any], key: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = {
        **{"about": "x.", "source": "y", "runs": 2, "parameters": {}, "published": []},
        **{"outcomes": {"goal": {"label": "goal"}}, "shown": {"x": "step", "y": ["goal"]}},
    }
    monkeypatch.setattr(replications, "HERE", tmp_path)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "config.yaml").write_text(yaml.safe_dump({**said, **changed}), encoding="utf-8")
    with pytest.raises(InvalidInput) as caught:
        read("mine")
    assert key in caught.value.key


def test_replications_are_among_what_there_is_to_choose_from(capsys: pytest.CaptureFixture[str]) -> None:
    assert crosspurpose(["list", "replications"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert all(f"{name} ours {read(name).about}" in said for name in replications.names())
