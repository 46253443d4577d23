"""How people are evaluated: signals → scores, review by review.

    signal_im = Σ_k G_mk·skill_i·a_ik + σ_m·ε_im        (shared: the team's mean)
    score_i   = Σ_t ω_t·Σ_m w_m·signal_imt,  Σ_t ω_t = 1 over the R weeks of the window
    score_i   = … + attribution·‖r‖·ε_i                 at the review: whose work was it?
    noise of a score: √(w'Σw·Σω² + (attribution·‖r‖)²),  r = G'w

Rewards are per week of the window and paid, R-fold, at the review.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sim.activities import Label
from sim.arrays import Floats, average, weighed
from sim.errors import InvalidInput, unknown
from sim.perception import Stakes
from sim.rewards.base import RewardRule
from sim.rewards.layoff import Layoff


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
    """

    weeks: int
    recency: float
    patience: float

    def __post_init__(self) -> None:
        if self.weeks < 1:
            raise InvalidInput("weeks", self.weeks, "at least 1")
        if not 0 <= self.recency <= 1:
            raise InvalidInput("recency", self.recency, "between 0 and 1")
        if not 0 < self.patience <= 1:
            raise InvalidInput("patience", self.patience, "above 0 and at most 1")

    @cached_property
    def shares(self) -> Floats:
        """ω, what each week of the window counts for: (R,), summing to 1."""
        raw = (1 + self.recency) ** np.arange(self.weeks)
        return np.asarray(raw / raw.sum())

    def timing(self, week: int) -> float:
        """R·ω_t·δ^(weeks to the review): how much of a lasting change of the score this week decides."""
        place = week % self.weeks
        return float(self.weeks * self.shares[place] * self.patience ** (self.weeks - 1 - place))

    def due(self, week: int) -> bool:
        """Whether a review closes the week."""
        return (week + 1) % self.weeks == 0


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
    announced : mapping of str to float, or None
        Weights as told to the members; None: as they are.
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
    correlation : nested tuples or None
        Correlation of the noise of the weighed signals, in their order; None: independent.
    allow_negative : bool
        Whether a strength below 0 is meant: only where theory asks for it.
    """

    label: Label
    benchmark: bool
    weights: Mapping[str, float]
    announced: Mapping[str, float] | None
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
    correlation: tuple[tuple[float, ...], ...] | None
    allow_negative: bool

    def __post_init__(self) -> None:
        if self.power not in ("equal", "as_given"):
            raise unknown("power", self.power, ["equal", "as_given"])
        if self.strength < 0 and not self.allow_negative:
            raise InvalidInput("strength", self.strength, "at least 0")
        if self.rivals not in ("exact", "crowd"):
            raise unknown("rivals", self.rivals, ["exact", "crowd"])
        if self.attribution < 0:
            raise InvalidInput("attribution", self.attribution, "at least 0")
        if self.exact_up_to < 2:
            raise InvalidInput("exact_up_to", self.exact_up_to, "at least 2")
        if self.promotion is not None and (not self.promotion.contests(2) or isinstance(self.promotion, Layoff)):
            raise InvalidInput(
                "promotion.kind", _kind(self.promotion), "a contest for prizes, such as tournament, or null"
            )


def _kind(rule: RewardRule) -> str:
    return type(rule).__module__.rpartition(".")[2]


@dataclass(frozen=True, kw_only=True)
class Measurement:
    """How signals are made and counted, as arrays.

    Parameters
    ----------
    weight : (signal,)
        w, strength left out.
    loading : (signal, activity)
        G, standardised if the scheme says so.
    sd : (signal,)
        Noise of a week.
    shared : tuple of bool, per signal
    mix : (signal, signal) or None
        Lower Cholesky factor of the correlation of noise.
    blur : float
        Standard deviation of what a review adds to a score [points].
    """

    weight: Floats
    loading: Floats
    sd: Floats
    shared: tuple[bool, ...]
    mix: Floats | None
    blur: float

    def variance(self) -> float:
        """w'Σw, variance of the score of one week."""
        each = self.weight * self.sd
        if self.mix is None:
            return float(np.cumsum(each * each)[-1]) if len(each) else 0.0
        return float(each @ (self.mix @ self.mix.T) @ each)

    def variance_of(self, review: Review) -> float:
        """Variance of the score of a review about its expectation [points²]."""
        shares = review.shares
        return self.variance() * float(np.cumsum(shares * shares)[-1]) + self.blur**2


def observe(measurement: Measurement, able: Floats, noise: Floats) -> Floats:
    """Return the signals of a week.

    Parameters
    ----------
    able : (activity, runs, members)
        Skill∘effort.
    noise : (signal, runs, members)
        Standard normal.

    Returns
    -------
    (signal, runs, members)
    """
    signals = np.empty(noise.shape)
    for m, loading in enumerate(measurement.loading):
        shock = noise[m] if measurement.mix is None else weighed(measurement.mix[m], noise)
        value = weighed(loading, able)
        if measurement.shared[m]:
            value, shock = np.broadcast_to(average(value)[:, None], value.shape), shock[:, :1]
        signals[m] = value + measurement.sd[m] * shock
    return signals


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
    """

    score: Floats
    contribution: Floats
    reward: Floats
    promoted: Floats
    laid_off: Floats


def judge(stakes: Stakes, review: Review, score: Floats, contribution: Floats, luck: Floats) -> Verdict:
    """Hold a review.

    Parameters
    ----------
    score, contribution : (runs, members)
    luck : (consequence, runs, members)
        Uniform; pay, promotion and layoff in turn.
    """
    nothing = np.zeros(score.shape)
    per_week, got = nothing, [nothing, nothing]
    for i, rule in enumerate((stakes.pay, stakes.promotion, stakes.layoff)):
        if rule is not None:
            per_week = per_week + stakes.strength * rule.reward(score, luck[i])
            if i:
                got[i - 1] = rule.chosen(score, luck[i])
    return Verdict(
        score=score,
        contribution=contribution,
        reward=review.weeks * per_week,
        promoted=got[0],
        laid_off=got[1],
    )
