"""Whose turn it is, as the database has it: most pressing first, and what is read is the beginning of what is shown."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count
from random import Random

import pytest

from segue.domain.assessment import Urgency
from segue.domain.conversation import Handler
from segue.domain.people import Account, Agent, Contact
from segue.store.attention import Attention
from segue.store.database import Database
from segue.store.desk import AgentReply, Desk
from segue.store.inbox import Arrival, Inbox
from segue.store.queue import QueueStore
from segue.store.signals import Signals
from segue.store.workspace import Workspace
from segue.web.queue_view import open_queue
from segue.web.rail import MOST
from turns import handed_over

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


class Waiting:
    """Customers who wait for a person; each writes a second after the one before."""

    def __init__(self, db: Database) -> None:
        self.db, self.desk, self.inbox, self.workspace = db, Desk(db), Inbox(db, "here"), Workspace(db)
        self.workspace.apply_policy("name: test", "lena", "first", NOW)
        self.workspace.put_agent(Agent("agt_tom", "Tom", "tom@ledgerly.example"), NOW)
        self._counted = count()

    def comes(self, due: datetime, worth: float = 0.0, frustration: float = 0.0, urgency: Urgency | None = None,
              is_verified: bool = True) -> str:  # fmt: skip
        """Their conversation, handed over with that promise."""
        n = next(self._counted)
        self.workspace.put_accounts([Account(f"acc_{n}", f"Firm {n}", "team", worth)], NOW)
        self.workspace.put_contacts([Contact(f"con_{n}", f"Customer {n}", "", f"acc_{n}", is_verified)], NOW)
        at = NOW + timedelta(seconds=n)
        arrival = Arrival("Hello", external_id=f"con_{n}", is_verified=is_verified)
        conversation = self.inbox.accept(arrival, at).conversation_id
        self.handed_over(due, at)
        self.db.run(
            "update conversations set frustration = %(f)s where id = %(id)s", {"f": frustration, "id": conversation}
        )
        if urgency:
            self.raised(conversation, urgency)
        return conversation

    def writes_again(self, conversation: str, at: datetime) -> None:
        self.inbox.accept(Arrival("Is anybody there?", conversation_id=conversation), at)
        self.handed_over(at + HOUR, at)

    def handed_over(self, due: datetime, at: datetime) -> None:
        while leases := self.inbox.claim(at, 50):
            assert self.inbox.commit([handed_over(lease, due) for lease in leases], at)

    def raised(self, conversation: str, urgency: Urgency) -> None:
        assert Signals(self.db).change_urgency(conversation, "agt_tom", urgency, NOW)

    def shown(self, now: datetime = NOW, view: str = "unassigned") -> list[str]:
        return [row["id"] for row in open_queue(self.db, "agt_tom", view, "", now).rows]

    def read(self, most: int = MOST) -> list[str]:
        return [row["id"] for row in QueueStore(self.db, "agt_tom").rows(Handler.HUMAN, most)]


@pytest.fixture
def waiting(db: Database) -> Waiting:
    return Waiting(db)


def test_who_asks_again_after_a_broken_promise_stays_above_who_was_promised_later(waiting: Waiting) -> None:
    first, second = waiting.comes(NOW + HOUR), waiting.comes(NOW + 2 * HOUR)
    late = NOW + 3 * HOUR
    waiting.desk.breach(late)
    waiting.writes_again(first, late)

    assert waiting.read() == waiting.shown(late) == [first, second]


def test_who_asks_again_is_not_lost_behind_more_than_a_list_holds(waiting: Waiting) -> None:
    first, *_rest = [waiting.comes(NOW + HOUR + timedelta(seconds=n)) for n in range(MOST + 2)]
    late = NOW + 3 * HOUR
    waiting.desk.breach(late)
    waiting.writes_again(first, late)

    assert waiting.shown(late)[0] == first


def test_an_urgency_that_an_agent_raised_outlives_the_next_message(waiting: Waiting) -> None:
    calm, raised = waiting.comes(NOW + HOUR), waiting.comes(NOW + HOUR)
    waiting.raised(raised, Urgency.HIGH)
    waiting.writes_again(raised, NOW)

    assert waiting.read() == waiting.shown() == [raised, calm]


@pytest.mark.parametrize("most", [1, 5, 11])
def test_what_is_read_is_the_beginning_of_what_is_shown(waiting: Waiting, most: int) -> None:
    dice = Random(7)
    for _ in range(12):
        due = NOW + timedelta(hours=dice.uniform(-9, 9))
        waiting.comes(
            due,
            dice.choice([0.0, 400.0, 9e4]),
            dice.random(),
            dice.choice([None, Urgency.LOW, Urgency.HIGH, Urgency.CRITICAL]),
        )

    assert waiting.read(most) == waiting.shown()[:most]


def test_of_two_alike_the_larger_customer_comes_first(waiting: Waiting) -> None:
    ada, grace = waiting.comes(NOW + 4 * HOUR), waiting.comes(NOW + 4 * HOUR, worth=4200)

    assert waiting.shown() == [grace, ada]


def test_what_a_visitor_claims_to_be_worth_moves_nobody(waiting: Waiting) -> None:
    ada = waiting.comes(NOW + 4 * HOUR)
    eve = waiting.comes(NOW + 4 * HOUR, worth=4200, is_verified=False)

    assert waiting.shown() == [ada, eve]


def test_an_account_that_grows_moves_what_waits(waiting: Waiting) -> None:
    ada, grace = waiting.comes(NOW + 4 * HOUR), waiting.comes(NOW + 4 * HOUR)
    assert waiting.shown() == [ada, grace]

    waiting.workspace.put_accounts([Account("acc_1", "Firm 1", "team", 4200.0)], NOW)

    assert waiting.shown() == [grace, ada]


def test_ada_passes_grace_when_her_promise_is_nearer(waiting: Waiting) -> None:
    grace, ada = waiting.comes(NOW + 4 * HOUR, worth=4200), waiting.comes(NOW + HOUR)

    assert waiting.shown() == [ada, grace]


def test_the_upset_customer_comes_before_the_calm_one(waiting: Waiting) -> None:
    calm, upset = waiting.comes(NOW + 4 * HOUR), waiting.comes(NOW + 4 * HOUR, frustration=0.8)

    assert waiting.shown() == [upset, calm]


def test_an_outage_comes_before_a_question(waiting: Waiting) -> None:
    grace = waiting.comes(NOW + 4 * HOUR, worth=4200)
    ada = waiting.comes(NOW + 4 * HOUR, urgency=Urgency.CRITICAL)

    assert waiting.shown() == [ada, grace]


def test_ada_is_not_starved_by_a_stream_of_large_customers(waiting: Waiting) -> None:
    ada, last = waiting.comes(NOW), NOW + 7 * HOUR
    all_at_once = waiting.comes(last, worth=1e9, frustration=1.0, urgency=Urgency.CRITICAL)

    assert waiting.shown(last) == [ada, all_at_once]


def test_equals_stand_in_the_order_they_came(waiting: Waiting) -> None:
    came = [waiting.comes(NOW + HOUR) for _ in range(5)]

    assert waiting.shown() == came


def test_without_a_promise_the_age_presses_as_if_a_day_had_been_promised(waiting: Waiting) -> None:
    at_once, later, unpromised = waiting.comes(NOW), waiting.comes(NOW + 25 * HOUR), waiting.comes(NOW)
    waiting.db.run("update conversations set first_response_due = null where id = %(id)s", {"id": unpromised})

    assert waiting.shown() == [at_once, unpromised, later]


def test_what_waits_for_customers_is_read_by_what_changed_last_as_it_is_shown(waiting: Waiting) -> None:
    ids = [waiting.comes(NOW + HOUR) for _ in range(4)]
    for n, one in enumerate(ids):
        waiting.desk.reply(AgentReply(one, "agt_tom", "It is done."), NOW + (5 - n) * HOUR)

    assert waiting.shown(view="waiting") == ids
    waiting.db.run("update conversations set assignee_id = null")
    assert waiting.read(2) == ids[:2]


def test_what_is_set_aside_is_shown_by_when_it_comes_back(waiting: Waiting) -> None:
    ids = [waiting.comes(NOW + HOUR) for _ in range(3)]
    for n, one in enumerate(ids):
        Attention(waiting.db).snooze(one, "agt_tom", NOW + (9 - n) * HOUR, NOW)

    assert waiting.shown(view="snoozed") == ids[::-1]
