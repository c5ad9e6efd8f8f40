"""The story of the first minute before everybody's eyes: customers write in the widget, the agent answers at the desk,
the lead edits the article, all in the one page that shows both sides of a running house.

What is read here is read off the screens; only the codes of a decision come from the API, for screens show words.
"""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from datetime import UTC, datetime
from os import environ
from typing import Any

from rich.text import Text

from segue.app.browsing import chromium, whole
from segue.app.cli.common import err, out
from segue.app.demo.morning import morning
from segue.app.demo.performing import Seen, perform
from segue.app.demo.seed import seed
from segue.app.demo.story import StoryStep, story
from segue.app.door import open_house
from segue.app.settings import Settings

SIZE = {"width": 1440, "height": 900}
PATIENCE = 60.0
"""Seconds until anything that must come has come."""
TYPING = 14
"""Milliseconds a letter, where somebody looks on."""
READING = 2500
"""Milliseconds for which a card stays open, there too."""


def play(at: Settings, pause: float, say: bool, headless: bool) -> dict[str, Any]:
    """In a house of its own over the empty database of `at`. Raises Unavailable where there is no browser."""
    is_shown = not headless and has_display()
    with chromium(is_shown) as browser:
        err.print("Loading the demo company.")
        key = _furnish(at)
        with whole(at) as address:
            page = browser.new_context(base_url=address, viewport=SIZE).new_page()
            screen = Screen(page, key, is_watched=is_shown and pause > 0)
            screen.open()
            report = perform(screen, lambda line: _tell(page, line, say), pause)
            if is_shown and pause > 0:
                err.print("Close the window to end.")
                page.wait_for_event("close", timeout=0)
    return report


def has_display() -> bool:
    return sys.platform == "darwin" or bool(environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY"))


class Screen:
    """The page of both sides, and who is where on it. `key` is one of the API that reads conversations."""

    def __init__(self, page: Any, key: str, is_watched: bool = False) -> None:
        page.set_default_timeout(PATIENCE * 1000)
        self.page, self._key, self._is_watched = page, key, is_watched
        self.product = page.frame_locator("iframe[name=product]")
        self.widget = self.product.frame_locator("iframe")
        self.desk = page.frame_locator("iframe[name=desk]")
        self._customer, self._conversation, self._at_desk = "", "", ""

    def open(self) -> None:
        """The story's customer at the product, its agent at the desk, who sees what the assistant is handling."""
        self._customer = story().contact
        self.page.goto(f"/demo?as={self._customer}")
        self._comes_in(next(step.who for step in story().steps if step.author == "agent"))
        self.desk.locator("#go-assistant").click()

    # the three who act

    def customer(self, step: StoryStep) -> Seen:
        self._at_the_product(step.who)
        spoken = self.widget.locator(".said.assistant").count() if self._conversation else 0
        self._conversation, seq = self._sends(step.text)
        decision = self._decided(seq)
        if decision["action"] in ("answer", "ask"):
            self.widget.locator(".said.assistant").nth(spoken).wait_for()
        elif decision["action"] == "hand_off":
            self.widget.locator("#passed-on").wait_for()
        reasons = [cause["reason"] for cause in decision["because"]]
        return {"did": decision["action"], "reasons": reasons, **self._read()}

    def agent(self, step: StoryStep) -> Seen:
        self._comes_in(step.who)
        self.desk.locator("#go-unassigned").click()
        self.desk.locator(f"#open-{self._conversation}").click()
        self.desk.locator(f"main[data-id={self._conversation}]").wait_for()
        briefing, why = self._briefing(), self._why()
        text = self.desk.locator("#text")
        self._write(text, step.text)
        text.press("ControlOrMeta+Enter")
        self.widget.locator(".said.agent", has_text=step.text).wait_for()
        self.desk.locator("#thread .said.agent:not(.waiting)", has_text=step.text).wait_for()
        self._presses("Shift+K", "Proposed as an article")
        if step.solved:
            self._presses("e", "is resolved")
        return {"did": "replied", "briefing": briefing, "why": why}

    def lead(self, step: StoryStep) -> Seen:
        self._comes_in(step.who)
        self.desk.locator(".who-menu summary").click()
        self.desk.locator(".who-menu a[href='/knowledge']").click()
        title = self.desk.locator(f"a[href='/knowledge/articles/{step.article}']").first.inner_text()
        self.desk.locator(".tabs a[href$='show=candidates']").click()
        self.desk.locator("a[href^='/knowledge/candidates/']").first.click()  # the newest
        body, name = self.desk.locator("#body"), self.desk.locator("#title").input_value()
        proposed = body.input_value()
        into = self.desk.locator("#into")
        into.select_option(into.locator("option:not([value^=cnd_])", has_text=title).first.get_attribute("value"))
        self.desk.locator("#merge").click()
        self.desk.locator(".line-diff").wait_for()
        article = body.input_value().partition(f"\n\n## {name}\n")[0]
        body.fill(f"{article}\n\n")  # what was a word to one customer is put for all of them
        self._write(body, step.text)
        self.desk.locator("[data-press=agree] kbd").wait_for(state="attached")  # now its key does something
        self.desk.locator("#main").press("a")
        self.desk.locator("p.bar.calm[role=status]").wait_for()
        return {"did": "approved", "proposed": proposed}

    # how they do it

    def _at_the_product(self, who: str) -> None:
        """They are signed in there, and their widget is open."""
        if who != self._customer:
            self.widget.locator("#close").click()  # in a narrow pane it lies over the page
            self.product.locator(f".about a[href$='?as={who}']").click()
            self._customer, self._conversation = who, ""
        self.product.locator(f".about a[href$='?as={who}'][aria-current]").wait_for()
        self.product.locator(".launch").wait_for()
        if self.product.locator(".panel").is_hidden():
            self.product.locator(".launch").click()
        self.widget.locator("#text").wait_for()

    def _sends(self, text: str) -> tuple[str, int]:
        """Conversation and place of the message, as the house took it."""
        field = self.widget.locator("#text")
        self._write(field, text)
        with self.page.expect_response(lambda answer: answer.url.endswith("/widget/messages")) as sent:
            field.press("Enter")
        taken = sent.value.json()
        self.widget.locator(".said.mine", has_text=text).wait_for()
        return taken["conversation"], taken["seq"]

    def _decided(self, seq: int) -> dict[str, Any]:
        until = time.monotonic() + PATIENCE
        there = f"/api/v1/conversations/{self._conversation}/turns"
        while time.monotonic() < until:
            answer = self.page.request.get(there, headers={"Authorization": f"Bearer {self._key}"})
            for turn in answer.json()["turns"]:
                if turn["seq"] == seq:
                    return dict(turn["decision"])
            self.page.wait_for_timeout(100)
        raise TimeoutError(f"Message {seq} of {self._conversation} was not considered within {PATIENCE:.0f} s.")

    def _read(self) -> dict[str, Any]:
        """The newest that was said, and what it rests on."""
        said = self.widget.locator(".said.assistant, .said.system").last
        sources = said.locator(".sources a").all()
        return {
            "said": [said.locator(".text").inner_text()],
            "articles": sorted({str(one.get_attribute("href")).rpartition("/")[2] for one in sources}),
        }

    def _briefing(self) -> dict[str, Any]:
        beside = self.desk.locator("#briefing")
        beside.locator("#b-why").wait_for()
        return {
            "why": beside.locator("#b-why .main").inner_text(),
            "wanted": beside.locator("#b-wanted .main").inner_text(),
            "tried": beside.locator("#b-wanted .tight li").all_inner_texts(),
            "known": beside.locator("#b-wanted strong").all_inner_texts(),
            "next_step": beside.locator("#b-next .main").inner_text(),
        }  # fmt: skip

    def _why(self) -> str:
        """What the card says that the key opens; it is closed again."""
        self._presses("w")
        card = self.desk.locator("#card")
        said = str(card.locator(".parts").inner_text())
        if self._is_watched:
            self.page.wait_for_timeout(READING)
        card.press("Escape")
        card.wait_for(state="hidden")
        return said

    def _presses(self, key: str, says: str = "") -> None:
        """Where nobody types, once the page's scripts have put the keys beside the buttons; until the desk says so."""
        self.desk.locator("#main [data-key] kbd").first.wait_for(state="attached")
        self.desk.locator("#main").press(key)
        if says:
            self.desk.locator("#toast-text", has_text=says).wait_for()

    def _comes_in(self, who: str) -> None:
        if who == self._at_desk:
            return
        self._at_desk = who
        self.page.locator(f"button[name=email][value^='{who}@']").click()
        self.desk.locator(".who-menu summary", has_text=who.capitalize()).wait_for()

    def _write(self, field: Any, text: str) -> None:
        if self._is_watched:
            field.focus()
            field.evaluate("field => field.setSelectionRange?.(field.value.length, field.value.length)")
            field.press_sequentially(text, delay=TYPING)
        else:
            field.fill(text if field.input_value().strip() == "" else f"{field.input_value()}{text}")


def _furnish(at: Settings) -> str:
    """The demo company and its morning; the key of its API."""
    house, now = open_house(replace(at, encoder_socket="")), datetime.now(UTC)
    key = str(seed(house, now)["key"])
    morning(house, now)
    house.db.close()
    return key


def _tell(page: Any, line: str, say: bool) -> None:
    """In the terminal, and under the two sides."""
    if say:
        out.print(line)
    page.locator("#told").evaluate("(told, words) => { told.textContent = words; }", Text.from_markup(line).plain)
