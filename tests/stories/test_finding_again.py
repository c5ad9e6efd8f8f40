"""Lists and searches ask as little of the database as they can: what they show is what reading everything shows."""

from __future__ import annotations

from datetime import UTC, timedelta

import pytest

from segue.desk.finding import wanted
from segue.store import queue
from segue.store.events import SQL as EVENTS
from segue.store.queue import PLAIN, QueueStore
from stage import Stage

MIRA, TOM = "agt_mira", "agt_tom"
WISH = "I would like to talk to a person about the invoice, please."
BESIDE = {
    "invoice is:open": ("invoice:*", "invoice", "c.status = 'open'"),
    "grace is:resolved": ("grace:*", "grace", "c.status = 'resolved'"),
    "invoice from:race": ("invoice:*", "invoice", "p.name || ' ' || p.email ilike '%%race%%'"),
    "invoice from:ra is:resolved":
        ("invoice:*", "invoice", "c.status = 'resolved' and p.name || ' ' || p.email ilike '%%ra%%'"),
    "grace tier:enterprise": ("grace:*", "grace", "a.tier = 'enterprise'"),
    "invoice account:northgate": ("invoice:*", "invoice", "a.name ilike '%%northgate%%'"),
    '"the invoice" is:resolved': ("the:* <-> invoice:*", "the invoice", "c.status = 'resolved'"),
    "invoice after:2026-01-10 before:2026-02-10":
        ("invoice:*", "invoice", "c.opened_at >= '2026-01-10Z' and c.opened_at < '2026-02-10Z'"),
}  # fmt: skip
"""What is typed, what its words ask of a text and of a name, and what stands beside them."""
READ = """
with said as (
    select conversation_id from messages
    where author in ('customer', 'agent') and to_tsvector('simple', body) @@ %(words)s::tsquery
    union select conversation_id from notes where to_tsvector('simple', body) @@ %(words)s::tsquery
    union select id from conversations where to_tsvector('simple', subject) @@ %(words)s::tsquery
)
select c.id from conversations c join contacts p on p.id = c.contact_id left join accounts a on a.id = c.account_id
where (c.id in (select conversation_id from said) or p.name || ' ' || p.email ilike '%%' || %(name)s || '%%'
       or %(name)s <%% (p.name || ' ' || p.email)) and """
LISTED = """
select c.id, c.handler, c.status, c.assignee_id, c.reason, c.changed_at, c.presses_at, c.snoozed_until
from conversations c
where c.handler = 'human' and c.status <> 'resolved' order by c.id"""


@pytest.fixture
def asked(house: Stage) -> Stage:
    """Three that people have: one is a colleague's, one is nobody's and set aside, one is nobody's."""
    house.customer_writes(WISH, who="eve", again=True)
    house.house.hands.take(house.conversation, TOM, house.now)
    house.customer_writes(WISH, who="grace", again=True)
    house.house.attention.snooze(house.conversation, MIRA, house.now + timedelta(days=1), house.now)
    house.customer_writes(WISH, who="ada", again=True)
    return house


def test_what_is_asked_beside_words_finds_what_reading_everything_finds(
    asked: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "NARROW", 0)  # as of people who have thousands
    db = asked.house.db
    read = {
        typed: [row.id for row in db.all(f"{READ}{beside} order by c.id desc", {"words": words, "name": name})]
        for typed, (words, name, beside) in BESIDE.items()
    }

    found = {typed: QueueStore(db, MIRA).search(wanted(typed, MIRA, UTC), 5_000) for typed in BESIDE}

    assert all(read.values())
    assert found == read


def test_words_of_which_the_database_makes_a_phrase_are_not_plain(asked: Stage) -> None:
    typed = ("sign-on", "it's", '"the invoice"', "a_b", "1e7x", "über-uns", "a.b", "vat/tax", "refund -1e7x", "a@b")
    made = asked.house.db.all(
        "select w, websearch_to_tsquery('simple', w)::text ~ '<' as is_phrase from unnest(%(w)s::text[]) w",
        {"w": [*typed, "refund -invoice or vat", "12345678901234567890 or", "-the"]},
    )

    assert sum(row.is_phrase for row in made) > len(typed) - 3
    assert [row.w for row in made if row.is_phrase and PLAIN.fullmatch(row.w)] == []
    assert [row.w for row in made if PLAIN.fullmatch(row.w)] == [row.w for row in made[len(typed) :]]


def test_a_row_that_stands_in_several_lists_is_read_once_and_whole(asked: Stage) -> None:
    rows = QueueStore(asked.house.db, MIRA).rows("human", 200)

    assert sorted(rows, key=lambda row: row["id"]) == [row._asdict() for row in asked.house.db.all(LISTED)]
    assert sum(row["snoozed_until"] is not None for row in rows) == 1


def test_answers_to_review_are_those_of_open_teams_and_of_no_own_conversation(asked: Stage) -> None:
    db, mira = asked.house.db, QueueStore(asked.house.db, MIRA)
    for also in ("", " I want to talk to a person."):
        asked.customer_writes(f"Why is my invoice higher this month?{also}", who="nadia", again=True)
    db.run("insert into reviews (conversation_id, seq, at) select conversation_id, seq, at from cases "
           "on conflict do nothing")  # fmt: skip
    own = {row.conversation_id for row in db.all("select conversation_id from messages where agent_id = 'agt_mira'")}
    drawn = {row.conversation_id for row in db.all("select conversation_id from reviews")}

    assert set(mira.to_review(200)) == drawn - own != set()
    db.run("update teams set is_closed = true")
    db.run("delete from agent_teams where agent_id = 'agt_mira'")
    db.run("update agents set role = 'agent' where id = 'agt_mira'")
    closed = {row.id for row in db.all("select id from conversations where team_id is not null")}
    assert set(mira.to_review(200)) == drawn - own - closed != drawn - own


def test_whether_events_wait_is_seen_without_reading_them_all(asked: Stage) -> None:
    """Where many come after the cursor, as a plan that suits any cursor supposes: so it is asked each second."""
    with asked.house.db.transaction() as connection:
        connection.execute("insert into events (kind, author, body, at) select 'x', 'x', '{}', now() "
                           "from generate_series(1, 5000)")  # fmt: skip
        connection.execute("analyze events")
        plan = connection.execute(f"explain {EVENTS.unsettled}", {"xid": "1", "id": 1}).fetchall()

    assert "events_in_order" in " ".join(row[0] for row in plan)
    assert "Seq Scan" not in " ".join(row[0] for row in plan)
