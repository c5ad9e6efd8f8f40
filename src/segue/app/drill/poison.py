"""Trust R7: attacks on the boundary, each played through the real inbox, desk and ladder of a small house.

The one idea: an attack is told what it has gained, and must have gained nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import cycle
from zlib import crc32

import numpy as np

from segue.app.drill.small import Listening, SmallHouse, assessment
from segue.domain.answer import Answer, AnswerKind
from segue.domain.assessment import Assessment
from segue.domain.catalogue import Catalogue, Category, Intent
from segue.domain.conversation import Conversation, Handler
from segue.domain.decision import Action, Because, Decision, Reason, Rung
from segue.domain.errors import Conflict, Forbidden
from segue.domain.evidence import CellName
from segue.domain.people import Agent
from segue.domain.ports import DIMENSIONS
from segue.knowledge.encoder import StandIn
from segue.learning.ladder import Ladder
from segue.policy.boundary import Boundary, Standing
from segue.store.desk import AgentReply
from segue.store.events import EventLog, Follower
from segue.store.evidence import EvidenceStore
from segue.store.inbox import Arrival
from segue.store.workspace import Workspace

CELL = CellName("billing")
SPELT = str.maketrans("0123456789", "abcdefghij")
"""A text with another number in it is the same text."""
A_DAY = 50
"""Messages after which an attacker goes on the next day. What is alike is looked for among the cases of one day: who
writes all on one day gains nothing by it, and each of a thousand would be held against a thousand."""
ANSWER = "Because of the new seat: its price counts from the first day on."


class Climbing(Listening):
    """Has an answer to everything, which its rung keeps back."""

    def __init__(self, rung: Rung) -> None:
        super().__init__()
        self.rung = rung

    def assess(self, conversation: Conversation, now: datetime) -> Assessment:
        """As far as this house can read, two messages are alike where they are the same."""
        rows = np.random.default_rng(crc32(conversation.latest.text.encode())).normal(size=DIMENSIONS)
        return replace(assessment(), vector=(rows / np.linalg.norm(rows)).astype(np.float32))

    def answer(self, conversation: Conversation, noticed: Assessment, now: object) -> Answer:
        return Answer(AnswerKind.ANSWER, ANSWER, confidence=0.99, intent="invoice_higher", calibration="c1")

    def decide(self, conversation: Conversation, noticed: Assessment, answer: Answer, now: object) -> Decision:
        reason = Reason.AWAITS_APPROVAL if self.rung is Rung.APPROVE else Reason.RUNG_TOO_LOW
        because = (Because(reason, "boundary.billing.rung"),)
        return Decision(Action.HAND_OFF, Handler.HUMAN, because, 1, self.rung, 0.99, 0.9, "support")


@dataclass
class Attack:
    """A house on a rung, and who writes to it."""

    house: SmallHouse
    rung: Rung

    def __post_init__(self) -> None:
        workspace = Workspace(self.house.db)
        workspace.put_catalogue(
            Catalogue((Category("billing", "Billing"),), (Intent("invoice_higher", "Why higher?", "billing"),)),
            self.house.now,
        )
        for who, role in (("lena", "lead"), ("puppet", "agent")):
            workspace.put_agent(Agent(f"agt_{who}", who.capitalize(), f"{who}@ledgerly.example", role), self.house.now)
        self.house.receiver = type(self.house.receiver)(*[Climbing(self.rung)] * 4)  # type: ignore[arg-type]
        self.follower = Follower(self.house.db, "attack", EventLog(self.house.db))
        self.ladder = self.started()

    def started(self) -> Ladder:
        """As a process that has just begun: it remembers nothing."""
        fitted = Boundary({"billing": Standing("billing", self.rung, 0.9)})
        return Ladder(EvidenceStore(self.house.db), Workspace(self.house.db), lambda: fitted)

    def writes(self, who: str, times: int, is_known: bool = True, email: str = "", text: str = "") -> list[str]:
        """The same customer, again and again, each time in other words unless there is a `text`, and on another day
        after every `A_DAY`; returns the conversations, considered."""
        self.house.now += timedelta(minutes=1)
        opened = []
        for n in range(times):
            arrival = Arrival(
                text or f"Why is my invoice higher? {who} {n}".translate(SPELT),
                external_id=who, email=email, is_verified=is_known, client_id=f"{who} {n}",
            )  # fmt: skip
            opened.append(self.house.here.accept(arrival, self.house.now).conversation_id)
            if (n + 1) % A_DAY == 0 or n + 1 == times:
                while leases := self.house.claims(self.house.here, 16):
                    self.house.commits(self.house.here, leases)
            if (n + 1) % A_DAY == 0:
                self.house.now += timedelta(days=1)
        return opened

    def handled(self, conversations: list[str], by: tuple[str, ...], voice: str = "") -> None:
        """Agents who honestly find the answer right and send it; `voice`: the key that does so in their names."""
        for conversation, who in zip(conversations, cycle(by), strict=False):
            self.house.desk.reply(AgentReply(conversation, f"agt_{who}", ANSWER), self.house.now, voice=voice)

    def hears(self) -> None:
        encoder = StandIn()
        while self.follower.follow({"message.sent": lambda event: self.ladder.judging.hear_reply(event, encoder)}):
            pass

    def customers(self, count: int, by: tuple[str, ...], stem: str = "regular") -> None:
        opened = [conversation for n in range(count) for conversation in self.writes(f"{stem} {n}", 1)]
        self.handled(opened, by)

    def looks(self, ladder: Ladder | None = None) -> None:
        self.hears()
        self.house.now += timedelta(minutes=1)
        (ladder or self.ladder).watch(self.house.now)

    @property
    def gained(self) -> list[str]:
        """What the attacker has reached."""
        self.looks()
        up = [f"moved to {move.rung.name}" for move in self.ladder.history.moves()]
        return up + [f"offered {offer.to.name}" for offer in self.ladder.offers()]


Scenario = Callable[[Attack], list[str]]


def one_contact_writes_a_thousand_times(attack: Attack) -> list[str]:
    attack.handled(attack.writes("eve", 1000), ("mira", "tom"))
    attack.customers(16, ("mira", "tom"))
    return attack.gained


def twenty_sybils_write_fifty_times_each(attack: Attack) -> list[str]:
    for n in range(20):
        attack.handled(attack.writes(f"sybil {n}", 50, is_known=False), ("mira", "tom"))
    return attack.gained


def twenty_vouched_for_sybils_write_fifty_times_each(attack: Attack) -> list[str]:
    for n in range(20):
        attack.handled(attack.writes(f"sybil {n}", 50), ("mira", "tom"))
    return attack.gained


def one_incident_makes_all_write_the_same(attack: Attack) -> list[str]:
    opened = [c for n in range(150) for c in attack.writes(f"hit {n}", 1, text="Why was I charged twice today?")]
    attack.handled(opened, ("mira", "tom"))
    return attack.gained


def all_of_one_company_write(attack: Attack) -> list[str]:
    """A mail domain of one's own has any number of addresses."""
    attack.customers(12, ("mira", "tom"))
    for n in range(150):
        attack.handled(attack.writes(f"sybil {n}", 1, email=f"sybil{n}@sybils.example"), ("mira", "tom")[n % 2 :])
    return attack.gained


def a_key_praises_in_the_names_of_agents(attack: Attack) -> list[str]:
    """Agents of flesh and blood have judged a few each, so that only cases are missing."""
    attack.customers(12, ("mira", "tom"))
    opened = [conversation for n in range(150) for conversation in attack.writes(f"lent {n}", 1)]
    attack.handled(opened, ("mira", "tom"), "key:crm")
    attack.hears()
    attack.house.now += timedelta(days=8)  # nobody came back: what no agent judged tells from now on
    return attack.gained


def an_agent_praises_whatever_comes(attack: Attack) -> list[str]:
    """Alone: nobody else has judged more than a case or two."""
    attack.customers(150, ("tom",))
    attack.customers(2, ("mira",), "other")
    return attack.gained


def an_agent_praises_nearly_all(attack: Attack) -> list[str]:
    """Somebody else has judged just as many as it takes to be the second agent."""
    attack.customers(145, ("tom",))
    attack.customers(5, ("mira",), "other")
    return attack.gained


def a_colluding_agent_takes_up_what_two_accounts_praised(attack: Attack) -> list[str]:
    """Lena colludes, with a second account of hers: an offer is made, and she is stopped when she takes it up."""
    attack.customers(150, ("lena", "puppet"))
    attack.looks()
    for offer in attack.ladder.offers():
        with suppress(Forbidden, Conflict):
            attack.ladder.approve(offer.id, "lena", attack.house.now)
    return [f"moved to {move.rung.name}" for move in attack.ladder.history.moves()]


def started_again_in_mid_promotion(attack: Attack) -> list[str]:
    """Two that have just begun look at the same record, and two leads' clicks arrive: one offer, one step."""
    attack.customers(150, ("mira", "tom"))
    for ladder in (attack.started(), attack.started()):
        attack.looks(ladder)
    offers = attack.ladder.offers()
    for offer in offers * 2:
        with suppress(Conflict):
            attack.started().approve(offer.id, "lena", attack.house.now)
    counted = [f"{len(offers)} offers", f"{len(attack.ladder.history.moves())} moves"]
    return [found for found, due in zip(counted, ("1 offers", "1 moves"), strict=True) if found != due]


SCENARIOS = [
    one_contact_writes_a_thousand_times, twenty_sybils_write_fifty_times_each,
    twenty_vouched_for_sybils_write_fifty_times_each, an_agent_praises_whatever_comes,
    an_agent_praises_nearly_all, a_colluding_agent_takes_up_what_two_accounts_praised, started_again_in_mid_promotion,
    a_key_praises_in_the_names_of_agents, one_incident_makes_all_write_the_same, all_of_one_company_write,
]  # fmt: skip
