"""A class as it is held: a server, phones that come and go, a kill in the middle."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from experiments.classroom.session import Seat, Session
from experiments.web.classroom.hub import Hub
from experiments.web.classroom.store import Store
from experiments.web.jobs import Workers
from tests.crowd import Held, Student, Teacher, bad_wire, quick_lesson

LATE = 1.0  # seconds by which a round may close late


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.chdir(tmp_path)
    yield tmp_path


async def lesson_of(held: Held, students: list[Student], rounds: int, kill: int | None, until_joined: float) -> None:
    """Hold a lesson; kill the server in a round and start it again; see that every round closes on time."""
    teacher, over = Teacher(held.teacher), asyncio.Event()
    crowd = [asyncio.create_task(s.live(over)) for s in students]
    began = time.monotonic()
    while (await teacher.state())["names"].__len__() < len(students) and time.monotonic() - began < until_joined:
        await asyncio.sleep(0.2)
    await teacher.next()
    for r in range(1, rounds + 1):
        view = await teacher.next()
        assert (view["kind"], view["round"], view["open"]) == ("play", r, True)
        closes = time.monotonic() + view["left"]
        if r == kill:
            await asyncio.sleep(view["left"] / 2)
            held.kill()
            await asyncio.to_thread(held.start)
        while (await teacher.state())["open"]:
            await asyncio.sleep(0.05)
        assert abs(time.monotonic() - closes) < LATE
        view = await teacher.next()
        assert view["kind"] == "outcome"
    over.set()
    await asyncio.gather(*crowd)


def kept(held: Held, session: Session) -> dict[tuple[int, Seat], tuple[int, ...]]:
    """Return the choices that the class's file holds."""
    return dict(session.tokens)


def read(held: Held) -> Session:
    return Hub(Store(held.file), Workers(1)).session


def check(held: Held, students: list[Student]) -> None:
    """No choice that was accepted is lost, whoever sent it."""
    session = read(held)
    by_tokens = sorted((r, list(t)) for (r, _), t in kept(held, session).items())
    sent = sorted((r, t) for s in students for r, t in s.accepted.items())
    assert [x for x in sent if x not in by_tokens] == []
    assert len(by_tokens) >= len(sent)


def test_a_small_class_survives_a_kill(folder: Path) -> None:
    quick_lesson(folder, rounds=1, seconds=12)
    held = Held(folder, "lesson=quick", "minutes=20")
    students = [Student(i, held.address) for i in range(6)]
    try:
        asyncio.run(lesson_of(held, students, rounds=1, kill=1, until_joined=15.0))
    finally:
        held.stop()
    check(held, students)
    assert sum(1 in s.accepted for s in students) == 6


@pytest.mark.soak
def test_forty_students_drop_out_and_come_back_and_the_server_is_killed(folder: Path) -> None:
    quick_lesson(folder, rounds=6, seconds=20)
    held = Held(folder, "lesson=quick", "minutes=20")
    now = time.monotonic()
    students = [Student(i, held.address, away=(now + 40, now + 70) if i % 10 == 0 else (0, 0)) for i in range(40)]
    try:
        asyncio.run(lesson_of(held, students, rounds=6, kill=3, until_joined=30.0))
    finally:
        held.stop()
    check(held, students)
    seconds = np.array([x for s in students for x in s.seconds])
    missed = sum(r not in s.accepted for s in students for r in range(1, 7))
    usual, slow = np.median(seconds), np.quantile(seconds, 0.95)
    print(f"{len(seconds)} answers: median {usual:.3f} s, 95th percentile {slow:.3f} s; {missed} of 240 weeks missed")
    assert slow < 0.3
    assert missed <= 16


@pytest.mark.soak
def test_forty_students_on_a_bad_network(folder: Path) -> None:
    quick_lesson(folder, rounds=3, seconds=40)
    held = Held(folder, "lesson=quick", "minutes=20")

    async def on_it(students: list[Student]) -> None:
        async with bad_wire(held.port, rate=256_000 / 8, delay=0.3, loss=0.05) as port:
            for student in students:
                student.address = f"http://127.0.0.1:{port}"
            await lesson_of(held, students, rounds=3, kill=None, until_joined=90.0)

    now = time.monotonic()
    students = [Student(i, "", away=(now + 5 + 3 * i, now + 25 + 3 * i)) for i in range(40)]
    try:
        asyncio.run(on_it(students))
    finally:
        held.stop()
    check(held, students)
    print(f"joined after {max(s.joined or 1e9 for s in students):.1f} s, {sum(s.failures for s in students)} failures")
    assert all(s.joined is not None and s.joined < 90 for s in students)
