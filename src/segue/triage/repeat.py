"""Repeat contact: the customer, or somebody of their account, has been here on this very matter and it was not ended.

The one idea: a shared intent alone is not enough, nor is some likeness. The same intent with vectors at 0.70, any
intent at 0.80, the same order, invoice or case named, or words of coming back written into the very conversation that
was closed: one of these, within fourteen days. A predecessor that is known to be solved (confirmed, durable, verified)
counts only if they now say that it is not; one closed by silence counts, for it solves nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

import numpy as np

from segue.domain.assessment import RepeatContact
from segue.domain.conversation import Conversation, EarlierConversation
from segue.domain.entities import ids_in
from segue.domain.ports import Vector
from segue.triage.phrasebook import phrases
from segue.triage.said import Said

WITHIN = timedelta(days=14)
SAME_INTENT = 0.70
SAME_INTENT_UNSOLVED = 0.55
"""Where the customer says that it was not solved."""
ANY_INTENT = 0.80
_ENDED = frozenset({"confirmed", "durable", "verified"})


def repeat_contact(
    said: Said, conversation: Conversation, intent: str | None, vector: Vector | None, now: datetime
) -> RepeatContact | None:
    """The earlier conversations on the same issue, the likest first; None where there are none."""
    alike = [
        (likeness, earlier)
        for earlier in _unended(said, conversation, now)
        if (likeness := 1.0 if _is_back(said, earlier, conversation) else _likeness(said, earlier, intent, vector))
    ]
    if not alike:
        return None
    alike.sort(key=lambda pair: (-pair[0], -pair[1].number))
    return RepeatContact(
        conversations=tuple(earlier.id for _, earlier in alike),
        numbers=tuple(earlier.number for _, earlier in alike),
        likeness=round(alike[0][0], 4),
        promised=tuple(earlier.promised for _, earlier in alike if earlier.promised),
    )


def _unended(said: Said, conversation: Conversation, now: datetime) -> Iterable[EarlierConversation]:
    """Recent conversations that did not end the matter, as far as anybody knows."""
    recent = [e for e in conversation.earlier if timedelta(0) <= now - e.opened_at <= WITHIN]
    return [e for e in recent if e.outcome not in _ENDED or _says_unsolved(said)]


def _says_unsolved(said: Said) -> bool:
    return any(True for _ in phrases("unsolved").find(said))


def _is_back(said: Said, earlier: EarlierConversation, conversation: Conversation) -> bool:
    return earlier.id == conversation.id and _says_unsolved(said)


def _likeness(said: Said, earlier: EarlierConversation, intent: str | None, vector: Vector | None) -> float:
    """How alike, where it is enough to be the same issue; else 0."""
    if ids_in(said.raw) & ids_in(earlier.subject):
        return 1.0
    if vector is None or earlier.vector is None:
        return 0.0
    cosine = float(np.dot(vector, earlier.vector))
    is_same = intent is not None and intent == earlier.intent
    needed = ANY_INTENT if not is_same else SAME_INTENT_UNSOLVED if _says_unsolved(said) else SAME_INTENT
    return min(cosine, 1.0) if cosine >= needed else 0.0
