"""Mails about a conversation that are no messages of it: bounces that were heard, and what names it and was set aside.

The one idea: nothing that names a conversation is out of sight there, and a mail that is not beside it is not there.
"""

from __future__ import annotations

from typing import Any

from segue.domain.errors import NotFound
from segue.store.database import Database
from segue.store.mail import MailStore
from segue.store.sql import statements
from segue.texts import _

SQL = statements("mails_beside")
MOST = 20
"""Mails that a conversation shows without their being messages of it; more is a flood that nobody scrolls past."""


class MailsBeside:
    def __init__(self, db: Database) -> None:
        self.db = db

    def of(self, conversation: str) -> list[Any]:
        """The newest `MOST`, also of what was merged into it; oldest first."""
        return self.db.all(SQL.of_conversation, {"conversation_id": conversation, "limit": MOST})[::-1]

    def one(self, conversation: str, mail: str) -> Any:
        """Whole. Raises NotFound, the same for one of another conversation as for none."""
        if self.db.one(SQL.is_of, {"conversation_id": conversation, "id": mail}) is None:
            raise NotFound(_("There is no mail %(mail)s.", mail=mail), _("Load the conversation again."))
        return MailStore(self.db).one(mail)

    def taken_as(self, mail: str) -> tuple[str, int] | None:
        """The message that it became; None where it became none, or is not there."""
        row = self.db.one(SQL.taken_as, {"id": mail})
        return (row.conversation_id, row.seq) if row else None
