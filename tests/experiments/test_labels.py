"""Who is called low and is not."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from experiments.labels import labelled, mislabelled
from sim.arrays import Floats


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
