"""The mails behind a conversation's messages, as they are read: with their folds, their pictures and their raw bytes.

The one idea: a message is what somebody said, and the mail it came by is kept whole beside it; whoever doubts the one
looks at the other.
"""

from __future__ import annotations

from typing import Any

from segue.domain.errors import NotFound
from segue.domain.files import PICTURES
from segue.store.database import Database
from segue.store.sql import statements
from segue.texts import _

SQL = statements("mails_behind")
LARGEST_INLINE = 4_000_000
"""Bytes of the largest picture that is shown within its mail."""


class MailsBehind:
    def __init__(self, db: Database) -> None:
        self.db = db

    def of(self, conversation: str) -> list[dict[str, Any]]:
        """The mails behind a conversation's messages, with their folds, HTML and attachments (without bodies)."""
        mails = [dict(r._asdict()) for r in self.db.all(SQL.of_message, {"conversation_id": conversation})]
        found = self.db.all(SQL.attachments, {"mails": [m["id"] for m in mails]})
        for mail in mails:
            mail["attachments"] = [dict(a._asdict()) for a in found if a.mail_id == mail["id"]]
        return mails

    def one(self, conversation: str, seq: int) -> Any:
        """The mail that a message came by, without its raw bytes. Raises NotFound."""
        return self._only(SQL.one, conversation, seq)

    def raw(self, conversation: str, seq: int) -> bytes:
        """As it came; of one that was too large its beginning. Raises NotFound."""
        return bytes(self._only(SQL.raw, conversation, seq).raw)

    def _only(self, statement: str, conversation: str, seq: int) -> Any:
        row = self.db.one(statement, {"conversation_id": conversation, "seq": seq})
        if row is None:
            raise NotFound(
                _("Message %(seq)s of this conversation came by no mail.", seq=seq), _("Load the conversation again.")
            )
        return row

    def came_by_mail(self, conversation: str) -> list[Any]:
        """Messages that came by mail, with their conversation: also of those that were merged into this one."""
        return self.db.all(SQL.came_by_mail, {"conversation_id": conversation})

    def inline(self, mail: str, whole: bool = False) -> list[Any]:
        """Pictures that a mail's HTML can point at: `content_id`, `kind`, and `body` where they are wanted whole."""
        params = {"mail": mail, "whole": whole, "kinds": sorted(PICTURES), "largest": LARGEST_INLINE}
        return self.db.all(SQL.inline, params)
