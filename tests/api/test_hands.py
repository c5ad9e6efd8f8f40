"""What people's hands do through the API, and what the customer hears of it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from api.serving import NO_TLS, Served, is_problem
from api.test_doors import a_session
from segue.web.doors import COOKIE

MIRA, TOM = {"agent": "agt_mira"}, {"agent": "tom@ledgerly.example"}


@pytest.fixture
def here(conversation: str) -> str:
    return f"/conversations/{conversation}"


def heard(api: httpx.Client, here: str) -> list[str]:
    return [m["text"] for m in api.get(here).json()["messages"] if m["author"] == "system"]


def test_a_claim_silences_the_assistant_and_the_customer_hears_who_is_there(api: httpx.Client, here: str) -> None:
    assert api.post(f"{here}/claim", json=MIRA).status_code == 204
    assert api.post(f"{here}/claim", json=MIRA).status_code == 204

    told = api.get(here).json()
    assert (told["handler"], told["assignee"]) == ("human", "Mira")
    assert heard(api, here) == ["Mira has joined and will answer you from here."]


def test_two_hands_at_once_are_told_to_the_customer_once(shared: Served, api: httpx.Client, here: str) -> None:
    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(lambda _: api.post(f"{here}/claim", json=MIRA).status_code, range(8)))
    assert set(told) == {204}
    assert len(heard(api, here)) == 1


def test_only_one_of_two_agents_gets_it_unless_by_force(api: httpx.Client, here: str) -> None:
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda by: api.post(f"{here}/claim", json=by), (MIRA, TOM)))
    assert sorted(answer.status_code for answer in answers) == [204, 409]
    loser, by = next((a, by) for a, by in zip(answers, (MIRA, TOM), strict=True) if a.status_code == 409)
    assert "has it" in is_problem(loser)["detail"]

    assert api.post(f"{here}/claim", json=by | {"force": True}).status_code == 204
    assert len(heard(api, here)) == 2


def test_it_is_assigned_to_an_agent_or_to_a_team(api: httpx.Client, here: str) -> None:
    assert api.post(f"{here}/assign", json=MIRA | {"to": "agt_tom"}).status_code == 204
    assert api.get(here).json()["assignee"] == "Tom"
    assert api.post(f"{here}/assign", json=MIRA | {"team": "billing"}).status_code == 204
    told = api.get(here).json()
    assert (told["assignee"], told["team"], told["handler"]) == (None, "Billing", "human")
    assert heard(api, here) == [
        "Tom has joined and will answer you from here.",
        "Tom has passed this on. Our Billing team is next and has the whole conversation before them.",
    ]


@pytest.mark.parametrize(
    ("deed", "body", "pointer"),
    [
        ("assign", MIRA, "/to"),
        ("assign", MIRA | {"to": "agt_tom", "team": "billing"}, "/to"),
        ("assign", MIRA | {"to": "agt_eve"}, "/to"),
        ("assign", MIRA | {"team": "nobody"}, "/team"),
        ("claim", {"agent": "eve@elsewhere.example"}, "/agent"),
        ("claim", {}, "/agent"),
        ("claim", MIRA | {"force": "perhaps"}, "/force"),
        ("reply", MIRA | {"text": " "}, "/text"),
        ("reply", MIRA | {"text": "Dear {{name}}, it is done."}, "/text"),
        ("reply", MIRA | {"text": "a", "seen_seq": 2**31}, "/seen_seq"),
        ("reply", MIRA | {"text": "a", "seen_seq": -1}, "/seen_seq"),
        ("reply", MIRA | {"text": "a", "seen_seq": 1.5}, "/seen_seq"),
        ("note", MIRA | {"text": "a\0"}, "/text"),
        ("note", MIRA | {"text": "a", "to": "b"}, "/to"),
        ("resolve", MIRA | {"intent": "weather"}, "/intent"),
        ("resolve", MIRA | {"article": "nothing"}, "/article"),
        ("resolve", MIRA | {"minutes": -1}, "/minutes"),
        ("resolve", MIRA | {"minutes": 1e9}, "/minutes"),
        ("resolve", MIRA | {"solution": "\0"}, "/solution"),
        ("reopen", {"agent": "a\0b"}, "/agent"),
        ("urgency", MIRA | {"urgency": "burning"}, "/urgency"),
        ("urgency", {"agent": "agt_eve", "urgency": "high"}, "/agent"),
        ("urgency", MIRA, "/urgency"),
        ("frustration", MIRA | {"seq": 1}, "/is_frustrated"),
        ("frustration", MIRA | {"seq": 1, "is_frustrated": "yes"}, "/is_frustrated"),
        ("hand-back", {"agent": ""}, "/agent"),
    ],
    ids=str,
)
def test_what_hands_cannot_do_is_said_with_the_field(
    api: httpx.Client, here: str, deed: str, body: dict[str, Any], pointer: str
) -> None:
    told = is_problem(api.post(f"{here}/{deed}", json=body))
    assert (told["status"], told["errors"][0]["pointer"]) == (422, pointer)
    assert api.get(here).json()["seq"] == 1


def test_numbers_that_are_none_are_malformed(api: httpx.Client, here: str) -> None:
    for number in ("NaN", "Infinity", "1e999", "0x10"):
        body = b'{"agent": "agt_mira", "minutes": %s}' % number.encode()
        answer = api.post(f"{here}/resolve", content=body, headers={"Content-Type": "application/json"})
        assert is_problem(answer)["status"] in (400, 422)


def test_a_very_short_time_is_no_time(api: httpx.Client, here: str) -> None:
    assert api.post(f"{here}/resolve", json=MIRA | {"solution": "Done.", "minutes": 1e-300}).status_code == 201


def test_a_reply_to_an_old_state_is_refused(api: httpx.Client, here: str) -> None:
    api.post(f"{here}/messages", json={"text": "Wait, there is more."})
    told = is_problem(api.post(f"{here}/reply", json=MIRA | {"text": "Here you are.", "seen_seq": 1}))
    assert told["status"] == 409
    assert "wrote while you were answering" in told["detail"]

    sent = api.post(f"{here}/reply", json=MIRA | {"text": "Here you are.", "seen_seq": 2})
    assert (sent.status_code, sent.json()["seq"]) == (201, 3)


def test_what_was_resolved_in_an_old_state_is_refused(api: httpx.Client, here: str) -> None:
    api.post(f"{here}/messages", json={"text": "Wait, there is more."})
    told = is_problem(api.post(f"{here}/resolve", json=MIRA | {"seen_seq": 1}))
    assert (told["status"], "The customer wrote meanwhile" in told["detail"]) == (409, True)
    assert api.get(here).json()["status"] == "open"

    assert api.post(f"{here}/resolve", json=MIRA | {"seen_seq": 2}).status_code == 201


def test_a_conversation_is_resolved_reopened_and_handed_back(api: httpx.Client, here: str) -> None:
    api.put("/articles", json={"slug": "invoices", "title": "Invoices", "body": "A seat was added."})
    solved = MIRA | {"solution": "A seat.", "intent": "invoice_higher", "article": "invoices", "minutes": 3.5}

    resolved = api.post(f"{here}/resolve", json=solved)
    assert (resolved.status_code, resolved.json()["resolution"][:4]) == (201, "res_")
    assert is_problem(api.post(f"{here}/resolve", json=solved))["status"] == 409
    assert is_problem(api.post(f"{here}/claim", json=MIRA))["status"] == 409
    assert api.get(here).json()["status"] == "resolved"

    assert api.post(f"{here}/reopen", json=MIRA).status_code == 204
    assert is_problem(api.post(f"{here}/reopen", json=MIRA))["status"] == 409
    assert api.get(here).json()["assignee"] == "Mira"

    assert api.post(f"{here}/hand-back", json=MIRA).status_code == 204
    assert is_problem(api.post(f"{here}/hand-back", json=MIRA))["status"] == 409
    told = api.get(here).json()
    assert (told["handler"], told["assignee"]) == ("assistant", None)
    assert heard(api, here)[-1].startswith("The assistant is with you again")


def test_an_agent_says_how_urgent_it_is_and_it_moves_in_the_queue(api: httpx.Client, here: str) -> None:
    assert api.post(f"{here}/urgency", json=MIRA | {"urgency": "high"}).status_code == 204
    assert api.get(here).json()["urgency"] == "high"

    assert api.post(f"{here}/urgency", json=MIRA | {"urgency": "high"}).status_code == 204
    api.post(f"{here}/resolve", json=MIRA | {"solution": "Done."})
    assert is_problem(api.post(f"{here}/urgency", json=MIRA | {"urgency": "low"}))["status"] == 409


def test_what_a_key_does_in_an_agents_name_is_the_keys_word_on_the_record_and_on_the_page(own: Served) -> None:
    crm, everything = own.client("sk_conversations:handle"), own.client()
    made = everything.post("/conversations", json={"contact": {}, "text": "Why is it higher?"}).json()
    here = f"/conversations/{made['conversation']['id']}"

    def voices(kind: str) -> list[str | None]:
        told = "select body ->> 'voice' as voice from events where kind = %(kind)s order by id"
        return [event.voice for event in own.rooms.db.all(told, {"kind": kind})]

    for client in (crm, everything):
        assert client.post(f"{here}/urgency", json=MIRA | {"urgency": "high"}).status_code == 204
    assert voices("urgency.changed") == ["key:conversations:handle", None]
    solved = MIRA | {"solution": "A seat.", "intent": "invoice_higher"}
    assert crm.post(f"{here}/resolve", json=solved).status_code == 201
    assert is_problem(crm.post(f"{here}/resolve", json=solved))["status"] == 409

    cookies = {COOKIE: a_session(own, "agt_tom")}
    with httpx.Client(base_url=own.url, cookies=cookies, timeout=20, verify=NO_TLS) as desk:
        page = desk.get(f"/desk{here}").text
        assert "resolved by the key conversations:handle in the name of Mira" in page
        assert "Confirm the resolution" in page
        assert 'data-key="resolve"' not in page.partition('id="actions"')[2].partition("</div>")[0], "e does nothing"
        desk.post(f"/desk{here}/confirm")
        assert "Confirm the resolution" not in desk.get(f"/desk{here}").text
        assert desk.post(f"/desk{here}/confirm").status_code == 409
    assert voices("conversation.resolved") == ["key:conversations:handle", None]
