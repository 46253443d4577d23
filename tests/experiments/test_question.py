"""A scenario's question: keys of a comparison in the scenario's own file, which the command line overrules."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from experiments.cli import main
from experiments.compare import Plan, planned
from experiments.question import asked, checked
from sim.errors import InvalidInput
from sim.loading import compose, from_files

FILE = """\
# @package _global_
defaults:
  - override /team: person_b
story: {plain: ours, question: "What now?"}
question:
  today: manager_rating
  warmup: 13
  schemes: [okr, ours]
  own:
    ours: {label: {plain: our own way}, weights: {tickets: 1.0, peer_feedback: 0.5}, pay: ranking}
  runs: 3
  onset: 0
"""


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("ours.yaml").write_text(FILE)


def test_compare_answers_the_question_of_a_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", "scenario=ours.yaml", "weeks=39", "executor=serial", "out=A"]) == 0
    runs = pd.read_parquet("A/runs.parquet")
    assert list(runs["scheme"].unique()) == ["manager_rating", "okr", "ours"] and len(runs) == 9
    assert "our own way" in capsys.readouterr().out
    told = json.loads(Path("A/manifest.json").read_text())["comparison"]
    assert (told["today"], told["reference"]) == ("manager_rating", "manager_rating")


def planned_with(*words: str) -> Plan:
    (called,) = from_files(["scenario=ours.yaml"])
    words = (called, "weeks=39", *words)
    return planned(asked(compose("compare", words), words))


def test_the_command_line_is_right_where_it_says_otherwise() -> None:
    study = planned_with("runs=2", "schemes=[ours]").study
    assert list(study.variants) == ["manager_rating", "ours"] and study.runs == 2


def test_a_scheme_in_the_question_is_the_same_scheme_as_in_a_yaml() -> None:
    Path("configs/scheme").mkdir(parents=True)
    yaml = "label: {plain: our own way}\nweights: {tickets: 1.0, peer_feedback: 0.5}\npay:\n  kind: ranking\n  bands:\n"
    yaml += "    - {share: 0.2, reward: 0.35}\n    - {share: 0.7, reward: 0.1}\n    - {share: 0.1, reward: 0.0}\n"
    Path("configs/scheme/filed.yaml").write_text(yaml)
    found = planned_with("schemes=[ours,filed]").study.variants
    ours, filed = (dict(found[name].config["scheme"]) for name in ("ours", "filed"))
    for each in (ours, filed):
        each["pay"] = {k: v for k, v in each["pay"].items() if k != "label"}
    assert ours == filed


def test_ranges_of_a_scenarios_own_bound_what_is_drawn() -> None:
    import sim
    from experiments.assumptions import changes

    key = "team.people.0.motives.pay"
    scenario = sim.load("team=person_a").with_({"ranges": {key: [0.9, 1.1]}})
    drawn = [changes(scenario, 1, run)[key] for run in range(20)]
    assert 0.9 <= min(drawn) < max(drawn) <= 1.1
    free = [changes(sim.load("team=person_a"), 1, run)[key] for run in range(20)]
    assert min(free) < 0.9


@pytest.mark.parametrize(
    ("question", "key"),
    [
        ({"shemes": ["okr"]}, "question.shemes"),
        ({"own": {"okr": {}}}, "question.own.okr"),
        ({"own": {"../x": {}}}, "question.own"),
        ({"own": {"mine": 3}}, "question.own.mine"),
        ({"own": [1]}, "question.own"),
        ({"today": {"a": 1}}, "question.today"),
        ({"schemes": ["a b"]}, "question.schemes"),
        ("words", "question"),
    ],
)
def test_what_is_wrong_with_a_question_is_said_in_one_line(question: object, key: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        asked({**compose("compare", []), "question": question}, [])
    assert caught.value.key == key and "\n" not in str(caught.value)


def test_no_question_changes_nothing() -> None:
    config = compose("compare", [])
    found = asked(config, ["runs=5"])
    assert (found.config, found.overrides, found.own) == (config, ["runs=5"], {})
    assert checked({}) == {}
