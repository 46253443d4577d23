"""The class that is being held: its session, the file behind it, and what has been computed of it.

Whatever happens goes through `do`: it is checked against the session, kept in the file, and only then confirmed. Rounds
that are over are lived in a worker process, once; what asks for them before that is told they are not there yet.
"""

from __future__ import annotations

import asyncio
import logging
import time
import zlib
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any

from experiments.classroom import players, standing, views
from experiments.classroom.outcome import NOTHING, outcome
from experiments.classroom.session import Event, Session, after, begun
from experiments.classroom.views import View
from experiments.lessons import lesson
from experiments.web.classroom import shown
from experiments.web.classroom.store import Store
from experiments.web.jobs import Cancelled, Workers

HERE = 10.0  # seconds for which somebody who has asked is taken to be here
AGAIN = 2.0  # seconds after which a computation that failed is tried again
OWNER = "the class"
PICTURES = {  # what the projector shows at a step of the reveal
    "manager": ("manager",),
    "truth": ("truth", "validity", "tokens"),
    "boards": (),
    "paths": ("paths",),
    "debrief": ("truth", "twin"),
}
ALL_PICTURES = ("manager", "truth", "validity", "tokens", "twin")
DOWNLOADS = {
    "class.csv": "text/csv; charset=utf-8",
    "class.parquet": "application/vnd.apache.parquet",
    "class.html": "text/html; charset=utf-8",
}

logger = logging.getLogger(__name__)


class Hub:
    """A class and its file.

    Parameters
    ----------
    store : Store
        Of a class that has been set.
    workers : Workers
    clock : callable
        The time [s], the same after a restart.
    """

    def __init__(self, store: Store, workers: Workers, clock: Callable[[], float] = time.time) -> None:
        self.clock, self._workers, self._store = clock, workers, store
        known = store.begun()
        assert known is not None
        setting, self.token = known
        self.session = begun(setting, lesson(setting.lesson))
        for event in store.events():
            self.session = after(self.session, event)
        self.version = 0
        self.opened = clock()
        self.found = NOTHING
        self.pictures: dict[str, str] = {}
        self.paths: dict[int, dict[str, Any]] = {}
        self.said: View = {}
        self._seen: dict[int, float] = {}
        self._news = asyncio.Event()
        self._of: Session | None = None

    # --- what happens

    def do(self, kind: str, said: Mapping[str, Any]) -> None:
        """Let something happen, or raise `Refused`; when this returns it is kept."""
        event = Event(at=self.clock(), kind=kind, said=dict(said))
        session = after(self.session, event)
        if session == self.session:
            return
        self._store.add(event)
        self.session = session
        self.version += 1
        self._news.set()

    def join(self, key: str) -> int:
        """Let somebody join; return their number."""
        self.do("joined", {"key": key})
        return self.session.by_key[key]

    def rehearse(self) -> None:
        """Let scripted students choose for everybody who has not."""
        for said in players.completed(self.session):
            self.do("chose", said)

    def see(self, who: int) -> None:
        """Somebody has asked for something."""
        self._seen[who] = self.clock()

    # --- what is seen

    def here(self) -> list[int]:
        """Return the numbers of those who asked for something lately."""
        now = self.clock()
        return sorted(who for who, at in self._seen.items() if now - at < HERE)

    def of_player(self, who: int) -> View:
        """Return what a player sees."""
        view = views.player(self.session, self.found, who, self.clock()) | {"n": self.version}
        if self.session.now.kind in ("paths", "debrief"):
            view["paths"] = self.paths.get(who)
        return view

    def of_projector(self) -> View:
        """Return what the projector shows."""
        said = self.said if self.session.now.kind == "debrief" else {}
        return views.projector(self.session, self.found, self.clock()) | self._shown() | said

    def of_teacher(self) -> View:
        """Return what the teacher sees."""
        return views.teacher(self.session, self.found, self.clock()) | self._shown() | self.said

    def _shown(self) -> View:
        names = [n for n in PICTURES.get(self.session.now.kind, ()) if n in self.pictures]
        return {"n": self.version, "pictures": {n: address(n, self.pictures[n]) for n in names}}

    def waiting(self) -> float | None:
        """Return for how long the lobby has been open without a first phone [s], None once there is one."""
        return None if self.session.players else self.clock() - self.opened

    async def download(self, name: str) -> tuple[bytes, str] | None:
        """Return a file and its kind; None where there is no such file, or no round is over."""
        if name not in DOWNLOADS or not self.found.rounds:
            return None
        make = partial(shown.file, name, self.session, self.found, self.paths)
        return await self._workers.run(OWNER, make), DOWNLOADS[name]

    # --- what is computed

    async def keep_up(self) -> None:
        """Live rounds as they are over, and draw what is revealed, as long as the server runs."""
        while True:
            self._news.clear()
            session = self.session
            wanted = session.over(self.clock())
            try:
                await self._catch_up(session, wanted)
            except Cancelled:
                return
            except Exception as error:
                logger.warning("what the class sees could not be computed: %s", error)
                await asyncio.sleep(AGAIN)
                continue
            now = self.clock()
            pause = session.left(now) + 0.05 if session.open(now) else HERE
            with suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), min(pause, HERE))

    async def _catch_up(self, session: Session, rounds: int) -> None:
        """Compute what the session asks for, and is not there."""
        if not rounds:
            self.found, self.pictures, self.paths, self.said, self._of = NOTHING, {}, {}, {}, None
            return
        of = lived_of(session, rounds)
        if self._of != of:
            found = await self._workers.run(OWNER, partial(outcome, session, rounds), urgent=True)
            self.found, self._of, self.pictures, self.paths, self.said = found, of, {}, {}, {}
            self.version += 1
        if session.now.kind in PICTURES:
            await asyncio.gather(*(self._draw(session, name) for name in ALL_PICTURES if name not in self.pictures))
            if not self.said:
                self.said = await self._workers.run(OWNER, partial(shown.said, session, self.found), urgent=True)
            if not self.paths:
                tasks = standing.tasks(session, self.found)
                await asyncio.gather(*(self._walk(task, of) for task in tasks))
                await self._draw(session, "paths")

    async def _draw(self, session: Session, name: str) -> None:
        drawn = await self._workers.run(
            OWNER, partial(shown.picture, name, session, self.found, self.paths), urgent=True
        )
        if drawn is not None:
            self.pictures[name] = drawn
            self.version += 1

    async def _walk(self, task: Callable[[], Mapping[int, Mapping[str, Any]]], of: Session) -> None:
        for who, said in (await self._workers.run(OWNER, task)).items():
            if self._of == of:
                self.paths[who] = {**self.paths.get(who, {}), **said}
        self.version += 1


def address(name: str, drawn: str) -> str:
    """Return where a picture is: another address for another picture, so that none is fetched twice.

    Examples
    --------
    >>> address("truth", "<svg/>")
    'picture/truth.svg?v=acb9fb49'
    """
    return f"picture/{name}.svg?v={zlib.crc32(drawn.encode()):08x}"


def lived_of(session: Session, rounds: int) -> Session:
    """Return what of a session the lived rounds follow from: the same for all that lead to the same numbers."""
    tokens = {k: v for k, v in session.tokens.items() if k[0] <= rounds}
    weights = {k: v for k, v in session.weights.items() if k[0] <= rounds}
    return replace(
        session,
        tokens=tokens,
        weights=weights,
        step=0,
        began=0.0,
        extra=0.0,
        closed=None,
        paused=None,
        guesses={},
        texts=(),
    )
