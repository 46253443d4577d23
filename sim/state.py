"""What moves from week to week, how it begins, and what people who come and go do to it.

skill_i = exp(sd·z_i − sd²/2)                  mean 1, unless given; a newcomer's is drawn anew
a0_ik = a0_k·exp(sd·z_ik − sd²/2)              the habitual week
b_ik  = Σ_m w̃_m·G_mk·(1 + e_imk) + e_ik        what is believed at the beginning, see `beliefs`
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.special import ndtr

from sim import craft as crafts
from sim import learning, reasoning
from sim.arrays import Bools, Floats, Ints, weighed
from sim.draws import Draws, WeekDraws, lognormal
from sim.evaluation import Verdict, trail_of
from sim.project import Stocks, begin, forget
from sim.rewards.target import Target
from sim.rules import Rules
from sim.turnover import SETTLED, ability, leaving


@dataclass(frozen=True, kw_only=True)
class People:
    """Who they are.

    Parameters
    ----------
    skill : (runs, members)
    habit : (activity, runs, members)
        [week]
    worth : (activity,) or (activity, runs, members)
        f̃, what a unit of work is believed to be worth.
    prior, doubt : (activity, runs, members) and (activity, activity, runs, members) or None
        b of whoever has seen no review yet, and how sure they are of it.
    objection : (activity, 1 or runs, 1 or members) or None
        Distaste and scruples [utility per week of effort].
    rater : (runs, members) or None
        What the rater thinks of them whatever they do [standard deviations].
    level : (runs, members) or None
        Steps that they think ahead of rivals.
    """

    skill: Floats
    habit: Floats
    worth: Floats
    prior: Floats
    doubt: Floats | None
    objection: Floats | None
    rater: Floats | None
    level: Ints | None


@dataclass(frozen=True, kw_only=True)
class Window:
    """What the review window has brought so far: (runs, members), `tried` by activity.

    Parameters
    ----------
    score, contribution : (runs, members)
    tried : (activity, runs, members) or None
        Work shown, where people learn.
    gamed : (runs, members) or None
        Effort on gaming [week], where somebody audits.
    faults : (runs, members) or None
        Incidents put down to each member, where anybody blames and people learn.
    """

    score: Floats
    contribution: Floats
    tried: Floats | None
    gamed: Floats | None
    faults: Floats | None


@dataclass(frozen=True, kw_only=True)
class State:
    """Everything that moves; None for what is off.

    Parameters
    ----------
    week : int
        Weeks that have passed.
    people : People
    belief : (activity, runs, members)
        b, points of score per unit of work shown.
    doubt : (activity, activity, runs, members) or None
        Its covariance.
    craft : (runs, members) or None
    effort : (activity, runs, members)
        Effort of last week [week].
    window : Window
    trail : tuple of (lag, runs, members)
        What signals that lag have still to show.
    target : (runs, members) or None
        What a score is counted from.
    stocks : Stocks or None
    tenure, outside : (runs, members) or None
        Weeks in the team · what the market outside looks for, as last weeks' efforts show it.
    minds : (level, activity, runs, members) or None
        What everybody would do at each depth of reasoning [week].
    """

    week: int
    people: People
    belief: Floats
    doubt: Floats | None
    craft: Floats | None
    effort: Floats
    window: Window
    trail: tuple[Floats, ...]
    target: Floats | None
    stocks: Stocks | None
    tenure: Floats | None
    outside: Floats | None
    minds: Floats | None

    def able(self, rules: Rules) -> Floats:
        """Work done per effort, a newcomer's ramp included: (runs, members)."""
        if self.tenure is None or rules.turnover is None:
            return self.people.skill
        return self.people.skill * ability(rules.turnover, self.tenure)


def shown(work: Floats, craft: Floats | None, gaming: Floats) -> Floats:
    """Return work as signals show it, gaming times its craft: (activity, runs, members) both."""
    if craft is None:
        return work
    result = work.copy()
    for k in np.flatnonzero(gaming):
        result[k] *= craft
    return result


def initial(rules: Rules, draws: Draws) -> State:
    """Return the state before the first week."""
    runs, members = len(draws.runs), rules.members
    shape = (len(rules.activities), runs, members)
    skill = lognormal(draws.once("skill"), rules.skill_sd) if rules.skill_sd else np.ones((runs, members))
    skill = np.where(np.isnan(rules.skill), skill, rules.skill)
    habit = np.empty(shape)
    for k, name in enumerate(rules.activities):
        spread = lognormal(draws.once(f"habit:{name}"), rules.habit_sd) if rules.habit_sd else 1.0
        habit[k] = rules.habit[k] * spread
    craft = None if rules.craft is None else crafts.begin(rules.craft, draws.once("craft"))
    worth = rules.worth[:, None, None]
    if rules.beliefs.worth_error:
        errors = [draws.once(f"worth:{name}") for name in rules.activities]
        worth = worth * (1 + rules.beliefs.worth_error * np.stack(errors))
    prior, doubt = _believed(rules, draws)
    depth = rules.beliefs.depth
    people = People(
        skill=skill,
        habit=habit,
        worth=worth,
        prior=prior,
        doubt=doubt,
        objection=_objection(rules, draws),
        rater=draws.once("rater") if rules.measurement.rater else None,
        level=None if depth is None else reasoning.levels(depth, ndtr(draws.once("level"))),
    )
    conduct = rules.decision.conduct
    if conduct.initial is None:
        effort = usual(people, rules)
    else:
        start = np.array([conduct.initial.get(k, 0.0) for k in rules.activities])
        effort = np.broadcast_to(start[:, None, None], shape)
    stays = rules.turnover is not None
    return State(
        week=0,
        people=people,
        belief=prior,
        doubt=doubt,
        craft=craft,
        effort=effort,
        window=empty(rules, (runs, members)),
        trail=trail_of(rules.measurement, shown(effort * skill, craft, rules.gaming)),
        target=_target(rules, (runs, members)),
        stocks=None if rules.project is None else begin(rules.project, runs, members),
        tenure=np.full((runs, members), SETTLED) if stays else None,
        outside=None if rules.market is None else np.zeros((runs, members)),
        minds=None if depth is None else reasoning.begin(depth, effort),
    )


def entered(state: State, rules: Rules, draws: Draws) -> State:
    """Return the state in which another scheme finds the team: what is told of it is believed anew."""
    prior, doubt = _believed(rules, draws)
    shape = state.people.skill.shape
    rater = state.people.rater
    if rules.measurement.rater and rater is None:
        rater = draws.once("rater")
    same = np.array_equal(prior, state.people.prior)
    return replace(
        state,
        people=replace(state.people, prior=prior, doubt=doubt, rater=rater),
        belief=state.belief if same else prior,
        doubt=state.doubt if same else doubt,
        window=empty(rules, shape),
        target=_target(rules, shape),
    )


def aged(state: State, rules: Rules, draws: WeekDraws, verdict: Verdict | None) -> tuple[State, Bools | None]:
    """Return the state with everybody a week older and others in the seats of those who leave, and who leaves."""
    if rules.turnover is None or state.tenure is None:
        return state, None
    outside = state.outside
    if outside is not None and rules.market is not None:
        outside = outside + rules.forgets * (weighed(rules.market, state.effort) - outside)
    nothing = np.zeros(state.tenure.shape)
    laid_off = nothing if verdict is None else verdict.laid_off
    gone = leaving(rules.turnover, nothing if outside is None else outside, laid_off, draws.exit[0])
    older = replace(state, tenure=state.tenure + 1, outside=outside)
    return replaced(older, rules, gone, draws.newcomer), gone


def replaced(state: State, rules: Rules, gone: Bools, newcomer: Floats) -> State:
    """Return the state once others sit in the seats of those who have left.

    Parameters
    ----------
    gone : (runs, members)
    newcomer : (1, runs, members)
        Standard normal: the luck of whoever takes the seat.
    """
    if not gone.any():
        return state
    people = state.people
    skill = lognormal(newcomer[0], rules.skill_sd) if rules.skill_sd else np.ones(gone.shape)
    assert state.tenure is not None
    return replace(
        state,
        people=replace(people, skill=np.where(gone, skill, people.skill)),
        belief=_seated(state.belief, gone, people.prior[..., gone]),
        doubt=None
        if state.doubt is None or people.doubt is None
        else _seated(state.doubt, gone, people.doubt[..., gone]),
        craft=None if state.craft is None or rules.craft is None else np.where(gone, rules.craft.beginner, state.craft),
        effort=_seated(state.effort, gone, usual(people, rules, gone)),
        tenure=np.where(gone, 0.0, state.tenure),
        outside=None if state.outside is None else np.where(gone, 0.0, state.outside),
        stocks=None if state.stocks is None else forget(state.stocks, gone),
    )


def _seated(x: Floats, gone: Bools, fresh: Floats) -> Floats:
    """Return x (..., runs, members) with what newcomers (..., newcomer) bring in the seats of those who left."""
    result = x.copy()
    result[..., gone] = fresh
    return result


def usual(people: People, rules: Rules, who: Bools | None = None) -> Floats:
    """Return the habitual week as far as hours and dislikes allow: (activity, runs, members), or (activity, chosen)."""
    habit, objection = people.habit, people.objection
    if who is not None:
        habit = habit[:, who][:, None, :]
        if objection is not None:
            objection = np.broadcast_to(objection, people.habit.shape)[:, who][:, None, :]
    idle = np.zeros(habit.shape)
    week = rules.decision.choice.respond(idle if objection is None else idle - objection, habit)
    return week if who is None else week[:, 0]


def empty(rules: Rules, shape: tuple[int, ...]) -> Window:
    """Return a review window in which nothing has happened yet."""
    nothing, learns = np.zeros(shape), rules.beliefs.rationality == "learned"
    return Window(
        score=nothing,
        contribution=nothing,
        tried=np.zeros((len(rules.activities), *shape)) if learns else None,
        gamed=None if rules.stakes.audit is None else nothing,
        faults=nothing if learns and rules.blames else None,
    )


def _target(rules: Rules, shape: tuple[int, ...]) -> Floats | None:
    pay = rules.stakes.pay
    return pay.begin(shape) if isinstance(pay, Target) else None


def _objection(rules: Rules, draws: Draws) -> Floats | None:
    """Return what activities cost beyond the common cost: (activity, runs, members), or (activity, 1, 1)."""
    distaste = rules.decision.distaste[:, None, None]
    if rules.craft is not None and rules.craft.scruples and rules.scruple.any():
        return distaste + rules.scruple[:, None, None] * crafts.scruples(rules.craft, draws.once("scruples"))
    return distaste if distaste.any() else None


def _believed(rules: Rules, draws: Draws) -> tuple[Floats, Floats | None]:
    """Return b (activity, runs, members) before any review, and the doubt about it where people learn."""
    beliefs = rules.beliefs
    shape = (len(draws.runs), rules.members)
    belief = np.zeros((len(rules.activities), *shape))
    for m, signal in enumerate(rules.signals):
        for k, activity in enumerate(rules.activities):
            each = rules.believed[m, k]
            if beliefs.wrong and beliefs.error and each:
                belief[k] += each * (1 + beliefs.error * draws.once(f"belief:{signal}:{activity}"))
            elif each:
                belief[k] += each
    if beliefs.wrong and beliefs.error_absolute:
        for k, activity in enumerate(rules.activities):
            belief[k] += beliefs.error_absolute * draws.once(f"belief:{activity}")
    if beliefs.rationality != "learned" or beliefs.learning is None:
        return belief, None
    relative = beliefs.learning.doubt * rules.believed
    variance = np.full(len(rules.activities), beliefs.error_absolute**2)
    if len(relative):
        variance = variance + weighed(np.ones(len(relative)), (relative * relative)[:, None, :])[0]
    return belief, learning.begin(np.broadcast_to(variance[:, None, None], belief.shape))
