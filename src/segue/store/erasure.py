"""Erasing a customer: their rows, what was learnt from them, and where others' rows quote them; all or nothing.

The one idea: it takes what is theirs by where it came from, never by what it says. "Why is my invoice higher?" is
everybody's sentence, so what others wrote or were written, and above all a letter to them that waits, is not touched.
Their rows are found by asking the database which tables point at a contact or a conversation, so a table added later is
covered without anybody's thinking of it. What was made for others by looking at theirs (similar cases, earlier
contacts, nearest messages, a next step) names them, and an index knows where (migration 0068). What stays is a record
that somebody was erased: who did it, when, how many rows, and a hash by which they are known if a backup brings them
back.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import md5, sha256
from typing import Any

import psycopg
from psycopg import sql

from segue.domain.errors import NotFound, Refused
from segue.domain.ids import id_of, new_id
from segue.domain.mail import Cause
from segue.store.database import Database, as_json
from segue.store.sql import statements

SQL = statements("erasure")
SHORTEST = 16
"""Characters from which on a sentence of a solution is looked for in next steps; as in `quoted_in_briefing`."""
MARK = 40
"""Characters of it by which it is known, for steps are cut at the end; as in `quoted_in_briefing`."""
KEPT = ("seq", "answers", "action", "reason", "team", "outcome", "source", "clock", "due", "rung", "article", "version",
        "case", "lesson", "resolution", "kind", "distance", "share")  # fmt: skip
BY_MACHINES = (Cause.AUTO_REPLY, Cause.BOUNCE, Cause.LOOP, Cause.NO_REPLY, Cause.NO_SENDER)
"""Causes of mails that no person wrote: what they say of a conversation goes with it."""
GONE = "[erased]"
Connection = psycopg.Connection[Any]


@dataclass(frozen=True, slots=True)
class Erased:
    """The record of it. `articles`: approved ones that were drafted from lessons of theirs, among others. `named_in`:
    conversations of others in whose messages their address stands; those are others' words, so a person looks."""

    id: str
    counts: Mapping[str, int]
    articles: tuple[str, ...]
    named_in: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Theirs:
    """What in others' rows came from them: `ids` of their conversations, the whole `examples` of theirs that are by
    nobody else, and the beginnings of sentences (`steps`) of solutions that only their matters had."""

    ids: frozenset[str]
    examples: frozenset[str] = frozenset()
    steps: frozenset[str] = frozenset()


class ErasureStore:
    def __init__(self, db: Database) -> None:
        self.db = db

    def erase(self, who: str, author: str, now: datetime) -> Erased:
        """`who`: an id, an external id or an e-mail address. Raises NotFound, and Refused where several have it."""
        with self.db.transaction() as connection:
            contact = _one_contact(connection, who)
            ids = [r.id for r in connection.execute(SQL.conversations, {"contact": contact.id})]
            params = {"contact": contact.id, "ids": ids, "kept": list(KEPT), "by_machines": list(BY_MACHINES),
                      "their_address": _as_a_word(contact.address.lower())}  # fmt: skip
            words = connection.execute(SQL.words, params).fetchall()
            examples = frozenset(r.body for r in connection.execute(SQL.own_examples, params))
            steps = frozenset(p for r in connection.execute(SQL.own_solutions, params) for p in _sentences(r.solution))
            articles = tuple(r.slug for r in connection.execute(SQL.articles_of, params))
            counts = _rows_of(connection, params)
            categories = [r.category_id for r in connection.execute(SQL.categories_of, params)]
            connection.execute("select set_config('segue.rewrite_events', 'on', true)")
            for statement in (SQL.forget_open_candidates, SQL.empty_closed_candidates, SQL.forget_open_topics,
                              SQL.empty_closed_topics, SQL.forget_effects, SQL.forget_mails, SQL.forget_uploads,
                              SQL.examples, SQL.contact_gone):  # fmt: skip
                connection.execute(statement, params)
            _pointing_gone(connection, params)
            unquoted = _unquote(connection, Theirs(frozenset(ids), examples, steps))
            unnamed, named_in = _unname(connection, contact.address, ids, now)
            counts["quotations"] = len(unquoted) + len(unnamed)
            hashes = [sha256((r.body or "").encode()).digest() for r in words]
            counts["encodings"] = connection.execute(SQL.encodings, {"hashes": hashes}).rowcount
            connection.execute(SQL.events, params)
            connection.execute("select set_config('segue.rewrite_events', '', true)")
            made = new_id("era", now)
            others = sorted({c for c in (*unquoted, *unnamed) if c})
            connection.execute(SQL.told, {"ids": ids, "others": others, "author": author, "now": now})
            record = {"id": made, "author": author, "counts": as_json(counts), "categories": categories,
                      "contact": contact.id, "now": now}  # fmt: skip
            connection.execute(SQL.keep_erasure, record)
        return Erased(made, counts, articles, named_in)

    def to_refit(self) -> dict[str, list[str]]:
        """Erasures after which nothing has been fitted yet, each with the categories in which cases of theirs were
        judged."""
        return {r.id: r.categories for r in self.db.all(SQL.to_refit)}

    def refitted(self, erasures: Sequence[str], now: datetime) -> None:
        self.db.run(SQL.refitted, {"ids": list(erasures), "now": now})

    def repeat(self, author: str, now: datetime, listed: Sequence[Mapping[str, Any]] = ()) -> int:
        """After a restore: erases again whoever the backup brought back; returns how many. Known are the erasures of
        the database that was replaced (backup.bring_back leaves them in the settings) and those `listed`, each as
        `erasures` tells it."""
        carried = [x for row in self.db.all(SQL.carried) for x in row.value]
        self.db.run(SQL.carry_over, {"erasures": as_json([*carried, *listed])})
        back = self.db.all(SQL.came_back)
        for contact in back:
            self.erase(contact.id, author, now)
        self.db.run(SQL.carried_over)
        return len(back)

    def must_repeat(self) -> bool:
        """Whether a restore left erasures that were not repeated yet."""
        return bool(self.db.all(SQL.carried))

    def erasures(self, limit: int | None = 100) -> list[dict[str, Any]]:
        """Newest first; None for all. `contact_hash`: SHA-256 of the contact's id, in hex; None for old ones."""
        return [dict(r._asdict()) for r in self.db.all(SQL.erasures, {"limit": limit})]


def _one_contact(connection: Connection, who: str) -> Any:
    found = connection.execute(SQL.contact, {"who": who}).fetchall()
    if not found:
        raise NotFound(f"There is no contact {who}.", "Name one by id, external id or e-mail address.")
    if len(found) > 1:
        ids = ", ".join(r.id for r in found)
        raise Refused(f"{len(found)} contacts have that address.", f"Erase each by its id: {ids}.")
    return found[0]


def _pointing(connection: Connection) -> list[tuple[str, str]]:
    return [(r.table_name, r.column_name) for r in connection.execute(SQL.pointing)]


def _whose(column: str, params: Mapping[str, Any]) -> Sequence[str]:
    return [params["contact"]] if column == "contact_id" else params["ids"]


def _rows_of(connection: Connection, params: Mapping[str, Any]) -> dict[str, int]:
    """How many rows of each table are about them."""
    counts: dict[str, int] = {}
    for table, column in [*_pointing(connection), ("conversations", "id")]:
        count = sql.SQL("select count(*) as n from {} where {} = any(%(ids)s)")
        asked = count.format(sql.Identifier(table), sql.Identifier(column))
        row = connection.execute(asked, {"ids": list(_whose(column, params))}).fetchone()
        counts[table] = max(counts.get(table, 0), row.n if row else 0)
    return {table: n for table, n in sorted(counts.items()) if n}


def _pointing_gone(connection: Connection, params: Mapping[str, Any]) -> None:
    """What no foreign key took along."""
    for table, column in _pointing(connection):
        gone = sql.SQL("delete from {} where {} = any(%(ids)s)")
        connection.execute(
            gone.format(sql.Identifier(table), sql.Identifier(column)), {"ids": list(_whose(column, params))}
        )


# quotations


def _sentences(text: str) -> list[str]:
    """Their beginnings, as `quoted_in_briefing` has them."""
    parts = (part.strip(" ") for part in re.split(r"(?<=[.!?])\s+|\n+", text, flags=re.ASCII))
    return [part[:MARK] for part in parts if len(part) >= SHORTEST]


def _unquote(connection: Connection, theirs: Theirs) -> list[str | None]:
    """Takes them out of JSON in others' rows; returns of each such row the conversation, where it is of one."""
    marks = (md5(text.encode(), usedforsecurity=False).hexdigest() for text in theirs.examples | theirs.steps)
    rows = connection.execute(SQL.quoting, {"keys": [*theirs.ids, *marks]}).fetchall()
    found = theirs.steps & {mark for row in rows for mark in _sentences(_step_of(row.body))}
    of_others = connection.execute(SQL.of_others, {"marks": sorted(found)})
    alone = Theirs(theirs.ids, theirs.examples, found - {r.mark for r in of_others})
    changed = list[str | None]()
    for row in rows:
        clean = without(row.body, alone)
        if clean != row.body:
            put = sql.SQL("update {t} set {c} = %(body)s::jsonb where (conversation_id, seq) = (%(id)s, %(seq)s)")
            names = {"t": sql.Identifier(row.table_name), "c": sql.Identifier(row.column_name)}
            connection.execute(put.format(**names), {"body": as_json(clean), "id": row.conversation_id, "seq": row.seq})
            changed.append(row.conversation_id)
    for column in connection.execute(SQL.told_elsewhere).fetchall():
        changed += [None] * _unquote_column(connection, column.table_name, column.column_name, alone)
    return changed


def _unquote_column(connection: Connection, table: str, column: str, theirs: Theirs) -> int:
    """In a table of the workspace's, which is short: takes out what names their conversations."""
    names = {"t": sql.Identifier(table), "c": sql.Identifier(column)}
    looked = sql.SQL(
        "select ctid, {c} as body from {t} where exists (select from unnest(%(ids)s::text[]) i"
        " where position(i in {c}::text) > 0)"
    ).format(**names)
    put = sql.SQL("update {t} set {c} = %(body)s::jsonb where ctid = %(ctid)s").format(**names)
    changed = 0
    for row in connection.execute(looked, {"ids": sorted(theirs.ids)}).fetchall():
        clean = without(row.body, theirs)
        if clean != row.body:
            changed += connection.execute(put, {"body": as_json(clean), "ctid": row.ctid}).rowcount
    return changed


def _step_of(body: Any) -> str:
    step = body.get("next_step") if isinstance(body, dict) else None
    return str(step.get("text") or "") if isinstance(step, dict) else ""


def without(value: Any, theirs: Theirs) -> Any:
    """The JSON without what came from the erased customer: from lists, entries about one of their conversations and
    past messages of theirs are taken out; a next step with the words of their solution is emptied."""
    if isinstance(value, list):
        return [without(v, theirs) for v in value if not _is_theirs(v, theirs)]
    if isinstance(value, dict):
        is_step = not theirs.steps.isdisjoint(_sentences(_step_of(value)))
        return {key: {**v, "text": GONE} if is_step and key == "next_step" else without(v, theirs)
                for key, v in value.items()}  # fmt: skip
    return value


def _is_theirs(value: Any, theirs: Theirs) -> bool:
    if isinstance(value, str):
        return value in theirs.ids
    if isinstance(value, dict):
        is_past_message = "cosine" in value and value.get("text") in theirs.examples
        return is_past_message or any(isinstance(v, str) and v in theirs.ids for v in value.values())
    return False


# their address in texts


def _as_a_word(address: str) -> str:
    """A pattern for it where it is no part of another: "ann@x.example" stands in "joann@x.example"."""
    return rf"(?<![\w.+-]){re.escape(address)}(?![\w-])"


def _unname(
    connection: Connection, address: str, ids: Iterable[str], now: datetime
) -> tuple[list[str], tuple[str, ...]]:
    """Takes their address out of notes about others; returns those conversations, and others in whose messages it
    stands. Not where another contact has it."""
    first = min(ids, default=None)
    other = connection.execute(SQL.is_anothers, {"address": address}).fetchone()
    if not address or first is None or (other and other.yes):
        return [], ()
    asked = {"address": address, "moments": [first, *_days(first, now)]}
    words = [r.word for r in connection.execute(SQL.stretches, asked)]
    params = {"asked": _any_of(words), "pattern": _as_a_word(address), "gone": GONE}
    unnamed = [r.conversation_id for r in connection.execute(SQL.unname_in_notes, params)]
    return unnamed, tuple(r.id for r in connection.execute(SQL.named_by, params))


def _days(first: str, now: datetime) -> list[str]:
    """An id of each day back to that conversation's, as they sort by time."""
    days = list[str]()
    while (day := id_of("cnv", now - timedelta(days=len(days)), bytes(10))) >= first:
        days.append(day)
    return days


def _any_of(words: Collection[str]) -> str:
    """As a tsquery."""
    return " | ".join("'" + word.replace("\\", "\\\\").replace("'", "''") + "'" for word in sorted(words))
