"""The application of a class: what players, the teacher and the projector reach, on one port of this machine."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import Any

import uvicorn
from fastapi import FastAPI
from starlette.middleware.gzip import GZipMiddleware

from experiments.classroom.session import Setting
from experiments.web.classroom import addresses, routes
from experiments.web.classroom.hub import Hub
from experiments.web.classroom.store import Store
from experiments.web.jobs import Workers
from experiments.web.live.routes import router as live

PROCESSES = 2


def serve(door: socket.socket, store: Store, reached: list[str]) -> None:
    """Hold the class on a socket until interrupted.

    Parameters
    ----------
    door : socket
    store : Store
        Of a class that has been set.
    reached : list of str
        Addresses at which phones find it, the likeliest first.
    """
    known = store.begun()
    assert known is not None
    workers = Workers(min(PROCESSES, os.cpu_count() or 1), partial(_warm, known[0]))
    app = application(Hub(store, workers), workers, reached)
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", timeout_graceful_shutdown=2, server_header=False))
    try:
        server.run(sockets=[door])
    finally:
        store.close()


def application(hub: Hub, workers: Workers, reached: list[str]) -> FastAPI:
    """Return the application."""
    drawn = addresses.picture(reached[0])

    def join() -> Mapping[str, Any]:
        return {"address": reached[0], "others": reached[1:], "qr": drawn, "first": hub.waiting()}

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        workers.start()
        keeping_up = asyncio.create_task(hub.keep_up())
        yield
        keeping_up.cancel()
        with suppress(asyncio.CancelledError):
            await keeping_up
        await workers.close()

    app = FastAPI(lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    app.middleware("http")(routes.guard())
    app.add_middleware(GZipMiddleware, minimum_size=1000)
    app.include_router(routes.players(hub))
    app.include_router(routes.teacher(hub, hub.token, join))
    app.include_router(live(), prefix=f"/teach/{hub.token}/live")
    return app


def _warm(setting: Setting) -> None:
    """Import what tasks need, and compose the lesson's worlds."""
    from experiments.classroom import kept, outcome, page, standing
    from experiments.lessons import lesson
    from experiments.plots import classroom

    del kept, outcome, page, standing, classroom
    known = lesson(setting.lesson)
    for company in range(len(known.companies)):
        known.scenario(company)
