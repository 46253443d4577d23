"""What is fixed while a team works: the scenario as arrays.

    r_k = Σ_m w_m·G_mk                     what a unit of effort adds to a score (gaming: at mean initial craft)
    power `equal`: w is scaled so that ‖r‖ = ‖f‖
    stability s = Prize·z·φ(z)·r'C⁻¹r/σ²   of a contest, σ with the spread of ability and experiments;
                                           not to lose one of k places is to win one of the other N − k

References: stability of contests, THEORY E.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property

import numpy as np
from scipy.special import ndtri

from sim.activities import Activity
from sim.arrays import Bools, Floats, average, dot, length, norm, weighed
from sim.beliefs import Beliefs
from sim.contest import Contest
from sim.craft import Craft
from sim.culture import Culture, carers
from sim.decision import Given, StockDecision
from sim.draws import Causes
from sim.errors import InvalidInput, ModelWarning
from sim.evaluation import Measurement, Review, Scheme
from sim.motives.intrinsic import Intrinsic
from sim.motives.skill_up import SkillUp
from sim.perception import Stakes
from sim.politics import Politics
from sim.project import Project, Traces
from sim.scenario import RULES, Phase, Scenario
from sim.signals import Signal, rounded
from sim.surroundings import Surroundings
from sim.turnover import Turnover

LIKING = "liking"  # the signal that leaks into whatever passes through a person's judgement


@dataclass(frozen=True, kw_only=True)
class Rules:
    """Everything that does not move while a scheme is in force. Shapes stand beside the fields.

    Parameters
    ----------
    phase : Phase
        The stretch of weeks in which these rules hold.
    worth : (activity,)
        f; without a project, what it is worth at once.
    contact : float
        How fast what people think it is comes nearer to it [per week]; 0 where goals are not spelled out.
    scored, counts : (activity,)
        r, what effort adds to a score, at skill 1 and mean initial craft · what work shown adds.
    told, told_pooled : (activity,), the latter None where it is nothing
        w̃'G by the weights that members hold for true, without error: of their own signals · of the team's.
    blame, blame_pooled : float
        w̃'blame likewise: points that an incident put down to oneself takes off the own score · that an incident takes
        off all scores together, where signals of the team say so.
    tied : bool
        Whether the score sets nobody apart: only the team's signals count.
    believed : (signal, activity)
        w̃_m·G_mk; these and the four before it are (…, runs, 1) where each team has weights of its own.
    skill : (members,)
        Given skills; NaN where drawn.
    gaming, crafty, scruple, leading : (activity,)
        1 for what is a craft · what a beginner shows of it · how much scruples object · 1 for what only bosses can do.
    obscures : (activity,) or None
    own_part : (runs, members) or None
        How much of what people show is their own work, the rest their reports'; None: nobody has any.
    reach : (activity, runs, members) or None
        1 for what people in a seat can do, 0 for what only bosses can; None: everything.
    sabotages : (activity,) or (activity, runs, 1), or None
        d, what a unit of effort takes off the rivals' scores together [points]; None: nothing does.
    politics, culture : Politics or None · Culture or None
        The former where something takes ill intent.
    ill, favours : (activity,)
        1 for what takes ill intent · how much of it is favours.
    around : Surroundings or None
    busy : (members,) or (runs, members), or None
        Share of the week that an intervention takes.
    judged : float or (runs, 1)
        Weight of all that is somebody's judgement of a member [points per standard deviation].
    rewarded, carers : float or (runs, 1)
        cos(r, f) of what the scheme visibly rewards, 0 where nothing counts · share of what members want that is
        caring about the work.
    """

    activities: tuple[str, ...]
    signals: tuple[str, ...]
    names: tuple[str, ...]
    weeks: int
    phase: Phase
    worth: Floats
    contact: float
    scored: Floats
    counts: Floats
    told: Floats
    told_pooled: Floats | None
    blame: float | Floats
    blame_pooled: float | Floats
    tied: bool
    believed: Floats
    measurement: Measurement
    stakes: Stakes
    review: Review
    beliefs: Beliefs
    decision: StockDecision
    craft: Craft | None
    project: Project | None
    turnover: Turnover | None
    traces: Traces
    market: Floats | None
    forgets: float
    observed: dict[str, Floats]
    causes: Causes
    skill: Floats
    skill_sd: float
    habit: Floats
    habit_sd: float
    gaming: Floats
    crafty: Floats
    scruple: Floats
    leading: Floats
    obscures: Floats | None
    sabotages: Floats | None
    politics: Politics | None
    culture: Culture | None
    ill: Floats
    favours: Floats
    judged: float | Floats
    rewarded: float | Floats
    carers: float | Floats
    around: Surroundings | None
    busy: Floats | None
    risk_aversion: float
    aligned: bool
    own_part: Floats | None = None
    reach: Floats | None = None

    @cached_property
    def hides(self) -> Floats | None:
        """What a unit of effort adds to the noise of the own score of a review, as a share.

        (activity,) or (activity, runs, 1). It blurs the weeks' signals, not what else a review cannot tell; the team's
        are nobody's own.
        """
        if self.obscures is None or self.tied:
            return None
        shares, noise = self.review.shares, self.stakes.contest.noise
        weekly = self.measurement.variance(own=True) * dot(shares, shares)
        return np.multiply.outer(self.obscures, weekly / np.square(noise)) if weekly.any() else None

    @property
    def start(self) -> int:
        """The week from which these rules hold."""
        return self.phase.start

    @property
    def since(self) -> int:
        """The week from which the scheme is in force, and reviews are counted."""
        return self.phase.since

    @cached_property
    def blames(self) -> bool:
        """Whether incidents are put down to people, or believed to be."""
        breaks = self.project is not None and self.project.incidents is not None
        return breaks and (self.measurement.blames or bool(np.any(self.blame) or np.any(self.blame_pooled)))

    @property
    def members(self) -> int:
        """Seats in the team."""
        return len(self.names)


@dataclass(frozen=True, kw_only=True)
class Common:
    """What is the same in all phases of a scenario, whatever is in force: its signals, and what chance decides."""

    signals: tuple[str, ...]
    causes: Causes

    @staticmethod
    def of(scenario: Scenario, phases: Sequence[Phase]) -> Common:
        """Gather what any phase asks for."""
        worlds = [scenario, *(p.world for p in phases if p.world is not None)]
        signals = tuple(dict.fromkeys(s for world in worlds for s in _signals(world)))
        lots = any(p.by_lot or _tied(p.world or scenario, p.scheme) for p in phases)
        each = [_causes(world, signals, lots) for world in worlds]
        named = {f.name: [getattr(c, f.name) for c in each] for f in fields(Causes)}
        longest = {k: tuple(dict.fromkeys(name for names in v for name in names)) for k, v in named.items()}
        return Common(signals=signals, causes=Causes(**longest))


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a boss counts, and what those below are told or guess: (signal, runs, 1) both, in the order of `listed`."""

    weight: Floats
    told: Floats


def plan_of(scenario: Scenario, *, aligned: bool = False, shadow: bool = False) -> tuple[Rules, ...]:
    """Return the rules of each phase of a scenario, in order.

    Parameters
    ----------
    scenario : Scenario
    aligned : bool
        Whether everyone's marginal rewards are turned towards the worth of the work, at their own strength,
        from the week on from which the scheme counts.
    shadow : bool
        Whether the scheme under study is only measured, to the end.
    """
    phases = [replace(p, by_lot=p.by_lot or (shadow and p.start >= scenario.since)) for p in scenario.phases]
    common = Common.of(scenario, phases)
    return tuple(_rules(scenario, p, aligned and p.start >= scenario.since, common) for p in phases)


def under(scenario: Scenario, rules: Rules, asked: Asked) -> Rules:
    """Return the rules of the same weeks once bosses ask for something of their own."""
    common = Common(signals=rules.signals, causes=rules.causes)
    return _rules(scenario, rules.phase, rules.aligned, common, asked)


def rules_of(scenario: Scenario, aligned: bool = False) -> Rules:
    """Return the rules of a scenario when its scheme begins to count."""
    return next(rules for rules in plan_of(scenario, aligned=aligned) if rules.start >= scenario.since)


def _rules(scenario: Scenario, phase: Phase, aligned: bool, common: Common, asked: Asked | None = None) -> Rules:
    """Turn a phase of a scenario into arrays; under a scheme's own weights, if nobody asks for something else."""
    scenario = phase.world or scenario
    if asked is None and phase.scheme.silos:
        asked = _siloed(scenario, phase.scheme, common)
    team, scheme, names = scenario.team, phase.scheme, tuple(scenario.activities)
    kinds = list(scenario.activities.values())
    seats = team.seats
    worth = np.array([a.worth if scenario.project else a.worth_now for a in kinds])
    gaming = np.array([float(a.gaming) for a in kinds])
    crafty = np.where(gaming > 0, 1.0 if scenario.craft is None else scenario.craft.beginner, 1.0)
    listed = common.signals
    measurement = _measurement(scenario, scheme, listed, names, worth, crafty, asked)
    size = _size(scenario, measurement.shared)
    tied = _tied(scenario, scheme) if asked is None else False
    scored = _along(_times(measurement.weight, size), measurement.loading * crafty)
    held = _held(scenario, scheme, measurement, listed, asked)
    believed = _each(_times(held, size), measurement.loading)
    own, whole = (_alike(measurement.variance_of(scheme.review, own=x)) for x in (True, False))
    contest = Contest(
        members=len(seats),
        noise=1.0 if tied else _plain(np.sqrt(own)),
        rivals=scheme.rivals,
        exact_up_to=scheme.exact_up_to,
        common=_plain(np.sqrt(np.maximum(whole - own, 0.0))),
        tied=tied,
    )
    at_risk = scheme.layoff or team.layoff
    outside = next((m for m in scenario.motives.values() if isinstance(m, SkillUp)), None)
    rules = Rules(
        activities=names,
        signals=listed,
        names=tuple(p.name for p in seats),
        weeks=scenario.weeks,
        phase=phase,
        worth=worth,
        contact=0.0 if scenario.goals is None else scenario.goals.contact,
        scored=scored,
        counts=_along(_times(measurement.weight, size), measurement.loading),
        told=_sum(believed, size == 1),
        told_pooled=_sum(believed, size < 1) if measurement.pools else None,
        blame=_plain(np.asarray(weighed(np.where(size == 1, measurement.blame, 0.0), held))) if listed else 0.0,
        blame_pooled=_plain(np.asarray(weighed(np.where(size < 1, measurement.blame, 0.0), held))) if listed else 0.0,
        tied=tied,
        believed=believed,
        measurement=measurement,
        stakes=Stakes(
            pay=scheme.pay,
            promotion=scheme.promotion,
            layoff=scheme.layoff,
            loss=0.0 if at_risk is None else at_risk.loss,
            contest=contest,
            strength=scheme.strength,
            by_lot=phase.by_lot,
            audit=None if phase.by_lot else scheme.audit,
        ),
        review=scheme.review,
        beliefs=scenario.beliefs,
        decision=StockDecision(
            motives=scenario.motives,
            weight=np.array([[p.motives.get(m, 0.0) for p in seats] for m in scenario.motives]).reshape(-1, len(seats)),
            choice=scenario.choice,
            conduct=scenario.conduct,
            distaste=np.array([a.distaste for a in kinds]),
            given=_given(scenario),
        ),
        craft=scenario.craft if gaming.any() else None,
        project=scenario.project,
        turnover=scenario.turnover,
        traces=_traces(kinds),
        market=None
        if outside is None or scenario.turnover is None
        else np.array([outside.loadings.get(k, 0.0) for k in names]),
        forgets=0.0 if outside is None else outside.decay,
        observed=_observed(scenario, names),
        causes=common.causes,
        skill=np.array([np.nan if p.skill is None else p.skill for p in seats]),
        skill_sd=team.skill_sd,
        habit=np.array([a.habit for a in kinds]),
        habit_sd=team.habit_sd,
        gaming=gaming,
        crafty=crafty,
        scruple=np.array([a.scruple for a in kinds]),
        leading=np.array([float(a.leads) for a in kinds]),
        obscures=np.array([a.obscures for a in kinds]) if any(a.obscures for a in kinds) else None,
        sabotages=_sabotages(kinds, measurement, size, crafty),
        politics=scenario.politics if any(a.ill for a in kinds) else None,
        culture=scenario.culture,
        ill=np.array([float(a.ill) for a in kinds]),
        favours=np.array([a.favours for a in kinds]),
        judged=_judged(scenario, measurement, listed),
        rewarded=0.0 if phase.by_lot else _cosine(scored, worth),
        carers=_carers(scenario),
        around=_around(scenario, kinds),
        busy=_busy(scenario, phase),
        risk_aversion=team.risk_aversion,
        aligned=aligned,
    )
    if not phase.by_lot and asked is None and scenario.organisation is None:
        _check_contests(rules)
    return rules


def _along(weight: Floats, loading: Floats) -> Floats:
    """Return Σ_m w_m·G_mk, signal after signal: (signal, …) and (signal, activity) to (activity, …)."""
    each = _each(weight, loading)
    return _sum(each, np.ones(len(each), dtype=bool))


def _each(weight: Floats, loading: Floats) -> Floats:
    """Return w_m·G_mk: (signal, …) and (signal, activity) to (signal, activity, …)."""
    return np.asarray(weight[:, None] * _upto(loading, weight.ndim + 1))


def _sum(each: Floats, which: Bools) -> Floats:
    """Return the sum of some of the signals, one after the other: (signal, activity, …) to (activity, …)."""
    kept = each * _upto(which.astype(np.float64), each.ndim)
    return np.asarray(np.cumsum(kept, axis=0)[-1]) if len(each) else np.zeros(each.shape[1:])


def _times(weight: Floats, factor: Floats) -> Floats:
    """Return weights (signal, …) times a factor for each signal."""
    return np.asarray(weight * _upto(factor, weight.ndim))


def _upto(x: Floats, axes: int) -> Floats:
    """Return an array with as many axes, the new ones last."""
    return x.reshape(x.shape + (1,) * (axes - x.ndim))


def _alike(x: Floats) -> Floats:
    """Return the mean over members, whose comparison knows one noise: () or (…, members) to () or (…, 1)."""
    return x if x.ndim == 0 or x.shape[-1] == 1 else average(x)[..., None]


def _plain(x: Floats) -> float | Floats:
    """Return a single number as what it is."""
    return float(x) if x.ndim == 0 else x


def _sabotages(kinds: list[Activity], measurement: Measurement, size: Floats, crafty: Floats) -> Floats | None:
    """Return what a unit of effort takes off the rivals' scores together [points], None for nothing."""
    own = _along(_times(measurement.weight, np.where(size == 1, 1.0, 0.0)), measurement.loading * crafty)
    found = np.multiply.outer(np.array([a.sabotages for a in kinds]), norm(own))
    return found if found.any() else None


def _around(scenario: Scenario, kinds: list[Activity]) -> Surroundings | None:
    """Return what is around the team, if anything is."""
    if scenario.sponsor is None and scenario.customers is None and scenario.reporting is None:
        return None
    return Surroundings(
        sponsor=scenario.sponsor,
        customers=scenario.customers,
        reporting=scenario.reporting,
        displays=np.array([a.displays for a in kinds]),
    )


def _busy(scenario: Scenario, phase: Phase) -> Floats | None:
    """Return what interventions take of everybody's week: (members,), None where they take nothing."""
    name = scenario.intervener.name
    if not phase.hours or name is None:
        return None
    return np.array([phase.hours if p.name == name else 0.0 for p in scenario.team.seats])


def _given(scenario: Scenario) -> Given | None:
    """Return the weeks of those who have one given, None where everybody decides."""
    given = [p.week for p in scenario.team.seats]
    if all(week is None for week in given):
        return None
    effort = [[np.nan if w is None else w.get(k, 0.0) for w in given] for k in scenario.activities]
    return Given(effort=np.array(effort), since=scenario.since)


def _judged(scenario: Scenario, measurement: Measurement, listed: tuple[str, ...]) -> float | Floats:
    """Return the weight of signals of one's own that pass through a person's judgement [points]."""
    signals = [scenario.signals[s] for s in listed]
    own = [s.subjective and not s.shared and name != LIKING for s, name in zip(signals, listed, strict=True)]
    return _plain(np.asarray(weighed(np.array(own, dtype=float), np.abs(measurement.weight)))) if listed else 0.0


def _cosine(x: Floats, y: Floats) -> float | Floats:
    """Return the cosine between (activity, …) and (activity,), 0 where one is 0: (…)."""
    size = np.asarray(norm(x) * norm(y))
    found = np.divide(weighed(y, x), size, out=np.zeros(size.shape), where=size > 0)
    return _plain(found)


def _carers(scenario: Scenario) -> float:
    """Return the share of what members want that is caring about the work, and not about the score for it."""
    motives, seats = scenario.motives, scenario.team.seats
    weight = np.array([[p.motives.get(m, 0.0) for p in seats] for m in motives]).reshape(-1, 1, len(seats))
    caring = [1 - m.surrogation if isinstance(m, Intrinsic) else 0.0 for m in motives.values()]
    return float(carers(weight, np.array(caring))[0])


def _signals(scenario: Scenario) -> tuple[str, ...]:
    """Return the signals that count, or are said to count, under any scheme of the scenario, each once."""
    names: list[str] = []
    for phase in (max(scenario.phases, key=lambda p: p.scheme is scenario.scheme), *scenario.phases):
        names += [*weights_of(scenario, phase.scheme), *(phase.scheme.announced or {})]
        for own in (phase.scheme.silos or {}).values():
            names += weights_of(scenario, replace(phase.scheme, weights=own))
    if scenario.organisation is not None:
        names += scenario.organisation.palette
    return tuple(dict.fromkeys([*names, *(scenario.beliefs.folklore or {})]))


def weights_of(scenario: Scenario, scheme: Scheme) -> dict[str, float]:
    """Return what each signal counts for, the halo of being liked included."""
    weights = dict(scheme.weights)
    signals = scenario.signals
    judged = sum(abs(w) for s, w in weights.items() if signals[s].subjective and not signals[s].shared and s != LIKING)
    if scheme.halo.liking and judged and LIKING in scenario.signals:
        weights[LIKING] = weights.get(LIKING, 0.0) + scheme.halo.liking * judged
    return weights


def _tied(scenario: Scenario, scheme: Scheme) -> bool:
    """Whether a score sets nobody apart: all that counts is the team's."""
    counts = [scenario.signals[s].shared for s, w in weights_of(scenario, scheme).items() if w]
    return bool(counts) and all(counts)


def _causes(scenario: Scenario, listed: tuple[str, ...], lots: bool) -> Causes:
    """Return what chance decides in a week, under whatever scheme of the scenario."""
    schemes = [p.scheme for p in scenario.phases]
    loud = any(scenario.signals[s].noise.common for s in listed)
    tries = scenario.conduct.experimentation or scenario.choice.drawn
    hears = scenario.beliefs.rationality == "learned" and scenario.beliefs.learning
    incidents = scenario.project is not None and scenario.project.incidents is not None
    tells, whole = scenario.reporting, scenario.organisation
    moves = whole is not None and whole.succession is not None and scenario.turnover is not None
    return Causes(
        explore=tuple(f"explore:{k}" for k in scenario.activities) if tries else (),
        noise=tuple(f"signal:{s}" for s in listed),
        shock=tuple(f"shock:{s}" for s in listed) if loud else (),
        blur=("attribution",) if any(s.attribution for s in schemes) else (),
        luck=tuple(f"places:{c}" for c in RULES),
        lot=tuple(f"lottery:{c}" for c in RULES) if lots else (),
        audit=("audit",) if any(s.audit for s in schemes) else (),
        hears=tuple(f"hears:{i}" for i in range(hears.peers)) if hears else (),
        incident=("incident",) if incidents else (),
        exit=("exit",) if scenario.turnover is not None else (),
        newcomer=("newcomer",) if scenario.turnover is not None else (),
        rises=("rises", "changes") if moves else (),
        sponsor=("sponsor",) if scenario.sponsor is not None else (),
        needs=() if scenario.customers is None else tuple(f"needs:{d.name}" for d in scenario.customers.departments),
        problem=() if tells is None else tells.causes,
        garble=tuple(f"garble:{h}" for h in range(tells.hops)) if tells is not None and tells.garbling else (),
        report=tuple(f"report:{h}" for h in range(tells.hops)) if tells is not None and tells.noise else (),
    )


def _observed(scenario: Scenario, activities: tuple[str, ...]) -> dict[str, Floats]:
    """Return the loadings of the signals that motives ask for, as long as 1: name → (activity,).

    Neither the unit of a signal nor the noise of whoever reads it changes what is true of the work.
    """
    asked = [getattr(motive, "signal", None) for motive in scenario.motives.values()]
    loading = {s: scenario.signals[s].along(activities) for s in asked if s is not None}
    return {s: np.array([rounded(x / (length(g) or 1.0)) for x in g]) for s, g in loading.items()}


def _unit(scenario: Scenario, scheme: Scheme, signal: Signal) -> float:
    """Return what a signal is divided by: its standard deviation, if the scheme standardises."""
    if not scheme.standardise:
        return 1.0
    if scenario.reference is None:
        raise InvalidInput("reference_team", None, "given where scheme.standardise is true")
    return scenario.reference.sd(signal) or 1.0


def _measurement(
    scenario: Scenario,
    scheme: Scheme,
    listed: tuple[str, ...],
    activities: tuple[str, ...],
    worth: Floats,
    crafty: Floats,
    asked: Asked | None,
) -> Measurement:
    signals = [scenario.signals[s] for s in listed]
    units = [_unit(scenario, scheme, s) for s in signals]
    loading = np.array(
        [[rounded(g / u) if u != 1 else g for g in s.along(activities)] for s, u in zip(signals, units, strict=True)]
    ).reshape(-1, len(activities))

    def scaled(values: list[float]) -> Floats:
        return np.array([rounded(x / u) if u != 1 else x for x, u in zip(values, units, strict=True)])

    shared = tuple(s.shared for s in signals)
    size = _size(scenario, shared)
    weight = _powered(scenario, scheme, listed, size, loading * crafty, worth) if asked is None else asked.weight
    own = _plain(norm(_along(_times(weight, np.where(size == 1, 1.0, 0.0)), loading * crafty)))
    return Measurement(
        weight=weight,
        loading=loading,
        sd=scaled([s.noise.sd for s in signals]),
        common=scaled([s.noise.common for s in signals]),
        freedom=tuple(s.noise.freedom for s in signals),
        shared=shared,
        lag=tuple(s.lag for s in signals),
        saturation=tuple(
            None if s.saturation is None else s.saturation / u for s, u in zip(signals, units, strict=True)
        ),
        blame=scaled([s.blame for s in signals]),
        mix=_mix(scheme, tuple(scheme.weights), listed),
        blur=scheme.attribution * own,
        rater=scheme.rater * own,
        tenure=scheme.halo.tenure,
        teams=scenario.teams,
    )


def _powered(
    scenario: Scenario, scheme: Scheme, listed: tuple[str, ...], size: Floats, loading: Floats, worth: Floats
) -> Floats:
    """Return the weights of a scheme at the power it asks for: (signal,)."""
    weights = weights_of(scenario, scheme)
    weight = np.array([weights.get(s, 0.0) for s in listed])
    if scheme.power != "equal" or not weight.any():
        return weight
    direction = length(_along(weight * size, loading))
    if direction == 0:
        raise InvalidInput(
            "scheme.weights", dict(scheme.weights), "weights under which some activity changes the score"
        )
    return weight * rounded(length(worth) / direction)


def _size(scenario: Scenario, shared: tuple[bool, ...]) -> Floats:
    """Return what of a signal one member moves: all of the own, 1/N of what N share: (signal,)."""
    return np.where(shared, 1 / (len(scenario.team.seats) * scenario.teams), 1.0)


def _siloed(scenario: Scenario, scheme: Scheme, common: Common) -> Asked | None:
    """Return what counts for everybody by role, each as strong as a scheme of its own: None where all are alike."""
    roles = [p.role for p in scenario.team.seats]
    if not scheme.silos or not any(role in scheme.silos for role in roles):
        return None
    each = {}
    for role in dict.fromkeys(roles):
        own = replace(scheme, silos=None, weights=scheme.silos.get(str(role), scheme.weights))
        phase = Phase(start=0, scheme=own, by_lot=True, since=0)
        each[role] = _rules(scenario, phase, False, common).measurement.weight
    weight = np.stack([each[role] for role in roles], axis=-1)[:, None]
    return Asked(weight=weight, told=weight)


def _mix(scheme: Scheme, weighed_signals: tuple[str, ...], listed: tuple[str, ...]) -> Floats | None:
    given, n = scheme.correlation, len(weighed_signals)
    if given is None:
        return None
    try:
        correlation = np.array(given)
        if correlation.shape != (n, n) or (np.diag(correlation) != 1).any():
            raise ValueError
        if not np.allclose(correlation, correlation.T, rtol=0, atol=1e-12):
            raise ValueError
        place = [listed.index(s) for s in weighed_signals]
        mix = np.eye(len(listed))
        mix[np.ix_(place, place)] = np.linalg.cholesky(correlation)
        return mix
    except (ValueError, np.linalg.LinAlgError):
        allowed = f"a symmetric positive definite matrix, {n} by {n}, with ones on its diagonal"
        raise InvalidInput("scheme.correlation", given, allowed) from None


def _held(
    scenario: Scenario, scheme: Scheme, measurement: Measurement, listed: tuple[str, ...], asked: Asked | None
) -> Floats:
    """Return w̃·δ^lag, the weights as members hold them for true, at the power of the true ones: (signal, …)."""
    beliefs, true = scenario.beliefs, measurement.weight
    if beliefs.rationality == "perfect":
        weight = true
    else:
        weight = true if asked is None else asked.told
        if scheme.announced is not None and asked is None:
            plain = np.array([weights_of(scenario, scheme).get(s, 0.0) for s in listed])
            scale = next((float(w / t) for w, t in zip(true, plain, strict=True) if t), 1.0)
            weight = scale * np.array([scheme.announced.get(s, 0.0) for s in listed])
        share = 1.0 if scheme.secret else beliefs.folklore_share
        if share:
            folklore = np.array([(beliefs.folklore or {}).get(s, 0.0) for s in listed])
            size = length(_along(folklore, measurement.loading))
            strong = norm(_along(true, measurement.loading)) / size if size else 0.0
            weight = (1 - share) * weight + share * _upto(folklore, weight.ndim) * strong
        if beliefs.sees_through:
            weight = (1 - beliefs.sees_through) * weight + beliefs.sees_through * true
        if beliefs.salience:
            explicit = np.array([scenario.signals[s].explicit for s in listed])
            weight = _times(weight, np.where(explicit, 1 + beliefs.salience, 1.0))
    return _times(weight, np.array([scheme.review.patience**lag for lag in measurement.lag]))


def _traces(kinds: list[Activity]) -> Traces:
    return Traces(**{f.name: np.array([float(getattr(a, f.name)) for a in kinds]) for f in fields(Traces)})


def stability(rules: Rules, size: float, places: float) -> float:
    """Return s of a contest: no symmetric equilibrium from 1 on, undamped play oscillates from ±½ on.

    Parameters
    ----------
    size : float
        Prize, or loss avoided, as felt at strength 1 [utility per week].
    places : float
        Number of places to be won.
    """
    choice, conduct = rules.decision.choice, rules.decision.conduct
    soft = choice.softness(rules.scored)
    lag = conduct.adjustment / (2 - conduct.adjustment)
    spread = dot(rules.scored * rules.habit, rules.scored * rules.habit) * rules.habit_sd**2
    spread += dot(rules.scored, rules.habit) ** 2 * rules.skill_sd**2
    tried = conduct.experimentation**2 * soft**2 * lag  # at least: r'C⁻²r ≥ (r'C⁻¹r)²/r'r
    spread += tried / max(dot(rules.scored, rules.scored), 1e-300)
    z = float(ndtri(min(max(1 - places / rules.members, 1e-12), 1 - 1e-12)))
    bell = math.exp(-0.5 * z * z) / math.sqrt(2 * math.pi)
    return rules.stakes.strength * size * z * bell * soft / (float(rules.stakes.contest.noise) ** 2 + spread)


def _check_contests(rules: Rules) -> None:
    """Refuse or warn about contests that theory does not cover."""
    stakes, undamped = rules.stakes, rules.decision.conduct.adjustment == 1
    for name, rule in (("pay", stakes.pay), ("promotion", stakes.promotion), ("layoff", stakes.layoff)):
        contests = () if rule is None else rule.contests(rules.members)
        key, s = f"scheme.{name}", 0.0
        for prize, places in contests:
            if rules.members == 1 or not 0 < places < rules.members:
                people = f"{rules.members} member" + "s" * (rules.members > 1)
                warnings.warn(
                    f"{key}: a contest for {places:g} places in a team of {people} brings no incentive",
                    ModelWarning,
                    2,
                )
                continue
            if rules.tied:
                continue
            if np.any(np.less_equal(stakes.contest.noise, 0)):
                allowed = "above 0: a contest needs luck"
                raise InvalidInput(f"{key} with noise of the score", stakes.contest.noise, allowed)
            s += stability(rules, prize, places)
        if s >= 1:
            raise InvalidInput(
                f"{key} with stability s", round(s, 3), "below 1 (smaller prize or strength, or more noise)"
            )
        if abs(s) >= 0.5 and undamped:
            warnings.warn(f"{key}: stability s = {s:.2f}, from ±0.5 on undamped play may oscillate", ModelWarning, 2)
