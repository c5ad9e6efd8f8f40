"""Whose turn it is: the chips that say why a row is there, and the views agents look through.

The order is a column, `presses_at` (migration 0073): SLA due × value × frustration × urgency, written as an instant. A
product, so that each can only lift a row; and an instant, so that no customer of any tier waits forever behind
better-paying ones, and the database cuts a long list where the page would.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from segue.domain.conversation import Handler, Status
from segue.domain.decision import Reason
from segue.texts import N_


@dataclass(frozen=True, slots=True)
class Row:
    """What the views need to know of a conversation."""

    conversation_id: str
    handler: Handler
    status: Status
    assignee_id: str | None = None
    wakes_at: datetime | None = None
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class View:
    """A list of conversations as data: None in a field asks nothing. `assignee` is "me", "nobody" or None."""

    id: str
    name: str
    key: str
    """Pressed after `g`."""
    empty: str
    handler: Handler | None = None
    status: Status | None = None
    assignee: str | None = None
    is_asleep: bool | None = False
    reason: Reason | None = None
    """Why people have it."""

    def holds(self, row: Row, me: str, now: datetime) -> bool:
        asleep = row.wakes_at is not None and now < row.wakes_at
        return (
            self.handler in (None, row.handler)
            and self.status in (None, row.status)
            and self.is_asleep in (None, asleep)
            and self.reason in (None, row.reason)
            and _is_assigned(self.assignee, row.assignee_id, me)
        )


NEEDS_ME = "needs-me"
"""Also, before all else, what of their own did not go out: no row can tell of it."""
REVIEW = "review"
"""What chance picked for a person's grade: no row can tell of it."""
MENTIONS = "mentions"
"""Where a colleague called one by name: no row can tell of that either."""
VIEWS = (
    View(NEEDS_ME, N_("Needs me"), "i", N_("Nothing needs you."), Handler.HUMAN, Status.OPEN, "me"),
    View("unassigned", N_("Unassigned"), "n", N_("Nobody waits for a person."), Handler.HUMAN, Status.OPEN, "nobody"),
    View("assistant", N_("AI is handling"), "a", N_("The AI assistant has nothing open."), Handler.ASSISTANT),
    View("approve", N_("Approve"), "v", N_("No answer waits for a yes."), Handler.HUMAN, Status.OPEN,
         reason=Reason.AWAITS_APPROVAL),
    View("snoozed", N_("Snoozed"), "z", N_("Nothing is snoozed."), is_asleep=True),
    View(REVIEW, N_("To review"), "r", N_("No answer waits for your grade.")),
    View(MENTIONS, N_("Mentions"), "t", N_("Nobody has mentioned you."), is_asleep=None),
    View("colleagues", N_("Colleagues"), "o", N_("No colleague has one open."), Handler.HUMAN, Status.OPEN, "others"),
    View("waiting", N_("Waiting"), "w", N_("We wait for no customer."), Handler.HUMAN, Status.WAITING),
    View("resolved", N_("Resolved"), "e", N_("Nothing is resolved yet."), None, Status.RESOLVED, is_asleep=None),
)  # fmt: skip


def _is_assigned(asked: str | None, assignee: str | None, me: str) -> bool:
    actual = "nobody" if assignee is None else "me" if assignee == me else "others"
    return asked in (None, actual)


CHIPS = {
    Reason.ASKED_FOR_PERSON: N_("asked for person"),
    Reason.ALWAYS_HUMAN_TOPIC: N_("sensitive topic"),
    Reason.ALWAYS_HUMAN_CATEGORY: N_("people only"),
    Reason.UNVERIFIED_CUSTOMER: N_("not verified"),
    Reason.FRUSTRATED: N_("frustrated"),
    Reason.COMPLEX: N_("complex"),
    Reason.URGENT: N_("urgent"),
    Reason.IMPORTANT_CUSTOMER: N_("key customer"),
    Reason.ASKED_BEFORE: N_("asked before"),
    Reason.TOO_MANY_TURNS: N_("many turns"),
    Reason.OTHER_LANGUAGE: N_("other language"),
    Reason.UNKNOWN_MATTER: N_("unknown matter"),
    Reason.UNOPENED_INTENT: N_("not opened"),
    Reason.NO_GROUNDS: N_("no article"),
    Reason.ANOTHER_ACT: N_("not told"),
    Reason.REFERS_TO_US: N_("ours to do"),
    Reason.ANOTHER_THING: N_("another thing"),
    Reason.STALE_ARTICLE: N_("stale article"),
    Reason.ALREADY_SAID: N_("already said"),
    Reason.IN_A_FILE: N_("in a file"),
    Reason.READS_ANEW: N_("reads anew"),
    Reason.RUNG_TOO_LOW: N_("not allowed alone"),
    Reason.AWAITS_APPROVAL: N_("approve it"),
    Reason.HELD_OUT: N_("for comparison"),
    Reason.TOO_LITTLE_EVIDENCE: N_("too few cases"),
    Reason.LOW_CONFIDENCE: N_("not sure"),
    Reason.NOT_CONSIDERED: N_("not considered"),
    Reason.ASSISTANT_OFF: N_("assistant off"),
    Reason.NOT_DELIVERED: N_("not delivered"),
    Reason.PERSON_HAS_IT: N_("person has it"),
    Reason.GIVEN_TO_PEOPLE: N_("for people"),
    Reason.TAKEN_BY_PERSON: N_("taken over"),
    Reason.ANSWER_REJECTED: N_("answer rejected"),
    Reason.CONFIDENT: N_("confident"),
    Reason.INTENTS_CLOSE: N_("two meanings"),
    Reason.GREETING: N_("greeting"),
    Reason.CLOSING: N_("closing"),
}
"""One to three words for a row; the sentence stands in the reason itself."""
