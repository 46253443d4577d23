"""The order of the week.

Each week the members of a team perceive what an hour of each activity would bring them, choose, and
work; what they do leaves worth, signals and a changed project; a review turns signals into scores
and scores into rewards, from which members learn; some leave, and others take their seats.

    m_i = Σ_c ω_ic·∂u_c/∂a          perceived marginal reward of every activity
    a_i = answer of the rule of choice to m_i
    worth_i = P·worth_now'(skill_i·a_i),  signal_i = G(skill_i·craft_i·a_i) + noise
    score_i = Σ_t ω_t·w'signal_it + blur  rewards at the review

All choose at once, on what they knew at the end of last week. The aligned team is the same people with
m turned towards the worth of the work: m ← ‖m‖·f/‖f‖.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from sim.arrays import Floats, length, norm, summed, weighed
from sim.blame import put_down
from sim.craft import practised
from sim.decision import Decide
from sim.draws import Draws, WeekDraws
from sim.evaluation import observe
from sim.outlook import outlook
from sim.politics import taken
from sim.project import move, productivity
from sim.record import Week
from sim.review import Traced, held, remembered
from sim.rules import Rules
from sim.state import State, added, aged, eased, entered, initial, mellowed, retold, shown, surrounded
from sim.surroundings import left, useful


def week(state: State, rules: Rules, draws: WeekDraws, decide: Decide) -> tuple[State, Week]:
    """Let one week pass: the state after it, and what it leaves to be measured."""
    known, minds = outlook(state, rules, draws)  # perceive
    terms = decide.perceive(known)
    m = decide.weigh(terms)
    if rules.aligned:
        m = aligned(m, rules.worth)

    effort = decide.choose(known, m)  # choose

    able, stocks = effort * known.skill, None  # work
    pace = np.ones(able.shape[1])
    if rules.project is not None and state.stocks is not None:
        ease = eased(state, rules)
        pace = productivity(rules.project, state.stocks, rules.members, ease)
        stocks = move(rules.project, rules.traces, state.stocks, effort, known.skill, draws.incident, ease)
    if rules.around is not None and state.around is not None:
        pace = pace * left(rules.around, state.around)
    worth = pace[:, None] * weighed(rules.traces.worth_now, able)
    around = surrounded(state, rules, known, effort, pace, worth, draws)
    if around is not None and (use := useful(around)) is not None:
        worth = worth - ((1 - use) * pace)[:, None] * weighed(rules.traces.delivered_now, able)
    gain = weighed(rules.worth, able)
    craft = state.craft
    if rules.craft is not None and craft is not None:
        craft = practised(rules.craft, craft, summed(effort[rules.gaming > 0]))

    evident = shown(able, state.craft, rules.gaming)  # evaluate
    if state.below is not None and rules.own_part is not None:
        evident = rules.own_part * evident + state.below
    haze, faults = None if rules.obscures is None else 1 + weighed(rules.obscures, effort), None
    if rules.blames and stocks is not None and stocks.incidents is not None:
        faults = put_down(stocks.incidents, np.ones(worth.shape) if haze is None else haze)
    signals, trail = observe(rules.measurement, evident, draws.noise, draws.shock, haze, state.trail, faults)
    score = weighed(rules.measurement.weight, signals) if len(signals) else np.zeros(worth.shape)
    if rules.sabotages is not None:
        score = score - taken(rules.sabotages, effort)
    traced = Traced(score=score, contribution=pace[:, None] * gain, evident=evident, effort=effort, faults=faults)
    window, verdict = remembered(state.window, rules, state.week, traced), None
    after = replace(
        state, effort=effort, craft=craft, stocks=stocks, trail=trail, minds=minds, window=window, around=around
    )
    if rules.review.due(state.week - rules.since):  # learn
        after, verdict = held(after, rules, draws, window)

    after, gone = aged(mellowed(after, rules), rules, draws, verdict)  # move
    return replace(after, week=state.week + 1), Week(
        rules=rules,
        known=known,
        terms=terms,
        m=m,
        effort=effort,
        pace=pace,
        worth=worth,
        gain=gain,
        evident=evident,
        signals=signals,
        score=score,
        craft=craft,
        stocks=after.stocks,
        around=around,
        climate=after.climate,
        custom=after.custom,
        verdict=verdict,
        gone=gone,
    )


def aligned(m: Floats, worth: Floats) -> Floats:
    """Turn each member's m towards f at its own length: (activity, runs, members) both."""
    size = length(worth)
    return norm(m) * (worth / size if size else worth)[:, None, None]


def weeks(plan: Rules | Sequence[Rules], draws: Draws, decide: Decide | None = None) -> Iterator[Week]:
    """Run the weeks of a batch in turn, each under the rules that are in force; by the stock rule if no other."""
    phases = [plan] if isinstance(plan, Rules) else list(plan)
    rules, later = phases[0], phases[1:]
    state = added(initial(rules, draws), rules)
    for chance in draws.weekly(rules.causes, rules.weeks):
        if later and state.week == later[0].start:
            rules, before = later.pop(0), rules
            state = (retold if rules.since == before.since else entered)(state, rules, draws)
            state = added(state, rules)
        state, passed = week(state, rules, chance, decide or rules.decision)
        yield passed
