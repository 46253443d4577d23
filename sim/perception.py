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

from sim.arrays import Floats, average, weighed
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
    """

    pay: RewardRule | None
    promotion: RewardRule | None
    layoff: Layoff | None
    loss: float
    contest: Contest
    strength: float


@dataclass(frozen=True, kw_only=True)
class Known:
    """What the members of a team know when they decide about a week.

    Parameters
    ----------
    activities : tuple of str
        Names, in the order of the arrays.
    week : int
    effort : (activity, runs, members)
        Own effort of last week [week].
    habit : (activity, runs, members)
        Effort when nothing is rewarded, a0 [week].
    skill : (runs, members)
    slope : (activity, runs, members)
        r̃, what a unit of effort is believed to add to the own score.
    worth : (activity, runs, members)
        What a unit of own effort is believed to be worth, skill included.
    field : (runs, members) or (runs, 1)
        Expected score of every member, as rivals see it.
    observed : mapping of str to (activity,)
        Standardised loadings of the signals that motives ask for.
    stakes : Stakes
    timing : float
        R·ω_t·δ^(weeks to the review): how much of a lasting change of the score this week decides.
    explore : (activity, runs, members)
        Standard normal; no activity where nobody experiments.
    """

    activities: tuple[str, ...]
    week: int
    effort: Floats
    habit: Floats
    skill: Floats
    slope: Floats
    worth: Floats
    field: Floats
    observed: Mapping[str, Floats]
    stakes: Stakes
    timing: float
    explore: Floats

    @property
    def pressure(self) -> float:
        """Factor on every incentive that runs through the score, this week."""
        return self.stakes.strength * self.timing

    @cached_property
    def score(self) -> Floats:
        """Own expected score if effort stays what it was: (runs, members)."""
        return weighed(self.slope, self.effort)

    def score_after(self, effort: Floats) -> Floats:
        """Own expected score at the review after a week of `effort`, the rest as before, as it is felt."""
        return self.score + self.pressure * (weighed(self.slope, effort) - self.score)

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
