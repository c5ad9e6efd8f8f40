"""What a page says of what was done just before, once. It travels in a cookie and not in the address: whoever makes
somebody follow a link of theirs can put no words into our mouth.
"""

from __future__ import annotations

import base64
import binascii
from typing import Annotated

from fastapi import Depends, Request, Response
from fastapi.responses import RedirectResponse

COOKIE = "segue_done"
LIVES = 60
"""Seconds: a page that was not loaded by then has nothing to say any more."""
LONGEST = 500


class Going(RedirectResponse):
    """To another page, which says what was `done`."""

    done: str = ""


def tell(request: Request, answer: Response, done: str) -> None:
    """The next page that listens says it."""
    value = base64.urlsafe_b64encode(done[:LONGEST].encode()).decode()
    is_secure = request.url.scheme == "https"
    answer.set_cookie(COOKIE, value, max_age=LIVES, httponly=True, samesite="lax", secure=is_secure)


def told(request: Request) -> str:
    """What the page before told; this page is the last to hear it."""
    request.state.has_heard = True
    try:
        return base64.urlsafe_b64decode(request.cookies.get(COOKIE, "")).decode()[:LONGEST]
    except (binascii.Error, ValueError):
        return ""


ToldDone = Annotated[str, Depends(told)]


def pass_on(request: Request, answer: Response) -> None:
    """For every page: brings what was done on its way, and ends it once it was heard."""
    if isinstance(answer, Going) and answer.done:
        tell(request, answer, answer.done)
    elif getattr(request.state, "has_heard", False) and COOKIE in request.cookies:
        answer.delete_cookie(COOKIE, httponly=True, samesite="lax", secure=request.url.scheme == "https")
