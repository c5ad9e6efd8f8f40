"""What hostile mail costs everybody else: messages come at a fixed rate while bombs come in by the listener.

Each bomb is a mail that asks for much more than it brings: parts in parts, a megabyte of headers, a page of nested
boxes, a file that is one letter ten million times, and one that comes letter by letter. Calm and bombed stretches take
turns, so that what the machine does besides shows as a difference between stretches of one kind.
"""

from __future__ import annotations

import asyncio
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import replace
from itertools import count
from multiprocessing import get_context
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Event
from queue import Empty
from smtplib import LMTP, SMTPException
from typing import Any

from segue.app.load.customers import Customers
from segue.app.load.house import running
from segue.app.load.lag import Lag
from segue.app.load.plan import PROFILES, arrivals
from segue.app.load.run import Stage, key_of, lost, stage_of
from segue.app.load.wire import Wire
from segue.app.processes import free_port
from segue.app.settings import Settings

STRETCHES = 3
"""Of each kind."""
BRINGERS = 3
"""Who bring one bomb after the other, together `A_SECOND`."""
A_SECOND = 1.0
READ_WITHIN = 120.0
"""Seconds that are waited for those of one stretch to be read."""
RATIO, ITEM = 2.0, 10.0
"""The bars: how many times as long others may wait, and seconds within which a bomb is a message or set aside."""
OURS = "support@segue.invalid"


def run(at: Settings, per_second: float, seconds: float) -> dict[str, Any]:
    """Milliseconds to a 202 with and without bombs, by stretch; how many bombs came, and how long until each had been
    read or set aside. `is_void`: the generator itself was late, and nothing holds."""
    stage, port = stage_of(at), free_port()
    calm, bombed, brought = list[dict[str, float]](), list[dict[str, float]](), 0
    is_void, left_out, slowest, unread = False, 0, 0.0, 0
    with running(at, mail_listen=f"127.0.0.1:{port}") as up:
        for n in range(2 * STRETCHES):
            with _bombs(port, n) if n % 2 else nullcontext([0]) as taken:
                told, void, gone = asyncio.run(_stretch(stage, up.port, per_second, seconds, n))
            (bombed if n % 2 else calm).append(told)
            brought, is_void, left_out = brought + taken[0], is_void or void, left_out + gone
            slowest, unread = _all_read(stage)
    stage.house.db.close()
    median_calm, median_bombed = (sorted(one["p99"] for one in some)[len(some) // 2] for some in (calm, bombed))
    return judged({
        "per_second": per_second, "seconds": seconds, "calm_ms": calm, "bombed_ms": bombed, "bombs": brought,
        "ratio_p99": round(median_bombed / median_calm, 2), "slowest_item_s": slowest, "unread": unread,
        "lost": left_out, "is_void": is_void,
    })  # fmt: skip


def judged(figures: dict[str, Any]) -> dict[str, Any]:
    """With each bar, and whether all of them hold. Without a bomb none does."""
    refused = sum(stretch["refused"] for stretch in (*figures["calm_ms"], *figures["bombed_ms"]))
    bars = {
        "ratio_p99": figures["ratio_p99"] <= RATIO, "item": figures["slowest_item_s"] <= ITEM,
        "all_read": not figures["unread"], "nothing_lost": not figures["lost"], "nothing_refused": not refused,
    }  # fmt: skip
    return figures | {"bars": bars, "holds": all(bars.values()) and figures["bombs"] > 0 and not figures["is_void"]}


async def _stretch(stage: Stage, port: int, per_second: float, seconds: float, n: int) -> Any:
    profile = replace(PROFILES["realistic"], per_second=per_second, seconds=seconds, chats=1)
    wire, lag = Wire(port, stage.key), Lag()
    plan = arrivals(profile, stage.texts, n)
    customers = Customers(wire, plan, key_of(stage.house), f"bombs-{n}-{time.time_ns()}", 40)
    measures = asyncio.create_task(lag.measure())
    await customers.write(time.monotonic())
    measures.cancel()
    customers.leave()
    wire.close()
    told = customers.told.accepted.told((50.0, 95.0, 99.0, 100.0)) | {"refused": len(customers.told.refused)}
    return told, lag.is_void, lost(stage.house, customers.told.promised)


def _all_read(stage: Stage) -> tuple[float, int]:
    """Seconds that the slowest mail so far took from its arrival until it was a message or set aside; and how many of
    them still are neither."""
    end = time.monotonic() + READ_WITHIN
    while (row := stage.house.db.one(_WAITING)) is not None and row.waiting and time.monotonic() < end:
        time.sleep(0.2)
    assert row is not None
    return round(float(row.slowest), 1), row.waiting


_WAITING = """
select count(*) filter (where state = 'new') as waiting,
    coalesce(extract(epoch from max(coalesce(e.at, m.decided_at) - m.received_at)), 0) as slowest
from mails m
left join lateral (select at from events where kind = 'mail.suspended' and body ->> 'mail' = m.id limit 1) e on true
"""


# the bombs


@contextmanager
def _bombs(port: int, n: int) -> Iterator[list[int]]:
    """Brought by a process of their own until the block is over, for what they compute would hold up who measures;
    gives how many were taken, once it is over."""
    spawn, taken = get_context("spawn"), [0]
    is_over, brought = spawn.Event(), spawn.Queue()
    bringer = spawn.Process(target=_bring, args=(port, n, is_over, brought), daemon=True)
    bringer.start()
    try:
        yield taken
    finally:
        is_over.set()
        with suppress(Empty):
            taken[0] = brought.get(timeout=90)
        bringer.join(10)


def _bring(port: int, n: int, is_over: Event, brought: Queue[int]) -> None:
    """One after the other from a few at once."""
    os.nice(19)  # a stranger computes on a machine of their own
    taken, numbers, begin = list[str](), count(), time.monotonic()

    def brings() -> None:
        while not is_over.wait(max(0.0, begin + (number := next(numbers)) / A_SECOND - time.monotonic())):
            name, make = KINDS[number % len(KINDS)]
            raw = _head(f"{n}.{number}") + make()
            with suppress(OSError, SMTPException):
                with LMTP("127.0.0.1", port, timeout=30) as server:
                    server.sendmail(f"eve{number}@elsewhere.example", [OURS], raw)
                taken.append(name)

    threads = [threading.Thread(target=brings, daemon=True) for _ in range(BRINGERS)]
    threads.append(threading.Thread(target=_slow, args=(port, is_over), daemon=True))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(40)
    brought.put(len(taken))


def _slow(port: int, is_over: Event) -> None:
    """One letter at a time, for as long as it is borne."""
    while not is_over.is_set():
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 5) as line:
            line.sendall(f"LHLO e\r\nMAIL FROM:<eve@e.example>\r\nRCPT TO:<{OURS}>\r\nDATA\r\n".encode())
            while not is_over.wait(0.1):
                line.sendall(b"x")


def _head(number: str) -> bytes:
    return (f"From: eve@elsewhere.example\r\nTo: {OURS}\r\nSubject: Bomb {number}\r\n"
            f"Message-ID: <{number}.{time.time_ns()}@elsewhere.example>\r\n").encode()  # fmt: skip


def _deep() -> bytes:
    deep = 1000
    opened = "".join(f'Content-Type: multipart/mixed; boundary="b{n}"\r\n\r\n--b{n}\r\n' for n in range(deep))
    return (opened + "Content-Type: text/plain\r\n\r\nHello\r\n").encode()


def _headers() -> bytes:
    return b"".join(b"X-%d: %s\r\n" % (n, b"a" * 200) for n in range(5_000)) + b"\r\nHello\r\n"


def _boxes() -> bytes:
    return b"Content-Type: text/html\r\n\r\n" + b"<div>" * 100_000 + b"Hello\r\n"


def _one_letter() -> bytes:
    line = b"QUFB" * 19 + b"\r\n"
    return b"Content-Type: application/zip\r\nContent-Transfer-Encoding: base64\r\n\r\n" + line * 130_000


def _parts() -> bytes:
    return b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n' + b"--b\r\n\r\nx\r\n" * 20_000 + b"--b--\r\n"


KINDS: list[tuple[str, Callable[[], bytes]]] = [
    ("deep", _deep), ("headers", _headers), ("boxes", _boxes), ("one letter", _one_letter), ("parts", _parts),
]  # fmt: skip
