"""`crosspurpose status FOLDER`: how far a study is, what failed, and how it goes on. 1 if some runs failed."""

from __future__ import annotations

import json
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import yaml

from experiments import chunks
from experiments.console import console
from experiments.pointwise import spelled_precision
from experiments.store import read_manifest
from experiments.sweep import share, spelled_size, spelled_time
from experiments.typed import Parser
from sim.errors import InvalidInput
from sim.opening import PARTS, TABLES

OF_ONCE = ("out", "overwrite", "shard", "retry", "plan")  # words of a command that say how, not what


@dataclass(frozen=True, kw_only=True)
class Kept:
    """What a folder of results says of itself.

    Parameters
    ----------
    path : Path
    manifest : dict
    config : dict
        What the study is: two that agree in this have the same numbers.
    """

    path: Path
    manifest: dict[str, Any]
    config: dict[str, Any]

    @property
    def swept(self) -> bool:
        """Whether it has points of a sweep; else it has variants, or is a replication."""
        return "bases" in self.config

    @property
    def replication(self) -> str | None:
        """Name of the published simulation that was run again."""
        return self.config.get("replication")

    @property
    def words(self) -> list[str]:
        """The command, after `crosspurpose`."""
        return shlex.split(str(self.manifest["command"]))[1:]

    @property
    def refused(self) -> dict[int, str]:
        """The points that the model refuses, and why."""
        return {int(p): str(why) for p, why in self.manifest.get("refused", {}).items()}

    @property
    def cap(self) -> int:
        """Runs of a point at most."""
        return int(self.config.get("cap") or self.config["runs"])

    @property
    def design(self) -> str:
        """How the points come about, in words."""
        said = self.manifest.get("design", self.manifest["verb"])
        return said if isinstance(said, str) else ", ".join(f"{k} {v}" for k, v in said.items())

    @property
    def count(self) -> int:
        """How many points there are; of a search that goes on, so far none that is sure."""
        return int(self.manifest.get("points", 0))

    def again(self, out: Path, *more: str) -> list[str]:
        """Return the command that computes all of it, into a folder."""
        kept = [w for w in self.words if w.partition("=")[0].lstrip("+") not in OF_ONCE]
        return [*kept, f"out={out}", *more]

    def points(self) -> list[int]:
        """Return the numbers of the points that this folder is to have: all that the model accepts, or its share."""
        shard = next((w.partition("=")[2] for w in self.words if w.startswith("shard=")), None)
        shard = None if shard == "null" or self.manifest["status"] == "finished" else shard
        return [p for p in share(shard, self.count) if p not in self.refused]


def kept(folder: str | Path, replications: bool = False) -> Kept:
    """Look at a folder of results; refuse one that is none.

    Parameters
    ----------
    folder : str or Path
    replications : bool
        Whether results of `replicate` are welcome too.
    """
    path = Path(folder).expanduser()
    manifest = read_manifest(path) if path.is_dir() else None
    allowed = "a folder with results of crosspurpose, with its manifest.json and config.yaml"
    if manifest is None:
        raise InvalidInput("folder", str(folder), allowed)
    try:
        text = (path / "config.yaml").read_text(encoding="utf-8")
        config = yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # either is safe
    except (OSError, ValueError, yaml.YAMLError):
        raise InvalidInput("folder", str(folder), allowed) from None
    wanted = {"bases", "variants", "replication"} if replications else {"bases", "variants"}
    if not isinstance(config, dict) or not wanted & {*config}:
        raise InvalidInput("folder", str(folder), "results of runs: of run, compare, strength or a sweep")
    return Kept(path=path, manifest=manifest, config=config)


def main(words: Sequence[str]) -> int:
    """Say how far a study is."""
    parser = Parser(prog="crosspurpose status", description=__doc__, allow_abbrev=False)
    parser.add_argument("folder", help="a folder of results")
    found = kept(parser.parse_args(list(words)).folder, replications=True)
    manifest = found.manifest
    lines = [("command", str(manifest["command"])), ("seed", str(manifest["seed"]))]
    rest, failed = _of_sweep(found) if found.swept else _of_study(found)
    lines += [*rest, *(("also", text) for text in _inside(found.path))]
    screen = console()
    screen.print(f"[bold]{found.path}[/bold]: {manifest['verb']}, {manifest['status']}", soft_wrap=True)
    for name, text in lines:
        screen.print(f"{name:9} {text}", soft_wrap=True, markup=False)
    return int(failed > 0)


def _of_sweep(found: Kept) -> tuple[list[tuple[str, str]], int]:
    """Lines about a sweep, and how many of its runs failed."""
    manifest, held = found.manifest, chunks.held(found.path)
    points, done, failed = found.points(), held.runs(), held.failed()
    refused = found.refused
    lines = [("points", f"{found.count:,} ({found.design})")]
    if len(points) + len(refused) < found.count:
        lines.append(("share", f"{len(points):,} points, as the command says shard=K/N"))
    if refused:
        first = min(refused)
        lines.append(("refused", f"{len(refused):,} points by the model; point {first}: {refused[first]}"))
    lines.append(("runs", f"{done:,} done{_wanted(found, len(points))}"))
    lines += [("failed", text) for text in errors(held)]
    lines += [("damaged", f"{path}; it is computed again") for path in held.damaged]
    size = sum(p.stat().st_size for p in held.files())
    if done:
        lines.append(("disk", f"{size / done:.0f} bytes a run, {spelled_size(size)} in all"))
    if "seconds_chunks" in manifest:
        inside, whole = manifest.get("seconds_model", 0.0), manifest["seconds_chunks"]
        lines.append(
            ("time", f"{inside:.1f} s in the model, {whole - inside:.1f} s outside, of all processes together")
        )
    again = shlex.join(["crosspurpose", *_going_on(found)])
    if manifest["status"] != "finished" and complete(found, held, points) and _shards(found):
        lines.append(("continue", "this share is done: crosspurpose merge TARGET FOLDER ... joins it with the others"))
    elif manifest["status"] != "finished" or held.damaged:
        lines.append(("continue", again))
    if failed:
        lines.append(("retry", f"{again} retry=true"))
    return lines, failed


def _going_on(found: Kept) -> list[str]:
    return found.again(found.path, *_shards(found))


def _shards(found: Kept) -> list[str]:
    return [w for w in found.words if w.startswith("shard=")]


def complete(found: Kept, held: chunks.Held, points: Sequence[int]) -> bool:
    """Whether points have the runs they begin with; with a precision some may go on."""
    runs = dict.fromkeys(points, 0)
    for point, first, last, _ in held.cells:
        if point in runs:
            runs[point] += last - first
    return all(n >= found.config["runs"] for n in runs.values())


def _wanted(found: Kept, points: int) -> str:
    runs, cap, precision = found.config["runs"], found.cap, found.config.get("precision")
    if precision is None:
        return f" of {points * runs:,}"
    precise = found.config.get("precision_of", "mean")
    goal = f"until {spelled_precision(precision, found.config['outcome'], precise)}"
    return (
        f", {goal}" if found.manifest["status"] == "finished" else f" of {points * runs:,} to {points * cap:,}, {goal}"
    )


def errors(held: chunks.Held) -> list[str]:
    """Say of each error how often it came up and where first: by point, then run."""
    seen: dict[str, list[tuple[int, int]]] = {}
    for path in {path for path, failed in held.cells.values() if failed}:
        table = pq.read_table(path, columns=[*chunks.INDEX, "error"]).to_pandas().dropna()
        for point, run, error in table.itertuples(index=False):
            seen.setdefault(str(error), []).append((int(point), int(run)))
    often = sorted(seen.items(), key=lambda e: (-len(e[1]), e[0]))
    return [f"{len(at):,}: {error} (first: point {min(at)[0]}, run {min(at)[1]})" for error, at in often]


def _of_study(found: Kept) -> tuple[list[tuple[str, str]], int]:
    """Lines about variants, or points of a replication; runs of theirs do not fail by themselves."""
    manifest, config = found.manifest, found.config
    if found.replication is None:
        what, count, with_ = ("variants", ", ".join(config["variants"])), len(config["variants"]), "weeks"
    else:
        axes = "; ".join(f"{k} in {w}" for k, w in config["axes"].items())
        what, count, with_ = ("points", axes or "nothing is swept"), len(config["points"]), "steps"
    whole = found.path / "runs.parquet"
    files = [whole] if whole.exists() else sorted((found.path / PARTS).glob("*.parquet"))
    rooms = [p for t in TABLES for p in sorted((found.path / t).glob("*.parquet"))]
    damaged = [p for p in [*files, *rooms] if not _readable(p)]
    done = sum(_runs_in(found, p) for p in files if p not in damaged)
    size = sum(p.stat().st_size for p in [*files, *rooms])
    lines = [(what[0], f"{count}: {what[1]}"), ("runs", f"{done:,} done of {config['runs'] * count:,}")]
    lines += [("damaged", str(path)) for path in damaged]
    if done:
        lines.append(("disk", f"{size / done:.0f} bytes a run with its {with_}, {spelled_size(size)} in all"))
    if "duration" in manifest:
        lines.append(("time", f"{spelled_time(manifest['duration'])} in all"))
    again = shlex.join(["crosspurpose", *found.again(found.path)])
    if damaged:
        lines.append(("repair", f"{again} overwrite=true"))
    elif manifest["status"] != "finished":
        lines.append(("continue", again))
    return lines, 0


def _runs_in(found: Kept, file: Path) -> int:
    """Count the runs of a file: its rows, or in a replication, where every step has one, its points and runs."""
    if found.replication is None:
        return int(pq.read_metadata(file).num_rows)
    return len(pq.read_table(file, columns=["point", "run"]).group_by(["point", "run"]).aggregate([]))


def _readable(path: Path) -> bool:
    try:
        with pq.ParquetFile(path) as file:
            for _ in file.iter_batches():
                pass
    except (OSError, pa.ArrowException):
        return False
    return True


def _inside(path: Path) -> list[str]:
    """Say how far the studies are that stand in the folder of another."""
    found = []
    for file in sorted(path.glob("*/manifest.json")):
        inner = json.loads(file.read_text(encoding="utf-8"))
        found.append(f"{file.parent}: {inner.get('verb')}, {inner.get('status')}")
    return found
