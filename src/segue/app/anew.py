"""Another encoder came: every stored vector is made anew, and all that was fitted to the old ones is fitted again.

The one idea: nothing of the two is ever compared. Each row says which encoder made its vector, the setting `encoder`
which one the heads read. While they differ from the encoder that runs, messages go to people, who are told why; one
worker reads the past anew in small batches, and everything is published in one transaction at the end.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
import structlog

from segue.app.door import House
from segue.app.fitting import fitted_anew, taught_anew
from segue.domain.errors import EncoderUnavailable
from segue.domain.ports import Vector
from segue.knowledge.encoder_service import version_known
from segue.knowledge.library import place
from segue.learning.following import follow
from segue.policy.settings import load
from segue.store.anew import TABLES, Row
from segue.store.learning import Refit
from segue.triage.frustration import fit_tone

log = structlog.get_logger()
AT_ONCE = 16
"""Texts of a batch: so many are lost where it is broken off."""
TOLD = 1.0
"""Seconds between two words on how far it is."""


def has_changed(house: House) -> bool:
    """Whether the encoder that runs is another than the one all that was fitted reads. A house without any vector reads
    with the first one that comes. Raises EncoderUnavailable."""
    made_with, runs = house.anew.made_with(), house.encoder.version
    if made_with is None:
        house.anew.claim(runs)
    return made_with not in (None, runs)


def notice(house: House, now: datetime) -> dict[str, Any] | None:
    """The job: looks, and does all there is to do. Without an encoder it is looked at again later."""
    try:
        changed = has_changed(house)
    except EncoderUnavailable:
        return None
    return read_anew(house, now, gently=True) if changed else None


def read_strays(house: House) -> int:
    """What a process with the encoder of before wrote after everything was read anew; returns how many there were."""
    if version_known(house.encoder) is None or has_changed(house):
        return 0
    encoder = house.encoder.version
    if not any(house.anew.left_over(encoder).values()):
        return 0
    with house.anew.alone() as is_mine:
        return sum(_table(house, table, encoder, lambda n: None, gently=True) for table in TABLES) if is_mine else 0


def read_anew(house: House, now: datetime, gently: bool = False) -> dict[str, Any] | None:
    """Every vector that another encoder made, then all that is fitted to them; returns the record of it, None where
    somebody else is at it. `gently`: as much rest as work, so that customers do not feel it.

    May be broken off anywhere: what is done is done, and whoever comes next goes on from there.
    """
    with house.anew.alone() as is_mine:
        if not is_mine or not has_changed(house):
            return None
        was, encoder = str(house.anew.made_with()), house.encoder.version
        work = _Work(house, was, encoder, now, gently)
        log.warning("encoder.changed", was=was, now=encoder, vectors=work.total)
        while work.vectors():  # what came in meanwhile from a process that still had the old one
            pass
        return work.publish()


@dataclass
class _Work:
    house: House
    was: str
    encoder: str
    now: datetime
    gently: bool
    done: int = 0
    total: int = field(init=False)
    _told: float = 0.0

    def __post_init__(self) -> None:
        before = self.house.anew.progress()
        left = sum(self.house.anew.left_over(self.encoder).values())
        goes_on = before is not None and before.get("encoder") == self.encoder
        self.total = max(int(before["of"]), left) if goes_on and before else left
        self.done = self.total - left
        self.began_at = before["began_at"] if goes_on and before else self.now
        self._tell("vectors")

    def vectors(self) -> int:
        """Through all tables once; returns how many were made."""
        return sum(_table(self.house, table, self.encoder, self._has_done, self.gently) for table in TABLES)

    def _has_done(self, texts: int) -> None:
        self.done += texts
        if time.monotonic() - self._told > TOLD:
            self._tell("vectors")

    def publish(self) -> dict[str, Any] | None:
        """Fits all of it, then makes it live at once. No other refit may come between."""
        self._tell("fitting")
        with self.house.lessons.store.alone() as is_mine:
            if not is_mine:
                return None
            heads, without = self._heads()
            self.house.anew.publish(self.was, self.encoder, heads, self.now, without)
            record = self._record(heads)
            made = self.house.lessons.store.keep_refit(record, self.now)
        self.house.beginnings.enter(self.now)
        log.warning("encoder.taken_up", was=self.was, now=self.encoder, vectors=self.done)
        return {"id": made, "cause": record.cause, "author": record.author, "examples": record.examples, "fresh": 0,
                "head": record.head, "is_published": True, "why": record.why, "report": record.report,
                "at": self.now}  # fmt: skip

    def _heads(self) -> tuple[dict[str, tuple[bytes, object]], list[str]]:
        """What is fitted to the new vectors, and the kinds for which there was too little."""
        tone = fit_tone(self.house.encoder)
        heads: dict[str, tuple[bytes, object]] = {"tone": (tone.to_bytes(), {}), **taught_anew(self.house, tone)}
        fitted = fitted_anew(self.house, afresh=True)
        if fitted is not None:
            heads["intents"] = (fitted.head.to_bytes(), {"version": fitted.head.version})
        if fitted is not None and fitted.confidence is not None:
            heads["confidence"] = (fitted.confidence.to_bytes(), dict(fitted.report))
        live = self.house.workspace.live_policy()
        # no case was read by this encoder yet: what the record said of the old one's confidence is no mark for it
        marks = follow([], load(live[1]).budget_of) if live else None
        if marks is not None:
            heads["marks"] = (marks.to_bytes(), {"gates": marks.report()})
        return heads, [kind for kind in ("intents", "confidence", "marks") if kind not in heads]

    def _record(self, heads: dict[str, tuple[bytes, object]]) -> Refit:
        taught, fresh = self.house.lessons.store.taught()
        why = (
            f"Published: the encoder is {self.encoder} instead of {self.was}, {self.done} vectors were made anew and "
            "all that is fitted to them."
        )
        head = self.house.workspace.head_version("intents") if "intents" in heads else None
        examples = len(self.house.knowledge.examples())
        return Refit("encoder", "segue", examples, taught, fresh, head, True, why, {"contests": []})

    def _tell(self, step: str) -> None:
        self._told = time.monotonic()
        self.house.anew.put_progress(
            {"was": self.was, "encoder": self.encoder, "began_at": self.began_at, "done": self.done, "of": self.total,
             "step": step, "by": socket.gethostname()}
        )  # fmt: skip


def _table(house: House, table: str, encoder: str, has_done: Callable[[int], object], gently: bool) -> int:
    """Through one table; returns how many vectors were made."""
    after, made = ("", 0), 0
    while rows := house.anew.batch(table, encoder, after, AT_ONCE):
        began = time.monotonic()
        vectors = [_vector(row, house.encoder.encode) for row in rows]
        if house.encoder.version != encoder:
            raise EncoderUnavailable("The encoder changed again meanwhile.", "It is looked at anew in a moment.")
        house.anew.put(table, encoder, rows, vectors)
        after, made = (rows[-1].id, rows[-1].seq), made + len(rows)
        has_done(len(rows))
        if gently:
            time.sleep(time.monotonic() - began)
    return made


def _vector(row: Row, encode: Callable[[list[str]], Vector]) -> Vector:
    """One text at a time: a customer who writes meanwhile waits for one of them, and not for a batch."""
    own = encode([f"{row.title}. {row.body}" if row.title else row.body])
    return np.asarray(place(encode([row.title]), own)[0] if row.title else own[0], np.float32)
