"""Who looks waits for a turn; who writes does not."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import httpx
import pytest
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from segue.web.bounds import Bounds
from segue.web.line import LONGEST, InLine, Line

LOOK, PERSON = {"accept": "application/json"}, {"accept": "text/html", "accept-language": "de"}


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Desk:
    """A house of which every page takes until it is let go on."""

    def __init__(self, line: Line) -> None:
        self.line, self.goes_on, self.begun = line, asyncio.Event(), 0
        transport = httpx.ASGITransport(Bounds(InLine(self._app, line)))
        self.client = httpx.AsyncClient(transport=transport, base_url="http://house")

    async def _app(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.begun += 1
        if Request(scope).method == "GET":
            await self.goes_on.wait()
        await PlainTextResponse("here")(scope, receive, send)

    async def look(self) -> asyncio.Task[httpx.Response]:
        task = asyncio.create_task(self.client.get("/desk", headers=LOOK))
        await settled()
        return task


async def settled() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


def told(story: Callable[[], Awaitable[None]]) -> None:
    async def whole() -> None:
        await story()

    asyncio.run(whole())


def slow(line: Line) -> Line:
    """One in which nobody can hope any more."""
    line._takes = 2 * LONGEST
    return line


def test_so_many_are_worked_on_and_the_next_waits_until_one_is_done() -> None:
    async def story() -> None:
        desk = Desk(Line(2))
        looking = [await desk.look() for _ in range(3)]
        assert desk.begun == 2

        desk.goes_on.set()
        assert [(await one).status_code for one in looking] == [200, 200, 200]
        assert desk.begun == 3

    told(story)


def test_a_message_goes_past_the_line() -> None:
    async def story() -> None:
        desk = Desk(Line(1))
        looking = [await desk.look() for _ in range(2)]

        assert (await desk.client.post("/widget/messages", json={})).status_code == 200

        desk.goes_on.set()
        await asyncio.gather(*looking)

    told(story)


def test_who_could_not_be_served_in_time_is_told_at_once_when_to_come_again() -> None:
    async def story() -> None:
        desk = Desk(slow(Line(1)))
        first = await desk.look()

        refused = await desk.client.get("/desk", headers=LOOK)
        assert (refused.status_code, refused.headers["retry-after"]) == (503, "5")
        assert refused.headers["content-type"] == "application/problem+json"
        assert desk.begun == 1

        desk.goes_on.set()
        assert (await first).status_code == 200
        assert (await desk.client.get("/desk", headers=LOOK)).status_code == 200

    told(story)


def test_a_person_gets_a_page_in_their_language_that_comes_again_by_itself() -> None:
    async def story() -> None:
        desk = Desk(slow(Line(1)))
        first = await desk.look()

        refused = await desk.client.get("/desk", headers=PERSON)
        assert refused.status_code == 503
        assert refused.headers["refresh"] == refused.headers["retry-after"]
        assert "Sehr viele Seiten" in refused.text

        desk.goes_on.set()
        await first

    told(story)


def test_who_waited_too_long_is_refused_when_the_turn_comes_and_the_next_has_it() -> None:
    async def story() -> None:
        clock = Clock()
        line = Line(1, clock)
        await line.enter()
        stale = asyncio.create_task(line.enter())
        await settled()
        clock.now = LONGEST + 0.1
        fresh = asyncio.create_task(line.enter())
        await settled()

        line.leave(0.01)
        await fresh
        with pytest.raises(HTTPException):
            await stale
        assert line.refused == 1

    told(story)


def test_a_list_stands_behind_who_waits_for_one_conversation() -> None:
    async def story() -> None:
        line, came = Line(1), list[str]()

        async def waits(name: str, is_list: bool) -> None:
            await line.enter(is_list)
            came.append(name)
            line.leave(0.01)

        await line.enter()
        both = [asyncio.create_task(waits("list", True)), asyncio.create_task(waits("conversation", False))]
        await settled()
        line.leave(0.01)
        await asyncio.gather(*both)
        assert came == ["conversation", "list"]

    told(story)


def test_who_goes_away_while_waiting_keeps_nobody_back() -> None:
    async def story() -> None:
        line = Line(1)
        await line.enter()
        gone, patient = asyncio.create_task(line.enter()), asyncio.create_task(line.enter())
        await settled()
        gone.cancel()
        await settled()

        line.leave(0.01)
        await patient
        line.leave(0.01)
        await line.enter()  # nobody stands in the way any more

    told(story)


def test_a_turn_that_comes_to_somebody_who_has_just_gone_goes_on() -> None:
    async def story() -> None:
        line = Line(1)
        await line.enter()
        going, patient = asyncio.create_task(line.enter()), asyncio.create_task(line.enter())
        await settled()

        line.leave(0.01)  # the turn is going's from here on
        going.cancel()
        with pytest.raises(asyncio.CancelledError):
            await going
        await patient

    told(story)


def test_an_answer_that_has_begun_keeps_nobody_waiting() -> None:
    async def story() -> None:
        line, ends = Line(1), asyncio.Event()

        async def download(scope: Scope, receive: Receive, send: Send) -> None:
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await ends.wait()
            await send({"type": "http.response.body", "body": b"here"})

        client = httpx.AsyncClient(transport=httpx.ASGITransport(InLine(download, line)), base_url="http://house")
        slow_reader = asyncio.create_task(client.get("/files/1"))
        await settled()

        await line.enter()  # the slow reader has left the line
        ends.set()
        assert (await slow_reader).text == "here"

    told(story)


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics", "/static/ground.css", "/widget/events"])
def test_streams_figures_and_what_lies_ready_do_not_wait(path: str) -> None:
    async def story() -> None:
        desk = Desk(Line(1))
        first = await desk.look()
        passing = asyncio.create_task(desk.client.get(path))
        await settled()
        assert desk.begun == 2

        desk.goes_on.set()
        await asyncio.gather(first, passing)

    told(story)
