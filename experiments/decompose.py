"""`crosspurpose decompose`: why a measure promises more than is delivered, in four causes.

What those chosen by their score promise, by what the score said of the work while nothing hung on it, less what they
deliver once it counts; and how much of that gap is chance in the measure (regressional), how much comes of going far
(extremal), of what moves the score without moving the work (causal) and of gaming (adversarial). `sim.worlds` has the
definitions. The folder is of results format 1 without weekly rows:

    runs.parquet     a row per scheme and run: what its worlds came to
    decompose.csv    a row per scheme: what the tables show

The same command continues where it stopped, and prints again what is there.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from rich import box
from rich.table import Table

from experiments.console import console, progress
from experiments.executors import Executor
from experiments.outcome import Outcome, check_settings, folder_of, said
from experiments.store import Folder, write_csv, write_parquet
from experiments.study import Block, Progress, Study, work
from experiments.study import check as check_study
from experiments.variants import POWERS, chosen, measured_first, variants
from experiments.words import plain_label
from sim.arrays import Floats
from sim.errors import InvalidInput, ModelWarning, unknown
from sim.scenario import Scenario, people_of, scenario_from
from sim.worlds import ALL, LOUD, PARTS, Apart, check, chosen_share, lived, misfits, moments, spread

BATCHES = 8  # blocks of this verb in a block of others: a run here is seventeen there
MEANS = {
    "regressional": "chance in the measure: the best by a noisy score are not as good as they look",
    "extremal": "going far: heavy tails, saturation, full hours, and what piles up in the project",
    "causal": "what goes with the score of itself is not what comes when the score is pushed",
    "adversarial": "gaming",
    "misfit": "what is left with all four causes off",
}


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Who is chosen, and how long is looked: as of `sim.worlds.decomposed`."""

    q: float | None = None
    window: int | None = None


def main(config: dict[str, Any], *, overrides: Sequence[str], choice: Mapping[str, str], command: str) -> int:
    """Run as the command line says; print the table and write the folder."""
    config = {**config, "members": False}
    check_settings(config)
    if config["power"] not in POWERS:
        raise unknown("power", str(config["power"]), POWERS)
    wanted = config["schemes"] if config["schemes"] is not None else [choice["scheme"]]
    _, names = chosen({"vary": "scheme", "schemes": wanted, "options": None}, [])
    base = [o for o in overrides if o.split("=")[0] not in ("out", "schemes", "scheme", "onset")]
    scenarios = variants("decompose", "scheme", names, base, {"onset": _onset(config)})
    study = Study(verb="decompose", variants=scenarios, runs=config["runs"], seed=config["seed"], members=False)
    labels = {n: plain_label("scheme", n) for n in names}
    done = taken_apart(study, Asked(q=config["q"], window=config["window"]), config, choice["scenario"], command)
    table = written(done, study, labels, config["q"])
    screen = console()
    for line in [*done.warnings, *notes(scenarios)]:
        screen.print(f"note: {line}", soft_wrap=True)
    say(screen.print, table, labels, study.runs)
    said(screen, done)
    return 0


def _onset(config: Mapping[str, Any]) -> Any:
    """Return the weeks in which a scheme is only measured."""
    if config["onset"] is not None:
        return config["onset"]
    return measured_first(config["weeks"]) if config["today"] is None else 0


def taken_apart(study: Study, asked: Asked, config: Mapping[str, Any], name: str, command: str) -> Outcome:
    """Run the worlds of a study's variants into the folder that the configuration names, or continue or reread it."""
    found = check_study(study)
    for variant, scenario in study.variants.items():
        try:
            check(scenario, asked.q, asked.window)
        except InvalidInput as error:
            place = f"{variant}: {error.key}" if len(study.variants) > 1 else error.key
            raise InvalidInput(place, error.value, error.allowed, error.nearest) from None
    same = {**study.same, "verb": "decompose", "q": asked.q, "window": asked.window}
    folder = folder_of(same, config["out"], name)
    there = folder.check(bool(config["overwrite"]))
    if there == "finished":
        runs = pd.read_parquet(folder.path / "runs.parquet")
        return Outcome(folder=folder, runs=runs, blocks=[], warnings=found, computed=False)
    manifest = study.manifest(command, found)
    folder.begin(manifest, there == "nothing", ("_runs",))
    started, blocks = time.time(), study.blocks(BATCHES)
    people = people_of(next(iter(study.variants.values())))
    with progress(f"{len(study.variants)} × {study.runs} runs of {people} people in 17 worlds") as show:
        _conduct(study, blocks, asked, folder, Executor.of(config), show)
    runs = folder.finish([b.name for b in blocks], {**manifest, "duration": round(time.time() - started, 1)})
    return Outcome(folder=folder, runs=runs, blocks=[], warnings=found, computed=True)


def _conduct(
    study: Study, blocks: Sequence[Block], asked: Asked, folder: Folder, executor: Executor, show: Progress
) -> None:
    """Compute what is missing: how effort spreads where nothing hangs on the score, then the worlds."""
    path, of = folder.path.resolve(), 2 * len(blocks)
    configs = {name: scenario.config for name, scenario in study.variants.items()}
    todo = [b for b in blocks if not _natural(path, b).exists()]
    tasks = [partial(compute_moments, path, configs[b.scheme], b, study.seed, asked) for b in todo]
    work(todo, tasks, executor, lambda n: show(len(blocks) - len(todo) + n, of))
    spreads = {n: spread(_moments(path, [b for b in blocks if b.scheme == n])) for n in configs}
    ready = folder.done()
    left = [b for b in blocks if b.name not in ready]
    tasks = [partial(compute, path, configs[b.scheme], b, study.seed, asked, spreads[b.scheme]) for b in left]
    work(left, tasks, executor, lambda n: show(of - len(left) + n, of))


def _natural(path: Path, block: Block) -> Path:
    return path / "_runs" / f"natural-{block.name}.parquet"


def _moments(path: Path, blocks: Sequence[Block]) -> Floats:
    """Read what `compute_moments` has written, in order: (runs, activity, activity)."""
    frame = pd.concat([pd.read_parquet(_natural(path, b)) for b in blocks], ignore_index=True)
    flat = frame.drop(columns="run").to_numpy(dtype=np.float64)
    size = round(flat.shape[1] ** 0.5)
    return flat.reshape(-1, size, size)


def compute_moments(path: Path, config: Mapping[str, Any], block: Block, seed: int, asked: Asked) -> None:
    """Compute how effort spreads in a block where nothing hangs on the score, and write it."""
    found = moments(_scenario(config), block.numbers, seed, asked.window)
    flat = found.reshape(len(found), -1)
    frame = pd.DataFrame(flat, columns=[f"moment_{i}" for i in range(flat.shape[1])])
    frame.insert(0, "run", list(block.numbers))
    write_parquet(frame, _natural(path, block))


def compute(path: Path, config: Mapping[str, Any], block: Block, seed: int, asked: Asked, natural: Floats) -> None:
    """Compute the worlds of a block and write what they came to."""
    frame = lived(_scenario(config), block.numbers, seed, natural, asked.q, asked.window).frame()
    frame.insert(0, "scheme", block.scheme)
    write_parquet(frame, path / "_runs" / f"{block.name}.parquet")


def _scenario(config: Mapping[str, Any]) -> Scenario:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ModelWarning)
        return scenario_from(config)


def table_of(runs: pd.DataFrame, shares: Mapping[str, float]) -> pd.DataFrame:
    """Return a row for each scheme: what is promised and delivered, the gap and its parts, with computing errors.

    Parameters
    ----------
    runs : DataFrame
        Rows of runs.parquet.
    shares : mapping of str to float
        Share of a team that is chosen under each scheme.
    """
    rows = []
    for scheme, own in runs.groupby("scheme", sort=False):
        apart = Apart.of(own.sort_values("run", kind="stable"))
        row: dict[str, Any] = {"scheme": scheme, "chosen": shares[str(scheme)], "runs": len(own), "slope": apart.slope}
        found = apart.found()
        for name, x in found.items():
            row |= {name: x.value, f"{name}_error_low": x.low, f"{name}_error_high": x.high}
        rows.append({**row, "misfits": misfits(found)})
    return pd.DataFrame(rows)


def written(done: Outcome, study: Study, labels: Mapping[str, str], q: float | None = None) -> pd.DataFrame:
    """Return the table of a study that has been taken apart; write it and its picture where they are not yet."""
    shares = {n: chosen_share(s) if q is None else float(q) for n, s in study.variants.items()}
    table = table_of(done.runs, shares)
    if done.computed or not (done.folder.path / "plots" / "decompose.png").exists():
        from experiments.plots.decompose import draw

        write_csv(table, done.folder.path / "decompose.csv")
        first = next(iter(study.variants.values()))
        draw(done.folder.path / "plots", table, labels, study.runs, study.seed, len(first.team.seats))
    return table


def beside(
    study: Study, folder: Path, labels: Mapping[str, str], config: Mapping[str, Any], command: str
) -> pd.DataFrame:
    """Take the variants of a comparison apart, into a folder within its own, and return the table.

    Parameters
    ----------
    study : Study
        What is compared: its variants, runs and seed.
    folder : Path
        Of the comparison.
    """
    own = replace(study, verb="decompose", members=False, shadow=False, assumed=False, origin={})
    settings = {**config, "out": str(folder / "decompose"), "members": False}
    return written(taken_apart(own, Asked(), settings, "decompose", command), own, labels)


def notes(scenarios: Mapping[str, Scenario]) -> list[str]:
    """Say where the rule of choice keeps its bounds."""
    kinds = {str(s.config["choice"]["kind"]) for s in scenarios.values()} - {"water_filling"}
    return [
        f"the rule of choice {k} has no bounds that can be taken away: it stays as it is where going far is off"
        for k in sorted(kinds)
    ]


def say(show: Any, table: pd.DataFrame, labels: Mapping[str, str], runs: int) -> None:
    """Print the table and what there is to say about it."""
    shown = Table(
        title="What the measure promises, what is delivered, and why it is less",
        caption=f"Weeks of core work per person-week; ± computing error (95 %, jackknife over {runs} runs).",
        box=box.SIMPLE_HEAD,
        title_justify="left",
        caption_justify="left",
        padding=(0, 1, 0, 0),
    )
    shown.add_column("")
    for name in ALL:
        shown.add_column(name, justify="right", no_wrap=True)
    rows = [{str(k): v for k, v in row.items()} for row in table.to_dict("records")]
    for row in rows:
        shown.add_row(labels[row["scheme"]], *(_cell(row, name) for name in ALL))
    show(shown)
    for name, words in MEANS.items():
        show(f"  {name}: {words}", soft_wrap=True)
    for row in rows:
        show(in_words(row, labels[row["scheme"]]), soft_wrap=True)


def _cell(row: Mapping[str, Any], name: str) -> str:
    value, high = row[name], row[f"{name}_error_high"]
    if np.isnan(value):
        return "—"
    return f"{value:.3f}" + ("" if np.isnan(high) else f"\n±{high - value:.3f}")


def in_words(row: Mapping[str, Any], label: str) -> str:
    """Say in a sentence or two what the gap of a scheme is made of.

    Examples
    --------
    >>> row = {"chosen": 1.0, "gap": 0.4, "gap_error_low": 0.3, "gap_error_high": 0.5, "misfits": False}
    >>> row |= dict.fromkeys(("regressional", "extremal", "misfit"), 0.0) | {"causal": 0.1, "adversarial": 0.3}
    >>> in_words(row, "paid by x")
    'paid by x, all chosen: 0.400 of what is promised is not delivered: 75 % adversarial, 25 % causal.'
    """
    who = "all chosen" if row["chosen"] >= 1 else f"the best {100 * row['chosen']:.0f} % chosen"
    gap = row["gap"]
    if np.isnan(gap):
        return f"{label}, {who}: nobody differs in the score, so it promises nothing."
    if not np.isnan(row["gap_error_low"]) and row["gap_error_low"] <= 0 <= row["gap_error_high"]:
        text = f"{label}, {who}: what is promised and what is delivered cannot be told apart"
        sure = [p for p in PARTS if row.get(f"{p}_error_low", -1) * row.get(f"{p}_error_high", 1) > 0]
        return f"{text}{'; parts that are not 0: ' if sure else ''}{', '.join(f'{p} {row[p]:+.3f}' for p in sure)}."
    elif gap < 0:
        text = f"{label}, {who}: {-gap:.3f} more is delivered than promised"
    else:
        parts = sorted(((100 * row[p] / gap, p) for p in PARTS), reverse=True)
        named = ", ".join(f"{share:.0f} % {p}" for share, p in parts if abs(share) >= 0.5)
        text = f"{label}, {who}: {gap:.3f} of what is promised is not delivered: {named}"
    if row["misfits"]:
        text += f". The misfit is more than {100 * LOUD:.0f} % of the gap: the four causes do not tell the whole story"
    return f"{text}."
