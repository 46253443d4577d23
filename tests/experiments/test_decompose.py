"""The verb that takes the gap between promise and delivery apart."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from experiments import cli, decompose
from experiments.decompose import Asked, beside, in_words, table_of, taken_apart
from experiments.store import read_manifest
from experiments.study import Study
from sim.worlds import ALL, PARTS, decomposed
from tests.worlds import scenario

WORDS = ["decompose", "weeks=39", "onset=13", "executor=serial"]
CONFIG: dict[str, Any] = {
    **{"runs": 3, "seed": 2, "members": False, "out": None, "overwrite": False},
    **{"executor": "serial", "workers": None, "scheduler": None},
}


def run(*words: str, out: Path) -> int:
    return cli.main([*WORDS, *words, f"out={out.as_posix()}"])


def test_a_table_a_picture_and_a_sentence_say_what_the_gap_is_made_of(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "a"
    assert run("schemes=[lines_of_code,none]", "runs=12", out=out) == 0
    said = capsys.readouterr().out
    assert all(word in said for word in ALL) and "adversarial: gaming" in said
    assert "paid by lines of code, the best 11 % chosen:" in said and "of what is promised is not delivered" in said
    assert "nobody differs in the score" in said and "written to" in said
    table = pd.read_csv(out / "decompose.csv")
    assert table["scheme"].tolist() == ["lines_of_code", "none"]
    row = table.iloc[0]
    assert sum(row[p] for p in PARTS) == pytest.approx(row["gap"], abs=1e-12)
    assert all(row[f"{p}_error_low"] < row[p] < row[f"{p}_error_high"] for p in PARTS)
    assert (out / "plots" / "decompose.png").stat().st_size > 10_000
    assert pd.read_csv(out / "plots" / "decompose.csv").shape == table.shape
    manifest = read_manifest(out)
    assert manifest is not None and manifest["status"] == "finished" and not (out / "_runs").exists()
    assert run("schemes=[lines_of_code,none]", "runs=12", out=out) == 0
    assert "read from" in capsys.readouterr().out
    assert run("schemes=[lines_of_code,none]", "runs=12", "q=0.5", out=out) == 2  # that is another study


def test_blocks_and_processes_change_no_bit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decompose, "BATCHES", 100)  # blocks of three runs of nine people
    team = scenario("weeks=26", "onset=13", "scheme=commits")
    study = Study(verb="decompose", variants={"commits": team}, runs=7, seed=2, members=False)
    alone = decomposed(team, runs=7, seed=2).frame()
    for name, executor in (("serial", {}), ("two", {"executor": "processes", "workers": 2})):
        done = taken_apart(study, Asked(), {**CONFIG, **executor, "out": str(tmp_path / name)}, "x", "…")
        assert done.runs.drop(columns="scheme").equals(alone)


def test_the_same_command_continues_where_it_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(decompose, "BATCHES", 100)
    calls, compute = [], decompose.compute

    def once(*given: Any) -> None:
        calls.append(given[2].name)
        if len(calls) == 2:
            raise KeyboardInterrupt
        compute(*given)

    words = ["scheme=commits", "runs=7"]
    assert run(*words, out=tmp_path / "whole") == 0
    monkeypatch.setattr(decompose, "compute", once)
    assert run(*words, out=tmp_path / "broken") == 130
    assert json.loads((tmp_path / "broken" / "manifest.json").read_text())["status"] == "unfinished"
    assert run(*words, out=tmp_path / "broken") == 0
    assert calls == ["part-00000", "part-00001", "part-00001", "part-00002"]
    whole, broken = (pd.read_parquet(tmp_path / d / "runs.parquet") for d in ("whole", "broken"))
    assert whole.equals(broken)
    capsys.readouterr()


def test_a_comparison_has_its_variants_taken_apart_in_a_folder_of_its_own(tmp_path: Path) -> None:
    teams = {s: scenario("weeks=26", "onset=13", f"scheme={s}") for s in ("commits", "own_worth")}
    study = Study(verb="compare", variants=teams, runs=3, seed=2, members=True, shadow=True)
    labels = {"commits": "by commits", "own_worth": "by worth"}
    table = beside(study, tmp_path, labels, {**CONFIG, "out": str(tmp_path)}, "crosspurpose compare")
    assert table["scheme"].tolist() == ["commits", "own_worth"]
    frame = decomposed(teams["own_worth"], runs=3, seed=2).found()
    assert table["gap"][1] == frame["gap"].value
    assert (tmp_path / "decompose" / "plots" / "decompose.png").exists()
    runs = pd.read_parquet(tmp_path / "decompose" / "runs.parquet")
    pd.testing.assert_frame_equal(table_of(runs, dict(zip(table["scheme"], table["chosen"], strict=True))), table)


def row(**parts: float) -> dict[str, Any]:
    gap = sum(parts.values())
    return {"chosen": 0.1, "gap": gap, "gap_error_low": gap - 0.05, "gap_error_high": gap + 0.05, "misfits": False} | {
        p: parts.get(p, 0.0) for p in PARTS
    }


def test_words_say_who_is_to_blame_and_what_is_not_known() -> None:
    assert "62 % causal, 38 % regressional." in in_words(row(causal=0.5, regressional=0.3), "x")
    assert in_words(row(causal=0.01), "x").endswith("cannot be told apart.")
    sure = {"regressional_error_low": 0.01, "regressional_error_high": 0.05, "causal_error_low": -0.07}
    cancel = {**row(causal=-0.03, regressional=0.03), **sure, "causal_error_high": 0.01, "misfits": True}
    assert in_words(cancel, "x").endswith("cannot be told apart; parts that are not 0: regressional +0.030.")
    assert "0.200 more is delivered than promised" in in_words(row(causal=-0.2), "x")
    assert "do not tell the whole story" in in_words({**row(causal=0.5, misfit=0.3), "misfits": True}, "x")
    assert "promises nothing" in in_words({**row(), "gap": np.nan}, "x")


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (["q=2"], "above 0 and at most 1"),
        (["q=much"], "above 0 and at most 1"),
        (["window=40"], "from 1 to 26"),
        (["window=true"], "from 1 to 26"),
        (["schemes=[comits]"], "did you mean commits"),
        (["schemes=[commits,commits]"], "each name once"),
        (["power=own_best"], "one of as_given, equal"),
        (["scenario=organisation_200"], "single team"),
        (["members=true"], "members"),
    ],
)
def test_bad_input_gets_one_line(
    words: list[str], part: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("scheme=commits", *words, out=tmp_path / "c") == 2
    lines = capsys.readouterr().err.strip().split("\n")
    assert len(lines) == 1 and part in lines[0]
    assert not (tmp_path / "c").exists()


def test_a_rule_of_choice_that_keeps_its_bounds_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("scheme=commits", "choice=logit", "runs=2", out=tmp_path / "d") == 0
    assert "the rule of choice logit has no bounds that can be taken away" in capsys.readouterr().out


def test_a_comparison_takes_its_schemes_apart_where_asked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = [
        "compare",
        "schemes=[lines_of_code,none]",
        "weeks=39",
        "onset=13",
        "runs=8",
        "executor=serial",
        "shadow=false",
    ]
    assert cli.main([*words, f"out={tmp_path / 'A'}", "decompose=true"]) == 0
    assert "of what is promised is not delivered" in capsys.readouterr().out.replace("\n", " ")
    inside = pd.read_csv(tmp_path / "A" / "decompose" / "decompose.csv")
    assert run("schemes=[lines_of_code,none]", "runs=8", out=tmp_path / "B") == 0
    pd.testing.assert_frame_equal(inside, pd.read_csv(tmp_path / "B" / "decompose.csv"))
    assert cli.main([*words, f"out={tmp_path / 'A'}"]) == 0  # the same comparison without it is the same folder


def test_what_cannot_be_taken_apart_is_refused_before_anything_is_compared(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["compare", "schemes=[commits,none]", "organisation=standard", "decompose=true", f"out={tmp_path / 'A'}"]
    assert cli.main(words) == 2
    assert "single team" in capsys.readouterr().err and not (tmp_path / "A").exists()
