"""The loader as it goes out: without what only its readers need, and compressed once.

Other people's pages carry it, so its size is a promise; a test holds it.
"""

from __future__ import annotations

import gzip
import hashlib
import re
from functools import cache
from importlib.resources import files

import orjson
from fastapi import Request, Response

from segue.texts import languages
from segue.web.tongue import script_texts_in

_HEADERS = {
    "Cache-Control": "public, max-age=300", "Cross-Origin-Resource-Policy": "cross-origin", "Vary": "Accept-Encoding",
}  # fmt: skip


def loader_for(request: Request) -> Response:
    """Compressed where the browser takes that, and nothing but a word where it has it already."""
    plain, packed, tag = _loader()
    headers = {**_HEADERS, "ETag": tag}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(packed, headers={**headers, "Content-Encoding": "gzip"}, media_type="text/javascript")
    return Response(plain, headers=headers, media_type="text/javascript")


def stripped(source: str) -> str:
    """Without comments, indentation, blanks around signs outside of quotes, and those of its style sheet, which is the
    first text in backquotes."""
    bare = re.sub(r"/\*.*?\*/", "", source, flags=re.DOTALL)
    head, style, rest = "\n".join(line.strip() for line in bare.splitlines() if line.strip()).split("`", 2)
    style = re.sub(r"\s*([{};,])\s*", r"\1", style).replace(": ", ":").replace(";}", "}")
    return f"{_tight(head)}`{style}`{_tight(rest)}"


def _tight(code: str) -> str:
    """Lines stay: where a semicolon is missing their end is one."""
    parts = re.split(r"""("[^"\n]*"|'[^'\n]*'|`[^`]*`|/\^[^\n]*?/(?=\.))""", code)
    parts[::2] = [re.sub(r" *([=+?:&|<>(){},;]) *", r"\1", part) for part in parts[::2]]
    return "".join(parts)


def _texts() -> str:
    """Its few words, in every language: which one is spoken shows only in the page that carries it."""
    brought = {language: script_texts_in(language, "widget/loader.js") for language in languages()}
    return orjson.dumps({language: texts for language, texts in brought.items() if texts}).decode()


@cache
def _loader() -> tuple[bytes, bytes, str]:
    source = (files("segue.web") / "static" / "widget" / "loader.js").read_text("utf8")
    plain = stripped(source).replace("const texts = {}", f"const texts = {_texts()}", 1).encode()
    return plain, gzip.compress(plain, 9, mtime=0), f'"{hashlib.sha256(plain).hexdigest()[:16]}"'
