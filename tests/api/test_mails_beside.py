"""Mails that are no message, whole: those set aside, before a person decides, and those beside a conversation."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from html import unescape

import httpx
import pytest

from api.serving import NO_TLS, Served
from api.test_doors import a_session
from mail.writing import OURS, mail, taken
from naughty import packed
from segue.domain.ids import new_id
from segue.domain.mail import MailKeys
from segue.domain.people import Agent
from segue.intake.automatic import Ours
from segue.intake.mail import MailRoom
from segue.integrations.mail.reading import read
from segue.store.desk import AgentReply
from segue.store.mail import MailStore
from segue.store.mails_beside import MOST
from segue.web.doors import COOKIE

NOW = datetime.now(UTC)
SERVER = "mx.ledgerly.example"
LONG = "I am away. " + "More of it. " * 400 + "The very last words."
QUOTED = "\n\nOn 3 March 2026, support@ledgerly.example wrote:\n> It is on its way.\n"
KEYS = MailKeys(b"a secret of this test", OURS)


@pytest.fixture(scope="module")
def mira(shared: Served) -> Iterator[httpx.Client]:
    yield from browsing(shared, "agt_mira")


@pytest.fixture(scope="module")
def lena(shared: Served) -> Iterator[httpx.Client]:
    shared.rooms.workspace.put_agent(Agent("agt_lena", "Lena", "lena@ledgerly.example", "lead"), NOW)
    yield from browsing(shared, "agt_lena")


def browsing(shared: Served, who: str) -> Iterator[httpx.Client]:
    cookies = {COOKIE: a_session(shared, who)}
    with httpx.Client(base_url=shared.url, cookies=cookies, verify=NO_TLS, timeout=20) as browser:
        yield browser


def away(said: str = LONG + QUOTED, **headers: str) -> bytes:
    """A machine's answer, laid out, with two files and what servers found out about it."""
    made = EmailMessage(policy=SMTP)
    made["From"], made["To"], made["Subject"] = "Eve <eve@elsewhere.example>", f"Help <{OURS}>", "Away <b>today</b>"
    made["Message-ID"] = f"<{secrets.token_hex(8)}@elsewhere.example>"
    made["Date"], made["Auto-Submitted"] = "Tue, 3 Mar 2026 09:12:00 +0100", "auto-replied"
    made["Authentication-Results"] = f"{SERVER}; spf=pass; dkim=fail; dmarc=none"
    made["Authentication-Results"] = "mx.evil.example; dmarc=pass"
    for name, value in headers.items():
        made[name.replace("_", "-")] = value
    made.set_content(said)
    made.add_alternative("<p>I am <b>away</b><script>alert(1)</script><img src=https://out.example/x.gif></p>", "html")
    made.add_attachment(b"<script>alert(2)</script>", "text", "html", filename="hours.html")
    made.add_attachment(b"%PDF-1.4 x", "application", "pdf", filename="../when I am back.pdf")
    return made.as_bytes()


def comes(shared: Served, written: bytes, to: str = OURS, return_path: str | None = None) -> str:
    """Reads it as a worker does; the mail's id."""
    store = MailStore(shared.rooms.db)
    store.keep(written, to, return_path, NOW)
    (kept,) = store.due(NOW, 1)
    MailRoom(store, Ours(KEYS, {OURS}, "h", (), True)).receive(kept, read(written, SERVER, return_path), True, NOW)
    return kept.id


def of_eve(shared: Served) -> str:
    """A conversation of hers that we have answered by mail."""
    written = mail("Where is my invoice?", message_id=f"<{secrets.token_hex(8)}@elsewhere.example>")
    conversation = taken(MailStore(shared.rooms.db), written, NOW).conversation_id
    shared.rooms.hands.reply(AgentReply(conversation, "agt_mira", "On its way."), NOW)
    shared.rooms.db.run("update outbox set sent_at = %(now)s where conversation_id = %(id)s",
                        {"id": conversation, "now": NOW})  # fmt: skip
    return conversation


def bounce(shared: Served, conversation: str) -> str:
    said = mail("No such user here.", "MAILER-DAEMON@mx.elsewhere.example", subject="Undelivered Mail",
                message_id=f"<{secrets.token_hex(8)}@mx>", X_Failed_Recipients="eve@elsewhere.example")  # fmt: skip
    return comes(shared, said, KEYS.reply_address(conversation), "")


def facts(page: str) -> dict[str, str]:
    return dict(re.findall(r'(?s)<dt>(.*?)</dt><dd(?: dir="auto")?>(.*?)</dd>', page))


def test_all_of_a_mail_stands_there_before_a_person_decides_on_it(shared: Served, lena: httpx.Client) -> None:
    written = away()
    here = f"/settings/mail/{comes(shared, written)}"
    page = lena.get(here).text
    told = facts(page)

    assert f'href="{here}"' in lena.get("/settings/mail").text
    assert "The very last words." in page
    (fold,) = re.findall(r'(?s)<details class="fold quote">(.*?)</details>', page)
    assert "It is on its way." in fold
    assert "a machine answered: an absence note, or a receipt" in page
    assert (told["From"], told["To"]) == ("Eve &lt;eve@elsewhere.example&gt;", f"Help &lt;{OURS}&gt;")
    assert "2026-03-03T08:12:00" in told["Written"]
    assert told["Checked"] == "SPF pass, DKIM fail"
    assert "Away &lt;b&gt;today" in page
    assert "<script" not in page
    assert "out.example" not in page
    assert {f'action="{here}/{deed}"' in page for deed in ("release", "drop")} == {True}


def test_its_files_and_the_mail_as_it_came_are_saved_and_never_shown(shared: Served, lena: httpx.Client) -> None:
    written = away()
    here = f"/settings/mail/{comes(shared, written)}"
    page = lena.get(here).text
    files = list(dict.fromkeys(re.findall(r'href="(/desk/attachments/\w[^"]*)"', page)))

    bodies = [lena.get(path) for path in (*files, f"{here}/raw")]
    assert "hours.html" in page
    assert "when%20I%20am%20back.pdf" in bodies[1].headers["content-disposition"]
    assert [answer.content for answer in bodies] == [b"<script>alert(2)</script>", b"%PDF-1.4 x", written]
    for answer in bodies:
        assert answer.headers["content-type"] == "application/octet-stream"
        assert answer.headers["content-disposition"].startswith("attachment; ")
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["content-security-policy"] == "sandbox; default-src 'none'"


def test_what_became_a_message_is_looked_at_where_it_is_one(shared: Served, lena: httpx.Client) -> None:
    here = f"/settings/mail/{comes(shared, away())}"
    there = lena.post(f"{here}/release").headers["location"]

    assert lena.get(here).headers["location"] == f"{there}/mail/1"
    assert lena.get(f"/settings/mail/{new_id('mal', NOW)}").status_code == 404


def test_a_machines_answer_is_a_quiet_line_in_its_conversation_and_one_press_makes_it_a_message(
    shared: Served, mira: httpx.Client
) -> None:
    conversation = of_eve(shared)
    written = away("I am back on Monday.", In_Reply_To=KEYS.message_id(conversation, 2))
    there = f"/desk/conversations/{conversation}"
    name = comes(shared, written)

    thread = mira.get(there).text.partition('id="thread"')[2].partition("</ol>")[0]
    (line,) = re.findall(rf'(?s)<li id="{name}" class="said system">(.*?)</li>', thread)
    assert "A mail of Eve is no message here: a machine answered: an absence note, or a receipt" in line
    assert "back on Monday" not in line
    page = mira.get(f"{there}/beside/{name}").text
    assert "I am back on Monday." in page
    assert mira.get(f"{there}/beside/{name}/raw").content == written

    told = mira.post(f"{there}/beside/{name}/release")
    assert (told.status_code, told.headers["location"]) == (303, f"{there}#m3")
    assert mira.post(f"{there}/beside/{name}/release").headers["location"] == f"{there}#m3"
    said = shared.rooms.conversations.thread(conversation)[-1]
    assert (said["author"], said["body"].splitlines()[0]) == ("customer", "I am back on Monday.")
    assert name not in mira.get(there).text


def test_a_bounce_is_noted_beside_its_conversation_and_let_in_as_one_of_its_own(
    shared: Served, mira: httpx.Client, lena: httpx.Client
) -> None:
    conversation = of_eve(shared)
    name = bounce(shared, conversation)
    beside = f"/desk/conversations/{conversation}/beside/{name}"

    assert "a mail server says that a mail was not, or not yet, delivered" in mira.get(beside[: -len(name) - 8]).text
    assert "No such user here." in mira.get(beside).text
    noted, waiting = lena.get("/settings/mail?show=noted").text, lena.get("/settings/mail").text
    assert (f"/settings/mail/{name}" in noted, f"/settings/mail/{name}" in waiting) == (True, False)
    assert "It was heard, and needs nobody:" in lena.get(f"/settings/mail/{name}").text

    with shared.client() as machine:
        told = machine.post(f"/mail/suspended/{name}/drop", json={"agent": "agt_lena"})
    said = "It was only noted, so nothing waits. Make a message of it, or leave it as it is."
    assert (told.status_code, told.json()["detail"]) == (409, said)

    other = mira.post(f"{beside}/release").headers["location"].split("/")[3].partition("#")[0]
    assert other != conversation
    assert len(shared.rooms.conversations.thread(conversation)) == 2
    assert shared.rooms.conversations.thread(other)[0]["body"].endswith("No such user here.")


def test_a_storm_of_bounces_is_one_piece_of_news_and_no_mail(shared: Served, mira: httpx.Client) -> None:
    conversation = of_eve(shared)
    for _ in range(MOST + 5):
        bounce(shared, conversation)

    told = shared.rooms.db.all("select kind from events where conversation_id = %(id)s", {"id": conversation})
    assert [event.kind for event in told].count("message.undelivered") == 1
    assert len(shared.rooms.conversations.notes(conversation)) == 1
    assert shared.rooms.db.all("select from outbox where conversation_id = %(id)s and sent_at is null",
                               {"id": conversation}) == []  # fmt: skip
    assert mira.get(f"/desk/conversations/{conversation}").text.count("is no message here") == MOST


def test_odd_texts_in_a_mail_are_shown_and_told_byte_for_byte(shared: Served, lena: httpx.Client) -> None:
    """Before it is let in at the page, and afterwards by the API."""
    for n, text in enumerate(packed("odd", 200)):
        line = " ".join(re.sub("[\u202a-\u202e]", "", re.sub("[\u2028\u2029]", " ", text)).split())
        written = EmailMessage(policy=SMTP)
        written["From"], written["Subject"] = Address(line, "eve", "elsewhere.example"), line
        written["To"], written["Message-ID"] = Address(line, *OURS.split("@")), f"<odd{n}@elsewhere.example>"
        written["Auto-Submitted"] = "auto-replied"
        written.set_content(text, cte="base64")
        name = comes(shared, written.as_bytes())
        page = lena.get(f"/settings/mail/{name}").text
        there = lena.post(f"/settings/mail/{name}/release").headers["location"].split("/")[3]
        with shared.client() as api:
            (told,) = api.get(f"/conversations/{there}/mails").json()["mails"]

        assert (told["text"].strip("\n"), told["subject"], told["sender_name"]) == (text, line, line)
        facts_of = {key: unescape(said) for key, said in facts(page).items()}
        assert facts_of["From"] == f"{line} <eve@elsewhere.example>"
        assert facts_of["To"] == f"{line} <{OURS}>"
        assert text in unescape(page)
        assert "<script" not in page


def test_a_mail_of_another_conversation_is_beside_none(shared: Served, mira: httpx.Client) -> None:
    mine, name = of_eve(shared), bounce(shared, of_eve(shared))
    aside = comes(shared, away())

    for one in (name, aside, "nothing"):
        for what in ("", "/raw"):
            assert mira.get(f"/desk/conversations/{mine}/beside/{one}{what}").status_code == 404
        assert mira.post(f"/desk/conversations/{mine}/beside/{one}/release").status_code == 404
