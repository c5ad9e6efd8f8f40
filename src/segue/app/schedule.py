"""What happens when: `EVERY` lists the jobs that run by the clock, `WHEN` what an event sets going.

State that has a time is a column; these jobs only look at columns. So a restart, a second worker or a clock that jumps
does no harm: every job may run at any time, twice, or at once with itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from segue.app.door import House, Mind
from segue.app.taken import brief_who_took_it
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
    "follow events": (1.0, lambda house, mind, now: follow(house, mind, now)),
}

SLOWLY: dict[str, tuple[float, Job]] = {
    "send what waits in the outbox": (1.0, lambda house, mind, now: house.post.send_due(now)),
    "watch the boundary": (10.0, lambda house, mind, now: house.ladder.watch(now)),
}
"""Jobs that may wait for somebody else's machine, or reckon for long: nothing of EVERY waits for them."""

Deed = Callable[[House, Mind, Event, datetime], object]

WHEN: dict[str, Deed] = {
    "conversation.resolved": lambda house, mind, event, now: learn(house.knowledge, event.conversation_id or ""),
    "conversation.claimed": brief_who_took_it,
    "conversation.assigned": brief_who_took_it,
    "message.sent": lambda house, mind, event, now: house.ladder.hear_reply(event, house.encoder),
    "outcome.recorded": lambda house, mind, event, now: house.ladder.hear_outcome(event),
}


def follow(house: House, mind: Mind, now: datetime) -> int:
    """Acts on the events since the last time, however many came; returns how many there were."""
    actions = {kind: _with(deed, house, mind, now) for kind, deed in WHEN.items()}
    read = house.follower.follow(actions)
    return read + follow(house, mind, now) if read >= house.follower.AT_ONCE else read


def _with(deed: Deed, house: House, mind: Mind, now: datetime) -> Callable[[Event], object]:
    return lambda event: deed(house, mind, event, now)


class Schedule:
    def __init__(self, house: House, mind: Mind, jobs: Mapping[str, tuple[float, Job]] = EVERY) -> None:
        self._house = house
        self._mind = mind
        self._jobs = jobs
        self._due = dict.fromkeys(jobs, 0.0)

    def run_due(self, tick: float, now: datetime) -> None:
        """Runs every job whose time has come; `tick` is a clock that never jumps, in seconds."""
        for name, (seconds, job) in self._jobs.items():
            if tick >= self._due[name]:
                self._due[name] = tick + seconds
                job(self._house, self._mind, now)
