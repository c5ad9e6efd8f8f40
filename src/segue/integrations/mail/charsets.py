"""Bytes to text as mail comes in the wild: wrong labels, none at all, or names nobody registered.

The one idea: a label is believed where the bytes agree with it; where they do not, the bytes are asked themselves. What
comes out is always text that a database takes, and no byte is passed over in silence.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TypeVar

_T = TypeVar("_T")
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
_HIGH = re.compile(rb"[\x80-\xff]+")
SAMPLE = 20_000
"""Bytes that a guess is made from."""


def decode(body: bytes, label: str = "") -> str:
    """Never raises. Without a NUL or half a character in it."""
    return _UNWANTED.sub("\ufffd", _decoded(body, label))


def one_line(text: str) -> str:
    """For headers: no control character can make two lines of one, no mark can turn the reading direction round."""
    return " ".join(_HIDDEN.sub("", _CONTROLS.sub(" ", _UNWANTED.sub("\ufffd", text))).split())


def _decoded(body: bytes, label: str) -> str:
    name = label.strip().strip("\"'").lower()
    name = _ALIASES.get(name, name)
    if name and not any(name.startswith(odd) for odd in _NOT_TEXT) and not (name == "ascii" and not body.isascii()):
        try:
            return body.decode(name)
        except (LookupError, UnicodeError, ValueError, AttributeError):
            pass
    return _guessed(body, name)


def _guessed(body: bytes, name: str) -> str:
    if body.isascii():
        return _seven_bit(body)
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        is_cut = error.reason == "unexpected end of data" and (name == "utf-8" or not body[: error.start].isascii())
        if is_cut or (name == "utf-8" and _is_mostly_utf8(body[:SAMPLE])):
            return body.decode("utf-8", "replace")
    guess = _likeliest(body[:SAMPLE])
    if name in ("gb18030", "cp932", "cp949", "cp950") and guess == "cp1252":
        guess = name  # the label, with a broken byte or two
    return body.decode(guess, "replace")


def _is_mostly_utf8(sample: bytes) -> bool:
    """A broken byte or two; one that is only called so has hardly a character that is whole."""
    odd = [c for c in sample.decode("utf-8", "replace") if c > "\x7f"]
    return _share(odd, lambda c: c != "\ufffd") > 0.5


def _seven_bit(body: bytes) -> str:
    if b"\x1b$" in body or b"\x1b(" in body:
        return body.decode("iso2022_jp_2", "replace")
    return body.decode("ascii")


def _likeliest(sample: bytes) -> str:
    """Of those that are written without a label: by what the characters come out as."""
    scores = {
        name: _score(sample, name) for name in ("cp932", "euc_jp", "gb18030", "cp949", "cp950", "cp1251", "koi8_r")
    }
    best = max(scores, key=lambda name: scores[name])
    return best if scores[best] >= 0.6 else "cp1252"


def _score(sample: bytes, name: str) -> float:
    """The share of what is not ASCII that looks like everyday writing in that charset; 0 where it does not decode."""
    text = sample.decode(name, "replace")
    odd = [c for c in text if c > "\x7f"]
    if not odd or text.count("\ufffd") > 1 + len(odd) // 50:
        return 0.0
    if name in ("cp1251", "koi8_r"):
        return _share(odd, lambda c: "а" <= c <= "я" or c == "ё") if _longest_run(sample) > 2 else 0.0
    if any(len(run) == 1 for run in _HIGH.findall(sample)) and name not in ("cp932", "gb18030", "cp950"):
        return 0.0
    kana = _share(odd, lambda c: "\u3041" <= c <= "\u30fe")
    if name in ("cp932", "euc_jp"):
        return _share(odd, _is_japanese) if kana > 0.15 else 0.0
    if name == "cp949":
        return _share(odd, lambda c: "\uac00" <= c <= "\ud7a3" or "\u3000" <= c <= "\u3002")
    level_one = _share(_pairs(sample), lambda pair: (0xB0 if name == "gb18030" else 0xA4) <= pair[0] <= (
        0xD7 if name == "gb18030" else 0xC6) or pair[0] in (0xA1, 0xA3))  # fmt: skip
    return 0.95 * min(_share(odd, _is_chinese), level_one)


def _pairs(sample: bytes) -> list[bytes]:
    return [run[i : i + 2] for run in _HIGH.findall(sample) for i in range(0, len(run), 2)]


def _longest_run(sample: bytes) -> int:
    return max(map(len, _HIGH.findall(sample)), default=0)


def _is_japanese(c: str) -> bool:
    return "\u3000" <= c <= "\u30ff" or "\u4e00" <= c <= "\u9fff" or "\uff01" <= c <= "\uff5e"


def _is_chinese(c: str) -> bool:
    return "\u4e00" <= c <= "\u9fff" or "\u3000" <= c <= "\u301f" or "\uff01" <= c <= "\uff5e"


def _share(of: Sequence[_T], is_so: Callable[[_T], bool]) -> float:
    return sum(map(is_so, of)) / len(of) if of else 0.0
