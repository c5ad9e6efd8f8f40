"""`segue load`: traffic on a whole house, in a database of its own; figures by the clock, from the due time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from typing import Any

from segue.app.bench.turn import server_cpu
from segue.app.demo.seed import seed
from segue.app.door import House, open_house
from segue.app.load.customers import LISTENS, Customers
from segue.app.load.figures import figures_of
from segue.app.load.house import Running, running
from segue.app.load.lag import Lag
from segue.app.load.people import Agents
from segue.app.load.plan import FOLLOWS, Due, Profile, arrivals
from segue.app.load.wire import Wire
from segue.app.settings import Settings
from segue.store.workspace import Workspace
from segue.web.doors import COOKIE, SCOPES, new_secret

PATIENCE = 300.0
"""Seconds that the backlog may take to go when no more comes."""
KNEE = (5, 10, 20, 30, 40, 60, 80, 120, 160)
"""Messages a second that are tried, one after the other, until the bars are missed."""
OF_CURVE = ("sent", "refused", "lost", "backlog_gone_s", "cores", "lag_p99_ms", "is_void")


Tell = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class Stage:
    """What a run needs of the house besides its door."""

    house: House
    key: str
    texts: tuple[str, ...]
    past: tuple[tuple[str, str], ...]
    """Conversations, each with its customer's id."""
    sessions: dict[str, str]
    """The cookie of each agent."""


def run(at: Settings, profile: Profile, seed_of_plan: int, tell: Tell = lambda line: None) -> dict[str, Any]:
    """Figures of one profile. `is_void`: the generator itself was late, and nothing of it holds."""
    tell("Loading the demo company and starting the house.")
    stage = stage_of(at)
    with running(at) as up:
        tell(f"{profile.per_second:g} messages a second for {profile.seconds:g} s, {profile.chats} pages.")
        figures = _measured(stage, up, profile, seed_of_plan)
    stage.house.db.close()
    return figures


def knee(
    at: Settings, profile: Profile, seed_of_plan: int, tell: Tell = lambda line: None, seconds: float = 30
) -> dict[str, Any]:
    """The greatest rate at which the bars of `profile` still hold, each rate tried for `seconds`."""
    stage, curve, held = stage_of(at), dict[str, dict[str, Any]](), 0.0
    with running(at) as up:
        for n, rate in enumerate(KNEE):
            tell(f"{rate} messages a second for {seconds:g} s.")
            tried = replace(profile, per_second=rate, seconds=seconds)
            figures = _measured(stage, up, tried, seed_of_plan + n)
            curve[f"{rate}/s"] = {name: figures[name] for name in OF_CURVE} | {
                "accept_p50_ms": figures["accept_ms"]["p50"], "accept_p99_ms": figures["accept_ms"]["p99"],
                "first_reply_p95_ms": figures["first_reply_ms"]["p95"],
                "broke": ", ".join(name for name, held in figures["bars"].items() if not held),
            }  # fmt: skip
            if not figures["holds"]:
                break
            held = rate
    stage.house.db.close()
    return {"knee_per_second": held, "curve": curve}


def stage_of(at: Settings) -> Stage:
    house, key = open_house(at), new_secret("sk")
    seed(house, datetime.now(UTC))
    Workspace(house.db).put_key("load", key, SCOPES, datetime.now(UTC))
    rows = house.db.all(
        "select c.id, p.external_id as who from conversations c join contacts p on p.id = c.contact_id"
        " where p.is_verified and p.external_id is not null order by c.id desc limit 500"
    )
    sessions = {agent.id: new_secret("ses") for agent in house.workspace.agents()}
    for agent, token in sessions.items():
        house.workspace.begin_session(token, agent, datetime.now(UTC))
    return Stage(
        house, key, tuple(example.text for example in house.knowledge.examples()),
        tuple((row.id, row.who) for row in rows), {agent: f"{COOKIE}={token}" for agent, token in sessions.items()},
    )  # fmt: skip


def _measured(stage: Stage, up: Running, profile: Profile, seed_of_plan: int) -> dict[str, Any]:
    plan = arrivals(profile, stage.texts, seed_of_plan)
    return asyncio.run(_play(stage, up, profile, plan, seed_of_plan))


async def _play(
    stage: Stage, up: Running, profile: Profile, plan: Sequence[Due], seed_of_plan: int
) -> dict[str, Any]:  # fmt: skip
    wire, lag = Wire(up.port, stage.key), Lag()
    customers = Customers(wire, plan, key_of(stage.house), f"{seed_of_plan}-{time.time_ns()}", max(profile.chats, 1))
    agents = Agents(wire, list(stage.sessions), stage.sessions, profile.agents, seed_of_plan)
    beside = [asyncio.create_task(customers.watch())]
    newcomers = round(profile.per_second * (1 - FOLLOWS) * LISTENS)
    standing = profile.chats - min(newcomers, profile.chats // 2)  # the pages of who writes first open meanwhile
    await customers.listen([stage.past[n % len(stage.past)] for n in range(standing)])
    await asyncio.sleep(2)
    beside.append(asyncio.create_task(lag.measure()))
    begin, spent = time.monotonic(), _spent(stage.house, up)
    beside.append(asyncio.create_task(agents.work(begin + profile.seconds)))
    await customers.write(begin)
    pages = customers.pages
    backlog = await _drained(stage.house)
    lasted, by = max(time.monotonic() - begin, 1e-9), _spent(stage.house, up)
    rss = up.cost()[1]
    await asyncio.sleep(1)
    for task in beside:
        task.cancel()
    customers.leave()
    wire.close()
    cores = {part: round((by[part] - spent.get(part, 0.0)) / lasted, 2) for part in by}
    return figures_of(profile, customers, agents, lag, lost(stage.house, customers.promised), backlog) | {
        "pages": pages, "cores": cores, "busiest": max((p for p in cores if p != "generator"), key=lambda p: cores[p]),
        "rss_mb": {part: round(mb) for part, mb in rss.items()},
    }  # fmt: skip


def _spent(house: House, up: Running) -> dict[str, float]:
    """CPU seconds so far, by part of the house, and our own."""
    return up.cost()[0] | {"database": server_cpu(house), "generator": time.process_time()}


async def _drained(house: House) -> float | None:
    """Seconds until nothing waits any more; None where it still does after `PATIENCE`."""
    begin = time.monotonic()
    while (await asyncio.to_thread(house.inbox.backlog))[0]:
        if time.monotonic() - begin > PATIENCE:
            return None
        await asyncio.sleep(0.5)
    return round(time.monotonic() - begin, 1)


def lost(house: House, promised: dict[str, int]) -> int:
    """Acknowledged messages that are not stored."""
    rows = house.db.all(
        "select conversation_id as id, count(*) as n from messages where author = 'customer'"
        " and conversation_id = any(%(ids)s) group by 1",
        {"ids": list(promised)},
    )
    stored = {row.id: row.n for row in rows}
    return sum(max(0, n - stored.get(conversation, 0)) for conversation, n in promised.items())


def key_of(house: House) -> Any:
    now = datetime.now(UTC)
    return cache(lambda who: house.identity.sign(who, now))
