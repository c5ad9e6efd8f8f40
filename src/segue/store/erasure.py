"""Erasing a customer: their rows, what was learnt from them, and where others' rows quote them; all or nothing.

The one idea: what counts is that nothing is left, so the last two steps ask the database itself which tables point at a
contact or conversation and which columns could quote one; a table added later is covered without anybody's thinking of
it. What stays is a record that somebody was erased: who did it, when, and how many rows.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
from psycopg import sql

from segue.domain.errors import NotFound, Refused
from segue.domain.ids import new_id
from segue.store.database import Database, as_json
from segue.store.sql import statements

SQL = statements("erasure")
SHORTEST = 16
"""Characters from which on a piece of text is somebody's own: "thank you" is everybody's."""
MARK = 40
"""Characters of a piece by which a quotation is known: quotations are cut at the end."""
KEPT = ("seq", "answers", "action", "reason", "team", "outcome", "source", "clock", "due", "rung", "article", "version",
        "case", "lesson", "resolution", "kind", "distance", "share")  # fmt: skip
GONE = "[erased]"
Connection = psycopg.Connection[Any]


@dataclass(frozen=True, slots=True)
class Erased:
    """The record of it. `articles`: approved ones that were drafted from lessons of theirs, among others."""

    id: str
    counts: Mapping[str, int]
    articles: tuple[str, ...]


class ErasureStore:
    def __init__(self, db: Database) -> None:
        self.db = db

    def erase(self, who: str, author: str, now: datetime) -> Erased:
        """`who`: an id, an external id or an e-mail address. Raises NotFound, and Refused where several have it."""
        with self.db.transaction() as connection:
            contact = _one_contact(connection, who)
            ids = [r.id for r in connection.execute(SQL.conversations, {"contact": contact.id})]
            params = {"contact": contact.id, "ids": ids, "kept": list(KEPT)}
            words = connection.execute(SQL.words, params).fetchall()
            articles = tuple(r.slug for r in connection.execute(SQL.articles_of, params))
            counts = _rows_of(connection, params)
            categories = [r.category_id for r in connection.execute(SQL.categories_of, params)]
            connection.execute("select set_config('segue.rewrite_events', 'on', true)")
            for statement in (SQL.forget_open_candidates, SQL.empty_closed_candidates, SQL.forget_open_topics,
                              SQL.empty_closed_topics, SQL.forget_effects, SQL.forget_mails, SQL.forget_uploads,
                              SQL.examples, SQL.contact_gone):  # fmt: skip
                connection.execute(statement, params)
            _pointing_gone(connection, params)
            unquoted = _unquote(connection, _marks(contact, words), frozenset(ids))
            counts["quotations"] = len(unquoted)
            hashes = [hashlib.sha256((r.body or "").encode()).digest() for r in words]
            counts["encodings"] = connection.execute(SQL.encodings, {"hashes": hashes}).rowcount
            connection.execute(SQL.events, params)
            connection.execute("select set_config('segue.rewrite_events', '', true)")
            made = new_id("era", now)
            others = sorted({c for c in unquoted if c})
            connection.execute(SQL.told, {"ids": ids, "others": others, "author": author, "now": now})
            record = {"id": made, "author": author, "counts": as_json(counts), "categories": categories,
                      "now": now}  # fmt: skip
            connection.execute(SQL.keep_erasure, record)
        return Erased(made, counts, articles)

    def to_refit(self) -> dict[str, list[str]]:
        """Erasures after which nothing has been fitted yet, each with the categories in which cases of theirs were
        judged."""
        return {r.id: r.categories for r in self.db.all(SQL.to_refit)}

    def refitted(self, erasures: Sequence[str], now: datetime) -> None:
        self.db.run(SQL.refitted, {"ids": list(erasures), "now": now})

    def erasures(self, limit: int = 100) -> list[dict[str, Any]]:
        """Newest first."""
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


def _marks(contact: Any, words: Iterable[Any]) -> tuple[frozenset[str], frozenset[str]]:
    """By what a quotation is known: the beginnings of their pieces, and of replies to them. A reply is looked for in
    briefings only, for agents write many customers the same."""
    own = {mark for r in words if r.own for mark in _pieces(r.body or "")}
    own |= {v for v in (contact.email, contact.name) if "@" in v or " " in v.strip()}
    return frozenset(own), frozenset({mark for r in words if not r.own for mark in _pieces(r.body or "")})


def _pieces(text: str) -> list[str]:
    parts = [text, *re.split(r"(?<=[.!?])\s+|\n+", text)]
    return [part.strip()[:MARK] for part in parts if len(part.strip()) >= SHORTEST]


def _unquote(
    connection: Connection, marks: tuple[frozenset[str], frozenset[str]], ids: frozenset[str]
) -> list[str | None]:
    """Takes them out of JSON in others' rows; returns of each such row the conversation, where it is of one."""
    own, replies = marks
    changed = list[str | None]()
    of_one = {table for table, name in _pointing(connection) if name == "conversation_id"}
    for found in connection.execute(SQL.quoting).fetchall():
        wanted = own | replies if found.table_name == "briefings" else own
        told = sql.SQL("conversation_id" if found.table_name in of_one else "null")
        changed += _unquote_column(connection, found.table_name, found.column_name, told, wanted, ids)
    return changed


def _unquote_column(
    connection: Connection, table: str, column: str, told: sql.SQL, marks: frozenset[str], ids: frozenset[str]
) -> list[str | None]:
    names = {"t": sql.Identifier(table), "c": sql.Identifier(column)}
    looked = sql.SQL(
        "select ctid, {c} as body from {t} where exists (select from unnest(%(marks)s::text[]) m"
        " where position(m in {c}::text) > 0)"
    ).format(**names)
    written = [as_json(m)[1:-1] for m in sorted(marks)] + sorted(ids)
    rows = connection.execute(looked, {"marks": written}).fetchall()
    put = sql.SQL("update {t} set {c} = %(body)s::jsonb where ctid = %(ctid)s returning {told} as conversation").format(
        told=told, **names
    )
    changed = list[str | None]()
    for row in rows:
        clean = without(row.body, marks, ids)
        if clean != row.body:
            done = connection.execute(put, {"body": as_json(clean), "ctid": row.ctid})
            changed += [of.conversation for of in done]
    return changed


def without(value: Any, marks: frozenset[str], ids: frozenset[str]) -> Any:
    """The JSON without what quotes the erased customer: from lists, entries about one of their conversations or with
    their words are taken out; a field with their words is emptied."""
    if isinstance(value, list):
        return [without(v, marks, ids) for v in value if not _is_theirs(v, marks, ids)]
    if isinstance(value, dict):
        return {key: GONE if isinstance(v, str) and _quotes(v, marks) else without(v, marks, ids)
                for key, v in value.items()}  # fmt: skip
    return value


def _is_theirs(value: Any, marks: frozenset[str], ids: frozenset[str]) -> bool:
    if isinstance(value, str):
        return value in ids or _quotes(value, marks)
    if isinstance(value, dict):
        return any(isinstance(v, str) and (v in ids or _quotes(v, marks)) for v in value.values())
    return False


def _quotes(text: str, marks: frozenset[str]) -> bool:
    return any(mark in text for mark in marks)
