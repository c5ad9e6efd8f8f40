"""One considered message as it was stored, and what is on record after it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from segue.domain.errors import NotFound
from segue.domain.ids import message_id, message_place
from segue.store.database import Database
from segue.store.sql import statements
from segue.texts import _

SQL = statements("trace")


@dataclass(frozen=True, slots=True)
class Trace:
    """Rows as they are stored; `turn` has the message, its assessment, answer and decision."""

    turn: Any
    said: list[Any]
    done: list[Any]
    ended: Any | None
    came_back: list[Any]

    @property
    def stored(self) -> dict[str, Any]:
        """The decision with all it was taken from, as JSON."""
        t = self.turn
        return {"decided_at": t.decided_at, "assessment": t.assessment, "answer": t.answer, "decision": t.decision}


class Traces:
    def __init__(self, db: Database) -> None:
        self.db = db

    def of(self, message: str, kinds: Iterable[str] = ()) -> Trace:
        """The trace of a message, with events after it of those `kinds`. Raises NotFound where there is no such
        message, or where it was none to consider."""
        conversation, seq = message_place(message)
        place: dict[str, Any] = {"conversation": conversation, "seq": seq}
        turn = self.db.one(SQL.turn, place)
        if turn is None:
            raise NotFound(
                _("There is no message %(message)s.", message=message),
                _("A message id looks like msg_01ABC….2."),
            )
        if turn.decision is None:
            raise self._not_considered(message, turn.author, place)
        after: dict[str, Any] = place | {"at": turn.decided_at, "contact": turn.contact_id, "kinds": list(kinds)}
        return Trace(
            turn, self.db.all(SQL.said_after, after), self.db.all(SQL.done_after, after), self.db.one(SQL.ended, after),
            self.db.all(SQL.came_back, after),
        )  # fmt: skip

    def _not_considered(self, message: str, author: str, place: dict[str, Any]) -> NotFound:
        rows = self.db.all(SQL.considered, place)
        others = ", ".join(message_id(place["conversation"], row.seq) for row in rows[:3])
        said = "was not decided about" if author == "customer" else f"is the {author}'s; nothing was decided about it"
        advice = f"In this conversation you can ask about {others}." if others else _BACKFILL
        return NotFound(f"Message {message} {said}.", advice)


_BACKFILL = "Nothing in this conversation was considered; `segue backfill` considers what was imported."
