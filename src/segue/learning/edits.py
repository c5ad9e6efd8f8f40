"""How far a person's reply is from what the assistant had suggested: words added, removed or changed.

The one idea: an agent who sends a suggestion as it stands has approved it, one who rewrites it has not; and greetings,
signatures and the assistant's own frame say nothing about either.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from segue.texts import N_, in_every_language

MOST_WORDS = 400
UNEDITED = 0.1
"""Share of words changed up to which a suggestion counts as sent."""
_WORD = re.compile(r"\w+(?:['’]\w+)*")
_UNDERSTOOD = (
    N_("As I understand you, you want to **%(wish)s**."), N_("As I understand you, this is about “**%(matter)s**”."),
    N_("As I understand you: **%(matter)s**."),
)  # fmt: skip
"""The last is what earlier answers say."""
_OTHERWISE = N_("Not what you meant? Say it in other words, or ask for a person.")
_OWN = (
    *_UNDERSTOOD, N_("From our article “%(title)s”."), _OTHERWISE,
    N_("We have no article on this in your language yet, only this one:"),
)  # fmt: skip
_MANNERS = (
    r"^\W*(?i:hi|hello|dear|hey|good (?:morning|afternoon|evening))\b[^.!?\n]{0,40}[,!.]?\s*$"
    r"|^\W*(?i:(?:best|kind|warm)(?: regards| wishes)?|regards|cheers|sincerely|(?:many )?thanks|thank you)"
    r"[,.!]?(?:\s+[A-Z][\w'’-]+){0,3}\s*$"
)


@dataclass(frozen=True, slots=True)
class Edit:
    distance: int
    """Words added, removed or replaced (Levenshtein over words)."""
    share: float
    """Of the longer text's words; 0 is sent as suggested, 1 is another text."""


def compare(suggested: str, sent: str) -> Edit:
    ours, theirs = _words(suggested), _words(sent)
    distance = _distance(ours, theirs)
    return Edit(distance, round(distance / max(len(ours), len(theirs), 1), 4))


def plain(text: str) -> str:
    """Without greeting, signature and the assistant's frame."""
    return "\n".join(line for line in _frame().sub("", text).splitlines() if line.strip()).strip()


def as_a_draft(suggested: str) -> str:
    """What an agent takes as a reply of their own: without what the assistant took the message to be about, and without
    its offer of a person, who it is that writes now."""
    first, _apart, rest = suggested.partition("\n\n")
    begins = tuple(told.partition("%")[0] for own in _UNDERSTOOD for told in in_every_language(own))
    draft = rest if rest and first.startswith(begins) else suggested
    for offer in in_every_language(_OTHERWISE):
        draft = draft.removesuffix(offer).rstrip()
    return draft


@cache
def _frame() -> re.Pattern[str]:
    """Lines that are the assistant's own in any language, or manners."""
    begins = {re.escape(told.partition("%")[0][:20]) for own in _OWN for told in in_every_language(own)}
    return re.compile("|".join([*(f"^{begin}.*$" for begin in sorted(begins)), _MANNERS]), re.MULTILINE)


def _words(text: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(plain(text))][:MOST_WORDS]


def _distance(ours: list[str], theirs: list[str]) -> int:
    row = list(range(len(theirs) + 1))
    for n, word in enumerate(ours, 1):
        before, row[0] = row[0], n
        for m, other in enumerate(theirs, 1):
            before, row[m] = row[m], min(row[m] + 1, row[m - 1] + 1, before + (word != other))
    return row[-1]
