"""What a machine that watches is told: nothing in a house that keeps its promises, each line where one is broken."""

from __future__ import annotations

from datetime import timedelta

import pytest

from segue.domain.conversation import Channel
from segue.store.inbox import Arrival
from segue.store.watch import Watch
from stage import Stage

INVOICE = "Why is my invoice higher this month?"
BREAKS = {
    "R1": "delete from messages where (conversation_id, seq) = (%(id)s, 2)",
    "R2": """
        with m as (update messages set at = at - interval '2 minutes' where conversation_id = %(id)s)
        update conversations set considered_seq = 0, ready_at = %(now)s where id = %(id)s""",
    "R3": "update messages set answers_seq = 1 where (conversation_id, seq) = (%(id)s, 4)",
    "R4": "update messages set answers_seq = 5 where (conversation_id, seq) = (%(id)s, 4)",
    "R5": """
        with m as (insert into messages (conversation_id, seq, author, answers_seq, body, at)
            values (%(id)s, 99, 'assistant', 5, 'One more word.', %(now)s))
        insert into events (kind, conversation_id, author, body, at)
        values ('message.sent', %(id)s, 'assistant', '{"seq": 99}', %(now)s)""",
    "R6": """
        update conversations set first_response_due = %(now)s - interval '2 minutes', breached = '{}'
        where id = %(id)s""",
    "R7": """
        insert into standings (category, rung, before, why, author, at)
        values ('billing', 5, 1, 'by itself', 'segue', %(now)s)""",
    "R8": """
        with t as (insert into topics (id, terms, status, made_at) values ('top_1', '{}', 'filed', %(now)s))
        insert into issues (topic_id, title, asked_by, asked_at, due_at, place, filed_at, last_error)
        values ('top_1', 'The export', 'lena', %(now)s, %(now)s, 'here', %(now)s, 'And there.')""",
    "R9": """
        insert into mails (id, key, recipient, raw, size, received_at, due_at)
        values ('mai_1', 'k', 'help@ledgerly.example', '', 0, %(now)s, %(now)s - interval '2 minutes')""",
    "R11": "update conversations set assignee_id = null, changed_at = %(now)s + interval '1 second' where id = %(id)s",
    "R12": "insert into settings (key, value) values ('backup_failed', '{}')",
    "R13": "delete from decisions where (conversation_id, seq) = (%(id)s, 1)",
}


@pytest.fixture
def lived_in(house: Stage) -> Stage:
    """Answered twice, then a person's, handed back, answered, closed, written in again, and a person's for good."""
    house.customer_writes(INVOICE)
    house.customer_writes("Thanks. How do I export my receipts?")
    house.agent_takes()
    house.agent_replies("Under Receipts, Export.")
    house.agent_hands_back()
    house.customer_writes("Hello?")
    house.agent_resolves(text="Shown where it is.")
    house.customer_writes("Hello again")
    house.customer_writes("I want to talk to a person")
    return house


def test_a_house_that_keeps_its_promises_shows_nothing_but_what_it_does(lived_in: Stage) -> None:
    watch = Watch(lived_in.house.db)

    assert [author for author, _ in lived_in.thread].count("assistant") >= 3
    assert set(watch.broken(lived_in.now).values()) == {0}
    assert set(watch.broken(lived_in.now)) == set(BREAKS)
    assert set(watch.turns(lived_in.now)) >= {"answer", "hand_off"}
    assert set(watch.waits(lived_in.now).values()) == {0.0}
    assert watch.given_up(lived_in.now) == 0
    assert watch.turns(lived_in.now + timedelta(hours=1)) == {}
    assert watch.waits(lived_in.now + timedelta(hours=1)) == {}


@pytest.mark.parametrize("line", BREAKS)
def test_a_broken_promise_is_seen(lived_in: Stage, line: str) -> None:
    lived_in.house.db.run("drop index one_reply_each")  # which lets nobody break R3
    lived_in.house.db.run(BREAKS[line], {"id": lived_in.conversation, "now": lived_in.now})

    assert Watch(lived_in.house.db).broken(lived_in.now)[line] > 0


def test_what_waits_unseen_is_counted_and_found_again(lived_in: Stage) -> None:
    house = lived_in.house
    arrival = Arrival(INVOICE, Channel.CHAT, external_id="con_grace", is_verified=True)
    house.inbox.accept(arrival, lived_in.now)
    house.db.run("update conversations set ready_at = null where ready_at is not null")
    lived_in.hours_pass(1)
    lived_in.worker.work_off()

    assert Watch(house.db).broken(lived_in.now)["R2"] == house.conversations.undecided(lived_in.now)[0] == 1
    assert house.inbox.find_again(lived_in.now) == 1
    lived_in.worker.work_off()
    assert house.conversations.undecided(lived_in.now)[0] == 0
