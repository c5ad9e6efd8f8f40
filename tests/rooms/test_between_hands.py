"""What one statement of the store leaves to the next: clocks, hands, files and states that pass from one to another."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from segue.domain.conversation import Channel, Handler
from segue.domain.decision import Action, Because, Reason
from segue.domain.errors import Conflict
from segue.domain.mail import Attachment
from segue.domain.people import Agent, Team
from segue.domain.turn import Commit
from segue.store.attachments import Attachments
from segue.store.contacts import Contacts
from segue.store.database import Database
from segue.store.desk import AgentReply, Desk, Solution
from segue.store.events import EventLog
from segue.store.inbox import Arrival, Inbox
from segue.store.mail import MailStore
from segue.store.outbox import Outbox
from segue.store.waiting_replies import WaitingReplies
from segue.store.watch import Watch
from segue.store.workspace import Workspace
from turns import answered, handed_over

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
LATER, DUE = NOW + timedelta(minutes=50), NOW + timedelta(hours=1)
MIRA, TOM = "agt_mira", "agt_tom"
MARKED = """insert into judgements (conversation_id, seq, source, verdict, weight, author, version, because, at)
values (%(id)s, %(seq)s, 'marked', 'wrong', 1, 'agt_mira', '1', 'a key', %(now)s)"""


class Desks:
    """A small house: Ada writes, the assistant answers or hands over, Mira and Tom are agents."""

    def __init__(self, db: Database) -> None:
        workspace = Workspace(db)
        workspace.apply_policy("name: test", "lena", "first", NOW)
        workspace.put_team(Team("billing", "Billing"))
        for agent in (MIRA, TOM):
            workspace.put_agent(Agent(agent, agent[4:].title(), f"{agent[4:]}@ledgerly.example"), NOW)
        self.db, self.inbox, self.desk = db, Inbox(db, "here"), Desk(db)
        self.conversation = ""

    def ada_writes(
        self, text: str = "Why is my invoice higher?", at: datetime = NOW, by: Channel = Channel.CHAT
    ) -> None:
        arrival = Arrival(text, by, self.conversation or None, external_id="ada", is_verified=True,
                          email="ada@ledgerly.example")  # fmt: skip
        self.conversation = self.inbox.accept(arrival, at).conversation_id

    def is_answered(self, at: datetime = NOW) -> None:
        (lease,) = self.inbox.claim(at)
        assert self.inbox.commit([Commit(lease, answered(), "Because of the new seat.")], at)

    def is_handed_over(self, at: datetime = NOW, due: datetime = DUE) -> None:
        (lease,) = self.inbox.claim(at)
        assert self.inbox.commit([handed_over(lease, due)], at)

    def mira_replies(self, text: str = "It is the new seat.", at: datetime = NOW) -> int:
        return self.desk.reply(AgentReply(self.conversation, MIRA, text), at)

    def row(self, *names: str) -> tuple[object, ...]:
        row = self.db.one("select * from conversations where id = %(id)s", {"id": self.conversation})
        return tuple(getattr(row, name) for name in names)

    def events(self) -> list[str]:
        return [e.kind for e in EventLog(self.db).after("0-0") if e.conversation_id == self.conversation]

    def resolutions(self) -> list[tuple[str, str, str]]:
        rows = self.db.all("select resolved_by, outcome, solution from resolutions order by at")
        return [(row.resolved_by, row.outcome, row.solution) for row in rows]


@pytest.fixture
def desks(db: Database) -> Desks:
    return Desks(db)


def test_a_team_finds_what_it_is_given_among_what_is_open(desks: Desks) -> None:
    desks.ada_writes()
    desks.is_answered()
    desks.desk.assign_team(desks.conversation, "billing", MIRA, NOW)

    assert desks.row("status", "handler", "team_id") == ("open", "human", "billing")


def test_who_takes_what_is_theirs_already_changes_nothing(desks: Desks) -> None:
    desks.ada_writes()
    desks.is_handed_over()
    desks.mira_replies()
    before = desks.row("status", "waiting_since", "token", "changed_at"), desks.events()

    assert desks.desk.take(desks.conversation, MIRA, LATER) is False
    assert (desks.row("status", "waiting_since", "token", "changed_at"), desks.events()) == before


def test_who_takes_over_from_a_colleague_waits_for_the_customer_on(desks: Desks) -> None:
    desks.ada_writes()
    desks.is_handed_over()
    desks.mira_replies()

    assert desks.desk.take(desks.conversation, TOM, LATER, force=True) is True
    assert desks.row("status", "waiting_since", "assignee_id") == ("waiting", None, TOM)


def test_whoever_answers_first_has_taken_it(desks: Desks) -> None:
    desks.ada_writes()
    desks.is_answered()
    desks.mira_replies()

    assert desks.events()[-2:] == ["conversation.claimed", "message.sent"]
    assert [row.agent_id for row in desks.db.all("select agent_id from claims where released_at is null")] == [MIRA]
    desks.mira_replies("And it comes off again.")
    assert desks.events()[-1] == "message.sent"
    assert desks.events().count("conversation.claimed") == 1


def test_a_late_line_opens_what_was_resolved_and_breaks_no_promise_that_was_kept(desks: Desks) -> None:
    desks.ada_writes()
    desks.is_handed_over()
    desks.mira_replies()
    desks.desk.resolve(desks.conversation, MIRA, Solution("The seat."), NOW)
    desks.mira_replies("By the way: the refund is on its way.", LATER)

    assert desks.row("status", "resolved_at", "episode", "assignee_id") == ("waiting", None, 2, MIRA)
    assert desks.events()[-2:] == ["conversation.reopened", "message.sent"]
    assert desks.desk.breach(NOW + timedelta(days=9)) == 0
    desks.desk.resolve(desks.conversation, MIRA, Solution("Have a good weekend!"), LATER)
    assert desks.resolutions() == [(MIRA, "contained", "The seat.")], (
        "what solved it holds, and a farewell solves nothing"
    )

    desks.mira_replies("The refund has left.", LATER)
    desks.ada_writes("Thank you.", LATER)
    assert desks.row("handler", "assignee_id") == ("human", MIRA), "it is hers, and no assistant speaks over her"


def test_a_mail_that_is_taken_back_puts_the_clocks_back_as_they_were(desks: Desks) -> None:
    desks.ada_writes(by=Channel.EMAIL)
    desks.is_handed_over()
    clocks = ("status", "waiting_since", "first_responded_at", "first_response_due", "next_response_due")
    before = desks.row(*clocks)
    seq = desks.mira_replies(at=LATER)
    assert desks.row(*clocks) != before

    Outbox(desks.db).take_back(desks.conversation, seq, MIRA, LATER)

    assert desks.row(*clocks) == before == ("open", NOW, None, DUE, None)
    assert desks.desk.breach(DUE + timedelta(days=1)) == 1


def test_a_late_line_that_is_taken_back_leaves_nobody_waiting_and_brings_no_promise_back(desks: Desks) -> None:
    desks.ada_writes(by=Channel.EMAIL)
    desks.is_handed_over()
    desks.desk.resolve(desks.conversation, MIRA, Solution(""), NOW)
    seq = desks.mira_replies("By the way: the refund is on its way.", LATER)

    Outbox(desks.db).take_back(desks.conversation, seq, MIRA, LATER)

    assert desks.row("status", "waiting_since", "first_response_due", "next_response_due") == ("waiting", *[None] * 3)
    assert desks.desk.breach(DUE + timedelta(days=9)) == 0


def test_a_late_line_on_what_the_assistant_had_begins_no_promise(desks: Desks) -> None:
    """Nobody waits: who has taken it owes nothing yet."""
    desks.ada_writes()
    desks.is_answered()
    desks.desk.fall_silent(NOW + timedelta(days=1), silent := NOW + timedelta(days=4))
    desks.mira_replies("Just so you know: the page is new.", silent)

    assert "conversation.claimed" not in desks.events(), "by which promises begin"
    assert [row.agent_id for row in desks.db.all("select agent_id from claims where released_at is null")] == [MIRA]


def test_what_was_judged_and_is_handed_back_is_considered_anew(desks: Desks) -> None:
    desks.ada_writes()
    desks.is_handed_over()
    desks.mira_replies()
    desks.ada_writes("How do I add a seat?", LATER)
    seq = desks.row("customer_seq")[0]
    given = answered()
    aside = replace(given, decision=replace(given.decision, action=Action.SUGGEST, handler=Handler.HUMAN))
    (lease,) = desks.inbox.claim(LATER)
    assert desks.inbox.commit([Commit(lease, aside, "")], LATER)
    with desks.db.transaction() as line:
        line.execute(MARKED, {"id": desks.conversation, "seq": seq, "now": LATER})
    desks.desk.hand_back(desks.conversation, MIRA, LATER)

    (lease,) = desks.inbox.claim(LATER)
    assert desks.inbox.commit([Commit(lease, given, "Open Billing.")], LATER)

    assert desks.row("handler", "considered_seq") == ("assistant", seq)
    assert desks.db.one("select count(*) as n from judgements").n == 1


def test_what_did_not_arrive_is_no_answer_where_it_is_handed_back(desks: Desks) -> None:
    desks.ada_writes(by=Channel.EMAIL)
    desks.is_answered()
    MailStore(desks.db).undelivered(desks.conversation, 2, "Unknown user.", NOW)
    desks.desk.hand_back(desks.conversation, MIRA, LATER)

    desks.is_answered(LATER)

    assert desks.row("status", "handler", "considered_seq") == ("waiting", "assistant", 1)


def test_a_reply_that_is_about_to_go_is_an_answer_where_it_is_handed_back(desks: Desks) -> None:
    desks.ada_writes()
    desks.is_handed_over()
    WaitingReplies(desks.db).put(AgentReply(desks.conversation, MIRA, "It is the new seat.", seen_seq=2), LATER, NOW)

    desks.desk.require_answer(desks.conversation)
    desks.desk.hand_back(desks.conversation, MIRA, NOW)

    assert desks.row("status", "ready_at") == ("waiting", None)


def test_who_answers_while_a_colleague_hands_back_is_the_only_one_who_does(desks: Desks) -> None:
    desks.ada_writes()
    desks.is_handed_over()
    desks.mira_replies()
    with ThreadPoolExecutor(1) as pool:
        with desks.db.transaction() as line:
            line.execute("update conversations set seq = seq + 1 where id = %s", (desks.conversation,))
            back = pool.submit(desks.desk.hand_back, desks.conversation, MIRA, NOW)
            assert wait([back], 0.3).not_done, "it waits for the row"
        with pytest.raises(Conflict):
            back.result(20)
    assert desks.row("handler") == ("human",)


def test_of_two_mails_that_are_both_taken_back_none_is_an_answer(desks: Desks) -> None:
    desks.ada_writes(by=Channel.EMAIL)
    desks.is_handed_over()
    seqs = [desks.mira_replies(at=LATER), desks.mira_replies("It is the seat of Tuesday.", LATER)]
    for seq in reversed(seqs):
        Outbox(desks.db).take_back(desks.conversation, seq, MIRA, LATER)

    assert desks.row("status", "first_responded_at", "first_response_due", "waiting_since") == ("open", None, DUE, NOW)


def test_what_a_key_said_last_stays_the_keys_word_where_silence_closes(desks: Desks) -> None:
    desks.ada_writes()
    desks.is_handed_over()
    desks.desk.reply(AgentReply(desks.conversation, MIRA, "It is the new seat."), NOW, "key:bot")
    desks.desk.hand_back(desks.conversation, MIRA, NOW)

    assert desks.desk.fall_silent(NOW + timedelta(days=1), NOW + timedelta(days=4)) == 1
    assert desks.db.one("select resolved_by, voice from resolutions") == (MIRA, "key:bot")


def test_what_is_given_to_people_at_once_waits_in_the_queue_of_a_team(desks: Desks) -> None:
    desks.ada_writes(by=Channel.EMAIL)
    (lease,) = desks.inbox.claim(NOW)
    handed = handed_over(lease, DUE)
    because = (Because(Reason.GIVEN_TO_PEOPLE, "conversation.handler"),)
    decision = replace(handed.turn.decision, action=Action.SUGGEST, because=because)
    assert desks.inbox.commit([Commit(lease, replace(handed.turn, decision=decision), "")], NOW)

    assert desks.row("handler", "team_id") == ("human", "billing")


def test_a_mail_that_is_taken_back_behind_another_leaves_the_other_an_answer(desks: Desks) -> None:
    desks.ada_writes(by=Channel.EMAIL)
    desks.is_handed_over()
    first = desks.mira_replies(at=LATER)
    desks.mira_replies("It is the seat of Tuesday.", LATER)

    Outbox(desks.db).take_back(desks.conversation, first, MIRA, LATER)

    assert desks.row("status", "first_responded_at", "first_response_due") == ("waiting", LATER, None)


def test_nobody_waits_since_before_a_conversation_ended(desks: Desks) -> None:
    """Handed back the promise of people runs on; the assistant answers, silence closes it."""
    desks.ada_writes()
    desks.is_handed_over()
    desks.desk.hand_back(desks.conversation, MIRA, NOW)
    desks.ada_writes("Never mind, how do I add a seat?")
    desks.is_answered()
    silent = NOW + timedelta(days=4)
    assert desks.desk.fall_silent(silent - timedelta(days=3), silent) == 1
    assert desks.row("status", "waiting_since") == ("resolved", None)

    back = silent + timedelta(days=20)
    desks.ada_writes("It is higher again.", back)
    assert desks.row("status", "waiting_since") == ("open", back)


def test_silence_after_a_persons_answer_is_that_persons(desks: Desks) -> None:
    desks.ada_writes()
    desks.is_answered()
    desks.ada_writes("No, I want a person.")
    desks.is_handed_over()
    desks.mira_replies("It is the seat of Tuesday.")
    desks.desk.hand_back(desks.conversation, MIRA, NOW)
    assert desks.row("status") == ("waiting",)

    silent = NOW + timedelta(days=4)
    assert desks.desk.fall_silent(silent - timedelta(days=3), silent) == 1
    assert desks.resolutions() == [(MIRA, "assumed", "It is the seat of Tuesday.")]


def test_what_is_opened_again_by_hand_is_told_once_when_the_customer_writes_too(desks: Desks) -> None:
    desks.ada_writes()
    desks.is_handed_over()
    desks.desk.resolve(desks.conversation, MIRA, Solution("The seat."), NOW)
    desks.desk.reopen(desks.conversation, MIRA, NOW)
    desks.ada_writes("It is higher again.")
    desks.is_handed_over()

    assert desks.events().count("conversation.reopened") == 1


def test_another_company_is_told_to_whoever_mirrors_what_is_open(desks: Desks) -> None:
    desks.ada_writes()
    desks.is_handed_over()
    desks.db.run(
        "insert into accounts (id, external_id, name, tier, value, health, created_at)"
        " values ('acc_1', 'acme', 'Acme', 'enterprise', 9000, 0.5, %(now)s)", {"now": NOW}
    )  # fmt: skip
    (contact, before) = desks.row("contact_id", "presses_at")

    Contacts(desks.db).set_account(str(contact), "acme", "key:crm", LATER)

    assert desks.row("presses_at") != (before,)
    assert desks.events()[-1] == "contact.account_changed"
    assert Watch(desks.db).broken(LATER)["R11"] == 0


@pytest.mark.parametrize("text", ["It is the new seat.", "Something else."])
def test_a_reply_that_is_posted_again_takes_no_colleagues_hands(desks: Desks, text: str) -> None:
    desks.ada_writes()
    desks.is_handed_over()
    waiting = WaitingReplies(desks.db)
    first = AgentReply(desks.conversation, MIRA, "It is the new seat.", 9, "c1")
    waiting.put(first, NOW + timedelta(seconds=10), NOW)
    (due,) = waiting.due(LATER)
    desks.desk.reply(due.reply, LATER)
    waiting.close(due.id, "sent", LATER)
    desks.desk.hold(desks.conversation, TOM, LATER)
    held = desks.row("held_by", "held_until", "token")

    with suppress(Conflict):
        waiting.put(AgentReply(desks.conversation, MIRA, text, 9, "c1"), LATER + timedelta(seconds=10), LATER)

    assert desks.row("held_by", "held_until", "token") == held
    assert held[0] == TOM


def test_a_reply_that_waits_keeps_its_file(desks: Desks) -> None:
    desks.ada_writes()
    desks.is_handed_over()
    file = Attachments(desks.db).keep(
        Attachment("a.txt", "text/plain", b"hello"), MIRA, NOW, 9, desks.conversation, "reply"
    )
    assert file
    waiting = WaitingReplies(desks.db)
    waiting.put(
        AgentReply(desks.conversation, MIRA, "With a file", 9, "c1", [file.id]), NOW + timedelta(seconds=10), NOW
    )

    desks.desk.reply(AgentReply(desks.conversation, MIRA, "Another", 9, "c2", [file.id]), NOW)
    (due,) = waiting.due(LATER)
    assert due.reply.files == (file.id,)

    seq = desks.desk.reply(due.reply, LATER)
    row = desks.db.one("select seq, reply_id from attachments where id = %(id)s", {"id": file.id})
    assert row == (seq, None)


@pytest.mark.parametrize(("letters", "cut"), [(120, False), (121, True)])
def test_a_line_is_cut_only_where_there_is_more_of_it(desks: Desks, letters: int, cut: bool) -> None:
    text = ("word " * 40)[: letters - 1] + "x"
    desks.ada_writes(text)
    desks.is_answered()

    (subject,) = desks.row("subject")
    assert str(subject).endswith("…") is cut
    assert (subject == text) is not cut


def test_hands_by_a_clock_that_ran_ahead_are_put_right(desks: Desks) -> None:
    desks.ada_writes()
    desks.desk.hold(desks.conversation, MIRA, NOW + timedelta(hours=2))
    (lease,) = desks.inbox.claim(NOW)
    desks.inbox.stand_by(lease, NOW)
    assert desks.inbox.put_right(NOW) == 1

    (again,) = desks.inbox.claim(NOW)
    assert not again.conversation.is_under_hands
