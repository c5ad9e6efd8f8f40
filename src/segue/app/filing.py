"""Files in the product team's tracker what a lead asked for: one issue for each topic, whatever happens (R8)."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog

from segue.domain.errors import SegueError
from segue.domain.ports import Tracker
from segue.domain.traces import traced
from segue.learning.personal import strip
from segue.store.candidates import CandidateStore
from segue.store.issues import IssueStore
from segue.texts import _n

log = structlog.get_logger()
SHOWN = 5
"""Messages that stand in an issue, without personal data."""


@dataclass(frozen=True)
class Filing:
    issues: IssueStore
    topics: CandidateStore
    tracker: Tracker

    def file_due(self, now: datetime) -> int:
        """How many were filed. What fails is tried again later."""
        self._look_again(now)
        filed = 0
        for row in self.issues.due(now):
            try:
                place = self._file(row)
            except SegueError as error:
                log.warning("issue.waits", topic=row.topic_id, **traced(error))
                self.issues.failed(row.topic_id, str(error))
            else:
                self.issues.filed(row.topic_id, place, now)
                filed += 1
        return filed

    def _file(self, row: Any) -> str:
        """An issue that was created and never told of is found by its key: so it is looked for before it is created."""
        key = _key(row.topic_id)
        found = self.tracker.find(key, row.asked_at)
        return found[0] if found else self.tracker.create(row.title, self._text(row.topic_id), key)

    def _look_again(self, now: datetime) -> None:
        """Once, a while after it was filed: one that was created twice, whoever did it, is told of (R8)."""
        for row in self.issues.to_look_at(now):
            with suppress(SegueError):
                for place in self.tracker.find(_key(row.topic_id), row.asked_at):
                    self.issues.filed(row.topic_id, place, now)
                self.issues.looked(row.topic_id, now)

    def _text(self, topic: str) -> str:
        told = self.topics.topic(topic)
        rows = self.topics.topic_messages(topic, SHOWN)
        lines = [strip(row.body, (row.name, row.email, row.account)).text for row in rows]
        return "\n\n".join([
            _n("%(num)s message of a customer.", "%(num)s messages of customers.", told["messages"]),
            *("> " + line.replace("\n", "\n> ") for line in lines),
        ])  # fmt: skip


def _key(topic: str) -> str:
    return f"Segue {topic}"
