"""Conversations that the real house lives through, in simulated time: customers write what the demo company's customers
wrote, the worker considers it, agents answer in the words of theirs.

A demo begins with weeks of them, so that its figures have something to say. Others are broken off on the way, so that
there is one in every state a list can show: they are what a large data set is copied from (app/demo/many).
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from random import Random

from segue.app.demo.generate import build
from segue.app.demo.shape import ASSISTANT, Conversation, Message
from segue.app.door import House
from segue.app.mind import Mind
from segue.app.schedule import follow
from segue.domain.answer import AnswerKind
from segue.domain.conversation import Channel, Handler, Status
from segue.domain.decision import Action
from segue.domain.errors import Conflict
from segue.intake.worker import Worker
from segue.learning.edits import as_a_draft
from segue.store.desk import AgentReply, Solution
from segue.store.inbox import Arrival
from segue.store.outcomes import Outcomes

OTHER_PAST = 8
"""The seed of conversations that the fitted heads have not seen."""
HOLD = timedelta(minutes=2)
"""Past any pause in which an answer could have been stopped."""
MOVED_IN, LATELY = timedelta(days=20), timedelta(days=5)
"""How long ago the demo company took Segue up; of its last days only the morning is told, whose ends are open."""
UNGRADED = 3
"""Of the answers that chance drew, so many are left for whoever looks at the demo."""
BROKEN_OFF = ("answered", "unassigned", "assigned", "replied", "snoozed")
"""How far one of those goes that are not finished."""


class Life:
    def __init__(self, house: House, now: datetime, seed: int) -> None:
        self._house, self._now, self._random = house, now, Random(seed)
        self._mind, self._truths = Mind(house), dict[str, str | None]()
        self._worker = Worker(house.inbox, self._mind, lambda: self._now)

    def live(self, finished: int, unfinished: int) -> None:
        """So many from first word to resolution, then so many, the newest, that stop on the way; all before `now`."""
        now, past = self._now, build(self._now.date(), OTHER_PAST).conversations
        late = past[-unfinished:] if unfinished else ()
        for told in self._random.sample(past[: len(past) - unfinished], min(finished, len(past) - unfinished)):
            self._tell(told, "")
        for n, told in enumerate(late):
            self._tell(told, BROKEN_OFF[n % len(BROKEN_OFF)])
        self._now = now
        follow(self._house, self._mind, now)

    def weeks(self, several: int) -> None:
        """So many of the weeks since MOVED_IN, each to its end; the lead has graded what chance drew of them.

        Matters whose article is past its review by now are left out: what was answered from one lowers a category.
        """
        now, company = self._now, build(self._now.date(), OTHER_PAST)
        overdue = {article.intent for article in company.articles if article.review_by <= now.date()}
        ours = [
            told for told in company.conversations
            if now - MOVED_IN < told.opened_at and told.resolved_at < now - LATELY and told.intent not in overdue
        ]  # fmt: skip
        for told in sorted(self._random.sample(ours, min(several, len(ours))), key=lambda told: told.opened_at):
            self._tell(told, "")
        self._now = now
        follow(self._house, self._mind, now)
        self._grades()
        self._house.ladder.watch(now)

    def _grades(self) -> None:
        """By what the customer had truly asked, on the day after."""
        ladder, lead = self._house.ladder, "agt_lena"
        while (drawn := ladder.judging.next_review(lead)) and drawn.waiting > UNGRADED:
            case = ladder.store.case(drawn.message)
            is_right = self._truths.get(case.conversation_id) == case.intent
            ladder.judging.review(drawn.message, "right" if is_right else "wrong", lead, drawn.at + timedelta(days=1))

    def _tell(self, told: Conversation, stops: str) -> None:
        conversation = ""
        for message in told.messages:
            if message.author == ASSISTANT:
                continue  # ours speaks for itself
            self._now = message.at
            if message.author == "customer":
                conversation = self._writes(told, message, conversation or None)
                if stops in ("answered", "unassigned") or self._is_served(conversation):
                    break
            else:
                self._answers(told, conversation, message, stops)
                if stops:
                    return
        self._truths[conversation] = told.intent
        if not stops:
            self._ends(told, conversation)

    def _writes(self, told: Conversation, message: Message, conversation: str | None) -> str:
        arrival = Arrival(
            message.text, Channel(told.channel), conversation, external_id=f"con_{told.contact}", is_verified=True
        )
        made = self._house.inbox.accept(arrival, self._now).conversation_id
        self._consider()
        return made

    def _consider(self) -> None:
        self._worker.work_off()
        self._now += HOLD
        self._worker.work_off()
        follow(self._house, self._mind, self._now)

    def _is_served(self, conversation: str) -> bool:
        """The assistant has answered, and two of three do not come back."""
        state = self._house.inbox.snapshot(conversation, self._now)
        return state.handler is Handler.ASSISTANT and state.status is Status.WAITING and self._random.random() < 0.67

    def _answers(self, told: Conversation, conversation: str, message: Message, stops: str) -> None:
        house, who = self._house, f"agt_{message.agent or 'mira'}"
        if house.inbox.snapshot(conversation, self._now).status is Status.RESOLVED:
            return  # the customer's last word was only thanks
        house.hands.take(conversation, who, self._now, force=True)
        self._consider()
        if stops == "assigned":
            return
        if stops == "snoozed":
            house.attention.snooze(conversation, who, self._now + timedelta(days=2), self._now)
            return
        text = self._suggested(told, conversation) or message.text
        house.hands.reply(AgentReply(conversation, who, text), self._now)
        follow(house, self._mind, self._now)

    def _suggested(self, told: Conversation, conversation: str) -> str:
        """What agents send as it is: the assistant's answer to the latest message, where it is the right one."""
        turn = self._house.conversations.turns(conversation)[-1]
        answer = turn["answer"] or {}
        is_right = answer.get("kind") == AnswerKind.ANSWER and answer.get("intent") == told.intent
        return as_a_draft(answer["text"]) if is_right and turn["decision"]["action"] == Action.SUGGEST else ""

    def _ends(self, told: Conversation, conversation: str) -> None:
        state = self._house.inbox.snapshot(conversation, self._now)
        if state.status is Status.RESOLVED:
            return
        if state.handler is Handler.ASSISTANT:
            was_meant = self._house.conversations.one(conversation)["intent_id"] == told.intent
            self._says_whether_it_helped(conversation, state.status, was_meant)
        else:
            agent = state.assignee_id or "agt_mira"
            solution = Solution(told.resolution, told.intent, None, "contained", told.minutes or None)
            self._house.hands.resolve(conversation, agent, solution, self._now)
        follow(self._house, self._mind, self._now)

    def _says_whether_it_helped(self, conversation: str, status: Status, was_meant: bool) -> None:
        """Every other customer does; the others fall silent."""
        if status is Status.WAITING and self._random.random() < 0.5:
            with suppress(Conflict):  # it has only greeted, or asked back
                Outcomes(self._house.db).feedback(conversation, was_meant, self._now)
        self._now += timedelta(days=4)
        self._house.desk.fall_silent(self._now - timedelta(days=3), self._now)
