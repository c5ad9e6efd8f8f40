"""What the drill counts: for each line of trust how often it was tried, how often broken, and the first breaks."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

LINES = {
    "R1": "an acknowledged message is never lost",
    "R2": "every accepted message gets a decision",
    "R3": "at most one assistant reply per message",
    "R4": "messages keep their order, and a repeat is one message",
    "R5": "no word of the assistant after a person took over",
    "R6": "a promise is broken once, at its time, whatever the clock does",
    "R7": "the boundary never grows on poison",
    "R8": "one external issue per cluster of bug reports",
    "R9": "inbound mail is read once and never lost",
    "R10": "without a database: an honest no, and recovery without hands",
    "R11": "snapshot + events = fresh snapshot",
    "R12": "a backup restores",
    "R13": "what is said is what was decided",
}
"""Of trust, in a few words each."""
MOST_TOLD = 5
KINDS = {"lost": "R1", "undecided": "R2", "double reply": "R3", "duplicated": "R4", "out of order": "R4",
         "spoke over a person": "R5"}  # fmt: skip
"""Which line a sentence of `checks.violations` is about, by its beginning."""


@dataclass
class Tally:
    tried: dict[str, int] = field(default_factory=dict)
    broken: dict[str, list[str]] = field(default_factory=dict)
    skipped: dict[str, str] = field(default_factory=dict)
    """What this machine does not let us try, and why."""
    weaker: dict[str, str] = field(default_factory=dict)
    """What it lets us try in a weaker form only: which, and why."""
    races: Counter[str] = field(default_factory=Counter)
    """How many were run between an agent and the assistant, and how often each way."""
    seconds: dict[str, float] = field(default_factory=dict)
    """What the storm and each scene took, by its name."""

    def add(self, line: str, tried: int, broken: Iterable[str] = ()) -> None:
        self.tried[line] = self.tried.get(line, 0) + tried
        self.broken.setdefault(line, []).extend(broken)

    def add_all(self, told: Mapping[str, Sequence[Any]]) -> None:
        """Of each line how often it was tried, and what broke it."""
        for line, (tried, *broken) in told.items():
            self.add(line, tried, broken)

    def take(self, other: Tally) -> None:
        """What another one counted, too."""
        for line, tried in other.tried.items():
            self.add(line, tried, other.broken[line])
        self.skipped |= other.skipped
        self.weaker |= other.weaker
        self.races += other.races
        for what, seconds in other.seconds.items():
            self.seconds[what] = self.seconds.get(what, 0.0) + seconds

    @contextmanager
    def timed(self, what: str) -> Iterator[None]:
        begin = time.monotonic()
        yield
        self.seconds[what] = self.seconds.get(what, 0.0) + time.monotonic() - begin

    def skip(self, what: str, why: str) -> None:
        self.skipped[what] = why

    def weaken(self, what: str, how: str, why: str) -> None:
        self.weaker[what] = f"{how}: {why}"

    def add_violations(self, found: Iterable[str]) -> None:
        """Sentences of `checks.violations`, each to its line."""
        for sentence in found:
            self.add(KINDS[sentence.partition(":")[0]], 0, [sentence])

    @property
    def is_whole(self) -> bool:
        return not any(self.broken.values())

    def figures(self, seed: int) -> dict[str, Any]:
        lines = {line: {"tried": self.tried.get(line, 0), "broken": len(self.broken.get(line, ()))} for line in LINES}
        seconds = {what: round(took, 1) for what, took in self.seconds.items()}
        said = {line: found[:MOST_TOLD] for line, found in self.broken.items() if found}
        return {"seed": seed, "invariants": lines, "said": said, "skipped": self.skipped, "weaker": self.weaker,
                "races": dict(self.races), "seconds": seconds}  # fmt: skip

    def told(self) -> list[str]:
        """One line per invariant, and below it the first of what broke it."""
        lines = []
        for line, promise in LINES.items():
            found = self.broken.get(line, [])
            verdict = f"BROKEN {len(found)} times" if found else "held" if self.tried.get(line) else "not tried"
            lines.append(f"{line:4} {promise:62} tried {self.tried.get(line, 0):>7,}  {verdict}")
            lines += [f"       {sentence}" for sentence in found[:MOST_TOLD]]
        lines += [f"Races: {', '.join(f'{way} {n}' for way, n in self.races.items())}"] if self.races else []
        lines += [f"In a weaker form: {what}, {how}" for what, how in self.weaker.items()]
        return lines + [f"Skipped: {what} ({why})" for what, why in self.skipped.items()]
