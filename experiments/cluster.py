"""Blocks of runs on the workers of a dask scheduler: a cluster, Slurm through dask-jobqueue, or this machine.

Workers need the same version of this package and a file system that shares the folder of the results.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

from experiments.extras import needed
from experiments.store import model_version
from experiments.workers import AHEAD, DEATHS, Lost, Task, prepared
from sim import catalogue
from sim.errors import InvalidInput, RunFailed

PATIENCE = 10  # seconds to wait for a scheduler


def map_dask(scheduler: str | None, processes: int, tasks: Sequence[Task]) -> Iterator[tuple[int, Any]]:
    """Hand tasks to a scheduler, or to `processes` of its own, a few per worker at a time; yield what comes back."""
    distributed = needed("distributed", "cluster", "executor=dask")
    with client(scheduler, processes) as connection:
        address = connection.scheduler.address if connection.scheduler else str(scheduler)
        waiting = list(range(len(tasks)))[::-1]
        out: dict[Any, int] = {}
        coming = distributed.as_completed([])
        known = catalogue.extensions()

        def hand_out() -> None:
            ahead = AHEAD * max(1, sum(connection.nthreads().values()))
            while waiting and len(out) < ahead:
                i = waiting.pop()
                future = connection.submit(partial(_prepared_task, tasks[i], known), pure=False)
                out[future] = i
                coming.add(future)

        try:
            hand_out()
            while out:
                future = next(coming)
                i = out.pop(future)
                if future.status == "finished":
                    yield i, future.result()
                elif future.status == "error" and isinstance(future.exception(), distributed.KilledWorker):
                    yield i, Lost(f"the workers that computed it died, {DEATHS} times or more")
                elif future.status == "error":
                    raise future.exception()
                else:
                    raise _gone(address)
                future.release()
                hand_out()
        except (OSError, TimeoutError, distributed.CancelledError, distributed.comm.CommClosedError):
            raise _gone(address) from None


def _prepared_task(task: Task, extensions: Sequence[Any]) -> Any:
    prepared(extensions)
    return task()


@contextmanager
def client(scheduler: str | None, processes: int) -> Iterator[Any]:
    """Yield a client of the scheduler, or of one started here with so many processes, quiet about what it does."""
    distributed = needed("distributed", "cluster", "executor=dask")
    for name in ("distributed", "distributed.client", "asyncio", "tornado"):  # what is wrong is said in one line
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    if scheduler is None:
        with (
            distributed.LocalCluster(
                n_workers=processes, threads_per_worker=1, processes=True, dashboard_address=None, silence_logs=50
            ) as cluster,
            distributed.Client(cluster) as connection,
        ):
            yield connection
        return
    try:
        connection = distributed.Client(scheduler, timeout=PATIENCE)
    except (OSError, TimeoutError, ValueError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise InvalidInput("scheduler", scheduler, f"the address of a dask scheduler: {reason}") from None
    try:
        _same_model(connection, scheduler)
        yield connection
    finally:
        connection.close(timeout=PATIENCE)


def _same_model(connection: Any, address: str) -> None:
    """Refuse workers that would compute something else, or none."""
    try:
        connection.wait_for_workers(1, timeout=PATIENCE)
    except TimeoutError:
        raise InvalidInput("scheduler", address, "a scheduler with at least one worker") from None
    for worker, version in connection.run(_version_here).items():
        if version != model_version():
            there = "without crosspurpose" if version is None else f"with model {version}"
            allowed = f"workers with model {model_version()}; {worker} is one {there}"
            raise InvalidInput("scheduler", address, allowed)


def _version_here() -> str | None:
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    return model_version()


def _gone(address: str) -> RunFailed:
    """Say that a scheduler has gone."""
    return RunFailed(f"the scheduler at {address} has gone; what is done is kept, the same command continues")
