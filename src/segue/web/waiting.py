"""How one waits among others: each client in turn, lists behind the rest but never for ever, and whoever goes is gone.

The one idea: nobody's many requests may stand before somebody else's one. So every client has a queue of their own, and
the next place goes round among them.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from dataclasses import dataclass
from types import TracebackType
from typing import Any

from starlette.datastructures import Headers
from starlette.types import Message, Receive, Scope, Send

EVERY = 4
"""Of so many places one is for a list, however many wait for something else."""
REMEMBERED = 1000
"""Pages that deeds led to and that nobody has asked for yet."""
LISTS = ("/desk", "/desk/")
CONVERSATION = "/desk/conversations/"
CHANGED = "x-changed"
"""What a page heard of, by conversation."""
PASSING = "~"
"""Behind a name: somebody came there or went, and nothing else is told."""

Turn = asyncio.Future[Any]


@dataclass(frozen=True, slots=True)
class Asker:
    who: str = ""
    is_list: bool = False
    """A page of the desk with its list, which every open desk reads again at every change."""
    is_pressed: bool = False
    """A piece of a page that somebody pressed a key for."""


PLAIN = Asker()


def asker_of(scope: Scope) -> Asker:
    """By session, key or identity; whoever has none of them by the address they come from. A page that heard of what
    stands open on it brings what its agent reads, so it is no mere list."""
    headers, path = Headers(scope=scope), scope["path"]
    who = headers.get("authorization") or headers.get("cookie") or str((scope.get("client") or [""])[0])
    is_piece = "x-part" in headers
    is_script = headers.get("sec-fetch-mode", "navigate") != "navigate"
    is_again = (
        is_script and not is_piece and path.startswith(CONVERSATION) and path.count("/") == CONVERSATION.count("/")
    )
    is_read = path.removeprefix(CONVERSATION) in headers.get(CHANGED, "").split(",")
    return Asker(who, path in LISTS or (is_again and not is_read), is_piece)


class Ranks:
    """Those who wait, in two ranks: lists, and what goes before them."""

    def __init__(self) -> None:
        self._first, self._lists, self._given = Round(), Round(), 0

    def add(self, asker: Asker) -> Turn:
        turn: Turn = asyncio.get_running_loop().create_future()
        self._of(asker).add(asker.who, turn)
        return turn

    def remove(self, asker: Asker, turn: Turn) -> bool:
        """Whether they still stood here."""
        return self._of(asker).remove(asker.who, turn)

    def before(self, asker: Asker) -> int:
        """How many would go before one more."""
        mine = self._of(asker).before(asker.who)
        return mine + min(len(self._first), (EVERY - 1) * (mine + 1)) if asker.is_list else mine

    def next(self) -> Turn | None:
        self._given += 1
        first, then = (self._first, self._lists) if self._given % EVERY else (self._lists, self._first)
        return first.next() or then.next()

    def _of(self, asker: Asker) -> Round:
        return self._lists if asker.is_list else self._first


class Round:
    """Those who wait, one of each client after another."""

    def __init__(self) -> None:
        self._of: OrderedDict[str, deque[Turn]] = OrderedDict()

    def __len__(self) -> int:
        return sum(map(len, self._of.values()))

    def add(self, who: str, turn: Turn) -> None:
        self._of.setdefault(who, deque()).append(turn)

    def remove(self, who: str, turn: Turn) -> bool:
        mine = self._of.get(who)
        if mine is None or turn not in mine:
            return False
        mine.remove(turn)
        if not mine:
            del self._of[who]
        return True

    def before(self, who: str) -> int:
        mine = len(self._of.get(who, ()))
        return sum(min(len(theirs), mine + 1) for other, theirs in self._of.items() if other != who) + mine

    def next(self) -> Turn | None:
        if not self._of:
            return None
        who, waiting = self._of.popitem(last=False)
        turn = waiting.popleft()
        if waiting:
            self._of[who] = waiting  # behind the others
        return turn


class Ear:
    """Hears while somebody waits whether they go away. What they said besides is told to the application afterwards."""

    def __init__(self, receive: Receive) -> None:
        self._receive, self._heard = receive, deque[Message]()

    async def __aenter__(self) -> asyncio.Task[None]:
        self._listening = asyncio.create_task(self._until_gone())
        return self._listening

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        self._listening.cancel()
        await asyncio.wait([self._listening])  # two may not listen at once

    async def receive(self) -> Message:
        return self._heard.popleft() if self._heard else await self._receive()

    async def _until_gone(self) -> None:
        message: Message = {"type": ""}
        while message["type"] != "http.disconnect":
            if message.get("more_body"):
                await asyncio.get_running_loop().create_future()  # the rest is the application's to read
            message = await self._receive()
            self._heard.append(message)


class LeadsOn:
    """The pages that deeds lead to. They are a deed's answer: refused, it would look as if it had not been done."""

    def __init__(self) -> None:
        self._pages: OrderedDict[str, None] = OrderedDict()

    def noting(self, send: Send) -> Send:
        async def noted(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] == 303:
                self._note(Headers(raw=message["headers"]).get("location", "").partition("#")[0])
            await send(message)

        return noted

    def led_to(self, scope: Scope) -> bool:
        """Whether a deed led here; asked once."""
        if not self._pages:
            return False
        query = scope["query_string"].decode("latin-1")
        page = scope.get("raw_path", scope["path"].encode()).decode("latin-1") + ("?" + query if query else "")
        return self._pages.pop(page, self) is None

    def _note(self, page: str) -> None:
        self._pages[page] = None
        if len(self._pages) > REMEMBERED:
            self._pages.popitem(last=False)
