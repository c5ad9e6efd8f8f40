"""Versions of articles at rest, with what each left of the one before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from segue.store.database import Database, as_json
from segue.store.sql import statements

SQL = statements("rewriting")


class Rewriting:
    def __init__(self, db: Database) -> None:
        self.db = db

    def unjudged(self) -> list[Any]:
        """Newer versions of articles at which nobody has looked yet: `article_id`, `version`, `body`, and `before`, the
        text they replaced."""
        return self.db.all(SQL.unjudged)

    def put_carries(self, article: str, version: int, carries: Mapping[str, int]) -> None:
        self.db.run(SQL.put_carries, {"article": article, "version": version, "carries": as_json(carries)})

    def texts(self) -> list[Any]:
        """Of articles that were rewritten or taken out: `id`, `title`, `version`, `is_live`, `retired_at`, `steps` and
        `made_at` by version, and when they last became another text."""
        return self.db.all(SQL.texts)

    def claim(self, mark: str) -> bool:
        """Whether the articles changed since anybody looked. Only the first caller is told so, and does what follows
        from it."""
        return self.db.run(SQL.claim, {"mark": mark}) == 1

    def weighed(self, articles: Sequence[str], now: datetime) -> None:
        """Records that what was judged of older texts of these counts no more."""
        self.db.run(SQL.weighed, {"articles": list(articles), "now": now})
