"""How answers turned out, at rest. Most outcomes are written by the database itself, with the change they follow from
(migration 0006): thanks and silence with the resolution, a return with the assessment that names it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg

from segue.domain.errors import Conflict, NotFound
from segue.store.database import Database
from segue.store.sql import statements
from segue.texts import _

SQL = statements("outcomes")


@dataclass(frozen=True, slots=True)
class Episode:
    """One stretch of a conversation from opening to resolution, as figures see it."""

    conversation_id: str
    number: int
    category: str
    """Empty where nobody knows."""
    is_offered: bool
    """The assistant gave an answer."""
    is_handed_over: bool
    has_person: bool
    """A person wrote in it."""
    is_closed: bool
    is_reopened: bool
    is_verified: bool | None
    """As a person judged it on a graded sample; None where nobody did."""
    answered_at: datetime | None
    sources: tuple[str, ...] = ()
    """What was heard of its answers, oldest first."""
    several: int = 1
    """How many this one stands for: for counting, all that are alike are one."""


def _answered_by(connection: psycopg.Connection[Any], conversation: str, answer: int) -> int:
    """The customer message that it was for. Raises Conflict."""
    row = connection.execute(SQL.answered_by, {"conversation": conversation, "answer": answer}).fetchone()
    if row is None:
        raise Conflict(
            _("Message %(seq)s is no answer of the assistant's.", seq=answer),
            _("Give the seq of an answer, or none for its last one."),
        )
    return int(row.seq)


class Outcomes:
    def __init__(self, db: Database) -> None:
        self.db = db

    def feedback(
        self, conversation: str, is_solved: bool, now: datetime, said: int | None = None, answer: int | None = None
    ) -> bool:
        """The customer says whether the last answer solved it, or the one whose message is `answer`; returns whether
        that was news.

        `said`: the seq of the message that says it. Then it is about the answer above that message, however often and
        late it is told, and the message closes what is to be closed. Without one a yes to the last answer closes the
        conversation where the assistant has it. Raises NotFound, and Conflict where nothing was answered that could be
        judged.
        """
        with self.db.transaction() as connection:
            row = connection.execute(
                SQL.answered if said is None else SQL.stood_under, {"conversation": conversation, "said": said}
            ).fetchone()
            if row is None:
                raise NotFound(
                    _("There is no conversation %(conversation)s.", conversation=conversation), _("Check the id.")
                )
            judged = row.seq if answer is None else _answered_by(connection, conversation, answer)
            if judged is None:
                raise Conflict(_("The assistant has given no answer here."), _("Ask only where it has answered."))
            source = "customer_confirmed" if is_solved else "customer_denied"
            params = {"conversation": conversation, "seq": judged, "source": source, "author": row.contact_id,
                      "now": now}  # fmt: skip
            told = connection.execute(SQL.record, params).fetchone()
            if is_solved and said is None and judged == row.seq:
                connection.execute(SQL.close_confirmed, params)
            assert told is not None
            return bool(told.is_new)
