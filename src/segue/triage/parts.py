"""The stretches of a message that may be matters of their own.

The one idea: people mostly say where the next matter begins. "Also", "by the way", "another question" part a message
surely; a full stop, or "and how do I", part it only perhaps, so that much of what is parted here is put together again
by what it means (matters.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from segue.triage.courtesy import is_closing, is_greeting
from segue.triage.said import Hit, Said, phrases
from segue.triage.standing import stands_alone

_STOPS = ".!?;,:-(\n…"
MOST = 12
"""Stretches that are looked at; a letter with more is no list of questions."""
_FEWEST_WORDS = 3
_END = re.compile(r"(?<!^\d)(?<![\s(]\d)[.]+(?:\s+|$)|[!?;…]+(?:\s+|$)|\n\s*")
_LIST = re.compile(r"^\s*(?:\(?\d{1,2}[.):]|[-*•])\s*|^[\s,;:.\-]+")


@dataclass(frozen=True, slots=True)
class Part:
    text: str
    """In the customer's own words."""
    is_added: bool = False
    """Whether the customer says that it is something else."""


def parts_of(said: Said) -> tuple[Part, ...]:
    """In their order, without manners; what cannot stand alone belongs to the one before it. One where nothing parts
    the message."""
    cuts = {0: False, **dict(sorted(_cuts(said)))}
    starts = sorted(cuts)
    pieces = [
        (said.raw[start:end], cuts[start])
        for start, end in zip(starts, [*starts[1:], len(said.raw)], strict=True)
        if said.plain[start:end].strip()
    ]
    return _whole(pieces)


def _cuts(said: Said) -> Iterator[tuple[int, bool]]:
    """Where a stretch may begin, and whether it is said to be something else. The later of one place counts."""
    for end in _END.finditer(said.plain):
        yield end.end(), False
    for hit in phrases("matters").find(said):
        if hit.group == "adds" and not _begins(said, hit):
            continue
        if hit.group != "goes_on" or _is_weighty(said, hit.start):
            yield hit.start, hit.group != "goes_on"


def _begins(said: Said, hit: Hit) -> bool:
    """Whether a sentence or a clause begins there: "I also want" adds nothing that is not of this matter."""
    before = said.plain[: hit.start].rstrip(" ")
    return " " in hit.words or not before or before[-1] in _STOPS


def _is_weighty(said: Said, place: int) -> bool:
    """Whether enough stands before "and how do I" for it to be more than a list of two words."""
    begins = max((m.end() for m in _END.finditer(said.plain, 0, place)), default=0)
    return sum(begins <= word.start < place for word in said.words) >= _FEWEST_WORDS


def _whole(pieces: Sequence[tuple[str, bool]]) -> tuple[Part, ...]:
    parts: list[Part] = []
    is_added, begun = False, ""
    for text, adds in pieces[: 2 * MOST]:
        said = Said.of(text)
        is_added = is_added or adds
        if not said.words or is_greeting(said) or is_closing(said):
            continue
        if len(said.words) < _FEWEST_WORDS or not stands_alone(Said.of(_bare(text))):
            if parts and not is_added:
                parts[-1] = Part(f"{parts[-1].text} {text.strip()}", parts[-1].is_added)
            else:
                begun = f"{begun} {text.strip()}".strip()
            continue
        parts.append(Part(f"{begun} {_bare(text)}".strip(), is_added and bool(parts)))
        is_added, begun = False, ""
    if begun and parts:
        parts[-1] = Part(f"{parts[-1].text} {begun}", parts[-1].is_added)
    return tuple(parts[:MOST])


def _bare(text: str) -> str:
    """Without the mark of a list, and without the words that only say that something else comes."""
    text = _LIST.sub("", text).strip()
    said = Said.of(text)
    hit = next(iter(phrases("matters").find(said)), None)
    if hit and hit.start == said.words[0].start and hit.group != "goes_on":
        return _LIST.sub("", text[hit.end :]).strip()
    return re.sub(r"^(?:and|then)\s+", "", text, flags=re.I)
