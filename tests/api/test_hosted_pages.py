"""The pages that we serve to customers ourselves: whose they are, what is true on them, and ways on from a dead end."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import cast

import httpx
import pytest

from api.forms import form_of
from api.serving import NO_TLS, Served
from api.test_widget import Browser, _handed_over
from segue.domain.errors import EncoderUnavailable
from segue.domain.ports import Encoder
from segue.knowledge.library import Library
from segue.store.widget import WidgetStore
from segue.web.help_search import help_for
from segue.web.limits import Limit
from segue.web.widget_wait import Wait, WaitingTimes

NIGHT = "Nobody is here now. Our team is back tomorrow at 09:00 UTC."


@pytest.fixture
def visitor(shared: Served) -> Iterator[httpx.Client]:
    says = {"Accept": "text/html"}
    with httpx.Client(base_url=shared.url, verify=NO_TLS, follow_redirects=True, headers=says) as browser:
        yield browser


@pytest.mark.parametrize("path", ["/chat/nothing", "/contact/nothing", "/widget/nothing", "/help/nothing",
                                  "/contact/received"])  # fmt: skip
def test_a_dead_end_says_what_to_do_in_the_language_of_the_browser(visitor: httpx.Client, path: str) -> None:
    page, german = visitor.get(path), visitor.get(path, headers={"Accept-Language": "de"})

    assert page.status_code == german.status_code == 404
    assert "Segue" not in page.text
    for way in ("/chat", "/contact", "/#help"):
        assert f'href="{way}"' in page.text
    assert 'lang="de"' in german.text
    assert headline(page) != headline(german)


def put(api: Served, slug: str, title: str, audience: str = "public") -> None:
    with api.client() as client:
        written = {"slug": slug, "title": title, "body": f"# {title}\n\nA zebra reads it.\n", "audience": audience}
        assert client.put("/articles", json=written).status_code in (200, 201)


@pytest.fixture
def striped(shared: Served) -> Iterator[None]:
    put(shared, "zebra-for-all", "Feeding a zebra")
    put(shared, "zebra-inside", "What a zebra costs us", "internal")
    yield
    with shared.client() as api:
        assert {api.delete(f"/articles/{slug}").status_code for slug in ("zebra-for-all", "zebra-inside")} == {204}


def test_the_help_centre_finds_public_articles_and_no_others(visitor: httpx.Client, striped: None) -> None:
    found, nothing = visitor.get("/", params={"q": "zebra"}), visitor.get("/", params={"q": "\0 \ud7ff xqzw"})

    assert "Feeding a zebra</a>" in found.text
    assert "What a zebra costs us" not in found.text + visitor.get("/").text
    assert "No article fits that" in nothing.text
    assert 'value="zebra"' in found.text


def test_without_an_encoder_and_for_who_asks_very_often_words_alone_are_searched(
    shared: Served, striped: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Gone:
        version = "gone"

        def encode(self, texts: object) -> None:
            raise EncoderUnavailable("It is gone.", "Wait.")

    library, today = Library(shared.rooms.library.store, cast(Encoder, Gone())), datetime.now(UTC).date()
    assert [hit.slug for hit in help_for(library, "a zebra", "198.51.100.7", today)] == ["zebra-for-all"]
    monkeypatch.setattr("segue.web.help_search._LOOKS", Limit(1, 60))
    often = [help_for(shared.rooms.library, "zebra", "198.51.100.8", today) for _ in range(2)]
    assert [hits[0].slug for hits in often] == ["zebra-for-all"] * 2


def headline(page: httpx.Response) -> str:
    (found,) = re.findall("<h1>(.*?)</h1>", page.text)
    return str(found)


def test_at_night_the_widget_says_once_that_nobody_is_there_and_nothing_else(
    shared: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(WaitingTimes, "wait", lambda *_: Wait(False, NIGHT))
    eve = Browser(shared)
    mine = eve.says("Order 4711 is broken.")
    _handed_over(shared, mine)

    page = eve.sees(mine).text
    assert page.count(NIGHT) == 1
    assert "A person has this conversation" not in page
    shared.rooms.db.run("update conversations set assignee_id = 'agt_mira' where id = %(id)s", {"id": mine})
    page = eve.sees(mine).text
    assert page.count(NIGHT) == 1
    assert "is with you" not in page


def test_where_a_guest_of_the_form_can_be_reached_is_known_from_their_first_word(
    shared: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever looks at once, as the assistant does for its briefing, sees it."""
    monkeypatch.setattr(WidgetStore, "give_address", lambda *_: None)

    mine = Browser(shared).says("The export stops.", form=True, email="eve@x.example")

    assert shared.rooms.conversations.one(mine)["email"] == "eve@x.example"


def test_who_is_signed_in_has_the_address_and_the_name_that_were_signed_last(
    shared: Served,
) -> None:
    now, sign = datetime.now(UTC), shared.rooms.identity.sign
    first = Browser(shared, sign("con_late", now)).says("The export stops.", form=True)
    assert shared.rooms.conversations.one(first)["email"] == ""

    Browser(shared, sign("con_late", now, name="Vera", email="vera@x.example")).says("And again.", form=True)
    Browser(shared, sign("con_late", now, name="Eve", email="eve@x.example")).says("And once more.", form=True)

    found = shared.rooms.conversations.one(first)
    assert (found["contact"], found["email"]) == ("Eve", "eve@x.example")


def test_what_is_typed_into_the_chat_outlives_the_sign_in(shared: Served, visitor: httpx.Client) -> None:
    """It comes back with what has happened, to be sent as a guest."""
    now, sign = datetime.now(UTC), shared.rooms.identity.sign
    visitor.get("/chat", params={"identity": sign("con_chat", now, name="Grace")})
    visitor.post("/chat/messages", data={"text": "The export stops."})
    expired = sign("con_chat", now - timedelta(hours=25), name="Grace")
    visitor.cookies.delete("segue_who")
    visitor.cookies.set("segue_who", expired, domain=httpx.URL(shared.url).host)

    answer = visitor.post("/chat/messages", data={"text": "It still stops.", "client_id": "late"})

    form = form_of(answer.text, "/chat/messages")
    assert answer.status_code == 422
    assert form.seen()["text"] == ["It still stops."]
    assert "sign-in" in form.told["text"]
    again = visitor.post("/chat/messages", data={**form.says(), "email": "eve@x.example"})
    assert "It still stops." in again.text
    assert "The export stops." not in again.text
