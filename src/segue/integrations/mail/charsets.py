"""Bytes to text as mail comes in the wild: wrong labels, none at all, or names nobody registered.

The one idea: a label is believed where the bytes agree with it; where they do not, the bytes are asked themselves, and
the rest of the mail. What comes out is always text that a database takes, no byte is passed over in silence, and what
was guessed without being sure is told as such.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from segue.integrations.mail.guessing import EASTERN, guess
from segue.integrations.mail.letters import COMMON

_ALIASES = {
    "gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030", "gb_2312-80": "gb18030", "hz-gb-2312": "hz",
    "ks_c_5601-1987": "cp949", "ksc5601": "cp949", "euc-kr": "cp949", "shift_jis": "cp932", "shift-jis": "cp932",
    "x-sjis": "cp932", "sjis": "cp932", "windows-31j": "cp932", "ms_kanji": "cp932", "iso-2022-jp": "iso2022_jp_2",
    "cp50220": "iso2022_jp_2", "iso-8859-1": "cp1252", "latin1": "cp1252", "iso8859-1": "cp1252", "big5": "cp950",
    "us-ascii": "ascii", "ansi_x3.4-1968": "ascii", "unicode-1-1-utf-7": "utf-7", "x-unknown": "", "unknown-8bit": "",
    "utf8": "utf-8", "utf-8mb4": "utf-8", "x-user-defined": "", "iso-8859-8-i": "iso8859-8", "x-mac-roman": "mac_roman",
    "default": "", "binary": "", "8bit": "",
}  # fmt: skip
_NOT_TEXT = ("base64", "hex", "bz2", "zip", "zlib", "uu", "rot13", "rot_13", "quopri", "idna", "punycode", "undefined",
             "unicode_escape", "raw_unicode_escape", "charmap", "mbcs", "oem", "unicode-escape")  # fmt: skip
_UNWANTED = re.compile("[\x00\ud800-\udfff]")
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_HIDDEN = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_SHIFTED = re.compile(rb"\+([A-Za-z0-9+/]*)(-?)")
_EASTERN = re.compile("[\u4e00-\u9fff\uac00-\ud7a3]")
_WRITTEN_SHIFTED = re.compile(
    "[\xa0-\u017f\u0370-\u04ff\u05d0-\u05ea\u2010-\u203a\u20ac\u3001-\u30ff\u4e00-\u9fff\uac00-\ud7a3\uff01-\uff5e]+"
)
"""What is ever written in UTF-7 without a label; other bytes that look like it are words with a plus before them."""
SAMPLE = 20_000
"""Bytes by which it is judged whether a text is UTF-8 with a broken byte."""
WRONG = 12.0
"""Nats by which another charset must be likelier than the Western one that a mail names by itself."""


@dataclass(frozen=True, slots=True)
class Read:
    text: str
    doubt: str = ""
    """The charset it was read in, where that was guessed and another is nearly as likely; mostly empty."""
    charset: str = ""
    """Where there was anything beyond ASCII."""


def decode(body: bytes, label: str = "", hint: str = "") -> str:
    """Never raises. Without a NUL or half a character in it. `hint`: what the rest of the mail is written in."""
    return read(body, label, hint).text


def read(body: bytes, label: str = "", hint: str = "") -> Read:
    """As `decode`, with how sure it is."""
    found = _read(body, label, hint)
    return Read(_UNWANTED.sub("\ufffd", found.text), found.doubt, found.charset)


def one_line(text: str) -> str:
    """For headers: no control character can make two lines of one, no mark can turn the reading direction round."""
    return " ".join(_HIDDEN.sub("", _CONTROLS.sub(" ", _UNWANTED.sub("\ufffd", text))).split())


def known_as(label: str) -> str:
    """What a label means to Python; empty for what names no charset of text."""
    name = label.strip().strip("\"'").lower()
    name = _ALIASES.get(name, name)
    return "" if any(name.startswith(odd) for odd in _NOT_TEXT) else name


def _read(body: bytes, label: str, hint: str) -> Read:
    name = known_as(label)
    if name and not (name == "ascii" and not body.isascii()):
        try:
            text = body.decode(name)
        except (LookupError, UnicodeError, ValueError, AttributeError):
            pass
        else:
            return _unless_named_by_itself(body, name, text)
    return _guessed(body, name, hint)


def _unless_named_by_itself(body: bytes, name: str, text: str) -> Read:
    """Programs write the Western label on anything, and ASCII on UTF-7."""
    if name == "ascii":
        return Read(_seven_bit(body))
    if name != "cp1252" or body.isascii():
        return Read(text, charset="" if body.isascii() else name)
    try:
        return Read(body.decode("utf-8"), charset="utf-8")
    except UnicodeDecodeError:
        found = guess(body)
    return (
        Read(body.decode(found.charset, "replace"), "", found.charset) if found.ahead > WRONG else Read(text, "", name)
    )


def _guessed(body: bytes, name: str, hint: str) -> Read:
    if body.isascii():
        return Read(_seven_bit(body))
    try:
        return Read(body.decode("utf-8"), charset="utf-8")
    except UnicodeDecodeError as error:
        is_cut = error.reason == "unexpected end of data" and (name == "utf-8" or not body[: error.start].isascii())
        if is_cut or (name == "utf-8" and _is_mostly_utf8(body[:SAMPLE])):
            return Read(body.decode("utf-8", "replace"), charset="utf-8")
    return _likeliest(body, name, hint)


def _likeliest(body: bytes, name: str, hint: str) -> Read:
    """What the rest of the mail is written in is likelier than any guess, where the bytes agree."""
    if hint:
        try:
            return Read(body.decode(hint), charset=hint)
        except (LookupError, UnicodeError, ValueError):
            pass
    found = guess(body)
    is_likely = found.is_sure and found.charset in EASTERN if name in EASTERN else found.ahead > WRONG
    if name in (*EASTERN, "cp1252") and not is_likely:
        return Read(body.decode(name, "replace"), charset=name)  # the label, with a broken byte or two
    return Read(body.decode(found.charset, "replace"), "" if found.is_sure else found.charset, found.charset)


def _is_mostly_utf8(sample: bytes) -> bool:
    """A broken byte or two; one that is only called so has hardly a character that is whole."""
    odd = [c for c in sample.decode("utf-8", "replace") if c > "\x7f"]
    return bool(odd) and sum(c != "\ufffd" for c in odd) / len(odd) > 0.5


def _seven_bit(body: bytes) -> str:
    if b"\x1b$" in body or b"\x1b(" in body:
        return body.decode("iso2022_jp_2", "replace")
    return _shifted(body) or body.decode("ascii")


def _shifted(body: bytes) -> str:
    """UTF-7, where every plus begins what is written in it; else nothing."""
    said = [found for found in _SHIFTED.finditer(body[:SAMPLE]) if found[0] != b"+-"]
    if not any(found[1] for found in said):
        return ""
    try:
        return body.decode("utf-7") if all(_is_written(found[0].decode("utf-7")) for found in said) else ""
    except UnicodeError:
        return ""


def _is_written(word: str) -> bool:
    """Of Chinese, Japanese and Korean at least half is common."""
    eastern = _EASTERN.findall(word)
    return bool(_WRITTEN_SHIFTED.fullmatch(word)) and 2 * sum(c in COMMON for c in eastern) >= len(eastern)
