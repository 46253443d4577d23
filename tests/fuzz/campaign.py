"""Random commands and files for a while, with a log."""

from __future__ import annotations

import importlib
import json
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from experiments.cli import FILES, HOMES, STUDIES
from tests.fuzz import commands, files
from tests.fuzz.attempt import PATIENCE, STATUS, Outcome, attempt

MADE = {  # results that commands look at
    "S": "sweep scheme=choice(commits,none) pair=scheme scheme.strength=interval(0,0.8) points=4 runs=2 weeks=13",
    "C": "compare schemes=[commits,none] runs=2 weeks=13",
}


@dataclass
class Tally:
    """What a campaign has seen so far: how often which status, and what was wrong."""

    seen: Counter[str] = field(default_factory=Counter)
    findings: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        counts = ", ".join(f"{n} {word}" for word, n in self.seen.most_common())
        return f"{sum(self.seen.values())} commands: {counts}; {len(self.findings)} findings"


def campaign(seconds: float, seed: int, log: Callable[[str], None] = lambda line: None) -> Tally:
    """Try random commands for so many seconds; the same seed tries the same ones.

    Parameters
    ----------
    seconds : float
        After which no further command is begun.
    seed : int
        Case k of a seed is the same however long the campaign is.
    log : callable
        Receives a line of JSON for every finding: case, words, what was wrong, what was said, the files.
    """
    load()
    end, tally, case = time.monotonic() + seconds, Tally(), 0
    with results() as made:
        while time.monotonic() < end:
            words, given, outcome = one(seed, case, made)
            tally.seen[STATUS.get(outcome.status, str(outcome.status))] += 1
            wrong = outcome.wrong()
            if wrong is not None:
                found = {"seed": seed, "case": case, "wrong": wrong, "words": words, "files": given}
                said = {"stderr": outcome.complained[-2000:], "left": outcome.left[:9], "seconds": outcome.seconds}
                line = json.dumps(found | said)
                tally.findings.append(line)
                log(line)
            case += 1
    return tally


def load() -> None:
    """Load what verbs need, so that each command begins at once."""
    for verb in (*STUDIES, *FILES):
        if verb not in commands.UNENDING:
            importlib.import_module(HOMES.get(verb, f"experiments.{verb}"))


def one(seed: int, case: int, made: Path, patience: float = PATIENCE) -> tuple[list[str], dict[str, str], Outcome]:
    """Try one case: its words, the files it was given (as text), and what came of it."""
    rng = random.Random(f"{seed}:{case}")
    with tempfile.TemporaryDirectory(prefix="fuzz-") as place:
        folder = Path(place) / "here"
        folder.mkdir()
        given: dict[str, str] = {}
        words = commands.command(rng)
        kind = rng.random()
        if kind < 0.25:
            words, given = _with_yaml(folder, rng)
        elif {"S", "C", "S/manifest.json"} & {*words}:
            shutil.copytree(made, folder, dirs_exist_ok=True)
            if rng.random() < 0.7:
                which = rng.choice(sorted(MADE))
                given = {"spoiled": f"{which}/{files.spoil(folder / which, rng)}"}
        return words, given, attempt(words, folder, patience)


def _with_yaml(folder: Path, rng: random.Random) -> tuple[list[str], dict[str, str]]:
    """Write a yaml, and pick a command that reads it."""
    group = rng.choice(files.GROUPS)
    raw = files.text(group, rng)
    own = group != "scenario" or rng.random() < 0.3
    path = folder / "configs" / group / "mine.yaml" if own else folder / "q.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(raw)
    chosen = {"intervention": "interventions=[mine]", "reward": "scheme.pay=mine"}
    chosen |= dict.fromkeys(("signal", "motive"), "scheme=commits")
    word = chosen.get(group, f"{group}=mine") if own else "scenario=q.yaml"
    verb = rng.choice(["run", "run", "lint", "compare", "explain", "list"])
    quick = {"run": commands.QUICK, "compare": ("schemes=[commits]", *commands.QUICK)}.get(verb, ("weeks=13",))
    words = [verb, word, *quick] if verb != "list" else [verb, group]
    return words, {str(path.relative_to(folder)): raw.decode("utf-8", "backslashreplace")}


@contextmanager
def results() -> Iterator[Path]:
    """Make the results that commands look at, and yield their folder."""
    with tempfile.TemporaryDirectory(prefix="fuzz-") as place:
        made = Path(place) / "made"
        made.mkdir()
        for name, words in MADE.items():
            outcome = attempt([*words.split(), f"out={name}", "executor=serial"], made, patience=300)
            if outcome.status != 0:
                raise RuntimeError(f"{words}: {outcome.complained or outcome.said}")
        yield made


def main(arguments: list[str]) -> int:
    """Run a campaign as the command line says, its findings on stdout."""
    seconds = float(arguments[0]) if arguments else 60.0
    seed = int(arguments[1]) if len(arguments) > 1 else 1
    tally = campaign(seconds, seed, lambda line: print(line, flush=True))
    print(tally, file=sys.stderr)
    return int(bool(tally.findings))
