"""Who looks waits for a turn; who writes does not."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import httpx
import pytest
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.types import Message, Receive, Scope, Send

from segue.web.bounds import Bounds
from segue.web.line import LONGEST, InLine, Line
from segue.web.waiting import Asker, asker_of

LOOK, PERSON = {"accept": "application/json"}, {"accept": "text/html", "accept-language": "de"}


class Desk:
    """A house of which every page takes until it is let go on."""

    def __init__(self, line: Line) -> None:
        self.line, self.goes_on, self.begun = line, asyncio.Event(), 0
        self.house = Bounds(InLine(self._app, line))
        transport = httpx.ASGITransport(self.house)
        self.client = httpx.AsyncClient(transport=transport, base_url="http://house")

    async def _app(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.begun += 1
        if Request(scope).method == "GET":
            await self.goes_on.wait()
        elif scope["path"].endswith("/resolve"):
            await RedirectResponse("/desk?view=mine#top", 303)(scope, receive, send)
            return
        await PlainTextResponse("here")(scope, receive, send)

    async def look(self, path: str = "/desk", **headers: str) -> asyncio.Task[httpx.Response]:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        task = asyncio.create_task(self.client.get(path, headers=LOOK | named))
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


def test_who_waited_too_long_is_refused_though_no_place_comes_free() -> None:
    async def story() -> None:
        line = Line(1, longest=0)
        await line.enter()

        with pytest.raises(HTTPException):
            await line.enter()

        assert line.refused == 1
        line.leave(0.01)
        await line.enter()  # who was refused has not kept the place

    told(story)


def test_what_somebody_pressed_a_key_for_is_never_refused() -> None:
    async def story() -> None:
        line = Line(1, longest=0)
        await slow(line).enter()

        await line.enter(Asker(is_pressed=True))

        assert line.refused == 0
        line.leave(0.01)
        assert line.is_full  # one works beyond the number, and nobody else comes for it
        line.leave(0.01)
        assert not line.is_full

    told(story)


def test_a_page_that_a_deed_leads_to_is_part_of_the_deed() -> None:
    async def story() -> None:
        desk = Desk(slow(Line(1)))
        first = await desk.look()
        assert (await desk.client.post("/desk/conversations/cnv_1/resolve")).status_code == 303

        led_to = await desk.look("/desk?view=mine")

        assert desk.begun == 3
        assert (await desk.client.get("/desk?view=mine", headers=LOOK)).status_code == 503  # by a deed no more
        desk.goes_on.set()
        assert [(await one).status_code for one in (first, led_to)] == [200, 200]

    told(story)


async def in_order(*askers: Asker) -> list[Asker]:
    """The order in which they get the one place, for which they came in this one."""
    line, came = Line(1), list[Asker]()

    async def waits(asker: Asker) -> None:
        await line.enter(asker)
        came.append(asker)
        line.leave(0.01)

    await line.enter()
    waiting = [asyncio.create_task(waits(asker)) for asker in askers]
    await settled()
    line.leave(0.01)
    await asyncio.gather(*waiting)
    return came


def test_a_list_stands_behind_who_waits_for_one_conversation() -> None:
    async def story() -> None:
        a_list, conversation = Asker("mira", is_list=True), Asker("tom")
        assert await in_order(a_list, conversation) == [conversation, a_list]

    told(story)


def test_lists_come_on_however_many_wait_for_conversations() -> None:
    async def story() -> None:
        came = await in_order(*[Asker("tom")] * 8, Asker("mira", is_list=True))
        assert [asker.is_list for asker in came].index(True) == 3

    told(story)


def test_nobodys_many_requests_stand_before_somebody_elses_one() -> None:
    async def story() -> None:
        came = await in_order(*[Asker("eve")] * 5, Asker("mira"), Asker("tom"))
        assert [asker.who for asker in came[:3]] == ["eve", "mira", "tom"]

    told(story)


def test_who_asks_for_much_is_refused_and_nobody_else() -> None:
    async def story() -> None:
        line = Line(1)
        await line.enter()
        line._takes = LONGEST / 10
        greedy = [asyncio.create_task(line.enter(Asker("eve"))) for _ in range(20)]
        await settled()
        assert line.refused == 10

        assert line.expected(Asker("mira")) < LONGEST
        for one in greedy:
            one.cancel()
        await asyncio.gather(*greedy, return_exceptions=True)

    told(story)


@pytest.mark.parametrize(
    ("path", "headers", "is_list", "is_pressed"),
    [
        ("/desk", {}, True, False),
        ("/desk/conversations/cnv_1", {"sec-fetch-mode": "navigate"}, False, False),
        ("/desk/conversations/cnv_1", {"sec-fetch-mode": "cors"}, True, False),
        ("/desk/conversations/cnv_1", {"sec-fetch-mode": "cors", "x-changed": "cnv_2,cnv_12"}, True, False),
        ("/desk/conversations/cnv_1", {"sec-fetch-mode": "cors", "x-changed": "cnv_2,cnv_1"}, False, False),
        ("/desk/conversations/cnv_1", {"sec-fetch-mode": "cors", "x-part": "conversation"}, False, True),
        ("/desk/conversations/cnv_1/why", {"sec-fetch-mode": "cors", "x-part": "conversation"}, False, True),
        ("/desk/told", {"sec-fetch-mode": "cors"}, False, False),
    ],
)  # fmt: skip
def test_the_list_that_a_desk_reads_again_by_itself_is_told_from_what_a_person_asks_for(
    path: str, headers: dict[str, str], is_list: bool, is_pressed: bool
) -> None:
    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    asker = asker_of({"type": "http", "path": path, "headers": raw, "client": ("10.0.0.1", 4711)})
    assert asker == Asker("10.0.0.1", is_list, is_pressed)


def test_a_page_whose_reader_has_gone_is_not_made() -> None:
    async def story() -> None:
        desk, gone, sent = Desk(Line(1)), asyncio.Event(), list[Message]()
        first = await desk.look()

        async def receive() -> Message:
            if gone.is_set():
                return {"type": "http.disconnect"}
            gone.set()
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Message) -> None:
            sent.append(message)

        scope = {"type": "http", "method": "GET", "path": "/desk", "query_string": b"", "headers": [], "client": None}
        await desk.house(scope, receive, send)

        assert (desk.begun, sent) == (1, [])
        desk.goes_on.set()
        await first
        assert not desk.line.is_full

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
