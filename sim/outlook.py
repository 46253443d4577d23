"""What the members of a team know when a week begins, from what has happened so far.

    r̃_ik = skill_i·craft_ik·b_ik + what saturation takes from it + what obscuring saves in blame
    ŝ_i  = Σ_k r̃_ik·a_ik + what saturation, the others and blame give + overconfidence·σ

Signals of the team are left out of comparisons. Of rivals, perfect beliefs know each one's ŝ, overconfidence left
out, for that is about oneself; others the team's mean, by the weights that people were told, saturation and blame
included.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from sim import reasoning
from sim.arrays import Floats, average, lifted, weighed
from sim.blame import put_down, spared
from sim.draws import WeekDraws
from sim.evaluation import Measurement, bent, by_others
from sim.perception import Known
from sim.politics import lasting, taken
from sim.rules import Rules
from sim.state import State, inclined, shown
from sim.surroundings import at_stake


def outlook(state: State, rules: Rules, draws: WeekDraws) -> tuple[Known, Floats | None]:
    """Return what members know, and what they take each other to do at each depth of reasoning."""
    sober = _known(state, rules, draws)
    known = _surer(sober, rules)
    depth, level = rules.beliefs.depth, state.people.level
    if depth is None or state.minds is None or level is None:
        return known, None

    def answer(other: Known) -> Floats:
        return rules.decision.choose(other, rules.decision.weigh(rules.decision.perceive(other)))

    def seen(effort: Floats) -> Floats:
        own = weighed(sober.apart, effort)
        own = own if sober.given_apart is None else own + sober.given_apart
        return _field(state, rules, own, effort * sober.shows)

    minds, fields = reasoning.imagined(depth, state.minds, known, answer, seen)
    return reasoning.facing(depth, known, level, fields), minds


def _known(state: State, rules: Rules, draws: WeekDraws) -> Known:
    """Return what members know who do not overrate themselves."""
    habit, objection = inclined(state.people, rules)
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
        given = _plus(given, by_others(measurement, evident))
    if state.below is not None:
        added = weighed(state.belief, state.below)
        given, given_apart = _plus(given, added), _plus(given_apart, added)
    spares, incidents = None, _incidents(state, rules)
    if incidents is not None:
        spares, lost = _blamed(rules, incidents, state.effort)
        slope, given = slope + rules.blame * spares, _plus(given, lost)
        if rules.told_pooled is None:
            apart, given_apart = slope, given
        else:
            given = given - rules.blame_pooled / rules.members * incidents[:, None]
            if not rules.tied:
                apart, given_apart = apart + rules.blame * spares, _plus(given_apart, lost)
    if rules.sabotages is not None and rules.beliefs.rationality == "perfect":
        loss = taken(rules.sabotages, state.effort)
        same, given = given is given_apart, _plus(given, -loss)
        given_apart = given if same else _plus(given_apart, -loss)
    if rules.politics is not None and np.any(rules.judged) and rules.beliefs.rationality == "perfect":
        thanked = lifted(lasting(rules.politics, rules.favours, rules.judged))
        same, slope = slope is apart, slope + thanked
        apart = slope if same else apart + thanked
    expected = weighed(apart, state.effort)
    stake = None
    if rules.around is not None and state.around is not None:
        stake = at_stake(rules.around, state.around, rules.traces.delivers, able, rules.review.weeks)
    return Known(
        activities=rules.activities,
        names=rules.names,
        week=state.week,
        effort=state.effort,
        habit=habit,
        skill=able,
        shows=per_effort,
        slope=slope,
        apart=apart,
        given=given,
        given_apart=given_apart,
        worth=people.worth * able,
        field=_field(state, rules, expected if given_apart is None else expected + given_apart, evident),
        observed=rules.observed,
        stakes=rules.stakes,
        timing=rules.review.timing(state.week - rules.since),
        explore=draws.explore,
        objection=objection,
        obscures=rules.hides,
        gaming=rules.gaming,
        sabotages=rules.sabotages,
        axed=None if stake is None else stake[0],
        axed_slope=None if stake is None else stake[1],
        culture=None if state.custom is None else state.custom[:, None],
        spares=spares,
    )


def _surer(known: Known, rules: Rules) -> Known:
    """Return what members know who expect more of themselves than is due."""
    if not rules.beliefs.overconfidence:
        return known
    sure = rules.beliefs.overconfidence * rules.stakes.contest.noise
    overrated = np.broadcast_to(sure, known.skill.shape)
    given = _plus(known.given, overrated)
    return replace(
        known,
        given=given,
        given_apart=given if known.given is known.given_apart else _plus(known.given_apart, overrated),
    )


def _field(state: State, rules: Rules, own: Floats, evident: Floats) -> Floats:
    """Return what is believed of everyone's expected score, the team's signals left out.

    Parameters
    ----------
    own : (runs, members)
        Each member's own expectation.
    evident : (activity, runs, members)
        Work as signals show it.

    Returns
    -------
    (runs, members) for perfect beliefs, else the team's mean, (runs, 1).
    """
    if rules.beliefs.rationality == "perfect":
        return own
    told = weighed(rules.told, evident)
    if rules.measurement.of_members.bends:
        told = told + bent(rules.measurement.of_members, evident)[0]
    mean, incidents = average(told)[:, None], _incidents(state, rules)
    return mean if incidents is None else mean - rules.blame / rules.members * incidents[:, None]


def _incidents(state: State, rules: Rules) -> Floats | None:
    """Return the incidents that the week is expected to bring, where they are put down to people: (runs,)."""
    if not rules.blames or rules.project is None or rules.project.incidents is None or state.stocks is None:
        return None
    return rules.project.incidents.expected(state.stocks.debt)


def _blamed(rules: Rules, incidents: Floats, effort: Floats) -> tuple[Floats, Floats]:
    """Return what obscuring spares one, and what the score holds for blame besides slope · effort."""
    obscures = np.zeros(len(rules.activities)) if rules.obscures is None else rules.obscures
    haze = 1 + weighed(obscures, effort)
    spares = spared(incidents, haze, obscures)
    return spares, -rules.blame * (put_down(incidents, haze) + weighed(spares, effort))


def _bent(
    measurement: Measurement, slope: Floats, evident: Floats, own: Floats, per_effort: Floats
) -> tuple[Floats, Floats]:
    """Return the slope of a score whose signals saturate, and what the score holds besides slope · effort."""
    gap, bend = bent(measurement, evident)
    return slope + bend * per_effort, gap - weighed(bend, own)


def _plus(x: Floats | None, y: Floats) -> Floats:
    """Return x + y, None being nothing."""
    return y if x is None else x + y
