"""From a study to its folder: compute what is missing, or read what is there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from rich.console import Console

from experiments.console import progress
from experiments.executors import Executor
from experiments.store import Folder
from experiments.study import Study, check, check_size, conduct
from sim.errors import InvalidInput
from sim.scenario import people_of

WEEKLY_RUNS = 500  # runs of each variant whose weeks are drawn and whose reviews are read


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """A finished study.

    Parameters
    ----------
    folder : Folder
    runs : DataFrame
        A row per scheme and run, a column per measure.
    blocks : list of str
        Names of the blocks of weekly rows, in order.
    warnings : list of str
        What the model warned about.
    computed : bool
        Whether anything was computed now.
    """

    folder: Folder
    runs: pd.DataFrame
    blocks: list[str]
    warnings: list[str]
    computed: bool

    @property
    def variants(self) -> Mapping[str, Mapping[str, Any]]:
        """The configuration of each scheme's scenario."""
        found: Mapping[str, Mapping[str, Any]] = self.folder.same["variants"]
        return found

    def weekly(self) -> pd.DataFrame:
        """Weekly rows of the first runs of every scheme."""
        return self.folder.weekly(self.blocks, WEEKLY_RUNS)

    def reviews(self) -> pd.DataFrame:
        """What the reviews said of every member, of as many runs."""
        return self.folder.rows("reviews", self.blocks, WEEKLY_RUNS)

    def levels(self) -> pd.DataFrame:
        """What is asked for at each depth of an organisation, of as many runs; empty without one."""
        return self.folder.rows("levels", self.blocks, WEEKLY_RUNS)

    def knowledge(self) -> pd.DataFrame:
        """Who knows what of the project when a run ends, of as many runs; empty without one, and for organisations."""
        return self.folder.rows("knowledge", self.blocks, WEEKLY_RUNS)


def outcome(study: Study, config: Mapping[str, Any], name: str, command: str) -> Outcome:
    """Run a study into the folder that the configuration names, or continue or reread it."""
    check_settings(config)
    warnings = check(study)
    folder = folder_of(study.same, config["out"], name)
    there = folder.check(bool(config["overwrite"]))
    blocks = [b.name for b in study.blocks()]
    if there == "finished":
        runs = pd.read_parquet(folder.path / "runs.parquet")
        return Outcome(folder=folder, runs=runs, blocks=blocks, warnings=warnings, computed=False)
    people = people_of(next(iter(study.variants.values())))
    text = f"{len(study.variants)} × {study.runs} runs of {people} people"
    with progress(text) as show:
        runs = conduct(
            study,
            folder,
            executor=Executor.of(config),
            anew=there == "nothing",
            command=command,
            progress=show,
        )
    return Outcome(folder=folder, runs=runs, blocks=blocks, warnings=warnings, computed=True)


def check_settings(config: Mapping[str, Any]) -> None:
    """Refuse settings of a verb that are not what they should be, before anything is composed for it."""
    check_size(config["runs"], config["seed"])
    Executor.of(config)
    for key in ("overwrite", "members"):
        if not isinstance(config[key], bool):
            raise InvalidInput(key, config[key], "true or false")
    if config["out"] is not None and not str(config["out"]):
        raise InvalidInput("out", "(empty)", "a folder, or null")


def folder_of(same: Mapping[str, Any], out: object, name: str) -> Folder:
    """Return the folder of what a study is; the default one carries its address."""
    folder = Folder(Path(str(out or ".")), same)
    if out is None:
        folder.path = Path("results") / f"{same['verb']}-{name}-{folder.address[:8]}"
    return folder


def said(screen: Console, done: Outcome) -> None:
    """Say where the results stand."""
    word = "written to" if done.computed else "read from"
    screen.print(f"\nResults {word} {done.folder.path}", soft_wrap=True)
