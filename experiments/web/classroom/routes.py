"""Who may ask for what: pages and answers of a class.

Players reach `/`: a cookie that no script can read says who asks, and what comes back is that player's view. The
teacher and the projector reach `/teach/TOKEN`, where the token stands only in the terminal and in the teacher's own
link; to whoever has another one there is nothing there, as at any address that does not exist.
"""

from __future__ import annotations

import json
import secrets
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request, Response

from experiments.classroom.session import Refused
from experiments.web.classroom.hub import Hub
from experiments.web.plain import Malformed, sent
from experiments.web.plain import page as page_of

PAGES = Path(__file__).parent / "pages"
COOKIE = "seat"
POLICY = (  # nothing is fetched from elsewhere, and no script stands in a page
    "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; frame-ancestors 'self'; "
    "form-action 'self'; base-uri 'none'"
)
LARGEST, TEACHERS_LARGEST = 2_000, 20_000  # bytes of what is sent
BURST, WINDOW = 40, 10.0  # requests of one player, and of an address that is nobody yet · in so many seconds
ONCE = 16  # characters of a word that nobody else guesses, at least
JOINS = 150  # from one address in WINDOW: a whole class may share one
GONE = Response(status_code=404)
TEACHERS = ("next", "jump", "rewound", "more", "close", "pause", "resume", "mode", "entered", "rehearse")


class Gate:
    """How often somebody may ask."""

    def __init__(self, most: int, seconds: float) -> None:
        self.most, self.seconds = most, seconds
        self._times: dict[str, deque[float]] = {}

    def open(self, who: str, now: float) -> bool:
        """Count a request; return whether it is one too many."""
        times = self._times.setdefault(who, deque())
        while times and now - times[0] > self.seconds:
            times.popleft()
        if len(times) >= self.most:
            return False
        times.append(now)
        if len(self._times) > 10_000:
            self._times = {k: v for k, v in self._times.items() if v and now - v[-1] < self.seconds}
        return True


def players(hub: Hub) -> APIRouter:
    """Return what players reach."""
    router = APIRouter()
    asks, joins = Gate(BURST, WINDOW), Gate(JOINS, WINDOW)
    answered: dict[str, int] = {}  # who asked to join, by the word that a phone repeats until the answer has arrived

    def who(request: Request) -> int | None:
        return hub.session.by_key.get(request.cookies.get(COOKIE, ""))

    @router.get("/")
    async def page() -> Response:
        return page_of(PAGES / "student.html")

    for name in ("student.css", "student.js"):
        _static(router, name)

    @router.get("/state")
    async def state(request: Request) -> Response:
        me = who(request)
        if me is None:
            return _json({"role": "nobody", "lesson": hub.session.lesson.label.plain, "n": hub.version})
        hub.see(me)
        return _json(hub.of_player(me))

    @router.post("/join")
    async def join(request: Request) -> Response:
        once = (await sent(request, LARGEST)).get("once")
        me = who(request) if who(request) is not None else answered.get(str(once))
        if me is None and not joins.open(_address(request), hub.clock()):
            return _no("too many at once: try again in a moment", 429)
        key = hub.session.players[me].key if me is not None else secrets.token_urlsafe(18)
        try:
            hub.see(hub.join(key))
            if isinstance(once, str) and len(once) >= ONCE:
                answered[once] = hub.session.by_key[key]
        except Refused as refused:
            return _no(str(refused), 409)
        answer = _json({"ok": True})
        answer.set_cookie(COOKIE, key, max_age=12 * 3600, httponly=True, samesite="strict")
        return answer

    def posts(path: str, kind: str, keys: tuple[str, ...]) -> None:
        @router.post(path, name=kind)
        async def post(request: Request) -> Response:
            me = who(request)
            if me is None:
                return _no("open the first page again to join", 403)
            if not asks.open(str(me), hub.clock()):
                return _no("too many at once: try again in a moment", 429)
            said = await sent(request, LARGEST)
            if set(said) != set(keys):
                raise Malformed
            hub.see(me)
            return _done(hub, kind, {**said, "player": me})

    posts("/choose", "chose", ("round", "tokens"))
    posts("/guess", "guessed", ("answer",))
    posts("/weigh", "weighed", ("round", "tokens"))
    posts("/write", "wrote", ("text",))
    return router


def teacher(hub: Hub, token: str, join: Callable[[], Mapping[str, Any]]) -> APIRouter:
    """Return what the teacher and the projector reach.

    Parameters
    ----------
    hub : Hub
    token : str
    join : callable
        Addresses to join at, and how they are shown.
    """
    router = APIRouter(prefix=f"/teach/{token}")

    @router.get("/")
    async def page() -> Response:
        return page_of(PAGES / "teacher.html")

    @router.get("/screen")
    async def screen() -> Response:
        return page_of(PAGES / "screen.html")

    for name in ("teacher.css", "teacher.js", "screen.css", "screen.js"):
        _static(router, name)

    @router.get("/state")
    async def state() -> Response:
        return _json(hub.of_teacher() | {"join": join(), "here": hub.here(), "live": "live/"})

    @router.get("/screen/state")
    async def shown() -> Response:
        return _json(hub.of_projector() | {"join": join(), "people_here": len(hub.here())})

    @router.get("/screen/picture/{name}.svg")
    async def picture(name: str) -> Response:
        found = hub.pictures.get(name)
        kept = {"Cache-Control": "private, max-age=3600"}  # its address says which one it is
        return GONE if found is None else Response(found, media_type="image/svg+xml", headers=kept)

    @router.get("/download/{name}")
    async def download(name: str) -> Response:
        made = await hub.download(name)
        if made is None:
            return GONE
        content, kind = made
        return Response(content, media_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})

    @router.post("/do")
    async def do(request: Request) -> Response:
        asked = await sent(request, TEACHERS_LARGEST)
        kind, said = asked.get("kind"), asked.get("said", {})
        if kind not in TEACHERS or not isinstance(said, dict):
            raise Malformed
        if kind == "rehearse":
            return _tried(hub.rehearse)
        return _done(hub, str(kind), said)

    return router


def guard() -> Callable[[Request, Callable[[Request], Awaitable[Response]]], Awaitable[Response]]:
    """Return what every request passes through: sizes, what a page may load, and one answer to all that is wrong."""

    async def guarded(request: Request, proceed: Callable[[Request], Awaitable[Response]]) -> Response:
        size = request.headers.get("content-length", "0")
        most = TEACHERS_LARGEST if request.url.path.startswith("/teach/") else LARGEST
        if not size.isdigit() or int(size) > most or "transfer-encoding" in request.headers:
            return _no("that is too much", 413)
        try:
            answer = await proceed(request)
        except Malformed:
            return _no("that is no choice that can be made here", 400)
        answer.headers["Content-Security-Policy"] = POLICY
        answer.headers["X-Content-Type-Options"] = "nosniff"
        answer.headers["Referrer-Policy"] = "no-referrer"
        return answer

    return guarded


def _done(hub: Hub, kind: str, said: Mapping[str, Any]) -> Response:
    return _tried(lambda: hub.do(kind, said))


def _tried(act: Callable[[], object]) -> Response:
    try:
        act()
    except Refused as refused:
        return _no(str(refused), 409)
    return _json({"ok": True})


def _static(router: APIRouter, name: str) -> None:
    async def static() -> Response:
        return page_of(PAGES / name, "max-age=600")

    router.add_api_route(f"/{name}", static, methods=["GET"])


def _json(content: object, status: int = 200) -> Response:
    text = json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return Response(text, status, media_type="application/json", headers={"Cache-Control": "no-store"})


def _no(why: str, status: int) -> Response:
    return _json({"ok": False, "why": why}, status)


def _address(request: Request) -> str:
    return request.client.host if request.client else ""
