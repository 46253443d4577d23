"""The table over versions, `benchmarks/RESULTS.md`: what a run of the benchmarks measured, in ratios of that run."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

FILE = Path(__file__).with_name("RESULTS.md")
HEAD = """# Speed, version by version

Written by `make bench`, a row for each version; measured again, its row is replaced. Machines differ, so that
all but the last two columns are ratios within one run: the engine against a plain Mesa model of the same team
(aim 100 at 256 runs), drawing the same numbers and nothing else against the engine (aim 3 or less), and the
same for the full week with contests and a project. "Again" is a batch whose numbers have been drawn before, as
they are for the second scheme of a comparison and the second point of a sweep; all others draw their own.
Start-up is the wall-clock time of a command on that machine, the median of five [s].
What a further step would take: [SPEED.md](../docs/SPEED.md).

"""
COLUMNS = {
    "version": "version",
    "engine_1/plain_mesa": "engine : Mesa, 1 run",
    "engine_32/plain_mesa": "32 runs",
    "engine_256/plain_mesa": "256 runs",
    "engine_256_again/plain_mesa": "256 runs, again",
    "floor_256/engine_256": "drawing : engine",
    "full_week_256/plain_mesa": "full week : Mesa, 256 runs",
    "full_week_256_again/plain_mesa": "full week, again",
    "full_week_floor_256/full_week_256": "drawing : full week",
    "list": "`list` [s]",
    "run": "`run runs=1` [s]",
}


def measured(rate: Mapping[str, float], version: str) -> dict[str, str]:
    """Return the row of a version: ratios of rates, and start-up."""
    row = {"version": version}
    for column in COLUMNS:
        above, slash, below = column.partition("/")
        if slash:
            row[column] = f"{rate[above] / rate[below]:.3g}"
    return row | {"list": f"{started('list'):.2f}", "run": f"{started('run', 'runs=1', 'weeks=26'):.2f}"}


def started(*words: str) -> float:
    """Return how long a command takes, the median of five [s]; it works in a folder that goes."""
    seconds = []
    for _ in range(5):
        with tempfile.TemporaryDirectory() as folder:
            began = time.monotonic()
            subprocess.run(
                [sys.executable, "-m", "experiments.cli", *words], cwd=folder, stdout=subprocess.DEVNULL, check=True
            )
            seconds.append(time.monotonic() - began)
    return statistics.median(seconds)


def kept(text: str) -> list[dict[str, str]]:
    """Return the rows of a table that was written before.

    Examples
    --------
    >>> kept(table([{"version": "0.1.0", "list": "0.20"}]))[0]["list"]
    '0.20'
    """
    lines = [line for line in text.splitlines() if line.startswith("|")]
    head, _, *rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    named = {name: column for column, name in COLUMNS.items()}
    return [{named[n]: cell for n, cell in zip(head, row, strict=True) if n in named} for row in rows]


def table(rows: list[dict[str, str]]) -> str:
    """Return the page of some rows."""
    lines = [list(COLUMNS.values()), ["---"] * len(COLUMNS), *([r.get(c, "—") for c in COLUMNS] for r in rows)]
    return HEAD + "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def record(rate: Mapping[str, float], version: str) -> None:
    """Write the row of a version into the table."""
    before = kept(FILE.read_text(encoding="utf-8")) if FILE.exists() else []
    rows = [row for row in before if row["version"] != version]
    FILE.write_text(table([*rows, measured(rate, version)]), encoding="utf-8")
