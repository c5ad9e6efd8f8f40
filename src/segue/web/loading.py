"""The loader as it goes out: without what only its readers need, with the workspace's words and colours in it, and
compressed once.

Other people's pages carry it, so its size is a promise; a test holds it.
"""

from __future__ import annotations

import gzip
import hashlib
import re
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib.resources import files

import orjson
from fastapi import Request, Response

from segue.texts import languages
from segue.web.tongue import script_texts_in
from segue.web.widget_look import OURS, Look, loader_values

_OURS = {"fill": OURS, "on": "#fff", "over": "#194f9f", "ring": OURS, "side": ""}
"""As the loader says it itself where the workspace has chosen nothing."""
_HEADERS = {
    "Cache-Control": "public, max-age=300", "Cross-Origin-Resource-Policy": "cross-origin", "Vary": "Accept-Encoding",
}  # fmt: skip


def loader_for(request: Request, look: Look) -> Response:
    """Compressed where the browser takes that, and nothing but a word where it has it already."""
    plain, packed, tag = _loader(_written(_words(look.labels)), _written({**_OURS, **loader_values(look)}))
    headers = {**_HEADERS, "ETag": tag}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(packed, headers={**headers, "Content-Encoding": "gzip"}, media_type="text/javascript")
    return Response(plain, headers=headers, media_type="text/javascript")


def button_sheet(look: Look) -> str:
    """The loader's own style of its button, for a page that shows what it would look like."""
    style = _source().split("`", 2)[1]
    for name, value in {**_OURS, **loader_values(look)}.items():
        style = style.replace(f"${{skin.{name}}}", value)
    return style


def stripped(source: str) -> str:
    """With short names, without comments, indentation, blanks around signs outside of quotes, and those of its style
    sheet, which is the first text in backquotes."""
    bare = re.sub(r"/\*.*?\*/", "", source, flags=re.DOTALL)
    head, style, rest = "\n".join(line.strip() for line in bare.splitlines() if line.strip()).split("`", 2)
    style = re.sub(r"\s*([{};,])\s*", r"\1", style).replace(": ", ":").replace(" / ", "/").replace(";}", "}")
    return f"{_tight(head)}`{style}`{_tight(rest)}"


_NAMES = (
    "badge", "before", "begin", "build", "button", "called", "commands", "frame", "gone", "help", "hold", "home",
    "host", "inerted", "isReady", "keep", "lang", "last", "load", "look", "make", "opener", "panel", "phone", "place",
    "post", "script", "start", "timer", "told", "unread", "waiting", "where",
)  # fmt: skip
"""Names of the loader's own that are no property of anything: they go out as one letter each."""
SHORT = dict(zip(_NAMES, "abcdfghijklmnopqrsuvwxyzABCDEFGHIJ", strict=False))
_NAME = re.compile(rf"(?<![\w$.]|-)(?:{'|'.join(_NAMES)})(?![\w$-])")


def _tight(code: str) -> str:
    """Lines stay where their end may be one of a statement: not after a sign that goes on, nor before a bracket."""
    parts = re.split(r"""("[^"\n]*"|'[^'\n]*'|`[^`]*`|/\^[^\n]*?/(?=\.))""", code)
    parts[::2] = [_NAME.sub(lambda name: SHORT[name[0]], part) for part in parts[::2]]
    parts[::2] = [re.sub(r" *([=+?:&|<>(){},;!]) *", r"\1", part) for part in parts[::2]]
    return re.sub(r"(?<=[;{,(])\n|\n(?=})", "", "".join(parts))


def _words(labels: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Its few words, in every language: which one is spoken shows only in the page that carries it. What the workspace
    calls its help stands in the place of ours."""
    brought = {language: dict(script_texts_in(language, "widget/loader.js")) for language in languages()}
    for language, label in labels.items():
        brought.setdefault(language, {})["Help"] = label
    return {language: texts for language, texts in brought.items() if texts}


def _written(values: Mapping[str, object]) -> str:
    """As JSON, which a script takes as it is; without quotes around names, because its size is a promise."""
    return re.sub(r'([{,])"([a-z]+)":', r"\1\2:", orjson.dumps(values).decode())


@cache
def _source() -> str:
    return (files("segue.web") / "static" / "widget" / "loader.js").read_text("utf8")


@lru_cache(maxsize=16)
def _loader(texts: str, look: str) -> tuple[bytes, bytes, str]:
    head, found, rest = stripped(_source()).partition("texts={},")
    assert found, "the loader has no place for its words"
    rest, count = re.subn(r"skin=\{[^}]*\}", lambda _: f"skin={look}", rest, count=1)
    assert count, "the loader has no place for its look"
    plain = f"{head}texts={texts},{rest}".encode()
    return plain, gzip.compress(plain, 9, mtime=0), f'"{hashlib.sha256(plain).hexdigest()[:16]}"'
