"""What the assistant does in an open conversation beside the person who has it: what it suggests, how sure it is, what
it would say, and what it is doing now."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from segue.domain.answer import AnswerKind
from segue.domain.catalogue import Catalogue
from segue.domain.conversation import Handler, Status
from segue.domain.decision import Action, Reason, shows_suggestion
from segue.learning.correcting import FAULTS
from segue.store.corrections import Correction
from segue.store.queue import QueueStore
from segue.texts import _
from segue.web.rooms import Rooms


def suggestion_of(row: dict[str, Any], turns: list[dict[str, Any]], briefing: dict[str, Any] | None) -> str:
    """The assistant's answer to the newest customer message, for the person who has the conversation."""
    if row["handler"] != Handler.HUMAN or row["status"] != Status.OPEN:
        return ""
    if turns and not _is_shown(turns[-1]["decision"]):
        return ""
    if turns and turns[-1]["seq"] == row["customer_seq"] and turns[-1]["decision"]["action"] == Action.SUGGEST:
        answer = turns[-1]["answer"] or {}
        return str(answer.get("text", "")) if answer.get("kind") == AnswerKind.ANSWER else ""
    return str(briefing["next_step"]["reply"]) if briefing and briefing["seq"] == row["customer_seq"] else ""


def sureness(turns: list[dict[str, Any]]) -> float | None:
    """Of its answer to the newest message, which is the one suggested."""
    answer = (turns[-1]["answer"] if turns else None) or {}
    return answer.get("confidence")


def _is_shown(decision: dict[str, Any]) -> bool:
    """As `Decision.shows_suggestion`, of one that is kept."""
    is_held_out = any(because["reason"] == Reason.HELD_OUT for because in decision["because"])
    return shows_suggestion(decision["rung"], is_held_out)


def approvable(row: dict[str, Any], turns: list[dict[str, Any]], suggestion: str) -> int | None:
    """Only the answer to the newest message, word for word: what an agent saw is what goes out."""
    if not suggestion or not turns or turns[-1]["seq"] != row["customer_seq"]:
        return None
    answer = turns[-1]["answer"] or {}
    return int(turns[-1]["seq"]) if answer.get("text") == suggestion else None


def rejected_by(row: dict[str, Any], corrections: list[Correction]) -> str:
    said = next((c for c in corrections if c.kind == "wrong" and c.seq == row["customer_seq"]), None)
    return _("%(name)s rejected it: %(fault)s.", name=said.agent, fault=_(FAULTS[said.body["fault"]])) if said else ""


def guesses_of(catalogue: Catalogue, turns: list[dict[str, Any]]) -> list[tuple[str, str]]:
    assessment = turns[-1]["assessment"] if turns else None
    names = {intent.id: intent.name for intent in catalogue.intents}
    likeliest = assessment["intents"][:3] if assessment else ()
    return [(g["intent"], names[g["intent"]]) for g in likeliest if g["intent"] in names]


def drawn_for(house: Rooms, me: str, conversation: str, turns: list[dict[str, Any]]) -> tuple[int, str] | None:
    seq = QueueStore(house.db, me).drawn(conversation)
    answer = next((turn["answer"] for turn in turns if turn["seq"] == seq), None)
    return (seq, str(answer["text"])) if seq is not None and answer else None


def doing(row: dict[str, Any], now: datetime) -> str:
    if row["status"] == Status.RESOLVED:
        return _("AI assistant is done here")
    if row["held_until"] and row["held_until"] > now:
        return _("AI assistant is held while %(name)s writes", name=row["held_name"] or _("a colleague"))
    if row["handler"] == Handler.HUMAN:
        return _("AI assistant only suggests")
    if held_words(row, now):
        return _("AI assistant waits before it answers")
    return _("AI assistant is reading the newest message") if row["ready_at"] else _("AI assistant answers")


def held_words(row: dict[str, Any], now: datetime) -> str:
    return str(row["hold_body"]) if is_held(row, now) else ""


def is_held(row: Mapping[str, Any], now: datetime) -> bool:
    """Whether an answer is ready and waits, so that somebody may stop it."""
    is_ready = row["handler"] == Handler.ASSISTANT and row["hold_seq"] and row["hold_seq"] > row["considered_seq"]
    return bool(is_ready) and bool(row["hold_until"] > now)
