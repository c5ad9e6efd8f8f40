"""Answers that may help on the page somebody looks at: the page's own words, searched among the public articles.

The one idea: a page's title names its subject beside words that name nothing (Settings, Home, the product itself), so
those are left out before searching; and what is not near enough is not shown.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from datetime import date
from urllib.parse import unquote, urlsplit

from fastapi import Request

from segue.domain.conversation import Page
from segue.knowledge.library import Library
from segue.web.limits import Limit
from segue.web.prose import message_html

MOST = 2
NEAR = 0.42
"""The least score, cosine and shared words together. On the demo company's pages what helps lies above 0.44, what does
not below 0.40."""
DEPTH = 8
KEPT = 60.0
"""Seconds for which a page's hints are shown again without searching."""
MOST_KEPT = 500
MOST_LOOKS = 120
"""Pages that one address may have searched for in a minute: an office at work, no machine."""
SHOWN = 420
"""Characters of a passage."""
_WORD = re.compile(r"[^\W\d_]{3,}")
_SAYS_NOTHING = frozenset(_WORD.findall(
    "settings setting preferences options home dashboard overview account page pages app apps index main welcome new "
    "edit view details list help support login www com html php the and for with your our all demo example"
))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Hint:
    title: str
    slug: str
    html: str


class Hints:
    """Remembers what it found for a page for a while: everybody on it asks the same."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._found: dict[str, tuple[float, list[Hint]]] = {}
        self._looks = Limit(MOST_LOOKS, 60)

    def on(self, page: Page | None, workspace: str, today: date, address: str) -> list[Hint]:
        """At most two, each from an article of its own. None for an `address` that goes through very many pages."""
        asked = about(page, workspace) if page else ""
        seen = self._found.get(asked)
        if seen and seen[0] > time.monotonic():
            return seen[1]
        if not asked or self._looks.wait(address):
            return []
        self._looks.count(address)
        if len(self._found) >= MOST_KEPT:
            self._found.clear()
        found = search(self._library, asked, today)
        self._found[asked] = (time.monotonic() + KEPT, found)
        return found


async def hints(request: Request) -> Hints:
    """A dependency: made when the first widget asks."""
    state = request.app.state
    if not hasattr(state, "widget_hints"):
        state.widget_hints = Hints(state.rooms.library)
    found = state.widget_hints
    assert isinstance(found, Hints)
    return found


def search(library: Library, asked: str, today: date) -> list[Hint]:
    vector = library.encoder.encode([asked])[0]
    found: dict[str, Hint] = {}
    for one in library.search(asked, vector, today, DEPTH):
        if one.score >= NEAR and not one.is_stale and one.slug not in found:
            found[one.slug] = Hint(one.title, one.slug, message_html(_cut(one.passage.text)))
    return list(found.values())[:MOST]


def about(page: Page, workspace: str) -> str:
    """The words that say what a page is about; empty where it names only itself."""
    own = {word.casefold() for word in _WORD.findall(workspace)} | _SAYS_NOTHING
    parts = [part for part in unquote(urlsplit(page.url).path).split("/") if part]
    last = parts[-1].rpartition(".")[0] or parts[-1] if parts else ""
    words = dict.fromkeys(word for text in (page.title, last) for word in _WORD.findall(text))
    seen, kept = set[str](), list[str]()
    for word in words:
        if word.casefold() not in own | seen:
            seen.add(word.casefold())
            kept.append(word)
    return " ".join(kept[:12])


def _cut(text: str) -> str:
    """Whole paragraphs, as many as fit; of one that is too long its beginning."""
    if len(text) <= SHOWN:
        return text
    head = text[:SHOWN].rpartition("\n\n")[0]
    return head if len(head) > SHOWN / 3 else text[:SHOWN].rpartition(" ")[0] + " …"
