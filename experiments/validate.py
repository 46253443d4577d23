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
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from rich.console import Console
from rich.table import Table

from experiments import anchors as catalogue
from experiments.anchors.found import SIZES, Found, compare, counts
from experiments.anchors.page import ends, number, page
from experiments.console import console
from experiments.executors import Executor
from experiments.outcome import folder_of
from experiments.store import model_version, write_csv
from experiments.typed import asked_of, picked, whole
from sim.errors import InvalidInput

WORDS = ("anchor", "runs", "draws", "seed", "out", "page", "workers", "executor")
USES = {
    "held_out": ("Held out", "that it was not fitted to"),
    "calibration": ("Used for calibration", "that its numbers were set by, or with in view"),
}


def main(words: Sequence[str]) -> int:
    """Set the model beside what was observed, and say what came of it."""
    if any(w in ("-h", "--help") for w in words):
        print(__doc__)
        return 0
    given = asked_of(words, WORDS)
    wanted = picked("anchor", given.get("anchor"), catalogue.anchors())
    runs, draws = (whole(key, given.get(key, str(size)), 2) for key, size in SIZES.items())
    seed = whole("seed", given.get("seed", "1"), 0)
    workers = None if "workers" not in given else whole("workers", given["workers"], 1)
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
        target = Path(given["page"]).expanduser()
        draw(target.with_name("pictures") / "validity.png", found, runs, draws, seed)
        content = results_of(found, runs, draws, seed)
        catalogue.RESULTS.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        target.write_text(page(found, runs, draws, seed), encoding="utf-8")
        screen.print(str(target), soft_wrap=True)
    screen.print(f"\nResults written to {place.path}", soft_wrap=True)
    return 0


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
