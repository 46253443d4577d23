"""The order of the week.

Each week the members of a team perceive what an hour of each activity would bring them, choose, and
work; what they do leaves worth, signals and a changed project; a review turns signals into scores
and scores into rewards. All choose at once, on what they knew at the end of last week.

    m_i = Σ_c ω_ic·∂u_c/∂a          perceived marginal reward of every activity
    a_i = answer of the rule of choice to m_i
    worth_i = P·worth_now'(skill_i·a_i),  signal_i = G(skill_i·a_i) + noise
    score_i = Σ_t ω_t·w'signal_it + blur  rewards at the review

The aligned team is the same people with m turned towards the worth of the work: m ← ‖m‖·f/‖f‖.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sim.arrays import Floats, length, norm, weighed
from sim.decision import Decide
from sim.draws import Draws, WeekDraws
from sim.evaluation import Verdict, judge, observe
from sim.perception import Known, field_of
from sim.project import Stocks, move, productivity
from sim.rules import Rules
from sim.state import State, initial


@dataclass(frozen=True, kw_only=True)
class Week:
    """What a week leaves to be measured.

    Parameters
    ----------
    known : Known
    terms : (channel, activity, runs, members)
    m, effort : (activity, runs, members)
    worth, gain, score : (runs, members)
        Realised worth · f'(skill∘a), later effects included [weeks of core work] · score of the week alone.
    stocks : Stocks or None
        At the end of the week.
    verdict : Verdict or None
        In review weeks.
    """

    known: Known
    terms: Floats
    m: Floats
    effort: Floats
    worth: Floats
    gain: Floats
    score: Floats
    stocks: Stocks | None
    verdict: Verdict | None


def know(state: State, rules: Rules, draws: WeekDraws) -> Known:
    """Return what members know when the week begins."""
    people = state.people
    return Known(
        activities=rules.activities,
        names=rules.names,
        week=state.week,
        effort=state.effort,
        habit=people.habit,
        skill=people.skill,
        slope=people.slope,
        apart=people.slope,
        given=None,
        given_apart=None,
        worth=rules.worth[:, None, None] * people.skill,
        field=field_of(state.effort, people.skill, people.slope, rules.told, rules.beliefs),
        observed=rules.observed,
        stakes=rules.stakes,
        timing=rules.review.timing(state.week),
        explore=draws.explore,
        objection=rules.decision.distaste[:, None, None] if rules.decision.distaste.any() else None,
        obscures=None,
    )


def week(state: State, rules: Rules, draws: WeekDraws, decide: Decide) -> tuple[State, Week]:
    """Let one week pass: the state after it, and what it leaves to be measured."""
    known = know(state, rules, draws)  # perceive
    terms = decide.perceive(known)
    m = decide.weigh(terms)
    if rules.aligned:
        m = aligned(m, rules.worth)

    effort = decide.choose(known, m)  # choose

    able, stocks = effort * known.skill, None  # work
    pace = np.ones(able.shape[1])
    if rules.project is not None and state.stocks is not None:
        pace = productivity(rules.project, state.stocks)
        stocks = move(rules.project, rules.traces, state.stocks, effort, known.skill)
    worth = pace[:, None] * weighed(rules.traces.worth_now, able)
    gain = weighed(rules.worth, able)
    signals = observe(rules.measurement, able, draws.noise)

    this_week = weighed(rules.measurement.weight, signals) if len(signals) else np.zeros(worth.shape)  # evaluate
    share = float(rules.review.shares[state.week % rules.review.weeks])
    score = state.score + share * this_week
    contribution = state.contribution + share * (pace[:, None] * gain)
    verdict = None
    if rules.review.due(state.week):
        score = score + rules.measurement.blur * draws.blur[0] if len(draws.blur) else score
        verdict = judge(rules.stakes, rules.review, score, contribution, draws.luck)
        score, contribution = np.zeros(score.shape), np.zeros(score.shape)

    after = State(
        week=state.week + 1,
        people=state.people,
        effort=effort,
        score=score,
        contribution=contribution,
        stocks=stocks,
    )
    return after, Week(
        known=known,
        terms=terms,
        m=m,
        effort=effort,
        worth=worth,
        gain=gain,
        score=this_week,
        stocks=stocks,
        verdict=verdict,
    )


def aligned(m: Floats, worth: Floats) -> Floats:
    """Turn each member's m towards f at its own length: (activity, runs, members) both."""
    size = length(worth)
    return norm(m) * (worth / size if size else worth)[:, None, None]


def weeks(rules: Rules, draws: Draws, decide: Decide) -> Iterator[Week]:
    """Run the weeks of a batch in turn."""
    state = initial(rules, draws)
    for chance in draws.weekly(rules.causes, rules.weeks):
        state, passed = week(state, rules, chance, decide)
        yield passed
