"""The stretches of a message that may be matters of their own.

The one idea: people mostly say where the next matter begins. "Also", "by the way", "another question" part a message
surely; a full stop, or "and how do I", part it only perhaps, so that much of what is parted here is put together again
by what it means (matters.py).
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from operator import attrgetter
from typing import NamedTuple

from segue.triage.courtesy import is_closing, is_greeting
from segue.triage.phrasebook import Hit, phrases
from segue.triage.said import Said
from segue.triage.standing import stands_alone

_start = attrgetter("start")
_STOPS = ".!?;,:-(\n…"
MOST = 12
"""Stretches that are looked at; a letter with more is no list of questions."""
_FEWEST_WORDS = 3
_MANNERS = 8
"""Words beyond which a stretch is not looked through for being only manners."""
_END = re.compile(r"(?<!^\d)(?<![\s(]\d)[.]+(?:\s+|$)|[!?;…]+(?:\s+|$)|\n\s*")
_LIST = re.compile(r"^\s*(?:\(?\d{1,2}[.):]|[-*•])\s*|^[\s,;:.\-]+")


@dataclass(frozen=True, slots=True)
class Part:
    text: str
    """In the customer's own words."""
    is_added: bool = False
    """Whether the customer says that it is something else."""
    asks: bool = False
    """Whether it is a question, or the beginning of one: "how do I add a domain, and can I …?"."""


def parts_of(said: Said) -> tuple[Part, ...]:
    """The parts of a message in their order, without greetings and thanks; a part that cannot stand alone belongs to
    the one before it. The whole message where nothing divides it."""
    return _parts(said.raw)


@lru_cache(maxsize=16)
def _parts(raw: str) -> tuple[Part, ...]:
    said = Said.of(raw)
    cuts = sorted({0: _Cut(0, 0), **{cut.at: cut for cut in _cuts(said)}}.values(), key=lambda cut: cut.at)
    if len(cuts) == 1 and not cuts[0].begins:
        return () if _is_manners(said) else (Part(said.raw.strip()),)
    ends = [*(cut.at for cut in cuts[1:]), len(said.raw)]
    pieces = (
        (_LIST.sub("", said.raw[cut.begins : end]).strip(), cut.is_added) for cut, end in zip(cuts, ends, strict=True)
    )
    return _asking(_whole([piece for piece in pieces if piece[0]][: 2 * MOST]))


class _Cut(NamedTuple):
    at: int
    begins: int
    """Behind the words that only say that something else comes."""
    is_added: bool = False


def _cuts(said: Said) -> Iterator[_Cut]:
    """Where a stretch may begin, and whether it is said to be something else. The later of one place counts."""
    ends = [end.end() for end in _END.finditer(said.plain) if end.end() < len(said.plain)]
    yield from (_Cut(end, end) for end in ends)
    for hit in phrases("matters").find(said):
        if hit.group == "goes_on":
            if _is_weighty(said, hit.start, ends):
                yield _Cut(hit.start, hit.start + len(hit.words.partition(" ")[0]))
        elif hit.group == "asked" or _begins(said, hit):
            yield _Cut(hit.start, hit.end, is_added=True)


def _begins(said: Said, hit: Hit) -> bool:
    """Whether a sentence or a clause begins there: "I also want" adds nothing that is not of this matter."""
    before = said.plain[: hit.start].rstrip(" ")
    return " " in hit.words or not before or before[-1] in _STOPS


def _is_weighty(said: Said, place: int, ends: Sequence[int]) -> bool:
    """Whether enough stands before "and how do I" for it to be more than a list of two words."""
    ended = bisect_right(ends, place)
    begins = ends[ended - 1] if ended else 0
    first = bisect_left(said.words, begins, key=_start)
    return bisect_left(said.words, place, first, key=_start) - first >= _FEWEST_WORDS


def _whole(pieces: Sequence[tuple[str, bool]]) -> tuple[Part, ...]:
    """What is no matter of its own is put to the one before it, or to the one that it begins."""
    parts: list[Part] = []
    is_added, begun = False, ""
    for text, adds in pieces:
        said = Said.of(text)
        is_added = is_added or adds
        if not said.words or _is_manners(said):
            continue
        if len(said.words) >= _FEWEST_WORDS and stands_alone(said):
            parts.append(Part(f"{begun} {text}".strip(), is_added and bool(parts)))
            is_added, begun = False, ""
        elif parts and not is_added:
            parts[-1] = Part(f"{parts[-1].text} {text}", parts[-1].is_added)
        else:
            begun = f"{begun} {text}".strip()
    if begun and parts:
        parts[-1] = Part(f"{parts[-1].text} {begun}", parts[-1].is_added)
    return tuple(parts[:MOST])


def _asking(parts: Sequence[Part]) -> tuple[Part, ...]:
    """With which of them ask: what no stop ends goes on into the next one."""
    told: list[Part] = []
    for part in reversed(parts):
        goes_on = bool(told) and part.text[-1] not in ".!;…"
        told.append(replace(part, asks="?" in part.text[-2:] or (goes_on and told[-1].asks)))
    return tuple(reversed(told))


def _is_manners(said: Said) -> bool:
    return len(said.words) <= _MANNERS and (is_greeting(said) or is_closing(said))
