"""What is not taken: said clearly, with nothing written and the process alive."""

from __future__ import annotations

import base64
import json
import secrets
import socket
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from api.serving import NO_TLS, Served, answer_from, is_problem, opening, request
from segue.web import bounds

CONVERSATIONS = "/api/v1/conversations"
OPENING = json.dumps(opening()).encode()


@pytest.fixture(autouse=True)
def nothing_is_written(shared: Served) -> Iterator[None]:
    before = shared.count("messages"), shared.count("contacts"), shared.count("events")
    yield
    assert (shared.count("messages"), shared.count("contacts"), shared.count("events")) == before
    assert shared.raw(request("GET", "/healthz"))[2] == b"ok\n"


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"null\0", b"{'text': 1}", OPENING + b"x", OPENING[:-1], b"\xff\xfe{}", b'{"text": "\xff"}',
        b"[" * 100_000, b'{"text": ' + b"9" * 10_000 + b"}", b'{"a":' * 5_000 + b"1" + b"}" * 5_000,
        OPENING.decode().encode("utf-16"), b'{"contact": {}, "text": "\\ud83e"}', b'{"contact": {}, "\\udc00": 1}',
        b'{"contact": {}, "text": "a", "page": {"url": "\\ud800\\ud800"}}', b'{"contact": {}, "text": "\xed\xa0\x80"}',
    ],
    ids=lambda body: repr(body[:24]),
)  # fmt: skip
def test_what_is_not_json_is_malformed(shared: Served, conversation: str, body: bytes) -> None:
    for path in (CONVERSATIONS, f"{CONVERSATIONS}/{conversation}/messages", f"{CONVERSATIONS}/{conversation}/reply"):
        told = is_problem(shared.raw(request("POST", path, body)))
        assert told["status"] in (400, 422) if body == b"" else told["status"] == 400, told
        assert len(told["detail"]) < 1200


@pytest.fixture
def conversation(shared: Served, nothing_is_written: None) -> str:
    row = shared.rooms.db.one("select id from conversations order by id limit 1")
    return str(row.id) if row else "cnv_nobody"


@pytest.mark.parametrize("body", [b"null", b"[]", b"1", b'"text"', b"{}", b"true", b"NaN", b"[{}]"], ids=repr)
def test_json_that_is_no_such_object_is_refused(api: httpx.Client, body: bytes) -> None:
    told = is_problem(api.post("/conversations", content=body, headers={"Content-Type": "application/json"}))
    assert told["status"] == 422 or (told["status"] == 400 and body == b"NaN")


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"colour": "red"}, "/colour"),
        ({"Text": "twice"}, "/Text"),
        ({"contact": {"phone": "1"}}, "/contact/phone"),
        ({"page": {"url": "/a", "referrer": "/b"}}, "/page/referrer"),
        ({"a/b~c": 1}, "/a~1b~0c"),
        ({"x" * 5000: 1}, "/xxx"),
        ({"text": ""}, "/text"),
        ({"text": " \n\t "}, "/text"),
        ({"text": "\u200b\ufe0f\u2060"}, "/text"),
        ({"text": "\x01\x02 \x7f"}, "/text"),
        ({"text": None}, "/text"),
        ({"text": 7}, "/text"),
        ({"text": ["a"]}, "/text"),
        ({"text": "x" * 20_001}, "/text"),
        ({"text": "a\0b"}, "/text"),
        ({"client_id": "a\0b"}, "/client_id"),
        ({"client_id": ""}, "/client_id"),
        ({"client_id": "x" * 101}, "/client_id"),
        ({"client_id": 7}, "/client_id"),
        ({"subject": "a\0"}, "/subject"),
        ({"channel": "pigeon"}, "/channel"),
        ({"channel": None}, "/channel"),
        ({"contact": None}, "/contact"),
        ({"contact": "ada@example.com"}, "/contact"),
        ({"contact": {"email": "not an address"}}, "/contact/email"),
        ({"contact": {"email": "a\0@b"}}, "/contact/email"),
        ({"contact": {"email": "a@b\r\nBcc: c@d"}}, "/contact/email"),
        ({"contact": {"name": "\0"}}, "/contact/name"),
        ({"contact": {"id": ""}}, "/contact/id"),
        ({"contact": {"external_id": "\0"}}, "/contact/external_id"),
        ({"contact": {"verified": "perhaps"}}, "/contact/verified"),
        ({"page": {}}, "/page/url"),
        ({"page": {"url": ""}}, "/page/url"),
        ({"page": {"url": "/\0"}}, "/page/url"),
        ({"page": ["/a"]}, "/page"),
        ({"page": "x" * 2001}, "/page/url"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_a_field_that_cannot_be_taken_is_named(api: httpx.Client, change: dict[str, Any], pointer: str) -> None:
    told = is_problem(api.post("/conversations", json=opening() | change))
    assert told["status"] == 422
    assert told["errors"][0]["pointer"].startswith(pointer)
    assert told["errors"][0]["detail"]


def test_a_missing_field_is_named(api: httpx.Client) -> None:
    for missing in ("contact", "text"):
        body = {name: value for name, value in opening().items() if name != missing}
        assert is_problem(api.post("/conversations", json=body))["errors"][0]["pointer"] == f"/{missing}"
    assert is_problem(api.put("/articles", json={"slug": "a", "title": "A"}))["errors"][0]["pointer"] == "/body"


def test_a_body_full_of_unknown_fields_is_answered_quickly_and_shortly(api: httpx.Client) -> None:
    answer = api.post("/conversations", json=dict.fromkeys((f"field_{n}" for n in range(40_000)), 1))
    assert is_problem(answer)["status"] == 422
    assert len(answer.content) < 10_000


# sizes


def test_ten_megabytes_are_refused_announced_or_not_and_the_line_stays_good(shared: Served) -> None:
    body = b'{"contact": {}, "text": "' + b"x" * 10_000_000 + b'"}'
    chunks = b"".join(
        b"%x\r\n%s\r\n" % (len(body[i : i + 65_536]), body[i : i + 65_536]) for i in range(0, len(body), 65_536)
    )

    for sent in (
        request("POST", CONVERSATIONS, body),
        request("POST", CONVERSATIONS, transfer_encoding="chunked") + chunks + b"0\r\n\r\n",
    ):
        with socket.create_connection(("127.0.0.1", shared.port), 20) as line:
            line.sendall(sent)
            assert is_problem(answer_from(line))["status"] == 413
            line.sendall(request("GET", "/healthz"))
            assert answer_from(line)[0] == 200


def test_a_client_that_asks_first_is_told_at_once(shared: Served) -> None:
    asked = request("POST", CONVERSATIONS, content_length="10000000", expect="100-continue")
    assert is_problem(shared.raw(asked))["status"] == 413


def test_an_announced_terabyte_is_not_waited_for(shared: Served) -> None:
    for size in ("1000000000000", "9" * 18):
        status, headers, _ = shared.raw(request("POST", CONVERSATIONS, content_length=size))
        assert (status, headers["connection"]) == (413, "close")


def test_a_body_that_does_not_come_is_not_waited_for(shared: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "UPLOAD", 0.2)
    told = is_problem(shared.raw(request("POST", CONVERSATIONS, OPENING[:10], content_length=str(len(OPENING)))))
    assert told["status"] == 408


def test_headers_and_addresses_are_bounded(api: httpx.Client) -> None:
    assert is_problem(api.get("/conversations", headers={"X-Long": "x" * 40_000}))["status"] == 431
    assert is_problem(api.get("/conversations", params={"team": "x" * 9_000}))["status"] == 414


# kinds of content, methods, addresses


@pytest.mark.parametrize(
    "headers",
    [
        {"content_type": "text/plain"}, {"content_type": "application/x-www-form-urlencoded"},
        {"content_type": "multipart/form-data; boundary=x"}, {"content_type": "application/xml"},
        {"content_type": "application/json", "content_encoding": "gzip"}, {"content_type": "*"},
    ],
    ids=lambda headers: "+".join(headers.values()),
)  # fmt: skip
def test_other_kinds_of_content_are_refused(shared: Served, headers: dict[str, str]) -> None:
    for path in (CONVERSATIONS, f"{CONVERSATIONS}/cnv_1/reply"):
        assert is_problem(shared.raw(request("POST", path, OPENING, **headers)))["status"] == 415


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/conversations", "GET, HEAD, OPTIONS, POST"),
        ("GET", "/conversations/cnv_1/messages", "OPTIONS, POST"),
        ("PATCH", "/policy", "GET, HEAD, OPTIONS, PUT"),
        ("POST", "/articles/invoices", "DELETE, GET, HEAD, OPTIONS"),
    ],
)
def test_a_wrong_method_is_told_the_right_ones(api: httpx.Client, method: str, path: str, allowed: str) -> None:
    answer = api.request(method, path)
    told = is_problem(answer)
    assert (told["status"], answer.headers["allow"]) == (405, allowed)
    assert allowed in told["detail"]

    asked = api.request("OPTIONS", path)
    assert (asked.status_code, asked.headers["allow"], asked.content) == (204, allowed, b"")


def test_head_is_get_without_the_body(api: httpx.Client) -> None:
    for path in ("/conversations", "/policy"):
        head, get = api.head(path), api.get(path)
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["content-length"] == get.headers["content-length"]
    assert api.head("/conversations/cnv_nobody").status_code == 404
    assert api.head("/conversations/cnv_nobody/reply").status_code == 405


def test_the_head_of_a_stream_ends(shared: Served) -> None:
    with socket.create_connection(("127.0.0.1", shared.port), 5) as line:
        line.sendall(request("HEAD", "/api/v1/events"))
        status, headers, _ = answer_from(line)
        assert (status, headers["content-type"]) == (200, "text/event-stream; charset=utf-8")
        line.sendall(request("GET", "/healthz"))
        assert answer_from(line)[0] == 200


ODD = ("%00", "cnv_%00", "a%00b", "%F0%9F%A6%9C", "%ff", "%ED%A0%80", "'; drop table messages; --", "..",
       "%2e%2e%2fetc",
       "x" * 3000, "%25", "$(id)", "{conversation}", "1", "-", "cnv_01")  # fmt: skip


@pytest.mark.parametrize("odd", ODD, ids=lambda odd: odd[:12])
def test_what_is_no_id_is_found_nowhere(api: httpx.Client, odd: str) -> None:
    by = {"agent": "agt_mira"}
    asked = [
        api.get(f"/conversations/{odd}"), api.get(f"/conversations/{odd}/turns"),
        api.get(f"/conversations/{odd}/briefing"), api.get(f"/articles/{odd}"), api.delete(f"/articles/{odd}"),
        api.post(f"/conversations/{odd}/messages", json={"text": "a"}),
        api.post(f"/conversations/{odd}/claim", json=by), api.post(f"/conversations/{odd}/reopen", json=by),
        api.post(f"/conversations/{odd}/hand-back", json=by), api.post(f"/conversations/{odd}/resolve", json=by),
        api.post(f"/conversations/{odd}/assign", json=by | {"to": "agt_tom"}),
        api.post(f"/conversations/{odd}/reply", json=by | {"text": "a"}),
        api.post(f"/conversations/{odd}/note", json=by | {"text": "a"}),
    ]  # fmt: skip
    assert {is_problem(answer)["status"] for answer in asked} <= {404, 405}, [a.text for a in asked]


def test_what_is_missing_and_what_is_foreign_look_the_same(api: httpx.Client) -> None:
    told = [is_problem(api.get(f"/conversations/{name}")) for name in ("cnv_01KB3Q5M2T8Z9V4C7D0E1F2G3H", "msg_1", "no")]
    assert {
        (t["status"], t["type"], t["detail"].split()[:4] == ["There", "is", "no", "conversation"]) for t in told
    } == {(404, "urn:segue:problem:not_found", True)}


@pytest.mark.parametrize(
    ("path", "params"),
    [
        ("/conversations", {"statsu": "open"}), ("/conversations", {"status": "closed"}),
        ("/conversations", {"limit": "0"}),
        ("/conversations", {"limit": "201"}), ("/conversations", {"limit": "many"}), ("/conversations", {"after": "7"}),
        ("/conversations", {"after": "cnv_\0"}), ("/conversations", {"number": str(2**63)}),
        ("/conversations", {"number": "-1"}),
        ("/conversations", {"team": "a\0b"}), ("/conversations", {"assignee": "x" * 81}),
        ("/conversations", {"handler": ""}),
        ("/articles", {"after": "A B"}), ("/policy", {"version": "0"}), ("/policy", {"version": str(2**31)}),
        ("/events", {"after": "x" * 41}), ("/events", {"since": "1-1"}), ("/categories", {"limit": "1"}),
    ],
    ids=str,
)  # fmt: skip
def test_parameters_that_cannot_be_taken_are_named(api: httpx.Client, path: str, params: dict[str, str]) -> None:
    told = is_problem(api.get(path, params=params))
    assert (told["status"], told["errors"][0]["parameter"]) == (422, next(iter(params)))


def test_a_parameter_given_twice_is_refused_rather_than_guessed_at(api: httpx.Client) -> None:
    told = is_problem(api.get("/conversations?status=open&status=waiting"))
    assert (told["status"], told["errors"][0]["parameter"]) == (422, "status")


def test_an_address_that_leads_nowhere_is_a_problem_too(api: httpx.Client, shared: Served) -> None:
    assert is_problem(api.get("/nothing"))["status"] == 404
    assert is_problem(shared.raw(request("GET", "/nothing/%F0%9F%A6%9C%ff")))["status"] == 404


@pytest.mark.parametrize("unseen", ["\u200b\n\u200b", "\x01\x02", "\u3164\u2800"])
def test_a_message_in_which_nothing_can_be_seen_is_empty_to_every_face(
    shared: Served, api: httpx.Client, conversation: str, unseen: str
) -> None:
    key = "wv_" + base64.urlsafe_b64encode(secrets.token_bytes(32)).decode().rstrip("=")
    widget = {"Authorization": f"Bearer {key}"}
    with httpx.Client(base_url=shared.url, verify=NO_TLS, timeout=20) as line:
        said = is_problem(line.post("/widget/messages", json={"text": unseen, "client_id": "c"}, headers=widget))
        pages = [
            line.post("/chat/messages", data={"text": unseen}),
            line.post("/contact", data={"email": "eve@elsewhere.example", "text": unseen}),
        ]
    assert (said["status"], said["detail"][:22]) == (422, "Your message is empty.")
    assert [(page.status_code, "Your message is empty." in page.text) for page in pages] == [(422, True)] * 2
    for way, more in (("messages", {}), ("reply", {"agent": "agt_mira"}), ("note", {"agent": "agt_mira"})):
        told = is_problem(api.post(f"/conversations/{conversation}/{way}", json={"text": unseen, **more}))
        assert (told["status"], told["errors"][0]["pointer"]) == (422, "/text")
