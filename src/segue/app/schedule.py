"""What happens when: `EVERY` lists the jobs that run by the clock, `WHEN` what an event sets going.

State that has a time is a column; these jobs only look at columns. So a restart, a second worker or a clock that jumps
does no harm: every job may run at any time, twice, or at once with itself.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from segue.app import anew, learning, weighing
from segue.app.bringing import take_in_brought
from segue.app.door import House
from segue.app.mind import Mind
from segue.app.taken import brief_where_nothing_arrives, brief_who_gets_it, brief_who_took_it
from segue.domain.traces import traced
from segue.store.events import Event
from segue.store.figured import Figured
from segue.texts import forms
from segue.web.zone import zone_of

log = structlog.get_logger()
SILENT_FOR = timedelta(hours=72)
"""A customer who got an answer and did not come back for this long is assumed to be served."""


@dataclass(frozen=True, slots=True)
class Job:
    every: float
    """Seconds."""
    do: Callable[[House, Mind, datetime], object]
    is_slow: bool = False
    """Whether it may wait for somebody else's machine, or reckon for long: it gets a thread of its own, so that no
    worker is taken for dead meanwhile."""


EVERY: dict[str, Job] = {
    "say that this worker lives": Job(2.0, lambda house, mind, now: house.inbox.beat(now)),
    "free what dead workers held": Job(2.0, lambda house, mind, now: house.inbox.bury_dead(now)),
    "free what waits for a clock that ran ahead": Job(10.0, lambda house, mind, now: house.inbox.put_right(now)),
    "find again what waits unseen": Job(60.0, lambda house, mind, now: house.inbox.find_again(now)),
    "take up a new policy, head or article": Job(1.0, lambda house, mind, now: mind.refresh()),
    "send what agents wrote": Job(1.0, lambda house, mind, now: send_written(house, now)),
    "wake what was set aside": Job(5.0, lambda house, mind, now: house.attention.wake_due(now)),
    "record clocks past their promise": Job(1.0, lambda house, mind, now: house.desk.breach(now)),
    "close what fell silent": Job(60.0, lambda house, mind, now: house.desk.fall_silent(now - SILENT_FOR, now)),
    "follow events": Job(1.0, lambda house, mind, now: follow(house, mind, now), is_slow=True),
    "stop what the assistant wrote and may not say": Job(1.0, lambda house, mind, now: stop_what_it_wrote(house, now)),
    "send what waits in the outbox": Job(1.0, lambda house, mind, now: house.post.send_due(now), is_slow=True),
    "take in the mail that came": Job(1.0, lambda house, mind, now: take_in(house, now), is_slow=True),
    "throw away files that no message took": Job(600.0, lambda house, mind, now: house.attachments.sweep(now)),
    "take in what was brought": Job(1.0, lambda house, mind, now: take_in_brought(house, now), is_slow=True),
    "file what product teams should see": Job(5.0, lambda house, mind, now: file_issues(house, now), is_slow=True),
    "keep the figures": Job(5.0, lambda house, mind, now: Figured(house.db).keep_up(), is_slow=True),
    "say where categories begin": Job(2.0, lambda house, mind, now: house.beginnings.enter(now), is_slow=True),
    "weigh the evidence where an article changed": Job(
        2.0, lambda house, mind, now: weighing.weigh_anew(house, now), is_slow=True
    ),
    "notice another encoder": Job(2.0, lambda house, mind, now: anew.notice(house, now), is_slow=True),
    "read what another encoder left": Job(3600.0, lambda house, mind, now: anew.read_strays(house), is_slow=True),
    "watch the boundary": Job(30.0, lambda house, mind, now: house.ladder.watch(now), is_slow=True),
    "fit anew without who was erased": Job(
        10.0, lambda house, mind, now: learning.unlearn_erased(house, now), is_slow=True
    ),
    "learn at night what people resolved": Job(
        60.0, lambda house, mind, now: learning.nightly(house, now), is_slow=True
    ),
    "learn when asked to": Job(2.0, lambda house, mind, now: learning.run_asked(house, now), is_slow=True),
    "fit anew where another promise is made": Job(
        2.0, lambda house, mind, now: mind.see_to(lambda: learning.keep_promise(house, now)), is_slow=True
    ),
}


def take_in(house: House, now: datetime) -> None:
    """Wakes the workers where a mail became a message."""

    def wake() -> None:
        house.bell.ring("ready")
        house.bell.ring("events")

    house.mail_intake.take_in(now, wake)


def file_issues(house: House, now: datetime) -> None:
    if house.settings.tracker:
        house.filing.file_due(now)


Deed = Callable[[House, Mind, Event, datetime], object]


def take_lesson(house: House, conversation: str) -> None:
    """Keeps it as a lesson, and looks whether it contradicts an article."""
    house.lessons.learn(conversation)
    house.watch.look(conversation)


def hear_reply(house: House, event: Event) -> None:
    """What became of a suggestion: evidence of how good it was, and of how much people had to change."""
    house.ladder.judging.hear_reply(event, house.encoder)
    house.lessons.hear_reply(event)


def send_written(house: House, now: datetime) -> None:
    """Replies whose moment to think better of them has passed. Their macros may set aside until tomorrow morning."""
    with forms.seeing_in(zone_of(house.workspace)):
        if house.sending.send_due(now):
            house.bell.ring("events")


def stop_what_it_wrote(house: House, now: datetime) -> None:
    """Where a lead stopped the assistant: answers that are held, and mails that have not left yet. Without a server
    none ever leaves, and nobody waits for one."""
    if house.outbox.wake(now):
        house.bell.ring("ready")
    if house.post.way.server and house.outbox.stop(now):
        house.bell.ring("events")


WHEN: dict[str, Deed] = {
    "conversation.resolved": lambda house, mind, event, now: take_lesson(house, event.conversation_id or ""),
    "conversation.claimed": brief_who_took_it,
    "conversation.assigned": brief_who_took_it,
    "message.stopped": brief_who_gets_it,
    "message.undelivered": brief_where_nothing_arrives,
    "message.sent": lambda house, mind, event, now: hear_reply(house, event),
    "outcome.recorded": lambda house, mind, event, now: house.ladder.judging.hear_outcome(event),
}


def follow(house: House, mind: Mind, now: datetime) -> int:
    """Acts on the events since the last time, however many came; returns how many there were."""
    actions = {kind: _with(deed, house, mind, now) for kind, deed in WHEN.items()}
    read = at_once = house.follower.follow(actions)
    while at_once >= house.follower.AT_ONCE:
        read += (at_once := house.follower.follow(actions))
    return read


def _with(deed: Deed, house: House, mind: Mind, now: datetime) -> Callable[[Event], object]:
    return lambda event: deed(house, mind, event, now)


LAST = 5.0
"""Seconds that jobs have to come to their end once the process is told to."""


class Schedule:
    def __init__(self, house: House, mind: Mind) -> None:
        self._house = house
        self._mind = mind
        self._due = dict.fromkeys(EVERY, 0.0)
        self._slow: dict[str, threading.Thread] = {}
        self._is_over = threading.Event()

    def end(self) -> None:
        """Begins nothing more, and waits a while for what is under way. What takes longer is cut short by the closed
        database, which is no failure: its transaction never was, and another worker does it again."""
        self._is_over.set()
        until = time.monotonic() + LAST
        for thread in list(self._slow.values()):
            thread.join(max(until - time.monotonic(), 0))

    def run_due(self, tick: float, now: datetime) -> None:
        """Runs every job whose time has come; `tick` is a clock that never jumps, in seconds."""
        for name, job in EVERY.items():
            if tick >= self._due[name] and not self._is_over.is_set():
                self._due[name] = tick + job.every
                if job.is_slow:
                    self._beside(name, job, now)
                else:
                    job.do(self._house, self._mind, now)

    def _beside(self, name: str, job: Job, now: datetime) -> None:
        """In a thread of its own, one at a time; what it fails at is logged and tried again at its next turn."""
        running = self._slow.get(name)
        if running is None or not running.is_alive():
            self._slow[name] = threading.Thread(target=self._try, args=(name, job, now), daemon=True, name=name)
            self._slow[name].start()

    def _try(self, name: str, job: Job, now: datetime) -> None:
        try:
            job.do(self._house, self._mind, now)
        except Exception as error:
            if self._is_over.is_set():
                log.info("job.cut_short", job=name, **traced(error))
            else:
                log.error("job.failed", job=name, **traced(error))
