"""What moves from week to week, and how it begins.

skill_i = exp(sd·z_i − sd²/2)                  mean 1, unless given
a0_ik = a0_k·exp(sd·z_ik − sd²/2)              the habitual week
r̃_ik = skill_i·Σ_m w̃_m·G_mk·(1 + e_imk)       what effort is believed to add to the own score
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.arrays import Floats
from sim.draws import Draws
from sim.project import Stocks, begin
from sim.rules import Rules


@dataclass(frozen=True, kw_only=True)
class People:
    """Who they are: drawn once for a run.

    Parameters
    ----------
    skill : (runs, members)
    habit : (activity, runs, members)
        [week]
    slope : (activity, runs, members)
        r̃, score per effort as believed.
    """

    skill: Floats
    habit: Floats
    slope: Floats


@dataclass(frozen=True, kw_only=True)
class State:
    """Everything that moves.

    Parameters
    ----------
    week : int
        Weeks that have passed.
    people : People
    effort : (activity, runs, members)
        Effort of last week [week].
    score, contribution : (runs, members)
        What the review window has brought so far.
    stocks : Stocks or None
    """

    week: int
    people: People
    effort: Floats
    score: Floats
    contribution: Floats
    stocks: Stocks | None


def initial(rules: Rules, draws: Draws) -> State:
    """Return the state before the first week."""
    runs, members = len(draws.runs), rules.members
    shape = (len(rules.activities), runs, members)
    skill = _lognormal(draws.once("skill"), rules.skill_sd) if rules.skill_sd else np.ones((runs, members))
    skill = np.where(np.isnan(rules.skill), skill, rules.skill)
    habit = np.empty(shape)
    for k, name in enumerate(rules.activities):
        spread = _lognormal(draws.once(f"habit:{name}"), rules.habit_sd) if rules.habit_sd else 1.0
        habit[k] = rules.habit[k] * spread
    people = People(skill=skill, habit=habit, slope=_believed(rules, draws, skill))
    conduct = rules.decision.conduct
    if conduct.initial is None:
        idle = np.zeros(shape) - rules.decision.distaste[:, None, None]
        effort = rules.decision.choice.respond(idle, habit)
    else:
        start = np.array([conduct.initial.get(k, 0.0) for k in rules.activities])
        effort = np.broadcast_to(start[:, None, None], shape)
    stocks = None if rules.project is None else begin(rules.project, runs, members)
    nothing = np.zeros((runs, members))
    return State(week=0, people=people, effort=effort, score=nothing, contribution=nothing, stocks=stocks)


def _lognormal(z: Floats, sd: float) -> Floats:
    return np.exp(sd * z - 0.5 * sd * sd)


def _believed(rules: Rules, draws: Draws, skill: Floats) -> Floats:
    """Return r̃ (activity, runs, members)."""
    wrong = rules.beliefs.rationality == "fixed_error" and rules.beliefs.error > 0
    slope = np.zeros((len(rules.activities), *skill.shape))
    for m, signal in enumerate(rules.signals):
        for k, activity in enumerate(rules.activities):
            each = rules.believed[m, k]
            if wrong and each:
                slope[k] += each * (1 + rules.beliefs.error * draws.once(f"belief:{signal}:{activity}"))
            elif each:
                slope[k] += each
    return slope * skill
