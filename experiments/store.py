"""A study's folder, results format 1: what is written where, and nothing half-written.

    config.yaml       the resolved scenario, variants, runs and seed
    manifest.json     format, versions, command, duration, warnings, and what the study *is* (`same`)
    runs.parquet      a row per scheme and run, a column per measure
    weekly/           a Parquet file per block of runs: scheme, run, week, …; members/ if asked
    reviews/          what reviews say of everybody; levels/: what is asked for at each depth of an organisation
    knowledge/        who knows what of a team's project when the run ends
    summary.csv       what the tables show; plots/ with the tables behind the pictures

A sweep has no runs.parquet but runs/, a file per block of points, and points.csv, summary.parquet and, with pairs,
differences.parquet (docs/SWEEPS.md).

While a study is unfinished its blocks of measures stand in `_runs/`. Every file appears under its
name only when it is complete, so that a killed study loses no more than the blocks in flight.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from sim.draws import PROTOCOL
from sim.errors import InvalidInput
from sim.opening import from_cell

FORMAT = 1
LIBRARIES = ("numpy", "scipy", "pandas", "pyarrow", "mesa", "hydra-core")


def model_version() -> str:
    """Return the version that results depend on."""
    import sim

    return f"{sim.__version__}+draws{PROTOCOL}"


def digest(same: Mapping[str, Any]) -> str:
    """Return the address of what a study is: equal for equal studies."""
    text = json.dumps(same, sort_keys=True, ensure_ascii=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


class Folder:
    """The folder of one study.

    Parameters
    ----------
    path : Path
    same : mapping
        What the study is: verb, variants with their resolved scenarios, runs, seed, model version.
    """

    def __init__(self, path: Path, same: Mapping[str, Any]) -> None:
        self.path, self.same, self.address, self.made = path, same, digest(same), list[Path]()

    def check(self, overwrite: bool) -> str:
        """Return what stands there, `nothing`, `unfinished` or `finished`, or refuse the folder."""
        check_folder(self.path)
        if not self.path.exists() or not any(self.path.iterdir()):
            return "nothing"
        manifest = read_manifest(self.path)
        if manifest is None:
            raise InvalidInput("out", str(self.path), "a new or empty folder, or one with results of crosspurpose")
        if manifest["format"] == FORMAT and manifest["same"] == self.address:
            return "nothing" if overwrite else str(manifest["status"])
        if overwrite:
            return "nothing"
        made = manifest.get("versions", {}).get("crosspurpose", model_version())
        if made != model_version():
            allowed = f"another folder: it was made by model {made}, and this is {model_version()} (overwrite=true "
            raise InvalidInput("out", str(self.path), f"{allowed}replaces it; model {made} can continue it)")
        raise InvalidInput("out", str(self.path), "another folder: it holds another study (overwrite=true replaces it)")

    def finished(self) -> bool:
        """Whether this very study stands there, whole."""
        manifest = read_manifest(self.path) or {}
        return manifest.get("same") == self.address and manifest["status"] == "finished"

    def begin(self, manifest: Mapping[str, Any], anew: bool, rooms: Sequence[str] = ("weekly", "_runs")) -> None:
        """Make the folder ready for blocks, which go into `rooms`."""
        if anew and self.path.exists():
            shutil.rmtree(self.path)
        self.made = [place for place in (self.path, *self.path.parents) if not place.exists()]
        self.path.mkdir(parents=True, exist_ok=True)
        for name in rooms:
            (self.path / name).mkdir(exist_ok=True)
        self.write_manifest({**manifest, "status": "unfinished"})
        _text(self.path / "config.yaml", yaml.safe_dump(dict(self.same), sort_keys=False, allow_unicode=True))

    def leave(self) -> None:
        """Take away what `begin` has made: nothing was run."""
        shutil.rmtree(self.path)
        for place in self.made[1:]:
            place.rmdir()

    def write_manifest(self, manifest: Mapping[str, Any]) -> None:
        """Write the manifest, with the format and the study's address."""
        full = {"format": FORMAT, "same": self.address, **manifest}
        _text(self.path / "manifest.json", json.dumps(full, indent=2, ensure_ascii=False) + "\n")

    def done(self) -> set[str]:
        """Names of the blocks that are complete."""
        return {p.stem for p in (self.path / "_runs").glob("part-*.parquet")}

    def finish(self, order: list[str], manifest: Mapping[str, Any]) -> pd.DataFrame:
        """Join the blocks of measures into runs.parquet, in order, and call the study finished."""
        target = self.path / "runs.parquet"
        if not target.exists():
            parts = [pd.read_parquet(self.path / "_runs" / f"{name}.parquet") for name in order]
            write_parquet(pd.concat(parts, ignore_index=True), target)
        runs = pd.read_parquet(target)
        self.write_manifest({**manifest, "status": "finished"})
        shutil.rmtree(self.path / "_runs", ignore_errors=True)
        return runs

    def weekly(self, order: list[str], runs: int) -> pd.DataFrame:
        """Weekly rows of the first runs of every scheme; `order` lists the blocks as `finish` has them."""
        return self.rows("weekly", order, runs)

    def rows(self, kind: str, order: list[str], runs: int) -> pd.DataFrame:
        """Rows of one kind of the first runs of every scheme; an empty table where there are none."""
        paths = [self.path / kind / f"{name}.parquet" for name in order]
        parts = [pd.read_parquet(path, filters=[("run", "<", runs)]) for path in paths if path.exists()]
        return pd.concat([p for p in parts if len(p)] or parts[:1] or [pd.DataFrame()], ignore_index=True)


def check_folder(path: Path) -> None:
    """Refuse a folder that cannot be made or written."""
    for parent in [path, *path.parents]:
        if parent.exists():
            if not parent.is_dir():
                raise InvalidInput("out", str(path), f"a folder, but {parent} is a file")
            if not os.access(parent, os.W_OK):
                raise InvalidInput("out", str(path), f"a folder that can be written, but {parent} cannot")
            return


def read_manifest(path: Path) -> dict[str, Any] | None:
    """Return the manifest of a results folder; None where there is none of ours."""
    try:
        manifest = json.loads((path / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if not isinstance(manifest, dict) or "format" not in manifest or "same" not in manifest:
        return None
    if manifest["format"] != FORMAT:
        raise InvalidInput("out", str(path), f"results of format {FORMAT}; this folder has format {manifest['format']}")
    return manifest


def write_parquet(frame: pd.DataFrame, path: Path) -> None:
    """Write a table whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.stem}.{os.getpid()}.tmp")
    try:
        frame.to_parquet(temporary, engine="pyarrow", compression="zstd", index=False)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def write_csv(frame: pd.DataFrame, path: Path) -> None:
    """Write a table whole or not at all, numbers as exact as they are."""
    _text(path, frame.to_csv(index=False))


def _text(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def source() -> str:
    """Return a hash of the Python of the model, to tell code that differs under one version."""
    import sim

    found = hashlib.sha256()
    for path in sorted(Path(sim.__file__).parent.rglob("*.py")):
        found.update(path.name.encode() + path.read_bytes())
    return found.hexdigest()[:12]


def as_cell(value: Any) -> str:
    """Return a value as the text of a cell that `from_cell` reads back.

    Examples
    --------
    >>> [as_cell(v) for v in ("commits", 0.1, True, None, "true", [1, "a"])]
    ['commits', '0.1', 'true', 'null', '"true"', '[1, "a"]']
    """
    if isinstance(value, str) and from_cell(value) == value:
        return value
    return json.dumps(value, ensure_ascii=False)


def versions() -> dict[str, str]:
    """Versions of everything that numbers may depend on."""
    import platform

    return {
        "crosspurpose": model_version(),
        "python": platform.python_version(),
        **{k: version(k) for k in LIBRARIES},
    }
