"""Random commands and files: whatever is typed, there is a result or one line.

`make soak` fuzzes for a minute; `CROSSPURPOSE_FUZZ_SECONDS=3600` makes that an hour.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fuzz import commands
from tests.fuzz.attempt import Outcome, attempt
from tests.fuzz.campaign import MADE, load, one
from tests.mutation.trial import ROOT

QUICK = ("weeks=13", "runs=1", "executor=serial")


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """A folder in which to type."""
    folder = tmp_path / "here"
    folder.mkdir()
    return folder


def test_what_is_right_is_done_and_what_is_wrong_is_one_line(here: Path) -> None:
    done, refused = attempt(["list", "schemes"], here), attempt(["lsit", "schemes"], here)
    assert done.status == 0 and "commits" in done.said and done.wrong() is None
    assert refused.status == 2 and "did you mean list?" in refused.complained and refused.wrong() is None


def test_a_command_that_takes_long_is_interrupted_and_says_so(here: Path) -> None:
    outcome = attempt(["run", "weeks=5000", "runs=5000", "executor=serial"], here, patience=1.0)
    assert outcome.status == 130 and outcome.wrong() is None
    assert "interrupted" in outcome.complained


WRONG = {
    "status": (Outcome(-11, "", "", (), 0.1), "exit status -11"),
    "traceback": (Outcome(1, "", "Traceback (most recent call last):\n", (), 0.1), "a traceback"),
    "internal": (Outcome(1, "", "crosspurpose: internal error: KeyError: 3\n", (), 0.1), "an internal error"),
    "warning": (Outcome(0, "", "/x/sim/a.py:12: RuntimeWarning: overflow\n", (), 0.1), "a warning of Python's"),
    "two_lines": (Outcome(2, "", "crosspurpose: a\nb\n", (), 0.1), "2 lines on stderr"),
    "no_line": (Outcome(2, "", "", (), 0.1), "0 lines on stderr"),
    "nobodys": (Outcome(2, "", "usage: x\n", (), 0.1), "a line that does not say whose it is"),
    "left": (Outcome(2, "", "crosspurpose: a\n", ("S",), 0.1), "files written by what was refused"),
    "half": (Outcome(0, "", "", ("S/runs.parquet.tmp",), 0.1), "files half-written"),
    "nothing": (Outcome(130, "", "crosspurpose: interrupted\n", ("S/runs.parquet.tmp",), 0.1), None),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_should_not_happen_is_seen(case: str) -> None:
    outcome, wrong = WRONG[case]
    assert outcome.wrong() == wrong


def test_a_case_is_the_same_each_time_and_most_are_not_alike() -> None:
    first, again = ([commands.command(random.Random(f"1:{case}")) for case in range(50)] for _ in range(2))
    assert first == again
    assert len({tuple(words) for words in first}) > 40
    assert len({words[0] for words in first if words}) > 10


def test_the_first_commands_of_a_seed_bring_a_result_or_one_line(tmp_path: Path) -> None:
    """In place of the results that a campaign has, there is a folder that holds none."""
    for name in MADE:
        (tmp_path / name).mkdir()
        (tmp_path / name / "notes.txt").write_text("not a study")
    load()
    for case in range(20):
        words, given, outcome = one(3, case, tmp_path, patience=2.0)
        assert outcome.wrong() is None, (words, given, outcome)


@pytest.mark.soak
def test_no_command_and_no_file_brings_a_traceback() -> None:
    seconds = os.environ.get("CROSSPURPOSE_FUZZ_SECONDS", "60")
    seed = os.environ.get("CROSSPURPOSE_FUZZ_SEED", "1")
    done = subprocess.run([sys.executable, "-m", "tests.fuzz", seconds, seed], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
