r"""Forced ranking of small teams: who is put lowest in a team, and who is lowest in the company.

    z_it = ln skill_it / sd                       talent: normal, drawn by the model's people
    c_it = contribution at a review               with everybody's habitual week: skill times a constant
    v_it = z_it + team_sd·u_t                     true standing; u_t normal, what the team adds to all its members
    called low: the lowest score of each team, by the rule `ranking`
    misclassified = share of them with v above the k-th lowest v of the company, k the number of teams
    undeserved    = the same, with ln c_it / sd in place of z_it

Without a team effect, in a large company: P(the least of n is above the quantile 1/n) = (1 − 1/n)ⁿ.

Every team is a run of the model: `ranking` pays all but one of a team, `choice=fixed`, the score is what each adds,
without noise. What the team adds to all of its members changes no place within it and is added to their standing. With
`respond` people choose their week by all that they want, their place among it; `yardstick` says what the score is made
of, `noise` how well a review can tell it.

References
----------
The closed form, and the table with team effects: our derivation and simulation of what was published on forced
ranking; the rule: Scullen, Bergey & Aiman-Smith (2005), Personnel Psychology 58(1), 1-32.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from itertools import batched
from typing import Any

import numpy as np
import pandas as pd

from sim.arrays import Floats, Ints
from sim.draws import stream
from sim.loading import compose, scenario_part
from sim.scenario import Scenario, scenario_from
from sim.simulation import block_of, simulate_runs

SD = 0.25  # of the logarithm of skill
QUARTER = 13  # weeks to a review
LEAST = 1e-5  # noise without which the model refuses a contest; too little to turn anybody's place
WEEKLY = {"hours": "hours", "core": "effort_deliver", "worth": "worth"}  # outcome → column of the model


@cache
def team(n: int, respond: bool, stake: float, noise: float, yardstick: str, steps: int) -> Scenario:
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
            "scheme.pay.bands": [{"share": (n - 1) / n, "reward": stake}, {"share": 1 / n, "reward": 0.0}],
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
    n, teams, steps = (int(parameters[k]) for k in ("n", "teams", "steps"))
    respond, yardstick = bool(parameters["respond"]), str(parameters["yardstick"])
    reviewed = team(n, respond, float(parameters["stake"]), float(parameters["noise"]), yardstick, steps)
    habitual = team(n, False, 0.0, 0.0, "own_worth", 1)
    rows = []
    for together in batched(numbers, max(1, block_of(n) // teams)):
        seats = [run * teams + i for run in together for i in range(teams)]
        own = company(reviewed, seed, seats)
        talent = company(habitual, seed, seats)["contribution"][0] if respond else own["contribution"][0]
        for i, run in enumerate(together):
            mine = slice(i * teams, (i + 1) * teams)
            lift = stream(seed, run, "forced_ranking:team").standard_normal(teams)[:, None] * parameters["team_sd"]
            for step in range(steps):
                at = {k: v[step, mine] for k, v in own.items()}
                low = at["score"].argmin(axis=1)
                row: dict[str, float] = {"run": run, "step": step + 1}
                for name, truth in (("misclassified", talent[mine]), ("undeserved", at["contribution"])):
                    row[name] = misclassified(low, np.log(truth) / SD + lift)
                rows.append(row | {k: float(at[k].mean()) for k in WEEKLY})
    return pd.DataFrame(rows)


def company(scenario: Scenario, seed: int, teams: Sequence[int]) -> dict[str, Floats]:
    """Run teams by number; returns score and contribution (review, team, member), weekly means (review, team)."""
    parts: list[dict[str, Floats]] = []
    for numbers in batched(teams, block_of(len(scenario.team.seats))):
        found = simulate_runs(scenario, numbers, seed, aligned=False)
        weekly = {k: found.columns[v].reshape(-1, QUARTER, len(numbers)).mean(axis=1) for k, v in WEEKLY.items()}
        parts.append({k: found.reviewed[k] for k in ("score", "contribution")} | weekly)
    return {k: np.concatenate([part[k] for part in parts], axis=1) for k in parts[0]}


def misclassified(low: Ints, standing: Floats) -> float:
    """Return the share of those called low who are not among as many lowest of the company.

    Parameters
    ----------
    low : (team,)
        Who of each team.
    standing : (team, member)

    Examples
    --------
    >>> misclassified(np.array([0, 0]), np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]))
    0.5
    """
    threshold = np.sort(standing, axis=None)[len(standing) - 1]
    return float((standing[np.arange(len(low)), low] > threshold).mean())
