"""What machines may ask of the past: why a message was decided so, and what a policy or an article would change.

Reads only. Customers' words are shown beside an example only to a key that may read conversations anyway.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request, Response
from pydantic import BaseModel, Field, StringConstraints

from segue.domain.answer import Answer
from segue.domain.decision import Decision
from segue.insight.article_effect import ArticleTrial
from segue.insight.backtesting import Backtester
from segue.insight.explaining import Explainer, Explanation
from segue.insight.trying_articles import ArticleTrier
from segue.policy.backtest import Backtest
from segue.store.backtest import PastStore
from segue.store.trace import Traces
from segue.web.bounds import takes_long
from segue.web.doors import Caller, needs
from segue.web.given import AssessmentOut
from segue.web.rooms import Rooms, rooms
from segue.web.routes import MachineRoute, json
from segue.web.shapes import LONGEST_POLICY, ArticleIn, NoNul, Shape

router = APIRouter(prefix="/api/v1", route_class=MachineRoute)

House = Annotated[Rooms, Depends(rooms)]
ReadsPolicy = Annotated[Caller, Depends(needs("policy:read"))]
Knows = Annotated[Caller, Depends(needs("knowledge:read"))]
READS = [Depends(needs("conversations:read"))]
MessageId = Annotated[str, Path(description="Of a customer's message, like msg_01ABC….1.")]
Days = Annotated[int, Field(ge=1, le=3650, strict=True, description="How far back, in days.")]


class TryPolicyIn(Shape):
    body: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_POLICY), NoNul] = Field(
        description="YAML.", examples=["name: Ours\nassistant: true\n"]
    )
    days: Days = 90


class TryArticleIn(ArticleIn):
    days: Days = 90


class TraceOut(BaseModel):
    decided_at: datetime
    assessment: AssessmentOut | None = Field(description="Null where considering failed, and a person got it.")
    answer: Answer | None
    decision: Decision


class ExplanationOut(BaseModel):
    explanation: Explanation
    trace: TraceOut = Field(description="The record itself.")


@router.get("/messages/{message}/explanation", dependencies=READS, tags=["conversations"],
            response_model=ExplanationOut)  # fmt: skip
def explain_message(message: MessageId, house: House) -> Response:
    """Why a message was decided as it was: the why-card with its counterfactual, and the full trace."""
    card, record = Explainer(house.workspace, Traces(house.db)).explain(message)
    (record["assessment"] or {}).pop("vector", None)
    return json({"explanation": card, "trace": record})


@router.post("/policy/backtest", tags=["policy"], response_model=Backtest)
def try_policy(body: TryPolicyIn, caller: ReadsPolicy, house: House, request: Request) -> Response:
    """What a policy would have changed of the last days: before and after, and the most harmful examples first."""
    takes_long(request.scope)
    found = Backtester(house.workspace, PastStore(house.db)).try_policy(body.body, *_period(body.days))
    return json(found if _may_read(caller) else _wordless(found))


@router.post("/articles/backtest", tags=["knowledge"], response_model=ArticleTrial)
def try_article(body: TryArticleIn, caller: Knows, house: House, request: Request) -> Response:
    """What an article, new or changed, would have done to the messages of the last days. Nothing is published."""
    takes_long(request.scope)
    article = body.over(house.library.store.last_of(body.slug))
    trier = ArticleTrier(house.workspace, house.library, PastStore(house.db))
    found = trier.try_article(article, *_period(body.days))
    return json(found if _may_read(caller) else _wordless(found))


def _period(days: int) -> tuple[datetime, datetime]:
    now = datetime.now(UTC)
    return now - timedelta(days=days), now


def _may_read(caller: Caller) -> bool:
    return "conversations:read" in caller.scopes


def _wordless(found: Any) -> Any:
    return replace(found, examples=tuple(replace(example, text="") for example in found.examples))
