"""What benchmarks share: texts to send, rates, and a plain HTTP client that costs little."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count

TEXTS = (
    "Why is my invoice higher this month than it was in October?",
    "How do I add a colleague to our workspace and give her the right to approve expenses?",
    "The bank feed stopped on Tuesday and nothing has been imported since, can you have a look?",
    "Where do I find the export of all receipts of the last quarter? Our accountant wants a single file.",
)
FORTY_TOKENS = (
    (
        "Hello, our invoice for this month is higher than the one before although we did not add any seats, and I "
        "cannot find out which of the positions has changed since then; could you explain it?"
    ),
    (
        "Good morning, our bank feed is not updating: no new transaction has come in since Tuesday although the "
        "connection to the bank is shown as active; what can I do so that the feed is up to date again?"
    ),
    (
        "Hi there, I would like to invite two new colleagues from accounting to our workspace so that they are able to "
        "enter their expenses themselves, but I cannot see on which page that is done?"
    ),
    (
        "Hello, I have forgotten the password of my account and the link that I asked for an hour ago does not seem to "
        "have arrived in my mailbox yet; how do I get into Ledgerly again today?"
    ),
    (
        "Dear team, we pay our plan month by month and would like to switch it to yearly billing from the next invoice "
        "on; where do I change that, and what becomes of what was paid for this month?"
    ),
    (
        "Hello, we have six people on our plan now and want to add three more seats in the middle of the month; on "
        "which page can I add the seats, and do they count from today on?"
    ),
    (
        "Hi, an expense report of one of our people has been waiting for its approval for more than a week now, and "
        "nobody here can see who would be the next to look at it; why is it stuck there?"
    ),
    (
        "Hello, our webhooks have not been arriving at our endpoint since the weekend although we changed nothing, and "
        "our server's log shows no request; where can we look what is wrong?"
    ),
)
"""Eight matters of the demo company that are answered, in messages of 41 to 46 tokens."""


def texts() -> Iterator[str]:
    """Short messages, no two alike."""
    return (f"{TEXTS[n % len(TEXTS)]} (case {n})" for n in count())


def rate(work: Callable[[int, int], object], writers: int, each: int) -> float:
    """Calls a second of `work(writer, n)` from `writers` threads, each `each` times. Raises what a call raised:
    what was not done is not counted."""
    gate = threading.Barrier(writers + 1)

    def run(writer: int) -> None:
        gate.wait()
        for n in range(each):
            work(writer, n)

    with ThreadPoolExecutor(writers) as threads:
        running = [threads.submit(run, writer) for writer in range(writers)]
        gate.wait()
        begin = time.perf_counter()
        for one in running:
            one.result()
        return writers * each / (time.perf_counter() - begin)


async def posts(port: int, path: str, key: str, bodies: list[bytes], connections: int) -> list[float]:
    """Sends every body over keep-alive connections; returns seconds per answer. Anything but 202 is an error."""
    waiting = iter(bodies)
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {key}\r\nContent-Type: application/json\r\n"
    )
    took: list[float] = []

    async def one() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for body in waiting:
            begin = time.perf_counter()
            writer.write(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
            answer = await reader.readuntil(b"\r\n\r\n")
            if b" 202 " not in answer[:20]:
                raise RuntimeError(answer.decode(errors="replace"))
            length = int(answer.lower().split(b"content-length:")[1].split(b"\r\n")[0])
            await reader.readexactly(length)
            took.append(time.perf_counter() - begin)
        writer.close()

    await asyncio.gather(*(one() for _ in range(connections)))
    return took


def opening(n: int, text: str) -> bytes:
    """The body of a POST that opens a conversation."""
    contact = {"external_id": f"bench-{n}", "verified": True, "name": "Ada"}
    return json.dumps({"contact": contact, "channel": "chat", "text": text, "client_id": f"b{n}"}).encode()
