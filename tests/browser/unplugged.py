"""A desk without a mouse: hands that only have keys, and a page that complains where anything points at it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any, NoReturn
from unittest.mock import patch

from playwright.sync_api import ElementHandle, Frame, Locator, Mouse, Page, Touchscreen, expect

from browser.cast import PASSWORD

POINTS = (
    "click", "dblclick", "hover", "tap", "check", "uncheck", "set_checked", "drag_to", "drag_and_drop", "select_option",
    "fill", "focus", "type", "press", "press_sequentially", "dispatch_event", "evaluate", "move", "down", "up", "wheel",
)  # fmt: skip
"""What reaches into a page otherwise than a key does."""
COMPLAINS = """for (const name of ["pointerdown", "mousedown", "wheel", "touchstart"])
  addEventListener(name, (event) => event.isTrusted && console.error(`a mouse: ${name}`), true);"""
"""Whoever opened the window fails where it logs an error. A move is none: a browser tells of one by itself where things
move under a pointer that rests, and ours rests where the window opened it."""


def _nobody_points(*_: object, **__: object) -> NoReturn:
    raise AssertionError("The mouse is unplugged.")


@contextmanager
def unplugged(page: Page) -> Any:
    """The page's keys. Nothing else works on any page meanwhile."""
    page.add_init_script(COMPLAINS)
    with ExitStack() as stack:
        for kind in (Page, Frame, Locator, ElementHandle, Mouse, Touchscreen):
            for name in POINTS:
                if hasattr(kind, name):
                    stack.enter_context(patch.object(kind, name, _nobody_points))
        yield Keys(page)


@dataclass
class Keys:
    """One agent's hands; what they look at is read, never touched."""

    page: Page

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def types(self, words: str) -> None:
        self.page.keyboard.type(words)

    def signs_in(self, agent: str) -> None:
        self.page.goto("/sign-in?next=/desk?view=unassigned")
        expect(self.page.locator("#email")).to_be_focused()
        self.types(f"{agent}@ledgerly.example")
        self.press("Tab")
        self.types(PASSWORD)
        self.press("Enter")
        self.page.wait_for_url("**/desk?view=unassigned")
        self.is_ready()

    def is_ready(self) -> None:
        """Its scripts listen: they put the keys beside the buttons."""
        expect(self.page.locator("#main [data-key] kbd").first).to_be_attached()

    def finds(self, words: str) -> None:
        """Searches from anywhere, and stands at what came first, with the hands on the list's keys."""
        self.press("/")
        self.types(words)
        self.press("Enter")
        expect(self.page.locator("#list-called")).to_have_text(f"Found: {words}")
        self.is_ready()
        self.press("Escape")

    def goes(self, view: str, key: str) -> None:
        self.press("g", key)
        self.page.wait_for_url(f"**/desk?view={view}")
        self.is_ready()

    def walks_to(self, subject: str) -> None:
        """With j or k, from where it stands on: in a list of others, too, it may have come in above."""
        rows = self.page.locator("#rows [data-id]")
        wanted = str(rows.filter(has_text=subject).get_attribute("data-id"))
        for _ in range(rows.count() + 1):
            before = str(self.page.locator("#main").get_attribute("data-id"))
            if before == wanted:
                return expect(self.page.locator("#title h1")).to_contain_text(subject)
            ids = rows.evaluate_all("all => all.map((one) => one.dataset.id)")
            self.press("k" if before in ids and ids.index(before) > ids.index(wanted) else "j")
            expect(self.page.locator("#main")).not_to_have_attribute("data-id", before)
        raise AssertionError(f"j and k do not lead to {subject}.")

    def chooses(self, *keys: str, words: str = "", option: str = "") -> None:
        """Opens a list with keys, types some words, and takes what stands first."""
        self.press(*keys)
        expect(self.page.locator("#chooser")).to_be_visible()
        self.types(words)
        expect(self.page.locator("#chooser [role=option]").first).to_contain_text(option or words)
        self.press("Enter")

    def writes(self, words: str, *sends: str) -> None:
        """Into the composer as it stands, then sends it and leaves it."""
        expect(self.page.locator("#text")).to_be_focused()
        self.types(words)
        self.press(*sends, "Escape")

    def reads(self, words: str) -> None:
        """What the desk says it did."""
        expect(self.page.locator("#toast-text")).to_contain_text(words)

    def sees(self, selector: str, words: str | re.Pattern[str] | Sequence[str]) -> None:
        expect(self.page.locator(selector)).to_contain_text(words)  # type: ignore[arg-type]

    def tabs_to(self, selector: str) -> None:
        """With Tab, which reaches everything."""
        for _ in range(80):
            if self.page.locator(f"{selector}:focus").count():
                return
            self.press("Tab")
        raise AssertionError(f"Tab does not reach {selector}.")
