"""Whether a policy lets the assistant speak, as the database knows it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from segue.policy.settings import STARTERS, changed, dump, load, starter, starter_text
from segue.store.database import Database
from segue.store.migrate import migrations
from segue.store.shadows import Shadows
from segue.store.workspace import Workspace, lets_speak

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
WAYS = [
    "name: small", "name: small\nassistant: on", "name: small\nassistant: off", "assistant: true\nname: small",
    "name: small\nassistant: false # wrong prices", "'assistant': off\nname: small", '"assistant" :   off\nname: small',
    "{name: small, assistant: off}", "name: small\nhold: {chat: 0}\n# assistant: off",
    "name: |\n  assistant: off", "name: small\r\nassistant: off\r\n",
]  # fmt: skip


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    db = Database(database_url, 2).open()
    yield db
    db.close()


@pytest.mark.parametrize("text", [*WAYS, *map(starter_text, STARTERS)])
def test_the_database_takes_the_switch_as_the_policy_does(text: str) -> None:
    assert lets_speak(text) is load(text).assistant


@pytest.mark.parametrize("to_on", [True, False])
def test_however_it_is_thrown_the_text_says_so(to_on: bool) -> None:
    for text in (starter_text("balanced"), dump(starter("bold"))):
        thrown = changed(text, {("assistant",): to_on})
        assert lets_speak(thrown) is load(thrown).assistant is to_on


def speaks(db: Database) -> bool:
    row = db.one("select lets_speak from policies where is_live")
    assert row is not None
    return bool(row.lets_speak)


def test_whichever_way_a_policy_becomes_the_live_one_the_database_knows(db: Database) -> None:
    workspace, shadows = Workspace(db), Shadows(db)
    workspace.apply_policy("name: small", "lena", "first", NOW)
    assert speaks(db)
    shadows.begin("name: small\nassistant: off", "lena", "try it", NOW)
    assert speaks(db), "it only runs in shadow"
    run = shadows.running()
    assert run is not None
    shadows.promote(run.id, "lena", "it is good", NOW)
    assert not speaks(db)
    workspace.apply_policy("name: small\nassistant: on", "lena", "go on", NOW)
    assert speaks(db)


def test_what_was_published_before_is_read_once(db: Database) -> None:
    """A setting a line, as every policy is that the house writes itself; in braces nobody does."""
    workspace, (is_known,) = Workspace(db), [m.body for m in migrations() if m.number == 64]
    ways = [text for text in WAYS if "{name" not in text and "|" not in text]
    for text in ways:
        workspace.apply_policy(text, "lena", "", NOW)
    db.run("alter table policies drop column lets_speak cascade")
    with psycopg.connect(db.conninfo) as connection:
        connection.execute(is_known)  # type: ignore[call-overload]

    rows = db.all("select body, lets_speak from policies order by version")
    assert [(row.body, row.lets_speak) for row in rows] == [(text, load(text).assistant) for text in ways]


def silenced(db: Database) -> list[int]:
    return [row.version for row in db.all("select version from silenced order by version")]


def test_what_was_decided_before_the_switch_stays_unsaid_though_it_is_thrown_back(db: Database) -> None:
    workspace = Workspace(db)
    for word in ("on", "off", "on"):
        workspace.apply_policy(f"name: small\nassistant: {word}", "lena", word, NOW)
    assert silenced(db) == [1, 2]


def test_a_policy_counts_from_when_it_was_live_and_not_from_when_it_was_written(db: Database) -> None:
    workspace, shadows = Workspace(db), Shadows(db)
    workspace.apply_policy("name: small", "lena", "first", NOW)
    shadows.begin("name: small\nassistant: off", "lena", "try it", NOW)
    workspace.apply_policy("name: small\nhold: {chat: 0}", "lena", "third", NOW)
    assert silenced(db) == [], "it only runs in shadow"
    run = shadows.running()
    assert run is not None
    shadows.promote(run.id, "lena", "it is good", NOW)
    assert silenced(db) == [1, 2, 3], "the third was live before it"


def test_in_which_order_policies_were_live_is_read_once_from_those_that_are_there(db: Database) -> None:
    workspace, shadows, (orders,) = Workspace(db), Shadows(db), [m.body for m in migrations() if m.number == 67]
    workspace.apply_policy("name: small", "lena", "first", NOW)
    shadows.begin("name: small\nassistant: off", "lena", "try it", NOW + timedelta(minutes=1))
    workspace.apply_policy("name: small\nhold: {chat: 0}", "lena", "third", NOW + timedelta(minutes=2))
    run = shadows.running()
    assert run is not None
    shadows.promote(run.id, "lena", "it is good", NOW + timedelta(minutes=3))
    shadows.begin("name: small\nassistant: off", "lena", "never", NOW + timedelta(minutes=4))
    workspace.apply_policy("name: small", "lena", "fifth", NOW + timedelta(minutes=5))
    before = db.all("select version, lived from policies order by version")
    db.run("alter table policies drop column lived cascade")
    with psycopg.connect(db.conninfo) as connection:
        connection.execute(orders)  # type: ignore[call-overload]

    assert db.all("select version, lived from policies order by version") == before
    assert silenced(db) == [1, 2, 3]
