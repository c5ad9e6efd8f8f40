"""A considered turn as the commit statement reads it: one row of JSON."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from segue.domain.answer import Answer
from segue.domain.decision import Reason
from segue.domain.turn import Commit
from segue.store.database import written
from segue.store.evidence import case_columns


def turn_row(commit: Commit, now: datetime) -> dict[str, Any]:
    """The columns of one turn; `now` is when it was considered."""
    lease, turn = commit.lease, commit.turn
    a, w, d = turn.assessment, turn.answer, turn.decision
    closes = d.action.value == "acknowledge" and bool(a and a.is_closing)
    return {
        "id": lease.conversation.id,
        "seq": lease.conversation.latest.seq,
        "token": lease.token,
        "at": now,
        "says": commit.says,
        "speaker": "assistant" if d.speaks else "system",
        "action": d.action,
        "reason": d.because[0].reason,
        "handler": d.handler,
        "hands_off": d.hands_off,
        "only_thanks": d.action.value == "suggest" and bool(a and a.is_closing),
        "status": "resolved" if closes else ("waiting" if d.speaks else "open"),
        "outcome": _outcome(commit) if closes else None,
        "team": d.team if d.hands_off or Reason.GIVEN_TO_PEOPLE in d.reasons else None,
        "policy_version": d.policy_version,
        "rung": d.rung,
        "moves": commit.moves,
        "concerned": [earned.category for earned in d.earned if earned.category],
        "line": lease.conversation.messages[0].text[:121],  # the store cuts at 120, and sees whether there is more
        **_assessed(commit),
        **_answered(w),
        **case_columns(commit),
        **_promised(commit),
        "decision": d,
        "briefing": turn.briefing,
    }


def _outcome(commit: Commit) -> str | None:
    """Of what the customer closes by a word; None where nothing was answered, for manners alone solve nothing."""
    a = commit.turn.assessment
    if not any(turn.action == "answer" for turn in commit.lease.conversation.turns):
        return None
    return "confirmed" if a and a.is_settled else "assumed"


def _assessed(commit: Commit) -> dict[str, Any]:
    a = commit.turn.assessment
    if a is None:
        return {"urgency": "normal", "frustration": 0.0}
    return {
        "intent": a.intent,
        "category": a.category,
        "urgency": a.urgency.value,
        "frustration": a.frustration.value,
        "vector": written(a.vector),
        "assessment": a.without_vectors(),
    }


def _answered(answer: Answer | None) -> dict[str, Any]:
    if answer is None:
        return {"options": []}
    return {
        "kind": answer.kind,
        "confidence": answer.confidence,
        "article": answer.article_id,
        "options": list(answer.options),
        "answer": answer,
    }


def _promised(commit: Commit) -> dict[str, Any]:
    promise = commit.promise
    if promise is None:
        return {}
    return {
        "first_due": promise.first_response,
        "next_due": promise.next_response,
        "resolution_due": promise.resolution,
    }
