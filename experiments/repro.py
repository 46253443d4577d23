"""`crosspurpose repro FOLDER [runs=K]`: whether results come out the same again, to the bit.

What was run is rebuilt from the folder alone, computed in a temporary folder, and compared number by number: the
tables of runs first, then the tables that were made from them. With `runs=K` only the first K runs of each point or
variant are. The folder is only read. 0 if all is identical, 1 if not.
"""

from __future__ import annotations

import io
import tempfile
import warnings
from collections.abc import Iterator, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import sim.opening
from experiments import chunks, cli, replicate
from experiments.chunks import Cell
from experiments.console import console, counting, progress
from experiments.design import Design
from experiments.executors import Executor
from experiments.rebuilt import points_of, recipe_of, space_again
from experiments.replications import code
from experiments.replications.plan import plan_again
from experiments.status import Kept, kept
from experiments.store import Folder, model_version, source, versions
from experiments.study import Study, conduct
from experiments.survey import Survey, checked
from experiments.sweep import Plan, write_summary
from experiments.typed import Parser
from sim import catalogue
from sim.arrays import Bools
from sim.errors import InvalidInput, ModelWarning
from sim.loading import extended, split
from sim.scenario import scenario_from

AT_ONCE = 200  # runs of a variant, or points, that are compared at a time
KEYS = ("scheme", "point", "run", "step", "week", "member", "depth", "module")


@dataclass
class Tally:
    """What was compared, and what differs.

    Parameters
    ----------
    files, numbers, differing : int
    first : str
        The first difference; empty if there is none.
    """

    files: int = 0
    numbers: int = 0
    differing: int = 0
    first: str = ""

    def compare(self, name: str, before: pd.DataFrame, now: pd.DataFrame) -> None:
        """Compare rows of a table, in order."""
        if len(before) != len(now) or {*before} != {*now}:
            self.numbers += before.size
            apart = sorted({*map(str, before)} ^ {*map(str, now)})
            columns = f"columns {', '.join(apart[:3])}{' …' if len(apart) > 3 else ''} in only one of them"
            what = columns if apart else f"{len(before)} rows before, {len(now)} now"
            self._note(max(before.size, now.size), f"{name}: {what}")
            return
        unlike = {str(c): differs(before[c], now[c]) for c in before}
        self.numbers += before.size
        count = sum(int(u.sum()) for u in unlike.values())
        if count:
            column = next(c for c, u in unlike.items() if u.any())
            row = int(np.flatnonzero(unlike[column])[0])
            place = ", ".join(f"{k} {before[k].iloc[row]}" for k in KEYS if k in before) or f"row {row}"
            values = f"{_shown(before[column].iloc[row])} before, {_shown(now[column].iloc[row])} now"
            self._note(count, f"{name}, column {column}, {place}: {values}")

    def _note(self, count: int, text: str) -> None:
        self.differing += count
        self.first = self.first or text


def differs(before: pd.Series, now: pd.Series) -> Bools:
    """Tell where two columns differ: floats by their bits, what is missing is like what is missing.

    Examples
    --------
    >>> differs(pd.Series([1.0, np.nan, 0.0]), pd.Series([1.0, np.nan, -0.0])).tolist()
    [False, False, True]
    """
    missing = before.isna().to_numpy() & now.isna().to_numpy()
    if before.dtype == now.dtype == np.float64:
        a, b = (np.ascontiguousarray(x.to_numpy()).view(np.int64) for x in (before, now))
        return np.asarray((a != b) & ~missing)
    return np.asarray((before.to_numpy(object) != now.to_numpy(object)) & ~missing, dtype=bool)


def main(words: Sequence[str]) -> int:
    """Compute results again and compare."""
    parser = Parser(prog="crosspurpose repro", description=__doc__, allow_abbrev=False)
    parser.add_argument("folder", help="a folder of results")
    parser.add_argument("--runs", metavar="K", help="only the first K runs of each point or variant; runs=K")
    given = parser.parse_args([f"--{w}" if w.startswith("runs=") else w for w in words])
    if given.runs is not None and not (given.runs.isdigit() and int(given.runs) > 0):
        raise InvalidInput("runs", given.runs, "a whole number, at least 1")
    most = None if given.runs is None else int(given.runs)
    found, screen, tally, left = kept(given.folder, replications=True), console(), Tally(), list[str]()
    with extended(split(found.words)[0]), tempfile.TemporaryDirectory(prefix="crosspurpose-") as place:
        for line in changes(found):
            screen.print(f"note: {line}", soft_wrap=True)
        again = Path(place) / "again"
        of = _sweep_again if found.swept else _study_again if found.replication is None else _replication_again
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ModelWarning)
            left += of(found, again, most, tally)
    each = "variant" if "variants" in found.config else "point"
    few = "" if most is None else f", of the first {most} runs of each {each}"
    for text in left:
        screen.print(f"not compared: {text}", soft_wrap=True)
    if tally.differing:
        screen.print(f"different: {tally.first}", soft_wrap=True)
        screen.print(f"{tally.differing:,} of {tally.numbers:,} numbers differ, in {tally.files} files{few}")
        return 1
    screen.print(f"identical: {tally.files} files, {tally.numbers:,} numbers{few}", soft_wrap=True)
    return 0


def changes(found: Kept) -> list[str]:
    """Say what of the program is other than it was."""
    before, now = found.manifest.get("versions", {}), {**versions(), "source": source()}
    words = {"crosspurpose": "the model", "source": "the code of the model", "replication": "the code of replication"}
    if found.replication is not None:
        now["replication"] = code(found.replication)
    lines = [f"{words.get(k, k)} was {v}, and is {now.get(k)}" for k, v in before.items() if now.get(k) != v]
    if found.config.get("code", {}) != (catalogue.code() if catalogue.extensions() else {}):
        lines.append("the user's own code is not what it was")
    return lines


def _study_again(found: Kept, again: Path, most: int | None, tally: Tally) -> list[str]:
    """Compute variants again and compare; return what could not be compared."""
    study = study_of(found)
    study = study if most is None else replace(study, runs=min(most, study.runs))
    with progress("again") as show:
        conduct(
            study,
            Folder(again, study.same),
            executor=Executor(),
            anew=True,
            command=str(found.manifest["command"]),
            progress=show,
        )
    before, now = sim.opening.open(found.path), sim.opening.open(again)
    for name, table in before.tables.items():
        tally.files += len(table.files)
        if name not in now.tables:
            tally._note(1, f"{name}: it is not made any more")
            continue
        for scheme, runs in ((s, r) for s in study.variants for r in _windows(study.runs)):
            where = {"scheme": scheme, "run": runs}
            rows = _in_order(table.to_pandas(where=where))
            other = _in_order(now.tables[name].to_pandas(where=where))
            if found.manifest["status"] != "finished":
                other = other[other["run"].isin(set(rows["run"]))].reset_index(drop=True)
            tally.compare(name, rows, other)
    if most is None and found.manifest["status"] == "finished":
        return _derived(found, again, tally)
    return []


def _replication_again(found: Kept, again: Path, most: int | None, tally: Tally) -> list[str]:
    """Compute the points of a replication again and compare; return what could not be compared."""
    plan = plan_again(found.config)
    plan = plan if most is None else replace(plan, runs=min(most, plan.runs))
    replicate.computed(plan, Folder(again, plan.same), Executor(), str(found.manifest["command"]), anew=True)
    before, now = sim.opening.open(found.path).tables.get("runs"), sim.opening.open(again).runs
    if before is not None:
        tally.files += len(before.files)
        for point, runs in ((p, r) for p in range(len(plan.points)) for r in _windows(plan.runs)):
            rows, other = (_in_order(t.to_pandas(where={"point": point, "run": runs})) for t in (before, now))
            if found.manifest["status"] != "finished":
                other = other[other["run"].isin(set(rows["run"]))].reset_index(drop=True)
            tally.compare("runs", rows, other)
    if most is None and found.manifest["status"] == "finished":
        return _derived(found, again, tally)
    return []


def study_of(found: Kept) -> Study:
    """Rebuild a study from its folder."""
    config = found.config
    keys = ("verb", "runs", "seed", "members", "shadow", "assumed")
    variants = {name: scenario_from(c) for name, c in config["variants"].items()}
    return Study(variants=variants, **{k: config[k] for k in keys})


def _windows(runs: int) -> Iterator[range]:
    return (range(i, min(i + AT_ONCE, runs)) for i in range(0, runs, AT_ONCE))


def _in_order(frame: pd.DataFrame) -> pd.DataFrame:
    """Runs in order, whatever blocks they came in; the rows of a run as they stand."""
    return frame.sort_values("run", kind="stable").reset_index(drop=True)


def _derived(found: Kept, again: Path, tally: Tally) -> list[str]:
    """Let the command make its tables from the runs that were computed again, and compare them, file by file."""
    rooms = {f.relative_to(found.path) for t in sim.opening.open(found.path).tables.values() for f in t.files}
    every = (p.relative_to(found.path) for p in sorted(found.path.rglob("*")) if p.suffix in (".csv", ".parquet"))
    files = [p for p in every if p not in rooms and not p.name.startswith(".") and not _exported(found.path / p)]
    if not files:
        return []
    said = io.StringIO()
    with redirect_stdout(io.StringIO()), redirect_stderr(said):
        status = cli.main(found.again(again))
    if status > 1:
        reason = " ".join(said.getvalue().split()).removeprefix("crosspurpose: ")
        return [f"{len(files)} tables made from the runs, as the command cannot be run again here ({reason})"]
    _compare_files(found.path, again, files, tally)
    return []


def _exported(file: Path) -> bool:
    return (file.parent / "methods.md").exists()


def _compare_files(path: Path, again: Path, files: Sequence[Path], tally: Tally) -> None:
    for file in files:
        tally.files += 1
        if not (again / file).exists():
            tally._note(1, f"{file}: it is not made any more")
        elif file.suffix == ".csv":
            read: Any = {"dtype": str, "keep_default_na": False}
            tally.compare(str(file), pd.read_csv(path / file, **read), pd.read_csv(again / file, **read))
        else:
            tally.compare(str(file), pd.read_parquet(path / file), pd.read_parquet(again / file))


def _sweep_again(found: Kept, again: Path, most: int | None, tally: Tally) -> list[str]:
    """Compute the points again and compare; return what could not be compared."""
    held = chunks.held(found.path)
    space, points, recipe = space_again(found), points_of(found), recipe_of(found)
    known, _ = checked(space, points, recipe, Executor(kind="serial"), lambda n, of: None)
    survey = Survey(path=again, space=space, points=points, checked=known, recipe=recipe)
    most = most or found.cap
    wanted = [(p, first, min(last, most)) for p, first, last, _ in sorted(held.cells) if first < most]
    _check_rebuilt(found, survey, held)
    cells = [Cell(point=p, first=a, last=b, address=known[p].address) for p, a, b in wanted]
    again.mkdir()
    with counting("again", "runs") as show:
        survey.complete(cells, Executor(), show, chunks.held(again), {})
    made = chunks.held(again)
    tally.files += len(held.files())
    there = sorted({c.point for c in cells})
    for i in range(0, len(there), AT_ONCE):
        some = there[i : i + AT_ONCE]
        before, now = (pd.concat(chunks.by_point(h, some), ignore_index=True) for h in (held, made))
        tally.compare("runs", before[before["run"] < most].reset_index(drop=True), now)
    left = [f"{path}, which is damaged" for path in held.damaged]
    if most < found.cap or found.manifest["status"] != "finished":
        return left
    if found.manifest["verb"] != "sweep":
        folder = Folder(again, found.config)
        folder.address = found.manifest["same"]
        folder.begin(found.manifest, False, ("runs",))
        return left + _derived(found, again, tally)
    survey.write_points()
    write_summary(_plan(found, survey), survey, made)
    names = ("points.csv", "summary.csv", "summary.parquet", "differences.parquet")
    _compare_files(found.path, again, [Path(n) for n in names if (found.path / n).exists()], tally)
    return left


def _check_rebuilt(found: Kept, survey: Survey, held: chunks.Held) -> None:
    """Refuse to compare, under the same version, with scenarios that are not those of the folder."""
    own = catalogue.code() if catalogue.extensions() else {}
    if found.config["model"] != model_version() or found.config.get("code", {}) != own:
        return
    for point, _, _, address in held.cells:
        if survey.checked[point].address != address:
            raise InvalidInput("folder", str(found.path), f"one whose scenarios can be rebuilt; point {point} cannot")


def _plan(found: Kept, survey: Survey) -> Plan:
    c, points = found.config, tuple(survey.points)
    return Plan(
        verb=c["verb"],
        space=survey.space,
        design=Design(kind="file", axes=survey.space.axes, pair=c["design"]["pair"], rows=points),
        recipe=survey.recipe,
        runs=c["runs"],
        precision=c["precision"],
        precise=c.get("precision_of", "mean"),
        measure=c["outcome"],
        cap=found.cap,
    )


def _shown(value: object) -> str:
    return repr(float(value)) if isinstance(value, float) else str(value)
