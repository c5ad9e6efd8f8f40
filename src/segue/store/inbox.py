"""The inbox: accepting a message, leasing a conversation, committing what its turn came to.

The message is the job. Nothing is queued beside it, so nothing can be lost between the two: a conversation with a
customer message past `considered_seq` is work, whoever dies.
"""

from __future__ import annotations

import os
import socket
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
import structlog

from segue.domain.conversation import (
    Channel,
    Conversation,
    Page,
)
from segue.domain.errors import Conflict, DatabaseUnavailable, NotFound
from segue.domain.ids import message_id, new_id
from segue.domain.traces import traced
from segue.domain.turn import Commit, Lease
from segue.store.database import Database, as_json, at_most, is_of_a_statement, utc
from segue.store.snapshots import snapshot
from segue.store.sql import statements
from segue.store.turn_rows import turn_row

SQL = statements("inbox")
log = structlog.get_logger()
LEASE = timedelta(seconds=30)
SILENCE = timedelta(seconds=10)
"""A worker not heard of for this long is taken for dead."""
FAR = timedelta(minutes=5)
"""Nothing is put off, and nothing leased, for so long; clocks of several machines differ by less."""
ATTENDED = timedelta(minutes=2)
"""An open desk is heard of four times a minute, and that is noted once a minute (`Workspace.session`)."""
ATTENDED_FOR = timedelta(seconds=1)
"""So long that is taken for known."""
DURABLE = timedelta(days=7)
"""A resolution that nobody came back on for this long holds."""
MEMORY = timedelta(days=14)
"""How far back an earlier conversation may count as the same issue."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A message as it comes in, checked for shape but not yet understood."""

    text: str
    channel: Channel = Channel.API
    conversation_id: str | None = None
    client_id: str | None = None
    external_id: str | None = None
    name: str = ""
    email: str = ""
    is_verified: bool = False
    subject: str = ""
    page: Page | None = None
    files: tuple[str, ...] = ()
    """Uploads that it takes along, by id."""
    files_of: str = ""
    """Whose they are: another's are not taken."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """What is promised with the 202: the row is on disk."""

    conversation_id: str
    number: int
    seq: int

    @property
    def message_id(self) -> str:
        return message_id(self.conversation_id, self.seq)


def statement_for(arrival: Arrival, now: datetime) -> tuple[str, dict[str, Any]]:
    """The one durable statement that accepts `arrival`, and its parameters; web and workers share it."""
    params: dict[str, Any] = {
        "conversation_id": arrival.conversation_id,
        "client_id": arrival.client_id,
        "body": arrival.text,
        "page_url": arrival.page and arrival.page.url,
        "page_title": arrival.page and arrival.page.title,
        "files": list(arrival.files),
        "files_of": arrival.files_of,
        "now": now,
        "durable_since": now - DURABLE,
    }
    if arrival.conversation_id:
        return SQL.accept, params
    return SQL.open, params | {
        "conversation_id": new_id("cnv", now),
        "contact_id": new_id("con", now),
        "external_id": arrival.external_id,
        "name": arrival.name,
        "email": arrival.email,
        "is_verified": arrival.is_verified,
        "channel": arrival.channel,
        "subject": arrival.subject,
    }


def before_statement(arrival: Arrival) -> tuple[str, dict[str, Any]]:
    """Finds the message that took `arrival.client_id` first."""
    return SQL.accepted_before, {
        "conversation_id": arrival.conversation_id, "client_id": arrival.client_id, "body": arrival.text,
        "files": list(arrival.files), "files_of": arrival.files_of,
    }  # fmt: skip


def way_for(arrival: Arrival) -> tuple[str, dict[str, Any]]:
    """Sees to it that a first message which made no row can make one; `way_made` reads the row it gives."""
    return SQL.make_way, {"external_id": arrival.external_id, "is_verified": arrival.is_verified}


def way_made(arrival: Arrival, row: Any | None) -> Arrival:
    """The arrival as it is to be tried again: whoever claims to be a verified customer is a contact beside them."""
    is_anothers = row is not None and row.is_anothers
    return replace(arrival, external_id=f"claimed {arrival.external_id}") if is_anothers else arrival


class OtherMessage(Conflict):
    """A client_id that names another message already: somebody else's, or one with another content."""

    def __init__(self) -> None:
        super().__init__(
            "This client_id was used for another message; nothing was saved.",
            "Give each message a client_id of its own, and send it again.",
        )


def accepted(row: Any | None, arrival: Arrival) -> Accepted:
    """Raises NotFound where the conversation does not exist, Conflict where the client_id belongs to another message:
    somebody else's, or with other words, files, subject or channel."""
    if row is None or row.seq is None:
        raise NotFound(f"There is no conversation {arrival.conversation_id}.", "Open one with POST /conversations.")
    if getattr(row, "is_same", True) is False:
        raise OtherMessage
    return Accepted(row.id, row.number, row.seq)


class Inbox:
    """One worker's view of the inbox; `worker` names it in leases."""

    def __init__(self, db: Database, worker: str = "") -> None:
        self.db = db
        self._again = True
        self._attended = datetime.min.replace(tzinfo=UTC), False
        self.worker = worker or f"{socket.gethostname()}:{os.getpid()}:{os.urandom(3).hex()}"

    def accept(self, arrival: Arrival, now: datetime) -> Accepted:
        """Durable when it returns. The same client_id twice is the same message."""
        for _try in range(3):
            row = self._taken(arrival, now)
            if row is None and arrival.conversation_id:
                row = self.db.one(*before_statement(arrival))
                return accepted(row, arrival)
            if row is not None:
                return accepted(row, arrival)
            if arrival.external_id:
                arrival = way_made(arrival, self.db.one(*way_for(arrival)))
        raise Conflict("Another request with the same client_id is being taken.", "Send it again.")

    def _taken(self, arrival: Arrival, now: datetime) -> Any | None:
        try:
            return self.db.one(*statement_for(arrival, now))
        except psycopg.errors.UniqueViolation:
            return None

    def claim(self, now: datetime, limit: int = 1) -> list[Lease]:
        """Leases for up to `limit` waiting conversations, each with the snapshot to consider.

        New ones and those that failed before take turns at coming first, so that neither starves the other.
        """
        self._again = not self._again
        for again in (self._again, not self._again):
            rows = self.db.all(
                at_most(SQL.claim, 1 if again else limit),
                {"now": now, "until": now + LEASE, "worker": self.worker, "again": again},
            )  # fmt: skip
            if rows:
                return [_lease(row, snapshot) for row, snapshot in zip(rows, self._snapshots(rows, now), strict=True)]
        return []

    def commit(self, commits: Sequence[Commit], now: datetime) -> set[str]:
        """Writes the turns that still hold their token; returns the ids of their conversations.

        One transaction for all; where one turn cannot be written it is released alone and the others go through.
        Raises DatabaseUnavailable where the database is gone.
        """
        try:
            return self._write(commits, now)
        except (psycopg.Error, DatabaseUnavailable) as error:
            if not is_of_a_statement(error):
                raise
            return set().union(*(self._write_alone(c, now) for c in commits))

    def _write(self, commits: Sequence[Commit], now: datetime) -> set[str]:
        params = {"turns": as_json([turn_row(c, now) for c in commits]), "worker": self.worker}
        return {row.id for row in self.db.all(SQL.commit, params)}

    def _write_alone(self, commit: Commit, now: datetime) -> set[str]:
        """A turn that cannot be written counts as tried: after a few tries a person gets the message."""
        try:
            return self._write([commit], now)
        except (psycopg.Error, DatabaseUnavailable) as error:
            if not is_of_a_statement(error):
                raise
            log.error("turn.unwritable", conversation=commit.lease.conversation.id, **traced(error))
            self.release(commit.lease, now + timedelta(seconds=1))
            return set()

    def release(self, lease: Lease, retry_at: datetime) -> None:
        self.db.run(
            SQL.release,
            {"id": lease.conversation.id, "token": lease.token, "worker": self.worker, "retry_at": retry_at},
        )

    def is_stopped(self) -> bool:
        """Whether the live policy lets the assistant say nothing."""
        return self.db.one(SQL.is_stopped) is not None

    def hold(self, lease: Lease, says: str, until: datetime, now: datetime, seen_seq: int) -> None:
        """Gives the lease back until then, with the words that wait; the message is considered once more then, or once
        there is one of the customer's after `seen_seq`. Replies to what they had written by then wait with it, and no
        second time."""
        self.db.run(
            SQL.hold,
            {"id": lease.conversation.id, "seq": lease.conversation.latest.seq, "token": lease.token,
             "worker": self.worker, "until": until, "body": says, "now": now, "seen_seq": seen_seq,
             "held_to": lease.held_to or seen_seq, "is_new": not lease.held_to},
        )  # fmt: skip

    def is_attended(self, now: datetime) -> bool:
        """Whether somebody who could stop an answer is at the desk: a page of theirs was heard of lately. Asked once a
        second, however many answers are ready."""
        asked, is_so = self._attended
        if not timedelta() <= now - asked < ATTENDED_FOR:
            row = self.db.one(SQL.attended, {"since": now - ATTENDED, "until": now + ATTENDED, "now": now})
            asked, is_so = self._attended = now, row is not None
        return is_so

    def stand_by(self, lease: Lease, now: datetime) -> None:
        """Gives the lease back while an agent's hands are on the composer."""
        self.db.run(
            SQL.stand_by, {"id": lease.conversation.id, "token": lease.token, "worker": self.worker, "now": now}
        )

    def let_go(self) -> None:
        """Gives back every lease of this worker, whatever it was about; for one that lost track of its own."""
        self.db.run(SQL.let_go, {"worker": self.worker})

    def hand_back_unused(self, leases: Iterable[Lease]) -> None:
        self.db.run(SQL.hand_back_unused, {"ids": [x.conversation.id for x in leases], "worker": self.worker})

    def beat(self, now: datetime) -> None:
        """Says that this worker lives."""
        self.db.run(SQL.beat, {"id": self.worker, "host": where_pids_mean(), "pid": os.getpid(), "now": now})

    def leave(self) -> None:
        self.db.run(SQL.leave, {"id": self.worker})

    def bury_dead(self, now: datetime) -> int:
        """Frees the leases of workers that are gone: silent ones anywhere, vanished processes on this machine."""
        rows = self.db.all(SQL.neighbours, {"host": where_pids_mean()})
        dead = [row.id for row in rows if not _is_alive(row.pid)]
        return self.db.run(SQL.bury, {"silent_since": now - SILENCE, "dead": dead})

    def put_right(self, now: datetime) -> int:
        """Frees what waits for a clock that ran ahead and was set back: nobody else does while it comes round again."""
        return self.db.run(SQL.put_right, {"now": now, "far": now + FAR})

    def find_again(self, now: datetime) -> int:
        """Wakes conversations with a message that nobody has considered and that nothing would take up."""
        return self.db.run(SQL.find_again, {"now": now})

    def workers(self, now: datetime) -> int:
        """How many workers were heard of lately."""
        row = self.db.one(SQL.workers, {"since": now - SILENCE})
        assert row is not None
        return int(row.count)

    def backlog(self) -> tuple[int, datetime | None]:
        """How many conversations wait, and since when the oldest does."""
        row = self.db.one(SQL.backlog)
        assert row is not None
        return row.waiting, row.oldest

    def wakes_at(self) -> datetime | None:
        """The next instant at which something can be claimed, for simulated time."""
        row = self.db.one(SQL.wake_at)
        return row.at if row else None

    def snapshot(self, conversation: str, now: datetime) -> Conversation:
        """The conversation at its last customer message. Raises NotFound."""
        rows = self.db.all(SQL.snapshot, {"id": conversation, "now": now, "after": None})
        if not rows:
            raise NotFound(f"There is no conversation {conversation}.", "Check the id.")
        return self._snapshots(rows, now)[0]

    def behind(self, lease: Lease, now: datetime) -> list[Conversation]:
        """The conversation at each message that the customer wrote after the leased one, oldest first."""
        params = {"id": lease.conversation.id, "now": now, "after": lease.conversation.latest.seq}
        return self._snapshots(self.db.all(SQL.snapshot, params), now)

    def _snapshots(self, rows: Sequence[Any], now: datetime) -> list[Conversation]:
        follow_ups = [r.id for r in rows if r.seq > r.episode_seq]
        messages = _grouped(self.db.all(SQL.messages, {"ids": follow_ups})) if follow_ups else {}
        turns = _grouped(self.db.all(SQL.turns, {"ids": follow_ups})) if follow_ups else {}
        earlier = self._earlier(rows, now)
        return [snapshot(r, messages.get(r.id, ()), turns.get(r.id, ()), earlier.get(r.id, ())) for r in rows]

    def _earlier(self, rows: Sequence[Any], now: datetime) -> Mapping[str, Sequence[Any]]:
        params = {
            "ids": [r.id for r in rows],
            "contacts": [r.contact_id for r in rows],
            "accounts": [r.account_id if r.is_verified else None for r in rows],
            "since": now - MEMORY,
        }
        return _grouped(self.db.all(SQL.earlier, params), "for_id")


@cache
def where_pids_mean() -> str:
    """Names what shares its process ids with us. Containers and copied machines may bear one hostname, and a pid of
    another of them says nothing here; so does one of before the machine was started."""
    parts = [socket.gethostname()]
    with suppress(OSError):  # only Linux says so
        parts += [
            Path("/proc/sys/kernel/random/boot_id").read_text().strip(),
            str(Path("/proc/self/ns/pid").readlink()),
        ]
    return " ".join(parts)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _grouped(rows: Iterable[Any], key: str = "conversation_id") -> dict[str, list[Any]]:
    groups: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        groups[getattr(row, key)].append(row)
    return groups


def _lease(row: Any, conversation: Conversation) -> Lease:
    is_held = row.hold_until and row.hold_seq >= row.seq
    held = (utc(row.hold_until), row.hold_seq) if is_held else (None, 0)
    return Lease(conversation, row.token, row.attempts, utc(row.at), *held)
