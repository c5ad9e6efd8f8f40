"""A mail as it was read, and the keys by which an answer to one of ours is known.

Nothing of a mail's text is ever deleted: what was quoted, and signatures, are *folded*, told by their offsets. Whom an
answer belongs to is told by a key of ours in the address or in the Message-ID, never by subject or number: those
anybody can write.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from segue.texts import N_

LONGEST_LOCAL = 64 - len("+" + 26 * "i" + "-" + 20 * "p")
"""Octets of our address before its @, so that one with a key (an id and its proof) has no more than the 64 that servers
take (RFC 5321, 4.5.3.1.1)."""
HTML_TAGS = frozenset((
    "a", "b", "blockquote", "br", "code", "del", "div", "em", "h1", "h2", "h3", "h4", "hr", "i", "img", "li", "ol", "p",
    "pre", "s", "span", "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "u", "ul",
))  # fmt: skip
"""What of a mail's HTML is ever kept to be shown."""


class Cause(StrEnum):
    """Why a mail became no message, but waits for a person to look at it."""

    AUTO_REPLY = "auto_reply"
    BOUNCE = "bounce"
    LIST = "list"
    LOOP = "loop"
    OWN_ADDRESS = "own_address"
    NO_REPLY = "no_reply"
    UNKNOWN_SENDER = "unknown_sender"
    SPOOFED_AGENT = "spoofed_agent"
    SPOOFED = "spoofed"
    UNPROVEN = "unproven"
    NO_SENDER = "no_sender"
    TOO_MANY = "too_many"
    OVERSIZE = "oversize"
    UNREADABLE = "unreadable"

    @property
    def sentence(self) -> str:
        return _SENTENCES[self]


_SENTENCES = {
    Cause.AUTO_REPLY: N_("a machine answered: an absence note, or a receipt"),
    Cause.BOUNCE: N_("a mail server says that a mail was not, or not yet, delivered"),
    Cause.LIST: N_("it was sent to a list, or in bulk"),
    Cause.LOOP: N_("it has been through here before"),
    Cause.OWN_ADDRESS: N_("it comes from one of our own addresses"),
    Cause.NO_REPLY: N_("its sender takes no answers"),
    Cause.UNKNOWN_SENDER: N_("it answers a conversation in which its sender, for whom nobody vouches, has no part"),
    Cause.SPOOFED_AGENT: N_("it comes under the address of an agent"),
    Cause.SPOOFED: N_("its sender's own domain says that it is forged"),
    Cause.UNPROVEN: N_("it is written in the customer's name, and nobody vouches that they wrote it"),
    Cause.NO_SENDER: N_("it names nobody who could be answered"),
    Cause.TOO_MANY: N_("its sender has written too many mails in an hour"),
    Cause.OVERSIZE: N_("it is larger than what is taken"),
    Cause.UNREADABLE: N_("it could not be read"),
}


@dataclass(frozen=True, slots=True)
class MailAddress:
    """An address in lower case, with the name it was given; the name is anybody's claim."""

    address: str
    name: str = ""

    @property
    def local(self) -> str:
        return self.address.rpartition("@")[0]

    @property
    def domain(self) -> str:
        return self.address.rpartition("@")[2]


@dataclass(frozen=True, slots=True)
class Attachment:
    name: str
    type: str
    body: bytes = field(repr=False)
    content_id: str = ""
    """How the mail's HTML points at it; empty where it does not."""

    @property
    def size(self) -> int:
        return len(self.body)


@dataclass(frozen=True, slots=True)
class Fold:
    """A stretch of the text that is shown only when asked for: `quote` or `signature`."""

    start: int
    end: int
    kind: str


@dataclass(frozen=True, slots=True)
class Undelivered:
    """What a mail server reports about a mail of ours."""

    recipients: tuple[str, ...] = ()
    """To whom it could not be delivered, in lower case: as the last server knows them, and as we wrote to them."""
    action: str = ""
    status: str = ""
    why: str = ""
    message_ids: tuple[str, ...] = ()
    """Of the mail it is about."""

    @property
    def is_final(self) -> bool:
        """Whether it will not be delivered; a delay is no failure."""
        return self.action.lower() == "failed" or (not self.action and not self.status.startswith(("2", "4")))


@dataclass(frozen=True, slots=True)
class Authentication:
    """What our own mail server found out about the sender: pass, fail, none, …"""

    spf: str = "none"
    dkim: str = "none"
    dmarc: str = "none"
    aligned: bool = False
    """SPF or DKIM passed, and for the domain that the mail names as its sender's: what DMARC asks for, also of a domain
    that has no policy for it."""

    @property
    def vouches(self) -> bool:
        return self.dmarc == "pass" or (self.aligned and not self.is_forged)

    @property
    def is_forged(self) -> bool:
        return self.dmarc == "fail"


@dataclass(frozen=True, slots=True)
class Marks:
    """What tells a machine's mail from a person's."""

    auto_submitted: str = ""
    precedence: str = ""
    is_list: bool = False
    is_report: bool = False
    asks_for_silence: bool = False
    """It carries a mark that only machines set."""
    asks_for_people: bool = False
    """It says that no machine should answer it, which some companies let the mail of people say."""
    hops: int = 0
    """Servers it went through."""
    loops: tuple[str, ...] = ()
    """Our own marks on it, and those of other Segues."""
    return_path: str | None = None
    """None where it is not known; empty where nobody wants to hear of it again."""


@dataclass(frozen=True, slots=True)
class Mail:
    sender: MailAddress | None
    to: tuple[MailAddress, ...] = ()
    cc: tuple[MailAddress, ...] = ()
    reply_to: tuple[MailAddress, ...] = ()
    delivered_to: tuple[str, ...] = ()
    """Addresses it was delivered to on its way, as servers wrote them down."""
    subject: str = ""
    at: datetime | None = None
    """When it says it was written."""
    message_id: str = ""
    references: tuple[str, ...] = ()
    """Message-IDs it answers, oldest first, the one it answers directly last."""
    text: str = ""
    html: str = ""
    """Made safe; empty where there was none."""
    attachments: tuple[Attachment, ...] = ()
    folds: tuple[Fold, ...] = ()
    marks: Marks = Marks()
    undelivered: Undelivered | None = None
    authentication: Authentication = Authentication()
    guessed: str = ""
    """The charset it was read in, where it names none and another is nearly as likely."""

    @property
    def said(self) -> str:
        """What the sender wrote now: the text without its folds; all of it where nothing else would be left."""
        parts, at = list[str](), 0
        for fold in self.folds:
            parts.append(self.text[at : fold.start])
            at = fold.end
        left = re.sub(r"\n{3,}", "\n\n", "".join((*parts, self.text[at:]))).strip()
        return left or self.text.strip()


@dataclass(frozen=True, slots=True)
class MailKeys:
    """Marks what leaves the house so that an answer to it is known again; `secret` is the workspace's own.

    `reply+<key>@ours` and `<key@ours>` name a conversation (and a message) with 80 bits of HMAC-SHA256, so nobody can
    make one; case does not matter in them, because mail servers change it.
    """

    secret: bytes = field(repr=False)
    address: str
    """Where answers go to: a key is put before its @."""

    @property
    def domain(self) -> str:
        return self.address.rpartition("@")[2].lower() or "segue.invalid"

    def reply_address(self, conversation: str) -> str:
        local = self.address.rpartition("@")[0].partition("+")[0]
        return f"{local}+{self._key(conversation[4:].lower())}@{self.domain}"

    def message_id(self, conversation: str, seq: int) -> str:
        """With the angle brackets."""
        return f"<{self._key(f'{conversation[4:].lower()}.{seq}')}@{self.domain}>"

    def conversation_at(self, addresses: Iterable[str]) -> str | None:
        """The conversation whose reply address is among them."""
        for address in addresses:
            local, _, domain = address.lower().rpartition("@")
            if domain == self.domain and (named := self._named(local.partition("+")[2])):
                return f"cnv_{named.upper()}"
        return None

    def message_in(self, message_ids: Iterable[str]) -> tuple[str, int] | None:
        """The conversation and seq of the last Message-ID among them that is ours."""
        for found in reversed(tuple(message_ids)):
            left, _, domain = found.strip("<> \t").lower().rpartition("@")
            stem, _, seq = (self._named(left) or "").partition(".")
            if domain == self.domain and seq.isascii() and seq.isdigit() and len(seq) < 10:
                return f"cnv_{stem.upper()}", int(seq)
        return None

    def _key(self, name: str) -> str:
        return f"{name}-{self._proof(name)}"

    def _named(self, key: str) -> str | None:
        name, _, proof = key.rpartition("-")
        is_ours = bool(name) and hmac.compare_digest(self._proof(name).encode(), proof.encode("utf8", "replace"))
        return name if is_ours else None

    def _proof(self, name: str) -> str:
        return hmac.new(self.secret, name.encode("utf8", "replace"), hashlib.sha256).hexdigest()[:20]
