"""A Chromium for the tests: the machine's own, Playwright's, or one that is installed now."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge", "msedge")
INSTALLING = 600  # [s], at most
STARTING = 60  # [s], at most
MISSING = "no Chromium starts and none could be installed: install chromium, or `python -m playwright install chromium`"


def executable(playwrights: str) -> str | None:
    """Return the path of a Chromium that starts, which is installed if there is none.

    Parameters
    ----------
    playwrights : str
        Where Playwright puts its own.
    """
    if there := found(playwrights):
        return there
    with alone(Path(tempfile.gettempdir()) / "crosspurpose-installs-chromium"):
        for commands in ways_to_install():
            if there := found(playwrights):
                return there
            for command in commands:
                succeeds(command, INSTALLING)
        return found(playwrights)


def found(playwrights: str, names: Sequence[str] = NAMES) -> str | None:
    """Return the path of the first Chromium on the machine that starts."""
    there = [path for name in names if (path := shutil.which(name))]
    return next((path for path in (*there, playwrights) if succeeds([path, "--version"], STARTING)), None)


def ways_to_install() -> list[list[list[str]]]:
    """Return the commands of each way to install one, the gentlest first."""
    ways = [[[sys.executable, "-m", "playwright", "install", "chromium"]]]
    if shutil.which("apt-get") and hasattr(os, "geteuid") and os.geteuid() == 0:
        ways.append([["apt-get", "update"], ["apt-get", "install", "-y", "chromium"]])
    return ways


def succeeds(command: Sequence[str], seconds: float) -> bool:
    """Return whether a command ends well in time."""
    try:
        return subprocess.run(command, capture_output=True, timeout=seconds).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


@contextmanager
def alone(lock: Path, forgotten: float = 3 * INSTALLING) -> Iterator[None]:
    """Do something while no other process does: a folder is made by one of them only.

    Parameters
    ----------
    lock : Path
        The folder.
    forgotten : float
        Age at which whoever made it is taken to be dead [s].
    """
    while True:
        with suppress(FileExistsError):
            lock.mkdir()
            break
        with suppress(FileNotFoundError):
            if time.time() - lock.stat().st_mtime > forgotten:
                lock.rmdir()
        time.sleep(0.1)
    try:
        yield
    finally:
        with suppress(FileNotFoundError):
            lock.rmdir()
