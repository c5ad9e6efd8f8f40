"""What happens when: `EVERY` lists the jobs that run by the clock, `WHEN` what an event sets going.

State that has a time is a column; these jobs only look at columns. So a restart, a second worker or a clock that jumps
does no harm: every job may run at any time, twice, or at once with itself.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from segue.app.door import House, Mind
from segue.learning.lessons import learn
from segue.store.events import Event

SILENT_FOR = timedelta(hours=72)
"""A customer who got an answer and did not come back for this long is assumed to be served."""

Job = Callable[[House, Mind, datetime], object]

EVERY: dict[str, tuple[float, Job]] = {
    "say that this worker lives": (2.0, lambda house, mind, now: house.inbox.beat(now)),
    "free what dead workers held": (2.0, lambda house, mind, now: house.inbox.bury_dead(now)),
    "take up a new policy, head or article": (1.0, lambda house, mind, now: mind.refresh()),
    "record clocks past their promise": (1.0, lambda house, mind, now: house.desk.breach(now)),
    "close what fell silent": (60.0, lambda house, mind, now: house.desk.fall_silent(now - SILENT_FOR, now)),
    "send what waits in the outbox": (1.0, lambda house, mind, now: house.post.send_due(now)),
    "follow events": (1.0, lambda house, mind, now: follow(house)),
    "watch the boundary": (30.0, lambda house, mind, now: house.ladder.watch(now)),
}

WHEN: dict[str, Callable[[House, Event], object]] = {
    "conversation.resolved": lambda house, event: learn(house.knowledge, event.conversation_id or ""),
    "message.sent": lambda house, event: house.ladder.hear_reply(event, house.encoder),
    "outcome.recorded": lambda house, event: house.ladder.hear_outcome(event),
}


def follow(house: House) -> int:
    """Acts on the events since the last time, however many came; returns how many there were."""
    actions = {kind: partial(action, house) for kind, action in WHEN.items()}
    read = house.follower.follow(actions)
    return read + follow(house) if read >= house.follower.AT_ONCE else read


class Schedule:
    def __init__(self, house: House, mind: Mind) -> None:
        self._house = house
        self._mind = mind
        self._due = dict.fromkeys(EVERY, 0.0)

    def run_due(self, tick: float, now: datetime) -> None:
        """Runs every job whose time has come; `tick` is a clock that never jumps, in seconds."""
        for name, (seconds, job) in EVERY.items():
            if tick >= self._due[name]:
                self._due[name] = tick + seconds
                job(self._house, self._mind, now)
