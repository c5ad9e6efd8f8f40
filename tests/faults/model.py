"""A model of the inbox, ownership and the outbox in plain Python, and the house it is held against step by step.

The model knows no SQL and no row locks: what each deed does to a conversation stands here once more, as short as it can
be said. Whatever course hypothesis plays, the database must look like the model after every step.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from segue.app.drill.small import SmallHouse
from segue.domain.conversation import Channel
from segue.domain.errors import Conflict
from segue.domain.turn import Lease
from segue.store.database import Database
from segue.store.desk import HOLD, UNDO, AgentReply, Solution
from segue.store.inbox import LEASE, Accepted, Arrival, Inbox
from segue.store.outbox import MOST_TRIES, Outbox

HANDOFF = "Our Support team is next."
WISH = "I want to talk to a person."
TEXTS = ("Why is my invoice higher?", "How do I export it?", WISH)
AGENTS = ("agt_mira", "agt_tom")
WORKERS = ("here", "there")
_NAMES = count()
LOOK = """
select id, status, handler, assignee_id, token, considered_seq, ready_at,
    array_to_json(array(select json_build_array(seq, coalesce(agent_id, author), body) from messages
                        where conversation_id = c.id order by seq)) as said,
    array_to_json(array(select json_build_array(seq, attempts, sent_at is not null, cancelled_at is not null)
                        from outbox where kind = 'mail' and conversation_id = c.id order by seq)) as mails
from conversations c where id = any(%(ids)s)"""
agents, workers, which = st.sampled_from(AGENTS), st.sampled_from(WORKERS), st.integers(0, 2)


@dataclass
class Mail:
    """A row of the outbox."""

    due: datetime
    author: str
    tries: int = 0
    sent: bool = False
    cancelled: bool = False


@dataclass
class Talk:
    """A conversation as the model has it."""

    by_mail: bool
    said: list[tuple[str, str]] = field(default_factory=list)
    considered: int = 0
    suggested: set[int] = field(default_factory=set)
    """Customer messages that were considered while people had it."""
    waits_since: datetime | None = None
    status: str = "open"
    handler: str = "assistant"
    assignee: str | None = None
    token: int = 0
    leased_by: str | None = None
    lease_until: datetime | None = None
    held_by: str | None = None
    held_until: datetime | None = None
    mails: dict[int, Mail] = field(default_factory=dict)

    @property
    def customers(self) -> list[int]:
        return [n for n, (author, _) in enumerate(self.said, 1) if author == "customer"]

    @property
    def waiting(self) -> list[int]:
        """Customer messages nobody has considered."""
        return [n for n in self.customers if n > self.considered]

    @property
    def is_answered(self) -> bool:
        """Whether anybody's answer to the customer's last message went out."""
        return any(
            author != "customer" and author != "system" and not (n in self.mails and self.mails[n].cancelled)
            for n, (author, _) in enumerate(self.said, 1) if n > self.customers[-1]
        )  # fmt: skip

    def changes_hands(self, **to: Any) -> None:
        """Whatever is being considered meanwhile is dropped."""
        for name, value in to.items():
            setattr(self, name, value)
        self.token += 1
        self.leased_by = self.lease_until = None

    def has_mail_before(self, seq: int) -> bool:
        """One that has not gone, and not been given up for the time being."""
        return any(
            before < seq and mail.tries < 4 and not (mail.sent or mail.cancelled) for before, mail in self.mails.items()
        )

    def says(self, author: str, text: str, due: datetime) -> int:
        self.said.append((author, text))
        if self.by_mail and author != "customer":
            self.mails[len(self.said)] = Mail(due, author)
        return len(self.said)

    def woken(self, now: datetime) -> datetime | None:
        """Since when it waits once people have it: nothing of it is put off any more."""
        return min(self.waits_since, now) if self.waits_since else None

    def is_held(self, now: datetime) -> bool:
        return self.held_until is not None and self.held_until > now


class Counting(Database):
    """Knows how often it was asked for anything."""

    asked = 0

    def connection(self) -> Any:
        self.asked += 1
        return super().connection()


class Model(RuleBasedStateMachine):
    """`house` is set by whoever runs it: one database for all courses."""

    house: SmallHouse

    def __init__(self) -> None:
        super().__init__()
        self.talks: dict[str, Talk] = {}
        self.leases: dict[str, list[tuple[Lease, bool]]] = {worker: [] for worker in WORKERS}
        """What each worker has in hand, and whether the assistant might speak when it was leased."""
        self.inboxes = {"here": self.house.here, "there": self.house.there}
        self.outbox = Outbox(self.house.db)
        self.last: dict[str, tuple[str, str, Accepted]] = {}
        self.looked_at = -1

    @property
    def now(self) -> datetime:
        return self.house.now

    def talk(self, n: int) -> tuple[str, Talk]:
        name = list(self.talks)[n % len(self.talks)]
        return name, self.talks[name]

    def a_moment_later(self) -> datetime:
        """No two begin to wait at the very same moment: which of them comes first would be the database's own choice,
        and a course that plays differently each time is none that hypothesis can follow."""
        self.house.time_passes(0.001)
        return self.now

    # customers

    @rule(text=st.sampled_from(TEXTS), by_mail=st.booleans())
    def a_customer_opens(self, text: str, by_mail: bool) -> None:
        if len(self.talks) == 3:
            return
        now = self.a_moment_later()
        name = f"model-{next(_NAMES)}"
        channel = Channel.EMAIL if by_mail else Channel.CHAT
        arrival = Arrival(text, channel, None, "first", name, name, f"{name}@elsewhere.example", True)
        taken = self.house.here.accept(arrival, now)
        self.talks[taken.conversation_id] = talk = Talk(by_mail, waits_since=now)
        talk.says("customer", text, self.now)
        assert taken.seq == 1

    @precondition(lambda self: self.talks)
    @rule(n=which, text=st.sampled_from(TEXTS))
    def a_customer_writes(self, n: int, text: str) -> None:
        name, talk = self.talk(n)
        client, now = f"c{next(_NAMES)}", self.a_moment_later()
        taken = self.house.here.accept(Arrival(text, conversation_id=name, client_id=client), now)
        talk.waits_since = min(talk.waits_since or now, now)
        if talk.status == "resolved":
            talk.changes_hands(handler="assistant", assignee=None)
        talk.status = "open"
        assert taken.seq == talk.says("customer", text, self.now)
        self.last[name] = client, text, taken

    @precondition(lambda self: self.last)
    @rule(n=which)
    def a_customer_sends_the_same_again(self, n: int) -> None:
        """One message, whatever happened meanwhile."""
        name = list(self.last)[n % len(self.last)]
        client, text, taken = self.last[name]
        again = self.house.there.accept(Arrival(text, conversation_id=name, client_id=client), self.now)
        assert again == taken

    # workers

    @rule(worker=workers, limit=st.integers(1, 2))
    def a_worker_claims(self, worker: str, limit: int) -> None:
        """What has waited longest comes first."""
        free = {talk.waits_since: name for name, talk in self.talks.items()
                if talk.waits_since and talk.waits_since <= self.now
                and (talk.lease_until is None or talk.lease_until < self.now)}  # fmt: skip
        leases = self.inboxes[worker].claim(self.now, limit)
        assert {lease.conversation.id for lease in leases} == {free[since] for since in sorted(free)[:limit]}
        for lease in leases:
            talk = self.talks[lease.conversation.id]
            talk.token += 1
            talk.leased_by, talk.lease_until = worker, self.now + LEASE
            assert lease.token == talk.token
            assert lease.conversation.latest.seq == talk.waiting[0]
            may_speak = talk.handler == "assistant" and not talk.is_held(self.now)
            assert lease.conversation.assistant_may_speak == may_speak
            assert lease.conversation.is_under_hands == (talk.handler == "assistant" and talk.is_held(self.now))
            self.leases[worker].append((lease, may_speak))

    @rule(worker=workers)
    def a_worker_commits(self, worker: str) -> None:
        """What it has in hand, in the order in which it took it; stale work is dropped."""
        mine, self.leases[worker] = self.leases[worker], []
        for lease, may_speak in mine:
            talk = self.talks[lease.conversation.id]
            holds, now = talk.token == lease.token and talk.leased_by == worker, self.a_moment_later()
            stands_by = lease.conversation.is_under_hands
            written = self.house.commits(self.inboxes[worker], [lease])
            assert written == ({lease.conversation.id} if holds and not stands_by else set())
            if holds and stands_by:
                assert talk.held_until
                talk.leased_by = talk.lease_until = None
                talk.waits_since = max(talk.held_until, now)
            elif holds:
                self._turn(talk, lease.conversation.latest.seq, may_speak)
                talk.waits_since = now if talk.waiting else None

    def _turn(self, talk: Talk, seq: int, may_speak: bool) -> None:
        talk.considered, text = seq, talk.said[seq - 1][1]
        talk.leased_by = talk.lease_until = None
        if not may_speak:
            assert talk.handler == "human", "the assistant's went to people in silence"
            talk.suggested.add(seq)
        elif text == WISH:
            talk.handler, talk.status = "human", "open"
            talk.says("system", HANDOFF, self.now)
        else:
            talk.status = "waiting"
            talk.says("assistant", f"About “{text}”.", self.now)

    @rule(worker=workers)
    def a_worker_forgets(self, worker: str) -> None:
        """It dies, and comes back under its name."""
        self.leases[worker] = []

    # agents

    @precondition(lambda self: self.talks)
    @rule(n=which, agent=agents, force=st.booleans())
    def an_agent_takes(self, n: int, agent: str, force: bool) -> None:
        name, talk = self.talk(n)
        may = talk.status != "resolved" and (force or talk.assignee in (None, agent))
        now = self.a_moment_later()
        if self._is_done(may, lambda: self.house.desk.take(name, agent, now, force=force)):
            if (talk.assignee, talk.handler) == (agent, "human"):
                return
            is_open = talk.status == "waiting" and talk.handler == "assistant"
            status = "open" if is_open else talk.status
            talk.changes_hands(assignee=agent, handler="human", status=status, waits_since=talk.woken(now))

    @precondition(lambda self: self.talks)
    @rule(n=which, agent=agents)
    def an_agent_gives_it_to_the_team(self, n: int, agent: str) -> None:
        name, talk = self.talk(n)
        now = self.a_moment_later()
        if self._is_done(talk.status != "resolved",
                         lambda: self.house.desk.assign_team(name, "support", agent, now)):  # fmt: skip
            status = "open" if talk.status == "waiting" else talk.status
            talk.changes_hands(assignee=None, handler="human", status=status, waits_since=talk.woken(now))

    @precondition(lambda self: self.talks)
    @rule(n=which, agent=agents, behind=st.integers(0, 2))
    def an_agent_replies(self, n: int, agent: str, behind: int) -> None:
        """Having seen all but the newest few messages."""
        name, talk = self.talk(n)
        seen, text = max(0, len(talk.said) - behind), f"I have looked into it, {next(_NAMES)}."
        new = [author for author, _ in talk.said[seen:]]
        may = "customer" not in new and not any(author.startswith("agt_") and author != agent for author in new)
        now = self.a_moment_later()
        if self._is_done(may, lambda: self.house.desk.reply(AgentReply(name, agent, text, seen), now)):
            talk.changes_hands(handler="human", assignee=talk.assignee or agent, status="waiting",
                               held_by=None, held_until=None, waits_since=talk.woken(now))  # fmt: skip
            talk.says(agent, text, self.now + UNDO)

    @precondition(lambda self: self.talks)
    @rule(n=which, agent=agents, behind=st.integers(0, 2))
    def an_agent_resolves(self, n: int, agent: str, behind: int) -> None:
        """Having seen all but the newest few messages."""
        name, talk = self.talk(n)
        seen = max(0, len(talk.said) - behind)
        may = talk.status != "resolved" and "customer" not in [author for author, _ in talk.said[seen:]]
        solution = Solution("done", seen_seq=seen)
        if self._is_done(may, lambda: self.house.desk.resolve(name, agent, solution, self.now)):
            talk.changes_hands(status="resolved", handler="human" if talk.waiting else talk.handler)

    @precondition(lambda self: self.talks)
    @rule(n=which, agent=agents)
    def an_agent_reopens(self, n: int, agent: str) -> None:
        name, talk = self.talk(n)
        may = talk.status == "resolved"
        if self._is_done(may, lambda: self.house.desk.reopen(name, agent, self.now, agent)):
            talk.changes_hands(status="open", handler="human", assignee=agent)

    @precondition(lambda self: self.talks)
    @rule(n=which, agent=agents)
    def an_agent_hands_back(self, n: int, agent: str) -> None:
        name, talk = self.talk(n)
        may, now = talk.status != "resolved" and talk.handler == "human", self.a_moment_later()
        if self._is_done(may, lambda: self.house.desk.hand_back(name, agent, now)):
            last = talk.customers[-1]
            if last in talk.suggested and not talk.waiting and not talk.is_answered:  # is considered anew
                talk.considered = last - 1
            talk.changes_hands(handler="assistant", assignee=None, held_by=None, held_until=None,
                               status="waiting" if talk.is_answered else talk.status,
                               waits_since=now if talk.waiting else None)  # fmt: skip

    @precondition(lambda self: self.talks)
    @rule(n=which, agent=agents)
    def an_agent_begins_to_type(self, n: int, agent: str) -> None:
        name, talk = self.talk(n)
        self.house.desk.hold(name, agent, self.a_moment_later())
        if not talk.is_held(self.now):
            talk.changes_hands()
        talk.held_by, talk.held_until = agent, self.now + HOLD

    # the outbox

    @rule(fate=st.sampled_from(["sent", "failed", "forgotten"]))
    def the_outbox_is_swept(self, fate: str) -> None:
        """Each row that is due comes once, and again only after a pause and while nothing has become of it; what was
        said later waits for the first tries of what was said before."""
        due = {
            (name, seq): mail
            for name, talk in self.talks.items()
            for seq, mail in talk.mails.items()
            if mail.due <= self.now and mail.tries < MOST_TRIES and not (mail.sent or mail.cancelled)
            and not talk.has_mail_before(seq)
        }  # fmt: skip
        rows = self.outbox.due("mail", self.now, 100)
        assert sorted((row.conversation_id, row.seq) for row in rows) == sorted(due)
        for row in rows:
            talk = self.talks[row.conversation_id]
            assert row.body["text"] == talk.said[row.seq - 1][1]
            mail = due[row.conversation_id, row.seq]
            mail.due = self.now + timedelta(minutes=min(2**mail.tries, 360))
            mail.tries += 1
            if fate == "sent":
                self.outbox.sent(row.id, self.now)
                mail.sent = True
            elif fate == "failed":
                self.outbox.failed(row.id, "The other side said no.", self.now)

    @precondition(lambda self: any(talk.mails for talk in self.talks.values()))
    @rule(n=which, seq=st.integers(1, 6), agent=agents)
    def an_agent_takes_a_mail_back(self, n: int, seq: int, agent: str) -> None:
        name, talk = self.talk(n)
        mail = talk.mails.get(seq)
        may = mail is not None and mail.author in AGENTS and not (mail.tries or mail.sent or mail.cancelled)
        if self._is_done(may, lambda: self.outbox.take_back(name, seq, agent, self.now)):
            assert mail
            mail.cancelled = True
            is_last = not any(author in AGENTS for author, _ in talk.said[seq:])
            talk.status = "open" if talk.status == "waiting" and is_last else talk.status

    # time

    @precondition(lambda self: self.talks)
    @rule()
    def silence_is_swept(self) -> None:
        """All that is past counts as long ago. What was answered is closed, and nothing over a word that waits."""
        silent = [talk for talk in self.talks.values()
                  if (talk.status, talk.handler, talk.waits_since) == ("waiting", "assistant", None)]  # fmt: skip
        now = self.a_moment_later()
        assert self.house.desk.fall_silent(now, now) == len(silent)
        for talk in silent:
            talk.status, talk.token = "resolved", talk.token + 1

    @rule(seconds=st.sampled_from([1, 11, 31, 46, 61, 300, 4000]))
    def time_passes(self, seconds: int) -> None:
        self.house.time_passes(seconds)

    @staticmethod
    def _is_done(may: bool, deed: Any) -> bool:
        """Whether it was done, which must be what the model says."""
        try:
            deed()
        except Conflict:
            assert not may, "refused, and the model would have let it"
            return False
        assert may, "done, and the model would have refused it"
        return True

    # what must hold after every step

    @invariant()
    def the_database_looks_like_the_model(self) -> None:
        """Looked at after every step that asked the database for anything: any other has changed nothing in it."""
        assert isinstance(self.house.db, Counting)
        if self.house.db.asked == self.looked_at:
            return
        rows = self.house.db.all(LOOK, {"ids": list(self.talks)})
        self.looked_at = self.house.db.asked
        assert len(rows) == len(self.talks)
        for row in rows:
            talk = self.talks[row.id]
            assert row.said == [[n, author, text] for n, (author, text) in enumerate(talk.said, 1)]
            assert (row.status, row.handler, row.assignee_id) == (talk.status, talk.handler, talk.assignee)
            assert (row.token, row.considered_seq, row.ready_at) == (talk.token, talk.considered, talk.waits_since)
            mails = sorted(talk.mails.items())
            assert row.mails == [[seq, mail.tries, mail.sent, mail.cancelled] for seq, mail in mails]

    def teardown(self) -> None:
        """Left alone, the house decides every message that waits (R2); then this course is out of the way."""
        try:
            self._house_is_left_alone()
        finally:
            self.house.db.run(
                "update conversations set ready_at = null, status = 'resolved'"
                " where ready_at is not null or status <> 'resolved'"
            )
            self.house.db.run("update outbox set cancelled_at = now() where sent_at is null and cancelled_at is null")

    def _house_is_left_alone(self) -> None:
        fresh = Inbox(self.house.db, "fresh")
        self.house.time_passes(max(LEASE, HOLD).total_seconds() + 1)
        for _ in range(200):
            if not (leases := fresh.claim(self.now, 8)):
                break
            self.house.commits(fresh, leases)
        left = self.house.db.all(
            "select m.conversation_id, m.seq from messages m left join decisions d using (conversation_id, seq)"
            " where m.conversation_id = any(%(ids)s) and m.author = 'customer' and d.seq is null",
            {"ids": list(self.talks)},
        )
        assert left == []
