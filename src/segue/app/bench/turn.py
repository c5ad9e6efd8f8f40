"""What considering costs: the whole turn against the encoder's own forward pass, in CPU time of this process."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from segue.app.bench.load import FORTY_TOKENS
from segue.app.demo.seed import seed
from segue.app.door import House, Mind, open_house
from segue.app.replay.watching import TimedEncoder
from segue.app.settings import Settings
from segue.domain.conversation import Channel, Conversation
from segue.knowledge.encoder import MiniLM
from segue.store.inbox import Arrival


def run(at: Settings, turns: int = 300) -> dict[str, Any]:
    """Medians in CPU milliseconds. `ratio` is the turn over the forward pass inside the same turns."""
    encoder = TimedEncoder(MiniLM())
    house = open_house(at, encoder)
    seed(house, datetime.now(UTC))
    figures = measure(house, encoder, turns)
    house.db.close()
    return figures


def measure(house: House, encoder: TimedEncoder, turns: int) -> dict[str, Any]:
    receiver = Mind(house).receiver
    conversation = _waiting(house)
    now = datetime.now(UTC)
    for _ in range(20):
        receiver.consider(conversation, now)
    whole, forward, served = list[float](), list[float](), server_cpu(house)
    for _ in range(turns):
        spent = encoder.spent
        whole.append(_cpu(lambda: receiver.consider(conversation, now)))
        forward.append(encoder.spent - spent)
    served = server_cpu(house) - served
    ms = {"turn": _median(whole), "forward": _median(forward), "rest": _median(whole) - _median(forward)}
    return {
        **{f"{name}_cpu_ms": round(value, 3) for name, value in ms.items()},
        "ratio": round(ms["turn"] / ms["forward"], 3),
        "database_cpu_ms": round(served / turns * 1e3, 3),
    }


def _waiting(house: House) -> Conversation:
    arrival = Arrival(FORTY_TOKENS, Channel.CHAT, external_id="con_grace", is_verified=True)
    house.inbox.accept(arrival, datetime.now(UTC))
    return house.inbox.claim(datetime.now(UTC))[0].conversation


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


def _cpu(work: Callable[[], object]) -> float:
    begin = time.process_time()
    work()
    return time.process_time() - begin


def _median(seconds: list[float]) -> float:
    return float(np.median(seconds)) * 1e3
