"""The cast at their doors: customers who write without a browser, agents who sign in, and how a page is judged."""

from __future__ import annotations

import base64
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import SystemRandom

import httpx
from playwright.sync_api import Browser, BrowserContext, FloatRect, Locator, Page, Route, expect

from segue.app.judging import RULES, judged

PASSWORD = "demo"
PATIENCE = 20.0
"""Seconds that any test here waits for what it needs; one that finds it waits no longer than that takes."""
WISH = "I would like to talk to a person, please."
SURE = "Why is my invoice higher this month?"
"""A question that the assistant answers, whoever asks it."""
PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
"""A PNG of one dot."""
WIDTHS = (1440, 1280, 1024, 768, 390, 320)


@dataclass(frozen=True)
class LiveHouse:
    address: str
    guests: dict[str, str]
    """The addresses under which somebody the company knows writes."""
    key: str
    """Of the API, for what comes in by mail."""
    data: Path
    """Its data folder, for tests that look inside."""

    def mail(self, text: str, sender: str = "grace@northgate-clinics.example") -> str:
        """A mail of somebody the company knows; returns its conversation."""
        body = {"contact": {"email": sender}, "channel": "email", "text": text}
        headers = {"Authorization": f"Bearer {self.key}"}
        answer = httpx.post(f"{self.address}/api/v1/conversations", json=body, headers=headers)
        answer.raise_for_status()
        return str(answer.json()["conversation"]["id"])

    def writes(self, conversation: str, text: str) -> None:
        """The customer's next word there, as it comes in by mail."""
        headers = {"Authorization": f"Bearer {self.key}"}
        there = f"{self.address}/api/v1/conversations/{conversation}/messages"
        httpx.post(there, json={"text": text}, headers=headers).raise_for_status()


expect.set_options(timeout=PATIENCE * 1000)


def browser_of_its_own(chromium: Browser, **more: object) -> BrowserContext:
    """Pages of it, and what they are asked to wait for, have the same patience."""
    context = chromium.new_context(**more)  # type: ignore[arg-type]
    context.set_default_timeout(PATIENCE * 1000)
    return context


def somewhere() -> str:
    """An address of this machine. Each customer is at home elsewhere: of one address only so many may come at once."""
    return "127." + ".".join(str(SystemRandom().randrange(1, 255)) for _ in range(3))


class Customer:
    def __init__(self, house: LiveHouse, name: str) -> None:
        self.name = name
        self.client = httpx.Client(
            base_url=house.address, follow_redirects=True, timeout=PATIENCE,
            transport=httpx.HTTPTransport(local_address=somewhere()),
        )  # fmt: skip
        if name in house.guests:
            self.client.get(house.guests[name])

    def writes(self, text: str, **fields: str) -> str:
        """Returns what the customer sees once the assistant has dealt with it, so that it stands in somebody's list."""
        name = {} if self.client.cookies.get("segue_who") else {"name": self.name}
        self.client.post("/chat/messages", data={"text": text, **name, **fields}).raise_for_status()
        until = time.monotonic() + PATIENCE
        while 'id="considering"' in (seen := self.sees()):
            assert time.monotonic() < until, f"{text!r} was not considered within {PATIENCE} s"
            time.sleep(0.03)
        return seen

    def sees(self) -> str:
        return self.client.get("/chat/thread").text


_sessions: dict[tuple[str, str], dict[str, str]] = {}
"""What the browser of somebody who came in was given, by house and agent. To come in takes a processor a quarter of a
second, which is meant."""


def signed_in(page: Page, agent: str = "mira") -> Page:
    """With the session that a test before began in the same house, as long as it lasts; else by the form."""
    house = page.request.get("/sign-in").url
    kept = _sessions.setdefault((house, agent), {})
    page.context.add_cookies([{"name": one, "value": kept[one], "url": house, "httpOnly": True} for one in kept])
    page.goto("/desk")
    if "/sign-in" in page.url:
        page.fill("#email", f"{agent}@ledgerly.example")
        page.fill("#password", PASSWORD)
        page.click("main button")
        page.wait_for_url("**/desk**")
        kept |= {one["name"]: one["value"] for one in page.context.cookies()}
    return page


def opens(page: Page, subject: str, view: str = "unassigned") -> str:
    """Opens the conversation with this subject, once it stands in the queue, until its own composer is there, and not
    what stood there before; returns its path."""
    page.goto(f"/desk?view={view}")
    page.locator(".rows a", has_text=subject).first.click()
    page.wait_for_url("**/conversations/**")
    path = page.url.partition("?")[0]
    page.wait_for_selector(f"#composer[data-here$='{path.rpartition('/')[2]}']")
    return path


@contextmanager
def held(page: Page, address: str) -> Iterator[None]:
    """What the page asks of that address is not answered before the end, and has been asked by then."""
    asked = list[Route]()
    page.route(address, lambda route: asked.append(route))
    yield
    until = time.monotonic() + PATIENCE
    while not asked:
        assert time.monotonic() < until, f"{address} was not asked for within {PATIENCE} s"
        page.wait_for_timeout(20)
    for one in asked:
        one.continue_()
    page.unroute(address)


def becomes_true(page: Page, script: str, given: object = None) -> None:
    """Asked from here again and again: pages that let no string become a script refuse `wait_for_function`."""
    until = time.monotonic() + PATIENCE
    while not page.evaluate(script, given):
        assert time.monotonic() < until, f"{script!r} did not become true within {PATIENCE} s"
        page.wait_for_timeout(50)


def is_complaint(line: str) -> bool:
    """What the browser says of an answer with a 4xx status is not one: pages that refuse have such a status. Nor is
    that somebody had the focus already where a field asks for it."""
    return "Failed to load resource" not in line and "Autofocus processing was blocked" not in line


def violations(page: Page, *without: str, rules: Sequence[str] = RULES, but: Sequence[str] = ()) -> list[str]:
    """What axe finds in the page and in our frames within it, but for the parts that the selectors name."""
    return list(judged(page, *without, rules=rules, but=but).violations)


SMALL = """(least) => {
  const hit = (one) => one.matches("[type=radio], [type=checkbox], [type=file]") && one.closest("label") || one;
  return [...document.querySelectorAll("button, summary, select, textarea, .button, nav a, input:not([type=hidden])")]
    .filter((one) => one.checkVisibility({ visibilityProperty: true, opacityProperty: true })
      && one.getBoundingClientRect().width > 1)
    .map((one) => [one, hit(one).getBoundingClientRect()])
    .filter(([, box]) => Math.round(box.width) < least || Math.round(box.height) < least)
    .map(([one, box]) => `${one.outerHTML.slice(0, 90)} is ${Math.round(box.width)} × ${Math.round(box.height)}`);
}"""
FINGER = 44
"""Pixels that a finger hits."""


def is_seen(page: Page, one: Locator, without: str) -> bool:
    """Whether the picture of it, with what lies just around, is another once the script has taken that away."""
    one.scroll_into_view_if_needed()
    box = one.bounding_box()
    assert box
    clip = FloatRect(x=max(0, box["x"] - 6), y=max(0, box["y"] - 6), width=box["width"] + 12, height=box["height"] + 12)
    before = page.screenshot(clip=clip)
    one.evaluate(without)
    return page.screenshot(clip=clip) != before


def too_small(page: Page) -> list[str]:
    """What a finger would miss, in the page and its frames. The page is left to a mouse again."""
    device = page.context.new_cdp_session(page)
    device.send("Emulation.setTouchEmulationEnabled", {"enabled": True})
    page.wait_for_function("matchMedia('(pointer: coarse)').matches")
    frames = [frame for frame in page.frames if frame.url.startswith("http")]
    found = [fault for frame in frames for fault in frame.evaluate(SMALL, FINGER)]
    device.send("Emulation.setTouchEmulationEnabled", {"enabled": False})
    page.wait_for_function("!matchMedia('(pointer: coarse)').matches")
    device.detach()
    return found


def too_wide(page: Page, height: int = 720) -> list[int]:
    """The widths at which the page scrolls sideways; it is left at the narrowest."""
    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": height})
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found.append(width)
    return found
