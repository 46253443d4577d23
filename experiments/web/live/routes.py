"""What the page of the live scenario asks for.

All addresses are relative to where the router stands. What comes is a choice among what the catalogues have, checked
here; what goes is computed in a thread, one thing at a time, and kept: the same question has the same answer.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request, Response

from experiments.classroom import live
from experiments.classroom.changes import Change, Unfit, checked
from experiments.web.plain import Malformed, page, sent
from sim.errors import InvalidInput, RunFailed
from sim.loading import options

PAGES = Path(__file__).parent / "pages"
LARGEST = 20_000  # bytes of a question
SEEDS, RUNS = 2**31, 100_000
KEPT = 64  # answers
WAITING = 8  # questions at a time
MALFORMED = "That is no question that this page asks."
BUSY = "Too many questions at once. Please try again in a moment."
BROKEN = "This could not be worked out. Please try something else."


@dataclass(frozen=True, kw_only=True)
class Question:
    """Which run is asked about.

    Parameters
    ----------
    scenario : str
    scheme : str or None
        What it begins with; None: as the story says.
    seed, run : int
    changes : tuple of Change
    """

    scenario: str
    scheme: str | None
    seed: int
    run: int
    changes: tuple[Change, ...]

    @property
    def words(self) -> list[str]:
        """The same as on the command line, changes left out."""
        return [f"scenario={self.scenario}", *([] if self.scheme is None else [f"scheme={self.scheme}"])]

    @property
    def listed(self) -> list[dict[str, Any]]:
        """The changes as plain data."""
        return [{"week": c.week, c.kind: c.name} for c in self.changes]


def router() -> APIRouter:
    """Return the page and what it asks for."""
    found, one_at_a_time, waiting = APIRouter(), asyncio.Lock(), 0

    async def worked_out(answer: Callable[[], bytes]) -> bytes:
        """Compute in a thread; scenarios are composed by a library that does one thing at a time."""
        async with one_at_a_time:
            return await asyncio.to_thread(answer)

    async def answered(request: Request, answer_of: Callable[[Mapping[str, Any]], Callable[[], bytes]]) -> Response:
        nonlocal waiting
        if waiting >= WAITING:
            return _no(BUSY, 429)
        waiting += 1
        try:
            return _packed(await worked_out(answer_of(await sent(request, LARGEST))), request)
        except Unfit as why:
            return _no(str(why))
        except (Malformed, InvalidInput):
            return _no(MALFORMED, 400)
        except Exception as error:
            if not isinstance(error, RunFailed):
                logging.getLogger(__name__).exception("a question of the live scenario has no answer")
            return _no(BROKEN)
        finally:
            waiting -= 1

    for address, name in (("/", "live.html"), ("/live.css", "live.css"), ("/live.js", "live.js")):
        found.add_api_route(address, _sender(name), methods=["GET"], name=name)

    @found.get("/options")
    async def offered(request: Request) -> Response:
        return _packed(await worked_out(_offered), request)

    @found.post("/frames")
    async def frames(request: Request) -> Response:
        return await answered(request, lambda asked: partial(_frames, question(asked)))

    @found.post("/why")
    async def why(request: Request) -> Response:
        def answer_of(asked: Mapping[str, Any]) -> Callable[[], bytes]:
            rest = {k: v for k, v in asked.items() if k not in ("week", "member")}
            week, member = asked.get("week"), asked.get("member")
            if not _whole(week) or not isinstance(member, str):
                raise Malformed
            return partial(_why, question(rest), week, member)

        return await answered(request, answer_of)

    return found


def question(asked: Mapping[str, Any]) -> Question:
    """Return a question that names only what there is.

    Parameters
    ----------
    asked : mapping
        scenario, seed, run, and if they are given scheme and changes.
    """
    if not {"scenario", "seed", "run"} <= set(asked) <= {"scenario", "seed", "run", "scheme", "changes"}:
        raise Malformed
    scenario, scheme, changes = asked["scenario"], asked.get("scheme"), asked.get("changes", [])
    if scenario not in options("scenario") or (scheme is not None and scheme not in options("scheme")):
        raise Malformed
    for key, most in (("seed", SEEDS), ("run", RUNS)):
        if not _whole(asked[key]) or not 0 <= asked[key] < most:
            raise Malformed
    if not isinstance(changes, list) or not all(isinstance(c, dict) for c in changes):
        raise Malformed
    return Question(scenario=scenario, scheme=scheme, seed=asked["seed"], run=asked["run"], changes=checked(changes))


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


@lru_cache(maxsize=KEPT)
def _frames(of: Question) -> bytes:
    return _written({"ok": True, **live.frames(of.words, of.seed, of.run, of.listed)})


@lru_cache(maxsize=KEPT)
def _why(of: Question, week: int, member: str) -> bytes:
    return _written({"ok": True, "why": live.why(of.words, of.seed, of.run, of.listed, week, member)})


def _offered() -> bytes:
    return _written(live.offered())


def _written(content: object) -> bytes:
    text = json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return gzip.compress(text.encode(), 6)


def _packed(content: bytes, request: Request) -> Response:
    """Send what is compressed, unpacked for whoever cannot do so."""
    headers = {"Cache-Control": "no-store", "Vary": "Accept-Encoding"}
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return Response(gzip.decompress(content), media_type="application/json", headers=headers)
    return Response(content, media_type="application/json", headers={**headers, "Content-Encoding": "gzip"})


def _no(why: str, status: int = 200) -> Response:
    return Response(json.dumps({"ok": False, "why": why}, ensure_ascii=False), status, media_type="application/json")


def _sender(name: str) -> Callable[[], Awaitable[Response]]:
    async def send() -> Response:
        return page(PAGES / name)

    return send
