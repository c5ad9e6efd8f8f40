"""A company comes with its past: tickets and articles are taken in, looked at, and begun with in shadow."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from segue.app.backfill import backfill
from segue.app.bringing import labelled, take_in_brought
from segue.app.door import House, open_house
from segue.app.settings import Settings
from segue.insight.beginning import beginnings
from segue.knowledge.encoder import StandIn
from segue.knowledge.tickets import read
from segue.policy.settings import load
from segue.policy.settings.written import starter_text
from segue.store.backtest import PastStore
from segue.store.imports import Imports
from segue.triage.frustration import fit_tone
from segue.web.setup_steps import in_shadow
from stage import Stage

NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)
ASKED = {
    "Parking": ["Where may I park my car?", "Is there parking near the office?", "How much is a parking ticket?"],
    "Lunch": ["What is for lunch today?", "Is the lunch vegan?", "When is lunch served?"],
}


@pytest.fixture(scope="module")
def tone() -> bytes:
    """Fitted once: it takes seconds, and is the same in every workspace."""
    return fit_tone(StandIn()).to_bytes()


@pytest.fixture
def empty(database_url: str, tone: bytes) -> Iterator[House]:
    """A workspace on its first day."""
    house = open_house(Settings(database_url=database_url), StandIn())
    house.workspace.put_head("tone", tone, {}, NOW)
    house.workspace.apply_policy(starter_text("balanced"), "segue", "The starter policy.", NOW)
    yield house
    house.db.close()


def brought(house: House, text: str, name: str = "export.csv", kind: str = "tickets") -> str:
    """A file that arrived in two parts, the later one first and one of them twice, and was looked at."""
    store = Imports(house.db)
    id = store.begin(kind, name, "agt_lena", NOW)
    half = len(text) // 2
    for n, part in ((1, text[half:]), (0, text[:half]), (0, text[:half])):
        store.put_part(id, n, part.encode(), NOW)
    store.was_read(id, {"samples": ["words"]}, 1, NOW)
    return id


def tickets() -> str:
    rows = ["ticket_id,created_at,author_role,author_email,body,topic"]
    for topic, questions in ASKED.items():
        for n, question in enumerate(questions):
            asked, replied = NOW - timedelta(days=40 - n), NOW - timedelta(days=39 - n)
            rows += [
                f'{topic}{n},{asked.isoformat()},customer,{topic}{n}@old.example,"{question}",{topic}',
                f"{topic}{n},{replied.isoformat()},agent,kim@old.example,See the board.,",
            ]
    return "\n".join(rows)


def test_tickets_are_taken_in_once_with_what_they_were_about(empty: House) -> None:
    store = Imports(empty.db)
    for _ in range(2):
        id = brought(empty, tickets())
        store.want(id, {}, NOW)
        assert take_in_brought(empty, NOW)
    assert not take_in_brought(empty, NOW)

    done = store.one(id)
    assert (done.state, done.report["taken"], done.report["known"]) == ("done", 0, 6)
    assert "samples" not in done.report
    parts = empty.db.one("select count(*) as n from import_parts")
    assert parts is not None
    assert parts.n == 0
    parking = empty.workspace.catalogue().intent("parking")
    assert parking is not None
    assert (parking.name, parking.is_opened) == ("Parking", False)
    row = empty.db.one(
        "select c.id, g.name, g.is_active, p.is_verified from conversations c join agents g on g.id = c.assignee_id"
        " join contacts p on p.id = c.contact_id where p.email = 'parking0@old.example'"
    )
    assert row is not None
    assert (row.name, row.is_active, row.is_verified) == ("kim@old.example", False, True)
    assert [m["author"] for m in empty.conversations.thread(row.id)] == ["customer", "agent"]
    assert empty.workspace.agents() == []


def test_a_run_that_was_cut_short_is_taken_up_and_an_article_opens_its_matter(empty: House) -> None:
    store = Imports(empty.db)
    id = brought(empty, tickets())
    store.want(id, {}, NOW)
    assert store.take("tickets", NOW) is not None

    assert not take_in_brought(empty, NOW + timedelta(minutes=1))
    assert take_in_brought(empty, NOW + timedelta(minutes=11))
    assert store.one(id).state == "done"

    id = brought(empty, "# Where to park\n\nPark behind the house.", "park.md", "articles")
    store.want(id, {"intents": {"park": "parking"}}, NOW)
    take_in_brought(empty, NOW)

    done = store.one(id)
    assert (done.state, done.report["published"], done.report["answering"]) == ("done", 1, 1)
    parking = empty.workspace.catalogue().intent("parking")
    assert parking is not None
    assert parking.is_opened
    assert done.report["considered"] == 6

    id = brought(empty, "# Where to park\n\nPark in front of the house.", "park.md", "articles")
    store.want(id, {}, NOW)
    take_in_brought(empty, NOW)

    again = empty.library.store.article("park")
    assert again is not None
    assert (again.intent, again.version) == ("parking", 2), "brought again it stays where it was put"


def said_of_refunds(days_ago: list[int], says: str) -> str:
    """Tickets as another desk exports them, each of a customer of its own; two people replied in turns."""
    rows = []
    for n, days in enumerate(days_ago):
        asked = NOW - timedelta(days=days)
        key = {"ticket_id": f"r{n}-{says[:2]}", "topic": "Refunds"}
        rows += [
            {**key, "created_at": asked.isoformat(), "author_role": "customer", "author_email": f"r{n}@old.example",
             "body": f"When does my refund number {n} reach my bank?"},
            {**key, "created_at": (asked + timedelta(hours=1)).isoformat(), "author_role": "agent",
             "author_email": f"{('kim', 'lee')[n % 2]}@old.example", "body": says},
        ]  # fmt: skip
    return "\n".join(json.dumps(row) for row in rows)


def took_in(house: House, text: str, name: str, kind: str, **wishes: object) -> dict[str, object]:
    store = Imports(house.db)
    id = brought(house, text, name, kind)
    store.want(id, wishes, NOW)
    assert take_in_brought(house, NOW)
    assert store.one(id).state == "done", store.one(id).report
    return dict(store.one(id).report)


def test_recent_replies_of_the_past_that_say_otherwise_make_an_article_stale(empty: House) -> None:
    took_in(empty, said_of_refunds([300, 301, 302], "A refund reaches your bank account within 20 days."),
            "old.jsonl", "tickets")  # fmt: skip
    article = "# How refunds work\n\nA refund reaches your bank account within 5 days."
    took_in(empty, article, "refund.md", "articles", intents={"refund": "refunds"})
    assert empty.watch.store.cases() == []  # what was said a year ago says nothing of today

    done = took_in(empty, said_of_refunds([3, 9, 20], "A refund reaches your bank account within 10 days."),
                   "new.jsonl", "tickets")  # fmt: skip

    (case,) = empty.watch.store.cases()
    assert (done["doubts"], case["kind"], case["status"], case["replies"]) == (3, "duration", "agreed", 3)
    assert case["opened_at"] == NOW
    assert {r["says"] for r in empty.watch.store.replies_to(case["id"])} == {
        "A refund reaches your bank account within 10 days."
    }
    assert empty.watch.look_back(NOW) == 0


def test_a_text_written_here_later_than_the_replies_is_not_doubted_by_them(empty: House) -> None:
    took_in(empty, said_of_refunds([3, 9, 20], "A refund reaches your bank account within 10 days."),
            "new.jsonl", "tickets")  # fmt: skip
    article = "# How refunds work\n\nA refund reaches your bank account within 10 days."
    took_in(empty, article, "refund.md", "articles", intents={"refund": "refunds"})
    took_in(empty, article.replace("10", "5"), "refund.md", "articles", intents={"refund": "refunds"})

    assert empty.watch.store.cases() == []


def test_what_nobody_named_is_grouped_where_that_is_wished_for(empty: House) -> None:
    rows = ["created_at,question,answer"]
    rows += [f"2026-01-{d:02d},Where is my parcel number {d}?,It comes." for d in range(1, 9)]
    rows += [f"2026-02-{d:02d},The printer prints page {d} in green,Turn it off." for d in range(1, 9)]
    found = read("export.csv", "\n".join(rows)).tickets

    labels = labelled(empty, found, True, lambda *_: None)

    assert labels == labelled(empty, found, True, lambda *_: None)
    assert len(set(labels.values())) >= 1
    assert any("parcel" in name or "print" in name for name, _ in labels.values())
    assert labelled(empty, found, False, lambda *_: None) == {}


def test_what_cannot_be_read_is_told_and_stops_nobody(empty: House) -> None:
    store = Imports(empty.db)
    id = brought(empty, "PK\x03\x04 no zip", "kb.zip", "articles")
    store.want(id, {}, NOW)

    take_in_brought(empty, NOW)

    failed = store.one(id)
    assert (failed.state, "cannot be opened" in failed.report["error"]) == ("failed", True)
    store.forget_old(NOW + timedelta(days=8))
    assert store.latest("articles") is None


def test_the_past_shows_where_to_begin(house: Stage) -> None:
    backfill(house.house, house.now - timedelta(days=365), house.now, limit=150)

    rows = beginnings(PastStore(house.house.db).episodes(house.now - timedelta(days=365))[0])

    best, named = rows[0], [r for r in rows if r.category]
    assert sum(r.tickets for r in rows) == 150
    assert [r.worth for r in named] == sorted((r.worth for r in named), reverse=True)
    assert rows[-1].category is None
    assert best.tickets >= best.recognised >= best.plain > 0
    assert 0 < best.least < best.plain / best.tickets
    assert best.would_answer >= best.right + best.wrong


def test_live_but_in_shadow_nobody_is_answered(house: Stage) -> None:
    live = house.house.workspace.live_policy()
    assert live is not None
    house.house.workspace.apply_policy(in_shadow(live[1]), "agt_lena", "Silent.", house.now)
    house.mind.refresh()

    house.customer_writes("Why is my invoice higher this month?", "grace")

    assert (house.action, house.turn["decision"]["rung"]) == ("hand_off", 1)
    assert load(in_shadow(live[1])).assistant
