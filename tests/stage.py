"""The stage for stories: a house with a fixed cast, and verbs that read like a story.

Ada is on the free plan, Grace on enterprise; Mira and Tom are agents, Lena leads; Eve is a stranger.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import yaml

from segue.app.door import House
from segue.app.mind import Mind
from segue.app.schedule import EVERY, follow
from segue.domain.conversation import Channel
from segue.domain.decision import Reason
from segue.intake.worker import Worker
from segue.store.conversations import Filter
from segue.store.desk import AgentReply, Solution
from segue.store.inbox import Arrival

CAST = {"ada": "con_ada", "grace": "con_grace", "nadia": "con_nadia"}


class Stage:
    def __init__(self, house: House, now: datetime) -> None:
        self.house = house
        self.now = now
        self.mind = Mind(house)
        self.worker = Worker(house.inbox, self.mind, lambda: self.now)
        self.conversation = ""

    # what people do

    def customer_writes(
        self, text: str, who: str = "ada", again: bool = False, channel: str = "chat", subject: str = ""
    ) -> None:
        """A message in the current conversation where it is the customer's and open, else a new one (or `again`)."""
        known = CAST.get(who)
        arrival = Arrival(
            text, Channel(channel), None if again or not self._is_of(who) else self.conversation,
            external_id=known, name="" if known else who.capitalize(),
            email="" if known else f"{who}@elsewhere.example", is_verified=known is not None, subject=subject,
        )  # fmt: skip
        self.conversation = self.house.inbox.accept(arrival, self.now).conversation_id
        self._writer = who
        self.worker.work_off()

    def _is_of(self, who: str) -> bool:
        return bool(self.conversation) and getattr(self, "_writer", "") == who

    def days_pass(self, days: float) -> None:
        """What is due by the clock is done on the way; a conversation that fell silent is closed."""
        self.now += timedelta(days=days)
        for job in EVERY.values():
            job.do(self.house, self.mind, self.now)
        if self.row["status"] == "resolved":
            self.conversation = ""

    def agent_replies(self, text: str, who: str = "mira") -> None:
        self.house.hands.reply(AgentReply(self.conversation, f"agt_{who}", text), self.now)

    def agent_takes(self, who: str = "mira") -> None:
        self.house.hands.take(self.conversation, f"agt_{who}", self.now, force=True)
        follow(self.house, self.mind, self.now)

    def agent_assigns(self, team: str, who: str = "mira") -> None:
        self.house.hands.assign(self.conversation, f"agt_{who}", self.now, team=team)
        follow(self.house, self.mind, self.now)

    def agent_hands_back(self, who: str = "mira") -> None:
        self.house.hands.hand_back(self.conversation, f"agt_{who}", self.now)

    def hours_pass(self, hours: float) -> None:
        """Only the clock moves."""
        self.now += timedelta(hours=hours)

    def agent_resolves(self, who: str = "mira", intent: str | None = None, text: str = "") -> None:
        self.house.hands.resolve(self.conversation, f"agt_{who}", Solution(text, intent), self.now)
        follow(self.house, self.mind, self.now)

    def lead_sets(self, **changed: Any) -> None:
        """Changes the live policy, `triggers__turn_cap=1` for nested settings."""
        live = self.house.workspace.live_policy()
        assert live is not None
        policy = yaml.safe_load(live[1])
        for path, value in changed.items():
            place = policy
            *folders, name = path.split("__")
            for folder in folders:
                place = place.setdefault(folder, {})
            place[name] = value
        self.house.workspace.apply_policy(yaml.safe_dump(policy, sort_keys=False), "agt_lena", "A story.", self.now)
        self.mind.refresh()

    # what can be seen

    @property
    def row(self) -> dict[str, Any]:
        return self.house.conversations.one(self.conversation) if self.conversation else {"status": None}

    @property
    def listed(self) -> dict[str, Any]:
        """The row as lists show it."""
        number = self.row["number"]
        return self.house.conversations.listing(Filter(number=number), 1)[0]

    @property
    def handler(self) -> str:
        return str(self.row["handler"])

    @property
    def turn(self) -> dict[str, Any]:
        """The last considered message: assessment, answer and decision as they were stored."""
        return self.house.conversations.turns(self.conversation)[-1]

    @property
    def action(self) -> str:
        return str(self.turn["decision"]["action"])

    @property
    def handoff_reasons(self) -> list[str]:
        """As people say them."""
        return [Reason(b["reason"]).sentence for b in self.turn["decision"]["because"]]

    @property
    def thread(self) -> list[tuple[str, str]]:
        return [(m["author"], m["body"]) for m in self.house.conversations.thread(self.conversation)]

    @property
    def last_word(self) -> str:
        return self.thread[-1][1]

    @property
    def briefing(self) -> dict[str, Any]:
        found = self.house.conversations.briefing(self.conversation)
        assert found is not None, "nobody was briefed"
        return found

    @property
    def events(self) -> list[str]:
        return [e.kind for e in self.house.events.after("0-0") if e.conversation_id == self.conversation]
