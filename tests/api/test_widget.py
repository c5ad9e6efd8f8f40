"""What the widget asks for: who may see what, what is refused, and what a customer's word comes to."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from api.serving import NO_TLS, Served, is_problem
from segue.domain.briefing import Briefing, CustomerCard, Fact, Line, NextStep
from segue.domain.conversation import Channel, Page
from segue.domain.knowledge import Article
from segue.domain.people import Contact
from segue.domain.turn import Promise
from segue.policy.settings import load
from segue.store.desk import Desk
from segue.store.inbox import Arrival
from segue.store.mail import MailStore
from segue.web import limits, widget_hints
from segue.web.limits import Limit
from segue.web.widget_wait import ENOUGH, expected

NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
HOURS = (
    "name: x\nsla: {hours: {timezone: UTC, week: {mon-fri: '09:00-17:00'}}, targets: {default: {first_response: 4h}}}\n"
)


class Browser:
    """One browser that holds the widget, as a visitor or with an identity."""

    def __init__(self, served: Served, identity: str = "") -> None:
        self.key = identity or "wv_" + base64.urlsafe_b64encode(secrets.token_bytes(32)).decode().rstrip("=")
        self.client = httpx.Client(
            base_url=served.url, headers={"Authorization": f"Bearer {self.key}"}, verify=NO_TLS, timeout=10
        )

    def says(self, text: str, conversation: str | None = None, **more: Any) -> str:
        body = {"text": text, "client_id": secrets.token_hex(6), "conversation": conversation, **more}
        answer = self.client.post("/widget/messages", json=body)
        assert answer.status_code == 202, answer.text
        return str(answer.json()["conversation"])

    def sees(self, conversation: str) -> httpx.Response:
        return self.client.get(f"/widget/conversations/{conversation}")

    def home(self) -> str:
        return self.client.get("/widget/home").text


@pytest.fixture
def eve(shared: Served) -> Iterator[Browser]:
    browser = Browser(shared)
    yield browser
    browser.client.close()


@pytest.fixture
def grace(shared: Served) -> Iterator[Browser]:
    shared.rooms.workspace.put_contacts([Contact("con_grace", "Grace", "grace@example.com", None, True)], NOON)
    browser = Browser(shared, shared.rooms.identity.sign("con_grace", datetime.now(UTC), name="Grace"))
    yield browser
    browser.client.close()


# a form in the page's own place


def test_a_visitors_form_needs_an_address_and_opens_nobody_elses(shared: Served, eve: Browser, grace: Browser) -> None:
    form = {"text": "The export stops.", "client_id": "c1", "form": True, "subject": "Exports"}
    for wrong in ("", "nowhere", "a b@c.example"):
        refused = is_problem(eve.client.post("/widget/messages", json=form | {"email": wrong}))
        assert (refused["status"], refused["errors"][0]["pointer"]) == (422, "/email")

    sent = eve.says("The export stops.", form=True, subject="Exports", email="grace@example.com")
    vouched_for = grace.says("The export stops.", form=True, subject="Mine", email="eve@example.com")

    rows = shared.rooms.db.all(
        "select c.channel, c.subject, p.email, p.is_verified from conversations c join contacts p on p.id = "
        f"c.contact_id where c.id in ('{sent}', '{vouched_for}') order by c.subject"
    )
    assert [tuple(row) for row in rows] == [
        ("form", "Exports", "grace@example.com", False), ("form", "Mine", "grace@example.com", True)
    ]  # fmt: skip
    assert grace.sees(sent).status_code == 404, "an address that is only claimed opens nothing"


# whose it is


def test_each_sees_their_own_and_of_others_not_even_that_they_exist(
    shared: Served, eve: Browser, grace: Browser
) -> None:
    of_eve, of_grace = eve.says("Eve's matter"), grace.says("Grace's matter")
    stranger = Browser(shared)

    assert "Eve&#39;s matter" in eve.sees(of_eve).text
    assert "Grace&#39;s matter" in grace.home()
    assert "Grace&#39;s matter" not in eve.home()
    for browser, foreign in ((eve, of_grace), (grace, of_eve), (stranger, of_eve)):
        found, missing = browser.sees(foreign), browser.sees("cnv_nothing")
        assert found.status_code == missing.status_code == 404
        assert is_problem(found)["detail"] == is_problem(missing)["detail"]
        for path in ("transcript", "address"):
            method = "POST" if path == "address" else "GET"
            answer = browser.client.request(
                method, f"/widget/conversations/{foreign}/{path}", json={"email": "a@b.example"}
            )
            assert answer.status_code == 404
        assert browser.client.get("/widget/events", params={"conversation": foreign}).status_code == 404
        body = {"text": "Mine now", "client_id": "x", "conversation": foreign}
        assert browser.client.post("/widget/messages", json=body).status_code == 404


def test_an_address_that_a_visitor_only_claims_opens_nothing(shared: Served, eve: Browser) -> None:
    of_eve = eve.says("I say I am Vera.")
    assert (
        eve.client.post(f"/widget/conversations/{of_eve}/address", json={"email": "vera@b.example"}).status_code == 204
    )
    vera = shared.rooms.inbox.accept(Arrival("Vera's secret", email="vera@b.example", name="Vera"), datetime.now(UTC))

    assert "secret" not in eve.home()
    assert eve.sees(vera.conversation_id).status_code == 404


def test_what_the_host_said_of_a_customer_is_not_overwritten_from_a_browser(shared: Served, grace: Browser) -> None:
    mine = grace.says("Hello")
    grace.client.post(f"/widget/conversations/{mine}/address", json={"email": "else@b.example"})

    assert shared.rooms.conversations.one(mine)["email"] == "grace@example.com"


def test_a_customer_without_an_address_is_asked_for_one_and_it_opens_nothing(shared: Served) -> None:
    """Whoever really has it stays who they are: what comes from there is not taken for the customer's."""
    shared.rooms.workspace.put_contacts([Contact("con_zoe", "Zoe", "", None, True)], NOON)
    zoe = Browser(shared, shared.rooms.identity.sign("con_zoe", datetime.now(UTC), name="Zoe"))
    mine = zoe.says("I want to talk to a person.")
    _handed_over(shared, mine)
    assert 'id="address"' in zoe.sees(mine).text

    for address in ("zoe@b.example", "Zoe@c.example"):
        assert zoe.client.post(f"/widget/conversations/{mine}/address", json={"email": address}).status_code == 204
    assert "Zoe@c.example" in zoe.sees(mine).text
    assert 'id="address"' not in zoe.sees(mine).text
    assert shared.rooms.conversations.one(mine)["email"] == "Zoe@c.example"
    assert MailStore(shared.rooms.db).participants(mine) == {"zoe@c.example"}
    came = Arrival("Mine", Channel.EMAIL, email="zoe@c.example", is_verified=True)
    hers = shared.rooms.inbox.accept(came, datetime.now(UTC)).conversation_id
    assert zoe.sees(hers).status_code == 404


def test_an_identity_that_does_not_hold_is_told_why(shared: Served) -> None:
    sign, now = shared.rooms.identity.sign, datetime.now(UTC)
    refused = {
        "expired": sign("con_grace", now - timedelta(hours=25)),
        "foreign": sign("con_grace", now, aud="elsewhere"),
        "endless": sign("con_grace", now, exp=int(now.timestamp()) + 999_999),
        "nameless": sign("", now),
        "forged": sign("con_grace", now)[:-6] + "AAAAAA",
    }
    refused_too = [sign("con_grace", now, cnv="cnv_1"), sign("con\ngrace", now), sign("x" * 500, now)]
    for why, token in [*refused.items(), *(("nameless", token) for token in refused_too)]:
        answer = Browser(shared, token).client.get("/widget/home")
        assert answer.status_code == 403
        assert is_problem(answer)["type"] == f"urn:segue:problem:identity_{why}"


def test_another_sites_page_writes_nothing(eve: Browser) -> None:
    body = {"text": "Hi", "client_id": "1"}
    for headers in ({"Origin": "https://elsewhere.example"}, {"Sec-Fetch-Site": "cross-site"}):
        assert eve.client.post("/widget/messages", json=body, headers=headers).status_code == 403


# what is said


def test_the_same_message_sent_twice_is_one(eve: Browser, shared: Served) -> None:
    first = eve.says("Twice?", client_id="the-same")
    assert eve.says("Twice?", client_id="the-same") == first
    again = [eve.says("More?", first, client_id="another") for _ in range(2)]

    assert again == [first, first]
    assert len(shared.rooms.conversations.thread(first)) == 2


@pytest.mark.parametrize("text", ["", "  \n", "x" * 20_001, "a\0b"])
def test_what_cannot_be_taken_is_refused_with_its_field(eve: Browser, text: str) -> None:
    told = is_problem(eve.client.post("/widget/messages", json={"text": text, "client_id": "1"}))

    assert told["errors"][0]["pointer"] == "/text"


def test_who_writes_like_a_loop_has_to_wait(eve: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MESSAGES", Limit(2, 60))
    mine = eve.says("One")
    eve.says("Two", mine)
    answer = eve.client.post("/widget/messages", json={"text": "Three", "client_id": "3", "conversation": mine})

    assert "seconds" in is_problem(answer)["detail"]


def test_the_widget_and_the_chat_together_open_only_so_many_conversations_for_one_address(
    shared: Served, grace: Browser, eve: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "NEWCOMERS", Limit(2, 600))
    Browser(shared).says("Hello")
    with httpx.Client(base_url=shared.url, verify=NO_TLS) as chat:
        opened = [chat.post("/chat/messages", data={"text": "Hello", "client_id": f"{n}"}).status_code for n in "ab"]
        chat.cookies.clear()
    refused = Browser(shared).client.post("/widget/messages", json={"text": "Hello", "client_id": "1"})

    assert opened[0] == 303
    assert "seconds" in is_problem(refused)["detail"]


def test_visitors_of_one_address_open_only_so_many_conversations_in_the_widget(
    shared: Served, grace: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "NEWCOMERS", Limit(2, 600))
    visitors = [Browser(shared) for _ in range(3)]
    for visitor in visitors[:2]:
        visitor.says("Hello")

    refused = visitors[2].client.post("/widget/messages", json={"text": "Hello", "client_id": "1"})

    assert "seconds" in is_problem(refused)["detail"]
    assert grace.says("Hello"), "who is known waits for no stranger"
    for visitor in visitors:
        visitor.client.close()


def test_an_address_that_goes_through_very_many_pages_is_shown_no_more_articles(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = [widget_hints.Hint("How exports work", "exports", "")]
    monkeypatch.setattr(widget_hints, "search", lambda _library, _asked, _today: found)
    hints = widget_hints.Hints(None)  # type: ignore[arg-type]

    def looks(n: int, address: str) -> list[widget_hints.Hint]:
        name = "".join(chr(97 + int(digit)) for digit in f"{n:04}")
        return hints.on(Page("https://app.example/", f"Bookings {name}"), "Ledgerly", NOON.date(), address)

    assert all(looks(n, "1.2.3.4") for n in range(widget_hints.MOST_LOOKS))
    assert looks(1000, "1.2.3.4") == []
    assert looks(5, "1.2.3.4") == found, "what was found already costs nobody a search"
    assert looks(1000, "5.6.7.8") == found


def test_a_no_is_kept_as_an_outcome_of_the_answer_it_stood_under(eve: Browser, shared: Served) -> None:
    mine, db = eve.says("How do I pay?"), shared.rooms.db
    _answered(db, mine)
    assert 'data-solved="no"' in eve.sees(mine).text
    eve.says("No, that did not solve it.", mine, solved=False, client_id="m2-no")
    eve.says("No, that did not solve it.", mine, solved=False, client_id="m2-no")

    outcomes = db.all("select source, seq from outcomes where conversation_id = %(id)s", {"id": mine})
    assert [(row.source, row.seq) for row in outcomes] == [("customer_denied", 1)]


@pytest.mark.parametrize(("is_solved", "source"), [(False, "customer_denied"), (True, "customer_confirmed")])
def test_what_is_sent_again_after_a_lost_answer_judges_only_the_answer_it_stood_under(
    eve: Browser, shared: Served, is_solved: bool, source: str
) -> None:
    mine, db = eve.says("How do I pay?"), shared.rooms.db
    _answered(db, mine)
    for _time in range(2):
        eve.says("Said with a button.", mine, solved=is_solved, client_id="m2-said")
        _answered(db, mine, 3)

    outcomes = db.all("select source, seq from outcomes where conversation_id = %(id)s", {"id": mine})
    assert [(row.source, row.seq) for row in outcomes] == [(source, 1)]


def test_the_receipt_holds_what_came_from_the_customer_and_nothing_else(eve: Browser, shared: Served) -> None:
    mine = eve.says("Order 4711 is broken.")
    _handed_over(shared, mine)
    page = eve.sees(mine).text
    assert "Order 4711" in page
    assert "You said it did not help." in page
    for inside in ("why people have it", "advice for the agent", "9 of 11", "enterprise", "0.71"):
        assert inside not in page

    eve.says("It is order 4712.", mine, corrects=1, client_id="c1")
    eve.says("It is order 4712.", mine, corrects=1, client_id="c1")
    briefing = shared.rooms.conversations.briefing(mine)
    assert briefing
    assert briefing["corrected"] == [{"text": "It is order 4712.", "seq": 2}]
    assert "You corrected" in eve.sees(mine).text
    kinds = shared.rooms.db.all("select kind from events where conversation_id = %(id)s", {"id": mine})
    assert [row.kind for row in kinds].count("briefing.corrected") == 1


def test_the_receipt_of_a_message_without_words_says_nothing_of_the_customer(eve: Browser, shared: Served) -> None:
    mine = eve.says("😀😀😀")
    wording: dict[str, Any] = {"The customer sent no words.": {"id": "The customer sent no words.", "values": {}}}
    _handed_over(shared, mine, wanted=Line("The customer sent no words.", 1), wording=wording)

    page = eve.sees(mine).text
    assert "What we passed on" in page
    assert "The customer sent" not in page


# the frame, and how long one waits


def test_only_the_sites_that_are_allowed_may_frame_it(shared: Served) -> None:
    shared.rooms.workspace.put_setting(
        "widget", {"origins": ["https://app.example", "https://x.example; script-src *"]}
    )
    with shared.client(None) as client:
        policy = client.get(f"{shared.url}/widget").headers.get_list("content-security-policy")
        other = client.get(f"{shared.url}/chat").headers.get_list("content-security-policy")

    assert len(policy) == len(other) == 1
    assert policy[0].endswith("frame-ancestors 'self' https://app.example")
    assert "app.example" not in other[0]


def test_the_loader_is_packed_and_not_sent_twice(shared: Served) -> None:
    with httpx.Client(base_url=shared.url, verify=NO_TLS) as client:
        first = client.get("/widget.js")
        again = client.get("/widget.js", headers={"If-None-Match": first.headers["etag"]})
        plain = client.get("/widget.js", headers={"Accept-Encoding": "identity"})

    assert first.headers["content-encoding"] == "gzip"
    assert int(first.headers["content-length"]) <= 3_000
    assert again.status_code == 304
    assert plain.text == first.text


def test_answers_for_a_page_come_from_public_articles_and_not_for_just_any_page(own: Served) -> None:
    library, now = own.rooms.library, datetime.now(UTC)
    text = "Open Exports and choose the period. Exports hold every booking."
    library.publish(Article("", "exports", "How exports work", text), "lena", now)
    library.publish(Article("", "exports-inside", "How exports work inside", text, "internal"), "lena", now)
    visitor = Browser(own)
    where = {"url": "https://app.example/exports", "title": "Exports – Ledgerly", "name": "Ledgerly"}
    home = visitor.client.get("/widget/home", params=where).text
    elsewhere = visitor.client.get(
        "/widget/home", params={**where, "url": "https://app.example/", "title": "Gardening"}
    ).text

    assert "/help/exports" in home
    assert "inside" not in home
    assert "/help/" not in elsewhere


def test_a_wait_is_said_from_what_others_waited_or_from_the_promise_or_from_the_hours() -> None:
    policy, evening = load(HOURS), NOON.replace(hour=20)
    waits = [(NOON - timedelta(days=1), NOON - timedelta(days=1) + timedelta(minutes=m)) for m in range(1, ENOUGH + 1)]

    assert expected(policy, waits, 3, None, NOON).says == "A person usually answers within 6 minutes."
    assert expected(policy, waits[1:], 3, None, NOON).says == "A person answers by 16:00 UTC."
    assert expected(policy, waits, 3, None, evening).says == (
        "Nobody is here now. Our team is back tomorrow at 09:00 UTC."
    )
    assert expected(policy, waits, 3, None, evening).waiting is None


def test_a_night_in_which_nobody_is_there_is_no_wait() -> None:
    late = NOON.replace(hour=16, minute=55)
    overnight = [(late, late + timedelta(hours=16, minutes=10))] * ENOUGH  # answered five minutes after opening

    assert expected(load(HOURS), overnight, 0, None, NOON).says == "A person usually answers within 10 minutes."


def _answered(db: Any, conversation: str, seq: int = 1) -> None:
    """As a worker commits it: the assistant answered message `seq`, once."""
    decision = '{"action": "answer", "because": [], "rung": 5}'
    db.run(
        "insert into messages (conversation_id, seq, author, answers_seq, body, at)"
        " values (%(id)s, %(seq)s + 1, 'assistant', %(seq)s, 'So.', now()) on conflict do nothing",
        {"id": conversation, "seq": seq},
    )
    db.run(
        "insert into decisions (conversation_id, seq, action, reason, policy_version, rung, body, decided_at)"
        " values (%(id)s, %(seq)s, 'answer', 'confident', 1, 5, %(body)s, now()) on conflict do nothing",
        {"id": conversation, "seq": seq, "body": decision},
    )
    db.run(
        "update conversations set seq = %(seq)s + 1, considered_seq = %(seq)s, ready_at = null, status = 'waiting'"
        " where id = %(id)s",
        {"id": conversation, "seq": seq},
    )


def _handed_over(served: Served, conversation: str, **other: Any) -> None:
    now, desk = datetime.now(UTC), Desk(served.rooms.db)
    desk.assign_team(conversation, "billing", "agt_mira", now)
    briefing = Briefing(
        why="why people have it", moved=(), wanted=Line("Order 4711 is broken.", 1),
        tried=(Line("The customer said it did not help.", 1),), facts=(Fact("id", "Order 4711", 1),),
        open_question=None,
        next_step=NextStep("advice for the agent: 9 of 11", 0.71, 0.88, 9, 11),
        customer=CustomerCard("Eve", "", None, "enterprise", None, None, False, None, "en"),
        similar=(), earlier=(), mood=(),
    )  # fmt: skip
    desk.brief_late(
        conversation, 1, replace(briefing, **other), Promise(now + timedelta(hours=1), None, None), None, "", now
    )
