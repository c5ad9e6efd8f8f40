"""What a turn costs: considering against the encoder's own forward pass, and the whole turn from claim to commit.

Three messages stand for all: one that is answered, one that a person gets with a briefing, one that follows up.
"""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from segue.app.bench.load import FORTY_TOKENS
from segue.app.demo.seed import seed
from segue.app.door import House, open_house
from segue.app.mind import Mind
from segue.app.replay.watching import TimedEncoder
from segue.app.settings import Settings
from segue.domain.conversation import Channel
from segue.domain.ids import new_id
from segue.domain.turn import Lease
from segue.knowledge.encoder import MiniLM
from segue.store.inbox import Arrival

WARM = 20
KINDS = {
    "answered": (FORTY_TOKENS,),
    "handed_over": (f"{FORTY_TOKENS} I would like to talk to a person about it.",),
    "follow_up": (FORTY_TOKENS, f"That did not help. {FORTY_TOKENS}"),
}
"""What the customer writes; the last message is the one that is measured."""


def run(at: Settings, turns: int = 200) -> dict[str, Any]:
    """Medians in CPU milliseconds, by kind of message. `ratio` is considering over the forward pass inside it."""
    encoder = TimedEncoder(MiniLM())
    house = open_house(at, encoder)
    seed(house, datetime.now(UTC))
    figures = measure(house, encoder, turns)
    house.db.close()
    return figures


def measure(house: House, encoder: TimedEncoder, turns: int) -> dict[str, Any]:
    """`considered`, `forward` and `whole` are of this process; `database` is the server's share of the whole turn."""
    mind = Mind(house)
    with house.db.kept():
        return {kind: _measured(house, mind, encoder, said, turns) for kind, said in KINDS.items()}


def _measured(house: House, mind: Mind, encoder: TimedEncoder, said: tuple[str, ...], turns: int) -> dict[str, Any]:
    figures: dict[str, list[float]] = {name: [] for name in ("considered", "forward", "whole")}
    for n in range(WARM + turns):
        if n == WARM:
            served = server_cpu(house)
        costs = _turn(house, mind, encoder, said)
        for name, cost in zip(figures, costs, strict=True) if n >= WARM else ():
            figures[name].append(cost)
    ms = {f"{name}_ms": round(float(np.median(seconds)) * 1e3, 3) for name, seconds in figures.items()}
    database = (server_cpu(house) - served) / turns * 1e3
    return {**ms, "database_ms": round(database, 3), "ratio": round(ms["considered_ms"] / ms["forward_ms"], 3)}


def _turn(house: House, mind: Mind, encoder: TimedEncoder, said: tuple[str, ...]) -> tuple[float, float, float]:
    """CPU seconds of considering the last of `said`, of the encoder within, and of the turn from claim to commit."""
    conversation: str | None = None
    for text in said[:-1]:
        conversation = _write(house, text, conversation)
        _commit(house, mind, house.inbox.claim(datetime.now(UTC))[0])
    _write(house, said[-1], conversation)
    begin, spent = time.process_time(), encoder.spent
    lease = house.inbox.claim(datetime.now(UTC))[0]
    considering = time.process_time()
    turn = mind.receiver.consider(lease.conversation, datetime.now(UTC))
    considered = time.process_time() - considering
    house.inbox.commit([mind.receiver.ready(lease, turn, datetime.now(UTC))], datetime.now(UTC))
    return considered, encoder.spent - spent, time.process_time() - begin


def _write(house: House, text: str, conversation: str | None) -> str:
    """From a new customer each time, so that nobody has asked before."""
    now = datetime.now(UTC)
    arrival = Arrival(text, Channel.CHAT, conversation, external_id=new_id("ben", now), is_verified=True)
    return house.inbox.accept(arrival, now).conversation_id


def _commit(house: House, mind: Mind, lease: Lease) -> None:
    now = datetime.now(UTC)
    turn = mind.receiver.consider(lease.conversation, now)
    house.inbox.commit([mind.receiver.ready(lease, turn, now)], now)


def server_cpu(house: House) -> float:
    """CPU seconds so far of the server's processes that serve us; 0 where they are not on this machine."""
    rows = house.db.all("select pid from pg_stat_activity where datname = current_database()")
    return sum(_spent_by(row.pid) for row in rows)


def _spent_by(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
