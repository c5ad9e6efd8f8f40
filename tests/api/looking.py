"""A page that stands open, without a browser: it shows what it loaded, and of that anew what the page's script swaps at
each news (`static/live.js`): the children of its live parts, never the rest.

What the rest holds and a fresh page would show otherwise is stale until somebody loads it again.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from functools import lru_cache
from html.parser import HTMLParser

import httpx

from segue.store.events import Event
from segue.web.news import _Listener

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
LEFT_ALONE = {"composer", "approving", "correcting", "registry", "bulk", "files-reply", "files-note"}
"""Somebody may be typing in them, or has chosen there: the script looks after them, a swap would be in its way. So of
live parts in them only those are compared that the open page has, too; and of what one has begun to write, files
with it, no other page is told."""
REST, TOLD = "", "whose page it is, and in which language"
_FLEETING = re.compile(
    r"<time.*?</time>|(?:cli|rpl)_\w+|\b\d+ (?:s|min|h|d|seconds?|minutes?|hours?)\b|\d\d:\d\d(:\d\d)?(\.\d+)?"
    r"|<title>.*?</title>|data-title=\"[^\"]*\"|(?<=sig=)[\w-]+|(?<=until=)\d+|data-at=\"[^\"]*\"", re.DOTALL
)  # fmt: skip


class _Parts(HTMLParser):
    """The page by its live parts, and the rest of it, in which they are holes."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=False)
        self.found: dict[str, str] = {REST: ""}
        self.told = ""
        """Whose page it is, and in which language."""
        self._open: list[tuple[str, str]] = []
        """Each open element, with the part that what stands in it belongs to."""
        self.feed(html)

    @property
    def _part(self) -> str:
        return self._open[-1][1] if self._open else REST

    def _say(self, text: str) -> None:
        self.found[self._part] = self.found.get(self._part, "") + text

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given, before = dict(attrs), self._part
        self.told = given.get("data-is") or self.told
        is_part = "data-live" in given or given.get("id") in LEFT_ALONE
        part = (given.get("id") or "") if is_part else before
        if tag not in VOID:
            self.found.setdefault(part, "")
            self._open.append((tag, part))
        if part not in LEFT_ALONE or not is_part:  # its own tag belongs to what stands around it
            self.found[before] = self.found.get(before, "") + (self.get_starttag_text() or "")

    def handle_endtag(self, tag: str) -> None:
        part = REST
        while self._open:
            found, part = self._open.pop()
            if found == tag:
                break
        if part not in LEFT_ALONE:
            self._say(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        self._say(data)

    def handle_entityref(self, name: str) -> None:
        self._say(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self._say(f"&#{name};")


def parts_of(html: str) -> dict[str, str]:
    """By the live part's id, without what differs from one moment to the next."""
    return dict(_parts_of(_FLEETING.sub("", html)))


@lru_cache(maxsize=32)
def _parts_of(html: str) -> dict[str, str]:
    """Most are what they were before a deed, and to take a page apart takes as long as to make it."""
    read = _Parts(html)
    return {part: text for part, text in read.found.items() if part not in LEFT_ALONE} | {TOLD: read.told}


@dataclass
class Page:
    """`whole`: all that it shows is swapped, as in the widget, whose script writes it anew."""

    line: httpx.Client
    address: str
    listener: _Listener
    whole: bool = False
    shown: dict[str, str] | None = field(default=None, init=False)
    lists_alone: int = field(default=0, init=False)
    """Answers without what stands open."""
    changed: bool = field(default=False, init=False)
    """Whether a fresh one showed something else the last time than the time before."""

    def load(self, heard: Collection[str] = ()) -> dict[str, str] | None:
        """What somebody sees who opens it now, or what the script is given that `heard` of those; None where there is
        nothing to see."""
        answer = self.line.get(self.address, headers={"X-Changed": ",".join(sorted(heard))} if heard else {})
        assert answer.status_code < 500, answer.text[:300]
        if answer.status_code != 200:
            return None
        return {REST: "", "all": _FLEETING.sub("", answer.text)} if self.whole else parts_of(answer.text)

    def hears(self, events: list[Event]) -> None:
        for event in events:
            self.listener.hear(event.kind, event.conversation_id, event.author)

    def stale(self) -> list[str]:
        """What an open page shows otherwise than a fresh one, now that it has heard what it hears."""
        heard, self.listener._changed = self.listener._changed, set()
        given = self.load(heard) if heard else {}
        is_list = bool(given) and "rows" in given and "thread" not in given
        fresh = self.load() if is_list or not heard else given
        self.changed = fresh != self.shown
        if fresh is None or self.shown is None:
            gone, self.shown = self.shown is not None and not heard, fresh
            return [f"{self.address} is gone, and it heard nothing"] if gone else []
        if given and given.get(TOLD) != self.shown.get(TOLD):
            self.shown = fresh  # the script loads the whole page anew
        if given:
            self.lists_alone += is_list
            old = self.shown
            self.shown = {part: text if part == REST else given.get(part, text) for part, text in old.items()}
        told = [f"{self.address} {part or 'outside of its live parts'}: {_unlike(self.shown.get(part, ''), text)}"
                for part, text in fresh.items() if part in self.shown and self.shown[part] != text]  # fmt: skip
        self.shown = fresh
        return told


def _unlike(old: str, new: str) -> str:
    """Where they part, with a little around it."""
    at = next((n for n, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
    return f"{old[max(0, at - 60) : at + 120]!r} is {new[max(0, at - 60) : at + 120]!r}"
