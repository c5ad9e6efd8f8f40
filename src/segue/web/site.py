"""The web application: every face mounted, every error a problem, every body bounded, every answer documented."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.resources import files as resources
from typing import Any

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

import segue
from segue.web import (
    agents,
    contact,
    customers,
    demo_site,
    docs,
    files,
    health,
    home,
    leads,
    machines,
    problems,
    reference,
    widget,
)
from segue.web.bounds import Bounds
from segue.web.line import AT_ONCE, InLine, Line
from segue.web.list_alone import Kept
from segue.web.pages import warm_up
from segue.web.rooms import Rooms
from segue.web.stream import at_signal
from segue.web.together import Lists, Together

SILENT: Any = {"tracing": False, "metrics": False, "logs": False}
"""FastAPI's own telemetry asks the environment three times per request; our figures are at /metrics."""


def site(rooms: Rooms) -> FastAPI:
    """The application over an already opened house; it opens and closes what is its own."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        loop = asyncio.get_running_loop()
        await rooms.front_door.open()
        rooms.stream.start()
        threading.Thread(target=warm_up, daemon=True, name="templates").start()
        with at_signal(lambda: loop.call_soon_threadsafe(rooms.stream.close)):
            yield
        rooms.stream.close()
        await rooms.front_door.close()

    app = FastAPI(
        title="Segue", version=segue.__version__, description=reference.ABOUT, lifespan=lifespan, docs_url=None,
        redoc_url=None, openapi_url="/api/v1/openapi.json", telemetry=SILENT,
    )  # fmt: skip
    app.state.rooms, app.state.line = rooms, Line(rooms.reads_at_once or AT_ONCE)
    app.state.desk_lists = Kept(rooms.db)
    app.state.lists = Lists(rooms.db, app.state.desk_lists)
    problems.install(app)
    for asked in (agents.often, machines.router):  # as they are: including them would wrap each once more
        app.router.routes.extend(asked.routes)
    for face in (widget, customers, agents, leads, contact, files, demo_site, home, docs, health):
        app.include_router(face.router)
    app.mount("/static", StaticFiles(directory=str(resources("segue.web") / "static")), "static")
    if rooms.reads_at_once:
        app.add_middleware(InLine, line=app.state.line)
    app.add_middleware(Together, lists=app.state.lists, line=app.state.line)
    app.add_middleware(Bounds, files=rooms.caps.together)
    reference.install(app)
    return app
