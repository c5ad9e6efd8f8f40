"""Several matters in one message, each with the customer's own words for it.

The one idea: two matters are two only if one would not do. Stretches of a message are read one by one, and they are
taken for different matters where two intents explain them far better than any single one; else they are one matter told
in several sentences. Reading a stretch costs a pass of the encoder, so the words alone are asked first, and an ordinary
message costs none.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from segue.domain.assessment import IntentGuess, Matter, NearExample, Signal
from segue.domain.ports import Vector
from segue.triage.parts import Part, parts_of
from segue.triage.said import Said

MOST = 4
"""Matters that are told apart; so many more passes of the encoder a message may cost at most."""
BY_WORDS = 2.5
"""How much better two intents must explain the words of two stretches than one, in the words' own logits, for the
stretches to be read. Of unseen pairs of banking messages, joined by a full stop, 95 % reach it, of single ones 4 %."""
APART = 5.0
"""The same of meaning and words together, in nats, for them to be two matters."""
APART_IF_ASKED = 3.0
"""The same for a question behind a question. By heads of eight examples an intent 84 of 100 pairs of questions about
two matters are so far apart (48 at APART), and 5 of 1,512 banking messages, of which some do ask two things."""
APART_IF_ADDED = 2.0
"""Where the customer says "also" or "another question"."""
_AROUND_A_WISH = 30
"""Characters beside the words of a wish for a person that tell no matter: "I would like to … about it"."""
_LEAST = 1e-6


class Reading(Protocol):
    @property
    def intents(self) -> tuple[IntentGuess, ...]: ...
    @property
    def none_of_these(self) -> Signal[bool]: ...
    @property
    def novelty(self) -> Signal[float]: ...
    @property
    def nearest(self) -> tuple[NearExample, ...]: ...
    @property
    def unopened(self) -> Signal[float]: ...


class Reader(Protocol):
    def read(self, text: str, vector: Vector, options: tuple[str, ...]) -> Reading: ...

    def by_words(self, text: str) -> NDArray[np.float32]:
        """[intents], what the words alone speak for; in no measure but the same for all texts."""
        ...


@dataclass(frozen=True, slots=True)
class _Stretch:
    text: str
    is_added: bool
    asks: bool
    words: NDArray[np.float32]


def matters_in(
    said: Said, reader: Reader, encode: Callable[[str], Vector], wish: Collection[str] = ()
) -> tuple[Matter, ...]:
    """Two or more, in the order in which they were told; none where the message holds one matter only. `wish`: words
    that wish for a person; what says only that is about us and no matter."""
    parts = [part for part in parts_of(said) if not _only_wishes(part, wish)]
    if len(parts) < 2:
        return ()
    stretches = _stretches([_Stretch(p.text, p.is_added, p.asks, reader.by_words(p.text)) for p in parts])
    if len(stretches) < 2:
        return ()
    told: list[Matter] = []
    for before, stretch in zip((None, *stretches), stretches, strict=False):
        vector = encode(stretch.text)
        is_asked = before is not None and before.asks and stretch.asks
        mark = APART_IF_ADDED if stretch.is_added else APART_IF_ASKED if is_asked else APART
        _tell(told, _matter(stretch.text, reader.read(stretch.text, vector, ()), vector), stretch.is_added, mark)
    return tuple(told) if len(told) > 1 else ()


def _only_wishes(part: Part, wish: Collection[str]) -> bool:
    return any(words in part.text and len(part.text) <= len(words) + _AROUND_A_WISH for words in wish)


def _stretches(parts: Sequence[_Stretch]) -> list[_Stretch]:
    """Stretches that may be matters: begun by "also", a question behind a question, or parted where their words say so;
    MOST at most. Of two questions the words are not asked first: where the past is small they say little, and whoever
    was answered one of them would have to find out which."""
    groups: list[list[_Stretch]] = []
    for part in parts:
        if not groups or part.is_added or (part.asks and groups[-1][-1].asks):
            groups.append([])
        groups[-1].append(part)
    found = [stretch for group in groups for stretch in _parted(group)]
    return [*found[: MOST - 1], _joined(found[MOST - 1 :])] if len(found) > MOST else found


def _parted(group: Sequence[_Stretch]) -> list[_Stretch]:
    """At the place where two intents explain the words best; whole where one does nearly as well."""
    if len(group) == 1:
        return [group[0]]
    gain, at = max(_gains([stretch.words for stretch in group]))
    return [*_parted(group[:at]), *_parted(group[at:])] if gain >= BY_WORDS else [_joined(group)]


def _gains(words: Sequence[NDArray[np.float32]]) -> Iterator[tuple[float, int]]:
    """How much better two intents explain them than one, for each place to part them."""
    whole = reduce(np.add, words)
    alone, first = float(whole.max()), words[0]
    for place in range(1, len(words)):
        yield float(first.max()) + float((whole - first).max()) - alone, place
        first = first + words[place]


def _joined(group: Sequence[_Stretch]) -> _Stretch:
    words = reduce(np.add, (stretch.words for stretch in group))
    return _Stretch(" ".join(s.text for s in group), group[0].is_added, any(s.asks for s in group), words)


def _matter(text: str, read: Reading, vector: Vector) -> Matter:
    return Matter(text, read.intents, read.none_of_these, read.novelty, read.nearest, read.unopened, vector)


def _tell(told: list[Matter], matter: Matter, is_added: bool, mark: float) -> None:
    """Adds it to what was told; where it is nothing new, to the words of the matter it belongs to."""
    if is_added and matter.none_of_these.value and all(not m.none_of_these.value for m in told):
        told.append(matter)  # something else is wanted, whatever it is
        return
    apart = [how_far_apart(before.intents, matter.intents) for before in told]
    if all(far >= mark for far in apart):
        told.append(matter)
        return
    at = int(np.argmin(apart))
    surer = max(told[at], matter, key=lambda m: m.intents[0].probability if m.intents else 0.0)
    told[at] = replace(surer, words=f"{told[at].words} {matter.words}")


def how_far_apart(one: Sequence[IntentGuess], other: Sequence[IntentGuess]) -> float:
    """How much better two intents explain two stretches than the best single one, in nats. What is not on a list is as
    likely there as the list's last."""
    if not one or not other:
        return 0.0
    here, there = _log_chances(one), _log_chances(other)
    return max(here.values()) + max(there.values()) - max(_together(here, there, here.keys() | there.keys()))


def _log_chances(guesses: Sequence[IntentGuess]) -> dict[str, float]:
    return {guess.intent: math.log(max(guess.probability, _LEAST)) for guess in guesses}


def _together(here: dict[str, float], there: dict[str, float], intents: Iterable[str]) -> Iterable[float]:
    least_here, least_there = min(here.values()), min(there.values())
    return (here.get(i, least_here) + there.get(i, least_there) for i in intents)
