"""The application as a process of its own: it says its address, stops when it is asked to, and prints no traceback."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

STARTING, STOPPING = 30, 10  # [s], at most
ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+/")


@contextmanager
def serving(command: Sequence[str], folder: Path) -> Iterator[str]:
    """Start a server and yield the address that it prints; stop it, and see that it printed no traceback.

    Parameters
    ----------
    command : sequence of str
    folder : Path
        Where it works, its temporary files included, and where what it says is kept.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a server started where it is ignored would ignore it too
    said, complained = folder / "said.txt", folder / "complained.txt"
    with said.open("wb") as out, complained.open("wb") as err:
        its = {**os.environ, "PYTHONUNBUFFERED": "1", "TMPDIR": str(folder)}
        process = subprocess.Popen(command, cwd=folder, stdout=out, stderr=err, env=its)
    try:
        yield _address(process, said, complained)
    finally:
        _stop(process)
    text = complained.read_text(encoding="utf-8")
    assert "Traceback" not in text, text


def _address(process: subprocess.Popen[bytes], said: Path, complained: Path) -> str:
    """Wait for the address."""
    until = time.monotonic() + STARTING
    while time.monotonic() < until and process.poll() is None:
        if match := ADDRESS.search(said.read_text(encoding="utf-8", errors="replace")):
            return match[0]
        time.sleep(0.05)
    state = "is silent" if process.poll() is None else f"ended with status {process.returncode}"
    raise AssertionError(f"no address in {STARTING} s, the server {state}: {complained.read_text(encoding='utf-8')}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Interrupt it as Ctrl-C does, and kill it if that is not enough."""
    process.send_signal(signal.SIGINT)
    try:
        process.wait(STOPPING)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        raise AssertionError(f"the server did not stop within {STOPPING} s of being interrupted") from None
