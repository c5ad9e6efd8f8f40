"""Who is spoken to in which language: agents by their choice, customers by page and browser, machines in English."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from api.serving import NO_TLS, Served, is_problem, opening
from api.test_doors import a_session
from api.test_widget import Browser
from segue.desk.briefing import brief
from segue.domain.assessment import Signal
from segue.store.attention import Attention
from segue.web.doors import COOKIE
from turns import assessment, handed_over


def handed_over_in(own: Served, text: str, language: str) -> str:
    """A conversation whose customer wrote in `language`, with people since, and briefed."""
    with own.client() as api:
        made = str(api.post("/conversations", json=opening(text)).json()["conversation"]["id"])
    now = datetime.now(UTC) + timedelta(minutes=1)
    commit = handed_over(lease := own.rooms.inbox.claim(now)[0], now)
    noticed = replace(assessment(), language=Signal(language, 0.95))
    turn = replace(commit.turn, assessment=noticed)
    told = brief(lease.conversation, noticed, turn.answer, turn.decision, (), str, {})
    own.rooms.inbox.commit([replace(commit, turn=replace(turn, briefing=told))], now)
    return made


@pytest.fixture
def mira(own: Served) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=own.url, cookies={COOKIE: a_session(own, "agt_mira")}, verify=NO_TLS) as browser:
        yield browser


@pytest.fixture
def lena(own: Served) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=own.url, cookies={COOKIE: a_session(own, "agt_lena")}, verify=NO_TLS) as browser:
        yield browser


def language_of(answer: httpx.Response) -> str:
    return str(re.search(r'<html lang="(\w+)">', answer.text)[1])  # type: ignore[index]


def test_an_agent_reads_their_own_language_else_the_workspaces_else_their_browsers(
    own: Served, mira: httpx.Client, lena: httpx.Client
) -> None:
    french, german = {"Accept-Language": "fr"}, {"Accept-Language": "de-AT"}
    assert language_of(mira.get("/desk", headers=french)) == "en"
    assert language_of(mira.get("/desk", headers=german)) == "de"

    lena.post("/settings/language", data={"language": "de"})
    assert language_of(mira.get("/desk", headers=french)) == "de"

    mira.post("/desk/me", data={"language": "en", "letters": "true"})
    assert Attention(own.rooms.db).preferences("agt_mira")["language"] == "en"
    assert language_of(mira.get("/desk", headers=german)) == "en"
    assert "Needs me" in mira.get("/desk").text
    assert "Als Sprache des Arbeitsbereichs wurde gewählt: Deutsch." in lena.get("/settings/record").text

    mira.post("/desk/me", data={"language": "xx", "letters": "true"})
    lena.post("/settings/language", data={"language": "<script>"})
    assert Attention(own.rooms.db).preferences("agt_mira")["language"] == own.rooms.workspace.setting("language") == ""
    assert language_of(mira.get("/desk")) == "en"


@pytest.mark.parametrize("path", ["/", "/chat", "/contact", "/sign-in", "/help/missing", "/widget"])
def test_a_customers_page_speaks_as_its_address_or_its_browser_says(shared: Served, path: str) -> None:
    with httpx.Client(base_url=shared.url, verify=NO_TLS) as eve:
        assert language_of(eve.get(path)) == "en"
        assert language_of(eve.get(path, headers={"Accept-Language": "de"})) == "de"
        assert language_of(eve.get(path, params={"lang": "de-CH"}, headers={"Accept-Language": "en"})) == "de"


def test_the_widget_is_refused_and_greeted_in_german_and_the_api_in_english(shared: Served) -> None:
    browser = Browser(shared)
    browser.client.headers["Accept-Language"] = "de"
    talk = browser.says("Guten Tag")

    refused = is_problem(browser.client.post(f"/widget/conversations/{talk}/address", json={"email": "no"}))
    assert refused["detail"].startswith("Das ist keine E-Mail-Adresse.")
    assert refused["title"] == "Something in the request is wrong"
    assert "wie können wir helfen?" in browser.home()
    with shared.client() as api:
        missing = api.get("/conversations/cnv_nothing", headers={"Accept-Language": "de"})
    assert is_problem(missing)["detail"].startswith("There is no conversation")


def test_a_refusal_is_said_in_the_agents_language(shared: Served) -> None:
    cookie = {COOKIE: a_session(shared, "agt_mira")}
    with httpx.Client(base_url=shared.url, cookies=cookie, verify=NO_TLS) as mira:
        missing = mira.get("/desk/conversations/cnv_nothing", headers={"Accept-Language": "de"})

    assert missing.status_code == 404
    assert "Es gibt kein Gespräch cnv_nothing." in missing.text


@pytest.mark.parametrize(
    ("language", "told", "to_do"),
    [("en", "There is no page at /nowhere.", "Check it"), ("de", "Unter /nowhere gibt es keine Seite.", "Prüfen Sie")],
)
def test_a_page_that_is_not_there_says_so_and_what_to_do(shared: Served, language: str, told: str, to_do: str) -> None:
    asked = {"Accept-Language": language, "Accept": "text/html"}
    missing = httpx.get(f"{shared.url}/nowhere", headers=asked, verify=NO_TLS)

    assert missing.status_code == 404
    assert f"<h1>{told}</h1>" in missing.text
    assert to_do in missing.text


def test_a_customer_is_told_in_their_language_and_their_briefing_is_read_in_the_agents(
    own: Served, mira: httpx.Client
) -> None:
    made = handed_over_in(own, "Warum ist meine Rechnung höher?", "de")

    mira.post(f"/desk/conversations/{made}/claim", headers={"Accept-Language": "en"})

    said = [m["body"] for m in own.rooms.conversations.thread(made) if m["author"] == "system"]
    assert said[-1] == "Mira ist jetzt für Sie da und antwortet Ihnen ab hier."

    with own.client() as api:
        told = api.get(f"/conversations/{made}/briefing").json()

    german = mira.get(f"/desk/conversations/{made}", headers={"Accept-Language": "de"}).text
    assert told["tried"][0]["text"] == "Nothing yet."
    assert "wording" not in told
    assert "asked for a person" in told["why"]
    assert "Noch nichts." in german
    assert "möchte einen Menschen" in german
    assert "Warum Sie das haben" in german


def test_with_the_assistant_stopped_no_page_promises_it(own: Served, lena: httpx.Client) -> None:
    visitor = Browser(own)
    assert "AI assistant" in visitor.client.get("/chat").text

    lena.post("/autonomy/switch", data={"to": "off", "reason": "a test", "back": "/desk"})

    for shown in (visitor.client.get("/chat").text, visitor.client.get("/contact").text, visitor.home()):
        assert "AI assistant" not in shown
        assert "A person" in shown
