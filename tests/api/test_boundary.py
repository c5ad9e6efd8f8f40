"""The boundary through the API: what it says, who may move it, and an answer approved with one key."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from html import unescape

import httpx
import pytest

from api.serving import NO_TLS, Served, is_problem
from api.test_doors import a_session
from segue.app.cli.boundary import _table
from segue.app.drill.small import Listening
from segue.domain.answer import Answer, AnswerKind
from segue.domain.assessment import Assessment
from segue.domain.conversation import Conversation, Handler
from segue.domain.decision import Action, Because, Decision, Reason, Rung
from segue.domain.evidence import CellName
from segue.domain.moves import Cause, Move, Proof
from segue.domain.people import Agent
from segue.intake.receive import Receiver
from segue.intake.worker import Worker
from segue.knowledge.encoder import StandIn
from segue.learning.ladder import Ladder
from segue.policy.boundary import OWN, Boundary, Standing
from segue.store.events import Event
from segue.store.evidence import EvidenceStore
from segue.web.boundary_shapes import BoundaryOut
from segue.web.doors import COOKIE, SCOPES

LENA = {"by": "lena@ledgerly.example"}


class OnApprove(Listening):
    """Has an answer that an agent has to approve; the parts around are the real ones."""

    def answer(self, conversation: Conversation, noticed: Assessment, now: datetime) -> Answer:
        return Answer(AnswerKind.ANSWER, "Each seat has its price.", confidence=0.97, intent="invoice_higher")

    def decide(self, conversation: Conversation, noticed: Assessment, answer: Answer, now: datetime) -> Decision:
        because = (Because(Reason.AWAITS_APPROVAL, "boundary.billing.rung"),)
        return Decision(Action.HAND_OFF, Handler.HUMAN, because, 1, Rung.APPROVE, 0.97, 0.9, "billing", is_drawn=True)


@pytest.fixture
def desk(own: Served) -> httpx.Client:
    """A server of its own, whose assistant is on the rung *approve*, and the key of its lead."""
    workspace, now = own.rooms.workspace, datetime.now(UTC)
    workspace.put_agent(Agent("agt_lena", "Lena", "lena@ledgerly.example", "lead"), now)
    for who in ("lena", "mira"):
        workspace.put_key(f"{who}'s", f"sk_{who}", SCOPES, now, owner=f"agt_{who}")
    return own.client("sk_lena")


def considered(own: Served, api: httpx.Client) -> str:
    """A conversation whose answer waits for approval."""
    opened = api.post("/conversations", json={"contact": {"email": "ada@example.com"}, "text": "Why is it higher?"})

    class Mind:
        receiver = Receiver(*[OnApprove()] * 4)  # type: ignore[arg-type]

    Worker(own.rooms.inbox, Mind()).work_off()
    return str(opened.json()["conversation"]["id"])


def test_every_cell_says_where_it_stands_and_what_is_missing(desk: httpx.Client) -> None:
    (cell,) = desk.get("/boundary").json()["cells"]

    assert (cell["cell"], cell["rung"], cell["next"]) == ("billing", "shadow", "suggest")
    assert cell["proof"]["budget"] == 0.05
    assert "2 agents" in " ".join(cell["proof"]["missing"])
    assert cell["hints"] == []
    assert desk.get("/boundary", params={"wrong": 0.01}).json()["cells"][0]["proof"]["budget"] == 0.01


def test_the_rung_of_a_cell_is_the_one_it_decides_by_wherever_it_is_told(
    own: Served, desk: httpx.Client, capsys: pytest.CaptureFixture[str]
) -> None:
    own.rooms.workspace.apply_policy(
        "name: x\ncategories: {default: {ceiling: route}}\n", "lena", "x", datetime.now(UTC)
    )

    (cell,) = desk.get("/boundary").json()["cells"]
    _table(own.rooms.ladder.reports(datetime.now(UTC)))

    assert (cell["rung"], cell["earned"], cell["ceiling"]) == ("route", "shadow", "route")
    assert re.search(r"billing\s+route ", capsys.readouterr().out)


def test_an_offer_is_taken_up_by_a_lead_or_turned_down(own: Served, desk: httpx.Client) -> None:
    proof = Proof(0.95, 80, 80.0, 0, 80, ("agt_mira", "agt_tom"), 30.0, 20.0, 0.96, 0.05, 0.95, 0)
    now, history = datetime.now(UTC), own.rooms.ladder.history
    offer = history.offer(CellName("billing"), Rung.APPROVE, Rung.AUTO_WITH_HOLD, proof, now)
    (told,) = desk.get("/boundary/offers").json()["offers"]
    assert (told["id"], told["to"], told["outcome"]) == (offer, "auto_with_hold", None)

    by_agent = desk.post(f"/boundary/offers/{offer}/approve", json={"by": "agt_mira"})
    assert is_problem(by_agent)["status"] == 403
    by_lead = desk.post(f"/boundary/offers/{offer}/approve", json=LENA)
    assert "no longer holds" in is_problem(by_lead)["detail"], "its record is empty: there was no such evidence"

    again = history.offer(CellName("billing"), Rung.APPROVE, Rung.AUTO_WITH_HOLD, proof, now)
    assert desk.post(f"/boundary/offers/{again}/decline", json=LENA).status_code == 204
    assert is_problem(desk.post(f"/boundary/offers/{again}/decline", json=LENA))["status"] == 409
    assert is_problem(desk.post("/boundary/offers/ofr_none/decline", json=LENA))["status"] == 404


def test_who_decides_about_the_boundary_is_said_by_the_key_and_never_by_the_call(
    own: Served, desk: httpx.Client
) -> None:
    proof = Proof(0.95, 80, 80.0, 0, 80, ("agt_mira", "agt_tom"), 30.0, 20.0, 0.96, 0.05, 0.95, 0)
    offer = own.rooms.ladder.history.offer(
        CellName("billing"), Rung.APPROVE, Rung.AUTO_WITH_HOLD, proof, datetime.now(UTC)
    )
    here, nobodys, mira = f"/boundary/offers/{offer}", own.client(), own.client("sk_mira")

    for step in ("approve", "decline"):
        for claim in ({}, LENA):
            assert "is nobody's" in is_problem(nobodys.post(f"{here}/{step}", json=claim))["detail"]
        assert "somebody else's" in is_problem(mira.post(f"{here}/{step}", json=LENA))["detail"]
        assert "Mira is no lead" in is_problem(mira.post(f"{here}/{step}", json={}))["detail"]
    down = {"cell": "billing", "why": "An alarm of ours.", "to": "route"}
    assert is_problem(nobodys.post("/boundary/lower", json=down | LENA))["status"] == 403
    assert is_problem(mira.post("/boundary/lower", json=down | LENA))["status"] == 403
    assert own.rooms.ladder.history.moves() == []

    assert desk.post(f"{here}/decline", json={}).status_code == 204
    (closed,) = desk.get("/boundary/offers").json()["offers"]
    assert (closed["outcome"], closed["closed_by"]) == ("declined", "agt_lena")
    assert nobodys.post("/boundary/lower", json=down).json()["author"] == "key:everything"


def test_the_assistant_is_stopped_by_any_key_that_sets_policy_and_let_go_on_by_a_lead(
    own: Served, desk: httpx.Client
) -> None:
    before = desk.get("/boundary/switch").json()
    assert before["is_on"] is True

    off = own.client().post("/boundary/switch", json={"to": "off", "why": "Wrong prices."})
    assert off.json() == {"is_on": False, "policy_version": before["policy_version"] + 1}
    assert desk.post("/boundary/switch", json={"to": "off", "why": "Again."}).json() == off.json()
    version = own.rooms.workspace.policies()[0]
    assert (version.author, version.note) == ("key:everything", "Stopped the assistant: Wrong prices.")

    on = {"to": "on", "why": "Prices are right again."}
    assert "is nobody's" in is_problem(own.client().post("/boundary/switch", json=on))["detail"]
    assert is_problem(own.client("sk_mira").post("/boundary/switch", json=on))["status"] == 403
    assert is_problem(desk.post("/boundary/switch", json=on | {"why": " "}))["status"] == 422
    assert desk.get("/boundary/switch").json()["is_on"] is False
    assert desk.post("/boundary/switch", json=on).json()["is_on"] is True
    assert own.rooms.workspace.policies()[0].author == "agt_lena"


def test_a_policy_is_published_by_the_owner_of_the_key(own: Served, desk: httpx.Client) -> None:
    body = {"body": "name: ours\n", "note": "Ours."}
    assert own.rooms.workspace.publisher() is None, "the first one was somebody's who works here no more"

    assert desk.put("/policy", json=body).status_code == 201
    assert own.rooms.workspace.publisher() == "agt_lena"
    assert own.client("sk_mira").put("/policy", json=body).status_code == 201
    assert own.rooms.workspace.publisher() is None, "who is no lead answers for nothing"
    assert own.client().put("/policy", json=body).status_code == 201
    assert (own.rooms.workspace.publisher(), own.rooms.workspace.policies()[0].author) == (None, "key:everything")


def test_a_smaller_budget_takes_down_what_it_outgrows_in_the_same_step(own: Served, desk: httpx.Client) -> None:
    proof = Proof(0.95, 80, 80.0, 0, 80, ("agt_mira", "agt_tom"), 30.0, 20.0, 0.96, 0.05, 0.95, 0)
    billing, ladder, now = CellName("billing"), own.rooms.ladder, datetime.now(UTC)
    ladder.history.move(Move(billing, Rung.AUTO_WITH_HOLD, "An offer.", "agt_lena", now, 0.95, proof))

    assert desk.put("/policy", json={"body": "name: ours\n", "note": "As before."}).status_code == 201
    assert ladder.boundary().of("billing").rung is Rung.AUTO_WITH_HOLD
    stricter = {"body": "name: ours\nbudget: {wrong: 0.01}\n", "note": "Stricter."}
    stale = desk.put("/policy", json=stricter, headers={"If-Match": '"1"'})
    assert (stale.status_code, ladder.boundary().of("billing").rung) == (412, Rung.AUTO_WITH_HOLD)

    assert desk.put("/policy", json=stricter).status_code == 201
    assert ladder.boundary().of("billing").rung is Rung.APPROVE, "nobody has watched yet"
    assert ladder.history.moves()[-1].cause is Cause.OUTGROWN


def test_a_cell_is_lowered_at_once_and_the_history_says_by_whom(desk: httpx.Client) -> None:
    body = LENA | {"cell": "billing/*/email", "why": "Mails are long.", "to": "route"}
    assert desk.post("/boundary/lower", json=body).json()["rung"] == "route"

    assert is_problem(desk.post("/boundary/lower", json=body))["status"] == 422
    assert is_problem(desk.post("/boundary/lower", json=body | {"cell": "parking"}))["status"] == 404
    (move,) = desk.get("/boundary/moves").json()["moves"]
    assert (move["cell"], move["author"], move["why"]) == ("billing/*/email", "agt_lena", "Mails are long.")
    assert {c["cell"]: c["rung"] for c in desk.get("/boundary").json()["cells"]} == {
        "billing": "shadow",
        "billing/*/email": "route",
    }


def test_one_key_sends_what_the_assistant_suggested_once(own: Served, desk: httpx.Client) -> None:
    here = f"/conversations/{considered(own, desk)}"

    sent = desk.post(f"{here}/approve", json={"agent": "agt_mira", "seq": 1})
    assert sent.status_code == 201
    twice = desk.post(f"{here}/approve", json={"agent": "agt_tom", "seq": 1})
    assert is_problem(twice)["status"] == 409

    whole = desk.get(here).json()
    last = whole["messages"][-1]
    assert (last["text"], last["author"], last["agent"]) == ("Each seat has its price.", "assistant", "Mira")
    assert whole["handler"] == "assistant"


def test_other_words_are_the_agents_own_reply(own: Served, desk: httpx.Client) -> None:
    here = f"/conversations/{considered(own, desk)}"

    body = {"agent": "agt_tom", "seq": 1, "text": "Two seats were added."}
    assert desk.post(f"{here}/approve", json=body).status_code == 201

    assert desk.get(here).json()["messages"][-1]["author"] == "agent"
    assert is_problem(desk.post(f"{here}/approve", json={"agent": "agt_tom", "seq": 9}))["status"] == 409


def test_what_was_drawn_is_reviewed_by_somebody_who_had_no_part_in_it(own: Served, desk: httpx.Client) -> None:
    here = f"/conversations/{considered(own, desk)}"
    desk.post(f"{here}/approve", json={"agent": "agt_tom", "seq": 1})
    found = desk.get("/reviews/next", params={"agent": "agt_mira"}).json()
    his_own = desk.post(f"/reviews/{found['message']}", json={"agent": "agt_tom", "verdict": "right"})
    assert is_problem(his_own)["status"] == 403
    assert (found["answered"], found["waiting"]) == ("Each seat has its price.", 1)

    judged = desk.post(f"/reviews/{found['message']}", json={"agent": "agt_mira", "verdict": "wrong", "note": "Two."})
    assert (judged.status_code, judged.json()) == (201, {"source": "graded", "verdict": "wrong"})
    assert is_problem(desk.get("/reviews/next", params={"agent": "agt_mira"}))["status"] == 404
    unknown = desk.post("/reviews/msg_none.1", json={"agent": "agt_mira", "verdict": "wrong"})
    assert is_problem(unknown)["status"] == 404


def test_what_a_key_says_in_an_agents_name_is_the_keys_word_unless_it_is_theirs_or_vouches(
    own: Served, desk: httpx.Client
) -> None:
    workspace, now = own.rooms.workspace, datetime.now(UTC)
    workspace.put_key("crm", "sk_crm", [scope for scope in SCOPES if scope != "agents:vouch"], now)
    workspace.put_key("tom's", "sk_tom", ["conversations:handle"], now, owner="agt_tom")
    here, crm, tom = considered(own, desk), own.client("sk_crm"), own.client("sk_tom")
    assert crm.post(f"/conversations/{here}/approve", json={"agent": "agt_mira", "seq": 1}).status_code == 201
    message = tom.get("/reviews/next", params={"agent": "agt_tom"}).json()["message"]

    def says(client: httpx.Client, agent: str, verdict: str) -> httpx.Response:
        return client.post(f"/reviews/{message}", json={"agent": agent, "verdict": verdict})

    assert "agents:vouch" in is_problem(says(crm, "agt_tom", "right"))["detail"]
    assert is_problem(says(tom, "agt_lena", "right"))["status"] == 403, "a key of Tom's is none of Lena's"
    assert says(crm, "agt_tom", "wrong").json() == {"source": "marked", "verdict": "wrong"}
    assert says(tom, "tom@ledgerly.example", "right").json() == {"source": "graded", "verdict": "right"}
    own.rooms.ladder.judging.hear_reply(sent_in(own, here), StandIn())

    case = own.rooms.ladder.store.case(message)
    assert {(j.source, j.author) for j in case.judgements} == {
        ("marked", "key:crm"), ("graded", "agt_tom"), ("unedited", "key:crm"),
    }  # fmt: skip
    assert case.judges == {"agt_tom"}


def sent_in(own: Served, conversation: str) -> Event:
    row = own.rooms.db.one(
        "select kind, conversation_id, author, body, at from events where conversation_id = %(id)s"
        " and kind = 'message.sent' and author = 'agt_mira'",
        {"id": conversation},
    )
    assert row is not None
    return Event("0-0", row.kind, row.conversation_id, row.author, row.body, row.at)


def test_a_graded_answer_is_a_dot_of_the_calibration_and_its_number_opens_the_conversation(
    own: Served, desk: httpx.Client
) -> None:
    here = f"/conversations/{considered(own, desk)}"
    desk.post(f"{here}/approve", json={"agent": "agt_tom", "seq": 1})
    message = desk.get("/reviews/next", params={"agent": "agt_mira"}).json()["message"]
    desk.post(f"/reviews/{message}", json={"agent": "agt_mira", "verdict": "wrong", "note": ""})

    cookies = {COOKIE: a_session(own, "agt_lena")}
    with httpx.Client(base_url=own.url, cookies=cookies, verify=NO_TLS, timeout=20) as lena:
        page = lena.get("/quality").text
        (way, cases), *others = re.findall(r'href="(/quality/judged[^"]+)">(\d+)</a>', page)
        behind = lena.get(unescape(way)).text

    assert re.findall(r'class="(chart|dot)"', page) == ["chart", "dot"]
    assert (unescape(way), cases, others) == ("/quality/judged?days=90&begins=0.95&ends=1.0", "1", [])
    assert f'href="/desk{here}"' in behind


def test_an_agent_says_how_a_considered_message_sounds(own: Served, desk: httpx.Client) -> None:
    here = f"/conversations/{considered(own, desk)}"
    body = {"agent": "agt_mira", "seq": 1, "is_frustrated": True}

    assert [desk.post(f"{here}/frustration", json=body).status_code for _ in range(2)] == [204, 204]

    assert own.count("frustration_marks") == 1
    assert is_problem(desk.post(f"{here}/frustration", json=body | {"seq": 77}))["status"] == 404


def test_a_move_says_what_it_was_for(desk: httpx.Client) -> None:
    body = {"cell": "billing/*/email", "by": "agt_lena", "why": "Mails are long.", "to": "route"}
    made = desk.post("/boundary/lower", json=body).json()

    assert (made["cause"], made["sources"], made["before"]) == ("person", [], "shadow")
    assert desk.get("/boundary/moves").json()["moves"][-1] == made


def test_a_matter_that_waits_for_cases_of_its_own_is_named_with_how_many_it_lacks(
    own: Served, capsys: pytest.CaptureFixture[str]
) -> None:
    alone = Boundary({"billing": Standing("billing", Rung.AUTO, 0.8)}, rehearsed={"invoice_higher": OWN - 2})
    db, workspace = own.rooms.db, own.rooms.workspace
    own.app.state.rooms = replace(own.rooms, ladder=Ladder(EvidenceStore(db), workspace, lambda: alone))

    told = BoundaryOut.model_validate(own.client().get("/boundary").json())
    (cell,) = (cell for cell in told.cells if cell.cell == "billing")
    assert [one.model_dump() for one in cell.lacking] == [
        {"intent": "invoice_higher", "name": "Why is my invoice higher?", "missing": 2}
    ]
    cookies = {COOKIE: a_session(own, "agt_lena")}
    with httpx.Client(base_url=own.url, cookies=cookies, timeout=20, verify=NO_TLS) as lena:
        english = lena.get("/autonomy").text
        german = lena.get("/autonomy", headers={"accept-language": "de"}).text
    assert "Why is my invoice higher?: judged cases of 2 more customers are missing" in english
    assert "There is no higher rung." in english, "a category at the top is shown, too"
    assert "Why is my invoice higher?: Es fehlen beurteilte Fälle von 2 weiteren Kunden" in german
    _table(own.app.state.rooms.ladder.reports(datetime.now(UTC)))
    assert "Why is my invoice higher? waits for a key: it has too few cases of its own, 2" in capsys.readouterr().out
