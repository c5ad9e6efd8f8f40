"""The loader as it goes out: without what only its readers need, and compressed once.

Other people's pages carry it, so its size is a promise; a test holds it.
"""

from __future__ import annotations

import gzip
import hashlib
import re
from functools import cache
from importlib.resources import files

from fastapi import Request, Response

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
    """Without comments, indentation and the blanks of its style sheet, the first text in backquotes."""
    bare = re.sub(r"/\*.*?\*/", "", source, flags=re.DOTALL)
    head, style, rest = "\n".join(line.strip() for line in bare.splitlines() if line.strip()).split("`", 2)
    style = re.sub(r"\s*([{};,])\s*", r"\1", style).replace(": ", ":").replace(";}", "}")
    return f"{head}`{style}`{rest}"


@cache
def _loader() -> tuple[bytes, bytes, str]:
    source = (files("segue.web") / "static" / "widget" / "loader.js").read_text("utf8")
    plain = stripped(source).encode()
    return plain, gzip.compress(plain, 9, mtime=0), f'"{hashlib.sha256(plain).hexdigest()[:16]}"'
