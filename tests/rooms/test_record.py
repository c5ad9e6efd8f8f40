"""The record of who did what: nothing in it is changed or taken out, but for an erased customer's words."""

from __future__ import annotations

import psycopg
import pytest

from segue.store.database import Database
from segue.store.events import EventLog

WRITTEN = """insert into events (kind, author, body, at) values
    ('key.made', 'agt_lena', '{"name": "shop"}', now()), ('key.revoked', 'agt_lena', '{"name": "shop"}', now())"""


@pytest.mark.parametrize(
    "deed",
    ["update events set author = 'agt_mira'", "update events set body = '{}' where kind = 'key.revoked'",
     "delete from events where kind = 'key.made'", "delete from events"],
)  # fmt: skip
def test_what_was_done_stays_as_it_was_written(deed: str, db: Database) -> None:
    db.run(WRITTEN)
    before = EventLog(db).after("0-0")
    with pytest.raises(psycopg.errors.RaiseException, match="append-only"):
        db.run(deed)
    assert EventLog(db).after("0-0") == before
    assert [(event.kind, event.author) for event in before] == [("key.made", "agt_lena"), ("key.revoked", "agt_lena")]


def test_whoever_sends_another_record_after_it_rewrites_nothing(db: Database) -> None:
    """The way that erasing goes is open in its own transaction only."""
    db.run(WRITTEN)
    with db.transaction() as connection:
        connection.execute("select set_config('segue.rewrite_events', 'on', true)")
        connection.execute("update events set body = '{}' where kind = 'key.made'")
    with pytest.raises(psycopg.errors.RaiseException, match="append-only"):
        db.run("update events set body = '{}'")
