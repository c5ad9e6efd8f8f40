"""Looks over the house's shoulder: every turn as it was taken, and what it cost in CPU time."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from segue.domain.conversation import Conversation
from segue.domain.ports import Encoder, Vector
from segue.domain.turn import Commit, Lease, Turn
from segue.intake.receive import Receiver
from segue.intake.worker import Considering


class TimedEncoder:
    """The same encoder; `spent` sums the CPU seconds of its forward passes, `lasted` those of the clock."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self.spent = self.lasted = 0.0

    @property
    def version(self) -> str:
        return self._encoder.version

    def encode(self, texts: Sequence[str]) -> Vector:
        begin, since = time.process_time(), time.perf_counter()
        vectors = self._encoder.encode(texts)
        self.spent += time.process_time() - begin
        self.lasted += time.perf_counter() - since
        return vectors


@dataclass
class Witness:
    """Stands in for the mind's receiver and remembers what passed. Times are CPU milliseconds a turn."""

    mind: Considering
    encoder: TimedEncoder
    taken: dict[tuple[str, int], Turn] = field(default_factory=dict)
    forward: list[float] = field(default_factory=list)
    rest: list[float] = field(default_factory=list)
    shadow: None = None

    @property
    def receiver(self) -> Receiver:
        return self  # type: ignore[return-value]

    def read_ahead(self, conversations: Iterable[Conversation]) -> None:
        """Nothing: each turn here pays for its own forward pass, so that its cost can be told."""

    def consider(self, conversation: Conversation, now: datetime) -> Turn:
        encoded, begin = self.encoder.spent, time.process_time()
        turn = self.mind.receiver.consider(conversation, now)
        forward = self.encoder.spent - encoded
        self.forward.append(forward * 1e3)
        self.rest.append((time.process_time() - begin - forward) * 1e3)
        self.taken[conversation.id, conversation.latest.seq] = turn
        return turn

    def give_up(self, conversation: Conversation, is_stopped: bool = False) -> Turn:
        turn = self.mind.receiver.give_up(conversation, is_stopped)
        self.taken[conversation.id, conversation.latest.seq] = turn
        return turn

    def ready(self, lease: Lease, turn: Turn, now: datetime) -> Commit:
        return self.mind.receiver.ready(lease, turn, now)
