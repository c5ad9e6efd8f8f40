"""Every text field of the API, as its schemas have them: what trips programs up is kept byte for byte, or refused with
the field named."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx
import numpy as np
import pytest

from api.kept import kept_texts
from api.serving import Served, is_problem
from naughty import packed
from segue.domain.people import Agent
from segue.domain.ports import DIMENSIONS
from segue.store.candidates import CandidateStore, Draft, Unknown
from segue.web.doors import SCOPES

NOW = datetime.now(UTC)
MIRA, LENA = {"agent": "agt_mira"}, {"agent": "agt_lena"}
PAGE = {"url": "https://app.example.com/x"}
POLICY = {"body": "name: odd\n", "note": "To see."}
SHADOW = {"body": "name: shadow\n", "note": "To see."}
SAYS = {"contact": {"name": "Eve"}, "text": "Hello", "page": PAGE, "subject": "Hello"}
TAKES: dict[str, tuple[dict[str, Any], set[str]]] = {
    "POST /conversations": (SAYS, {"/contact/external_id", "/contact/name", "/text", "/page/title", "/subject",
                                   "/client_id"}),
    "POST /conversations/{conversation}/messages": ({"text": "Hello", "page": PAGE},
                                                    {"/text", "/page/title", "/client_id"}),
    "POST /conversations/{conversation}/reply": ({**MIRA, "text": "Hello"}, {"/text", "/client_id"}),
    "POST /conversations/{conversation}/note": ({**MIRA, "text": "Hello"}, {"/text", "/client_id"}),
    "POST /conversations/{conversation}/resolve": (MIRA, {"/solution"}),
    "PUT /accounts/{account}": ({"name": "Odd", "tier": "free"}, {"/name", "/tier"}),
    "PUT /articles": ({"slug": "odd", "title": "Odd", "body": "Odd."}, {"/title", "/body", "/note"}),
    "PUT /policy": (POLICY, {"/note"}),
    "PUT /policy/shadow": (SHADOW, {"/note"}),
    "POST /policy/shadow/drop": ({"note": "x"}, {"/note"}),
    "POST /boundary/lower": ({"cell": "billing", "to": "route", "by": "agt_lena", "why": "x"}, {"/why"}),
    "PATCH /candidates/{candidate}": (LENA, {"/title", "/body"}),
    "POST /candidates/{candidate}/reject": (LENA, {"/note"}),
    "POST /topics/{topic}/dismiss": (LENA, {"/note"}),
}  # fmt: skip
"""By operation a body that is taken, and the fields that hold any words."""
ELSEWHERE = {
    "POST /policy/shadow/promote /note": "the same note as of a drop", "POST /boundary/lower /cell": "a name",
    "POST /boundary/switch /why": "in the note of a policy version, as PUT /policy",
    "POST /policy/lint /body": "looked at, not kept", "POST /policy/lint /note": "the same",
    "POST /policy/diff /body": "the same", "POST /policy/diff /note": "the same",
    "POST /policy/backtest /body": "the same", "POST /articles/backtest /title": "the same",
    "POST /articles/backtest /body": "the same", "POST /articles/backtest /note": "the same",
    "PUT /policy /body": "a policy", "PUT /policy/shadow /body": "the same",
    "POST /conversations /contact/id": "a name", "PUT /contacts/{contact}/account /account": "a name",
    "POST /conversations /page": "an address", "POST /conversations /page/url": "the same",
    "POST /conversations/{conversation}/messages /page": "the same",
    "POST /conversations/{conversation}/messages /page/url": "the same",
    "POST /reviews/{message} /note": "of an answer that was drawn",
    "POST /conversations/{conversation}/approve /text": "of an answer that waits; kept as a reply is",
    "POST /conversations/{conversation}/feedback /client_id": "told once, not kept as words",
    "POST /candidates/{candidate}/approve /note": "as of a rejection",
    "POST /candidates/{candidate}/merge /into": "a name", "POST /topics/{topic}/name /name": "through the page",
    "POST /stale-cases/{case}/confirm /note": "kept, says test_learning",
    "POST /stale-cases/{case}/uphold /note": "the same",
}  # fmt: skip
"""What no text of ours is sent to here as something that is taken, and why; that it refuses what no database takes, and
what is too long, is asked of it like of all."""
Field = tuple[str, str, dict[str, Any]]


@pytest.fixture(scope="module")
def shared(apart: Served) -> Served:
    return apart


@pytest.fixture(scope="module")
def fields(shared: Served) -> list[Field]:
    """Operation, pointer and shape of each that is a text."""
    document = shared.app.openapi()
    schemas = document["components"]["schemas"]

    def texts(shape: dict[str, Any], at: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
        shape = schemas[shape["$ref"].rpartition("/")[2]] if "$ref" in shape else shape
        for one in (*shape.get("anyOf", ()), *shape.get("oneOf", ())):
            yield from texts(one, at)
        if shape.get("type") == "string" and not {"enum", "const"} & set(shape) and shape.get("format") != "binary":
            yield at, shape
        for name, inner in shape.get("properties", {}).items():
            yield from texts(inner, f"{at}/{name}")
        for inner in (shape[name] for name in ("items", "additionalProperties") if isinstance(shape.get(name), dict)):
            yield from texts(inner, f"{at}/0")

    return [
        (f"{method.upper()} {path.removeprefix('/api/v1')}", at, shape)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        for sent in operation.get("requestBody", {}).get("content", {}).values()
        for at, shape in texts(sent["schema"])
    ]


def is_free(shape: dict[str, Any]) -> bool:
    return "pattern" not in shape and "format" not in shape


def test_every_field_for_words_is_sent_some(fields: list[Field]) -> None:
    free = {f"{operation} {at}" for operation, at, shape in fields if is_free(shape)}
    assert {f"{operation} {at}" for operation, (_body, takes) in TAKES.items() for at in takes} | set(ELSEWHERE) == free
    assert len(fields) > 90


def put(body: dict[str, Any], at: str, value: str) -> dict[str, Any]:
    """The body with that in the field; what is on the way there is made where it is missing."""
    whole: Any = deepcopy(body)
    *way, last = at.strip("/").split("/")
    inner = whole
    for name in way:
        inner = inner.setdefault(name, [] if last == "0" else {})
    inner.append(value) if last == "0" else inner.update({last: value})
    return dict(whole)


def sends(api: httpx.Client, operation: str, body: Any, **more: str) -> httpx.Response:
    method, path = operation.format_map({**dict.fromkeys(PLACES, "nothing"), **more}).split()
    return api.request(method, path, content=json.dumps(body), headers={"Content-Type": "application/json"})


PLACES = ("conversation", "message", "candidate", "topic", "case", "offer", "account", "contact")


def test_what_no_database_takes_and_what_is_too_long_is_refused_with_the_field_named(
    api: httpx.Client, fields: list[Field]
) -> None:
    wrong = list[tuple[str, str, str]]()
    for operation, at, shape in fields:
        odd = ["a\0b", *(["x" * (shape["maxLength"] + 1)] if shape.get("maxLength", 10**6) < 10**5 else ())]
        odd += [] if is_free(shape) else [packed("odd", 70)[0]]
        for text in odd:
            answer = sends(api, operation, put({}, at, text))
            named = [one.get("pointer", "") for one in is_problem(answer).get("errors", ())]
            if answer.status_code != 422 or not any(one.startswith(at) for one in named):
                wrong.append((f"{operation} {at}", text[:12], answer.text[:200]))
        half = sends(api, operation, put({}, at, "a\ud800b"))
        if is_problem(half)["status"] != 400:
            wrong.append((f"{operation} {at}", "half a character", half.text[:200]))
    assert wrong == []


def test_every_field_for_words_keeps_them_byte_for_byte(own: Served, fields: list[Field]) -> None:
    own.rooms.workspace.put_agent(Agent("agt_lena", "Lena", "lena@ledgerly.example", "lead"), NOW)
    own.rooms.workspace.put_key("lena's", "sk_lena", SCOPES, NOW, owner="agt_lena")
    longest = {f"{operation} {at}": shape.get("maxLength", 250) for operation, at, shape in fields}
    sent = dict[str, list[str]]()
    with own.client() as machine, own.client("sk_lena") as lena:
        for operation, (body, takes) in TAKES.items():
            api = lena if "agt_lena" in body.values() else machine
            for at in sorted(takes):
                name = f"{operation} {at}"
                sent[name] = packed(f"f{len(sent)}", min(longest[name], 250))
                for text in sent[name]:
                    answer = sends(api, operation, put(body, at, text), **places(own, api, operation))
                    assert answer.status_code < 300, (name, text, answer.text[:300])
    kept = kept_texts(own.rooms.db)
    assert [(name, text) for name, texts in sent.items() for text in texts if text not in kept] == []


def places(own: Served, api: httpx.Client, operation: str) -> dict[str, str]:
    """What the operation is about, made anew each time."""
    return {place.rstrip("}"): make(own, api) for place, make in MADE.items() if place in operation}


def a_conversation(own: Served, api: httpx.Client) -> str:
    return str(api.post("/conversations", json={"contact": {}, "text": "Why?"}).json()["conversation"]["id"])


def a_topic(own: Served, api: httpx.Client) -> str:
    said = Unknown(a_conversation(own, api), 1, "Why?", np.zeros(DIMENSIONS, np.float32), "")
    return str(CandidateStore(own.rooms.db).put_topics([(["export"], [said], 0)], NOW)[0])


def a_candidate(own: Served, api: httpx.Client) -> str:
    return CandidateStore(own.rooms.db).put(Draft("article", "invoice_higher", None, "Odd", "Odd.", ()), None, NOW)


def a_shadow(own: Served, api: httpx.Client) -> str:
    api.put("/policy/shadow", json=SHADOW).raise_for_status()
    return ""


MADE: dict[str, Callable[[Served, httpx.Client], str]] = {
    "conversation}": a_conversation, "topic}": a_topic, "candidate}": a_candidate, "shadow/drop": a_shadow,
    "account}": lambda _own, _api: uuid4().hex,
}  # fmt: skip
