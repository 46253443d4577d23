"""Forced ranking against its closed form, against brute force, and what changes when people respond."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from experiments.replications import read
from experiments.replications.forced_ranking import QUARTER, misclassified, runs, team
from sim.simulation import simulate_runs

RANKED = read("forced_ranking")


def of(**changed: Any) -> dict[str, Any]:
    """All parameters, some of them changed."""
    return RANKED.values({k: RANKED.parameters[k].checked(k, v) for k, v in changed.items()})


def last(number: int = 1, **changed: Any) -> dict[str, float]:
    """Means over companies at the last review."""
    values = of(**changed)
    found = runs(values, 2, range(number))
    means: dict[str, float] = found[found["step"] == values["steps"]].mean().to_dict()
    return means


def brute(n: int, teams: int, team_sd: float, companies: int = 2000) -> tuple[float, float]:
    """Mean and standard deviation over companies, written as the description has it."""
    chance = np.random.default_rng(12)
    talent = chance.standard_normal((companies, teams, n)) + team_sd * chance.standard_normal((companies, teams, 1))
    lowest = talent.min(axis=2)
    threshold = np.sort(talent.reshape(companies, -1), axis=1)[:, teams - 1]
    share = (lowest > threshold[:, None]).mean(axis=1)
    return float(share.mean()), float(share.std(ddof=1))


@pytest.mark.parametrize(
    ("n", "teams", "team_sd", "companies"), [(7, 142, 0.0, 20), (5, 10, 1.2, 120), (3, 40, 0.4, 40), (12, 25, 2.0, 40)]
)
def test_the_share_wrongly_named_is_that_of_brute_force(n: int, teams: int, team_sd: float, companies: int) -> None:
    found = runs(of(n=n, teams=teams, team_sd=team_sd), 5, range(companies))["misclassified"]
    mean, sd = brute(n, teams, team_sd)
    assert abs(found.mean() - mean) < 4 * sd * math.sqrt(1 / companies + 1 / 2000)
    assert found.std(ddof=1) == pytest.approx(sd, rel=4 / math.sqrt(2 * companies))


@pytest.mark.parametrize("n", [4, 9])
def test_in_a_large_company_it_is_the_closed_form(n: int) -> None:
    found = runs(of(n=n, teams=2500), 3, range(1))["misclassified"].mean()
    p = (1 - 1 / n) ** n
    assert abs(found - p) < 4 * math.sqrt(p * (1 - p) / 2500)


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


def test_where_nothing_is_at_stake_the_place_changes_nothing_and_a_bad_yardstick_costs_worth() -> None:
    noisy = {"noise": 0.03, "teams": 70, "steps": 6, "respond": True}
    (free, bad), (idle, good) = (
        [last(**noisy, yardstick=yardstick, stake=stake) for stake in (0, 0.35)]
        for yardstick in ("impressive", "own_worth")
    )
    assert free["worth"] == idle["worth"] and free["hours"] == idle["hours"]
    assert good["worth"] > free["worth"] + 0.05 and bad["worth"] < free["worth"] - 0.05
    assert good["undeserved"] < idle["undeserved"] - 0.03 and bad["undeserved"] > free["undeserved"] + 0.1


def test_with_everybody_at_their_habits_talent_and_contribution_are_the_same() -> None:
    found = runs(of(teams=30, team_sd=0.7, noise=0.1, steps=2), 6, range(3))
    assert found["misclassified"].equals(found["undeserved"])
    assert found["hours"].to_numpy() == pytest.approx(1.0)


def test_the_rule_of_the_model_pays_least_to_whom_we_call_low() -> None:
    reviewed = simulate_runs(team(7, True, 0.35, 0.1, "impressive", 2), range(40), 3, aligned=False).reviewed
    assert (reviewed["reward"].argmin(axis=2) == reviewed["score"].argmin(axis=2)).all()
    assert set(reviewed["reward"].round(9).ravel()) == {0.0, round(0.35 * QUARTER, 9)}


def test_a_sure_contest_moves_nobody_from_what_they_would_do_anyway() -> None:
    sure, idle = (last(respond=True, teams=70, steps=4, stake=stake) for stake in (0.35, 0))
    assert sure["misclassified"] == pytest.approx(idle["misclassified"], abs=0.02)
    assert sure["worth"] == pytest.approx(idle["worth"], abs=0.02)


def test_whoever_is_lowest_in_the_company_is_rightly_named() -> None:
    x = np.arange(12.0).reshape(3, 4)
    assert misclassified(x.argmin(axis=1), x) == pytest.approx(2 / 3)
    assert misclassified(x.T.argmin(axis=1), x.T) == 0.0 and misclassified(x.T.argmax(axis=1), x.T) == 1.0
