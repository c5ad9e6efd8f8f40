"""People, for machines: who works here, and access taken away and given back, as a company's own directory wants it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Response
from pydantic import BaseModel, Field

from segue.store.leaving import Leaving
from segue.web.doors import Caller, needs
from segue.web.rooms import Rooms, rooms
from segue.web.routes import MachineRoute, json

router = APIRouter(prefix="/api/v1", route_class=MachineRoute)
House = Annotated[Rooms, Depends(rooms)]
Leads = Annotated[Caller, Depends(needs("policy:write"))]
AgentId = Annotated[str, Path(description="Their id, as `GET /agents` gives it.")]


class AgentOut(BaseModel):
    id: str
    name: str
    email: str
    role: str = Field(description="agent, lead, admin or analyst.")
    teams: list[str]
    is_active: bool = Field(description="Whether they can come in.")


class AgentsOut(BaseModel):
    agents: list[AgentOut]


class DeactivatedOut(BaseModel):
    sessions: int = Field(description="How many sessions ended.")
    conversations: int = Field(description="How many open conversations went back to the queue of their team.")
    keys: list[str] = Field(description="Names of the keys they had made, revoked for good.")


@router.get("/agents", dependencies=[Depends(needs("policy:read"))], tags=["people"], response_model=AgentsOut)
def list_agents(house: House) -> Response:
    """Everybody who works here, and after them who was deactivated, both by name."""
    here = [
        {"id": a.id, "name": a.name, "email": a.email, "role": a.role, "teams": list(a.teams), "is_active": True}
        for a in house.workspace.agents()
    ]
    gone = [
        {"id": a.id, "name": a.name, "email": a.email, "role": a.role, "teams": [], "is_active": False}
        for a in Leaving(house.db).gone()
    ]
    return json({"agents": here + gone})


@router.post("/agents/{agent}/deactivate", tags=["people"], response_model=DeactivatedOut, responses={404: {}})
def deactivate(agent: AgentId, caller: Leads, house: House) -> Response:
    """Ends their sessions and keys at once and puts their open conversations back into the queue; names stay in
    history. Once more changes nothing. 422 for the last lead and for who made this key."""
    leave = Leaving(house.db).deactivate(agent, f"key:{caller.name}", datetime.now(UTC), caller.owner)
    house.bell.ring("events")
    return json({"sessions": leave.sessions, "conversations": leave.conversations, "keys": list(leave.keys)})


@router.post("/agents/{agent}/reactivate", status_code=204, tags=["people"], responses={404: {}})
def reactivate(agent: AgentId, caller: Leads, house: House) -> None:
    """Lets them in again, as they came in before. Their keys stay revoked."""
    Leaving(house.db).reactivate(agent, f"key:{caller.name}", datetime.now(UTC))
