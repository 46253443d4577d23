"""Who is called low and is not."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from experiments.labels import labelled, mislabelled, placed
from sim.arrays import Floats
from sim.organisation import Company
from tests import worlds


def reviews(score: Floats, truth: Floats, laid_off: float = 0.0) -> pd.DataFrame:
    """One review of some teams: (runs, members) both."""
    runs, members = score.shape
    return pd.DataFrame(
        {
            "scheme": "a",
            "run": np.repeat(np.arange(runs), members),
            "week": 12,
            "member": np.tile(np.arange(members), runs),
            "score": score.ravel(),
            "contribution": truth.ravel(),
            "laid_off": laid_off,
        }
    )


def test_the_least_of_seven_is_often_not_among_the_least_of_all() -> None:
    truth = np.random.default_rng(1).standard_normal((6000, 7))
    found = mislabelled(reviews(truth, truth))
    error = found.std() / np.sqrt(len(found))
    assert abs(found.mean() - (6 / 7) ** 7) < 4 * error and error < 0.01


def test_ratings_that_tell_little_call_the_wrong_people_low() -> None:
    rng = np.random.default_rng(2)
    truth = rng.standard_normal((200, 200))
    score = 0.46 * truth + np.sqrt(1 - 0.46**2) * rng.standard_normal(truth.shape)
    found = mislabelled(reviews(score, truth, laid_off=0.1))
    assert found.mean() == pytest.approx(0.70, abs=0.02)


def test_perfect_ratings_of_one_large_team_are_right_but_for_the_draw_of_teams() -> None:
    truth = np.random.default_rng(3).standard_normal((50, 400))
    assert mislabelled(reviews(truth, truth, laid_off=0.1)).mean() < 0.08


def test_without_reviews_nobody_is_mislabelled() -> None:
    empty = reviews(np.empty((0, 3)), np.empty((0, 3)))
    table = labelled(empty, pd.DataFrame({"scheme": ["a"], "run": [0]}))
    assert table["value"].isna().all() and table["measure"].tolist() == ["mislabelled"]


ORGANISED = worlds.scenario("organisation=standard", organisation__spans=[2], team__size=7)


def of_all(score: Floats, truth: Floats) -> pd.DataFrame:
    """One review of some organisations, a head, two leads and two teams of seven: (runs, people) both."""
    names = dict(enumerate(Company.of(ORGANISED).names))
    return reviews(score, truth).assign(member=lambda frame: frame["member"].map(names))


def test_in_an_organisation_people_are_called_low_among_those_of_one_boss_and_compared_with_their_own_level() -> None:
    luck = np.random.default_rng(4).standard_normal((3000, 17))
    truth = luck - 100 * np.array([0, *[1] * 2, *[2] * 14])  # by far the most at the top
    found = mislabelled(placed(of_all(truth, truth), ORGANISED.config))
    expected = ((1 / 2) ** 2 + 2 * (6 / 7) ** 7) / 3  # a lead of two, and one of seven in each team
    assert found.mean() == pytest.approx(expected, abs=4 * found.std() / np.sqrt(len(found)))
    wrong_way = mislabelled(placed(of_all(-truth, truth), ORGANISED.config))
    assert wrong_way.mean() > 0.9
    table = labelled(of_all(truth, truth), pd.DataFrame({"scheme": ["a"]}), {"a": ORGANISED.config})
    assert table["value"].tolist() == [found.mean()]


def test_nobody_who_is_reviewed_alone_is_called_low() -> None:
    none = np.zeros((2, 17))
    where = placed(of_all(none, none), ORGANISED.config)
    assert where.groupby(["run", "level", "team"]).size().tolist() == [2, 7, 7] * 2
