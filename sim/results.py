"""What is kept of a run: a number for each week and run, and where asked for each member.

Columns of a review (score of the window, validity, alignment, truck factor …) are NaN in the weeks
between. Everything is float64.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from sim.arrays import Floats, Ints, average, lifted, norm, summed, total, weighed
from sim.engine import aligned
from sim.evaluation import Verdict, bent
from sim.project import delivered, documented_share, orphaned, truck_factor
from sim.record import Week
from sim.scenario import Scenario
from sim.surroundings import readouts
from sim.turnover import replacement
from sim.units import places, ranks

REVIEWED = (
    "truck_factor",
    "validity",
    "rank_covariance",
    "rank_spread_score",
    "rank_spread_worth",
    "review_score",
    "review_score_square",
    "contribution",
    "contribution_square",
    "alignment",
    "alignment_gain",
    "alignment_best",
    "incentive",
    "perception_gap",
    "perception_angle",
    "gini",
    "mislabelled_low",
    "mislabelled_promoted",
    "caught",
)


WEEKLY = (
    "worth",
    "score",
    "reward",
    "surplus",
    "debt",
    "knowledge",
    "documented",
    "orphaned",
    "incidents",
    "features",
    "backlog",
    "cost",
    "hours",
    "hours_bound",
    "craft",
    "gaming_share",
    "wasted_share",
    "promoted",
    "laid_off",
    "left",
    *REVIEWED,
)
OF_A_REVIEW = ("score", "contribution", "reward", "promoted", "laid_off")  # of each member, at reviews that count
OF_ORGANISATIONS = ("alignment_board", "alignment_trench", "alignment_product")  # read at reviews
OF_SPONSORS = ("confidence", "alive")
OF_CUSTOMERS = ("needs_met", "trunk_done", "acceptance", "adoption", "attachment", "ownership", "blocked", "useful")
OF_NEWS = (
    *("open", "reached", "true_status", "reported_status", "reported_progress"),
    *("hidden", "discovered", "surprise", "found_at"),
)
SHADOWED = ("worth", "score", "rank_covariance", "rank_spread_score", "rank_spread_worth")  # also of the shadow
LOW = 0.1  # share of a team that is called low where nobody is laid off


def columns_of(scenario: Scenario) -> list[str]:
    """Return the names of the columns of a week, in order."""
    named = [*(f"utility_{k}" for k in scenario.motives), *(f"effort_{k}" for k in scenario.activities)]
    return [*WEEKLY, *of_surroundings(scenario), *named]


def of_surroundings(scenario: Scenario) -> list[str]:
    """Return the names of the columns of what is around the team, as far as it is there."""
    names = [*(OF_ORGANISATIONS if scenario.organisation is not None else ())]
    names += OF_SPONSORS if scenario.sponsor is not None else ()
    names += OF_NEWS if scenario.reporting is not None else ()
    names += ("custom",) if scenario.culture is not None else ()
    names += ("trust",) if scenario.politics is not None and any(a.ill for a in scenario.activities.values()) else ()
    if scenario.customers is not None:
        departments = [d.name for d in scenario.customers.departments]
        names += [*OF_CUSTOMERS, *(f"{prefix}_{d}" for prefix in ("met", "felt", "blocks") for d in departments)]
    return names


def kept(week: Week) -> dict[str, Floats]:
    """Return the columns of one week that are defined: name → (runs,).

    Per person-week unless the name says otherwise: `worth`, `features` and `cost` [weeks of core work],
    `score`, `reward` and `surplus` [utility], `hours` and `effort_…` [week], `debt` and `backlog` [weeks of
    work per member], `knowledge`, `documented`, `orphaned`, `hours_bound` and the shares in [0, 1], `promoted`,
    `laid_off`, `left` [people], `incidents` [per week and team].
    """
    rules, verdict = week.rules, week.verdict
    nobody = np.zeros(week.worth.shape[0])
    idle = rules.worth <= 0
    gamed = week.effort[idle] * (lifted(rules.scored)[idle] > 0)
    effort, games = np.split(average(np.concatenate([week.effort, gamed])), [len(week.effort)])  # (activity, runs)
    hours = summed(effort)
    spent = np.maximum(hours, 1e-300)
    columns = {
        **averages(worth=week.worth, score=week.score, surplus=surplus(week), hours_bound=bound(week)),
        "reward": nobody if verdict is None else average(verdict.reward),
        "cost": 1 + (nobody if week.gone is None or rules.turnover is None else replacement(rules.turnover, week.gone)),
        "hours": hours,
        "gaming_share": summed(games) / spent,
        "wasted_share": summed(effort[idle]) / spent,
        "promoted": nobody if verdict is None else total(verdict.promoted),
        "laid_off": nobody if verdict is None else total(verdict.laid_off),
        "left": nobody if week.gone is None else total(week.gone.astype(np.float64)),
    }
    if week.craft is not None:
        columns["craft"] = average(week.craft)
    if week.stocks is not None:
        columns |= state_of_project(week)
    if week.climate is not None:
        columns["trust"] = week.climate.trust
    if week.custom is not None:
        columns["custom"] = week.custom
    if week.around is not None and rules.around is not None:
        columns |= readouts(rules.around, week.around)
    if verdict is not None:
        columns |= reviewed(week, verdict)
    return columns | {f"effort_{k}": e for k, e in zip(rules.activities, effort, strict=True)}


def averages(**of_members: Floats) -> dict[str, Floats]:
    """Return the mean over members of each array (runs, members), all at once: name → (runs,)."""
    return dict(zip(of_members, average(np.stack(list(of_members.values()))), strict=True))


def state_of_project(week: Week) -> dict[str, Floats]:
    """Return what is read off the project: name → (runs,)."""
    rules, stocks = week.rules, week.stocks
    assert rules.project is not None and stocks is not None
    columns = {
        "debt": stocks.debt,
        "knowledge": average(summed(stocks.knowledge)) / len(stocks.knowledge),
        "orphaned": orphaned(rules.project, stocks),
        "features": delivered(rules.traces, week.pace, week.effort, week.known.skill),
        "documented": None if stocks.documented is None else documented_share(stocks),
        "incidents": stocks.incidents,
        "backlog": stocks.backlog,
    }
    return {k: v for k, v in columns.items() if v is not None}


def bound(week: Week) -> Floats:
    """Return 1 for members whose week has the most or the least hours there are: (runs, members)."""
    hours = summed(week.effort)
    low, high = week.rules.decision.choice.hours
    slack = 1e-3  # [week] on the way there
    return ((hours > high - slack) | ((low > 0) & (hours < low + slack))).astype(np.float64)


def reviewed(week: Week, verdict: Verdict) -> dict[str, Floats]:
    """Return the columns that are read at reviews: name → (runs,)."""
    rules, known, choice = week.rules, week.known, week.rules.decision.choice
    score, worth = ranks(verdict.score), ranks(verdict.contribution)
    covariance, spread_score, spread_worth = total(score * worth), total(score**2), total(worth**2)
    rose = total(verdict.promoted)
    f = rules.worth

    def gain(m: Floats) -> Floats:
        wanted = m if known.objection is None else m - known.objection
        return weighed(f, choice.respond(wanted, known.habit) * known.skill)

    idle = gain(np.zeros(week.m.shape))
    unscored = replace(known, stakes=replace(known.stakes, strength=0.0))
    through_score = rules.decision.weigh(week.terms) - rules.decision.weigh(rules.decision.perceive(unscored))
    gap, angle = misperceived(week)
    low = rules.stakes.layoff.places(rules.members) if rules.stakes.layoff is not None else LOW * rules.members
    with np.errstate(divide="ignore", invalid="ignore"):
        rank_correlation = covariance / np.sqrt(spread_score * spread_worth)
    utilities = {
        f"utility_{k}": average(motive.utility(week.effort, known)) for k, motive in rules.decision.motives.items()
    }
    return utilities | {
        "truck_factor": np.full(len(covariance), np.nan)
        if rules.project is None or week.stocks is None
        else truck_factor(rules.project, week.stocks),
        "validity": rank_correlation,
        "rank_covariance": covariance,
        "rank_spread_score": spread_score,
        "rank_spread_worth": spread_worth,
        **averages(
            review_score=verdict.score,
            review_score_square=verdict.score**2,
            contribution=verdict.contribution,
            contribution_square=verdict.contribution**2,
            alignment=cosine(week.m, np.broadcast_to(f[:, None, None], week.m.shape)),
            alignment_gain=gain(week.m) - idle,
            alignment_best=gain(aligned(week.m, f)) - idle,
            incentive=norm(through_score),
            caught=verdict.caught,
        ),
        "perception_gap": gap,
        "perception_angle": angle,
        "gini": gini(verdict.reward),
        "mislabelled_low": mislabelled(-verdict.score, -verdict.contribution, max(1, round(low))),
        "mislabelled_promoted": np.divide(
            total(verdict.promoted * (1 - top(verdict.contribution, rose))),
            rose,
            out=np.full(len(rose), np.nan),
            where=rose > 0,
        ),
    }


def cosine(x: Floats, y: Floats) -> Floats:
    """Return the cosine of the angle between each member's vectors, NaN where one is 0: (runs, members)."""
    size = norm(x) * norm(y)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(size > 0, weighed(x, y) / size, np.nan))


def misperceived(week: Week) -> tuple[Floats, Floats]:
    """Return ‖r̃ − r‖/‖r‖ and the angle between them [degree], means over members: (runs,) both."""
    known, measurement = week.known, week.rules.measurement
    true = lifted(week.rules.counts) * known.shows
    if measurement.bends:
        true = true + bent(measurement, known.effort * known.shows)[1] * known.shows
    if known.spares is not None:
        true = true + weighed(measurement.blame, measurement.of_members.weight) * known.spares
    size = norm(true)
    with np.errstate(divide="ignore", invalid="ignore"):
        gap = np.where(size > 0, norm(known.slope - true) / size, np.nan)
    angle = np.degrees(np.arccos(np.clip(cosine(known.slope, true), -1.0, 1.0)))
    return average(gap), average(angle)


def gini(x: Floats) -> Floats:
    """Mean difference between two members over twice the mean size, 0 where all get the same: (runs,)."""
    members = x.shape[-1]
    ranked = np.sort(x, axis=-1)
    difference = 2 * total(ranked * (2 * np.arange(members) - members + 1)) / members**2
    size = 2 * average(np.abs(x))
    return np.divide(difference, size, out=np.zeros(size.shape), where=size > 0)


def top(x: Floats, count: Floats) -> Floats:
    """Return how much of each member is among the `count` (runs,) highest of its team: (runs, members), in [0, 1]."""
    ahead, level = places(x)
    return np.clip(count[:, None] - ahead, 0, level) / level


def mislabelled(label: Floats, truth: Floats, count: int) -> Floats:
    """Return which share of the `count` highest by `label` is not among the `count` highest by `truth`: (runs,)."""
    chosen = np.full(len(label), float(count))
    return 1 - total(top(label, chosen) * top(truth, chosen)) / count


def surplus(week: Week) -> Floats:
    """Return f'(skill∘a) − effort cost − ½·risk_aversion·variance of pay: (runs, members) [utility]."""
    known, rules, stakes = week.known, week.rules, week.rules.stakes
    result = week.gain - rules.decision.choice.effort_cost(week.effort, known.habit)
    if not rules.risk_aversion or stakes.pay is None or stakes.by_lot:
        return result
    rivals, contest = rules.members - 1, stakes.contest
    slope = stakes.pay.incentive(known.score_for(stakes.pay), known.field, contest)
    others = stakes.pay.spill(rules.members)
    own = 0.0 if rules.tied else contest.noise**2
    variance = (slope**2 + rivals * others**2) * own + (slope + rivals * others) ** 2 * contest.common**2
    return result - 0.5 * rules.risk_aversion * rules.review.weeks * stakes.strength**2 * variance


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
    reviewed : name → (reviews, runs, members)
        What the reviews say of each member, from the week on from which the scheme counts; in an organisation also
        `asked`, how well what counts for them points at what is worth something.
    review_weeks : tuple of int
    levels : name → (reviews, runs, depth)
        What is read at each depth of an organisation, the head first; empty for a team.
    knowledge : (module, runs, members) or None
        Who knows what of the project when the run ends; None without a project, and for an organisation.
    names : tuple of str
        Members.
    scored : (activity,)
        r, what a unit of effort adds to a score at skill 1.
    worth_loading : (activity,)
        f.
    twin, shadow : Results or None
        The aligned team, and the team whose scheme is only measured, on the same draws, if they were run.
    begin : int or None
        The first week that measures look at; None: the week from which the scheme counts.
    """

    scenario: Scenario
    seed: int
    runs: Ints
    columns: dict[str, Floats]
    per_member: dict[str, Floats] | None
    reviewed: dict[str, Floats]
    review_weeks: tuple[int, ...]
    levels: dict[str, Floats]
    knowledge: Floats | None
    names: tuple[str, ...]
    scored: Floats
    worth_loading: Floats
    twin: Results | None
    shadow: Results | None
    begin: int | None = None

    def measures(self) -> pd.DataFrame:
        """Return one row per run, a column per measure; NaN where a measure is undefined."""
        from sim.measures import per_run

        return pd.DataFrame({"run": self.runs} | {k: f(self) for k, f in per_run(self).items()}).set_index("run")

    def counted(self, name: str) -> Floats:
        """Return a column from the week on from which the scheme counts: (weeks, runs)."""
        return self.columns[name][self.scenario.since if self.begin is None else self.begin :]

    def between(self, begin: int, end: int) -> Results:
        """Return what there would be if measures looked at the weeks from `begin` on, and runs ended before `end`."""
        held = [i for i, t in enumerate(self.review_weeks) if begin <= t < end]
        return replace(
            self,
            columns={k: v[:end] for k, v in self.columns.items()},
            per_member=None if self.per_member is None else {k: v[:end] for k, v in self.per_member.items()},
            reviewed={k: v[held] for k, v in self.reviewed.items()},
            levels={k: v[held] for k, v in self.levels.items()},
            review_weeks=tuple(self.review_weeks[i] for i in held),
            twin=None if self.twin is None else self.twin.between(begin, end),
            shadow=None if self.shadow is None else self.shadow.between(begin, end),
            begin=begin,
        )

    def at_reviews(self, name: str) -> Floats:
        """Return a column at the reviews since then: (reviews, runs); NaN at one where there are none."""
        held = ~np.isnan(self.counted("rank_spread_score")).all(axis=1)
        return self.counted(name)[held] if held.any() else np.full((1, len(self.runs)), np.nan)

    @property
    def weekly(self) -> pd.DataFrame:
        """One row per run and week."""
        weeks = len(self.columns["worth"])
        index = pd.MultiIndex.from_product([self.runs.tolist(), range(weeks)], names=["run", "week"])
        columns = dict(self.columns)
        if self.shadow is not None:
            columns |= {f"shadow_{k}": self.shadow.columns[k] for k in SHADOWED}
        return pd.DataFrame({k: v.T.ravel() for k, v in columns.items()}, index=index)

    @property
    def reviews(self) -> pd.DataFrame:
        """One row per run, review and member, from the week on from which the scheme counts."""
        index = pd.MultiIndex.from_product(
            [self.runs.tolist(), self.review_weeks, self.names], names=["run", "week", "member"]
        )
        return pd.DataFrame({k: v.transpose(1, 0, 2).ravel() for k, v in self.reviewed.items()}, index=index)

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


def kept_of_members(week: Week) -> dict[str, Floats]:
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
        "craft": nothing if week.craft is None else week.craft,
        "gone": np.zeros(nothing.shape) if week.gone is None else week.gone.astype(np.float64),
    }
    names = week.rules.activities
    columns |= {f"effort_{k}": e for k, e in zip(names, week.effort, strict=True)}
    return columns | {f"m_{k}": e for k, e in zip(names, week.m, strict=True)}


def joined(parts: list[Results]) -> Results:
    """Return several blocks of runs of one scenario as one."""
    first = parts[0]
    members = [p.per_member for p in parts if p.per_member is not None]
    twins = [p.twin for p in parts if p.twin is not None]
    shadows = [p.shadow for p in parts if p.shadow is not None]
    return Results(
        scenario=first.scenario,
        seed=first.seed,
        runs=np.concatenate([p.runs for p in parts]),
        columns={k: np.concatenate([p.columns[k] for p in parts], axis=1) for k in first.columns},
        per_member={k: np.concatenate([m[k] for m in members], axis=1) for k in members[0]} if members else None,
        reviewed={k: np.concatenate([p.reviewed[k] for p in parts], axis=1) for k in first.reviewed},
        review_weeks=first.review_weeks,
        levels={k: np.concatenate([p.levels[k] for p in parts], axis=1) for k in first.levels},
        knowledge=None
        if first.knowledge is None
        else np.concatenate([p.knowledge for p in parts if p.knowledge is not None], axis=1),
        names=first.names,
        scored=first.scored,
        worth_loading=first.worth_loading,
        twin=joined(twins) if twins else None,
        shadow=joined(shadows) if shadows else None,
    )
