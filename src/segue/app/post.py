"""Takes what waits in the outbox to the mail server. Without one (`SEGUE_SMTP`), it keeps waiting."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from segue.domain.errors import SegueError
from segue.integrations.mail.sending import Mailbox, compose, send
from segue.store.outbox import Outbox


class Post:
    def __init__(self, outbox: Outbox, server: str, sender: str) -> None:
        self._outbox = outbox
        self._mailbox = Mailbox(server, sender)

    def send_due(self, now: datetime) -> int:
        """Returns how many mails left."""
        if not self._mailbox.server:
            return 0
        return sum(self._send(row, now) for row in self._outbox.due("mail", now))

    def _send(self, row: Any, now: datetime) -> bool:
        try:
            body, message = row.body, f"{row.conversation_id}.{row.seq}"
            send(
                self._mailbox,
                compose(self._mailbox, body["to"], body["subject"], body["text"], message, body["is_automatic"]),
            )
        except SegueError as error:
            self._outbox.failed(row.id, str(error))
            return False
        self._outbox.sent(row.id, now)
        return True
