"""What a machine that watches is told where R8, R10, R11 or R12 is broken by a seeded bug, and nothing where none is.

(The other lines: tests/stories/test_watch.py.)
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from faults.bugs import plant
from faults.test_drill import played
from segue.app.drill import tracking
from segue.app.drill.lines import NoBell
from segue.app.drill.small import MONDAY, SmallHouse, small_house
from segue.domain.errors import Unavailable
from segue.store.backup import back_up_and_note
from segue.store.database import Database
from segue.store.inbox import Arrival
from segue.store.watch import Watch
from segue.web.accepting import FrontDoor

Happens = Callable[[str], int]
"""Something happens in the empty database at this address; returns what the gauge shows."""


def two_workers_file_issues(url: str) -> int:
    played(tracking.issues, 4, url)
    db = Database(url, 2).open()
    try:
        return Watch(db).broken(MONDAY)["R8"]
    finally:
        db.close()


def a_customer_is_told_yes(url: str) -> int:
    async def accepted() -> list[tuple[str, int]]:
        door = FrontDoor(url, NoBell())  # type: ignore[arg-type]
        await door.open()
        try:
            assert await door.is_open()
            await door.accept(Arrival("Is anybody there?", external_id="ada", is_verified=True))
        finally:
            await door.close()
        return door.acknowledged(datetime.now(UTC) - timedelta(minutes=1))

    with small_house(url) as house:
        return Watch(house.db).not_there(played_apart(accepted), datetime.now(UTC))


def played_apart(work: Callable[[], Coroutine[Any, Any, list[tuple[str, int]]]]) -> list[tuple[str, int]]:
    """In a thread of its own: a browser's tests leave an event loop running in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: asyncio.run(work())).result()


def an_agent_hands_back(url: str) -> int:
    with small_house(url) as house:
        conversation = house.customer_writes()
        house.time_passes(5)
        house.desk.take(conversation, "agt_mira", house.now)
        house.time_passes(5)
        house.desk.hand_back(conversation, "agt_mira", house.now)
        house.desk.say(conversation, "Our assistant goes on.", house.now)
        return Watch(house.db).broken(house.now)["R11"]


def a_backup_is_taken(url: str) -> int:
    with small_house(url) as house, TemporaryDirectory() as folder:
        live(house)
        try:
            back_up_and_note(url, Path(folder) / "backup")
        except Unavailable:
            assert not list(Path(folder).iterdir())
        watch = Watch(house.db)
        return watch.broken(house.now)["R12"]


def live(house: SmallHouse) -> None:
    house.desk.note(house.customer_writes(), "agt_mira", "Looks like the second seat.", house.now)


BROKEN: list[tuple[Happens, str]] = [
    (two_workers_file_issues, "two_file_the_same_at_once"), (a_customer_is_told_yes, "never_commits"),
    (an_agent_hands_back, "a_handback_is_told_to_nobody"), (a_backup_is_taken, "backups_leave_notes_out"),
]  # fmt: skip


@pytest.mark.parametrize(("happens", "bug"), BROKEN, ids=[happens.__name__ for happens, _ in BROKEN])
def test_a_line_that_a_bug_breaks_is_told_of_and_no_other(
    happens: Happens, bug: str, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as meanwhile:
        plant(bug, meanwhile.setattr, database_url)
        assert happens(database_url) > 0


@pytest.mark.parametrize("happens", [happens for happens, _ in BROKEN], ids=lambda happens: happens.__name__)
def test_a_line_that_holds_is_told_of_as_held(happens: Happens, database_url: str) -> None:
    assert happens(database_url) == 0


def test_a_whole_backup_wipes_out_that_one_failed(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with small_house(database_url) as house:
        live(house)
        watch, began = Watch(house.db), Watch(house.db).backed_up()
        with monkeypatch.context() as meanwhile:
            plant("backups_leave_notes_out", meanwhile.setattr)
            with pytest.raises(Unavailable):
                back_up_and_note(database_url, tmp_path / "backup")
        assert (watch.broken(house.now)["R12"], watch.backed_up()) == (1, began)

        back_up_and_note(database_url, tmp_path / "backup")

        taken = watch.backed_up()
        assert watch.broken(house.now)["R12"] == 0
        assert began is not None
        assert taken is not None
        assert taken > began


QUEUES = {
    "replies": """
        insert into waiting_replies (id, conversation_id, agent_id, body, seen_seq, made_at, send_after)
        select 'rep_1', id, 'agt_mira', 'Soon.', 1, %(then)s, %(then)s from conversations""",
    "mails": """
        insert into mails (id, key, recipient, raw, size, received_at, due_at)
        values ('mai_1', 'k', 'help@ledgerly.example', '', 0, %(then)s, %(then)s)""",
    "issues": """
        with t as (insert into topics (id, terms, status, made_at) values ('top_1', '{}', 'filed', %(then)s))
        insert into issues (topic_id, title, asked_by, asked_at, due_at)
        values ('top_1', 'The export', 'lena', %(then)s, %(then)s)""",
    "snoozed": "update conversations set snoozed_until = %(then)s",
    "imports": """
        insert into imports (id, kind, name, author, state, at, touched_at)
        values ('imp_1', 'tickets', 'past.csv', 'lena', 'wanted', %(then)s, %(then)s)""",
    "erasures": "insert into erasures (id, author, counts, at) values ('era_1', 'lena', '{}', %(then)s)",
    "events": "insert into events (kind, author, at) values ('anything', 'lena', %(then)s)",
}


def test_each_queue_tells_how_much_waits_in_it_and_since_when(database_url: str) -> None:
    with small_house(database_url) as house:
        house.customer_writes()
        house.db.run("insert into settings (key, value) select 'follower:house', to_jsonb(xid::text || '-' || id)"
                     " from events order by events.xid desc, id desc limit 1")  # fmt: skip
        then = house.now - timedelta(minutes=random.Random(5).randint(1, 9))
        watch = Watch(house.db)
        assert {queue: n for queue, (n, _) in watch.backlogs(house.now).items()} == dict.fromkeys(QUEUES, 0)

        for fill in QUEUES.values():
            house.db.run(fill, {"then": then})

        assert watch.backlogs(house.now) == dict.fromkeys(QUEUES, (1, then))
