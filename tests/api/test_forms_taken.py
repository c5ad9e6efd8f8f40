"""Forms that are taken: each posted as it stands on its page, and what came of it is there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import httpx
import pytest

from api.serving import NO_TLS, Served, served
from api.test_doors import a_session
from api.test_learning import resolved
from databases import fresh_database
from mail.writing import mail, taken
from segue.domain.people import Agent
from segue.store.mail import MailStore
from segue.store.tags import Tags
from segue.web.doors import COOKIE
from segue.web.rooms import MailWays

NOW = datetime.now(UTC)
REFUND = "A refund is possible within 14 days of the purchase."


@pytest.fixture(scope="module")
def house(furnished: str) -> Iterator[Served]:
    with fresh_database(like=furnished) as url, served(url) as running:
        running.rooms.workspace.put_agent(Agent("agt_lena", "Lena", "lena@ledgerly.example", "lead"), NOW)
        yield running


@pytest.fixture
def lena(house: Served) -> Iterator[httpx.Client]:
    cookies = {COOKIE: a_session(house, "agt_lena")}
    with httpx.Client(
        base_url=house.url, cookies=cookies, verify=NO_TLS, timeout=20, headers={"Accept": "text/html"},
        follow_redirects=True,
    ) as browser:  # fmt: skip
        yield browser


@pytest.fixture
def api(house: Served) -> Iterator[httpx.Client]:
    with house.client() as client:
        yield client


def published(api: httpx.Client, slug: str, body: str, **more: str) -> None:
    told = {"slug": slug, "title": slug.capitalize(), "body": body, **more}
    assert api.put("/articles", json=told).status_code in (200, 201)


def in_doubt(house: Served, lena: httpx.Client, api: httpx.Client, slug: str) -> str:
    """The page of an article that a reply contradicts, as the list leads there."""
    published(api, slug, REFUND, intent="invoice_higher")
    resolved(house, api, "Can I get a refund?", REFUND.replace("14", "30"), slug)
    found = re.findall(r'href="(/knowledge/doubts/[^"]+)"[^>]*>\s*([^<]*)', lena.get("/knowledge?show=stale").text)
    return next(path for path, title in found if slug.capitalize() in title)


@pytest.mark.parametrize(("says", "is_stale"), [("stale", True), ("stands", False)])
def test_a_lead_says_whether_the_article_or_the_reply_is_right(
    house: Served, lena: httpx.Client, api: httpx.Client, says: str, is_stale: bool
) -> None:
    path = in_doubt(house, lena, api, f"refunds-{says}")
    undecided = lena.post(path, data={"do": ""})
    assert (undecided.status_code, "Nothing was decided." in undecided.text) == (422, True)

    settled = lena.post(path, data={"do": says})

    assert (settled.status_code, "Settled." in settled.text) == (200, True)
    review_by = api.get(f"/articles/refunds-{says}").json()["review_by"]
    assert (review_by is not None and review_by < NOW.date().isoformat()) == is_stale
    assert lena.post(path, data={"do": says}).status_code == 409
    assert f'action="{path}"' not in lena.get(path).text
    api.delete(f"/articles/refunds-{says}")


def test_an_article_is_retired_and_comes_back_by_being_published(lena: httpx.Client, api: httpx.Client) -> None:
    published(api, "old-prices", "A seat costs 9 EUR.")
    assert 'action="/knowledge/articles/old-prices/retire"' in lena.get("/knowledge/articles/old-prices").text

    retired = lena.post("/knowledge/articles/old-prices/retire")

    assert "Old-prices is retired; publishing it again brings it back." in retired.text
    assert 'href="/knowledge/articles/old-prices"' not in retired.text
    assert lena.get("/help/old-prices").status_code == 404
    published(api, "old-prices", "A seat costs 9 EUR.")
    assert lena.get("/help/old-prices").status_code == 200


def test_an_article_is_put_under_a_matter_under_none_again_and_under_one_of_its_own(
    lena: httpx.Client, api: httpx.Client
) -> None:
    published(api, "seats", "Every seat is billed by the day.")
    here = "/knowledge/articles/seats/place"
    assert f'action="{here}"' in lena.get("/knowledge?show=loose").text

    placed = lena.post(here, data={"intent": "invoice_higher"})
    assert "Why is my invoice higher?" in placed.text
    assert api.get("/articles/seats").json()["intent"] == "invoice_higher"

    lena.post(here, data={"undo": "true"})
    assert api.get("/articles/seats").json()["intent"] is None

    lena.post(here, data={"category": "billing"})
    own = api.get("/articles/seats").json()["intent"]
    matters = {i["id"]: c["id"] for c in api.get("/categories").json()["categories"] for i in c["intents"]}
    assert (own != "invoice_higher", matters[own]) == (True, "billing")


def test_an_article_in_the_making_is_shown_and_asked_its_questions(lena: httpx.Client) -> None:
    typed = {"is_new": "yes", "title": "Pausing a plan", "slug": "pausing", "body": "Under **Settings**, for 3 months.",
             "questions": "How do I pause my plan?"}  # fmt: skip

    live = lena.post("/knowledge/live", data=typed).text

    assert "<strong>Settings</strong>" in live
    assert "How do I pause my plan?" in live


def test_tags_that_nothing_bears_are_removed_and_the_others_stay(
    house: Served, lena: httpx.Client, api: httpx.Client
) -> None:
    said = api.post("/conversations", json={"contact": {}, "text": "Why?"}).json()["conversation"]["id"]
    for tag in ("borne", "bare"):
        Tags(house.rooms.db).put(said, tag, "agt_lena", NOW)
    Tags(house.rooms.db).take_off(said, "bare", "agt_lena", NOW)
    assert 'action="/settings/tags/remove-unused"' in lena.get("/settings/tags").text

    gone = lena.post("/settings/tags/remove-unused")

    assert "1 tag is gone." in gone.text
    assert [tag.name for tag in Tags(house.rooms.db).all()] == ["borne"]
    assert "0 tags are gone." in lena.post("/settings/tags/remove-unused").text


def test_a_conversation_is_held_set_aside_brought_back_and_given_back_by_plain_forms(
    house: Served, lena: httpx.Client, api: httpx.Client
) -> None:
    id = api.post("/conversations", json={"contact": {}, "text": "Why is it?"}).json()["conversation"]["id"]
    here = f"/desk/conversations/{id}"

    def stands() -> tuple[str, str | None, bool]:
        row = house.rooms.db.one("select handler, assignee_id, snoozed_until from conversations where id = %(id)s",
                                 {"id": id})  # fmt: skip
        assert row is not None
        return row.handler, row.assignee_id, row.snoozed_until is not None

    assert lena.post(f"{here}/hold").status_code == 204
    lena.post(f"{here}/assign", data={"to": "agent:agt_mira"})
    assert stands() == ("human", "agt_mira", False)
    lena.post(f"{here}/give-back")
    assert stands() == ("assistant", None, False)
    lena.post(f"{here}/claim")
    lena.post(f"{here}/snooze", data={"until": "tomorrow"})
    assert stands() == ("human", "agt_lena", True)
    lena.post(f"{here}/wake")
    assert stands() == ("human", "agt_lena", False)
    lena.post(f"{here}/hand-back")
    assert stands()[0] == "assistant"


def test_a_mail_that_arrives_counts_as_the_widget_that_is_seen(house: Served, lena: httpx.Client) -> None:
    house.app.state.rooms = replace(house.rooms, mail=MailWays(mailbox="help@corner.example"))
    step = lena.get("/setup?step=widget").text
    assert ("Send a mail to help@corner.example now" in step, "Nothing yet." in step) == (True, True)
    assert "Skip this for now" in step

    store = MailStore(house.rooms.db)
    store.keep(mail(message_id="<old@x.example>"), "help@corner.example", None, NOW, for_people=True)
    assert "Nothing yet." in lena.get("/setup/seen").text, "a mail out of a file came by no mailbox"
    taken(store, mail(), NOW)

    seen = lena.get("/setup/seen").text
    assert ("A mail" in seen, "Nothing yet." in seen) == (True, False)
    assert "Skip this for now" not in lena.get("/setup?step=widget").text


def test_who_signs_out_is_out(house: Served, lena: httpx.Client) -> None:
    assert lena.get("/autonomy").url.path == "/autonomy"
    lena.post("/sign-out")
    lena.cookies.set(COOKIE, "", domain="127.0.0.1")
    assert lena.get("/autonomy").url.path == "/sign-in"
