"""Mails out of files: a single mail (.eml), an mbox, a Maildir, or a folder of any of them."""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

_FROM = re.compile(
    rb"^From .*\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) +\d{1,2} "
    rb"+\d{1,2}:\d{2}.*\b\d{4}\b"
)
"""People, too, begin a line with From and name a time."""
_QUOTED = re.compile(rb"^>(>*From )", re.MULTILINE)
_HEAD = re.compile(rb"\s*(?:>?From |[A-Za-z][\w-]*[ \t]*:)")
"""How a mail begins: with a field of its head, or as an mbox has it."""
_MAIL_NAMES = {".eml", ".mbox", ".mbx", ".msg", ".mail"}


def mails_in(path: Path) -> Iterator[tuple[str, bytes]]:
    """Each mail with the name of where it stood, in order. Reads one at a time."""
    for file in _files(path):
        with file.open("rb") as opened:
            begins = opened.read(5)
            opened.seek(0)
            if begins == b"From ":
                yield from ((f"{file.name}:{n}", raw) for n, raw in enumerate(_split(opened), 1))
            else:
                yield file.name, opened.read().removeprefix(BOM_UTF8)  # with it the first field would have no name


def is_mail(raw: bytes) -> bool:
    """An empty file and a table are none, whatever they are called."""
    return bool(_HEAD.match(raw))


def _files(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    found = (f for f in sorted(path.rglob("*")) if f.is_file() and not f.name.startswith("."))
    return [f for f in found if f.suffix.lower() in _MAIL_NAMES or f.parent.name in ("cur", "new") or _is_a_box(f)]


def _is_a_box(file: Path) -> bool:
    """An mbox has no ending to its name; nor have a mail server's own lists beside the mails of a Maildir."""
    return not file.suffix and not (file.parent / "cur").is_dir()


def _split(opened: BinaryIO) -> Iterator[bytes]:
    """At `From ` lines after an empty line, as every mbox has them; quoted ones (`>From `) are no ends."""
    mail, was_empty = list[bytes](), True
    for line in opened:
        if was_empty and _FROM.match(line):
            if mail:
                yield _whole(mail)
            mail = []
        else:
            mail.append(line)
        was_empty = not line.strip()
    if mail:
        yield _whole(mail)


def _whole(lines: list[bytes]) -> bytes:
    return _QUOTED.sub(rb"\1", b"".join(lines).rstrip(b"\r\n") + b"\n")
