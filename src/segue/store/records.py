"""Domain values back from their stored JSON, exactly: what was decided once can be decided again.

A projection may leave out parts that are not needed (texts, nearest examples); they come back empty.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from segue.domain.answer import Abstention, Answer, AnswerKind, Ground
from segue.domain.assessment import (
    Assessment,
    Complexity,
    IntentGuess,
    Matter,
    NearExample,
    RepeatContact,
    Signal,
    TopicFlag,
    Urgency,
)
from segue.domain.conversation import Handler, Page
from segue.domain.decision import Action, Alteration, Because, Counterfactual, Decision, Earned, Reason, Rung
from segue.domain.ports import Vector

Body = dict[str, Any]


def assessment_of(body: Body, vector: Vector | None = None) -> Assessment:
    urgency, complexity, page, repeat = body["urgency"], body["complexity"], body.get("page"), body["repeat"]
    return Assessment(
        intents=_guesses(body["intents"]),
        none_of_these=_signal(body["none_of_these"]),
        novelty=_signal(body["novelty"]),
        nearest=tuple(NearExample(**near) for near in body.get("nearest", ())),
        unopened=_signal(body["unopened"]),
        urgency=_signal(urgency | {"value": _URGENCY[urgency["value"]]}),
        frustration=_signal(body["frustration"]),
        course=tuple(body["course"]),
        complexity=_signal(complexity | {"value": _COMPLEXITY[complexity["value"]]}),
        drivers=tuple(body["drivers"]),
        wish_for_person=_signal(body["wish_for_person"]),
        language=_signal(body["language"]),
        repeat=_repeat(repeat) if repeat else None,
        topics=tuple(TopicFlag(t["topic"], t["rule"], tuple(t["words"])) for t in body["topics"]),
        tier=body["tier"],
        is_verified=body["is_verified"],
        page=Page(**page) if page else None,
        is_greeting=body["is_greeting"],
        is_in_a_file=body.get("is_in_a_file", False),
        is_closing=body["is_closing"],
        is_settled=bool(body.get("is_settled", body["is_closing"])),
        matters=tuple(_matter(matter) for matter in body.get("matters", ())),
        text=body.get("text", ""),
        left_out=tuple(body.get("left_out", ())),
        encoder=body.get("encoder", ""),
        heads=body.get("heads", ""),
        vector=vector,
    )


def _matter(body: Body) -> Matter:
    return Matter(
        words=body["words"],
        intents=_guesses(body["intents"]),
        none_of_these=_signal(body["none_of_these"]),
        novelty=_signal(body["novelty"]),
        nearest=tuple(NearExample(**near) for near in body["nearest"]),
        unopened=_signal(body["unopened"]),
    )


def _guesses(rows: Sequence[Body]) -> tuple[IntentGuess, ...]:
    return tuple(IntentGuess(g["intent"], g["category"], g["probability"], g["is_opened"]) for g in rows)


def answer_of(body: Body) -> Answer:
    abstention = body["abstention"]
    return Answer(
        kind=AnswerKind(body["kind"]),
        text=body.get("text", ""),
        grounds=tuple(Ground(**ground) for ground in body.get("grounds", ())),
        confidence=body["confidence"],
        abstention=Abstention(abstention) if abstention else None,
        options=tuple(body["options"]),
        article_id=body["article_id"],
        intent=body["intent"],
        features=body.get("features", {}),
        calibration=body["calibration"],
        another_thing=body.get("another_thing", ""),
    )


def decision_of(body: Body) -> Decision:
    """One stored before `earned` was kept comes back without it."""
    change = body.get("counterfactual")
    return Decision(
        action=_ACTION[body["action"]],
        handler=Handler(body["handler"]),
        because=tuple(_because(because) for because in body["because"]),
        policy_version=body["policy_version"],
        rung=_RUNG[body["rung"]],
        confidence=body["confidence"],
        threshold=body["threshold"],
        team=body["team"],
        counterfactual=_counterfactual(change) if change else None,
        scores=body["scores"],
        hold=body.get("hold", 0.0),
        is_drawn=body.get("is_drawn", False),
        earned=earned_of(body.get("earned", ())),
    )


def earned_of(rows: Sequence[Body]) -> tuple[Earned, ...]:
    return tuple(Earned(**{**row, "rung": _RUNG[row["rung"]]}) for row in rows)


def _signal(body: Body) -> Signal[Any]:
    """Most signals are silent in the same few ways; those are made once."""
    words = body["words"]
    if words or body["value"].__class__ is float:
        return Signal(body["value"], body["sure"], tuple(words), body["threshold"])
    return _silent(body["value"], body["sure"], body["threshold"])


@lru_cache(maxsize=1024, typed=True)
def _silent(value: Any, sure: float, threshold: float | None) -> Signal[Any]:
    return Signal(value, sure, (), threshold)


def _repeat(body: Body) -> RepeatContact:
    return RepeatContact(
        tuple(body["conversations"]), tuple(body["numbers"]), body["likeness"], tuple(body["promised"])
    )


def _counterfactual(body: Body) -> Counterfactual:
    """One stored before several changes could be told together comes back as the single one it was."""
    also = tuple(Alteration(**altered) for altered in body.get("also", ()))
    return Counterfactual(body["signal"], body["actual"], body["needed"], _ACTION[body["then"]], also)


def _because(body: Body) -> Because:
    return Because(_REASON[body["reason"]], body["rule"], tuple(body["words"]), body["value"], body["threshold"])


# By value: calling an enumeration costs several times a look into a table, and there are many of them.
_URGENCY = {u.value: u for u in Urgency}
_COMPLEXITY = {c.value: c for c in Complexity}
_ACTION = {a.value: a for a in Action}
_REASON = {r.value: r for r in Reason}
_RUNG = {int(r): r for r in Rung}
