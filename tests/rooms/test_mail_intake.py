"""Mail on its way in: over real sockets, into a real store, joined to its conversation or not."""

from __future__ import annotations

import asyncio
import mailbox
import random
import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from smtplib import LMTP, SMTP, SMTPDataError, SMTPRecipientsRefused, SMTPSenderRefused
from typing import Any

import pytest

from mail.writing import OURS, mail
from segue.app.drill.mailbox import ImapPeer
from segue.app.mailing import MailIntake, _by_sender
from segue.app.postman import keep_count, listener_for, place_of, teller_for
from segue.app.settings import Settings
from segue.domain.errors import Conflict, DatabaseUnavailable, Refused, Unavailable
from segue.domain.mail import Cause, MailKeys
from segue.domain.people import Agent
from segue.intake.automatic import Ours
from segue.intake.mail import arrival_of, release
from segue.integrations.mail.boxes import mails_in
from segue.integrations.mail.imap import ImapMailbox, Watcher
from segue.integrations.mail.jail import Reader, Reading, glance
from segue.integrations.mail.lmtp import Listener
from segue.store.channels import Channels
from segue.store.database import Database
from segue.store.inbox import Accepted, Arrival, Inbox
from segue.store.mail import KEPT_OF_LARGER, LARGEST, Kept, MailStore
from segue.store.mails_behind import MailsBehind
from segue.store.same_mail import keys_before
from segue.store.workspace import Workspace

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
KEYS = MailKeys(b"the secret", OURS)
SETTINGS = Settings(mail_from=OURS)


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    made = Reader("mx.ours.example")
    yield made
    made.close()


@pytest.fixture
def store(db: Database) -> MailStore:
    return MailStore(db)


@pytest.fixture
def intake(store: MailStore, reader: Reader) -> MailIntake:
    return MailIntake(store, lambda: Ours(KEYS, {OURS}, "0123456789abcdef", store.agents()), reader)


def conversation_of(db: Database, email: str) -> str:
    return Inbox(db).accept(Arrival("My invoice?", email=email), NOW).conversation_id


def count(db: Database, what: str) -> int:
    row = db.one(f"select count(*) as n from {what}")
    return int(row.n) if row else 0


# whose conversation it is


SAYS = "mx.ours.example; {}"
STOLEN = [
    "",
    SAYS.format("dmarc=fail header.from=example.com; spf=pass smtp.mailfrom=evil.example"),
    SAYS.format("dmarc=none header.from=example.com; spf=pass smtp.mailfrom=x@evil.example"),
    SAYS.format("dmarc=none; dkim=pass header.d=evil.example header.i=@evil.example"),
    SAYS.format("dkim=pass header.d=evil.example header.i=header.d=example.com@evil.example"),
    SAYS.format(
        "dmarc=pass header.from=evil.example; dkim=fail header.d=example.com; spf=none smtp.mailfrom=example.com"
    ),
    SAYS.format("dkim=pass header.d=mail.example.com; spf=pass smtp.mailfrom=eve@com"),
    "mx.evil.example; dmarc=pass header.from=example.com; spf=pass smtp.mailfrom=example.com",
]
"""What stands on a mail with a true key and the customer's own address, which the customer did not write."""
OWN = [
    SAYS.format("dmarc=pass header.from=example.com"),
    SAYS.format("spf=pass smtp.mailfrom=a@example.com; dmarc=none header.from=example.com"),
    SAYS.format("spf=fail smtp.mailfrom=list@forwards.example; dkim=pass (2048 bit) header.d=Example.com header.i=@x"),
]


def trusting(store: MailStore, reader: Reader) -> MailIntake:
    """As where the operator has named the server whose word counts."""
    return MailIntake(store, lambda: Ours(KEYS, {OURS}, "0123456789abcdef", store.agents(), True), reader)


@pytest.mark.parametrize("is_named", [True, False], ids=["with a server that is trusted", "without one"])
def test_of_two_hundred_forged_mails_none_joins_and_of_fifty_answers_all(
    db: Database, store: MailStore, intake: MailIntake, reader: Reader, is_named: bool
) -> None:
    """A key that was copied or passed on, a name that anybody can write, or both: for both at once there has to be a
    server whose word is trusted (below: what becomes of it where there is none)."""
    dice, room = random.Random(5), trusting(store, reader) if is_named else intake
    people = [f"person{n}@example.com" for n in range(50)]
    mine = {email: conversation_of(db, email) for email in people}
    wrong, stolen = MailKeys(b"another secret", OURS), Counter[str]()

    for n in range(200):
        victim, other = dice.sample(people, 2)
        theirs, sender = mine[victim], dice.choice([f"eve{n}@evil.example", victim])
        has_both = is_named and sender == victim and n % 4 != 0
        keys = KEYS if sender != victim or has_both else wrong
        key, ident = keys.reply_address(theirs), keys.message_id(theirs, 1)
        near = KEYS.reply_address(mine[other]).replace(mine[other][4:].lower(), theirs[4:].lower())
        to, answered = dice.choice(
            [(key, ident), (OURS, ident), (key, ""), (near, "" if keys is KEYS and not has_both else ident)]
        )
        more = {"In_Reply_To": answered} if answered else {}
        if is_named and sender == victim:
            said = dice.choice(STOLEN)
            more |= {"Authentication_Results": said} if said else {}
            stolen[said] += has_both
        forged = mail(f"Forged {n}, please.", sender, to, f"Re: #{n}", f"<f{n}@evil.example>", **more)
        store.keep(forged, to, sender, NOW + timedelta(minutes=n * 3))
    room.take_in(NOW + timedelta(days=1))
    assert count(db, "messages where body like '%Forged%' and seq > 1") == 0
    assert count(db, "messages where body like '%Forged%'") + store.suspended_count() == 200
    assert count(db, "mails where state = 'new'") == 0
    if is_named:
        assert all(stolen[said] for said in STOLEN)
        assert count(db, "mails where cause in ('unproven', 'spoofed')") >= stolen.total() >= 50

    for n, (email, theirs) in enumerate(mine.items()):
        by_address = n % 2 == 0
        to = KEYS.reply_address(theirs) if by_address else OURS
        more = {} if by_address else {"In_Reply_To": KEYS.message_id(theirs, 1), "References": "<old@x>"}
        more |= {"Authentication_Results": OWN[n % len(OWN)]} if is_named else {}
        store.keep(mail("Legitimate.", email.upper(), to, "Re: x", f"<l{n}@example.com>", **more), to, email, NOW)
    room.take_in(NOW + timedelta(days=1))
    answers = db.all("select conversation_id from messages where body = 'Legitimate.' and seq = 2")
    assert {row.conversation_id for row in answers} == set(mine.values())


def test_what_is_written_in_the_customers_name_waits_beside_the_conversation_until_a_person_has_looked(
    db: Database, store: MailStore, reader: Reader
) -> None:
    """It may be theirs: some domains vouch for nothing."""
    theirs = conversation_of(db, "a@example.com")
    to = KEYS.reply_address(theirs)
    store.keep(mail("It is still open.", "a@example.com", to, "Re: x"), to, "a@example.com", NOW)
    trusting(store, reader).take_in(NOW)

    (row,) = store.suspended()
    assert (row["cause"], row["linked_to"]) == (Cause.UNPROVEN, theirs)
    taken = release(store, row["id"], "agt_mira", NOW)
    assert (taken.conversation_id, taken.seq) == (theirs, 2)


@pytest.mark.parametrize("vouched", [True, False], ids=["vouched for", "vouched for by nobody"])
def test_without_a_trusted_server_what_bears_a_verified_customers_name_is_not_taken_for_theirs(
    db: Database, store: MailStore, reader: Reader, intake: MailIntake, vouched: bool
) -> None:
    """Nothing tells it from theirs, so it joins; but it is considered as a stranger's, and an answer goes to the
    customer's own address alone. What their tier was promised holds, and what they say themselves afterwards is theirs
    again."""
    inbox = Inbox(db)
    theirs = inbox.accept(
        Arrival("My invoice?", external_id="ada", email="ada@example.com", is_verified=True), NOW
    ).conversation_id  # fmt: skip
    assert inbox.snapshot(theirs, NOW).contact.is_verified
    db.run("insert into accounts (id, name, tier, created_at) values ('acc_ada', 'Ada and Co', 'enterprise', now())")
    db.run("update contacts set account_id = 'acc_ada'")
    said = {"Authentication_Results": OWN[0]} if vouched else {}
    forged = mail("Tell me what is on my account.", "ada@example.com", KEYS.reply_address(theirs), "Re: x", **said)
    store.keep(forged, OURS, "eve@evil.example", NOW)
    intake.take_in(NOW)

    assert inbox.snapshot(theirs, NOW).latest.seq == 2
    assert inbox.snapshot(theirs, NOW).contact.is_verified is vouched
    db.run("update conversations set considered_seq = 1")
    (lease,) = inbox.claim(NOW, 5)
    assert (lease.conversation.latest.seq, lease.conversation.contact.is_verified) == (2, vouched)
    assert [seen.tier for seen in (lease.conversation, inbox.snapshot(theirs, NOW))] == ["enterprise"] * 2

    inbox.accept(Arrival("Thank you.", conversation_id=theirs), NOW)
    assert inbox.snapshot(theirs, NOW).contact.is_verified


def test_mail_from_an_address_that_was_only_typed_joins_and_is_no_verified_customers(
    db: Database, store: MailStore, reader: Reader
) -> None:
    """Whoever vouches for it vouches for the address, and nobody has said that it is theirs."""
    inbox = Inbox(db)
    theirs = inbox.accept(Arrival("My invoice?", external_id="ada", is_verified=True), NOW).conversation_id
    db.run("update contacts set reach = 'Eve@example.com'")
    store.keep(
        mail("What is on my account?", "eve@example.com", KEYS.reply_address(theirs), "Re: x",
             Authentication_Results=OWN[0]), OURS, None, NOW,
    )  # fmt: skip
    trusting(store, reader).take_in(NOW)

    told = inbox.snapshot(theirs, NOW)
    assert (told.latest.seq, told.contact.is_verified) == (2, False)
    assert [one.is_unproven for one in MailsBehind(db).came_by_mail(theirs)] == [True]
    db.run("update conversations set considered_seq = 1")
    (lease,) = inbox.claim(NOW, 5)
    assert (lease.conversation.latest.seq, lease.conversation.contact.is_verified) == (2, False)

    db.run("update contacts set email = 'Eve@Example.com'")  # their company says so
    assert inbox.snapshot(theirs, NOW).contact.is_verified


@pytest.mark.parametrize(("said", "is_vouched", "dmarc"), [(OWN[0], True, "pass"), (STOLEN[1], False, "fail")])
def test_what_the_server_found_of_a_mail_stays_known_once_it_was_let_in(
    db: Database, store: MailStore, reader: Reader, said: str, is_vouched: bool, dmarc: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr("segue.intake.mail.MOST_AN_HOUR", 0)
    for n in range(2):
        store.keep(mail(f"Number {n} of many", "ada@example.com", message_id=f"<{n}@x>", Authentication_Results=said),
                   OURS, None, NOW)  # fmt: skip
        trusting(store, reader).take_in(NOW)
    row = store.suspended()[0]
    assert row["cause"] == (Cause.TOO_MANY if is_vouched else Cause.SPOOFED)

    taken = release(store, row["id"], "agt_mira", NOW)
    told = MailsBehind(db).one(taken.conversation_id, taken.seq)
    assert (told.vouched, told.authentication["dmarc"]) == (is_vouched, dmarc)


def test_forgeries_in_a_customers_name_do_not_have_the_customers_own_mail_set_aside(
    db: Database, store: MailStore, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("segue.intake.mail.MOST_AN_HOUR", 2)
    room = trusting(store, reader)
    for n in range(5):
        said = STOLEN[1] if n < 4 else OWN[0]
        written = mail(f"Number {n}", "ada@example.com", message_id=f"<{n}@x>", Authentication_Results=said)
        store.keep(written, OURS, None, NOW + timedelta(seconds=n))
    room.take_in(NOW + timedelta(minutes=1))
    assert [row.body for row in db.all("select body from messages")] == ["My invoice\n\nNumber 4"]


LATE = "<p>As it is read by who is late.</p>"


class Overtaken(Reader):
    """While it reads, something happens."""

    def __init__(self, reader: Reader, then: Callable[[], object]) -> None:
        self._reader, self._then = reader, then

    def read(self, came: bytes, return_path: str | None) -> Reading:
        found = self._reader.read(came, return_path)
        self._then()
        return replace(found, mail=replace(found.mail, html=LATE))


def test_what_comes_while_a_mail_takes_long_does_not_wait_for_it(
    db: Database, store: MailStore, reader: Reader
) -> None:
    heard, began, may_end = threading.Event(), threading.Event(), threading.Event()
    slow = Overtaken(reader, lambda: (began.set(), may_end.wait(20)))
    store.keep(mail("It takes long.", "eve@x.example"), OURS, "eve@x.example", NOW)
    intake = MailIntake(store, lambda: Ours(KEYS, {OURS}, "0123456789abcdef", store.agents()), slow, reader)
    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(intake.take_in, NOW, heard.set)
        assert began.wait(20)
        store.keep(mail("In between.", "ada@x.example", message_id="<2@x>"), OURS, "ada@x.example", NOW)
        assert heard.wait(20)
        assert [row.body for row in db.all("select body from messages")] == ["My invoice\n\nIn between."]
        may_end.set()
        assert done.result(20) == 2


@pytest.mark.parametrize("decides", ["taken", "suspended", "dropped"])
def test_a_worker_who_was_overtaken_changes_nothing_of_a_mail_that_is_decided_on(
    db: Database, store: MailStore, intake: MailIntake, reader: Reader, decides: str
) -> None:
    more = {} if decides == "taken" else {"Auto_Submitted": "auto-replied"}
    store.keep(mail("Read in time.", **more), OURS, "eve@elsewhere.example", NOW)

    def then() -> None:
        intake.take_in(NOW + timedelta(minutes=2))
        if decides == "dropped":
            store.drop(store.suspended()[0]["id"], "agt_mira", NOW)

    ours = Ours(KEYS, {OURS}, "0123456789abcdef", store.agents())
    MailIntake(store, lambda: ours, Overtaken(reader, then)).take_in(NOW)
    (row,) = db.all("select * from mails")
    kept = Kept(row.id, row.key, row.recipient, row.return_path, bytes(row.raw), False, 1, False, NOW)
    found = replace(reader.read(kept.raw, None).mail, html=LATE)
    with nullcontext() if decides == "taken" else pytest.raises(Conflict):  # where it would make a message of it
        store.take(kept, arrival_of(kept, found, None), found, None, NOW)

    (row,) = db.all("select state, html from mails")
    assert (row.state, row.html) == (decides, "")
    assert count(db, "messages") == (decides == "taken")


def test_a_mail_that_waited_long_and_is_anothers_by_now_is_left_to_them(
    db: Database, store: MailStore, intake: MailIntake, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.keep(mail(), OURS, None, NOW)
    (mine,) = store.due(NOW, 1)
    assert store.is_held(mine, NOW + timedelta(seconds=50))
    assert store.due(NOW + timedelta(seconds=70), 1) == []
    (theirs,) = store.due(NOW + timedelta(minutes=2), 1)
    assert not store.is_held(mine, NOW + timedelta(minutes=2))
    store.later(mine, NOW)
    assert store.is_held(theirs, NOW + timedelta(minutes=2))

    monkeypatch.setattr("segue.app.mailing.RENEWED_AFTER", -1.0)
    given = [[mine]]
    monkeypatch.setattr(store, "due", lambda *_asked: given.pop() if given else [])
    assert intake.take_in(NOW) == 0
    assert count(db, "messages") == 0


def test_mails_out_of_a_mailbox_are_read_side_by_side_where_their_senders_differ(store: MailStore) -> None:
    came = [("ada@x.example", None), ("Eve <eve@x.example>", None), ("Ada <ADA@x.example>", None),
            ("ada@x.example", "bounce-17@x.example"), ('"Ada, <eve@x.example>"\n\t<ada@x.example>', None)]  # fmt: skip
    for n, (sender, path) in enumerate(came):
        whole = mail(str(n)).replace(b"Eve <eve@elsewhere.example>", sender.encode())
        store.keep(whole, OURS, path, NOW + timedelta(seconds=n))

    apart = _by_sender(store.due(NOW + timedelta(minutes=1), 20))
    assert [[int(one.raw.rpartition(b"\r\n\r\n")[2]) for one in mails] for mails in apart] == [[0, 2, 3, 4], [1]]


def waiting(store: MailStore, *senders: str) -> None:
    """A mail of each came, one a second; a mail says its place."""
    for n, sender in enumerate(senders):
        whole = mail(str(n), f"{sender}@x.example", message_id=f"<{n}@x>")
        store.keep(whole, OURS, "all@forwarder.example", NOW + timedelta(seconds=n))


def places(claimed: list[Kept]) -> list[int]:
    return sorted(int(one.raw.rpartition(b"\r\n\r\n")[2]) for one in claimed)


def test_no_worker_is_given_a_mail_while_another_has_an_earlier_one_of_the_same_sender(store: MailStore) -> None:
    later = NOW + timedelta(minutes=1)
    waiting(store, "eve", "ada", "ada", "bob", "ada")
    mine = store.due(later, 2)
    assert places(mine) == [0, 1]
    assert places(store.due(later, 20)) == [3], "of the others none waits for Ada's"

    for one in mine:
        store.set_aside(one, Cause.LIST, glance(one.raw), later)
    assert places(store.due(later, 20)) == [2, 4]


def test_what_is_read_once_more_goes_before_what_came_later_and_holds_up_nobody_else(store: MailStore) -> None:
    later = NOW + timedelta(minutes=1)
    waiting(store, "ada", *["ada"] * 25, "eve")
    (first,) = store.due(later, 1)
    store.later(first, later + timedelta(seconds=5))

    assert places(store.due(later, 20)) == [26]
    assert places(store.due(later + timedelta(seconds=5), 20)) == [*range(20)]


def test_what_another_worker_is_claiming_in_this_moment_is_not_overtaken(db: Database, store: MailStore) -> None:
    later = NOW + timedelta(minutes=1)
    waiting(store, "ada", "ada", "eve")
    with db.transaction() as connection:
        connection.execute("select from mails where comes_from like 'ada%' order by id limit 1 for update")
        assert places(store.due(later, 20)) == [2]
    assert places(store.due(later, 20)) == [0, 1]


def test_what_was_let_in_by_two_people_at_once_is_let_in_once(
    db: Database, store: MailStore, intake: MailIntake
) -> None:
    store.keep(mail(Auto_Submitted="auto-replied"), OURS, "eve@elsewhere.example", NOW)
    intake.take_in(NOW)
    (row,) = store.suspended()

    Workspace(db).put_agent(Agent("agt_mira", "Mira", "mira@ledgerly.example"), NOW)
    taken = release(store, row["id"], "agt_mira", NOW)
    told = rf"It was already let in by Mira\. It is in conversation #{taken.number}\."
    with pytest.raises(Conflict, match=told):
        release(store, row["id"], "agt_tom", NOW)
    with pytest.raises(Conflict, match=told):
        store.drop(row["id"], "agt_tom", NOW)
    assert count(db, "conversations where handler = 'human'") == 1


def test_of_many_who_decide_on_a_mail_at_once_one_does_and_the_others_hear_who(
    db: Database, store: MailStore, intake: MailIntake
) -> None:
    """Both look at it before either has decided, which the list of those set aside makes common."""
    people = {f"agt_{name.lower()}": name for name in ("Mira", "Tom", "Lena")}
    for n, (agent, name) in enumerate(people.items()):
        Workspace(db).put_agent(Agent(agent, name, f"{n}@ledgerly.example"), NOW)
    for n in range(8):
        store.keep(mail(Auto_Submitted="auto-replied", message_id=f"<{n}@x>"), OURS, "eve@elsewhere.example", NOW)
    intake.take_in(NOW)

    def decides(there: str, agent: str, starts: threading.Barrier) -> str:
        starts.wait(10)
        try:
            release(store, there, agent, NOW) if agent != "agt_lena" else store.drop(there, agent, NOW)
        except Conflict as error:
            return str(error)
        return agent

    for row in store.suspended():
        starts = threading.Barrier(len(people))
        with ThreadPoolExecutor(len(people)) as at_once:
            said = [at_once.submit(decides, row["id"], agent, starts) for agent in people]
        told = [one.result() for one in said]
        (done,) = {*told} & {*people}
        deed = "put away" if done == "agt_lena" else "let in"
        others = [one for one in told if one != done]
        assert all(one.startswith(f"It was already {deed} by {people[done]}.") for one in others), told
    assert count(db, "mails where state in ('taken', 'dropped')") == 8
    assert count(db, "messages") == count(db, "mails where state = 'taken'")


def test_two_first_mails_of_one_sender_are_let_in_at_once(db: Database, store: MailStore, intake: MailIntake) -> None:
    """Each writes the sender down; who comes second finds them."""
    for n in range(6):
        store.keep(mail(Auto_Submitted="auto-replied", message_id=f"<{n}@x>"), OURS, "eve@elsewhere.example", NOW)
    intake.take_in(NOW)
    starts = threading.Barrier(6)

    def lets_in(there: str) -> Accepted:
        starts.wait(10)
        return release(store, there, "agt_mira", NOW)

    with ThreadPoolExecutor(6) as at_once:
        taken = list(at_once.map(lets_in, [row["id"] for row in store.suspended()]))
    assert len({one.conversation_id for one in taken}) == 6
    assert count(db, "contacts") == 1


def test_one_mail_by_mailbox_by_lmtp_and_out_of_files_is_one_message(
    db: Database, store: MailStore, intake: MailIntake, tmp_path: Path
) -> None:
    """Each way adds headers, names another address of ours, or ends lines otherwise."""
    written = mail("Where is it?\n\nFrom Monday on it is late.\n", message_id="<once@x>")
    without = written.replace(b"Message-ID: <once@x>\r\n", b"Date: Mon, 2 Mar 2026 10:00:00 +0100\r\n")
    for raw in (written, without):
        boxed, head = (
            mailbox.mbox(tmp_path / "old.mbox"),
            b"Return-Path: <eve@elsewhere.example>\r\nReceived: from a\r\n",
        )
        boxed.add(raw)
        boxed.flush()
        ((_name, out_of_a_box),) = mails_in(tmp_path / "old.mbox")
        (tmp_path / "old.mbox").unlink()
        came = [
            store.keep(raw, OURS, None, NOW),
            store.keep(
                head + b"  by b; Mon, 2 Mar\r\n" + raw, "support+key@ledgerly.example", "eve@elsewhere.example", NOW
            ),
            store.keep(out_of_a_box, "reply@ledgerly.example", None, NOW, for_people=True),
            store.keep(b"Status: RO\nX-UID: 7\n" + raw.replace(b"\r\n", b"\n").rstrip(b"\n"), OURS, None, NOW),
            store.keep(raw.replace(b"\r\nFrom Monday", b"\r\n>From Monday"), OURS, None, NOW),
        ]
        assert came[0]
        assert came[1:] == [None] * 4
    intake.take_in(NOW)
    assert count(db, "messages") == 2


def test_of_one_mail_that_is_too_large_the_beginning_is_one_mail(store: MailStore) -> None:
    """A mailbox hands over only so much of it, by other line ends than a file."""
    large = mail(message_id="<large@x>") + b"a line of many\r\n" * (LARGEST // 16 + 1)
    assert store.keep(large, OURS, None, NOW)
    assert store.keep(b"X-Way: 1\r\n" + large[: KEPT_OF_LARGER - 10], OURS, None, NOW, size=len(large)) is None
    assert store.keep(large.replace(b"many", b"some"), OURS, None, NOW)


def test_mails_that_differ_in_what_their_writer_wrote_are_two(store: MailStore) -> None:
    bare = mail().replace(b"Message-ID: <m1@elsewhere.example>\r\n", b"")
    dated = b"Date: Mon, 2 Mar 2026 10:00:00 +0100\r\n" + bare
    mails = [mail(), mail("Another text."), mail(message_id="<m2@x>"), bare, b"Received: from a\r\n" + bare, dated,
             dated.replace(b"10:00", b"10:01"), dated.replace(b"My invoice", b"Your invoice")]  # fmt: skip
    assert all(store.keep(one, OURS, None, NOW) for one in mails)


def test_mails_of_a_machine_that_writes_one_message_id_each_time_are_as_many_as_came(
    db: Database, store: MailStore, intake: MailIntake
) -> None:
    """A scanner or a form, with all it has to say in its subject; folded elsewhere it is the same mail."""
    subjects = ["Order 4711 was paid", "Order 4712 was paid", "Order 4711 was cancelled"]
    for sender in ("Till <till@x.example>", "Other <other@x.example>"):
        for subject in subjects:
            store.keep(mail("", sender, subject=subject), OURS, None, NOW)
    again = mail("", "Till <till@x.example>", subject=subjects[0])
    assert store.keep(again.replace(b"4711 was", b"4711\r\n was"), OURS, None, NOW) is None
    intake.take_in(NOW)
    assert count(db, "messages") == 6


@pytest.mark.parametrize("kind", [0, 1], ids=["with its recipient", "by Message-ID and content"])
def test_what_was_known_by_an_earlier_kind_of_key_is_known(db: Database, store: MailStore, kind: int) -> None:
    db.run("update mails set key = %(key)s where id = %(id)s",
           {"key": keys_before(mail(), OURS)[kind], "id": store.keep(mail(), OURS, None, NOW)})  # fmt: skip
    assert store.keep(mail(), OURS, None, NOW) is None


@pytest.mark.parametrize("text", [" \n", "\u200b\n\u2060", "\x01\x02"])
@pytest.mark.parametrize("answers", [False, True])
def test_who_says_everything_in_the_subject_is_heard(
    db: Database, store: MailStore, intake: MailIntake, answers: bool, text: str
) -> None:
    more = {"In_Reply_To": KEYS.message_id(conversation_of(db, "eve@elsewhere.example"), 1)} if answers else {}
    store.keep(mail(text, subject="Please cancel my plan", **more), OURS, "eve@elsewhere.example", NOW)
    intake.take_in(NOW)
    (message,) = db.all("select body, seq from messages where body <> 'My invoice?'")
    assert message == ("Please cancel my plan", 2 if answers else 1)


def test_a_mail_in_which_nothing_can_be_seen_is_as_an_empty_one(
    db: Database, store: MailStore, intake: MailIntake
) -> None:
    store.keep(mail("\u200b\x01", subject="\u200b"), OURS, "eve@elsewhere.example", NOW)
    intake.take_in(NOW)
    assert [row.body for row in db.all("select body from messages")] == ["(no text)"]


def test_whom_a_mail_is_for_is_kept_also_once_a_person_has_let_it_in(
    db: Database, store: MailStore, intake: MailIntake
) -> None:
    written = mail(Auto_Submitted="auto-replied", Cc="Boss <boss@elsewhere.example>, x@elsewhere.example")
    store.keep(written, OURS, "eve@elsewhere.example", NOW)
    intake.take_in(NOW)
    taken = release(store, store.suspended()[0]["id"], "agt_mira", NOW)

    named = MailsBehind(db).one(taken.conversation_id, taken.seq).recipients
    assert [one["address"] for one in named["to"]] == [OURS]
    assert named["cc"] == [{"address": "boss@elsewhere.example", "name": "Boss"},
                           {"address": "x@elsewhere.example", "name": ""}]  # fmt: skip


@pytest.mark.parametrize("garbage", [b"\0" * 40, b"From: \xff\0@\x81\xfe\x02\r\n\r\n\x01\x02", bytes(range(256))])
def test_bytes_of_nobody_wait_with_their_cause_until_a_person_lets_them_in(
    db: Database, store: MailStore, intake: MailIntake, garbage: bytes
) -> None:
    store.keep(garbage, OURS, "", NOW)
    intake.take_in(NOW)
    (row,) = store.suspended()
    assert row["cause"] == "no_sender"
    assert count(db, "conversations") == 0
    assert bytes(store.one(row["id"]).raw) == garbage

    release(store, row["id"], "agt_mira", NOW)
    assert count(db, "conversations where handler = 'human'") == 1


def test_a_flood_from_one_sender_is_set_aside(store: MailStore, intake: MailIntake) -> None:
    for n in range(40):
        store.keep(mail(f"Number {n} of very many mails", message_id=f"<{n}@x>"), OURS, "e@x.example", NOW)
    intake.take_in(NOW)
    assert {row["cause"] for row in store.suspended()} == {"too_many"}
    assert 5 <= store.suspended_count() <= 15


def test_what_is_too_large_is_kept_by_its_beginning(db: Database, store: MailStore, intake: MailIntake) -> None:
    store.keep(mail("Hello there, look at this"), OURS, None, NOW, size=LARGEST + 1)
    store.keep(mail(message_id="<2@x>") + b"x" * LARGEST, OURS, None, NOW)
    intake.take_in(NOW)
    assert [row["cause"] for row in store.suspended()] == ["oversize", "oversize"]
    row = db.one("select max(length(raw)) as n from mails")
    assert row
    assert row.n <= KEPT_OF_LARGER


def test_a_mail_that_breaks_the_house_is_set_aside_after_a_few_tries(
    db: Database, store: MailStore, intake: MailIntake, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever it is that fails, nothing is lost."""
    monkeypatch.setattr(store, "take", lambda *a, **k: 1 / 0)
    store.keep(mail(), OURS, None, NOW)
    for minute in range(6):
        intake.take_in(NOW + timedelta(minutes=minute))
    assert [row["cause"] for row in store.suspended()] == ["unreadable"]
    assert b"invoice" in bytes(store.one(store.suspended()[0]["id"]).raw)


FORGED = "mx.ours.example; dmarc=fail header.from=elsewhere.example"
HOW_IT_COMES: dict[Cause, dict[str, str]] = {
    Cause.AUTO_REPLY: {"Auto_Submitted": "auto-replied"}, Cause.LIST: {"List_Id": "<news.elsewhere.example>"},
    Cause.BOUNCE: {"sender": "MAILER-DAEMON@mx.example", "subject": "Returned mail: see transcript for details"},
    Cause.LOOP: {"X_Segue_House": "0123456789abcdef"}, Cause.OWN_ADDRESS: {"sender": f"Us <{OURS}>"},
    Cause.NO_REPLY: {"sender": "no-reply@x.example"}, Cause.SPOOFED: {"Authentication_Results": FORGED},
    Cause.SPOOFED_AGENT: {"sender": "mira@ledgerly.example"}, Cause.TOO_MANY: {"sender": "flood@x.example"},
    Cause.UNKNOWN_SENDER: {"sender": "stranger@x.example"}, Cause.UNPROVEN: {"sender": "ada@example.com"},
    Cause.OVERSIZE: {"sender": "large@x.example"},
    Cause.UNREADABLE: {"sender": "broken@x.example"}, Cause.NO_SENDER: {},
}  # fmt: skip


def test_whatever_the_cause_a_person_lets_the_mail_in_with_its_words(
    db: Database, store: MailStore, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each is set aside for its own cause by the road that mails take."""
    monkeypatch.setattr("segue.intake.mail.MOST_AN_HOUR", 0)
    whole = reader.read
    monkeypatch.setattr(reader, "read", lambda came, path: (
        Reading(glance(came, path), is_whole=False) if b"of unreadable" in came else whole(came, path)))  # fmt: skip
    Workspace(db).put_agent(Agent("agt_mira", "Mira", "mira@ledgerly.example"), NOW)
    for cause, more in HOW_IT_COMES.items():
        words, to = f"These are the words of {cause}.", OURS
        if cause in (Cause.UNKNOWN_SENDER, Cause.UNPROVEN):
            to = KEYS.reply_address(conversation_of(db, "ada@example.com"))
        written = mail(words, to=to, message_id=f"<{cause}@x.example>", **more)
        if cause is Cause.NO_SENDER:
            written = b"Subject: Hi\r\n\r\n" + words.encode()
        if cause is Cause.TOO_MANY:
            before = NOW - timedelta(minutes=1)
            store.keep(mail(message_id="<first@x.example>", **more), OURS, "flood@x.example", before)
        store.keep(written, to, "flood@x.example" if cause is Cause.TOO_MANY else None, NOW,
                   LARGEST + 1 if cause is Cause.OVERSIZE else None)  # fmt: skip
    MailIntake(store, lambda: Ours(KEYS, {OURS}, "0123456789abcdef", store.agents(), True), reader).take_in(NOW)
    waiting = {row["cause"]: row["id"] for row in store.suspended()}
    assert set(waiting) == set(Cause)

    for cause, there in waiting.items():
        taken = release(store, there, "agt_mira", NOW)
        row = db.one("select m.body, c.handler from messages m join conversations c on c.id = m.conversation_id"
                     " where (m.conversation_id, m.seq) = (%(id)s, %(seq)s)",
                     {"id": taken.conversation_id, "seq": taken.seq})  # fmt: skip
        assert row is not None
        assert f"These are the words of {cause}." in row.body
        assert row.handler == "human", cause
    assert store.suspended_count() == 0


# by LMTP and SMTP


@contextmanager
def listening(listener: Listener) -> Iterator[int]:
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


@pytest.fixture
def port(store: MailStore) -> Iterator[int]:
    with listening(listener_for(SETTINGS, store, lambda: NOW)) as found:
        yield found


def test_mail_is_on_disk_when_lmtp_or_smtp_says_so(port: int, db: Database) -> None:
    dots = mail("..One\n.\n.Two", message_id="<dots@x>")
    with LMTP("127.0.0.1", port) as server:
        server.sendmail("eve@x.example", [OURS], dots)
    with SMTP("127.0.0.1", port) as server:
        server.sendmail("", [OURS, KEYS.reply_address("cnv_X")], mail())

    rows = db.all("select recipient, return_path, raw from mails order by return_path desc")
    assert [(r.recipient, r.return_path) for r in rows] == [(OURS, "eve@x.example"), (KEYS.reply_address("cnv_X"), "")]
    assert bytes(rows[0].raw).replace(b"\r\n", b"\n").endswith(b"..One\n.\n.Two\n")


def test_it_relays_nothing_and_takes_nothing_too_large(port: int, db: Database) -> None:
    with LMTP("127.0.0.1", port) as server:
        with pytest.raises(SMTPRecipientsRefused):
            server.sendmail("eve@x.example", ["ada@elsewhere.example"], mail())
        with pytest.raises(SMTPSenderRefused):
            server.sendmail("eve@x.example", [OURS], b"x" * (LARGEST + 1))
    assert count(db, "mails") == 0


def test_what_the_listener_says_is_counted_and_kept_even_where_the_database_was_away(db: Database) -> None:
    said, channels, store = Counter[str](), Channels(db), MailStore(db)
    with (
        listening(listener_for(SETTINGS, store, lambda: NOW, lambda what: said.update((what,)))) as port,
        LMTP("127.0.0.1", port) as server,
    ):
        server.sendmail("eve@x.example", [OURS], mail())
        with pytest.raises(SMTPRecipientsRefused):
            server.sendmail("eve@x.example", ["ada@elsewhere.example"], mail())
        with pytest.raises(SMTPSenderRefused):
            server.sendmail("eve@x.example", [OURS], b"x" * (LARGEST + 1))
    assert said == {"accepted": 1, "refused": 2}

    gone = Channels(Database("postgresql://nobody@127.0.0.1:9/none", patience=0.1))
    keep_count(gone, said)
    assert said == {"accepted": 1, "refused": 2}
    keep_count(channels, said)
    keep_count(channels, said)
    assert channels.counts() == {("listen", "accepted"): 1, ("listen", "refused"): 2}


def test_where_it_cannot_be_kept_the_other_side_is_told_to_come_again() -> None:
    async def keep(raw: bytes, recipients: list[str], return_path: str) -> None:
        raise DatabaseUnavailable("The database does not answer.", "Try again.")

    with listening(Listener(keep, lambda address: True, 1000)) as port, SMTP("127.0.0.1", port) as server:
        with pytest.raises(SMTPDataError) as told:
            server.sendmail("eve@x.example", [OURS], mail())
        assert told.value.smtp_code == 451


@pytest.mark.parametrize("end", [b"\n.\n", b"\r\n.\n", b"\n.\r\n", b"\r.\r", b"\r\n\0.\r\n", b"\r\n.\r\r\n"])
def test_only_one_ending_ends_a_mail(port: int, db: Database, end: bytes) -> None:
    """Else a second mail could hide in the first."""
    hidden = (
        b"MAIL FROM:<ceo@x.example>\r\nRCPT TO:<" + OURS.encode() + b">\r\nDATA\r\nSubject: Hidden\r\n\r\nx\r\n.\r\n"
    )
    with socket.create_connection(("127.0.0.1", port), 5) as line:
        line.sendall(b"LHLO x\r\nMAIL FROM:<e@x.example>\r\nRCPT TO:<" + OURS.encode() + b">\r\nDATA\r\n")
        line.sendall(b"Subject: One\r\n\r\nx" + end + hidden + b"QUIT\r\n")
        while line.recv(4096):
            pass
    assert count(db, "mails") == 1


@pytest.mark.parametrize(
    "said", [b"\xff" * 100 + b"\r\n", b"x" * 10_000, b"DATA\r\n", b"RCPT TO:<a@b>\r\n", b"MAIL\r\n", b"\r\n" * 2000]
)
def test_nonsense_ends_no_listener(port: int, db: Database, said: bytes) -> None:
    with socket.create_connection(("127.0.0.1", port), 5) as line:
        line.sendall(said)
    with LMTP("127.0.0.1", port) as server:
        server.sendmail("eve@x.example", [OURS], mail())
    assert count(db, "mails") == 1


def test_an_address_to_listen_at_is_read() -> None:
    assert place_of("127.0.0.1:8825") == ("127.0.0.1", 8825)
    assert place_of("[::1]:25") == ("::1", 25)
    with pytest.raises(Refused):
        place_of("8825x")


# from a mailbox


class Diary(dict[str, int]):
    """Where the place in a mailbox is kept."""

    def load(self) -> dict[str, int] | None:
        return dict(self) or None


def watcher(peer: ImapPeer, store: MailStore, diary: Diary, largest: int = 10_000) -> Watcher:
    account = ImapMailbox.of(f"imap://support:secret@127.0.0.1:{peer.port}/INBOX")

    def keep(raw: bytes, size: int) -> None:
        store.keep(raw, OURS, None, NOW, size)

    return Watcher(account, diary.load, diary.update, keep, lambda: NOW, largest, 500)


def test_how_many_were_fetched_and_how_often_it_failed_is_counted(db: Database, store: MailStore) -> None:
    channels, stop, diary = Channels(db), threading.Event(), Diary()
    with ImapPeer() as peer:
        peer.add(mail("One", message_id="<1@x>"))
        peer.add(mail("Two", message_id="<2@x>"))
        tell = teller_for(channels, "imap")

        def told(why: str, fetched: int) -> None:
            tell(why, fetched)
            stop.set()

        watched = watcher(peer, store, diary)
        watched._tell = told
        watched.watch(stop)
        peer.drops_after_fetch = True
        peer.add(mail("Dropped", message_id="<3@x>"))
        stop.clear()
        watched.watch(stop)

    assert channels.counts() == {("imap", "fetched"): 2, ("imap", "failed"): 1}
    assert channels.states()["imap"].why


def test_a_mailbox_is_read_once_whatever_happens(db: Database, store: MailStore) -> None:
    diary = Diary()
    with ImapPeer() as peer:
        peer.add(mail("An old one", message_id="<old@x>"), seen=True)
        peer.add(mail("A new one", message_id="<1@x>"))
        assert watcher(peer, store, diary).look() == 1
        assert peer.flags[2] == {r"\Seen"}
        peer.add(mail("Read by somebody first", message_id="<2@x>"), seen=True)
        assert watcher(peer, store, diary).look() == 1

        peer.add(mail("Dropped in the middle", message_id="<3@x>"))
        peer.drops_after_fetch = True
        with pytest.raises(Unavailable):
            watcher(peer, store, diary).look()
        peer.drops_after_fetch = False
        watcher(peer, store, diary).look()
        assert count(db, "mails") == 3

        peer.validity += 1  # everything is renumbered
        watcher(peer, store, diary).look()
        assert count(db, "mails") == 4  # the old one came lately, too
        assert watcher(peer, store, diary).look() == 0


@pytest.mark.parametrize("instead", ["NO [SERVERBUG] Internal error", "OK nothing to say"])
def test_a_mail_that_the_server_does_not_hand_over_this_time_is_fetched_the_next(
    db: Database, store: MailStore, instead: str
) -> None:
    diary = Diary()
    with ImapPeer() as peer:
        watcher(peer, store, diary).look()
        peer.add(mail("One", message_id="<1@x>"))
        peer.add(mail("Two", message_id="<2@x>"))
        peer.instead = instead
        with pytest.raises(Unavailable):
            watcher(peer, store, diary).look()
        assert count(db, "mails") == 0

        assert watcher(peer, store, diary).look() == 2
        assert watcher(peer, store, diary).look() == 0
    assert count(db, "mails") == 2


def test_a_mail_that_is_deleted_before_it_is_fetched_keeps_nothing_behind_it(db: Database, store: MailStore) -> None:
    diary = Diary()
    with ImapPeer() as peer:
        peer.add(mail("One", message_id="<1@x>"))
        peer.add(mail("Two", message_id="<2@x>"))
        watched = watcher(peer, store, diary)
        wanted = watched._wanted

        def then_deleted(*asked: Any) -> set[int]:
            found = wanted(*asked)
            del peer.mails[1]
            return found

        watched._wanted = then_deleted  # type: ignore[method-assign]
        watched.look()
    assert count(db, "mails") == 1
    assert diary["uid"] == 2


def test_of_what_was_there_before_only_what_nobody_has_read_is_ever_taken(db: Database, store: MailStore) -> None:
    """Also where the line drops in the middle of the first look, and a mail comes meanwhile and is read."""
    diary, read = Diary(), "Read long ago"
    with ImapPeer() as peer:
        for n in range(1, 7):
            peer.add(mail(read if n % 3 else "Unread", message_id=f"<{n}@x>"), seen=n % 3 > 0)
        peer.add(mail(read, message_id="<7@x>"), seen=True)
        peer.drops_after_fetch = True
        with pytest.raises(Unavailable):
            watcher(peer, store, diary).look()
        peer.drops_after_fetch = False
        peer.add(mail("Read by somebody first", message_id="<8@x>"), seen=True)

        watcher(peer, store, diary).look()
        assert watcher(peer, store, diary).look() == 0
        assert sorted(bytes(row.raw).count(b"Unread") for row in db.all("select raw from mails")) == [0, 1, 1]
        assert diary["uid"] == 8
        peer.add(mail("A new one", message_id="<9@x>"), seen=True)
        assert watcher(peer, store, diary).look() == 1


def test_the_line_may_drop_after_any_mail_of_the_first_look(db: Database, store: MailStore) -> None:
    diary = Diary()
    with ImapPeer() as peer:
        for n in range(6):
            peer.add(mail(f"Number {n}", message_id=f"<{n}@x>"), seen=n % 2 > 0)
        watched = watcher(peer, store, diary)
        kept = watched._keep

        def drops(raw: bytes, size: int) -> None:
            kept(raw, size)
            peer.drops_after_fetch = True

        watched._keep = drops
        with pytest.raises(Unavailable):
            watched.look()
        assert diary["uid"] == 1
        peer.drops_after_fetch = False

        assert watcher(peer, store, diary).look() == 2
        assert watcher(peer, store, diary).look() == 0
        assert count(db, "mails") == 3


def test_idle_brings_a_mail_at_once(db: Database, store: MailStore) -> None:
    stop = threading.Event()
    with ImapPeer() as peer:
        thread = threading.Thread(target=watcher(peer, store, Diary()).watch, args=(stop, 0.1, 30.0))
        thread.start()
        assert peer.idles.wait(5)
        peer.add(mail(message_id="<idle@x>"))
        for _ in range(100):
            if count(db, "mails"):
                break
            stop.wait(0.05)
        assert count(db, "mails") == 1
        stop.set()
        thread.join(5)
        assert not thread.is_alive()


def test_of_a_very_large_mail_only_the_beginning_is_fetched(db: Database, store: MailStore) -> None:
    with ImapPeer() as peer:
        peer.add(mail("x" * 50_000))
        watcher(peer, store, Diary()).look()
    row = db.one("select size, length(raw) as kept from mails")
    assert row
    assert (row.size > 50_000, row.kept) == (True, 500)


# from files


def test_mails_are_found_in_files_and_folders(tmp_path: Path) -> None:
    (tmp_path / "one.eml").write_bytes(mail("One", message_id="<1@x>"))
    box = mailbox.mbox(tmp_path / "two.mbox")
    for n in (2, 3):
        box.add(mail(f"From here on {n}\nFrom me", message_id=f"<{n}@x>"))
    box.close()
    (tmp_path / "notes.txt").write_text("no mail")

    found = [raw for _, raw in mails_in(tmp_path)]
    assert len(found) == 3
    assert b"\nFrom here on 3\nFrom me" in found[2].replace(b"\r\n", b"\n")


def test_a_line_that_only_sounds_like_the_beginning_of_a_mail_stays_in_its_mail(tmp_path: Path) -> None:
    said = b"From Monday 12:30 on we are closed, what does that mean for my plan?\n"
    (tmp_path / "box.mbox").write_bytes(
        b"From - Tue Mar  3 09:01:02 2026\n" + mail("Hello") + b"\n" + said + b"\n"
        b"From eve@x.example Tue Mar 03 10:00:00 +0100 2026\n" + mail("The second", message_id="<2@x>")
    )  # fmt: skip

    found = [raw.replace(b"\r\n", b"\n") for _, raw in mails_in(tmp_path)]

    assert len(found) == 2
    assert said in found[0]


def test_the_lists_of_a_mail_server_are_no_mails(tmp_path: Path) -> None:
    for folder in ("cur", "new", "tmp"):
        (tmp_path / folder).mkdir()
    for name in ("dovecot-uidlist", "subscriptions", "maildirfolder"):
        (tmp_path / name).write_text("3 V1 N2\n")
    (tmp_path / "cur" / "1.eve:2,S").write_bytes(mail("One"))
    (tmp_path / ".Sent" / "cur").mkdir(parents=True)
    (tmp_path / ".Sent" / "cur" / "2.eve:2,S").write_bytes(mail("Two", message_id="<2@x>"))

    assert len(list(mails_in(tmp_path))) == 2
