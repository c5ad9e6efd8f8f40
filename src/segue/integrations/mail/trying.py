"""Tries the way to a mail server or a mailbox, and writes down what both said, word for word but for passwords.

The one idea: it is the road that mails take, with a listener beside it. A test of its own would test itself.
"""

from __future__ import annotations

import imaplib
import smtplib
from typing import Any

from segue.domain.errors import SegueError
from segue.domain.ports import Tried
from segue.integrations.mail.imap import ImapMailbox, connected
from segue.integrations.mail.sending import WayOut, server_of
from segue.texts import _

PATIENCE = 10.0
"""Seconds for each answer: somebody waits before the page."""
LONGEST, MOST = 300, 80
HIDDEN = "••••"


def try_sending(way: WayOut, to: str) -> Tried:
    """Up to the moment before a mail would go out to that address; none does."""
    lines: list[str] = []
    try:
        with server_of(way.server, *_heard_smtp(lines), PATIENCE) as server:
            for code, said in (server.mail(way.sender), server.rcpt(to)):
                if code not in (250, 251):
                    raise smtplib.SMTPResponseException(code, said)
            server.rset()
    except (OSError, smtplib.SMTPException, ValueError, SegueError) as error:
        return Tried(False, _("It does not work: %(why)s", why=_why(error)), tuple(lines[:MOST]))
    says = _("It would take a mail from %(sender)s to %(to)s. None was sent.", sender=way.sender, to=to)
    return Tried(True, says, tuple(lines[:MOST]))


def try_fetching(url: str) -> Tried:
    """Signs in and opens the folder; nothing is fetched and nothing marked."""
    lines: list[str] = []
    try:
        account = ImapMailbox.of(url)
        with connected(account, *_heard_imap(lines), PATIENCE) as imap:
            there = imap.response("EXISTS")[1] or imap.untagged_responses.get("EXISTS", [None])
    except (OSError, imaplib.IMAP4.error, ValueError, IndexError, SegueError) as error:
        return Tried(False, _("It does not work: %(why)s", why=_why(error)), tuple(lines[:MOST]))
    count = there[-1].decode("ascii", "replace") if there and isinstance(there[-1], bytes) else "0"
    says = _("%(mailbox)s is open; messages in it: %(count)s.", mailbox=account.name, count=count)
    return Tried(True, says, tuple(lines[:MOST]))


def _why(error: Exception) -> str:
    """What the system says without its number, which helps nobody before the page."""
    said = error.strerror if isinstance(error, OSError) and not isinstance(error, smtplib.SMTPException) else ""
    return said or str(error) or type(error).__name__


def _heard_smtp(lines: list[str]) -> tuple[type[smtplib.SMTP], type[smtplib.SMTP_SSL]]:
    def heard(kind: Any) -> Any:
        class Heard(kind):  # type: ignore[misc]
            _is_secret = False

            def connect(self, host: str = "localhost", port: int = 0, *more: Any, **named: Any) -> tuple[int, bytes]:
                _note(lines, "→", f"connect {host}:{port or self.default_port}")
                found: tuple[int, bytes] = super().connect(host, port, *more, **named)
                return found

            def send(self, s: Any) -> None:
                said = s if isinstance(s, str) else bytes(s).decode("utf8", "replace")
                says_it_itself = said[:5].upper() == "AUTH "
                _note(lines, "→", f"AUTH {HIDDEN}" if says_it_itself else HIDDEN if self._is_secret else said)
                super().send(s)

            def getreply(self) -> tuple[int, bytes]:
                code, said = super().getreply()
                for line in said.splitlines():
                    _note(lines, "←", f"{code} {HIDDEN if code == 334 else line.decode('utf8', 'replace')}")
                return code, said

            def login(self, *given: Any, **more: Any) -> Any:
                self._is_secret = True
                try:
                    return super().login(*given, **more)
                finally:
                    self._is_secret = False

        return Heard

    return heard(smtplib.SMTP), heard(smtplib.SMTP_SSL)


def _heard_imap(lines: list[str]) -> tuple[type[imaplib.IMAP4], type[imaplib.IMAP4_SSL]]:
    def heard(kind: Any) -> Any:
        class Heard(kind):  # type: ignore[misc]
            def open(self, host: str = "", port: int = 143, timeout: float | None = None) -> None:
                _note(lines, "→", f"connect {host}:{port}")
                super().open(host, port, timeout)

            _is_secret = False

            def send(self, data: Any) -> None:
                tag, _blank, rest = bytes(data).partition(b" ")
                is_login = rest[:5].upper() == b"LOGIN"
                said = HIDDEN if self._is_secret else data
                _note(lines, "→", f"{tag.decode('ascii', 'replace')} LOGIN {HIDDEN}" if is_login else said)
                self._is_secret = self._is_secret or rest[:12].upper() == b"AUTHENTICATE"
                super().send(data)

            def readline(self) -> bytes:
                line: bytes = super().readline()
                self._is_secret = self._is_secret and line[:1] == b"+"
                _note(lines, "←", line)
                return line

        return Heard

    return heard(imaplib.IMAP4), heard(imaplib.IMAP4_SSL)


def _note(lines: list[str], way: str, said: str | bytes) -> None:
    text = said.decode("utf8", "replace") if isinstance(said, bytes | bytearray) else said
    lines.append(f"{way} {''.join(c if c.isprintable() else ' ' for c in text.strip())[:LONGEST]}")
