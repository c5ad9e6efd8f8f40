"""How soon an agent sees what happened: from just before it is written to the database to the frame that shows it.

Five messages a second come in. Every second one is of the conversation that stands open, and is looked for in its
thread; the others are elsewhere, and the row of each gets a mark that is looked for in the list. The clock begins
before the commit, so a figure is never too good by what the database takes.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

import numpy as np

from segue.app.door import House
from segue.domain.conversation import Channel
from segue.store.inbox import Arrival
from segue.store.tags import Tags

APART = 0.2
"""Seconds between two messages."""
PATIENCE = 10_000
WATCH = """
() => {
  window.shown = {};
  new MutationObserver(() => {
    const fresh = (document.querySelector("#thread").textContent + document.querySelector("#rows").textContent)
      .match(/seen-[0-9]+/gi)?.map((mark) => mark.toLowerCase()).filter((mark) => !(mark in window.shown)) ?? [];
    for (const mark of fresh) window.shown[mark] = 0;
    const port = new MessageChannel();
    port.port1.onmessage = () => { for (const mark of fresh) window.shown[mark] = Date.now(); };
    if (fresh.length) requestAnimationFrame(() => port.port2.postMessage(0));
  }).observe(document.body, { childList: true, subtree: true });
}
"""


def arriving(house: House, page: Any, messages: int) -> dict[str, Any]:
    """Milliseconds by percentile, in the thread and in the list, and how many a second really came; `page` shows a list
    and its first conversation."""
    page.evaluate(WATCH)
    rows = page.eval_on_selector_all("#rows [data-id]", "rows => rows.map(row => row.dataset.id)")
    opened, others = rows[0], rows[1:]
    begun = dict[str, float]()
    first = next_at = time.monotonic()
    for n in range(messages):
        at = opened if n % 2 else others[n // 2 % len(others)]
        begun[f"seen-{n}"] = time.time()
        _happens(house, at, f"seen-{n}", is_open=at == opened)
        next_at += APART
        page.wait_for_timeout(max(0.0, next_at - time.monotonic()) * 1000)
    per_second = round(messages / (time.monotonic() - first), 2)
    page.wait_for_function(f"Object.values(window.shown).filter(Boolean).length >= {messages}", timeout=PATIENCE)
    shown = page.evaluate("window.shown")
    took = [(shown[mark] / 1000 - at) * 1000 for mark, at in begun.items()]
    return {"thread": _percentiles(took[1::2]), "list": _percentiles(took[::2]), "per_second": per_second}


def _happens(house: House, conversation: str, mark: str, is_open: bool) -> None:
    now = datetime.now(UTC)
    if not is_open:
        Tags(house.db).put(conversation, mark, "agt_tom", now)
    house.inbox.accept(Arrival(f"And one more thing: {mark}", Channel.CHAT, conversation), now)
    house.bell.ring("events")


def _percentiles(took: list[float]) -> dict[str, float]:
    return {f"p{at}": round(float(np.percentile(took, at)), 1) for at in (50, 95, 99)} | {"messages": len(took)}
