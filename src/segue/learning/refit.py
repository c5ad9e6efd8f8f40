"""Whether newer lessons make a better head: old and new, side by side, on cases that neither has seen.

The one idea: it is what they are taught with that is compared, not two files. The live head has seen most past cases,
so both sides are fitted anew without those held back; each of these is then read by both. A head is refused where it
loses more of them than chance explains (exact sign test on the cases where the two differ), in all or in a category.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

from segue.domain.catalogue import Catalogue
from segue.policy.guarantee import tail
from segue.triage.intents import Examples, IntentHead

FOREIGN = "foreign messages left alone"
FEWEST_HELD = 20
"""Cases below which nothing can be compared."""
MOST_HELD = 400
HELD_OF = 5
RECENT = 2_000
"""The newest settled cases of which some are held back."""
OF_ONE = 20
"""Of them that may come from one customer."""
DOUBT = 0.10
"""A loss that chance explains no better than this refuses the head."""
TOGETHER = 0.05
"""Share of the foreign messages that must be lost besides: one lesson moves several that are alike, so that the sign
test, which takes them for independent, is too sure."""
CERTAIN = 0.5
"""Probability from which on a foreign message counts as taken for a known matter."""


Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Contest:
    """One measure: cases that only the old head got right, and that only the new one did."""

    measure: str
    cases: int
    old: int
    new: int
    """Cases each got right."""
    lost: int
    won: int

    @property
    def is_worse(self) -> bool:
        return self.lost > self.won and self.chance <= DOUBT

    @property
    def chance(self) -> float:
        """P(so many lost, or more) were losing as likely as winning."""
        return tail(self.lost + self.won, self.won, 0.5)

    @property
    def sentence(self) -> str:
        return f"{self.measure}: {self.new} of {self.cases} right, before {self.old} (lost {self.lost}, won {self.won})"


def hold_back(recent: Sequence[str]) -> frozenset[str]:
    """Of the newest cases, newest first, every fifth, at most MOST_HELD.

    By its hash: the others still teach, and the same cases are held back next time.
    """
    fifth = [text for text in dict.fromkeys(recent) if sha256(text.encode()).digest()[0] % HELD_OF == 0]
    return frozenset(fifth[:MOST_HELD])


def contests(
    live: IntentHead, lessons: Examples, named: Examples, catalogue: Catalogue, held: frozenset[str], foreign: Examples
) -> list[Contest]:
    """Empty where too little is held back to compare anything. `lessons`: all examples, those held back among them."""
    cases = _once(lessons, held)
    if len(cases) < FEWEST_HELD:
        return []
    old = IntentHead.fit(_without(taught_with(live), held), named, catalogue, live)
    new = IntentHead.fit(_without(lessons, held), named, catalogue, live)
    old_right, new_right = _right(old, cases), _right(new, cases)
    found = [_contest("cases held back", old_right, new_right)]
    categories = {i.id: i.category_id for i in catalogue.intents}
    own = np.array([categories.get(intent, "") for intent in cases.intents])
    found += [_contest(f"category {c}", old_right[own == c], new_right[own == c]) for c in sorted(set(own))]
    if len(foreign):
        found.append(_contest(FOREIGN, _left_alone(old, foreign), _left_alone(new, foreign)))
    return found


def refusal(found: Sequence[Contest]) -> str:
    """Why the new head must not be published; empty where it may. Single categories are held to Bonferroni's bound."""
    whole = [c for c in found if not c.measure.startswith("category ")]
    whole = [c for c in whole if c.measure != FOREIGN or c.lost - c.won > TOGETHER * c.cases]
    parts = [c for c in found if c.measure.startswith("category ") and c.lost > c.won]
    bad = [c for c in whole if c.is_worse] + [c for c in parts if c.chance <= DOUBT / max(len(found), 1)]
    return "; ".join(c.sentence for c in bad)


def taught_with(head: IntentHead) -> Examples:
    """The examples it was fitted with, as it keeps them."""
    intents = tuple(head.intents[n].id for n in head.near.owners)
    return Examples(head.texts, head.near.bank.astype(np.float32), intents)


def told(found: Sequence[Contest]) -> list[Mapping[str, object]]:
    """As the report keeps them; no text of anybody."""
    return [{"measure": c.measure, "cases": c.cases, "old": c.old, "new": c.new, "lost": c.lost, "won": c.won,
             "chance": round(c.chance, 4)} for c in found]  # fmt: skip


def _once(lessons: Examples, held: frozenset[str]) -> Examples:
    first = {text: n for n, text in reversed(list(enumerate(lessons.texts))) if text in held}
    return lessons.take(sorted(first.values()))


def _without(examples: Examples, held: frozenset[str]) -> Examples:
    return examples.take(n for n, text in enumerate(examples.texts) if text not in held)


def _right(head: IntentHead, cases: Examples) -> Flags:
    names = np.array([intent.id for intent in head.intents])
    return np.asarray(names[head.logits(cases.texts, cases.vectors).argmax(1)] == np.array(cases.intents))


def _left_alone(head: IntentHead, foreign: Examples) -> Flags:
    readings = head.read_all(foreign.texts, foreign.vectors)
    return np.array([r.none_of_these.value or r.intents[0].probability < CERTAIN for r in readings])


def _contest(measure: str, old: Flags, new: Flags) -> Contest:
    return Contest(measure, len(old), int(old.sum()), int(new.sum()), int((old & ~new).sum()), int((new & ~old).sum()))
