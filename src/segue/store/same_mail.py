"""When two deliveries are one mail: by mailbox, by LMTP and out of a file it comes with other headers, to another of
our addresses, with other line ends, and is the same mail nevertheless.

The one idea: what its writer's program wrote counts (Message-ID, sender, subject and content), what the way added does
not. One Message-ID over two of these makes two mails: there are machines that write the same one each time. Without
one, the headers count as well, but for those of the way where a Date tells one mail from the next; without either
everything counts, for a mail too many is better than one too few.
"""

from __future__ import annotations

import hashlib
import re

LONGEST_HEAD = 200_000
SURELY_KEPT = 65_536
"""Bytes of the content of a mail that is kept by its beginning alone: so many are there however it came."""
_MESSAGE_ID = re.compile(rb"^message-id:\s*(<[^<>\s]{1,300}>)", re.IGNORECASE | re.MULTILINE)
_WHO_AND_WHAT = re.compile(rb"^(from|subject):([^\n]*\n(?:[ \t][^\n]*\n)*)", re.IGNORECASE | re.MULTILINE)
_ADDRESS = re.compile(rb"[^\s<>()\[\],;:\"\\@]{1,64}@[^\s<>()\[\],;:\"\\@]{1,253}")
_DATE = re.compile(rb"^date:[ \t]*[^\s]", re.IGNORECASE | re.MULTILINE)
_OF_THE_WAY = re.compile(
    rb"^(?:return-path|received|delivered-to|x-original-to|envelope-to|x-envelope-to|x-forwarded-to|status|x-status"
    rb"|x-uid|x-imap\w*|x-keywords|x-mozilla-\S+|x-gmail-labels|x-gm-thrid|content-length|lines"
    rb"|authentication-results|arc-[a-z-]+|received-spf|x-spam-\S+|x-virus-\S+):[^\n]*\n(?:[ \t][^\n]*\n)*",
    re.IGNORECASE | re.MULTILINE,
)
"""Headers that servers add, and programs that put mails into files."""
_QUOTED = re.compile(rb"^>+(?=From )", re.MULTILINE)
"""An mbox writes a mark before such lines, and not every one takes it off again."""


def key_of(raw: bytes, is_cut: bool = False) -> str:
    """The key of a mail: the same mail has the same one, whichever way it came. `is_cut`: `raw` may be only its
    beginning."""
    head, content = _parts(raw, is_cut)
    return hashlib.sha256(_named(head) + b"\0" + content).hexdigest()


def comes_from(raw: bytes, return_path: str | None) -> str:
    """Whose mail it is, as far as can be told without reading it: who it says it is from. The return path only where it
    does not say: many services put another into each mail, and a forwarder the same one into everybody's."""
    head = raw[:LONGEST_HEAD].replace(b"\r\n", b"\n").partition(b"\n\n")[0] + b"\n"
    says = next((m[2] for m in _WHO_AND_WHAT.finditer(head) if m[1].lower() == b"from"), b"")
    found = _ADDRESS.findall(says)
    return found[-1].decode("latin-1").replace("\0", "").lower() if found else (return_path or "").lower()


def keys_before(raw: bytes, recipient: str, is_cut: bool = False) -> list[str]:
    """The keys that mails had before: at first with the address that they were delivered to, then with their Message-ID
    and content alone."""
    head, content = _parts(raw, is_cut)
    found = _MESSAGE_ID.search(head)
    then = [hashlib.sha256(found[1] + b"\0" + content).hexdigest()] if found else []
    return [_first_key(raw, recipient), *then]


def _parts(raw: bytes, is_cut: bool) -> tuple[bytes, bytes]:
    head, _blank, body = raw.replace(b"\r\n", b"\n").partition(b"\n\n")
    return head[:LONGEST_HEAD], _QUOTED.sub(b"", body[:SURELY_KEPT] if is_cut else body.rstrip(b"\n"))


def _first_key(raw: bytes, recipient: str) -> str:
    head, _blank, body = raw.replace(b"\r\n", b"\n").partition(b"\n\n")
    found = _MESSAGE_ID.search(head[:LONGEST_HEAD])
    named = found[1] + b"\0" + body if found else head + b"\0" + body
    return hashlib.sha256(recipient.lower().encode("utf8", "replace") + b"\0" + named).hexdigest()


def _named(head: bytes) -> bytes:
    if found := _MESSAGE_ID.search(head):
        # folded lines are joined: not every program folds them where another does
        said = sorted((m[1].lower(), b" ".join(m[2].split())) for m in _WHO_AND_WHAT.finditer(head + b"\n"))
        return b"\0".join((found[1], *(b":".join(one) for one in said)))
    return _OF_THE_WAY.sub(b"", head + b"\n") if _DATE.search(head) else head
