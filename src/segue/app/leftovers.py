"""Folders of houses that are thrown away, also where nobody was left to do it.

The one idea: whoever makes one holds a lock on a file in it for as long as they live, and the kernel lets go of it
whatever ends them. So a folder with our mark that nobody holds is one that a dead house left, and the next house clears
it away. What carries no mark of ours is not touched.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from segue.store.postmaster import postmaster

MARK = "thrown-away"


@contextmanager
def own_folder(stem: str, beside: Path | None = None) -> Iterator[Path]:
    """A new one in `beside` (else where this machine keeps what is temporary), gone after the block."""
    place = beside or Path(tempfile.gettempdir())
    clear(place)
    with tempfile.TemporaryDirectory(prefix=f"segue-{stem}-", dir=place, ignore_cleanup_errors=True) as name:
        held = _hold(Path(name))
        try:
            yield Path(name)
        finally:
            os.close(held)


def clear(place: Path) -> list[Path]:
    """Takes away what dead houses of ours left here; returns what that was."""
    found = [folder for folder in place.glob("segue-*-*") if _is_left(folder)]
    for folder in found:
        shutil.rmtree(folder, ignore_errors=True)
    return found


def _hold(folder: Path) -> int:
    """Locked before it has its name: nobody may find it free."""
    held = os.open(folder / f"{MARK}.new", os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    fcntl.flock(held, fcntl.LOCK_EX)
    (folder / f"{MARK}.new").rename(folder / MARK)
    return held


def _is_left(folder: Path) -> bool:
    """Whether it is ours, whoever made it is gone, and no database of it still runs."""
    try:
        mark = os.open(folder / MARK, os.O_RDONLY | os.O_NOFOLLOW)
    except OSError:
        return False
    try:
        told = os.fstat(mark)
        if not stat.S_ISREG(told.st_mode) or told.st_uid != os.geteuid():
            return False
        fcntl.flock(mark, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    finally:
        with suppress(OSError):
            os.close(mark)
    return not any(postmaster(of.parent) for of in folder.rglob("postmaster.pid"))
