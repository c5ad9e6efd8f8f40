"""Judging and approving, for machines: answers drawn for review, suggestions that wait for a yes. Part of the API,
`/api/v1`."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query, Response
from pydantic import BaseModel, Field

from segue.desk.guard import flaws
from segue.domain.errors import NotFound, Refused
from segue.domain.ids import message_id, message_place
from segue.store.desk import AgentReply
from segue.web.doors import Caller, needs
from segue.web.filling import filled_by
from segue.web.given import MessageOut
from segue.web.rooms import Rooms, rooms
from segue.web.routes import MachineRoute, json
from segue.web.shapes import Id, Place, Shape, Short, Text
from segue.web.sight import may_handle

router = APIRouter(prefix="/api/v1", route_class=MachineRoute)

House = Annotated[Rooms, Depends(rooms)]
HANDLES = [Depends(needs("conversations:handle"))]
Handles = Annotated[Caller, Depends(needs("conversations:handle"))]
CONFLICT: dict[int | str, dict[str, Any]] = {409: {}}
ConversationId = Annotated[str, Path(description="Its id, not its number.")]


class ReviewIn(Shape):
    agent: Id
    verdict: Literal["right", "wrong"] = Field(description="Answers that were not drawn can only be marked wrong.")
    note: Short | None = None


class ApproveIn(Shape):
    agent: Id
    seq: Place = Field(description="Of the customer message that the suggestion answers; a newer one refuses it.")
    text: Text | None = Field(None, description="Other words: then it is a reply of the agent's own.")


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


@router.get("/reviews/next", dependencies=HANDLES, tags=["desk"], response_model=ReviewOut, responses={404: {}})
def next_review(
    house: House, agent: Annotated[str, Query(min_length=1, max_length=80, pattern=r"^[\w.:@+-]+$")]
) -> Response:
    """The oldest answer that chance drew and nobody has graded, none of the agent's own. 404 where none waits."""
    found = house.ladder.judging.next_review(agent)
    if found is None:
        raise NotFound("No answer waits to be reviewed.", "Come back later.")
    return json(asdict(found))


@router.post("/reviews/{message}", status_code=201, tags=["desk"], response_model=JudgedOut)
def judge(
    message: Annotated[str, Path(description="Id of the customer message.")], body: ReviewIn, caller: Handles,
    house: House,
) -> Response:  # fmt: skip
    """Grades a drawn answer, or marks any other one wrong. A grade is the agent's: the key has to be theirs, or have
    the scope `agents:vouch`. Any other key's "wrong" is a mark in its own name, and its "right" is refused: 403."""
    who = house.ladder.person(body.agent)
    may_handle(house.db, who, message_place(message)[0])
    made = house.ladder.judging.review(message, body.verdict, who.id, _now(), body.note or "", caller.voice(who.id))
    house.bell.ring("events")
    return json({"source": made.source, "verdict": made.verdict}, 201)


@router.post("/conversations/{conversation}/approve", status_code=201, tags=["desk"], response_model=MessageOut,
             responses=CONFLICT)  # fmt: skip
def approve_answer(conversation: ConversationId, body: ApproveIn, caller: Handles, house: House) -> Response:
    """Sends the assistant's suggestion under the agent's name. That it was right is their word only where the key is
    theirs or has the scope `agents:vouch`. 409 where the customer wrote or somebody was faster."""
    seq = _sent(house, conversation, body, caller)
    house.bell.ring("events")
    return json({"id": message_id(conversation, seq), "seq": seq}, 201)


def _sent(house: Rooms, conversation: str, body: ApproveIn, caller: Caller) -> int:
    if body.text is None:
        who = house.ladder.person(body.agent)
        may_handle(house.db, who, conversation)
        return house.ladder.judging.approve_answer(conversation, body.seq, who.id, _now(), caller.voice(who.id))
    text = filled_by(house, conversation, body.agent, body.text)
    for flaw in flaws(text):
        raise Refused(flaw.what_happened, flaw.what_to_do, "/text")
    return house.hands.reply(AgentReply(conversation, body.agent, text, body.seq), _now(), caller.voice)


def _now() -> datetime:
    return datetime.now(UTC)
