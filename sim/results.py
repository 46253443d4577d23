"""What is kept of a run: a number for each week and run, and where asked for each member.

Columns of a review (score of the window, validity, alignment, truck factor …) are NaN in the weeks
between. Everything is float64.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from sim.arrays import Floats, Ints, average, norm, summed, total, weighed
from sim.engine import Week, aligned
from sim.project import truck_factor
from sim.rules import Rules
from sim.scenario import Scenario
from sim.units import ranks

REVIEWED = (
    "truck_factor",
    "validity",
    "rank_covariance",
    "rank_spread_score",
    "rank_spread_worth",
    "alignment",
    "alignment_gain",
    "alignment_best",
    "incentive",
)


WEEKLY = (
    "worth",
    "score",
    "reward",
    "surplus",
    "debt",
    "knowledge",
    "hours",
    "gaming_share",
    "wasted_share",
    "promoted",
    "laid_off",
    *REVIEWED,
)


def columns_of(activities: tuple[str, ...]) -> list[str]:
    """Return the names of the columns of a week, in order."""
    return [*WEEKLY, *(f"effort_{k}" for k in activities)]


def kept(week: Week, rules: Rules) -> dict[str, Floats]:
    """Return the columns of one week: name → (runs,).

    Per person-week unless the name says otherwise: `worth` [weeks of core work], `score`, `reward`
    and `surplus` [utility], `hours` and `effort_…` [week], `debt` [weeks of work per member],
    `knowledge` and the shares in [0, 1], `promoted` and `laid_off` [people].
    """
    nothing = np.full(week.worth.shape[0], np.nan)
    effort = average(week.effort)  # (activity, runs)
    hours = summed(effort)
    spent = np.maximum(hours, 1e-300)
    worthless = rules.worth <= 0
    columns = {
        "worth": average(week.worth),
        "score": average(week.score),
        "reward": np.zeros(nothing.shape) if week.verdict is None else average(week.verdict.reward),
        "surplus": average(surplus(week, rules)),
        "debt": nothing if week.stocks is None else week.stocks.debt,
        "knowledge": nothing
        if week.stocks is None
        else average(summed(week.stocks.knowledge)) / len(week.stocks.knowledge),
        "hours": hours,
        "gaming_share": summed(effort[worthless & (rules.scored > 0)]) / spent,
        "wasted_share": summed(effort[worthless]) / spent,
        "promoted": np.zeros(nothing.shape) if week.verdict is None else total(week.verdict.promoted),
        "laid_off": np.zeros(nothing.shape) if week.verdict is None else total(week.verdict.laid_off),
    }
    columns |= dict.fromkeys(REVIEWED, nothing) if week.verdict is None else reviewed(week, rules)
    return columns | {f"effort_{k}": e for k, e in zip(rules.activities, effort, strict=True)}


def reviewed(week: Week, rules: Rules) -> dict[str, Floats]:
    """Return the columns that are read at reviews: name → (runs,)."""
    assert week.verdict is not None
    score, worth = ranks(week.verdict.score), ranks(week.verdict.contribution)
    covariance, spread_score, spread_worth = total(score * worth), total(score**2), total(worth**2)
    known, choice, distaste = week.known, rules.decision.choice, rules.decision.distaste[:, None, None]
    f = rules.worth

    def gain(m: Floats) -> Floats:
        return weighed(f, choice.respond(m - distaste, known.habit) * known.skill)

    idle = gain(np.zeros(week.m.shape))
    unscored = replace(known, stakes=replace(known.stakes, strength=0.0))
    through_score = rules.decision.weigh(week.terms) - rules.decision.weigh(rules.decision.perceive(unscored))
    lengths = norm(week.m) * np.sqrt(weighed(f, np.broadcast_to(f[:, None, None], week.m.shape)))
    with np.errstate(divide="ignore", invalid="ignore"):
        cosine = np.where(lengths > 0, weighed(f, week.m) / lengths, np.nan)
        rank_correlation = covariance / np.sqrt(spread_score * spread_worth)
    return {
        "truck_factor": np.full(len(covariance), np.nan)
        if rules.project is None or week.stocks is None
        else truck_factor(rules.project, week.stocks),
        "validity": rank_correlation,
        "rank_covariance": covariance,
        "rank_spread_score": spread_score,
        "rank_spread_worth": spread_worth,
        "alignment": average(cosine),
        "alignment_gain": average(gain(week.m) - idle),
        "alignment_best": average(gain(aligned(week.m, f)) - idle),
        "incentive": average(norm(through_score)),
    }


def surplus(week: Week, rules: Rules) -> Floats:
    """Return f'(skill∘a) − effort cost − ½·risk_aversion·variance of pay: (runs, members) [utility]."""
    known, stakes = week.known, rules.stakes
    result = week.gain - rules.decision.choice.effort_cost(week.effort, known.habit)
    if rules.risk_aversion and stakes.pay is not None:
        slope = stakes.strength * stakes.pay.incentive(known.score, known.field, stakes.contest)
        variance = rules.review.weeks * rules.measurement.variance_of(rules.review)
        result = result - 0.5 * rules.risk_aversion * slope * slope * variance
    return result


@dataclass(frozen=True, kw_only=True)
class Results:
    """What is kept of some runs of a scenario.

    Parameters
    ----------
    scenario : Scenario
    seed : int
    runs : (runs,) run numbers
    columns : name → (weeks, runs)
    per_member : name → (weeks, runs, members), or None if not recorded
    names : tuple of str
        Members.
    scored : (activity,)
        r, what a unit of effort adds to a score at skill 1.
    worth_loading : (activity,)
        f.
    twin : Results or None
        The aligned team on the same draws, if it was run.
    """

    scenario: Scenario
    seed: int
    runs: Ints
    columns: dict[str, Floats]
    per_member: dict[str, Floats] | None
    names: tuple[str, ...]
    scored: Floats
    worth_loading: Floats
    twin: Results | None

    def measures(self) -> pd.DataFrame:
        """Return one row per run, a column per measure; NaN where a measure is undefined."""
        from sim.measures import per_run

        return pd.DataFrame({"run": self.runs} | {k: f(self) for k, f in per_run(self).items()}).set_index("run")

    @property
    def weekly(self) -> pd.DataFrame:
        """One row per run and week."""
        weeks = len(self.columns["worth"])
        index = pd.MultiIndex.from_product([self.runs.tolist(), range(weeks)], names=["run", "week"])
        return pd.DataFrame({k: v.T.ravel() for k, v in self.columns.items()}, index=index)

    @property
    def members(self) -> pd.DataFrame:
        """One row per run, week and member, when recording it was asked for."""
        if self.per_member is None:
            raise ValueError("members were not recorded: simulate(…, members=True)")
        weeks = len(self.columns["worth"])
        index = pd.MultiIndex.from_product(
            [self.runs.tolist(), range(weeks), self.names], names=["run", "week", "member"]
        )
        return pd.DataFrame({k: v.transpose(1, 0, 2).ravel() for k, v in self.per_member.items()}, index=index)


def kept_of_members(week: Week, rules: Rules) -> dict[str, Floats]:
    """Return the columns of one week for each member: name → (runs, members)."""
    nothing = np.full(week.worth.shape, np.nan)
    columns = {
        "worth": week.worth,
        "score": week.score,
        "review_score": nothing if week.verdict is None else week.verdict.score,
        "contribution": nothing if week.verdict is None else week.verdict.contribution,
        "reward": np.zeros(nothing.shape) if week.verdict is None else week.verdict.reward,
        "promoted": np.zeros(nothing.shape) if week.verdict is None else week.verdict.promoted,
        "laid_off": np.zeros(nothing.shape) if week.verdict is None else week.verdict.laid_off,
        "skill": week.known.skill,
        "expected_score": week.known.score,
    }
    columns |= {f"effort_{k}": e for k, e in zip(rules.activities, week.effort, strict=True)}
    return columns | {f"m_{k}": e for k, e in zip(rules.activities, week.m, strict=True)}


def joined(parts: list[Results]) -> Results:
    """Return several blocks of runs of one scenario as one."""
    first = parts[0]
    members = [p.per_member for p in parts if p.per_member is not None]
    twins = [p.twin for p in parts if p.twin is not None]
    return Results(
        scenario=first.scenario,
        seed=first.seed,
        runs=np.concatenate([p.runs for p in parts]),
        columns={k: np.concatenate([p.columns[k] for p in parts], axis=1) for k in first.columns},
        per_member={k: np.concatenate([m[k] for m in members], axis=1) for k in members[0]} if members else None,
        names=first.names,
        scored=first.scored,
        worth_loading=first.worth_loading,
        twin=joined(twins) if twins else None,
    )
