"""The load generator: what it sends is fixed beforehand, and it knows when it was late itself."""

from __future__ import annotations

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from unittest.mock import Mock

import numpy as np
import pytest

from segue.app.bench.bombs import judged
from segue.app.load.apart import Kept
from segue.app.load.customers import Heard
from segue.app.load.figures import Played, figures_of, of_curve
from segue.app.load.histogram import Histogram
from segue.app.load.lag import ALLOWED, Lag
from segue.app.load.people import Worked
from segue.app.load.plan import FOLLOWS, PROFILES, SETTLED, arrivals, profile_named
from segue.app.load.screens import Read, screens
from segue.app.load.wire import BROKEN, Answered, Wire, _Line
from segue.domain.errors import Refused

TEXTS = ("Why is my invoice higher?", "How do I add a colleague?")


def test_the_same_seed_sends_the_same_at_the_same_time() -> None:
    realistic = PROFILES["realistic"]

    assert arrivals(realistic, TEXTS, 7) == arrivals(realistic, TEXTS, 7)
    assert arrivals(realistic, TEXTS, 7) != arrivals(realistic, TEXTS, 8)


def test_messages_come_at_the_rate_of_the_profile_and_none_is_like_another() -> None:
    extreme = PROFILES["extreme"]

    due = arrivals(extreme, TEXTS, 7)

    assert len(due) == pytest.approx(extreme.per_second * extreme.seconds, rel=0.1)
    assert len({d.text for d in due}) == len(due)
    assert [d.at for d in due] == sorted(d.at for d in due)


def test_who_goes_on_has_had_time_to_read_and_goes_on_in_a_conversation_that_began() -> None:
    due = arrivals(PROFILES["extreme"], TEXTS, 7)

    going_on = [d for d in due if d.begun_by is not None]

    assert len(going_on) / len(due) == pytest.approx(FOLLOWS, abs=0.06)
    assert all(due[d.begun_by].begun_by is None and d.at - due[d.begun_by].at > SETTLED for d in going_on)


def test_a_profile_nobody_knows_is_refused_with_those_there_are() -> None:
    with pytest.raises(Refused, match="no profile quiet"):
        profile_named("quiet")


def test_a_generator_that_was_kept_from_running_says_its_figures_are_void() -> None:
    async def held_up() -> Lag:
        lag = Lag()
        measuring = asyncio.create_task(lag.measure())
        await asyncio.sleep(0.05)
        time.sleep(0.2)  # the fault
        await asyncio.sleep(0.05)
        measuring.cancel()
        return lag

    with ThreadPoolExecutor(1) as elsewhere:  # a browser's test may have left a running loop in this thread
        assert elsewhere.submit(asyncio.run, held_up()).result().is_void


def test_a_histogram_is_right_to_one_part_in_a_thousand_from_a_microsecond_to_a_minute() -> None:
    seconds = 10 ** np.random.default_rng(7).uniform(-6, 1.8, 20_000)

    kept = Histogram.of(seconds)

    for percentile in (0.1, 50, 95, 99, 99.9, 100):
        exact = np.percentile(seconds, percentile, method="inverted_cdf")
        assert kept.at(percentile) == pytest.approx(exact, rel=1 / 1000, abs=1e-6)


def test_two_histograms_joined_are_one_of_all() -> None:
    fast, slow = [0.001 * n for n in range(1, 500)], [1.0 + 0.01 * n for n in range(100)]

    joined = Histogram.of(fast)
    joined.join(Histogram.of(slow))

    assert joined.told() == Histogram.of([*fast, *slow]).told()
    assert Histogram().at(99) == 0.0


def test_what_takes_longer_than_an_hour_is_kept_as_the_longest() -> None:
    kept = Histogram.of([-1.0, 1e9])

    assert kept.at(50) == 0.0
    assert kept.at(100) > 3600


def _played(
    lag: Lag | None = None, refused: tuple[int, ...] = (), lost: int = 0, backlog: float | None = 1.0,
    speaks: bool = True, stood: tuple[int, ...] = (401, 400, 412),
) -> Played:  # fmt: skip
    spoke = {"cnv_1": 1.5} if speaks else {}
    heard = Heard(refused=list(refused), asked={"cnv_1": 1.0}, spoke=spoke, stood=list(stood))
    on_time = Kept(Lag(), 0.0, is_first=True)
    heard.accepted.add(0.01)
    cores = {"web": 0.9, "worker": 0.2, "generator": 0.1}
    return Played(heard, Worked(), Kept(lag or Lag(), 0.0, is_first=True), on_time, lost, backlog, cores)


def _late() -> Lag:
    late = Lag()
    late.late.add(2 * ALLOWED)
    return late


def test_one_lost_message_a_late_generator_a_backlog_that_stays_or_a_page_without_a_line_misses_the_bars() -> None:
    def holds(played: Played) -> bool:
        return bool(figures_of(PROFILES["realistic"], played)["holds"])

    assert holds(_played())
    assert not holds(_played(lost=1))
    assert not holds(_played(backlog=None))
    assert not holds(_played(lag=_late()))
    assert not holds(_played(stood=(401, 399, 412))), "one page of all those wanted had no line for a second"
    assert not holds(_played(stood=()))
    assert not holds(_played(speaks=False)), "where nobody was answered nobody was answered in time"


def test_a_knee_tells_of_each_rate_the_memory_of_every_part_and_how_many_pages_stood() -> None:
    memory = {"web": 190, "worker": 350, "encoder": 134, "up": 63, "database": 80}
    told = of_curve(figures_of(PROFILES["realistic"], _played()) | {"rss_mb": memory})

    assert told["rss_mb"] == memory
    assert told["pages"] == {"wanted": 400, "least": 400, "most": 412}


@pytest.mark.parametrize(
    ("played", "named"),
    [
        (_played(lag=_late()), "the generator's own lag, 100 ms"), (_played(refused=(503, 503, 429)), "2 times 503"),
        (_played(refused=(429,)), "1 times 429"), (_played(lost=3), "3 lost messages"),
        (_played(backlog=None), "a backlog that does not go"),
    ],
)  # fmt: skip
def test_what_stops_a_rate_is_named_with_who_was_busiest(played: Played, named: str) -> None:
    figures = figures_of(PROFILES["realistic"], played)

    assert not figures["is_borne"]
    assert named in figures["stopped_by"]
    assert "busiest web (cores: web 0.9" in figures["stopped_by"]
    assert figures_of(PROFILES["realistic"], _played())["stopped_by"] == ""


def test_a_desk_has_a_message_when_the_first_page_read_after_its_commit_has_come() -> None:
    there, elsewhere = ("cnv_1", "cnv_2"), ("cnv_3",)
    desk = [
        Read(9.0, 9.1, "cnv_1", there), Read(9.9, 10.3, "cnv_1", there),  # this one was begun before the commit
        Read(10.32, 10.35, "cnv_1", there, is_whole=False), Read(10.4, 10.6, "cnv_1", there),
        Read(10.7, 10.8, "cnv_1", there),
    ]  # fmt: skip
    other = [Read(9.0, 9.1, "cnv_4", elsewhere), Read(10.1, 10.2, "cnv_4", elsewhere)]

    seen = screens([("message.received", "cnv_1", 10.0)], [desk, other])

    assert (seen.thread.total, seen.list.total) == (1, 1)
    assert seen.thread.at(100) == pytest.approx(0.6, rel=1e-3)
    assert seen.list.at(100) == pytest.approx(0.35, rel=1e-3)


def test_the_clock_of_a_row_that_comes_by_a_handoff_begins_with_the_customers_message() -> None:
    before, with_it = ("cnv_1",), ("cnv_1", "cnv_9")
    happened = [("message.received", "cnv_9", 10.0), ("conversation.handed_off", "cnv_9", 10.2)]
    desk = [Read(10.1, 10.15, "cnv_1", before), Read(10.21, 10.3, "cnv_1", before), Read(10.4, 10.5, "cnv_1", with_it)]

    seen = screens(happened, [desk])

    assert (seen.thread.total, seen.list.total) == (0, 1)
    assert seen.list.at(100) == pytest.approx(0.5, rel=1e-3)
    assert seen.news.at(100) == pytest.approx(0.3, rel=1e-3)


def test_a_conversation_that_was_only_just_opened_is_no_message_that_came_to_it() -> None:
    """What was fetched ahead may be older than the message, and is shown without a look at the server."""
    desk = [Read(9.0, 9.1, "cnv_1", ("cnv_1",)), Read(10.1, 10.1, "cnv_2", ()), Read(10.5, 10.6, "cnv_2", ("cnv_1",))]

    assert screens([("message.received", "cnv_2", 10.0)], [desk]).thread.total == 0


async def _in_pieces(answer: bytes, size: int) -> Answered:
    line = _Line()
    line.connection_made(Mock())
    asked = asyncio.create_task(line.ask(b"GET / HTTP/1.1\r\n\r\n"))
    await asyncio.sleep(0)
    for at in range(0, len(answer), size):
        line.data_received(answer[at : at + size])
    return await asyncio.wait_for(asked, 5)


@pytest.mark.parametrize("size", [1, 9, 1000])
def test_an_answer_that_comes_in_pieces_is_given_when_it_is_whole(size: int) -> None:
    answer = b'HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: 8\r\n\r\n{"n": 7}'
    with ThreadPoolExecutor(1) as elsewhere:
        told = elsewhere.submit(asyncio.run, _in_pieces(answer, size)).result()

    assert (told.status, told.body) == (201, {"n": 7})


async def _says(wire: Wire, heard: list[bytes], until: int) -> None:
    stream = wire.follow("/desk/events", heard.append)
    assert not stream.is_heard, "the house has said nothing yet"
    try:
        async with asyncio.timeout(5):
            while len(heard) < until:
                await asyncio.sleep(0.005)
        assert stream.is_heard
    finally:
        stream.close()


def test_a_line_is_used_again_and_a_stream_brings_its_words_without_the_beats() -> None:
    served = [0]

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := await reader.readuntil(b"\r\n\r\n"):
            served[0] += 1
            if b"/desk/events" in head:
                whole = (
                    b"HTTP/1.1 200 OK\r\n\r\n18\r\nretry: 1000\ndata: {}\n\n\r\n"
                    b"1a\r\nevent: beat\ndata: {}\n\n\r\n"
                    b'1f\r\ndata: {"conversation":"c"}\n\n\r\n'
                )
            else:
                whole = b'HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: 8\r\n\r\n{"n": 7}'
            for at in range(0, len(whole), 9):
                writer.write(whole[at : at + 9])
                await writer.drain()
                await asyncio.sleep(0)

    async def told() -> tuple[Answered, Answered, list[bytes]]:
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        wire, heard = Wire(server.sockets[0].getsockname()[1], "sk_1"), list[bytes]()
        first, second = await wire.ask("POST", "/here", {"a": 1}), await wire.ask("GET", "/here")
        await _says(wire, heard, 2)
        wire.close()
        server.close()
        return first, second, heard

    with ThreadPoolExecutor(1) as elsewhere:
        first, second, heard = elsewhere.submit(asyncio.run, told()).result()

    assert (first.status, first.body, second.body) == (201, {"n": 7}, {"n": 7})
    assert heard == [b"{}", b'{"conversation":"c"}']
    assert served == [3]


def test_a_house_that_does_not_answer_is_no_answer_and_no_error() -> None:
    with ThreadPoolExecutor(1) as elsewhere:
        assert elsewhere.submit(asyncio.run, Wire(1, "").ask("GET", "/")).result().status == BROKEN


BORNE = {
    "calm_ms": [{"p99": 15.6, "refused": 0}], "bombed_ms": [{"p99": 19.5, "refused": 0}], "ratio_p99": 1.25,
    "slowest_item_s": 3.6, "unread": 0, "lost": 0, "bombs": 33, "is_void": False,
}  # fmt: skip


@pytest.mark.parametrize(
    "worse",
    [{"ratio_p99": 2.01}, {"slowest_item_s": 10.1}, {"unread": 1}, {"lost": 1}, {"bombed_ms": [{"refused": 1}]},
     {"bombs": 0}, {"is_void": True}],
    ids=lambda worse: next(iter(worse)),
)  # fmt: skip
def test_bombs_that_cost_others_too_much_or_are_not_read_miss_the_bars(worse: dict[str, object]) -> None:
    assert judged(BORNE)["holds"]
    assert not judged({**BORNE, **worse})["holds"]
