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
from sim.politics import taken
from sim.rules import Rules
from sim.state import State, shown


def outlook(state: State, rules: Rules, draws: WeekDraws) -> tuple[Known, Floats | None]:
    """Return what members know, and what they take each other to do at each depth of reasoning."""
    plain = _known(state, rules, draws)
    known = overrated(plain, rules)
    depth, level = rules.beliefs.depth, state.people.level
    if depth is None or state.minds is None or level is None:
        return known, None

    def answer(other: Known) -> Floats:
        return rules.decision.choose(other, rules.decision.weigh(rules.decision.perceive(other)))

    def seen(effort: Floats) -> Floats:
        own = weighed(plain.apart, effort)
        own = own if plain.given_apart is None else own + plain.given_apart
        return _field(rules, own, effort * plain.shows)

    minds, fields = reasoning.imagined(depth, state.minds, known, answer, seen)
    return reasoning.facing(depth, known, level, minds, fields), minds


def overrated(known: Known, rules: Rules) -> Known:
    """Return what members know who think more of themselves than they should; of rivals they think as before."""
    if not rules.beliefs.overconfidence:
        return known
    sure = np.broadcast_to(rules.beliefs.overconfidence * rules.stakes.contest.noise, known.skill.shape)
    return replace(
        known,
        given=sure if known.given is None else known.given + sure,
        given_apart=sure if known.given_apart is None else known.given_apart + sure,
    )


def _field(rules: Rules, expected: Floats, evident: Floats) -> Floats:
    """Return what is believed of everyone's expected score: (runs, members) or (runs, 1)."""
    bend = rules.measurement.of_members
    gap = bent(bend, evident)[0] if bend.bends and rules.beliefs.rationality != "perfect" else None
    return field_of(expected, rules.told, evident, rules.beliefs, gap)


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
    if rules.sabotages is not None and rules.beliefs.rationality == "perfect":
        loss = taken(rules.sabotages, state.effort)
        same, given = given is given_apart, -loss if given is None else given - loss
        given_apart = given if same else -loss if given_apart is None else given_apart - loss
    expected = weighed(apart, state.effort)
    field = _field(rules, expected if given_apart is None else expected + given_apart, evident)
    return Known(
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
        sabotages=rules.sabotages,
    )


def _bent(
    measurement: Measurement, slope: Floats, evident: Floats, own: Floats, per_effort: Floats
) -> tuple[Floats, Floats]:
    """Return the slope of a score whose signals saturate, and what the score holds besides slope · effort."""
    gap, bend = bent(measurement, evident)
    return slope + bend * per_effort, gap - weighed(bend, own)
