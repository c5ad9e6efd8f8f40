"""Who may put our pages into a frame: nobody, but for the split view of the demo company.

A desk in a foreign frame is a desk whose buttons somebody else can lay under a pointer. `frame-ancestors` names every
page above, not only the nearest, so another site that frames the split view frames no desk. No page but that view, and
the widget's settings for their preview, may frame anything at all; and where no demo company is loaded our own pages
may not be framed by ours either.
"""

from __future__ import annotations

from contextlib import suppress

import psycopg
from fastapi import Request, Response
from fastapi.concurrency import run_in_threadpool

POLICY = "content-security-policy"
_REST = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors "
)
ALONE = _REST + "'none'"
"""For every answer that brings no policy of its own."""
BESIDE = _REST + "'self'"
"""For the pages that the demo company's split view shows."""
_FRAMES = ("iframe", "frame")


async def let_the_demo_frame(request: Request, answer: Response) -> None:
    """Asks the database only where the browser wants to fill a frame, or does not say what it wants: an address that is
    neither https nor this machine's own gets no `Sec-Fetch-Dest`."""
    if POLICY in answer.headers or request.headers.get("sec-fetch-dest", "iframe") not in _FRAMES:
        return
    with suppress(psycopg.Error):  # whoever cannot be asked allows nothing
        if await run_in_threadpool(request.app.state.rooms.workspace.setting, "demo") is not None:
            answer.headers[POLICY] = BESIDE
