"""Messages in: what a reasonable client may send, and what a message sent twice becomes."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import httpx
import pytest

from api.serving import NO_TLS, WRITER, Served, is_problem, opening, request


def test_a_first_message_opens_a_conversation_and_names_both(api: httpx.Client) -> None:
    answer = api.post("/conversations", json=opening())

    assert answer.status_code == 202
    told = answer.json()
    assert told["conversation"]["id"].startswith("cnv_")
    assert told["conversation"]["number"] > 0
    assert told["message"] == {"id": f"msg_{told['conversation']['id'][4:]}.1", "seq": 1}
    assert api.get(f"/conversations/{told['conversation']['id']}").json()["messages"][0]["text"] == opening()["text"]


def test_messages_of_a_conversation_are_counted_in_the_order_they_came(api: httpx.Client, conversation: str) -> None:
    for n in range(2, 6):
        told = api.post(f"/conversations/{conversation}/messages", json={"text": f"And {n}"}).json()
        assert (told["conversation"]["id"], told["message"]["seq"]) == (conversation, n)

    said = api.get(f"/conversations/{conversation}").json()["messages"]
    assert [m["text"] for m in said[1:]] == [f"And {n}" for n in range(2, 6)]


@pytest.mark.parametrize(
    "contact",
    [
        {},
        {"email": "ada@example.com"},
        {"email": " ada@example.com ".strip(), "name": None, "external_id": None},
        {"name": "Ada Lovelace 🦜"},
        {"id": "auth0|5f7c8ec7c33c6c004bbafe82"},
        {"external_id": "user/17 ü", "email": "", "name": ""},
        {"id": "17", "external_id": "17"},
        {"external_id": "vouched-1", "verified": True},
        {"email": "grace@example.com", "verified": True},
    ],
    ids=str,
)
def test_a_contact_may_be_told_in_many_ways(api: httpx.Client, contact: dict[str, Any]) -> None:
    assert api.post("/conversations", json=opening(contact=contact)).status_code == 202


@pytest.mark.parametrize(
    "more",
    [
        {"page": {"url": "https://app.example.com/billing", "title": "Billing"}},
        {"page": {"url": "/billing"}},
        {"page": "/billing"},
        {"page": None, "subject": None, "client_id": None},
        {"channel": "chat", "subject": "An invoice"},
        {"text": "日本語 \u202e \U0001f99c \x01 " + "x" * 19_000},
    ],
    ids=lambda more: str(more)[:40],
)
def test_what_may_be_left_out_may_be_null_and_a_page_may_be_an_address(api: httpx.Client, more: dict[str, Any]) -> None:
    answer = api.post("/conversations", json=opening() | more)
    assert answer.status_code == 202, answer.text

    whole = api.get(f"/conversations/{answer.json()['conversation']['id']}").json()
    page = more.get("page")
    assert whole["page_url"] == (page["url"] if isinstance(page, dict) else page)


@pytest.mark.parametrize(
    "headers",
    [{"content_type": "application/json; charset=utf-8"}, {"content_type": "application/vnd.acme+json"},
     {"content_type": "APPLICATION/JSON"}],
    ids=str,
)  # fmt: skip
def test_json_by_any_of_its_names_is_read(shared: Served, headers: dict[str, str]) -> None:
    body = json.dumps(opening()).encode()
    assert shared.raw(request("POST", "/api/v1/conversations", body, **headers))[0] == 202


def test_a_body_without_a_word_on_its_kind_or_with_a_byte_order_mark_is_json(shared: Served) -> None:
    body = json.dumps(opening()).encode()
    plain = request("POST", "/api/v1/conversations", body).replace(b"content-type: application/json\r\n", b"")
    marked = request("POST", "/api/v1/conversations", b"\xef\xbb\xbf" + body)

    assert shared.raw(plain)[0] == 202
    assert shared.raw(marked)[0] == 202


def test_a_chunked_body_is_put_together(shared: Served) -> None:
    body = json.dumps(opening()).encode()
    chunks = [b"%x\r\n%s\r\n" % (len(part), part) for part in (body[:7], body[7:])]
    head = request("POST", "/api/v1/conversations", transfer_encoding="chunked")

    assert shared.raw(head, *chunks, b"0\r\n\r\n", pause=0.02)[0] == 202


# sent twice


@pytest.mark.parametrize(
    "contact", [{"email": "ada@example.com"}, {"external_id": "ada"}, {"name": "Ada"}, {}], ids=str
)
def test_a_first_message_sent_many_times_at_once_opens_one_conversation(
    shared: Served, contact: dict[str, str]
) -> None:
    contact = {key: f"{uuid4()}{value}" for key, value in contact.items()}
    body = opening(contact=contact, client_id=str(uuid4()))

    told = at_once(shared, "/conversations", body)
    assert len({answer.text for answer in told}) == 1, {answer.text for answer in told}
    assert {answer.status_code for answer in told} == {202}


def test_a_message_sent_many_times_at_once_is_one_and_leaves_no_gap(shared: Served, conversation: str) -> None:
    told = at_once(shared, f"/conversations/{conversation}/messages", {"text": "It is 4711.", "client_id": "c2"})
    with shared.client() as api:
        whole = api.get(f"/conversations/{conversation}").json()

    assert {answer.json()["message"]["seq"] for answer in told} == {2}
    assert (whole["seq"], whole["customer_seq"]) == (2, 2)
    assert [m["seq"] for m in whole["messages"]] == [1, 2]


def test_a_reply_sent_many_times_at_once_is_one(shared: Served, conversation: str) -> None:
    reply = {"agent": "agt_mira", "text": "Here you are.", "client_id": "r1"}
    told = at_once(shared, f"/conversations/{conversation}/reply", reply)

    assert {answer.status_code for answer in told} == {201}
    assert len({answer.text for answer in told}) == 1


def test_a_client_id_is_never_taken_for_other_words(api: httpx.Client) -> None:
    first = api.post("/conversations", json=opening(client_id="one")).json()["conversation"]["id"]
    for path, body in (
        ("/conversations", opening("Something else.", client_id="one")),
        (f"/conversations/{first}/messages", {"text": "Something else.", "client_id": "one"}),
    ):
        told = is_problem(api.post(path, json=body))
        assert (told["status"], "client_id" in told["detail"]) == (409, True)


def test_a_reply_with_a_client_id_of_other_words_or_of_somebody_else_is_refused(api: httpx.Client) -> None:
    opened = api.post("/conversations", json=opening(client_id="one")).json()["conversation"]["id"]
    here = f"/conversations/{opened}"
    reply = {"agent": "agt_mira", "text": "Here you are.", "client_id": "r1"}
    first = api.post(f"{here}/reply", json=reply)

    for path, body in (
        ("reply", reply | {"text": "Something else."}),
        ("reply", reply | {"agent": "agt_tom"}),
        ("reply", reply | {"client_id": "one", "text": opening()["text"]}),
        ("messages", {"text": "Here you are.", "client_id": "r1"}),
    ):
        told = is_problem(api.post(f"{here}/{path}", json=body))
        assert (told["status"], "client_id of its own" in told["detail"]) == (409, True), body
    again = api.post(f"{here}/reply", json=reply)

    assert (again.status_code, again.json()) == (201, first.json())
    assert [m["text"] for m in api.get(here).json()["messages"]] == [opening()["text"], "Here you are."]


def test_a_client_id_is_never_taken_for_a_message_with_other_files(api: httpx.Client, conversation: str) -> None:
    def brought(content: bytes) -> list[str]:
        return [api.post("/attachments", files={"file": ("a.txt", content)}).json()["id"]]

    here, hello = f"/conversations/{conversation}", brought(b"hello")
    contact = {"external_id": str(uuid4())}
    for path, body in (
        ("/conversations", opening(contact=contact, client_id="f0")),
        (f"{here}/messages", {"text": "See this.", "client_id": "f1"}),
        (f"{here}/reply", {"agent": "agt_mira", "text": "See this.", "client_id": "f2"}),
        (f"{here}/note", {"agent": "agt_mira", "text": "See this.", "client_id": "f3"}),
    ):
        hello = brought(b"hello")
        first = api.post(path, json=body | {"attachments": hello})
        told = [api.post(path, json=body | {"attachments": files}) for files in (hello, brought(b"hello"))]
        assert {one.text for one in told} == {first.text}, told[0].text
        others = [api.post(path, json=body | {"attachments": files}) for files in ([], brought(b"bye"))]
        assert [is_problem(one)["status"] for one in others] == [409, 409], path


def test_a_client_id_is_never_taken_for_a_conversation_of_another_subject_or_channel(api: httpx.Client) -> None:
    body = opening(contact={"external_id": str(uuid4())}, client_id="one", subject="Invoice", channel="chat")
    first = api.post("/conversations", json=body)

    assert api.post("/conversations", json=body).text == first.text
    for more in ({"subject": "Other"}, {"channel": "form"}):
        assert is_problem(api.post("/conversations", json=body | more))["status"] == 409


def test_a_note_sent_many_times_at_once_is_one_and_its_client_id_is_of_no_other(
    shared: Served, api: httpx.Client, conversation: str
) -> None:
    note = {"agent": "agt_mira", "text": "Look at 4711.", "client_id": "n1"}
    path = f"/conversations/{conversation}/note"
    told = at_once(shared, path, note)

    assert ({answer.status_code for answer in told}, len({answer.text for answer in told})) == ({201}, 1)
    for more in ({"text": "Look at 4712."}, {"agent": "agt_tom"}):
        assert is_problem(api.post(path, json=note | more))["status"] == 409
    assert [n["text"] for n in api.get(f"/conversations/{conversation}").json()["notes"]] == ["Look at 4711."]


def test_the_same_client_id_of_somebody_else_is_another_conversation(api: httpx.Client) -> None:
    told = [
        api.post("/conversations", json=opening(contact={"email": email}, client_id="mine")).json()["conversation"][
            "id"
        ]
        for email in ("one@example.com", "two@example.com")
    ]
    assert told[0] != told[1]


def test_many_messages_at_once_into_one_conversation_are_all_kept(shared: Served, conversation: str) -> None:
    with shared.client() as api, ThreadPoolExecutor(8) as pool:
        path = f"/conversations/{conversation}/messages"
        told = list(pool.map(lambda n: api.post(path, json={"text": f"No. {n}"}).json()["message"]["seq"], range(40)))
        said = api.get(f"/conversations/{conversation}").json()["messages"]

    assert sorted(told) == list(range(2, 42))
    assert {m["seq"]: m["text"] for m in said if m["seq"] > 1} == {seq: f"No. {n}" for n, seq in enumerate(told)}


def at_once(shared: Served, path: str, body: dict[str, Any], times: int = 12) -> list[httpx.Response]:
    with shared.client() as api, ThreadPoolExecutor(times) as pool:
        return list(pool.map(lambda _: api.post(path, json=body), range(times)))


# who is vouched for


def test_only_a_key_that_may_vouch_does(shared: Served) -> None:
    with shared.client(WRITER) as api:
        told = is_problem(api.post("/conversations", json=opening(contact={"id": "grace", "verified": True})))
    assert told["status"] == 403
    assert "contacts:vouch" in told["detail"]


def test_nobody_cannot_be_vouched_for(api: httpx.Client) -> None:
    told = is_problem(api.post("/conversations", json=opening(contact={"name": "Grace", "verified": True})))
    assert (told["status"], told["errors"][0]["pointer"]) == (422, "/contact/verified")


@pytest.mark.parametrize("contact", [{"id": "grace"}, {"email": "Grace@Ledgerly.example"}], ids=str)
def test_a_claim_meets_earlier_claims_and_never_who_was_vouched_for(api: httpx.Client, contact: dict[str, str]) -> None:
    def who(**more: object) -> str:
        told = api.post("/conversations", json=opening(contact=contact | more)).json()
        return str(api.get(f"/conversations/{told['conversation']['id']}").json()["contact_id"])

    grace, eve = who(verified=True), who()
    assert who(verified=True) == grace
    assert who() == eve
    assert eve != grace


def test_two_names_for_one_id_must_agree(api: httpx.Client) -> None:
    told = is_problem(api.post("/conversations", json=opening(contact={"id": "1", "external_id": "2"})))
    assert told["errors"][0]["pointer"] == "/contact/id"


def test_a_message_to_a_resolved_conversation_opens_it_again(api: httpx.Client, conversation: str) -> None:
    api.post(f"/conversations/{conversation}/resolve", json={"agent": "agt_mira", "solution": "Done."})
    api.post(f"/conversations/{conversation}/messages", json={"text": "It is back."})

    whole = api.get(f"/conversations/{conversation}").json()
    assert (whole["status"], whole["handler"], whole["episode"]) == ("open", "assistant", 2)


def test_a_machine_that_watches_is_told_of_queues_promises_and_times(own: Served) -> None:
    with own.client() as api:
        api.post("/conversations", json=opening())
    told = httpx.get(f"{own.url}/metrics", verify=NO_TLS).text
    figures = dict(line.rsplit(" ", 1) for line in told.splitlines() if not line.startswith("#"))

    assert float(figures["segue_accept_seconds_count"]) >= 1
    assert float(figures["segue_undecided_messages"]) >= 1, "no worker works here"
    assert {name for name in figures if name.startswith("segue_promises_broken")} >= {
        f'segue_promises_broken{{line="R{n}"}}' for n in range(1, 14)
    }
    assert figures['segue_promises_broken{line="R1"}'] == "0.0"
    assert float(figures["segue_accepting"]) == 1
    assert float(figures["segue_backup_age_seconds"]) > 0
    assert 'segue_queue_oldest_seconds{queue="mails"}' in figures
