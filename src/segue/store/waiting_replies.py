"""Replies that wait a moment before they go, so that their author can still stop them. They survive the browser."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from segue.domain.errors import Conflict, NotFound
from segue.domain.ids import new_id, reply_id
from segue.store.database import Database
from segue.store.desk import AgentReply, wrote_meanwhile
from segue.store.inbox import OtherMessage
from segue.store.sql import statements
from segue.texts import _

SQL = statements("waiting_replies")


@dataclass(frozen=True, slots=True)
class WaitingReply:
    """A reply whose time to go has come."""

    id: str
    reply: AgentReply
    resolves: bool
    """Whether the conversation is closed once it has gone."""
    macro: str = ""
    """Whose actions are done then; empty for none."""


class WaitingReplies:
    def __init__(self, db: Database) -> None:
        self.db = db

    def put(
        self, reply: AgentReply, send_after: datetime, now: datetime, resolves: bool = False, macro: str = ""
    ) -> str:
        """Keeps it until `send_after`; returns its id. Raises Conflict where somebody wrote after what its agent had
        seen, and where its client_id names another reply; NotFound where there is no such conversation."""
        newer = self.db.one(SQL.newer, {"id": reply.conversation, "agent": reply.agent, "seen_seq": reply.seen_seq})
        if newer:
            raise wrote_meanwhile(newer)
        made = reply_id(reply.agent, reply.client_id) if reply.client_id else new_id("rep", now)
        params = {
            "id": reply.conversation, "agent": reply.agent, "body": reply.text, "seen_seq": reply.seen_seq,
            "send_after": send_after, "resolves": resolves, "reply_id": made, "now": now, "macro": macro or None,
            "files": list(reply.files), "files_of": reply.files_of or reply.agent,
        }  # fmt: skip
        if (row := self.db.one(SQL.put, params)) is None:
            raise NotFound(
                _("There is no conversation %(conversation)s.", conversation=reply.conversation), _("Check the id.")
            )
        if not row.is_new and not ((before := self.db.one(SQL.put_before, params)) and before.is_same):
            raise OtherMessage
        return made

    def of(self, conversation: str) -> list[dict[str, Any]]:
        """What waits, is just going, or was refused; oldest first."""
        return [dict(row._asdict()) for row in self.db.all(SQL.shown, {"id": conversation})]

    def stop(self, reply: str, agent: str, now: datetime) -> tuple[str, str, str]:
        """Takes it back; returns its conversation, its text and its macro. Raises Conflict where it has gone."""
        row = self.db.one(SQL.stop, {"reply_id": reply, "agent": agent, "now": now})
        if row is None:
            raise Conflict(_("This reply has gone out already."), _("Write another one."))
        return row.conversation_id, row.body, row.macro_id or ""

    def again(self, reply: str, agent: str, seen_seq: int, now: datetime) -> None:
        """Sends one that was refused, after all. Raises Conflict where it is not refused any more."""
        if self.db.one(SQL.again, {"reply_id": reply, "agent": agent, "seen_seq": seen_seq, "now": now}) is None:
            raise Conflict(_("This reply is not waiting here any more."), _("Load the conversation again."))

    def due(self, now: datetime) -> list[WaitingReply]:
        """Those to send now, each ours for half a minute."""
        return [
            WaitingReply(
                r.id, AgentReply(r.conversation_id, r.agent_id, r.body, r.seen_seq, r.id, tuple(r.files)), r.resolves,
                r.macro_id or "",
            )
            for r in self.db.all(SQL.due, {"now": now})
        ]  # fmt: skip

    def close(self, reply: str, state: str, now: datetime, why: str = "") -> None:
        """`state` is sent or refused."""
        self.db.run(SQL.close, {"reply_id": reply, "state": state, "why": why, "now": now})
