"""The road to PostgreSQL: what is told when it breaks."""

from __future__ import annotations

import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from databases import fresh_database
from segue.domain.errors import DatabaseUnavailable, Refused
from segue.store import migrate as migrating
from segue.store.database import Database, is_out_of_reach
from segue.store.migrate import Migration, migrate


def test_a_line_that_breaks_before_the_answer_means_the_database_is_gone(db: Database) -> None:
    with pytest.raises(DatabaseUnavailable):
        break_while_waiting(db)


def test_an_answer_that_never_began_is_told_without_a_code_and_still_understood() -> None:
    assert is_out_of_reach(psycopg.InternalError("got no result from the query"))
    assert is_out_of_reach(psycopg.DatabaseError("server closed the connection unexpectedly"))


def test_who_waits_for_a_database_in_vain_is_told_what_keeps_it_away(db: Database) -> None:
    away = Database(make_conninfo(db.conninfo, dbname="nowhere"))

    with pytest.raises(DatabaseUnavailable, match='database "nowhere" does not exist'):
        away.open(timeout=0.1)


def test_a_wrong_statement_is_not_taken_for_a_database_that_is_gone(db: Database) -> None:
    with pytest.raises(psycopg.errors.UndefinedTable):
        db.all("select * from nowhere")


def test_a_database_we_cannot_live_in_is_told_with_what_it_needs(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """A role that may not create, one that may not make an extension, an extension that is not there, another script,
    and a server of long ago."""
    with fresh_database() as url:
        db.run("create role segue_guest login")
        try:
            guest = make_conninfo(url, user="segue_guest")
            refused(guest, r"does not let us: permission denied for schema public\..* own the database")
            with psycopg.connect(url) as admin:
                admin.execute("alter schema public owner to segue_guest")
            refused(guest, "does not let us: permission denied to create extension .*create extension vector")
        finally:
            with psycopg.connect(url) as admin:
                admin.execute("alter schema public owner to current_user; drop owned by segue_guest cascade")
            db.run("drop role segue_guest")
        monkeypatch.setattr(migrating, "migrations", lambda: [Migration(1, "0001.sql", "create extension nowhere")])
        refused(url, 'lacks something: extension "nowhere" is not available')
        monkeypatch.setattr(migrating, "OLDEST", 99)
        refused(url, "is PostgreSQL [0-9]+; Segue needs 99 or newer")
    with fresh_database(encoding="LATIN1") as url:
        monkeypatch.setattr(migrating, "OLDEST", 15)
        refused(url, "is written in LATIN1.*encoding 'UTF8'")


def test_each_migration_runs_once_whole_or_not_at_all_and_is_never_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    first = Migration(1, "0001.sql", "create table ones (n int); insert into ones values (1)")
    second = Migration(2, "0002.sql", "create table twos (n int)")

    def ship(*shipped: Migration) -> None:
        monkeypatch.setattr(migrating, "migrations", lambda: list(shipped))

    with fresh_database() as url:
        ship(first, second._replace(body=f"{second.body}; select 1/0"))
        with pytest.raises(psycopg.errors.DivisionByZero):
            migrate(url)
        ship(first, second)
        with ThreadPoolExecutor(2) as both:
            done = list(both.map(migrate, [url, url]))
        assert sorted(done) == [[], ["0002.sql"]], "what broke left nothing, and of two that begin at once one does it"
        with psycopg.connect(url) as connection:
            assert connection.execute("select * from ones").fetchall() == [(1,)]

        ship(first._replace(body="select 1"), second)
        refused(url, "0001.sql was changed after it had run")
        ship(first)
        refused(url, "newer than this Segue: it has migration 2")


BEFORE_KEYS_WERE_HEARD = """
insert into agents (id, name, email, role, created_at) values ('agt_mira', 'Mira', 'm@example.com', 'agent', now());
insert into categories (id, name) values ('billing', 'Billing');
insert into intents (id, name, category_id) values ('invoice', 'Invoice', 'billing');
insert into contacts (id, created_at) values ('con_1', now());
insert into conversations (id, contact_id, channel, status, opened_at, changed_at, seq)
select 'cnv_' || n, 'con_1', 'api', 'resolved', now(), now(), 4 from unnest(%(all)s::text[]) n;
insert into messages (conversation_id, seq, author, agent_id, body, at, voice)
select 'cnv_' || n, seq, author, case author when 'agent' then 'agt_mira' end, n || seq, now(),
    case when author = 'agent' and n || seq = any(%(by_key)s) then 'key:shop' end
from unnest(%(all)s::text[]) n, (values (1, 'customer'), (2, 'agent'), (3, 'agent'), (4, 'customer')) x (seq, author);
insert into edits (conversation_id, seq, answers_seq, agent_id, distance, share, at)
select 'cnv_' || n, 3, 1, 'agt_mira', 0, 0, now() from unnest(%(all)s::text[]) n;
insert into resolutions (id, conversation_id, contact_id, intent_id, problem, solution, resolved_by, outcome, at,
    intent_named)
select 'res_' || n, 'cnv_' || n, 'con_1', 'invoice', 'Why?', case n when 'told' then 'Told.' else '' end, 'agt_mira',
    'assumed', now(), n <> 'sent' from unnest(%(all)s::text[]) n;
insert into lessons (id, resolution_id, conversation_id, contact_id, episode, seqs, agent_id, intent_id, problem,
    solution, reaction, removed, vector, encoder, at)
select 'les_' || n, 'res_' || n, 'cnv_' || n, 'con_1', 1, '{1,2,3,4}', 'agt_mira', 'invoice', 'Why?', 'So.', 'Thanks!',
    '{}', array_fill(0.1, array[384])::halfvec, 'e', now() from unnest(%(all)s::text[]) n;
insert into examples (id, intent_id, body, vector, encoder, source, created_at)
select 'exa_' || n, 'invoice', 'Why?', array_fill(0.1, array[384])::halfvec, 'e', 'resolved', now()
from unnest(%(all)s::text[]) n;
insert into candidates (id, kind, title, body, made_at) select 'can_' || n, 'article', n, n, now()
from unnest(%(all)s::text[]) n;
insert into candidate_lessons select 'can_' || n, 'les_' || n from unnest(%(all)s::text[]) n
"""
BY_KEY = ("rests3", "sent2", "told3", "first2")
"""A key replied last, where who resolved it said no solution of their own; at all, where the intent was approved by
sending; last, after which who resolved it said what solved it; before a person did. In `mira` none did."""


def test_what_keys_had_taught_before_they_were_heard_is_unlearnt(monkeypatch: pytest.MonkeyPatch) -> None:
    shipped, named = migrating.migrations(), {"all": ["rests", "sent", "told", "first", "mira"], "by_key": [*BY_KEY]}
    with fresh_database() as url:
        monkeypatch.setattr(migrating, "migrations", lambda: [m for m in shipped if m.number < 63])
        migrate(url)
        with psycopg.connect(url, cursor_factory=psycopg.ClientCursor) as connection:
            connection.execute(BEFORE_KEYS_WERE_HEARD, named)
        monkeypatch.setattr(migrating, "migrations", lambda: shipped)
        migrate(url)
        with psycopg.connect(url) as connection:
            left = connection.execute("select substr(id, 5), seqs, reaction from lessons order by id").fetchall()
            assert left == [("first", [1, 3, 4], "Thanks!"), ("mira", [1, 2, 3, 4], "Thanks!"), ("told", [1, 2], "")]
            for table in ("examples", "candidates"):
                kept = connection.execute(f"select substr(id, 5) from {table} order by id").fetchall()
                assert kept == [("first",), ("mira",), ("told",)], table
            of_keys = connection.execute(
                "select substr(conversation_id, 5) from edits where voice is not null order by 1"
            )
            assert of_keys.fetchall() == [("rests",), ("told",)]


def test_what_happened_is_neither_changed_nor_deleted(db: Database) -> None:
    db.run("insert into events (kind, author, at) values ('x', 'y', now())")
    for change in ("update events set author = 'z'", "delete from events"):
        with pytest.raises(psycopg.errors.RaiseException, match="append-only"):
            db.run(change)


def test_nothing_that_writes_rings(db: Database) -> None:
    """Inside a writing transaction a ring makes commits queue: neither a statement of ours nor a trigger does it."""
    written = [file for file in Path(migrating.__file__).parent.rglob("*.sql") if "notify" in file.read_text().lower()]
    assert written == []
    (function,) = db.all(
        "select count(*) as ring from pg_proc where prosrc ilike '%notify%' and pronamespace = 'public'::regnamespace"
    )
    assert function.ring == 0


def refused(url: str, why: str) -> None:
    with pytest.raises(Refused, match=why):
        migrate(url)


def break_while_waiting(db: Database) -> None:
    with db.connection() as connection:
        line = socket.socket(fileno=connection.fileno())
        breaking = threading.Timer(0.1, line.shutdown, (socket.SHUT_RDWR,))
        breaking.start()
        try:
            connection.execute("select pg_sleep(5)").fetchone()
        finally:
            breaking.join()
            line.detach()
