"""`crosspurpose strength`: what the business gets as more and more hangs on the score.

The same teams with the same luck at every strength s. Worth peaks at the top of the parabola through
the best strength and its neighbours; its interval is a percentile bootstrap over runs of that top. A
peak is called one where worth is surely lower at both ends: paired 95 % intervals beyond 0, jointly over
all strengths against both ends, for the best strength is chosen on the same runs. What today's strength
loses is measured on other runs than the best strength is chosen on: every second one chooses, the rest
measure, so that its interval needs no correction for the choice.

Which hump it is, of those that theory knows:

    hours     worth itself rises and falls, and no longer does so where hours are free: limit G6
    both      worth rises and falls while hours bind, and where they are free too
    bounded   worth rises and falls while hours bind; what free hours do is not known
    dynamic   worth rises and falls though hours are free: debt, craft or habits do it over time
    surplus   worth rises, net surplus has its peak, hours are free: Baker's parabola, limits B
    costs     the same while hours bind, which is not Baker's
    none      it does not rise and fall: `rising`, `falling` or `flat` within the computing error

That hours bind does not show that they make the hump. Where worth peaks while they bind, the same teams
are run once more with free hours, if the rule of choice has bounds that can be taken away.

A third hump of theory, that of selection under heavy tails (limit G2), is in how few are chosen and
not in the strength: where nobody responds, nothing changes with strength.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from rich import box
from rich.table import Table

from experiments.console import console
from experiments.humps import WORDS, Curve, in_words, paired, peak, shape
from experiments.outcome import Outcome, outcome, said
from experiments.stats import LUCK
from experiments.store import write_csv
from experiments.study import Study, check
from experiments.variants import POWERS, named_once, variants
from experiments.words import plain_label
from sim.errors import InvalidInput, unknown
from sim.loading import options
from sim.scenario import Scenario

SHOWN = ("worth", "surplus", "score", "displaced_share", "hours_bound")
FREE = {"choice.h_min": None, "choice.h_max": None}


def main(config: dict[str, Any], *, overrides: Sequence[str], choice: Mapping[str, str], command: str) -> int:
    """Run as the command line says; print the table and write the folder."""
    if config["power"] not in POWERS:
        raise unknown("power", str(config["power"]), POWERS)
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
    free = _with_free_hours(study, curves, config, done, command)
    peaks = {n: peak(c, today[n], free.get(n)) for n, c in curves.items()}
    table = pd.concat([_rows(done.runs, n, c) for n, c in curves.items()], ignore_index=True)
    found = pd.DataFrame([{"scheme": n, **p.__dict__, "words": WORDS[p.hump]} for n, p in peaks.items()])
    if done.computed or not (done.folder.path / "peaks.csv").exists():
        from experiments.plots.strength import draw

        write_csv(table, done.folder.path / "strength.csv")
        labels = {n: plain_label("scheme", n) for n in names}
        draw(done.folder.path / "plots", table, peaks, labels, today, study.runs)
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
    return [choice["scheme"]] if given is None else named_once("schemes", given, options("scheme"))


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


def _with_free_hours(
    study: Study, curves: Mapping[str, Curve], config: Mapping[str, Any], done: Outcome, command: str
) -> dict[str, Curve]:
    """Run the schemes whose worth peaks while hours bind once more with free hours; return their curves."""
    asked = [n for n, c in curves.items() if shape(c.worth) == "peak" and c.scarce]
    found: dict[str, Scenario] = {}
    for key, scenario in study.variants.items():
        if key.rpartition(" @ ")[0] not in asked or not {"h_min", "h_max"} <= set(scenario.config["choice"]):
            continue
        try:
            candidate = scenario.with_(FREE)
            check(Study(verb="strength", variants={key: candidate}, runs=1, seed=0, members=False))
        except InvalidInput:
            continue
        found[key] = candidate
    names = [n for n in asked if sum(k.rpartition(" @ ")[0] == n for k in found) >= 3]
    kept = {k: s for k, s in found.items() if k.rpartition(" @ ")[0] in names}
    if not kept:
        return {}
    settings = {**config, "out": str(done.folder.path / "free_hours"), "members": False}
    runs = outcome(replace(study, variants=kept, members=False), settings, "free_hours", command).runs
    return {n: curve(runs, n, kept) for n in names}


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
