"""Whether a turn stays as cheap as the past grows: the same turn with 1 k, 10 k and 100 k past conversations."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from segue.app.bench.load import texts
from segue.app.bench.turn import KINDS, measure
from segue.app.demo.seed import seed
from segue.app.door import House, open_house
from segue.app.replay.watching import TimedEncoder
from segue.app.settings import Settings
from segue.domain.conversation import Author, Channel, Message
from segue.domain.ids import new_id
from segue.domain.ports import DIMENSIONS, Vector
from segue.knowledge.encoder import MiniLM
from segue.store.history import PastConversation, bring_in

SIZES = (1_000, 10_000, 100_000)


def run(at: Settings, turns: int = 200, sizes: tuple[int, ...] = SIZES) -> dict[str, Any]:
    """CPU milliseconds a turn from claim to commit, by size and kind of message; `flat` is, for each kind, the largest
    over the smallest whole turn with the database's share."""
    encoder = TimedEncoder(MiniLM())
    house = open_house(at, encoder)
    seed(house, datetime.now(UTC))
    house.db.run("delete from resolutions where at < now()")  # the demo's own past would make all sizes alike
    figures, had = dict[str, dict[str, Any]](), 0
    for size in sizes:
        bring_in(house.db, past(house, size - had), "bench")
        had = size
        house.db.run("vacuum analyze")
        figures[f"past_{size}"] = measure(house, encoder, turns)
    house.db.close()
    return {**figures, "flat": {kind: _flat([f[kind] for f in figures.values()]) for kind in KINDS}}


def _flat(costs: list[dict[str, float]]) -> float:
    whole = [cost["whole_ms"] + cost["database_ms"] for cost in costs]
    return round(max(whole) / min(whole), 3)


def past(house: House, size: int) -> Iterator[PastConversation]:
    """Conversations whose vectors lie near real ones, so that the index has real work to do."""
    seen = np.stack([x.vector for x in house.knowledge.examples()])
    random, now, spoken = np.random.default_rng(7), datetime.now(UTC), texts()
    for n in range(size):
        at = now - timedelta(minutes=5 + n)
        message = Message(1, Author.CUSTOMER, next(spoken), at)
        yield PastConversation(
            new_id("cnv", at), f"con_{('grace', 'ada', 'nadia')[n % 3]}", None, Channel.CHAT, (message,),
            _near(seen[n % len(seen)], random), None, None, "assistant", at, "It was explained.", "durable",
            encoder=house.encoder.version,
        )  # fmt: skip


def _near(vector: Vector, random: np.random.Generator) -> Vector:
    moved = vector + random.normal(0, 0.5 / np.sqrt(DIMENSIONS), DIMENSIONS).astype(np.float32)
    near: Vector = (moved / np.linalg.norm(moved)).astype(np.float32)
    return near
