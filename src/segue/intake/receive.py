"""A message arrives and finds its way. Every message walks the same way, the tenth like the first: that *is* dynamic
handoff.

Accepting and considering are two steps. Accepting is one durable statement (store/inbox). Considering happens here, on
a lease and outside any transaction; what it comes to is committed in one transaction that compares the token first.
Where a person holds the conversation the same way is walked, and the answer becomes a suggestion for them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import structlog

from segue.domain.answer import Answer
from segue.domain.assessment import Assessment
from segue.domain.briefing import Briefing
from segue.domain.conversation import Conversation, Handler
from segue.domain.decision import Decision
from segue.domain.deeds import honest
from segue.domain.traces import traced
from segue.domain.turn import Commit, Lease, Promise, Turn

log = structlog.get_logger()


class Triage(Protocol):
    def read_ahead(self, conversations: Iterable[Conversation]) -> None:
        """Reads what will be assessed next in one go, which is cheaper; may fail and be left out."""
        ...

    def assess(self, conversation: Conversation, now: datetime) -> Assessment: ...


class Assistant(Protocol):
    def answer(self, conversation: Conversation, assessment: Assessment, now: datetime) -> Answer: ...


class Policy(Protocol):
    def decide(self, conversation: Conversation, assessment: Assessment, answer: Answer, now: datetime) -> Decision: ...

    def give_up(self, conversation: Conversation) -> Decision:
        """The decision where considering failed: a person gets it."""
        ...

    def stopped(self, conversation: Conversation) -> Decision:
        """The decision where the assistant was stopped meanwhile: a person gets it."""
        ...

    def promise(self, conversation: Conversation, now: datetime, team: str | None) -> Promise:
        """What the customer is promised whom `team` has."""
        ...


class Desk(Protocol):
    def brief(
        self, conversation: Conversation, assessment: Assessment | None, answer: Answer | None, decision: Decision
    ) -> Briefing: ...

    def brief_plainly(self, conversation: Conversation, decision: Decision) -> Briefing:
        """From the record alone, without reading a word of the customer's."""
        ...

    def tell(self, conversation: Conversation, turn: Turn, promise: Promise, now: datetime) -> str:
        """What a customer reads who is handed over: who is next, and when."""
        ...


class Beside(Protocol):
    def follow(self, commits: Iterable[Commit], now: datetime) -> None:
        """Decides once more, in silence, what was committed; never raises."""
        ...


@dataclass(frozen=True, slots=True)
class Receiver:
    """The rooms a message walks through; `shadow` where a policy is tried in silence beside the live one."""

    triage: Triage
    assistant: Assistant
    policy: Policy
    desk: Desk
    shadow: Beside | None = None
    moves: int = 0
    """Number of the newest move of the boundary that the policy decides by."""

    def read_ahead(self, conversations: Iterable[Conversation]) -> None:
        self.triage.read_ahead(conversations)

    def consider(self, conversation: Conversation, now: datetime) -> Turn:
        assessment = self.triage.assess(conversation, now)
        answer = honest(self.assistant.answer(conversation, assessment, now))
        decision = self.policy.decide(conversation, assessment, answer, now)
        briefing = self.desk.brief(conversation, assessment, answer, decision) if decision.for_people else None
        return Turn(assessment, answer, decision, briefing)

    def give_up(self, conversation: Conversation, is_stopped: bool = False) -> Turn:
        """A person gets what could not be considered; never silence (trust R2). What broke considering, a text say,
        may break the briefing too: then it is made without reading any. `is_stopped`: nothing broke, a lead stopped the
        assistant meanwhile."""
        is_stopped = is_stopped and conversation.handler is Handler.ASSISTANT
        decision = self.policy.stopped(conversation) if is_stopped else self.policy.give_up(conversation)
        return Turn(None, None, decision, self._briefed_somehow(conversation, decision) if decision.hands_off else None)

    def _briefed_somehow(self, conversation: Conversation, decision: Decision) -> Briefing:
        try:
            return self.desk.brief(conversation, None, None, decision)
        except Exception as error:
            log.error("briefing.failed", conversation=conversation.id, **traced(error))
            return self.desk.brief_plainly(conversation, decision)

    def ready(self, lease: Lease, turn: Turn, now: datetime) -> Commit:
        """The turn with the words that go out."""
        promise = self.policy.promise(lease.conversation, now, turn.decision.team) if _is_for_people(turn) else None
        return Commit(lease, turn, self._says(lease.conversation, turn, promise, now), promise, self.moves)

    def _says(self, conversation: Conversation, turn: Turn, promise: Promise | None, now: datetime) -> str:
        if turn.decision.speaks and turn.answer:
            return turn.answer.text
        if turn.decision.hands_off and promise:
            return self.desk.tell(conversation, turn, promise, now)
        return ""


def _is_for_people(turn: Turn) -> bool:
    return not turn.decision.speaks
