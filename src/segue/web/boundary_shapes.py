"""What the API takes and tells about how far the assistant may go: cells, their proof, offers and moves."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints

from segue.domain.decision import Reason
from segue.domain.moves import Cause, Proof
from segue.web.shapes import ByOwner, NoNul, Shape

RungName = Literal["route", "shadow", "suggest", "approve", "auto_with_hold", "auto"]


class ByIn(Shape):
    by: ByOwner = None


class LowerIn(Shape):
    cell: Annotated[str, StringConstraints(min_length=1, max_length=200), NoNul] = Field(
        description="category, category/tier or category/*/channel", examples=["billing/enterprise"]
    )
    by: ByOwner = None
    why: Annotated[str, StringConstraints(min_length=1, max_length=300), NoNul]
    to: RungName | None = Field(None, description="Without it, one rung down, at least to where a person sends.")


class SwitchIn(Shape):
    to: Literal["on", "off"]
    by: ByOwner = None
    why: Annotated[str, StringConstraints(min_length=1, max_length=300), NoNul] = Field(
        description="It stands in the policy's history."
    )


class SwitchOut(BaseModel):
    is_on: bool = Field(description="Off: every message goes to people.")
    policy_version: int = Field(description="The policy that says so.")


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


class LackingOut(BaseModel):
    intent: str
    name: str
    missing: int = Field(description="Of how many more customers it needs a judged case.")


class CellOut(BaseModel):
    cell: str
    rung: RungName = Field(description="By which it decides: the lower one of what is earned and the ceiling.")
    earned: RungName
    ceiling: RungName
    threshold: float | None = Field(description="The confidence from which it answers; null while none is proven.")
    next: RungName | None
    proof: Proof = Field(description="The record for the next step, on this rung since the last move.")
    base_error: float | None = Field(description="How often it would be wrong if it answered everything.")
    is_rehearsed: bool = Field(description="Whether that is of the rehearsed past, because no case is judged yet.")
    for_people: float = Field(description="The least share that has to go to people under this budget.")
    alarm: str
    of_before: str = Field(description="Which judged cases count no more, and why; empty where all do.")
    lacking: list[LackingOut] = Field(
        description="Matters that wait for a key for lack of cases of their own, though their category answers alone."
    )
    hints: list[HintOut] = Field(description="What agents said of handoffs with one key; it moves nothing.")
    moved_at: datetime | None = Field(description="Of its newest entry in the history, a beginning included.")
    moved_by: str | None = Field(description="Whose name stands there: of a beginning who published the policy.")
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
