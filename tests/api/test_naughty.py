"""Texts that trip programs up go through every text field and come back byte for byte; forms take or refuse them."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.serving import NO_TLS, Served, is_problem
from api.test_doors import faces
from naughty import naughty
from segue.domain.people import Agent
from segue.domain.said import says_nothing
from segue.web.doors import COOKIE

ALL = naughty()
SEEN = [text for text in ALL if not says_nothing(text)]


def test_there_are_many_of_many_classes() -> None:
    assert len(ALL) > 180
    assert len({len(text.encode()) for text in ALL}) > 20


def test_what_shows_nothing_is_no_text(api: httpx.Client, conversation: str) -> None:
    unseen = [text for text in ALL if text not in SEEN]
    assert unseen
    for text in unseen:
        told = is_problem(api.post(f"/conversations/{conversation}/messages", json={"text": text}))
        assert (told["status"], told["errors"][0]["pointer"]) == (422, "/text"), text


def test_what_a_customer_writes_comes_back_byte_for_byte(api: httpx.Client) -> None:
    for n, text in enumerate(SEEN):
        who, page = {"external_id": f"x{n}", "name": text}, {"url": "https://app.example.com/billing", "title": text}
        said = {"contact": who, "text": text, "subject": text, "client_id": "1", "page": page}
        taken = api.post("/conversations", json=said)
        assert taken.status_code == 202, (text, taken.text)
        conversation = taken.json()["conversation"]["id"]
        api.post(
            f"/conversations/{conversation}/messages", json={"text": text, "client_id": text[:100]}
        ).raise_for_status()
        told = api.get(f"/conversations/{conversation}").json()
        assert [m["text"] for m in told["messages"]] == [text, text]
        assert (told["subject"], told["contact"], told["page_title"]) == (text, text, text)


def test_what_an_agent_writes_comes_back_byte_for_byte(api: httpx.Client, conversation: str) -> None:
    sendable = [text for text in SEEN if "{{" not in text]  # a reply with a gap is refused
    for n, text in enumerate(sendable):
        reply = {"agent": "agt_mira", "text": text, "client_id": f"n{n}"}
        api.post(f"/conversations/{conversation}/reply", json=reply).raise_for_status()
        api.post(f"/conversations/{conversation}/note", json={"agent": "agt_mira", "text": text}).raise_for_status()
    told = api.get(f"/conversations/{conversation}").json()
    assert [m["text"] for m in told["messages"] if m["author"] == "agent"] == sendable
    assert [note["text"] for note in told["notes"]] == sendable


def test_what_stands_in_an_article_comes_back_byte_for_byte(api: httpx.Client) -> None:
    for text in SEEN[::3]:
        api.put("/articles", json={"slug": "naughty", "title": text, "body": text}).raise_for_status()
        (found,) = [a for a in api.get("/articles").json()["articles"] if a["slug"] == "naughty"]
        assert (found["title"], found["body"]) == (text, text)


# forms

ODD = st.sampled_from([*ALL, "", " ", "\0", "a\0b", "x" * 30_000, "agt_mira", "billing", "on", "cnv_1", "\ud800"])
PLAIN = settings(
    max_examples=3, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)


def is_form(name: str) -> bool:
    return name.startswith("POST /") and not name.startswith(("POST /api/", "POST /widget/", "POST /sign-"))


def names_in(needs: Dependant) -> list[str]:
    """Of the fields that a route reads from a form."""
    return [field.alias for field in needs.body_params] + [n for inner in needs.dependencies for n in names_in(inner)]


@pytest.fixture(scope="module")
def shared(apart: Served) -> Served:
    return apart


@pytest.fixture(scope="module")
def line(shared: Served) -> Any:
    now = datetime.now(UTC)
    shared.rooms.workspace.put_agent(Agent("agt_nora", "Nora", "nora@ledgerly.example", "admin"), now)
    shared.rooms.workspace.begin_session("a session of Nora's", "agt_nora", now)
    with httpx.Client(base_url=shared.url, verify=NO_TLS, timeout=20) as client:
        yield client


def test_any_form_is_taken_or_refused_on_every_page(shared: Served, line: httpx.Client, conversation: str) -> None:
    forms = dict(faces(shared.app.router.routes))
    posts = [route for name, route in forms.items() if isinstance(route, APIRoute) and is_form(name)]
    assert len(posts) > 40
    assert sum(len(names_in(route.dependant)) for route in posts) > 60

    for route in posts:
        takes_or_refuses(line, route, conversation)


def takes_or_refuses(line: httpx.Client, route: APIRoute, conversation: str) -> None:
    there = {"conversation": conversation}

    @PLAIN
    @given(st.data())
    def send(data: Any) -> None:
        path = re.sub(r"\{(\w+)[^}]*\}", lambda m: there.get(m[1]) or data.draw(st.sampled_from("x1ß")), route.path)
        fields = {name: data.draw(ODD) for name in names_in(route.dependant)} | {"more": data.draw(ODD)}
        sent = {name: value.encode("utf8", "surrogatepass") for name, value in fields.items()}
        answer = line.post(path, data=sent, headers={"Cookie": f"{COOKIE}=a session of Nora's"})
        assert answer.status_code < 500, (route.path, fields, answer.text[:300])

    send()
