"""How fast the inbox drains: whole turns with decision and reply, stand-in encoder, two worker processes."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from segue.app.bench.load import texts
from segue.app.demo.seed import seed
from segue.app.door import open_house
from segue.app.settings import Settings
from segue.app.up import environment
from segue.domain.conversation import Channel
from segue.store.inbox import Arrival


def run(at: Settings, messages: int = 8000, workers: int = 2) -> dict[str, Any]:
    """Messages a second from the first decision to the last. Raises RuntimeError where a worker died on the way.

    The night's learning is taken for done: workers of a workspace that is a minute old begin it at once, and it was a
    tenth of what was measured here.
    """
    house = open_house(replace(at, encoder="standin", encoder_socket=""))
    seed(house, datetime.now(UTC))
    for n, text in zip(range(messages), texts(), strict=False):
        arrival = Arrival(text, Channel.CHAT, external_id=f"drain-{n}", is_verified=True, client_id=str(n))
        house.inbox.accept(arrival, datetime.now(UTC))
    house.lessons.store.claim_night((datetime.now(UTC) + timedelta(days=1)).date())
    env = environment(replace(at, encoder="standin", encoder_socket="", log="error"))
    running = [subprocess.Popen([sys.executable, "-m", "segue", "worker"], env=env) for _ in range(workers)]
    try:
        wait_for(lambda: bool(house.inbox.backlog()[0]), running)
    finally:
        for worker in running:
            worker.terminate()
        for worker in running:
            worker.wait()
    row = house.db.one(
        "select count(*) as n, extract(epoch from max(decided_at) - min(decided_at)) as seconds,"
        " count(*) filter (where action in ('answer', 'ask', 'acknowledge')) as spoke from decisions"
    )
    replies = house.db.one("select count(*) as n from messages where answers_seq is not null")
    house.db.close()
    assert row is not None
    assert replies is not None
    return {
        "messages": row.n, "replies": replies.n, "answered_alone": row.spoke, "workers": workers,
        "per_s": round(row.n / float(row.seconds), 1),
    }  # fmt: skip


def wait_for(is_left: Callable[[], bool], workers: Sequence[subprocess.Popen[bytes]], pause: float = 0.5) -> None:
    """Until nothing is left; looks every `pause` seconds, for counting costs what we measure. Raises RuntimeError where
    a worker died: the figure would be that of fewer, or never come."""
    while is_left():
        for worker in workers:
            if worker.poll() is not None:
                raise RuntimeError(f"A worker ended with {worker.returncode} before the inbox was empty.")
        time.sleep(pause)
