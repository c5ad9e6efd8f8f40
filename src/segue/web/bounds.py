"""The outermost layer, plain ASGI so that it costs nothing: a request id, body size, and headers for every answer."""

from __future__ import annotations

import os

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from segue.web.problems import problem

LARGEST = 1_000_000
"""Bytes in one request's body."""

_PAGES = (
    b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    b"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
)
_HEADERS = (
    (b"content-security-policy", _PAGES),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
)


class TooLarge(HTTPException):
    """An HTTPException, because FastAPI turns any other error of reading a body into a 400."""

    def __init__(self) -> None:
        super().__init__(413, f"The body is larger than {LARGEST:,} bytes. Send less.")


class Bounds:
    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = scope["request_id"] = "req_" + os.urandom(8).hex()
        has_begun = False

        async def send_dressed(message: Message) -> None:
            nonlocal has_begun
            if message["type"] == "http.response.start":
                has_begun = True
                own = (*_HEADERS, (b"x-request-id", request_id.encode()))
                message = {**message, "headers": [*message["headers"], *own]}
            await send(message)

        try:
            _refuse_announced(scope)
            await self._app(scope, _bounded(receive), send_dressed)
        except TooLarge:
            if not has_begun:
                await _too_large(request_id)(scope, receive, send_dressed)


def _refuse_announced(scope: Scope) -> None:
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit() and int(value) > LARGEST:
            raise TooLarge


def _bounded(receive: Receive) -> Receive:
    seen = 0

    async def receive_bounded() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > LARGEST:
            raise TooLarge
        return message

    return receive_bounded


def _too_large(request_id: str) -> ASGIApp:
    return problem(413, TooLarge().detail, code="too_large", request_id=request_id, headers={"Connection": "close"})
