"""`crosspurpose merge TARGET FOLDER ...`: shards of one sweep, made on several machines, as one folder.

Only folders of the very same study are joined: the same points, numbers of scenarios, seed, runs and model. Files of
runs are copied whole; a run that two folders have is counted once. When every point is there, the command of the sweep
is run once more without `shard`: it computes nothing again, and writes the summary. TARGET may be new, or one of them.
"""

from __future__ import annotations

import os
import shlex
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from experiments import chunks, cli
from experiments.console import console
from experiments.status import Kept, complete, kept
from experiments.store import Folder
from experiments.typed import Parser
from sim.errors import InvalidInput


def main(words: Sequence[str]) -> int:
    """Join folders, and finish the sweep if nothing is missing."""
    parser = Parser(prog="crosspurpose merge", description=__doc__, allow_abbrev=False)
    parser.add_argument("target", help="a new folder, or one of them")
    parser.add_argument("folder", nargs="+", help="folders of one sweep, made with shard=K/N")
    given = parser.parse_args(list(words))
    target, screen = Path(given.target).expanduser(), console()
    shards = [kept(f) for f in given.folder]
    there = [kept(target)] if target.is_dir() and any(target.iterdir()) else []
    for other in [*there, *shards]:
        check_same(shards[0], other)
    codes = {str(s.manifest["versions"].get("source")) for s in [*there, *shards]}
    if len(codes) > 1:
        text = f"the code of the model differs under one version ({', '.join(sorted(codes))}): crosspurpose repro tells"
        screen.print(f"note: {text} whether that changes numbers", soft_wrap=True)
    folder = Folder(target, shards[0].config)
    if not there:
        folder.address = shards[0].manifest["same"]
        manifest = {k: v for k, v in shards[0].manifest.items() if k not in ("format", "same", "status")}
        folder.begin({**manifest, "command": _whole(shards[0], target)}, False, ("runs",))
        shutil.copyfile(shards[0].path / "points.csv", target / "points.csv")
    for shard in shards:
        if shard.path.resolve() != target.resolve():
            copied, damaged = copy(shard.path, target)
            screen.print(f"{shard.path}: {copied} files of runs copied", soft_wrap=True)
            for path in damaged:
                screen.print(f"note: {path} is damaged, and left out", soft_wrap=True)
    chunks.tidy(target, chunks.held(target))
    return finish(kept(target), screen)


def finish(found: Kept, screen: Any) -> int:
    """Run the command of a sweep without `shard` if nothing is missing; else say what is, and how to go on."""
    held = chunks.held(found.path)
    points = [p for p in range(found.count) if p not in found.refused]
    again = found.again(found.path)
    if complete(found, held, points):
        screen.print(f"complete: {held.runs():,} runs of {len(points):,} points\n", soft_wrap=True)
        return cli.main(again)
    begun = {point for point, *_ in held.cells}
    text = f"{held.runs():,} runs of {len(begun):,} points of {len(points):,} so far; to compute what is missing"
    screen.print(f"{text}, and the summary: {shlex.join(['crosspurpose', *again])}", soft_wrap=True)
    return int(held.failed() > 0)


def _whole(shard: Kept, target: Path) -> str:
    return shlex.join(["crosspurpose", *shard.again(target)])


def check_same(one: Kept, other: Kept) -> None:
    """Refuse a folder that is not of the same sweep, and say what differs first."""
    for each in (one, other):
        if not each.swept:
            raise InvalidInput("folder", str(each.path), "folders of sweeps; it holds another kind of study")
    if one.manifest["same"] == other.manifest["same"]:
        return
    keys = ("model", *(k for k in one.config if k != "model"))
    differing = next((d for k in keys if (d := first_difference(one.config[k], other.config.get(k, "missing"), k))), "")
    what = differing or "its study"
    raise InvalidInput("folder", str(other.path), f"folders of one sweep; against {one.path} {what}")


def first_difference(one: object, other: object, name: str) -> str:
    """Say where two pieces of configuration first differ; empty if they do not.

    Examples
    --------
    >>> first_difference({"a": {"b": 1}}, {"a": {"b": 2}}, "config")
    'config.a.b is 2, not 1'
    """
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        pairs = [(f"{name}.{k}", one.get(k, "missing"), other.get(k, "missing")) for k in {**one, **other}]
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        pairs = [(f"{name}.{i}", a, b) for i, (a, b) in enumerate(zip(one, other, strict=True))]
    else:
        return "" if repr(one) == repr(other) else f"{name} is {other}, not {one}"
    return next((d for n, a, b in pairs if (d := first_difference(a, b, n))), "")


def copy(source: Path, target: Path) -> tuple[int, tuple[Path, ...]]:
    """Copy the files of runs that hold something new, each whole or not at all; return how many, and the damaged."""
    here, there = chunks.held(target, whole=False).cells, chunks.held(source)
    copied = 0
    for path, cells in there.files().items():
        if all(cell in here for cell in cells):
            continue
        final = target / "runs" / path.name
        temporary = final.with_name(f".{final.stem}.{os.getpid()}.tmp")
        try:
            shutil.copyfile(path, temporary)
            os.replace(temporary, final)
        finally:
            temporary.unlink(missing_ok=True)
        copied += 1
    return copied, there.damaged
