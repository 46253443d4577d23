"""A crowd of students against a real server: each a client of its own, that asks, chooses, and tries again.

`Held` is `crosspurpose class` as a process that can be killed; `Student` is what a phone does; `Wire` is a bad network.
"""

from __future__ import annotations

import asyncio
import os
import random
import re
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from experiments.lessons import folders

PLACE = re.compile(r"http://127\.0\.0\.1:(\d+)/")
TEACHER = re.compile(r"http://127\.0\.0\.1:\d+/teach/[\w-]+/")
STARTING = 30.0  # [s], at most
POLL = 2.0  # [s] between two questions of a phone
QUICK = "{rounds: %d, seconds: %d, lobby: 1, guess: 0, outcome: 0.1, reveal: 0.1, debrief: 0.1}"


def quick_lesson(folder: Path, rounds: int, seconds: int) -> None:
    """Write the lesson about a number with short rounds, as lessons/quick.yaml of a folder."""
    text = (folders()[0] / "target.yaml").read_text(encoding="utf-8")
    (folder / "lessons").mkdir(exist_ok=True)
    own = re.sub(r"^minutes:\n(?:  .*\n)+", f"minutes:\n  20: {QUICK % (rounds, seconds)}\n", text, flags=re.M)
    (folder / "lessons" / "quick.yaml").write_text(own, encoding="utf-8")


class Held:
    """`crosspurpose class` as a process of its own, always on the same port.

    Parameters
    ----------
    folder : Path
        Where it works, and keeps what happens.
    words : str
        Of the command, besides.
    """

    def __init__(self, folder: Path, *words: str) -> None:
        self.folder, self.words, self.port, self.teacher = folder, words, 0, ""
        self.start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def file(self) -> Path:
        return self.folder / "class.sqlite"

    def start(self) -> None:
        """Start it, and wait for its address and until it answers."""
        said, complained = self.folder / "said.txt", self.folder / "complained.txt"
        words = ["class", "host=127.0.0.1", f"port={self.port}", f"file={self.file}", *self.words]
        with said.open("wb") as out, complained.open("ab") as err:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "experiments.cli", *words],
                cwd=self.folder,
                stdout=out,
                stderr=err,
                env={**os.environ, "PYTHONUNBUFFERED": "1"},
            )
        until = time.monotonic() + STARTING
        while time.monotonic() < until and self.process.poll() is None:
            text = said.read_text(encoding="utf-8", errors="replace")
            if match := TEACHER.search(text):
                self.teacher, self.port = match[0], int(PLACE.findall(text)[0])
                if self._answers():
                    return
            time.sleep(0.05)
        raise AssertionError(f"no address in {STARTING} s: {complained.read_text(encoding='utf-8')}")

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.address}/state").status_code == 200
        except httpx.TransportError:
            return False

    def kill(self) -> None:
        """Kill it without warning."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        """Interrupt it as Ctrl-C does, and see that it printed no traceback."""
        self.process.send_signal(signal.SIGINT)
        self.process.wait(20)
        text = (self.folder / "complained.txt").read_text(encoding="utf-8")
        assert "Traceback" not in text, text


@dataclass
class Student:
    """What a phone does.

    Parameters
    ----------
    number : int
    address : str
    away : tuple of float
        From when to when it is out of reach, by `time.monotonic` [s].
    """

    number: int
    address: str
    away: tuple[float, float] = (0.0, 0.0)
    joined: float | None = None
    accepted: dict[int, list[int]] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)
    failures: int = 0

    async def live(self, until: asyncio.Event) -> None:
        """Join, then ask and choose until the lesson is over."""
        luck = random.Random(self.number)
        began = time.monotonic()
        async with httpx.AsyncClient(base_url=self.address, timeout=10.0) as phone:
            while not until.is_set():
                if self.away[0] <= time.monotonic() < self.away[1]:
                    await asyncio.sleep(0.2)
                    continue
                try:
                    if self.joined is None:
                        await self._ask(phone, "POST", "/join", {})
                        self.joined = time.monotonic() - began
                    view = await self._ask(phone, "GET", "/state")
                    if view.get("open") and view.get("role") == "worker" and not view["saved"]:
                        await asyncio.sleep(luck.uniform(0.1, 1.5))
                        tokens = _week(luck, len(view["labels"]))
                        answer = await self._ask(phone, "POST", "/choose", {"round": view["round"], "tokens": tokens})
                        if answer["ok"]:
                            self.accepted[view["round"]] = tokens
                    await asyncio.sleep(POLL * luck.uniform(0.8, 1.2))
                except (httpx.TransportError, ValueError):
                    self.failures += 1
                    await asyncio.sleep(luck.uniform(0.5, 1.5))

    async def _ask(self, phone: httpx.AsyncClient, method: str, path: str, sent: Any = None) -> dict[str, Any]:
        began = time.monotonic()
        answer = await phone.request(method, path, json=sent) if sent is not None else await phone.request(method, path)
        self.seconds.append(time.monotonic() - began)
        return answer.json()


def _week(luck: random.Random, activities: int) -> list[int]:
    tokens = [0] * activities
    for _ in range(10):
        tokens[luck.randrange(activities)] += 1
    return tokens


class Teacher:
    """Who presses the buttons."""

    def __init__(self, link: str) -> None:
        self.link = link

    async def state(self) -> dict[str, Any]:
        """Return what the teacher sees."""
        async with httpx.AsyncClient(timeout=10.0) as laptop:
            return (await laptop.get(f"{self.link}state")).json()

    async def do(self, kind: str, **said: Any) -> None:
        """Press a button."""
        async with httpx.AsyncClient(timeout=10.0) as laptop:
            answer = (await laptop.post(f"{self.link}do", json={"kind": kind, "said": said})).json()
        assert answer == {"ok": True}, answer

    async def next(self) -> dict[str, Any]:
        """Press Next; return what is seen then."""
        await self.do("next", step=(await self.state())["step"])
        return await self.state()


@asynccontextmanager
async def bad_wire(port: int, rate: float, delay: float, loss: float) -> AsyncIterator[int]:
    """Lead a port through a bad network; yield the port of its other end.

    Parameters
    ----------
    port : int
        Of the server.
    rate : float
        What a connection carries each way [byte/s].
    delay : float
        There and back [s].
    loss : float
        Share of packets that are lost: TCP sends them again after a second, at least.
    """
    luck = random.Random(5)

    async def carried(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while chunk := await reader.read(1400):
                again = 0.0
                while luck.random() < loss:
                    again = 2 * again + 1.0
                await asyncio.sleep(delay / 2 + len(chunk) / rate + again)
                writer.write(chunk)
                await writer.drain()
        except OSError:
            pass
        finally:
            writer.close()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            server, to_server = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            writer.close()
            return
        await asyncio.gather(carried(reader, to_server), carried(server, writer))

    wire = await asyncio.start_server(connected, "127.0.0.1", 0)
    async with wire:
        yield wire.sockets[0].getsockname()[1]
