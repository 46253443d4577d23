"""Run the variants of a study, block by block, in one process or several, into its folder."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from experiments.assumptions import drawn
from experiments.executors import Executor, Lost, Task, map_chunks
from experiments.store import Folder, model_version, source, versions, write_parquet
from sim import catalogue
from sim.errors import InvalidInput, ModelWarning, RunFailed
from sim.results import Results
from sim.rules import plan_of
from sim.scenario import Scenario, people_of, scenario_from
from sim.simulation import block_of, simulate_runs

MOST = {"runs": 10**9, "seed": 2**128}  # of a study
APART = 1_000_003  # from a seed to the seed of other luck: a search and what is told never share theirs
ALONE = 16  # runs of a block whose runs have numbers of their own
Progress = Callable[[int, int], None]


@dataclass(frozen=True, kw_only=True)
class Study:
    """What is to be run.

    Parameters
    ----------
    verb : str
    variants : mapping of str to Scenario
        Name → scenario, in the order of the tables.
    runs, seed : int
    members : bool
        Whether to keep every week of every member.
    shadow : bool
        Whether to run the same teams with each scheme only measured, too.
    assumed : bool
        Whether run r takes draw r of what is plausible for the numbers of the scenario.
    origin : mapping
        How its variants were found; the manifest has it, and it is no part of what the study is.
    """

    verb: str
    variants: Mapping[str, Scenario]
    runs: int
    seed: int
    members: bool
    shadow: bool = False
    assumed: bool = False
    origin: Mapping[str, Any] = field(default_factory=dict)

    @property
    def same(self) -> dict[str, Any]:
        """What the study is: two studies that agree in this have the same numbers."""
        return {
            "verb": self.verb,
            "runs": self.runs,
            "seed": self.seed,
            "members": self.members,
            "shadow": self.shadow,
            "assumed": self.assumed,
            "model": model_version(),
            "variants": {name: dict(scenario.config) for name, scenario in self.variants.items()},
            **({"code": catalogue.code()} if catalogue.extensions() else {}),
        }

    def manifest(self, command: str, found: Sequence[str]) -> dict[str, Any]:
        """What the folder's manifest says of the study, with the warnings that `check` found."""
        return {
            "verb": self.verb,
            "command": command,
            "seed": self.seed,
            "runs": self.runs,
            "weeks": {name: scenario.weeks for name, scenario in self.variants.items()},
            "versions": {**versions(), "source": source()},
            "warnings": found,
            **self.origin,
        }

    def blocks(self, finer: int = 1) -> list[Block]:
        """All blocks of runs of all variants, in order; of a verb whose runs are dear, so many times finer."""
        blocks: list[Block] = []
        for name, scenario in self.variants.items():
            size = max(1, block_of(people_of(scenario)) // finer)
            size = min(size, ALONE) if self.assumed else size
            for first in range(0, self.runs, size):
                numbers = range(first, min(first + size, self.runs))
                blocks.append(Block(name=f"part-{len(blocks):05d}", scheme=name, numbers=numbers))
        return blocks


@dataclass(frozen=True, kw_only=True)
class Block:
    """Some runs of one variant, computed and written as one."""

    name: str
    scheme: str
    numbers: range


def check_size(runs: object, seed: object) -> None:
    """Check how many runs of which seed are wanted."""
    for key, value, least in (("runs", runs, 1), ("seed", seed, 0)):
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= MOST[key]:
            raise InvalidInput(key, value, f"a whole number, at least {least} and at most {MOST[key]}")


def check(study: Study) -> list[str]:
    """Check everything that can be checked before a run; return the model's warnings, each once."""
    check_size(study.runs, study.seed)
    if any(s.scheme.allow_negative for s in study.variants.values()):
        raise InvalidInput("scheme.allow_negative", True, "false; a strength below 0 is for sim.best_strength alone")
    found: list[str] = []
    for name, scenario in study.variants.items():
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always", ModelWarning)
            try:
                plan_of(scenario)
            except InvalidInput as error:
                place = f"{name}: {error.key}" if len(study.variants) > 1 else error.key
                raise InvalidInput(place, error.value, error.allowed, error.nearest) from None
        found += [f"{name}: {w.message}" for w in caught if issubclass(w.category, ModelWarning)]
        if scenario.refused:
            found.append(f"{name}: {refused(scenario)}" if len(study.variants) > 1 else refused(scenario))
    return list(dict.fromkeys(found))


def refused(scenario: Scenario) -> str:
    """Say which interventions do not take place, and why."""
    who = scenario.intervener.name or "the intervener"
    among = [i for i in scenario.interventions if i.name in scenario.refused]
    named = ", ".join(f"{i.label.plain} (takes {i.authority:g})" for i in among)
    return f"refused, as {who} has an authority of {scenario.intervener.authority:g}: {named}"


def conduct(
    study: Study,
    folder: Folder,
    *,
    executor: Executor,
    anew: bool,
    command: str,
    progress: Progress,
) -> pd.DataFrame:
    """Compute what is missing of a study and return its runs, a row per scheme and run."""
    started, blocks = time.time(), study.blocks()
    manifest = study.manifest(command, check(study))
    folder.begin(manifest, anew)
    done = folder.done()
    todo = [b for b in blocks if b.name not in done]
    how = (study.seed, study.members, study.shadow, study.assumed)
    path = folder.path.resolve()
    tasks = [partial(compute, path, study.variants[b.scheme].config, b, *how) for b in todo]
    ready = len(blocks) - len(todo)
    work(todo, tasks, executor, lambda n: progress(ready + n, len(blocks)))
    seconds = round(time.time() - started, 1)
    return folder.finish([b.name for b in blocks], {**manifest, "duration": seconds})


def work(todo: Sequence[Block], tasks: Sequence[Task], executor: Executor, done: Callable[[int], None]) -> None:
    """Do a task per block, and say how many are done.

    Raises
    ------
    RunFailed
        Where one of them fails; those that are done stay.
    """
    done(0)
    for i, (number, found) in enumerate(map_chunks(executor, tasks), start=1):
        if isinstance(found, Lost):
            raise RunFailed(f"{todo[number].scheme}, runs {todo[number].numbers[0]} and on: {found.reason}")
        done(i)


def compute(
    path: Path, config: Mapping[str, Any], block: Block, seed: int, members: bool, shadow: bool, assumed: bool
) -> str:
    """Compute a block and write it; its measures last, as the sign that it is complete."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ModelWarning)
        scenario = scenario_from(config)
        each: list[tuple[Scenario, Sequence[int]]] = [(scenario, block.numbers)]
        if assumed:
            each = [(drawn(scenario, seed, run), [run]) for run in block.numbers]
        found = [simulate_runs(s, numbers, seed, members=members, shadow=shadow) for s, numbers in each]
    frames = {
        "weekly": [r.weekly for r in found],
        "members": [r.members for r in found if members],
        "reviews": [r.reviews for r in found],
        "levels": [levels(r) for r in found if r.levels],
        "knowledge": [knowledge(r) for r in found if r.knowledge is not None],
        "_runs": [r.measures() for r in found],
    }
    for kind, parts in frames.items():
        if parts:
            frame = pd.concat(parts).reset_index()
            frame.insert(0, "scheme", block.scheme)
            write_parquet(frame, path / kind / f"{block.name}.parquet")
    return block.name


def levels(results: Results) -> pd.DataFrame:
    """One row per run, review and depth of an organisation, the head first."""
    depths = range(next(iter(results.levels.values())).shape[-1])
    index = pd.MultiIndex.from_product(
        [results.runs.tolist(), results.review_weeks, depths], names=["run", "week", "depth"]
    )
    return pd.DataFrame({k: v.transpose(1, 0, 2).ravel() for k, v in results.levels.items()}, index=index)


def knowledge(results: Results) -> pd.DataFrame:
    """One row per run, module and member: who knows what of the project when the run ends."""
    assert results.knowledge is not None
    modules = range(len(results.knowledge))
    index = pd.MultiIndex.from_product(
        [results.runs.tolist(), modules, results.names], names=["run", "module", "member"]
    )
    return pd.DataFrame({"knowledge": results.knowledge.transpose(1, 0, 2).ravel()}, index=index)
