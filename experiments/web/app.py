"""The local web application: its pages, who computes for them, and what a browser may ask of it."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import tempfile
import warnings
import webbrowser
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from fastapi import FastAPI, Request, Response
from nicegui import ui
from starlette.middleware.trustedhost import TrustedHostMiddleware

from experiments.place import Place
from experiments.web import doors
from experiments.web.jobs import Workers
from experiments.web.lab import page
from experiments.web.lab.trial import Library
from experiments.web.live.routes import router as live

EVERYWHERE = ("0.0.0.0", "::", "")
POLICY = (  # nothing is fetched from elsewhere, whatever somebody gets into a page
    "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; connect-src 'self' ws: wss:; "
    "frame-ancestors 'none'; form-action 'self'; base-uri 'self'"
)
LARGEST = 1_000_000  # bytes of a request's body: a scenario file has a fifth of it


@dataclass(frozen=True, kw_only=True)
class Room:
    """What all browsers share.

    Parameters
    ----------
    workers : Workers
    library : Library
    folder : Path
        Of all trials; it goes with the server.
    """

    workers: Workers
    library: Library
    folder: Path


def serve(door: socket.socket, place: Place) -> None:
    """Serve the pages on a socket until interrupted."""
    workers = Workers(os.cpu_count() or 1, _warm)
    folder = Path(tempfile.mkdtemp(prefix="crosspurpose-"))
    room = Room(workers=workers, library=Library(workers), folder=folder)
    app = application(room, place, address(door))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", ws_max_size=LARGEST, timeout_graceful_shutdown=2))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            server.run(sockets=[door])
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def address(door: socket.socket) -> str:
    """Return what to type into a browser on this machine."""
    host, port = door.getsockname()[:2]
    named = "127.0.0.1" if host in EVERYWHERE else host
    return f"http://[{named}]:{port}/" if ":" in named else f"http://{named}:{port}/"


def application(room: Room, place: Place, at: str) -> FastAPI:
    """Return the application, with its pages."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        room.workers.start()
        filling = asyncio.create_task(room.library.fill())
        print(f"Crosspurpose is at {at} (Ctrl-C ends it)", flush=True)
        if place.open:
            webbrowser.open(at)
        yield
        filling.cancel()
        await room.workers.close()

    app = FastAPI(lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)

    @app.middleware("http")
    async def guarded(request: Request, proceed: Callable[[Request], Awaitable[Response]]) -> Response:
        if int(request.headers.get("content-length") or 0) > LARGEST:
            return Response("too large", status_code=413)
        if "transfer-encoding" in request.headers:  # nobody knows how large it becomes
            return Response("say how large it is", status_code=411)
        answer = await proceed(request)
        answer.headers["Content-Security-Policy"] = POLICY
        answer.headers["X-Content-Type-Options"] = "nosniff"
        answer.headers["Referrer-Policy"] = "same-origin"
        return answer

    if place.host not in EVERYWHERE:  # another site's name for this machine is none
        app.add_middleware(TrustedHostMiddleware, allowed_hosts=[place.host, "localhost", "127.0.0.1", "[::1]"])
    app.include_router(live(), prefix="/live")
    doors.add()
    page.add(room)
    ui.run_with(app, title="Crosspurpose", language="en-US", show_welcome_message=False)
    return app


def _warm() -> None:
    """Import what tasks need, and compose something, so that the first of them need not."""
    from experiments.web.lab import tasks

    tasks.composed((), ["_blank"])
