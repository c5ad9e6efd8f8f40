"""Passwords as they are kept, and whether one is right.

The one idea: a hash takes 64 MiB and a good part of a second of a processor, and anybody may ask for one. So few are
made at once, few more may wait for it, and not for long; whoever comes then is told so at once. No other page waits for
a hash, and what waits has ended before the server does.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache

from pwdlib import PasswordHash
from pwdlib.exceptions import PwdlibError

from segue.domain.entry import MOST_PASSWORD
from segue.domain.errors import Unavailable
from segue.texts import _
from segue.web.doors import new_secret

AT_ONCE = 2
MOST_HERE = 8
"""Who hashes and who waits for it: each holds one of the forty threads that all pages share."""
LONGEST = 2.5
"""Seconds that anybody waits: less than a server gives its last requests when it ends."""
_HERE = threading.BoundedSemaphore(MOST_HERE)
_AT_ONCE = threading.BoundedSemaphore(AT_ONCE)


def hashed(password: str, is_gone: Callable[[], bool] = lambda: False) -> str:
    """As it is kept. Raises Unavailable as `matches`."""
    with _place(is_gone):
        return hashing().hash(password)


def matches(password: str, kept: str | None, is_gone: Callable[[], bool] = lambda: False) -> bool:
    """Nothing matches where nothing is kept, and it takes as long. Raises Unavailable where too many are here, and
    where `is_gone` says, when the turn comes, that nobody waits for the answer any more."""
    if len(password) > MOST_PASSWORD:
        password = ""
    with _place(is_gone):
        try:
            return hashing().verify(password, kept or _nobodys()) and kept is not None
        except PwdlibError:
            return False


@contextmanager
def _place(is_gone: Callable[[], bool]) -> Iterator[None]:
    if not _HERE.acquire(blocking=False):
        raise _too_many()
    try:
        if not _AT_ONCE.acquire(timeout=LONGEST):
            raise _too_many()
        try:
            if is_gone():
                raise _too_many()
            yield
        finally:
            _AT_ONCE.release()
    finally:
        _HERE.release()


def _too_many() -> Unavailable:
    return Unavailable(_("Very many people are signing in at this moment."), _("Try again in a few seconds."))


@cache
def hashing() -> PasswordHash:
    return PasswordHash.recommended()


@cache
def _nobodys() -> str:
    return hashing().hash(new_secret("none"))
