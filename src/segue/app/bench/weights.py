"""What a browser fetches of our scripts, in bytes as they go over the wire."""

from __future__ import annotations

import gzip
from collections.abc import Iterable
from importlib.resources import files
from importlib.resources.abc import Traversable

from fastapi import Request

from segue.web.loading import loader_for
from segue.web.widget_look import Look

BARS = {
    "widget_loader_bytes_gz": 3_000, "widget_frame_bytes_gz": 35_000, "desk_js_bytes_gz": 60_000,
    "settings_js_bytes_gz": 20_000,
}  # fmt: skip
_STATIC = files("segue.web") / "static"


def figures() -> dict[str, int]:
    """Each file compressed by itself; the loader as the server gives it to a page."""
    return dict(zip(BARS, (loader_bytes(), frame_bytes(), js_bytes(), settings_bytes()), strict=True))


def loader_bytes() -> int:
    request = Request({"type": "http", "headers": [(b"accept-encoding", b"gzip")]})
    return len(loader_for(request, Look()).body)


def frame_bytes() -> int:
    """Its page, its sheet and its scripts."""
    page = files("segue.web") / "templates" / "widget" / "frame.html"
    scripts = (file for file in _scripts("widget") if file.name not in ("loader.js", "demo.js"))
    return _packed([page, _STATIC / "widget" / "widget.css", _STATIC / "texts.js", *scripts])


def js_bytes() -> int:
    """What the desk's scripts weigh."""
    return _packed([_STATIC / "live.js", _STATIC / "texts.js", *_scripts("desk")])


def settings_bytes() -> int:
    """What a lead's pages, the settings among them, and one's own weigh together. No page has all of it."""
    of_the_desk = (file for file in _scripts("desk") if file.name in ("keys.js", "choosing.js", "page.js"))
    return _packed([_STATIC / "texts.js", *of_the_desk, *_scripts("lead"), *_scripts("entering")])


def _scripts(folder: str) -> list[Traversable]:
    return [file for file in (_STATIC / folder).iterdir() if file.name.endswith(".js")]


def _packed(parts: Iterable[Traversable]) -> int:
    return sum(len(gzip.compress(part.read_bytes(), 9)) for part in parts)
