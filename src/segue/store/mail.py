"""Mail that came in: kept raw first, then read, then a message, or set aside with its cause.

The one idea is the inbox's: the row is the job. A mail is durable before anybody is told that it was taken; whoever
dies while reading it leaves it to the next sweep, and the message it becomes carries its key, so that reading it
twice makes one message.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import psycopg

from segue.domain.errors import Conflict, NotFound
from segue.domain.ids import new_id
from segue.domain.mail import Attachment, Cause, Mail
from segue.store.database import Database
from segue.store.inbox import DURABLE, Accepted, Arrival, accepted, before_statement, statement_for
from segue.store.mail_rows import attachment_row, facts
from segue.store.same_mail import comes_from, key_of, keys_before
from segue.store.sql import statements
from segue.texts import _

SQL = statements("mail")
LARGEST = 26_214_400
"""Bytes of a mail that are kept: 25 MiB."""
KEPT_OF_LARGER = 262_144
LEASE = timedelta(minutes=1)
LET_IN = ("suspended", "noted")
"""States out of which a person can make a message of a mail."""
UNDECIDED = ("new",)
"""The state out of which a worker can."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A mail as it lies in the journal, to be read."""

    id: str
    key: str
    recipient: str
    return_path: str | None
    raw: bytes
    is_cut: bool
    attempts: int
    for_people: bool
    received_at: datetime
    comes_from: str = ""
    """Whose mails are read in the order in which they came; empty where that is nobody's."""


@dataclass(frozen=True, slots=True)
class Automatic:
    """How many automatic mails went to one address."""

    soon: int
    here: int
    everywhere: int


class MailStore:
    def __init__(self, db: Database) -> None:
        self.db = db

    # coming in

    def keep(
        self, raw: bytes, recipient: str, return_path: str | None, now: datetime, size: int | None = None,
        for_people: bool = False,
    ) -> str | None:  # fmt: skip
        """Durable when it returns. None where this mail came before. `size`: how large it was, where `raw` is only its
        beginning; `for_people`: no machine answers it. Raises DatabaseUnavailable."""
        path = None if return_path is None else return_path[:320].replace("\0", "")
        params = {**_keeping(raw, recipient, now, size), "return_path": path, "comes_from": comes_from(raw, path),
                  "for_people": for_people}  # fmt: skip
        row = self.db.one(SQL.keep, params)
        return row.id if row else None

    def due(self, now: datetime, limit: int) -> list[Kept]:
        rows = self.db.all(SQL.due, {"now": now, "limit": limit, "until": now + LEASE})
        return [kept(r) for r in rows]

    def take(
        self, kept: Kept, arrival: Arrival, mail: Mail, linked_to: str | None, now: datetime, released_by: str = ""
    ) -> Accepted:
        """Makes it a message, in one transaction with everything that is known of it. `released_by`: a person let it
        in, and people get it. Raises NotFound where its conversation is gone, Conflict where it is being taken, or
        somebody else decided on it meanwhile."""
        states = [*(LET_IN if released_by else UNDECIDED)]
        with self.db.transaction() as connection:
            _hold(connection, kept.id, *states, *(() if released_by else ("taken",)))
            try:
                row = connection.execute(*statement_for(arrival, now)).fetchone()
            except psycopg.errors.UniqueViolation as error:
                raise Conflict("This mail is being taken by another worker.", "It is tried again.") from error
            if row is None:  # taken before; or its sender was written down by somebody else in this moment
                again = before_statement(arrival) if arrival.conversation_id else statement_for(arrival, now)
                row = connection.execute(*again).fetchone()
            taken = accepted(row, arrival)
            place = {"conversation_id": taken.conversation_id, "seq": taken.seq, "now": now, "by": released_by or None}
            connection.execute(SQL.facts, {**facts(kept.id, mail, linked_to), "states": states})
            if connection.execute(SQL.taken, {"id": kept.id, "states": states, **place}).rowcount and not released_by:
                _attach(connection, kept.id, mail.attachments)
            connection.execute(SQL.attached, {"id": kept.id, **place})
            if released_by or kept.for_people or mail.marks.asks_for_people:
                by = released_by or ("import" if kept.for_people else None)
                connection.execute(SQL.for_people, {**place, "by": by, "mail": kept.id})
            if linked_to:
                self._note_link(connection, taken.conversation_id, linked_to, mail, now)
        return taken

    def _note_link(
        self, connection: psycopg.Connection[Any], conversation: str, linked_to: str, mail: Mail, now: datetime
    ) -> None:
        row = connection.execute(SQL.number_of, {"id": linked_to}).fetchone()
        sender = mail.sender.address if mail.sender else "somebody unknown"
        if row is not None:
            text = f"This mail answers conversation #{row.number}, in which {sender} has no part. It may belong there."
            note = {"note_id": new_id("not", now), "conversation_id": conversation, "body": text, "now": now}
            connection.execute(SQL.note, note)

    def set_aside(
        self, kept: Kept, cause: Cause, mail: Mail, now: datetime, linked_to: str | None = None,
        about: str | None = None,
    ) -> None:  # fmt: skip
        """Suspends it, for a person to let in or drop; `about`: the conversation it told us of, and needs nobody."""
        with self.db.transaction() as connection:
            connection.execute(SQL.facts, {**facts(kept.id, mail, linked_to), "states": [*UNDECIDED]})
            done = {"id": kept.id, "cause": cause, "state": "noted" if about else "suspended", "conversation_id": about,
                    "now": now}  # fmt: skip
            if connection.execute(SQL.set_aside, done).rowcount:
                _attach(connection, kept.id, mail.attachments)

    def become(self, mails: Sequence[str]) -> tuple[int, int]:
        """How many of them are messages, and how many nobody has read yet."""
        row = self.db.one(SQL.become, {"mails": list(mails)})
        return (row.messages, row.waiting) if row else (0, 0)

    def later(self, kept: Kept, at: datetime) -> None:
        """Unless another worker has it by now."""
        self.db.run(SQL.later, {"id": kept.id, "at": at, "attempts": kept.attempts})

    def is_held(self, kept: Kept, now: datetime) -> bool:
        """Whether it is still this worker's to read; then it is so for another minute."""
        return self.db.run(SQL.later, {"id": kept.id, "at": now + LEASE, "attempts": kept.attempts}) > 0

    # what is known

    def participants(self, conversation: str) -> frozenset[str]:
        return frozenset(r.address for r in self.db.all(SQL.participants, {"conversation_id": conversation}))

    def agents(self) -> frozenset[str]:
        return frozenset(r.email for r in self.db.all(SQL.agents))

    def sent_by(self, sender: str, since: datetime, vouched: bool | None = None) -> int:
        """How many mails; `vouched`: of those that are vouched for, or of those that are not."""
        row = self.db.one(SQL.sent_by, {"sender": sender, "since": since, "vouched": vouched})
        return int(row.count) if row else 0

    # set aside

    def suspended(self, after: str | None = None, limit: int = 50) -> list[dict[str, Any]]:
        """Newest first; ask again with `after` set to the last id for the next page."""
        return [dict(r._asdict()) for r in self.db.all(SQL.suspended, {"after": after, "limit": limit})]

    def is_there(self, mail: str) -> bool:
        """Whether there is such a mail, whatever became of it."""
        return self.db.one("select id from mails where id = %(id)s", {"id": mail}) is not None

    def put_away(self, after: str | None = None, limit: int = 50) -> list[dict[str, Any]]:
        """Those that a person has dropped; as `suspended`, with who did."""
        return [dict(r._asdict()) for r in self.db.all(SQL.put_away, {"after": after, "limit": limit})]

    def noted(self, after: str | None = None, limit: int = 50) -> list[dict[str, Any]]:
        """Those that said something we acted upon, like a bounce; `linked_to` is the conversation they are about."""
        return [dict(r._asdict()) for r in self.db.all(SQL.noted, {"after": after, "limit": limit})]

    def suspended_count(self) -> int:
        row = self.db.one(SQL.suspended_count)
        return int(row.count) if row else 0

    def suspended_by(self) -> Mapping[str, int]:
        """How many are set aside, by cause."""
        return {row.cause: row.count for row in self.db.all(SQL.suspended_by)}

    def bounced(self, since: datetime) -> int:
        row = self.db.one(SQL.bounced, {"since": since})
        return int(row.count) if row else 0

    def one(self, mail: str) -> Any:
        row = self.db.one(SQL.one, {"id": mail})
        if row is None:
            raise NotFound(_("There is no mail %(mail)s.", mail=mail), _("Look at those that were set aside."))
        return row

    def waiting(self, mail: str, *states: str) -> Any:
        """Raises NotFound, and Conflict where it is in none of these states any more."""
        row = self.one(mail)
        if row.state not in states:
            raise decided(self.db.one(SQL.decision, {"id": mail}))
        return row

    def raw(self, mail: str) -> bytes:
        """As it came; of one that was too large its beginning. Raises NotFound."""
        row = self.db.one(SQL.raw, {"id": mail})
        return bytes(row.raw if row else self.one(mail).raw)

    def drop(self, mail: str, by: str, now: datetime) -> None:
        """It is kept, but asks for nobody's attention any more."""
        if not self.db.run(SQL.dropped, {"id": mail, "by": by, "now": now}):
            self.waiting(mail, "suspended")

    def restore(self, mail: str, by: str, now: datetime) -> None:
        """What was dropped asks for attention again. Raises NotFound, and Conflict where it is not dropped."""
        if not self.db.run(SQL.restored, {"id": mail, "by": by, "now": now}):
            self.one(mail)
            raise decided(self.db.one(SQL.decision, {"id": mail}))

    # going out

    def thread(self, conversation: str) -> list[str | int]:
        """Message-IDs of what came in and seqs of what went out by mail, oldest first."""
        rows = self.db.all(SQL.thread, {"conversation_id": conversation})
        return [r.message_id or r.seq for r in rows]

    def automatic(self, conversation: str, to: str, now: datetime) -> Automatic:
        """In the last ten minutes and the last day."""
        params = {"conversation_id": conversation, "to": to, "soon": now - timedelta(minutes=10),
                  "since": now - timedelta(days=1)}  # fmt: skip
        row = self.db.one(SQL.automatic, params)
        return Automatic(row.soon, row.here, row.everywhere) if row else Automatic(0, 0, 0)

    def undelivered(
        self, conversation: str, seq: int, why: str, now: datetime, due: datetime | None = None
    ) -> bool:  # fmt: skip
        """Marks a message as not delivered and gives the conversation to people; whether that was news.

        `due`: it was not tried since, and is not sent because it is too old. Then nobody is given a conversation in
        which a person has answered since, or which nobody has looked for in a week: it is only told there."""
        note = f"The message did not reach the customer: {why}"
        params = {"conversation_id": conversation, "seq": seq, "why": why[:500], "note": note[:1000], "now": now,
                  "note_id": new_id("not", now), "due": due, "durable_since": now - DURABLE}  # fmt: skip
        return self.db.one(SQL.undelivered, params) is not None

    def last_sent(self, conversation: str) -> int | None:
        row = self.db.one(SQL.last_sent, {"conversation_id": conversation})
        return row.seq if row else None

    def sent_to(self, conversation: str, seq: int) -> str:
        """The address that a message went to by mail, in lower case; empty where it went to none."""
        row = self.db.one(SQL.sent_to, {"conversation_id": conversation, "seq": seq})
        return row.address or "" if row else ""

    def seen(self, conversation: str, now: datetime) -> None:
        """The customer has the conversation before their eyes."""
        self.db.run(SQL.seen, {"id": conversation, "now": now})

    def continue_away(self, row: str, now: datetime) -> bool:
        """Sends a chat's reply after a customer who is away; whether they were."""
        return self.db.one(SQL.continue_away, {"id": row, "now": now}) is not None


def decided(row: Any) -> Conflict:
    """For who decides on a mail that somebody has decided on: who that was, and where it is now."""
    who = _called(row)
    if row.state == "taken":
        what = _("It was already let in by %(name)s.", name=who) if who else _("It is a message already.")
        return Conflict(what, _("It is in conversation #%(number)s.", number=row.number))
    if row.state == "dropped" and who:
        return Conflict(_("It was already put away by %(name)s.", name=who), _("Look at the list again."))
    if row.state == "noted":
        return Conflict(_("It was only noted, so nothing waits."), _("Make a message of it, or leave it as it is."))
    return Conflict(_("It waits to be looked at."), _("Look at the list again."))


def _called(row: Any) -> str:
    if not row.decided_by or row.name:
        return row.name or ""
    is_key = row.decided_by.startswith("key:")
    return _("the key %(author)s", author=row.decided_by[4:]) if is_key else str(row.decided_by)


def _hold(connection: psycopg.Connection[Any], mail: str, *states: str) -> None:
    """Who makes a message of it does so alone: who comes at the same time waits here, and hears of it. Raises NotFound,
    and Conflict where it is in none of these states any more."""
    row = connection.execute(SQL.hold, {"id": mail}).fetchone()
    if row is None:
        raise NotFound(_("There is no mail %(mail)s.", mail=mail), _("Look at those that were set aside."))
    if row.state not in states:
        raise decided(connection.execute(SQL.decision, {"id": mail}).fetchone())


def kept(row: Any) -> Kept:
    raw = bytes(row.raw)
    return Kept(row.id, row.key, row.recipient, row.return_path, raw, row.size > len(raw), row.attempts, row.for_people,
                row.received_at, row.comes_from)  # fmt: skip


def _keeping(raw: bytes, recipient: str, now: datetime, size: int | None) -> Mapping[str, Any]:
    """What is too large is kept by its beginning."""
    whole = len(raw) if size is None else size
    part = raw if whole <= LARGEST else raw[:KEPT_OF_LARGER]
    is_cut = whole > LARGEST
    return {"id": new_id("mal", now), "key": key_of(raw, is_cut), "before": keys_before(raw, recipient, is_cut),
            "recipient": recipient[:320].replace("\0", ""), "raw": part, "size": min(max(whole, len(part)), 2**31 - 1),
            "now": now}  # fmt: skip


def _attach(connection: psycopg.Connection[Any], mail_id: str, attachments: Sequence[Attachment]) -> None:
    connection.execute("delete from attachments where mail_id = %(id)s", {"id": mail_id})
    for one in attachments:
        connection.execute(SQL.attach, attachment_row(mail_id, one))
