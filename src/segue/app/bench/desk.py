"""How fast the desk answers a key: from the press to the next conversation and its briefing painted, in a real browser.

The clock begins with the browser's own time of the key event and ends after the frame that shows the new conversation:
a message task queued from requestAnimationFrame runs once that frame was handed over.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from segue.app.bench.arriving import arriving
from segue.app.bench.growth import past as past_of
from segue.app.bench.load import texts
from segue.app.bench.weights import js_bytes
from segue.app.browsing import chromium, served, signs_in
from segue.app.demo.seed import seed
from segue.app.door import House, open_house
from segue.app.mind import Mind
from segue.app.settings import Settings
from segue.domain.conversation import Channel
from segue.intake.worker import Worker
from segue.knowledge.encoder import StandIn
from segue.store.history import bring_in
from segue.store.inbox import Arrival

WISH = "I would like to talk to a person, please."
WATCH = """
() => {
  let pressed = 0;
  window.took = [];
  addEventListener("keydown", (event) => { pressed = event.timeStamp; }, true);
  new MutationObserver((changes) => {
    if (!pressed || !changes.some((c) => [...c.addedNodes].some((node) => node.id === "briefing"))) return;
    const begin = pressed, port = new MessageChannel();
    pressed = 0;
    port.port1.onmessage = () => window.took.push(performance.now() - begin);
    requestAnimationFrame(() => port.port2.postMessage(0));
  }).observe(document.body, { childList: true });
}
"""

FIRST_VIEW = """
() => {
  const looks = new MutationObserver(() => {
    if (!document.querySelector("#rows [data-id]") || !document.querySelector("#composer #text")) return;
    looks.disconnect();
    const port = new MessageChannel();
    port.port1.onmessage = () => (window.firstView = performance.now());
    requestAnimationFrame(() => port.port2.postMessage(0));
  });
  looks.observe(document, { childList: true, subtree: true });
}
"""
"""Since the page was asked for until the frame that has the list's rows and the conversation's composer."""


def run(
    at: Settings, past: int = 100_000, waiting: int = 150, presses: int = 80, messages: int = 300
) -> dict[str, Any]:
    """Milliseconds by percentile: of a key at a reading pace (the next one is fetched ahead) and pressed without a
    pause, and of what happens, see `arriving`."""
    house = open_house(at, StandIn())
    now = datetime.now(UTC)
    seed(house, now)
    bring_in(house.db, past_of(house, past), "bench")
    _waiting(house, waiting, now)
    house.db.run("vacuum analyze")
    with served(at) as address, chromium() as browser:
        look = {"base_url": address, "viewport": {"width": 1280, "height": 720}}
        page = browser.new_context(**look, bypass_csp=True).new_page()
        signs_in(page, "mira@ledgerly.example")
        figures: dict[str, Any] = {"first_view_ms": _first_view(page)}
        fresh = browser.new_context(**look, storage_state=page.context.storage_state())
        figures["first_view_nothing_kept_ms"] = _first_view(fresh.new_page())
        fresh.close()
        for name, pause in (("reading", 400), ("rushing", 0)):
            page.goto("/desk?view=unassigned")
            page.wait_for_selector("#composer")
            page.evaluate(WATCH)
            figures[f"key_to_painted_{name}_ms"] = _pressed(page, presses, pause)
        page.goto("/desk?view=unassigned")
        page.wait_for_selector("#composer")
        figures["commit_to_painted_ms"] = arriving(house, page, messages)
    house.db.close()
    return {"conversations": past + waiting, "waiting": waiting, **figures, "js_bytes_gz": js_bytes()}


def _first_view(page: Any) -> float:
    """Milliseconds until the desk is painted with its list and the composer of a conversation: the server draws both.
    Once with what the browser kept of the sign-in, once in a browser that has kept nothing. A frame may be asked for
    before its styles are there: what is told is never earlier than the first paint."""
    page.add_init_script(f"({FIRST_VIEW})()")
    page.goto("/desk?view=unassigned")
    page.wait_for_function("window.firstView && performance.getEntriesByName('first-contentful-paint').length")
    painted = "Math.max(window.firstView, performance.getEntriesByName('first-contentful-paint')[0].startTime)"
    return round(float(page.evaluate(painted)), 1)


def _pressed(page: Any, presses: int, pause: int) -> dict[str, float]:
    for n in range(presses):
        before = page.evaluate("window.took.length")
        page.keyboard.press("j" if n < presses - 1 else "k")
        page.wait_for_function(f"window.took.length > {before}")
        page.wait_for_timeout(pause)
    took = np.array(page.evaluate("window.took"))
    return {f"p{at}": round(float(np.percentile(took, at)), 1) for at in (50, 95)} | {"presses": len(took)}


def _waiting(house: House, count: int, now: datetime) -> None:
    """Conversations that wait for people, each with its briefing."""
    worker, spoken = Worker(house.inbox, Mind(house), lambda: datetime.now(UTC)), texts()
    for n in range(count):
        arrival = Arrival(f"{WISH} {next(spoken)}", Channel.CHAT, external_id=f"bench-{n}", name=f"Customer {n}")
        house.inbox.accept(arrival, now - timedelta(minutes=n % 300))
    worker.work_off()
