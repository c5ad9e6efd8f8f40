"""Texts that trip programs up, made from classes: scripts, marks, blanks, numbers, words, syntaxes of other programs.

No list is copied; what a class holds is said by the ranges and words below. Each can be kept by a database, so none has
a NUL or half a surrogate pair.
"""

from __future__ import annotations

from itertools import chain

SCRIPTS = ((0x00A1, "Latin"), (0x0391, "Greek"), (0x0410, "Cyrillic"), (0x0531, "Armenian"), (0x05D0, "Hebrew"),
           (0x0627, "Arabic"), (0x0905, "Devanagari"), (0x0E01, "Thai"), (0x10D0, "Georgian"), (0x1100, "Hangul parts"),
           (0x1200, "Ethiopic"), (0x16A0, "Runes"), (0x3042, "Hiragana"), (0x4E00, "Han"), (0xAC00, "Hangul"),
           (0xF900, "compatible Han"), (0x10330, "Gothic"), (0x1D400, "mathematical"), (0x1F600, "faces"),
           (0x20000, "rare Han"), (0xE0041, "tags"), (0x100000, "private"))  # fmt: skip
BLANKS = "\t\n\x0b\x0c\r\x1c\x1f \x85\xa0\u1680\u2000\u2003\u2009\u200b\u2028\u2029\u202f\u205f\u2060\u3000\ufeff"
CONTROLS = "".join(map(chr, chain(range(1, 9), range(0x0E, 0x20), range(0x7F, 0xA0))))
DIRECTIONS = "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
NON_CHARACTERS = "\ufdd0\ufffe\uffff\U0001fffe\U0010ffff"
NUMBERS = (
    "0", "-0", "1e309", "-1e-400", "NaN", "Infinity", "0x7f", "0b1", "0o17", "1_000", "1,000.00", "1.000,00", "١٢٣",
    "½", "9" * 40, "2147483648", "9223372036854775808", "1/0", "00", "+1", "1e5", "10.0.0.1", "2026-13-45T25:61",
)  # fmt: skip
WORDS = (
    "null", "NULL", "None", "nil", "undefined", "true", "False", "yes", "on", "__proto__", "constructor", "toString",
    "hasOwnProperty", "self", "eval", "CON", "nul.txt", "..", ".", "~", "/dev/null", "C:\\", "admin", "me", "new",
    "index",
)  # fmt: skip
SYNTAXES = (
    "'", '"', "`", "\\", "''", '""', "\\\\", "%", "%s%n%d", "{}", "{0}", "{{7*7}}", "${7*7}", "#{7*7}", "<%=7%>",
    "%00", "%0d%0a", "\\u0000", "\\x41", "&amp;amp;", "&#0;", "<>", "<!--", "-->", "]]>", "<b>",
    "'; drop table messages;--", "1' or '1'='1", "$(id)", "`id`", "|id", "&& id", "; id", "../../etc/passwd",
    "file:///etc/passwd", "=1+1", "+1", "@a", "-1", "#", "?a=b&c", "a=b;c", "**b**", "[x](y)", "![x](y)", "# x",
    "> x", "```", "\r\nBcc: e@x", "() { :;}", "*?[a]", "^(a+)+$", "{\"a\":1}", "[1,", "<?xml?>", "!!python/object:os",
    "\ufeffa", "q=\u0000"[:2],
)  # fmt: skip


def naughty() -> list[str]:
    """All different; none is empty or only blank."""
    marked = ["e" + "".join(map(chr, range(0x0300, 0x0300 + n))) for n in (1, 8, 60)]
    joined = [
        "👩\u200d👩\u200d👧\u200d👦",
        "👍🏽",
        "🇩🇪🇫",
        "❤\ufe0f",
        "❤\ufe0e",
        "ﬁ",
        "İi",
        "ßẞ",
        "ǆ",
        "e\u0301é",
        "Å\u212b",
    ]
    scripts = [
        "".join(chr(begin + n) for n in range(12) if chr(begin + n).isprintable() or n == 0) for begin, _ in SCRIPTS
    ]
    around = [f"a{c}b" for c in (*BLANKS, *CONTROLS[::5], *DIRECTIONS, *NON_CHARACTERS)]
    edges = [f"{c}a{c}" for c in BLANKS[::3]]
    long = ["a" * 250, "ß" * 125, "👍" * 60, "a " * 120 + "a", "\u202e" * 50 + "a", "a" + "\n" * 40 + "b"]
    made = [*scripts, *marked, *joined, *around, *edges, *long, *NUMBERS, *WORDS, *SYNTAXES]
    return [text for text in dict.fromkeys(made) if text.strip()]


OF_EACH_CLASS = (
    "\u202egnp.exe", "Z" + "\u0300\u0327\u0335\u0489" * 5 + "o", "👩\u200d👩\u200d👧\u200d👦👍🏽", "e\u0301é",
    "<b>x</b><script>alert(1)</script>", "'; drop table messages;--", "${7*7}<%=7%>", "../../etc/passwd", "a\ufeffb",
    "a\u2028b\u2029c", "&amp;#0;%00", "=1+1", "\\x41\\u0000",
)  # fmt: skip
"""One of each class that a field for a line may hold."""


def packed(name: str, longest: int) -> list[str]:
    """All of them, in as few texts as the length allows; each begins with a name of its own, to be known again by."""
    made, at = list[str](), ""
    for piece in OF_EACH_CLASS:
        if at and len(at) + 1 + len(piece) > longest:
            made.append(at)
            at = ""
        at = f"{at or f'{name}-{len(made)}'} {piece}"
    return [*made, at]
