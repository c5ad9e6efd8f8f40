"""How fast messages are taken in: the bare statement, our accept around it, and the whole way through HTTP."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
import time
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.request import urlopen

import numpy as np

from segue.app.bench.load import opening, posts, rate, texts
from segue.app.processes import listen_on
from segue.app.settings import Settings
from segue.app.up import environment
from segue.domain.conversation import Channel
from segue.store.database import Database
from segue.store.inbox import Arrival, Inbox, statement_for
from segue.store.workspace import Workspace
from segue.web.doors import SCOPES, new_secret

WRITERS = (1, 32)
ROUNDS = 4


def run(at: Settings, messages: int = 4000) -> dict[str, Any]:
    """`ratio` is ours over bare, from the same run; the two take turns, so that a noisy machine hits both."""
    db = Database(at.database_url, max(WRITERS)).open()
    figures: dict[str, Any] = {}
    for writers in WRITERS:
        bare, ours = _in_turns(db, writers, messages // writers // ROUNDS)
        figures[f"writers_{writers}"] = {"bare_per_s": bare, "accept_per_s": ours, "ratio": round(ours / bare, 3)}
    db.close()
    figures["http"] = _through_http(at, messages)
    return figures


def _in_turns(db: Database, writers: int, each: int) -> tuple[float, float]:
    inbox, spoken, lock = Inbox(db, "bench"), texts(), threading.Lock()

    def arrival() -> Arrival:
        with lock:
            text = next(spoken)
        return Arrival(text, Channel.CHAT, external_id=text[-12:], is_verified=True, client_id=text)

    def ours(_writer: int, _: int) -> None:
        inbox.accept(arrival(), datetime.now(UTC))

    def bare_rate() -> float:
        """Each writer on a connection of its own, the same ones that `ours` takes from the pool."""
        with ExitStack() as held:
            lines = [held.enter_context(db.connection()) for _ in range(writers)]
            return rate(lambda w, _: lines[w].execute(*statement_for(arrival(), datetime.now(UTC))).fetchone(),
                        writers, each)  # fmt: skip

    rounds = [(bare_rate(), rate(ours, writers, each)) for _ in range(ROUNDS)]
    return round(float(np.median([b for b, _ in rounds])), 1), round(float(np.median([o for _, o in rounds])), 1)


def _through_http(at: Settings, messages: int) -> dict[str, Any]:
    key = new_secret("sk")
    Workspace(Database(at.database_url, 1).open()).put_key("bench", key, SCOPES, datetime.now(UTC))
    listener = listen_on("127.0.0.1", 0)
    port = listener.getsockname()[1]
    web = subprocess.Popen(
        [sys.executable, "-m", "segue", "web", "--fd", str(listener.fileno())], pass_fds=(listener.fileno(),),
        env=environment(replace(at, encoder="standin", encoder_socket="")),
    )  # fmt: skip
    try:
        urlopen(f"http://127.0.0.1:{port}/healthz", timeout=30).read()
        bodies = [opening(n, text) for n, text in zip(range(messages + 200), texts(), strict=False)]
        asyncio.run(posts(port, "/api/v1/conversations", key, bodies[:200], 8))
        begin = time.perf_counter()
        took = asyncio.run(posts(port, "/api/v1/conversations", key, bodies[200:], 32))
        seconds = time.perf_counter() - begin
    finally:
        web.terminate()
        web.wait()
    p50, p99 = np.percentile(took, (50, 99))
    return {"per_s": round(messages / seconds, 1), "p50_ms": round(p50 * 1e3, 2), "p99_ms": round(p99 * 1e3, 2)}
