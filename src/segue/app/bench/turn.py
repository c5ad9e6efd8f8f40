"""What a turn costs: considering against the encoder's own forward pass, and the whole turn from claim to commit.

Three kinds of message stand for all: one that is answered, one that a person gets with a briefing, one that follows up.
Each is taken alone, as in a quiet hour, and where others wait with it, as under load: with the encoder in this process,
for there all that a turn costs can be added up. What a customer waits for is measured with the encoder in a process of
its own, as `segue up` has it.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import numpy as np

from segue.app.bench.load import FORTY_TOKENS
from segue.app.demo.seed import seed
from segue.app.door import House, open_house
from segue.app.mind import Mind
from segue.app.replay.watching import TimedEncoder
from segue.app.running import settle
from segue.app.settings import Settings
from segue.app.up import environment
from segue.domain.conversation import Channel
from segue.domain.ids import new_id
from segue.domain.turn import Lease, Turn
from segue.intake.worker import READ_AHEAD
from segue.knowledge.encoder import MiniLM
from segue.knowledge.encoder_service import EncoderClient, is_heard
from segue.store.inbox import Arrival

WARM = 20
BY_THE_CLOCK = ("lasted_ms", "pass_ms", "lasted_ratio")
KINDS: dict[str, tuple[str, ...]] = {
    "answered": ("{}",),
    "handed_over": ("{} I would like to talk to a person about it.",),
    "follow_up": ("{}", "That did not help. {}"),
}
"""What the customer writes, each about one of FORTY_TOKENS; the last message is the one that is measured."""


def run(at: Settings, turns: int = 200) -> dict[str, Any]:
    """Medians in milliseconds a message, by kind, of CPU and by the clock. `ratio` is considering over the forward pass
    inside it; `waiting` is the same of messages of which READ_AHEAD wait together. `apart`: by the clock alone, one
    message at a time and the encoder in a process of its own, over the same model's pass over the same text here."""
    encoder = TimedEncoder(MiniLM())
    house = open_house(at, encoder)
    seed(house, datetime.now(UTC))
    figures = measure(house, encoder, turns)
    waiting = measure(house, encoder, turns, READ_AHEAD)
    with _encoder_apart(at) as asked:
        apart = measure(replace(house, encoder=asked), encoder, turns)
    house.db.close()
    by_the_clock = {kind: {name: of[name] for name in BY_THE_CLOCK} for kind, of in apart.items()}
    return {**figures, "waiting": {"together": READ_AHEAD, **waiting}, "apart": by_the_clock}


@contextmanager
def _encoder_apart(at: Settings) -> Iterator[EncoderClient]:
    path = at.data / "bench.sock"
    process = subprocess.Popen([sys.executable, "-m", "segue", "encoder", "--socket", str(path)], env=environment(at))
    try:
        while not is_heard(path) and process.poll() is None:
            time.sleep(0.05)
        asked = EncoderClient(path)
        yield asked
        asked.close()
    finally:
        process.terminate()
        process.wait()


def measure(house: House, encoder: TimedEncoder, turns: int, waiting: int = 1) -> dict[str, Any]:
    """`considered`, `forward` and `whole` are CPU of this process; `database` is the server's share of the whole turn.
    Where the house has another encoder than `encoder`, this one reads the same text behind each turn."""
    mind = Mind(house)
    settle()  # as a worker does
    with house.db.kept():
        return {kind: _measured(house, mind, encoder, said, turns, waiting) for kind, said in KINDS.items()}


def _measured(
    house: House, mind: Mind, encoder: TimedEncoder, said: tuple[str, ...], turns: int, waiting: int
) -> dict[str, Any]:
    figures: dict[str, list[float]] = {name: [] for name in ("considered", "forward", "whole", "lasted", "pass")}
    about = cycle(FORTY_TOKENS)
    for n in range(WARM + turns // waiting):
        if n == WARM:
            served = server_cpu(house)
        costs = _turns(
            house, mind, encoder, [[text.format(matter) for text in said] for matter in islice(about, waiting)]
        )
        for name, cost in zip(figures, costs, strict=True) if n >= WARM else ():
            figures[name].append(cost / waiting)
    ms = {f"{name}_ms": round(float(np.median(seconds)) * 1e3, 3) for name, seconds in figures.items()}
    database = (server_cpu(house) - served) / (turns // waiting * waiting) * 1e3
    return {
        **ms, "database_ms": round(database, 3), "ratio": round(ms["considered_ms"] / ms["forward_ms"], 3),
        "lasted_ratio": round(ms["lasted_ms"] / ms["pass_ms"], 3),
    }  # fmt: skip


def _turns(house: House, mind: Mind, encoder: TimedEncoder, told: list[list[str]]) -> tuple[float, ...]:
    """CPU seconds of considering the last message of each of `told`, which wait together, of the encoder within, and
    of the turns from claim to commit; by the clock, considering and the encoder."""
    conversations = [_told(house, mind, texts[:-1]) for texts in told]
    for texts, conversation in zip(told, conversations, strict=True):
        _write(house, texts[-1], conversation)
    begin, spent, lasted = time.process_time(), encoder.spent, encoder.lasted
    leases = house.inbox.claim(datetime.now(UTC), len(told))
    considering, since = time.process_time(), time.perf_counter()
    turns = _considered(mind, leases)
    considered, took = time.process_time() - considering, time.perf_counter() - since
    _commit(house, mind, leases, turns)
    whole = time.process_time() - begin
    if house.encoder is not encoder:
        encoder.encode([turn.assessment.text for turn in turns if turn.assessment])
    return considered, encoder.spent - spent, whole, took, encoder.lasted - lasted


def _told(house: House, mind: Mind, texts: list[str]) -> str | None:
    """The conversation in which so much was said and considered before; None for a new one."""
    conversation: str | None = None
    for text in texts:
        conversation = _write(house, text, conversation)
        leases = house.inbox.claim(datetime.now(UTC))
        _commit(house, mind, leases, _considered(mind, leases))
    return conversation


def _considered(mind: Mind, leases: list[Lease]) -> list[Turn]:
    """As a worker does it."""
    if len(leases) > 1:
        mind.receiver.read_ahead([lease.conversation for lease in leases])
    return [mind.receiver.consider(lease.conversation, datetime.now(UTC)) for lease in leases]


def _commit(house: House, mind: Mind, leases: list[Lease], turns: list[Turn]) -> None:
    now = datetime.now(UTC)
    house.inbox.commit([mind.receiver.ready(*both, now) for both in zip(leases, turns, strict=True)], now)


def _write(house: House, text: str, conversation: str | None) -> str:
    """From a new customer each time, so that nobody has asked before."""
    now = datetime.now(UTC)
    arrival = Arrival(text, Channel.CHAT, conversation, external_id=new_id("ben", now), is_verified=True)
    return house.inbox.accept(arrival, now).conversation_id


def server_cpu(house: House) -> float:
    """CPU seconds so far of the server's processes that serve us; 0 where they are not on this machine."""
    rows = house.db.all("select pid from pg_stat_activity where datname = current_database()")
    return sum(_spent_by(row.pid) for row in rows)


def server_memory(house: House) -> float:
    """MB that the server's processes have which serve us, what they share counted once; 0 where they are elsewhere."""
    rows = house.db.all("select pid from pg_stat_activity where datname = current_database()")
    return sum(_share_of(row.pid) for row in rows)


def _share_of(pid: int) -> float:
    try:
        told = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0.0
    return int(next(line for line in told.splitlines() if line.startswith("Pss:")).split()[1]) / 1024


def _spent_by(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
