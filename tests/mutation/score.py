"""The share of mutants that the tests of their modules notice, from a sample."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.mutation.mutants import Mutant, mutants
from tests.mutation.trial import CONTRACTS, ROOT, judges_of, killed, prepare

MECHANISMS = (
    *("sim/motives", "sim/rewards", "sim/choice"),
    *("sim/contest.py", "sim/prospect.py", "sim/goals.py", "sim/turnover.py"),
)


@dataclass(frozen=True)
class Trial:
    """A mutant of a module, and which tests noticed it: the module's `own`, the `contracts` of all, or none."""

    module: Path
    mutant: Mutant
    by: str | None

    def __str__(self) -> str:
        word = f"killed by {self.by}" if self.by else "SURVIVED"
        return f"{word} {self.module}:{self.mutant.line}  {self.mutant.before}  ->  {self.mutant.after}"


def modules(places: Sequence[str] = MECHANISMS) -> list[Path]:
    """List the modules at some places, as paths from the root of the project."""
    found: list[Path] = []
    for place in map(Path, places):
        inside = sorted((ROOT / place).glob("*.py")) if (ROOT / place).is_dir() else [ROOT / place]
        found += [path.relative_to(ROOT) for path in inside if path.name != "__init__.py"]
    return found


def score(
    places: Sequence[str], seconds: float, seed: int = 1, told: Callable[[Trial], None] = lambda trial: None
) -> list[Trial]:
    """Try mutants in random order, as many as the time allows.

    Parameters
    ----------
    places : sequence of str
        Modules or folders of modules, from the root of the project.
    seconds : float
        After which no further mutant is begun.
    seed : int
        Of the order.
    told : callable
        Receives each trial when it is over.

    Raises
    ------
    RuntimeError
        When the tests fail without any mistake.
    """
    end = time.monotonic() + seconds
    prepare()
    there = modules(places)
    for module in there:
        if killed(module, (ROOT / module).read_text(), judges_of(module)):
            raise RuntimeError(f"the tests of {module} fail without a mutant")
    each = [(module, mutant) for module in there for mutant in mutants((ROOT / module).read_text())]
    random.Random(seed).shuffle(each)
    trials: list[Trial] = []
    for module, mutant in each:
        if time.monotonic() > end:
            break
        trials.append(Trial(module, mutant, _noticed(module, mutant)))
        told(trials[-1])
    return trials


def _noticed(module: Path, mutant: Mutant) -> str | None:
    tests = {"own": judges_of(module), "contracts": [CONTRACTS]}
    return next((by for by, files in tests.items() if killed(module, mutant.code, files)), None)


def table(trials: Sequence[Trial]) -> str:
    """Write how many mutants of each module, and of all, its own tests and the contracts noticed, and the share."""
    lines = [f"{'module':34} tried  own  contracts  share"]
    for module in (*sorted({t.module for t in trials}), None):
        by = [t.by for t in trials if module in (t.module, None)]
        if by:
            share = 1 - by.count(None) / len(by)
            counts = f"{len(by):5}  {by.count('own'):3}  {by.count('contracts'):9}"
            lines.append(f"{module or 'all'!s:34} {counts}  {share:5.0%}")
    return "\n".join(lines)
