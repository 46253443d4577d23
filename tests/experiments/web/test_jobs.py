"""Worker processes behind pages: owners have turns, a dead process takes nobody along, and no page stands still."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import suppress
from functools import partial
from multiprocessing import active_children
from pathlib import Path
from typing import Any

import pytest

from experiments.web import jobs
from experiments.web.jobs import Busy, Cancelled, Crashed, Workers
from sim.errors import InvalidInput, RunFailed

HEARTBEAT = 0.1  # seconds for which the page may stand still


def square(x: int) -> int:
    return x * x


def slow(x: int, seconds: float) -> int:
    time.sleep(seconds)
    return x


def busy(seconds: float) -> None:
    """Compute, as a run of the model does."""
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        sum(range(1000))


def dies(folder: Path, times: int) -> str:
    """Kill the process that it runs in, so many times."""
    died = len(list(folder.iterdir()))
    if died < times:
        (folder / str(died)).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return "alive"


def refuses(error: Exception) -> None:
    raise error


def leaves() -> None:
    raise SystemExit(1)


def born() -> None:
    os.environ["WARM"] = "yes"


def warm() -> tuple[str | None, int]:
    return os.environ.get("WARM"), os.getpid()


def unready() -> None:
    raise RuntimeError("not today")


class Loop:
    """An event loop, and workers in it that several tests share."""

    def __init__(self) -> None:
        self.runner = asyncio.Runner()
        self.shared: dict[int, Workers] = {}

    def run[T](self, body: Callable[[Workers], Coroutine[Any, Any, T]], workers: Workers) -> T:
        """Return what `body` returns of workers."""
        return self.runner.run(asyncio.wait_for(body(workers), 60))

    def one[T](self, body: Callable[[Workers], Coroutine[Any, Any, T]]) -> T:
        """Return what `body` returns of one process."""
        return self.run(body, self.shared.setdefault(1, Workers(1)))

    def two[T](self, body: Callable[[Workers], Coroutine[Any, Any, T]]) -> T:
        """Return what `body` returns of two processes."""
        return self.run(body, self.shared.setdefault(2, Workers(2)))

    def fresh[T](self, workers: Workers, body: Callable[[Workers], Coroutine[Any, Any, T]]) -> T:
        """Return what `body` returns of workers of its own, which are closed then."""
        try:
            return self.run(body, workers)
        finally:
            self.runner.run(workers.close())


@pytest.fixture(scope="module")
def loop() -> Iterator[Loop]:
    loop = Loop()
    yield loop
    for workers in loop.shared.values():
        loop.runner.run(workers.close())
    loop.runner.close()


async def in_order(answers: dict[str, Awaitable[Any]]) -> list[str]:
    """Return the names of what is asked for, in the order in which the answers come."""
    order: list[str] = []

    async def one(name: str, answer: Awaitable[Any]) -> None:
        await answer
        order.append(name)

    await asyncio.gather(*(one(name, answer) for name, answer in answers.items()))
    return order


def test_who_asks_for_much_has_one_in_turn_with_who_asks_for_little(loop: Loop) -> None:
    async def body(workers: Workers) -> list[str]:
        wanted = ["A1", "A2", "A3", "A4", "B1", "B2"]
        return await in_order({name: workers.run(name[0], partial(square, 1)) for name in wanted})

    assert loop.one(body) == ["A1", "B1", "A2", "B2", "A3", "A4"]


def test_first_looks_of_all_come_before_anything_else_of_anybody(loop: Loop) -> None:
    async def body(workers: Workers) -> list[str]:
        wanted = ["A1", "A2", "B1", "A!", "B!"]
        answers = {name: workers.run(name[0], partial(square, 1), urgent="!" in name) for name in wanted}
        return await in_order(answers)

    assert loop.one(body) == ["A!", "B!", "A1", "B1", "A2"]


def test_what_is_cancelled_is_never_computed_and_leaves_the_others_alone(loop: Loop, tmp_path: Path) -> None:
    async def body(workers: Workers) -> tuple[list[Any], int, tuple[int, int]]:
        await workers.run("B", partial(square, 1))  # the process is warm
        in_flight = asyncio.create_task(workers.run("A", partial(slow, 1, 0.3)))
        waiting = [asyncio.create_task(workers.run("A", partial((tmp_path / str(i)).touch))) for i in range(3)]
        other = asyncio.create_task(workers.run("B", partial(square, 7)))
        await asyncio.sleep(0.1)
        assert workers.load() == (4, 1)
        workers.cancel("A")
        let_go = await asyncio.gather(in_flight, *waiting, return_exceptions=True)
        return let_go, await other, workers.load()

    let_go, other, load = loop.one(body)
    assert [type(x) for x in let_go] == [Cancelled] * 4
    assert (other, load) == (49, (0, 0))
    assert not list(tmp_path.iterdir())


def test_a_page_that_stops_waiting_leaves_no_task_behind(loop: Loop) -> None:
    async def body(workers: Workers) -> tuple[int, int]:
        pages = [asyncio.create_task(workers.run("A", partial(slow, i, 0.2))) for i in range(5)]
        await workers.run("B", partial(square, 1))
        for page in pages:
            page.cancel()
        await asyncio.gather(*pages, return_exceptions=True)
        await workers.run("B", partial(square, 1))
        return workers.load()

    assert loop.one(body) == (0, 0)


def test_a_process_that_goes_on_with_what_nobody_waits_for_is_ended(
    loop: Loop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "PATIENCE", 0.1)

    async def body(workers: Workers) -> tuple[int, float]:
        await workers.run("B", partial(square, 1))
        endless = asyncio.create_task(workers.run("A", partial(slow, 1, 600.0)))
        await asyncio.sleep(0.1)
        workers.cancel("A")
        with pytest.raises(Cancelled, match="nobody waits"):
            await endless
        return await workers.run("B", partial(square, 3)), workers.load()[1]

    assert loop.one(body) == (9, 0)


def test_a_task_that_kills_whoever_computes_it_crashes_alone(loop: Loop, tmp_path: Path) -> None:
    async def body(workers: Workers) -> list[Any]:
        deadly = workers.run("A", partial(dies, tmp_path, 99))
        others = [workers.run("B", partial(slow, i, 0.05)) for i in range(12)]
        return await asyncio.gather(deadly, *others, return_exceptions=True)

    crashed, *others = loop.two(body)
    assert isinstance(crashed, Crashed)
    assert "\n" not in str(crashed) and "died" in str(crashed)
    assert others == list(range(12))
    assert len(list(tmp_path.iterdir())) == jobs.TRIES


def test_a_task_whose_process_died_once_is_tried_again(loop: Loop, tmp_path: Path) -> None:
    assert loop.one(lambda workers: workers.run("A", partial(dies, tmp_path, 1))) == "alive"


def test_who_has_too_much_waiting_is_told_so_and_others_are_not(loop: Loop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "MOST_EACH", 3)

    async def body(workers: Workers) -> list[int]:
        asked = [asyncio.create_task(workers.run("A", partial(square, i))) for i in range(3)]
        await asyncio.sleep(0)
        with pytest.raises(Busy, match="3 of your computations are waiting"):
            await workers.run("A", partial(square, 4))
        assert await workers.run("B", partial(square, 5)) == 25
        return await asyncio.gather(*asked)

    assert loop.one(body) == [0, 1, 4]


def test_too_much_of_everybody_refuses_studies_but_not_first_looks(loop: Loop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "MOST_WAITING", 3)

    async def body(workers: Workers) -> int:
        asked = [asyncio.create_task(workers.run(f"owner {i}", partial(square, i))) for i in range(3)]
        await asyncio.sleep(0)
        with pytest.raises(Busy, match="of others"):
            await workers.run("A", partial(square, 4))
        found = await workers.run("A", partial(square, 5), urgent=True)
        await asyncio.gather(*asked)
        return found

    assert loop.one(body) == 25


def test_what_a_task_raises_is_raised_as_it_is(loop: Loop) -> None:
    async def body(workers: Workers) -> list[Any]:
        wrong = InvalidInput("runs", 0, "at least 1", "run")
        tasks = [partial(refuses, wrong), partial(refuses, RunFailed("run 3: no")), leaves, lambda: 1]
        return await asyncio.gather(*(workers.run("A", task) for task in tasks), return_exceptions=True)

    wrong, failed, left, unpicklable = loop.one(body)
    assert isinstance(wrong, InvalidInput) and (wrong.key, wrong.nearest) == ("runs", "run")
    assert type(failed) is RunFailed and str(failed) == "run 3: no"
    assert isinstance(left, Crashed) and "SystemExit" in str(left)
    assert "<lambda>" in str(unpicklable)  # which cannot be sent


def test_the_page_never_stands_still_while_all_processes_compute(loop: Loop) -> None:
    async def body(workers: Workers) -> float:
        gaps = [0.0]

        async def beat() -> None:
            while True:
                began = time.perf_counter()
                await asyncio.sleep(0.01)
                gaps.append(time.perf_counter() - began)

        heart = asyncio.create_task(beat())
        await asyncio.gather(*(workers.run("A", partial(busy, 0.3)) for _ in range(6)))
        heart.cancel()
        with suppress(asyncio.CancelledError):
            await heart
        assert len(gaps) > 10
        return max(gaps)

    # a machine that is busy elsewhere may hold up any program now and then; computing in it would do so each time
    assert min(loop.two(body) for _ in range(3)) < HEARTBEAT


def test_each_of_thirty_owners_has_the_own_answers_and_all_of_them(loop: Loop) -> None:
    async def body(workers: Workers) -> list[list[int]]:
        async def owner(i: int) -> list[int]:
            asked = (workers.run(f"owner {i}", partial(square, 100 * i + j), urgent=j == 0) for j in range(5))
            return list(await asyncio.gather(*asked))

        return await asyncio.gather(*(owner(i) for i in range(30)))

    assert loop.two(body) == [[(100 * i + j) ** 2 for j in range(5)] for i in range(30)]


def test_a_process_is_warm_before_its_first_task_and_is_replaced_by_one_that_is(
    loop: Loop,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(jobs, "TASKS_EACH", 2)

    async def body(workers: Workers) -> list[tuple[str | None, int]]:
        return await asyncio.gather(*(workers.run("A", warm) for _ in range(3)))

    found = loop.fresh(Workers(1, born), body)
    assert [said for said, _ in found] == ["yes"] * 3
    first, second, third = (pid for _, pid in found)
    assert first == second != third


def test_processes_that_cannot_be_made_ready_compute_nevertheless(loop: Loop, caplog: pytest.LogCaptureFixture) -> None:
    assert loop.fresh(Workers(1, unready), lambda workers: workers.run("A", partial(square, 3))) == 9
    assert "not today" in caplog.text


def test_closing_lets_everybody_go_and_ends_the_processes(loop: Loop) -> None:
    async def body(workers: Workers) -> list[Any]:
        _, pid = await workers.run("A", warm)
        asked = [asyncio.create_task(workers.run(name, partial(slow, 1, 600.0))) for name in "AB"]
        await asyncio.sleep(0.1)
        began = time.perf_counter()
        await workers.close()
        assert time.perf_counter() - began < 5
        with pytest.raises(Cancelled, match="closed"):
            await workers.run("A", partial(square, 1))
        return [pid, *await asyncio.gather(*asked, return_exceptions=True)]

    pid, *let_go = loop.fresh(Workers(1), body)
    assert [type(x) for x in let_go] == [Cancelled] * 2
    end = time.perf_counter() + 10
    while pid in (alive := [child.pid for child in active_children()]) and time.perf_counter() < end:
        time.sleep(0.05)
    assert pid not in alive
