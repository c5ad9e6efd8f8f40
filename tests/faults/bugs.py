"""Seeded bugs: each breaks one line of trust on purpose, so that a test which no bug can fail is found out.

A bug is planted from outside, by changing a statement's text or a function, in this process (`put` is monkeypatch's) or
in the processes of a running house (`seeded/sitecustomize.py` reads their names from SEGUE_SEEDED). Product code has no
hooks. A statement that no longer holds the words a bug changes is an error: the bug must be planted anew.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import psycopg

Put = Callable[[Any, str, object], object]

ANY_NUMBER_OF_REPLIES = """
drop index one_reply_each;
alter table decisions drop constraint decisions_pkey;
alter table assessments drop constraint assessments_pkey;
alter table answers drop constraint answers_pkey;
alter table briefings drop constraint briefings_pkey;
"""
"""Three guards keep a reply from being given twice: the token, this index, and one record per message. Run it in the
database; it takes the last two away."""


def plant(name: str, put: Put = setattr, url: str = "") -> None:
    """`any number of replies` is planted in the database at `url`, all others in this process."""
    if name == "any number of replies":
        with psycopg.connect(url) as connection:
            connection.execute(ANY_NUMBER_OF_REPLIES)
    else:
        BUGS[name](put)


# R1


def answers_before_it_writes(put: Put) -> None:
    """The 202 goes out at once, and the row is written a moment later."""
    from segue.store.inbox import Accepted, Arrival, statement_for
    from segue.web.accepting import FrontDoor

    accept, later = FrontDoor.accept, set[asyncio.Task[Any]]()

    async def hasty(self: FrontDoor, arrival: Arrival) -> Accepted:
        if arrival.conversation_id:
            return await accept(self, arrival)
        statement, params = statement_for(arrival, datetime.now(UTC))

        async def write() -> None:
            await asyncio.sleep(0.3)
            await self._row(statement, params)
            self._bell.ring("ready")

        task = asyncio.get_running_loop().create_task(write())
        later.add(task)
        task.add_done_callback(later.discard)
        return Accepted(params["conversation_id"], 0, 1)

    put(FrontDoor, "accept", hasty)


def never_commits(put: Put) -> None:
    """The row is written, answered for, and rolled back; a line that breaks is told as ever."""
    from psycopg import Error
    from psycopg_pool import PoolTimeout

    from segue.domain.errors import DatabaseUnavailable
    from segue.web.accepting import FrontDoor

    async def row(self: FrontDoor, statement: str, params: dict[str, Any]) -> Any | None:
        try:
            async with self._pool.connection() as connection, connection.transaction(force_rollback=True):
                return await (await connection.execute(statement, params)).fetchone()
        except (Error, PoolTimeout) as error:
            raise DatabaseUnavailable("The database does not answer.", "Nothing was saved; send it again.") from error

    put(FrontDoor, "_row", row)


def commits_without_flushing(put: Put) -> None:
    """PostgreSQL says done before the record is on disk."""
    from segue.store import server

    put(server, "SETTINGS", {**server.SETTINGS, "synchronous_commit": "off", "wal_writer_delay": "10s"})


# R2


def leases_never_run_out(put: Put) -> None:
    _say_otherwise(put, "inbox", "claim", "(lease_until is null or lease_until < %(now)s)", "lease_until is null")


def the_dead_keep_their_leases(put: Put) -> None:
    _say_otherwise(
        put, "inbox", "bury",
        "(leased_by in (select id from dead) or not exists (select from workers w where w.id = leased_by))", "false",
    )  # fmt: skip


def failed_turns_are_not_tried_again(put: Put) -> None:
    _say_otherwise(put, "inbox", "release", "ready_at = %(retry_at)s", "ready_at = null")


def nobody_gives_up(put: Put) -> None:
    from segue.intake import worker

    put(worker, "ATTEMPTS", 10**9)
    put(worker, "PATIENCE", timedelta(days=10**6))


def giving_up_reads_the_text_again(put: Put) -> None:
    from segue.intake.receive import Receiver

    put(Receiver, "_briefed_somehow", lambda self, c, decision: self.desk.brief(c, None, None, decision))


# R3 and R5


def commits_ignore_the_token(put: Put) -> None:
    _say_otherwise(put, "inbox", "commit", " and c.token = t.token and c.leased_by = %(worker)s",
                   " and %(worker)s::text is not null")  # fmt: skip


def the_token_is_compared_before_the_row_is_held(put: Put) -> None:
    """As it stood when the statement began: only who takes over while it waits for the row finds this out."""
    _say_otherwise(put, "inbox", "commit", "where c.id = t.id and c.token = t.token and c.leased_by = %(worker)s",
                   "where c.id = t.id and exists (select from conversations x where x.id = t.id"
                   " and x.token = t.token and x.leased_by = %(worker)s)")  # fmt: skip


def commits_ignore_the_switch(put: Put) -> None:
    _say_otherwise(put, "inbox", "commit", "from silenced where", "from silenced where false and")


def commits_ignore_what_was_lowered(put: Put) -> None:
    _say_otherwise(put, "inbox", "commit", "and rung < before", "and false")


def mails_leave_whatever_the_switch_says(put: Put) -> None:
    _say_otherwise(put, "outbox", "may_leave", "from silenced where", "from silenced where false and")


def mails_are_not_stopped(put: Put) -> None:
    _say_otherwise(put, "outbox", "stop", "from silenced where", "from silenced where false and")


def hands_on_the_composer_take_it_in_silence(put: Put) -> None:
    """What comes while an agent types is people's for good, though the agent goes again and nobody is told."""
    from segue.domain.conversation import Conversation

    put(Conversation, "is_under_hands", False)


def closing_looks_at_nothing(put: Put) -> None:
    _say_otherwise(put, "desk", "resolve", " and customer_seq <= coalesce(%(seen_seq)s::int, customer_seq)",
                   " and %(seen_seq)s::int is distinct from -1")  # fmt: skip


def every_try_is_a_mail_of_its_own(put: Put) -> None:
    """A mail that is sent again has another id: whoever got both has two answers."""
    from segue.domain.mail import MailKeys

    numbers = count()
    put(MailKeys, "message_id", lambda self, conversation, seq: f"<{next(numbers)}@{self.domain}>")


# R4


def the_newest_message_first(put: Put) -> None:
    _say_otherwise(put, "inbox", "claim", "order by seq limit 1", "order by seq desc limit 1")


def who_waited_least_comes_first(put: Put) -> None:
    _say_otherwise(put, "inbox", "claim", "order by ready_at limit", "order by ready_at desc limit")


def the_last_is_answered_first(put: Put) -> None:
    """All are considered, from the newest to the oldest."""
    undecided = "not exists (select from decisions d where d.conversation_id = {of} and d.seq = {seq})"
    earlier = undecided.format(of="m.conversation_id", seq="m.seq")
    _say_otherwise(put, "inbox", "claim", "order by seq limit 1", "order by seq desc limit 1")
    _say_otherwise(put, "inbox", "claim", "and seq > c.considered_seq and author",
                   f"and {undecided.format(of='c.id', seq='messages.seq')} and author")  # fmt: skip
    _say_otherwise(put, "inbox", "commit", "set considered_seq = t.seq", "set considered_seq = c.customer_seq")
    _say_otherwise(
        put, "inbox", "commit", "ready_at = case when c.customer_seq > t.seq then t.at end",
        "ready_at = case when exists (select from messages m where m.conversation_id = c.id and m.author = 'customer' "
        f"and m.seq <> t.seq and {earlier}) then t.at end",
    )  # fmt: skip


def replies_take_no_number(put: Put) -> None:
    _say_otherwise(put, "inbox", "commit", "seq = c.seq + (t.says <> '')::int,", "seq = c.seq,")


def repeats_are_new_messages(put: Put) -> None:
    from segue.store import inbox
    from segue.web import accepting

    statement_for = inbox.statement_for

    def forgetful(arrival: inbox.Arrival, now: datetime) -> tuple[str, dict[str, Any]]:
        statement, params = statement_for(arrival, now)
        return statement, params | {"client_id": f"{arrival.client_id}@{now.timestamp()}"}

    put(inbox, "statement_for", forgetful)
    put(accepting, "statement_for", forgetful)


def replies_wait_for_none_before_them(put: Put) -> None:
    _say_otherwise(put, "waiting_replies", "due", "(e.made_at, e.id) < (w.made_at, w.id)", "false")


def mails_wait_for_none_before_them(put: Put) -> None:
    _say_otherwise(put, "outbox", "due", "e.attempts < 4", "false")


# R5


def taking_over_keeps_the_token(put: Put) -> None:
    _say_otherwise(put, "desk", "take", "token = token + 1, leased_by = null, lease_until = null,", "")


def replying_keeps_the_token(put: Put) -> None:
    _say_otherwise(put, "desk", "reply", "token = token + 1,\n        leased_by = null, lease_until = null, ", "")


def holding_keeps_the_token(put: Put) -> None:
    _say_otherwise(
        put, "desk", "hold",
        """,
        token = token + (held_until is null or held_until <= %(now)s)::int,
        leased_by = case when held_until > %(now)s then leased_by end,
        lease_until = case when held_until > %(now)s then lease_until end""", "",
    )  # fmt: skip


def mails_go_out_that_were_taken_back(put: Put) -> None:
    _say_otherwise(put, "outbox", "due", " and cancelled_at is null", "")


# R6


def breaches_are_told_again(put: Put) -> None:
    _say_otherwise(put, "desk", "breach", " and not k.clock = any(c.breached)", "")


def clocks_are_not_put_right(put: Put) -> None:
    """What a clock that ran ahead wrote waits until it comes round."""
    _say_otherwise(put, "inbox", "put_right", "where ready_at is not null", "where false and ready_at is not null")


# R8


def issues_are_created_without_a_look(put: Put) -> None:
    from segue.app.filing import Filing

    def hasty(self: Filing, row: Any) -> str:
        return self.tracker.create(row.title, self._text(row.topic_id), f"Segue {row.topic_id}")

    put(Filing, "_file", hasty)


def two_file_the_same_at_once(put: Put) -> None:
    """What is due stays due for whoever asks next."""
    _say_otherwise(put, "issues", "due", "* interval '1 minute'", "* interval '0 minutes'")


# R9


def a_place_is_kept_before_its_mail(put: Put) -> None:
    """Where in a mailbox one has read is written down first: a line that drops then has lost a mail."""
    from segue.integrations.mail.imap import Watcher

    take = Watcher._take_one

    def hasty(self: Watcher, imap: Any, uid: int) -> None:
        self._save({"validity": self._validity, "uid": uid})
        take(self, imap, uid)

    put(Watcher, "_take_one", hasty)


def mails_are_known_by_their_id_alone(put: Put) -> None:
    """Whoever takes another mail's Message-ID is taken for that mail."""
    from email import message_from_bytes

    from segue.store import mail

    whole = mail.key_of

    def by_id(raw: bytes, is_cut: bool = False) -> str:
        return str(message_from_bytes(raw)["Message-ID"] or whole(raw, is_cut))

    put(mail, "key_of", by_id)


def mail_is_taken_without_being_kept(put: Put) -> None:
    """Every other mail: 250 is said, and nothing was written."""
    from segue.store.mail import MailStore

    keep, times = MailStore.keep, count()

    def careless(self: MailStore, *mail: Any, **more: Any) -> Any:
        return keep(self, *mail, **more) if next(times) % 2 else None

    put(MailStore, "keep", careless)


# R11


def a_handback_is_told_to_nobody(put: Put) -> None:
    _say_otherwise(
        put, "desk", "hand_back", "%(now)s from c\n)\nselect id from c",
        "%(now)s from c where false\n)\nselect id from c",
    )  # fmt: skip


def what_the_assistant_does_is_told_to_nobody(put: Put) -> None:
    """It is stored, and whoever follows hears of customers and agents alone."""
    from segue.store.events import Event, EventLog

    after = EventLog.after

    def some(self: EventLog, cursor: str, limit: int = 500) -> list[Event]:
        return [event for event in after(self, cursor, limit) if event.author != "assistant"]

    put(EventLog, "after", some)


# R12


def backups_leave_notes_out(put: Put) -> None:
    from segue.store import backup

    run = backup._run

    def some(program: str, *more: str) -> bytes:
        return run(program, *(("--exclude-table-data=notes",) if program == "pg_dump" else ()), *more)

    put(backup, "_run", some)


# R13


def words_go_out_whatever_was_decided(put: Put) -> None:
    from segue.intake.receive import Receiver

    says = Receiver._says

    def chatty(self: Receiver, conversation: Any, turn: Any, promise: Any, now: datetime) -> str:
        return turn.answer.text if turn.answer else says(self, conversation, turn, promise, now)

    put(Receiver, "_says", chatty)


def deeds_may_be_claimed(put: Put) -> None:
    """Whatever the assistant says it did goes to the customer."""
    from segue.intake import receive

    put(receive, "honest", lambda answer: answer)


# R7


def praise_has_no_cap(put: Put) -> None:
    """The thousandth "right" of one contact counts like the first."""
    from segue.learning import evidence

    put(evidence, "AGAIN", 1.0)


def strangers_are_known(put: Put) -> None:
    _say_otherwise(put, "evidence", "cases", "k.is_known,", "true as is_known,")


def an_incident_is_as_many_cases_as_customers(put: Put) -> None:
    """What all write in the same words on one day counts each time."""
    from segue.domain.evidence import JudgedCase

    put(JudgedCase, "asked", property(lambda self: self.message))


def a_company_counts_for_any_number(put: Put) -> None:
    """Whoever owns a domain is as many customers as it has addresses."""
    from segue.store import evidence

    put(evidence, "_company", lambda row: "")


def keys_are_one_voice_no_more(put: Put) -> None:
    """What a key says in the name of an agent is the agent's word."""
    from segue.domain.evidence import JudgedCase

    put(JudgedCase, "voice", property(lambda self: self.contact))


def a_fig_leaf_is_a_second_agent(put: Put) -> None:
    """One judged case makes an agent one of the two."""
    from segue.learning import boundary

    put(boundary, "EACH", 1)


def one_agent_counts_for_any_number(put: Put) -> None:
    """What one agent praises counts whole, however little all others judged."""
    from segue.learning import evidence

    put(evidence, "AHEAD", 10**6)


def a_rehearsal_needs_no_name(put: Put) -> None:
    """A category begins as far as its past proves, whatever stands in the history."""
    from segue.policy.boundary import Boundary

    put(Boundary, "begins", lambda self, moves: self)


def anybody_publishes(put: Put) -> None:
    """Whoever is the author of the live policy answers for it, a machine or the house itself."""
    from segue.store.workspace import Workspace

    put(Workspace, "publisher", lambda self: self.policies()[0].author)


def what_is_proven_begins(put: Put) -> None:
    """A rehearsal without a name under it begins in the name of Segue."""
    from segue.learning import begun

    put(begun, "_placed", lambda standing, policy, publisher, named, is_later: (standing.rung, "segue", begun.PROVEN))


def judges_take_up_their_own(put: Put) -> None:
    """The proof may rest on what the approver judged."""
    from segue.learning.record import Record

    put(Record, "without", lambda self, judge: self)


def offers_pile_up(put: Put) -> None:
    """The statement no longer looks for an open offer; take its index `one_open_offer` away, too."""
    clause = "on conflict (category, tier, channel) where closed_at is null do nothing"
    _say_otherwise(put, "moves", "offer", clause, "")


def offers_stay_open(put: Put) -> None:
    """An offer can be taken up again, and nobody looks whether it was."""
    from segue.learning import ladder

    _say_otherwise(put, "moves", "move", "where id = %(offer_id)s and closed_at is null", "where id = %(offer_id)s")
    survey = ladder.survey

    def as_then(record: Any, *more: Any) -> Any:
        return survey(replace(record, boundary=replace(record.boundary, moves={})), *more)

    put(ladder, "survey", as_then)
    put(ladder.Ladder, "_is_closed", lambda self, offer: False)


def sources_alarm_nobody(put: Put) -> None:
    from segue.learning import alarms

    put(alarms, "_of_sources", lambda sources, cases, rung, since: None)


def customers_are_not_heard(put: Put) -> None:
    """What they say of an answer is recorded, and no case learns of it."""
    from segue.learning.judging import Judging

    put(Judging, "hear_outcome", lambda self, event: False)


def what_is_settled_goes_up_by_itself(put: Put) -> None:
    """Instead of being offered to a lead."""
    from segue.learning.ladder import SEGUE, Ladder

    step = Ladder._step

    def hasty(self: Ladder, report: Any, kept: Any, now: datetime, seen: int) -> str:
        if report.settled:
            up = self._up(report, report.to, "settled", SEGUE, now)
            self.history.move(replace(up, cause=report.moved.cause), seen=seen)
            return "settled"
        return step(self, report, kept, now, seen)

    put(Ladder, "_step", hasty)


def any_settling_will_do(put: Put) -> None:
    """Nobody looks whether the article says what it said."""
    from segue.learning.alarms import Sources

    put(Sources, "are_settled", lambda self, move: True)


# no bugs, but weather in which they show sooner


def turns_take_a_moment(put: Put) -> None:
    """About as long as with the real encoder, so that a worker is seldom killed while it has nothing in hand."""
    _considers_for(put, 0.03)


def turns_take_long(put: Put) -> None:
    _considers_for(put, 0.08)


def leases_are_short(put: Put) -> None:
    from segue.store import inbox

    put(inbox, "LEASE", timedelta(seconds=0.7))


def _considers_for(put: Put, seconds: float) -> None:
    from segue.intake.receive import Receiver

    consider = Receiver.consider

    def slowly(self: Receiver, conversation: Any, now: datetime) -> Any:
        turn = consider(self, conversation, now)
        time.sleep(seconds)
        return turn

    put(Receiver, "consider", slowly)


def _say_otherwise(put: Put, stem: str, name: str, before: str, after: str) -> None:
    from segue.store.sql import statements

    said = getattr(statements(stem), name)
    if before not in said:
        raise LookupError(f"{stem}.{name} no longer says {before!r}: plant this bug anew.")
    put(statements(stem), name, said.replace(before, after))


BUGS: dict[str, Callable[[Put], None]] = {
    bug.__name__: bug
    for bug in (
        a_rehearsal_needs_no_name, anybody_publishes, what_is_proven_begins,
        answers_before_it_writes, never_commits, commits_without_flushing, leases_never_run_out,
        the_dead_keep_their_leases, failed_turns_are_not_tried_again, nobody_gives_up, commits_ignore_the_token,
        the_token_is_compared_before_the_row_is_held,
        commits_ignore_the_switch, commits_ignore_what_was_lowered, mails_leave_whatever_the_switch_says,
        mails_are_not_stopped,
        giving_up_reads_the_text_again,
        the_newest_message_first, the_last_is_answered_first, who_waited_least_comes_first,
        replies_take_no_number, repeats_are_new_messages, taking_over_keeps_the_token,
        replying_keeps_the_token, holding_keeps_the_token, praise_has_no_cap, strangers_are_known,
        a_fig_leaf_is_a_second_agent, judges_take_up_their_own, offers_pile_up, offers_stay_open,
        keys_are_one_voice_no_more, one_agent_counts_for_any_number,
        an_incident_is_as_many_cases_as_customers, a_company_counts_for_any_number,
        sources_alarm_nobody, customers_are_not_heard, what_is_settled_goes_up_by_itself, any_settling_will_do,
        mails_go_out_that_were_taken_back, breaches_are_told_again, mails_are_known_by_their_id_alone,
        a_handback_is_told_to_nobody, what_the_assistant_does_is_told_to_nobody, mail_is_taken_without_being_kept,
        backups_leave_notes_out, words_go_out_whatever_was_decided, deeds_may_be_claimed,
        issues_are_created_without_a_look, two_file_the_same_at_once,
        replies_wait_for_none_before_them, mails_wait_for_none_before_them,
        hands_on_the_composer_take_it_in_silence, closing_looks_at_nothing,
        clocks_are_not_put_right, a_place_is_kept_before_its_mail, every_try_is_a_mail_of_its_own,
        turns_take_a_moment, turns_take_long, leases_are_short,
    )
}  # fmt: skip
