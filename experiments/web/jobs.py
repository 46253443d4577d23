"""The worker processes behind the pages: whoever serves a page computes nothing, and never waits for who does.

Whoever asks is an *owner*: a browser, or a tab of one. Urgent tasks (first looks) of all owners come before the
others; among tasks that are alike owners have one each in turn, so that nobody waits for all that somebody else
wants. Each process has one task at a time: what kills it is known, and takes nobody else's along.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from typing import Any

from experiments.executors import worker
from sim import catalogue
from sim.errors import RunFailed

MOST_EACH = 200  # tasks of one owner that may wait, in each line
MOST_WAITING = 2000  # tasks that may wait in all, in each line
TRIES = 2  # processes that a task may take with it
PATIENCE = 5.0  # seconds that a process may go on with what nobody waits for; to start another takes about as long
TASKS_EACH = 1000  # tasks after which a process is replaced: it keeps what it has composed, 0.1 MB for each scenario

logger = logging.getLogger(__name__)


class Cancelled(Exception):
    """Nobody waits for this any more."""


class Busy(RuntimeError):
    """Too many tasks wait already."""


class Crashed(RunFailed):
    """A task whose processes died."""


class Workers:
    """Processes that compute for many owners in turn.

    Parameters
    ----------
    processes : int
        How many tasks are computed at a time, at least 1.
    warm : callable
        What a process does before its first task, so that this one need not: import, compose. Picklable.

    Examples
    --------
    >>> from functools import partial
    >>> async def divided() -> tuple[int, int]:
    ...     workers = Workers(1)
    ...     try:
    ...         return await workers.run("Ada's browser", partial(divmod, 17, 3))
    ...     finally:
    ...         await workers.close()
    >>> asyncio.run(divided())
    (5, 2)
    """

    def __init__(self, processes: int, warm: Callable[[], object] = int) -> None:
        self._processes, self._warm = processes, warm
        self._lines = (_Line(), _Line())  # the urgent one first
        self._news = asyncio.Event()
        self._running: set[_Job] = set()
        self._work: list[asyncio.Task[None]] = []
        self._closed = False

    def start(self) -> None:
        """Start the processes, so that they are warm when the first task comes; without it the first task does."""
        if not self._work and not self._closed:
            self._work = [asyncio.create_task(self._take_turns()) for _ in range(self._processes)]

    async def run[T](self, owner: str, task: Callable[[], T], *, urgent: bool = False) -> T:
        """Return what a task returns, or raise what it raises, when its turn has come.

        Parameters
        ----------
        owner : str
            For whom it is.
        task : callable
            Picklable, and so is what it returns or raises.
        urgent : bool
            Whether it comes before all that are not.

        Raises
        ------
        Busy
            Where too many tasks wait already; nothing has been done.
        Cancelled
            If it was cancelled, or everything was closed.
        Crashed
            If it took two processes with it.
        """
        if self._closed:
            raise Cancelled("this is closed")
        job = _Job(owner, task, asyncio.get_running_loop().create_future())
        line = self._lines[0 if urgent else 1]
        line.join(job)
        self.start()
        self._news.set()
        try:
            return await job.answer
        finally:
            line.drop(job)

    def cancel(self, owner: str) -> None:
        """Let go of all tasks of an owner: those that wait are never computed, what is computed is not waited for."""
        waiting = [job for line in self._lines for job in line.leave(owner)]
        for job in [*waiting, *(job for job in self._running if job.owner == owner)]:
            job.settle(Cancelled("nobody waits for this any more"))

    def load(self) -> tuple[int, int]:
        """Return how many tasks wait, and how many are being computed."""
        return sum(len(line) for line in self._lines), len(self._running)

    async def close(self) -> None:
        """Let go of everything and end the processes."""
        self._closed = True
        for owner in {job.owner for job in (*self._running, *self._lines[0], *self._lines[1])}:
            self.cancel(owner)
        for each in self._work:
            each.cancel()
        await asyncio.gather(*self._work, return_exceptions=True)

    async def _take_turns(self) -> None:
        """Compute one task after the other in a process that is replaced when it dies or has done its share."""
        process = _Process(self._warm)
        try:
            while True:
                await process.ready()
                job = await self._next()
                self._running.add(job)
                for _ in range(TRIES):
                    if await process.serve(job):
                        break
                    process.end()
                    process = _Process(self._warm)
                else:
                    job.settle(Crashed("the process that computed this died, perhaps for want of memory: ask for less"))
                self._running.discard(job)
                if process.spent:
                    process.end()
                    process = _Process(self._warm)
        finally:
            process.end()

    async def _next(self) -> _Job:
        """Wait for whose turn it is."""
        while True:
            for line in self._lines:
                if line:
                    return line.take()
            self._news.clear()
            await self._news.wait()


@dataclass(frozen=True, eq=False)
class _Job:
    """A task, for whom it is, and where its answer is waited for."""

    owner: str
    task: Callable[[], Any]
    answer: asyncio.Future[Any]

    def settle(self, error: Exception) -> None:
        """Answer with an error, if somebody still waits."""
        if not self.answer.done():
            self.answer.set_exception(error)


class _Line:
    """Jobs that wait, of which owners have one each in turn."""

    def __init__(self) -> None:
        self._of: dict[str, deque[_Job]] = {}  # in the order of turns; nobody is there who waits for nothing

    def __len__(self) -> int:
        return sum(len(jobs) for jobs in self._of.values())

    def __iter__(self) -> Iterator[_Job]:
        return (job for jobs in self._of.values() for job in jobs)

    def join(self, job: _Job) -> None:
        """Stand at the end of what the owner waits for, or raise `Busy`."""
        if len(self._of.get(job.owner, ())) >= MOST_EACH:
            raise Busy(f"{MOST_EACH} of your computations are waiting already: let some finish, or cancel them")
        if len(self) >= MOST_WAITING:
            raise Busy("too many computations of others are waiting: try again in a minute")
        self._of.setdefault(job.owner, deque()).append(job)

    def take(self) -> _Job:
        """Return the first job of whose turn it is; its owner is then the last in turn."""
        owner = next(iter(self._of))
        jobs = self._of.pop(owner)
        job = jobs.popleft()
        if jobs:
            self._of[owner] = jobs
        return job

    def drop(self, job: _Job) -> None:
        """Take out a job, if it waits here."""
        jobs = self._of.get(job.owner, deque())
        if job in jobs:
            jobs.remove(job)
        if not jobs:
            self._of.pop(job.owner, None)

    def leave(self, owner: str) -> deque[_Job]:
        """Take out and return all jobs of an owner."""
        return self._of.pop(owner, deque())


class _Process:
    """One process, which is a pool of its own: that breaks if it dies.

    Parameters
    ----------
    warm : callable
        What it does first.
    """

    def __init__(self, warm: Callable[[], object]) -> None:
        self._warm = warm
        self._pool: ProcessPoolExecutor | None = None
        self._alive: list[BaseProcess] = []
        self._served = 0

    @property
    def spent(self) -> bool:
        """Whether it has done its share."""
        return self._served >= TASKS_EACH

    async def ready(self) -> None:
        """Wait until it is warm; what goes wrong stands in the log, and shows again with the next task."""
        if self._pool is None:
            try:
                await asyncio.wrap_future(self._submit(self._warm))
            except Exception as error:
                logger.warning("a worker process could not be made ready: %s", error)

    async def serve(self, job: _Job) -> bool:
        """Compute a task and answer; return whether the process can go on."""
        await self.ready()
        if job.answer.done():
            return True
        try:
            found = asyncio.wrap_future(self._submit(job.task))
        except (BrokenProcessPool, OSError):  # it is dead, or there was no room for it
            return False
        try:
            await asyncio.wait((found, job.answer), return_when=asyncio.FIRST_COMPLETED)
            await asyncio.wait((found,), timeout=PATIENCE)
            self._served += 1
            return found.done() and _answered(job, found)
        finally:
            found.cancel()

    def end(self) -> None:
        """End it, whatever it is at."""
        for each in self._alive:
            each.kill()
            each.join(0)
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)

    def _submit(self, task: Callable[[], Any]) -> Future[Any]:
        if self._pool is None:
            self._pool = ProcessPoolExecutor(1, get_context("spawn"), worker, (tuple(catalogue.extensions()),))
        future = self._pool.submit(task)
        self._alive = self._alive or list((self._pool._processes or {}).values())  # Python 3.14: pool.kill_workers()
        return future


def _answered(job: _Job, found: asyncio.Future[Any]) -> bool:
    """Pass on what was found; return False, and do not, where the process has died of it."""
    error = found.exception()
    if isinstance(error, BrokenProcessPool):
        return False
    if error is None and not job.answer.done():
        job.answer.set_result(found.result())
    elif isinstance(error, Exception):
        job.settle(error)
    elif error is not None:  # SystemExit and the like are not for whoever serves the pages
        job.settle(Crashed(f"the computation ended with {type(error).__name__}"))
    return True
