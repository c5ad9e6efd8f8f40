"""Walks a page with Tab from its top to its end and back: what is not reached, not shown, out of order, or a trap."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

from playwright.sync_api import Frame, Page

_REACH = Path(__file__).with_name("reach.js").read_text().rstrip().rstrip(";")
BEGIN = f"() => {_REACH}.begin()"
ORDER = f"() => {{ const reach = {_REACH}; return reach.outOfOrder(reach.stops()); }}"
TOP = """() => {
  if (document.querySelector("dialog:modal")) return;
  document.activeElement?.blur();
  document.body.tabIndex = -1;
  document.body.focus();
  document.body.removeAttribute("tabindex");
}"""
SLACK = 3
"""Presses between two looks at what is left: what scrolls is a stop too, and fields of a date are several."""


def walked(page: Page, listens: bool = True) -> list[str]:
    """What is wrong with it. Presses Tab until it has been everywhere and begins again. `listens`: whether scripts run
    there; else it is asked after each press where it is. Leaves the focus where the page begins."""
    frames = _frames(page)
    page.evaluate(TOP)
    left = sum(frame.evaluate(BEGIN) for frame in frames)
    most, pressed = 4 * left + 40, 0
    while pressed < most:
        for _ in range(max(left, SLACK)):
            page.keyboard.press("Tab")
            if not listens:
                page.evaluate("() => window.tab.note()")
        pressed += max(left, SLACK)
        left = sum(len(_unseen(frame)) for frame in frames)
        if not left and _goes_round(frames[0]):
            break
    page.evaluate(TOP)
    found = [fault for frame in frames for fault in _told(frame)]
    return found if left or _goes_round(frames[0]) else [*found, "Tab does not lead round: it is caught somewhere"]


def _frames(page: Page) -> list[Frame]:
    return [frame for frame in page.frames if frame.url.startswith("http") and not frame.is_detached()]


def _unseen(frame: Frame) -> list[str]:
    names = "() => window.tab.names.filter((_, place) => !window.tab.order.includes(place))"
    return list(frame.evaluate(names))


def _goes_round(top: Frame) -> bool:
    """Whether its first stop was reached a second time; a single one is left for itself."""
    names, order = top.evaluate("() => [window.tab.names, window.tab.order]")
    return len(names) < 2 or order.count(order[0]) > 1


def _told(frame: Frame) -> list[str]:
    order = [one for one in frame.evaluate("() => window.tab.order") if isinstance(one, int)]
    begins = order.index(min(order)) if order else 0
    once = list(dict.fromkeys(order[begins:] + order[:begins]))
    names, faults = frame.evaluate("() => [window.tab.names, window.tab.faults]")
    found = [f"{name}: Tab does not lead to it" for name in _unseen(frame)]
    if once != sorted(once):
        wrong = next(b for a, b in pairwise(once) if b < a)
        found.append(f"{names[wrong]}: reached after what comes later in the page")
    return [*found, *dict.fromkeys(faults)]


def out_of_order(page: Page) -> list[str]:
    """What stands before something that it comes after, as the page is now; without a key."""
    return [fault for frame in _frames(page) for fault in frame.evaluate(ORDER)]
