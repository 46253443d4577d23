"""What members know and believe when a week begins.

    r̃_ik = skill_i · Σ_m w̃_m·(1 + e_imk)·G_mk      what a unit of effort is believed to add to the own score
    ŝ_i  = Σ_k r̃_ik·a_ik                            the score that one's effort of last week leads to

Beliefs are `perfect` (w̃ = w, e = 0, each rival's expected score is known), `announced` (w̃ = the
weights as announced, e = 0) or with `fixed_error` (announced, and e drawn once for a run; what is
believed to bring nothing is never suspected to bring something). Whose beliefs are not perfect
knows of the rivals the team's mean score alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sim.arrays import Floats, average, total, weighed
from sim.contest import Contest
from sim.errors import InvalidInput, unknown
from sim.rewards.base import RewardRule
from sim.rewards.layoff import Layoff


@dataclass(frozen=True, kw_only=True)
class Beliefs:
    """How members see the scheme.

    Parameters
    ----------
    rationality : str
        `perfect`, `announced` or `fixed_error`.
    error : float
        Standard deviation of the relative error about what each activity adds to each signal,
        at least 0; used by `fixed_error`.
    """

    rationality: str
    error: float

    def __post_init__(self) -> None:
        if self.rationality not in ("perfect", "announced", "fixed_error"):
            raise unknown("rationality", self.rationality, ["perfect", "announced", "fixed_error"])
        if self.error < 0:
            raise InvalidInput("error", self.error, "at least 0")


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
    """

    pay: RewardRule | None
    promotion: RewardRule | None
    layoff: Layoff | None
    loss: float
    contest: Contest
    strength: float
    by_lot: bool


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
    """

    activities: tuple[str, ...]
    names: tuple[str, ...]
    week: int
    effort: Floats
    habit: Floats
    skill: Floats
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
        """What a unit of effort is believed to add to that: (activity, runs, members)."""
        return self.apart if rule.compares else self.slope

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


def field_of(effort: Floats, skill: Floats, slope: Floats, told: Floats, beliefs: Beliefs) -> Floats:
    """Return what is believed of everyone's expected score at last week's effort.

    Parameters
    ----------
    effort, slope : (activity, runs, members)
    skill : (runs, members)
    told : (activity,)
        What a unit of effort at skill 1 adds to a score by the weights that people were told.

    Returns
    -------
    (runs, members) for perfect beliefs, else the team's mean, (runs, 1).
    """
    if beliefs.rationality == "perfect":
        return weighed(slope, effort)
    return average(weighed(told, effort) * skill)[:, None]
