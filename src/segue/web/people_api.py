"""People, for machines: who works here, and access taken away and given back, as a company's own directory wants it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Response
from pydantic import BaseModel, Field

from segue.domain.errors import Forbidden
from segue.domain.people import manages
from segue.store.leaving import Leaving
from segue.web.doors import Caller, needs
from segue.web.managing import ADMIN
from segue.web.rooms import Rooms, rooms
from segue.web.routes import MachineRoute, json

router = APIRouter(prefix="/api/v1", route_class=MachineRoute)
House = Annotated[Rooms, Depends(rooms)]
Leads = Annotated[Caller, Depends(needs("policy:write"))]
SPARED: dict[int | str, dict[str, Any]] = {403: {}, 404: {}}
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


@router.post("/agents/{agent}/deactivate", tags=["people"], response_model=DeactivatedOut, responses=SPARED)
def deactivate(agent: AgentId, caller: Leads, house: House) -> Response:
    """Ends their sessions and keys at once and puts their open conversations back into the queue; names stay in
    history. Once more changes nothing. 422 for the last lead, the last administrator and who made this key; 403 for
    an administrator, where who made it is none."""
    _spare_admins(house, caller, agent)
    leave = Leaving(house.db).deactivate(agent, f"key:{caller.name}", datetime.now(UTC), caller.owner)
    house.bell.ring("events")
    return json({"sessions": leave.sessions, "conversations": leave.conversations, "keys": list(leave.keys)})


@router.post("/agents/{agent}/reactivate", status_code=204, tags=["people"], responses=SPARED)
def reactivate(agent: AgentId, caller: Leads, house: House) -> None:
    """Lets them in again, as before. Their keys stay revoked. 403 for an administrator, where who made this
    key is none."""
    _spare_admins(house, caller, agent)
    Leaving(house.db).reactivate(agent, f"key:{caller.name}", datetime.now(UTC))


def _spare_admins(house: Rooms, caller: Caller, agent: str) -> None:
    """What is about an administrator needs one behind the key, or the machine, which made it for nobody in particular
    (decision 24). Raises Forbidden and NotFound."""
    if caller.owner is None or Leaving(house.db).role(agent) != ADMIN:
        return
    everybody = house.workspace.agents()
    if not any(one.id == caller.owner and manages(one, everybody) for one in everybody):
        raise Forbidden("That is about an administrator, and who made this key is none.", "Ask an administrator.")
