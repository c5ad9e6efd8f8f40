"""Articles as somebody picks them on their machine: one Markdown file, a JSONL, or a zip with a folder of either.

A zip is read in memory within bounds, never unpacked onto a disk: no name in it can point anywhere.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

from segue.domain.errors import Refused
from segue.knowledge.bringing import (
    MARKDOWN,
    Brought,
    Placed,
    Unread,
    article_in_line,
    article_of,
    json_lines,
    told_apart,
)

LINES = (".jsonl", ".ndjson")
MOST_FILES = 2_000
MOST_BYTES = 40_000_000
"""Of all files together, unpacked."""


def articles_of(name: str, body: bytes) -> list[Brought | Unread]:
    """In the order in which they stand there. Raises Refused for what is none of these."""
    return [one for _, one in told_apart(_read(name, body))]


def _read(name: str, body: bytes) -> Iterable[Placed]:
    suffix = PurePosixPath(name.lower()).suffix
    if suffix == ".zip" or body[:4] == b"PK\x03\x04":
        return _unpacked(body)
    if suffix in (*MARKDOWN, ".txt"):
        return [_text(name, body)]
    if suffix in LINES:
        return _lines(name, body)
    raise Refused("It is neither Markdown, JSONL nor a zip of them.", "Choose .md, .jsonl or .zip.")


def _unpacked(body: bytes) -> Iterator[Placed]:
    try:
        bundle = zipfile.ZipFile(io.BytesIO(body))
    except zipfile.BadZipFile:
        raise Refused("The zip cannot be opened.", "Pack it anew.") from None
    files = [f for f in bundle.infolist() if not f.is_dir() and not _is_hidden(f.filename)]
    if len(files) > MOST_FILES:
        raise Refused(f"The zip holds {len(files):,} files; {MOST_FILES:,} are read.", "Bring it in two.")
    left = MOST_BYTES
    for file in files:
        suffix = PurePosixPath(file.filename.lower()).suffix
        if suffix not in (*MARKDOWN, *LINES):
            yield _unread(file.filename, "it is neither Markdown nor JSONL")
            continue
        try:
            with bundle.open(file) as opened:
                text = opened.read(left + 1)  # as much as there really is, whatever the zip says of itself
        except (RuntimeError, zipfile.BadZipFile, NotImplementedError, EOFError) as error:
            yield _unread(file.filename, f"it cannot be unpacked: {str(error)[:80]}")
            continue
        left -= len(text)
        if left < 0:
            raise Refused(f"Unpacked it is larger than {MOST_BYTES // 1_000_000} MB.", "Bring it in two.")
        yield from _lines(file.filename, text) if suffix in LINES else [_text(file.filename, text)]


def _is_hidden(name: str) -> bool:
    return any(part.startswith(".") or part == "__MACOSX" for part in PurePosixPath(name).parts)


def _text(name: str, body: bytes) -> Placed:
    try:
        return name[:200], article_of(name[:200], body.decode("utf-8-sig"))
    except UnicodeDecodeError:
        return _unread(name, "it is not written in UTF-8")


def _lines(name: str, body: bytes) -> list[Placed]:
    lines = json_lines(body.decode("utf-8-sig", "replace"))
    return [(where := f"{name[:200]}:{n}", article_in_line(where, line)) for n, line in lines]


def _unread(name: str, why: str) -> Placed:
    return name[:200], Unread(name[:200], why)
