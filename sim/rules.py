"""What is fixed while a team works: the scenario as arrays.

    r_k = Σ_m w_m·G_mk                     what a unit of effort adds to a score
    power `equal`: w is scaled so that ‖r‖ = ‖f‖
    stability s = Prize·z·φ(z)·r'C⁻¹r/σ²   of a contest, σ with the spread of ability and experiments;
                                           not to lose one of k places is to win one of the other N − k

References: stability of contests, THEORY E.
"""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass, fields

import numpy as np
from scipy.special import ndtri

from sim.activities import Activity
from sim.arrays import Floats, dot, length
from sim.contest import Contest
from sim.decision import StockDecision
from sim.draws import Causes
from sim.errors import InvalidInput, ModelWarning
from sim.evaluation import Measurement, Review
from sim.perception import Beliefs, Stakes
from sim.project import Project, Traces
from sim.scenario import Scenario
from sim.signals import Signal, rounded


@dataclass(frozen=True, kw_only=True)
class Rules:
    """Everything that does not move. Shapes stand beside the fields.

    Parameters
    ----------
    worth : (activity,)
        f; without a project, what it is worth at once.
    scored : (activity,)
        r, at skill 1.
    told : (activity,)
        r by the weights that members are told.
    believed : (signal, activity)
        w̃_m·G_mk, what is announced.
    skill : (members,)
        Given skills; NaN where drawn.
    """

    activities: tuple[str, ...]
    signals: tuple[str, ...]
    names: tuple[str, ...]
    weeks: int
    worth: Floats
    scored: Floats
    told: Floats
    believed: Floats
    measurement: Measurement
    stakes: Stakes
    review: Review
    beliefs: Beliefs
    decision: StockDecision
    project: Project | None
    traces: Traces
    observed: dict[str, Floats]
    causes: Causes
    skill: Floats
    skill_sd: float
    habit: Floats
    habit_sd: float
    risk_aversion: float
    aligned: bool

    @property
    def members(self) -> int:
        """Seats in the team."""
        return len(self.names)


def rules_of(scenario: Scenario, aligned: bool = False) -> Rules:
    """Turn a scenario into arrays.

    Parameters
    ----------
    scenario : Scenario
    aligned : bool
        Whether everyone's marginal rewards are turned towards the worth of the work, at their own strength.
    """
    team, scheme, names = scenario.team, scenario.scheme, tuple(scenario.activities)
    kinds = list(scenario.activities.values())
    seats = team.seats
    worth = np.array([a.worth if scenario.project else a.worth_now for a in kinds])
    weighed_signals = tuple(scheme.weights) + tuple(s for s in scheme.announced or {} if s not in scheme.weights)
    measurement = _measurement(scenario, weighed_signals, names, worth)
    size = _size(measurement.shared, len(seats))
    each = (measurement.weight * size)[:, None] * measurement.loading
    scored = np.cumsum(each, axis=0)[-1] if len(each) else np.zeros(len(names))
    believed = _believed(scenario, measurement, weighed_signals) * size[:, None]
    contest = Contest(
        members=len(seats),
        noise=math.sqrt(measurement.variance_of(scheme.review)),
        rivals=scheme.rivals,
        exact_up_to=scheme.exact_up_to,
    )
    at_risk = scheme.layoff or team.layoff
    rules = Rules(
        activities=names,
        signals=weighed_signals,
        names=tuple(p.name for p in seats),
        weeks=scenario.weeks,
        worth=worth,
        scored=scored,
        told=np.cumsum(believed, axis=0)[-1] if len(believed) else np.zeros(len(names)),
        believed=believed,
        measurement=measurement,
        stakes=Stakes(
            pay=scheme.pay,
            promotion=scheme.promotion,
            layoff=scheme.layoff,
            loss=0.0 if at_risk is None else at_risk.loss,
            contest=contest,
            strength=scheme.strength,
            by_lot=False,
        ),
        review=scheme.review,
        beliefs=scenario.beliefs,
        decision=StockDecision(
            motives=scenario.motives,
            weight=np.array([[p.motives.get(m, 0.0) for p in seats] for m in scenario.motives]).reshape(-1, len(seats)),
            choice=scenario.choice,
            conduct=scenario.conduct,
            distaste=np.array([a.distaste for a in kinds]),
        ),
        project=scenario.project,
        traces=_traces(kinds),
        observed=_observed(scenario, names),
        causes=Causes(
            explore=tuple(f"explore:{k}" for k in names) if scenario.conduct.experimentation else (),
            noise=tuple(f"signal:{s}" for s in weighed_signals),
            blur=("attribution",) if measurement.blur else (),
            luck=tuple(f"places:{c}" for c in ("pay", "promotion", "layoff")),
        ),
        skill=np.array([np.nan if p.skill is None else p.skill for p in seats]),
        skill_sd=team.skill_sd,
        habit=np.array([a.habit for a in kinds]),
        habit_sd=team.habit_sd,
        risk_aversion=team.risk_aversion,
        aligned=aligned,
    )
    _check_contests(rules)
    return rules


def _observed(scenario: Scenario, activities: tuple[str, ...]) -> dict[str, Floats]:
    """Return the loadings of the signals that motives ask for, as long as 1: name → (activity,).

    Neither the unit of a signal nor the noise of whoever reads it changes what is true of the work.
    """
    asked = [getattr(motive, "signal", None) for motive in scenario.motives.values()]
    loading = {s: scenario.signals[s].along(activities) for s in asked if s is not None}
    return {s: np.array([rounded(x / (length(g) or 1.0)) for x in g]) for s, g in loading.items()}


def _standard(scenario: Scenario, signal: Signal, activities: tuple[str, ...]) -> tuple[Floats, float]:
    """Return loadings (activity,) and noise of a signal, standardised if the scheme says so."""
    loading, sd = signal.along(activities), signal.noise.sd
    if scenario.scheme.standardise:
        if scenario.reference is None:
            raise InvalidInput("reference_team", None, "given where scheme.standardise is true")
        unit = scenario.reference.sd(signal) or 1.0
        loading, sd = [rounded(g / unit) for g in loading], rounded(sd / unit)
    return np.array(loading), sd


def _measurement(
    scenario: Scenario, signals: tuple[str, ...], activities: tuple[str, ...], worth: Floats
) -> Measurement:
    scheme = scenario.scheme
    standard = [_standard(scenario, scenario.signals[s], activities) for s in signals]
    loading = np.array([g for g, _ in standard]).reshape(-1, len(activities))
    weight = np.array([scheme.weights.get(s, 0.0) for s in signals])
    shared = tuple(scenario.signals[s].shared for s in signals)
    size = _size(shared, len(scenario.team.seats))
    direction = [dot(weight * size, loading[:, k]) for k in range(len(activities))]
    own = [dot(weight * (size == 1), loading[:, k]) for k in range(len(activities))]
    scale = 1.0
    if scheme.power == "equal" and weight.any():
        if length(direction) == 0:
            raise InvalidInput(
                "scheme.weights", dict(scheme.weights), "weights under which some activity changes the score"
            )
        scale = rounded(length(worth) / length(direction))
    if any(s and w for s, w in zip(shared, weight, strict=True)) and (scheme.promotion or scheme.layoff):
        raise InvalidInput(
            "scheme.promotion",
            "given",
            "null, and layoff null, where a shared signal is weighed: all would tie",
        )
    return Measurement(
        weight=weight * scale,
        loading=loading,
        sd=np.array([sd for _, sd in standard]),
        shared=shared,
        mix=_mix(scenario, len(signals)),
        blur=scheme.attribution * length(own) * scale,
    )


def _size(shared: tuple[bool, ...], members: int) -> Floats:
    """Return what of a signal one member moves: all of the own, 1/N of the team's: (signal,)."""
    return np.where(shared, 1 / members, 1.0)


def _mix(scenario: Scenario, signals: int) -> Floats | None:
    given = scenario.scheme.correlation
    if given is None:
        return None
    try:
        correlation = np.array(given)
        if correlation.shape != (signals, signals) or (np.diag(correlation) != 1).any():
            raise ValueError
        if not np.allclose(correlation, correlation.T, rtol=0, atol=1e-12):
            raise ValueError
        return np.linalg.cholesky(correlation)
    except (ValueError, np.linalg.LinAlgError):
        allowed = f"a symmetric positive definite matrix, {signals} by {signals}, with ones on its diagonal"
        raise InvalidInput("scheme.correlation", given, allowed) from None


def _believed(scenario: Scenario, measurement: Measurement, signals: tuple[str, ...]) -> Floats:
    """Return w̃·G: the weights as announced, at the power of the true ones."""
    scheme = scenario.scheme
    weight = measurement.weight
    if scheme.announced is not None and scenario.beliefs.rationality != "perfect":
        told = np.array([scheme.announced.get(s, 0.0) for s in signals])
        true = np.array([scheme.weights.get(s, 0.0) for s in signals])
        scale = next((float(w / t) for w, t in zip(weight, true, strict=True) if t), 1.0)
        weight = told * scale
    return weight[:, None] * measurement.loading


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
    return rules.stakes.strength * size * z * bell * soft / (rules.stakes.contest.noise**2 + spread)


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
            if stakes.contest.noise <= 0:
                allowed = "above 0: a contest needs luck"
                raise InvalidInput(f"{key} with noise of the score", stakes.contest.noise, allowed)
            s += stability(rules, prize, places)
        if s >= 1:
            raise InvalidInput(
                f"{key} with stability s", round(s, 3), "below 1 (smaller prize or strength, or more noise)"
            )
        if abs(s) >= 0.5 and undamped:
            warnings.warn(f"{key}: stability s = {s:.2f}, from ±0.5 on undamped play may oscillate", ModelWarning, 2)
