"""Whether anybody has made a workspace theirs: then it is not filled with a demo company, and not replaced unasked."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg import sql

BY_ITSELF = frozenset({
    "migrations", "policies", "settings", "workers", "words", "channel_states", "refits", "events",
})  # fmt: skip
"""Tables in which the house itself writes without anybody's doing; what people set in them is asked for below."""
OWN_SETTINGS = ["follower:%", "%\\_secret", "fitted\\_%", "learnt\\_on", "imap:%", "backup%"]


def is_furnished(connection: psycopg.Connection[Any]) -> bool:
    """True as soon as there is a person, an article, a key, another policy, a setting, or whatever else. A table that
    is new counts without being named here."""
    tables = {name for (name,) in connection.execute("select tablename from pg_tables where schemaname = 'public'")}
    questions: list[sql.Composable] = [
        sql.SQL("exists (select from public.{})").format(sql.Identifier(t)) for t in tables - BY_ITSELF
    ]
    if "policies" in tables:
        questions.append(sql.SQL("(select count(*) > 1 from public.policies)"))
    if "settings" in tables:
        own = sql.Literal(OWN_SETTINGS)
        questions.append(sql.SQL("exists (select from public.settings where key not like all ({}))").format(own))
    if not questions:
        return False
    found = connection.execute(sql.SQL("select {}").format(sql.SQL(" or ").join(questions))).fetchone()
    return bool(found and found[0])
