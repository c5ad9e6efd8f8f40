"""What people do with a conversation, by way of machines: take it, reply, note, judge, resolve, give it back."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Response

from segue.desk.guard import flaws
from segue.domain.errors import Refused
from segue.domain.ids import message_id
from segue.store.desk import AgentReply, Solution
from segue.web.attachments_api import owner_of, taken_along
from segue.web.doors import Caller, needs
from segue.web.filling import filled_by
from segue.web.given import MessageOut, NoteMadeOut, ResolvedOut
from segue.web.rooms import Rooms, rooms
from segue.web.routes import MachineRoute, json
from segue.web.shapes import AssignIn, ByAgent, ClaimIn, FrustrationIn, NoteIn, ReplyIn, ResolveIn, UrgencyIn

router = APIRouter(prefix="/api/v1", route_class=MachineRoute)
House = Annotated[Rooms, Depends(rooms)]
HANDLES = [Depends(needs("conversations:handle"))]
Handles = Annotated[Caller, Depends(needs("conversations:handle"))]
ConversationId = Annotated[str, Path(description="Its id, not its number.")]
CONFLICT: dict[int | str, dict[str, Any]] = {409: {}}


@router.post("/conversations/{conversation}/claim", status_code=204, dependencies=HANDLES, responses=CONFLICT,
             tags=["desk"])  # fmt: skip
def claim(conversation: ConversationId, body: ClaimIn, house: House) -> None:
    """The agent has it from now on, and the assistant falls silent. 409 where another agent has it."""
    house.hands.take(conversation, body.agent, _now(), body.force)
    house.bell.ring("events")


@router.post("/conversations/{conversation}/assign", status_code=204, dependencies=HANDLES, responses=CONFLICT,
             tags=["desk"])  # fmt: skip
def assign(conversation: ConversationId, body: AssignIn, house: House) -> None:
    """To another agent, or into a team's queue: fill one of `to` and `team`."""
    house.hands.assign(conversation, body.agent, _now(), body.to, body.team)
    house.bell.ring("events")


@router.post("/conversations/{conversation}/reply", status_code=201, response_model=MessageOut, responses=CONFLICT,
             tags=["desk"])  # fmt: skip
def reply(conversation: ConversationId, body: ReplyIn, caller: Handles, house: House) -> Response:
    """A person's reply, in the name of an agent. What it says of a suggestion is the agent's word only where the key is
    theirs or has the scope `agents:vouch`. The same `client_id` again with the same agent, text and files is the same
    reply. 409 where it named another message, or the customer wrote after `seen_seq`."""
    text = filled_by(house, conversation, body.agent, body.text)
    for flaw in flaws(text):
        raise Refused(flaw.what_happened, flaw.what_to_do, "/text")
    files = taken_along(house, caller, body.attachments, body.client_id)
    going = AgentReply(conversation, body.agent, text, body.seen_seq, body.client_id, files, owner_of(caller))
    seq = house.hands.reply(going, _now(), caller.voice)
    house.bell.ring("events")
    return json({"id": message_id(conversation, seq), "seq": seq}, 201)


@router.post("/conversations/{conversation}/note", status_code=201, response_model=NoteMadeOut, responses=CONFLICT,
             tags=["desk"])  # fmt: skip
def note(conversation: ConversationId, body: NoteIn, caller: Handles, house: House) -> Response:
    """A note that customers never see. The same `client_id` again with the same agent, text and files is the same note;
    409 where it named another one."""
    text = filled_by(house, conversation, body.agent, body.text)
    files = taken_along(house, caller, body.attachments, body.client_id)
    made = house.hands.note(conversation, body.agent, text, _now(), files, owner_of(caller), body.client_id)
    house.bell.ring("events")
    return json({"id": made}, 201)


@router.post("/conversations/{conversation}/resolve", status_code=201, response_model=ResolvedOut,
             responses=CONFLICT, tags=["desk"])  # fmt: skip
def resolve(conversation: ConversationId, body: ResolveIn, caller: Handles, house: House) -> Response:
    """Closes it with what solved it. The assistant learns from it where the key is the agent's or has the scope
    `agents:vouch`; else once somebody resolves it so for themselves, on the desk or with such a key. 409 where the
    customer wrote after `seen_seq`."""
    solution = Solution(
        body.solution or "", body.intent, _article_id(house, body.article), minutes=body.minutes, seen_seq=body.seen_seq
    )
    made = house.hands.resolve(conversation, body.agent, solution, _now(), caller.voice)
    house.bell.ring("events")
    return json({"resolution": made}, 201)


def _article_id(house: Rooms, article: str | None) -> str | None:
    if article is None:
        return None
    if (found := house.library.store.article(article)) is None:
        raise Refused(f"There is no article {article}.", "GET /articles lists them.", "/article")
    return found.id


@router.post("/conversations/{conversation}/urgency", status_code=204, responses=CONFLICT, tags=["desk"])
def judge_urgency(conversation: ConversationId, body: UrgencyIn, caller: Handles, house: House) -> None:
    """How urgent an agent finds it: it moves in the queue, and later messages like it are read so, once enough agents
    agree; they do so by a key of their own, or by one with the scope `agents:vouch`. 409 where it is resolved."""
    house.hands.judge_urgency(conversation, body.agent, body.urgency, _now(), caller.voice)
    house.bell.ring("events")


@router.post("/conversations/{conversation}/frustration", status_code=204, tags=["desk"])
def judge_frustration(conversation: ConversationId, body: FrustrationIn, caller: Handles, house: House) -> None:
    """How a customer's message sounds to an agent: later ones are heard so, once enough was judged and it helps. It is
    the agent's word where the key is theirs or has the scope `agents:vouch`."""
    house.hands.judge_frustration(conversation, body.seq, body.agent, body.is_frustrated, _now(), caller.voice)
    house.bell.ring("events")


@router.post("/conversations/{conversation}/reopen", status_code=204, dependencies=HANDLES, responses=CONFLICT,
             tags=["desk"])  # fmt: skip
def reopen(conversation: ConversationId, body: ByAgent, house: House) -> None:
    """A resolved conversation goes on, with the agent. 409 where it is not resolved."""
    house.hands.reopen(conversation, body.agent, _now())
    house.bell.ring("events")


@router.post("/conversations/{conversation}/hand-back", status_code=204, dependencies=HANDLES, responses=CONFLICT,
             tags=["desk"])  # fmt: skip
def hand_back(conversation: ConversationId, body: ByAgent, house: House) -> None:
    """Back to the assistant. 409 where it has the conversation already."""
    house.hands.hand_back(conversation, body.agent, _now())
    house.bell.ring("ready")
    house.bell.ring("events")


def _now() -> datetime:
    return datetime.now(UTC)
