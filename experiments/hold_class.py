"""`crosspurpose class [lesson=target] [minutes=50] [port=8080] …`: a class, on phones or on paper, without internet.

lesson     which one (crosspurpose list lesson)
minutes    how long it is: 20 or 50
port, host where phones find it; without host, on all networks that this machine is part of
seed       of the simulated people and their luck
managers   whether the first phone of each company is its manager, who sets what counts
texts      whether students may write free text
halves     people from which on the class is divided into companies
file       where everything that happens is kept; a class that is not over goes on
new        true: begin another one; the one before is kept beside it
open       whether a browser is opened on the teacher's page
"""

from __future__ import annotations

import re
import secrets
import time
import webbrowser
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from experiments.console import console
from experiments.extras import needed
from experiments.lessons import lesson
from experiments.place import Place, listening
from sim.errors import InvalidInput, nearest, unknown

if TYPE_CHECKING:
    from experiments.classroom.session import Setting
    from experiments.web.classroom.store import Store

FORGOTTEN = 6 * 3600.0  # seconds after which a class that is not over is none any more
DEFAULTS = {
    **{"lesson": "target", "minutes": "50", "port": "8080", "host": "", "seed": "1", "managers": "false"},
    **{"texts": "false", "halves": "16", "file": "", "new": "false", "open": "false"},
}


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What the command's words ask for."""

    setting: Setting
    place: Place
    file: Path
    new: bool


def main(words: Sequence[str]) -> int:
    """Hold a class until interrupted."""
    asked = asked_of(words)
    needed("fastapi", "web", "class")
    needed("segno", "web", "class")
    from experiments.web.classroom import addresses, app

    store = opened(asked, time.time())
    known = store.begun()
    assert known is not None
    setting, token = known
    hosts = [asked.place.host] if asked.place.host != "0.0.0.0" else addresses.local() or ["127.0.0.1"]
    with listening(asked.place) as door, suppress(KeyboardInterrupt):
        port = door.getsockname()[1]
        reached = [f"http://{_named(host)}:{port}/" for host in hosts]
        teacher = (
            f"http://{_named('127.0.0.1' if asked.place.host == '0.0.0.0' else asked.place.host)}:{port}/teach/{token}/"
        )
        _say(setting, reached, teacher, asked.file)
        if asked.place.open:
            webbrowser.open(teacher)
        app.serve(door, store, reached)
    return 0


def _say(setting: Setting, reached: Sequence[str], teacher: str, file: Path) -> None:
    """Print where everybody goes."""
    rows = [
        f"Lesson: {lesson(setting.lesson).label.plain}, {setting.minutes} minutes",
        f"Students: {reached[0]}" + (f"  (or {', '.join(reached[1:])})" if reached[1:] else ""),
        f"Teacher, for you alone: {teacher}",
        f"Projector: {teacher}screen",
        f"What happens is kept in {file}. Ctrl-C ends the class; the same command goes on with it.",
    ]
    if "127.0.0.1" in reached[0]:
        rows.insert(
            2, "No network was found: phones cannot reach this machine. Start a hotspot, or play without phones."
        )
    for row in rows:
        print(row, flush=True)


def opened(asked: Asked, now: float) -> Store:
    """Return the file of the class that goes on, or of a new one; one that is over is put aside."""
    from experiments.web.classroom.store import Store

    asked.file.parent.mkdir(parents=True, exist_ok=True)
    store = Store(asked.file)
    known, latest = store.begun(), store.latest()
    if known is not None and latest is not None:
        if not asked.new and now - latest < FORGOTTEN and known[0].lesson == asked.setting.lesson:
            console().print(f"Going on with the class in {asked.file}; new=true begins another.", soft_wrap=True)
            return store
        store.close()
        aside = asked.file.with_stem(f"{asked.file.stem}-{time.strftime('%Y%m%d-%H%M%S', time.localtime(latest))}")
        asked.file.replace(_free(aside))
        store = Store(asked.file)
    store.set(asked.setting, secrets.token_urlsafe(18), now)
    return store


def _free(path: Path) -> Path:
    """Return a path that is not there yet."""
    names = (path.with_stem(f"{path.stem}-{i}") if i else path for i in range(1000))
    return next(p for p in names if not p.exists())


def asked_of(words: Sequence[str]) -> Asked:
    """Read the command's words."""
    from experiments.classroom.session import LARGEST_CLASS, Setting

    given: dict[str, str] = {}
    for word in words:
        key, equals, value = word.partition("=")
        if not equals or key not in DEFAULTS:
            raise InvalidInput("argument", word, f"key=value with {', '.join(DEFAULTS)}", nearest(key, DEFAULTS))
        if key in given:
            raise InvalidInput(key, value, "given once")
        given[key] = value
    said = DEFAULTS | given
    known = lesson(said["lesson"])
    minutes = _whole("minutes", said["minutes"], 1, 1000)
    known.timing(minutes)
    setting = Setting(
        lesson=known.id,
        minutes=minutes,
        seed=_whole("seed", said["seed"], 0, 2**63 - 1),
        managers=_yes("managers", said["managers"]),
        texts=_yes("texts", said["texts"]),
        halves=_whole("halves", said["halves"], 2, LARGEST_CLASS + 1),
    )
    place = Place(
        host=said["host"] or "0.0.0.0",
        port=_whole("port", said["port"], 0, 65535),
        open=_yes("open", said["open"]),
    )
    file = Path(said["file"]).expanduser() if said["file"] else Path("results") / "class" / f"{known.id}.sqlite"
    return Asked(setting=setting, place=place, file=file, new=_yes("new", said["new"]))


def _whole(key: str, text: str, least: int, most: int) -> int:
    if not re.fullmatch(r"\d{1,19}", text, re.ASCII) or not least <= int(text) <= most:
        raise InvalidInput(key, text, f"a whole number from {least} to {most}")
    return int(text)


def _yes(key: str, text: str) -> bool:
    if text not in ("true", "false"):
        raise unknown(key, text, ["true", "false"])
    return text == "true"


def _named(host: str) -> str:
    return f"[{host}]" if ":" in host else host
