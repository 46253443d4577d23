"""Where blocks of runs are computed: in this process, in several, or by the workers of a dask scheduler.

`map_chunks(executor, tasks)` calls each task once and yields its number and what it returned, as they come. A task
writes what it computes itself, so that it may be called again: a worker that dies has its tasks done by another.
A task that takes three workers with it, alone, comes back as `Lost`, and the others go on.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import active_children, connection, get_context, parent_process
from pathlib import Path
from typing import Any

from experiments.extras import needed
from experiments.workers import AHEAD, DEATHS, Lost, Task, prepared
from sim import catalogue
from sim.errors import InvalidInput, unknown

__all__ = ["Executor", "Lost", "Task", "map_chunks", "worker"]

KINDS = ("processes", "serial", "dask")


@dataclass(frozen=True, kw_only=True)
class Executor:
    """Who computes.

    Parameters
    ----------
    kind : str
        `serial`, `processes` or `dask`.
    workers : int or None
        Processes; None: one per core.
    scheduler : str or None
        Address of a dask scheduler, such as tcp://10.0.0.1:8786; None: one of its own on this machine.
    """

    kind: str = "processes"
    workers: int | None = None
    scheduler: str | None = None

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise unknown("executor", str(self.kind), KINDS)
        workers = self.workers
        if workers is not None and (not isinstance(workers, int) or isinstance(workers, bool) or workers < 1):
            raise InvalidInput("workers", workers, "a whole number, at least 1, or null")
        if self.scheduler is not None and self.kind != "dask":
            raise InvalidInput("scheduler", self.scheduler, f"null with executor={self.kind}")

    @staticmethod
    def of(config: Mapping[str, Any]) -> Executor:
        """Read who computes from a verb's configuration."""
        scheduler = None if config["scheduler"] is None else str(config["scheduler"])
        return Executor(kind=config["executor"], workers=config["workers"], scheduler=scheduler)

    def reach(self) -> None:
        """Refuse dask where it is not installed, and a scheduler that cannot be reached, before anything is done."""
        if self.kind == "dask":
            needed("distributed", "cluster", "executor=dask")
        if self.scheduler is not None:
            from experiments.cluster import client

            with client(self.scheduler, 1):
                pass

    def processes(self, tasks: int) -> int:
        """How many tasks are computed at a time."""
        if self.kind == "serial":
            return 1
        return max(1, min(self.workers or os.cpu_count() or 1, tasks))


def map_chunks(executor: Executor, tasks: Sequence[Task]) -> Iterator[tuple[int, Any]]:
    """Call every task, and yield its number with what it returned or `Lost`, as they come.

    What a task raises is raised here, and nothing more is started.
    """
    if executor.kind == "dask":
        from experiments.cluster import map_dask

        yield from map_dask(executor.scheduler, executor.processes(len(tasks)), tasks)
    elif executor.processes(len(tasks)) == 1:
        yield from ((i, task()) for i, task in enumerate(tasks))
    else:
        yield from _map_processes(executor.processes(len(tasks)), tasks)


def _map_processes(processes: int, tasks: Sequence[Task]) -> Iterator[tuple[int, Any]]:
    """Hand out tasks a few at a time; when a worker dies, start others and try what was out one by one."""
    waiting = list(range(len(tasks)))[::-1]
    pool = _pool(processes)
    out: dict[Future[Any], int] = {}
    try:
        while waiting or out:
            broken = False
            while waiting and len(out) < AHEAD * processes:
                try:
                    with _deaf():
                        out[pool.submit(tasks[waiting[-1]])] = waiting[-1]
                except BrokenProcessPool:
                    broken = True
                    break
                waiting.pop()
            done, _ = wait(out, return_when=FIRST_COMPLETED)
            suspects = []
            for future in done:
                i = out.pop(future)
                if isinstance(future.exception(), BrokenProcessPool):
                    suspects.append(i)
                else:
                    yield i, future.result()
            if suspects or broken:
                suspects += [i for future, i in out.items() if not _finished(future)]
                finished = [(i, future.result()) for future, i in out.items() if i not in suspects]
                out.clear()
                yield from finished
                pool.shutdown(wait=False, cancel_futures=True)
                for i in suspects:
                    yield i, _alone(tasks[i])
                pool = _pool(processes)
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        for child in active_children():
            child.terminate()
        raise
    pool.shutdown()


def _finished(future: Future[Any]) -> bool:
    """Whether a task was finished before the pool broke; what is broken is known at once or very soon."""
    try:
        return future.exception(timeout=60) is None
    except TimeoutError:
        return False


def _alone(task: Task) -> Any:
    """Call a task in workers of its own until one survives it, three at most."""
    for _ in range(DEATHS):
        pool = _pool(1)
        try:
            with _deaf():
                future = pool.submit(task)
            return future.result()
        except BrokenProcessPool:
            continue
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
    return Lost(f"the process that computed it died, {DEATHS} times")


@contextmanager
def _deaf() -> Iterator[None]:
    """Start workers that never hear Ctrl-C, not even while they begin; for us it waits until they are started."""
    before, ours = signal.getsignal(signal.SIGINT), threading.current_thread() is threading.main_thread()
    if not (ours and callable(before) and hasattr(signal, "pthread_sigmask")):
        yield
        return
    heard: list[int] = []
    signal.signal(signal.SIGINT, lambda number, frame: heard.append(number))  # another thread may be told
    hears = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})  # a child inherits what is blocked
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, hears)
        signal.signal(signal.SIGINT, before)
    if heard:
        before(signal.SIGINT, None)


def _pool(processes: int) -> ProcessPoolExecutor:
    known = (catalogue.extensions(),)
    return ProcessPoolExecutor(processes, mp_context=get_context("spawn"), initializer=worker, initargs=known)


def worker(extensions: Sequence[Path]) -> None:
    """Make a process a worker: Ctrl-C is for the one that started it, and when that is gone it goes too."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = parent_process()
    if parent is not None:
        threading.Thread(target=_follow, args=(parent.sentinel,), daemon=True).start()
    prepared(extensions)


def _follow(sentinel: int) -> None:
    connection.wait([sentinel])
    os._exit(1)
