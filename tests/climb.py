"""A climb for stories: many customers with the same kind of question, and agents who deal with what the assistant made
of it."""

from __future__ import annotations

from datetime import timedelta
from itertools import cycle, product

from segue.app.schedule import follow
from segue.domain.conversation import Channel
from segue.domain.decision import Rung
from segue.domain.evidence import CellName
from segue.domain.moves import Move
from segue.learning.record import Report
from segue.store.desk import AgentReply
from segue.store.inbox import Arrival
from stage import Stage

INVOICE = "Why is my invoice higher this month?"
PLACES = (
    "Accra", "Boston", "Cairo", "Delhi", "Dublin", "Hanoi", "Izmir", "Jakarta", "Kigali", "Kyoto", "Lagos", "Lima",
    "Lisbon", "Malmo", "Nairobi", "Nantes", "Osaka", "Oslo", "Perth", "Porto", "Quebec", "Quito", "Rabat", "Riga",
    "Seoul", "Sofia", "Split", "Tunis", "Turin", "Utrecht",
)  # fmt: skip
TRADES = ("bakery", "clinic", "garage", "hotel", "laundry", "museum", "nursery", "office", "school", "studio")


class Climb:
    """Many customers with the same kind of question, and agents who deal with what the assistant made of it."""

    def __init__(self, stage: Stage) -> None:
        self.stage, self.ladder = stage, stage.house.ladder
        self.customers = 0
        told = (f"{INVOICE} It is for the {trade} in {place}." for place, trade in product(PLACES, TRADES))
        self._own_words = cycle(told)  # the same words from all of them would be one incident
        stage.customer_writes(INVOICE, "nadia")
        self.cell = CellName(str(stage.turn["assessment"]["intents"][0]["category"]))

    def lower(self, rung: Rung) -> None:
        self.ladder.lower(self.cell, "lena", "A story.", self.stage.now, rung)
        self.minutes_pass()

    @property
    def rung(self) -> Rung:
        return self.ladder.boundary().of(self.cell.category).rung

    def minutes_pass(self, minutes: float = 1) -> None:
        self.stage.now += timedelta(minutes=minutes)
        self.stage.mind.refresh()

    def asks(self, channel: str = "chat", email: str = "", text: str = "") -> str:
        """One more known customer asks, in words of their own unless there is a `text`; returns the conversation."""
        self.customers += 1
        arrival = Arrival(
            text or next(self._own_words), Channel(channel), external_id=f"con_{self.customers}", email=email,
            is_verified=True,
        )  # fmt: skip
        conversation = self.stage.house.inbox.accept(arrival, self.stage.now).conversation_id
        self.stage.worker.work_off()
        self.stage.conversation = conversation
        return conversation

    def asks_again(self, number: int) -> None:
        """The customer with that number asks the same in a new conversation."""
        arrival = Arrival(INVOICE, Channel.CHAT, external_id=f"con_{number}", is_verified=True)
        self.stage.conversation = self.stage.house.inbox.accept(arrival, self.stage.now).conversation_id
        self.stage.worker.work_off()

    def writes_in(self, conversation: str, text: str) -> None:
        self.stage.house.inbox.accept(Arrival(text, conversation_id=conversation), self.stage.now)
        self.stage.worker.work_off()

    def rises(self, rung: Rung) -> None:
        """As if it had been earned."""
        proof = self.report.proof
        self.ladder.history.move(Move(self.cell, rung, "A story.", "agt_lena", self.stage.now, None, proof))
        self.minutes_pass()

    def sends(self, conversation: str, who: str, text: str | None = None) -> None:
        """The agent sends the suggestion, or other words."""
        suggestion = self.stage.house.conversations.turns(conversation)[-1]["answer"]["text"]
        self.stage.house.hands.reply(AgentReply(conversation, f"agt_{who}", text or suggestion), self.stage.now)

    def goes_well(self, times: int, by: tuple[str, ...] = ("mira", "tom")) -> None:
        for n in range(times):
            self.minutes_pass()
            self.sends(self.asks(), by[n % len(by)])
        follow(self.stage.house, self.stage.mind, self.stage.now)

    def approves(self, times: int, by: tuple[str, ...] = ("mira", "tom")) -> None:
        for n in range(times):
            self.minutes_pass()
            self.ladder.judging.approve_answer(self.asks(), 1, f"agt_{by[n % len(by)]}", self.stage.now)
        follow(self.stage.house, self.stage.mind, self.stage.now)

    def watch(self) -> list[str]:
        return self.ladder.watch(self.stage.now)

    @property
    def report(self) -> Report:
        return next(r for r in self.ladder.reports(self.stage.now) if r.cell == self.cell)

    def follows(self) -> None:
        """Acts on what was recorded."""
        follow(self.stage.house, self.stage.mind, self.stage.now)

    def passes_over_what_was_drawn_before(self, mine: set[str], agent: str) -> None:
        """Chance may have drawn answers of the demo company's own morning; graded as unknown they say nothing."""
        while (found := self.ladder.judging.next_review(agent)) and found.message not in mine:
            self.ladder.judging.review(found.message, "unknown", agent, self.stage.now)
