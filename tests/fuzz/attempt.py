"""One command in a folder of its own and a process of its own, and what must hold of it however wrong it is."""

from __future__ import annotations

import os
import re
import resource
import signal
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.context import ForkServerProcess
from pathlib import Path

STATUS = {0: "done", 1: "some failed", 2: "refused", 130: "interrupted"}
MEMORY = 6_000_000_000  # bytes that a command may ask for
PATIENCE = 8.0  # seconds until a command is interrupted, and again until it is given up
SERVER = get_context("forkserver")  # a child of this process, which may have threads, might wait for one of them
KNOWN = [
    "experiments.cli",
    "experiments.compare",
    "experiments.plots.compare",
    "hydra",
]  # imported once
HALF = re.compile(r"\.(tmp|part|partial|new)$|~$")  # how files are called that are being written


@dataclass(frozen=True)
class Outcome:
    """What came of a command.

    Parameters
    ----------
    status : int
        Exit status; negative: the signal that ended it.
    said, complained : str
        What it wrote to stdout and stderr.
    left : tuple of str
        Files that are there now and were not before.
    seconds : float
        How long it took.
    """

    status: int
    said: str
    complained: str
    left: tuple[str, ...]
    seconds: float

    def wrong(self) -> str | None:
        """Say what should not have happened, if something did."""
        lines = self.complained.splitlines()
        if self.status not in STATUS:
            return f"exit status {self.status}"
        if "Traceback" in self.complained or "Traceback" in self.said:
            return "a traceback"
        if "internal error" in self.complained:
            return "an internal error"
        if re.search(r"\.py:\d+: \w*Warning", self.complained):
            return "a warning of Python's"
        if self.status == 2 and len(lines) != 1:
            return f"{len(lines)} lines on stderr"
        if self.status == 2 and not lines[0].startswith("crosspurpose"):
            return "a line that does not say whose it is"
        if self.status == 2 and self.left:
            return "files written by what was refused"
        if self.status in (0, 1) and any(HALF.search(name) for name in self.left):
            return "files half-written"
        return None


def attempt(words: Sequence[str], folder: Path, patience: float = PATIENCE) -> Outcome:
    """Give a command to `experiments.cli.main` in a folder.

    Parameters
    ----------
    words : sequence of str
        As typed after `crosspurpose`.
    folder : Path
        Where it is typed; what is in it stays.
    patience : float
        Seconds after which it is interrupted as by Ctrl-C, and as many again until it is killed.
    """
    before, started = _files(folder), time.monotonic()
    out, err = folder.parent / "stdout", folder.parent / "stderr"
    SERVER.set_forkserver_preload(KNOWN)
    child = SERVER.Process(target=_child, args=(list(words), folder, out, err))
    child.start()
    status = _waited(child, patience)
    said, complained = (p.read_text(encoding="utf-8", errors="replace") for p in (out, err))
    left = tuple(sorted(_files(folder) - before))
    return Outcome(status, said, complained, left, time.monotonic() - started)


def _child(words: list[str], folder: Path, out: Path, err: Path) -> None:
    status = 99
    try:
        status = _main(words, folder, out, err)
    finally:
        os._exit(status)


def _main(words: list[str], folder: Path, out: Path, err: Path) -> int:
    os.setpgid(0, 0)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    os.chdir(folder)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    for place, number in ((out, 1), (err, 2)):
        os.dup2(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), number)
    sys.stdin = os.fdopen(0, encoding="utf-8", closefd=False)
    sys.stdout, sys.stderr = (os.fdopen(n, "w", encoding="utf-8", closefd=False) for n in (1, 2))
    try:
        from experiments.cli import main

        return main(words)
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else int(stop.code is not None)
    except BaseException:
        import traceback

        traceback.print_exc()
        return 99
    finally:
        sys.stdout.flush()
        sys.stderr.flush()


def _waited(child: ForkServerProcess, patience: float) -> int:
    assert child.pid is not None
    for blow in (signal.SIGINT, signal.SIGKILL):
        child.join(patience)
        if child.exitcode is not None:
            break
        os.killpg(child.pid, blow)
    child.join()
    assert child.exitcode is not None
    return child.exitcode


def _files(folder: Path) -> set[str]:
    return {p.relative_to(folder).as_posix() for p in folder.rglob("*")}
