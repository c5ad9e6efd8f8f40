"""What somebody brings from elsewhere, on its way in: the file in parts, what was read of it, and how far it has come.

A worker that is killed in the middle leaves a row in the state *running* that nobody touches; another takes it up.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from segue.domain.errors import Conflict, NotFound, Refused
from segue.domain.ids import new_id
from segue.store.database import Database, as_json
from segue.store.sql import statements

SQL = statements("imports")
LARGEST = 24_000_000
"""Bytes of one file; what is larger is brought in several."""
MOST_PARTS = 400
KEPT = timedelta(days=7)
LEFT = timedelta(minutes=10)
"""A run that was not touched for so long is taken up by another worker."""


@dataclass(frozen=True, slots=True)
class Import:
    id: str
    kind: str
    name: str
    author: str
    state: str
    wishes: Mapping[str, Any]
    report: Mapping[str, Any]
    done: int
    total: int
    at: datetime


class Imports:
    def __init__(self, db: Database) -> None:
        self.db = db

    def begin(self, kind: str, name: str, author: str, now: datetime) -> str:
        made = new_id("imp", now)
        self.db.run(SQL.begin, {"id": made, "kind": kind, "name": name[:200], "author": author, "now": now})
        return made

    def put_part(self, id: str, n: int, body: bytes, now: datetime) -> None:
        """The same part twice is one. Raises NotFound, Refused where the file grows too large, Conflict once it is
        read."""
        found = self.one(id)
        if found.state != "coming":
            raise Conflict("This file is read already.", "Begin another one.")
        size = self.db.one(SQL.size, {"id": id, "n": n})
        if n >= MOST_PARTS or (size is not None and size.bytes + len(body) > LARGEST):
            raise Refused(f"The file is larger than {LARGEST // 1_000_000} MB.", "Cut it in two and bring both.")
        self.db.run(SQL.put_part, {"id": id, "n": n, "body": body, "now": now})

    def whole(self, id: str) -> bytes:
        """The file. Raises Refused where a part is missing."""
        rows = self.db.all(SQL.parts, {"id": id})
        if [row.n for row in rows] != list(range(len(rows))) or not rows:
            raise Refused("A part of the file is missing.", "Send it again.")
        return b"".join(bytes(row.body) for row in rows)

    def one(self, id: str) -> Import:
        row = self.db.one(SQL.one, {"id": id})
        if row is None:
            raise NotFound("There is no such file.", "Bring it again.")
        return Import(*row)

    def latest(self, kind: str) -> Import | None:
        """The newest of a kind that has arrived whole."""
        row = self.db.one(SQL.latest, {"kind": kind})
        return Import(*row) if row else None

    def was_read(self, id: str, report: Mapping[str, Any], total: int, now: datetime) -> None:
        self.db.run(SQL.step, {"id": id, "state": "read", "report": as_json(report), "total": total, "done": 0,
                               "now": now})  # fmt: skip

    def want(self, id: str, wishes: Mapping[str, Any], now: datetime) -> None:
        """From here on a worker takes it in. Raises Conflict where it is on its way already."""
        if self.db.one(SQL.want, {"id": id, "wishes": as_json(wishes), "now": now}) is None:
            raise Conflict("This file is taken in already.", "Its progress stands on the page.")

    def take(self, kind: str, now: datetime) -> Import | None:
        """One that is wanted, or that a worker left lying; nobody else gets it meanwhile."""
        row = self.db.one(SQL.take, {"kind": kind, "now": now, "left_since": now - LEFT})
        return Import(*row) if row else None

    def tell(self, id: str, state: str, report: Mapping[str, Any], done: int, now: datetime) -> None:
        """How far it has come."""
        self.db.run(SQL.step, {"id": id, "state": state, "report": as_json(report), "total": None, "done": done,
                               "now": now})  # fmt: skip

    def let_go(self, id: str) -> None:
        """The file itself: what it held stands in the house now, and who is erased there must not live on here."""
        self.db.run("delete from import_parts where import_id = %(id)s", {"id": id})

    def forget_old(self, now: datetime) -> int:
        """Files that nobody took in for a week; returns how many."""
        return self.db.run(SQL.forget_old, {"since": now - KEPT})

    def forget(self, id: str) -> None:
        """Lets go of the file that nobody took in."""
        self.db.run("delete from imports where id = %(id)s and state in ('coming', 'read', 'failed')", {"id": id})

    # whom and what it is about

    def contacts(self, people: Sequence[tuple[str, str]], now: datetime) -> dict[str, str]:
        """Contacts by address, or by whatever else names them, made where they are missing."""
        rows = [{"id": f"con_{_mark(email)}", "email": email, "name": name} for email, name in people]
        found = self.db.all(SQL.put_contacts, {"rows": as_json(rows), "now": now})
        return {row.email: row.id for row in found}

    def agents(self, names: Sequence[str], now: datetime) -> dict[str, str]:
        """Agents by name or address; who is unknown here is kept as somebody who is no longer active."""
        params = {"rows": as_json([{"id": f"agt_{_mark(name)}", "name": name} for name in names]), "now": now}
        return {row.said: row.id for row in self.db.all(SQL.put_agents, params)}

    def known(self, ids: Sequence[str]) -> set[str]:
        """Of these conversations those that are here already."""
        return {row.id for row in self.db.all("select id from conversations where id = any(%(ids)s)",
                                              {"ids": list(ids)})}  # fmt: skip

    def house_has(self) -> Any:
        """Whether there are conversations, considered ones, and articles that something is answered from."""
        return self.db.one(SQL.house_has)

    # pages that showed the widget

    def seen(self, origin: str, url: str, now: datetime) -> None:
        self.db.run(SQL.seen, {"origin": origin, "url": url[:500], "now": now})

    def seen_on(self) -> list[Any]:
        """Newest first."""
        return self.db.all("select origin, url, first_at, last_at from widget_seen order by last_at desc limit 20")


def conversation_id(key: str, text: str, at: datetime) -> str:
    """The same ticket brought twice is one conversation."""
    return f"cnv_{_mark(f'{key}|{at.isoformat()}|{text}')}"


def _mark(text: str) -> str:
    return "I" + hashlib.sha256(text.encode()).hexdigest()[:25].upper()
