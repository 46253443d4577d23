"""What the members of a team know when a week begins, from what has happened so far.

r̃_ik = skill_i·craft_ik·b_ik + what saturation takes from it;  signals of the team are left out of comparisons
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from sim import reasoning
from sim.arrays import Floats, lifted, weighed
from sim.beliefs import field_of
from sim.draws import WeekDraws
from sim.evaluation import Measurement, bent, by_others
from sim.perception import Known
from sim.rules import Rules
from sim.state import State, shown


def outlook(state: State, rules: Rules, draws: WeekDraws) -> tuple[Known, Floats | None]:
    """Return what members know, and what they take each other to do at each depth of reasoning."""
    known = _known(state, rules, draws)
    depth, level = rules.beliefs.depth, state.people.level
    if depth is None or state.minds is None or level is None:
        return known, None

    def answer(other: Known) -> Floats:
        return rules.decision.choose(other, rules.decision.weigh(rules.decision.perceive(other)))

    def seen(effort: Floats) -> Floats:
        own = weighed(known.apart, effort)
        own = own if known.given_apart is None else own + known.given_apart
        return field_of(own, rules.told, effort * known.shows, rules.beliefs)

    minds, fields = reasoning.imagined(depth, state.minds, known, answer, seen)
    return reasoning.facing(depth, known, level, fields), minds


def _known(state: State, rules: Rules, draws: WeekDraws) -> Known:
    people, measurement, able = state.people, rules.measurement, state.able(rules)
    per_effort = shown(np.broadcast_to(able, state.effort.shape), state.craft, rules.gaming)
    if rules.own_part is not None:
        per_effort = per_effort * rules.own_part
    own = state.effort * per_effort
    evident = own if state.below is None else own + state.below
    slope, given = state.belief * per_effort, None
    apart, given_apart = slope, given
    if rules.told_pooled is not None:
        apart = np.zeros(slope.shape) if rules.tied else slope - lifted(rules.told_pooled) * per_effort
    if measurement.bends:
        slope, given = _bent(measurement, slope, evident, own, per_effort)
        if rules.told_pooled is None:
            apart, given_apart = slope, given
        elif measurement.of_members.bends:
            apart, given_apart = _bent(measurement.of_members, apart, evident, own, per_effort)
    if rules.told_pooled is not None:
        others = by_others(measurement, evident)
        given = others if given is None else given + others
    if state.below is not None:
        added = weighed(state.belief, state.below)
        given = added if given is None else given + added
        given_apart = added if given_apart is None else given_apart + added
    expected = weighed(apart, state.effort)
    field = field_of(expected if given_apart is None else expected + given_apart, rules.told, evident, rules.beliefs)
    known = Known(
        activities=rules.activities,
        names=rules.names,
        week=state.week,
        effort=state.effort,
        habit=people.habit,
        skill=able,
        shows=per_effort,
        slope=slope,
        apart=apart,
        given=given,
        given_apart=given_apart,
        worth=people.worth * able,
        field=field,
        observed=rules.observed,
        stakes=rules.stakes,
        timing=rules.review.timing(state.week - rules.since),
        explore=draws.explore,
        objection=people.objection,
        obscures=rules.hides,
        gaming=rules.gaming,
    )
    sure = rules.beliefs.overconfidence * rules.stakes.contest.noise
    if not rules.beliefs.overconfidence:
        return known
    overrated = np.broadcast_to(sure, able.shape)
    return replace(
        known,
        given=overrated if given is None else given + sure,
        given_apart=overrated if given_apart is None else given_apart + sure,
    )


def _bent(
    measurement: Measurement, slope: Floats, evident: Floats, own: Floats, per_effort: Floats
) -> tuple[Floats, Floats]:
    """Return the slope of a score whose signals saturate, and what the score holds besides slope · effort."""
    gap, bend = bent(measurement, evident)
    return slope + bend * per_effort, gap - weighed(bend, own)
