"""Turns for tests that need one without caring how it came about."""

from __future__ import annotations

from datetime import datetime

from segue.app.drill.small import assessment
from segue.domain.answer import Answer, AnswerKind
from segue.domain.conversation import Handler
from segue.domain.decision import Action, Because, Decision, Reason, Rung
from segue.domain.turn import Commit, Lease, Promise, Turn

__all__ = ["answered", "assessment", "handed_over"]


def answered(text: str = "Because of the new seat.") -> Turn:
    answer = Answer(AnswerKind.ANSWER, text, confidence=0.9, intent="invoice_higher")
    because = (Because(Reason.CONFIDENT, "confidence", value=0.9, threshold=0.8),)
    return Turn(assessment(), answer, Decision(Action.ANSWER, Handler.ASSISTANT, because, 1, Rung.AUTO, 0.9, 0.8))


def handed_over(lease: Lease, first_response: datetime) -> Commit:
    because = (Because(Reason.ASKED_FOR_PERSON, "guardrails.wish_for_person"),)
    decision = Decision(Action.HAND_OFF, Handler.HUMAN, because, 1, Rung.ROUTE, team="billing")
    turn = Turn(assessment(), Answer(AnswerKind.ABSTENTION), decision)
    return Commit(lease, turn, "Our Billing team is next.", Promise(first_response, None, None))
