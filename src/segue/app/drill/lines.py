"""Scenes of the drill on the lines out of the house: a sick line to the database, and a backup.

As in `scenes`, each takes an empty database, a seed and how much is wanted, and tells a tally.
"""

from __future__ import annotations

import asyncio
import random
import tempfile
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from segue.app.drill.checks import Acknowledged, violations
from segue.app.drill.fence import NotPermitted, fenced
from segue.app.drill.meanwhile import by_turns, meanwhile
from segue.app.drill.proxy import Mood, Proxy, moody, proxied
from segue.app.drill.scenes import live
from segue.app.drill.small import small_house
from segue.app.drill.tally import Tally
from segue.domain.errors import Conflict, DatabaseUnavailable, Unavailable
from segue.store.backup import back_up, bring_back
from segue.store.database import Database
from segue.store.inbox import Accepted, Arrival
from segue.store.migrate import migrate
from segue.web.accepting import FrontDoor

CUT = "a network line that is cut"
WRITERS = 6
BACK = 15.0
"""Seconds after which messages must be taken again once the line is well."""


class NoBell:
    def ring(self, channel: str) -> None:
        pass


# R1, R4, R10: a sick line


def sick_line(url: str, chance: random.Random, much: int, tally: Tally) -> None:
    """Customers write through a line to the database that is sick every other moment, and send again until told."""
    with proxied(url) as (proxy, through):
        with moody(proxy, chance):
            acknowledged, tries, wrong = written_over(through, proxy, much)
        asyncio.run(_goes_and_comes_back(through, proxy, tally))
    _compare(url, acknowledged, tries, wrong, tally)


def cut_line(url: str, chance: random.Random, much: int, tally: Tally) -> None:
    """The same over a network line of its own that is cut and mended; where this machine does not let us have one, over
    one of ours on which nothing gets any further."""
    seed = chance.randrange(10**6)
    try:
        told = fenced("cut_line", url, seed, much)
    except NotPermitted as error:
        tally.weaken(CUT, "through a proxy on which nothing gets any further", str(error))
        with proxied(url) as (proxy, through), cut_now_and_then(partial(_stalls, proxy), random.Random(seed)):
            acknowledged, tries, wrong = written_over(through, proxy, much)
    else:
        (tries, *wrong), acknowledged = told["R10"], [Acknowledged(*a) for a in told["acknowledged"]]
    _compare(url, acknowledged, tries, wrong, tally)


def _stalls(proxy: Proxy, is_up: bool) -> None:
    proxy.turns(Mood.HEALTHY if is_up else Mood.STALLED)


def cut_now_and_then(sets: Callable[[bool], None], chance: random.Random) -> AbstractContextManager[None]:
    """While the block runs `sets` takes the line down and up again; up afterwards."""
    return meanwhile(
        by_turns(
            lambda: sets(False), lambda: sets(True), lambda: chance.uniform(0.2, 0.8), lambda: chance.uniform(0.2, 0.6)
        )
    )


def _compare(url: str, acknowledged: list[Acknowledged], tries: int, wrong: list[str], tally: Tally) -> None:
    """What customers were told, with what is stored once the house has come to rest."""
    with small_house(url) as house:
        house.acknowledged += acknowledged
        house.now = max(house.now, _latest(house.db))
        house.drain(60)
        tally.add("R1", len(acknowledged))
        tally.add("R4", len(acknowledged))
        tally.add("R10", tries, wrong)
        tally.add_violations(house.violations())


def written_over(url: str, proxy: Proxy, much: int) -> tuple[list[Acknowledged], int, list[str]]:
    """What customers were told, who wrote through a line and sent again until they knew."""
    return asyncio.run(_all_written(url, proxy, much))


async def _all_written(url: str, proxy: Proxy, much: int) -> tuple[list[Acknowledged], int, list[str]]:
    """What was acknowledged, how often it was tried, and answers that no house may give."""
    door = FrontDoor(url, NoBell())  # type: ignore[arg-type]
    await door.open()
    try:
        each = await asyncio.gather(*(_written(door, proxy, n, much // WRITERS) for n in range(WRITERS)))
    finally:
        await door.close()
    taken, tries, wrong = zip(*each, strict=True)
    return [a for mine in taken for a in mine], sum(tries), [w for mine in wrong for w in mine]


async def _written(door: FrontDoor, proxy: Proxy, who: int, much: int) -> tuple[list[Acknowledged], int, list[str]]:
    taken, tries, wrong, conversation = list[Acknowledged](), 0, list[str](), None
    for n in range(much):
        arrival = Arrival(
            f"Message {n} of {who}", conversation_id=conversation if n % 4 else None, client_id=f"w{who}.{n}",
            external_id=f"writer-{who}", is_verified=True,
        )  # fmt: skip
        while True:
            tries, begun = tries + 1, time.monotonic()
            try:
                found = await door.accept(arrival)
            except (DatabaseUnavailable, Conflict):
                await asyncio.sleep(0.05)
                continue
            except Exception as error:
                return taken, tries, [*wrong, f"{arrival.client_id} was answered with {type(error).__name__}: {error}"]
            if proxy.mood is Mood.DOWN and proxy.changed_at < begun:
                wrong.append(f"{arrival.client_id} was acknowledged without a database")
            break
        conversation = found.conversation_id
        taken.append(_told(found, arrival))
        if n % 3 == 0:  # a client that is not sure says it again
            with suppress(DatabaseUnavailable, Conflict):
                taken.append(_told(await door.accept(arrival), arrival))
    return taken, tries, wrong


def _told(found: Accepted, arrival: Arrival) -> Acknowledged:
    return Acknowledged(
        found.conversation_id, found.message_id, found.seq, str(arrival.client_id), arrival.text
    )  # fmt: skip


async def _goes_and_comes_back(url: str, proxy: Proxy, tally: Tally) -> None:
    """Without a database nobody is told yes; once it is back, nobody needs to lend a hand."""
    door = FrontDoor(url, NoBell())  # type: ignore[arg-type]
    await door.open()
    try:
        proxy.turns(Mood.DOWN)
        for n in range(2):
            told = await _answer(door, f"early {n}")
            tally.add("R10", 1, [f"without a database a customer was told {told}"] if told != "no" else ())
        proxy.turns(Mood.HEALTHY)
        begun = time.monotonic()
        while (told := await _answer(door, "late")) != "yes" and time.monotonic() - begun < BACK:
            await asyncio.sleep(0.1)
        tally.add(
            "R10", 1, [f"{BACK:.0f} s after the line was well a customer was told {told}"] if told != "yes" else ()
        )
    finally:
        proxy.turns(Mood.HEALTHY)
        await door.close()


async def _answer(door: FrontDoor, who: str) -> str:
    """Yes, an honest no, or what else came."""
    try:
        async with asyncio.timeout(10):
            await door.accept(Arrival("Is anybody there?", external_id=who, is_verified=True, client_id=who))
    except DatabaseUnavailable:
        return "no"
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return "yes"


def _latest(db: Database) -> Any:
    row = db.one("select coalesce(max(changed_at), now()) as at from conversations")
    assert row is not None
    return row.at


# R12: a backup


def backup(url: str, chance: random.Random, much: int, tally: Tally) -> None:
    """A house that has lived is copied, brought back elsewhere, and compared row by row."""
    with small_house(url) as house, tempfile.TemporaryDirectory() as folder, beside(url) as elsewhere:
        own: list[str] = []
        for n in range(much):
            own += live(house, chance, own, n)
        house.drain(60)
        try:
            back_up(url, Path(folder) / "backup")
        except Unavailable as error:
            tally.add("R12", 1, [str(error)])
            return
        bring_back(elsewhere, Path(folder) / "backup")
        here, there = contents(url), contents(elsewhere)
        tally.add("R12", sum(len(rows) for rows in here.values()), [
            f"{table}: {len(rows)} rows became {len(there.get(table, ()))}"
            for table, rows in here.items() if there.get(table) != rows
        ])  # fmt: skip
        tally.add_violations(violations(elsewhere, house.acknowledged))


class beside:  # noqa: N801
    """Another empty database on the same server, with every migration; gone after the block."""

    def __init__(self, url: str) -> None:
        self._url, self._name = url, f"{conninfo_to_dict(url)['dbname']}_copy"

    def __enter__(self) -> str:
        self._do("create database {}")
        found = make_conninfo(self._url, dbname=self._name)
        migrate(found)
        return found

    def __exit__(self, *_: object) -> None:
        self._do("drop database {} with (force)")

    def _do(self, statement: str) -> None:
        with psycopg.connect(self._url, autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(sql.Identifier(self._name)))


def contents(url: str) -> dict[str, list[str]]:
    """Every row of every table as text, sorted; without what a restore changes on purpose (the events' xid)."""
    found = {}
    with psycopg.connect(url) as connection:
        tables = connection.execute("select tablename from pg_tables where schemaname = 'public'").fetchall()
        for (table,) in tables:
            asked = sql.SQL("select (to_jsonb(t) - 'xid')::text from {} t").format(sql.Identifier(table))
            found[table] = sorted(row[0] for row in connection.execute(asked).fetchall())
    return found
