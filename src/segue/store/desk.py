"""What people do with a conversation: take it, answer, note, resolve, hand back. Each is one statement.

No row back means the conversation is missing or somebody was faster; `_refused` finds out which and says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NoReturn

import psycopg

from segue.domain.briefing import Briefing
from segue.domain.errors import Conflict, NotFound
from segue.domain.ids import new_id
from segue.domain.turn import Promise
from segue.store.database import Database, as_json
from segue.store.inbox import DURABLE, OtherMessage
from segue.store.sql import statements
from segue.texts import N_, _, word

SQL = statements("desk")
HOLD = timedelta(seconds=45)
"""How long one touch of the composer keeps the assistant silent."""
UNDO = timedelta(seconds=10)
"""How long a person's mail can be taken back before it leaves."""


@dataclass(frozen=True, slots=True)
class AgentReply:
    """What an agent writes to the customer of a conversation."""

    conversation: str
    agent: str
    text: str
    seen_seq: int | None = None
    """The newest message they had read; None where it does not matter what was written since."""
    client_id: str | None = None
    """Names it for its sender: the same one sent twice is one reply."""
    files: Sequence[str] = ()
    """Ids of uploads that go with it."""
    files_of: str = ""
    """Whose uploads they are, where they are not the agent's."""


@dataclass(frozen=True, slots=True)
class Solution:
    """How a person closed a conversation."""

    text: str
    intent: str | None = None
    article_id: str | None = None
    outcome: str = "contained"
    minutes: float | None = None
    seen_seq: int | None = None
    """The newest message they had read; None where it does not matter what the customer wrote since."""


class Desk:
    def __init__(self, db: Database) -> None:
        self.db = db

    def take(
        self, conversation: str, agent: str, now: datetime, author: str = "", reason: str = "", force: bool = False
    ) -> bool:
        """Gives the conversation to `agent`; returns whether hands changed.

        Raises Conflict where another agent has it, unless `force`.
        """
        row = self._one(
            SQL.take, id=conversation, agent=agent, author=author or agent, reason=reason, force=force, now=now,
            claim_id=new_id("clm", now),
        )  # fmt: skip
        if row is None:
            self._refused(conversation, N_("take it"))
        return bool(row and row.is_new)

    def assign_team(self, conversation: str, team: str | None, author: str, now: datetime) -> None:
        """Puts the conversation into the queue of `team`; None stands for the queue of nobody in particular."""
        if self._one(SQL.assign_team, id=conversation, team=team, author=author, now=now) is None:
            self._refused(conversation, N_("assign it"))

    def reply(self, reply: AgentReply, now: datetime, voice: str = "") -> int:
        """Sends it; returns its seq. `voice`: whose words they are, where they are not the agent's.

        Raises Conflict where the customer or a colleague wrote after the message that the agent had seen, and where its
        client_id names another message.
        """
        params = {
            "id": reply.conversation, "agent": reply.agent, "body": reply.text, "client_id": reply.client_id,
            "seen_seq": reply.seen_seq, "now": now, "undo": UNDO, "files": list(reply.files),
            "files_of": reply.files_of or reply.agent, "voice": voice, "claim_id": new_id("clm", now),
        }  # fmt: skip
        try:
            row = self._one(SQL.reply, **params)
        except psycopg.errors.UniqueViolation:  # the same reply, sent twice at once
            row = None
        if row is None and reply.client_id and (row := self._one(SQL.replied_before, **params)) and not row.is_same:
            raise OtherMessage
        if row is None:
            self._refuse_merged(self._state(reply.conversation))
            raise wrote_meanwhile(self._one(SQL.writer_after, **params))
        return int(row.seq)

    def brief_late(
        self, conversation: str, seq: int, briefing: Briefing, promise: Promise, team: str | None, words: str,
        now: datetime,
    ) -> None:  # fmt: skip
        """Begins the promises, in the queue of `team` where it is in nobody's; keeps the briefing where people were
        told of it in no other way since the assistant had it. Then the customer is told so, too, in `words`, where
        there are any, unless an agent has it by name: of whom they heard."""
        params = {
            "id": conversation, "seq": seq, "briefing": as_json(briefing), "first_due": promise.first_response,
            "resolution_due": promise.resolution, "team": team, "now": now,
        }  # fmt: skip
        with self.db.transaction() as line:  # what was briefed and not told would never be told
            row = line.execute(SQL.brief_late, params).fetchone()
            if words and row is not None and row.is_new and row.assignee_id is None:
                line.execute(SQL.say, {"id": conversation, "body": words, "now": now})

    def say(self, conversation: str, text: str, now: datetime) -> None:
        self.db.run(SQL.say, {"id": conversation, "body": text, "now": now})

    def note(
        self, conversation: str, agent: str, text: str, now: datetime, called: Sequence[str] = (),
        files: Sequence[str] = (), files_of: str = "", client_id: str | None = None,
    ) -> str:  # fmt: skip
        """`called`: agents whom it calls by name, and who are told so; files as with `reply`. The same `client_id`
        twice is one note. Raises Conflict where it names another one."""
        note = new_id("not", now)
        params = {"id": conversation, "agent": agent, "body": text, "now": now, "note_id": note, "called": list(called),
                  "files": list(files), "files_of": files_of or agent, "client_id": client_id}  # fmt: skip
        if self.db.run(SQL.note, params):
            return note
        self._state(conversation)
        if (before := self._one(SQL.noted_before, **params)) is None or not before.is_same:
            raise OtherMessage
        return str(before.id)

    def resolve(
        self, conversation: str, author: str, solution: Solution, now: datetime, voice: str = "", last_words: str = ""
    ) -> str:
        """Closes the conversation and keeps what solved it. Returns the resolution's id. `voice`: whose word it is,
        where it is not the author's; who says it for themselves afterwards makes it theirs. `last_words`: of a
        colleague, what solved it where the solution says nothing and no key has said it. Raises Conflict where the
        customer wrote after the message that the agent had seen."""
        params: dict[str, Any] = {
            "id": conversation, "author": author, "solution": solution.text, "intent": solution.intent,
            "article": solution.article_id, "minutes": solution.minutes, "now": now,
        }  # fmt: skip
        closing = params | {
            "solution": solution.text or last_words, "outcome": solution.outcome, "seen_seq": solution.seen_seq,
        }  # fmt: skip
        if done := self._one(SQL.resolve, **closing, resolution_id=new_id("res", now), voice=voice):
            return str(done.resolution)
        if not voice and (said := self._one(SQL.say_for_oneself, **params)):
            return str(said.id)
        row = self._state(conversation)
        if row.status != "resolved" and row.customer_seq > (solution.seen_seq or 0):
            raise Conflict(_("The customer wrote meanwhile."), _("Read the new message, then resolve it again."))
        self._refused(conversation, N_("resolve it"))

    def confirm(self, conversation: str, author: str, now: datetime) -> None:
        """What a key resolved becomes the author's own word, as it stands. Raises Conflict where no key's word does."""
        params = {"id": conversation, "author": author, "solution": "", "now": now}
        if not self._one(SQL.say_for_oneself, **params, intent=None, article=None, minutes=None):
            self._refused(conversation, N_("confirm it"))

    def reopen(self, conversation: str, author: str, now: datetime, agent: str | None = None) -> None:
        params = {"id": conversation, "author": author, "agent": agent, "now": now, "durable_since": now - DURABLE}
        if self._one(SQL.reopen, **params) is None:
            self._refused(conversation, N_("reopen it"))

    def hand_back(self, conversation: str, author: str, now: datetime) -> None:
        if self._one(SQL.hand_back, id=conversation, author=author, now=now) is None:
            self._refused(conversation, N_("hand it back"))

    def require_answer(self, conversation: str) -> None:
        """Raises Conflict where the assistant handed over what the customer wrote last and nobody has answered it: it
        would not look at that again, and they would wait for good."""
        last = self._one(SQL.last_look, id=conversation)
        if last and last.handed_over:
            raise Conflict(
                _("The assistant handed over what the customer wrote last, and nobody has answered it."),
                _("Answer it, then hand it back."),
            )

    def hold(self, conversation: str, agent: str, now: datetime) -> None:
        """Silences the assistant while an agent's hands are on the composer."""
        if self._one(SQL.hold, id=conversation, agent=agent, until=now + HOLD, now=now) is None:
            self._state(conversation)

    def breach(self, now: datetime) -> int:
        """Records clocks past their promise; returns how many conversations that touched."""
        return len(self.db.all(SQL.breach, {"now": now}))

    def fall_silent(self, since: datetime, now: datetime) -> int:
        return len(self.db.all(SQL.fall_silent, {"since": since, "now": now}))

    def _one(self, statement: str, **params: Any) -> Any | None:
        return self.db.one(statement, params)

    def _state(self, conversation: str) -> Any:
        row = self.db.one(
            "select c.status, c.handler, c.customer_seq, a.name as assignee, o.number as merged from conversations c"
            " left join agents a on a.id = c.assignee_id left join conversations o on o.id = c.merged_into"
            " where c.id = %(id)s",
            {"id": conversation},
        )
        if row is None:
            raise NotFound(
                _("There is no conversation %(conversation)s.", conversation=conversation), _("Check the id.")
            )
        return row

    def _refuse_merged(self, row: Any) -> None:
        if row.merged is not None:
            raise Conflict(
                _("This conversation was merged into #%(merged)s.", merged=row.merged),
                _("Go on in #%(merged)s.", merged=row.merged),
            )

    def _refused(self, conversation: str, wish: str) -> NoReturn:
        row = self._state(conversation)
        self._refuse_merged(row)
        holder = (
            _("%(name)s has it", name=row.assignee)
            if row.assignee
            else _("the %(handler)s has it", handler=word(row.handler))
        )
        raise Conflict(
            _(
                "You cannot %(wish)s: the conversation is %(status)s and %(holder)s.",
                wish=word(wish),
                status=word(row.status),
                holder=holder,
            ),
            _("Load it again."),
        )


def wrote_meanwhile(newer: Any | None) -> Conflict:
    """Why a reply is not taken. `newer`: the author and the name of who wrote last; None where that cannot be told."""
    who = newer.name if newer and newer.author == "agent" else _("The customer")
    return Conflict(_("%(who)s wrote while you were answering.", who=who), _("Read the new message, then send again."))
