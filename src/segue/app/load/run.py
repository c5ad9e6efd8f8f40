"""`segue load`: traffic on a whole house, in a database of its own; figures by the clock, from the due time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from segue.app.bench.turn import server_cpu
from segue.app.demo.seed import seed
from segue.app.door import House, open_house
from segue.app.load.customers import Customers
from segue.app.load.figures import figures_of
from segue.app.load.house import Running, running
from segue.app.load.lag import Lag
from segue.app.load.people import Agents
from segue.app.load.plan import Due, Profile, arrivals
from segue.app.load.wire import Wire
from segue.app.settings import Settings
from segue.store.workspace import Workspace
from segue.web.doors import SCOPES, new_secret
from segue.web.guest import CHAT

PATIENCE = 300.0
"""Seconds that the backlog may take to go when no more comes."""
KNEE = (5, 10, 20, 30, 40, 60, 80, 120, 160)
"""Messages a second that are tried, one after the other, until the bars are missed."""


@dataclass(frozen=True, slots=True)
class Stage:
    """What a run needs of the house besides its door."""

    house: House
    key: str
    texts: tuple[str, ...]
    past: tuple[str, ...]
    agents: tuple[str, ...]


def run(at: Settings, profile: Profile, seed_of_plan: int) -> dict[str, Any]:
    """Figures of one profile. `is_void`: the generator itself was late, and nothing of it holds."""
    stage = _stage(at)
    with running(at) as up:
        figures = _measured(stage, up, profile, seed_of_plan)
    stage.house.db.close()
    return figures


def knee(at: Settings, profile: Profile, seed_of_plan: int, seconds: float = 30) -> dict[str, Any]:
    """The greatest rate at which the bars of `profile` still hold, each rate tried for `seconds`."""
    stage, found, held = _stage(at), [], 0.0
    with running(at) as up:
        for n, rate in enumerate(KNEE):
            tried = replace(profile, per_second=rate, seconds=seconds, chats=profile.chats if n == 0 else 0)
            figures = _measured(stage, up, tried, seed_of_plan + n)
            found.append({"per_second": rate, **{k: figures[k] for k in ("accept_ms", "first_reply_ms", "is_void")}})
            if not figures["holds"]:
                break
            held = rate
    stage.house.db.close()
    return {"knee_per_second": held, "tried": found}


def _stage(at: Settings) -> Stage:
    house, key = open_house(at), new_secret("sk")
    seed(house, datetime.now(UTC))
    Workspace(house.db).put_key("load", key, SCOPES, datetime.now(UTC))
    rows = house.db.all("select id from conversations order by id desc limit 500")
    return Stage(
        house, key, tuple(example.text for example in house.knowledge.examples()), tuple(row.id for row in rows),
        tuple(agent.id for agent in house.workspace.agents()),
    )  # fmt: skip


def _measured(stage: Stage, up: Running, profile: Profile, seed_of_plan: int) -> dict[str, Any]:
    plan = arrivals(profile, stage.texts, seed_of_plan)
    return asyncio.run(_play(stage, up, profile, plan, seed_of_plan))


async def _play(
    stage: Stage, up: Running, profile: Profile, plan: Sequence[Due], seed_of_plan: int
) -> dict[str, Any]:  # fmt: skip
    wire, lag = Wire(up.port, stage.key), Lag()
    customers = Customers(wire, plan, _key_of(stage.house), f"{seed_of_plan}-{time.time_ns()}")
    agents = Agents(wire, list(stage.agents), profile.agents, seed_of_plan)
    beside = [asyncio.create_task(customers.watch())]
    await customers.listen(stage.past, profile.chats)
    await asyncio.sleep(2)
    beside.append(asyncio.create_task(lag.measure()))
    begin, spent = time.monotonic(), up.cost()[0] + server_cpu(stage.house)
    beside.append(asyncio.create_task(agents.work(begin + profile.seconds)))
    await customers.write(begin)
    wrote = time.monotonic() - begin
    pages = customers.pages
    backlog = await _drained(stage.house)
    cpu, rss = up.cost()
    await asyncio.sleep(1)
    for task in beside:
        task.cancel()
    customers.leave()
    wire.close()
    return figures_of(profile, customers, agents, lag) | {
        "lost": _lost(stage.house, customers.promised), "pages": pages, "backlog_gone_s": backlog,
        "cpu_share_of_a_core": round((cpu + server_cpu(stage.house) - spent) / max(wrote + (backlog or 0), 1e-9), 2),
        "rss_mb": round(rss),
    }  # fmt: skip


async def _drained(house: House) -> float | None:
    """Seconds until nothing waits any more; None where it still does after `PATIENCE`."""
    begin = time.monotonic()
    while (await asyncio.to_thread(house.inbox.backlog))[0]:
        if time.monotonic() - begin > PATIENCE:
            return None
        await asyncio.sleep(0.5)
    return round(time.monotonic() - begin, 1)


def _lost(house: House, promised: dict[str, int]) -> int:
    """Acknowledged messages that are not stored."""
    rows = house.db.all(
        "select conversation_id as id, count(*) as n from messages where author = 'customer'"
        " and conversation_id = any(%(ids)s) group by 1",
        {"ids": list(promised)},
    )
    stored = {row.id: row.n for row in rows}
    return sum(max(0, n - stored.get(conversation, 0)) for conversation, n in promised.items())


def _key_of(house: House) -> Any:
    now = datetime.now(UTC)
    return lambda c: f"{CHAT}={house.identity.sign(c, now, cnv=c, who='')}"
