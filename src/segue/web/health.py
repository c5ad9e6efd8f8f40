"""Whether we live, whether we are ready, and the figures that say how well: for machines that watch us."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from anyio import from_thread
from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, PlainTextResponse
from prometheus_client import CollectorRegistry, generate_latest

from segue.domain.errors import DatabaseUnavailable
from segue.knowledge.encoder_service import EncoderClient, version_known
from segue.store.anew import Anew
from segue.store.mail import MailStore
from segue.store.watch import LATELY, Watch
from segue.web.accepting import PROCESS
from segue.web.bounds import takes_long
from segue.web.gauges import gauge, gauges
from segue.web.mail_health import measure_mail
from segue.web.rooms import Rooms, rooms

router = APIRouter(include_in_schema=False)
House = Annotated[Rooms, Depends(rooms)]
GREETED_WITHIN = 1.5
"""Seconds."""
TOO_LONG = timedelta(seconds=60)
"""An accepted message without a decision for this long means that nobody works the inbox."""


@router.get("/healthz")
async def lives() -> PlainTextResponse:
    """200 as long as this process answers, whatever else does not: restarting it would not help."""
    return PlainTextResponse("ok\n")


@router.get("/readyz")
def is_ready(house: House) -> JSONResponse:
    """200 where a message would be taken now, by this process and for good; else 503.

    What else is missing is told and sends nobody away: a message that is taken while the encoder still loads, or while
    no worker works, waits for them, and one that a proxy turns away is lost to us. `missing` is empty where all works.
    """
    try:
        state = _state(house)
    except DatabaseUnavailable:
        state = {"checks": {"database": False}}
    missing = [name for name, holds in state["checks"].items() if not holds]
    is_closed = bool({"database", "accepting"}.intersection(missing))
    headers = {"Retry-After": "2", "Cache-Control": "no-store"} if is_closed else {"Cache-Control": "no-store"}
    return JSONResponse(state | {"missing": missing}, 503 if is_closed else 200, headers)


@router.get("/metrics")
def figures(house: House, request: Request) -> PlainTextResponse:
    """Of the whole house, whichever process is asked; without the database only that it does not answer, which a busy
    machine finds out late."""
    takes_long(request.scope)
    registry = CollectorRegistry()
    try:
        _measure(house, registry)
        answers = 1
    except DatabaseUnavailable:
        answers = 0
    gauge(registry, "segue_database_up", "Whether the database answers", answers)
    text = generate_latest(registry) + generate_latest(PROCESS)
    return PlainTextResponse(text, media_type="text/plain; version=0.0.4")


def _measure(house: Rooms, registry: CollectorRegistry) -> None:
    now = datetime.now(UTC)
    count, oldest = house.conversations.undecided(now)
    gauge(registry, "segue_undecided_messages", "Accepted customer messages without a decision", count)
    gauge(registry, "segue_undecided_oldest_seconds", "Age of the oldest of them", _age(oldest, now))
    gauge(registry, "segue_workers", "Workers heard of in the last ten seconds", house.inbox.workers(now))
    gauge(registry, "segue_encoder_up", "Whether the encoder answers", _hears(house))
    gauge(registry, "segue_mail_set", "Whether mail can leave", house.entry.has_mail)
    gauge(registry, "segue_mails_suspended", "Mails that were set aside", MailStore(house.db).suspended_count())
    measure_mail(house, registry, now)
    for name, value in house.conversations.counts().items():
        gauge(registry, f"segue_conversations_{name}", f"Open conversations: {name}", value)
    is_open = from_thread.run(house.front_door.is_open)
    gauge(registry, "segue_accepting", "Whether a message would be taken now", is_open)
    watch = Watch(house.db)
    _backlogs(watch, registry, now)
    gauge(registry, "segue_backup_age_seconds", "Age of the last whole backup", _age(watch.backed_up(), now))
    _watch(watch, registry, now, watch.not_there(house.front_door.acknowledged(now - LATELY), now))


def _backlogs(watch: Watch, registry: CollectorRegistry, now: datetime) -> None:
    backlogs = watch.backlogs(now)
    counts, ages = {q: n for q, (n, _) in backlogs.items()}, {q: _age(since, now) for q, (_, since) in backlogs.items()}
    gauges(registry, "segue_queue_waiting", "What should have been done by itself by now", "queue", counts)
    gauges(registry, "segue_queue_oldest_seconds", "How late the latest of it is", "queue", ages)


def _watch(watch: Watch, registry: CollectorRegistry, now: datetime, lost: int) -> None:
    """Of the last fifteen minutes. `lost`: messages that this process said yes to, and that are not there."""
    broken = watch.broken(now) | {"R10": lost}
    gauges(registry, "segue_promises_broken", "How often a line of trust was broken lately", "line", broken)
    gauges(registry, "segue_turns", "Messages decided lately, by what was decided", "action", watch.turns(now))
    gauges(registry, "segue_decision_seconds", "From a message to its decision, lately", "quantile", watch.waits(now))
    gauge(registry, "segue_given_up", "Messages that went to people unconsidered", watch.given_up(now))


def _hears(house: Rooms) -> bool:
    """An encoder in this process always answers."""
    encoder = house.library.encoder
    return not isinstance(encoder, EncoderClient) or encoder.answers(GREETED_WITHIN)


def _age(since: datetime | None, now: datetime) -> float:
    return max(0.0, (now - since).total_seconds()) if since else 0.0


def _state(house: Rooms) -> dict[str, Any]:
    is_open, now = from_thread.run(house.front_door.is_open), datetime.now(UTC)  # first: it waits least
    count, oldest = house.conversations.undecided(now)
    hears, made_with, runs = _hears(house), Anew(house.db).made_with(), version_known(house.library.encoder)
    checks = {
        "database": True,
        "accepting": is_open,
        "workers": house.inbox.workers(now) > 0,
        "encoder": hears,
        "policy": house.workspace.live_policy() is not None,
        "inbox": oldest is None or now - oldest < TOO_LONG,
        "vectors": made_with in (None, runs) or runs is None,
    }
    has_learnt = house.workspace.head_version("intents") is not None
    encoder = {"made_with": made_with, "runs": runs, "reads_anew": Anew(house.db).progress()}
    return {"checks": checks, "undecided": count, "has_learnt": has_learnt, "encoder": encoder}
