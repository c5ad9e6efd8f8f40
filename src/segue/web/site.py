"""The web application: every face mounted, every error a problem, every body bounded."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.resources import files

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

import segue
from segue.web import agents, customers, docs, health, home, machines, problems
from segue.web.bounds import Bounds
from segue.web.rooms import Rooms

ABOUT = """Segue's API. Send `Authorization: Bearer <key>`. Errors are `application/problem+json` (RFC 9457)."""


def site(rooms: Rooms) -> FastAPI:
    """The application over an already opened house; it opens and closes what is its own."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        await rooms.front_door.open()
        rooms.stream.start()
        yield
        rooms.stream.close()
        await rooms.front_door.close()

    app = FastAPI(
        title="Segue", version=segue.__version__, description=ABOUT, lifespan=lifespan, docs_url=None, redoc_url=None,
        openapi_url="/api/v1/openapi.json",
    )  # fmt: skip
    app.state.rooms = rooms
    problems.install(app)
    for face in (machines, agents, customers, home, docs, health):
        app.include_router(face.router)
    app.mount("/static", StaticFiles(directory=str(files("segue.web") / "static")), "static")
    app.add_middleware(Bounds)
    return app


