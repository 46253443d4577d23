"""What moves from week to week, how it begins, and what people who come and go do to it.

skill_i = exp(sd·z_i − sd²/2)                  mean 1, unless given; a newcomer's is drawn anew
a0_ik = a0_k·exp(sd·z_ik − sd²/2)              the habitual week
b_ik  = Σ_m w̃_m·G_mk·(1 + e_imk) + e_ik        what is believed at the beginning, see `beliefs`
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy.special import ndtr

from sim import craft as crafts
from sim import culture as customs
from sim import learning, politics, reasoning, surroundings
from sim.arrays import Bools, Floats, Ints, average, lifted, weighed
from sim.draws import Draws, WeekDraws, lognormal
from sim.evaluation import Verdict, trail_of
from sim.perception import Known
from sim.project import Stocks, begin, delivered, forget
from sim.rewards.target import Target
from sim.rules import Rules
from sim.surroundings import Passed
from sim.turnover import SETTLED, ability, leaving

OUT_OF_REACH = 1e6  # [utility per week of effort] distaste with which nobody does anything


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
    below : (activity, runs, members) or None
        What the work of everybody's reports adds to what they show, of last week; None: nobody has any.
    above : (hop, runs) or None
        What those fear whom bad news has to pass, the own boss first [utility per week]; None: all fear what the team
        does.
    climate : Climate or None
        Trust, and favours owed.
    custom : (runs,) or None
        How far it is the custom to care.
    around : Around or None
        Sponsor, customers, and news of problems.
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
    below: Floats | None
    above: Floats | None
    climate: politics.Climate | None
    custom: Floats | None
    around: surroundings.Around | None

    def able(self, rules: Rules) -> Floats:
        """Work done per effort, a newcomer's ramp included: (runs, members)."""
        skill = self.people.skill if rules.busy is None else self.people.skill * (1 - rules.busy)
        if self.tenure is None or rules.turnover is None:
            return skill
        return skill * ability(rules.turnover, self.tenure)


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
    runs, members = draws.rows, rules.members
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
        rater=draws.once("rater") if rules.phase.scheme.rater else None,
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
        below=None if rules.own_part is None else np.zeros(shape),
        above=None,
        climate=None if rules.politics is None else politics.begin(rules.politics, runs, members),
        custom=None if rules.culture is None else customs.begin(rules.culture, runs),
        around=_around(rules, draws),
    )


def entered(state: State, rules: Rules, draws: Draws) -> State:
    """Return the state in which another scheme finds the team: what is told of it is believed anew."""
    prior, doubt = _believed(rules, draws)
    shape = state.people.skill.shape
    rater = state.people.rater
    if rules.phase.scheme.rater and rater is None:
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


def retold(state: State, rules: Rules, draws: Draws) -> State:
    """Return the state once people have been told something else: what they believe moves by what they are told."""
    prior, doubt = _believed(rules, draws)
    return replace(
        state,
        people=replace(state.people, prior=prior, doubt=doubt),
        belief=state.belief + (prior - state.people.prior),
        doubt=state.doubt if state.week else doubt,
    )


def added(state: State, rules: Rules) -> State:
    """Return the state with what interventions add to its stocks as these rules begin; each stays in its range."""
    for stock, amount in rules.phase.adds.items():
        state = _more(state, stock, amount)
    return state


def _more(state: State, stock: str, amount: float) -> State:
    """Add to one stock, if it is there."""
    stocks, climate, around = state.stocks, state.climate, state.around
    if stock in ("debt", "backlog") and stocks is not None and getattr(stocks, stock) is not None:
        more: Any = {stock: np.maximum(getattr(stocks, stock) + amount, 0.0)}
        return replace(state, stocks=replace(stocks, **more))
    if stock in ("knowledge", "documented") and stocks is not None and getattr(stocks, stock) is not None:
        more = {stock: np.clip(getattr(stocks, stock) + amount, 0.0, 1.0)}
        return replace(state, stocks=replace(stocks, **more))
    if stock == "trust" and climate is not None:
        return replace(state, climate=replace(climate, trust=np.clip(climate.trust + amount, 0.0, 1.0)))
    if stock == "custom" and state.custom is not None:
        return replace(state, custom=np.clip(state.custom + amount, 0.0, 1.0))
    if around is not None:
        return replace(state, around=surroundings.more(around, stock, amount))
    return state


def eased(state: State, rules: Rules) -> Floats | None:
    """Return how far people cooperate: (runs,), in (0, 1]; None: all the way."""
    if state.climate is None or rules.politics is None:
        return None
    return politics.cooperation(rules.politics, state.climate.trust)


def mellowed(state: State, rules: Rules) -> State:
    """Return the state with what a week has done to trust, favours owed, what is customary and what people think."""
    climate, custom = state.climate, state.custom
    if rules.contact:
        nearer = state.people.worth + rules.contact * (rules.worth[:, None, None] - state.people.worth)
        state = replace(state, people=replace(state.people, worth=nearer))
    if climate is not None and rules.politics is not None:
        climate = politics.moved(rules.politics, climate, state.effort, rules.ill, rules.favours)
    if custom is not None and rules.culture is not None:
        custom = customs.moved(
            rules.culture,
            custom,
            rewarded=np.broadcast_to(np.ravel(rules.rewarded), custom.shape),
            carers=np.broadcast_to(np.ravel(rules.carers), custom.shape),
            politics=average(weighed(rules.ill, state.effort)) if rules.ill.any() else None,
            trust=None if climate is None else climate.trust,
            surprise=_surprise(state),
        )
    return replace(state, climate=climate, custom=custom)


def _surprise(state: State) -> Floats | None:
    """Return 1 where the top was surprised last week: (runs,), None where nothing is reported."""
    news = None if state.around is None else state.around.news
    return None if news is None else news.surprise.astype(np.float64)


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
        climate=None if state.climate is None else politics.replaced(state.climate, gone),
    )


def _seated(x: Floats, gone: Bools, fresh: Floats) -> Floats:
    """Return x (..., runs, members) with what newcomers (..., newcomer) bring in the seats of those who left."""
    result = x.copy()
    result[..., gone] = fresh
    return result


def inclined(people: People, rules: Rules) -> tuple[Floats, Floats | None]:
    """Return the habitual week and what speaks against activities, what is out of reach of a seat included."""
    if rules.reach is None:
        return people.habit, people.objection
    barred = OUT_OF_REACH * (1 - rules.reach)
    return people.habit * rules.reach, barred if people.objection is None else people.objection + barred


def usual(people: People, rules: Rules, who: Bools | None = None) -> Floats:
    """Return the habitual week as far as hours and dislikes allow: (activity, runs, members), or (activity, chosen)."""
    habit, objection = inclined(people, rules)
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


def _around(rules: Rules, draws: Draws) -> surroundings.Around | None:
    if rules.around is None:
        return None
    luck = None if rules.around.reporting is None else ndtr(draws.once("problem:begins")[:, 0])
    return surroundings.begin(rules.around, draws.rows, luck)


def surrounded(
    state: State, rules: Rules, known: Known, effort: Floats, pace: Floats, worth: Floats, draws: WeekDraws
) -> surroundings.Around | None:
    """Return what is around the team after a week's work, None where nothing is."""
    if rules.around is None or state.around is None:
        return None
    nothing, own = np.zeros(pace.shape), average(rules.decision.dread(known))[None]
    passed = Passed(
        effort=effort,
        features=delivered(rules.traces, pace, effort, known.skill),
        worth=average(worth),
        dread=own if state.above is None else np.concatenate([own, state.above]),
    )
    trust = nothing + 1 if state.climate is None else state.climate.trust
    debt = nothing if state.stocks is None else state.stocks.debt
    return surroundings.moved(rules.around, state.around, state.week, passed, debt, trust, draws)


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
    shape = (draws.rows, rules.members)
    belief = np.zeros((len(rules.activities), *shape))
    for m, signal in enumerate(rules.signals):
        for k, activity in enumerate(rules.activities):
            each = rules.believed[m, k]
            if not np.any(each):
                continue
            if beliefs.wrong and beliefs.error:
                each = each * (1 + beliefs.error * draws.once(f"belief:{signal}:{activity}"))
            belief[k] += each
    if beliefs.wrong and beliefs.error_absolute:
        for k, activity in enumerate(rules.activities):
            belief[k] += beliefs.error_absolute * draws.once(f"belief:{activity}")
    if beliefs.rationality != "learned" or beliefs.learning is None:
        return belief, None
    relative = beliefs.learning.doubt * rules.believed
    variance = np.full(rules.believed.shape[1:], beliefs.error_absolute**2)
    if len(relative):
        variance = variance + weighed(np.ones(len(relative)), relative * relative)
    return belief, learning.begin(np.broadcast_to(lifted(variance), belief.shape))
