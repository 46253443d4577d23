"""A decision of a member taken apart, as numbers; the room (`experiments.explain`) has the equations."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from experiments.words import bare
from sim.arrays import Floats, average, lifted, summed, weighed
from sim.decision import StockDecision
from sim.draws import Draws
from sim.engine import aligned, weeks
from sim.errors import InvalidInput, ModelWarning, unknown
from sim.evaluation import bent
from sim.perception import Known
from sim.record import Week
from sim.rules import Rules, plan_of
from sim.scenario import Phase, Scenario


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """One decision of one member, taken apart.

    Parameters
    ----------
    member : str
    seed, run, week, weeks : int
        Address of the decision; weeks are counted from 0.
    scheme, rule : str
        Plain label of the scheme in force · class of the rule of choice.
    labels : mapping of str to str
        Activity or motive → plain label.
    activities, motives : tuple of str
    habit, last, wanted, effort : (activity,)
        Habitual week, last week's effort, effort before inertia, effort done [week].
    untried : (activity,)
        Effort if nothing had been tried out [week].
    wanted_true, effort_true : (activity,)
        The same under true beliefs about what adds to the score [week].
    wanted_aligned, effort_aligned : (activity,)
        The same with all marginal rewards turned towards the worth of the work, at their own strength [week].
    terms : (channel, activity)
        Marginal reward by motive, weight included [utility per week of effort].
    m, tried, objection : (activity,)
        Their sum · what experimentation adds · what dislikes and scruples take [utility per week of effort].
    believed, truth : (activity,)
        r̃ and r, what effort adds to the own score [points per week of effort].
    believed_worth, worth : (activity,)
        f̃ and f, what it is worth, skill included [weeks of core work per week of effort].
    weight, utility, utility_habit : (channel,)
        ω · ω·u of the week done, and of the habitual week [utility].
    moved : (channel,)
        Hours that would go elsewhere without the motive [week].
    drawn : (channel,)
        Index of the activity that would lose most of them.
    cost : float
        Cost of the effort done [utility].
    adjustment, experimentation : float
        η, share of the way gone in a week · τ [utility per week of effort].
    counts, scored, tied : bool
        Whether the score counts already · whether anything adds to it · whether it sets nobody apart.
    answers, literal, sampled, reasons : bool
        Whether wants move the effort · whether it is done as it stands · whether it is drawn by lot ·
        whether the member thinks at all about what to do.
    given : bool
        Whether the week is one that the member was given, and decides nothing about.
    since : int or None
        The week since which somebody else has had the seat; None: nobody has.
    """

    member: str
    seed: int
    run: int
    week: int
    weeks: int
    scheme: str
    rule: str
    labels: Mapping[str, str]
    activities: tuple[str, ...]
    motives: tuple[str, ...]
    habit: Floats
    last: Floats
    wanted: Floats
    effort: Floats
    untried: Floats
    wanted_true: Floats
    effort_true: Floats
    wanted_aligned: Floats
    effort_aligned: Floats
    terms: Floats
    m: Floats
    tried: Floats
    objection: Floats
    believed: Floats
    truth: Floats
    believed_worth: Floats
    worth: Floats
    weight: Floats
    utility: Floats
    utility_habit: Floats
    moved: Floats
    drawn: tuple[int, ...]
    cost: float
    adjustment: float
    experimentation: float
    counts: bool
    scored: bool
    tied: bool
    answers: bool
    literal: bool
    sampled: bool
    reasons: bool
    given: bool
    since: int | None

    @property
    def answered(self) -> Floats:
        """What the rule of choice answers: (activity,)."""
        return self.m + self.tried - self.objection

    @property
    def held(self) -> tuple[int, ...]:
        """Places of the motives that the member has."""
        return tuple(int(c) for c in np.flatnonzero(self.weight))

    def called(self, k: int) -> str:
        """Plain label of the k-th activity."""
        return self.labels[self.activities[k]]

    def table(self) -> pd.DataFrame:
        """Return a row per activity: efforts, marginal rewards by motive, beliefs and truth."""
        columns = {
            "habit": self.habit,
            "effort_last": self.last,
            "effort": self.effort,
            "wanted": self.wanted,
            "m": self.m,
            **{f"m_{k}": term for k, term in zip(self.motives, self.terms, strict=True)},
            "objection": self.objection,
            "experimentation": self.tried,
            "believed": self.believed,
            "truth": self.truth,
            "believed_worth": self.believed_worth,
            "worth": self.worth,
            "effort_untried": self.untried,
            "effort_true": self.effort_true,
            "wanted_true": self.wanted_true,
            "effort_aligned": self.effort_aligned,
            "wanted_aligned": self.wanted_aligned,
        }
        names = {"activity": list(self.activities), "label": [self.labels[k] for k in self.activities]}
        return pd.DataFrame({**names, **columns})


def explanation(scenario: Scenario, seed: int, run: int, member: str, week: int) -> Explanation:
    """Live run `run` of a scenario up to a week and take a member's decision apart.

    Raises
    ------
    InvalidInput
        For a member who is not on the team, a week after the last, or a number below 0.

    Examples
    --------
    >>> import sim
    >>> found = explanation(sim.load("scheme=commits", "weeks=13"), seed=1, run=0, member="Ada", week=6)
    >>> bool(found.m[0] == found.terms.cumsum(axis=0)[-1, 0])
    True
    """
    if scenario.organisation is not None:
        raise InvalidInput("organisation", "given", "null: what is explained is a member of one team")
    names = [p.name for p in scenario.team.seats]
    if member not in names:
        raise unknown("member", member, names)
    for key, value in (("seed", seed), ("run", run)):
        if not _whole(value) or value < 0:
            raise InvalidInput(key, value, "a whole number, at least 0")
    if not _whole(week) or not 0 <= week < scenario.weeks:
        raise InvalidInput("week", week, f"a whole number from 0 to {scenario.weeks - 1}")
    seat, since = names.index(member), None
    for passed in weeks(plan_of(scenario), Draws(seed, [run], len(names))):
        if passed.known.week == week:
            break
        if passed.gone is not None and passed.gone[0, seat]:
            since = passed.known.week + 1
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ModelWarning)  # the plan above has given them
        clear = plan_of(replace(scenario, beliefs=replace(scenario.beliefs, rationality="perfect")))
    true = next(rules for rules in clear if rules.start == passed.rules.start)
    said = scenario.config["motives"]
    labels = _apart({k: str((said[k].get("label") or {}).get("plain", k)) for k in scenario.motives})
    return _explained(
        passed,
        true,
        seat,
        seed=seed,
        run=run,
        weeks=scenario.weeks,
        scheme=bare(_in_force(scenario, week).scheme.label.plain),
        labels=labels | _apart({k: a.label.plain for k, a in scenario.activities.items()}),
        since=since,
    )


def _apart(labels: dict[str, str]) -> dict[str, str]:
    """Return labels of which no two are the same: a name is added where it must be.

    Examples
    --------
    >>> _apart({"a": "a task", "b": "a task", "c": "rest"})
    {'a': 'a task (a)', 'b': 'a task (b)', 'c': 'rest'}
    """
    listed = list(labels.values())
    return {k: v if listed.count(v) == 1 else f"{v} ({k})" for k, v in labels.items()}


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _explained(passed: Week, true: Rules, seat: int, **about: Any) -> Explanation:
    """Take the decision of a seat in a week apart; `true`: the rules of a team that sees truly."""
    rules, known, decision = passed.rules, passed.known, passed.rules.decision
    own = (..., 0, seat)
    done = passed.effort[own]
    reasons = known.keeps is None or not known.keeps[0, seat]
    at_once = replace(decision, conduct=replace(decision.conduct, adjustment=1.0, status_quo=0.0))
    careful = replace(decision, conduct=replace(decision.conduct, experimentation=0.0))

    def answer(rule: StockDecision, seen: Known, m: Floats) -> Floats:
        return rule.choose(seen, m)[own]

    seen = seeing_truly(known, rules, true)
    m_true = decision.weigh(decision.perceive(seen))
    m_aligned = aligned(passed.m, rules.worth)
    wanted = answer(at_once, known, passed.m)
    weight = decision.weight[:, seat]
    terms = passed.terms[own] * weight[:, None]
    lacking = [wanted - answer(at_once, known, passed.m - passed.terms[c] * w) for c, w in enumerate(weight)]
    motives = decision.motives.values()
    nothing, unset = np.zeros(done.shape), np.full(passed.effort.shape, np.nan)
    explores = len(known.explore) > 0 and decision.conduct.experimentation > 0 and not decision.choice.drawn
    idle = answer(at_once, known, np.zeros(passed.m.shape))
    return Explanation(
        member=rules.names[seat],
        week=known.week,
        rule=type(decision.choice).__name__,
        activities=rules.activities,
        motives=tuple(decision.motives),
        habit=known.habit[own],
        last=known.effort[own],
        wanted=wanted,
        effort=done,
        untried=answer(careful, known, passed.m),
        wanted_true=answer(at_once, seen, m_true),
        effort_true=answer(decision, seen, m_true),
        wanted_aligned=answer(at_once, known, m_aligned),
        effort_aligned=answer(decision, known, m_aligned),
        terms=terms,
        m=passed.m[own],
        tried=decision.conduct.experimentation * known.explore[own] if explores else nothing,
        objection=nothing if known.objection is None else np.broadcast_to(known.objection, passed.m.shape)[own],
        believed=known.slope[own],
        truth=seen.slope[own],
        believed_worth=known.worth[own],
        worth=rules.worth * known.skill[own],
        weight=weight,
        utility=np.array([w * u.utility(passed.effort, known)[own] for w, u in zip(weight, motives, strict=True)]),
        utility_habit=np.array([w * u.utility(known.habit, known)[own] for w, u in zip(weight, motives, strict=True)]),
        moved=np.array([moved(x) for x in lacking]),
        drawn=tuple(int(np.argmax(x)) for x in lacking),
        cost=float(decision.choice.effort_cost(passed.effort, known.habit)[own]),
        adjustment=decision.conduct.adjustment,
        experimentation=decision.conduct.experimentation,
        counts=not rules.stakes.by_lot,
        scored=bool(rules.counts.any()),
        tied=rules.tied,
        answers=not passed.m[own].any() or not np.array_equal(wanted, idle),
        literal=decision.choice.literal,
        sampled=decision.choice.drawn,
        reasons=reasons,
        given=decision.given is not None and not np.isnan(decision.given.instead(unset, known.week)[own]).any(),
        **about,
    )


def seeing_truly(known: Known, rules: Rules, true: Rules) -> Known:
    """Return what members would know who see what adds to the score, all else as it was.

    Rivals are judged by the same true weights; what is expected of their effort stays, and so does overconfidence.

    Parameters
    ----------
    known : Known
    rules, true : Rules
        In force · the same of a team of perfect beliefs.
    """
    evident = known.effort * known.shows
    slope = lifted(summed(true.believed)) * known.shows
    if rules.measurement.bends:
        slope = slope + bent(rules.measurement, evident)[1] * known.shows
    if known.spares is not None:
        slope = slope + true.blame * known.spares
    apart = slope
    if true.told_pooled is not None:
        apart = np.zeros(slope.shape) if rules.tied else slope - lifted(true.told_pooled) * known.shows
    field = known.field + average(weighed(true.told - rules.told, evident))[:, None]
    return replace(known, slope=slope, apart=apart, field=field)


def moved(change: Floats) -> float:
    """Return how much of a week goes elsewhere in a change of effort (activity,).

    Examples
    --------
    >>> moved(np.array([0.25, -0.125, -0.125]))
    0.25
    """
    return float(max(change[change > 0].sum(), -change[change < 0].sum()))


def week_to_explain(scenario: Scenario) -> int:
    """Return the first week of the second half that a review closes, or the last; the scheme counts by then."""
    later = range(max(scenario.weeks // 2, scenario.since), scenario.weeks)
    closed = (t for t in later if (p := _in_force(scenario, t)).scheme.review.due(t - p.since))
    return next(closed, scenario.weeks - 1)


def _in_force(scenario: Scenario, week: int) -> Phase:
    return next(p for p in reversed(scenario.phases) if p.start <= week)
