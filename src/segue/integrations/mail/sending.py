"""Sends one mail over SMTP. The Message-ID is made from the message it carries, so a repeated send is recognisably the
same mail and never a second one in a thread."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

from segue.domain.errors import Refused, Unavailable

TIMEOUT = 15.0


@dataclass(frozen=True, slots=True)
class Mailbox:
    """Where mail leaves from: a server as `smtp://user:password@host:587` (or `smtps://`), and our own address."""

    server: str
    sender: str

    @property
    def domain(self) -> str:
        return self.sender.rpartition("@")[2] or "segue.invalid"


def compose(mailbox: Mailbox, to: str, subject: str, text: str, message_id: str, is_automatic: bool) -> EmailMessage:
    """What no person wrote says so, that no other machine answers it (RFC 3834).

    Raises Refused for an address or subject that would break a header."""
    mail = EmailMessage()
    try:
        mail["From"], mail["To"] = mailbox.sender, to
        mail["Subject"] = f"Re: {' '.join(subject.split())}"[:200]
        mail["Message-ID"] = f"<{message_id}@{mailbox.domain}>"
        if is_automatic:
            mail["Auto-Submitted"] = "auto-replied"
            mail["X-Auto-Response-Suppress"] = "All"
    except ValueError as error:
        raise Refused(f"No mail can be written to {to!r}: {error}.", "Correct the contact's address.") from error
    mail.set_content(text)
    return mail


def send(mailbox: Mailbox, mail: EmailMessage) -> None:
    """Raises Unavailable where the server does not take it; sending again is safe."""
    try:
        with _server(mailbox.server) as server:
            server.send_message(mail)
    except (OSError, smtplib.SMTPException) as error:
        raise Unavailable(f"The mail server did not take the mail: {error}.", "It is tried again.") from error


@contextmanager
def _server(url: str) -> Iterator[smtplib.SMTP]:
    parts = urlsplit(url)
    secure = ssl.create_default_context()
    kind = smtplib.SMTP_SSL if parts.scheme == "smtps" else smtplib.SMTP
    with kind(parts.hostname or "", parts.port or 0, timeout=TIMEOUT) as server:
        if parts.scheme == "smtp" and server.has_extn("starttls"):
            server.starttls(context=secure)
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        yield server
