"""A house small enough to be led by the hand: one database, two workers that claim and commit when told, faked time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import numpy as np
import psycopg

from segue.app.drill.checks import Acknowledged, violations
from segue.desk.briefing import brief_plainly
from segue.domain.answer import Answer, AnswerKind
from segue.domain.assessment import Assessment, Complexity, IntentGuess, Signal, Urgency
from segue.domain.briefing import Briefing
from segue.domain.conversation import Conversation, Handler
from segue.domain.decision import Action, Because, Decision, Earned, Reason, Rung
from segue.domain.people import Agent, Team
from segue.domain.ports import DIMENSIONS
from segue.domain.turn import Lease, Promise, Turn
from segue.intake.receive import Receiver
from segue.intake.worker import Worker
from segue.store.database import Database
from segue.store.desk import Desk
from segue.store.inbox import LEASE, Arrival, Inbox
from segue.store.workspace import Workspace

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class Listening:
    """Stands in for the rooms: answers everything, hands over who asks for a person, fails where it was told to."""

    def __init__(self) -> None:
        self.fails_on = ""
        self.unwritable_on = ""
        self.meanwhile: Callable[[], object] = lambda: None
        """What happens between a decision and its commit."""

    def read_ahead(self, conversations: Iterable[Conversation]) -> None:
        for conversation in conversations:
            if self.fails_on and self.fails_on in conversation.latest.text:
                raise RuntimeError("these messages cannot be read in one go")

    def assess(self, conversation: Conversation, now: datetime) -> Assessment:
        if self.fails_on and self.fails_on in conversation.latest.text:
            raise RuntimeError("this message cannot be considered")
        return assessment()

    def answer(self, conversation: Conversation, noticed: Assessment, now: datetime) -> Answer:
        if self.unwritable_on and self.unwritable_on in conversation.latest.text:
            return Answer(AnswerKind.ANSWER, "No database keeps a NUL: \0", confidence=0.9)
        return Answer(AnswerKind.ANSWER, f"About “{conversation.latest.text}”.", confidence=0.9)

    def decide(self, conversation: Conversation, noticed: Assessment, answer: Answer, now: datetime) -> Decision:
        self.meanwhile()
        if not conversation.assistant_may_speak:
            return _decided(Action.SUGGEST, Handler.HUMAN, Reason.PERSON_HAS_IT)
        if "a person" in conversation.latest.text:
            return _decided(Action.HAND_OFF, Handler.HUMAN, Reason.ASKED_FOR_PERSON)
        if answer.kind is AnswerKind.ABSTENTION:
            return _decided(Action.HAND_OFF, Handler.HUMAN, Reason.NO_GROUNDS)
        return _decided(Action.ANSWER, Handler.ASSISTANT, Reason.CONFIDENT)

    def give_up(self, conversation: Conversation) -> Decision:
        has_it = conversation.handler is Handler.HUMAN
        return _decided(Action.SUGGEST if has_it else Action.HAND_OFF, Handler.HUMAN, Reason.NOT_CONSIDERED)

    def stopped(self, conversation: Conversation) -> Decision:
        return _decided(Action.HAND_OFF, Handler.HUMAN, Reason.ASSISTANT_OFF)

    def promise(self, conversation: Conversation, now: datetime, team: str | None) -> Promise:
        return Promise(now + timedelta(hours=4), now + timedelta(hours=8), None)

    def brief(
        self, conversation: Conversation, noticed: Assessment | None, answer: Answer | None, decision: Decision
    ) -> Briefing | None:
        if self.fails_on and self.fails_on in conversation.latest.text:
            raise RuntimeError("this text breaks whoever reads it")
        return None

    def brief_plainly(self, conversation: Conversation, decision: Decision) -> Briefing:
        return brief_plainly(conversation, decision)

    def tell(self, conversation: Conversation, turn: Turn, promise: Promise, now: datetime) -> str:
        return "Our Support team is next."


def _decided(action: Action, handler: Handler, reason: Reason) -> Decision:
    team = "support" if action is Action.HAND_OFF else None
    earned = (Earned("billing", Rung.AUTO, 0.8),)
    return Decision(action, handler, (Because(reason, "small"),), 1, Rung.AUTO, 0.9, 0.8, team, earned=earned)


def assessment(intent: str = "invoice_higher", frustration: float = 0.1) -> Assessment:
    """Of a plain message, for whoever needs one without caring how it came about."""
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


@dataclass
class SmallHouse:
    """Verbs for who acts in it. Time stands still until it is told to pass."""

    url: str
    db: Database
    now: datetime = MONDAY
    listening: Listening = field(default_factory=Listening)
    acknowledged: list[Acknowledged] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.receiver = Receiver(self.listening, self.listening, self.listening, self.listening)  # type: ignore[arg-type]
        self.desk = Desk(self.db)
        self.here, self.there = Inbox(self.db, "here"), Inbox(self.db, "there")

    def time_passes(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def leases_run_out(self) -> None:
        self.now += LEASE + timedelta(seconds=1)

    def customer_writes(self, conversation: str | None = None, text: str = "Why is my invoice higher?") -> str:
        """Returns the conversation: the one named, or a new one."""
        client_id = f"c{len(self.acknowledged)}"
        arrival = Arrival(text, conversation_id=conversation, client_id=client_id, external_id="ada", is_verified=True)
        taken = self.here.accept(arrival, self.now)
        self.acknowledged.append(Acknowledged(taken.conversation_id, taken.message_id, taken.seq, client_id, text))
        return taken.conversation_id

    def claims(self, worker: Inbox, limit: int = 1) -> list[Lease]:
        return worker.claim(self.now, limit)

    def commits(self, worker: Inbox, leases: Sequence[Lease]) -> set[str]:
        """Considers and commits what `worker` claimed, but for what is under an agent's hands; returns which were
        written."""
        for lease in leases:
            if lease.conversation.is_under_hands:
                worker.stand_by(lease, self.now)
        free = [lease for lease in leases if not lease.conversation.is_under_hands]
        ready = [self.receiver.ready(x, self.receiver.consider(x.conversation, self.now), self.now) for x in free]
        return worker.commit(ready, self.now) if ready else set()

    def assistant_is(self, word: str) -> None:
        """A lead throws the switch: `on` or `off`."""
        Workspace(self.db).apply_policy(f"name: small\nassistant: {word}", "lena", word, self.now)

    def worker(self, inbox: Inbox) -> Worker:
        return Worker(inbox, self, lambda: self.now)

    def drain(self, rounds: int = 12) -> None:
        """Lets a new worker work and time pass until nothing waits, as a house that is left alone does."""
        fresh = self.worker(Inbox(self.db, "fresh"))
        for _ in range(rounds):
            fresh.work_off()
            if not fresh.inbox.backlog()[0]:
                return
            self.time_passes(9)
            fresh.inbox.beat(self.now)
            fresh.inbox.bury_dead(self.now)
            fresh.inbox.put_right(self.now)

    def violations(self) -> list[str]:
        return violations(self.url, self.acknowledged)


@contextmanager
def small_house(url: str) -> Iterator[SmallHouse]:
    """Nothing crashes here, so nothing need reach the disk; and the same few statements are asked again and again of
    tables that stay small, so none is planned anew."""
    with psycopg.connect(url, autocommit=True) as connection:
        for setting in ("synchronous_commit = off", "plan_cache_mode = force_generic_plan"):
            connection.execute(f"do $$ begin execute format('alter database %I set {setting}', "
                               "current_database()); end $$")  # fmt: skip
    db = Database(url, 4).open()
    workspace = Workspace(db)
    workspace.apply_policy("name: small", "lena", "first", MONDAY)
    workspace.put_team(Team("support", "Support"))
    for who in ("mira", "tom"):
        workspace.put_agent(Agent(f"agt_{who}", who.capitalize(), f"{who}@ledgerly.example"), MONDAY)
    try:
        yield SmallHouse(url, db)
    finally:
        db.close()
