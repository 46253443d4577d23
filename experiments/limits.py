"""The model in the limits of theory: `configs/limit` with other numbers, run and read.

Contracts (A to C) are optimised by running them at other slopes; contests (E) are run until effort
rests. A member of a contest can be set apart from the others, through the seam of the week. Where theory
takes an expectation over luck, either the week is run with luck that is dealt on purpose, or the model
is sampled until the error of the mean is small.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache, cached_property
from typing import Any

import numpy as np
from scipy.optimize import minimize_scalar

import sim
from experiments.cases import Case
from sim.arrays import Floats
from sim.contest import Contest
from sim.decision import StockDecision
from sim.draws import Causes, Draws, WeekDraws
from sim.engine import weeks
from sim.errors import RunFailed
from sim.perception import Known
from sim.record import Week
from sim.rules import Rules, rules_of
from sim.scenario import Scenario

STILL = 1e-9  # a limit is read when effort moves by less a week, relative to effort or absolute
ROOM = 10.0  # habits, in multiples of the largest answer to expect
CANDIDATES, CLOSE = 41, 1e-9  # efforts that a member compares · how closely it then looks, of their range
PRECISE, ENOUGH = 0.0025, 0.0045  # standard errors at which sampling ends, of the largest value of a list,
MANY = 3_000_000  # the second from so many samples on
SMALLEST = 1e-3  # what an error or a tolerance is relative to, at least
MOST = 3 * 10**7  # samples at most

Found = Any  # a number, a `Sampled`, a list of either, or a list of rows: column → number
Quantities = Mapping[str, Callable[[], Found]]


@cache
def limit(name: str) -> Scenario:
    """Return the scenario of a limit, with the numbers of its yaml."""
    return sim.load(f"limit={name}")


def settled(scenario: Scenario) -> sim.Results:
    """Run a limit, and refuse a run whose effort has not come to rest."""
    results = sim.simulate(scenario, runs=1, aligned=False)
    effort = results.weekly.filter(like="effort_").to_numpy()
    moved = float(np.abs(effort[-1] - effort[-2]).max())
    if moved > STILL * max(1.0, float(np.abs(effort[-1]).max())):
        raise RunFailed(f"effort still moves by {moved:.3g} a week")
    return results


def last(results: sim.Results, column: str) -> float:
    """Return a number of the last week."""
    return float(results.weekly[column].iloc[-1])


@dataclass(frozen=True, kw_only=True)
class Contract:
    """A worker whom a linear contract pays: the limits A to C.

    Parameters
    ----------
    limit : str
    worth : (task,)
        f.
    loading : (measure, task)
        G.
    covariance : (measure, measure)
        Σ, of the measures' noise.
    cost : (task, task)
        C.
    risk_aversion : float
    """

    limit: str
    worth: Floats
    loading: Floats
    covariance: Floats
    cost: Floats
    risk_aversion: float

    @cached_property
    def scenario(self) -> Scenario:
        """The limit with these numbers, every slope 1, and habits so large that no effort is held up at 0."""
        base, tasks = limit(self.limit).config, [f"task_{k + 1}" for k in range(len(self.worth))]
        measures = [f"measure_{m + 1}" for m in range(len(self.loading))]
        steepest = float(np.abs(self.loading).sum() + np.abs(self.worth).sum())
        softest = float(np.linalg.eigvalsh(self.cost).min())
        habit = ROOM * steepest / softest if softest > 0 else ROOM
        task, measure = base["activities"]["task_1"], base["signals"]["measure_1"]
        sd = np.sqrt(np.diag(self.covariance)).tolist()
        signals = {
            name: base["signals"].get(name, measure)
            | {"loadings": dict(zip(tasks, g, strict=True)), "noise": measure["noise"] | {"sd": s}}
            for name, g, s in zip(measures, self.loading.tolist(), sd, strict=True)
        }
        return limit(self.limit).with_(
            {
                "activities": {
                    name: task | {"worth": f, "worth_now": f, "habit": habit}
                    for name, f in zip(tasks, self.worth.tolist(), strict=True)
                },
                "signals": {"own_worth": base["signals"]["own_worth"]} | signals,
                "scheme.weights": dict.fromkeys(measures, 1.0),
                "scheme.correlation": _correlation(self.covariance),
                "choice.matrix": self.cost.tolist(),
                "team.risk_aversion": self.risk_aversion,
            }
        )

    @cached_property
    def slopes(self) -> list[float]:
        """The slopes at which surplus is highest, one per measure."""
        return sim.best_strength(self.scenario, over=self._names)[0]

    @property
    def _names(self) -> list[str]:
        """Where slopes stand; a single one may be 0, weights may not all be."""
        several = [f"scheme.weights.{m}" for m in self.scenario.scheme.weights]
        return several if len(several) > 1 else ["scheme.strength"]

    @cached_property
    def paid(self) -> sim.Results:
        """What happens at these slopes."""
        slopes = dict(zip(self._names, self.slopes, strict=True))
        return settled(self.scenario.with_({"scheme.allow_negative": True} | slopes))

    @cached_property
    def unpaid(self) -> sim.Results:
        """What happens when nothing is paid."""
        return settled(self.scenario.with_({"scheme.strength": 0.0}))

    @cached_property
    def first_best(self) -> float:
        """The surplus that pay adds at best where own worth is measured without noise."""
        own = {"scheme.weights": {"own_worth": 1.0}, "scheme.correlation": None}
        return sim.best_strength(self.scenario.with_(own))[1] - last(self.unpaid, "surplus")

    def added(self, column: str) -> float:
        """What pay adds to something, at these slopes."""
        return last(self.paid, column) - last(self.unpaid, column)

    @property
    def surplus(self) -> float:
        """What pay adds to the surplus."""
        return self.added("surplus")

    @property
    def efficiency(self) -> float:
        """Surplus as a share of the first best."""
        return _ratio(self.surplus, self.first_best)

    @property
    def response(self) -> list[float]:
        """What pay adds to the effort on each task."""
        return [self.added(f"effort_{k}") for k in self.scenario.activities]

    @property
    def angle(self) -> float:
        """Angle between what is paid and what is worth something [degree]."""
        cosine = float(self.paid.measures()["congruence"].iloc[0])
        return math.degrees(math.acos(round(cosine, 15)))

    def cost_share(self, task: int) -> float:
        """Share of the cost of effort that one task is answerable for."""
        columns = [f"effort_{k}" for k in self.scenario.activities]
        paid, habit = (np.array([last(r, c) for c in columns])[:, None, None] for r in (self.paid, self.unpaid))
        alone = habit.copy()
        alone[task] = paid[task]
        return _ratio(*(float(self.scenario.choice.effort_cost(e, habit)[0, 0]) for e in (alone, paid)))

    def quantities(self) -> Quantities:
        """Return what cases ask about a contract, by the names they use."""
        asked: dict[str, Callable[[], Found]] = {
            "b": lambda: self.slopes,
            "a": lambda: self.response,
            "effort": lambda: self.response,
            "value": lambda: self.added("worth"),
            "surplus": lambda: self.surplus,
            "surplus_formula": lambda: self.surplus,
            "ts": lambda: self.surplus,
            "first_best": lambda: self.first_best,
            "efficiency": lambda: self.efficiency,
            "loss": lambda: self.first_best - self.surplus,
            "theta_deg": lambda: self.angle,
        }
        if len(self.loading) > 1:
            asked["weight_ratio"] = lambda: _ratio(self.slopes[1], self.slopes[0])
        return asked


def _correlation(covariance: Floats) -> list[list[float]] | None:
    """Return the correlation of noises as the scheme takes it: none where they are independent."""
    if np.array_equal(covariance, np.diag(np.diag(covariance))):
        return None
    sd = np.sqrt(np.diag(covariance))
    sd[sd == 0] = 1.0
    correlation = covariance / np.outer(sd, sd)
    np.fill_diagonal(correlation, 1.0)
    return correlation.tolist()


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else math.nan


def contest(name: str, case: Case, size: int, changes: dict[str, Any] | None = None) -> Scenario:
    """Return a limit of contests with the inputs that all of them share, and some changes."""
    return limit(name).with_(
        {
            "team.size": size,
            "scheme.promotion.prize": case.number("dW", 1.0),
            "choice.matrix": [[case.number("c", 1.0)]],
            "signals.measure_1.noise.sd": case.number("sigma", 1.0),
        }
        | (changes or {})
    )


def steepness(members: int, places: float, rivals: str) -> float:
    """Return what one standard deviation of score adds to the chance of a place where all stand level."""
    level = np.zeros((1, 1))
    rules = Contest(members=members, noise=1.0, rivals=rivals, exact_up_to=members + 1)
    return float(rules.chance(level, level, places)[1][0, 0])


@dataclass(frozen=True, kw_only=True)
class Apart:
    """Everybody decides by the stock rule; then efforts are what `play` makes of that.

    Parameters
    ----------
    stock : StockDecision
    play : callable
        What members know, and the effort (activity, runs, members) they chose → their effort.
    """

    stock: StockDecision
    play: Callable[[Known, Floats], Floats]

    def perceive(self, known: Known) -> Floats:
        """Return the stock rule's terms."""
        return self.stock.perceive(known)

    def weigh(self, terms: Floats) -> Floats:
        """Return the stock rule's marginal rewards."""
        return self.stock.weigh(terms)

    def choose(self, known: Known, m: Floats) -> Floats:
        """Return the effort as played."""
        return self.play(known, self.stock.choose(known, m))


def played(scenario: Scenario, play: Callable[[Known, Floats], Floats]) -> sim.Results:
    """Run a contest whose efforts are played, with every member kept."""
    decide = Apart(stock=rules_of(scenario).decision, play=play)
    return sim.simulate(scenario, runs=1, members=True, aligned=False, decide=decide)


def first_member(results: sim.Results) -> Floats:
    """Return the first member's effort on the task of a contest: (weeks,)."""
    people = results.per_member or {}
    return people["effort_task_1"][:, 0, 0]


def best_effort(scenario: Scenario, motive: str, known: Known, effort: Floats, most: float) -> float:
    """Return the first member's effort, from 0 to `most`, of highest utility by a motive net of cost."""

    def loss(own: float) -> float:
        trial = effort.copy()
        trial[0, 0, 0] = own
        cost = scenario.choice.effort_cost(trial, known.habit)
        return float((cost - scenario.motives[motive].utility(trial, known))[0, 0])

    grid = np.linspace(0.0, most, CANDIDATES)
    best, step = grid[np.argmin([loss(x) for x in grid])], grid[1]
    bounds = max(0.0, best - step), min(most, best + step)
    return float(minimize_scalar(loss, bounds=bounds, options={"xatol": CLOSE * most}).x)


class Dealt(Draws):
    """Luck that is dealt on purpose, the same in every week; 0 where nothing is dealt.

    Parameters
    ----------
    runs, members : int
    luck : (runs, members) or broadcastable, by name
        For a group of causes, such as `noise`, that has one cause.
    """

    def __init__(self, runs: int, members: int, **luck: Floats) -> None:
        super().__init__(0, range(runs), members)
        self.luck = luck

    def once(self, cause: str) -> Floats:
        """Return what holds for a whole run: nothing."""
        return np.zeros((len(self.runs), self.members))

    def weekly(self, causes: Causes, weeks: int) -> Iterator[WeekDraws]:
        """Yield the same luck week by week."""
        shape = len(self.runs), self.members
        dealt = {
            group.name: np.zeros((len(getattr(causes, group.name)), *shape)) + self.luck.get(group.name, 0.0)
            for group in fields(Causes)
        }
        return (WeekDraws(**dealt) for _ in range(weeks))


def dealt(rules: Rules, runs: int = 1, **luck: Floats) -> Week:
    """Run a limit with luck that is dealt, and return its last week."""
    *_, passed = weeks(rules, Dealt(runs, rules.members, **luck))
    return passed


@dataclass(frozen=True, kw_only=True)
class Sampled:
    """A number that was estimated, and its standard error."""

    value: float
    error: float


def sampled(sources: Sequence[Iterator[Floats]], step: float = 0.0) -> list[Sampled]:
    """Estimate the mean of each source, until its standard error is small beside the largest of the means.

    Parameters
    ----------
    sources : sequence of iterators
        Each yields one independent sample after another, some at a time: (samples,).
    step : float
        By how much a sample differs from others at least, if it does: what never happened may happen once.
    """
    sums = [_sums(next(source)) for source in sources]
    scale = max(SMALLEST, *(abs(s[1] / s[0]) for s in sums))
    for i, source in enumerate(sources):
        while sums[i][0] < MOST and _estimate(sums[i], step).error > scale * (PRECISE if sums[i][0] < MANY else ENOUGH):
            sums[i] = sums[i] + _sums(next(source))
    return [_estimate(s, step) for s in sums]


def _sums(x: Floats) -> Floats:
    return np.array([len(x), x.sum(), (x * x).sum()])


def _estimate(sums: Floats, step: float) -> Sampled:
    """Return the mean and its standard error, from count, sum and sum of squares."""
    n, total, squares = sums.tolist()
    variance = max(squares / n - (total / n) ** 2, step * step / n)
    return Sampled(value=total / n, error=math.sqrt(variance / n))
