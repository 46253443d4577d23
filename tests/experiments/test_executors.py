"""Executors: each task is called, its answer comes once, and a worker that dies takes nothing with it."""

from __future__ import annotations

import os
import signal
import socket
from functools import partial
from pathlib import Path

import pytest

from experiments.executors import DEATHS, Executor, Lost, map_chunks
from sim.errors import InvalidInput, RunFailed

SERIAL, TWO = Executor(kind="serial"), Executor(kind="processes", workers=2)


def square(x: int) -> int:
    return x * x


def dies_once(x: int, folder: Path) -> int:
    """Kill the process that it runs in, the first time."""
    mark = folder / f"died-{x}"
    if x == 3 and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return square(x)


def deadly(x: int) -> int:
    if x == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    return square(x)


def fails(x: int) -> int:
    raise RunFailed(f"task {x}")


@pytest.mark.parametrize("executor", [SERIAL, TWO])
def test_every_task_is_answered_once(executor: Executor) -> None:
    found = list(map_chunks(executor, [partial(square, i) for i in range(9)]))
    assert sorted(found) == [(i, i * i) for i in range(9)]


def test_a_worker_that_dies_has_its_tasks_done_by_another(tmp_path: Path) -> None:
    found = list(map_chunks(TWO, [partial(dies_once, i, tmp_path) for i in range(8)]))
    assert sorted(found) == [(i, i * i) for i in range(8)]


def test_a_task_that_kills_whoever_computes_it_is_lost_and_the_others_are_not() -> None:
    found = dict(map_chunks(TWO, [partial(deadly, i) for i in range(6)]))
    assert {i: v for i, v in found.items() if i != 2} == {i: i * i for i in range(6) if i != 2}
    assert isinstance(found[2], Lost)
    assert str(DEATHS) in found[2].reason


@pytest.mark.parametrize("executor", [SERIAL, TWO])
def test_what_a_task_raises_is_raised(executor: Executor) -> None:
    with pytest.raises(RunFailed, match="task"):
        list(map_chunks(executor, [partial(fails, i) for i in range(3)]))


@pytest.mark.parametrize(
    "wrong", [{"kind": "ray"}, {"workers": 0}, {"workers": True}, {"kind": "serial", "scheduler": "tcp://127.0.0.1:1"}]
)
def test_an_executor_that_does_not_exist_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(InvalidInput):
        Executor(**wrong)


def test_a_scheduler_that_cannot_be_reached_is_refused_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("experiments.cluster.PATIENCE", 1)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
    with pytest.raises(InvalidInput, match="dask scheduler"):
        Executor(kind="dask", scheduler=address).reach()


def test_workers_are_never_more_than_tasks() -> None:
    assert Executor(workers=8).processes(3) == 3
    assert Executor(kind="serial", workers=8).processes(3) == 1
    assert Executor(workers=2).processes(0) == 1
