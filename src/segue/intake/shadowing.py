"""Turns that were committed, decided once more by a policy that runs in shadow, and kept apart.

The one idea: it happens after the commit. The customer has the answer already, so whatever fails here costs one
comparison and never a turn; and where no shadow runs, nothing happens at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Protocol

import structlog

from segue.domain.answer import Answer
from segue.domain.assessment import Assessment
from segue.domain.conversation import Conversation
from segue.domain.decision import Decision
from segue.domain.traces import brief, traced
from segue.domain.turn import Commit
from segue.policy.beside import difference

log = structlog.get_logger()
LONGEST_WHY = 300


class Silent(Protocol):
    def decide(self, conversation: Conversation, assessment: Assessment, answer: Answer, now: datetime) -> Decision: ...


class Keeps(Protocol):
    def keep(self, shadow: int, rows: Sequence[dict[str, Any]], now: datetime) -> object: ...


class Shadow:
    """The shadow of the moment. `id` is its run, not its version: one version may run twice."""

    def __init__(self, id: int, decider: Silent, store: Keeps) -> None:
        self.id, self.decider, self.store = id, decider, store

    def follow(self, commits: Iterable[Commit], now: datetime) -> None:
        """Never raises. Turns that could not be considered say nothing of a policy and are left out."""
        try:
            rows = [self._row(commit, now) for commit in commits if commit.turn.assessment and commit.turn.answer]
            if rows:
                self.store.keep(self.id, rows, now)
        except Exception as error:
            log.error("shadow.not_kept", shadow=self.id, **traced(error))

    def _row(self, commit: Commit, now: datetime) -> dict[str, Any]:
        conversation, live = commit.lease.conversation, commit.turn.decision
        told = {
            "id": conversation.id, "seq": conversation.latest.seq, "episode": conversation.episode,
            "live_version": live.policy_version, "live_action": live.action, "live_reason": live.because[0].reason,
        }  # fmt: skip
        try:
            assert commit.turn.assessment is not None
            assert commit.turn.answer is not None
            found = self.decider.decide(conversation, commit.turn.assessment, commit.turn.answer, now)
        except Exception as error:
            log.error("shadow.failed", conversation=conversation.id, **traced(error))
            return told | {"differs": "", "failed": brief(error)[:LONGEST_WHY]}
        kept = {"action": found.action, "reason": found.because[0].reason, "decision": found}
        return told | kept | {"differs": difference(live, found)}
