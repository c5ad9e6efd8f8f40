"""What the knowledge covers and where it falls short: gaps, versions, and the questions an article should answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from segue.store.database import Database
from segue.store.sql import statements

SQL = statements("coverage")


class Coverage:
    def __init__(self, db: Database) -> None:
        self.db = db

    def gaps(self, since: datetime, today: date) -> list[Any]:
        """Matters that people resolved since then and no public article answers, the most frequent first."""
        return self.db.all(SQL.gaps, {"since": since, "today": today})

    def versions(self, slug: str) -> list[Any]:
        """Newest first, with the text of each."""
        return self.db.all(SQL.versions, {"slug": slug})

    def questions(self, slug: str) -> list[str]:
        """What somebody wrote down that the article should answer."""
        return [row.question for row in self.db.all(SQL.questions, {"slug": slug})]

    def asked_lately(self, intent: str, limit: int = 5) -> list[Any]:
        """What customers asked about a matter, newest first, each with the fields by which we know its customer."""
        return self.db.all(SQL.asked_lately, {"intent": intent, "limit": limit})

    def put_questions(self, slug: str, questions: Sequence[str], author: str, now: datetime) -> None:
        """Replaces them; the same list again changes nothing."""
        wanted = list(dict.fromkeys(questions))
        if wanted != self.questions(slug):
            params = {"slug": slug, "questions": wanted, "author": author, "now": now}
            self.db.run(SQL.put_questions, params)
