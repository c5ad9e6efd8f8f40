"""The database goes away: an honest 503, no false 202, nobody waits long, and it recovers without hands (trust R10)."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import httpx
import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from api.serving import KEY, Served, answer_from, is_problem, opening, request, served
from databases import SERVER, fresh_database
from segue.knowledge.encoder_service import EncoderClient
from segue.knowledge.library import Library
from segue.store.knowledge import KnowledgeStore
from segue.web import bounds

SLACK = 15.0
"""Seconds that a machine with much to do may take on top of what the house promises."""


def database_of(running: Served) -> str:
    return str(conninfo_to_dict(running.rooms.db.conninfo)["dbname"])


def cut(database: str, refuse: bool | None = None) -> None:
    """Ends every connection to the database, after letting new ones in or not."""
    with psycopg.connect(os.environ[SERVER], autocommit=True) as connection:
        if refuse is not None:
            lets_in = sql.SQL("alter database {} with allow_connections {}").format(
                sql.Identifier(database), sql.Literal(not refuse)
            )
            connection.execute(lets_in)
        connection.execute(
            "select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = %s", (database,)
        )


@contextmanager
def gone(running: Served) -> Iterator[None]:
    cut(database_of(running), refuse=True)
    try:
        yield
    finally:
        cut(database_of(running), refuse=False)


def timed(ask: Callable[[], httpx.Response]) -> tuple[httpx.Response, float]:
    begin = time.monotonic()
    return ask(), time.monotonic() - begin


def test_everything_says_so_in_time_and_works_again_by_itself(own: Served) -> None:
    with (
        own.client(timeout=2 * SLACK) as api,
        own.client("sk_unknown", timeout=2 * SLACK) as stranger,
        own.client(None, timeout=2 * SLACK) as health,
    ):
        health.base_url = httpx.URL(own.url)
        first = api.post("/conversations", json=opening()).json()["conversation"]["id"]
        before = own.count("messages")
        asks = {
            "open": lambda: api.post("/conversations", json=opening()),
            "write": lambda: api.post(f"/conversations/{first}/messages", json={"text": "Anybody there?"}),
            "list": lambda: api.get("/conversations"),
            "reply": lambda: api.post(f"/conversations/{first}/reply", json={"agent": "agt_mira", "text": "Hi."}),
            "events": lambda: api.get("/events", headers={"Last-Event-ID": "0-0"}),
            "stranger": lambda: stranger.get("/conversations"),
            "readyz": lambda: health.get("/readyz"),
            "metrics": lambda: health.get("/metrics"),
            "healthz": lambda: health.get("/healthz"),
        }
        with gone(own), ThreadPoolExecutor(len(asks)) as pool:
            answers = dict(zip(asks, pool.map(timed, asks.values()), strict=True))

        assert answers.pop("healthz")[0].text == "ok\n"
        assert "segue_database_up 0.0" in answers.pop("metrics")[0].text
        for name, (answer, seconds) in answers.items():
            assert (name, answer.status_code) == (name, 503)
            assert answer.headers["retry-after"] == "2", name
            assert seconds < bounds.PATIENCE + SLACK, name
            if name != "readyz":
                assert "database" in is_problem(answer)["type"] or "time" in is_problem(answer)["detail"], name
                assert "host" not in answer.text
        assert answers["readyz"][0].json()["missing"] == ["database"]

        deadline = time.monotonic() + SLACK
        while (again := api.post("/conversations", json=opening())).status_code != 202:
            assert time.monotonic() < deadline, again.text
        assert api.get("/conversations").status_code == 200
        assert own.count("messages") == before + 1


def test_connections_that_were_cut_are_replaced_before_anybody_notices(own: Served) -> None:
    with own.client() as api, ThreadPoolExecutor(8) as pool:

        def ask(n: int) -> int:
            answer = api.post("/conversations", json=opening()) if n % 2 else api.get("/policy")
            return int(answer.status_code)

        list(pool.map(ask, range(32)))  # the pools are full
        cut(database_of(own))
        assert set(pool.map(ask, range(32))) == {200, 202}


def test_whatever_was_accepted_is_there_and_nothing_else_however_often_it_is_cut(own: Served) -> None:
    stop = threading.Event()
    accepted: set[str] = set()
    refused: set[str] = set()

    def write(writer: int) -> None:
        with own.client() as api:
            for n in range(10_000):
                if stop.is_set():
                    return
                answer = api.post("/conversations", json=opening(f"{writer}.{n}", contact={}))
                assert answer.status_code in (202, 503), answer.text
                (accepted if answer.status_code == 202 else refused).add(f"{writer}.{n}")

    with ThreadPoolExecutor(8) as pool:
        writers = [pool.submit(write, n) for n in range(8)]
        for cuts in range(1, 9):
            until = time.monotonic() + SLACK
            while len(accepted) < 8 * cuts and time.monotonic() < until:
                time.sleep(0.01)
            cut(database_of(own))
        stop.set()
        for writer in writers:
            writer.result()

    kept = {row.body for row in own.rooms.db.all("select body from messages")}
    assert len(accepted) > 50
    assert accepted <= kept
    assert kept <= accepted | refused, "a refused message may have been saved, but nothing else"


def test_a_locked_table_keeps_nobody_waiting(furnished: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("segue.web.accepting.PATIENCE", 0.5)
    monkeypatch.setattr(bounds, "PATIENCE", 1.0)
    with fresh_database(like=furnished) as url, served(url) as running, running.client(timeout=2 * SLACK) as api:
        assert api.get("/conversations").status_code == 200
        with psycopg.connect(url) as other:
            other.execute("lock table conversations")
            for ask in (lambda: api.post("/conversations", json=opening()), lambda: api.get("/conversations")):
                answer, seconds = timed(ask)
                assert is_problem(answer)["status"] == 503
                assert seconds < bounds.PATIENCE + SLACK
        assert api.get("/conversations").json()["conversations"] == []
        assert api.post("/conversations", json=opening()).status_code == 202


def test_a_line_whose_request_was_given_up_is_good_for_the_next(
    furnished: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with fresh_database(like=furnished) as url, served(url) as running, psycopg.connect(url) as other:
        assert running.raw(request("GET", "/api/v1/policy"))[0] == 200
        other.execute("lock table policies")
        with socket.create_connection(("127.0.0.1", running.port), SLACK) as line:
            for path, status, patience in (("/api/v1/policy", 503, 0.3), ("/healthz", 200, bounds.PATIENCE)):
                monkeypatch.setattr(bounds, "PATIENCE", patience)
                line.sendall(request("GET", path, authorization=f"Bearer {KEY}"))
                assert answer_from(line)[0] == status
        other.rollback()
        assert running.raw(request("GET", "/api/v1/policy"))[0] == 200


def test_who_waits_at_a_server_that_is_told_to_end_hears_that_it_ended(furnished: str) -> None:
    with fresh_database(like=furnished) as url, psycopg.connect(url) as other:
        other.execute("lock table policies")
        with served(url) as running, ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(running.raw, request("GET", "/api/v1/policy", authorization=f"Bearer {KEY}"))
            while not waits_for_a_lock(url):
                time.sleep(0.02)
            running.server.should_exit = True
            status, headers, _ = waiting.result(2 * SLACK)
            other.rollback()  # else its thread would keep the server from ending

    assert (status, headers["connection"], headers["retry-after"]) == (503, "close", "2")


def waits_for_a_lock(url: str) -> bool:
    with psycopg.connect(url) as connection:
        row = connection.execute(
            "select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
        ).fetchone()
        return row is not None


def test_a_whole_message_whose_key_cannot_be_looked_up_hears_so_in_time(
    furnished: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounds, "PATIENCE", 0.5)
    with fresh_database(like=furnished) as url, psycopg.connect(url) as other, served(url) as running:
        other.execute("lock table api_keys")
        answer, seconds = timed(lambda: running.raw(request("POST", "/api/v1/conversations", b'{"contact": {}}')))
        other.rollback()

    assert answer[0] == 503
    assert seconds < bounds.PATIENCE + SLACK


def test_a_body_that_never_ends_is_not_waited_for(furnished: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "UPLOAD", 1.0)
    head = request("POST", "/api/v1/conversations", b"", content_length="1000")
    with fresh_database(like=furnished) as url, served(url) as running:
        status, _, body = running.raw(head, b"{", b" ", pause=0.1)

    assert (status, b"did not arrive" in body) == (408, True)


def test_an_encoder_that_cannot_be_reached_is_told_of_and_turns_nobody_away(own: Served, tmp_path: Path) -> None:
    """Everything would go to people, and nobody would know why; but what is taken meanwhile is taken for good."""
    assert "encoder" not in httpx.get(f"{own.url}/readyz").json()["missing"]
    library = Library(KnowledgeStore(own.rooms.db), EncoderClient(tmp_path / "nobody"))
    own.app.state.rooms = replace(own.rooms, library=library)

    answer = httpx.get(f"{own.url}/readyz")

    assert (answer.status_code, answer.json()["checks"]["accepting"]) == (200, True)
    assert "encoder" in answer.json()["missing"]
    with own.client() as api:
        assert api.post("/conversations", json=opening()).status_code == 202


def test_a_house_that_may_not_write_is_not_ready(own: Served) -> None:
    """As one is whose database has failed over to a copy that only reads."""
    own.rooms.db.run("do $$ begin execute format('alter database %I set default_transaction_read_only = on',"
                     " current_database()); end $$")  # fmt: skip
    own.rooms.db.run("select pg_terminate_backend(pid) from pg_stat_activity"
                     " where datname = current_database() and pid <> pg_backend_pid()")  # fmt: skip

    answer = httpx.get(f"{own.url}/readyz")

    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
    assert "accepting" in answer.json()["missing"]
