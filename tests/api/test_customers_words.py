"""All that a customer types, or that is brought along of their page and their sign-in: it comes back byte for byte, or
what is wrong stands beside its field."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from html import unescape
from typing import Any

import httpx
import pytest

from api.kept import kept_texts
from api.serving import NO_TLS, Served, is_problem
from api.test_widget import Browser, _handed_over
from naughty import naughty, packed
from segue.web import limits
from segue.web.limits import Limit

ALL = naughty()
PAGE = {"url": "https://app.example.com/x"}
LONGEST = {"text": 250, "subject": 200, "title": 300, "name": 250}


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody types that much in a minute."""
    monkeypatch.setattr(limits, "MESSAGES", Limit(1000, 60))
    monkeypatch.setattr(limits, "NEWCOMERS", Limit(1000, 60))


@pytest.fixture
def visitor(shared: Served) -> Iterator[httpx.Client]:
    """Who comes to the pages that we serve ourselves."""
    with httpx.Client(base_url=shared.url, verify=NO_TLS, follow_redirects=True) as browser:
        yield browser


@pytest.mark.usefixtures("patient")
def test_whatever_is_said_in_the_widget_stands_there_as_it_was_said(shared: Served) -> None:
    grace = Browser(shared, shared.rooms.identity.sign("con_odd", datetime.now(UTC)))
    mine, said = grace.says("What follows is odd."), ["\n".join(ALL[n : n + 4]) for n in range(0, len(ALL), 4)]
    for text in said:
        grace.says(text, mine)

    kept = [row["body"] for row in shared.rooms.conversations.thread(mine)][1:]
    assert kept == said
    seen = unescape(grace.sees(mine).text)
    assert [text for text in ALL if text not in seen] == []
    told = grace.client.get(f"/widget/conversations/{mine}/transcript", params={"name": "{0}%s<b>"}).text
    assert [text for text in ALL if text not in told] == []
    assert "with {0}%s<b>" in told


@pytest.mark.usefixtures("patient")
def test_what_comes_with_a_form_a_sign_in_and_a_page_is_kept_as_it_is(shared: Served) -> None:
    sent = {field: packed(f"w-{field}", longest) for field, longest in LONGEST.items()}
    for n in range(max(map(len, sent.values()))):
        text, subject, title, name = (texts[n % len(texts)] for texts in sent.values())
        identity = shared.rooms.identity.sign(f"odd {n}", datetime.now(UTC), name=name, email="odd@x.example")
        signed_in = Browser(shared, identity)
        mine = signed_in.says(text, form=True, subject=subject, page={**PAGE, "title": title})
        assert name.split()[0] in signed_in.home()
        _handed_over(shared, mine)
        signed_in.says(f"corrected {text}", mine, corrects=1)
        assert f"corrected {text}" in unescape(signed_in.sees(mine).text)

    kept = kept_texts(shared.rooms.db)
    assert [text for texts in sent.values() for text in texts if text not in kept] == []


WRONG: dict[str, dict[str, Any]] = {
    "/email": {"email": "no"}, "/subject": {"subject": "x" * 201}, "/text": {"text": "a\0b"},
    "/client_id": {"client_id": "a\0b"}, "/page/title": {"page": {**PAGE, "title": "x" * 301}},
    "/page/url": {"page": {"url": "x" * 2001}}, "/conversation": {"conversation": "a\0b"},
}  # fmt: skip


@pytest.mark.parametrize("pointer", WRONG)
def test_what_the_widget_cannot_take_is_refused_with_its_field(shared: Served, pointer: str) -> None:
    body: dict[str, Any] = {"text": "x", "client_id": "1", "form": True, "email": "eve@x.example", **WRONG[pointer]}

    told = is_problem(Browser(shared).client.post("/widget/messages", json=body))

    assert (told["status"], told["errors"][0]["pointer"]) == (422, pointer)


@pytest.mark.usefixtures("patient")
def test_an_address_that_is_none_is_refused_beside_its_field_wherever_it_is_asked_for(shared: Served) -> None:
    eve = Browser(shared)
    mine, taken = eve.says("Where can I be reached?"), list[str]()
    for text in ALL[::4]:
        form = {"text": "x", "client_id": "1", "form": True, "email": text[:254]}
        for path, body in ((f"/widget/conversations/{mine}/address", {"email": text}), ("/widget/messages", form)):
            answer = eve.client.post(path, json=body)
            is_told = answer.status_code == 422 and is_problem(answer)["errors"][0]["pointer"] == "/email"
            taken += [] if is_told else [text]
    assert taken == []


def test_a_sign_in_whose_address_is_none_gives_none(shared: Served) -> None:
    now, sign = datetime.now(UTC), shared.rooms.identity.sign
    for n, email in enumerate(("eve@x.example\r\nBcc: e@x", "nobody", "a b@x.example", 7)):
        mine = Browser(shared, sign(f"con_odd_{n}", now, email=email, name=["a list"])).says("Hello")
        assert shared.rooms.conversations.one(mine)["email"] == ""


def test_where_a_customer_comes_from_and_what_a_link_fills_in_is_shown_as_it_is(visitor: httpx.Client) -> None:
    for text in packed("from", 200):
        asked = {"page": PAGE["url"], "title": text, "subject": text}
        for path, shown in (("/contact", 3), ("/chat", 1)):
            page = unescape(visitor.get(path, params=asked).text)
            assert page.count(text) == shown, path
    for path in ("/contact", "/chat"):
        assert visitor.get(path, params={"page": "javascript:alert(1)", "title": "x"}).text.count("javascript:") == 0
