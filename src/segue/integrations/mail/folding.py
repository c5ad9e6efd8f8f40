"""What of a text was quoted, and where the signature is: told by offsets, so that nothing is lost.

The one idea: a line that introduces a quotation names a time or an address and says "wrote" in some language, or is the
first of a block of headers (From, Sent, To, Subject in some language). Where lines with `>` follow, only those are
folded, and an answer written between them stays; where none follow, everything after it was quoted. A line of a
signature that names a number of ours, as of an invoice, may be what somebody writes about, and stays.
"""

from __future__ import annotations

import re
from itertools import accumulate, pairwise

from segue.domain.mail import Fold
from segue.integrations.mail.phrases import (
    BY,
    CLOSING,
    DEVICE,
    ENDS,
    FIELD_FROM,
    FIELD_NEXT,
    OPENS,
    ORIGINAL,
    REFERENCE,
    RULE,
    SIGNATURE,
    TITLE,
    WHEN,
    WHO,
    WROTE,
)

MOST_LINES = 5_000
LONGEST_HEADER = 400
SIGNATURE_LINES = 12
"""A signature is the last thing said, and short."""
LONGEST_NAME_LINE, MOST_NAMES = 70, 5
_DIRECTIONS = dict.fromkeys(map(ord, "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"))
"""Marks of reading direction, which stand anywhere in what is written from right to left."""
Span = tuple[int, int, str]


def folds(text: str) -> tuple[Fold, ...]:
    """In order, without overlap. `text[fold.start:fold.end]` is whole lines."""
    lines = text.splitlines(keepends=True)[:MOST_LINES]
    starts = [0, *accumulate(map(len, lines))]
    plain = [line.translate(_DIRECTIONS) for line in lines]
    spans = _quoted(plain)
    tail = spans[-1][0] if spans and spans[-1][1] == len(lines) else len(lines)
    spans = sorted([*spans, *_signed(plain, spans, tail)])
    end = len(text) if len(lines) == MOST_LINES else starts[-1]
    return tuple(
        Fold(starts[a], end if b == len(lines) else starts[b], kind) for a, b, kind in spans if starts[a] < starts[b]
    )


def _quoted(lines: list[str]) -> list[Span]:
    spans, i = list[Span](), 0
    while i < len(lines):
        after = _after_header(lines, i)
        if after is None and not _is_marked(lines[i]):
            i += 1
            continue
        first = _next_said(lines, i if after is None else after)
        if after is not None and not _is_marked(lines[first] if first < len(lines) else ""):
            return [*spans, (i, len(lines), "quote")]  # quoted without marks, down to the end
        end = _end_of_marked(lines, first)
        spans.append((i, end, "quote"))
        i = end
    return spans


def _after_header(lines: list[str], i: int) -> int | None:
    """The line after the words that introduce a quotation at `i`; None where there are none."""
    line = lines[i]
    if not line.strip() or _is_marked(line) or len(line) > LONGEST_HEADER:
        return None
    if ORIGINAL.match(line):
        return i + 1
    start = i + 1 if RULE.match(line) or TITLE.match(line) else i
    if start < len(lines) and FIELD_FROM.match(lines[start]) and _has_fields(lines[start + 1 : start + 6]):
        return start + 1
    return _after_wrote(lines, i)


def _has_fields(following: list[str]) -> bool:
    return any(FIELD_NEXT.match(line) for line in [f for f in following if f.strip()][:2])


def _after_wrote(lines: list[str], i: int) -> int | None:
    """Such a line may
    be broken into several; a greeting before it is none of it."""
    if not OPENS.match(lines[i]) or not (re.search(r"\d", lines[i]) or WHO.search(lines[i]) or WROTE.search(lines[i])):
        return None
    said = ""
    for j in range(i, min(i + 5, len(lines))):
        if not lines[j].strip() or _is_marked(lines[j]):
            return None
        said = f"{said} {lines[j].strip()}"
        if len(said) > LONGEST_HEADER:
            return None
        if ENDS.search(said):
            return j + 1 if _introduces(said) else None
    return None


def _introduces(said: str) -> bool:
    return bool(((WROTE.search(said) or BY.search(said)) and (WHEN.search(said) or WHO.search(said)))
                or (WHEN.search(said) and re.search(r"<[^<>\s]+@[^<>\s]+>\s*[:：]\s*$", said)))  # fmt: skip


def _is_marked(line: str) -> bool:
    return line.lstrip(" \t").startswith(">") and not line.startswith((">:", "> :"))


def _next_said(lines: list[str], i: int) -> int:
    while i < len(lines) and not lines[i].strip():
        i += 1
    return i


def _end_of_marked(lines: list[str], i: int) -> int:
    """Empty lines between marked ones belong to them; those after the last do not, unless nothing follows."""
    end = i
    while i < len(lines) and (_is_marked(lines[i]) or not lines[i].strip()):
        i += 1
        if _is_marked(lines[i - 1]):
            end = i
    return len(lines) if i == len(lines) else end


def _signed(lines: list[str], spans: list[Span], tail: int) -> list[Span]:
    """The signature above what was quoted last, or at the end; in several where a line in it stays."""
    for i in range(max(tail - SIGNATURE_LINES, 0), tail):
        is_quoted = any(a <= i < b for a, b, _ in spans)
        if not is_quoted and _signs(lines, i, tail):
            end = min([a for a, _, _ in spans if a > i], default=tail)
            stay = [j for j in range(i, end) if REFERENCE.match(lines[j].strip())]
            return [(a + 1, b, "signature") for a, b in pairwise([i - 1, *stay, end])]
    return []


def _signs(lines: list[str], i: int, tail: int) -> bool:
    return bool(SIGNATURE.match(lines[i].rstrip("\r\n"))) or _is_device(lines, i, tail) or _closes(lines, i, tail)


def _is_device(lines: list[str], i: int, tail: int) -> bool:
    line = lines[i].strip()
    is_prose = ("," in line and line.endswith(".")) or line.endswith(("?", "!"))
    return bool(DEVICE.match(line)) and not is_prose and len([x for x in lines[i:tail] if x.strip()]) <= 4


def _closes(lines: list[str], i: int, tail: int) -> bool:
    """Somebody takes their leave, and below stands who they are and nothing that they say."""
    if not CLOSING.match(lines[i].strip()):
        return False
    below = [line.strip() for line in lines[i + 1 : tail] if line.strip()]
    if not below or len(below[0].split()) > MOST_NAMES or re.search(r"\d", below[0]):
        return False
    return not any(_speaks(line) for line in below)


def _speaks(line: str) -> bool:
    """Whether a line below a name is a sentence: a number of an invoice that was forgotten above must not be folded."""
    ends = line.endswith(("?", "!", "？", "！", "。")) or (line.endswith((".", ":")) and len(line.split()) > MOST_NAMES)
    return ends or len(line) > LONGEST_NAME_LINE or bool(re.match(r"p\.? ?s\b|ps:", line, re.IGNORECASE))
