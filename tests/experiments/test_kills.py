"""A sweep that is killed, whatever part of it and whenever, ends as one that was left alone."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from experiments import chunks, executors, survey
from experiments.chunks import Cell, Recipe
from experiments.cli import main
from experiments.design import Point
from experiments.executors import Executor
from experiments.space import space_of
from experiments.survey import Survey, checked
from tests.experiments.test_sweep import runs_of

WORDS = ["sweep", "scheme.strength=choice(0.25,0.5,0.75,1)", "scheme=choice(lines_of_code,none)", "runs=24", "weeks=26"]
MANY = [*WORDS[:3], "runs=720", "weeks=52"]
PATIENCE = 120  # [s]


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    folder = tmp_path_factory.mktemp("undisturbed") / "A"
    assert main([*WORDS, "executor=serial", f"out={folder}"]) == 0
    return runs_of(folder)


def started(words: list[str], folder: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "experiments.cli", *words, f"out={folder}"]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd=folder.parent)


def children(pid: int) -> list[int]:
    """Process numbers of the workers of a process."""
    found = subprocess.run(["ps", "-ww", "-o", "pid=,args=", "--ppid", str(pid)], capture_output=True, text=True).stdout
    return [int(line.split()[0]) for line in found.splitlines() if "spawn_main" in line]


def wait_for_chunks(folder: Path, count: int, process: subprocess.Popen[bytes]) -> None:
    """Wait until so many chunks are there, or the process has ended."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        if len(list((folder / "runs").glob("*.parquet"))) >= count:
            return
        time.sleep(0.01)


def the_same(folder: Path, expected: pd.DataFrame) -> bool:
    return runs_of(folder).equals(expected)


@contextmanager
def cluster(folder: Path, workers: int) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """Start a scheduler and workers as processes of their own; yields its address, and it and them."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
    quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": folder}
    dask = [sys.executable, "-m", "dask"]
    there = [subprocess.Popen([*dask, "scheduler", "--port", address.split(":")[-1], "--no-dashboard"], **quiet)]
    each = ["worker", address, "--nthreads", "1", "--no-dashboard", "--no-nanny", "--death-timeout", "60"]
    try:
        there += [subprocess.Popen([*dask, *each], **quiet) for _ in range(workers)]
        yield address, there
    finally:
        for process in there:
            process.kill()
            process.wait()


def test_when_the_sweep_is_killed_the_same_command_finishes_it_and_no_worker_stays(
    undisturbed: pd.DataFrame, tmp_path: Path
) -> None:
    process = started([*WORDS, "workers=2"], tmp_path / "A")
    wait_for_chunks(tmp_path / "A", 2, process)
    workers = children(process.pid)
    assert len(workers) == 2
    process.kill()
    process.communicate()
    until = time.monotonic() + 20
    while any(Path(f"/proc/{pid}/cmdline").exists() for pid in workers) and time.monotonic() < until:
        time.sleep(0.05)
    assert not any(Path(f"/proc/{pid}/cmdline").exists() for pid in workers)
    assert main([*WORDS, "executor=serial", f"out={tmp_path / 'A'}"]) == 0
    assert the_same(tmp_path / "A", undisturbed)


def test_when_a_worker_is_killed_the_sweep_goes_on_by_itself(undisturbed: pd.DataFrame, tmp_path: Path) -> None:
    process = started([*WORDS, "workers=2"], tmp_path / "A")
    wait_for_chunks(tmp_path / "A", 2, process)
    os.kill(children(process.pid)[0], signal.SIGKILL)
    _, said = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, said
    assert the_same(tmp_path / "A", undisturbed)


def test_a_scheduler_and_workers_of_their_own_compute_the_same(undisturbed: pd.DataFrame, tmp_path: Path) -> None:
    with cluster(tmp_path, 2) as (address, _):
        process = started([*WORDS, "executor=dask", f"scheduler={address}"], tmp_path / "A")
        _, said = process.communicate(timeout=PATIENCE)
        assert process.returncode == 0, said
    assert the_same(tmp_path / "A", undisturbed)


def dies(deadly: frozenset[int], path: Path, cells: Sequence[Cell], *more: Any) -> chunks.Receipt:
    """Compute cells as ever, in a process that dies of some runs of the first point."""
    if any(c.point == 0 and c.first <= run < c.last for c in cells for run in deadly):
        os.kill(os.getpid(), signal.SIGKILL)
    return chunks.compute(path, cells, *more)


@dataclass(frozen=True, kw_only=True)
class Deadly(Survey):
    """A survey some runs of which kill whatever process computes them."""

    deadly: frozenset[int]

    def _task(self, cells: Sequence[Cell]) -> Any:
        return partial(dies, self.deadly, *super()._task(cells).args)


def surveyed(folder: Path, deadly: set[int], runs: int) -> tuple[pd.DataFrame, tuple[int, int, int]]:
    """Complete two points, a cell each; return their rows, and what was shown at the end: done, of, failed."""
    space, recipe = space_of("sweep", ["weeks=13"], ["scheme.strength=choice(0.5,1)"]), Recipe(seed=1, aligned=False)
    points: list[Point] = [{"scheme.strength": 0.5}, {"scheme.strength": 1.0}]
    known, _ = checked(space, points, recipe, Executor(kind="serial"), lambda n, of: None)
    asked = Deadly(path=folder, space=space, points=points, checked=known, recipe=recipe, deadly=frozenset(deadly))
    cells, shown = asked.cells({0: (0, runs), 1: (0, runs)}), list[tuple[int, int, int]]()
    asked.complete(cells, Executor(workers=2), lambda *n: shown.append(n), chunks.held(folder), {})
    assert len(cells) == 2 and all(chunks.held(folder).has(c) for c in cells)
    assert [p.name for p in folder.iterdir()] == ["runs"]
    return runs_of(folder), shown[-1]


@pytest.fixture
def tried(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Let tasks die without a process of their own, and count those that are tried, round by round."""
    found: list[int] = []

    def here(executor: Executor, tasks: Sequence[Any]) -> Iterator[tuple[int, Any]]:
        found.append(len(tasks))
        for i, task in enumerate(tasks):
            try:
                yield i, task()
            except SystemError:
                yield i, executors.Lost("it died")

    def kill(pid: int, number: int) -> None:
        raise SystemError

    monkeypatch.setattr(survey, "map_chunks", here)
    monkeypatch.setattr(os, "kill", kill)
    return found


def test_a_run_that_kills_whoever_computes_it_fails_and_its_neighbour_does_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(executors, "DEATHS", 1)
    runs, _ = surveyed(tmp_path, {1}, 2)
    assert runs["error"].notna().tolist() == [False, True, False, False]
    assert runs["error"][1] == "the process that computed it died, 1 times"
    assert runs["score"].notna().tolist() == [True, False, True, True]


def test_a_block_is_halved_until_the_runs_that_kill_stand_alone(tmp_path: Path, tried: list[int]) -> None:
    whole, _ = surveyed(tmp_path / "whole", set(), 100)
    runs, shown = surveyed(tmp_path / "some", {3, 41, 42, 99}, 100)
    died = runs["error"].notna()
    assert runs.loc[died, ["point", "run"]].to_numpy().tolist() == [[0, 3], [0, 41], [0, 42], [0, 99]]
    assert shown == (200, 200, 4) and sum(tried[2:]) <= 2 * survey.KILLERS * 7
    pd.testing.assert_frame_equal(runs[~died], whole[~died], check_exact=True)


def test_a_block_in_which_more_runs_kill_fails_after_a_few_halvings(tmp_path: Path, tried: list[int]) -> None:
    runs, shown = surveyed(tmp_path, {*range(30), *range(50, 100)}, 100)
    failed = runs["error"].notna()
    assert tried[-4:] == [2, 2, 4, 8]  # the chunks, and the halves three times over
    assert failed.sum() == 87 and shown == (200, 200, 87)  # 37 to 49 survive
    assert set(runs["error"].dropna()) <= {"among 12 runs: it died", "among 13 runs: it died"}


@pytest.mark.soak
def test_twenty_kills_at_random_moments_leave_the_data_as_they_would_have_been(tmp_path: Path) -> None:
    assert main([*MANY, "executor=serial", f"out={tmp_path / 'S'}"]) == 0
    expected = runs_of(tmp_path / "S")
    count = len(list((tmp_path / "S" / "runs").glob("*.parquet")))
    chance = random.Random(5)
    kills = 0
    for number in range(40):  # a kill that comes too late is none
        whom = ["worker", "main", "dask worker", "scheduler"][kills % 4]
        folder = tmp_path / f"K{number}"
        after = chance.randrange(count // 2)
        if whom in ("worker", "main"):
            process = started([*MANY, "workers=2"], folder)
            wait_for_chunks(folder, after, process)
            time.sleep(chance.random() * 0.3)
            found = children(process.pid) if whom == "worker" else [process.pid]
            if process.poll() is None and found:
                os.kill(chance.choice(found), signal.SIGKILL)
                kills += 1
            process.communicate(timeout=PATIENCE)
        else:
            with cluster(tmp_path, 2) as (address, there):
                process = started([*MANY, "executor=dask", f"scheduler={address}"], folder)
                wait_for_chunks(folder, after, process)
                time.sleep(chance.random() * 0.3)
                if process.poll() is None:
                    there[1 if whom == "dask worker" else 0].kill()
                    kills += 1
                process.communicate(timeout=PATIENCE)
        assert process.returncode == 0 or whom in ("main", "scheduler"), (number, whom)
        assert main([*MANY, "workers=2", f"out={folder}"]) == 0
        assert the_same(folder, expected), (number, whom)
        if kills == 20:
            return
    pytest.fail(f"{kills} kills of 40 were in time")
