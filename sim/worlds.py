r"""Why a measure promises more than is delivered: the gap taken apart into four causes.

Worlds (n, r, c, g) ∈ {0,1}⁴ fork when the scheme begins to count, on the same draws, and so does a shadow in which
it is only measured, without noise. Over a window of reviews, with C_i = f'(skill∘a_i)·D and S_i the recorded score:

    β = Cov(C, S°)/Var(S°)                              within teams of the shadow, pooled over runs
    Γ = β(S̄_chosen − S̄°) − (C̄_chosen − C̄°)             promised − delivered, for the share q with the highest scores

    n = 0   regressional  what a review adds by chance (noise, common shocks, whose work it was, the rater) is 0
    r = 0   extremal      noise is Gaussian at equal sd; no saturation; the rule of choice has no hours and no a ≥ 0;
                          stocks and D are the shadow's, week by week
    c = 0   causal        what an hour is believed to add to the score, d, becomes Σd·(d'd)/(d'Σd) over activities that
                          are not gaming, Σ = covariance of effort within teams of the shadow
    g = 0   adversarial   it is 0 for gaming

The four parts are Shapley values of Γ(n, r, c, g), the fifth, the misfit, is Γ(0000), and the five sum to Γ(1111).

Of the rules of choice only `water_filling` has bounds that can be taken away: r leaves the others (`budget`, `logit`,
`quadratic`, `fixed`, `scripted`) as they are. Without a ≥ 0 what people shun is done in the negative, which teaches no
craft. The misfit holds what β cannot say of a straight world: it comes from skill and motives that differ, and effort
answers by Σ only where the cost of effort is the same in all directions. Σ is taken as given in the intervals, which
jackknife everything else over runs.

References: Manheim & Garrabrant (2018), arXiv 1803.04585 (the four causes); Shapley (1953). Which switch stands for
which cause, and the misfit, are ours.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import final

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from sim.arrays import Floats, Ints, average, lifted, summed, total, weighed
from sim.choice.base import Choice
from sim.choice.water_filling import WaterFilling
from sim.craft import practised
from sim.decision import StockDecision
from sim.draws import Draws, WeekDraws
from sim.engine import week
from sim.errors import InvalidInput, RunFailed
from sim.perception import Known
from sim.project import Stocks
from sim.record import Week
from sim.results import top
from sim.rules import Rules, plan_of
from sim.scenario import Scenario
from sim.simulation import block_of
from sim.state import State, added, entered, initial, retold

WORLDS = tuple("".join(each) for each in itertools.product("01", repeat=4))  # (n, r, c, g) of each
CAUSES = ("regressional", "extremal", "causal", "adversarial")  # of n, r, c, g
PARTS = (*CAUSES, "misfit")
ALL = ("promised", "delivered", "gap", *PARTS)
LEVEL = 0.95  # of intervals
TINY = 1e-12  # share of a mean up to which a deviation is a rounding error
LOUD = 0.1  # share of the gap from which on the misfit is to be spoken of


@final
@dataclass(frozen=True, kw_only=True)
class Unbounded(Choice):
    """The answer of `WaterFilling` where nothing binds: a = a0 + C⁻¹m, whatever the hours and however far below 0.

    Examples
    --------
    >>> rule = Unbounded(cost=2.0, rivalry=0.0)
    >>> rule.respond(np.array([[[-2.0]], [[4.0]]]), np.full((2, 1, 1), 0.5))[:, 0, 0].tolist()
    [-0.5, 2.5]
    """

    cost: float
    rivalry: float

    def respond(self, m: Floats, habit: Floats) -> Floats:
        k = self.rivalry
        pulled = m - k / (1 - k + k * len(m)) * summed(m)
        return np.asarray(habit + pulled / (self.cost * (1 - k)))

    def effort_cost(self, effort: Floats, habit: Floats) -> Floats:
        return self._bounded.effort_cost(effort, habit)

    def softness(self, slope: Floats) -> float:
        return self._bounded.softness(slope)

    @property
    def _bounded(self) -> WaterFilling:
        return WaterFilling(cost=self.cost, rivalry=self.rivalry, h_min=None, h_max=None)


@final
@dataclass(frozen=True, kw_only=True)
class Otherwise(StockDecision):
    """The stock decision of members who see something else in the score than there is.

    It takes the place of the stock rule rather than stand beside it, so that whoever thinks about rivals takes them to
    see the same.

    Parameters
    ----------
    honest : (activity,)
        0 for gaming, else 1.
    natural : (activity, activity) or None
        Σ; None: people see what their own hours cause.
    games : bool
        Whether gaming is seen to bring anything.
    """

    honest: Floats
    natural: Floats | None
    games: bool

    def perceive(self, known: Known) -> Floats:
        slope = self._seen(known.slope)
        alike = known.apart is known.slope
        apart = slope if alike else self._seen(known.apart)
        given = _still(known.given, known.slope, slope, known.effort)
        both = alike and known.given_apart is known.given
        given_apart = given if both else _still(known.given_apart, known.apart, apart, known.effort)
        return super().perceive(replace(known, slope=slope, apart=apart, given=given, given_apart=given_apart))

    def _seen(self, d: Floats) -> Floats:
        """Return what is seen in place of d: (activity, runs, members) both."""
        honest = d * lifted(self.honest)
        gaming = d - honest if self.games else np.zeros(d.shape)
        if self.natural is None:
            return np.asarray(honest + gaming)
        along = np.stack([weighed(row * self.honest, honest) for row in self.natural]) * lifted(self.honest)
        size, spread = weighed(honest, honest), weighed(along, honest)
        moves = spread > TINY * size * np.diag(self.natural).max()
        ratio = np.divide(size, spread, out=np.zeros(size.shape), where=moves)
        return np.asarray(np.where(moves, along * ratio, honest) + gaming)


def _still(given: Floats | None, before: Floats, now: Floats, effort: Floats) -> Floats:
    """Return what a score holds besides slope · effort once the slope is another and the score is not."""
    rest = weighed(before - now, effort)
    return rest if given is None else given + rest


@dataclass(frozen=True, kw_only=True)
class Found:
    """A number, its 95 % interval (jackknife over runs), and its standard error; NaN where undefined."""

    value: float
    low: float
    high: float
    error: float


@dataclass(frozen=True, kw_only=True)
class Apart:
    """What has to be known of each run to take the gap of all of them apart.

    Parameters
    ----------
    numbers : (runs,)
        The runs' numbers.
    score, contribution : (world, runs)
        Means of those chosen, worlds in the order of `WORLDS` [points; weeks of core work per week].
    shadow_score, shadow_contribution : (runs,)
        Means of all members of the shadow.
    covariance, variance : (runs,)
        Sums over members of C·S° and of S°², both from the team's mean, in the shadow.
    """

    numbers: Floats
    score: Floats
    contribution: Floats
    shadow_score: Floats
    shadow_contribution: Floats
    covariance: Floats
    variance: Floats

    @staticmethod
    def joined(parts: Sequence[Apart]) -> Apart:
        """Put batches of runs beside each other."""
        named = {f.name: np.concatenate([getattr(p, f.name) for p in parts], axis=-1) for f in fields(Apart)}
        return Apart(**named)

    def frame(self) -> pd.DataFrame:
        """Return a row for each run; `of` reads it back."""
        columns = {"run": self.numbers.astype(np.int64)}
        for f in fields(self)[1:]:
            x = getattr(self, f.name)
            columns |= {f.name: x} if x.ndim == 1 else {f"{f.name}_{w}": x[i] for i, w in enumerate(WORLDS)}
        return pd.DataFrame(columns)

    @staticmethod
    def of(frame: pd.DataFrame) -> Apart:
        """Read the rows of `frame`."""

        def column(name: str) -> Floats:
            return frame[name].to_numpy(dtype=np.float64)

        wide = ("score", "contribution")
        named = {f.name: column(f.name) for f in fields(Apart)[1:] if f.name not in wide}
        named |= {k: np.stack([column(f"{k}_{w}") for w in WORLDS]) for k in wide}
        return Apart(numbers=column("run"), **named)

    @cached_property
    def slope(self) -> float:
        """β [weeks of core work per point]; NaN where nobody differs in the score."""
        return float(self._slopes(_sum(self.covariance), _sum(self.variance)))

    def gaps(self) -> dict[str, float]:
        """Return Γ of each world."""
        runs = len(self.numbers)
        promised, delivered = _sum(self.score - self.shadow_score), _sum(self.contribution - self.shadow_contribution)
        gap = self.slope * promised / runs - delivered / runs
        return dict(zip(WORLDS, gap.tolist(), strict=True))

    def found(self) -> dict[str, Found]:
        """Return what is promised and delivered, the gap and its five parts."""
        runs = len(self.numbers)
        counts = np.array([1.0, 0.0] + [1.0] * 6), np.array([0.0, -1.0] + [1.0] * 6)  # of promises · of deliveries
        promised = counts[0][:, None] * _taken_apart(self.score - self.shadow_score)  # (quantity, runs) [points]
        delivered = counts[1][:, None] * _taken_apart(self.contribution - self.shadow_contribution)
        moved, done = _sum(promised), _sum(delivered)
        value = self.slope * moved / runs - done / runs
        error = np.full(value.shape, np.nan)
        if runs > 1:
            slopes = self._slopes(_sum(self.covariance) - self.covariance, _sum(self.variance) - self.variance)
            without = slopes * (moved[:, None] - promised) / (runs - 1) - (done[:, None] - delivered) / (runs - 1)
            away = without - without.mean(axis=1, keepdims=True)
            error = np.sqrt((runs - 1) / runs * (away * away).sum(axis=1))
        half = error * (stdtrit(runs - 1, (1 + LEVEL) / 2) if runs > 1 else np.nan)
        each = zip(ALL, value.tolist(), half.tolist(), error.tolist(), strict=True)
        return {k: Found(value=x, low=x - h, high=x + h, error=e) for k, x, h, e in each}

    def _slopes(self, covariance: Floats, variance: Floats) -> Floats:
        """Return β, NaN where the score does not vary: any shape."""
        shape = np.shape(variance)
        return np.divide(covariance, variance, out=np.full(shape, np.nan), where=np.asarray(variance) > 0)


def _sum(x: Floats) -> Floats:
    """Sum over runs, left to right: (..., runs) to (...)."""
    return np.asarray(np.cumsum(x, axis=-1)[..., -1])


def _shapley() -> tuple[Ints, Ints, Floats]:
    """Return the worlds with and without each cause, and what their difference weighs: (cause, pair) all."""
    pairs = [[(w, w & ~bit) for w in range(len(WORLDS)) if w & bit] for bit in (8, 4, 2, 1)]
    others = np.array([[without.bit_count() for _, without in each] for each in pairs])
    orders = np.array([math.factorial(k) * math.factorial(3 - k) for k in range(4)])
    together = np.array(pairs)
    return together[..., 0], together[..., 1], orders[others] / math.factorial(4)


_WITH, _WITHOUT, _SHARE = _shapley()


def _taken_apart(x: Floats) -> Floats:
    """Return the whole of the last world three times, its Shapley values and the first: (world, runs) to (8, runs)."""
    causes = (_SHARE[..., None] * (x[_WITH] - x[_WITHOUT])).sum(axis=1)
    return np.concatenate([x[[-1, -1, -1]], causes, x[:1]])


def misfits(found: Mapping[str, Found]) -> bool:
    """Whether what no cause explains is more than a tenth of the gap."""
    return abs(found["misfit"].value) > LOUD * abs(found["gap"].value)


def decomposed(
    scenario: Scenario, runs: int = 200, seed: int = 1, q: float | None = None, window: int | None = None
) -> Apart:
    """Run the worlds of a scenario and return what takes its gap apart.

    Parameters
    ----------
    scenario : Scenario
        Of a team.
    runs, seed : int
        As of `sim.simulate`.
    q : float or None
        Share of a team that is chosen, in (0, 1]; None: as many as win a prize, all where pay is no contest.
    window : int or None
        Weeks after the scheme begins to count whose reviews are read; None: to the end.

    Raises
    ------
    InvalidInput
        For an organisation, or a window without a review.

    Examples
    --------
    >>> import sim
    >>> quick = sim.load("scenario=three_persons", "scheme=lines_of_code", "weeks=13")
    >>> found = decomposed(quick, runs=4).found()
    >>> abs(sum(found[part].value for part in PARTS) - found["gap"].value) < 1e-12
    True
    """
    check(scenario, q, window)
    size = block_of(len(scenario.team.seats))
    blocks = [range(first, min(first + size, runs)) for first in range(0, runs, size)]
    natural = spread(np.concatenate([moments(scenario, block, seed, window) for block in blocks]))
    return Apart.joined([lived(scenario, block, seed, natural, q, window) for block in blocks])


def check(scenario: Scenario, q: float | None = None, window: int | None = None) -> None:
    """Refuse what cannot be taken apart."""
    if scenario.organisation is not None:
        raise InvalidInput("organisation", "given", "none: the gap is taken apart for a single team")
    if q is not None and not (isinstance(q, int | float) and not isinstance(q, bool) and 0 < q <= 1):
        raise InvalidInput("q", q, "a share of the team, above 0 and at most 1, or null")
    weeks = scenario.weeks - scenario.since
    if window is not None and (not isinstance(window, int) or isinstance(window, bool) or not 1 <= window <= weeks):
        raise InvalidInput("window", window, f"a whole number from 1 to {weeks}, or null")
    if (window or weeks) < scenario.scheme.review.weeks:
        raise InvalidInput("window", window or weeks, f"at least the {scenario.scheme.review.weeks} weeks of a review")


def chosen_share(scenario: Scenario) -> float:
    """Return the share of a team that a scheme singles out: prizes of its pay or promotion, 1 where there are none."""
    members = len(scenario.team.seats)
    for rule in (scenario.scheme.pay, scenario.scheme.promotion):
        places = [k for _, k in (() if rule is None else rule.contests(members)) if 0 < k < members]
        if places:
            return places[0] / members
    return 1.0


def moments(scenario: Scenario, numbers: Sequence[int], seed: int, window: int | None = None) -> Floats:
    """Return Σ_i (a_i − ā)(a_i − ā)' of the shadow's effort in each run: (runs, activity, activity)."""
    (shadow,) = _forked(scenario, numbers, seed, window, (), None)
    away = np.stack([_away(x) for x in shadow.mean[1:]])
    return np.stack([[total(x * y) for y in away] for x in away]).transpose(2, 0, 1)


def spread(moments: Floats) -> Floats:
    """Return Σ, pooled over runs, up to a factor that does not matter: (runs, …) to (…)."""
    return np.asarray(np.cumsum(moments, axis=0)[-1])


def lived(
    scenario: Scenario,
    numbers: Sequence[int],
    seed: int,
    natural: Floats,
    q: float | None = None,
    window: int | None = None,
) -> Apart:
    """Run the worlds of the runs of these numbers as one batch.

    Parameters
    ----------
    natural : (activity, activity)
        Σ of all runs, from `spread`.
    """
    shadow, *worlds = _forked(scenario, numbers, seed, window, WORLDS, natural)
    share = chosen_share(scenario) if q is None else q
    count = np.full(len(numbers), share * shadow.score.shape[-1])
    each = []
    for world in worlds:
        weight = top(world.mean_score, count)
        each.append((total(weight * world.mean_score) / total(weight), total(weight * world.mean[0]) / total(weight)))
    for name, pair in zip(WORLDS, each, strict=True):
        if not np.isfinite(pair).all():
            run = numbers[int(np.flatnonzero(~np.isfinite(pair).all(axis=0))[0])]
            raise RunFailed(f"run {run} of seed {seed}: score or contribution is not finite in world {name}")
    score, contribution = _away(shadow.mean_score), _away(shadow.mean[0])
    return Apart(
        numbers=np.array(numbers, dtype=np.float64),
        score=np.stack([s for s, _ in each]),
        contribution=np.stack([c for _, c in each]),
        shadow_score=average(shadow.mean_score),
        shadow_contribution=average(shadow.mean[0]),
        covariance=total(score * contribution),
        variance=total(score * score),
    )


def _away(x: Floats) -> Floats:
    """Return how far each member is from the team's mean, rounding errors left out: (runs, members) both."""
    mean = average(x)[:, None]
    return np.where(np.abs(x - mean) > TINY * np.abs(mean), x - mean, 0.0)


@dataclass(frozen=True, kw_only=True)
class _Course:
    """One world on its way.

    Parameters
    ----------
    plan : tuple of Rules
        Of each phase.
    place : int
        Of the phase in force.
    loud : bool
        Whether measurement has its noise.
    led : bool
        Whether stocks and productivity are the shadow's.
    state : State
    open, kept : (1 + activity, runs, members)
        Contribution and effort of the review window so far · the sum of those of all reviews.
    score : (runs, members)
        Sum of all reviews' scores.
    reviews : int
    """

    plan: tuple[Rules, ...]
    place: int
    loud: bool
    led: bool
    state: State
    open: Floats
    kept: Floats
    score: Floats
    reviews: int

    @property
    def mean(self) -> Floats:
        """Contribution and effort, mean over reviews: (1 + activity, runs, members)."""
        return self.kept / self.reviews

    @property
    def mean_score(self) -> Floats:
        """Score, mean over reviews: (runs, members)."""
        return self.score / self.reviews

    def turned(self, draws: Draws) -> _Course:
        """Return the course as a week begins, under the rules that are then in force."""
        if self.place + 1 == len(self.plan) or self.state.week != self.plan[self.place + 1].start:
            return self
        before, rules = self.plan[self.place], self.plan[self.place + 1]
        same = rules.since == before.since
        state = added((retold if same else entered)(self.state, rules, draws), rules)
        return replace(self, state=state, place=self.place + 1, open=self.open if same else np.zeros(self.open.shape))

    def after(self, chance: WeekDraws, lead: tuple[Stocks | None, Floats] | None = None) -> tuple[_Course, Floats]:
        """Return the course a week later, and D of the week: (runs,).

        Parameters
        ----------
        lead : Stocks or None and (runs,), or None
            The shadow's as the week begins, and its D of the week.
        """
        rules, state = self.plan[self.place], self.state
        if self.led and lead is not None:
            state = replace(state, stocks=lead[0])
        if not self.loud:
            chance = replace(chance, noise=0 * chance.noise, shock=0 * chance.shock, blur=0 * chance.blur)
        share = float(rules.review.shares[(state.week - rules.since) % rules.review.weeks])
        before = state
        state, passed = week(state, rules, chance, rules.decision)
        if self.led:
            state = replace(state, craft=_practised(before, passed))
        pace = lead[1] if self.led and lead is not None else passed.pace
        opened = self.open + share * np.concatenate([(pace[:, None] * passed.gain)[None], passed.effort])
        if passed.verdict is None:
            return replace(self, state=state, open=opened), passed.pace
        later = replace(
            self,
            state=state,
            open=np.zeros(opened.shape),
            kept=self.kept + opened,
            score=self.score + passed.verdict.score,
            reviews=self.reviews + 1,
        )
        return later, passed.pace


def _practised(before: State, passed: Week) -> Floats | None:
    """Return craft after a week in which hours may lie below 0, which teach nothing: (runs, members)."""
    rules = passed.rules
    if rules.craft is None or before.craft is None:
        return before.craft
    craft = practised(rules.craft, before.craft, np.maximum(summed(passed.effort[rules.gaming > 0]), 0.0))
    return craft if passed.gone is None else np.where(passed.gone, rules.craft.beginner, craft)


def _forked(
    scenario: Scenario,
    numbers: Sequence[int],
    seed: int,
    window: int | None,
    worlds: Sequence[str],
    natural: Floats | None,
) -> list[_Course]:
    """Run the shadow, which comes first, and the worlds of these names side by side to the end of the window."""
    plan, shade = plan_of(scenario), plan_of(scenario, shadow=True)
    causes, end = shade[0].causes, scenario.since + (window or scenario.weeks - scenario.since)
    draws = Draws(seed, numbers, plan[0].members)
    state = added(initial(plan[0], draws), plan[0])
    nothing = np.zeros((1 + len(plan[0].activities), len(numbers), plan[0].members))
    common = _Course(
        plan=plan, place=0, loud=True, led=False, state=state, open=nothing, kept=nothing, score=nothing[0], reviews=0
    )
    courses: list[_Course] = []
    for t, chance in enumerate(draws.weekly(causes, end)):
        if t < scenario.since:
            common = common.turned(draws).after(chance)[0]
            continue
        if t == scenario.since:
            fork = replace(common, open=nothing, kept=nothing, score=nothing[0], reviews=0)
            courses = [replace(fork, plan=tuple(_altered(r, False, True) for r in shade), loud=False)]
            for n, r, c, g in ([x == "1" for x in world] for world in worlds):
                other = tuple(_altered(rules, n, r, None if c else natural, g) for rules in plan)
                courses.append(replace(fork, plan=other, loud=n, led=not r))
        courses = [course.turned(draws) for course in courses]
        before = courses[0].state.stocks
        shadow, pace = courses[0].after(chance)
        courses = [shadow, *(course.after(chance, (before, pace))[0] for course in courses[1:])]
    return courses


def _altered(rules: Rules, loud: bool, real: bool, natural: Floats | None = None, games: bool = True) -> Rules:
    """Return the rules of a world: with noise or not, curved or not, and what people see in the score."""
    measurement, decision = rules.measurement, rules.decision
    choice: Choice = decision.choice
    if not loud:
        measurement = replace(measurement, rater=0.0)
    if not real:
        straight = (None,) * len(measurement.freedom)
        measurement = replace(measurement, freedom=straight, saturation=straight)
        if isinstance(choice, WaterFilling):
            choice = Unbounded(cost=choice.cost, rivalry=choice.rivalry)
    decision = replace(decision, choice=choice)
    if natural is not None or not games:
        kept = {f.name: getattr(decision, f.name) for f in fields(decision)}
        decision = Otherwise(**kept, honest=1 - rules.gaming, natural=natural, games=games)
    return replace(rules, measurement=measurement, decision=decision)
