"""The tables say what the numbers say, within the width they are given."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import sim
from experiments import stats, tables

SCHEMES = ("commits", "innovative", "none")


@pytest.fixture(scope="module")
def runs() -> pd.DataFrame:
    parts = []
    for name in SCHEMES:
        scenario = sim.load("scenario=three_persons", f"scheme={name}", "weeks=26")
        parts.append(sim.simulate(scenario, runs=12, seed=1).measures().reset_index().assign(scheme=name))
    return pd.concat(parts, ignore_index=True)


@pytest.fixture(scope="module")
def about(runs: pd.DataFrame) -> tables.About:
    scenario = sim.load("scenario=three_persons")
    return tables.About(
        labels={"commits": "paid by commits", "none": "not evaluated (benchmark)"},
        activities={k: a.label.plain for k, a in scenario.activities.items()},
        benchmarks={"none"},
        reference="none",
        runs=12,
        seed=1,
        weeks=26,
        power="equal",
        strength=dict.fromkeys(SCHEMES, 1.0),
        matters=0.02,
        smallest=stats.smallest_that_matters(runs, "none"),
    )


@pytest.mark.parametrize("width", [80, 100, 200])
def test_all_tables_fit_the_width(runs: pd.DataFrame, about: tables.About, width: int) -> None:
    summary = stats.summary(runs)
    shown = [
        tables.values_table(summary, about, width),
        tables.differences_table(stats.differences(runs, "none"), about, width),
        tables.ranking_table(stats.ranking(runs, about.benchmarks, "none"), about, width),
        tables.run_table(summary[summary["scheme"] == "commits"], about),
    ]
    for table in shown:
        text = tables.as_text(table, width)
        assert max(map(len, text.splitlines())) <= width
        assert "\x1b" not in text
        assert "nan" not in text.replace("finance", "")
        for words in ("computing error", "luck", "seed 1", "power equal", "strength 1"):
            if table is not shown[2]:
                assert words in " ".join(text.split())


@pytest.mark.parametrize("width", [80, 100])
def test_the_third_spread_is_named_where_it_is_shown(runs: pd.DataFrame, about: tables.About, width: int) -> None:
    others = runs.assign(worth=0.3 + 4 * (runs["worth"] - runs["worth"].mean()))
    summary = stats.with_assumptions(stats.summary(runs), others)
    text = tables.as_text(tables.values_table(summary, about, width), width)
    assert max(map(len, text.splitlines())) <= width
    for spread in ("computing error", "luck, the middle", "In parentheses: assumptions"):
        assert spread in " ".join(text.split())
    row = summary.set_index(["scheme", "measure"]).loc[("commits", "worth")]
    half = 0.5 * (row["error_high"] - row["error_low"])
    digits = max(tables._digits([half]) - 1, 0)
    assert f"({row['assumed_low']:.{digits}f}…{row['assumed_high']:.{digits}f})" in text
    plain = tables.as_text(tables.values_table(stats.summary(runs), about, width), width)
    assert "assumptions" not in plain and "(" not in plain.split("Upper line")[0].replace("(continued)", "")


def test_no_column_is_lost_where_tables_are_cut(runs: pd.DataFrame, about: tables.About) -> None:
    summary = stats.summary(runs)
    for width in (60, 80, 100, 200):
        text = tables.as_text(tables.values_table(summary, about, width), width)
        assert text.count("displaced") >= 1
        for head in ("truck", "surplus", "validity", "incentive", "debt"):
            assert head in text.split("In plain words")[0]
    assert tables.as_text(tables.values_table(summary, about, 200), 200).count("Table 1") == 1


def test_years_after_a_switch_are_shown_only_where_something_is_switched(
    runs: pd.DataFrame, about: tables.About
) -> None:
    summary = stats.summary(runs.assign(worth_year_1=runs["worth"], dip=0.1))
    assert "year 1" not in tables.as_text(tables.values_table(summary, about, 200), 200)
    switched = replace(about, today="commits")
    assert "year 1" in tables.as_text(tables.values_table(summary, switched, 200), 200)


def test_benchmarks_stand_below_the_others_and_are_marked(runs: pd.DataFrame, about: tables.About) -> None:
    text = tables.as_text(tables.values_table(stats.summary(runs), about, 200), 200)
    assert text.index("paid by commits") < text.index("Benchmarks, not ranked") < text.index("not evaluated")


def test_what_is_undefined_is_a_dash(runs: pd.DataFrame, about: tables.About) -> None:
    text = tables.as_text(tables.values_table(stats.summary(runs), about, 200), 200)
    line = next(x for x in text.splitlines() if x.startswith("not evaluated"))
    assert tables.NOTHING in line
    alone = runs[runs["run"] == 0]
    text = tables.as_text(tables.values_table(stats.summary(alone), about, 200), 200)
    assert "±" not in text.split("Upper line")[0]


def test_a_share_is_shown_in_per_cent() -> None:
    spread = tables.Spread(0.123, 0.12, 0.126, 0.1, 0.2)
    assert tables._column([spread], "displaced_share")[0].plain == "12.3 ±0.3\n10…20"
    assert tables._column([spread], "worth")[0].plain == "0.123 ±0.003\n0.10…0.20"


def test_a_verdict_says_so_in_words(about: tables.About) -> None:
    rng = np.random.default_rng(0)
    luck = rng.normal(0.6, 0.1, 50)
    columns = {"run": range(50), "worth_aligned": luck + 0.2}
    runs = pd.concat(
        [
            pd.DataFrame({"scheme": "none", "worth": luck, **columns}),
            pd.DataFrame({"scheme": "commits", "worth": luck + rng.normal(0, 0.01, 50), **columns}),
            pd.DataFrame({"scheme": "innovative", "worth": luck + rng.normal(0, 0.5, 50), **columns}),
            pd.DataFrame({"scheme": "worst", "worth": luck - 5 + rng.normal(0, 0.1, 50), **columns}),
        ],
        ignore_index=True,
    )
    text = tables.as_text(tables.differences_table(stats.differences(runs, "none"), about))
    assert stats.SMALL in text
    assert stats.UNCLEAR in text
    assert stats.WORSE in text
    lines = " ".join(tables.ranking_lines(stats.ranking(runs, {"none"}, "none"), about))
    assert "Not distinguishable from it" in lines
    assert "worst" not in lines


def test_nothing_to_rank_or_to_compare_is_said(runs: pd.DataFrame, about: tables.About) -> None:
    one = runs[runs["scheme"] == "none"]
    assert "Nothing to rank" in tables.as_text(tables.ranking_table(stats.ranking(one, {"none"}, "none"), about))
    assert "Nothing to compare" in tables.as_text(tables.differences_table(stats.differences(one, "none"), about))


def test_labels_with_brackets_are_not_taken_for_markup(runs: pd.DataFrame, about: tables.About) -> None:
    odd = replace(about, labels={"commits": "[red]rated[/nothing]"})
    text = tables.as_text(tables.values_table(stats.summary(runs), odd, 200), 200)
    assert "[red]rated[/nothing]" in text


def test_strengths_that_differ_are_named(about: tables.About) -> None:
    assert "strength 1 (but commits 2)" in replace(about, strength={"none": 1.0, "a": 1.0, "commits": 2.0}).setting()


def test_a_zero_has_no_sign_and_an_error_never_seems_to_be_none() -> None:
    assert tables._number(-0.0004, 2) == "0.00"
    assert tables._error(0.0004, 2) == " ±0.0004"
    assert tables._digits([math.nan, 0.0]) == 2


def test_what_differs_and_what_a_run_is_of_have_their_own_words(runs: pd.DataFrame, about: tables.About) -> None:
    whole = replace(about, varied="set of remedies", one="organisation")
    summary, differences = stats.summary(runs), stats.differences(runs, "none")
    text = tables.as_text(tables.values_table(summary, whole)) + tables.as_text(
        tables.differences_table(differences, whole)
    )
    said = " ".join(text.split())
    assert "What each set of remedies brings" in said and "12 organisations of 26 weeks" in said
    assert "single teams" not in said and "each scheme by itself" not in said
    assert replace(whole, runs=1).setting().startswith("1 organisation of")
