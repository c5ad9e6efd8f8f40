"""Tells open pages that a conversation changed; the page then asks for what it may see.

One reader per process follows the log, however many pages are open. A page hears *that* something happened in a
conversation, never what: so nothing can leak through here, and nothing need be replayed. Whoever connects again is
greeted, loads anew, and has missed nothing.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable

import orjson
from fastapi import Request
from fastapi.responses import StreamingResponse

from segue.domain.errors import DatabaseUnavailable
from segue.web.stream import HEARTBEAT, Stream
from segue.web.tongue import forget_languages
from segue.web.waiting import PASSING

Shows = Callable[[set[str]], Awaitable[set[str]]]
GATHER, EACH, SPARE, TIMES, LONGEST = 0.1, 0.0015, 1.25, 4.0, 10.0
"""Seconds in which what happens comes to an agent's page together: it hears of everything, a customer's of little.
At least the first; the second for each open page of an agent, for each asks this process for its list again, which
takes half of that (decision 26), or where a list takes longer so many times as long; where pages have to wait, so many
times longer; and no longer than the last."""
HELLO = b"retry: 1000\ndata: {}\n\n"
BEAT = b"event: beat\ndata: {}\n\n"
"""Said where nothing else is, as an event, because of a comment no page hears: one that hears neither knows that its
line is dead, though nobody closed it (`live.js`)."""
FOR_CUSTOMERS = frozenset({
    "message.received", "message.sent", "turn.decided", "conversation.handed_off", "conversation.handed_back",
    "conversation.claimed", "conversation.resolved", "conversation.reopened", "conversation.merged",
    "conversation.joined", "conversation.unmerged", "conversation.parted", "conversation.assigned",
    "conversation.briefed", "conversation.promised", "briefing.corrected", "contact.address_given",
    "contact.address_corrected", "message.taken_back", "message.undelivered",
    "conversation.erased", "reply.held", "message.stopped",
})  # fmt: skip
"""What a customer's page hears of: whatever may change what it shows. That an agent notes or types something is the
agents' own affair."""
LANGUAGE = "language.chosen"
FOR_EVERY_DESK = frozenset({
    "tag.renamed", "tag.merged", "tag.removed", "contact.erased", "teams.changed", "agent.placed", "agent.deactivated",
    "agent.reactivated", "agent.renamed", "agent.arrived", "invite.accepted", "contact.changed", "account.changed",
    "policy.applied", "view.kept", "view.removed", "catalogue.changed", "topic.named", LANGUAGE,
})  # fmt: skip
"""What changes many conversations and names none of them anywhere: an agent's page then loads anew."""
FOR_EVERYBODY = frozenset({"agent.renamed", "teams.changed", "policy.applied"})
"""What changes what any page shows, a customer's too: who has it is told by name, and the policy says when anybody is
here."""
OWN_WISHES = "preferences.changed"
"""Changes what the agent's own pages show, and no other's."""
COMING_AND_GOING = frozenset({"conversation.viewed", "conversation.left"})
"""Colleagues see who looks at what: in a list, and where the same stands open, but on no page that only names it.
Whoever looks themselves would load their whole page anew at each step."""


class News:
    def __init__(
        self, stream: Stream, expected: Callable[[], float] = lambda: 0.0, each: Callable[[], float] = lambda: 0.0
    ) -> None:
        """`expected`: seconds that a page has to wait for its turn now; `each`: from one list to the next."""
        self._stream, self._expected, self._each = stream, expected, each
        self._listeners: dict[str | None, set[_Listener]] = {}
        """By the conversation they listen to, so that one change wakes a few of thousands; None: to all of them."""
        self._reader: asyncio.Task[None] | None = None

    async def about(
        self, conversation: str | None, may_listen: Callable[[], Awaitable[bool]], shown: Shows | None = None,
        beats: int = 1, me: str = "", open_there: Iterable[str] = (),
    ) -> AsyncIterator[bytes]:  # fmt: skip
        """Frames that name changed conversations: only `conversation`, or all for None (then the listener is an agent,
        `me`, who looks at those `open_there`; what they turn to is heard of from the log).

        Ends where `may_listen`, asked once in `beats` heartbeats, says no. `shown` takes away the names that are not
        for them.
        """
        listener, asked = _Listener(conversation, me, open_there), time.monotonic()
        self._listeners.setdefault(conversation, set()).add(listener)
        self._begin()
        try:
            yield HELLO
            while not listener.is_over:
                if time.monotonic() - asked > beats * HEARTBEAT:
                    asked = time.monotonic()
                    if not await may_listen():
                        return
                yield await listener.frames(shown, self._gathers(conversation))
        finally:
            self._leave(listener, conversation)

    def _gathers(self, conversation: str | None) -> float:
        if conversation is not None:
            return 0.0
        apart = max(GATHER, max(EACH, SPARE * self._each()) * len(self._listeners[None]))
        return min(apart + TIMES * self._expected(), LONGEST)

    def _leave(self, listener: _Listener, conversation: str | None) -> None:
        self._listeners[conversation].discard(listener)
        if not self._listeners[conversation]:
            del self._listeners[conversation]

    def _begin(self) -> None:
        if self._reader is None or self._reader.done():
            self._reader = asyncio.create_task(self._read())

    async def _read(self) -> None:
        while self._listeners:
            with contextlib.suppress(DatabaseUnavailable):
                async for frame in self._stream.after(None):
                    self._pass_on(frame)
                break
            await asyncio.sleep(1)
        for listener in self._all():
            listener.end()

    def _all(self) -> list[_Listener]:
        return [listener for own in self._listeners.values() for listener in own]

    def _pass_on(self, frame: bytes) -> None:
        lines = dict(line.split(b": ", 1) for line in frame.splitlines() if b": " in line)
        kind = lines.get(b"event", b"").decode()
        body = orjson.loads(lines.get(b"data", b"{}"))
        conversation, author = body.get("conversation"), body.get("author") or ""
        if kind == LANGUAGE:  # another process may have taken it: what is asked for now is answered in the new one
            forget_languages()
        if conversation is None:
            concerned: Iterable[_Listener] = self._all()
        else:
            concerned = [*self._listeners.get(conversation, ()), *self._listeners.get(None, ())]
        for listener in concerned:
            listener.hear(kind, conversation, author)


class _Listener:
    def __init__(self, conversation: str | None, me: str = "", open_there: Iterable[str] = ()) -> None:
        self._conversation, self._me, self._open = conversation, me, set(open_there)
        self._changed: set[str] = set()
        self._rung, self._pressing = asyncio.Event(), asyncio.Event()
        self._told_at = 0.0
        self.is_over = False

    def hear(self, kind: str, conversation: str | None, author: str = "") -> None:
        """The log's own greeting means that it was not read for a while: everything may have changed."""
        if kind in COMING_AND_GOING and author == self._me:
            self._turns(kind, conversation)
            return
        if kind == OWN_WISHES and author == self._me and self._me:
            self._changed.add("")
        is_mine = self._conversation is None or (self._conversation == conversation and kind in FOR_CUSTOMERS)
        if kind == "hello":
            self._changed.add("")
        elif conversation and is_mine:
            self._changed.add(conversation + PASSING * (kind in COMING_AND_GOING))
        elif kind in FOR_EVERYBODY or (self._conversation is None and kind in FOR_EVERY_DESK):
            self._changed.add("")
        if self._changed:
            self._rung.set()
        if conversation in self._open and author != self._me and kind not in COMING_AND_GOING:
            self._pressing.set()

    def _turns(self, kind: str, conversation: str | None) -> None:
        """The agent has opened something, or left it."""
        if conversation:
            (self._open.add if kind == "conversation.viewed" else self._open.discard)(conversation)

    def end(self) -> None:
        self.is_over = True
        self._rung.set()
        self._pressing.set()

    async def frames(self, shown: Shows | None = None, gathers: float = 0.0) -> bytes:
        """What changed since last asked, or a beat where nothing did for one heartbeat. The first change is told at
        once; what follows is gathered for so many seconds, unless it is in a conversation that stands open."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._rung.wait(), HEARTBEAT)
        await asyncio.sleep(self._told_at + min(gathers, GATHER) - time.monotonic())
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._pressing.wait(), self._told_at + gathers - time.monotonic())
        self._told_at = time.monotonic()
        self._rung.clear()
        self._pressing.clear()
        changed, self._changed = self._changed, set()
        if shown and changed:
            changed = await shown(changed)
        return b"".join(map(_frame, changed)) or BEAT


def _frame(conversation: str) -> bytes:
    body = {"conversation": conversation} if conversation else {}
    return b"data: %s\n\n" % orjson.dumps(body)


async def news(request: Request) -> News:
    """A dependency: this process's News, made when the first page listens."""
    state = request.app.state
    if not hasattr(state, "news"):
        state.news = News(state.rooms.stream, state.line.expected, lambda: state.lists.each)
    found = state.news
    assert isinstance(found, News)
    return found


def stream_of(frames: AsyncIterator[bytes]) -> StreamingResponse:
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(frames, media_type="text/event-stream", headers=headers)
