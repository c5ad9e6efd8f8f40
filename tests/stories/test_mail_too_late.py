"""A mail that waited too long does not leave: who sets a mail server today does not send the promises of weeks ago."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from mail.writing import mail
from segue.learning.switching import throw
from segue.store.unsent import UnsentStore
from stage import Stage
from stories.test_mail import MailStage, outside_of

EVE = "Eve <eve@elsewhere.example>"


@pytest.fixture
def post(house: Stage) -> Iterator[MailStage]:
    with outside_of(house) as stage:
        yield stage


def a_server_is_set_after(post: MailStage, waited: timedelta) -> int:
    """How many mails leave at once."""
    post.stage.now += waited
    return post.house.post.send_due(post.stage.now)


def is_answered(post: MailStage) -> None:
    """By the assistant, whose mail waits to leave."""
    post.arrives(mail("How do I invite a colleague?", EVE))
    post.stage.now += timedelta(seconds=61)
    post.stage.worker.work_off()


def last(post: MailStage) -> dict[str, Any]:
    return post.house.outbox.deliveries(post.stage.conversation)[-1]


def notes(post: MailStage) -> list[str]:
    return [note["body"] for note in post.house.conversations.notes(post.stage.conversation)]


def test_what_the_house_wrote_by_itself_leaves_within_a_day_or_a_person_hears_that_it_did_not(post: MailStage) -> None:
    is_answered(post)
    assert post.stage.handler == "assistant"

    assert a_server_is_set_after(post, timedelta(days=2)) == 0

    assert post.outside.got == []
    assert last(post)["state"] == "undelivered"
    assert "it had waited 2 days" in last(post)["why"]
    assert any("did not reach the customer" in note for note in notes(post))
    assert (post.stage.row["status"], post.stage.handler) == ("open", "human")
    assert post.stage.events.count("message.undelivered") == 1
    assert a_server_is_set_after(post, timedelta(seconds=1)) == 0


def test_within_a_day_it_leaves(post: MailStage) -> None:
    is_answered(post)

    assert a_server_is_set_after(post, timedelta(hours=23)) == 1


def test_an_agent_sends_it_all_the_same(post: MailStage) -> None:
    is_answered(post)
    a_server_is_set_after(post, timedelta(days=2))

    post.house.outbox.deliver_again(post.stage.conversation, last(post)["seq"], "agt_mira", post.stage.now)

    assert a_server_is_set_after(post, timedelta(seconds=1)) == 1
    assert last(post)["state"] == "sent"


def test_what_an_agent_sends_again_is_their_word_though_the_assistant_was_stopped_since(post: MailStage) -> None:
    is_answered(post)
    a_server_is_set_after(post, timedelta(days=2))
    for is_on in (False, True):
        throw(post.house.workspace, is_on, "agt_lena", "Wrong prices.", post.stage.now)

    post.house.outbox.deliver_again(post.stage.conversation, last(post)["seq"], "agt_mira", post.stage.now)
    assert post.house.outbox.stop(post.stage.now) == 0

    assert a_server_is_set_after(post, timedelta(seconds=1)) == 1
    assert last(post)["state"] == "sent"


def test_after_weeks_it_is_told_in_the_conversation_and_opens_none_that_nobody_looks_for(post: MailStage) -> None:
    is_answered(post)
    before = post.stage.row["status"], post.stage.handler

    assert a_server_is_set_after(post, timedelta(days=19)) == 0

    assert "it had waited 19 days" in last(post)["why"]
    assert any("19 days" in note for note in notes(post))
    assert (post.stage.row["status"], post.stage.handler) == before


@pytest.mark.parametrize(("days", "leaves"), [(6, True), (8, False)])
def test_what_a_person_wrote_leaves_within_a_week_or_stands_before_its_author(
    post: MailStage, days: int, leaves: bool
) -> None:
    post.arrives(mail("I want to talk to a person.", EVE))
    post.minute_passes()
    post.stage.agent_replies("We are on it.")

    assert a_server_is_set_after(post, timedelta(days=days)) == leaves

    mine = UnsentStore(post.house.db).of("agt_mira")
    assert [one.conversation_id for one in mine] == ([] if leaves else [post.stage.conversation])
    assert post.stage.row["status"] == ("waiting" if leaves else "open")


def test_a_reply_in_a_chat_does_not_follow_its_customer_by_mail_weeks_later(post: MailStage) -> None:
    post.arrives(mail("I want to talk to a person.", EVE))
    post.minute_passes()
    post.stage.agent_replies("We are on it.")
    post.house.db.run("update outbox set kind = 'away', id = 'awy_' || substr(id, 5) where sent_at is null")

    assert a_server_is_set_after(post, timedelta(days=8)) == 0

    assert (last(post)["state"], len(post.outside.got)) == ("undelivered", 1)
