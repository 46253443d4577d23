"""What the choices of a class lead to: one batch of the week for each company, by the same people and the same luck.

A seat is (company, team, place): companies are lived under different words of the same scenario, teams are runs of it,
places are its members. Who has a seat and chose does that, all weeks of the round; wherever nobody chose, the stock
member of the seat decides. Nothing is carried on from round to round: everything is lived anew from the first week, so
that the numbers of a round follow from the choices alone.

    effort = tokens/10                       [week]
    points = 100·score/w'G·a0                100: what the habitual week of somebody of skill 1 scores
    use    = 100·contribution/f'a0           the same of what it is worth
    own    = mean over weeks of Σ_c ω_c·u_c(a) − cost(a)       what the member got out of it [utility per week]
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from sim.arrays import Floats, Ints, average, weighed
from sim.decision import Given
from sim.draws import Draws
from sim.engine import weeks
from sim.errors import ModelWarning
from sim.evaluation import shows
from sim.record import Week
from sim.results import kept
from sim.rules import Rules, plan_of
from sim.scenario import Scenario
from sim.signals import Signal

TOKENS = 10  # of a week
LEAST = 1e-9  # what is less is nothing


@dataclass(frozen=True, kw_only=True)
class Lived:
    """What became of a company, round by round; NaN in `score` and `validity` where a round had no review.

    Parameters
    ----------
    effort : (rounds, activity, teams, members) [week]
    score, contribution, reward, own, promoted, laid_off : (rounds, teams, members)
        Points · points of use · all that was paid, per week · what the member got out of it, per week [utility] ·
        share of a place got.
    signals : (rounds, signal, teams, members)
        As they would show without noise.
    worth, debt, validity : (rounds, teams)
        Of the whole team: worth per person-week [weeks of core work] · technical debt per member at the end of the
        round [weeks of work] · rank correlation of score and contribution, in [-1, 1].
    knowledge : (rounds, teams)
        Mean share of what there is to know that a member knows.
    """

    effort: Floats
    score: Floats
    contribution: Floats
    reward: Floats
    own: Floats
    promoted: Floats
    laid_off: Floats
    signals: Floats
    worth: Floats
    debt: Floats
    validity: Floats
    knowledge: Floats


def lived(scenario: Scenario, draws: Draws, tokens: Floats, weeks_each: int, signals: Sequence[str] = ()) -> Lived:
    """Live the rounds that have been chosen for.

    Parameters
    ----------
    scenario : Scenario
    draws : Draws
        The luck of the teams: runs of the scenario's team.
    tokens : (rounds, activity, teams, members)
        Tokens of a week; NaN wherever the stock member decides.
    weeks_each : int
        Weeks of a round.
    signals : sequence of str
        What else is recorded, whether it counts or not.
    """
    seen = [scenario.signals[name] for name in signals]
    plan = given(scenario, tokens, weeks_each)
    rounds: list[_Round] = []
    passing = weeks(plan, draws)
    for _ in range(len(tokens)):
        rounds.append(_round([next(passing) for _ in range(weeks_each)], seen))
    return Lived(**{name: np.stack([r[name] for r in rounds]) for name in rounds[0]})


def given(scenario: Scenario, tokens: Floats, weeks_each: int) -> list[Rules]:
    """Return the rules of a scenario in which some do what they chose: tokens as in `lived`."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ModelWarning)
        plan = plan_of(scenario)
    effort = Given(effort=np.repeat(tokens / TOKENS, weeks_each, axis=0), since=0)
    return [replace(rules, decision=replace(rules.decision, given=effort)) for rules in plan]


_Round = dict[str, Floats]


def _round(passed: Sequence[Week], seen: Sequence[Signal]) -> _Round:
    """Gather the weeks of a round."""
    last, n = passed[-1], len(passed)
    review = next((w for w in reversed(passed) if w.verdict is not None), None)
    verdict, per_team = None if review is None else review.verdict, np.full(len(last.worth), np.nan)
    said, judged = kept(last), {} if review is None else kept(review)
    score, worth = usual(last.rules) or 1.0, float(last.rules.worth @ last.rules.habit)
    nothing = np.full(last.worth.shape, np.nan)
    return {
        "effort": np.mean([w.effort for w in passed], axis=0),
        "score": nothing if verdict is None else 100 * verdict.score / score,
        "contribution": 100 * np.mean([w.gain * w.pace[:, None] for w in passed], axis=0) / worth,
        "reward": np.zeros(nothing.shape) if verdict is None else verdict.reward / n,
        "own": np.mean([utility(w) for w in passed], axis=0),
        "promoted": np.zeros(nothing.shape) if verdict is None else verdict.promoted,
        "laid_off": np.zeros(nothing.shape) if verdict is None else verdict.laid_off,
        "signals": np.mean([_traces(w, seen) for w in passed], axis=0),
        "worth": np.mean([average(w.worth) for w in passed], axis=0),
        "debt": said.get("debt", per_team),
        "validity": judged.get("validity", per_team),
        "knowledge": said.get("knowledge", per_team),
    }


def _traces(week: Week, seen: Sequence[Signal]) -> Floats:
    """Return what a week leaves in signals: (signal, runs, members)."""
    left = [shows(weighed(s.along(week.rules.activities), week.evident), s.saturation) for s in seen]
    return np.array(left).reshape(len(seen), *week.worth.shape)


def utility(week: Week) -> Floats:
    """Return what each member gets out of a week, by the own motives: (runs, members) [utility]."""
    decision, known = week.rules.decision, week.known
    cost = decision.choice.effort_cost(week.effort, known.habit)
    if not decision.motives:
        return -cost
    felt = np.stack([motive.utility(week.effort, known) for motive in decision.motives.values()])
    weight = decision.weight if decision.weight.ndim == 3 else decision.weight[:, None]
    return np.asarray((weight * felt).sum(axis=0) - cost)


def usual(rules: Rules) -> float | None:
    """Return what the habitual week scores where all of skill 1 spend it, None where that is nothing."""
    if not len(rules.measurement.loading):
        return None
    shown = (rules.measurement.loading * rules.crafty) @ rules.habit
    score = float(rules.measurement.weight.reshape(len(shown), -1).mean(axis=1) @ shown)
    return score if score > LEAST else None


def in_tokens(effort: Floats) -> Ints:
    """Return weeks in tokens, by largest remainders; the first of equals: (rounds, activity, …) both.

    Examples
    --------
    >>> in_tokens(np.array([[0.5, 0.25, 0.08], [2.0, 1.0, 1.0]])).tolist()
    [[6, 3, 1], [5, 3, 2]]
    """
    all_of_it = effort.sum(axis=1, keepdims=True)
    even = np.full_like(effort, 1 / effort.shape[1])
    shares = TOKENS * np.divide(effort, all_of_it, out=even, where=all_of_it > 0)
    tokens = np.floor(shares)
    order = np.argsort(tokens - shares, axis=1, kind="stable")
    place = np.argsort(order, axis=1, kind="stable")
    return np.asarray(tokens + (place < TOKENS - tokens.sum(axis=1, keepdims=True)), dtype=np.int64)
