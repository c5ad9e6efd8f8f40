"""A message to be decided: Ada, verified and on the free plan, whose question about billing has a confident answer.

A test begins with that and says what is otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from briefs import assessment
from segue.domain.answer import Abstention, Answer, AnswerKind
from segue.domain.assessment import (
    Assessment,
    IntentGuess,
    Signal,
)
from segue.domain.conversation import Author, Channel, Conversation, EarlierTurn, Handler, Message, Status
from segue.domain.decision import Decision, Rung
from segue.domain.people import Account, Contact
from segue.policy.boundary import Boundary, Standing
from segue.policy.chance import Chance, never
from segue.policy.decide import decide
from segue.policy.settings import Policy, starter

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
ADA = Contact("con_ada", "Ada", "ada@example.com", "acc_ada", is_verified=True)
FREE = Account("acc_ada", "Ada's shop", "free")
ENTERPRISE = Account("acc_grace", "Grace & Co", "enterprise", value=10_000)
GUESSES = (IntentGuess("invoice_higher", "billing", 0.8), IntentGuess("reset_password", "login", 0.1))
HALF = (IntentGuess("invoice_higher", "billing", 0.45), IntentGuess("reset_password", "login", 0.4))
CALM = assessment(intents=GUESSES, none_of_these=Signal(False))
CONFIDENT = Answer(AnswerKind.ANSWER, "Because of the new seat.", confidence=0.93, intent="invoice_higher")
QUESTION = Answer(AnswerKind.QUESTION, "Which one?", options=("invoice_higher", "reset_password"))
COURTESY = Answer(AnswerKind.COURTESY, "Hello!")
EARNED = Standing("billing", Rung.AUTO, threshold=0.88, cases=120, wrong=2)


def abstaining(why_not: Abstention) -> Answer:
    return Answer(AnswerKind.ABSTENTION, abstention=why_not)


@dataclass
class Scene:
    policy: Policy = field(default_factory=lambda: starter("balanced"))
    conversation: Conversation = field(
        default_factory=lambda: Conversation(
            "cnv_1", 1, Channel.CHAT, Status.OPEN, Handler.ASSISTANT, NOON, ADA, FREE,
            (Message(1, Author.CUSTOMER, "Why is my invoice higher?", NOON),),
        )
    )  # fmt: skip
    assessment: Assessment = CALM
    answer: Answer | None = CONFIDENT
    boundary: Boundary = field(default_factory=lambda: Boundary({"billing": EARNED, "login": EARNED}, EARNED))

    def notices(self, **facts: Any) -> None:
        self.assessment = replace(self.assessment, **facts)

    def happens(self, **facts: Any) -> None:
        self.conversation = replace(self.conversation, **facts)

    def feels(self, *course: float) -> None:
        self.notices(frustration=Signal(course[-1], words=("ridiculous",)), course=course)

    def has_spoken(self, *actions: str) -> None:
        self.happens(turns=tuple(EarlierTurn(n, None, 0.1, action) for n, action in enumerate(actions, 1)))

    def sets(self, path: str, value: Any) -> None:
        self.policy = changed(self.policy, path, value)

    def earns(self, **facts: Any) -> None:
        standing = replace(EARNED, **facts)
        self.boundary = Boundary({"billing": standing, "login": standing}, standing)

    def decide(self, chance: Chance = never) -> Decision:
        return decide(self.conversation, self.assessment, self.answer, self.policy, 7, self.boundary, NOON, chance)


def changed(policy: Policy, path: str, value: Any) -> Policy:
    data: dict[str, Any] = policy.model_dump(mode="json")
    *way, last = path.split(".")
    inner = data
    for step in way:
        inner = inner.setdefault(step, {})
    inner[last] = value
    return Policy.model_validate(data)
