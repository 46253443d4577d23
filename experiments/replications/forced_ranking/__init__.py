r"""Forced ranking of small teams: who is put lowest in a team, and who is lowest in the company.

    z_it = ln skill_it / sd                       talent: normal, drawn by the model's people
    c_it = contribution at a review               with everybody's habitual week: skill times a constant
    v_it = ln c_it / sd + team_sd·u_t             true standing; u_t normal, what the team adds to all its members
    called low: the lowest score of each team, by the rule `ranking`
    misclassified = share of them with v above the ⌈number of teams⌉-th lowest v of the company

Without a team effect, in a large company: P(the least of n is above the quantile 1/n) = (1 − 1/n)ⁿ.

Every team is a run of the model: `ranking` pays all but one of a team, `choice=fixed`, the score is what each adds,
without noise. With `respond` people choose their week by what it does for their place; that takes some `noise`, since
a contest of which everybody knows the end has no equilibrium, and `yardstick` says what the score is made of.

References
----------
The closed form, and the table with team effects: our derivation and simulation of what was published on forced
ranking; the rule: Scullen, Bergey & Aiman-Smith (2005), Personnel Psychology 58(1), 1-32.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from sim.arrays import Floats
from sim.draws import stream
from sim.errors import InvalidInput
from sim.loading import compose, scenario_part
from sim.results import Results
from sim.scenario import Scenario, scenario_from
from sim.simulation import block_of, simulate_runs

SD = 0.25  # of the logarithm of skill
GAP = 0.35  # what all but the lowest get, a week [utility]
QUARTER = 13  # weeks to a review
LEAST = 1e-5  # noise without which the model refuses a contest; too little to turn anybody's place


def check(parameters: Mapping[str, Any]) -> None:
    """Refuse a contest without chance."""
    if parameters["respond"] and parameters["noise"] <= 0:
        raise InvalidInput(
            "noise", parameters["noise"], "above 0 where people respond: a sure contest has no equilibrium"
        )


@cache
def team(n: int, respond: bool, noise: float, yardstick: str, steps: int) -> Scenario:
    """Return the scenario of one team."""
    choice = "water_filling" if respond else "fixed"
    words = ("scenario=teams_of_seven", f"scheme={yardstick}", f"choice={choice}", "scheme.pay=ranking")
    base = scenario_from(scenario_part(compose("model", words)))
    quiet = {f"signals.{name}.noise.sd": 0.0 for name in base.scheme.weights}
    return base.with_(
        {
            "weeks": QUARTER * steps,
            "team.size": n,
            "team.skill_sd": SD,
            "team.habit_sd": 0.0,
            "scheme.attribution": max(noise, LEAST),
            "scheme.rater": 0.0,
            "scheme.pay.bands": [
                {"share": (n - 1) / n, "reward": GAP},
                {"share": 1 / n, "reward": 0.0},
            ],
            **quiet,
        }
    )


def runs(parameters: Mapping[str, Any], seed: int, numbers: Sequence[int]) -> pd.DataFrame:
    """Return a row per run (a company) and step (a review), with the outcomes that config.yaml lists.

    Parameters
    ----------
    parameters : mapping
        Those of config.yaml.
    seed : int
    numbers : sequence of int
        Which companies.
    """
    check(parameters)
    n, teams, steps = (int(parameters[k]) for k in ("n", "teams", "steps"))
    scenario = team(n, bool(parameters["respond"]), float(parameters["noise"]), str(parameters["yardstick"]), steps)
    rows = []
    for run in numbers:
        lift = stream(seed, run, "forced_ranking:team").standard_normal(teams) * parameters["team_sd"]
        reviewed = company(scenario, seed, range(run * teams, (run + 1) * teams))
        for step in range(steps):
            own = {k: v[step] for k, v in reviewed.items()}
            standing = np.log(own["contribution"]) / SD + lift[:, None]
            row = {"misclassified": misclassified(own["score"], standing)}
            rows.append(
                {"run": run, "step": step + 1, **row, **{k: float(own[k].mean()) for k in ("hours", "core", "worth")}}
            )
    return pd.DataFrame(rows)


def company(scenario: Scenario, seed: int, teams: range) -> dict[str, Floats]:
    """Run every team; returns score and contribution (review, team, member) and weekly means (review, team)."""
    size = block_of(len(scenario.team.seats))
    found: list[Results] = [
        simulate_runs(scenario, teams[i : i + size], seed, aligned=False) for i in range(0, len(teams), size)
    ]
    by_week = {"hours": "hours", "core": "effort_deliver", "worth": "worth"}
    kept = {k: np.concatenate([r.reviewed[k] for r in found], axis=1) for k in ("score", "contribution")}
    for name, column in by_week.items():
        weekly = np.concatenate([r.columns[column] for r in found], axis=1)
        kept[name] = weekly.reshape(-1, QUARTER, weekly.shape[1]).mean(axis=1)
    return kept


def misclassified(score: Floats, standing: Floats) -> float:
    """Return the share of those lowest in their team who are not among as many lowest of the company.

    Parameters
    ----------
    score, standing : (team, member)

    Examples
    --------
    >>> x = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    >>> misclassified(x, x)
    0.5
    """
    low = np.take_along_axis(standing, score.argmin(axis=1)[:, None], axis=1)[:, 0]
    threshold = np.sort(standing, axis=None)[len(standing) - 1]
    return float((low > threshold).mean())
