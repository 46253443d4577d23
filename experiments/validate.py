"""`crosspurpose validate [anchor=ID,...] [runs=1000] [draws=24] [seed=1] [out=DIR] [page=FILE] [workers=N]`.

What was observed of real teams, beside what the model says at its defaults, with three spreads that are never mixed:

    computing error   95 % interval of the value; it shrinks with runs
    luck              middle 80 % of single teams, or of single pairs of them; it does not
    assumptions       middle 80 % of the values at draws of all plausible numbers

A pattern is inside where the interval of computing error reaches into the range that was observed, or, where a sign
was, lies beyond 0 on that side. Nothing is tuned here, and misses stay. The same command continues where it stopped.
`page` also leaves the numbers beside the anchors (`experiments/anchors/_results.json`), for others to quote.

References
----------
Shares: Wilson (1927), J. American Statistical Association 22(158), 209-212. Patterns of several kinds rather than one
fit: Grimm et al. (2005), Science 310(5750), 987-991.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from rich.console import Console
from rich.table import Table
from scipy import stats as scipy_stats

from experiments import anchors as catalogue
from experiments import robust
from experiments.anchors import Anchor, Pattern
from experiments.anchors.quantities import quantity
from experiments.chunks import Recipe
from experiments.console import console, counting
from experiments.docket import Asked, answered
from experiments.effects import effect_of
from experiments.executors import Executor
from experiments.outcome import folder_of
from experiments.plot import asked_of
from experiments.stats import LEVEL, LUCK
from experiments.store import model_version, write_csv
from sim.arrays import Floats
from sim.draws import stream
from sim.errors import InvalidInput, unknown
from sim.loading import compose, scenario_part
from sim.scenario import Scenario, scenario_from

WORDS = ("anchor", "runs", "draws", "seed", "out", "page", "workers", "executor")
SIZES = {"runs": 1000, "draws": 24}
EACH = 16  # runs of every arm at a draw
FIRST = 8  # runs whose values are kept, so that it shows when the model says something else
RESAMPLES = 1000
NOTHING = 5e-5  # smaller numbers are shown as 0
USES = {
    "held_out": ("Held out", "that it was not fitted to"),
    "calibration": ("Used for calibration", "that its numbers were set by, or with in view"),
}
NONE = (math.nan, math.nan)
ID = tuple[str, str]  # anchor, pattern


@dataclass(frozen=True, kw_only=True)
class Found:
    """What the model says of a pattern.

    Parameters
    ----------
    anchor, pattern : Anchor, Pattern
    value : float
    error, luck, assumptions : (low, high)
        NaN where there is none: no single team has a share or a correlation.
    inside : bool
    holds : float
        Share of draws whose value agrees.
    first : float
        The value by the first runs alone.
    """

    anchor: Anchor
    pattern: Pattern
    value: float
    error: tuple[float, float]
    luck: tuple[float, float]
    assumptions: tuple[float, float]
    inside: bool
    holds: float
    first: float

    @property
    def id(self) -> ID:
        """Which it is."""
        return self.anchor.id, self.pattern.id

    @property
    def verdict(self) -> str:
        """The same in a word."""
        return "inside" if self.inside else "outside"


def main(words: Sequence[str]) -> int:
    """Set the model beside what was observed, and say what came of it."""
    if any(w in ("-h", "--help") for w in words):
        print(__doc__)
        return 0
    given = asked_of(words, WORDS)
    wanted = _wanted(given.get("anchor"), catalogue.anchors())
    runs, draws = (_whole(key, given.get(key, str(size)), 2) for key, size in SIZES.items())
    seed = _whole("seed", given.get("seed", "1"), 0)
    workers = None if "workers" not in given else _whole("workers", given["workers"], 1)
    executor = Executor(kind=given.get("executor", "processes"), workers=workers, scheduler=None)
    if "page" in given and "anchor" in given:
        raise InvalidInput("page", given["page"], "all anchors: leave anchor= out")
    same = {"verb": "validate", "model": model_version(), "seed": seed}
    place = folder_of(same, given.get("out"), "anchors")
    found = compare(wanted, runs, draws, seed, place.path, executor)
    place.path.mkdir(parents=True, exist_ok=True)
    write_csv(pd.DataFrame([_row(f) for f in found]), place.path / "anchors.csv")
    screen = console()
    print_tables(screen, found)
    from experiments.plots.validate import draw

    draw(place.path / "plots" / "validity.png", found, runs, draws, seed)
    if "page" in given:
        from experiments.anchors.page import page

        target = Path(given["page"]).expanduser()
        draw(target.with_name("pictures") / "validity.png", found, runs, draws, seed)
        content = results_of(found, runs, draws, seed)
        catalogue.RESULTS.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        target.write_text(page(found, runs, draws, seed), encoding="utf-8")
        screen.print(str(target), soft_wrap=True)
    screen.print(f"\nResults written to {place.path}", soft_wrap=True)
    return 0


def _wanted(text: str | None, there: Mapping[str, Anchor]) -> dict[str, Anchor]:
    if text is None:
        return dict(there)
    names = [n.strip() for n in text.strip("[]").split(",")]
    for name in names:
        if name not in there:
            raise unknown("anchor", name, there)
    return {n: there[n] for n in names}


def _whole(key: str, text: str, least: int) -> int:
    if not text.isdigit() or int(text) < least:
        raise InvalidInput(key, text, f"a whole number, at least {least}")
    return int(text)


def compare(
    wanted: Mapping[str, Anchor], runs: int, draws: int, seed: int, path: Path, executor: Executor
) -> list[Found]:
    """Return what the model says of every pattern of some anchors, in a folder that keeps what is computed."""
    patterns = {(a.id, p.id): (a, p) for a in wanted.values() for p in a.patterns.values()}
    composed: dict[tuple[str, ...], Scenario] = {}
    asked: list[Asked] = []
    places: dict[tuple[ID, int | None], dict[str, int]] = {}
    for key, (_, pattern) in patterns.items():
        own = scenarios_of(pattern, composed)
        recipe = Recipe(seed=seed, window=pattern.window, aligned=False)
        for draw in (None, *range(draws)):
            arms = own if draw is None else robust.drawn_arms(own, seed, draw, draws)
            places[key, draw] = {}
            for arm, scenario in arms.items():
                places[key, draw][arm] = len(asked)
                asked.append(Asked(scenario=scenario, recipe=recipe, runs=runs if draw is None else EACH))
    with counting("runs beside anchors", "runs") as show:
        frames = answered(path, asked, executor, show)

    def said(key: ID, draw: int | None = None, first: int | None = None) -> Told:
        """Return what the runs of a pattern say, at the defaults or a draw; all of them, or the first."""
        arms = {arm: (frames[i].head(first or runs), asked[i].scenario) for arm, i in places[key, draw].items()}
        return told(patterns[key][1], arms, seed)

    found = []
    for key, (anchor, pattern) in patterns.items():
        whole = said(key)
        each = np.array([said(key, d).value for d in range(draws)])
        known = each[np.isfinite(each)]
        found.append(
            Found(
                anchor=anchor,
                pattern=pattern,
                value=whole.value,
                error=whole.error,
                luck=whole.luck,
                assumptions=_middle(known),
                inside=pattern.agrees(*whole.error),
                holds=float(np.mean([pattern.agrees(v, v) for v in known])) if len(known) else math.nan,
                first=said(key, first=FIRST).value,
            )
        )
    return found


def scenarios_of(pattern: Pattern, composed: dict[tuple[str, ...], Scenario]) -> dict[str, Scenario]:
    """Return the scenario of each arm; what is composed is kept in `composed`."""
    for words in pattern.words.values():
        if words not in composed:
            composed[words] = scenario_from(scenario_part(compose("model", words)))
    return {arm: composed[words] for arm, words in pattern.words.items()}


@dataclass(frozen=True, kw_only=True)
class Told:
    """A value, its computing error and the luck of single teams."""

    value: float
    error: tuple[float, float]
    luck: tuple[float, float]


def told(pattern: Pattern, arms: Mapping[str, tuple[pd.DataFrame, Scenario]], seed: int) -> Told:
    """Return what runs say of a pattern; runs that failed, or in which it is undefined, are left out."""
    if pattern.statistic == "pooled":
        (frame, _), *_ = arms.values()
        effect = effect_of({"team": frame[frame["error"].isna()]}, pattern.quantity, {"team": 1.0})
        return Told(value=effect.value, error=effect.interval(), luck=NONE)
    each = {arm: _each(pattern, frame, scenario) for arm, (frame, scenario) in arms.items()}
    x = np.sum([c * each[arm] for arm, c in pattern.compared.items()], axis=0)
    x = x[np.isfinite(x)]
    if len(x) < 2:
        return Told(value=math.nan, error=NONE, luck=NONE)
    if pattern.statistic == "share":
        assert pattern.at is not None
        return _share(int((x <= pattern.at).sum()), len(x))
    if pattern.statistic == "tail":
        assert pattern.at is not None
        return _tail(x, pattern.at, seed)
    half = float(scipy_stats.t.ppf((1 + LEVEL) / 2, len(x) - 1) * x.std(ddof=1) / math.sqrt(len(x)))
    value = float(x.mean())
    return Told(value=value, error=(value - half, value + half), luck=_middle(x))


def _each(pattern: Pattern, frame: pd.DataFrame, scenario: Scenario) -> Floats:
    """Return the quantity of each run, NaN where it failed."""
    x = quantity(pattern.quantity, frame, scenario, pattern.window)
    return np.where(frame["error"].isna(), x, np.nan)


def _share(count: int, of: int) -> Told:
    """Return a share, with Wilson's interval."""
    low, high = scipy_stats.binomtest(count, of).proportion_ci(LEVEL, method="wilson")
    return Told(value=count / of, error=(float(low), float(high)), luck=NONE)


def _tail(x: Floats, at: float, seed: int) -> Told:
    """Return a quantile over the mean, with the middle 95 % of what runs drawn again give."""
    if x.mean() <= 0:
        return Told(value=math.nan, error=NONE, luck=NONE)
    drawn = x[stream(seed, 0, "resample").integers(0, len(x), size=(RESAMPLES, len(x)))]
    mean = drawn.mean(axis=1)
    ratio = np.quantile(drawn, at, axis=1)[mean > 0] / mean[mean > 0]
    low, high = np.quantile(ratio, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Told(value=float(np.quantile(x, at) / x.mean()), error=(float(low), float(high)), luck=NONE)


def _middle(x: Floats) -> tuple[float, float]:
    if not len(x):
        return NONE
    low, high = np.quantile(x, LUCK)
    return float(low), float(high)


def counts(found: Sequence[Found], use: str) -> tuple[int, int]:
    """Return how many patterns of a use are inside, and how many there are."""
    own = [f.inside for f in found if f.anchor.use == use]
    return sum(own), len(own)


def results_of(found: Sequence[Found], runs: int, draws: int, seed: int) -> dict[str, Any]:
    """Return what is kept beside the anchors, for others to quote."""
    return {
        "model": model_version(),
        "anchors": catalogue.written(),
        "numbers": catalogue.numbers(),
        "runs": runs,
        "draws": draws,
        "seed": seed,
        "patterns": [_row(f) for f in found],
    }


def _row(f: Found) -> dict[str, Any]:
    spreads = {"error": f.error, "luck": f.luck, "assumptions": f.assumptions}
    return {
        "anchor": f.anchor.id,
        "pattern": f.pattern.id,
        "says": f.pattern.says,
        "source": f.anchor.short,
        "use": f.anchor.use,
        "published": f.pattern.published,
        "observed": f.pattern.observed,
        "value": _kept(f.value),
        **{f"{k}_{end}": _kept(v) for k, ends in spreads.items() for end, v in zip(("low", "high"), ends, strict=True)},
        "inside": f.inside,
        "holds": _kept(f.holds),
        "first": _kept(f.first),
    }


def _kept(x: float) -> float | None:
    return None if not math.isfinite(x) else float(f"{x:.10g}")


def number(x: float) -> str:
    """Return a number as it is read, to two places or three; — where there is none.

    Examples
    --------
    >>> number(0.12345), number(-2.0), number(-1e-9), number(float("nan"))
    ('0.123', '−2', '0', '—')
    """
    if not math.isfinite(x):
        return "—"
    return (f"{x:.3g}" if abs(x) >= 0.1 else f"{x:.2g}" if abs(x) >= NOTHING else "0").replace("-", "−")


def ends(pair: tuple[float, float]) -> str:
    """Return a spread as it is read."""
    return f"{number(pair[0])} to {number(pair[1])}" if math.isfinite(pair[0]) else "—"


def print_tables(screen: Console, found: Sequence[Found]) -> None:
    """Print a row per pattern, by use, then what has no counterpart."""
    for use, (title, _) in USES.items():
        own = [f for f in found if f.anchor.use == use]
        if not own:
            continue
        table = Table(title=title, title_justify="left")
        for name in ("pattern", "observed", "model", "computing error", "luck", "assumptions", "verdict"):
            table.add_column(name, justify="left" if name in ("pattern", "verdict") else "right")
        for f in own:
            spreads = (ends(f.error), ends(f.luck), ends(f.assumptions))
            name = f"{f.pattern.says} ({f.anchor.short})"
            table.add_row(name, f.pattern.observed, number(f.value), *spreads, f.verdict)
        screen.print(table)
    without = Table(title="Without counterpart in the model", title_justify="left")
    for name in ("observed", "source"):
        without.add_column(name)
    for w in catalogue.without():
        without.add_row(w.what, w.source)
    screen.print(without)
    for use, (_, words) in USES.items():
        inside, of = counts(found, use)
        if of:
            screen.print(f"The model reproduces {inside} of {of} patterns {words}.")
