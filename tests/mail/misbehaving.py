"""The child that reads mails, when a mail has found a way to make it do what it likes: its subject says what. It runs
under the limits of `jailed.py`, as the real one does, with less time for a mail."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from tempfile import gettempdir
from typing import Any

from segue.domain.mail import Mail
from segue.integrations.mail import jailed

really_read = jailed.read


def takes_memory() -> None:
    bytearray(jailed.MEMORY)  # never touched, so that only the limit is in its way


def computes() -> None:
    while True:
        pass


def opens_files() -> None:
    for _ in range(50):
        os.dup(0)


def writes_a_file() -> None:
    there = Path(gettempdir(), f"segue-misbehaving-{os.getpid()}")
    try:
        there.write_text("what should stand nowhere")
    finally:
        there.unlink()


DEEDS: dict[str, Callable[[], None]] = {
    "memory": takes_memory, "computing": computes, "files": opens_files, "writing": writes_a_file,
}  # fmt: skip


def read(raw: bytes, *, is_plain: bool, **more: Any) -> Mail:
    found = really_read(raw, is_plain=is_plain, **more)
    what, _, when = found.subject.partition(" ")
    if what in DEEDS and (when == "always" or not is_plain):
        DEEDS[what]()
    return found


if __name__ == "__main__":
    jailed.read = read  # type: ignore[assignment]
    jailed.SECONDS = -1.0  # a second of computing is left
    jailed.main()
