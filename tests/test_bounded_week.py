"""The hump of worth that bounded hours alone make."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pandas as pd
import pytest

from experiments.cli import main
from experiments.humps import PEAKS
from experiments.strength import FREE
from tests import worlds

WORDS = ("scenario=bounded_week", "strengths=[0,1,4]", "weeks=26", "runs=12", "executor=serial")
FREE_HOURS = tuple(f"{key}=null" for key in FREE)


def found(folder: Path, *words: str) -> tuple[str, pd.Series]:
    """The hump that the verb `strength` finds, and worth by strength."""
    assert main(["strength", *WORDS, *words, f"out={folder.as_posix()}"]) == 0
    (hump,) = pd.read_csv(folder / "peaks.csv")["hump"]
    return str(hump), pd.read_csv(folder / "strength.csv").set_index("strength")["worth"]


@cache
def measured(scheme: str, strength: float, *words: str) -> pd.DataFrame:
    """Measures of eight teams at equal power."""
    changes = {"weeks": 26, "scheme__strength": strength, "scheme__power": "equal"}
    scenario = worlds.scenario("scenario=bounded_week", f"scheme={scheme}", *words, **changes)
    return worlds.run(scenario, range(8), aligned=False).measures()


@pytest.mark.parametrize("scheme", ["commits", "tickets"])
def test_worth_rises_and_falls_because_hours_are_bounded_and_is_said_to(scheme: str, tmp_path: Path) -> None:
    hump, worth = found(tmp_path / "a", f"scheme={scheme}")
    assert hump == "hours"
    assert worth[4.0] < worth[0.0] < worth[1.0]


@pytest.mark.parametrize("scheme", ["commits", "tickets"])
def test_with_free_hours_the_same_number_buys_more_work_and_worth_keeps_rising(scheme: str, tmp_path: Path) -> None:
    hump, worth = found(tmp_path / "b", f"scheme={scheme}", *FREE_HOURS)
    assert hump not in PEAKS
    assert worth[0.0] < worth[1.0] < worth[4.0]
    assert (measured(scheme, 4.0, *FREE_HOURS)["hours"] > 1.5).all()


def test_a_number_that_is_worth_itself_has_no_hump(tmp_path: Path) -> None:
    assert found(tmp_path / "c", "scheme=own_worth")[0] not in PEAKS


def test_once_the_week_is_full_the_number_takes_hours_from_other_work() -> None:
    more = measured("commits", 4.0) - measured("commits", 1.0)
    assert (more["hours"] < 0.05).all()
    assert (more["effort_game"] > 0.1).all() and (more["effort_maintain"] < -0.1).all()


@pytest.mark.parametrize("strength", [1.0, 4.0])
def test_nothing_piles_up_so_that_a_year_is_like_the_one_before(strength: float) -> None:
    scenario = worlds.scenario("scenario=bounded_week", scheme__strength=strength)
    years = worlds.run(scenario, range(8), aligned=False).measures()
    assert (years["worth_year_2"] / years["worth_year_1"] - 1).abs().max() < 0.015


def test_without_stocks_all_that_work_is_worth_is_gained_at_once() -> None:
    scenario = worlds.scenario("scenario=bounded_week")
    assert (scenario.project, scenario.craft, scenario.turnover) == (None, None, None)
    assert all(a.worth_now == a.worth for a in scenario.activities.values())


def test_what_an_activity_is_worth_at_once_follows_what_it_is_worth() -> None:
    assert worlds.scenario("scenario=bounded_week", "activities.share.worth=0.9").activities["share"].worth_now == 0.9


def test_where_nothing_hangs_on_the_number_people_do_what_they_do_unpaid() -> None:
    assert measured("commits", 0.0)["worth"].equals(measured("none", 1.0)["worth"])
