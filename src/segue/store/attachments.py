"""Files that were uploaded: whose they are, which message took them, and what nobody took and is swept away.

The one idea: a file belongs to whoever made it until a message takes it; which one does is written by the statement
that writes the message, so that neither is ever there without the other. Mail keeps its files in the same table.
"""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from segue.domain.errors import NotFound
from segue.domain.files import FileRefused, file_name, kind_of
from segue.domain.ids import reply_id
from segue.domain.mail import Attachment
from segue.store.database import Database
from segue.store.sql import statements
from segue.texts import N_, _

SQL = statements("attachments")
LOOSE = timedelta(days=1)
"""How long a file is kept that no message took."""
DRAFTED = timedelta(days=14)
"""The same, of an agent's draft."""
SHORT_OF = N_("There is no file %(name)s here any more: it was sent, taken off, or kept for a day without being sent.")


@dataclass(frozen=True, slots=True)
class Stored:
    """A file without its bytes. `type` is what was claimed, `kind` what it is by its content."""

    id: str
    name: str
    type: str
    kind: str
    size: int


class Attachments:
    def __init__(self, db: Database) -> None:
        self.db = db

    def keep(
        self, file: Attachment, owner: str, now: datetime, most: int, conversation: str | None = None,
        draft: str | None = None,
    ) -> Stored:  # fmt: skip
        """Durable when it returns. Raises FileRefused where `owner` holds `most` already that no message took."""
        made = Stored(new_attachment_id(), file_name(file.name), file.type[:100], kind_of(file.body), file.size)
        params = {"id": made.id, "name": made.name, "type": made.type, "kind": made.kind, "size": made.size,
                  "body": file.body, "owner": owner, "conversation": conversation, "draft": draft, "now": now,
                  "most": most}  # fmt: skip
        if self.db.one(SQL.keep, params) is None:
            raise FileRefused(
                _("%(most)s files fit, and as many are there.", most=most), _("Send them, or take one off."), "/file"
            )
        return made

    def mine(
        self, ids: Sequence[str], owner: str, client_id: str | None = None, conversation: str | None = None,
        draft: str | None = None,
    ) -> list[Stored]:  # fmt: skip
        """What `owner` may send now, in their order; of a message that is sent again, what it took before. Raises
        FileRefused for one that is not there, or is another's."""
        if not ids:
            return []
        params = {"ids": list(ids), "owner": owner, "client_id": client_id, "conversation": conversation,
                  "draft": draft, "reply": reply_id(owner, client_id) if client_id else None}  # fmt: skip
        found = [_stored(row) for row in self.db.all(SQL.mine, params)]
        missing = [one for one in ids if one not in {stored.id for stored in found}]
        if missing:
            raise FileRefused(_(SHORT_OF, name=missing[0]), _("Attach it again."), "/attachments")
        return found

    def remove(self, attachment: str, owner: str) -> bool:
        """Throws a file away; returns whether it was there, was the owner's, and no message had taken it."""
        return self.db.run(SQL.remove, {"id": attachment, "owner": owner}) == 1

    def of_conversation(self, conversation: str) -> Mapping[str, list[Stored]]:
        """The files of a conversation by what took them: `m3` for message 3, a note's id for a note."""
        found: dict[str, list[Stored]] = defaultdict(list)
        for row in self.db.all(SQL.of_conversation, {"id": conversation}):
            found[row.note_id or f"m{row.seq}"].append(_stored(row))
        return found

    def of_mail(self, mail: str) -> list[Stored]:
        """What came with a mail, whether or not it became a message."""
        return [_stored(row) for row in self.db.all(SQL.of_mail, {"mail": mail})]

    def of_drafts(self, conversation: str, agent: str) -> Mapping[str, list[Stored]]:
        """The files that lie with the agent's drafts, by kind of draft; both kinds are always there."""
        found: dict[str, list[Stored]] = {"reply": [], "note": []}
        for row in self.db.all(SQL.of_drafts, {"id": conversation, "owner": agent}):
            found[row.draft].append(_stored(row))
        return found

    def of_replies(self, conversation: str) -> Mapping[str, list[Stored]]:
        """The files of replies that wait a moment before they go, by the reply's id."""
        found: dict[str, list[Stored]] = defaultdict(list)
        for row in self.db.all(SQL.of_replies, {"id": conversation}):
            found[row.reply_id].append(_stored(row))
        return found

    def of_message(self, conversation: str, seq: int) -> tuple[Attachment, ...]:
        """The files of a message with their content; their type is what they are by content."""
        rows = self.db.all(SQL.of_message, {"conversation": conversation, "seq": seq})
        return tuple(Attachment(row.name, row.kind, bytes(row.body)) for row in rows)

    def one(self, attachment: str, owner: str | None = None) -> tuple[Attachment, str]:
        """A file and its kind by content. One that no message took yet is there for its `owner` only. Raises
        NotFound."""
        return self._whole(SQL.one, attachment, owner)

    def said(self, attachment: str) -> tuple[Attachment, str]:
        """A file that stands in a message, for the customer of that conversation. Raises NotFound."""
        return self._whole(SQL.said, attachment, None)

    def sweep(self, now: datetime) -> int:
        """Throws away files that no message took in time; returns how many."""
        return self.db.run(SQL.sweep, {"loose_since": now - LOOSE, "draft_since": now - DRAFTED})

    def _whole(self, statement: str, attachment: str, owner: str | None) -> tuple[Attachment, str]:
        row = self.db.one(statement, {"id": attachment, "owner": owner})
        if row is None:
            raise NotFound(_("There is no attachment %(id)s.", id=attachment), _("Load the conversation again."))
        return Attachment(row.name, row.type, bytes(row.body)), row.kind


def new_attachment_id() -> str:
    """Random: no other name leads to it."""
    return f"att_{secrets.token_urlsafe(18)}"


def _stored(row: Any) -> Stored:
    return Stored(row.id, row.name, row.type, row.kind, row.size)
