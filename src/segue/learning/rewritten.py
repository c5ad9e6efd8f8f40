"""What a rewritten article leaves of the evidence: a case counts on while the passages it rests on say the same.

The one idea: what was judged is a text, so a judgement holds as long as that text stands. A passage stands where a
passage of the next version says the same but for slips of the pen: the same words in the same order, of which a few may
be spelt a letter otherwise, with no number, no negation and no short word changed, and meaning nearly the same to the
encoder. Everything else is another text, and what was said of the old one neither speaks for it nor against it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from segue.domain.knowledge import Passage
from segue.domain.ports import Vector

Encode = Callable[[Sequence[str]], Vector]
SLIPS = 3
"""Words of a passage that may be spelt otherwise; more are no slips any more."""
SAME_MEANING = 0.9
"""Cosine of the two texts, at least. One letter costs the encoder up to 0.05; another statement with the same letters
does not pass the words."""
SHORTEST_SLIP, SHORTEST_SWAP = 5, 3
"""Letters of a word in which one may be another, missing or too many; and in which two may have changed places."""
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_NEGATION = re.compile(r"n['’]?t$|^(?:no|not|never|none|nor|without|cannot|nicht|kein\w*|nie|ohne|weder)$")

Carried = dict[str, int]
"""Where passages began that stand, by text, to where they begin now; `ALL` where every one of them does."""
ALL = "*"


def carried(before: Sequence[Passage], after: Sequence[Passage], encode: Encode) -> Carried:
    """The passages of one version that stand in the next. Raises EncoderUnavailable."""
    found: Carried = {}
    for old in before:
        new = next((new for new in after if stands(old.text, new.text, encode)), None)
        if new is not None:
            found[str(old.start)] = new.start
    return {**found, ALL: 1} if len(found) == len(before) else found


def stands(old: str, new: str, encode: Encode) -> bool:
    """Whether the two say the same but for slips of the pen."""
    if old == new:
        return True
    ours, theirs = _words(old), _words(new)
    if len(ours) != len(theirs):
        return False
    other = [(a, b) for a, b in zip(ours, theirs, strict=True) if a != b]
    if len(other) > SLIPS or not all(_is_slip(a, b) for a, b in other):
        return False
    rows = encode([old, new])
    return float(rows[0] @ rows[1]) >= SAME_MEANING


def _words(text: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(text)]


def is_negation(word: str) -> bool:
    """Of a word in small letters, in English or German."""
    return _NEGATION.search(word) is not None


def _is_slip(one: str, other: str) -> bool:
    """One letter another, missing or too many, or two that changed places; never in a number or a negation."""
    if any(c.isdigit() for c in one + other) or is_negation(one) or is_negation(other):
        return False
    begin = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    a, b = one[begin:], other[begin:]
    if len(one) == len(other) >= SHORTEST_SWAP and a[:2] == b[:2][::-1] and a[2:] == b[2:]:
        return True
    is_one_letter = a[1:] == b[1:] or a[1:] == b or a == b[1:]
    return min(len(one), len(other)) >= SHORTEST_SLIP and is_one_letter


@dataclass(frozen=True, slots=True)
class Text:
    """An article as it stands, and what each of its versions left of the one before."""

    title: str
    version: int
    is_live: bool = True
    steps: Mapping[int, Carried | None] = field(default_factory=dict)
    """By version, what it carries on; None while nobody has looked: then nothing stands."""
    rewritten_at: datetime | None = None
    """When it last became another text, slips apart."""

    made_at: Mapping[int, datetime] = field(default_factory=dict)
    """By version, but for the first, when it replaced the one before."""
    retired_at: datetime | None = None
    """Since when it is taken out."""

    def as_of(self, at: datetime) -> Text:
        """As it was at that moment."""
        made = {version: when for version, when in self.made_at.items() if when <= at}
        is_out = self.retired_at is not None and self.retired_at <= at
        others = (when for version, when in made.items() if ALL not in (self.steps.get(version) or ()))
        return replace(
            self,
            version=max(made, default=1),
            is_live=not is_out,
            rewritten_at=max(others, default=None),
            made_at=made,
            retired_at=self.retired_at if is_out else None,
        )

    def holds(self, version: int, grounds: Sequence[int]) -> bool:
        """Whether what an answer of that version rests on says the same today. Without known grounds all of it must."""
        return self.lost_in(version, grounds) is None

    def lost_in(self, version: int, grounds: Sequence[int]) -> int | None:
        """The first version that says something else than what an answer of `version` rests on."""
        places: Sequence[int] = grounds
        for step in range(version + 1, self.version + 1):
            carries = self.steps.get(step)
            if carries is None or (not grounds and ALL not in carries):
                return step
            if any(str(place) not in carries for place in places):
                return step
            places = [carries[str(place)] for place in places]
        return None
