"""A mail's headers as people meant them: encoded words that are broken, names nobody quoted, results of one server.

Controls are taken out *after* decoding, so that no encoded word can smuggle in a line of its own.
"""

from __future__ import annotations

import base64
import binascii
import codecs
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from segue.domain.mail import Authentication, MailAddress
from segue.integrations.mail.charsets import decode, known_as, one_line

LONGEST = 20_000
MOST_ADDRESSES = 200
MOST_REFERENCES = 100
_WORD = re.compile(r"=\?([\w.:*+-]{1,60})\?([bBqQ])\?(.{0,4000}?)\?=", re.DOTALL)
_ID = re.compile(r"<([^<>\s]{1,300})>")
_ADDRESS = re.compile(r"[^\s<>()\[\],;:\"\\@]{1,64}@[^\s<>()\[\],;:\"\\@]{1,253}")
_SENSIBLE = re.compile(r"[^\s\ufffd]+@[\w-]+(?:\.[\w-]+)*")
"""What could be written to; bytes that are no text at all may have an @ among them, too."""
_COMMENT = re.compile(r"\([^()]*\)")
_ABOUT = {"spf": (r"smtp\.mailfrom",), "dkim": (r"header\.d", r"header\.i")}
"""The property that says whose word a result is (RFC 8601, 2.7), the surest first: some servers name the signer alone,
whose domain is the signing one or below it (RFC 6376, 3.5)."""
_HEX = re.compile(rb"=([0-9A-Fa-f]{2})")


def text_of(raw: str, written: str = "") -> str:
    """A header decoded, on one line. `raw` is as the standard library parses it: odd bytes as surrogates. `written`:
    what the rest of the mail is written in."""
    return one_line(_with_words(_plain(raw[:LONGEST], written)))


def charset_of(raw: str) -> str:
    """The first that its encoded words name, other than UTF-8; empty where there is none that we know."""
    named = (word[1].partition("*")[0] for word in _WORD.finditer(raw[:LONGEST]))
    return next(
        (known for name in named if (known := known_as(name)) not in ("", "utf-8", "ascii") and _is_one(known)), ""
    )


def _is_one(charset: str) -> bool:
    try:
        return bool(codecs.lookup(charset))
    except (LookupError, ValueError):
        return False


def _plain(raw: str, written: str = "") -> str:
    """Bytes written without any encoding are guessed at."""
    if raw.isascii():
        return raw
    return decode(raw.encode("utf-8", "surrogateescape"), hint=written)


def _with_words(text: str) -> str:
    """Words of one charset that follow each other are one run of bytes: a character may be cut between them."""
    said, at, run, charset = list[str](), 0, b"", ""
    for word in _WORD.finditer(text):
        between, name = text[at : word.start()], word[1].partition("*")[0].lower()
        if run and (between.strip() or name != charset):
            said.append(decode(run, charset))
            run = b""
        if between.strip() or not at:
            said.append(between)
        run, charset, at = run + _bytes_of(word[2], word[3]), name, word.end()
    return "".join((*said, decode(run, charset) if run else "", text[at:]))


def _bytes_of(kind: str, body: str) -> bytes:
    raw = body.encode("utf-8", "replace")
    if kind in "qQ":
        return _HEX.sub(lambda m: bytes.fromhex(m[1].decode()), raw.replace(b"_", b" "))
    bare = re.sub(rb"[^A-Za-z0-9+/]", b"", raw)
    try:
        return base64.b64decode(bare[: len(bare) - (len(bare) % 4 == 1)] + b"==="[: -len(bare) % 4])
    except binascii.Error:
        return raw


def addresses(raws: Sequence[str], written: str = "") -> tuple[MailAddress, ...]:
    """Every address in the headers; one without a sensible address is left out."""
    found = [_one(piece) for raw in raws for piece in _pieces(_plain(raw[:LONGEST], written))]
    return tuple(address for address in found if address)[:MOST_ADDRESSES]


def _pieces(raw: str) -> list[str]:
    """Cut at commas and semicolons that separate addresses: not those in quotes, brackets, comments, or a name nobody
    quoted."""
    pieces, start, quoted, angle, escaped = list[str](), 0, False, False, False
    depth, closes = 0, raw.rfind(")")
    for i, c in enumerate(raw):
        if escaped or c == "\\":
            escaped = not escaped
        elif c == '"' and not depth:
            quoted = not quoted
        elif not quoted and c in "()":
            depth = max(depth + (1 if c == "(" and i < closes else -1), 0)
        elif not quoted and not depth and c in "<>":
            angle = c == "<"
        elif c in ",;" and not quoted and not depth and not angle and "@" in raw[start:i]:
            pieces.append(raw[start:i])
            start = i + 1
    return [*pieces, raw[start:]]


def _one(piece: str) -> MailAddress | None:
    """The last address in angle brackets, else the last bare one; what stands before it is the name. What stands in
    quotes or comments is looked at only where there is no other: anybody may have written it there."""
    at, found = _found(_outside(piece))
    if not found:
        at, found = _found(piece)
    if not found:
        return None
    before = piece[:at]
    name = text_of(_unquoted(before.strip())).strip(" \"'<>").replace('\\"', '"')
    address = one_line(found[-1].strip(".'")).lower()
    return MailAddress(address, name[:200]) if _SENSIBLE.fullmatch(address) else None


def _found(piece: str) -> tuple[int, list[str]]:
    """Where the name before them ends, and the addresses."""
    before, bracket, rest = piece.rpartition("<")
    found = _ADDRESS.findall(rest) if bracket else []
    return (len(before), found) if found else (0, _ADDRESS.findall(_COMMENT.sub(" ", piece)))


def _outside(piece: str) -> str:
    """As long as `piece`, with blanks for what stands in quotes and in comments (RFC 5322, 3.2), closed or not."""
    said, depth, quoted, escaped = list[str](), 0, False, False
    for c in piece:
        is_inside = depth > 0 or quoted
        if escaped or (c == "\\" and is_inside):
            escaped = not escaped
        elif c == '"' and not depth:
            quoted, is_inside = not quoted, True
        elif c in "()" and not quoted:
            depth, is_inside = max(depth + (1 if c == "(" else -1), 0), True
        said.append(" " if is_inside else c)
    return "".join(said)


def _unquoted(name: str) -> str:
    """Of a name in quotes what stands in them (RFC 5322, 3.2.4); any other as it is."""
    is_quoted = len(name) > 1 and name[0] == name[-1] == '"'
    return re.sub(r"\\(.)", r"\1", name[1:-1]) if is_quoted else name


def message_ids(raw: str) -> tuple[str, ...]:
    """With angle brackets; the newest ones where there are very many."""
    return tuple(f"<{found}>" for found in _ID.findall(one_line(_plain(raw[-LONGEST:]))))[-MOST_REFERENCES:]


def date(raw: str) -> datetime | None:
    try:
        at = parsedate_to_datetime(one_line(raw[:200]))
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError, AttributeError):
        return None


def authentication(raws: Sequence[str], server: str, sender: MailAddress | None) -> Authentication:
    """Results in the topmost header that `server`, our own, wrote, and in those right below that it wrote as well: some
    write one for each method. All others are anybody's; of a method the topmost word counts.

    A DMARC result counts only for the domain that the mail names as its sender's. A pass of SPF or DKIM is `aligned`
    where it is for that domain or one above it; one below it is no word of the domain, for others may hold that.
    """
    results, told = list[str](), set[str]()
    for raw in raws:
        name, *said = _bare(one_line(raw[:LONGEST])).split(";")
        if server and [word.lower() for word in name.split()[:1]] == [server.lower()]:
            results += [one for one in said if _method(one) not in told]
            told |= {"", *map(_method, said)}
        elif told:
            break
    return _results(results, sender)


def _method(result: str) -> str:
    return result.partition("=")[0].partition("/")[0].strip().lower()


def _bare(raw: str) -> str:
    """Without comments, however deep one stands in another, and without what divides in quoted strings (RFC 8601, 2.2;
    RFC 5322, 3.2): there a sender may have written what they like. Empty where one is never closed."""
    said, depth, quoted, escaped = list[str](), 0, False, False
    for c in raw:
        if escaped or (c == "\\" and (depth or quoted)):
            escaped = not escaped
        elif c == '"' and not depth:
            quoted = not quoted
        elif c in "()" and not quoted:
            depth = max(depth + (1 if c == "(" else -1), 0)
            said.append(" ")
        elif not depth:
            said.append("_" if quoted and c in ";= " else c)
    return "" if depth or quoted else "".join(said)


def _results(results: Sequence[str], sender: MailAddress | None) -> Authentication:
    found, aligned = {"spf": "none", "dkim": "none", "dmarc": "none"}, False
    for result in results:
        method, value = _method(result), result.partition("=")[2]
        about = re.search(r"\bheader\.from\s*=\s*([^\s;]+)", result)
        is_other = method == "dmarc" and about and sender and about[1].lower().rpartition("@")[2] != sender.domain
        if method in found and value.strip() and not is_other and found[method] != "pass":
            found[method] = value.split()[0].lower()
        aligned = aligned or (_passed(value) and sender is not None and _speaks_for(method, result, sender.domain))
    return Authentication(**found, aligned=aligned)


def _passed(value: str) -> bool:
    return value.lower().split()[:1] == ["pass"]


def _speaks_for(method: str, result: str, domain: str) -> bool:
    """A property begins after a blank: within another's value a sender may have written what looks like one."""
    said = (re.search(rf"\s{about}\s*=\s*(\S+)", result) for about in _ABOUT.get(method, ()))
    named = next((found for found in said if found), None)
    about = named[1].lower().rpartition("@")[2].rstrip(".") if named else ""
    return "." in about and (domain == about or domain.endswith(f".{about}"))
