"""Mail comes in: kept first, then read in a child process, then a message or set aside.

Two readers work side by side, so that a mail made to take long delays the others little. A mail on which reading or
taking fails again and again is set aside for a person, raw as it came.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from queue import SimpleQueue

import structlog

from segue.domain.errors import Conflict, DatabaseUnavailable, NotFound
from segue.domain.mail import Cause
from segue.domain.traces import traced
from segue.intake.automatic import Ours
from segue.intake.mail import MailRoom
from segue.integrations.mail.jail import Reader, Reading, glance
from segue.store.inbox import Accepted
from segue.store.mail import Kept, MailStore

log = structlog.get_logger()
MOST_TRIES = 3
AT_ONCE = 20
LOOKS_AGAIN = 0.5
"""Seconds after which one that has nothing to read asks again while the other reads."""
RENEWED_AFTER = 20.0
"""Seconds after which a mail that has waited for those before it is asked for again: a lease is a minute."""


class MailIntake:
    def __init__(self, store: MailStore, ours: Callable[[], Ours], *readers: Reader) -> None:
        self._store, self._ours, self._all = store, ours, readers
        self._readers: SimpleQueue[Reader] = SimpleQueue()
        for reader in readers:
            self._readers.put(reader)

    def take_in(self, now: datetime, heard: Callable[[], object] = lambda: None) -> int:
        """Reads what waits; returns how many became messages, and calls `heard` whenever some have. One sender's mails
        are read one after the other, so that two of one conversation keep their order (trust R4); another worker is
        given none of them meanwhile."""
        done, then, began, reading = 0, now, time.monotonic(), set[Future[int]]()
        with ThreadPoolExecutor(len(self._all), "mail") as pool:
            while True:
                if len(reading) < len(self._all):  # what came while one of them takes long does not wait for it
                    taken = partial(self._taken, MailRoom(self._store, self._ours()), then, time.monotonic())
                    reading |= {pool.submit(_all, taken, mails) for mails in _by_sender(self._store.due(then, AT_ONCE))}
                if not reading:
                    return done
                read, reading = wait(reading, LOOKS_AGAIN, FIRST_COMPLETED)
                then = now + timedelta(seconds=time.monotonic() - began)
                if some := sum(one.result() for one in read):
                    done += some
                    heard()

    def close(self) -> None:
        for reader in self._all:
            reader.close()

    def _taken(self, room: MailRoom, now: datetime, began: float, kept: Kept) -> bool:
        try:
            if (waited := time.monotonic() - began) > RENEWED_AFTER and not self._store.is_held(
                kept, now + timedelta(seconds=waited)
            ):
                return False
            if kept.attempts > MOST_TRIES:
                self._store.set_aside(kept, Cause.UNREADABLE, glance(kept.raw, kept.return_path), now)
                return False
            reading = self._read(kept)
            return isinstance(room.receive(kept, reading.mail, reading.is_whole, now), Accepted)
        except DatabaseUnavailable:
            raise
        except (Conflict, NotFound) as error:
            log.info("mail.later", mail=kept.id, **traced(error))
        except Exception as error:  # whatever it is, the mail must not be lost with it
            log.error("mail.failed", mail=kept.id, attempt=kept.attempts, **traced(error))
        with suppress(DatabaseUnavailable):
            self._store.later(kept, now + timedelta(seconds=5 * kept.attempts))
        return False

    def _read(self, kept: Kept) -> Reading:
        reader = self._readers.get()
        try:
            return reader.read(kept.raw, kept.return_path)
        finally:
            self._readers.put(reader)


def _all(taken: Callable[[Kept], bool], mails: Iterable[Kept]) -> int:
    return sum(map(taken, mails))


def _by_sender(waiting: Iterable[Kept]) -> list[list[Kept]]:
    senders: dict[str, list[Kept]] = {}
    for kept in sorted(waiting, key=lambda kept: (kept.received_at, kept.id)):
        senders.setdefault(kept.comes_from, []).append(kept)
    return list(senders.values())
