"""A whole organisation: everybody but the head has a boss, who is evaluated in turn.

    week      every tier of the chart is a batch of teams, and lives the week of `sim.engine`
    upwards   what the reports of a boss showed last week is part of what the boss shows
              evident = own_part·own + (1 − own_part)·mean of the reports'
    reviews   from the head down, every boss sets the weights for those below, see `sim.evaluators`
    told      w̃ = mean over j ≤ foresight of what counts j evaluators further up; the nearest says
              candour·w + (1 − candour)·w_scheme

The board's weights are the scheme's. What people believe moves at once by what they are told.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from sim import evaluators as bosses
from sim.arrays import Floats, Ints, average, norm
from sim.chart import Chart, Organisation, Tier, called, chart_of, staffed
from sim.decision import Decide
from sim.draws import Draws, WeekDraws
from sim.engine import week
from sim.evaluation import UNITS
from sim.evaluators import Trust
from sim.ladder import Succession, heir
from sim.outlook import outlook
from sim.people import Person
from sim.record import Week
from sim.rules import Asked, Rules, plan_of, under
from sim.scenario import Scenario
from sim.state import State, added, entered, initial, retold
from sim.succession import Bench, exchanged


@dataclass(frozen=True, kw_only=True)
class Company:
    """The people of an organisation in their places.

    Parameters
    ----------
    scenario : Scenario
    chart : Chart
    people : tuple of Person
        Everybody there is one of; a team's and the managers repeat.
    who : (people,)
        Which of them everybody is.
    """

    scenario: Scenario
    chart: Chart
    people: tuple[Person, ...]
    who: Ints

    @staticmethod
    def of(scenario: Scenario) -> Company:
        """Put the people of a scenario in their places."""
        assert scenario.organisation is not None
        parent, people, who = staffed(scenario.organisation, scenario.team.seats)
        return Company(scenario=scenario, chart=chart_of(parent), people=people, who=who)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Names of everybody; those of whom there are several carry a number."""
        return called(self.people, self.who)

    @cached_property
    def leads(self) -> tuple[Ints, Ints]:
        """The tier and the group that everybody leads, −1 for who leads nobody: (people,) both."""
        tier, group = np.full(self.chart.people, -1), np.full(self.chart.people, -1)
        for i, each in enumerate(self.chart.tiers):
            if each.depth:
                tier[each.boss], group[each.boss] = i, np.arange(len(each.boss))
        return tier, group

    @property
    def organisation(self) -> Organisation:
        """What is around the teams."""
        assert self.scenario.organisation is not None
        return self.scenario.organisation

    @cached_property
    def scenarios(self) -> tuple[Scenario, ...]:
        """The scenario of each tier: its people, of whom only those who build have a project."""
        return tuple(self._placed(self.scenario, tier) for tier in self.chart.tiers)

    def _placed(self, found: Scenario, tier: Tier) -> Scenario:
        """Return a scenario, or what interventions make of it, as it is for a tier."""
        people = tuple(replace(self.people[i], name=f"seat {n}") for n, i in enumerate(self.who[tier.people[0]], 1))
        phases = found.phases
        if len(people) == 1:  # nobody to be compared with
            phases = tuple(replace(p, scheme=replace(p.scheme, promotion=None, layoff=None)) for p in phases)
        if found.project and not tier.builds:  # what they do leaves no debt and no knowledge: it is worth f at once
            now = {k: replace(a, worth_now=a.worth) for k, a in found.activities.items()}
            found = replace(found, activities=now, project=None)
        if not tier.builds:
            found = replace(found, sponsor=None, customers=None, reporting=None)
        elif found.reporting is not None:  # news climbs as many steps as there are
            found = replace(found, reporting=replace(found.reporting, hops=max(tier.depth, 1)))
        return replace(
            found,
            phases=tuple(replace(p, world=p.world and self._placed(p.world, tier)) for p in phases),
            teams=int(np.bincount(self.unit(tier)).max()),
            team=replace(found.team, people=people, size=None),
        )

    def unit(self, tier: Tier) -> Ints:
        """Return the number of the unit whose mean shared signals are, for each group of a tier: (groups,)."""
        parent, boss = self.chart.parent, tier.boss
        for _ in range(UNITS.index(self.scenario.scheme.shared_by)):
            boss = np.where(boss >= 0, parent[np.maximum(boss, 0)], boss)
        if self.scenario.scheme.shared_by == UNITS[0]:
            boss = np.arange(len(boss))
        return np.unique(boss, return_inverse=True)[1]

    def motives(self, tier: Tier, runs: int) -> Floats:
        """Return ω of everybody in a tier: (channel, runs, members)."""
        weight = [[p.motives.get(m, 0.0) for p in self.people] for m in self.scenario.motives]
        each = np.array(weight).reshape(-1, len(self.people))
        return np.tile(each[:, self.who[tier.people]], (1, runs, 1))

    def seated(self, rules: Rules, tier: Tier, weight: Floats, runs: int) -> Rules:
        """Return the rules of a tier with everybody in their seats, who want what their weights say."""
        who = self.who[tier.people]
        skill = np.array([np.nan if p.skill is None else p.skill for p in self.people])
        leads = np.isin(tier.people, self.chart.parent)
        own_part = np.where(leads, self.organisation.own_part, 1.0)
        busy = rules.phase.hours * (np.array(self.names) == self.scenario.intervener.name)
        return replace(
            rules,
            decision=replace(rules.decision, weight=weight),
            skill=np.tile(skill[who], (runs, 1)),
            busy=np.tile(busy[tier.people], (runs, 1)) if busy[tier.people].any() else None,
            own_part=np.tile(own_part, (runs, 1)) if leads.any() else None,
            reach=np.where(rules.leading[:, None, None] > 0, np.tile(leads, (runs, 1)), 1.0)
            if rules.leading.any()
            else None,
            measurement=replace(rules.measurement, pool=self._pool(tier, runs)),
        )

    def _pool(self, tier: Tier, runs: int) -> Ints | None:
        """Return the unit of each team of each run: (runs · groups,), None where each is its own."""
        unit = self.unit(tier)
        if len(np.unique(unit)) == len(unit):
            return None
        return (np.arange(runs)[:, None] * (unit.max() + 1) + unit).ravel()


@dataclass(frozen=True, kw_only=True)
class Moment:
    """A week of the whole organisation.

    Parameters
    ----------
    weeks : tuple of Week
        Of each tier.
    weight : (signal, runs, people)
        What counts for everybody.
    risen : (runs,)
        Who have taken the seat of a boss at its end [people].
    """

    weeks: tuple[Week, ...]
    weight: Floats
    risen: Floats


@dataclass(kw_only=True)
class _Course:
    """A tier on its way.

    `motives` (channel, runs, members) and `merit` (runs, members) are what its people want, and their last scores;
    `seen` (signal, runs) and `result` (runs,) what the window has shown its bosses.
    """

    tier: Tier
    scenario: Scenario
    plan: tuple[Rules, ...]
    draws: Draws
    rules: Rules
    asked: Asked | None
    state: State
    motives: Floats
    merit: Floats
    trust: Trust | None
    seen: Floats
    result: Floats

    def on_people(self, x: Floats, runs: int) -> Floats:
        """Return what belongs to teams (…, runs · groups) for each of their people: (…, runs, groups, seats)."""
        groups, seats = self.tier.people.shape
        return np.repeat(x.reshape(*x.shape[:-1], runs, groups, 1), seats, axis=-1)


def lived(
    company: Company,
    seed: int,
    runs: Sequence[int],
    *,
    aligned: bool = False,
    shadow: bool = False,
    decide: Decide | None = None,
) -> Iterator[Moment]:
    """Run the weeks of an organisation in turn.

    Parameters
    ----------
    company : Company
    seed : int
    runs : sequence of int
        The runs' numbers.
    aligned, shadow : bool
        As in `sim.rules.plan_of`.
    decide : Decide or None
        How everybody decides; None: the stock rule.
    """
    courses = [_course(company, i, seed, runs, aligned, shadow) for i in range(len(company.chart.tiers))]
    head, people = courses[0], company.chart.people
    weight = np.zeros((len(head.rules.signals), len(runs), people))
    led = np.zeros((len(head.rules.activities), len(runs), people))
    results = np.zeros((len(runs), people))
    chances = (c.draws.weekly(c.rules.causes, head.rules.weeks) for c in courses)
    for t, chance in enumerate(zip(*chances, strict=True)):
        for course in courses:
            _enter(company, course, t, len(runs))
        if (t - head.rules.since) % head.rules.review.weeks == 0:
            weight = _ask(company, courses, chance, len(runs))
        passed, fear = [], np.zeros(results.shape)
        for course, luck in zip(courses, chance, strict=True):
            if course.rules.own_part is not None:
                from_below = led[:, :, course.tier.people].reshape(course.state.effort.shape)
                course.state = replace(course.state, below=(1 - course.rules.own_part) * from_below)
            if course.scenario.reporting is not None:
                course.state = replace(course.state, above=_on_the_way(company, course.tier, fear))
            course.state, each = week(course.state, course.rules, luck, decide or course.rules.decision)
            passes = course.tier.depth > 0 and course.rules.own_part is not None  # news from below
            if passes and company.scenario.reporting is not None:
                groups, seats = course.tier.people.shape
                fear[:, course.tier.people] = course.rules.decision.dread(each.known).reshape(-1, groups, seats)
            passed.append(each)
        for course, each in zip(courses[::-1], passed[::-1], strict=True):
            _watch(course, each, led, results, len(runs))
        risen = _succeed(company, courses, passed, chance, len(runs))
        yield Moment(weeks=tuple(passed), weight=weight, risen=risen)


def _course(company: Company, i: int, seed: int, runs: Sequence[int], aligned: bool, shadow: bool) -> _Course:
    tier, scenario = company.chart.tiers[i], company.scenarios[i]
    motives = company.motives(tier, len(runs))
    plan = tuple(company.seated(r, tier, motives, len(runs)) for r in plan_of(scenario, aligned=aligned, shadow=shadow))
    draws = Draws(seed, runs, tier.people.shape[1], len(tier.people), f"tier {i}: ")
    weight = plan[0].measurement.weight
    adaptation = company.organisation.evaluators.adaptation
    used = np.ones(len(weight)) if adaptation is None or not adaptation.doubts else (weight != 0).astype(np.float64)
    return _Course(
        tier=tier,
        scenario=scenario,
        plan=plan,
        draws=draws,
        rules=plan[0],
        asked=None,
        state=added(initial(plan[0], draws), plan[0]),
        motives=motives,
        merit=np.zeros(motives.shape[1:]),
        trust=None if adaptation is None else bosses.begin(used, draws.rows),
        seen=np.zeros((len(weight), draws.rows)),
        result=np.zeros(draws.rows),
    )


def _enter(company: Company, course: _Course, t: int, runs: int) -> None:
    """Change to the rules that hold from this week on."""
    for rules in course.plan[1:]:
        if rules.start != t:
            continue
        same, made = rules.since == course.rules.since, rules
        if same and course.asked is not None:
            made = under(course.scenario, rules, course.asked)
        course.rules = company.seated(made, course.tier, course.motives, runs)
        course.state = (retold if same else entered)(course.state, course.rules, course.draws)
        course.state = added(course.state, rules)


def _ask(company: Company, courses: Sequence[_Course], chance: Sequence[WeekDraws], runs: int) -> Floats:
    """Let everybody who leads set the weights for those below, from the head down: (signal, runs, people)."""
    rules, parent = company.organisation.evaluators, company.chart.parent
    (head, *rest), shape = courses, (runs, company.chart.people)
    scheme = head.rules.measurement.weight
    weight = np.zeros((len(scheme), *shape))
    weight[:, :, head.tier.people.ravel()] = scheme.reshape(-1, *[1] * 2)[:, :1]
    wish = np.zeros((len(head.rules.activities), *shape))
    _wish(rules, head, chance[0], wish)
    for course, luck in zip(rest, chance[1:], strict=True):
        boss = course.tier.boss
        chosen = _chosen(rules, course, weight[:, :, boss], wish[:, :, boss], scheme)
        weight[:, :, course.tier.people] = course.on_people(chosen, runs)
        told = rules.candour * chosen + (1 - rules.candour) * scheme[:, None]
        above = boss
        for _ in range(rules.foresight):
            told = told + weight[:, :, above].reshape(chosen.shape)
            above = np.where(parent[above] < 0, above, parent[above])
        course.asked = Asked(weight=chosen[..., None], told=told[..., None] / (1 + rules.foresight))
        made = under(course.scenario, course.rules, course.asked)
        course.rules = company.seated(made, course.tier, course.motives, runs)
        course.state = retold(course.state, course.rules, course.draws)
        course.seen, course.result = np.zeros(course.seen.shape), np.zeros(course.result.shape)
        _wish(rules, course, luck, wish)
    return weight


def _wish(rules: bosses.Evaluators, course: _Course, luck: WeekDraws, wish: Floats) -> None:
    """Enter what the people of a tier would like those below to do into (activity, runs, people)."""
    if course.rules.own_part is None:
        return
    decision, state = course.rules.decision, course.state
    known, _ = outlook(state, course.rules, luck)
    own = decision.weigh(decision.perceive(replace(known, stakes=replace(known.stakes, strength=0.0))))
    wanted = state.belief * course.rules.crafty[:, None, None]
    found = bosses.wished(rules, wanted, own, _length(course.rules.worth))
    groups, seats = course.tier.people.shape
    wish[:, :, course.tier.people] = found.reshape(len(found), -1, groups, seats)


def _chosen(rules: bosses.Evaluators, course: _Course, above: Floats, wish: Floats, scheme: Floats) -> Floats:
    """Return the weights that the bosses of a tier choose (signal, runs), from (kind, runs, groups)."""
    here, scored = course.rules, course.rules.measurement
    wish, above = wish.reshape(len(wish), -1), above.reshape(len(above), -1)
    loading = scored.loading * here.crafty
    if rules.loss:
        luck = np.stack([course.draws.once(f"understood:{a}")[:, 0] for a in here.activities])
        wish = bosses.understood(rules, wish, luck, (course.state.week - here.since) // here.review.weeks)
    relied = None
    if course.trust is not None and rules.adaptation is not None:
        before = np.broadcast_to(scored.weight.reshape(len(above), -1), above.shape)
        if course.state.week:
            course.trust = bosses.disappointed(
                rules.adaptation, course.trust, before, course.seen, course.result, loading, here.worth
            )
            course.trust = bosses.one_more(rules, course.trust, before, wish, loading)
        relied = bosses.felt(rules, course.trust)
    own = bosses.reachable(rules, wish, loading, scored.sd, relied)
    return bosses.passed_on(rules, above, own, loading, _length(bosses.asked(scheme[:, None], loading)[:, 0]))


def _on_the_way(company: Company, tier: Tier, fear: Floats) -> Floats | None:
    """Return what the bosses fear whom news from a tier has to pass below the head, the nearest first: (hop, runs)."""
    parent, boss, found = company.chart.parent, tier.boss, []
    while (parent[boss] >= 0).all():
        found.append(fear[:, boss].ravel())
        boss = parent[boss]
    return np.stack(found) if found else None


def _watch(course: _Course, passed: Week, led: Floats, results: Floats, runs: int) -> None:
    """Let bosses see the week of their reports: enter it into (activity, runs, people) and (runs, people)."""
    groups = len(course.tier.people)
    share = float(passed.rules.review.shares[(passed.known.week - passed.rules.since) % passed.rules.review.weeks])
    below = results[:, course.tier.people].reshape(passed.worth.shape)
    part = 1.0 if passed.rules.own_part is None else passed.rules.own_part
    result = average(part * passed.worth + (1 - part) * below)
    course.seen = course.seen + share * average(passed.signals)
    course.result = course.result + share * result
    if course.tier.depth:
        led[:, :, course.tier.boss] = average(passed.evident).reshape(len(led), runs, groups)
        results[:, course.tier.boss] = result.reshape(runs, groups)


def _succeed(
    company: Company, courses: Sequence[_Course], passed: Sequence[Week], chance: Sequence[WeekDraws], runs: int
) -> Floats:
    """Let reports follow the bosses who have left, from the head down; return how many have: (runs,)."""
    rules, risen = company.organisation.succession, np.zeros(runs)
    if rules is None or passed[0].gone is None:
        return risen
    for course, each in zip(courses, passed, strict=True):
        if each.verdict is not None:
            course.merit = each.verdict.score
    empty = [np.zeros(0) if w.gone is None else w.gone.copy() for w in passed]
    for i, course in enumerate(courses):
        tiers, groups = (x[course.tier.people.ravel()] for x in company.leads)
        place = empty[i].reshape(runs, -1)
        for j in np.unique(tiers[tiers >= 0]):
            run, seat = np.nonzero(place & (tiers == j))
            if not len(run):
                continue
            below, luck = courses[j], chance[j].rises
            row, members = run * len(below.tier.people) + groups[seat], below.tier.people.shape[1]
            heirs = row * members + heir(rules, below.merit[row], luck[0][row])
            _change(rules, course, run * place.shape[1] + seat, below, heirs, luck[1].ravel()[heirs])
            empty[j].reshape(-1)[heirs] = True
            risen += np.bincount(run, minlength=runs)
    return risen


def _change(rules: Succession, above: _Course, seats: Ints, below: _Course, heirs: Ints, luck: Floats) -> None:
    """Let heirs take the seats above them, and newcomers theirs."""
    moved = exchanged(
        rules,
        Bench(state=above.state, motives=above.motives, merit=above.merit),
        seats,
        Bench(state=below.state, motives=below.motives, merit=below.merit),
        heirs,
        luck,
    )
    for course, bench in zip((above, below), moved, strict=True):
        course.state, course.motives, course.merit = bench.state, bench.motives, bench.merit
        course.rules = replace(course.rules, decision=replace(course.rules.decision, weight=bench.motives))


def _length(x: Floats) -> float:
    return float(norm(x))
