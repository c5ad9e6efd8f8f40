"""Plays a stream: customers write, the house considers, an oracle agent resolves what is handed over.

Time is simulated: a heap of moments, each with what a customer or the oracle does then. After each the inbox is worked
off by the same worker that runs in production, with the clock handed in.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count

from segue.app.door import House
from segue.app.replay.stream import LATER, WISHES, Item
from segue.app.replay.watching import Witness
from segue.app.replay.workspace import ORACLE
from segue.desk.briefing import missing_parts
from segue.domain.conversation import Handler
from segue.domain.decision import Action, Reason
from segue.domain.turn import Turn
from segue.intake.worker import Worker
from segue.store.desk import AgentReply, Solution
from segue.store.inbox import Arrival

RESOLVING = timedelta(minutes=20)
PATIENCE = 4
"""Rephrasings a customer offers before asking for a person."""


@dataclass
class Course:
    """What became of one item."""

    item: Item
    conversation: str = ""
    said: int = 0
    rephrased: int = 0
    answers: list[bool] = field(default_factory=list)
    """Each answer the assistant sent: whether it was the true resolution."""
    spoke_to: list[str] = field(default_factory=list)
    """The category of each of them."""
    asked_back: int = 0
    courtesies: int = 0
    reasons: tuple[Reason, ...] = ()
    """Why it was handed over; empty while it was not."""
    wishes: list[bool] = field(default_factory=list)
    """Each time the customer asked for a person: whether the same turn handed over."""
    forbidden: int = 0
    """Answers in a category that a person should always have, by the house's own reading."""
    misread: int = 0
    """Answers to what truly was such a matter, taken for another one."""
    missing: list[str] = field(default_factory=list)
    """Parts its briefings lacked."""
    returned: bool = False

    @property
    def is_handed_off(self) -> bool:
        return bool(self.reasons)

    @property
    def is_wrong(self) -> bool:
        return not all(self.answers)

    @property
    def is_durable(self) -> bool:
        """Answered alone, rightly, and the customer had no cause to come back."""
        return bool(self.answers) and all(self.answers) and not self.is_handed_off and not self.returned


Step = Callable[[], None]


class Play:
    def __init__(
        self, house: House, watch: Witness, always_human: frozenset[str], intents: frozenset[str],
        relearn: Callable[[datetime], None] | None = None,
    ) -> None:  # fmt: skip
        self._house = house
        self._watch = watch
        self._always_human = always_human
        self._intents = intents
        self._relearn = relearn
        self._now = datetime.min.replace(tzinfo=UTC)
        self._worker = Worker(house.inbox, watch, lambda: self._now)
        self._moments: list[tuple[datetime, int, Step]] = []
        self._order = count()

    def run(self, items: Sequence[Item]) -> Iterator[Course]:
        """Yields each item's course when its beginning has been played; all are final when this ends."""
        courses = [Course(item) for item in items]
        for course in courses:
            self._at(course.item.at, partial(self._begin, course))
        begun = 0
        while self._moments:
            self._now, _, step = heapq.heappop(self._moments)
            step()
            while begun < len(courses) and courses[begun].conversation:
                yield courses[begun]
                begun += 1
        yield from courses[begun:]

    def _at(self, when: datetime, step: Step) -> None:
        heapq.heappush(self._moments, (when, next(self._order), step))

    # the customer

    def _begin(self, course: Course) -> None:
        item = course.item
        for said in item.script[1:]:
            self._at(item.at + said.after + timedelta(seconds=1), partial(self._say, course, said.text))
        self._say(course, item.script[0].text)

    def _say(self, course: Course, text: str, is_wish: bool = False) -> None:
        item = course.item
        arrival = Arrival(
            text, item.channel, course.conversation or None, client_id=f"{item.id}.{course.said}",
            external_id=item.customer, is_verified=True,
        )  # fmt: skip
        accepted = self._house.inbox.accept(arrival, self._now)
        course.conversation, course.said = accepted.conversation_id, course.said + 1
        self._worker.work_off()
        turn = self._watch.taken.get((accepted.conversation_id, accepted.seq))
        if turn is None:
            raise RuntimeError(f"{item.id}: message {accepted.seq} was not considered")
        self._note(course, turn, is_wish)
        self._react(course, turn)

    def _note(self, course: Course, turn: Turn, is_wish: bool) -> None:
        decision, answer = turn.decision, turn.answer
        if is_wish:
            asked = decision.hands_off and decision.because[0].reason is Reason.ASKED_FOR_PERSON
            course.wishes.append(asked or decision.action is Action.SUGGEST)
        if decision.action is Action.ANSWER and answer:
            course.answers.append(answer.intent is not None and answer.intent == course.item.truth)
            category = turn.assessment.category if turn.assessment else None
            course.spoke_to.append(category or "none")
            course.forbidden += category in self._always_human or answer.intent in self._always_human
            course.misread += course.item.truth in self._always_human
        course.asked_back += decision.action is Action.ASK
        course.courtesies += decision.action is Action.ACKNOWLEDGE
        if decision.hands_off:
            course.reasons = decision.reasons
            course.missing += self._lacks(turn)

    def _lacks(self, turn: Turn) -> list[str]:
        return ["briefing"] if turn.briefing is None else missing_parts(turn.briefing)

    def _react(self, course: Course, turn: Turn) -> None:
        decision = turn.decision
        if decision.hands_off:
            self._at(self._now + RESOLVING, lambda: self._resolve(course))
        elif (
            course.is_handed_off
            or len(course.item.script) > course.said
            or (decision.action is Action.ANSWER and course.answers[-1])
        ):
            return
        elif decision.handler is Handler.ASSISTANT:
            self._at(self._now + LATER, lambda: self._insist(course))

    def _insist(self, course: Course) -> None:
        course.returned = bool(course.answers)
        left = course.item.rephrasings[course.rephrased : PATIENCE]
        course.rephrased += 1
        if left:
            self._say(course, left[0])
        else:
            self._say(course, WISHES[course.item.at.second % len(WISHES)], is_wish=True)

    # the oracle

    def _resolve(self, course: Course) -> None:
        """A person who knows the truth answers and closes; where it is in the catalogue, that teaches."""
        truth = course.item.truth if course.item.truth in self._intents else None
        desk, conversation = self._house.desk, course.conversation
        row = self._house.conversations.one(conversation)
        if row["status"] == "resolved":
            return
        text = f"Resolved: {truth}" if truth else "A person has taken care of it."
        desk.reply(AgentReply(conversation, ORACLE.id, text), self._now)
        desk.resolve(conversation, ORACLE.id, Solution(text, truth, minutes=RESOLVING.seconds / 60), self._now)
        if self._relearn:
            self._relearn(self._now)
