"""Anything at all, sent to the two doors for messages: 202 with the words on disk, or a clear 4xx, and never a 5xx."""

from __future__ import annotations

import http.client
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.serving import KEY, Served, is_problem
from fuzzing import Counting, drawing

EACH = 150

texts = st.text(st.characters(), max_size=30) | st.sampled_from(["", "a\0b", "\ud800", "a@b", "cnv_1", "x" * 20_001])
scalars = st.none() | st.booleans() | st.integers() | st.floats() | texts
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3), max_leaves=6
)
contacts = values | st.fixed_dictionaries(
    {}, optional=dict.fromkeys(("id", "external_id", "email", "name", "verified"), texts | scalars)
)
pages = values | st.fixed_dictionaries({"url": texts}, optional={"title": texts | scalars})
messages = st.fixed_dictionaries(
    {"text": texts | values},
    optional={
        "contact": contacts, "page": pages, "client_id": texts | scalars, "subject": texts | scalars,
        "channel": st.sampled_from(["chat", "email", "form", "api", "fax", None]), "more": values,
    },
)  # fmt: skip
written = st.builds(lambda value, escaped: json.dumps(value, ensure_ascii=escaped), messages | values, st.booleans())
bodies = st.binary(max_size=60) | written.map(lambda text: text.encode("utf8", "surrogatepass"))


@pytest.fixture(scope="module")
def line(shared: Served) -> http.client.HTTPConnection:
    return http.client.HTTPConnection("127.0.0.1", shared.port, timeout=30)


def send(line: http.client.HTTPConnection, path: str, body: bytes) -> tuple[int, dict[str, str], bytes]:
    line.request("POST", path, body, {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"})
    answer = line.getresponse()
    return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()


def test_any_body_opens_a_conversation_or_is_refused(
    shared: Served, line: http.client.HTTPConnection, times: int, counting: Counting
) -> None:
    asked = 0

    @drawing(EACH, times, "bodies that open a conversation")
    @given(bodies)
    def send_it(body: bytes) -> None:
        nonlocal asked
        asked += 1
        taken_or_refused(shared, body, send(line, "/api/v1/conversations", body))

    send_it()
    counting("bodies of messages", asked)


def test_any_body_is_a_message_or_is_refused(
    shared: Served, line: http.client.HTTPConnection, conversation: str, times: int, counting: Counting
) -> None:
    asked = 0

    @drawing(EACH, times, "bodies of messages")
    @given(bodies)
    def send_it(body: bytes) -> None:
        nonlocal asked
        asked += 1
        taken_or_refused(shared, body, send(line, f"/api/v1/conversations/{conversation}/messages", body))

    send_it()
    counting("bodies of messages", asked)


def taken_or_refused(shared: Served, body: bytes, answer: tuple[int, dict[str, str], bytes]) -> None:
    if answer[0] != 202:
        assert is_problem(answer)["status"] in (400, 409, 422)
        return
    told: dict[str, Any] = json.loads(answer[2])
    place = {"id": told["conversation"]["id"], "seq": told["message"]["seq"]}
    kept = shared.rooms.db.one("select body from messages where conversation_id = %(id)s and seq = %(seq)s", place)
    assert kept is not None
    assert kept.body == json.loads(body)["text"]
