"""How much the page of a host moves that carries the widget, or the form: the browser's own layout shifts, all of them,
those that follow a press of a key included.

A zero tells something only where the measure sees what moves: so each page is moved on purpose in the end.
"""

from __future__ import annotations

from typing import Any

from segue.app.browsing import chromium, whole
from segue.app.pictures import furnished
from segue.app.screens import QUESTION
from segue.app.settings import Settings

WIDTHS = {1280: 720, 390: 844}
PAGES = tuple(f"{name}_{width}" for width in WIDTHS for name in ("widget", "form"))
MOVED = """() => new Promise((done) => {
  const seen = [], watch = new PerformanceObserver((list) => seen.push(...list.getEntries()));
  watch.observe({ type: "layout-shift", buffered: true });
  requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() =>
    done([...seen, ...watch.takeRecords()].reduce((sum, one) => sum + one.value, 0)))));
})"""
"""All that moved since the page began, once two frames are painted: what moved in the first is known by then."""
PUSH = """() => {
  scrollTo(0, 0);  // further down the browser would hold on to what is seen
  document.querySelector("main").prepend(Object.assign(document.createElement("p"), { style: "height: 99px" }));
}"""


def run(at: Settings) -> dict[str, Any]:
    """The sum of the shifts on each page by width, from its first paint until an answer stands there, and the least of
    those that were made on purpose."""
    furnished(at, lived=0)
    found: dict[str, Any] = {}
    pushed = list[float]()
    with whole(at) as address, chromium() as browser:
        for width, height in WIDTHS.items():
            look = {"base_url": address, "viewport": {"width": width, "height": height}}
            for name, path, answered in (("widget", "/demo/billing", _widget), ("form", "/demo/contact", _form)):
                page = browser.new_context(**look).new_page()
                page.goto(path)
                answered(page)
                found[f"{name}_{width}"] = round(page.evaluate(MOVED), 4)
                page.evaluate(PUSH)
                pushed.append(page.evaluate(MOVED) - found[f"{name}_{width}"])
                page.context.close()
    return found | {"least_pushed_on_purpose": round(min(pushed), 4)}


def _widget(page: Any) -> None:
    """Opened, asked, answered, closed."""
    page.locator(".launch").click()
    frame = page.frame_locator("iframe")
    frame.locator("#text").fill(QUESTION)
    frame.locator("#text").press("Enter")
    frame.locator(".said.assistant").first.wait_for()
    page.keyboard.press("Escape")
    page.locator(".panel").wait_for(state="hidden")


def _form(page: Any) -> None:
    """Refused for want of an address, sent, answered."""
    frame = page.frame_locator("iframe")
    frame.locator("#about").fill("My invoice")
    frame.locator("#text").fill(QUESTION)
    frame.locator("#send").click()
    frame.locator("#reach-error:not(:empty)").wait_for()
    frame.locator("#reach").fill("eve@elsewhere.example")
    frame.locator("#send").click()
    frame.locator(".said.assistant").first.wait_for()
