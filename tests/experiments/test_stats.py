"""What the statistics claim, against data whose truth is known."""

from __future__ import annotations

import inspect
import math

import numpy as np
import pandas as pd
import pytest

from experiments import stats
from sim.loading import options, read
from sim.measures import around, goodhart, people, pooled_measures, project


def frame(**schemes: dict[str, object]) -> pd.DataFrame:
    """Runs of several schemes from their columns."""
    parts = [pd.DataFrame(columns).assign(scheme=name) for name, columns in schemes.items()]
    runs = pd.concat([p.assign(run=range(len(p))) for p in parts], ignore_index=True)
    return runs[["scheme", "run", *[c for c in runs.columns if c not in ("scheme", "run")]]]


def teams(seed: int, runs: int = 60, shifts: tuple[float, ...] = (0.0, 0.1, -0.1)) -> pd.DataFrame:
    """Schemes a, b, … that share the luck of a team and add a shift and noise of their own."""
    rng = np.random.default_rng(seed)
    luck = rng.normal(0.6, 0.1, runs)
    schemes = {}
    for name, shift in zip("abcdefgh", shifts, strict=False):
        worth = luck + shift + rng.normal(0, 0.02, runs)
        ranks = {"rank_spread_score": np.full(runs, 60.0), "rank_spread_worth": np.full(runs, 60.0)}
        schemes[name] = {
            "worth": worth,
            "worth_aligned": luck + 0.2,
            "debt": 1.0 - worth,
            "rank_covariance": 30 + 100 * shift + rng.normal(0, 9, runs),
            **ranks,
        }
    return frame(**schemes)


def row(table: pd.DataFrame, **where: str) -> pd.Series:
    for key, value in where.items():
        table = table[table[key] == value]
    assert len(table) == 1
    return table.iloc[0]


def test_the_interval_of_a_mean_is_students() -> None:
    found = row(stats.summary(frame(a={"worth": [1.0, 2.0, 3.0, 4.0]})), measure="worth")
    half = 3.182446 * math.sqrt(5 / 3) / 2
    assert found["value"] == 2.5
    assert found["error_low"] == pytest.approx(2.5 - half, rel=1e-6)
    assert found["error_high"] == pytest.approx(2.5 + half, rel=1e-6)
    assert (found["luck_low"], found["luck_high"]) == pytest.approx((1.3, 3.7))


def test_undefined_runs_are_left_out_and_nothing_but_undefined_is_undefined() -> None:
    runs = frame(a={"worth": [1.0, math.nan, 3.0], "debt": [math.nan] * 3})
    table = stats.summary(runs)
    assert row(table, measure="worth")["value"] == 2.0
    assert row(table, measure="worth")["runs"] == 2
    debt = row(table, measure="debt")
    assert debt["runs"] == 0
    assert debt[["value", "error_low", "error_high", "luck_low", "luck_high"]].isna().all()


def test_a_single_run_has_a_value_and_no_spreads() -> None:
    table = stats.summary(teams(1, runs=1))
    assert table.columns.tolist() == list(stats.SUMMARY)
    assert row(table, scheme="a", measure="validity")["value"] > 0
    assert table[["error_low", "error_high", "luck_low", "luck_high"]].isna().all(axis=None)
    differences = stats.differences(teams(1, runs=1), "a", ["worth", "validity"])
    assert set(differences["verdict"]) == {stats.UNCLEAR}
    assert stats.ranking(teams(1, runs=1), (), "a")["probability_highest"].isna().all()


def test_a_schemes_own_rows_do_not_change_when_others_are_added() -> None:
    runs = teams(2)
    alone = stats.summary(runs[runs["scheme"] == "b"]).reset_index(drop=True)
    among = stats.summary(runs)
    pd.testing.assert_frame_equal(among[among["scheme"] == "b"].reset_index(drop=True), alone, check_exact=True)


def test_a_pooled_measure_is_that_of_the_means_not_the_mean_of_it() -> None:
    parts = {
        "rank_covariance": [60.0, 0.0],
        "rank_spread_score": [60.0, 20.0],
        "rank_spread_worth": [60.0, 60.0],
    }
    found = row(stats.summary(frame(a=parts)), measure="validity")
    assert found["value"] == pytest.approx(30 / math.sqrt(40 * 60))
    assert math.isnan(found["luck_low"])


def test_a_pooled_interval_agrees_with_the_normal_one_where_that_holds() -> None:
    found = row(stats.summary(teams(3, runs=400)), scheme="a", measure="validity")
    half = 1.96 * 9 / 60 / math.sqrt(400)
    assert found["error_high"] - found["error_low"] == pytest.approx(2 * half, rel=0.12)


def test_the_share_of_the_aligned_team_is_undefined_unless_that_is_surely_above_zero() -> None:
    unsure = frame(a={"worth": [0.1, 0.2, 0.3], "worth_aligned": [-1.0, 0.5, 1.0]})
    assert math.isnan(row(stats.summary(unsure), measure="worth_of_aligned")["value"])
    sure = frame(a={"worth": [0.1, 0.2, 0.3], "worth_aligned": [0.9, 1.0, 1.1]})
    assert row(stats.summary(sure), measure="worth_of_aligned")["value"] == pytest.approx(0.2)
    assert math.isnan(stats.smallest_that_matters(unsure, "a"))


def test_resampling_in_pieces_gives_the_same_as_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    x = np.random.default_rng(4).normal(size=(50, 2))
    whole = stats._resampled(x, "a")
    monkeypatch.setattr(stats, "CELLS", 700)
    pieces = stats._resampled(x, "a")
    np.testing.assert_allclose(whole, pieces, rtol=1e-12)
    assert whole.std(axis=0) == pytest.approx(x.std(axis=0) / math.sqrt(50), rel=0.06)


def test_joint_intervals_cover_all_differences_at_once_about_as_often_as_they_say(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(stats, "SAMPLES", 5000)
    rng = np.random.default_rng(5)
    covered = narrow = 0
    for _ in range(400):
        shared = rng.normal(size=(20, 1))
        d = rng.normal(size=(20, 6)) + shared  # as differences to one reference: correlated
        _, low, high = stats.joint_intervals(d)
        covered += bool(((low < 0) & (high > 0)).all())
        one_by_one = d.mean(axis=0) / (d.std(axis=0, ddof=1) / math.sqrt(20))
        narrow += bool((np.abs(one_by_one) < 2.093).all())
    assert 0.92 <= covered / 400 <= 0.98
    assert narrow / 400 < 0.9  # intervals that hold singly would not do


def test_the_critical_value_lies_between_students_and_bonferronis() -> None:
    independent = stats._critical(np.eye(5), 19)
    correlated = stats._critical(np.full((5, 5), 0.999) + 0.001 * np.eye(5), 19)
    assert 2.093 < correlated < independent <= 2.861 + 1e-3
    assert correlated == pytest.approx(2.093, rel=0.03)


def test_paired_differences_leave_out_the_luck_that_schemes_share() -> None:
    found = row(stats.differences(teams(6), "a"), scheme="b", measure="worth")
    assert found["error_low"] < 0.1 < found["error_high"]
    assert found["error_high"] - found["error_low"] < 0.04
    assert found["verdict"] == stats.BETTER
    assert found["share_better"] > 0.95


def test_better_depends_on_which_direction_is_good() -> None:
    table = stats.differences(teams(7), "a", ["worth", "debt", "validity"])
    assert row(table, scheme="c", measure="worth")["verdict"] == stats.WORSE
    assert row(table, scheme="c", measure="debt")["verdict"] == stats.WORSE
    assert row(table, scheme="b", measure="validity")["verdict"] == stats.BETTER
    assert math.isnan(row(table, scheme="b", measure="validity")["share_better"])
    runs = teams(7).rename(columns={"debt": "score"})
    neutral = row(stats.differences(runs, "a", ["score"]), scheme="c", measure="score")
    assert neutral["verdict"] == stats.HIGHER
    assert math.isnan(neutral["share_better"])


def test_a_measure_that_one_side_lacks_is_undefined() -> None:
    runs = teams(8)
    runs.loc[runs["scheme"] == "a", ["rank_covariance", "rank_spread_score", "debt"]] = [0, 0, math.nan]
    table = stats.differences(runs, "a", ["validity", "debt"])
    assert set(table["verdict"]) == {stats.UNDEFINED}
    assert table["difference"].isna().all()


@pytest.mark.parametrize(
    ("low", "high", "sign", "limit", "verdict"),
    [
        (0.01, 0.03, 1, 0.02, stats.BETTER),
        (0.01, 0.02, 1, 0.02, stats.SMALL),
        (-0.02, 0.01, 1, 0.02, stats.SMALL),
        (-0.03, 0.01, 1, 0.02, stats.UNCLEAR),
        (-0.01, 0.01, 1, math.nan, stats.UNCLEAR),
        (0.01, 0.02, 0, math.nan, stats.HIGHER),
        (math.nan, math.nan, 1, 0.02, stats.UNCLEAR),
    ],
)
def test_verdicts(low: float, high: float, sign: int, limit: float, verdict: str) -> None:
    assert stats.verdict_on(0.015, low, high, sign, limit) == verdict


def test_identical_schemes_differ_too_little_and_share_the_first_place() -> None:
    runs = teams(9)
    twin = runs[runs["scheme"] == "a"].assign(scheme="twin")
    table = stats.ranking(pd.concat([runs[runs["scheme"] == "a"], twin]), (), "a")
    assert table["share_best"].tolist() == [0.5, 0.5]
    assert table["probability_highest"].tolist() == [0.5, 0.5]
    assert table["verdict"].tolist() == [stats.SMALL, ""]
    without_limit = stats.ranking(pd.concat([runs[runs["scheme"] == "a"], twin]), (), "a", matters=0)
    assert without_limit["verdict"].tolist() == [stats.UNCLEAR, ""]


def test_benchmarks_take_no_place() -> None:
    table = stats.ranking(teams(10), {"b"}, "a")
    assert table["scheme"].tolist() == ["a", "c"]
    assert table["share_best"].sum() == pytest.approx(1)
    assert table["probability_highest"].tolist() == [1, 0]
    assert table["verdict"].tolist() == [stats.BETTER, ""]
    assert table["against_best"].tolist() == ["", stats.WORSE]


@pytest.mark.parametrize("benchmarks", [{"a", "b", "c"}, {"a", "b"}])
def test_nothing_to_rank_is_an_empty_table(benchmarks: set[str]) -> None:
    table = stats.ranking(teams(11), benchmarks, "a")
    assert table.empty
    assert table.columns.tolist() == list(stats.RANKING)


def test_only_the_reference_leaves_nothing_to_compare() -> None:
    runs = teams(11)
    table = stats.differences(runs[runs["scheme"] == "a"], "a")
    assert table.empty
    assert table.columns.tolist() == list(stats.DIFFERENCES)


def test_the_order_of_schemes_changes_no_number() -> None:
    runs = teams(12, shifts=(0.0, 0.1, -0.1, 0.02, 0.05))
    turned = pd.concat([runs[runs["scheme"] == s] for s in "dbeca"], ignore_index=True)
    for table in (stats.summary, lambda r: stats.differences(r, "c")):
        one, other = table(runs), table(turned)
        keys = ["scheme", "measure"]
        assert other["scheme"].unique().tolist() == [s for s in "dbeca" if s in set(one["scheme"])]
        pd.testing.assert_frame_equal(
            one.sort_values(keys, ignore_index=True),
            other.sort_values(keys, ignore_index=True),
            check_exact=True,
        )
    pd.testing.assert_frame_equal(stats.ranking(runs, {"a"}, "a"), stats.ranking(turned, {"a"}, "a"))


def test_schemes_with_other_runs_are_not_compared() -> None:
    runs = teams(13)
    with pytest.raises(ValueError, match="same runs"):
        stats.differences(runs.drop(index=3), "a")


def test_every_measure_has_its_yaml_and_every_yaml_its_measure() -> None:
    known = set(pooled_measures())
    for module in (project, goodhart, people, around):
        known |= {
            k
            for k, f in inspect.getmembers(module, inspect.isfunction)
            if f.__module__ == module.__name__ and not k.startswith("_")
        }
    known |= {"mislabelled"} | {f"utility_{motive}" for motive in options("motive")}
    assert set(options("measure")) == known


@pytest.mark.parametrize("measure", options("measure"))
def test_a_measures_yaml_says_what_a_reader_needs(measure: str) -> None:
    text = read("measure", measure)
    assert set(text) == {"label", "unit"}
    assert set(text["label"]) == {"plain", "neutral", "sentence", "good"}
    assert text["label"]["good"] in ("higher", "lower", "neither")
    assert text["label"]["sentence"].endswith(".")
    assert all(isinstance(v, str) and v for v in (*text["label"].values(), text["unit"]))


@pytest.mark.soak
def test_a_hundred_thousand_runs_can_be_summed_up() -> None:
    runs = teams(14, runs=100_000)
    assert len(stats.summary(runs)) > 0
    assert stats.ranking(runs, (), "a")["scheme"].iloc[0] == "b"


def test_what_assumptions_alone_spread_keeps_its_skew_and_its_sign_when_luck_is_taken_off() -> None:
    rng = np.random.default_rng(5)
    own = pd.DataFrame({"scheme": "a", "run": range(4000), "debt": rng.normal(3.0, 1.0, 4000)})
    skewed = pd.DataFrame({"scheme": "a", "run": range(4000), "debt": rng.exponential(2.0, 4000)})
    row = stats.with_assumptions(stats.summary(own), skewed).set_index("measure").loc["debt"]
    left = math.sqrt(1 - 1 / 4)  # of a spread of 2 by luck and assumptions, luck makes 1
    assert row["assumed_low"] == pytest.approx(2 + left * (-2 * math.log(0.9) - 2), abs=0.15)
    assert row["assumed_high"] == pytest.approx(2 + left * (-2 * math.log(0.1) - 2), abs=0.25)
    assert row["assumed_low"] > 0
    same = stats.with_assumptions(stats.summary(own), own).set_index("measure").loc["debt"]
    assert same["assumed_high"] - same["assumed_low"] < 0.5
