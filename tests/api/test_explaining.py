"""The why-card and the backtests through the API."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from api.serving import POLICY, Served, is_problem
from segue.domain.conversation import Author, Channel, Message
from segue.domain.ids import message_id, new_id
from segue.store.history import PastConversation, bring_in, bring_in_turns
from segue.web.explaining import ExplanationOut
from turns import answered, assessment


@pytest.fixture(scope="module")
def shared(apart: Served) -> Served:
    """What others publish there would change what a policy does to the past."""
    return apart


@pytest.fixture(scope="module")
def explained(shared: Served) -> Iterator[str]:
    """A message of Ada's that the assistant answered yesterday and Mira then resolved."""
    db, at = shared.rooms.db, datetime.now(UTC) - timedelta(days=1)
    conversation, contact = new_id("cnv", at), new_id("con", at)
    db.run(
        "insert into contacts (id, name, is_verified, created_at) values (%(id)s, 'Ada', true, now())", {"id": contact}
    )
    vector = assessment().vector
    assert vector is not None
    past = PastConversation(
        conversation, contact, None, Channel.CHAT, (Message(1, Author.CUSTOMER, "Why is it higher?", at),), vector,
        "invoice_higher", "billing", "agt_mira", at + timedelta(hours=1), "A seat was added.", "contained", 6.0,
        encoder="stand-in-1",
    )  # fmt: skip
    bring_in(db, [past], "test")
    bring_in_turns(db, [(conversation, 1, answered(), at)])
    yield message_id(conversation, 1)
    db.run("delete from conversations where id = %(id)s", {"id": conversation})


def test_a_message_is_explained_with_its_whole_record(api: httpx.Client, explained: str) -> None:
    answer = api.get(f"/messages/{explained}/explanation")

    told = ExplanationOut.model_validate(answer.json())
    assert answer.status_code == 200
    assert told.explanation.why.startswith("Answered: the assistant is confident enough (0.90, needs 0.80)")
    assert (
        "Mira resolved it as Why is my invoice higher?, as the assistant took it"
        in told.explanation.afterwards[-1].says
    )
    assert told.trace.decision.action == "answer"


@pytest.mark.parametrize("message", ["msg_nobody.1", "nonsense", "msg_.1", "msg_x.99999999999"])
def test_what_is_no_message_cannot_be_explained(api: httpx.Client, message: str) -> None:
    assert is_problem(api.get(f"/messages/{message}/explanation"))["status"] == 404


def test_a_message_nobody_considered_says_so(api: httpx.Client, conversation: str) -> None:
    told = is_problem(api.get(f"/messages/{message_id(conversation, 1)}/explanation"))

    assert told["status"] == 404
    assert "was not decided about" in told["detail"]


def test_a_policy_is_tried_without_becoming_live(api: httpx.Client, explained: str) -> None:
    told = api.post("/policy/backtest", json={"body": POLICY + "assistant: false\n"}).json()

    assert told["changed"] >= 1
    assert told["moves"]["assistant → human"] >= 1
    assert any(e["text"] == "Why is it higher?" for e in told["examples"])
    assert "assistant: false" not in api.get("/policy").json()["body"]


def test_words_of_customers_are_not_for_every_key(shared: Served, explained: str) -> None:
    with shared.client("sk_policy:read") as api:
        told = api.post("/policy/backtest", json={"body": POLICY + "assistant: false\n"}).json()

    assert told["examples"]
    assert {e["text"] for e in told["examples"]} == {""}


def test_an_article_is_tried_without_being_published(api: httpx.Client, explained: str) -> None:
    body = {"slug": "tried-only", "title": "Seats", "body": "A seat was added.", "intent": "invoice_higher"}

    told = api.post("/articles/backtest", json=body)

    assert told.status_code == 200, told.text
    assert (told.json()["is_new"], told.json()["opens_intent"]) == (True, False)
    assert told.json()["messages"] >= 1
    assert is_problem(api.get("/articles/tried-only"))["status"] == 404


@pytest.mark.parametrize(
    ("path", "body", "pointer"),
    [
        ("/policy/backtest", {"body": "name: [\n"}, None),
        ("/policy/backtest", {"body": "name: x\n", "days": 0}, "/days"),
        ("/policy/backtest", {"body": "name: x\n", "since": "90d"}, "/since"),
        ("/articles/backtest", {"slug": "x", "title": "X", "body": "X", "days": "3"}, "/days"),
        ("/articles/backtest", {"slug": "x", "title": "X", "body": "X", "intent": "weather"}, None),
    ],
)
def test_what_cannot_be_tried_is_refused(api: httpx.Client, path: str, body: object, pointer: str | None) -> None:
    told = is_problem(api.post(path, json=body))

    assert told["status"] == 422
    if pointer:
        assert told["errors"][0]["pointer"] == pointer
