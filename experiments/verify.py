"""Put the model into the limits of theory, run it, and compare what it shows with closed forms.

The part of a case's id before the dot names a function of `experiments.theory`, which says how each
quantity is read off the running model.

    deterministic   |found − expected| ≤ 1e-4 · max(|expected|, largest |expected| of its list, 1e-3)
    sampled         |found − expected| ≤ 4 standard errors, one at most 0.5 % of that size
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from experiments.cases import Case, read_cases, shipped_cases
from experiments.console import console, progress
from experiments.limits import SMALLEST, Found, Sampled
from experiments.store import check_folder, write_csv
from experiments.tables import verify_table
from experiments.theory import COLUMNS, LIMITS
from sim.errors import InvalidInput, ModelWarning, RunFailed

TOLERANCE = 1e-4  # relative, of a deterministic quantity
LOOSE = 2e-3  # relative, of a published or asymptotic number without a reference
ERRORS = 4  # standard errors by which a sampled quantity may be off
NOISY = 5e-3  # standard error, relative, from which on a sample says too little

Progress = Callable[[str, int, int], None]


# --- comparing


@dataclass(frozen=True, kw_only=True)
class Leaf:
    """One number of a quantity.

    Parameters
    ----------
    name : str
        As in `b1[3]` or `rows[2].surplus`.
    place : tuple
        Index or column at each level.
    value : float
    scale : float
        Largest size in its list; a column of a table is a list.
    """

    name: str
    place: tuple[int | str, ...]
    value: float
    scale: float


def leaves(name: str, value: Any, columns: tuple[str, ...], place: tuple[int | str, ...] = ()) -> Iterator[Leaf]:
    """Yield the numbers of a closed value: of itself, of a list, of rows with these columns, or of what it names."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from leaves(f"{name}.{key}", item, columns, (*place, key))
        return
    if not isinstance(value, list):
        yield Leaf(name=name, place=place, value=float(value), scale=abs(value))
        return
    numbers = [x for x in value if not isinstance(x, list | dict)]
    rows = [x for x in value if isinstance(x, list)]
    for i, item in enumerate(value):
        if isinstance(item, dict):
            yield from leaves(f"{name}[{i}]", item, columns, (*place, i))
        elif not isinstance(item, list):
            scale = max(map(abs, numbers))
            yield Leaf(name=f"{name}[{i}]", place=(*place, i), value=float(item), scale=scale)
        else:
            for j, x in enumerate(item):
                column = columns[j] if j < len(columns) else str(j)
                scale = max(abs(r[j]) for r in rows if j < len(r))
                yield Leaf(name=f"{name}[{i}].{column}", place=(*place, i, column), value=float(x), scale=scale)


def reached(found: Found, place: tuple[int | str, ...]) -> float | Sampled | None:
    """Return the number at a place of what was found; None where there is none."""
    if not place and isinstance(found, list) and len(found) == 1:
        return reached(found[0], place)
    if place == (0,) and not isinstance(found, list):
        return reached(found, ())
    for step in place:
        there = step in found if isinstance(found, dict) else isinstance(found, list) and step in range(len(found))
        if not there:
            return None
        found = found[step]
    return found if isinstance(found, int | float | Sampled) else None


def findings(case: Case) -> tuple[dict[str, Found], str | None]:
    """Return what the model shows of the quantities of a case, and why it shows nothing, if it does not."""
    if case.limit not in LIMITS:
        return {}, f"no limit is called {case.limit}"
    try:
        asked = LIMITS[case.limit](case)
        return {q: asked[q]() for q in case.closed if q in asked}, None
    except (InvalidInput, RunFailed, ArithmeticError, np.linalg.LinAlgError) as error:
        return {}, str(error)


def compared(case: Case, found: Mapping[str, Found], failed: bool) -> Iterator[dict[str, Any]]:
    """Yield a row of the table for each number of a case."""
    for quantity, closed in case.closed.items():
        pinned = case.kind == "ref" and quantity in case.reference
        relative = LOOSE if case.kind == "ref" and not pinned else TOLERANCE
        expected = case.reference[quantity] if pinned else closed
        for leaf in leaves(quantity, expected, case.columns(COLUMNS.get(case.limit, ()))):
            size = max(leaf.scale, SMALLEST)
            read = reached(found.get(quantity), leaf.place)
            value, error = (read.value, read.error) if isinstance(read, Sampled) else (read, 0.0)
            tolerance, noisy = max(relative * size, ERRORS * error), error > NOISY * size
            if value is None:
                verdict = "fail" if failed else "unsupported"
            else:
                verdict = "pass" if abs(value - leaf.value) <= tolerance and not noisy else "fail"
            yield {
                "id": case.id,
                "quantity": leaf.name,
                "expected": leaf.value,
                "found": math.nan if value is None else value,
                "tolerance": tolerance,
                "verdict": verdict,
            }


def verify(cases: Path | None = None, section: str | None = None, progress: Progress | None = None) -> pd.DataFrame:
    """Compare the model with the cases of theory.

    Parameters
    ----------
    cases : Path or None
        File of cases; None: the project's own.
    section : str or None
        Only cases whose id begins so.
    progress : callable or None
        Told the id of each case before it is run, how many were, and how many there are.

    Returns
    -------
    DataFrame
        A row per number: `id, quantity, expected, found, tolerance, verdict`, the verdict one of `pass`,
        `fail` and `unsupported`. `attrs["reasons"]` says, by id, why a case could not be run.

    Raises
    ------
    InvalidInput
        For a file that cannot be read as cases, or a section that no case has.
    """
    chosen = read_cases(cases or shipped_cases(), section)
    rows: list[dict[str, Any]] = []
    reasons: dict[str, str] = {}
    for i, case in enumerate(chosen):
        if progress is not None:
            progress(case.id, i, len(chosen))
        with warnings.catch_warnings(), np.errstate(all="ignore"):  # what is not finite fails
            warnings.simplefilter("ignore", ModelWarning)  # oscillation: `settled` refuses it
            found, reason = findings(case)
        if reason is not None:
            reasons[case.id] = reason
        rows += compared(case, found, failed=reason is not None and case.limit in LIMITS)
    table = pd.DataFrame(rows, columns=["id", "quantity", "expected", "found", "tolerance", "verdict"])
    table.attrs["reasons"] = reasons
    return table


# --- the verb


def main(config: dict[str, Any], *, overrides: Sequence[str], choice: Mapping[str, str], command: str) -> int:
    """`crosspurpose verify`: print the table, write verify.csv, return 1 unless every quantity passes."""
    section = None if config["section"] is None else str(config["section"])
    path = shipped_cases() if config["cases"] is None else Path(str(config["cases"]))
    target = Path(str(config["out"] or Path("results") / "verify")) / "verify.csv"
    read_cases(path, section)
    check_folder(target.parent)
    with progress("theory limits") as show:
        table = verify(path, section, lambda case, done, of: show(done, of))
    write_csv(table, target)
    screen = console()
    screen.print(verify_table(table, screen.width))
    for id_, reason in table.attrs["reasons"].items():
        screen.print(f"{id_}: {reason}", soft_wrap=True)
    counts = table["verdict"].value_counts()
    told = ", ".join(f"{counts.get(v, 0)} {v}" for v in ("pass", "fail", "unsupported"))
    screen.print(f"\n{told}; results written to {target}", soft_wrap=True)
    return int(not table["verdict"].eq("pass").all())
