"""Works the inbox: claims what waits, considers each message on its lease, commits what came of it.

A turn that fails is tried again after a pause; past `ATTEMPTS` tries, or past `PATIENCE` seconds, a person gets it and
the customer is told. Turns considered close together are committed together.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Protocol

import structlog

from segue.domain.conversation import Channel
from segue.domain.traces import traced
from segue.domain.turn import Commit, Lease
from segue.intake.receive import Receiver
from segue.store.inbox import Inbox

log = structlog.get_logger()

ATTEMPTS = 5
PATIENCE = timedelta(seconds=30)
AT_ONCE = 16
READ_AHEAD = 8
"""Messages read in one go before the first of them is considered: it waits for seven more, which is 50 ms at most."""
GATHER = 0.025
"""Seconds that a considered turn may wait for the next one before both are committed."""
GATHER_BEHIND = 0.25
"""The same where as many wait as are taken at once, or more. There every message waits for those before it, and one
commit of sixteen turns costs a fraction of sixteen: what is spared brings all of them forward. With the shorter time
batches were smallest where a machine can least afford it."""

Now = Callable[[], datetime]


class Considering(Protocol):
    """Holds the receiver of the moment; a new policy or head brings a new one."""

    @property
    def receiver(self) -> Receiver: ...


def clock() -> datetime:
    return datetime.now(UTC)


class Worker:
    def __init__(
        self, inbox: Inbox, mind: Considering, now: Now = clock, announce: Callable[[], None] = lambda: None
    ) -> None:
        self.inbox = inbox
        self.mind = mind
        self.now = now
        self.announce = announce
        self._was_cut_short = False

    def work_off(self, should_stop: Callable[[], bool] = lambda: False) -> int:
        """Considers until nothing waits; returns how many turns were committed."""
        with self.inbox.db.kept():
            if self._was_cut_short:  # by the database, most likely: what it had claimed need not wait for its lease
                self.inbox.let_go()
            self._was_cut_short = True
            done = self._work_off(should_stop)
            self._was_cut_short = False
            return done

    def _work_off(self, should_stop: Callable[[], bool]) -> int:
        done = 0
        while not should_stop() and (leases := self.inbox.claim(self.now(), AT_ONCE)):
            done += self._take(leases, should_stop)
        return done

    def _take(self, leases: list[Lease], should_stop: Callable[[], bool]) -> int:
        done, gathered, until = 0, list[Commit](), 0.0
        longest = GATHER_BEHIND if len(leases) == AT_ONCE else GATHER
        for i, lease in enumerate(leases):
            if should_stop():
                self.inbox.hand_back_unused(leases[i:])
                break
            if i % READ_AHEAD == 0:
                self._read_ahead(leases[i : i + READ_AHEAD])
            if (commit := self._considered(lease)) is not None:
                until = until if gathered else time.monotonic() + longest
                gathered.append(commit)
            if gathered and time.monotonic() > until:
                done += self._commit(gathered)
                gathered = []
        return done + self._commit(gathered)

    def _read_ahead(self, leases: list[Lease]) -> None:
        """What failed before is left out: whatever it is about it, the others need not meet it."""
        fresh = [lease.conversation for lease in leases if lease.attempts == 1]
        if len(fresh) > 1:
            with suppress(Exception):  # each turn reads for itself what is missing, and fails for itself
                self.mind.receiver.read_ahead(fresh)

    def _considered(self, lease: Lease) -> Commit | None:
        """The commit for one lease, or None where it failed and will be tried again."""
        now, receiver = self.now(), self.mind.receiver
        try:
            if lease.conversation.is_under_hands:
                self.inbox.stand_by(lease, now)
                return None
            if lease.attempts > ATTEMPTS or (now - lease.accepted_at > PATIENCE and lease.attempts > 1):
                return receiver.ready(lease, receiver.give_up(lease.conversation, self.inbox.is_stopped()), now)
            return self._unless_held(receiver.ready(lease, receiver.consider(lease.conversation, now), now), now)
        except Exception as error:  # whatever it is, the message must not be lost with it
            self._later(lease, error, now)
            return None

    def _unless_held(self, commit: Commit, now: datetime) -> Commit | None:
        """None where the answer has to wait still: then the message is considered again when its time has come. Before
        a page it waits only for somebody: with nobody at the desk the customer would be kept for nothing.

        What the customer wrote since does not wait behind it: where that is for people they get both, and what would
        have been answered is dropped. What was there when a hold began is answered with it: who writes four messages
        waits for one look at four answers, and not four times.
        """
        hold, lease = commit.turn.decision.hold, commit.lease
        until = lease.hold_until or now + timedelta(seconds=hold)
        if not hold or until <= now:
            return commit
        if lease.conversation.channel is not Channel.EMAIL and not self.inbox.is_attended(now):
            return commit
        seen, words = lease.conversation, [commit.says]
        for seen in self.inbox.behind(lease, now):
            turn = self.mind.receiver.consider(seen, now)
            said = self.mind.receiver.ready(replace(lease, conversation=seen), turn, now)
            if turn.decision.hands_off:
                return replace(said, lease=lease, turn=replace(turn, assessment=commit.turn.assessment, answer=None))
            if seen.latest.seq <= (lease.held_to or seen.latest.seq):
                words.append(said.says)
        self.inbox.hold(lease, "\n\n".join(filter(None, words)), until, now, seen.latest.seq)
        self.announce()
        return None

    def _later(self, lease: Lease, error: Exception, now: datetime) -> None:
        log.warning("turn.failed", conversation=lease.conversation.id, attempt=lease.attempts, **traced(error))
        self.inbox.release(lease, now + _pause(lease))

    def _dropped(self, lease: Lease) -> None:
        """Of a lease that was lost nothing is left to give back. Where the assistant was stopped meanwhile, or may do
        less, the lease is ours still: the message is considered anew, and people get it."""
        log.info("turn.dropped", conversation=lease.conversation.id, why="lease lost, unwritable, or assistant stopped")
        self.inbox.release(lease, self.now() + _pause(lease))

    def _commit(self, commits: list[Commit]) -> int:
        if not commits:
            return 0
        written = self.inbox.commit(commits, self.now())
        self.announce()
        if (shadow := self.mind.receiver.shadow) is not None:
            shadow.follow([c for c in commits if c.lease.conversation.id in written], self.now())
        for commit in commits:
            if commit.lease.conversation.id not in written:
                self._dropped(commit.lease)
        return len(written)


def _pause(lease: Lease) -> timedelta:
    """Until the next try: longer after each."""
    return timedelta(seconds=min(0.5 * 2 ** (lease.attempts - 1), 8))
