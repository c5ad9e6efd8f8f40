"""Turns for tests that need one without caring how it came about."""

from __future__ import annotations

from datetime import datetime

import numpy as np

from segue.domain.answer import Answer, AnswerKind
from segue.domain.assessment import Assessment, Complexity, IntentGuess, Signal, Urgency
from segue.domain.conversation import Handler
from segue.domain.decision import Action, Because, Decision, Reason, Rung
from segue.domain.ports import DIMENSIONS
from segue.domain.turn import Commit, Lease, Promise, Turn


def assessment(intent: str = "invoice_higher", frustration: float = 0.1) -> Assessment:
    return Assessment(
        intents=(IntentGuess(intent, "billing", 0.9),),
        none_of_these=Signal(False),
        novelty=Signal(0.1),
        nearest=(),
        unopened=Signal(0.0),
        urgency=Signal(Urgency.NORMAL),
        frustration=Signal(frustration),
        course=(frustration,),
        complexity=Signal(Complexity.SIMPLE),
        drivers=(),
        wish_for_person=Signal(False),
        language=Signal("en"),
        vector=np.full(DIMENSIONS, DIMENSIONS**-0.5, np.float32),
    )


def answered(text: str = "Because of the new seat.") -> Turn:
    answer = Answer(AnswerKind.ANSWER, text, confidence=0.9, intent="invoice_higher")
    because = (Because(Reason.CONFIDENT, "confidence", value=0.9, threshold=0.8),)
    return Turn(assessment(), answer, Decision(Action.ANSWER, Handler.ASSISTANT, because, 1, Rung.AUTO, 0.9, 0.8))


def handed_over(lease: Lease, first_response: datetime) -> Commit:
    because = (Because(Reason.ASKED_FOR_PERSON, "guardrails.wish_for_person"),)
    decision = Decision(Action.HAND_OFF, Handler.HUMAN, because, 1, Rung.ROUTE, team="billing")
    turn = Turn(assessment(), Answer(AnswerKind.ABSTENTION), decision)
    return Commit(lease, turn, "Our Billing team is next.", Promise(first_response, None, None))
