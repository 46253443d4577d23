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
from sim.evaluation import Measurement, bent, blamed, by_blame, by_others, saved
from sim.perception import Known
from sim.politics import lasting, taken
from sim.project import failing
from sim.rules import Rules
from sim.state import State, shown
from sim.surroundings import at_stake


def outlook(state: State, rules: Rules, draws: WeekDraws) -> tuple[Known, Floats | None]:
    """Return what members know, and what they take each other to do at each depth of reasoning."""
    plain = _known(state, rules, draws)
    known = overrated(plain, rules)
    depth, level = rules.beliefs.depth, state.people.level
    if depth is None or state.minds is None or level is None:
        return known, None

    def answer(other: Known) -> Floats:
        return rules.decision.choose(other, rules.decision.weigh(rules.decision.perceive(other)))

    lost = _lost(rules, state)

    def seen(effort: Floats) -> Floats:
        own = weighed(plain.apart, effort)
        own = own if plain.given_apart is None else own + plain.given_apart
        return _field(rules, own, effort * plain.shows, None if lost is None else lost[0])

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


def _field(rules: Rules, expected: Floats, evident: Floats, lost: Floats | None) -> Floats:
    """Return what is believed of everyone's expected score: (runs, members) or (runs, 1)."""
    bend, gap = rules.measurement.of_members, None if lost is None else -lost
    if bend.bends:
        taken_off = bent(bend, evident)[0]
        gap = taken_off if gap is None else taken_off + gap
    return field_of(expected, rules.told, evident, rules.beliefs, gap)


def _lost(rules: Rules, state: State) -> tuple[Floats, Floats] | None:
    """Return what blame takes from scores (runs, members), and what hiding saves of it (activity, runs, members)."""
    if not rules.measurement.blames or rules.project is None or state.stocks is None:
        return None
    obscures = np.zeros(len(state.effort)) if rules.obscures is None else rules.obscures
    haze = 1 + weighed(obscures, state.effort)
    blame = blamed(failing(rules.project, state.stocks), haze, rules.members)
    return by_blame(rules.measurement, blame), saved(rules.measurement, blame, haze, obscures)


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
    lost = _lost(rules, state)
    if lost is not None:
        blame, hiding = lost
        missed = -blame - weighed(hiding, state.effort)
        same, slope = apart is slope, slope + hiding
        apart = slope if same else apart + hiding
        equal, given = given_apart is given, missed if given is None else given + missed
        given_apart = given if equal else missed if given_apart is None else given_apart + missed
    if rules.sabotages is not None and rules.beliefs.rationality == "perfect":
        loss = taken(rules.sabotages, state.effort)
        same, given = given is given_apart, -loss if given is None else given - loss
        given_apart = given if same else -loss if given_apart is None else given_apart - loss
    if rules.politics is not None and np.any(rules.judged) and rules.beliefs.rationality == "perfect":
        thanked = lifted(lasting(rules.politics, rules.favours, rules.judged))
        same, slope = slope is apart, slope + thanked
        apart = slope if same else apart + thanked
    expected = weighed(apart, state.effort)
    expected = expected if given_apart is None else expected + given_apart
    field = _field(rules, expected, evident, None if lost is None else lost[0])
    stake = None
    if rules.around is not None and state.around is not None:
        stake = at_stake(rules.around, state.around, rules.traces.delivers, able, rules.review.weeks)
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
        axed=None if stake is None else stake[0],
        axed_slope=None if stake is None else stake[1],
        culture=None if state.custom is None else state.custom[:, None],
    )


def _bent(
    measurement: Measurement, slope: Floats, evident: Floats, own: Floats, per_effort: Floats
) -> tuple[Floats, Floats]:
    """Return the slope of a score whose signals saturate, and what the score holds besides slope · effort."""
    gap, bend = bent(measurement, evident)
    return slope + bend * per_effort, gap - weighed(bend, own)
