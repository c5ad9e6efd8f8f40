"""The whole of a mail at the desk: all it said, in parts; who may look; and the mail as it came."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from html import unescape

import httpx
import pytest

from api.serving import NO_TLS, Served, is_problem
from api.test_doors import a_session
from mail.writing import mail, raw, taken
from segue.intake.mail import LONGEST
from segue.store.desk import AgentReply
from segue.store.mail import MailStore
from segue.web.doors import COOKIE

NOW = datetime.now(UTC)
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40
FAR = '<img src="https://out.example/seen.gif" alt="">'
WRITTEN = """Where is my invoice?

--
Eve Elsewhere
+49 30 1234567

On 3 March 2026, support@ledgerly.example wrote:
> It is on its way.
"""


@pytest.fixture(scope="module")
def mira(shared: Served) -> Iterator[httpx.Client]:
    cookies = {COOKIE: a_session(shared, "agt_mira")}
    with httpx.Client(base_url=shared.url, cookies=cookies, verify=NO_TLS, timeout=20) as browser:
        yield browser


def comes(shared: Served, written: bytes, joins: str | None = None) -> str:
    """Where the whole of it stands at the desk."""
    found = taken(MailStore(shared.rooms.db), written, NOW, joins)
    return f"/desk/conversations/{found.conversation_id}/mail/{found.seq}"


def of(there: str) -> str:
    return there.split("/")[3]


def a_name() -> str:
    return f"<{secrets.token_hex(8)}@elsewhere.example>"


def laid_out(html: str, **headers: str) -> bytes:
    """With a picture of its own, named `logo`."""
    made = EmailMessage(policy=SMTP)
    made["From"], made["To"], made["Subject"] = "Eve <eve@elsewhere.example>", "support@ledgerly.example", "Look <b>"
    made["Message-ID"] = a_name()
    for name, value in headers.items():
        made[name.replace("_", "-")] = value
    made.set_content("Look")
    made.add_alternative(html, "html")
    made.get_payload()[1].add_related(PNG, "image", "png", cid="<logo@elsewhere>")  # type: ignore[union-attr]
    return made.as_bytes()


def frame_of(page: str) -> str:
    (inside,) = re.findall(r'<iframe sandbox srcdoc="([^"]*)"', page)
    return unescape(inside)


def test_a_message_that_came_by_mail_leads_to_the_whole_of_it(shared: Served, mira: httpx.Client) -> None:
    there = comes(shared, mail(WRITTEN, message_id=a_name()))
    desk = mira.get(there.partition("/mail/")[0] + "?view=unassigned").text
    page = mira.get(there).text

    assert f'<a href="{there}?view=unassigned">Show the whole mail</a>' in desk
    assert "1234567" not in desk.partition('id="thread"')[2].partition("</ol>")[0]
    for kind, name, said in (
        ("signature", "Signature", "+49 30 1234567"),
        ("quote", "Quoted", "&gt; It is on its way."),
    ):
        (fold,) = re.findall(rf'(?s)<details class="fold {kind}"><summary>(.*?)</details>', page)
        assert fold.startswith(name)
        assert said in fold
    assert "<iframe" not in page


def test_what_was_cut_off_in_the_thread_stands_there_to_its_end(shared: Served, mira: httpx.Client) -> None:
    there = comes(shared, mail("word " * LONGEST + "\n\nthe very last words", message_id=a_name()))

    assert "the very last words" not in mira.get(there.partition("/mail/")[0]).text
    assert "the very last words" in mira.get(there).text


def test_what_was_said_in_the_subject_alone_is_what_it_says(shared: Served, mira: httpx.Client) -> None:
    there = comes(shared, mail(" \n", subject="Please cancel my plan", message_id=a_name()))

    thread, page = mira.get(there.partition("/mail/")[0]).text, mira.get(there).text
    assert "Please cancel my plan" in thread.partition('id="thread"')[2].partition("</ol>")[0]
    assert '<div class="typed" dir="auto">Please cancel my plan</div>' in page
    assert "(no text)" not in thread + page


def test_of_letters_that_were_guessed_it_is_said_that_they_were(shared: Served, mira: httpx.Client) -> None:
    known, guessed = (
        comes(shared, raw("From: eve@elsewhere.example", f"Message-ID: {a_name()}", body=b"Hi, \xc7\xe1" + more))
        for more in ("，请尽快回复我".encode("gbk"), b"")
    )

    for there, is_told in ((known, False), (guessed, True)):
        assert ("Its letters are guessed" in mira.get(there.partition("/mail/")[0]).text) is is_told
        assert ("which is a guess" in mira.get(there).text) is is_told
    assert mira.get(f"{guessed}/raw").content.endswith(b"Hi, \xc7\xe1")


def test_who_it_is_from_and_for_and_when_stands_above_it(shared: Served, mira: httpx.Client) -> None:
    said = {"Cc": "Boss <boss@elsewhere.example>", "Reply_To": "other@elsewhere.example",
            "Date": "Tue, 3 Mar 2026 09:12:00 +0100"}  # fmt: skip
    page = mira.get(comes(shared, mail(message_id=a_name(), **said))).text
    facts = dict(re.findall(r'(?s)<dt>(.*?)</dt><dd(?: dir="auto")?>(.*?)</dd>', page))

    assert facts["From"] == "Eve &lt;eve@elsewhere.example&gt;"
    assert facts["To"] == facts["Delivered to"] == "support@ledgerly.example"
    assert facts["Copy to"] == "Boss &lt;boss@elsewhere.example&gt;"
    assert facts["Answers go to"] == "other@elsewhere.example"
    assert 'datetime="2026-03-03T08:12:00+00:00"' in facts["Written"]
    assert facts["Sender"].startswith("Nobody vouches")


def test_of_a_mail_that_came_before_it_is_said_that_its_recipients_were_not_kept(
    shared: Served, mira: httpx.Client
) -> None:
    there = comes(shared, mail(message_id=a_name()))
    shared.rooms.db.run(
        "update mails set recipients = null where conversation_id = %(id)s", {"id": there.split("/")[3]}
    )

    page = mira.get(there).text
    assert "was not kept when it came" in page
    assert "<dt>To</dt>" not in page


def test_its_pictures_are_off_until_they_are_asked_for_and_far_ones_for_ever(
    shared: Served, mira: httpx.Client
) -> None:
    there = comes(shared, laid_out(f'<p>Look <img src="cid:logo@elsewhere" alt="Logo"></p>{FAR}{FAR}'))
    closed, opened = mira.get(there), mira.get(f"{there}?pictures=true")

    assert "[picture: Logo]" in frame_of(closed.text)
    assert "<img" not in closed.text
    assert "Show the picture that came with it" in closed.text
    assert 'src="data:image/png;base64,iVBORw0KGgo' in frame_of(opened.text)
    for page in (closed, opened):
        assert "2 pictures were left out" in page.text
        assert "out.example" not in page.text


def test_its_page_runs_nothing_and_frames_nothing_but_that(shared: Served, mira: httpx.Client) -> None:
    page = mira.get(comes(shared, laid_out("<p>Look</p><script>alert(1)</script><form><input></form>")))
    (policy,) = page.headers.get_list("content-security-policy")

    assert policy.startswith("default-src 'none'; style-src 'self' 'sha256-")
    assert "script-src" not in policy
    assert "frame-src" not in policy
    assert page.headers["cache-control"] == "no-store"
    assert "Look &lt;b&gt;" in page.text
    assert not re.search("alert|<form|<input", page.text)


def test_the_mail_as_it_came_is_saved_byte_for_byte(shared: Served, mira: httpx.Client) -> None:
    written = laid_out("<script>alert(1)</script>")
    answer = mira.get(comes(shared, written) + "/raw")

    assert answer.content == written
    assert answer.headers["content-type"] == "application/octet-stream"
    assert re.fullmatch(r"attachment; filename\*=UTF-8''mail-\d+-1\.eml", answer.headers["content-disposition"])
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"] == "sandbox; default-src 'none'"


def test_what_came_by_no_mail_has_none(shared: Served, mira: httpx.Client, conversation: str) -> None:
    for there in (f"/desk/conversations/{conversation}/mail/1", f"/desk/conversations/{conversation}/mail/1/raw"):
        assert mira.get(there).status_code == 404
        assert mira.get(there.replace("/mail/1", "/mail/0")).status_code == 422
    assert "Show the whole mail" not in mira.get(f"/desk/conversations/{conversation}").text


def test_a_mail_that_was_set_aside_is_behind_no_message(shared: Served, mira: httpx.Client) -> None:
    there = comes(shared, mail(message_id=a_name()))
    shared.rooms.db.run(
        "update mails set state = 'dropped' where conversation_id = %(id)s", {"id": there.split("/")[3]}
    )

    assert mira.get(there).status_code == mira.get(f"{there}/raw").status_code == 404


def test_in_what_was_merged_it_is_found_where_it_came_and_leads_back_to_where_it_is(
    shared: Served, mira: httpx.Client, conversation: str
) -> None:
    there = comes(shared, mail(message_id=a_name()))
    merged = of(there)
    shared.rooms.db.run("update conversations set merged_into = %(to)s where id = %(id)s",
                        {"to": conversation, "id": merged})  # fmt: skip
    number = shared.rooms.conversations.one(merged)["number"]

    assert f'href="{there}?' in mira.get(f"/desk/conversations/{conversation}").text
    assert f'href="/desk/conversations/{conversation}?#n{number}-m1"' in mira.get(there).text


def test_a_machine_gets_the_whole_of_each_mail_and_what_became_of_those_that_went_out(shared: Served) -> None:
    """All of its text with what was folded, its HTML made safe, its files by name; and of no other conversation."""
    first = comes(shared, laid_out("<p>Look</p><script>alert(1)</script>"))
    comes(shared, mail(WRITTEN, message_id=a_name()), joins=of(first))
    comes(shared, mail("Of another one", message_id=a_name()))
    shared.rooms.hands.reply(AgentReply(of(first), "agt_mira", "Here it is."), NOW)

    with shared.client() as api:
        told = api.get(f"/conversations/{of(first)}/mails").json()
        assert is_problem(api.get("/conversations/cnv_nobody/mails"))["status"] == 404

    one, two = told["mails"]
    assert (one["seq"], one["subject"], one["html"], one["vouched"]) == (1, "Look <b>", "<p>Look</p>", False)
    assert [(file["type"], file["size"], file["content_id"]) for file in one["attachments"]] == [
        ("image/png", len(PNG), "logo@elsewhere")
    ]
    assert (two["seq"], two["text"].strip(), two["attachments"]) == (2, WRITTEN.strip(), [])
    folded = {fold["kind"]: two["text"][fold["start"] : fold["end"]] for fold in two["folds"]}
    assert "+49 30 1234567" in folded["signature"]
    assert "> It is on its way." in folded["quote"]
    assert [(sent["seq"], sent["state"]) for sent in told["deliveries"]] == [(3, "waiting")]
