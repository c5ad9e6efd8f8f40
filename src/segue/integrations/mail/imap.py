"""Fetches mail from an IMAP mailbox: by IDLE where the server has it, and by looking every minute in any case.

The one idea: a place (UIDVALIDITY and the last UID taken) is kept after each mail, and only once that mail is
durable; a line that drops in between fetches the mail again, which changes nothing. Read flags are not relied upon,
for people look into mailboxes too: only of what was there before we first looked do they tell what is wanted. Where
UIDVALIDITY changes, what came lately is fetched again.

The standard library's imaplib in a thread: one connection that waits is all there is to do, and it brings no
dependency.
"""

from __future__ import annotations

import imaplib
import re
import select
import ssl
import threading
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import unquote, urlsplit

import structlog

from segue.domain.errors import Refused, Unavailable
from segue.domain.traces import brief, traced
from segue.integrations.mail.near import is_near

log = structlog.get_logger()
LOOK_EVERY = 60.0
TIMEOUT = 60.0
LATELY = timedelta(days=3)
_WHY_NOT = re.compile(
    r"AUTHENTICATIONFAILED|AUTHORIZATIONFAILED|EXPIRED|PRIVACYREQUIRED|CONTACTADMIN|UNAVAILABLE|LIMIT|INUSE|SERVERBUG"
)
"""What a server says of who may not come in (RFC 5530)."""
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class Place:
    """How far a mailbox was read. `old`: its highest UID when it was first seen; up to there only what nobody has read
    is wanted, and, where it `is_renumbered`, what came lately."""

    validity: int = 0
    uid: int = 0
    old: int = 0
    is_renumbered: bool = False


Load = Callable[[], dict[str, Any] | None]
Save = Callable[[dict[str, Any]], None]
Keep = Callable[[bytes, int], None]
"""Makes a mail durable; the number is how large it is, where the bytes are only its beginning."""
Tell = Callable[[str, int], None]
"""Hears that the mailbox was read, with nothing, or why it was not; and how many mails were fetched. Never raises."""


@dataclass(frozen=True, slots=True)
class ImapMailbox:
    """Where mail is fetched from."""

    host: str
    port: int
    user: str
    password: str
    folder: str
    is_secure: bool

    @classmethod
    def of(cls, url: str) -> ImapMailbox:
        """Raises Refused for what is no IMAP address."""
        parts = urlsplit(url)
        if parts.scheme not in ("imap", "imaps") or not parts.hostname or not parts.username:
            raise Refused("SEGUE_IMAP names no mailbox.", "Write imaps://user:password@host/INBOX.")
        is_secure = parts.scheme == "imaps"
        port = parts.port or (993 if is_secure else 143)
        folder = unquote(parts.path.strip("/")) or "INBOX"
        return cls(parts.hostname, port, unquote(parts.username), unquote(parts.password or ""), folder, is_secure)

    @property
    def name(self) -> str:
        return f"{self.user}@{self.host}/{self.folder}"


class Watcher:
    """Takes over what is in a mailbox, and what comes. `largest`: bytes above which only the beginning is fetched."""

    def __init__(
        self, account: ImapMailbox, load: Load, save: Save, keep: Keep, now: Callable[[], datetime], largest: int,
        beginning: int, tell: Tell = lambda _why, _fetched: None,
    ) -> None:  # fmt: skip
        self._account, self._load, self._save, self._keep, self._now = account, load, save, keep, now
        self._largest, self._beginning, self._tell = largest, beginning, tell
        self._validity = 0

    def watch(self, stop: threading.Event, pause: float = 5.0, look_every: float = LOOK_EVERY) -> None:
        """Until told to stop; a server that is gone is tried again, ever more slowly."""
        wait = pause
        while not stop.is_set():
            try:
                with connected(self._account) as imap:
                    wait = pause
                    while not stop.is_set():
                        self._tell("", self._take_new(imap))
                        _wait_for_news(imap, stop, look_every)
            except Exception as error:  # of the database, too: a watcher that ends is missed by nobody
                log.warning("imap.waiting", mailbox=self._account.name, again_in=wait, **traced(error))
                self._tell(brief(error), 0)
                stop.wait(wait)
                wait = min(wait * 2, 300.0)

    def look(self) -> int:
        """Once; returns how many mails were fetched. Raises Unavailable where the server does not answer as it
        should."""
        try:
            with connected(self._account) as imap:
                return self._take_new(imap)
        except (OSError, imaplib.IMAP4.error, ValueError, IndexError) as error:
            told = f"The mailbox {self._account.name} cannot be read: {brief(error)}."
            raise Unavailable(told, "Check SEGUE_IMAP.", plain=told) from error

    def _take_new(self, imap: imaplib.IMAP4) -> int:
        self._validity = validity = int(_number(imap.response("UIDVALIDITY")[1]) or self._validity)
        place = Place(**(self._load() or {}))
        is_new = place.validity != validity
        if is_new:
            place = Place(validity, 0, max(_search(imap, "ALL"), default=0), is_renumbered=place.validity > 0)
        wanted = sorted(self._wanted(imap, place))
        if wanted:  # a line that drops from here on leaves the first look to be gone on with
            self._save(asdict(place))
        for uid in wanted:
            self._take_one(imap, uid)
            place = replace(place, uid=uid)
            self._save(asdict(place))
        if is_new or place.uid < place.old:
            self._save(asdict(replace(place, uid=max(place.uid, place.old))))
        return len(wanted)

    def _wanted(self, imap: imaplib.IMAP4, place: Place) -> set[int]:
        """All that came since the mailbox was first seen, and of what was there before what is still wanted."""
        seen = max(place.uid, place.old)
        found = {uid for uid in _search(imap, f"UID {seen + 1}:*") if uid > seen}
        return found if place.uid >= place.old else found | self._of_old(imap, place)

    def _of_old(self, imap: imaplib.IMAP4, place: Place) -> set[int]:
        found = _search(imap, "UNSEEN")
        if place.is_renumbered:
            day = self._now() - LATELY
            found |= _search(imap, f"SINCE {day.day}-{_MONTHS[day.month - 1]}-{day.year}")
        return {uid for uid in found if place.uid < uid <= place.old}

    def _take_one(self, imap: imaplib.IMAP4, uid: int) -> None:
        size = int(_number(_fetched(imap, uid, "RFC822.SIZE")) or 0)
        part = f"BODY.PEEK[]<0.{self._beginning}>" if size > self._largest else "BODY.PEEK[]"
        raw = next((piece[1] for piece in _fetched(imap, uid, part) if isinstance(piece, tuple)), None)
        if raw is None:
            if uid in _search(imap, f"UID {uid}"):
                raise imaplib.IMAP4.error(f"FETCH {uid} brought nothing of a mail that is there")
            return  # somebody deleted it in this moment
        self._keep(raw, max(size, len(raw)) if size > self._largest else len(raw))
        with suppress(imaplib.IMAP4.error):  # a mailbox we may only read
            imap.uid("STORE", str(uid), "+FLAGS.SILENT", r"(\Seen)")


@contextmanager
def connected(
    account: ImapMailbox, plain: type[imaplib.IMAP4] = imaplib.IMAP4,
    wrapped: type[imaplib.IMAP4_SSL] = imaplib.IMAP4_SSL, timeout: float = TIMEOUT,
) -> Iterator[imaplib.IMAP4]:  # fmt: skip
    """Signed in, encrypted where it can be, with the folder open."""
    if account.is_secure:
        secure = ssl.create_default_context()
        imap: imaplib.IMAP4 = wrapped(account.host, account.port, ssl_context=secure, timeout=timeout)
    else:
        imap = plain(account.host, account.port, timeout=timeout)
        if "STARTTLS" in imap.capabilities:
            imap.starttls(ssl.create_default_context())
            account = replace(account, is_secure=True)
    try:
        if not (account.is_secure or is_near(imap.socket())):
            no_tls = f"{account.host} offers no TLS, and no password is sent to it in clear."
            raise Refused(no_tls, "Set imaps:// in SEGUE_IMAP, or let the server offer STARTTLS.", plain=no_tls)
        _sign_in(imap, account)
        kind, said = imap.select(named(account.folder))
        if kind != "OK":
            none = f"There is no folder {account.folder}"
            raise Refused(f"{none}: {said!r}.", "Correct it in SEGUE_IMAP.", plain=f"{none}.")
        yield imap
    finally:
        with suppress(OSError, imaplib.IMAP4.error):
            imap.logout()


def _sign_in(imap: imaplib.IMAP4, account: ImapMailbox) -> None:
    """LOGIN takes ASCII alone; what goes beyond is said in UTF-8 by PLAIN (RFC 4616)."""
    try:
        if f"{account.user}{account.password}".isascii():
            imap.login(account.user, account.password)
        else:
            imap.authenticate("PLAIN", lambda _asked: f"\0{account.user}\0{account.password}".encode())
    except imaplib.IMAP4.error as error:
        told = f"{account.host} does not let {account.user} in"
        code = next(iter(_WHY_NOT.findall(str(error))), "it gives no code")
        raise Unavailable(
            f"{told}: {error}.", "Look at the name and password in SEGUE_IMAP.", plain=f"{told} ({code})."
        ) from error


def named(folder: str) -> str:
    """A folder as IMAP names it: in the UTF-7 of RFC 3501, 5.1.3, and in quotes. Raises Refused for one of several
    lines."""
    if not folder.isprintable():
        raise Refused("SEGUE_IMAP names a folder with a control character.", "Correct it in SEGUE_IMAP.")
    said = re.sub(r"[^\x20-\x7e]+|&", lambda m: f"&{_shifted(m[0])}-" if m[0] != "&" else "&-", folder)
    return '"' + said.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _shifted(letters: str) -> str:
    return b64encode(letters.encode("utf-16-be")).decode().rstrip("=").replace("/", ",")


def _search(imap: imaplib.IMAP4, what: str) -> set[int]:
    kind, found = imap.uid("SEARCH", None, *what.split())  # type: ignore[arg-type]
    if kind != "OK":
        raise imaplib.IMAP4.error(f"SEARCH {what}: {found!r}")
    return {int(uid) for part in found if part for uid in part.split()}


def _fetched(imap: imaplib.IMAP4, uid: int, what: str) -> list[Any]:
    """imaplib raises for BAD alone: a NO (RFC 3501, 6.4.5) says that this could not be had, not that it is gone."""
    kind, found = imap.uid("FETCH", str(uid), f"({what})")
    if kind != "OK":
        raise imaplib.IMAP4.error(f"FETCH {uid}: {found!r}")
    return found


def _number(said: list[Any]) -> str | None:
    """The last number in an answer: `1 (UID 7 RFC822.SIZE 120)` says 120."""
    text = " ".join(part.decode("ascii", "replace") for part in said if isinstance(part, bytes))
    found = re.findall(r"RFC822\.SIZE (\d+)", text) or re.findall(r"\d+", text)
    return found[-1] if found else None


def _wait_for_news(imap: imaplib.IMAP4, stop: threading.Event, seconds: float) -> None:
    """By IDLE (RFC 2177), which this Python's imaplib does not have yet; without it, by waiting. Then NOOP, so that
    a line that is dead is noticed."""
    until = time.monotonic() + seconds
    if "IDLE" in imap.capabilities:
        _idle(imap, stop, until)
    else:
        stop.wait(seconds)
    if not stop.is_set():
        imap.noop()


def _idle(imap: imaplib.IMAP4, stop: threading.Event, until: float) -> None:
    tag = imap._new_tag()
    imap.send(tag + b" IDLE\r\n")
    line = imap.readline()
    while not line.startswith(b"+"):
        if not line or line.startswith(tag):
            raise imaplib.IMAP4.abort(f"IDLE was refused: {line!r}")
        line = imap.readline()
    while not stop.is_set() and time.monotonic() < until:
        if select.select([imap.sock], [], [], 0.25)[0]:
            if not (line := imap.readline()):
                raise imaplib.IMAP4.abort("the server has gone")
            if b"EXISTS" in line or b"RECENT" in line:
                break
    imap.send(b"DONE\r\n")
    while not (line := imap.readline()).startswith(tag):
        if not line:
            raise imaplib.IMAP4.abort("the server has gone")
