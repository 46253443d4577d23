"""`crosspurpose diff A B [out=FILE]`: what two results differ in, and what that did to the numbers.

For each variant or point that both have, and each main measure, the mean in A, in B, and B − A with a 95 % interval:
paired run by run where both have the same people and the same luck (d̄ ± t·s_d/√n), otherwise of two means by
themselves (Welch). The largest in standard errors come first. Each interval is by itself: of twenty that should hold
zero, about one does not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from rich import box
from rich.table import Table
from scipy import stats as scipy_stats

import sim.opening
from experiments.console import console
from experiments.rebuilt import points_of
from experiments.stats import LEVEL
from experiments.status import Kept, kept
from experiments.store import as_cell, write_csv
from experiments.tables import COMPARED
from experiments.typed import Parser
from sim.arrays import Floats
from sim.errors import InvalidInput

MAIN = ("worth", *COMPARED)
SHOWN = 20  # rows of the table on the screen, and of the parameters
HOW = (
    "verb",
    "runs",
    "seed",
    "crn",
    "window",
    "precision",
    "precision_of",
    "cap",
    "aligned",
    "shadow",
    "assumed",
    "members",
)
Changes = Mapping[str, tuple[Any, Any]]  # dotted name → value in A, in B


def main(words: Sequence[str]) -> int:
    """Say what differs."""
    parser = Parser(prog="crosspurpose diff", description=__doc__, allow_abbrev=False)
    parser.add_argument("a", help="a folder of results")
    parser.add_argument("b", help="another")
    parser.add_argument("--out", metavar="FILE", help="all rows as a table (csv); out=FILE")
    given = parser.parse_args([f"--{w}" if w.startswith("out=") else w for w in words])
    a, b, screen = kept(given.a, replications=True), kept(given.b, replications=True), console()
    if a.replication != b.replication:
        like = "a study of teams" if a.replication is None else f"results of replicate {a.replication}"
        raise InvalidInput("folder", given.b, f"{like}, as {given.a}")
    one, two = parts(a), parts(b)
    pairs = common(one, two)
    alike = {(x.like if x.like == y.like else n): (x.config, y.config) for n, (x, y) in pairs.items()}
    changed = {name: changes(*configs) for name, configs in alike.items()}
    only = [] if len(one) == len(two) == len(pairs) else [*unmatched("A", one, two), *unmatched("B", two, one)]
    for line in [*said_of(a, b), *only, *parameters(changed)]:
        screen.print(line, soft_wrap=True, markup=False)
    if not pairs:
        screen.print(
            f"no {'variant' if 'variants' in a.config else 'point'} is in both: there are no numbers to compare"
        )
        return 0
    paired = shares_luck(a, b)
    table = numbers(a, b, pairs, paired)
    if given.out is not None:
        write_csv(table, Path(given.out))
    screen.print(_table(table.head(SHOWN), paired))
    if len(table) > SHOWN:
        screen.print(f"the {SHOWN} largest of {len(table):,}, in standard errors; out=FILE writes all")
    return 0


def said_of(a: Kept, b: Kept) -> list[str]:
    """Say in what the two studies differ apart from parameters."""
    one, two = ({k: x.config.get(k) for k in HOW} for x in (a, b))
    was, now = ({**x.manifest.get("versions", {})} for x in (a, b))
    lines = [
        f"{k}: {_spelled(x.get(k))} in A, {_spelled(y.get(k))} in B"
        for x, y in ((one, two), (was, now))
        for k in {**x, **y}
        if x.get(k) != y.get(k)
    ]
    if a.config.get("code") != b.config.get("code"):
        lines.append("the user's own code differs")
    return lines or ["the same seed, runs and versions"]


def unmatched(word: str, own: Mapping[str, Part], other: Mapping[str, Part]) -> list[str]:
    """Say which variants or points only one of two has."""
    names = [n for n in own if n not in other]
    few = "; ".join(names[:5]) + (" …" if len(names) > 5 else "")
    return [f"only in {word}, {len(names)}: {few}"] if names else []


def parameters(changed: Mapping[str, Changes]) -> list[str]:
    """Say which parameters differ, those that differ alike everywhere once."""
    if not any(changed.values()):
        return ["no parameter differs"] if changed else []
    alike = [dict(c) for c in changed.values()]
    if all(c == alike[0] for c in alike):
        where = "" if len(changed) == 1 else " everywhere"
        if len(alike[0]) == 1:
            ((key, (x, y)),) = alike[0].items()
            return [f"Exactly one parameter was changed{where}: {key}, from {_spelled(x)} to {_spelled(y)}."]
        changed = {f"parameters{where}": alike[0]}
    lines = [
        f"{n}: {k} is {_spelled(x)} in A, {_spelled(y)} in B" for n, c in changed.items() for k, (x, y) in c.items()
    ]
    more = [f"and {len(lines) - SHOWN} differences of parameters more"] if len(lines) > SHOWN else []
    return [*lines[:SHOWN], *more]


def changes(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Return the parameters that differ: dotted name → value in one, value in the other.

    Examples
    --------
    >>> changes({"team": {"size": 9}, "weeks": 4}, {"team": {"size": 12}, "weeks": 4})
    {'team.size': (9, 12)}
    """
    flat = [_flat(x) for x in (one, other)]
    keys = dict.fromkeys([*flat[0], *flat[1]])
    return {k: (flat[0].get(k), flat[1].get(k)) for k in keys if repr(flat[0].get(k)) != repr(flat[1].get(k))}


def _flat(config: Any, name: str = "") -> dict[str, Any]:
    if isinstance(config, Mapping) and config:
        below = [_flat(v, f"{name}.{k}" if name else str(k)) for k, v in config.items() if k not in ("label", "story")]
    elif isinstance(config, list) and config:
        below = [_flat(v, f"{name}.{i}" if name else str(i)) for i, v in enumerate(config)]
    else:
        return {name: config}
    return {k: v for part in below for k, v in part.items()}


@dataclass(frozen=True)
class Part:
    """A variant or a point: its name or number, what it is called among its like, and the parameters that stand."""

    which: Any
    like: str
    config: Mapping[str, Any]


def parts(found: Kept) -> dict[str, Part]:
    """Return the variants of a study, or the points of a sweep: what each is called → what it is.

    The parameters of a point are those of its base, without what the axes put in, which its name says.
    """
    if found.replication is not None:
        rest = {k: v for k, v in found.config["parameters"].items() if k not in found.config["axes"]}
        called = [", ".join(f"{k}={as_cell(v)}" for k, v in sorted(p.items())) for p in found.config["points"]]
        return {n or found.replication: Part(i, "all points", rest) for i, n in enumerate(called)}
    if not found.swept:
        return {str(n): Part(n, str(n), c) for n, c in found.config["variants"].items()}
    bases = {tuple(b["choice"].items()): b["config"] for b in found.config["bases"]}
    keys = [k for k, _ in next(iter(bases))]
    named: dict[str, Part] = {}
    for i, point in enumerate(points_of(found)):
        choice = tuple((k, str(point[k])) for k in keys)
        name = ", ".join(f"{k}={as_cell(v)}" for k, v in sorted(point.items()))
        named[name] = Part(i, ", ".join(f"{k}={v}" for k, v in choice) or "all points", bases[choice])
    return named


def common(a: Mapping[str, Part], b: Mapping[str, Part]) -> dict[str, tuple[Part, Part]]:
    """Return what can be compared; two that are alone can, whatever they are called."""
    if len(a) == len(b) == 1 and not {*a} & {*b}:
        (x,), (y,) = a, b
        return {f"{x} | {y}": (a[x], b[y])}
    return {n: (a[n], b[n]) for n in a if n in b}


def shares_luck(a: Kept, b: Kept) -> bool:
    """Whether a run of a number has the same luck in both."""
    same = all(a.config.get(k) == b.config.get(k) for k in ("seed", "model", "module"))
    return same and all(x.config.get("crn", True) for x in (a, b))


def numbers(a: Kept, b: Kept, pairs: Mapping[str, tuple[Part, Part]], paired: bool) -> pd.DataFrame:
    """Return a row per pair and main measure, the largest difference in standard errors first."""
    by: list[Any] = []
    measures: dict[str, None] = {}
    for found in (a, b):
        runs, key = sim.opening.open(found.path).runs, "scheme" if "variants" in found.config else "point"
        own = [c for c in runs.columns if c not in (key, "run", "step")] if found.replication is not None else MAIN
        measures = dict.fromkeys([*measures, *own])
        columns = [c for c in (key, "run", *own) if c in runs.columns]
        frame = runs.to_pandas(columns).drop_duplicates([key, "run"], keep="last")  # the last step, if there are steps
        by.append({k: f.set_index("run") for k, f in frame.groupby(key)})
    rows = []
    for name, (one, two) in pairs.items():
        x, y = by[0].get(one.which), by[1].get(two.which)
        for measure in measures:
            if x is not None and y is not None and measure in x and measure in y:
                rows.append({"where": name, "measure": measure, **difference(x[measure], y[measure], paired)})
    columns = ["where", "measure", "a", "b", "difference", "low", "high", "errors", "runs_a", "runs_b"]
    table = pd.DataFrame([r for r in rows if r["runs_a"] and r["runs_b"]], columns=columns)
    return table.sort_values("errors", key=np.abs, ascending=False, kind="stable", ignore_index=True)


def difference(one: pd.Series, other: pd.Series, paired: bool) -> dict[str, Any]:
    """Return the means of two columns of runs, and the second minus the first with its 95 % interval.

    Parameters
    ----------
    one, other : Series
        By number of run.
    paired : bool
        Whether runs of one number share their luck.
    """
    x, y = one.dropna(), other.dropna()
    counts = {"runs_a": len(x), "runs_b": len(y)}
    if paired:
        both = x.index.intersection(y.index)
        x, y = x[both], y[both]
    a, b = x.to_numpy(float), y.to_numpy(float)
    means = {"a": float(a.mean()) if len(a) else np.nan, "b": float(b.mean()) if len(b) else np.nan}
    middle = float((b - a).mean()) if paired and len(a) else means["b"] - means["a"]
    error, freedom = _error(a, b, paired)
    half = float(scipy_stats.t.ppf(0.5 + LEVEL / 2, freedom) * error) if freedom > 0 else np.nan
    errors = 0.0 if middle == 0.0 else float(np.inf * np.sign(middle)) if error == 0.0 else middle / error
    return {**means, "difference": middle, "low": middle - half, "high": middle + half, "errors": errors, **counts}


def _error(a: Floats, b: Floats, paired: bool) -> tuple[float, float]:
    """Standard error of the difference of two means, and its degrees of freedom; 0 of them with too few runs."""
    if min(len(a), len(b)) < 2:
        return np.nan, 0.0
    if paired:
        return float((b - a).std(ddof=1) / np.sqrt(len(a))), len(a) - 1.0
    u, v = a.var(ddof=1) / len(a), b.var(ddof=1) / len(b)
    if u + v == 0.0:
        return 0.0, len(a) + len(b) - 2.0
    return float(np.sqrt(u + v)), float((u + v) ** 2 / (u**2 / (len(a) - 1) + v**2 / (len(b) - 1)))


def verdict(row: Mapping[str, Any]) -> str:
    """Say what a row comes to."""
    if row["difference"] == 0.0:
        return "the same"
    if not row["low"] * row["high"] > 0.0:
        return "not distinguishable"
    return "higher in B" if row["difference"] > 0 else "lower in B"


def _table(rows: pd.DataFrame, paired: bool) -> Table:
    how = "run by run, the same luck in both" if paired else "of two means by themselves (Welch): their luck differs"
    table = Table(title=f"B − A, 95 % intervals {how}", box=box.SIMPLE_HEAD, title_justify="left")
    table.add_column("", overflow="fold")
    table.add_column("measure", no_wrap=True)
    for word in ("A", "B", "B − A ± 95 %"):
        table.add_column(word, justify="right", no_wrap=True)
    table.add_column("", no_wrap=True)
    for row in rows.to_dict("records"):
        half = "" if np.isnan(row["high"]) else f" ±{row['high'] - row['difference']:.4f}"
        values = [f"{row['a']:.4f}", f"{row['b']:.4f}", f"{row['difference']:+.4f}{half}"]
        table.add_row(str(row["where"]), str(row["measure"]), *values, verdict({str(k): v for k, v in row.items()}))
    return table


def _spelled(value: object) -> str:
    return as_cell(value)
