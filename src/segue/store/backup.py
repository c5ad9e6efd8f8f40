"""A backup is one file: the whole database as `pg_dump` writes it, consistent, taken while the house runs.

After a restore the events count from the beginning again: their transaction ids belong to the old server, and one that
lies in the new server's future would never be shown. Whoever followed them goes on from the first one not seen.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

import psycopg

from segue.domain.errors import Conflict, Refused, Unavailable
from segue.store.binaries import bin_dir

_SET_ASIDE = """
alter schema public rename to replaced;
create schema public;
alter extension vector set schema public;
alter extension pg_trgm set schema public;
"""
_KEEP = """
drop schema replaced cascade;
update public.settings set value = to_jsonb('0-' || coalesce(
    (select min(id) - 1 from public.events
     where (xid, id) > (split_part(value #>> '{}', '-', 1)::xid8, split_part(value #>> '{}', '-', 2)::bigint)),
    (select max(id) from public.events), 0))
where key like 'follower:%';
set local segue.rewrite_events = 'on';
update public.events set xid = '0';
"""
_TAKE_BACK = """
alter extension vector set schema replaced;
alter extension pg_trgm set schema replaced;
drop schema public cascade;
alter schema replaced rename to public;
"""


def back_up(conninfo: str, file: Path) -> int:
    """Writes `file` whole or not at all; returns its size in bytes. Raises Unavailable where it cannot be taken."""
    if file.is_dir() or not file.absolute().parent.is_dir():
        raise Refused(f"{file} cannot be written.", "Name a file in a folder that is there.")
    part = file.with_name(file.name + ".part")
    try:
        _run("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={part}", f"--dbname={conninfo}")
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)
    return file.stat().st_size


def bring_back(conninfo: str, file: Path, replace: bool = False) -> None:
    """Replaces the database's content by the backup's; what was there is set aside until the restore has succeeded.

    Raises Conflict where there are conversations already and `replace` is not set, Refused for a file that
    is no backup.
    """
    with file.open("rb") as opened:
        if opened.read(5) != b"PGDMP":
            raise Refused(f"{file} is not a backup.", "Name a file that `segue backup` wrote.")
    with psycopg.connect(conninfo, autocommit=True) as connection:
        if not replace and _is_in_use(connection):
            raise Conflict("The workspace is not empty.", "Add --replace to lose what is in it.")
    _execute(conninfo, _SET_ASIDE)
    try:
        _run("pg_restore", "--no-owner", "--no-privileges", "--single-transaction", f"--dbname={conninfo}", str(file))
    except BaseException:
        _execute(conninfo, _TAKE_BACK)
        raise
    _execute(conninfo, _KEEP)


def _execute(conninfo: str, script: str) -> None:
    with psycopg.connect(conninfo) as connection:
        connection.execute(script)


def _is_in_use(connection: psycopg.Connection[tuple[object, ...]]) -> bool:
    found = connection.execute("select to_regclass('public.conversations') is not null").fetchone()
    if not found or not found[0]:
        return False
    return connection.execute("select 1 from conversations limit 1").fetchone() is not None


def _run(program: str, *arguments: str) -> None:
    done = subprocess.run([bin_dir() / program, *arguments], capture_output=True, check=False)
    if done.returncode:
        said = done.stderr.decode("utf8", "replace").strip().splitlines()
        raise Unavailable(f"{program} failed: {said[-1] if said else done.returncode}.", "Nothing was changed.")
