"""In which zone pages say a time: where the workspace works, as its hours say. One rule for everybody who reads.

The one idea: nine o'clock means the same to two colleagues and to the customer they tell of it, wherever the browsers
stand. Each time carries its zone's name.
"""

from __future__ import annotations

import time
from datetime import UTC, tzinfo
from functools import lru_cache

import psycopg
from fastapi import Request
from fastapi.concurrency import run_in_threadpool

from segue.domain.errors import SegueError
from segue.policy.settings import load
from segue.store.workspace import Workspace
from segue.texts import forms

REMEMBERED = 10.0
"""Seconds for which the zone is taken without asking the database again."""
_remembered: dict[str, tuple[float, tzinfo]] = {}


async def see_as_here(request: Request) -> None:
    """From here to the end of the request. A database that does not answer is told of by whoever needs it."""
    workspace: Workspace = request.app.state.rooms.workspace
    until, known = _remembered.get(workspace.db.conninfo, (0.0, UTC))
    if until < time.monotonic():
        _remembered[workspace.db.conninfo] = (time.monotonic() + 1, known)  # meanwhile the others go on
        try:
            known = await run_in_threadpool(zone_of, workspace)
        except (SegueError, psycopg.Error):
            pass
        else:
            _remembered[workspace.db.conninfo] = (time.monotonic() + REMEMBERED, known)
    forms.see_in(known)


def forget(workspace: Workspace) -> None:
    """After the hours changed; other processes hear of it in a few seconds."""
    _remembered.pop(workspace.db.conninfo, None)


def zone_of(workspace: Workspace) -> tzinfo:
    """As the live policy says now."""
    live = workspace.live_policy()
    return _read(live[1]) if live else UTC


@lru_cache(maxsize=4)
def _read(body: str) -> tzinfo:
    return load(body).sla.hours.zone
