"""What members know when a week begins, and what hangs on the score.

    ŝ_i = Σ_k r̃_ik·a_ik + what others and saturation give      the score that last week's effort leads to

Comparisons look at the part of it that sets members apart: signals of the whole team are the same
for all. After a week of other effort, the score felt is ŝ + strength·timing·r̃'(a − last week's).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sim.arrays import Bools, Floats, average, lifted, total, weighed
from sim.contest import Contest
from sim.errors import InvalidInput
from sim.politics import edge
from sim.rewards.base import RewardRule
from sim.rewards.layoff import Layoff


@dataclass(frozen=True, kw_only=True)
class Audit:
    """Looking behind the numbers at a review.

    Parameters
    ----------
    probability : float
        Chance that a member is audited, in [0, 1].
    false_positive, false_negative : float
        Chance that an audit accuses somebody who does not game · clears somebody who does nothing else, in [0, 1],
        together at most 1.
    sensitivity : float
        Gaming at which an audit finds 63 % of what it can find [week per week], above 0.
    penalty : float
        What being caught costs [utility per week of the review window], at least 0.
    """

    probability: float
    false_positive: float
    false_negative: float
    sensitivity: float
    penalty: float

    def __post_init__(self) -> None:
        for key in ("probability", "false_positive", "false_negative"):
            if not 0 <= getattr(self, key) <= 1:
                raise InvalidInput(key, getattr(self, key), "between 0 and 1")
        if self.false_positive + self.false_negative > 1:
            raise InvalidInput("false_positive", self.false_positive, "with false_negative at most 1 together")
        if self.sensitivity <= 0:
            raise InvalidInput("sensitivity", self.sensitivity, "above 0")
        if self.penalty < 0:
            raise InvalidInput("penalty", self.penalty, "at least 0")

    def chance(self, gaming: Floats) -> Floats:
        """Probability of being caught: (runs, members) both."""
        found = -np.expm1(-gaming / self.sensitivity)
        power = 1 - self.false_positive - self.false_negative
        return np.asarray(self.probability * (self.false_positive + power * found))

    def slope(self, gaming: Floats) -> Floats:
        """Slope of that in gaming: (runs, members) both."""
        power = 1 - self.false_positive - self.false_negative
        return np.asarray(self.probability * power * np.exp(-gaming / self.sensitivity) / self.sensitivity)


@dataclass(frozen=True, kw_only=True)
class Stakes:
    """What hangs on the score.

    Parameters
    ----------
    pay, promotion : RewardRule or None
    layoff : Layoff or None
    loss : float
        What losing the job costs, for whatever reason [utility per week].
    contest : Contest
        Whom one is compared with, and the noise of a score.
    strength : float
        Factor on the incentive of every channel that runs through the score.
    by_lot : bool
        Whether the score does not count (yet): it is only measured, and chance decides who rises and who goes.
    audit : Audit or None
    """

    pay: RewardRule | None
    promotion: RewardRule | None
    layoff: Layoff | None
    loss: float
    contest: Contest
    strength: float
    by_lot: bool
    audit: Audit | None


@dataclass(frozen=True, kw_only=True)
class Known:
    """What the members of a team know when they decide about a week.

    Parameters
    ----------
    activities, names : tuple of str
        Activities in the order of the arrays · members in the order of their seats.
    week : int
    effort : (activity, runs, members)
        Own effort of last week [week].
    habit : (activity, runs, members)
        Effort when nothing is rewarded, a0 [week].
    skill : (runs, members)
    shows : (activity, runs, members)
        Work that a unit of effort shows: skill, and in gaming the craft.
    slope : (activity, runs, members)
        r̃, what a unit of effort is believed to add to the own score.
    apart : (activity, runs, members)
        The same without signals of the whole team, which set nobody apart; `slope` itself where there are none.
    given, given_apart : (runs, members) or None
        What the expected score holds besides slope · effort, and besides apart · effort; None: nothing.
    worth : (activity, runs, members)
        What a unit of own effort is believed to be worth, skill included.
    field : (runs, members) or (runs, 1)
        Expected score of every member, team signals left out, as rivals see it.
    observed : mapping of str to (activity,)
        Standardised loadings of the signals that motives ask for.
    stakes : Stakes
    timing : float
        R·ω_t·δ^(weeks to the review): how much of a lasting change of the score this week decides.
    explore : (activity, runs, members)
        Standard normal; no activity where nobody experiments.
    objection : (activity, runs, members) or None
        What a unit of effort costs beyond the common cost: distaste and scruples [utility].
    obscures : (activity,) or None
        How much a unit of effort adds to the noise of the own signals, as a share; None: nothing does.
    gaming : (activity,)
        1 for what an audit looks for.
    spares : (activity, runs, members) or None
        Incidents that a unit of effort keeps from being put down to oneself, as expected; None: none are to anybody.
    keeps : (runs, members) or None
        Who goes on as last week whatever that brings; None: nobody.
    sabotages : (activity,) or (activity, runs, 1), or None
        What a unit of effort takes off the rivals' scores together [points]; None: nothing does.
    axed, axed_slope : (runs, 1) and (activity, runs, members), or None
        Chance that the sponsor stops the project by the next review, and what a unit of effort adds to it; None: no
        sponsor.
    culture : (runs, 1) or None
        How far it is the custom to care about the worth of the work, in [0, 1]; None: no culture.
    """

    activities: tuple[str, ...]
    names: tuple[str, ...]
    week: int
    effort: Floats
    habit: Floats
    skill: Floats
    shows: Floats
    slope: Floats
    apart: Floats
    given: Floats | None
    given_apart: Floats | None
    worth: Floats
    field: Floats
    observed: Mapping[str, Floats]
    stakes: Stakes
    timing: float
    explore: Floats
    objection: Floats | None
    obscures: Floats | None
    gaming: Floats
    spares: Floats | None = None
    keeps: Bools | None = None
    sabotages: Floats | None = None
    axed: Floats | None = None
    axed_slope: Floats | None = None
    culture: Floats | None = None

    @property
    def pressure(self) -> float:
        """Factor on every incentive that runs through the score, this week; 0 where the score does not count."""
        return 0.0 if self.stakes.by_lot else self.stakes.strength * self.timing

    @cached_property
    def score(self) -> Floats:
        """Own expected score if effort stays what it was: (runs, members)."""
        own = weighed(self.slope, self.effort)
        return own if self.given is None else own + self.given

    @cached_property
    def standing(self) -> Floats:
        """The same without signals of the whole team: (runs, members)."""
        if self.apart is self.slope and self.given is self.given_apart:
            return self.score
        own = weighed(self.apart, self.effort)
        return own if self.given_apart is None else own + self.given_apart

    @cached_property
    def ahead(self) -> Floats:
        """What a unit of effort adds to the lead over rivals, those who fall behind included: as `apart`."""
        if self.sabotages is None:
            return self.apart
        return self.apart + lifted(edge(self.sabotages, self.effort.shape[-1]))

    @cached_property
    def others(self) -> Floats:
        """Mean effort of the others last week, one's own where there are none: (activity, runs, members)."""
        members = self.effort.shape[-1]
        if members == 1:
            return self.effort
        return (total(self.effort)[..., None] - self.effort) / (members - 1)

    @cached_property
    def team_worth(self) -> Floats:
        """Worth of last week's work per member, as believed: (runs, members)."""
        own = weighed(self.worth, self.effort)
        return np.broadcast_to(average(own)[:, None], own.shape)

    @cached_property
    def haze(self) -> Floats:
        """Factor on the noise of the own signals at last week's effort: (runs, members)."""
        if self.obscures is None:
            return np.ones(self.skill.shape)
        return 1 + weighed(self.obscures, self.effort)

    def score_for(self, rule: RewardRule) -> Floats:
        """Own expected score as far as a rule of reward looks at it: (runs, members)."""
        return self.standing if rule.compares else self.score

    def slope_for(self, rule: RewardRule) -> Floats:
        """What a unit of effort is believed to add to that, or to take off the rivals: (activity, runs, members)."""
        return self.ahead if rule.compares else self.slope

    def score_after(self, effort: Floats, rule: RewardRule) -> Floats:
        """Own expected score at the review after a week of `effort`, the rest as before, as it is felt."""
        return self.score_for(rule) + self.pressure * weighed(self.slope_for(rule), effort - self.effort)

    def hazier(self, effort: Floats) -> Floats:
        """How much more noise a week of `effort` gives the own score, as a share: (runs, members)."""
        if self.obscures is None:
            return np.zeros(self.skill.shape)
        return self.pressure * weighed(self.obscures, effort - self.effort) / self.haze

    def along(self, loadings: Mapping[str, float]) -> Floats:
        """Return loadings by name as an array over activities, 0 for those left out."""
        return np.array([loadings.get(k, 0.0) for k in self.activities])
