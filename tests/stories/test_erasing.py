"""Erasing a customer takes exactly that customer: what others wrote, were written and wait for stays as it is."""

from __future__ import annotations

from typing import Any

import pytest

from mail.writing import OURS, mail
from segue.domain.mail import Cause
from segue.store.database import as_json
from segue.store.watch import Watch
from stage import Stage
from stories.test_learning_loop import everything
from stories.test_mail import MailStage, outside_of, text_of

INVOICE = "Why is my invoice higher this month?"


def of_conversation(house: Stage, conversation: str) -> dict[str, list[str]]:
    """Every row of every table that is about it, as text; without its events, to which an erasure may add one."""
    tables = house.house.db.all(
        "select table_name from information_schema.columns join pg_tables on tablename = table_name"
        " where table_schema = 'public' and column_name = 'conversation_id' and table_name <> 'events'"
    )
    asked = 'select x::text as row from "{}" x where conversation_id = %(id)s order by 1'
    rows = {t.table_name: house.house.db.all(asked.format(t.table_name), {"id": conversation}) for t in tables}
    return {table: [row.row for row in found] for table, found in rows.items() if found}


def is_erased(house: Stage, who: str) -> Any:
    return house.house.erasures.erase(who, "agt_lena", house.now)


def test_a_letter_that_waits_for_another_leaves_as_it_was_written(house: Stage) -> None:
    """Both ask the same question; the first one's answer waits when the second one is erased."""
    with outside_of(house) as post:
        post.arrives(mail(INVOICE, "Temp <temp2@elsewhere.example>", message_id="<t@x>"))
        theirs = post.stage.conversation
        post.arrives(mail(INVOICE, "C <c1@elsewhere.example>", message_id="<c@x>"))
        post.outside.answer = "451 Later"
        post.minute_passes()
        before = of_conversation(post.stage, theirs)
        assert len(before["outbox"]) == 1

        is_erased(post.stage, "c1@elsewhere.example")

        assert of_conversation(post.stage, theirs) == before
        post.outside.answer = "250 OK"
        (sent,) = post.minute_passes()
        assert sent["To"] == "temp2@elsewhere.example"
        assert "[erased]" not in text_of(sent)


@pytest.mark.parametrize("shared", ["Mit freundlichen Grüßen", INVOICE])
def test_a_sentence_that_two_customers_share_is_each_ones_own(house: Stage, shared: str) -> None:
    house.customer_writes(f"Mein Konto ist gesperrt, ich will einen Menschen.\n{shared}", "dora")
    house.agent_replies("The lock is off again: please sign in.")
    dora = house.conversation
    house.customer_writes(f"Wo finde ich die Rechnung? Ich will einen Menschen.\n{shared}", "eve")
    house.agent_replies("The lock is off again: please sign in.")
    before = of_conversation(house, house.conversation)
    assert shared in str(before["assessments"])

    is_erased(house, "dora@elsewhere.example")

    assert of_conversation(house, house.conversation) == before
    assert of_conversation(house, dora) == {}


def test_what_was_made_of_their_case_goes_from_others_and_what_others_said_stays(house: Stage) -> None:
    said = "My flumwaggle number is crooked. I want a person."
    house.customer_writes(said, "nadia")
    house.agent_replies("The flumwaggle has been straightened by hand.")
    house.agent_resolves(intent="invoice_higher")
    house.customer_writes(said, "grace", again=True)
    assert "straightened" in house.briefing["next_step"]["text"]
    assert any("flumwaggle" in str(s["problem"]) for s in house.briefing["similar"])
    wanted = house.briefing["wanted"]

    erased = is_erased(house, "con_nadia")

    assert erased.counts["quotations"] >= 1
    assert house.turn["assessment"]["text"] == said
    assert house.briefing["wanted"] == wanted
    assert house.briefing["next_step"]["text"] == "[erased]"
    assert not [s for s in house.briefing["similar"] if "flumwaggle" in str(s)]


def test_a_step_that_solved_anothers_case_too_stays(house: Stage) -> None:
    solution = "The flumwaggle has been straightened by hand."
    for who in ("nadia", "ada"):
        house.customer_writes(f"I am {who}, my flumwaggle number is crooked. I want a person.", who, again=True)
        house.agent_replies(solution)
        house.agent_resolves(intent="invoice_higher")
    house.customer_writes("My flumwaggle number is crooked. I want a person.", "grace", again=True)
    assert "straightened" in house.briefing["next_step"]["text"]

    is_erased(house, "con_nadia")

    assert "straightened" in house.briefing["next_step"]["text"]
    assert [s["solution"] for s in house.briefing["similar"] if "flumwaggle" in s["problem"]] == [solution]


def test_an_erasure_breaks_no_promise_and_hides_no_other(house: Stage) -> None:
    house.customer_writes(INVOICE, "dora")
    house.customer_writes(INVOICE, "eve")
    is_erased(house, "dora@elsewhere.example")
    watch = Watch(house.house.db)
    assert watch.broken(house.now)["R1"] == 0

    house.house.db.run("delete from messages where conversation_id = %(id)s and seq = 2", {"id": house.conversation})

    assert watch.broken(house.now)["R1"] == 1


def test_after_erasing_who_wrote_by_mail_no_word_of_theirs_is_anywhere(house: Stage) -> None:
    """Nor in what machines wrote beside their conversation, nor in a note about another; a person's mail stays."""
    with outside_of(house) as post:
        post.arrives(mail("I want a person.", "Eve <eve@elsewhere.example>", message_id="<e@x>"))
        another = post.stage.conversation
        zoe = "Zoe <zyx@quendel.example>"
        said = "My flumwaggle number is QX-991-ZYX. I want a person."
        post.arrives(mail(said, zoe, subject="Flumwaggle", message_id="<z@x>"))
        theirs = post.stage.conversation
        post.stage.agent_replies("The flumwaggle has been straightened.")
        sent = [m for _ in range(3) for m in post.minute_passes() if m["To"] == "zyx@quendel.example"][-1]
        set_aside(post, "Could not deliver to zyx@quendel.example: flumwaggle QX-991-ZYX", theirs, Cause.BOUNCE)
        set_aside(post, "I am away. flumwaggle QX-991-ZYX", theirs, Cause.AUTO_REPLY)
        set_aside(post, "I am the boss of somebody.", theirs, Cause.UNKNOWN_SENDER, "boss@birch.example")
        hands = post.house.hands
        hands.note(another, "agt_mira", "Looks like what zyx@quendel.example had.", post.stage.now)
        post.stage.conversation = another
        post.stage.agent_replies("We saw the same at zyx@quendel.example lately.")
        post.minute_passes()
        assert sent

        erased = is_erased(post.stage, "zyx@quendel.example")

        assert [m["cause"] for m in post.house.mails.suspended()] == ["unknown_sender"]
        spared = ("messages.body", "outbox.body", "waiting_replies.body")  # said to another
        left = "\n".join(v for where, v in everything(post.stage) if where not in spared).lower()
        for text in ("flumwaggle", "qx-991-zyx", "zyx@quendel.example"):
            assert text not in left, text
        assert "Looks like what [erased] had." in str(of_conversation(post.stage, another)["notes"])
        assert erased.named_in == (another,)


def test_what_only_looks_like_their_address_is_anothers(house: Stage) -> None:
    with outside_of(house) as post:
        post.arrives(mail("I want a person.", "Ann <ann@elsewhere.example>", message_id="<a@x>"))
        theirs = post.stage.conversation
        post.arrives(mail("I want a person.", "Joan <joann@elsewhere.example>", message_id="<j@x>"))
        set_aside(post, "Could not deliver to joann@elsewhere.example.", post.stage.conversation, Cause.BOUNCE)
        contact = post.house.conversations.one(theirs)["contact_id"]
        told = (
            "insert into events (kind, author, body, at) values ('contact.changed', 'agt_mira', %(body)s::jsonb, now())"
        )
        post.house.db.run(told, {"body": as_json({"contact": contact})})

        is_erased(post.stage, "ann@elsewhere.example")

        assert [m["cause"] for m in post.house.mails.suspended()] == ["bounce"]
        assert contact not in "\n".join(value for _where, value in everything(post.stage)), "nor by number"


def set_aside(post: MailStage, text: str, conversation: str, cause: Cause, sender: str = "daemon@mx.example") -> None:
    raw = mail(text, sender, OURS, message_id=f"<{cause}@x>")
    post.house.db.run(
        "insert into mails (id, key, state, cause, recipient, raw, size, sender, text, said, linked_to, received_at,"
        " due_at) values (%(id)s, %(id)s, 'suspended', %(cause)s, %(ours)s, %(raw)s, 1, %(sender)s, %(text)s, %(text)s,"
        " %(c)s, %(now)s, %(now)s)",
        {"id": f"mai_{cause}", "cause": cause, "ours": OURS, "raw": raw, "sender": sender, "text": text,
         "c": conversation, "now": post.stage.now},
    )  # fmt: skip
