"""The API for machines: `/api/v1`, bearer keys with scopes, problem+json, keyset cursors, events with resume."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Query, Request, Response
from fastapi.responses import StreamingResponse

from segue.domain.conversation import Handler, Page, Status
from segue.domain.errors import Forbidden, NotFound
from segue.domain.ids import message_id
from segue.domain.knowledge import Article
from segue.policy.lint import lint
from segue.policy.settings import load
from segue.store.conversations import Filter
from segue.store.desk import Solution
from segue.store.inbox import Arrival
from segue.web.doors import needs
from segue.web.rooms import Rooms, rooms
from segue.web.shapes import (
    AcceptedOut,
    ArticleIn,
    AssignIn,
    ByAgent,
    ClaimIn,
    ConversationOut,
    MessageOut,
    NewConversation,
    NewMessage,
    NoteIn,
    PageIn,
    PolicyIn,
    ReplyIn,
    ResolveIn,
)

router = APIRouter(prefix="/api/v1")

House = Annotated[Rooms, Depends(rooms)]
Scopes = frozenset[str]
Writes = Annotated[Scopes, Depends(needs("conversations:write"))]
READS = [Depends(needs("conversations:read"))]
HANDLES = [Depends(needs("conversations:handle"))]


def _now() -> datetime:
    return datetime.now(UTC)


# writing in


@router.post("/conversations", status_code=202, response_model=AcceptedOut, tags=["conversations"])
async def open_conversation(body: NewConversation, scopes: Writes, house: House) -> Response:
    """Opens a conversation with its first message. Durable when the 202 arrives; considered right after."""
    if body.contact.verified and "contacts:vouch" not in scopes:
        raise Forbidden("This key may not vouch for a contact.", "Use a key with the scope contacts:vouch.")
    contact = body.contact
    arrival = Arrival(
        text=body.text, channel=body.channel, client_id=body.client_id, subject=body.subject, page=_page(body.page),
        external_id=contact.external_id if contact.verified else None, name=contact.name, email=contact.email,
        is_verified=contact.verified,
    )  # fmt: skip
    return await _taken(house, arrival)


@router.post("/conversations/{conversation}/messages", status_code=202, response_model=AcceptedOut,
             tags=["conversations"])  # fmt: skip
async def write_message(conversation: str, body: NewMessage, scopes: Writes, house: House) -> Response:
    """The customer's next message. The same `client_id` again is the same message."""
    arrival = Arrival(
        text=body.text, conversation_id=conversation, client_id=body.client_id, page=_page(body.page)
    )
    return await _taken(house, arrival)


async def _taken(house: Rooms, arrival: Arrival) -> Response:
    taken = await house.front_door.accept(arrival)
    body = AcceptedOut(
        conversation=ConversationOut(id=taken.conversation_id, number=taken.number),
        message=MessageOut(id=taken.message_id, seq=taken.seq),
    )
    return Response(body.model_dump_json(), 202, media_type="application/json")


def _page(page: PageIn | None) -> Page | None:
    return Page(page.url, page.title) if page else None


# reading


@router.get("/conversations", dependencies=READS, tags=["conversations"])
def list_conversations(
    house: House,
    status: Status | None = None,
    handler: Handler | None = None,
    team: str | None = None,
    assignee: str | None = None,
    contact: str | None = None,
    number: Annotated[int | None, Query(ge=1, lt=2**62)] = None,
    after: Annotated[str | None, Query(max_length=80, description="`next_cursor` of the page before")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> dict[str, Any]:
    """Newest first."""
    wanted = Filter(after, status, handler, team, assignee, contact, number)
    found = house.conversations.listing(wanted, limit)
    return {"conversations": found, "next_cursor": found[-1]["id"] if len(found) == limit else None}


@router.get("/conversations/{conversation}", dependencies=READS, tags=["conversations"])
def read_conversation(conversation: str, house: House) -> dict[str, Any]:
    """The conversation with its messages and notes."""
    row = house.conversations.one(conversation)
    messages = [m | {"id": message_id(conversation, m["seq"])} for m in house.conversations.thread(conversation)]
    return {**_shown(row), "messages": messages, "notes": house.conversations.notes(conversation)}


@router.get("/conversations/{conversation}/turns", dependencies=READS, tags=["conversations"])
def read_turns(conversation: str, house: House) -> dict[str, Any]:
    """Assessment, answer and decision of each customer message, as they were stored."""
    house.conversations.one(conversation)
    turns = [t | {"message": message_id(conversation, t["seq"])} for t in house.conversations.turns(conversation)]
    return {"turns": turns}


@router.get("/conversations/{conversation}/briefing", dependencies=READS, tags=["conversations"])
def read_briefing(conversation: str, house: House) -> dict[str, Any]:
    """The newest briefing. 404 where the conversation was never handed over."""
    house.conversations.one(conversation)
    briefing = house.conversations.briefing(conversation)
    if briefing is None:
        raise NotFound("This conversation has no briefing: it was never handed over.")
    return briefing


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    hidden = ("token", "leased_by", "lease_until", "attempts", "client_id")
    return {key: value for key, value in row.items() if key not in hidden}


# people's hands


@router.post("/conversations/{conversation}/claim", status_code=204, dependencies=HANDLES, tags=["desk"])
def claim(conversation: str, body: ClaimIn, house: House) -> None:
    house.hands.take(conversation, body.agent, _now(), body.force)
    house.bell.ring("events")


@router.post("/conversations/{conversation}/assign", status_code=204, dependencies=HANDLES, tags=["desk"])
def assign(conversation: str, body: AssignIn, house: House) -> None:
    house.hands.assign(conversation, body.agent, _now(), body.to, body.team)
    house.bell.ring("events")


@router.post("/conversations/{conversation}/reply", status_code=201, response_model=MessageOut,
             dependencies=HANDLES, tags=["desk"])  # fmt: skip
def reply(conversation: str, body: ReplyIn, house: House) -> MessageOut:
    """A person's reply. 409 where the customer wrote after `seen_seq`."""
    seq = house.hands.reply(conversation, body.agent, body.text, _now(), body.client_id, body.seen_seq)
    house.bell.ring("events")
    return MessageOut(id=message_id(conversation, seq), seq=seq)


@router.post("/conversations/{conversation}/note", status_code=201, dependencies=HANDLES, tags=["desk"])
def note(conversation: str, body: NoteIn, house: House) -> dict[str, str]:
    """A note that customers never see."""
    made = house.hands.note(conversation, body.agent, body.text, _now())
    house.bell.ring("events")
    return {"id": made}


@router.post("/conversations/{conversation}/resolve", status_code=201, dependencies=HANDLES, tags=["desk"])
def resolve(conversation: str, body: ResolveIn, house: House) -> dict[str, str]:
    solution = Solution(body.solution, body.intent, body.article, minutes=body.minutes)
    made = house.hands.resolve(conversation, body.agent, solution, _now())
    house.bell.ring("events")
    return {"resolution": made}


@router.post("/conversations/{conversation}/reopen", status_code=204, dependencies=HANDLES, tags=["desk"])
def reopen(conversation: str, body: ByAgent, house: House) -> None:
    house.hands.reopen(conversation, body.agent, _now())
    house.bell.ring("events")


@router.post("/conversations/{conversation}/hand-back", status_code=204, dependencies=HANDLES, tags=["desk"])
def hand_back(conversation: str, body: ByAgent, house: House) -> None:
    """Back to the assistant."""
    house.hands.hand_back(conversation, body.agent, _now())
    house.bell.ring("ready")
    house.bell.ring("events")


# knowledge and policy


@router.get("/categories", dependencies=[Depends(needs("knowledge:read"))], tags=["knowledge"])
def list_categories(house: House) -> dict[str, Any]:
    """Categories with their intents."""
    catalogue = house.workspace.catalogue()
    return {
        "categories": [
            {
                "id": c.id, "name": c.name, "needs_account": c.needs_account,
                "intents": [{"id": i.id, "name": i.name, "is_opened": i.is_opened}
                            for i in catalogue.intents if i.category_id == c.id],
            }
            for c in catalogue.categories
        ]
    }  # fmt: skip


@router.get("/articles", dependencies=[Depends(needs("knowledge:read"))], tags=["knowledge"])
def list_articles(house: House) -> dict[str, Any]:
    return {"articles": house.library.store.articles()}


@router.get("/articles/{article}", dependencies=[Depends(needs("knowledge:read"))], tags=["knowledge"])
def read_article(article: str, house: House) -> Article:
    """By id or slug."""
    found = house.library.store.article(article)
    if found is None:
        raise NotFound(f"There is no article {article}.", "GET /articles lists them.")
    return found


@router.put("/articles", status_code=201, dependencies=[Depends(needs("knowledge:write"))], tags=["knowledge"])
def publish_article(body: ArticleIn, house: House) -> dict[str, Any]:
    """A new article, or the next version of the one with this slug."""
    article = Article("", body.slug, body.title, body.body, body.audience, body.intent, body.review_by)
    made = house.library.publish(article, "api", _now(), body.note)
    return made._asdict()


@router.delete("/articles/{article}", status_code=204, dependencies=[Depends(needs("knowledge:write"))],
               tags=["knowledge"])  # fmt: skip
def retire_article(article: str, house: House) -> None:
    """Takes an article out of search and answers; its versions stay."""
    if not house.library.store.retire(article, _now()):
        raise NotFound(f"There is no article {article}.", "GET /articles lists them.")


@router.get("/policy", dependencies=[Depends(needs("policy:read"))], tags=["policy"])
def read_policy(house: House, version: Annotated[int | None, Query(ge=1, lt=2**31)] = None) -> dict[str, Any]:
    """The live policy, or the version asked for, as YAML."""
    if version is not None:
        return {"version": version, "body": house.workspace.policy(version)}
    live = house.workspace.live_policy()
    if live is None:
        raise NotFound("There is no policy yet.", "PUT one.")
    return {"version": live[0], "body": live[1]}


@router.post("/policy/lint", dependencies=[Depends(needs("policy:read"))], tags=["policy"])
def lint_policy(body: PolicyIn, house: House) -> dict[str, Any]:
    return {"findings": lint(load(body.body), house.workspace.catalogue())}


@router.put("/policy", status_code=201, dependencies=[Depends(needs("policy:write"))], tags=["policy"])
def apply_policy(body: PolicyIn, house: House) -> dict[str, int]:
    """Makes `body` the live policy; workers take it up within a second."""
    load(body.body)
    return {"version": house.workspace.apply_policy(body.body, "api", body.note, _now())}


# what happens


@router.get("/events", dependencies=[Depends(needs("events:read"))], tags=["events"],
            response_class=StreamingResponse)  # fmt: skip
async def follow_events(
    house: House,
    request: Request,
    last_event_id: Annotated[str | None, Header()] = None,
    after: Annotated[str | None, Query(max_length=40, description="As Last-Event-ID")] = None,
) -> StreamingResponse:
    """Server-sent events, from `Last-Event-ID` on; without one, from now on. No event is skipped or told twice."""
    cursor = last_event_id or after
    if cursor:
        house.stream.check(cursor)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(house.stream.after(cursor), media_type="text/event-stream", headers=headers)


