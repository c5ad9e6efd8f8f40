"""Automatic mail to one address has three caps: in a conversation in ten minutes, in it in a day, and everywhere.

What is one too many goes to people, and each cap holds alone: with it taken away, more would have left. And of two
workers that send, each mail leaves by one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from mail.writing import OURS
from segue.app import post
from segue.app.post import Post
from segue.domain.conversation import Channel
from segue.domain.errors import Unavailable
from segue.domain.mail import MailKeys
from segue.domain.people import Agent
from segue.integrations.mail.sending import WayOut
from segue.store.attachments import Attachments
from segue.store.channels import Channels
from segue.store.database import Database
from segue.store.desk import UNDO, AgentReply, Desk
from segue.store.inbox import Arrival, Inbox
from segue.store.mail import MailStore
from segue.store.outbox import Outbox
from segue.store.workspace import Workspace

ADA = "ada@elsewhere.example"


@dataclass
class Machine:
    """A house whose assistant says something by mail whenever it is told to; what leaves goes to `left`, not out."""

    db: Database
    now: datetime = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    left: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.desk, self.outbox = Desk(self.db), Outbox(self.db)
        mailbox = WayOut("smtp://127.0.0.1:1", OURS, "0123456789abcdef")
        keys = MailKeys(b"a secret", OURS)
        self.post = Post(
            self.outbox, MailStore(self.db), mailbox, lambda: keys, Attachments(self.db), Channels(self.db)
        )

    def begins(self, email: str = ADA) -> str:
        """A customer's mail opens a conversation."""
        arrival = Arrival("My invoice?", Channel.EMAIL, email=email, subject="My invoice")
        return Inbox(self.db).accept(arrival, self.now).conversation_id

    def says(self, conversation: str, times: int = 1, apart: timedelta = timedelta()) -> int:
        """How many of them left."""
        before = len(self.left)
        for n in range(times):
            self.desk.say(conversation, f"Our team is back soon, {n}.", self.now)
            self.post.send_due(self.now)
            self.now += apart
        return len(self.left) - before

    def fates(self, conversation: str) -> list[str]:
        return [delivery["state"] for delivery in self.outbox.deliveries(conversation)]


@pytest.fixture
def machine(db: Database, monkeypatch: pytest.MonkeyPatch) -> Machine:
    made = Machine(db)
    monkeypatch.setattr(post, "send", lambda mailbox, mail, path: made.left.append(str(mail["To"])))
    return made


# each plays what one cap alone stops: how many of the mails left


def four_at_once(machine: Machine) -> int:
    return machine.says(machine.begins(), 4)


def eleven_in_two_hours(machine: Machine) -> int:
    return machine.says(machine.begins(), 11, timedelta(minutes=11))


def one_in_each_of_twenty_one_conversations(machine: Machine) -> int:
    return sum(machine.says(machine.begins()) for _ in range(21))


CAPS: list[tuple[str, Callable[[Machine], int], int]] = [
    ("SOON", four_at_once, 3),
    ("HERE", eleven_in_two_hours, 10),
    ("EVERYWHERE", one_in_each_of_twenty_one_conversations, 20),
]


@pytest.mark.parametrize(("cap", "play", "most"), CAPS)
def test_of_automatic_mails_to_one_address_no_more_leave_than_the_cap(
    cap: str, play: Callable[[Machine], int], most: int, machine: Machine
) -> None:
    assert play(machine) == most
    held = machine.db.all("select conversation_id, last_error from outbox where undelivered_at is not null")
    assert [row.last_error.partition(" Say")[0] for row in held] == [
        f"{ADA} has had {most} automatic mails of late. See whether a person is there, then write yourself."
    ]
    state = machine.db.one("select handler, status from conversations where id = %(id)s",
                           {"id": held[0].conversation_id})  # fmt: skip
    assert state == ("human", "open")


@pytest.mark.parametrize(("cap", "play", "most"), CAPS)
def test_without_its_cap_one_more_leaves(
    cap: str, play: Callable[[Machine], int], most: int, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So it is this cap that the case before has met, and none of the other two."""
    monkeypatch.setattr(post, cap, 10**9)
    assert play(machine) == most + 1


def test_what_was_held_back_once_does_not_silence_the_house_for_ever(machine: Machine) -> None:
    conversation = machine.begins()
    assert machine.says(conversation, 4) == 3
    machine.now += timedelta(minutes=10)
    assert machine.says(conversation, 4) == 3

    machine.now += timedelta(minutes=11)
    assert machine.says(conversation, 5, timedelta(minutes=11)) == 4, "with those before, ten in a day"
    machine.now += timedelta(days=1)
    assert machine.says(conversation) == 1


def test_a_persons_mails_and_those_to_others_are_not_counted(machine: Machine) -> None:
    Workspace(machine.db).put_agent(Agent("agt_mira", "Mira", "mira@ledgerly.example"), machine.now)
    conversation = machine.begins()
    assert machine.says(conversation, 4) == 3
    for n in range(5):
        machine.desk.reply(AgentReply(conversation, "agt_mira", f"I look into it, {n}."), machine.now)
    machine.now += UNDO
    assert machine.post.send_due(machine.now) == 5
    assert machine.says(machine.begins("grace@elsewhere.example"), 3) == 3

    assert machine.fates(conversation) == ["sent"] * 3 + ["undelivered"] + ["sent"] * 5


def test_where_only_a_machine_reads_no_automatic_mail_goes_at_all(machine: Machine) -> None:
    conversation = machine.begins("no-reply@elsewhere.example")
    assert machine.says(conversation) == 0
    assert machine.fates(conversation) == ["undelivered"]


# two workers


@dataclass
class SlowServer:
    """Takes `seconds` over each mail of the first worker, and all the while a second one looks for what is due."""

    machine: Machine
    seconds: list[float]
    passed: float = 0.0
    is_asked: bool = False

    def send(self, _mailbox: WayOut, mail: Any, _path: str) -> None:
        self.machine.left.append(str(mail["To"]))
        if not self.is_asked:
            self.is_asked = True
            self.passed += self.seconds.pop(0) if self.seconds else 0.0
            self.machine.post.send_due(self.machine.now + timedelta(seconds=self.passed))
            self.is_asked = False


@pytest.mark.parametrize(
    "seconds", [[10.0] * 45, [50.0] * 45, [600.0]], ids=["ten seconds", "fifty seconds", "one worker stands still"]
)
def test_of_two_workers_and_a_slow_server_each_mail_leaves_once(
    seconds: list[float], machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever stands still over one mail for longer than it is held may have it sent by another; the rest is not."""
    slow = SlowServer(machine, [*seconds])
    monkeypatch.setattr(post, "send", slow.send)
    monkeypatch.setattr(post, "time", SimpleNamespace(monotonic=lambda: slow.passed))
    people = [f"ada{n}@elsewhere.example" for n in range(45)]
    for address in people:
        machine.desk.say(machine.begins(address), "Our team is back soon.", machine.now)

    machine.post.send_due(machine.now)

    assert sorted(set(machine.left)) == sorted(people)
    twice = [address for address in people if machine.left.count(address) > 1]
    assert twice == (machine.left[:1] if seconds == [600.0] else [])


def test_a_mail_that_the_server_did_not_take_is_tried_again_after_a_minute_and_then_after_two(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def untaken(*_mail: Any) -> None:
        machine.left.append("tried")
        raise Unavailable("The mail server did not take the mail.", "It is tried again.")

    monkeypatch.setattr(post, "send", untaken)
    machine.desk.say(machine.begins(), "Our team is back soon.", machine.now)
    tried = []
    for second in range(0, 200, 20):
        machine.post.send_due(machine.now + timedelta(seconds=second))
        tried.append(len(machine.left))

    assert tried == [1, 1, 1, 2, 2, 2, 2, 2, 2, 3]


def test_a_mail_that_cannot_be_written_holds_no_other_back_and_is_told(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def written(text: str) -> str:
        return text.splitlines()[5] if "soon, 0" in text else text

    monkeypatch.setattr(post, "plain_text", written)
    broken, other = machine.begins(), machine.begins("grace@y.example")
    machine.desk.say(broken, "Our team is back soon, 0.", machine.now)
    machine.desk.say(other, "Read this.", machine.now)
    machine.post.send_due(machine.now)
    assert machine.left == ["grace@y.example"]
    assert machine.fates(broken) == ["waiting"]

    for _ in range(post.MOST_TRIES_TO_WRITE):
        machine.now += timedelta(hours=1)
        machine.post.send_due(machine.now)

    assert machine.fates(broken) == ["undelivered"]
