"""Conversations that were brought in from elsewhere and that nobody here has considered, as they stood then."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from segue.domain.conversation import (
    Author,
    Channel,
    Conversation,
    EarlierConversation,
    Handler,
    Message,
    Page,
    Status,
)
from segue.domain.people import Contact
from segue.store.database import Database, read
from segue.store.snapshots import account_of
from segue.store.sql import statements

SQL = statements("backtest")


@dataclass(frozen=True, slots=True)
class Bygone:
    """The whole conversation; whoever goes through it cuts it to each moment."""

    conversation: Conversation
    resolved_at: datetime


class Bygones:
    def __init__(self, db: Database) -> None:
        self.db = db

    def next(self, since: datetime, limit: int) -> list[Bygone]:
        """The oldest that were opened at `since` or later, at most `limit`."""
        rows = self.db.all(SQL.bygone, {"since": since, "limit": limit})
        ids = {"ids": [row.id for row in rows]}
        said, earlier = defaultdict[str, list[Any]](list), defaultdict[str, list[Any]](list)
        for message in self.db.all(SQL.said, ids):
            said[message.conversation_id].append(message)
        for other in self.db.all(SQL.before, ids):
            earlier[other.for_id].append(other)
        return [_bygone(row, said[row.id], earlier[row.id]) for row in rows]

    def left(self, since: datetime) -> int:
        """How many of those opened at `since` or later nobody has considered yet."""
        row = self.db.one(SQL.bygone_left, {"since": since})
        return int(row.number) if row else 0


def _bygone(row: Any, said: list[Any], earlier: list[Any]) -> Bygone:
    conversation = Conversation(
        id=row.id,
        number=row.number,
        channel=Channel(row.channel),
        status=Status.OPEN,
        handler=Handler.ASSISTANT,
        opened_at=row.opened_at,
        contact=Contact(row.contact_id, row.contact_name, row.contact_email, row.account_id, row.is_verified),
        account=account_of(row),
        messages=tuple(Message(m.seq, Author(m.author), m.body, m.at, m.agent_id) for m in said),
        page=Page(row.page_url, row.page_title or "") if row.page_url else None,
        earlier=tuple(_earlier(e) for e in earlier),
        team_id=row.team_id,
    )
    return Bygone(conversation, row.resolved_at)


def _earlier(row: Any) -> EarlierConversation:
    """What came of it later was not known then."""
    status = Status.RESOLVED if row.was_resolved else Status.OPEN
    return EarlierConversation(
        row.id, row.number, row.contact_id, Channel(row.channel), row.opened_at, status, row.intent_id, row.subject,
        row.outcome if row.was_resolved else None, row.promised, vector=read(row.vector), encoder=row.encoder,
    )  # fmt: skip
