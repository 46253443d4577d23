"""`crosspurpose strength`: what the business gets as more and more hangs on the score.

The same teams with the same luck at every strength s. Worth peaks at the top of the parabola through
the best strength and its neighbours; its interval is a percentile bootstrap over runs of that top. A
peak is called one where worth is surely lower at both ends: paired 95 % intervals beyond 0.

Which hump it is, of those that theory knows:

    hours     worth itself rises and falls, for hours are bounded: THEORY G4
    surplus   worth keeps rising, net surplus has its peak: hours are free, Baker's parabola, THEORY B
    dynamic   worth rises and falls though hours are free: debt, craft or habits do it over time
    none      it does not rise and fall: `rising`, `falling` or `flat` within the computing error

A third hump of theory, that of selection under heavy tails (THEORY G2), is in how few are chosen and
not in the strength: where nobody responds, nothing changes with strength.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from rich import box
from rich.table import Table
from scipy import stats as scipy_stats

from experiments.compare import plain_label
from experiments.console import console, said
from experiments.outcome import outcome
from experiments.stats import LEVEL, LUCK, REPLICATES
from experiments.store import write_csv
from experiments.study import Study, check
from experiments.variants import variants
from sim.arrays import Floats
from sim.draws import stream
from sim.errors import InvalidInput, unknown
from sim.loading import options
from sim.scenario import Scenario

BINDING = 0.25  # share of people-weeks at a bound of hours from which on hours are what is scarce
SHOWN = ("worth", "surplus", "score", "displaced_share", "hours_bound")
WORDS = {
    "hours": "worth rises and falls because hours are bounded (THEORY G4)",
    "surplus": "worth keeps rising with free hours; net surplus rises and falls (Baker's parabola, THEORY B)",
    "dynamic": "worth rises and falls though hours are free: what piles up over time does it",
    "rising": "no hump: worth keeps rising within the range",
    "falling": "no hump: worth falls from the start",
    "flat": "no hump: worth does not change within the computing error",
}


@dataclass(frozen=True, kw_only=True)
class Curve:
    """Worth and surplus of one scheme along its strength, run by run.

    Parameters
    ----------
    strength : (strength,), rising
    worth, surplus : (runs, strength)
    bound : (strength,)
        Share of people-weeks at a bound of hours.
    fixed : bool
        Whether the rule of choice fixes hours or length of a week.
    """

    strength: Floats
    worth: Floats
    surplus: Floats
    bound: Floats
    fixed: bool


@dataclass(frozen=True, kw_only=True)
class Peak:
    """Where worth is highest, and what kind of hump that is.

    Parameters
    ----------
    strength, low, high : float
        With its 95 % interval.
    loss, loss_low, loss_high : float
        Worth there minus worth at today's strength; NaN where today's was not run.
    hump : str
        A key of `WORDS`.
    """

    strength: float
    low: float
    high: float
    loss: float
    loss_low: float
    loss_high: float
    hump: str


def main(config: dict[str, Any], *, overrides: Sequence[str], choice: Mapping[str, str], command: str) -> int:
    """Run as the command line says; print the table and write the folder."""
    strengths = _strengths(config["strengths"])
    names = _schemes(config, choice)
    base = [o for o in overrides if o.split("=")[0] not in ("out", "schemes", "strengths", "scheme")]
    scenarios, notes = _variants(names, strengths, base, config)
    study = Study(
        verb="strength", variants=scenarios, runs=config["runs"], seed=config["seed"], members=config["members"]
    )
    done = outcome(study, config, choice["scenario"], command)
    curves = {n: curve(done.runs, n, scenarios) for n in names}
    today = {n: scenarios_today(n, scenarios) for n in names}
    peaks = {n: peak(c, today[n]) for n, c in curves.items()}
    table = pd.concat([_rows(done.runs, n, c) for n, c in curves.items()], ignore_index=True)
    found = pd.DataFrame([{"scheme": n, **p.__dict__, "words": WORDS[p.hump]} for n, p in peaks.items()])
    if done.computed or not (done.folder.path / "peaks.csv").exists():
        from experiments.plots.strength import draw

        write_csv(table, done.folder.path / "strength.csv")
        draw(done.folder.path / "plots", table, peaks, {n: plain_label("scheme", n) for n in names}, study.runs)
        write_csv(found, done.folder.path / "peaks.csv")
    screen = console()
    for line in [*notes, *done.warnings]:
        screen.print(f"note: {line}", soft_wrap=True)
    for n in names:
        screen.print(_table(table[table["scheme"] == n], plain_label("scheme", n)))
        screen.print(in_words(peaks[n], today[n], plain_label("scheme", n)), soft_wrap=True)
    said(screen, done)
    return 0


def _strengths(given: object) -> list[float]:
    """Check the strengths asked for and return them in order."""
    allowed = "a list of at least three different numbers, each at least 0"
    if not isinstance(given, list) or len({str(x) for x in given}) < 3:
        raise InvalidInput("strengths", given, allowed)
    for x in given:
        if not isinstance(x, int | float) or isinstance(x, bool) or not 0 <= x < 1e6:
            raise InvalidInput("strengths", given, allowed)
    return sorted({float(x) for x in given})


def _schemes(config: Mapping[str, Any], choice: Mapping[str, str]) -> list[str]:
    """Return the schemes asked for, each a name that exists."""
    given = config["schemes"]
    if given is None:
        return [choice["scheme"]]
    listed = [given] if isinstance(given, str) else given
    if not isinstance(listed, list) or not listed:
        raise InvalidInput("schemes", given, f"a list of at least one of {', '.join(options('scheme'))}")
    for name in listed:
        if str(name) not in options("scheme"):
            raise unknown("schemes", str(name), options("scheme"))
        if listed.count(name) > 1:
            raise InvalidInput("schemes", str(name), "each name once")
    return [str(n) for n in listed]


def _variants(
    names: Sequence[str], strengths: Sequence[float], base: Sequence[str], config: Mapping[str, Any]
) -> tuple[dict[str, Scenario], list[str]]:
    """Return a scenario for each scheme and strength; those that the model refuses are left out with a note."""
    found: dict[str, Scenario] = {}
    notes: list[str] = []
    for name, scenario in variants("strength", "scheme", names, base).items():
        own = sorted({*strengths, scenario.scheme.strength})
        for s in own:
            candidate = scenario.with_({"scheme.strength": s})
            try:
                study = Study(verb="strength", variants={name: candidate}, runs=1, seed=0, members=False)
                check(study)
            except InvalidInput as error:
                notes.append(f"{name} at strength {s:g} is left out: {error}")
                continue
            found[f"{name} @ {s:g}"] = candidate
        if sum(k.startswith(f"{name} @ ") for k in found) < 3:
            raise InvalidInput("strengths", config["strengths"], f"at least three at which {name} can be run")
    return found, notes


def scenarios_today(name: str, scenarios: Mapping[str, Scenario]) -> float:
    """Return the strength that a scheme has by itself: 1 where its yaml says nothing else."""
    own = [s for k, s in scenarios.items() if k.rpartition(" @ ")[0] == name]
    return 1.0 if any(s.scheme.strength == 1.0 for s in own) else own[0].scheme.strength


def curve(runs: pd.DataFrame, name: str, scenarios: Mapping[str, Scenario]) -> Curve:
    """Gather one scheme's runs by strength."""
    keys = [k for k in scenarios if k.rpartition(" @ ")[0] == name]
    keys.sort(key=lambda k: scenarios[k].scheme.strength)
    frames = [runs[runs["scheme"] == k].sort_values("run", kind="stable") for k in keys]
    low, high = scenarios[keys[0]].choice.hours
    return Curve(
        strength=np.array([scenarios[k].scheme.strength for k in keys]),
        worth=np.column_stack([f["worth"] for f in frames]),
        surplus=np.column_stack([f["surplus"] for f in frames]),
        bound=np.array([f["hours_bound"].mean() for f in frames]),
        fixed=low == high or hasattr(scenarios[keys[0]].choice, "size"),
    )


def peak(curve: Curve, today: float) -> Peak:
    """Find where worth is highest, how sure that is, what today's strength loses, and which hump it is."""
    mean = curve.worth.mean(axis=0)
    rng = stream(0, 0, "bootstrap:strength")
    n = len(curve.worth)
    tops = [top(curve.strength, curve.worth[rng.integers(n, size=n)].mean(axis=0)) for _ in range(REPLICATES)]
    tail = (1 - LEVEL) / 2
    low, high = (float(q) for q in np.quantile(tops, [tail, 1 - tail])) if n > 1 else (np.nan, np.nan)
    loss = (np.nan, np.nan, np.nan)
    if (at := np.flatnonzero(curve.strength == today)).size:
        loss = paired(curve.worth[:, int(mean.argmax())] - curve.worth[:, int(at[0])])
    return Peak(
        strength=top(curve.strength, mean),
        low=low,
        high=high,
        loss=loss[0],
        loss_low=loss[1],
        loss_high=loss[2],
        hump=hump(curve),
    )


def top(x: Floats, y: Floats) -> float:
    """Return the top of the parabola through the highest point and its neighbours; at an end, the end.

    Examples
    --------
    >>> top(np.array([0.0, 1.0, 3.0]), np.array([0.0, 3.0, 3.0]))
    2.0
    """
    i = int(np.argmax(y))
    if i in (0, len(x) - 1):
        return float(x[i])
    (a, b, c), (fa, fb, fc) = x[i - 1 : i + 2], y[i - 1 : i + 2]
    left, right = (b - a) * (fb - fc), (b - c) * (fb - fa)
    if left == right:
        return float(b)
    return float(np.clip(b - 0.5 * ((b - a) * left - (b - c) * right) / (left - right), a, c))


def hump(curve: Curve) -> str:
    """Name the hump of a curve: a key of `WORDS`."""
    shape = _shape(curve.worth)
    if shape == "peak":
        at = curve.strength >= top(curve.strength, curve.worth.mean(axis=0))
        return "hours" if curve.fixed or curve.bound[at].max() >= BINDING else "dynamic"
    if shape == "rising" and _shape(curve.surplus) == "peak":
        return "surplus"
    return shape


def _shape(y: Floats) -> str:
    """`peak`, `rising`, `falling` or `flat`: (runs, strength), by paired intervals between the highest and the ends."""
    best = int(y.mean(axis=0).argmax())
    first, last = (paired(y[:, best] - y[:, end])[1] > 0 for end in (0, -1))
    if first and last:
        return "peak"
    return "rising" if first else "falling" if last else "flat"


def paired(d: Floats) -> tuple[float, float, float]:
    """Mean of differences over runs and its 95 % interval."""
    mean = float(d.mean())
    if len(d) < 2:
        return mean, np.nan, np.nan
    half = float(scipy_stats.t.ppf((1 + LEVEL) / 2, len(d) - 1) * d.std(ddof=1) / np.sqrt(len(d)))
    return mean, mean - half, mean + half


def _rows(runs: pd.DataFrame, name: str, curve: Curve) -> pd.DataFrame:
    """One row per strength: means, computing error and luck."""
    rows = []
    for s in curve.strength:
        own = runs[runs["scheme"] == f"{name} @ {s:g}"]
        row: dict[str, Any] = {"scheme": name, "strength": float(s)}
        for measure in SHOWN:
            mean, low, high = paired(own[measure].to_numpy())
            row |= {measure: mean, f"{measure}_error_low": low, f"{measure}_error_high": high}
        few = len(own) < 2
        row["worth_luck_low"], row["worth_luck_high"] = (np.nan,) * 2 if few else own["worth"].quantile(list(LUCK))
        row["worth_aligned"] = own["worth_aligned"].mean()
        rows.append(row)
    return pd.DataFrame(rows)


def in_words(peak: Peak, today: float, label: str) -> str:
    """Say in a sentence or two where worth peaks and which hump it is."""
    text = f"{label}: {WORDS[peak.hump]}."
    if peak.hump in ("hours", "dynamic"):
        text += f" Worth is highest at strength {peak.strength:.2f} (95 %: {peak.low:.2f} to {peak.high:.2f})"
        if not np.isnan(peak.loss):
            text += f"; at strength {today:g} {peak.loss:.3f} ({peak.loss_low:.3f} to {peak.loss_high:.3f}) less"
        text += "."
    return text


def _table(rows: pd.DataFrame, label: str) -> Table:
    table = Table(title=f"Worth against strength: {label}", box=box.SIMPLE_HEAD, title_justify="left")
    for word in ("strength", "worth", "luck", "surplus", "score", "displaced %", "hours bind %"):
        table.add_column(word, justify="right")
    for row in rows.to_dict("records"):
        half = row["worth_error_high"] - row["worth"]
        table.add_row(
            f"{row['strength']:g}",
            f"{row['worth']:.3f} ±{half:.3f}",
            f"{row['worth_luck_low']:.2f}…{row['worth_luck_high']:.2f}",
            f"{row['surplus']:.3f}",
            f"{row['score']:.2f}",
            f"{100 * row['displaced_share']:.0f}",
            f"{100 * row['hours_bound']:.0f}",
        )
    return table
