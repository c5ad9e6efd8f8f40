"""Conversations out: lists in pages, one whole, its turns and its briefing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from pydantic import BaseModel

from api.serving import Served, is_problem, opening
from segue.desk.briefing import brief
from segue.domain.assessment import Assessment
from segue.domain.briefing import Briefing
from segue.domain.turn import Commit
from segue.web.given import AssessmentOut, BriefingOut, ConversationsOut, TurnsOut, WholeConversationOut
from turns import answered, handed_over


def strictly(shape: type[BaseModel], answer: httpx.Response) -> dict[str, Any]:
    """The answer, once it is what the documentation says, no field more."""
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    shape.model_validate_json(answer.content)
    assert set(told) == set(shape.model_fields)
    return told


@pytest.fixture(scope="module")
def crowd(shared: Served) -> list[str]:
    """Eleven conversations, newest first: the list has no page that is just full."""
    with shared.client() as api:
        made = [api.post("/conversations", json=opening(contact={"id": "crowd", "verified": True})) for _ in range(11)]
    return [answer.json()["conversation"]["id"] for answer in reversed(made)]


@pytest.fixture
def crowd_contact(api: httpx.Client, crowd: list[str]) -> str:
    return str(api.get(f"/conversations/{crowd[0]}").json()["contact_id"])


def pages(api: httpx.Client, path: str, list_name: str, **params: Any) -> Iterator[list[dict[str, Any]]]:
    cursor = None
    while True:
        told = api.get(path, params=params | ({"after": cursor} if cursor else {})).json()
        yield told[list_name]
        if (cursor := told["next_cursor"]) is None:
            return


@pytest.mark.parametrize("limit", [1, 4, 11, 12, 200])
def test_every_conversation_stands_on_exactly_one_page(
    api: httpx.Client, crowd: list[str], crowd_contact: str, limit: int
) -> None:
    found = list(pages(api, "/conversations", "conversations", contact=crowd_contact, limit=limit))
    assert [row["id"] for page in found for row in page] == crowd
    assert all(found), "a page without anything on it"


def test_what_comes_while_one_turns_the_pages_shifts_nothing(
    api: httpx.Client, crowd: list[str], crowd_contact: str
) -> None:
    seen = []
    for page in pages(api, "/conversations", "conversations", contact=crowd_contact, limit=3):
        seen += [row["id"] for row in page]
        api.post("/conversations", json=opening())
    assert seen == crowd


def test_a_list_is_narrowed_by_what_is_asked(api: httpx.Client, shared: Served) -> None:
    opened = [api.post("/conversations", json=opening()).json()["conversation"] for _ in range(3)]
    mine, theirs, done = (conversation["id"] for conversation in opened)
    api.post(f"/conversations/{mine}/claim", json={"agent": "agt_tom"})
    api.post(f"/conversations/{theirs}/assign", json={"agent": "agt_tom", "team": "billing"})
    api.post(f"/conversations/{done}/resolve", json={"agent": "agt_tom", "solution": "Done."})

    def found(**asked: str) -> set[str]:
        told = strictly(ConversationsOut, api.get("/conversations", params={"limit": "200", **asked}))
        return {row["id"] for row in told["conversations"]} & {mine, theirs, done}

    assert found() == {mine, theirs, done}
    assert found(assignee="agt_tom") == {mine}
    assert found(team="billing") == {theirs}
    assert found(status="resolved") == {done}
    assert found(handler="human", status="open") == {mine, theirs}
    assert found(handler="assistant") == set()
    assert found(number=str(opened[1]["number"])) == {theirs}
    assert found(team="nobody") == set()
    assert found(channel=api.get(f"/conversations/{mine}").json()["channel"]) == {mine, theirs, done}
    assert found(channel="email") == set()
    first = api.get(f"/conversations/{mine}").json()["opened_at"]
    assert found(since=first) == {mine, theirs, done}
    assert found(until=first) == set()
    day = datetime.fromisoformat(first).astimezone(UTC).date()
    assert found(since=f"{day}", until=f"{day + timedelta(days=2)}") == {mine, theirs, done}
    assert found(until=f"{day}") == set()
    assert found(breached="false") == {mine, theirs, done}
    assert found(breached="true") == set()


@pytest.mark.parametrize(
    "asked",
    [
        {"since": "yesterday"},
        {"since": "2026-03-02T09:00:00"},
        {"since": "2026-02-30"},
        {"until": "1700000000"},
        {"reason": "bored"},
        {"channel": "pigeon"},
        {"teem": "x"},
    ],
)
def test_a_filter_that_is_none_is_named(api: httpx.Client, asked: dict[str, str]) -> None:
    answer = api.get("/conversations", params=asked)
    assert answer.status_code == 422
    assert next(iter(asked)) in answer.text
    assert ("as 2027-01-31T09:00:00+01:00" in answer.text) == ({"since", "until"} >= asked.keys())


def test_a_list_is_narrowed_by_what_was_decided(own: Served) -> None:
    now = datetime.now(UTC) + timedelta(minutes=1)
    with own.client() as api:
        handed = api.post("/conversations", json=opening("Let me talk to a person.")).json()["conversation"]["id"]
        own.rooms.inbox.commit([handed_over(own.rooms.inbox.claim(now)[0], now)], now)
        row = api.get(f"/conversations/{handed}").json()

        for name, told_as in {
            "reason": "reason",
            "category": "category_id",
            "intent": "intent_id",
            "tier": "tier",
        }.items():
            if row[told_as] is not None:
                told = api.get("/conversations", params={name: row[told_as]}).json()["conversations"]
                assert [found["id"] for found in told] == [handed]
        assert row["reason"] is not None
        assert api.get("/conversations", params={"category": "nothing"}).json()["conversations"] == []


def test_a_conversation_shows_its_messages_and_notes_and_nothing_of_our_inside(
    api: httpx.Client, conversation: str
) -> None:
    api.post(f"/conversations/{conversation}/note", json={"agent": "agt_mira", "text": "She is right."})
    api.post(f"/conversations/{conversation}/reply", json={"agent": "mira@ledgerly.example", "text": "One moment."})

    told = strictly(WholeConversationOut, api.get(f"/conversations/{conversation}"))
    assert [(m["author"], m["agent"], m["text"]) for m in told["messages"]] == [
        ("customer", None, "Why is it higher?"), ("agent", "Mira", "One moment."),
    ]  # fmt: skip
    assert [(n["agent"], n["text"]) for n in told["notes"]] == [("Mira", "She is right.")]
    assert told["assignee"] == "Mira"

    newer = api.get(f"/conversations/{conversation}", params={"after": "1"}).json()
    assert [m["seq"] for m in newer["messages"]] == [2]


def test_turns_and_briefing_are_what_the_documentation_says(own: Served) -> None:
    now = datetime.now(UTC) + timedelta(minutes=1)
    with own.client() as api:
        answered_one = api.post("/conversations", json=opening()).json()["conversation"]["id"]
        own.rooms.inbox.commit([Commit(own.rooms.inbox.claim(now)[0], answered(), "Because.")], now)
        handed = api.post("/conversations", json=opening("Let me talk to a person.")).json()["conversation"]["id"]
        lease = own.rooms.inbox.claim(now)[0]
        commit = handed_over(lease, now)
        turn = commit.turn
        told = brief(lease.conversation, turn.assessment, turn.answer, turn.decision, (), str, {})
        own.rooms.inbox.commit([replace(commit, turn=replace(turn, briefing=told))], now)

        first = strictly(TurnsOut, api.get(f"/conversations/{answered_one}/turns"))["turns"][0]
        assert (first["seq"], first["decision"]["action"]) == (1, "answer")
        assert first["message"] == f"msg_{answered_one[4:]}.1"
        assert "vector" not in first["assessment"]
        second = strictly(TurnsOut, api.get(f"/conversations/{handed}/turns"))["turns"][0]
        assert second["decision"]["because"][0]["reason"] == "asked_for_person"
        assert strictly(BriefingOut, api.get(f"/conversations/{handed}/briefing"))["why"]
        assert is_problem(api.get(f"/conversations/{answered_one}/briefing"))["status"] == 404


def test_a_conversation_nobody_has_considered_has_no_turns_yet(api: httpx.Client, conversation: str) -> None:
    assert api.get(f"/conversations/{conversation}/turns").json() == {"turns": []}


def test_the_documentation_of_records_keeps_up_with_the_records() -> None:
    assert set(AssessmentOut.model_fields) == {field.name for field in fields(Assessment)} - {"vector"}
    assert set(BriefingOut.model_fields) == {field.name for field in fields(Briefing)} - {"wording"} | {
        "seq",
        "corrected",
    }
