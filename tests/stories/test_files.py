"""Files that go along: a message that is nothing but a file, a reply that carries one by mail, and what is left."""

from __future__ import annotations

from datetime import timedelta
from email.message import Message

import pytest

from mail.writing import OURS, mail
from segue.app.schedule import EVERY
from segue.domain.errors import NotFound
from segue.domain.files import said_with
from segue.domain.mail import Attachment
from segue.store.desk import AgentReply
from segue.store.inbox import Arrival
from segue.store.waiting_replies import WaitingReplies
from stage import Stage
from stories.test_mail import MailStage, post

__all__ = ["post"]

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40
EVE = "Eve <eve@elsewhere.example>"


def customer_sends(house: Stage, text: str, *files: Attachment, who: str = "ada") -> None:
    store, owner = house.house.attachments, f"who:con_{who}"
    kept = [store.keep(file, owner, house.now, 10) for file in files]
    arrival = Arrival(
        said_with(text, [file.name for file in kept]), conversation_id=house.conversation or None,
        external_id=f"con_{who}", is_verified=True, files=tuple(file.id for file in kept), files_of=owner,
    )  # fmt: skip
    house.conversation = house.house.inbox.accept(arrival, house.now).conversation_id
    house.worker.work_off()


def agent_attaches(house: Stage, *files: Attachment, agent: str = "agt_mira") -> list[str]:
    store = house.house.attachments
    return [store.keep(f, agent, house.now, 10, house.conversation, "reply").id for f in files]


def test_a_message_that_is_a_file_alone_is_a_message_and_reaches_a_person(house: Stage) -> None:
    customer_sends(house, "", Attachment("invoice.pdf", "application/pdf", b"%PDF-1.7"))

    assert house.thread[0] == ("customer", "Sent invoice.pdf")
    assert house.handler == "human"
    assert "what it is about stands in a file, which the assistant does not read" in house.handoff_reasons
    assert house.briefing["next_step"]["text"].startswith("First open the file. ")
    assert house.briefing["next_step"]["reply"] == ""
    assert house.briefing["wanted"]["text"] == "The customer sent no words, only invoice.pdf."
    (notice,) = [text for author, text in house.thread if author == "system"]
    assert "invoice.pdf" not in notice
    assert "We understood" not in notice


@pytest.mark.parametrize("text", ["😀😀😀", "?!"])
def test_what_colleagues_are_told_of_a_message_without_words_is_not_said_to_its_customer(
    house: Stage, text: str
) -> None:
    house.customer_writes(text)

    assert house.briefing["wanted"]["text"] == "The customer sent no words."
    (notice,) = [told for author, told in house.thread if author == "system"]
    assert "The customer" not in notice
    assert "You don't need to repeat anything" in notice


def test_what_was_asked_before_the_file_is_what_is_quoted(house: Stage) -> None:
    house.customer_writes("Why is my invoice higher this month?")
    customer_sends(house, "See attached.", Attachment("shot.png", "image/png", PNG))

    (notice,) = [text for author, text in house.thread if author == "system"]
    assert "We understood: “Why is my invoice higher this month?”" in notice


def test_a_message_that_is_a_file_alone_is_like_no_case(house: Stage) -> None:
    house.customer_writes("My invoice.pdf shows a wrong total. I want a person.", "grace")
    house.agent_replies("The total of the invoice has been corrected.")
    house.agent_resolves(intent="invoice_higher")
    house.customer_writes("My invoice.pdf shows a wrong total. I want a person.", "grace", again=True)
    assert house.briefing["similar"]

    house.conversation = ""
    customer_sends(house, "", Attachment("invoice.pdf", "application/pdf", b"%PDF-1.7"))
    assert house.briefing["similar"] == []
    assert house.briefing["next_step"]["of"] == 0


def test_who_says_what_it_is_about_is_answered_though_there_is_a_file(house: Stage) -> None:
    customer_sends(house, "Why is my invoice higher this month? See attached.", Attachment("a.png", "image/png", PNG))
    with_a_file = house.turn["assessment"]

    assert with_a_file["is_in_a_file"] is False
    assert "in_a_file" not in [b["reason"] for b in house.turn["decision"]["because"]]


def test_a_file_after_an_answer_is_in_the_file_too_and_the_assistant_is_silent(house: Stage) -> None:
    house.customer_writes("Why is my invoice higher this month?")
    customer_sends(house, "Here is the screenshot, thanks!", Attachment("shot.png", "image/png", PNG))

    assert house.handler == "human"
    assert house.turn["answer"]["abstention"] == "in_a_file"


def test_a_reply_goes_out_by_mail_with_its_files(post: MailStage) -> None:
    sent = agents_reply_with(
        post, Attachment("Übersicht.png", "image/png", PNG), Attachment("notes.txt", "", b"a\r\nb")
    )

    (picture, text) = [part for part in sent.walk() if part.get_filename()]
    assert (picture.get_filename(), picture.get_content_type()) == ("Übersicht.png", "image/png")
    assert picture.get_payload(decode=True) == PNG
    assert picture["Content-Disposition"].startswith("attachment")
    assert (text.get_filename(), text.get_payload(decode=True)) == ("notes.txt", b"a\r\nb")
    said = next(part for part in sent.walk() if part.get_content_type() == "text/plain")
    assert str(said.get_payload()).strip() == "See both."


def test_no_file_name_adds_a_header_to_a_mail(post: MailStage) -> None:
    sent = agents_reply_with(post, Attachment("a\r\nBcc: all@elsewhere.example.png", "image/png", PNG))

    assert sent["Bcc"] is None
    (part,) = [part for part in sent.walk() if part.get_filename()]
    assert part["Bcc"] is None
    assert part.get_filename() == "a Bcc: all@elsewhere.example.png"


def agents_reply_with(post: MailStage, *files: Attachment) -> Message:
    post.arrives(mail("I want to talk to a person.", EVE))
    post.minute_passes()
    stage = post.stage
    ids = agent_attaches(stage, *files)
    sending = post.house.sending
    sending.send(AgentReply(stage.conversation, "agt_mira", "See both.", 99, "c1", ids), "email", stage.now)
    stage.now = stage.now.replace(minute=stage.now.minute + 1)
    assert sending.send_due(stage.now) == 1
    (sent,) = post.minute_passes()
    return sent


def test_files_that_came_by_mail_stand_beside_the_message(post: MailStage) -> None:
    raw = (
        f"From: {EVE}\r\nTo: {OURS}\r\nSubject: My contract\r\nMessage-ID: <f1@elsewhere.example>\r\n"
        "MIME-Version: 1.0\r\n"
        "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nI need a person.\r\n"
        "--b\r\nContent-Type: text/html; name=x.html\r\nContent-Disposition: attachment; filename=x.html\r\n\r\n"
        "<script>alert(1)</script>\r\n--b--\r\n"
    ).encode()
    post.arrives(raw)

    (file,) = post.house.attachments.of_conversation(post.stage.conversation)["m1"]
    assert (file.name, file.kind) == ("x.html", "text/html")


def test_a_reply_that_is_stopped_comes_back_with_its_files(house: Stage) -> None:
    house.customer_writes("I want to speak to a person.", "nadia", channel="email")
    store, sending = house.house.attachments, house.house.sending
    (file,) = agent_attaches(house, Attachment("shot.png", "image/png", PNG))
    waits = sending.send(AgentReply(house.conversation, "agt_mira", "See this", 99, "c1", [file]), "email", house.now)

    assert [f.id for f in store.of_replies(house.conversation)[waits]] == [file]
    assert store.of_drafts(house.conversation, "agt_mira")["reply"] == []
    sending.stop(waits, "agt_mira", house.now)
    assert [f.id for f in store.of_drafts(house.conversation, "agt_mira")["reply"]] == [file]
    assert WaitingReplies(house.house.db).due(house.now) == []


def test_a_reply_with_a_file_that_a_sweep_sent_and_did_not_close_is_closed_by_the_next(house: Stage) -> None:
    house.customer_writes("I want to speak to a person.", "nadia", channel="email")
    sending = house.house.sending
    (file,) = agent_attaches(house, Attachment("shot.png", "image/png", PNG))
    sending.send(AgentReply(house.conversation, "agt_mira", "See this", 99, "c1", [file]), "email", house.now, True)
    later = house.now + timedelta(seconds=10)
    house.house.hands.reply(WaitingReplies(house.house.db).due(later)[0].reply, later)  # and the worker died

    sending.send_due(later + timedelta(seconds=31))

    assert [author for author, _ in house.thread].count("agent") == 1
    assert house.row["status"] == "resolved", "what was to follow it is done"
    assert WaitingReplies(house.house.db).of(house.conversation) == []


def test_a_sent_file_outlives_the_sweep_and_goes_with_its_customer(house: Stage) -> None:
    customer_sends(house, "My passport is wrong, see there.", Attachment("passport.png", "image/png", PNG))
    loose = house.house.attachments.keep(Attachment("loose.png", "image/png", PNG), "who:con_ada", house.now, 10)
    kept = house.house.attachments.of_conversation(house.conversation)["m1"][0].id
    agent_attaches(house, Attachment("drafted.png", "image/png", PNG))

    EVERY["throw away files that no message took"].do(house.house, house.mind, house.now)
    assert house.house.attachments.said(kept)[0].body == PNG
    house.house.erasures.erase("con_ada", "lena", house.now)

    row = house.house.db.one("select count(*) as n from attachments")
    assert row is not None
    assert row.n == 0
    for one in (kept, loose.id):
        with pytest.raises(NotFound):
            house.house.attachments.one(one, "who:con_ada")
