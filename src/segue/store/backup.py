"""A backup is one file: the whole database as `pg_dump` writes it, consistent, taken while the house runs.

It is brought back in one transaction: whoever ends that at any point, by force too, leaves what was there. So the file
is not restored by `pg_restore` itself, which would want a transaction of its own; it only spells the file out for us.

After a restore the events count from the beginning again: their transaction ids belong to the old server, and one that
lies in the new server's future would never be shown. Whoever followed them goes on from the first one not seen.
Sessions end with a restore: one that was ended since the backup must not open the house again.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import IO

import psycopg

from segue.domain.errors import Conflict, Refused, Unavailable
from segue.domain.traces import brief
from segue.store.binaries import bin_dir
from segue.store.furnished import is_furnished
from segue.store.migrate import done_in
from segue.store.postmaster import die_with_parent

_SET_ASIDE = """
create schema set_aside;
do $$
declare deed text;
begin
    for deed in
        select format('alter table %s set schema set_aside', c.oid::regclass) from pg_class c
        where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'v')
            and not exists (select from pg_depend d where d.objid = c.oid and d.deptype = 'e')
        union all
        select format('alter routine %s set schema set_aside', p.oid::regprocedure) from pg_proc p
        where p.pronamespace = 'public'::regnamespace
            and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')
        order by 1
    loop
        execute deed;
    end loop;
end $$;
"""
"""What is ours; extensions stay where they are, for an administrator may own them, and not we. Routines go first, and
every deed is spelled before one is done: a routine is named by the tables it takes, and where those are by then.
"""
_CARRY = """
do $$ begin
    if exists (select from information_schema.columns
            where (table_schema, table_name, column_name) = ('set_aside', 'erasures', 'contact_hash')) then
        insert into public.settings (key, value)
        select 'erasures_to_repeat', jsonb_agg(x) from (
            select jsonb_build_object('id', id, 'author', author, 'counts', counts, 'at', at,
                'contact_hash', encode(contact_hash, 'hex')) as x
            from set_aside.erasures where contact_hash is not null
            union
            select jsonb_array_elements(value) from set_aside.settings where key = 'erasures_to_repeat') of_both
        having count(*) > 0
        on conflict (key) do update set value = public.settings.value || excluded.value;
    end if;
end $$;
"""
"""Who was erased in what is replaced stays erased: store/erasure.py repeats it once the backup is of this version."""
_KEEP = """
drop schema set_aside cascade;
update public.settings set value = to_jsonb('0-' || coalesce(
    (select min(id) - 1 from public.events
     where (xid, id) > (split_part(value #>> '{}', '-', 1)::xid8, split_part(value #>> '{}', '-', 2)::bigint)),
    (select max(id) from public.events), 0))
where key like 'follower:%';
delete from public.sessions;
-- what waits may have left since: first it is held for people (app/restored.py)
do $$ begin
    if to_regclass('public.outbox') is not null then
        update public.outbox set due_at = greatest(due_at, now()) + interval '10 minutes' where sent_at is null;
    end if;
end $$;
set local segue.rewrite_events = 'on';
update public.events set xid = '0';
"""
OF_NO_SQL = (b"\\restrict ", b"\\unrestrict ")
"""Lines by which newer programs of PostgreSQL keep psql, which we are not, from obeying what stands in between."""
_SETTING = re.compile(rb"SET (\w+) = [^;]*;\n")
"""As programs of PostgreSQL write it before the first table; our own routines are written in small letters."""
AT_ONCE = 1 << 20
"""Bytes of a table's rows that are sent together."""


def back_up(conninfo: str, file: Path) -> int:
    """Writes `file` whole or not at all, for our own account only, since everything stands in it; returns its size in
    bytes. Raises Unavailable where it cannot be taken, or read again to the end, or holds less than the database does.
    """
    if file.is_dir() or not file.absolute().parent.is_dir():
        raise Refused(f"{file} cannot be written.", "Name a file in a folder that is there.")
    part = file.with_name(file.name + ".part")
    try:
        part.unlink(missing_ok=True)
        os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except OSError as error:
        raise Unavailable(f"{file} cannot be written: {error.strerror}.", "Name a file where there is room.") from error
    try:
        _run("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={part}", f"--dbname={conninfo}")
        _look_through(conninfo, part)
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)
    return file.stat().st_size


def back_up_and_note(conninfo: str, file: Path) -> int:
    """As `back_up`; what came of it is noted, for whoever watches the house."""
    try:
        size = back_up(conninfo, file)
    except Unavailable as error:
        _note(conninfo, "backup_failed", "backup\\_failed", why=brief(error))
        raise
    _note(conninfo, "backup", "backup%", bytes=size)
    return size


def _look_through(conninfo: str, file: Path) -> None:
    """Reads it as a restore would, to the end, and compares what it has rows of with what there is (trust R12)."""
    _run("pg_restore", "--file=/dev/null", str(file))
    listed = _run("pg_restore", "--list", str(file)).decode("utf8", "replace")
    held = {words[6] for line in listed.splitlines() if (words := line.split())[3:5] == ["TABLE", "DATA"]}
    with psycopg.connect(conninfo) as connection:
        there = {name for (name,) in connection.execute("select tablename from pg_tables where schemaname = 'public'")}
    if left_out := sorted(there - held):
        raise Unavailable(f"The backup leaves out {', '.join(left_out)}.", "It was thrown away; take another one.")


def _note(conninfo: str, key: str, instead_of: str, **said: object) -> None:
    """One that is whole wipes out what was said of one that failed."""
    with suppress(psycopg.OperationalError, psycopg.errors.UndefinedTable), psycopg.connect(conninfo) as connection:
        connection.execute("delete from public.settings where key like %s", (instead_of,))
        connection.execute(
            "insert into public.settings (key, value) values (%s, %s::jsonb || jsonb_build_object('at', now()))",
            (key, json.dumps(said)),
        )


def bring_back(conninfo: str, file: Path, replace: bool = False) -> None:
    """Replaces the database's content by the backup's, wholly or not at all.

    Raises Conflict where anything is furnished already and `replace` is not set, Refused for a file that is no backup
    or one of a newer version, Unavailable where it cannot be brought back. One of an older version is to be migrated,
    and then whoever was erased since is to be erased again (`ErasureStore.repeat`); a worker does it, too.
    """
    with file.open("rb") as opened:
        if opened.read(5) != b"PGDMP":
            raise Refused(f"{file} is not a backup.", "Name a file that `segue backup` wrote.")
    try:
        _run("pg_restore", "--file=/dev/null", str(file))
    except Unavailable as error:
        told = f"{file} ends too early or is damaged: {error.what_happened}"
        raise Refused(told, "Nothing was changed. Name another backup.") from error
    with psycopg.connect(conninfo) as connection:
        if not replace and is_furnished(connection):
            raise Conflict("The workspace is not empty.", "Add --replace to lose what is in it.")
        try:
            connection.execute(_SET_ASIDE)
            _play(connection, file)
        except psycopg.Error as error:
            raise _failed("pg_restore", str(error)) from error
        done_in(connection)
        connection.execute(_CARRY)
        connection.execute(_KEEP)


def let_in_again(conninfo: str, now: datetime) -> tuple[int, int]:
    """How many API keys and how many people are let in: after a restore also those that were taken away since."""
    with psycopg.connect(conninfo) as connection:
        found = connection.execute(
            "select (select count(*) from public.api_keys where coalesce(expires_at > %s, true)),"
            " (select count(*) from public.agents where is_active)",
            (now,),
        ).fetchone()
    assert found is not None
    return int(found[0]), int(found[1])


def _play(connection: psycopg.Connection[tuple[object, ...]], file: Path) -> None:
    """Executes what the file spells out, in the transaction that is open."""
    command = [str(bin_dir() / "pg_restore"), "--no-owner", "--no-privileges", "--no-comments", "--file=-", str(file)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=die_with_parent(signal.SIGKILL)
    ) as spelling:  # fmt: skip
        assert spelling.stdout
        assert spelling.stderr
        try:
            for statements, copies in _parts(spelling.stdout, _settings_of(connection)):
                connection.execute(statements)
                if copies:
                    _fill(connection, copies, spelling.stdout)
        except BaseException:
            spelling.kill()
            raise
        said = spelling.stderr.read()
    if spelling.returncode:
        raise _failed("pg_restore", said.decode("utf8", "replace") or str(spelling.returncode))


def _settings_of(connection: psycopg.Connection[tuple[object, ...]]) -> frozenset[bytes]:
    return frozenset(str(name).encode() for (name,) in connection.execute("select name from pg_settings"))


def _parts(spelled: IO[bytes], settings: frozenset[bytes]) -> Iterator[tuple[bytes, bytes]]:
    """Statements, and the COPY after them (empty at the end) whose rows are to be read before the next part.

    What is set that is none of the server's `settings` is left out: our programs may be newer than a server of yours,
    and pg_restore 18 sets `transaction_timeout`, which PostgreSQL 15 and 16 do not know.
    """
    statements = list[bytes]()
    for line in spelled:
        if line.startswith(b"COPY ") and line.endswith(b" FROM stdin;\n"):
            yield b"".join(statements), line
            statements.clear()
        elif not line.startswith(OF_NO_SQL) and not (
            (set_here := _SETTING.fullmatch(line)) and set_here[1] not in settings
        ):
            statements.append(line)
    yield b"".join(statements), b""


def _fill(connection: psycopg.Connection[tuple[object, ...]], copies: bytes, spelled: IO[bytes]) -> None:
    with connection.cursor() as cursor, cursor.copy(copies) as rows:
        held, size = list[bytes](), 0
        for line in spelled:
            if line == b"\\.\n":
                break
            held.append(line)
            size += len(line)
            if size >= AT_ONCE:
                rows.write(b"".join(held))
                held, size = [], 0
        rows.write(b"".join(held))


def _run(program: str, *arguments: str) -> bytes:
    """What it said. Raises Unavailable where it failed."""
    done = subprocess.run([bin_dir() / program, *arguments], capture_output=True, check=False)
    if done.returncode:
        raise _failed(program, done.stderr.decode("utf8", "replace") or str(done.returncode))
    return done.stdout


def _failed(program: str, said: str) -> Unavailable:
    return Unavailable(f"{program} failed: {said.strip().splitlines()[-1]}.", "Nothing was changed.")
