"""Events: in order, once, from wherever one left off, whoever writes meanwhile and whatever breaks (trust R11)."""

from __future__ import annotations

import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.serving import Served, is_problem, opening, request
from api.test_database_gone import gone
from segue.web import following_api, stream

PATIENCE = 30.0
"""Seconds for what comes at once on a machine that has nothing else to do."""


@dataclass(frozen=True)
class Heard:
    id: str
    kind: str
    data: dict[str, Any]


@contextmanager
def following(running: Served, after: str | None = None, timeout: float = 10) -> Iterator[Iterator[Heard]]:
    """Events as a browser's EventSource would read them; the greeting comes first."""
    headers = {"Last-Event-ID": after} if after else {}
    with running.client(timeout=timeout) as client, client.stream("GET", "/events", headers=headers) as answer:
        assert answer.status_code == 200, answer.read()
        assert answer.headers["content-type"].startswith("text/event-stream")
        yield _heard(answer)


def _heard(answer: httpx.Response) -> Iterator[Heard]:
    told: dict[str, str] = {}
    for line in answer.iter_lines():
        if line == "" and "data" in told:
            yield Heard(told.get("id", ""), told.get("event", "message"), json.loads(told["data"]))
            told = {}
        elif line and not line.startswith(":"):
            name, _, value = line.partition(": ")
            told[name] = value


def latest(running: Served) -> str:
    with following(running) as events:
        return next(events).id


def everything_after(running: Served, cursor: str) -> list[str]:
    """What the log holds, read in one go."""
    xid, _, number = cursor.partition("-")
    rows = running.rooms.db.all(
        "select xid::text || '-' || id as cursor from events where (xid, id) > (%(xid)s::xid8, %(number)s::bigint)"
        " order by xid, id",
        {"xid": xid, "number": number},
    )
    return [row.cursor for row in rows]


def test_a_greeting_says_from_where_and_then_comes_what_happens(shared: Served, api: httpx.Client) -> None:
    with following(shared) as events:
        hello = next(events)
        assert (hello.kind, hello.data) == ("hello", {})
        told = api.post("/conversations", json=opening()).json()["conversation"]["id"]
        # What was written just before may still be told: it waits while an older transaction of the server runs.
        event = next(e for e in events if e.data["conversation"] == told)

    assert (event.kind, event.data["conversation"], event.data["seq"]) == ("message.received", told, 1)
    assert {"kind", "author", "at"} <= set(event.data)


def test_transactions_are_counted_as_numbers_are(own: Served) -> None:
    """99 comes before 100, whatever their letters say."""
    own.rooms.db.run("insert into events (xid, kind, author, at) select n::text::xid8, 'numbered', 'x', now()"
                     " from unnest(array[98, 99, 100, 101, 9, 10]) as n")  # fmt: skip
    with following(own, "0-0") as events:
        next(events)
        told = [int(next(events).id.partition("-")[0]) for _ in range(6)]
    assert told == [9, 10, 98, 99, 100, 101]


def test_every_deed_is_told(shared: Served, api: httpx.Client, conversation: str) -> None:
    here, by = f"/conversations/{conversation}", {"agent": "agt_mira"}
    deeds = {
        "claim": ["conversation.claimed", "message.sent"], "assign": ["conversation.assigned", "message.sent"],
        "reply": ["conversation.claimed", "message.sent"], "note": ["conversation.noted"],
        "hand-back": ["conversation.handed_back", "message.sent"],
        "resolve": ["conversation.resolved"], "reopen": ["conversation.reopened"],
    }  # fmt: skip
    more = {"assign": {"team": "billing"}, "reply": {"text": "a"}, "note": {"text": "a"}}
    article = {"slug": "told", "title": "Told", "body": "Told."}
    with following(shared) as events:
        next(events)
        for deed in deeds:
            assert api.post(f"{here}/{deed}", json=by | more.get(deed, {})).status_code < 300, deed
        api.put("/articles", json=article)
        api.delete("/articles/told")
        kinds = [*(kind for told in deeds.values() for kind in told), "article.published", "article.retired"]
        assert [next(events).kind for _ in kinds] == kinds


@pytest.mark.parametrize("how_far", [1, 4, 40])
def test_no_event_is_skipped_or_told_twice_while_writers_write_and_the_line_breaks(own: Served, how_far: int) -> None:
    """Eight writers, some slow to commit; a listener whose line breaks after a few events, again and again."""
    first, dice = latest(own), random.Random(how_far)
    heard: list[Heard] = []

    def write(writer: int) -> None:
        with own.client() as api:
            for n in range(20):
                if writer % 4:
                    api.post("/conversations", json=opening(f"{writer}.{n}", contact={}))
                else:
                    something_happens(own, slowly=0.01)

    with at_work(own, write, 8) as is_over:
        while not is_over(heard):
            with following(own, heard[-1].id if heard else first) as events:
                assert next(events).kind == "hello"
                heard += [event for _, event in zip(range(dice.randint(1, how_far)), events, strict=False)]
    told = [event.id for event in heard]
    assert told == everything_after(own, first)[: len(told)]
    assert len(told) > 160


def something_happens(running: Served, kind: str = "slow", slowly: float = 0.0) -> None:
    """A transaction that takes its number early and commits late."""
    with running.rooms.db.transaction() as transaction:
        transaction.execute("insert into events (kind, author, at) values (%s, 'x', now())", (kind,))
        time.sleep(slowly)


@contextmanager
def at_work(running: Served, write: Callable[[int], None], writers: int) -> Iterator[Callable[[list[Heard]], bool]]:
    """Writers write; gives whether a listener has heard the end, which is told a few times after the last of them."""
    with ThreadPoolExecutor(writers + 1) as pool:
        all_done = [pool.submit(write, n) for n in range(writers)]

        def tell_the_end() -> None:
            wait(all_done)
            for _ in range(50):
                something_happens(running, "end")

        ending = pool.submit(tell_the_end)
        yield lambda heard: bool(heard) and heard[-1].kind == "end"
        ending.result()
        for writer in all_done:
            writer.result()


def test_who_comes_from_far_back_catches_up_and_goes_on(own: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "KEPT", 20)
    first = latest(own)
    with own.client() as api, following(own, first) as early:
        next(early)
        for n in range(60):
            api.post("/conversations", json=opening(f"{n}", contact={}))
        expected = everything_after(own, first)
        assert [next(early).id for _ in expected] == expected
        for place in (0, 15, 45, 58):
            with following(own, expected[place]) as late:
                next(late)
                rest = expected[place + 1 :]
                assert [next(late).id for _ in rest] == rest
                api.post("/conversations", json=opening(contact={}))
                expected = everything_after(own, first)
                assert next(late).id == expected[-1]


def test_many_listeners_hear_the_same(own: Served) -> None:
    first = latest(own)

    def listen(_: int) -> list[str]:
        with following(own, first, timeout=20) as events:
            return [event.id for _, event in zip(range(41), events, strict=False)][1:]

    with ThreadPoolExecutor(61) as pool:
        listeners = [pool.submit(listen, n) for n in range(60)]
        with own.client() as api:
            for n in range(40):
                api.post("/conversations", json=opening(f"{n}", contact={}))
        told = {tuple(listener.result()) for listener in listeners}
    assert told == {tuple(everything_after(own, first))}


def test_a_mirror_kept_by_events_is_the_house_itself(own: Served) -> None:
    """Snapshot and events make a fresh snapshot: follow first, then read, then apply; lose the line anywhere."""
    dice = random.Random(7)
    heard: list[Heard] = []

    def mutate(writer: int) -> None:
        dice = random.Random(writer)
        with own.client() as api:
            mine = [api.post("/conversations", json=opening(contact={})).json()["conversation"]["id"] for _ in range(2)]
            for _ in range(15):
                here, by = f"/conversations/{dice.choice(mine)}", {"agent": dice.choice(("agt_mira", "agt_tom"))}
                deed, body = dice.choice([
                    ("claim", by | {"force": True}), ("assign", by | {"team": "billing"}),
                    ("reply", by | {"text": "a"}),
                    ("note", by | {"text": "a"}), ("hand-back", by), ("resolve", by), ("reopen", by),
                    ("messages", {"text": "b"}),
                ])  # fmt: skip
                assert api.post(f"{here}/{deed}", json=body).status_code < 500

    with own.client() as api, at_work(own, mutate, 4) as is_over:
        cursor = latest(own)
        mirror = {row["id"]: whole(api, row["id"]) for row in snapshot(api)}
        while not is_over(heard):
            with following(own, cursor) as events:
                next(events)
                for _, event in zip(range(dice.randint(1, 20)), events, strict=False):
                    heard.append(event)
                    cursor = event.id
                    if name := event.data["conversation"]:
                        mirror[name] = whole(api, name)
        assert mirror == {row["id"]: whole(api, row["id"]) for row in snapshot(api)}
    assert len(mirror) == 8


def whole(api: httpx.Client, conversation: str) -> dict[str, Any]:
    told: dict[str, Any] = api.get(f"/conversations/{conversation}").json()
    return told


def snapshot(api: httpx.Client) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = api.get("/conversations", params={"limit": "200"}).json()["conversations"]
    return told


# what is refused, and what ends


@pytest.mark.parametrize(
    "cursor", ["x", "1", "-", "1-", "-1", "1-1-1", "1.5-2", "0x1-2", "9" * 30 + "-1", "1-" + "9" * 30, "１-２"]
)
def test_what_is_no_cursor_is_refused_before_the_stream_begins(api: httpx.Client, cursor: str) -> None:
    for answer in (
        api.get("/events", headers={b"Last-Event-ID": cursor.encode()}),
        api.get("/events", params={"after": cursor}),
    ):
        assert is_problem(answer)["status"] == 422


def test_a_cursor_past_every_event_is_refused(api: httpx.Client) -> None:
    told = is_problem(api.get("/events", headers={"Last-Event-ID": "9999999999999999999-1"}))
    assert told["status"] == 422
    assert "anew" in told["detail"]


def test_where_nothing_happens_a_comment_comes(own: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "HEARTBEAT", 0.1)
    with own.client() as api, api.stream("GET", "/events") as answer:
        lines = (line for line in answer.iter_lines() if line.startswith(":"))
        assert [next(lines) for _ in range(3)] == [": still here"] * 3


def test_a_stream_ends_when_its_key_is_withdrawn(own: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (stream, following_api):
        monkeypatch.setattr(module, "HEARTBEAT", 0.05)
    monkeypatch.setattr("segue.web.doors.REMEMBERED", 0.1)
    with own.client("sk_events:read") as api, api.stream("GET", "/events") as answer:
        lines = answer.iter_lines()
        next(lines)
        own.rooms.db.run("delete from api_keys where name = 'events:read'")
        assert len(list(lines)) < 200


def test_a_stream_outlives_the_database_and_misses_nothing(own: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    first = latest(own)
    with own.client() as api, following(own, first) as events:
        next(events)
        api.post("/conversations", json=opening("before"))
        next(events)
        with gone(own):
            time.sleep(0.3)
        while api.post("/conversations", json=opening("after")).status_code != 202:
            time.sleep(0.1)
        assert next(events).id == everything_after(own, first)[1]


def test_a_listener_who_goes_leaves_nothing_behind(own: Served) -> None:
    for _ in range(20):
        with following(own) as events:
            next(events)
    deadline = time.monotonic() + PATIENCE
    while len(own.server.server_state.tasks) > 0 and time.monotonic() < deadline:
        time.sleep(0.02)
    assert len(own.server.server_state.tasks) == 0


def test_a_listener_who_does_not_read_holds_nobody_up(own: Served) -> None:
    with socket.create_connection(("127.0.0.1", own.port)) as deaf:
        deaf.sendall(request("GET", "/api/v1/events"))
        with own.client() as api, following(own) as events:
            next(events)
            for n in range(50):
                api.post("/conversations", json=opening(f"{n}", contact={}))
            assert [next(events).data["seq"] for _ in range(50)] == [1] * 50


GRACE = 600
"""Seconds that a server which ends would wait for its streams; their heartbeats are as rare."""
SERVE = f"""
import sys
import uvicorn
from api.serving import rooms_over, site
from segue.web import stream
stream.HEARTBEAT = {GRACE}
uvicorn.Server(uvicorn.Config(site(rooms_over(sys.argv[1])), port=0, fd=int(sys.argv[2]), log_level="warning",
    loop="uvloop", http="httptools", ws="none", timeout_graceful_shutdown={GRACE})).run()
"""


def test_a_server_told_to_end_ends_its_streams_at_once(furnished_copy: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = subprocess.Popen(
            [sys.executable, "-c", SERVE, furnished_copy, str(listener.fileno())], pass_fds=(listener.fileno(),),
            env=os.environ | {"PYTHONPATH": os.pathsep.join([str(Path(__file__).parent.parent), *sys.path])},
            stderr=subprocess.PIPE,
        )  # fmt: skip
        try:
            with socket.create_connection(listener.getsockname(), PATIENCE) as line:
                line.sendall(request("GET", "/api/v1/events"))
                greeting = b""
                while b"hello" not in greeting:
                    greeting += line.recv(65_536)
                server.send_signal(signal.SIGTERM)
                while line.recv(65_536):
                    pass
            server.wait(PATIENCE)
            assert b"Traceback" not in (server.stderr.read() if server.stderr else b"")
        finally:
            server.kill()
