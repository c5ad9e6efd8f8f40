"""Sends one mail over SMTP. The Message-ID is made from the message it carries, so a repeated send is recognisably the
same mail and never a second one in a thread.

No word of a customer's can add a header: values are on one line before they are set, and what was composed is counted
again as it will be sent.
"""

from __future__ import annotations

import re
import smtplib
import ssl
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import make_msgid
from hashlib import sha256
from urllib.parse import unquote, urlsplit

from segue.domain.errors import Refused, Unavailable
from segue.domain.files import file_name
from segue.domain.mail import Attachment
from segue.domain.traces import brief, enhanced
from segue.integrations.mail.charsets import one_line
from segue.integrations.mail.near import is_near

TIMEOUT = 15.0
MOST_REFERENCES = 20
_ADDRESS = re.compile(r"[^@\s,;:<>()\[\]\"\\\x00-\x1f\x7f]{1,64}@[^@\s,;:<>()\"\\\x00-\x1f\x7f]{1,253}")
_SEVEN_BIT = SMTP.clone(cte_type="7bit")
_WIDE = _SEVEN_BIT.clone(max_line_length=500)


@dataclass(frozen=True, slots=True)
class WayOut:
    """Where mail leaves from: a server as `smtp://user:password@host:587` (or `smtps://`), our own address, and the
    mark by which we know what is ours."""

    server: str
    sender: str
    house: str = ""
    name: str = ""

    @property
    def written(self) -> str:
        """As a mail's From says it: a name may hold what divides addresses, and is one name still."""
        name = one_line(self.name).replace("=?", "= ?")
        local, _, domain = self.sender.rpartition("@")
        return str(Address(name, local, domain)) if name else self.sender

    @property
    def domain(self) -> str:
        return self.sender.rpartition("@")[2] or "segue.invalid"


@dataclass(frozen=True, slots=True)
class Letter:
    """What is to be written. `message_id` and `references` with their angle brackets, the newest reference last."""

    to: str
    subject: str
    text: str
    message_id: str
    is_automatic: bool
    reply_to: str = ""
    references: tuple[str, ...] = ()
    at: datetime | None = None
    is_answer: bool = True
    files: tuple[Attachment, ...] = ()
    """Their type is what they are by content."""
    html: str = ""
    """The same, formatted, for who reads it so; safe to show. Without it the mail is its text alone."""


def own_letter(way: WayOut, to: str, subject: str, text: str, at: datetime) -> Letter:
    """One that answers nothing, and that nobody need answer."""
    return Letter(to, subject, text, make_msgid(domain=way.domain), True, at=at, is_answer=False)


def compose(way: WayOut, letter: Letter) -> EmailMessage:
    """What no person wrote says so, that no other machine answers it (RFC 3834).

    Raises Refused for an address or subject that would break a header."""
    if not _ADDRESS.fullmatch(letter.to):
        raise Refused(f"{letter.to!r} is no e-mail address.", "Correct the contact's address.")
    mail = EmailMessage(policy=_SEVEN_BIT)
    try:
        for name, value in _headers(way, letter).items():
            mail[name] = value
    except (ValueError, IndexError) as error:
        raise Refused(f"No mail can be written to {letter.to!r}: {error}.", "Correct the contact's address.") from error
    mail.set_content(letter.text.encode("utf8", "replace").decode("utf8"), charset="utf-8")
    if letter.html:
        # Made of the id and not drawn, so that a repeated send stays the same mail.
        mail.make_alternative(boundary=f"=_{sha256(letter.message_id.encode()).hexdigest()[:32]}")
        mail.add_alternative(letter.html.encode("utf8", "replace").decode("utf8"), subtype="html", charset="utf-8")
    for file in letter.files:
        kind, _, ending = file.type.partition("/")
        mail.add_attachment(file.body, kind, ending, cte="base64", filename=file_name(file.name))
    _refuse_more_headers(mail)
    return mail


def _headers(way: WayOut, letter: Letter) -> dict[str, str]:
    subject = one_line(letter.subject).replace("=?", "= ?")  # else it would be read as an encoded word, here and there
    is_answered = subject[:3].lower() == "re:" or not letter.is_answer
    headers = {
        "From": way.written,
        "To": postal(letter.to),
        "Subject": (subject if is_answered else f"Re: {subject}")[:200],
        "Date": (letter.at or datetime.now(UTC)).strftime("%a, %d %b %Y %H:%M:%S +0000"),
        "Message-ID": letter.message_id,
    }
    if letter.reply_to:
        headers["Reply-To"] = letter.reply_to
    if references := [one for one in letter.references if one.isascii()]:  # others no header can carry everywhere
        headers["In-Reply-To"] = references[-1]
        headers["References"] = " ".join(references[-MOST_REFERENCES:])
    if letter.is_automatic:
        kind = "auto-replied" if letter.is_answer else "auto-generated"
        headers |= {"Auto-Submitted": kind, "X-Auto-Response-Suppress": "All"}
    return headers | ({"X-Segue-House": way.house} if way.house else {})


def postal(address: str) -> str:
    """With its domain as every server reads it; the part before the @ stays as it is, for it is its server's own."""
    local, _, domain = address.rpartition("@")
    try:
        return address if domain.isascii() else f"{local}@{domain.encode('idna').decode()}"
    except UnicodeError:
        return address


def _written(mail: EmailMessage) -> bytes:
    """Our addresses and ids are long, and a header that begins with an empty line is not everybody's idea of one. An
    address beyond ASCII is no word to be encoded (RFC 2047, 5): it stands there as it is (RFC 6532)."""
    return mail.as_bytes(policy=_WIDE if str(mail["To"]).isascii() else _WIDE.clone(utf8=True))


def _refuse_more_headers(mail: EmailMessage) -> None:
    """Older Pythons write an injected header out of an encoded word (CPython gh-121650)."""
    head = _written(mail).partition(b"\r\n\r\n")[0]
    lines = [line for line in head.split(b"\r\n") if line[:1] not in (b" ", b"\t")]
    if len(lines) != len(mail.keys()):
        raise Refused("A header of this mail would have become several.", "Look at its subject and address.")


def send(way: WayOut, mail: EmailMessage, return_path: str = "") -> None:
    """Raises Unavailable where the server does not take it now (sending again is safe), Refused where it never will.

    What it says of us, of our name, our password or our sender, is no word about the customer's address.
    """
    to = [str(mail["To"])]
    try:
        with server_of(way.server) as server:
            sender = return_path or way.sender
            options = () if f"{sender}{to[0]}".isascii() else ("SMTPUTF8",)
            server.sendmail(sender, to, _written(mail), options)  # send_message would write `>From` for `From`
    except smtplib.SMTPRecipientsRefused as error:
        code, said = next(iter(error.recipients.values()))
        _give_up_or_wait(code, said)
    except smtplib.SMTPDataError as error:
        _give_up_or_wait(error.smtp_code, error.smtp_error)
    except (OSError, smtplib.SMTPException, ValueError) as error:
        raise _untaken(str(error), brief(error)) from error


def _give_up_or_wait(code: int, said: bytes | str) -> None:
    why = one_line(said.decode("utf8", "replace") if isinstance(said, bytes) else said)[:300]
    short = f"{code} {enhanced(said)}".strip()  # what it says besides may name the customer
    if 550 <= code <= 554 and code != 552:
        refused = "The mail server refused the mail: {}."
        raise Refused(refused.format(f"{code} {why}"), "Correct the contact's address.", plain=refused.format(short))
    raise _untaken(f"{code} {why}", short)


def _untaken(why: str, plain: str) -> Unavailable:
    told = "The mail server did not take the mail: {}."
    return Unavailable(told.format(why), "It is tried again.", plain=told.format(plain))


@contextmanager
def server_of(
    url: str, plain: type[smtplib.SMTP] | None = None, wrapped: type[smtplib.SMTP_SSL] | None = None,
    timeout: float = TIMEOUT,
) -> Iterator[smtplib.SMTP]:  # fmt: skip
    """Greeted, encrypted where it can be, and signed in to. `plain`, `wrapped`: another kind of line than usual."""
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or 0
    if parts.scheme == "smtps":  # without a context of ours the library asks no server who it is
        line: smtplib.SMTP = (wrapped or smtplib.SMTP_SSL)(host, port, timeout=timeout, context=_secure())
    else:
        line = (plain or smtplib.SMTP)(host, port, timeout=timeout)
    with line as server:
        if parts.scheme == "smtp" and server.has_extn("starttls"):
            server.starttls(context=_secure())
        elif parts.scheme == "smtp" and parts.username and not (server.sock and is_near(server.sock)):
            no_tls = f"{parts.hostname} offers no TLS, and no password is sent to it in clear."
            raise Unavailable(no_tls, "Set smtps:// in SEGUE_SMTP, or let the server offer STARTTLS.", plain=no_tls)
        if parts.username:
            _sign_in(server, unquote(parts.username), unquote(parts.password or ""))
        yield server


def _secure() -> ssl.SSLContext:
    """Made only where it is wanted: reading all the certificates that the system trusts takes 50 ms."""
    return ssl.create_default_context()


def _sign_in(server: smtplib.SMTP, user: str, password: str) -> None:
    """The library's own login takes ASCII alone; what goes beyond is said in UTF-8 by PLAIN (RFC 4616)."""
    if f"{user}{password}".isascii():
        server.login(user, password)
        return
    server.ehlo_or_helo_if_needed()
    said = b64encode(f"\0{user}\0{password}".encode()).decode()
    code, why = server.docmd("AUTH", f"PLAIN {said}")
    if code != 235:
        raise smtplib.SMTPAuthenticationError(code, why)
