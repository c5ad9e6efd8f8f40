"""Whether mail comes in and goes out is told to machines that watch, and at the desk where none comes in."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from api.serving import NO_TLS, Served
from api.test_doors import a_session
from segue.domain.mail import Cause
from segue.store.channels import Channels
from segue.store.inbox import Arrival
from segue.store.mail import MailStore
from segue.web.doors import COOKIE
from segue.web.rooms import MailWays

BOX = "us@mail.ours.example/INBOX"


@pytest.fixture
def mailing(own: Served) -> Served:
    """A house with a mailbox and a listener."""
    own.app.state.rooms = replace(own.rooms, mail=MailWays(mailbox=BOX, listens="127.0.0.1:8825"))
    return own


def now() -> datetime:
    """Ages are counted by the database's clock, and the file may be read long before its tests run."""
    return datetime.now(UTC)


def figures(running: Served) -> dict[str, float]:
    text = httpx.get(f"{running.url}/metrics", verify=NO_TLS).text
    return {name: float(value) for name, value in re.findall(r"^(segue_[^ ]+) (\S+)$", text, re.M)}


def desk_says(running: Served, who: str = "agt_mira") -> str:
    cookies = {COOKIE: a_session(running, who)}
    page = httpx.get(f"{running.url}/desk", cookies=cookies, verify=NO_TLS).text
    (said,) = re.findall(r'id="sick"[^>]*>(.*?)</p>', page)
    return str(re.sub("<[^>]+>", "", said))


def test_a_mailbox_that_is_read_no_more_is_told_of_and_one_that_never_was_is_as_old_as_the_house(
    mailing: Served,
) -> None:
    channels = Channels(mailing.rooms.db)
    mailing.rooms.db.run("update migrations set at = now() - interval '3 hours'")
    never = figures(mailing)
    assert never[f'segue_mail_fetched_seconds{{mailbox="{BOX}"}}'] > 10000
    assert never["segue_mail_listened_seconds"] > 10000
    assert desk_says(mailing) == "No mail has come in yet: nobody fetches it."

    channels.worked("imap", now() - timedelta(minutes=17))
    channels.worked("listen", now())
    channels.failed("imap", "the server has gone", now())
    channels.counted("imap", "fetched", 7)
    channels.counted("imap", "failed")
    channels.counted("imap", "failed")

    told = figures(mailing)

    assert 1000 < told[f'segue_mail_fetched_seconds{{mailbox="{BOX}"}}'] < 1100
    assert told[f'segue_mails_fetched_total{{mailbox="{BOX}"}}'] == 7
    assert told[f'segue_mail_fetch_failed_total{{mailbox="{BOX}"}}'] == 2
    assert desk_says(mailing) == "No mail was fetched for 15 minutes."

    channels.worked("imap", datetime.now(UTC))
    assert desk_says(mailing) == ""
    assert figures(mailing)[f'segue_mail_fetched_seconds{{mailbox="{BOX}"}}'] < 60


def test_a_listener_that_is_silent_is_told_of_and_what_it_said_is_counted(mailing: Served) -> None:
    channels = Channels(mailing.rooms.db)
    channels.worked("imap", now())
    channels.worked("listen", now() - timedelta(minutes=61))
    channels.counted("listen", "accepted", 3)
    channels.counted("listen", "refused", 2)

    told = figures(mailing)

    assert told["segue_mail_listened_seconds"] > 3600
    assert [told[f'segue_mails_listened_total{{answer="{a}"}}'] for a in ("accepted", "refused", "later")] == [3, 2, 0]
    assert desk_says(mailing) == "Nobody has taken mail for 60 minutes."


def test_where_no_way_in_is_set_nothing_is_told_of_it(own: Served) -> None:
    told = figures(own)

    assert not [name for name in told if "mail_fetch" in name or "listened" in name]
    assert desk_says(own) == ""


def test_a_mail_that_the_server_does_not_take_is_late_since_it_was_written_not_since_the_next_try(own: Served) -> None:
    conversation = own.rooms.inbox.accept(Arrival("Hello", email="ada@example.com"), now()).conversation_id
    own.rooms.db.run("update messages set at = %(at)s", {"at": now() - timedelta(hours=2)})
    row = {"c": conversation, "b": json.dumps({"to": "ada@example.com"}), "due": now() + timedelta(hours=4)}
    own.rooms.db.run("insert into outbox (id, kind, conversation_id, seq, body, due_at, attempts) values "
                     "('out_1', 'mail', %(c)s, 1, %(b)s::jsonb, %(due)s, 6)", row)  # fmt: skip

    told = figures(own)

    assert (told["segue_outbox_waiting"], told["segue_outbox_tried"], told["segue_outbox_tries"]) == (1, 1, 6)
    assert 7200 <= told["segue_outbox_oldest_seconds"] < 7300

    own.rooms.db.run("update outbox set undelivered_at = now()")
    told = figures(own)
    assert (told["segue_outbox_waiting"], told["segue_outbox_tried"], told["segue_mails_undelivered"]) == (0, 0, 1)


def test_what_is_set_aside_is_told_by_cause_and_bounces_as_they_come(own: Served) -> None:
    store = MailStore(own.rooms.db)
    came = (Cause.LOOP, "suspended"), (Cause.BOUNCE, "noted"), (Cause.BOUNCE, "suspended")
    for n, (cause, state) in enumerate(came):
        id = store.keep(f"Subject: {n}\r\n\r\nx".encode(), "help@ours.example", None, now())
        own.rooms.db.run("update mails set cause = %(cause)s, state = %(state)s where id = %(id)s",
                         {"id": id, "cause": cause.value, "state": state})  # fmt: skip

    told = figures(own)

    by = {cause: told[f'segue_mails_suspended_by{{cause="{cause.value}"}}'] for cause in Cause}
    assert {cause for cause, count in by.items() if count} == {Cause.LOOP, Cause.BOUNCE}
    assert told["segue_mails_bounced"] == 2
