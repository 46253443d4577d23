"""Claims put to the test: what is run for each, and what came of it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import pandas as pd

from experiments import claims as catalogue
from experiments import robust
from experiments.chunks import Recipe
from experiments.claims import Claim, Comparison
from experiments.console import counting
from experiments.docket import Asked, Show, answered
from experiments.effects import CONFIRMED, HOLDS, OPEN, Effect, effect_of, holm, kind_of, p_value, parts_of, verdict
from experiments.executors import Executor, Lost, map_chunks
from experiments.region import Region, region
from experiments.variants import arms_of
from sim.errors import InvalidInput, RunFailed
from sim.measures.goodhart import NEED_SHADOW, NEED_TWIN
from sim.scenario import Scenario


@dataclass(frozen=True, kw_only=True)
class Setting:
    """How much is run.

    Parameters
    ----------
    runs : int
        Of every arm of the test and of the control, unless a claim takes more.
    without : int
        Of every arm with a mechanism switched off.
    draws, each : int
        Draws of what is plausible · runs of every arm at each.
    tried, flips : int
        Entries of the tables that are tried · runs of every arm at each.
    """

    runs: int
    without: int
    draws: int
    each: int
    tried: int
    flips: int


SETTINGS = {
    "quick": Setting(runs=100, without=6, draws=12, each=5, tried=1, flips=6),
    "full": Setting(runs=1000, without=32, draws=64, each=10, tried=3, flips=24),
}


@dataclass(frozen=True, kw_only=True)
class Batch:
    """Runs that are asked for together, and what they are for: (claim, kind, name) → arm → place in `asked`."""

    asked: list[Asked] = field(default_factory=list)
    places: dict[tuple[str, str, str], dict[str, int]] = field(default_factory=dict)

    def add(self, key: tuple[str, str, str], arms: Mapping[str, Scenario], recipe: Recipe, runs: int) -> None:
        """Ask for some runs of some arms."""
        self.places[key] = {}
        for arm, scenario in arms.items():
            self.places[key][arm] = len(self.asked)
            self.asked.append(Asked(scenario=scenario, recipe=recipe, runs=runs))

    def take(self, other: Batch) -> None:
        """Ask for all that another asks for, too."""
        before = len(self.asked)
        self.asked.extend(other.asked)
        self.places.update({key: {arm: before + i for arm, i in arms.items()} for key, arms in other.places.items()})

    def answers(
        self, path: Path, executor: Executor, show: Show
    ) -> dict[tuple[str, str, str], dict[str, pd.DataFrame]]:
        """Return the runs of everything that was asked for."""
        frames = answered(path, self.asked, executor, show)
        return {key: {arm: frames[i] for arm, i in arms.items()} for key, arms in self.places.items()}


@dataclass(frozen=True, kw_only=True)
class Judged:
    """What came of a claim.

    Parameters
    ----------
    claim : Claim
    effect : Effect
    alpha : float
        The level that Holm's procedure holds it to.
    verdict : str
    control : Effect or None
    idle : bool or None
        Whether the control stays within the smallest effect of interest; None: there is none.
    draws : mapping of str to float
        Shares that hold, reverse, are too small.
    region : Region
        Where it fails.
    tables : str
        How the effect stands to what the tables alone say.
    predicted : float
        The effect by the tables alone, in their unit; NaN where they do not say.
    mechanisms : mapping of str to Effect
        The effect without each.
    turning : str
        The smallest change of one entry that turns the sign, in words.
    second : mapping of str to Effect
    """

    claim: Claim
    effect: Effect
    alpha: float = 0.05
    verdict: str = OPEN
    control: Effect | None = None
    idle: bool | None = None
    draws: Mapping[str, float] = field(default_factory=dict)
    region: Region = field(default_factory=Region)
    tables: str = ""
    predicted: float = math.nan
    mechanisms: Mapping[str, Effect] = field(default_factory=dict)
    turning: str = ""
    second: Mapping[str, Effect] = field(default_factory=dict)

    @property
    def driver(self) -> str:
        """The mechanism without which least of an effect of some size is left; none if all leave three quarters."""
        if not abs(self.effect.value) > self.claim.smallest:
            return ""
        left = {k: e.value / self.effect.value for k, e in self.mechanisms.items() if math.isfinite(e.value)}
        least = min(left, key=lambda k: left[k], default="")
        return least if least and left[least] < 0.75 else ""

    @property
    def hidden_by(self) -> list[str]:
        """The mechanisms without which there would be what is claimed, where there is not."""

        def kind(effect: Effect) -> str:
            return kind_of(effect.value, self.claim.expected, self.claim.smallest)

        if kind(self.effect) == HOLDS:
            return []
        return [k for k, e in self.mechanisms.items() if math.isfinite(e.value) and kind(e) == HOLDS]


def recipe_of(comparison: Comparison, measures: Sequence[str], seed: int) -> Recipe:
    """Return how the arms of a comparison are run."""
    kept = tuple(dict.fromkeys([*measures, *parts_of(comparison.outcome)]))
    return Recipe(
        seed=seed,
        window=comparison.window,
        measures=kept,
        aligned=bool({*kept} & {*NEED_TWIN}),
        shadow=bool({*kept} & {*NEED_SHADOW}),
    )


def verdicts(wanted: Mapping[str, Claim], setting: Setting, seed: int, path: Path, executor: Executor) -> list[Judged]:
    """Put claims to the test, in a folder that keeps what is computed."""
    with counting("claims put together", "claims") as show:
        first, arms = _first(wanted, setting, seed, executor, show)
    with counting("runs of the test", "runs") as show:
        found = first.answers(path, executor, show)
    tested = [_tested(c, found, arms, setting, seed) for c in wanted.values()]
    levels = holm([_p(t) for t in tested])
    tested = [replace(t, alpha=a, verdict=_verdict(t, a)) for t, a in zip(tested, levels, strict=True)]
    with counting("runs of turning points", "runs") as show:
        return _turned(tested, found, arms, setting, seed, path, executor, show)


def _first(
    wanted: Mapping[str, Claim], setting: Setting, seed: int, executor: Executor, show: Show
) -> tuple[Batch, dict[str, dict[str, Scenario]]]:
    """Ask for what can be asked for at once; returns that and the arms of every claim."""
    found: dict[int, tuple[Batch, dict[str, Scenario]]] = {}
    for i, composed in map_chunks(executor, [partial(_composed, c, setting, seed) for c in wanted.values()]):
        if isinstance(composed, Lost):
            raise RunFailed(f"claim {[*wanted][i]}: {composed.reason}")
        found[i] = composed
        show(len(found), len(wanted), 0)
    batch = Batch()
    for i in range(len(wanted)):
        batch.take(found[i][0])
    return batch, {name: found[i][1] for i, name in enumerate(wanted)}


def _composed(claim: Claim, setting: Setting, seed: int) -> tuple[Batch, dict[str, Scenario]]:
    """Return what a claim asks for, and the arms of its test."""
    batch, composed, runs = Batch(), dict[tuple[str, ...], Scenario](), max(setting.runs, claim.runs)
    own = arms_of(claim.test.words, composed)
    batch.add((claim.id, "test", ""), own, recipe_of(claim.test, claim.measures, seed), runs)
    if claim.control is not None:
        control = arms_of(claim.control.words, composed)
        batch.add((claim.id, "control", ""), control, recipe_of(claim.control, (), seed), runs)
    plain = recipe_of(claim.test, (), seed)
    for what, changes in {**catalogue.mechanisms(), **claim.mechanisms}.items():
        less = catalogue.without(own, changes)
        if less is not None:
            batch.add((claim.id, "without", what), less, plain, setting.without)
    for draw in range(setting.draws):
        drawn = robust.drawn_arms(own, seed, draw, setting.draws)
        batch.add((claim.id, "draw", str(draw)), drawn, plain, setting.each)
    return batch, own


def _effect(comparison: Comparison, runs: Mapping[str, pd.DataFrame]) -> Effect:
    """Return an effect; NaN where an arm does not have the measure."""
    try:
        return effect_of(runs, comparison.outcome, comparison.compared, comparison.over)
    except InvalidInput:
        return Effect(value=math.nan, error=math.nan, runs=0)


def _tested(
    claim: Claim,
    found: Mapping[tuple[str, str, str], Mapping[str, pd.DataFrame]],
    arms: Mapping[str, Mapping[str, Scenario]],
    setting: Setting,
    seed: int,
) -> Judged:
    """Return what came of a claim, its level and verdict and what would turn it left open."""
    own = {(kind, what): runs for (name, kind, what), runs in found.items() if name == claim.id}
    test = effect_of(own["test", ""], claim.test.outcome, claim.test.compared, claim.test.over)
    control = None if claim.control is None else _effect(claim.control, own["control", ""])
    idle = None if control is None else verdict(control, "zero", claim.smallest) == CONFIRMED
    each = [_effect(claim.test, own["draw", str(d)]).value for d in range(setting.draws)]
    kinds = pd.Series([kind_of(v, claim.expected, claim.smallest) for v in each if math.isfinite(v)])
    predicted = None if claim.tables is None else robust.by_tables(arms[claim.id], claim.tables)
    return Judged(
        claim=claim,
        effect=test,
        control=control,
        idle=idle,
        draws={str(k): float(v) for k, v in kinds.value_counts(normalize=True).items()},
        region=_region(claim, arms[claim.id], each, setting, seed),
        tables=robust.against_tables(test.value, predicted, claim.test.compared),
        predicted=math.nan if predicted is None else sum(c * predicted[k] for k, c in claim.test.compared.items()),
        mechanisms={what: _effect(claim.test, runs) for (kind, what), runs in own.items() if kind == "without"},
        second={s.name: effect_of(own["test", ""], s.outcome, s.compared, s.over) for s in claim.second},
    )


def _region(claim: Claim, arms: Mapping[str, Scenario], each: Sequence[float], setting: Setting, seed: int) -> Region:
    """Look for where the claim fails among the draws."""
    table = robust.features(next(iter(arms.values())), robust.kept_of(arms), seed, setting.draws)
    return region(table, each, claim.expected, claim.smallest, seed)


def _p(tested: Judged) -> float:
    return p_value(tested.effect, tested.claim.expected, tested.claim.smallest)


def _verdict(tested: Judged, alpha: float) -> str:
    """Return the verdict; confirmed takes a control that is idle."""
    said = verdict(tested.effect, tested.claim.expected, tested.claim.smallest, alpha)
    return OPEN if said == CONFIRMED and tested.idle is False else said


def _turned(
    tested: Sequence[Judged],
    found: Mapping[tuple[str, str, str], Mapping[str, pd.DataFrame]],
    arms: Mapping[str, Mapping[str, Scenario]],
    setting: Setting,
    seed: int,
    path: Path,
    executor: Executor,
    show: Show,
) -> list[Judged]:
    """Look for the entry of a table whose smallest change turns the sign of each effect."""
    batch, tries = Batch(), dict[tuple[str, str, str], tuple[float, float]]()
    for t in tested:
        own, recipe = arms[t.claim.id], recipe_of(t.claim.test, (), seed)
        entries = robust.entries(own)
        table = robust.features(next(iter(own.values())), robust.kept_of(own), seed, setting.draws)
        each = [_effect(t.claim.test, found[t.claim.id, "draw", str(d)]).value for d in range(setting.draws)]
        for key, side in robust.telling(table, each, entries, setting.tried):
            for how, value in robust.moved(entries[key], side):
                try:
                    changed = {arm: s.with_({key: value}) for arm, s in own.items()}
                except InvalidInput:
                    continue
                name = (t.claim.id, "turn", f"{key} {how}")
                tries[name] = (how if entries[key] else math.inf, value)
                batch.add(name, changed, recipe, setting.flips)
    answers = batch.answers(path, executor, show)
    result = []
    for t in tested:
        turned = []
        for name, (how, value) in tries.items():
            if name[0] == t.claim.id and t.effect.value * _effect(t.claim.test, answers[name]).value < 0:
                key = name[2].rpartition(" ")[0]
                turned.append((how, f"{key} = {value:.3g} instead of {robust.entries(arms[t.claim.id])[key]:.3g}"))
        none = f"none that was tried, up to {robust.FACTORS[-1]:g} times or an {robust.FACTORS[-1]:g}th"
        result.append(replace(t, turning=min(turned)[1] if turned else none))
    return result
