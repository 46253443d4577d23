"""Forced ranking against its closed form, against brute force, and what changes when people respond."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from experiments.replications import read
from experiments.replications.forced_ranking import check, misclassified, runs
from sim.errors import InvalidInput

RANKED = read("forced_ranking")


def of(**changed: Any) -> dict[str, Any]:
    """All parameters, some of them changed."""
    return RANKED.values({k: RANKED.parameters[k].checked(k, v) for k, v in changed.items()})


def brute(n: int, teams: int, team_sd: float, companies: int = 4000) -> tuple[float, float]:
    """Mean and standard deviation over companies, written as the description has it."""
    chance = np.random.default_rng(12)
    talent = chance.standard_normal((companies, teams, n)) + team_sd * chance.standard_normal((companies, teams, 1))
    lowest = talent.min(axis=2)
    threshold = np.sort(talent.reshape(companies, -1), axis=1)[:, teams - 1]
    share = (lowest > threshold[:, None]).mean(axis=1)
    return float(share.mean()), float(share.std(ddof=1))


@pytest.mark.parametrize(
    ("n", "teams", "team_sd", "companies"), [(7, 142, 0.0, 30), (5, 10, 1.2, 200), (3, 40, 0.4, 60), (12, 25, 2.0, 60)]
)
def test_the_share_wrongly_named_is_that_of_brute_force(n: int, teams: int, team_sd: float, companies: int) -> None:
    found = runs(of(n=n, teams=teams, team_sd=team_sd), 5, range(companies))["misclassified"]
    mean, sd = brute(n, teams, team_sd)
    assert abs(found.mean() - mean) < 4 * sd * math.sqrt(1 / companies + 1 / 4000)
    assert found.std(ddof=1) == pytest.approx(sd, rel=4 / math.sqrt(2 * companies))


@pytest.mark.parametrize("n", [4, 9])
def test_in_a_large_company_it_is_the_closed_form(n: int) -> None:
    found = runs(of(n=n, teams=4000), 3, range(2))["misclassified"].mean()
    p = (1 - 1 / n) ** n
    assert abs(found - p) < 4 * math.sqrt(p * (1 - p) / 8000)


@pytest.mark.soak
def test_all_that_was_published_comes_out() -> None:
    for row in RANKED.published:
        values = of(**row.set)
        number = 5 if values["teams"] > 1000 else 400
        found = runs(values, 1, range(number))["misclassified"]
        ((expected, _),) = row.values.values()
        assert abs(found.mean() - expected) < 4 * found.std(ddof=1) / math.sqrt(number) + 0.0005


def test_a_company_is_the_same_alone_and_among_others() -> None:
    values = of(teams=20, team_sd=0.5)
    together = runs(values, 4, [3, 7, 11])
    alone = runs(values, 4, [7])
    assert together[together["run"] == 7].reset_index(drop=True).equals(alone)


def test_where_people_respond_they_work_more_and_a_bad_yardstick_names_more_of_the_wrong_ones() -> None:
    noisy = {"noise": 0.3, "teams": 60, "steps": 4}
    still, true, shown = (
        runs(of(**noisy, **more), 2, range(4)).mean()
        for more in ({}, {"respond": True}, {"respond": True, "yardstick": "impressive"})
    )
    assert still["hours"] == pytest.approx(1.0) and true["hours"] > 1.05 and shown["hours"] > 1.05
    assert true["worth"] > shown["worth"] > still["worth"]
    assert shown["misclassified"] > true["misclassified"] + 0.03


def test_a_sure_contest_is_refused_where_people_respond() -> None:
    with pytest.raises(InvalidInput, match="noise=0"):
        check(of(respond=True))


def test_whoever_is_lowest_in_the_company_is_rightly_named() -> None:
    x = np.arange(12.0).reshape(3, 4)
    assert misclassified(x, x) == pytest.approx(2 / 3)
    assert misclassified(x.T, x.T) == 0.0 and misclassified(-x.T, x.T) == 1.0
