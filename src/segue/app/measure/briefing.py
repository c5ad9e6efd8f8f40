"""`segue measure briefing`: how much of a person's summary of a conversation stands in the briefing.

Read is what the briefing quotes from the conversation: what is wanted, what was tried, what is still asked. Reasons,
customer and similar cases come from elsewhere and are no part of a summary.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from segue.app.measure.given import Row, rows_of, turns_of
from segue.app.measure.lexrank import lexrank
from segue.app.measure.rouge import rouge
from segue.app.measure.scores import rounded
from segue.desk.briefing import brief
from segue.desk.cues import split
from segue.desk.tried import NOTHING
from segue.domain.briefing import Briefing
from segue.domain.conversation import Author, Channel, Conversation, Handler, Message, Status
from segue.domain.decision import Action, Because, Decision, Reason, Rung
from segue.domain.errors import Refused
from segue.domain.people import Contact

ROLES = {"customer": Author.CUSTOMER, "user": Author.CUSTOMER, "agent": Author.AGENT, "system": Author.SYSTEM,
         "assistant": Author.ASSISTANT, "bot": Author.ASSISTANT}  # fmt: skip
SENTENCES = 3
"""Of a baseline's summary."""
FIELDS = ("summary", "summaries", "abstractive", "reference", "references")


def run(file: str) -> dict[str, Any]:
    """Rows with `turns` of role and text, and `summary`: one text or several, of which the nearest counts."""
    rows = rows_of(file)
    written = [_references(number, row) for number, row in enumerate(rows, 1)]
    talks = [_conversation(number, row) for number, row in enumerate(rows, 1)]
    spoken = [[s for message in talk.messages for s in split(message.text)] for talk in talks]
    ours = [text_of(_brief(talk)) for talk in talks]
    return {
        "conversations": len(rows),
        "words": rounded(float(np.mean([len(text.split()) for text in ours])), 1),
        **_figures(ours, written),
        "baseline": _figures([" ".join(lexrank(said, SENTENCES)) for said in spoken], written),
        "lead_3": _figures([" ".join(said[:SENTENCES]) for said in spoken], written),
    }


def text_of(briefing: Briefing) -> str:
    """What the briefing says of the conversation, in reading order; a sentence that stands there already is not
    repeated."""
    lines = [briefing.wanted.text, *(line.text for line in briefing.tried if line.text != NOTHING)]
    asked = briefing.open_question.text if briefing.open_question else ""
    return " ".join(lines if not asked or any(asked in line for line in lines) else [*lines, asked])


def _brief(talk: Conversation) -> Briefing:
    because = (Because(Reason.ASKED_FOR_PERSON, "measure"),)
    decision = Decision(Action.HAND_OFF, Handler.HUMAN, because, 0, Rung.ROUTE)
    return brief(talk, None, None, decision, (), lambda intent: intent, {})


def _conversation(number: int, row: Row) -> Conversation:
    messages = tuple(_messages(turns_of(number, row)))
    if not any(message.author is Author.CUSTOMER for message in messages):
        raise Refused(f"Row {number} has no turn of a customer.", "Give turns, each with role and text.")
    begun = messages[0].at
    return Conversation(f"cnv_{number}", number, Channel.CHAT, Status.OPEN, Handler.HUMAN, begun,
                        Contact("con_measure", "", ""), None, messages)  # fmt: skip


def _messages(turns: Iterable[Row]) -> Iterable[Message]:
    begun = datetime(2000, 1, 1, tzinfo=UTC)
    for seq, turn in enumerate(turns, 1):
        author = ROLES.get(str(turn.get("role", "")).lower())
        if author and turn.get("text"):
            yield Message(seq, author, str(turn["text"]), begun + timedelta(minutes=seq))


def _references(number: int, row: Row) -> list[str]:
    found = next((row[field] for field in FIELDS if row.get(field)), None)
    texts = [found] if isinstance(found, str) else found
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        raise Refused(f"Row {number} has no summary.", "Give one text, or a list of them, in `summary`.")
    return texts


def _figures(texts: Sequence[str], written: Sequence[Sequence[str]]) -> dict[str, Any]:
    scores = [rouge(text, references) for text, references in zip(texts, written, strict=True)]
    return {kind: rounded(float(np.mean([score[kind] for score in scores]))) for kind in scores[0]}
