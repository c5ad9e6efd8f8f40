"""Whether anybody has made a workspace theirs: then it is not filled with a demo company, and not replaced unasked.

A demo company that was ended while it was loaded is nobody's: it has no logins and no key, and whoever starts again
would find it full and leave it so. It is marked while it is loaded, and emptied at the next start, unless something has
served it meanwhile: then people may have written in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import sql

from segue.store.database import Database

BY_ITSELF = frozenset({
    "migrations", "policies", "settings", "workers", "words", "channel_states", "refits", "events",
})  # fmt: skip
"""Tables in which the house itself writes without anybody's doing; what people set in them is asked for below."""
OWN_SETTINGS = ["follower:%", "%\\_secret", "fitted\\_%", "learnt\\_on", "imap:%", "backup%"]


_MARK = {"key": "demo_is_loading", "lock": 7_341_002}
"""The setting that says so, and the advisory lock that whoever loads has."""
_EMPTIED = """
do $$
declare found record;
begin
    for found in select tablename as name from pg_tables where schemaname = 'public' loop
        execute format('drop table if exists public.%I cascade', found.name);
    end loop;
    for found in select p.oid::regprocedure as name from pg_proc p where pronamespace = 'public'::regnamespace
        and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e') loop
        execute format('drop function if exists %s cascade', found.name);
    end loop;
end $$
"""
"""Extensions stay: another may have had to make them."""


@contextmanager
def loading(db: Database) -> Iterator[None]:
    """What is loaded in the block is there whole, or known to be half. The thread keeps a connection (`kept`)."""
    db.run("select pg_advisory_lock(%(lock)s)", _MARK)
    db.run("insert into settings (key, value) values (%(key)s, 'true')", _MARK)
    try:
        yield
        take_as_it_is(db)
    finally:
        db.run("select pg_advisory_unlock(%(lock)s)", _MARK)


def take_as_it_is(db: Database) -> None:
    """For whoever serves it: what people write in it from now on is never emptied."""
    db.run("delete from settings where key = %(key)s", _MARK)


def empty_if_half_loaded(connection: psycopg.Connection[Any]) -> bool:
    """Whether it was, and is now without any table: migrations begin anew. One that is being loaded is left alone."""
    asked = "select exists (select from settings where key = %(key)s) and pg_try_advisory_xact_lock(%(lock)s)"
    found = connection.execute(asked, _MARK).fetchone()
    if is_half := bool(found and found[0]):
        connection.execute(_EMPTIED)
    return is_half


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
