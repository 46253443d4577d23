"""A review: from the window to scores, rewards, and what members learn from them.

score_i = Σ_t ω_t·score_it + attribution·‖r‖·ε_i + rater·‖r‖·ζ_i + tenure·years_i
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from sim.arrays import Floats, average, summed
from sim.beliefs import learn
from sim.draws import WeekDraws
from sim.evaluation import Verdict, by_others, judge
from sim.politics import thanks
from sim.rules import Rules
from sim.state import State, Window, empty

YEAR, LONGEST = 52.0, 5.0  # [weeks] · years of tenure that count


@dataclass(frozen=True, kw_only=True)
class Traced:
    """What a week adds to the review window: (runs, members), `evident` by activity.

    Parameters
    ----------
    score, contribution : (runs, members)
    evident : (activity, runs, members)
        Work as signals show it.
    effort : (activity, runs, members)
    faults : (runs, members) or None
        Incidents put down to each member, where anybody blames.
    """

    score: Floats
    contribution: Floats
    evident: Floats
    effort: Floats
    faults: Floats | None


def remembered(window: Window, rules: Rules, week: int, traced: Traced) -> Window:
    """Return the window after a week."""
    share = float(rules.review.shares[(week - rules.since) % rules.review.weeks])
    gamed = window.gamed
    if gamed is not None:
        gamed = gamed + share * summed(traced.effort[rules.gaming > 0])
    faults = window.faults
    if faults is not None and traced.faults is not None:
        faults = faults + share * traced.faults
    return Window(
        score=window.score + share * traced.score,
        contribution=window.contribution + share * traced.contribution,
        tried=None if window.tried is None else window.tried + share * traced.evident,
        gamed=gamed,
        faults=faults,
    )


def held(state: State, rules: Rules, draws: WeekDraws, window: Window) -> tuple[State, Verdict]:
    """Hold a review at the end of a window: the state in which it leaves people, and what it says and brings."""
    measurement, stakes = rules.measurement, rules.stakes
    extra = np.zeros(window.score.shape)
    if measurement.tenure and state.tenure is not None:
        extra = measurement.tenure * np.minimum(state.tenure / YEAR, LONGEST)
    score = window.score + extra
    if np.any(measurement.blur):
        score = score + measurement.blur * draws.blur[0]
    if np.any(measurement.rater) and state.people.rater is not None:
        score = score + measurement.rater * state.people.rater
    if state.climate is not None and rules.politics is not None and np.any(rules.judged):
        score = score + thanks(rules.politics, state.climate.owed, rules.judged)
    around = state.around
    if around is not None and rules.around is not None and rules.around.reporting is not None:
        score = score - (around.face / rules.members)[:, None]  # nobody is named: the team has crossed the line
        around = replace(around, face=np.zeros(around.face.shape))
    verdict = judge(
        stakes,
        rules.review,
        score,
        window.contribution,
        draws.luck,
        lot=draws.lot if stakes.by_lot or rules.tied else None,
        tied=rules.tied,
        inspected=None if window.gamed is None else (window.gamed, draws.audit[0]),
        target=state.target,
    )
    own = score - extra
    if window.tried is not None and measurement.pools:
        own = own - by_others(measurement, window.tried)
    if window.faults is not None:
        own = own + rules.blame * window.faults
        own = own + rules.blame_pooled * average(window.faults)[:, None]
    noise = stakes.contest.spread
    belief, doubt = learn(rules.beliefs, state.belief, state.doubt, window.tried, own, noise, draws.hears)
    after = replace(
        state,
        belief=belief,
        doubt=doubt,
        target=verdict.target,
        around=around,
        window=empty(rules, score.shape),
    )
    return after, verdict
