"""Mails as people's programs write them, for tests."""

from __future__ import annotations

from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP

from segue.intake.mail import arrival_of
from segue.integrations.mail.reading import read
from segue.store.inbox import Accepted
from segue.store.mail import MailStore

OURS = "support@ledgerly.example"


def mail(
    text: str = "Why is my invoice higher this month?", sender: str = "Eve <eve@elsewhere.example>", to: str = OURS,
    subject: str = "My invoice", message_id: str = "<m1@elsewhere.example>", **more: str,
) -> bytes:  # fmt: skip
    """`In_Reply_To="<…>"` adds a header."""
    made = EmailMessage()
    made["From"], made["To"], made["Subject"], made["Message-ID"] = sender, to, subject, message_id
    for name, value in more.items():
        made[name.replace("_", "-")] = " ".join(value.split())
    made.set_content(text)
    return made.as_bytes(policy=SMTP)


def raw(*headers: str, body: bytes = b"Hello") -> bytes:
    """Exactly these bytes, with line ends as in mail."""
    return "\r\n".join(headers).encode("utf-8", "surrogateescape") + b"\r\n\r\n" + body


def taken(store: MailStore, written: bytes, now: datetime, joins: str | None = None) -> Accepted:
    """The message that it became."""
    store.keep(written, OURS, "eve@elsewhere.example", now)
    (kept,) = store.due(now, 1)
    found = read(written)
    return store.take(kept, arrival_of(kept, found, joins), found, None, now)
