"""How far the assistant may go, for machines: cells with their evidence, offers, moves. Part of the API,
`/api/v1`."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Response

from segue.domain.decision import Rung
from segue.domain.evidence import CellName
from segue.domain.moves import Move, Offer
from segue.learning.deciding import decider
from segue.learning.hints import Hint
from segue.learning.record import Report
from segue.learning.switching import Switch, switch_of, throw
from segue.policy.settings.cells import Budget
from segue.web.boundary_shapes import (
    BoundaryOut,
    ByIn,
    LowerIn,
    MoveOut,
    MovesOut,
    OffersOut,
    SwitchIn,
    SwitchOut,
)
from segue.web.doors import Caller, needs
from segue.web.owners import owner
from segue.web.rooms import Rooms, rooms
from segue.web.routes import MachineRoute, json

router = APIRouter(prefix="/api/v1", route_class=MachineRoute)

House = Annotated[Rooms, Depends(rooms)]
READS_POLICY = [Depends(needs("policy:read"))]
SetsPolicy = Annotated[Caller, Depends(needs("policy:write"))]
HANDLES = [Depends(needs("conversations:handle"))]
CONFLICT: dict[int | str, dict[str, Any]] = {409: {}}
OfferId = Annotated[str, Path(description="As `GET /boundary/offers` tells it.")]
ConversationId = Annotated[str, Path(description="Its id, not its number.")]


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
    """Every change of a rung, oldest first, and where each category begins: why, on which proof, by whom."""
    return json({"moves": [_move(move) for move in house.ladder.history.moves()]})


@router.get("/boundary/offers", dependencies=READS_POLICY, tags=["policy"], response_model=OffersOut)
def list_offers(house: House) -> Response:
    """Steps up that are earned and wait for a lead, with their proof and answers to read; then the last closed ones."""
    found = sorted(house.ladder.offers(is_open=False), key=lambda offer: offer.closed_at is not None)
    return json({"offers": [offered(house, offer) for offer in found]})


@router.post("/boundary/offers/{offer}/approve", status_code=201, tags=["policy"], response_model=MoveOut,
             responses=CONFLICT)  # fmt: skip
def approve_offer(offer: OfferId, body: ByIn, caller: SetsPolicy, house: House) -> Response:
    """Takes an offer up, in the name of the key's owner. 403 where that is nobody, no lead, or somebody who judged what
    it rests on; 409 where it no longer holds."""
    house.ladder.history.offer_of(offer)  # raises where there is none
    move = house.ladder.approve(offer, owner(house, caller, body.by), _now())
    house.bell.ring("events")
    return json(_move(move), 201)


@router.post("/boundary/offers/{offer}/decline", status_code=204, tags=["policy"], responses=CONFLICT)
def decline_offer(offer: OfferId, body: ByIn, caller: SetsPolicy, house: House) -> None:
    """Turns an offer down, in the name of the key's owner."""
    house.ladder.history.offer_of(offer)  # raises where there is none
    house.ladder.decline(offer, owner(house, caller, body.by), _now())
    house.bell.ring("events")


@router.post("/boundary/lower", status_code=201, tags=["policy"], response_model=MoveOut, responses={404: {}})
def lower_cell(body: LowerIn, caller: SetsPolicy, house: House) -> Response:
    """Takes a cell down at once, in the name of the key's owner, or of the key itself where it is nobody's: a step down
    needs no person. The assistant earns its way up again."""
    to = Rung[body.to.upper()] if body.to else None
    is_nobodys = caller.owner is None and body.by is None
    by = f"key:{caller.name}" if is_nobodys else owner(house, caller, body.by)
    move = house.ladder.lower(CellName.read(body.cell), by, body.why, _now(), to)
    house.bell.ring("events")
    return json(_move(move), 201)


@router.get("/boundary/switch", dependencies=READS_POLICY, tags=["policy"], response_model=SwitchOut)
def read_switch(house: House) -> Response:
    """Whether the assistant may answer at all."""
    return json(_switch(switch_of(house.workspace)))


@router.post("/boundary/switch", tags=["policy"], response_model=SwitchOut, responses=CONFLICT)
def throw_switch(body: SwitchIn, caller: SetsPolicy, house: House) -> Response:
    """Stops the assistant everywhere at once, or lets it go on: a policy version of its own, taken up within a second.
    In the name of the key's owner, who must be a lead to let it go on; to stop it, any such key is enough. Thrown twice
    it changes nothing."""
    is_nobodys = caller.owner is None and body.by is None
    by = f"key:{caller.name}" if is_nobodys and body.to == "off" else owner(house, caller, body.by)
    if body.to == "on":
        decider(house.workspace, by)
    switch, is_new = throw(house.workspace, body.to == "on", by, body.why, _now())
    if is_new:
        house.bell.ring("events")
    return json(_switch(switch))


def _switch(switch: Switch) -> dict[str, Any]:
    return {"is_on": switch.is_on, "policy_version": switch.version}


def shown(report: Report) -> dict[str, Any]:
    """A cell as it is told to machines."""
    moved = report.moved or report.began
    return {
        "cell": str(report.cell),
        "rung": _name(report.stands_on),
        "earned": _name(report.rung),
        "ceiling": _name(report.ceiling),
        "threshold": report.threshold,
        "next": _name(report.to) if report.to is not None else None,
        "proof": report.proof,
        "base_error": report.base_error,
        "is_rehearsed": report.is_rehearsed,
        "for_people": round(report.limit, 4),
        "alarm": report.alarm,
        "of_before": report.of_before,
        "lacking": list(report.lacking),
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
    return rung.code


def _now() -> datetime:
    return datetime.now(UTC)
