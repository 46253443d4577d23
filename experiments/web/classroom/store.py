"""The events of a class, in a file: kept before they are confirmed, so that a server that is killed goes on.

SQLite with a write-ahead log: what has been committed is there when the process dies, and a table of rows that are only
ever added is all there is. How the class is run is the first row.
Only its owner may read the file: it holds what opens everybody's page.
"""

from __future__ import annotations

import json
import sqlite3
import weakref
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from experiments.classroom.session import Event, Setting
from sim.errors import InvalidInput

TABLE = """create table if not exists events (
    n integer primary key, at real not null, kind text not null, said text not null
)"""


class Store:
    """Events of one class.

    Parameters
    ----------
    path : Path
        The file; made if it is not there.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            path.touch(mode=0o600)
            self._base = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
            weakref.finalize(self, self._base.close)  # of one that nobody closes
            self._base.execute("pragma journal_mode=wal")
            self._base.execute("pragma synchronous=full")
            self._base.execute(TABLE)
        except (sqlite3.Error, OSError) as error:
            raise InvalidInput("file", str(path), f"a file of a class, or a place for one ({error})") from None

    def add(self, event: Event) -> None:
        """Keep an event; it is on the disk when this returns."""
        self._base.execute(
            "insert into events (at, kind, said) values (?, ?, ?)", (event.at, event.kind, json.dumps(dict(event.said)))
        )

    def events(self) -> Iterator[Event]:
        """Return all events in their order, the setting apart."""
        for at, kind, said in self._base.execute("select at, kind, said from events where kind != 'set' order by n"):
            yield Event(at=at, kind=kind, said=json.loads(said))

    def set(self, setting: Setting, token: str, at: float) -> None:
        """Keep how the class is run, and what opens the teacher's page."""
        self.add(Event(at=at, kind="set", said={"setting": asdict(setting), "token": token}))

    def begun(self) -> tuple[Setting, str] | None:
        """Return how the class is run and what opens the teacher's page, None for a new file."""
        row = self._base.execute("select said from events where kind = 'set' order by n").fetchone()
        if row is None:
            return None
        said = json.loads(row[0])
        return Setting(**said["setting"]), str(said["token"])

    def latest(self) -> float | None:
        """Return when something happened last [s], None for a new file."""
        row = self._base.execute("select max(at) from events").fetchone()
        return None if row is None or row[0] is None else float(row[0])

    def close(self) -> None:
        """Write everything into the one file."""
        self._base.execute("pragma wal_checkpoint(truncate)")
        self._base.close()
