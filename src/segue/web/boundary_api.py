"""How far the assistant may go, for machines: cells with their evidence, offers, moves, reviews, approvals. Part of the
API, `/api/v1`."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query, Response
from pydantic import BaseModel, Field, StringConstraints

from segue.desk.guard import flaws
from segue.domain.decision import Reason, Rung
from segue.domain.errors import NotFound, Refused
from segue.domain.evidence import Cause, CellName, Move, Offer, Proof
from segue.domain.ids import message_id, message_place
from segue.learning.boundary import Report
from segue.learning.hints import Hint
from segue.policy.settings.cells import Budget
from segue.web.doors import needs
from segue.web.given import MessageOut
from segue.web.rooms import Rooms, rooms
from segue.web.routes import MachineRoute, json
from segue.web.shapes import Id, NoNul, Place, Shape, Short, Text
from segue.web.sight import may_handle

router = APIRouter(prefix="/api/v1", route_class=MachineRoute)

House = Annotated[Rooms, Depends(rooms)]
READS_POLICY = [Depends(needs("policy:read"))]
SETS_POLICY = [Depends(needs("policy:write"))]
HANDLES = [Depends(needs("conversations:handle"))]
CONFLICT: dict[int | str, dict[str, Any]] = {409: {}}
RungName = Literal["route", "shadow", "suggest", "approve", "auto_with_hold", "auto"]
OfferId = Annotated[str, Path(description="As `GET /boundary/offers` tells it.")]
ConversationId = Annotated[str, Path(description="Its id, not its number.")]


class ByIn(Shape):
    by: Id = Field(description="The person, by id or e-mail address.")


class LowerIn(Shape):
    cell: Annotated[str, StringConstraints(min_length=1, max_length=200), NoNul] = Field(
        description="category, category/tier or category/*/channel", examples=["billing/enterprise"]
    )
    by: Id
    why: Annotated[str, StringConstraints(min_length=1, max_length=300), NoNul]
    to: RungName | None = Field(None, description="Without it, one rung down, at least to where a person sends.")


class ReviewIn(Shape):
    agent: Id
    verdict: Literal["right", "wrong"] = Field(description="Answers that were not drawn can only be marked wrong.")
    note: Short | None = None


class ApproveIn(Shape):
    agent: Id
    seq: Place = Field(description="Of the customer message that the suggestion answers; a newer one refuses it.")
    text: Text | None = Field(None, description="Other words: then it is a reply of the agent's own.")


class MoveOut(BaseModel):
    number: int
    cell: str
    rung: RungName
    why: str
    cause: Cause
    sources: list[str] = Field(description="Ids of the articles it was for.")
    before: RungName | None = Field(description="Where the cell stood; null where that was not recorded.")
    author: str
    at: datetime
    threshold: float | None
    proof: Proof | None


class HintOut(BaseModel):
    reason: Reason
    rule: str = Field(description="The setting behind it.")
    needless: int = Field(description="Customers whose handoff an agent called needless; the newest word counts.")
    right_calls: int
    agents: int
    would_be_right: int = Field(description="Of the needless ones, where what people sent told it.")
    would_be_wrong: int
    threshold: float | None
    mark: float | None = Field(description="The confidence from which half of the needless ones would be answered.")
    along: int = Field(description="Right calls that would be answered from there on, too.")
    is_telling: bool = Field(description="Whether enough agents say so of enough customers.")
    says: str


class CellOut(BaseModel):
    cell: str
    rung: RungName = Field(description="As earned. What holds is the lower one of it and the ceiling.")
    ceiling: RungName
    threshold: float | None = Field(description="The confidence from which it answers; null while none is proven.")
    next: RungName | None
    proof: Proof = Field(description="The record for the next step, on this rung since the last move.")
    base_error: float | None = Field(description="How often it would be wrong if it answered everything.")
    is_rehearsed: bool = Field(description="Whether that is of the rehearsed past, because no case is judged yet.")
    for_people: float = Field(description="The least share that has to go to people under this budget.")
    alarm: str
    hints: list[HintOut] = Field(description="What agents said of handoffs with one key; it moves nothing.")
    moved_at: datetime | None
    moved_by: str | None
    moved_why: str | None


class BoundaryOut(BaseModel):
    cells: list[CellOut]


class MovesOut(BaseModel):
    moves: list[MoveOut]


class WouldBeOut(BaseModel):
    message: str
    asked: str
    answered: str
    confidence: float
    was_given: bool


class OfferOut(BaseModel):
    id: str
    cell: str
    rung: RungName
    to: RungName
    why: str = Field(description="What it is made for; empty where the proof says it all.")
    proof: Proof
    at: datetime
    outcome: str | None
    closed_by: str | None
    closed_at: datetime | None
    answers: list[WouldBeOut] = Field(description="Answers to read before it is taken up, wrong ones first.")


class OffersOut(BaseModel):
    offers: list[OfferOut]


class ReviewOut(BaseModel):
    message: str = Field(description="Judge it with POST /reviews/{message}.")
    category: str
    confidence: float
    at: datetime
    asked: str
    answered: str
    sources: list[str]
    waiting: int


class JudgedOut(BaseModel):
    source: str = Field(description="graded where it had been drawn, else marked.")
    verdict: str


@router.get("/boundary", dependencies=READS_POLICY, tags=["policy"], response_model=BoundaryOut)
def read_boundary(
    house: House,
    wrong: Annotated[
        float | None, Query(ge=0.001, le=0.5, description="As if this share of wrong answers was allowed.")
    ] = None,
    sure: Annotated[float, Query(ge=0.5, le=0.999)] = 0.95,
) -> Response:
    """Every cell: its rung, its evidence and what is missing. With `wrong`, what another budget would ask for."""
    budget = Budget(wrong=wrong, sure=sure) if wrong is not None else None
    return json({"cells": [shown(report) for report in house.ladder.reports(_now(), budget)]})


@router.get("/boundary/moves", dependencies=READS_POLICY, tags=["policy"], response_model=MovesOut)
def read_moves(house: House) -> Response:
    """Every change of a rung, oldest first: why, on which proof, by whom."""
    return json({"moves": [_move(move) for move in house.ladder.store.moves()]})


@router.get("/boundary/offers", dependencies=READS_POLICY, tags=["policy"], response_model=OffersOut)
def list_offers(house: House) -> Response:
    """Steps up that are earned and wait for a lead, with their proof and answers to read; then the last closed ones."""
    found = sorted(house.ladder.offers(is_open=False), key=lambda offer: offer.closed_at is not None)
    return json({"offers": [offered(house, offer) for offer in found]})


@router.post("/boundary/offers/{offer}/approve", status_code=201, dependencies=SETS_POLICY, tags=["policy"],
             response_model=MoveOut, responses=CONFLICT)  # fmt: skip
def approve_offer(offer: OfferId, body: ByIn, house: House) -> Response:
    """Takes an offer up. 403 for who is no lead, or judged what it rests on; 409 where it no longer holds."""
    move = house.ladder.approve(offer, body.by, _now())
    house.bell.ring("events")
    return json(_move(move), 201)


@router.post("/boundary/offers/{offer}/decline", status_code=204, dependencies=SETS_POLICY, tags=["policy"],
             responses=CONFLICT)  # fmt: skip
def decline_offer(offer: OfferId, body: ByIn, house: House) -> None:
    """Turns an offer down."""
    house.ladder.decline(offer, body.by, _now())
    house.bell.ring("events")


@router.post("/boundary/lower", status_code=201, dependencies=SETS_POLICY, tags=["policy"], response_model=MoveOut,
             responses={404: {}})  # fmt: skip
def lower_cell(body: LowerIn, house: House) -> Response:
    """Takes a cell down at once; the assistant earns its way up again."""
    to = Rung[body.to.upper()] if body.to else None
    move = house.ladder.lower(CellName.read(body.cell), body.by, body.why, _now(), to)
    house.bell.ring("events")
    return json(_move(move), 201)


@router.get("/reviews/next", dependencies=HANDLES, tags=["desk"], response_model=ReviewOut, responses={404: {}})
def next_review(
    house: House, agent: Annotated[str, Query(min_length=1, max_length=80, pattern=r"^[\w.:@+-]+$")]
) -> Response:
    """The oldest answer that chance drew and nobody has graded, none of the agent's own. 404 where none waits."""
    found = house.ladder.next_review(agent)
    if found is None:
        raise NotFound("No answer waits to be reviewed.", "Come back later.")
    return json(asdict(found))


@router.post("/reviews/{message}", status_code=201, dependencies=HANDLES, tags=["desk"], response_model=JudgedOut)
def judge(
    message: Annotated[str, Path(description="Id of the customer message.")], body: ReviewIn, house: House
) -> Response:
    """Grades a drawn answer, or marks any other one wrong."""
    may_handle(house.db, house.ladder.person(body.agent), message_place(message)[0])
    made = house.ladder.review(message, body.verdict, body.agent, _now(), body.note or "")
    house.bell.ring("events")
    return json({"source": made.source, "verdict": made.verdict}, 201)


@router.post("/conversations/{conversation}/approve", status_code=201, dependencies=HANDLES, tags=["desk"],
             response_model=MessageOut, responses=CONFLICT)  # fmt: skip
def approve_answer(conversation: ConversationId, body: ApproveIn, house: House) -> Response:
    """Sends the assistant's suggestion under the agent's name. 409 where the customer wrote or somebody was faster."""
    seq = _sent(house, conversation, body)
    house.bell.ring("events")
    return json({"id": message_id(conversation, seq), "seq": seq}, 201)


def _sent(house: Rooms, conversation: str, body: ApproveIn) -> int:
    if body.text is None:
        may_handle(house.db, house.ladder.person(body.agent), conversation)
        return house.ladder.approve_answer(conversation, body.seq, body.agent, _now())
    for flaw in flaws(body.text):
        raise Refused(flaw.what_happened, flaw.what_to_do, "/text")
    return house.hands.reply(conversation, body.agent, body.text, _now(), None, body.seq)


def shown(report: Report) -> dict[str, Any]:
    """A cell as it is told to machines."""
    moved = report.moved
    return {
        "cell": str(report.cell),
        "rung": _name(report.rung),
        "ceiling": _name(report.ceiling),
        "threshold": report.threshold,
        "next": _name(report.to) if report.to is not None else None,
        "proof": report.proof,
        "base_error": report.base_error,
        "is_rehearsed": report.is_rehearsed,
        "for_people": round(report.limit, 4),
        "alarm": report.alarm,
        "hints": [_hint(hint) for hint in report.hints],
        "moved_at": moved.at if moved else None,
        "moved_by": moved.author if moved else None,
        "moved_why": moved.why if moved else None,
    }


def _hint(hint: Hint) -> dict[str, Any]:
    told = {name: value for name, value in asdict(hint).items() if name != "cell"}
    return {**told, "agents": len(hint.agents), "is_telling": hint.is_telling, "says": hint.says}


def offered(house: Rooms, offer: Offer) -> dict[str, Any]:
    """An offer with the answers to read before it is taken up."""
    return {
        "id": offer.id, "cell": str(offer.cell), "rung": _name(offer.rung), "to": _name(offer.to),
        "why": offer.why, "proof": offer.proof, "at": offer.at, "outcome": offer.outcome, "closed_by": offer.closed_by,
        "closed_at": offer.closed_at, "answers": house.ladder.store.would_be(offer.proof.messages),
    }  # fmt: skip


def _move(move: Move) -> dict[str, Any]:
    return {
        "number": move.number, "cell": str(move.cell), "rung": _name(move.rung), "why": move.why,
        "cause": move.cause, "sources": list(move.sources),
        "before": None if move.before is None else _name(move.before),
        "author": move.author, "at": move.at, "threshold": move.threshold, "proof": move.proof,
    }  # fmt: skip


def _name(rung: Rung) -> str:
    return rung.name.lower()


def _now() -> datetime:
    return datetime.now(UTC)
