"""Listens to a browser for anything that a text did in it, and provokes what waits for somebody's hand."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import BrowserContext, Frame, Page, Request, Route

from browser.payloads import OUT

TRIPPED = re.compile(r"tripped\s*[( ]\s*(\d+)|out\.example/(\d+)")
RAN = re.compile(r"tripped \d+")
"""What a script says that ran; a line with more in it is the browser's, of what it stopped."""
LISTENS = "window.tripped = n => console.log('tripped ' + n)"
"""In every frame of every page, before anything of its own."""
_ACTING = Path(__file__).with_suffix(".js").read_text().rstrip(";\n")
PROVOKE, LEFT = f"where => {_ACTING}.provoke(where)", f"where => {_ACTING}.left(where)"


@dataclass
class Oracle:
    """Of one browser context."""

    context: BrowserContext
    own: tuple[str, ...] = ()
    """Beginnings of addresses that may be asked for. (A picture that came with a mail is named by `cid:`.)"""
    acted: set[int] = field(default_factory=set)
    """Numbers of payloads that ran a script or asked for something."""
    reached: set[int] = field(default_factory=set)
    """Those of them that nothing stopped: the script ran, the request went out."""
    strange: list[str] = field(default_factory=list)
    """Anything else that no text may bring about."""

    def __post_init__(self) -> None:
        self.context.add_init_script(LISTENS)
        self.context.on("request", self._asked)
        self.context.on("console", lambda line: self._heard(line.text))
        self.context.on("dialog", lambda dialog: (self.strange.append(f"a dialog: {dialog.message}"), dialog.dismiss()))
        self.context.route(re.compile(re.escape(OUT)), self._out)

    def _asked(self, request: Request) -> None:
        if found := TRIPPED.search(request.url):
            self.acted.add(int(found[1] or found[2]))
        elif not request.url.startswith((*self.own, "cid:")) or request.url.endswith("x."):
            self.strange.append(f"asked for {request.url[:200]}")

    def _out(self, route: Route) -> None:
        if found := TRIPPED.search(route.request.url):
            self.reached.add(int(found[1] or found[2]))
        route.fulfill(body="")

    def _heard(self, line: str) -> None:
        if found := TRIPPED.search(line):
            self.acted.add(int(found[1] or found[2]))
            if RAN.fullmatch(line):
                self.reached.add(int(found[1] or found[2]))
        elif "Content Security Policy" in line or "Refused to" in line:
            self.strange.append(line[:200])

    def serves(self, address: str, html: str) -> None:
        """A page without any policy."""

        def answer(route: Route) -> None:
            route.fulfill(body=html, content_type="text/html; charset=utf-8")

        self.context.route(address, answer)

    def looks_at(self, page: Page | Frame, where: str) -> tuple[int, list[str]]:
        """Provokes what is in the places; how many elements that were, and which of them may not be."""
        left = page.evaluate(LEFT, where)
        provoked = page.evaluate(PROVOKE, where)
        page.wait_for_timeout(150)
        return int(provoked), list(left)
