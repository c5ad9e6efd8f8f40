"""Reading conversations: lists, one with its thread, its turns and its briefing. Nothing here writes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from segue.domain.conversation import Author, Message
from segue.domain.errors import NotFound
from segue.store.database import Database
from segue.store.sql import statements
from segue.texts import ENGLISH, _, understood

SQL = statements("conversations")


@dataclass(frozen=True, slots=True)
class Filter:
    """What a list is narrowed to; None asks nothing. `after` is the id of the last row seen."""

    after: str | None = None
    status: str | None = None
    handler: str | None = None
    team: str | None = None
    assignee: str | None = None
    contact: str | None = None
    number: int | None = None
    tag: str | None = None
    channel: str | None = None
    category: str | None = None
    intent: str | None = None
    reason: str | None = None
    tier: str | None = None
    breached: bool | None = None
    since: datetime | None = None
    """Opened at or after; `until`: before."""
    until: datetime | None = None


class Conversations:
    def __init__(self, db: Database) -> None:
        self.db = db

    def listing(self, wanted: Filter, limit: int = 50) -> list[dict[str, Any]]:
        """Newest first; ask again with `after` set to the last id for the next page."""
        params = {name: getattr(wanted, name) for name in Filter.__slots__}
        return _dicts(self.db.planned(SQL.listing, params | {"limit": limit}))

    def is_there(self, conversation: str) -> bool:
        return self.db.one("select id from conversations where id = %(id)s", {"id": conversation}) is not None

    def waiting_for_people(self, team: str | None = None, limit: int = 200) -> list[dict[str, Any]]:
        """What needs a person, most pressing first."""
        return _dicts(self.db.all(SQL.waiting_for_people, {"team": team, "limit": limit}))

    def one(self, conversation: str) -> dict[str, Any]:
        row = self.db.one(SQL.one, {"id": conversation})
        if row is None:
            raise NotFound(
                _("There is no conversation %(conversation)s.", conversation=conversation), _("Check the id.")
            )
        return dict(row._asdict())

    def thread(self, conversation: str, after: int = 0) -> list[dict[str, Any]]:
        return _dicts(self.db.all(SQL.thread, {"id": conversation, "after": after}))

    def said(self, conversation: str, most: int, longest: int) -> list[Message]:
        """The newest `most` that the customer wrote, each at most `longest` characters of it."""
        rows = self.db.all(SQL.said, {"id": conversation, "most": most, "longest": longest})
        return [Message(row.seq, Author.CUSTOMER, row.body, row.at, files=tuple(row.files)) for row in rows]

    def unanswered(self, conversations: Sequence[str]) -> set[str]:
        """Those whose customer's newest message nobody has answered."""
        return {row.id for row in self.db.all(SQL.unanswered, {"ids": list(conversations)})}

    def others(self, conversation: str) -> list[tuple[str, int]]:
        """Id and number of those that were merged into it, oldest first."""
        return [(row.id, row.number) for row in self.db.all(SQL.others, {"id": conversation})]

    def numbers(self, conversations: Sequence[str]) -> dict[str, int]:
        """By id, what people call each of them."""
        return {row.id: row.number for row in self.db.all(SQL.numbers, {"ids": list(conversations)})}

    def notes(self, conversation: str) -> list[dict[str, Any]]:
        return _dicts(self.db.all(SQL.notes, {"id": conversation}))

    def turns(self, conversation: str, seq: int | None = None) -> list[dict[str, Any]]:
        """Assessment, answer and decision of each considered message, as they were stored."""
        return _dicts(self.db.all(SQL.turns, {"id": conversation, "seq": seq}))

    def language(self, conversation: str) -> str:
        """The language in which the customer is spoken to: theirs, where it was noticed and is one of ours; else the
        workspace's."""
        row = self.db.one(SQL.language, {"id": conversation})
        return understood(row.spoken or "", row.sure, row.chosen) if row else ENGLISH

    def briefing(self, conversation: str) -> dict[str, Any] | None:
        """The newest briefing, or None where nobody was briefed."""
        row = self.db.one(SQL.briefing, {"id": conversation})
        return {"seq": row.seq, **row.body, "corrected": row.corrected} if row else None

    def last_seen(self, contact: str, agent: str) -> datetime | None:
        """When the customer wrote last or their page last looked, as far as `agent` may know; None where neither is
        known."""
        row = self.db.one(SQL.last_seen, {"contact": contact, "agent": agent})
        return row.at if row else None

    def counts(self) -> dict[str, int]:
        row = self.db.one(SQL.counts)
        assert row is not None
        return dict(row._asdict())

    def undecided(self, now: datetime) -> tuple[int, Any]:
        """Accepted customer messages without a decision, and since when the oldest waits."""
        row = self.db.one(SQL.undecided, {"now": now})
        assert row is not None
        return row.count, row.oldest


def _dicts(rows: list[Any]) -> list[dict[str, Any]]:
    return [dict(row._asdict()) for row in rows]
