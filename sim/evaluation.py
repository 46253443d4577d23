"""How people are evaluated: signals → scores, review by review.

    signal_im = S_m(Σ_k G_mk·shown_ik) − blame_m·n_i + σ_m·(1 + o'a_i)·ε_im + common_m·ε_m
    shown     = skill·craft·effort;  n_i: incidents put down to member i, see `blame`
    S_m(x)    = s·(1 − exp(−x/s)) where x > 0 and the signal saturates, else x;  lagged: x of weeks ago
    score_i   = Σ_t ω_t·Σ_m w_m·signal_imt,  Σ_t ω_t = 1 over the R weeks of the window
    score_i   = … + attribution·‖r‖·ε_i + rater·‖r‖·ζ_i + tenure       at the review: whose work was it, who rates?
    noise of a score: own √(w'Σw·Σω² + (attribution² + rater²)·‖r‖²), r = G'w of what sets members apart;
    noise of team signals and common shocks is common, and no comparison feels it

A shared signal is the team's mean. Rewards are per week of the window and paid, R-fold, at the
review; where the rule has a target, the score counts from there. An audit finds gaming g with
probability p·(false positives + (1 − both errors)·(1 − exp(−g/sensitivity))) and takes a penalty.
Where the score does not count yet, chance decides who rises and who goes, in the same numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from scipy.special import ndtr, stdtrit

from sim.activities import Label
from sim.arrays import Floats, Ints, average, weighed
from sim.errors import InvalidInput, unknown
from sim.perception import Audit, Stakes
from sim.rewards.base import RewardRule
from sim.rewards.layoff import Layoff
from sim.rewards.target import Target
from sim.rewards.tournament import Tournament


@dataclass(frozen=True, kw_only=True)
class Review:
    """The rhythm of evaluation.

    Parameters
    ----------
    weeks : int
        R, weeks between reviews, at least 1.
    recency : float
        How much more each later week of the window counts than the one before, in [0, 1]: ω_t ∝ (1 + recency)^t.
    patience : float
        δ, what a reward a week later is worth today, in (0, 1].
    hours : float
        Time that each member takes of the manager, and of whoever else judges [hours per review], at least 0. It is
        reported, and moves nothing.
    """

    weeks: int
    recency: float
    patience: float
    hours: float

    def __post_init__(self) -> None:
        if self.weeks < 1:
            raise InvalidInput("weeks", self.weeks, "at least 1")
        if not 0 <= self.recency <= 1:
            raise InvalidInput("recency", self.recency, "between 0 and 1")
        if not 0 < self.patience <= 1:
            raise InvalidInput("patience", self.patience, "above 0 and at most 1")
        if self.hours < 0:
            raise InvalidInput("hours", self.hours, "at least 0")

    @cached_property
    def shares(self) -> Floats:
        """ω, what each week of the window counts for: (R,), summing to 1."""
        raw = (1 + self.recency) ** np.arange(self.weeks)
        return np.asarray(raw / raw.sum())

    def timing(self, week: int) -> float:
        """R·ω_t·δ^(weeks to the review): how much of a lasting change of the score the week of a scheme decides."""
        place = week % self.weeks
        return float(self.weeks * self.shares[place] * self.patience ** (self.weeks - 1 - place))

    def due(self, week: int) -> bool:
        """Whether a review closes the week."""
        return (week + 1) % self.weeks == 0


@dataclass(frozen=True, kw_only=True)
class Halo:
    """What leaks into a score that has nothing to do with the work.

    Parameters
    ----------
    liking : float
        Weight of being liked for each unit of weight on subjective signals, at least 0.
    tenure : float
        What each year in the team adds to a score, up to five [points], at least 0.
    """

    liking: float
    tenure: float

    def __post_init__(self) -> None:
        for key in ("liking", "tenure"):
            if getattr(self, key) < 0:
                raise InvalidInput(key, getattr(self, key), "at least 0")


@dataclass(frozen=True, kw_only=True)
class Rotation:
    """A yardstick that changes so that nobody learns to game it.

    Parameters
    ----------
    every : int
        Reviews until the next one, at least 1.
    among : tuple of str
        Signals that take turns, each alone.
    """

    every: int
    among: tuple[str, ...]

    def __post_init__(self) -> None:
        if self.every < 1:
            raise InvalidInput("every", self.every, "at least 1")
        if not self.among:
            raise InvalidInput("among", "[]", "a list of at least one signal")


@dataclass(frozen=True, kw_only=True)
class Change:
    """What a scheme says from some week on.

    Parameters
    ----------
    week : int
        Weeks after the scheme begins to count, at least 1.
    set : mapping of str to Any
        Keys of the scheme, dotted, and their values from then on.
    """

    week: int
    set: Mapping[str, Any]

    def __post_init__(self) -> None:
        if self.week < 1:
            raise InvalidInput("week", self.week, "at least 1")


UNITS = ("team", "department", "division")


@dataclass(frozen=True, kw_only=True)
class Scheme:
    """One evaluation scheme.

    Parameters
    ----------
    label : Label
    benchmark : bool
        Whether it is a line to compare with rather than something one could introduce.
    weights : mapping of str to float
        w, what a point of each signal counts for.
    silos : mapping of str to mapping of str to float, or None
        Weights for people of a role, in place of `weights`; None: all are evaluated alike.
    shared_by : str
        Whose mean shared signals are: `team`, `department` (all teams whose bosses have one boss) or `division` (one
        step further up).
    announced : mapping of str to float, or None
        Weights as told to the members; None: as they are.
    secret : bool
        Whether nothing is told: members go by folklore alone.
    standardise : bool
        Whether each signal is divided by its standard deviation in the reference team.
    power : str
        `equal`: weights are scaled so that ‖G'w‖ = ‖f‖; `as_given`.
    strength : float
        Factor on the incentive of every channel that runs through the score.
    pay, promotion : RewardRule or None
    layoff : Layoff or None
        What the score brings.
    review : Review
    rivals : str
        How contests are solved, `exact` or `crowd`.
    exact_up_to : int
        Largest team whose contests are solved exactly.
    attribution : float
        Noise of each review about whose work it was: as much score as so many weeks of effort per week bring
        where they count most, at least 0.
    rater : float
        The same for what a rater thinks of a person whatever the work, review after review, at least 0.
    halo : Halo
    audit : Audit or None
    rotation : Rotation or None
    changes : tuple of Change
    correlation : nested tuples or None
        Correlation of the noise of the weighed signals, in their order; None: independent.
    allow_negative : bool
        Whether a strength below 0 is meant: only where theory asks for it.
    """

    label: Label
    benchmark: bool
    weights: Mapping[str, float]
    silos: Mapping[str, Mapping[str, float]] | None
    shared_by: str
    announced: Mapping[str, float] | None
    secret: bool
    standardise: bool
    power: str
    strength: float
    pay: RewardRule | None
    promotion: RewardRule | None
    layoff: Layoff | None
    review: Review
    rivals: str
    exact_up_to: int
    attribution: float
    rater: float
    halo: Halo
    audit: Audit | None
    rotation: Rotation | None
    changes: tuple[Change, ...]
    correlation: tuple[tuple[float, ...], ...] | None
    allow_negative: bool

    def __post_init__(self) -> None:
        if self.shared_by not in UNITS:
            raise unknown("shared_by", self.shared_by, UNITS)
        if self.power not in ("equal", "as_given"):
            raise unknown("power", self.power, ["equal", "as_given"])
        if self.strength < 0 and not self.allow_negative:
            raise InvalidInput("strength", self.strength, "at least 0")
        if self.rivals not in ("exact", "crowd"):
            raise unknown("rivals", self.rivals, ["exact", "crowd"])
        for key in ("attribution", "rater"):
            if getattr(self, key) < 0:
                raise InvalidInput(key, getattr(self, key), "at least 0")
        if self.exact_up_to < 2:
            raise InvalidInput("exact_up_to", self.exact_up_to, "at least 2")
        if self.secret and self.announced is not None:
            raise InvalidInput("secret", True, "false where weights are announced")
        if self.promotion is not None and not isinstance(self.promotion, Tournament):
            raise InvalidInput("promotion.kind", _kind(self.promotion), "tournament, a contest for prizes, or null")


def _kind(rule: RewardRule) -> str:
    return type(rule).__module__.rpartition(".")[2]


@dataclass(frozen=True, kw_only=True)
class Measurement:
    """How signals are made and counted, as arrays.

    Parameters
    ----------
    weight : (signal,) or (signal, runs, 1)
        w, strength left out; one for each team where bosses set it.
    loading : (signal, activity)
        G, standardised if the scheme says so.
    sd, common : (signal,)
        Noise of a week: the own, and the shock that hits all.
    freedom : tuple of float or None, per signal
        Degrees of freedom of heavy-tailed noise.
    shared : tuple of bool, per signal
    lag : tuple of int, per signal
    saturation : tuple of float or None, per signal
    blame : (signal,)
        What each incident takes off.
    mix : (signal, signal) or None
        Lower Cholesky factor of the correlation of noise.
    teams : int
        How many teams' mean a shared signal is, at least 1.
    pool : (runs,) or None
        Number of the unit that each team belongs to, where there are several; None: each is its own.
    blur, rater : float or (runs, 1)
        Standard deviation of what a review, and a rater at all reviews, add to a score [points].
    tenure : float
        What each year in the team adds to a score [points].
    """

    weight: Floats
    loading: Floats
    sd: Floats
    common: Floats
    freedom: tuple[float | None, ...]
    shared: tuple[bool, ...]
    lag: tuple[int, ...]
    saturation: tuple[float | None, ...]
    blame: Floats
    mix: Floats | None
    blur: float | Floats
    rater: float | Floats
    tenure: float
    teams: int = 1
    pool: Ints | None = None

    def pooled(self, value: Floats) -> Floats:
        """Return the mean over everybody's unit: (runs, members) to (runs, 1)."""
        mean = average(value)
        if self.pool is None:
            return mean[:, None]
        sums, size = np.bincount(self.pool, weights=mean), np.bincount(self.pool)
        return np.asarray((sums / size)[self.pool, None])

    def shared_luck(self, own: Floats) -> Floats:
        """Return the luck of the first seat of everybody's unit: (runs, members) to (runs, 1)."""
        return own[:, :1] if self.pool is None else own[self._first, :1]

    @cached_property
    def _first(self) -> Ints:
        """The first team of everybody's unit: (runs,)."""
        assert self.pool is not None
        first = np.unique(self.pool, return_index=True)[1]
        return np.asarray(first[self.pool])

    @cached_property
    def counts(self) -> tuple[bool, ...]:
        """Whether each signal counts, for anybody."""
        return tuple(bool(np.any(w)) for w in self.weight)

    @cached_property
    def bends(self) -> bool:
        """Whether a signal that counts saturates."""
        return any(s is not None and c for s, c in zip(self.saturation, self.counts, strict=True))

    @cached_property
    def blames(self) -> bool:
        """Whether incidents take something off a signal that counts."""
        return any(b and c for b, c in zip(self.blame, self.counts, strict=True))

    @cached_property
    def pools(self) -> bool:
        """Whether a signal that counts is the team's."""
        return any(s and c for s, c in zip(self.shared, self.counts, strict=True))

    @cached_property
    def of_members(self) -> Measurement:
        """The same without signals of the team: what sets members apart."""
        own = np.array([not shared for shared in self.shared]).reshape(-1, *[1] * (self.weight.ndim - 1))
        return replace(self, weight=self.weight * own)

    def variance(self, own: bool = False) -> Floats:
        """Variance of the score of one week: all of it, or what is each member's own: () or (runs, 1) [points²]."""
        weight = self.of_members.weight if own else self.weight
        each = weight * self.sd.reshape(-1, *[1] * (weight.ndim - 1))
        mixed = each if self.mix is None else np.stack([weighed(row, each) for row in self.mix.T])
        result = weighed(mixed, mixed) if len(mixed) else np.zeros(weight.shape[1:])
        if own or not len(weight):
            return np.asarray(result)
        both = weight * self.common.reshape(-1, *[1] * (weight.ndim - 1))
        return np.asarray(result + weighed(both, both))

    def variance_of(self, review: Review, own: bool = False) -> Floats:
        """Variance of the score of a review about its expectation: all of it, or each member's own: () or (runs, 1)."""
        shares = review.shares
        weekly = self.variance(own) * float(np.cumsum(shares * shares)[-1])
        return np.asarray(weekly + self.blur**2 + self.rater**2)


def shows(x: Floats, most: float | None) -> Floats:
    """Return S(x), what of the work is seen."""
    return x if most is None else np.where(x > 0, -most * np.expm1(-np.maximum(x, 0) / most), x)


def bent(measurement: Measurement, shown: Floats) -> tuple[Floats, Floats]:
    """Return what saturation takes from the expected score, and from the slope of each activity in it.

    Parameters
    ----------
    shown : (activity, runs, members)

    Returns
    -------
    gap : (runs, members)
    slope : (activity, runs, members)
        Per unit of work shown.
    """
    gap, slope = np.zeros(shown.shape[1:]), np.zeros(shown.shape)
    members = shown.shape[-1]
    for m, most in enumerate(measurement.saturation):
        weight = measurement.weight[m] / (members * measurement.teams if measurement.shared[m] else 1)
        if most is not None and measurement.counts[m]:
            x = weighed(measurement.loading[m], shown)
            gap += weight * (shows(x, most) - x)
            less = weight * np.expm1(-np.maximum(x, 0) / most)
            slope += less * measurement.loading[m][:, None, None]
    return gap, slope


def by_others(measurement: Measurement, shown: Floats) -> Floats:
    """Return what the others' work adds to one's own expected score through the team's signals: (runs, members)."""
    result, members = np.zeros(shown.shape[1:]), shown.shape[-1]
    for m, shared in enumerate(measurement.shared):
        if shared and measurement.counts[m]:
            value = shows(weighed(measurement.loading[m], shown), measurement.saturation[m])
            result += measurement.weight[m] * (measurement.pooled(value) - value / (members * measurement.teams))
    return result


def heavy(z: Floats, freedom: float) -> Floats:
    """Turn standard normal numbers into Student's t of variance 1, quantile by quantile."""
    tail = stdtrit(freedom, ndtr(-np.abs(z)))
    return np.asarray(-np.sign(z) * tail / np.sqrt(freedom / (freedom - 2)))


def observe(
    measurement: Measurement,
    shown: Floats,
    noise: Floats,
    shock: Floats | None = None,
    haze: Floats | None = None,
    trail: tuple[Floats, ...] = (),
    faults: Floats | None = None,
) -> tuple[Floats, tuple[Floats, ...]]:
    """Return the signals of a week.

    Parameters
    ----------
    shown : (activity, runs, members)
        Skill∘effort, gaming times its craft.
    noise : (signal, runs, members)
        Standard normal.
    shock : (signal, runs, members) or None
        Standard normal; the first seat's hits all. None: no common shocks.
    haze : (runs, members) or None
        Factor on the noise of members' own signals.
    trail : tuple of (lag, runs, members), one per signal that lags
        What is still to be seen, the oldest first.
    faults : (runs, members) or None
        Incidents put down to each member; None: none are to anybody.

    Returns
    -------
    signals : (signal, runs, members)
    trail : the same, a week later
    """
    signals, later = np.empty(noise.shape), list(trail)
    waiting = iter(range(len(trail)))
    for m, loading in enumerate(measurement.loading):
        own = noise[m] if measurement.mix is None else weighed(measurement.mix[m], noise)
        freedom = measurement.freedom[m]
        if freedom is not None:
            own = heavy(own, freedom)
        value = shows(weighed(loading, shown), measurement.saturation[m])
        if faults is not None and measurement.blame[m]:
            value = value - measurement.blame[m] * faults
        if measurement.lag[m]:
            i = next(waiting)
            later[i] = np.concatenate([trail[i][1:], value[None]])
            value = trail[i][0]
        if measurement.shared[m]:
            value, own = np.broadcast_to(measurement.pooled(value), value.shape), measurement.shared_luck(own)
        elif haze is not None:
            own = own * haze
        signals[m] = value + measurement.sd[m] * own
        if shock is not None and measurement.common[m]:
            signals[m] += measurement.common[m] * shock[m][:, :1]
    return signals, tuple(later)


def trail_of(measurement: Measurement, shown: Floats) -> tuple[Floats, ...]:
    """Return what is still to be seen when work has always been `shown` (activity, runs, members)."""
    values = (
        (lag, shows(weighed(measurement.loading[m], shown), measurement.saturation[m]))
        for m, lag in enumerate(measurement.lag)
    )
    return tuple(np.repeat(value[None], lag, axis=0) for lag, value in values if lag)


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What a review says and brings.

    Parameters
    ----------
    score, contribution : (runs, members)
        Score of the window · true contribution f'(skill∘a)·P of the window.
    reward : (runs, members)
        All that is paid at the review [utility].
    promoted, laid_off : (runs, members)
        Share of a place got.
    caught : (runs, members)
        1 for those an audit says have gamed.
    target : (runs, members) or None
        What the next score is counted from.
    """

    score: Floats
    contribution: Floats
    reward: Floats
    promoted: Floats
    laid_off: Floats
    caught: Floats
    target: Floats | None


def judge(
    stakes: Stakes,
    review: Review,
    score: Floats,
    contribution: Floats,
    luck: Floats,
    lot: Floats | None = None,
    tied: bool = False,
    inspected: tuple[Floats, Floats] | None = None,
    target: Floats | None = None,
) -> Verdict:
    """Hold a review.

    Parameters
    ----------
    score, contribution : (runs, members)
    luck : (consequence, runs, members)
        Uniform; pay, promotion and layoff in turn.
    lot : (consequence, runs, members) or None
        Uniform; who rises and who goes where the score does not count.
    tied : bool
        Whether the score sets nobody apart, so that contests are drawn by lot.
    inspected : two of (runs, members), or None
        Gaming in the window [week per week], and a uniform number; None: nobody audits.
    target : (runs, members) or None
        What a score is counted from, where the rule of pay has a target.
    """
    nothing = np.zeros(score.shape)
    per_week, got = nothing, [nothing, nothing]
    for i, rule in enumerate((stakes.pay, stakes.promotion, stakes.layoff)):
        if rule is None:
            continue
        counted = score - target if i == 0 and target is not None else score
        if lot is not None and (stakes.by_lot or (tied and rule.contests(score.shape[-1]))):
            counted = lot[i]
        if i:
            got[i - 1] = rule.chosen(counted, luck[i])
        if not stakes.by_lot:
            per_week = per_week + stakes.strength * rule.reward(counted, luck[i])
    caught = nothing
    if stakes.audit is not None and inspected is not None:
        caught = (inspected[1] < stakes.audit.chance(inspected[0])).astype(np.float64)
        per_week = per_week - stakes.audit.penalty * caught
    return Verdict(
        score=score,
        contribution=contribution,
        reward=review.weeks * per_week,
        promoted=got[0],
        laid_off=got[1],
        caught=caught,
        target=stakes.pay.moved(target, score) if isinstance(stakes.pay, Target) and target is not None else target,
    )
