"""Whether the confidence means what it says, what answering alone does and saves. Part of the API, `/api/v1`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, Field

from segue.insight.calibration import Bin, calibration, error
from segue.insight.holdout import Effect, effect
from segue.insight.saved import Rate, Saved, rate_of, saved
from segue.store.timed import Timed
from segue.web.doors import needs
from segue.web.rooms import Rooms, rooms
from segue.web.routes import MachineRoute, json

router = APIRouter(prefix="/api/v1", route_class=MachineRoute)

House = Annotated[Rooms, Depends(rooms)]
READS = [Depends(needs("conversations:read"))]
Days = Annotated[int, Query(ge=1, le=3650, description="How far back.")]


class BinOut(BaseModel):
    begins: float
    ends: float
    confidence: float = Field(description="The mean of what was said.")
    right: int
    of: int
    share: float
    low: float = Field(description="Of the 95 % interval.")
    high: float


class HeldBackBinOut(BaseModel):
    confidence: float
    right: float = Field(description="The share that was right.")
    n: int


class JudgedCalibrationOut(BaseModel):
    ece: float | None = Field(description="Expected calibration error; null without cases.")
    cases: int
    bins: list[BinOut]


class HeldBackOut(BaseModel):
    ece: float | None
    cases: int
    bins: list[HeldBackBinOut]


class CalibrationOut(BaseModel):
    judged: JudgedCalibrationOut = Field(description="By people: answers that chance drew, or that were not sent.")
    held_back: HeldBackOut = Field(
        description="By the last fit: past cases that the model which spoke of them had not seen. Each bin has as many."
    )


class SideOut(BaseModel):
    episodes: int
    of: int = Field(description="Those that ended seven days ago or earlier.")
    came_back: int
    share: float | None
    low: float = Field(description="Of the 95 % interval.")
    high: float
    hours: float | None = Field(description="Median time from the message to the end.")


class EffectOut(BaseModel):
    alone: SideOut
    people: SideOut
    expected: float = Field(description="How many episodes should have gone to people, by the share set at the time.")
    difference: float | None = Field(description="Share that came back, alone less people. Null while unknown.")
    low: float | None = Field(description="Of its 95 % interval.")
    high: float | None


class HoldoutOut(BaseModel):
    days: int
    share: float = Field(description="What the live policy sends to people for comparison.")
    effect: EffectOut | None = Field(description="Null where no policy of the period held anything back.")


class TypicalOut(BaseModel):
    n: int = Field(description="Conversations of which people noted how long they took.")
    median: float = Field(description="Minutes; observed.")
    low: float = Field(description="Of its 95 % interval.")
    high: float


class SavedOut(BaseModel):
    category: str = Field(description="Empty for all together, `unknown` where nobody knew it.")
    lasting: int = Field(description="Answered alone and not back within seven days; observed.")
    typical: TypicalOut | None = Field(description="Null while fewer than six conversations were timed at all.")
    is_borrowed: bool = Field(description="Whether fewer than six were timed here, so that all together speak.")
    minutes: float | None = Field(description="Of people's work that were saved: modelled, `lasting` × the median.")
    low: float | None
    high: float | None
    money: float | None = Field(description="Null while nobody has said what an hour costs.")


class RateOut(BaseModel):
    per_hour: float
    currency: str


class SavingsOut(BaseModel):
    days: int
    rate: RateOut | None
    saved: list[SavedOut]


class TimedOut(BaseModel):
    category: str
    conversations: list[str]


@router.get("/figures/saved", dependencies=READS, tags=["insight"], response_model=SavingsOut)
def read_saved(house: House, days: Days = 90) -> Response:
    """What answering alone saved people, by category: minutes, and money where a lead has said what an hour costs."""
    now, rate = _now(), rate_of(house.workspace)
    rows = [saved_row(one, rate) for one in saved(house.db, now - timedelta(days=days), now)]
    return json({"days": days, "rate": rate, "saved": rows})


@router.get("/figures/minutes", dependencies=READS, tags=["insight"], response_model=TimedOut)
def read_timed(
    house: House, days: Days = 90, category: Annotated[str, Query(max_length=80, pattern=r"^[^\x00]*$")] = ""
) -> Response:
    """The conversations of which people noted how long they took."""
    return json(
        {"category": category, "conversations": Timed(house.db).behind(_now() - timedelta(days=days), category)[0]}
    )


@router.get("/figures/confidence", dependencies=READS, tags=["insight"], response_model=CalibrationOut)
def read_calibration(house: House) -> Response:
    """Whether its confidence means what it says: reliability diagrams with their error, judged and held back."""
    bins = calibration(house.ladder.counting(_now()))
    judged = {"ece": _rounded(error(bins)), "cases": sum(b.of for b in bins), "bins": [_bin(b) for b in bins]}
    return json({"judged": judged, "held_back": held_back(house)})


@router.get("/figures/holdout", dependencies=READS, tags=["insight"], response_model=HoldoutOut)
def read_holdout(house: House, days: Days = 90) -> Response:
    """What answering alone does: how often customers came back after it, and where chance gave them a person."""
    now = _now()
    found = effect(house.db, now - timedelta(days=days), now)
    share = house.ladder.policy().evidence.holdout
    return json({"days": days, "share": share, "effect": told(found) if found else None})


def held_back(house: Rooms) -> dict[str, Any]:
    """As the last fit found it; nothing where it had too few cases to say."""
    head = house.workspace.head("confidence")
    found = head[2].get("reliability") if head else None
    return found or {"ece": None, "cases": 0, "bins": []}


def told(found: Effect) -> dict[str, Any]:
    return {name: getattr(found, name) for name in ("alone", "people", "expected", "difference", "low", "high")}


def saved_row(one: Saved, rate: Rate | None) -> dict[str, Any]:
    """As it is told: rounded, with its money."""
    ends = {
        name: None if (value := getattr(one, name)) is None else round(value, 1) for name in ("minutes", "low", "high")
    }
    money = None if rate is None or one.minutes is None else round(rate.money(one.minutes), 2)
    same = {name: getattr(one, name) for name in ("category", "lasting", "typical", "is_borrowed")}
    return {**same, **ends, "money": money}


def _bin(one: Bin) -> dict[str, Any]:
    return {
        "begins": one.begins, "ends": one.ends, "confidence": round(one.confidence, 4), "right": one.right,
        "of": one.of, "share": round(one.share, 4), "low": round(one.low, 4), "high": round(one.high, 4),
    }  # fmt: skip


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share, 4)


def _now() -> datetime:
    return datetime.now(UTC)
