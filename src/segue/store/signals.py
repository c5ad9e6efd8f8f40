"""What people teach triage by what they do: urgencies they change, and minutes, replies and turns a matter costs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from segue.domain.assessment import Urgency
from segue.domain.errors import Conflict, NotFound
from segue.domain.ids import new_id
from segue.domain.ports import Vector
from segue.store.database import Database, read
from segue.store.sql import statements

SQL = statements("signals")
MOST = 5_000
MOST_URGENT = 2_000
"""Handled episodes a habit is made of: each turn is compared with all of them, a fifth of a millisecond."""
MOST_JUDGED = 1_000
"""Episodes with a judged turn that are read, the newest."""
PER_CONTACT = 3
"""Cases of one contact that are read: nobody teaches urgency or frustration alone."""


@dataclass(frozen=True, slots=True, eq=False)
class UrgencyCase:
    """An episode people handled: the message, the urgency shown for it, and what `agent` changed it to, if they did."""

    text: str
    said_at: datetime
    vector: Vector
    shown: Urgency
    changed_to: Urgency | None
    agent: str


@dataclass(frozen=True, slots=True)
class Effort:
    """A conversation people resolved: its first message as it was read, and what it cost."""

    problem: str
    likely: tuple[float, ...]
    novelty: float
    minutes: float | None
    replies: int
    turns: int


@dataclass(frozen=True, slots=True, eq=False)
class Turn:
    """A customer's message with the reply before it. `judged`: the share of those who called it frustrated, None where
    nobody said; `agents`: who said so."""

    conversation_id: str
    episode: int
    contact_id: str
    text: str
    vector: Vector | None
    reply: str
    judged: float | None
    agents: tuple[str, ...]


class Signals:
    def __init__(self, db: Database) -> None:
        self.db = db

    def change_urgency(
        self, conversation: str, agent: str, urgency: Urgency, now: datetime, voice: str = ""
    ) -> bool:  # fmt: skip
        """Sets the urgency; returns whether it was another one before. `voice`: whose word it is, where it is not the
        agent's. Raises NotFound, and Conflict where the conversation is resolved."""
        params = {
            "id": conversation, "agent": agent, "voice": voice, "urgency": urgency.value, "now": now,
            "change_id": new_id("urg", now),
        }  # fmt: skip
        row = self.db.one(SQL.change_urgency, params)
        if row is None:
            if self.db.one("select 1 from conversations where id = %(id)s", params) is None:
                raise NotFound(f"There is no conversation {conversation}.", "Check the id.")
            raise Conflict("The conversation is resolved: nothing waits any more.", "Reopen it first.")
        return bool(row.is_new)

    def judge_frustration(
        self, conversation: str, seq: int, agent: str, is_frustrated: bool, now: datetime, voice: str = ""
    ) -> bool:  # fmt: skip
        """Keeps how the message sounds to the agent; returns whether they had not said so before. `voice` as above.
        Raises NotFound where there is no such considered message."""
        params = {"id": conversation, "seq": seq, "agent": agent, "is_frustrated": is_frustrated, "now": now,
                  "voice": voice, "mark_id": new_id("frm", now)}  # fmt: skip
        row = self.db.one(SQL.judge_frustration, params)
        if row is None:
            raise NotFound(f"No message {seq} of {conversation} has been considered.", "Name a customer's message.")
        return bool(row.is_new)

    def judged_turns(self) -> list[Turn]:
        """All turns of the episodes in which somebody judged one, or a customer said yes or no; oldest turn first."""
        rows = self.db.all(SQL.judged_turns, {"most": MOST_JUDGED, "per_contact": PER_CONTACT})
        return [
            Turn(r.conversation_id, r.episode, r.contact_id, r.body, read(r.vector), r.reply, r.judged,
                 tuple(r.agents or ()))
            for r in rows
        ]  # fmt: skip

    def urgency_cases(self) -> list[UrgencyCase]:
        rows = self.db.all(SQL.urgency_cases, {"most": MOST_URGENT, "per_contact": PER_CONTACT})
        found = ((read(r.vector), r) for r in rows)
        return [
            UrgencyCase(
                r.body, r.said_at, v, Urgency(r.shown), Urgency(r.changed_to) if r.changed_to else None, r.agent
            )
            for v, r in found
            if v is not None
        ]

    def efforts(self) -> list[Effort]:
        return [
            Effort(
                r.problem, tuple(float(i["probability"]) for i in r.intents), r.novelty, r.minutes, r.replies, r.turns
            )
            for r in self.db.all(SQL.efforts, {"most": MOST})
        ]
