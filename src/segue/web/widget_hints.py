"""Answers that may help on the page somebody looks at: the page's own words, searched among the public articles.

The one idea: a page's title names its subject beside words that name nothing (Settings, Home, the product itself), so
those are left out before searching; and what is not near enough is not shown.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from urllib.parse import unquote, urlsplit

from segue.domain.conversation import Page
from segue.knowledge.library import Library
from segue.web.prose import message_html

MOST = 2
NEAR = 0.42
"""The least score, cosine and shared words together. On the demo company's pages what helps lies above 0.44, what does
not below 0.40."""
DEPTH = 8
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


def hints(library: Library, page: Page | None, workspace: str, today: date) -> list[Hint]:
    """At most two, each from an article of its own."""
    asked = about(page, workspace) if page else ""
    if not asked:
        return []
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
