"""`crosspurpose claims [claim=ID,...] [setting=quick|full] [seed=1] [out=DIR] [page=FILE] [workers=N]`: verdicts.

Every claim of the catalogue: its effect against the smallest one of interest, its control, what the plausible ranges
make of it, what the tables alone say, which mechanism it needs and which entry of a table would turn it. The same
command continues where it stopped, and prints again what is there.

    quick    a few minutes, enough for most verdicts
    full     hours; what docs/CLAIMS.md says
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
from rich.console import Console
from rich.table import Table

from experiments import claims as catalogue
from experiments.claims.judged import SETTINGS, Judged, verdicts
from experiments.console import console
from experiments.executors import Executor
from experiments.outcome import folder_of
from experiments.store import model_version, write_csv
from experiments.typed import asked_of, picked, whole
from sim.errors import unknown
from sim.loading import extended

WORDS = ("claim", "setting", "seed", "out", "page", "workers", "executor", "extend")


def main(words: Sequence[str]) -> int:
    """Put claims to the test, and say what came of them."""
    if any(w in ("-h", "--help") for w in words):
        print(__doc__)
        return 0
    given = asked_of(words, WORDS)
    with extended(given.get("extend")) as folder:
        wanted = picked("claim", given.get("claim"), catalogue.claims(folder))
        setting, seed = given.get("setting", "quick"), whole("seed", given.get("seed", "1"), 0)
        if setting not in SETTINGS:
            raise unknown("setting", setting, SETTINGS)
        workers = None if "workers" not in given else whole("workers", given["workers"], 1)
        executor = Executor(kind=given.get("executor", "processes"), workers=workers, scheduler=None)
        same = {"verb": "claims", "setting": setting, "seed": seed, "model": model_version()}
        place = folder_of({**same, "claims": sorted(wanted)} if "claim" in given else same, given.get("out"), setting)
        tested = verdicts(wanted, SETTINGS[setting], seed, place.path, executor)
    write(place.path, tested)
    screen = console()
    print_table(screen, tested)
    from experiments.plots.claims import draw

    draw(place.path / "plots" / "claims.png", tested, setting, seed)
    if "page" in given:
        from experiments.claims.page import page

        target = Path(given["page"]).expanduser()
        draw(target.with_name("pictures") / "claims.png", tested, setting, seed)
        target.write_text(page(tested, setting, SETTINGS[setting], seed), encoding="utf-8")
        screen.print(str(target), soft_wrap=True)
    screen.print(f"\nResults written to {place.path}", soft_wrap=True)
    return 0


def table_of(tested: Sequence[Judged]) -> pd.DataFrame:
    """Return a row per claim."""
    rows = []
    for t in tested:
        low, high = t.effect.interval(t.alpha)
        control = (math.nan, math.nan) if t.control is None else t.control.interval()
        rows.append(
            {
                "claim": t.claim.id,
                "verdict": t.verdict,
                "definition": t.claim.definition,
                "outcome": t.claim.test.outcome,
                "expected": t.claim.expected,
                "smallest": t.claim.smallest,
                "effect": t.effect.value,
                "low": low,
                "high": high,
                "alpha": t.alpha,
                "runs": t.effect.runs,
                "control": math.nan if t.control is None else t.control.value,
                "control_low": control[0],
                "control_high": control[1],
                "control_idle": t.idle,
                **{k.replace(" ", "_"): t.draws.get(k, 0.0) for k in ("holds", "reverses", "too small")},
                "fails_where": t.region.words(),
                "leans_on": t.region.leans_on,
                "tables": t.tables,
                "tables_predict": t.predicted,
                "driver": t.driver,
                "hidden_by": ", ".join(t.hidden_by),
                "turning_point": t.turning,
            }
        )
    return pd.DataFrame(rows)


def write(path: Path, tested: Sequence[Judged]) -> None:
    """Write claims.csv, mechanisms.csv and second.csv."""
    path.mkdir(parents=True, exist_ok=True)
    write_csv(table_of(tested), path / "claims.csv")
    for name in ("mechanisms", "second"):
        rows = [
            (t.claim.id, what, e.value, *e.interval(), e.runs) for t in tested for what, e in getattr(t, name).items()
        ]
        table = pd.DataFrame(
            rows, columns=["claim", name[:-1] if name == "mechanisms" else name, "effect", "low", "high", "runs"]
        )
        write_csv(table, path / f"{name}.csv")
    (path / "manifest.json").write_text(
        json.dumps(
            {"format": 1, "verb": "claims", "status": "finished", "claims": [t.claim.id for t in tested]}, indent=1
        )
    )


def print_table(screen: Console, tested: Sequence[Judged]) -> None:
    """Print a row per claim."""
    table = Table(title="Claims, put to the test", title_justify="left")
    for name in ("claim", "effect", "at least", "control", "holds/reverses/small", "verdict"):
        table.add_column(name, justify="left" if name in ("claim", "verdict") else "right")
    for t in tested:
        low, high = t.effect.interval(t.alpha)
        sign = {"higher": "> ", "lower": "< −", "zero": "|·| < ", "either": "|·| > "}[t.claim.expected]
        control = "—" if t.control is None else f"{t.control.value:.2g}{'' if t.idle else ' !'}"
        shares = "/".join(f"{t.draws.get(k, 0.0):.0%}" for k in ("holds", "reverses", "too small"))
        value = f"{t.effect.value:.3g} [{low:.2g}, {high:.2g}]"
        table.add_row(t.claim.id, value, f"{sign}{t.claim.smallest:g}", control, shares, t.verdict)
    screen.print(table)
