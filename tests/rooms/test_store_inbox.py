"""The inbox on a real database: accepting, leasing, committing."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count
from time import perf_counter, sleep

import psycopg
import pytest

from databases import fresh_database
from segue.domain.errors import Conflict, DatabaseUnavailable, EncoderUnavailable, NotFound
from segue.domain.people import Agent, Team
from segue.domain.turn import Commit, Lease, Turn
from segue.intake.worker import AT_ONCE, Worker
from segue.store.conversations import Conversations
from segue.store.database import Database
from segue.store.desk import AgentReply, Desk, Solution
from segue.store.events import Event, EventLog, Follower
from segue.store.inbox import LEASE, Arrival, Inbox, statement_for, where_pids_mean
from segue.store.sql import statements
from segue.store.workspace import Workspace
from turns import answered, handed_over

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


class Slow:
    """Takes so many seconds for each message, by its own clock, and answers it."""

    shadow = None

    def __init__(self, seconds: float) -> None:
        self.receiver = self
        self.seconds = seconds
        self.passed = 0.0

    def monotonic(self) -> float:
        return self.passed

    def read_ahead(self, conversations: object) -> None:
        pass

    def consider(self, conversation: object, now: datetime) -> Turn:
        self.passed += self.seconds
        return answered()

    def ready(self, lease: Lease, turn: Turn, now: datetime) -> Commit:
        return Commit(lease, turn, "Because of the new seat.")


@pytest.fixture
def inbox(db: Database) -> Inbox:
    Workspace(db).apply_policy("name: test", "lena", "first", NOW)
    return Inbox(db, "here")


def ada_writes(inbox: Inbox, text: str = "Why is my invoice higher?", **more: object) -> str:
    return inbox.accept(Arrival(text, external_id="ada", is_verified=True, **more), NOW).conversation_id  # type: ignore[arg-type]


def commit(inbox: Inbox, lease: Lease, says: str = "Because of the new seat.") -> bool:
    return bool(inbox.commit([Commit(lease, answered(), says)], NOW))


def test_the_same_client_id_twice_is_the_same_message(inbox: Inbox) -> None:
    arrival = Arrival("Hello", external_id="ada", is_verified=True, client_id="c1")
    first, again = inbox.accept(arrival, NOW), inbox.accept(arrival, NOW)
    follow_up = Arrival("More", conversation_id=first.conversation_id, client_id="c2")
    second, repeated = inbox.accept(follow_up, NOW), inbox.accept(follow_up, NOW)

    assert first == again
    assert second == repeated
    assert second.seq == 2


def test_a_message_for_no_conversation_is_refused_with_what_to_do(inbox: Inbox) -> None:
    with pytest.raises(NotFound, match="Open one"):
        inbox.accept(Arrival("Hello", conversation_id="cnv_nobody"), NOW)


def test_a_claimed_address_never_opens_a_verified_customers_history(inbox: Inbox) -> None:
    grace = inbox.accept(Arrival("Hi", email="grace@example.com", is_verified=True), NOW)
    eve = inbox.accept(Arrival("Hi", email="grace@example.com"), NOW)

    contacts = {
        row.id: row.contact_id for row in inbox.db.all("select id, contact_id from conversations order by number")
    }
    assert contacts[grace.conversation_id] != contacts[eve.conversation_id]


def test_two_workers_never_hold_the_same_conversation(inbox: Inbox) -> None:
    ada_writes(inbox)
    other = Inbox(inbox.db, "there")

    assert len(inbox.claim(NOW)) == 1
    assert other.claim(NOW) == []


def test_messages_of_a_conversation_are_considered_one_after_the_other(inbox: Inbox) -> None:
    conversation = ada_writes(inbox)
    inbox.accept(Arrival("And one more thing", conversation_id=conversation), NOW)

    first = inbox.claim(NOW, 8)
    assert [lease.conversation.latest.seq for lease in first] == [1]
    commit(inbox, first[0])
    second = inbox.claim(NOW, 8)[0]

    assert second.conversation.latest.seq == 2
    assert [m.author.value for m in second.conversation.messages] == ["customer", "assistant", "customer"]
    assert second.conversation.turns[0].seq == 1


def test_a_lease_that_ran_out_goes_to_another_and_the_sleeper_cannot_commit(inbox: Inbox) -> None:
    ada_writes(inbox)
    asleep = inbox.claim(NOW)[0]
    other = Inbox(inbox.db, "there")
    taken = other.claim(NOW + LEASE + timedelta(seconds=1))[0]

    assert not commit(inbox, asleep)
    assert commit(other, taken)


def test_a_turn_is_dropped_when_a_person_took_over_meanwhile(inbox: Inbox) -> None:
    Workspace(inbox.db).put_agent(mira(), NOW)
    conversation = ada_writes(inbox)
    lease = inbox.claim(NOW)[0]
    Desk(inbox.db).take(conversation, "agt_mira", NOW)

    assert not commit(inbox, lease)
    again = inbox.claim(NOW)[0]
    assert again.conversation.handler.value == "human"


def test_a_failing_message_takes_no_other_with_it(inbox: Inbox) -> None:
    for n in range(3):
        inbox.accept(Arrival("Hello", external_id=f"c{n}", is_verified=True), NOW)
    for lease in inbox.claim(NOW, 8):
        inbox.release(lease, NOW)

    assert len(inbox.claim(NOW, 8)) == 1


@pytest.mark.parametrize(("waiting", "together"), [(AT_ONCE, [10, 6]), (3, [2, 1])])
def test_where_many_wait_turns_are_committed_together_though_each_is_slow(
    inbox: Inbox, monkeypatch: pytest.MonkeyPatch, waiting: int, together: list[int]
) -> None:
    for n in range(waiting):
        inbox.accept(Arrival("Hello", external_id=f"c{n}", is_verified=True), NOW)
    slow, written, write = Slow(0.03), list[int](), inbox.commit
    monkeypatch.setattr("segue.intake.worker.time", slow)
    monkeypatch.setattr(inbox, "commit", lambda them, now: (written.append(len(them)), write(them, now))[1])

    assert Worker(inbox, slow, lambda: NOW).work_off() == waiting  # type: ignore[arg-type]

    assert written == together


def test_dead_workers_leases_are_free_at_once(inbox: Inbox) -> None:
    ada_writes(inbox)
    gone = Inbox(inbox.db, "gone")
    gone.beat(NOW - timedelta(minutes=1))
    gone.claim(NOW)

    inbox.bury_dead(NOW)
    assert len(inbox.claim(NOW)) == 1


def test_a_worker_of_another_machine_that_bears_our_name_is_not_buried(inbox: Inbox, db: Database) -> None:
    ada_writes(inbox)
    there = Inbox(db, "there")
    there.beat(NOW)
    there.claim(NOW)
    # its pid is none of ours: it shares the hostname, and not the machine
    db.run("update workers set pid = 99999999, host = %(host)s", {"host": where_pids_mean().partition(" ")[0]})

    inbox.bury_dead(NOW)

    assert inbox.claim(NOW) == []
    db.run("update workers set host = %(host)s", {"host": where_pids_mean()})
    inbox.bury_dead(NOW)
    assert len(inbox.claim(NOW)) == 1


@pytest.mark.parametrize("claims_first", [True, False])
def test_a_claim_and_who_is_vouched_for_write_under_one_id_and_are_two(inbox: Inbox, claims_first: bool) -> None:
    claimed, vouched = Arrival("It is me", external_id="ada"), Arrival("Me", external_id="ada", is_verified=True)
    order = (claimed, vouched) if claims_first else (vouched, claimed)
    contacts = {arrival: set[str]() for arrival in order}
    for arrival in (*order, *order):
        made = inbox.accept(arrival, NOW).conversation_id
        contacts[arrival].add(Conversations(inbox.db).one(made)["contact_id"])

    assert [len(several) for several in contacts.values()] == [1, 1], "each is one customer, however often they write"
    assert contacts[claimed] != contacts[vouched]


def test_a_message_that_comes_just_before_an_answer_is_held_is_looked_at_at_once(inbox: Inbox) -> None:
    conversation, later = ada_writes(inbox), NOW + timedelta(minutes=1)
    (lease,) = inbox.claim(NOW)
    inbox.accept(Arrival("Stop, I want a person", conversation_id=conversation), NOW)
    assert [seen.latest.text for seen in inbox.behind(lease, NOW)] == ["Stop, I want a person"]

    inbox.hold(lease, "Because of the new seat.", later, NOW, seen_seq=1)
    (again,) = inbox.claim(NOW)
    assert (again.conversation.latest.seq, again.hold_until) == (1, later)
    inbox.hold(again, "Because of the new seat.", later, NOW, seen_seq=2)
    assert inbox.claim(NOW) == []
    assert len(inbox.claim(later)) == 1


def test_a_handoff_keeps_its_promise_as_instants(inbox: Inbox) -> None:
    Workspace(inbox.db).put_team(billing())
    ada_writes(inbox)
    lease = inbox.claim(NOW)[0]
    inbox.commit([handed_over(lease, NOW + timedelta(hours=4))], NOW)

    row = inbox.db.one("select handler, team_id, first_response_due, waiting_since from conversations")
    assert (row.handler, row.team_id) == ("human", "billing")
    assert row.first_response_due == NOW + timedelta(hours=4)
    assert row.waiting_since == NOW


def test_events_come_in_the_order_of_their_commits_and_none_is_skipped(inbox: Inbox, db: Database) -> None:
    log = EventLog(db)
    with db.transaction() as slow:
        slow.execute("insert into events (kind, author, at) values ('slow', 'x', now())")
        ada_writes(inbox)
        seen_before = [e.kind for e in log.after("0-0")]
    everything = [e.kind for e in log.after("0-0")]

    assert "message.received" not in seen_before
    assert everything[-2:] == ["slow", "message.received"]


def test_events_do_not_wait_for_what_happens_in_another_database(inbox: Inbox, db: Database) -> None:
    with fresh_database() as elsewhere, psycopg.connect(elsewhere) as slow:
        slow.execute("select pg_current_xact_id()")
        ada_writes(inbox)

        assert "message.received" in [e.kind for e in EventLog(db).after("0-0")]


def test_an_event_that_nothing_can_be_done_about_keeps_the_later_ones_up_for_a_few_tries_only(
    inbox: Inbox, db: Database
) -> None:
    follower, seen = Follower(db, "test", EventLog(db)), list[str]()
    first, bad, last = (ada_writes(inbox, text) for text in ("One", "Two", "Three"))

    def acts(event: Event) -> None:
        seen.append(str(event.conversation_id))
        if event.conversation_id == bad:
            raise NotFound("It is gone.")

    for _ in range(Follower.TRIES - 1):
        with pytest.raises(NotFound):
            follower.follow({"message.received": acts})
    follower.follow({"message.received": acts})
    follower.follow({"message.received": acts})

    assert seen == [first, *[bad] * Follower.TRIES, last]


def test_an_event_waits_as_long_as_a_part_of_ours_is_away(inbox: Inbox, db: Database) -> None:
    follower, tries = Follower(db, "test", EventLog(db)), count()
    ada_writes(inbox)

    def acts(event: Event) -> None:
        if next(tries) < 2 * Follower.TRIES:
            raise EncoderUnavailable("The encoder does not answer.")

    for _ in range(2 * Follower.TRIES):
        with pytest.raises(EncoderUnavailable):
            follower.follow({"message.received": acts})
    assert follower.follow({"message.received": acts}) > 0


def test_an_event_that_asks_more_than_the_database_can_do_is_passed_in_the_end(inbox: Inbox, db: Database) -> None:
    follower, wide = Follower(db, "test", EventLog(db)), ", ".join("1" for _ in range(1700))
    ada_writes(inbox)

    def acts(event: Event) -> None:
        db.run(f"select {wide}")

    for _ in range(Follower.TRIES - 1):
        with pytest.raises(DatabaseUnavailable):
            follower.follow({"message.received": acts})
    assert follower.follow({"message.received": acts}) > 0
    assert follower.follow({"message.received": acts}) == 0


def test_a_reply_to_an_old_state_is_refused_and_says_why(inbox: Inbox) -> None:
    Workspace(inbox.db).put_agent(mira(), NOW)
    conversation = ada_writes(inbox)
    inbox.accept(Arrival("Wait, there is more", conversation_id=conversation), NOW)

    with pytest.raises(Conflict, match="wrote while you were answering"):
        Desk(inbox.db).reply(AgentReply(conversation, "agt_mira", "Here you are.", 1), NOW)


def meanwhile_a_message_comes(inbox: Inbox, conversation: str, deed: Callable[[], object]) -> Future[object]:
    """The deed begins while a message is being kept, which is on disk before the deed is done."""
    statement, params = statement_for(Arrival("No, still broken", conversation_id=conversation), NOW)
    with ThreadPoolExecutor() as agent, inbox.db.transaction() as line:
        line.execute(statement, params)
        done = agent.submit(deed)
        behind = "select from pg_locks where pg_backend_pid() = any(pg_blocking_pids(pid)) and not granted"
        while not done.done() and line.execute(behind).fetchone() is None:
            sleep(0.01)
    return done


def test_no_reply_and_no_closing_passes_a_message_that_comes_at_this_very_moment(inbox: Inbox) -> None:
    Workspace(inbox.db).put_agent(mira(), NOW)
    conversation, desk = ada_writes(inbox), Desk(inbox.db)
    reply = AgentReply(conversation, "agt_mira", "Here you are.", 1)

    sent = meanwhile_a_message_comes(inbox, conversation, lambda: desk.reply(reply, NOW))
    assert isinstance(sent.exception(), Conflict)
    closes = partial(desk.resolve, conversation, "agt_mira", Solution("A seat.", seen_seq=2), NOW)
    closed = meanwhile_a_message_comes(inbox, conversation, closes)
    assert isinstance(closed.exception(), Conflict)

    row = Conversations(inbox.db).one(conversation)
    assert (row["status"], row["seq"]) == ("open", 3)


def test_closing_says_what_came_meanwhile_and_goes_once_it_is_read(inbox: Inbox) -> None:
    Workspace(inbox.db).put_agent(mira(), NOW)
    conversation, desk = ada_writes(inbox), Desk(inbox.db)
    inbox.accept(Arrival("No, still broken", conversation_id=conversation), NOW)

    with pytest.raises(Conflict, match="The customer wrote meanwhile"):
        desk.resolve(conversation, "agt_mira", Solution("A seat.", seen_seq=1), NOW)
    assert desk.resolve(conversation, "agt_mira", Solution("A seat.", seen_seq=2), NOW)


def mira() -> Agent:
    return Agent("agt_mira", "Mira", "mira@ledgerly.example")


def billing() -> Team:
    return Team("billing", "Billing")


def test_of_a_long_thread_only_the_newest_words_of_the_customer_are_read_at_a_glance(
    db: Database, inbox: Inbox
) -> None:
    conversation = ada_writes(inbox, "first")
    for n in range(299):
        inbox.accept(Arrival(f"{n}" + " word" * 3_000, conversation_id=conversation), NOW)

    begun = perf_counter()
    said = Conversations(db).said(conversation, 30, 8_000)
    took = perf_counter() - begun
    plan = db.all("explain " + statements("conversations").said, {"id": conversation, "most": 30, "longest": 8_000})

    assert [message.seq for message in said] == list(range(271, 301))
    assert {len(message.text) for message in said} == {8_000}
    assert "Seq Scan" not in str(plan), plan
    assert took < 0.1
