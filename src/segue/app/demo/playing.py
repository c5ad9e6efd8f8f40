"""Plays the story of the first minute through the real house, in simulated time: every answer, handoff and briefing in
it is made on the spot, none is written down."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from rich.panel import Panel

from segue.app.cli.common import err, out
from segue.app.demo.performing import Seen, perform
from segue.app.demo.seed import seed
from segue.app.demo.story import StoryStep, story
from segue.app.door import House, open_house
from segue.app.mind import Mind
from segue.app.settings import Settings
from segue.domain.conversation import Channel, Page
from segue.domain.turn import Turn
from segue.intake.receive import Receiver
from segue.intake.worker import Worker
from segue.policy.prose import otherwise, why
from segue.store.desk import AgentReply, Solution
from segue.store.inbox import Accepted, Arrival


def play(at: Settings, pause: float, say: bool) -> dict[str, Any]:
    """What happened at each step, and whether it went as told. `pause` is seconds between the steps."""
    house = open_house(replace(at, encoder_socket=""))
    begin = datetime.now(UTC).replace(hour=10, minute=0, second=0, microsecond=0)
    err.print("Loading the demo company.")
    seed(house, begin)
    stage = _HouseStage(house, begin, say)
    report = perform(stage, stage.show, pause)
    house.db.close()
    return report


@dataclass
class _HouseStage:
    """The house without a screen; days pass between the steps."""

    house: House
    now: datetime
    say: bool
    conversations: dict[str, str] = field(default_factory=dict)
    """The open conversation of each customer."""

    def __post_init__(self) -> None:
        self.mind = Mind(self.house)
        self.worker = Worker(self.house.inbox, self.mind, lambda: self.now)

    def customer(self, step: StoryStep) -> Seen:
        self._pass(step)
        accepted = self._write(step)
        begin = time.perf_counter()
        with self._watching() as taken:
            self.worker.work_off()
        took = time.perf_counter() - begin
        turn = taken[-1]
        return {"did": turn.decision.action.value, "seconds": round(took, 3), **self._seen(turn, accepted)}

    def _pass(self, step: StoryStep) -> None:
        self.now += timedelta(days=step.days_later, minutes=2)

    def _write(self, step: StoryStep) -> Accepted:
        arrival = Arrival(
            step.text, Channel(story().channel), self.conversations.get(step.who), external_id=f"con_{step.who}",
            is_verified=True, page=Page(f"https://app.ledgerly.example/{story().page}", story().page.capitalize()),
        )  # fmt: skip
        accepted = self.house.inbox.accept(arrival, self.now)
        self.conversations[step.who] = accepted.conversation_id
        return accepted

    @contextmanager
    def _watching(self) -> Iterator[list[Turn]]:
        """The turns taken meanwhile."""
        taken: list[Turn] = []
        receiver, self.mind.receiver = self.mind.receiver, cast(Receiver, _Overheard(self.mind.receiver, taken))
        yield taken
        self.mind.receiver = receiver

    def _seen(self, turn: Turn, accepted: Accepted) -> dict[str, Any]:
        decision = turn.decision
        thread = self.house.conversations.thread(accepted.conversation_id, accepted.seq)
        said = [m["body"] for m in thread if m["author"] in ("assistant", "system")]
        for text in said:
            self.show(Panel(text, title="AI assistant" if decision.speaks else "Segue", border_style="magenta"))
        self.show(f"Why: {why(decision)} {otherwise(decision)}")
        if turn.briefing:
            self.show(_panel(turn))
        briefing = turn.briefing
        return {
            "reasons": [r.value for r in decision.reasons], "confidence": decision.confidence,
            "threshold": decision.threshold, "said": said, "briefing": briefing,
            "articles": sorted({ground.slug for ground in turn.answer.grounds}) if turn.answer else [],
        }  # fmt: skip

    def agent(self, step: StoryStep) -> Seen:
        self._pass(step)
        waiting = self.house.conversations.waiting_for_people()
        conversation = next(c["id"] for c in waiting if c["id"] in self.conversations.values())
        agent = f"agt_{step.who}"
        self.house.hands.take(conversation, agent, self.now)
        self.house.hands.reply(AgentReply(conversation, agent, step.text), self.now)
        if step.solved:
            self.house.hands.resolve(conversation, agent, Solution(step.solved, story().intent), self.now)
        return {"did": "replied"}

    def lead(self, step: StoryStep) -> Seen:
        self._pass(step)
        article = self.house.knowledge.article(step.article or "")
        assert article is not None
        self.house.library.publish(replace(article, body=f"{article.body}\n\n{step.text}"), f"agt_{step.who}", self.now)
        self.mind.refresh()
        return {"did": "approved"}

    def show(self, what: object) -> None:
        if self.say:
            out.print(what)


@dataclass(frozen=True, slots=True)
class _Overheard:
    """A receiver whose turns are also heard by the stage."""

    receiver: Any
    taken: list[Turn]
    shadow: None = None

    def consider(self, *given: Any) -> Turn:
        return self._heard(self.receiver.consider(*given))

    def give_up(self, *given: Any) -> Turn:
        return self._heard(self.receiver.give_up(*given))

    def ready(self, *given: Any) -> Any:
        return self.receiver.ready(*given)

    def _heard(self, turn: Turn) -> Turn:
        self.taken.append(turn)
        return turn


def _panel(turn: Turn) -> Panel:
    b = turn.briefing
    assert b is not None
    lines = [
        f"[bold]Why you have this[/]  {b.why}",
        f"[bold]They want[/]  {b.wanted.text}",
        *(f"[bold]Already tried[/]  {line.text}" for line in b.tried),
        f"[bold]Known, do not ask[/]  {', '.join(f'{f.kind} {f.value}' for f in b.facts) or '–'}",
        f"[bold]Next step[/]  {b.next_step.text} ({b.next_step.solved_so} of {b.next_step.of} were solved so)",
        f"[bold]Customer[/]  {b.customer.name}, {b.customer.account} ({b.customer.tier})",
    ]
    return Panel("\n".join(lines), title="Briefing", border_style="cyan")
