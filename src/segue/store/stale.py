"""Articles in doubt, at rest: one case per disputed sentence of a version, with the replies that dispute it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from segue.domain.errors import Conflict, NotFound
from segue.domain.ids import new_id
from segue.store.database import Database
from segue.store.sql import statements
from segue.texts import _

SQL = statements("stale")


@dataclass(frozen=True, slots=True)
class Reply:
    """What a person wrote about a matter, and the articles of it."""

    conversation_id: str
    contact_id: str
    seq: int
    agent_id: str
    text: str
    at: datetime
    articles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Doubt:
    """One sentence of an article that a reply disputes."""

    article_id: str
    version: int
    kind: str
    claim: str
    article_says: str
    reply_says: str
    value: str


class StaleStore:
    def __init__(self, db: Database) -> None:
        self.db = db

    def replies(self, conversation: str, unedited: float) -> list[Reply]:
        """Those of its lessons that no case holds yet; not suggestions of which at most `unedited` was changed."""
        rows = self.db.all(SQL.replies_of, {"conversation": conversation, "share": unedited})
        return [
            Reply(r.conversation_id, r.contact_id, r.seq, r.agent_id, r.body, r.at, tuple(r.articles)) for r in rows
        ]

    def past_replies(self, since: datetime, most: int) -> list[Reply]:
        """Of conversations that were brought with the past, with the articles of their matter; oldest first, of more
        than `most` the newest."""
        rows = self.db.all(SQL.past_replies, {"since": since, "most": most})
        return [
            Reply(r.conversation_id, r.contact_id, r.seq, r.agent_id, r.body, r.at, tuple(r.articles))
            for r in reversed(rows)
        ]

    def doubt(self, doubt: Doubt, reply: Reply, now: datetime | None = None) -> str | None:
        """Opens a case or adds the reply to it; its id where it is still undecided, None where it was dismissed. `now`
        where the reply is an old one."""
        params = {
            "id": new_id("stl", now or reply.at),
            "article": doubt.article_id, "version": doubt.version, "kind": doubt.kind, "opened": now or reply.at,
            "claim": doubt.claim, "article_says": doubt.article_says, "at": reply.at, "says": doubt.reply_says,
            "value": doubt.value, "conversation": reply.conversation_id, "seq": reply.seq, "contact": reply.contact_id,
            "agent": reply.agent_id,
        }  # fmt: skip
        with self.db.transaction() as connection:
            connection.execute(SQL.open_case, params)
            case = connection.execute(SQL.case_of, params).fetchone()
            if case is None or case.status == "dismissed":
                return None
            connection.execute(SQL.add_reply, params | {"case": case.id})
            return str(case.id) if case.status == "open" else None

    def replies_to(self, case: str) -> list[dict[str, Any]]:
        return [dict(r._asdict()) for r in self.db.all(SQL.case_replies, {"case": case})]

    def cases(self, status: str | None = None) -> list[dict[str, Any]]:
        """Newest first, each with how many replies dispute it."""
        return [dict(r._asdict()) for r in self.db.all(SQL.cases, {"status": status, "id": None})]

    def case(self, case: str) -> dict[str, Any]:
        """With both texts. Raises NotFound."""
        row = self.db.one(SQL.cases, {"status": None, "id": case})
        if row is None:
            raise NotFound(_("There is no stale case %(case)s.", case=case), _("They stand on the page Knowledge."))
        return {**row._asdict(), "said_by": self.replies_to(case)}

    def make_stale(self, case: str, status: str, author: str, now: datetime, note: str = "") -> None:
        """`status`: confirmed by a person, or agreed among replies. Raises Conflict where it is decided."""
        params = {"case": case, "status": status, "author": author, "now": now, "note": note,
                  "yesterday": (now - timedelta(days=1)).date()}  # fmt: skip
        if self.db.one(SQL.make_stale, params) is None:
            self._refused(case)

    def dismiss(self, case: str, author: str, now: datetime, note: str = "") -> None:
        if self.db.one(SQL.dismiss, {"case": case, "author": author, "now": now, "note": note}) is None:
            self._refused(case)

    def take_back(self, case: str, stays_open: bool, now: datetime) -> None:
        """Undoes what replies had agreed on: the case is undecided again, and the article has the review date it had.
        Without `stays_open` the case goes altogether."""
        with self.db.transaction() as connection:
            connection.execute(SQL.give_date_back, {"case": case, "now": now})
            connection.execute(SQL.open_again if stays_open else SQL.forget_case, {"case": case})

    def answer_old(self, now: datetime) -> int:
        """Closes cases whose article has a newer version; returns how many."""
        return self.db.run(SQL.answer_old, {"now": now})

    def _refused(self, case: str) -> None:
        found: Sequence[Any] = [self.case(case)]
        raise Conflict(
            _("The case is %(status)s already.", status=found[0]["status"]), _("Look at the article's newest version.")
        )
