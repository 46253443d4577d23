"""After how many reviews gaming shows, and what one more signal buys."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from experiments import cli, detect
from experiments.alarm import TARGET, alarms
from experiments.detect import (
    CHANCE,
    CLEAN,
    NOTHING,
    WORLDS,
    curves_of,
    extras,
    features,
    in_words,
    recorded_by,
    reviewed,
    table_of,
    timed,
    watched,
)
from sim.draws import stream
from sim.errors import InvalidInput
from sim.loading import compose
from tests.worlds import run, same, scenario

QUICK = ["weeks=52", "onset=26"]
WORDS = ["detect", "scheme=lines_of_code", "executor=serial"]
BESIDES = ["reliability", "hours"]


@pytest.fixture(autouse=True)
def verb(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(cli.STUDIES, "detect", "after how many reviews gaming shows")
    monkeypatch.setattr(detect, "SPLITS", 2)


def detected(*words: str, out: Path) -> int:
    timing = [] if any(w.startswith("weeks=") for w in words) else QUICK
    return cli.main([*WORDS, *timing, *words, f"out={out.as_posix()}"])


@pytest.mark.parametrize("scheme", ["lines_of_code", "manager_rating", "devops_siloed"])
def test_what_is_only_watched_changes_no_other_number(scheme: str) -> None:
    team = scenario(*QUICK, f"scheme={scheme}")
    plain = run(team, aligned=False)
    seen = run(watched(team, extras(team, None)), aligned=False)
    assert same(plain.columns, seen.columns) == [] and set(plain.columns) == set(seen.columns)


@pytest.mark.parametrize("recency", [0.0, 0.2])
def test_what_is_on_record_is_what_scores_are_made_of(recency: float) -> None:
    changes = {"scheme__review__recency": recency, "scheme__attribution": 0.0}
    team = scenario(*QUICK, "scheme=devops_siloed", "scheme.silos=null", **changes)
    names = recorded_by(team)
    held, signals, _ = reviewed(team, [0, 1, 2], 3, names, TARGET)
    weights = np.array([team.scheme.weights[n] for n in names])
    results = run(team, aligned=False)
    assert held == [12, 25, 38, 51] and results.review_weeks == (38, 51)
    np.testing.assert_allclose(np.einsum("s,tsrm->trm", weights, signals[2:]), results.reviewed["score"], rtol=1e-12)


def test_worlds_are_the_same_until_the_score_counts_and_no_longer() -> None:
    team = scenario(*QUICK, "scheme=lines_of_code")
    found = {w: reviewed(team, [0, 1], 3, ["lines_of_code", *BESIDES], w) for w in WORLDS}
    (_, target, gaming), shadow, honest = found[TARGET], found["shadow"], found["aligned"]
    for _, other, _ in (shadow, honest):
        assert np.array_equal(target[:2], other[:2])
        assert (target[2:] != other[2:]).any(axis=(0, 2, 3)).all()
    assert (gaming > shadow[2]).all() and (shadow[2] > honest[2]).all()


def test_a_run_has_the_same_record_alone_and_in_a_batch() -> None:
    team = scenario(*QUICK, "scheme=tickets")
    _, three, gaming = reviewed(team, [0, 1, 2], 3, ["tickets", "reliability"], "aligned")
    _, one, alone = reviewed(team, [1], 3, ["tickets", "reliability"], "aligned")
    assert np.array_equal(three[:, :, 1:2], one) and gaming[1] == alone[0]


def test_who_sits_where_does_not_matter() -> None:
    signals = stream(1, 0, "tests.detect").standard_normal((4, 2, 30, 9))
    mean, spread = features(signals)
    again, unequal = features(signals[..., stream(2, 0, "tests.detect").permutation(9)])
    np.testing.assert_allclose(mean, again, rtol=0, atol=1e-15)
    np.testing.assert_allclose(spread, unequal, rtol=1e-13)
    np.testing.assert_allclose(spread, np.log(signals.std(axis=-1, ddof=1)))
    assert np.isnan(features(signals[..., :2])[1]).all()  # of two, one cannot say


def told(gains: dict[str, float], runs: int = 120) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The table of alarms that go off by the second of four reviews, with a signal so much more often at the first."""
    luck = stream(5, 0, "tests.detect").random(runs)
    off = np.zeros((4, runs))

    def of(gain: float) -> dict[str, np.ndarray]:
        found = np.zeros((4, runs))
        found[0], found[1:] = luck < gain, luck < 0.7
        return {TARGET: np.maximum.accumulate(found), "shadow": off, "aligned": off}

    found = {NOTHING: of(0.0)} | {s: of(g) for s, g in gains.items()} | {CHANCE: of(0.0)}
    return table_of(found, scenario("scheme=commits")), curves_of(found)


def test_the_signal_that_buys_most_stands_first_and_what_it_buys_is_how_much_earlier() -> None:
    table, curves = told({"hours": 0.2, "own_worth": 0.6, "reliability": 0.4})
    assert table["signal"].tolist() == [NOTHING, "own_worth", "reliability", "hours", CHANCE]
    assert table["oracle"].tolist() == [False, True, False, False, False]
    luck = stream(5, 0, "tests.detect").random(120)
    assert table["earlier"].tolist()[1:] == pytest.approx([(luck < g).mean() for g in (0.6, 0.4, 0.2, 0.0)])
    assert table["median"].tolist() == [2.0, 1.0, 2.0, 2.0, 2.0]
    assert table["power"].nunique() == 1 and (table["more"].dropna() == 0).all()
    assert len(curves) == 5 * 3 * 4
    table["accused"], table["accused_low"] = 0.4, 0.3
    runs = pd.DataFrame({f"gaming_{w}": np.full(9, 0.1) for w in WORLDS})
    words = dict(zip(table["signal"], ["nothing", "worth", "reliability", "hours", "chance"], strict=True))
    said = in_words(table, words, "paid by x", list(CLEAN), 0.05, runs)
    assert said[0].startswith("paid by x: 10% of the hours go into gaming, 10% if only measured; an alarm in half of")
    assert "not surely more gaming" in said[1]
    assert said[2].startswith("What buys the most: reliability, by 0.")  # what cannot be had is not advised
    assert "40% of teams that do what is worth most: it takes effort for gaming." in said[3]
    table["power"], table["median"], table["accused_low"] = 0.2, math.inf, 0.01
    runs[f"gaming_{TARGET}"] = np.linspace(0.2, 0.3, 9)
    said = in_words(table[:1], words, "paid by x", ["shadow"], 0.05, runs)
    assert "no alarm in half of the teams by review 4, one in 20%" in said[0] and "What buys" not in said[1]
    assert said[1] == "It goes off in 40% of teams that do what is worth most."


def seen(team: Any, names: list[str], runs: int = 90) -> dict[str, np.ndarray]:
    """What a record shows in each world: (reviews, runs, feature)."""
    found = {}
    for world in WORLDS:
        mean, spread = features(reviewed(team, range(runs), 2, names, world)[1])
        found[world] = np.concatenate([mean, spread], axis=1).transpose(0, 2, 1)
    return found


def test_gaming_shows_and_where_nothing_hangs_on_the_score_nothing_does() -> None:
    """The negative control: without strength, and with nobody rising or going by it, the target is the shadow."""
    strong = alarms(
        seen(scenario(*QUICK, "scheme=lines_of_code"), ["lines_of_code"]), CLEAN, 2, level=0.05, seed=1, splits=4
    )
    assert strong[TARGET][-1].mean() > 0.5
    idle = scenario(*QUICK, "scheme=lines_of_code", "scheme.strength=0", "scheme.promotion=null", "scheme.layoff=null")
    found = alarms(seen(idle, ["lines_of_code"]), CLEAN, 2, level=0.05, seed=1, splits=4)
    assert np.array_equal(found[TARGET], found["shadow"]) and found[TARGET][-1].mean() < 0.12  # 0.05 + 3 · 0.023


def test_a_table_a_picture_and_words_and_the_same_command_reads_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "a"
    assert detected("runs=60", f"besides=[{','.join(BESIDES)}]", out=out) == 0
    said = capsys.readouterr().out
    assert "only what counts" in said and "mere chance (control)" in said and "does not say who, nor why" in said
    table, curves = pd.read_csv(out / "detect.csv"), pd.read_csv(out / "plots" / "detect.csv")
    assert set(table["signal"]) == {NOTHING, *BESIDES, CHANCE} and (table["reviews"] == 2).all()
    assert table["power"][0] > 0.5 and table["shadow"].max() < 0.15 and set(curves["world"]) == set(WORLDS)
    assert (out / "plots" / "detect.png").stat().st_size > 10_000
    runs = pd.read_parquet(out / "runs.parquet")
    assert len(runs) == 60 and (runs["gaming_target"] > runs["gaming_shadow"]).mean() > 0.9
    assert json.loads((out / "manifest.json").read_text())["status"] == "finished"
    assert detected("runs=60", f"besides=[{','.join(BESIDES)}]", out=out) == 0
    again = capsys.readouterr().out
    assert "read from" in again and again.split("Results")[0] == said.split("Results")[0]
    assert detected("runs=60", "besides=hours", out=out) == 2  # that is another study


def test_blocks_and_a_stop_change_no_bit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words, calls, compute = (
        ["runs=57", "besides=[]", "weeks=9", "onset=3", "scheme.review.weeks=3"],
        list[str](),
        detect.compute,
    )
    assert detected(*words, out=tmp_path / "whole") == 0
    monkeypatch.setattr(detect, "BATCHES", 10)  # blocks of 34 runs of nine people

    def once(*given: Any) -> None:
        calls.append(given[2].name)
        if len(calls) == 2:
            raise KeyboardInterrupt
        compute(*given)

    monkeypatch.setattr(detect, "compute", once)
    assert detected(*words, out=tmp_path / "parts") == 130
    assert detected(*words, out=tmp_path / "parts") == 0
    assert calls == ["part-00000", "part-00001", "part-00001"]
    for name in ("detect.csv", "plots/detect.csv"):
        assert (tmp_path / "whole" / name).read_bytes() == (tmp_path / "parts" / name).read_bytes()


def test_reviews_that_are_asked_for_set_the_weeks() -> None:
    config = compose("detect", ["reviews=3", "scheme.review.weeks=10"])
    assert (timed(config).weeks, timed(config).since) == (26 + 30, 26)
    today = {**config, "today": {"weeks": 20, "scheme": compose("model", ["scheme=tickets"])["scheme"]}}
    assert (timed(today).weeks, timed(today).since) == (20 + 30, 20)
    plain = {**config, "reviews": None}
    assert (timed(plain).weeks, timed(plain).since) == (104, 26)
    assert timed({**plain, "weeks": 39}).since == 0


def test_whatever_counts_at_some_time_for_somebody_is_on_record() -> None:
    siloed = scenario(*QUICK, "scheme=devops_siloed")
    assert recorded_by(siloed) == list(
        dict.fromkeys(n for w in (siloed.scheme.weights, *(siloed.scheme.silos or {}).values()) for n in w)
    )
    assert "failures_traced" not in extras(scenario(*QUICK), None)  # nothing is put down to anybody where it is not
    with pytest.raises(InvalidInput, match="a signal that counts"):
        recorded_by(scenario(*QUICK, "scheme=none"))


@pytest.mark.parametrize(
    ("word", "line"),
    [
        ("besides=[relaibility]", "did you mean reliability?"),
        ("besides=[lines_of_code]", "does not count under the scheme anyway"),
        ("besides=[hours,hours]", "each name once"),
        ("besides=3", "besides=3: allowed is a list"),
        ("clean=[shadw]", "did you mean shadow?"),
        ("clean=[]", "at least one of shadow, aligned"),
        ("false_alarms=1", "above 0 and below 1"),
        ("runs=56", "at least 57"),
        ("reviews=0", "a whole number, at least 1, or null"),
        ("organisation=standard", "a single team"),
    ],
)
def test_what_cannot_be_is_refused_in_a_line(
    word: str, line: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert detected(word, out=tmp_path / "a") == 2
    said = capsys.readouterr().err.strip()
    assert line in said and said.count("\n") == 0 and not (tmp_path / "a").exists()
