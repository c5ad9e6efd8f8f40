"""`segue load`: traffic on a whole house, in a database of its own; figures by the clock, from the due time."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from typing import Any

from segue.app.bench.turn import server_cpu, server_memory
from segue.app.demo.seed import let_go_at_once, seed
from segue.app.door import House, open_house
from segue.app.load import apart
from segue.app.load.customers import LISTENS
from segue.app.load.figures import Played, figures_of, of_curve, of_desks
from segue.app.load.house import Running, running
from segue.app.load.people import Seat
from segue.app.load.plan import FOLLOWS, LADDERS, Due, Profile, arrivals
from segue.app.settings import Settings
from segue.domain.people import Agent
from segue.store.workspace import Workspace
from segue.web.doors import COOKIE, SCOPES, new_secret

PATIENCE = 300.0
"""Seconds that the backlog may take to go when no more comes."""
SETTLES = 2.0
"""Seconds that open pages are given before the first message."""

Tell = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class Stage:
    """What a run needs of the house besides its door."""

    house: House
    key: str
    texts: tuple[str, ...]
    past: tuple[tuple[str, str], ...]
    """Conversations, each with its customer's id."""
    seats: tuple[Seat, ...]


def run(at: Settings, profile: Profile, seed_of_plan: int, tell: Tell = lambda line: None) -> dict[str, Any]:
    """Figures of one profile. `is_void`: the generator itself was late, and nothing of it holds."""
    tell("Loading the demo company and starting the house.")
    stage = stage_of(at, profile.agents)
    with running(at) as up:
        tell(f"{profile.per_second:g} messages a second for {profile.seconds:g} s, {profile.chats} pages.")
        figures = _measured(stage, up, profile, seed_of_plan)
    stage.house.db.close()
    return figures


def knee(at: Settings, profile: Profile, seed_of_plan: int, tell: Tell = lambda line: None) -> dict[str, Any]:
    """The greatest rates at which the bars of `profile` still hold, and at which the generator kept up and nothing was
    refused or lost; each rate of its ladder is tried for the profile's seconds. The step after that is the last, and
    says what stopped it."""
    stage, curve, held, borne, stopped = stage_of(at, profile.agents), dict[str, dict[str, Any]](), 0.0, 0.0, ""
    with running(at) as up:
        for n, rate in enumerate(LADDERS[profile.name]):
            tell(f"{rate} messages a second for {profile.seconds:g} s.")
            figures = _measured(stage, up, replace(profile, per_second=rate), seed_of_plan + n)
            curve[f"{rate}/s"] = of_curve(figures)
            tell(f"{rate}/s: accept p99 {figures['accept_ms']['p99']:g} ms, own lag {figures['lag_p99_ms']:g} ms,"
                 f" {sum(figures['rss_mb'].values()):g} MB; {figures['stopped_by'] or 'borne'}.")  # fmt: skip
            held = rate if figures["holds"] else held
            if not figures["is_borne"]:
                stopped = figures["stopped_by"]
                break
            borne = rate
    stage.house.db.close()
    return {
        "bars_hold_up_to_per_second": held, "knee_per_second": borne,
        "stopped_by": stopped or "nothing: the ladder ended here", "curve": curve,
    }  # fmt: skip


def desks(
    at: Settings, profile: Profile, several: Sequence[int], seed_of_plan: int, tell: Tell = lambda line: None
) -> dict[str, Any]:
    """How soon desks show what happens, by how many of them are open: one number after the other in one house, which
    fills meanwhile, each for the profile's seconds."""
    stage, curve = stage_of(at, max(several)), dict[str, dict[str, Any]]()
    with running(at) as up:
        for n, number in enumerate(several):
            tell(f"{number} desks for {profile.seconds:g} s.")
            seated = replace(stage, seats=stage.seats[:number])
            figures = _measured(seated, up, replace(profile, agents=number), seed_of_plan + n)
            curve[str(number)] = of_desks(figures)
            news = figures["news_to_desk_list_ms"]
            tell(f"{number} desks: news in a list after {news['p50']:g} ms (p50), {news['p99']:g} ms (p99).")
    stage.house.db.close()
    return {"desks": curve}


def stage_of(at: Settings, agents: int = 0) -> Stage:
    """With so many agents, each in a seat of their own."""
    house, key = open_house(at), new_secret("sk")
    seed(house, datetime.now(UTC))
    let_go_at_once(house, datetime.now(UTC))
    Workspace(house.db).put_key("load", key, SCOPES, datetime.now(UTC))
    rows = house.db.all(
        "select c.id, p.external_id as who from conversations c join contacts p on p.id = c.contact_id"
        " where p.is_verified and p.external_id is not null order by c.id desc limit 500"
    )
    texts = tuple(example.text for example in house.knowledge.examples())
    return Stage(house, key, texts, tuple((row.id, row.who) for row in rows), _seats(house, agents))


def _seats(house: House, several: int) -> tuple[Seat, ...]:
    now, seats = datetime.now(UTC), list[Seat]()
    for n in range(several):
        agent = Agent(f"agt_load_{n}", f"Agent {n}", f"agent-{n}@ledgerly.example")
        house.workspace.put_agent(agent, now)
        token = new_secret("ses")
        house.workspace.begin_session(token, agent.id, now)
        seats.append(Seat(agent.id, f"{COOKIE}={token}"))
    return tuple(seats)


def _measured(stage: Stage, up: Running, profile: Profile, seed_of_plan: int) -> dict[str, Any]:
    plan = arrivals(profile, stage.texts, seed_of_plan)
    with ExitStack() as open_processes:
        crowd = apart.Player(apart.customers, _crowd(stage, up, profile, plan, f"{seed_of_plan}-{time.time_ns()}"))
        open_processes.callback(crowd.end)
        shift = apart.Player(apart.agents, apart.Shift(up.port, stage.key, stage.seats, seed_of_plan))
        open_processes.callback(shift.end)
        return _played(stage, up, profile, crowd, shift)


def _played(stage: Stage, up: Running, profile: Profile, crowd: apart.Player, shift: apart.Player) -> dict[str, Any]:
    for player in (crowd, shift):
        player.hear()
    time.sleep(SETTLES)
    begin, spent = time.monotonic() + 0.2, _spent(stage.house, up)
    for player in (crowd, shift):
        player.say((begin, begin + profile.seconds))
    crowd.hear(profile.seconds + apart.PATIENCE)
    backlog = _drained(stage.house)
    lasted, by = max(time.monotonic() - begin, 1e-9), _spent(stage.house, up)
    rss = up.cost()[1] | {"database": server_memory(stage.house)}
    time.sleep(1)
    for player in (crowd, shift):
        player.say("stop")
    (heard, of_crowd), (worked, of_shift) = crowd.hear(), shift.hear()
    cores = {part: round((by[part] - spent.get(part, 0.0)) / lasted, 2) for part in by}
    cores["generator"] = round((of_crowd.cpu + of_shift.cpu) / lasted, 2)
    played = Played(heard, worked, of_crowd, of_shift, lost(stage.house, heard.promised), backlog, cores)
    return figures_of(profile, played) | {"rss_mb": {part: round(mb) for part, mb in rss.items()}}


def _crowd(stage: Stage, up: Running, profile: Profile, plan: Sequence[Due], name: str) -> apart.Crowd:
    newcomers = min(round(profile.per_second * (1 - FOLLOWS) * LISTENS), profile.chats // 2)
    past = [stage.past[n % len(stage.past)] for n in range(profile.chats)]  # and those of who writes come on top
    sign = key_of(stage.house)
    names = [f"{name}-{n}" for n, due in enumerate(plan) if due.begun_by is None]
    keys = {who: sign(who) for who in (*names, *{who for _, who in past})}
    return apart.Crowd(up.port, stage.key, plan, keys, name, max(newcomers, 1), past)


def _spent(house: House, up: Running) -> dict[str, float]:
    """CPU seconds so far, by part of the house."""
    return up.cost()[0] | {"database": server_cpu(house)}


def _drained(house: House) -> float | None:
    """Seconds until nothing waits any more; None where it still does after `PATIENCE`."""
    begin = time.monotonic()
    while house.inbox.backlog()[0]:
        if time.monotonic() - begin > PATIENCE:
            return None
        time.sleep(0.5)
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
