"""The outermost layer, plain ASGI so that it costs little: a request id, sizes, patience, and headers for every answer.

Nobody waits longer than `PATIENCE` for an answer to begin: whatever hangs behind us, the caller hears an honest 503.
"""

from __future__ import annotations

import asyncio
import os
import re

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from segue.domain.traces import traced
from segue.web.framing import ALONE, POLICY
from segue.web.problems import problem

LARGEST = 1_500_000
"""Bytes in one request's body: the longest article, with every character escaped."""
DRAINED = 32_000_000
"""Of a body that is too large this much is still read and thrown away: most clients read only after they have written,
and would see a broken connection instead of our answer."""
BRINGS_FILES = re.compile(
    r"/(?:api/v1/attachments|widget/attachments|chat/messages|contact|desk/conversations/[^/]+/(?:attachments|reply|note))"
)
"""Where a form may bring files; elsewhere a body stays small."""
LONGEST_HEAD = 32_000
LONGEST_ADDRESS = 8_000
PATIENCE = 6.0
"""Seconds from the whole request to the beginning of its answer."""
UPLOAD = 30.0
"""Seconds for a body to arrive."""
UPLOAD_FILES = 180.0
"""The same where it brings files: eighteen megabytes over a slow line."""
LONG_WORK = 60.0

_HEADERS = (
    (POLICY.encode(), ALONE.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
)
log = structlog.get_logger()


class TooLarge(HTTPException):
    """An HTTPException, because FastAPI turns any other error of reading a body into a 400."""

    def __init__(self, largest: int, headers: dict[str, str] | None = None) -> None:
        super().__init__(413, f"The body is larger than {largest:,} bytes. Send less.", headers)


class Bounds:
    def __init__(self, app: ASGIApp, files: int = 0) -> None:
        """`files`: bytes of files that one form may bring, where it may bring any."""
        self._app = app
        self._files = files

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        exchange = Exchange(scope, receive, send, self._files)
        try:
            await self._answer(exchange)
        except asyncio.CancelledError:  # the server ends, and has waited for this one as long as it waits
            await exchange.refuse(_ENDING)
            if not exchange.is_over:
                raise
        finally:
            exchange.end()

    async def _answer(self, exchange: Exchange) -> None:
        try:
            exchange.begin()
            await self._app(exchange.scope, exchange.receive, exchange.send)
        except HTTPException as error:
            await exchange.refuse(error)
        except ClientDisconnect:
            pass
        except Exception as error:
            log.error("request.broken", request_id=exchange.id, **_asked(exchange.scope), **traced(error))
            await exchange.refuse(HTTPException(500, _BROKEN))
            if not exchange.is_over:
                raise


def _asked(scope: Scope) -> dict[str, str]:
    """Which route it was: the address itself may hold an e-mail address, or whatever else somebody wrote into it."""
    return {"method": scope["method"], "route": getattr(scope.get("route"), "path", "")}


def takes_long(scope: Scope) -> None:
    """Says that this request may work for a minute before it answers."""
    scope["takes_long"] = True


class Exchange:
    """One request and its answer: how much was read, whether an answer has begun, how long it may still take."""

    __slots__ = ("_arrives_by", "_brings_files", "_has_begun", "_is_arriving", "_is_head", "_is_refused", "_largest",
                 "_loop", "_receive", "_seen", "_send", "_telling", "_timer", "id", "is_over", "scope")  # fmt: skip

    def __init__(self, scope: Scope, receive: Receive, send: Send, files: int = 0) -> None:
        self.id = scope["request_id"] = "req_" + os.urandom(8).hex()
        self._is_head = scope["method"] == "HEAD"
        self.scope = {**scope, "method": "GET"} if self._is_head else scope
        self._receive, self._send, self._seen = receive, send, 0
        self._has_begun = self._is_refused = self.is_over = False
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None
        self._brings_files = _brings_files(scope)
        self._largest = LARGEST + (files if self._brings_files else 0)
        self._telling: asyncio.Task[None] | None = None
        self._is_arriving, self._arrives_by = False, 0.0

    def begin(self) -> None:
        """Refuses what is too large by what it says of itself."""
        head, announced, has_body, is_asking = 0, 0, False, False
        for name, value in self.scope["headers"]:
            head += len(name) + len(value)
            if name == b"content-length":
                announced = int(value) if value.isdigit() and len(value) < 16 else DRAINED + 1
                has_body = announced > 0
            elif name == b"transfer-encoding":
                has_body = True
            elif name == b"expect":
                is_asking = True
        if len(self.scope.get("raw_path", b"")) + len(self.scope["query_string"]) > LONGEST_ADDRESS:
            raise HTTPException(414, f"The address is longer than {LONGEST_ADDRESS:,} bytes. Shorten it.")
        if head > LONGEST_HEAD:
            raise HTTPException(431, f"The headers are larger than {LONGEST_HEAD:,} bytes. Send less.")
        if announced > (self._largest if is_asking else max(DRAINED, 2 * self._largest)):
            raise TooLarge(self._largest, {"Connection": "close"})
        self._is_arriving = has_body
        self._wait(PATIENCE, _LATE)

    async def receive(self) -> Message:
        if self._is_arriving and not self._has_begun:
            self._wait_for_the_body()
        message = await self._receive()
        if message["type"] == "http.request":
            self._seen += len(message.get("body", b""))
            if self._seen > self._largest:
                await self._drain(message)
            self._is_arriving = bool(message.get("more_body"))
            if not self._has_begun:
                self._wait(PATIENCE, _LATE)
        return message

    def _wait_for_the_body(self) -> None:
        """However many pieces it comes in: the time is for the whole."""
        seconds, late = (UPLOAD_FILES, _FILES_UNSENT) if self._brings_files else (UPLOAD, _UNSENT)
        self._arrives_by = self._arrives_by or self._loop.time() + seconds
        self._wait(self._arrives_by - self._loop.time(), late)

    async def _drain(self, message: Message) -> None:
        while message.get("more_body") and self._seen <= max(DRAINED, 2 * self._largest):
            message = await self._receive()
            self._seen += len(message.get("body", b""))
        raise TooLarge(self._largest, {"Connection": "close"} if message.get("more_body") else None)

    async def send(self, message: Message) -> None:
        """Passes the answer on; what comes after a refusal goes nowhere."""
        if not self._is_refused:
            await self._pass_on(message)

    async def refuse(self, error: HTTPException) -> None:
        """Answers with a problem, unless an answer has begun already."""
        if not self._has_begun:
            self._is_refused = True
            answer = problem(error.status_code, error.detail, request_id=self.id, headers=error.headers)
            await answer(self.scope, self._receive, self._pass_on)

    async def _pass_on(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._has_begun = True
            self.end()
            headers = message["headers"]
            ours = _HEADERS[1:] if any(name == _HEADERS[0][0] for name, _ in headers) else _HEADERS
            await self._send({**message, "headers": [*headers, *ours, (b"x-request-id", self.id.encode())]})
            if not self._is_head or any(name == b"content-length" for name, _ in headers):
                return
            message = {"type": "http.response.body", "body": b""}  # a stream would not end by itself
        if not self.is_over:
            self.is_over = not message.get("more_body")
            await self._send(message)

    def _wait(self, seconds: float, late: HTTPException) -> None:
        self.end()
        self._timer = self._loop.call_later(seconds, self._give_up, late)

    def end(self) -> None:
        if self._timer:
            self._timer.cancel()

    def _give_up(self, late: HTTPException) -> None:
        if self.scope.pop("takes_long", False):
            self._wait(LONG_WORK, late)
        else:
            self._telling = self._loop.create_task(self.refuse(late))


def _brings_files(scope: Scope) -> bool:
    kinds = (value for name, value in scope["headers"] if name == b"content-type")
    is_form = any(kind.lower().startswith(b"multipart/form-data") for kind in kinds)
    return is_form and scope["method"] == "POST" and BRINGS_FILES.fullmatch(scope["path"]) is not None


_BROKEN = "Something broke on our side; it is in the log under this request id."
_LATE = HTTPException(
    503, "No answer came in time. Whether it was done is not known: look, or send it again with the same client_id.",
    {"Retry-After": "2"},
)  # fmt: skip
_ENDING = HTTPException(
    503, "The server was stopped before this was answered. Whether it was done is not known: look, or send it again"
    " with the same client_id.", {"Retry-After": "2", "Connection": "close"},
)  # fmt: skip
_UNSENT = HTTPException(408, f"The body did not arrive within {UPLOAD:.0f} seconds.", {"Connection": "close"})
_FILES_UNSENT = HTTPException(
    408, f"The files did not arrive within {UPLOAD_FILES:.0f} seconds.", {"Connection": "close"}
)
