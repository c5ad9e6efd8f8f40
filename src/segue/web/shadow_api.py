"""A policy in shadow, for machines: begun, looked at, made live or dropped."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, Field, StringConstraints

from segue.domain.errors import NotFound
from segue.policy.lint import sound, sound_beside
from segue.store.shadows import Compared, Run, Shadows
from segue.web.doors import Caller, needs
from segue.web.rooms import Rooms, rooms
from segue.web.routes import MachineRoute, json
from segue.web.shapes import NoNul, PolicyIn, Shape

router = APIRouter(prefix="/api/v1", route_class=MachineRoute)
House = Annotated[Rooms, Depends(rooms)]
Sets = Annotated[Caller, Depends(needs("policy:write"))]
NOT_RUNNING = NotFound("No policy runs in shadow.", "PUT /policy/shadow starts one.")


class WhyIn(Shape):
    note: Annotated[str, StringConstraints(min_length=1, max_length=300), NoNul] = Field(description="Why.")


class ShadowMoveOut(BaseModel):
    had: str = Field(description="`assistant`, `asked` or `human`.")
    would_have_had: str
    conversations: int


class ShadowOut(BaseModel):
    version: int
    began_at: datetime
    began_by: str
    note: str
    beside: list[int] = Field(description="The live versions it stood beside.")
    messages: int
    conversations: int
    changed: int = Field(description="Conversations that would have gone otherwise, each by its first such message.")
    failed: int = Field(description="Messages that it could not decide.")
    to_another_team: int
    another_suggestion: int
    moves: list[ShadowMoveOut]


class ShadowedOut(BaseModel):
    version: int


@router.get("/policy/shadow", dependencies=[Depends(needs("policy:read"))], tags=["policy"], response_model=ShadowOut,
            responses={404: {}})  # fmt: skip
def read_shadow(house: House) -> Response:
    """The policy that decides in silence beside the live one, and what it would have decided. 404 where none runs."""
    store = Shadows(house.db)
    run = _running(store)
    return json(_told(run, store.compared(run.id)))


@router.put("/policy/shadow", status_code=201, tags=["policy"], response_model=ShadowedOut)
def begin_shadow(body: PolicyIn, caller: Sets, house: House) -> Response:
    """Lets `body` decide every new message in silence, in the place of the one that did. Nobody is answered by it.
    Errors that lint finds refuse it (422), and so does saying the same as the live one."""
    workspace = house.workspace
    sound_beside(body.body, workspace.live_policy(), workspace.catalogue(), workspace.teams(), workspace.tiers())
    version = Shadows(house.db).begin(body.body, caller.owner or f"key:{caller.name}", body.note, datetime.now(UTC))
    house.bell.ring("events")
    return json({"version": version}, 201)


@router.post("/policy/shadow/promote", tags=["policy"], response_model=ShadowedOut, responses={404: {}, 409: {}})
def promote_shadow(body: WhyIn, caller: Sets, house: House) -> Response:
    """Makes it the live policy."""
    store = Shadows(house.db)
    run = _running(store)
    sound(
        house.workspace.policy(run.version),
        house.workspace.catalogue(),
        house.workspace.teams(),
        house.workspace.tiers(),
    )
    now = datetime.now(UTC)
    with house.ladder.publishing(now):
        version = store.promote(run.id, f"key:{caller.name}", body.note, now)
    house.bell.ring("events")
    return json({"version": version})


@router.post("/policy/shadow/drop", tags=["policy"], response_model=ShadowedOut, responses={404: {}, 409: {}})
def drop_shadow(body: WhyIn, caller: Sets, house: House) -> Response:
    """It decides no more; its version stays in the history."""
    store = Shadows(house.db)
    run = _running(store)
    store.drop(run.id, f"key:{caller.name}", body.note, datetime.now(UTC))
    house.bell.ring("events")
    return json({"version": run.version})


def _running(store: Shadows) -> Run:
    if (run := store.running()) is None:
        raise NOT_RUNNING
    return run


def _told(run: Run, found: Compared) -> dict[str, object]:
    moves = [{"had": had, "would_have_had": would, "conversations": n} for (had, would), n in found.moves.items()]
    return {
        "version": run.version, "began_at": run.began_at, "began_by": run.began_by, "note": run.why,
        "beside": found.versions, "messages": found.messages, "conversations": found.conversations,
        "changed": found.changed, "failed": found.failed, "to_another_team": found.teams,
        "another_suggestion": found.suggestions, "moves": moves,
    }  # fmt: skip
