"""Lessons: what a person resolved, kept without personal data and with where it came from.

The one idea: only what people wrote or approved teaches. A person teaches by naming what was wanted, or by sending the
assistant's suggestion as it stands. Triage's own guess, and the assistant's own words, never come back as a label or as
a solution; nor does what an API key says in somebody's name, until they say it themselves. So a key's reply is neither
what solved it nor what the customer thanked for.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import takewhile
from typing import Any

from segue.domain.ports import Vector
from segue.knowledge.library import Library
from segue.learning.edits import UNEDITED, compare, plain
from segue.learning.personal import Stripped, strip
from segue.store.database import read
from segue.store.events import Event
from segue.store.learning import LearningStore, Lesson

_GAP = re.compile(r"\[\w+\]")
LONGEST = 4_000
"""Characters of a problem or solution that are kept."""


class Lessons:
    """Hears of the desk's work through events (see app/schedule)."""

    def __init__(self, store: LearningStore, library: Library) -> None:
        self.store = store
        self._library = library

    def learn(self, conversation: str) -> int:
        """Keeps what people resolved in a conversation; harmless to repeat.

        The head takes the examples up at its next fit. Returns how many were new.
        """
        return sum(self._keep(row) for row in self.store.resolved(conversation))

    def hear_reply(self, event: Event) -> None:
        """Keeps how far a person's reply is from what the assistant had suggested to them."""
        if event.author in ("assistant", "system") or event.conversation_id is None:
            return
        seq = int(event.body["seq"])
        suggestion = self.store.suggestion(event.conversation_id, seq)
        if suggestion is not None and suggestion.text:
            edit = compare(suggestion.text, suggestion.body)
            voice = str(event.body.get("voice") or "")
            self.store.keep_edit(event.conversation_id, seq, suggestion, edit.distance, edit.share, voice)

    def _keep(self, row: Any) -> int:
        said = self.store.said(row.conversation_id, row.begins, row.at)
        replies = [m.seq for m in said if _is_a_persons(m)]
        approved = self.store.approved_by_sending(row.conversation_id, replies, UNEDITED)
        lesson = self._lesson(row, said, replies, approved)
        return self.store.keep(lesson, teaches=has_words(lesson.problem)) or 0

    def _lesson(self, row: Any, said: Sequence[Any], replies: Sequence[int], approved: Any | None) -> Lesson:
        known = (row.name, row.email, row.account)
        asked = next((m for m in said if m.author == "customer"), None)
        back = _reaction(said, replies)
        problem = strip((asked.body if asked else row.problem)[:LONGEST], known)
        solution = strip(_solved(row, said)[:LONGEST], known)
        reaction = strip(back.body[:LONGEST] if back else "", known)
        seqs = {m.seq for m in (asked, back) if m} | set(replies)
        return Lesson(
            id=f"les_{row.id[4:]}",
            resolution_id=row.id,
            conversation_id=row.conversation_id,
            contact_id=row.contact_id,
            episode=row.episode,
            seqs=tuple(sorted(seqs)),
            agent_id=row.resolved_by,
            problem=problem.text,
            solution=solution.text,
            vector=self._vector(problem, row),
            encoder=self._library.encoder.version,
            at=row.at,
            intent=row.intent_id or (approved and approved.intent),
            article_id=row.article_id or (approved and approved.article_id),
            reaction=reaction.text,
            removed=_together(problem, solution, reaction),
        )

    def _vector(self, problem: Stripped, row: Any) -> Vector:
        """That of triage where nothing was taken out: then it is the same text, encoded before."""
        is_same = not problem.removed and row.encoder == self._library.encoder.version
        stored = read(row.vector) if is_same else None
        return stored if stored is not None else self._library.encode([problem.text])[0]


def has_words(text: str) -> bool:
    """Whether anything is left to learn from once the gaps are taken away."""
    return any(c.isalpha() for c in _GAP.sub("", text))


def _solved(row: Any, said: Sequence[Any]) -> str:
    """What the person said solved it, else their last reply; the assistant's words are nobody's solution."""
    ours = {m.body for m in said if m.author in ("assistant", "system")}
    theirs = [m.body for m in said if _is_a_persons(m)]
    text = row.solution if row.solution and row.solution not in ours else (theirs[-1] if theirs else "")
    return plain(text)


def _is_a_persons(message: Any) -> bool:
    return bool(message.author == "agent" and message.voice is None)


def _reaction(said: Sequence[Any], replies: Sequence[int]) -> Any | None:
    """The customer's last word after the last reply of a person, before a key said something else."""
    after = [m for m in said if replies and m.seq > replies[-1]]
    heard = [m for m in takewhile(lambda m: m.voice is None, after) if m.author == "customer"]
    return heard[-1] if heard else None


def _together(*parts: Stripped) -> dict[str, int]:
    kinds = sorted({kind for part in parts for kind in part.removed})
    return {kind: sum(part.removed.get(kind, 0) for part in parts) for kind in kinds}
