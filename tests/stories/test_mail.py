"""A customer writes by mail: real LMTP in, a real database between, real SMTP out."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from email import message_from_bytes
from email.message import Message
from smtplib import LMTP

import pytest
from aiosmtpd.controller import Controller

from mail.writing import OURS, mail
from segue.app.door import House
from segue.app.postman import listener_for
from segue.domain.errors import Conflict, NotFound
from segue.domain.mail import Cause
from segue.intake.mail import MOST_AN_HOUR, release
from segue.integrations.mail.lmtp import Listener
from segue.store.erasure import ErasureStore
from segue.store.inbox import Accepted
from segue.store.mails_behind import MailsBehind
from segue.store.unsent import UnsentStore
from segue.store.widget import WidgetStore
from segue.web.prose import plain_text
from stage import Stage

NADIA = "Nadia <nadia@birchwood-studio.example>"
VOUCHED = "mx.ledgerly.example; dmarc=pass header.from=birchwood-studio.example"
FROM_ELSEWHERE = "mx.ledgerly.example; spf=pass smtp.mailfrom=someone@elsewhere.example"
FROM_HOME = "mx.ledgerly.example; dkim=pass header.d=home.example"


class Outside:
    """The mail server on the other side: keeps what it was given, or refuses it."""

    def __init__(self) -> None:
        self.got = list[Message]()
        self.return_paths = list[str]()
        self.answer = "250 OK"
        self.deed: Callable[[], object] = lambda: None
        """What happens while it takes a mail."""

    async def handle_DATA(self, server: object, session: object, envelope: object) -> str:
        if self.answer.startswith("250"):
            self.got.append(message_from_bytes(envelope.content))  # type: ignore[attr-defined]
            self.return_paths.append(envelope.mail_from)  # type: ignore[attr-defined]
            self.deed()
        return self.answer


@contextmanager
def outside() -> Iterator[tuple[Outside, int]]:
    handler = Outside()
    controller = Controller(handler, hostname="127.0.0.1", port=0)
    controller.port = _free_port()
    controller.start()
    try:
        yield handler, controller.port
    finally:
        controller.stop()


def _free_port() -> int:
    import socket

    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


@contextmanager
def listening(house: House, now: Callable[[], datetime]) -> Iterator[int]:
    """The port on which this house takes mail."""
    with listening_with(listener_for(house.settings, house.mails, now)) as port:
        yield port


@contextmanager
def listening_with(listener: Listener) -> Iterator[int]:
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield asyncio.run_coroutine_threadsafe(listener.open("127.0.0.1", 0), loop).result(5)
    finally:
        asyncio.run_coroutine_threadsafe(listener.close(), loop).result(5)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


class MailStage:
    """The stage, with a letter box and a post office."""

    def __init__(self, stage: Stage, outside: Outside, port: int) -> None:
        self.stage, self.outside, self.port = stage, outside, port

    @property
    def house(self) -> House:
        return self.stage.house

    def arrives(self, raw: bytes, to: str = OURS, return_path: str = "someone@elsewhere.example") -> None:
        with LMTP("127.0.0.1", self.port) as server:
            server.sendmail(return_path, [to], raw)
        self.house.mail_intake.take_in(self.stage.now)
        rows = self.house.db.all("select id from conversations where channel = 'email' order by number desc limit 1")
        if rows:
            self.stage.conversation = rows[0].id
        self.stage.worker.work_off()

    def minute_passes(self) -> list[Message]:
        """What left the house meanwhile."""
        before = len(self.outside.got)
        self.stage.now += timedelta(seconds=61)
        self.stage.worker.work_off()
        self.house.post.send_due(self.stage.now)
        return self.outside.got[before:]

    @property
    def suspended(self) -> list[str]:
        return [row["cause"] for row in self.house.mails.suspended()]


@contextmanager
def outside_of(house: Stage) -> Iterator[MailStage]:
    """With a mail server on the other side, whose domain vouches for its senders."""
    with outside() as (other, port):
        settings = replace(
            house.house.settings, smtp=f"smtp://127.0.0.1:{port}", mail_from=OURS, mail_authserv="mx.ledgerly.example"
        )
        stage = Stage(replace(house.house, settings=settings), house.now)
        with listening(stage.house, lambda: stage.now) as lmtp:
            yield MailStage(stage, other, lmtp)
        stage.house.mail_intake.close()


@pytest.fixture
def post(house: Stage) -> Iterator[MailStage]:
    with outside_of(house) as stage:
        yield stage


def text_of(sent: Message) -> str:
    """That of a formatted mail is its plain form, which is the first."""
    part = next(part for part in sent.walk() if not part.is_multipart())
    assert part.get_content_type() == "text/plain"
    body = part.get_payload(decode=True)
    assert isinstance(body, bytes)
    return body.decode()


def test_a_mail_is_answered_by_mail_with_a_visible_hold(post: MailStage) -> None:
    post.arrives(mail(sender=NADIA, Authentication_Results=VOUCHED))

    assert "reply.held" in post.stage.events
    assert post.outside.got == []

    (answer,) = post.minute_passes()
    assert answer["To"] == "nadia@birchwood-studio.example"
    assert answer["In-Reply-To"] == "<m1@elsewhere.example>"
    assert answer["Auto-Submitted"] == "auto-replied"
    assert answer["X-Auto-Response-Suppress"] == "All"
    assert answer["Subject"] == "Re: My invoice"
    assert text_of(answer).split() == plain_text(post.stage.last_word).split()
    assert ("**" in post.stage.last_word, "**" in text_of(answer)) == (True, False)
    assert post.stage.action == "answer"


def test_who_takes_over_during_the_hold_stops_the_answer(post: MailStage) -> None:
    post.arrives(mail(sender=NADIA, Authentication_Results=VOUCHED))
    post.stage.agent_takes()
    sent = post.minute_passes()

    assert [author for author, _ in post.stage.thread if author == "assistant"] == []
    assert all("Mira" in text_of(letter) for letter in sent)


def test_a_sour_one_is_handed_over_with_briefing_and_handoff_mail(post: MailStage) -> None:
    post.arrives(mail("This is outrageous. I want to speak to a person, now!", NADIA, Authentication_Results=VOUCHED))
    (told,) = post.minute_passes()

    assert post.stage.handler == "human"
    assert post.stage.briefing["why"]
    assert "team" in text_of(told)
    assert told["Auto-Submitted"] == "auto-replied"


def test_automatic_mail_to_an_address_nobody_vouches_for_carries_no_word_of_theirs(post: MailStage) -> None:
    """Whoever forges a sender could have us write to that one what they like, be it in the subject."""
    pills = "Buy pills at pills.example"
    post.arrives(mail(f"I want to talk to a person. {pills}", "Eve <eve@elsewhere.example>", subject=pills))
    (told,) = post.minute_passes()

    assert told["Auto-Submitted"] == "auto-replied"
    assert told["Subject"] == "Re: Your message"
    assert "pills" not in told.as_string() + text_of(told)

    post.stage.agent_replies("What is it about?")
    (reply,) = post.minute_passes()
    assert reply["Subject"] == f"Re: {pills}"


def test_an_answer_to_our_mail_joins_and_nothing_quoted_is_lost(post: MailStage) -> None:
    post.arrives(mail("I want to talk to a person about my invoice.", "Eve <eve@elsewhere.example>"))
    (told,) = post.minute_passes()
    first = post.stage.conversation

    reply = f"It is INV-4711.\n\nOn Mon, Mar 2, 2026 at 10:00, Support <{OURS}> wrote:\n> We will look.\n\n-- \nEve\n"
    known = {"In_Reply_To": told["Message-ID"], "Authentication_Results": FROM_ELSEWHERE}
    post.arrives(mail(reply, message_id="<m2@elsewhere.example>", **known), to=told["Reply-To"])

    assert post.stage.conversation == first
    assert post.stage.thread[-1] == ("customer", "It is INV-4711.")
    whole = MailsBehind(post.house.db).of(first)[-1]
    assert "> We will look." in whole["text"]
    assert [fold["kind"] for fold in whole["folds"]] == ["quote", "signature"]


def test_who_was_copied_in_gets_a_conversation_of_their_own(post: MailStage) -> None:
    post.arrives(mail("I want to talk to a person about my invoice.", "Eve <eve@elsewhere.example>"))
    (told,) = post.minute_passes()
    first = post.stage.conversation

    bob = {"sender": "Bob <bob@elsewhere.example>", "message_id": "<b1@x>", "Authentication_Results": FROM_ELSEWHERE}
    post.arrives(mail("I agree with Eve.", **bob), to=told["Reply-To"])

    assert post.stage.conversation != first
    assert post.stage.thread[0][1].endswith("I agree with Eve.")
    assert all("invoice" not in text for _, text in post.stage.thread)
    (note,) = post.house.conversations.notes(post.stage.conversation)
    assert "bob@elsewhere.example has no part" in note["body"]


def test_a_bounce_marks_the_message_and_brings_a_person(post: MailStage) -> None:
    post.arrives(mail("I want to talk to a person.", "Eve <eve@elsewhere.example>"))
    (told,) = post.minute_passes()
    post.stage.agent_replies("We are on it.")
    post.stage.now += timedelta(seconds=11)
    assert post.house.post.send_due(post.stage.now) == 1
    sent = post.outside.got[-1]
    assert post.stage.row["status"] == "waiting"

    dsn = BOUNCE.format(id=sent["Message-ID"], to=told["Reply-To"]).replace("\n", "\r\n").encode()
    post.arrives(dsn, to=told["Reply-To"], return_path="")

    assert post.stage.row["status"] == "open"
    assert post.stage.handler == "human"
    assert "message.undelivered" in post.stage.events
    last = post.house.outbox.deliveries(post.stage.conversation)[-1]
    assert (last["state"], last["why"]) == ("undelivered", "550 5.1.1 no such user")
    assert post.suspended == []
    assert post.minute_passes() == []

    place = post.stage.conversation, last["seq"], "agt_mira"
    unsent = UnsentStore(post.house.db)
    assert [(one.is_mail, one.place) for one in unsent.of("agt_mira")] == [(True, f"m{last['seq']}")]
    unsent.drop_mail(*place, post.stage.now)
    assert unsent.of("agt_mira") == []
    unsent.pick_up(post.stage.conversation, "agt_mira", post.stage.now)
    post.house.outbox.deliver_again(*place, post.stage.now)
    assert unsent.of("agt_mira") == []
    assert [again["Message-ID"] for again in post.minute_passes()] == [sent["Message-ID"]]
    with pytest.raises(Conflict):
        post.house.outbox.deliver_again(*place, post.stage.now)


FORGER = "Authentication-Results: mx.ledgerly.example; dmarc=fail header.from=mx.elsewhere.example\n"


@pytest.mark.parametrize(
    ("before", "instead"),
    [
        ("From: MAILER", FORGER + "From: MAILER"),
        ("rfc822; eve@elsewhere.example", "rfc822; else@elsewhere.example"),
        ("Final-Recipient: rfc822; eve@elsewhere.example\n", ""),
    ],
    ids=["forged", "of another address", "of no address"],
)
def test_a_report_that_anybody_could_have_written_waits_for_a_person_and_changes_nothing(
    post: MailStage, before: str, instead: str
) -> None:
    post.arrives(mail("I want to talk to a person.", "Eve <eve@elsewhere.example>"))
    (told,) = post.minute_passes()
    post.stage.agent_resolves()
    written = BOUNCE.format(id=told["Message-ID"], to=told["Reply-To"])
    assert before in written
    dsn = written.replace(before, instead).replace("\n", "\r\n").encode()
    post.arrives(dsn, to=told["Reply-To"], return_path="")

    assert post.suspended == ["bounce"]
    assert post.stage.row["status"] == "resolved"
    assert "message.undelivered" not in post.stage.events
    assert post.house.conversations.notes(post.stage.conversation) == []
    assert [d["state"] for d in post.house.outbox.deliveries(post.stage.conversation)] == ["sent"]


def test_a_report_may_name_the_address_it_was_forwarded_to_beside_ours(post: MailStage) -> None:
    post.arrives(mail("I want to talk to a person.", "Eve <eve@elsewhere.example>"))
    (told,) = post.minute_passes()
    dsn = BOUNCE.format(id=told["Message-ID"], to=told["Reply-To"]).replace(
        "Final-Recipient: rfc822; eve@elsewhere.example",
        "Original-Recipient: rfc822; Eve@elsewhere.example\nFinal-Recipient: rfc822; eve@far.example",
    )
    post.arrives(dsn.replace("\n", "\r\n").encode(), to=told["Reply-To"], return_path="")
    assert post.suspended == []
    assert "message.undelivered" in post.stage.events


QMAIL = """Hi. This is the mail program at mx.elsewhere.example.
I'm afraid I wasn't able to deliver your message to the following addresses.

<eve@elsewhere.example>:
Sorry, no mailbox here by that name. (#5.1.1)

--- Below this line is a copy of the message.

{copy}
"""


@pytest.mark.parametrize(
    ("copy", "answers", "is_heard"),
    [
        ("Message-ID: {ours}\nSubject: Your invoice", "", True),
        ("Subject: Your invoice", "{ours}", True),
        ("Subject: Your invoice", "", False),
        ("Message-ID: <1.1-00000000000000000000@ledgerly.example>", "<a@b.example>", False),
    ],
    ids=["a copy", "an answer", "a subject alone", "a made-up copy"],
)
def test_a_bounce_without_a_report_must_show_a_mail_of_ours(
    post: MailStage, copy: str, answers: str, is_heard: bool
) -> None:
    post.arrives(mail("I want to talk to a person.", "Eve <eve@elsewhere.example>"))
    (told,) = post.minute_passes()
    ours = told["Message-ID"]
    more = {"In_Reply_To": answers.format(ours=ours)} if answers else {}
    said = QMAIL.format(copy=copy.format(ours=ours))
    written = mail(said, "MAILER-DAEMON@mx.elsewhere.example", told["Reply-To"], "failure notice", "<q1@mx>", **more)
    post.arrives(written, to=told["Reply-To"], return_path="")

    assert (post.suspended == []) is is_heard
    assert ("message.undelivered" in post.stage.events) is is_heard
    assert [d["state"] for d in post.house.outbox.deliveries(post.stage.conversation)] == [
        "undelivered" if is_heard else "sent"
    ]


def test_a_postmaster_who_answers_like_a_person_is_read_by_one(post: MailStage) -> None:
    post.arrives(mail("I want to talk to a person.", "Postmaster <ann@acme.example>"))
    (told,) = post.minute_passes()
    post.arrives(
        mail("It is INV-4711.", "postmaster@acme.example", subject="Re: Invoice", message_id="<p1@x>"),
        to=told["Reply-To"], return_path="postmaster@acme.example",
    )  # fmt: skip

    assert post.suspended == ["bounce"]
    assert "message.undelivered" not in post.stage.events


BOUNCE = """From: MAILER-DAEMON@mx.elsewhere.example
To: {to}
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

I'm sorry to have to inform you.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.elsewhere.example

Final-Recipient: rfc822; eve@elsewhere.example
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 no such user

--b
Content-Type: text/rfc822-headers

From: support@ledgerly.example
Message-ID: {id}

--b--
"""


def test_a_mail_that_is_refused_for_good_is_told_to_people_at_once(post: MailStage) -> None:
    post.outside.answer = "550 5.7.1 not wanted"
    post.arrives(mail("I want to talk to a person.", "Eve <eve@elsewhere.example>"))
    assert post.minute_passes() == []

    assert [d["state"] for d in post.house.outbox.deliveries(post.stage.conversation)] == ["undelivered"]
    assert "message.undelivered" in post.stage.events


def test_a_mail_that_is_refused_for_now_is_sent_later(post: MailStage) -> None:
    post.outside.answer = "451 4.7.1 come later"
    post.arrives(mail("I want to talk to a person.", "Eve <eve@elsewhere.example>"))
    assert post.minute_passes() == []

    post.outside.answer = "250 OK"
    post.stage.now += timedelta(minutes=2)
    (sent,) = post.minute_passes()
    assert sent["To"] == "eve@elsewhere.example"


@pytest.mark.parametrize("at", ["EHLO", "MAIL"])
def test_a_relay_that_wants_nothing_of_us_says_nothing_of_the_address(post: MailStage, at: str) -> None:
    """Blocked, or with another name for us: that is for whoever runs the house, and the mail waits meanwhile."""
    hooks = {"EHLO": {"handle_EHLO": no_greeting, "handle_HELO": no}, "MAIL": {"handle_MAIL": no}}[at]
    for name, hook in hooks.items():
        setattr(post.outside, name, hook)
    post.arrives(mail("I want to talk to a person.", "Eve <eve@elsewhere.example>"))
    assert post.minute_passes() == []
    (waits,) = post.house.outbox.deliveries(post.stage.conversation)
    assert waits["state"] != "undelivered"
    assert "blocked" in str(waits)

    for name in hooks:
        delattr(post.outside, name)
    post.stage.now += timedelta(minutes=2)
    (sent,) = post.minute_passes()
    assert sent["To"] == "eve@elsewhere.example"


async def no(*_: object) -> str:
    return "554 5.7.1 blocked"


async def no_greeting(server: object, session: object, envelope: object, host: str, said: list[str]) -> list[str]:
    """A server that says nothing at all would be waited for: the library wants five arguments of this one."""
    return [await no()]


def test_old_mail_that_is_brought_in_keeps_nobody_from_writing(post: MailStage) -> None:
    for n in range(MOST_AN_HOUR + 5):
        raw = mail(f"An old question, number {n}.", "Eve <eve@elsewhere.example>", message_id=f"<old{n}@x>")
        post.house.mails.keep(raw, OURS, None, post.stage.now, for_people=True)
    while post.house.mail_intake.take_in(post.stage.now):
        pass

    post.arrives(mail("I want to talk to a person.", "Eve <eve@elsewhere.example>", message_id="<new@x>"))

    assert post.suspended == []
    assert len(post.house.db.all("select from messages where body like '%%talk to a person.'")) == 1


def test_a_mail_that_asks_for_no_machines_answer_is_answered_by_people_alone(post: MailStage) -> None:
    post.arrives(mail(sender=NADIA, X_Auto_Response_Suppress="All"))

    assert post.suspended == []
    assert post.minute_passes() == []
    (row,) = post.house.db.all(
        "select handler, reason from conversations where id in (select conversation_id from mails)"
    )
    assert row == ("human", "given_to_people")
    assert post.house.db.all("select from events where kind = 'mail.released'") == []


def test_a_sender_with_a_nul_byte_is_a_sender_without(post: MailStage) -> None:
    raw = mail("I want to talk to a person.", "Eve <eve@elsewhere.example>")

    assert post.house.mails.keep(raw, OURS, "eve\0@elsewhere.example", post.stage.now)


def test_an_agents_mail_can_be_taken_back_for_a_moment(post: MailStage) -> None:
    post.arrives(mail("I want to talk to a person.", "Eve <eve@elsewhere.example>"))
    post.minute_passes()
    post.stage.agent_replies("Oops.")
    post.house.post.send_due(post.stage.now)
    seq = len(post.stage.thread)

    post.house.outbox.take_back(post.stage.conversation, seq, "agt_mira", post.stage.now)

    assert post.minute_passes() == []
    assert post.stage.row["status"] == "open"


def test_what_is_set_aside_is_let_in_by_a_person_and_answered_by_one(post: MailStage) -> None:
    post.arrives(mail(sender=NADIA, subject="Automatic reply: My invoice", Auto_Submitted="auto-replied"))
    assert post.suspended == [Cause.AUTO_REPLY]
    assert post.minute_passes() == []

    (row,) = post.house.mails.suspended()
    taken = release(post.house.mails, row["id"], "agt_mira", post.stage.now)
    post.stage.conversation = taken.conversation_id
    post.stage.worker.work_off()

    assert isinstance(taken, Accepted)
    assert post.stage.handler == "human"
    assert post.stage.row["reason"] == post.stage.turn["decision"]["because"][0]["reason"] == "given_to_people"
    assert post.stage.row["first_response_due"] is not None, "nobody was handed it, and somebody waits"
    assert [author for author, _ in post.stage.thread] == ["customer"]
    assert post.suspended == []
    assert post.minute_passes() == []


def test_a_mail_that_comes_again_is_one_message_and_another_under_its_name_is_another(post: MailStage) -> None:
    post.arrives(mail("I want to talk to a person."))
    post.arrives(b"Received: from somewhere\r\n" + mail("I want to talk to a person."))
    count = "select count(*) as n from messages m join conversations c on c.id = m.conversation_id"
    count += " where c.channel = 'email' and m.author = 'customer' and m.body like %(b)s"

    def messages(body: str) -> int:
        row = post.house.db.one(count, {"b": f"%{body}%"})
        return int(row.n) if row else 0

    assert messages("I want to talk to a person.") == 1
    post.arrives(mail("Another text under the same Message-ID."))
    assert messages("Another text under the same") == 1


def test_a_chat_goes_on_by_mail_when_the_customer_is_away(post: MailStage) -> None:
    stage = post.stage
    stage.customer_writes("I want to talk to a person.", "eve", channel="chat")
    post.house.mails.seen(stage.conversation, stage.now)
    stage.now += timedelta(minutes=5)
    stage.agent_replies("Here is what happened.")
    assert post.minute_passes() == []
    (sent,) = [*post.minute_passes(), *post.minute_passes()]
    assert sent["To"] == "eve@elsewhere.example"
    assert "Here is what happened." in text_of(sent)

    chat = stage.conversation
    known = {"In_Reply_To": sent["Message-ID"], "Authentication_Results": FROM_ELSEWHERE}
    post.arrives(mail("Thank you, one more thing.", message_id="<c2@x>", **known), sent["Reply-To"])
    stage.conversation = chat
    assert stage.thread[-1] == ("customer", "Thank you, one more thing.")

    stage.agent_replies("Gladly.")
    assert "Gladly." in text_of(post.minute_passes()[-1])


def test_a_customer_of_whom_no_address_is_known_is_reached_where_they_said(post: MailStage) -> None:
    stage = post.stage
    stage.customer_writes("I want to talk to a person.", "ada", channel="chat")
    post.house.db.run("update contacts set email = '' where external_id = 'con_ada'")
    WidgetStore(post.house.db).give_address(stage.conversation, "ada@home.example", stage.now)
    row = post.house.conversations.one(stage.conversation)
    assert (row["email"], row["email_is_said"]) == ("ada@home.example", True)  # nobody vouches for it
    post.house.mails.seen(stage.conversation, stage.now)
    stage.now += timedelta(minutes=5)
    stage.agent_replies("Here is what happened.")
    (sent,) = [*post.minute_passes(), *post.minute_passes(), *post.minute_passes()]
    assert sent["To"] == "ada@home.example"
    with pytest.raises(NotFound):  # whoever's address that is, they are not erased by somebody else's word
        ErasureStore(post.house.db).erase("ada@home.example", "lena", stage.now)

    known = {"In_Reply_To": sent["Message-ID"], "Authentication_Results": FROM_HOME}
    chat, answer = stage.conversation, mail("Thank you.", message_id="<a2@x>", **known)
    post.arrives(answer.replace(b"eve@elsewhere.example", b"ada@home.example"), sent["Reply-To"])
    stage.conversation = chat
    assert stage.thread[-1] == ("customer", "Thank you.")
    row = post.house.conversations.one(stage.conversation)
    assert (row["email"], row["email_is_said"]) == ("ada@home.example", False)  # they write from there


def test_a_chat_that_is_looked_at_stays_a_chat(post: MailStage) -> None:
    stage = post.stage
    stage.customer_writes("I want to talk to a person.", "eve", channel="chat")
    stage.agent_replies("Here is what happened.")
    post.house.mails.seen(stage.conversation, stage.now + timedelta(seconds=1))

    assert [*post.minute_passes(), *post.minute_passes(), *post.minute_passes()] == []
