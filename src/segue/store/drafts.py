"""What agents have typed and not sent: one text per conversation, agent and kind, whatever happens to the browser.

Each write names the version it began from, so that a second tab never silently overwrites the first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from segue.domain.errors import NotFound
from segue.store.database import Database
from segue.store.sql import statements
from segue.texts import _

SQL = statements("drafts")
Kind = Literal["reply", "note"]


@dataclass(frozen=True, slots=True)
class Kept:
    """A draft as it is kept; `version` is 0 where there never was one. `macro`: whose actions are done with it."""

    text: str = ""
    version: int = 0
    macro: str = ""


class NewerDraft(Exception):
    """Somewhere else the same agent wrote on. `kept` is what stands there."""

    def __init__(self, kept: Kept) -> None:
        super().__init__("A newer draft is kept.")
        self.kept = kept


class DraftMoved(Exception):
    """The conversation was merged into another: what is typed belongs there. `into` is its id."""

    def __init__(self, into: str) -> None:
        super().__init__("The draft has moved.")
        self.into = into


class Drafts:
    def __init__(self, db: Database) -> None:
        self.db = db

    def of(self, conversation: str, agent: str) -> dict[str, Kept]:
        """The agent's drafts by kind; both kinds are always there."""
        rows = self.db.all(SQL.drafts, {"id": conversation, "agent": agent})
        return {"reply": Kept(), "note": Kept()} | {
            row.kind: Kept(row.body, row.version, row.macro_id or "") for row in rows
        }

    def no_longer_seen(self, agent: str, limit: int = 50) -> list[dict[str, Any]]:
        """What the agent typed in conversations that went to a team closed to them, newest first: number, kind, body,
        changed_at, and of a reply that was refused its id."""
        return [row._asdict() for row in self.db.all(SQL.no_longer_seen, {"agent": agent, "limit": limit})]

    def forget(self, number: int, agent: str, kind: Kind, now: datetime, back: str = "") -> str | None:
        """Throws away one that is out of reach; returns what it was, None where there is none. `back` undoes that."""
        params = {"number": number, "agent": agent, "kind": kind, "now": now, "body": back}
        row = self.db.one(SQL.forget, params)
        return None if row is None else str(row.was)

    def put(
        self, conversation: str, agent: str, kind: Kind, text: str, version: int, now: datetime,
        macro: str | None = None,
    ) -> int:  # fmt: skip
        """Keeps it; returns its new version. `macro` None leaves what it carries, "" takes it off.

        Raises NewerDraft, DraftMoved and NotFound.
        """
        params = {"id": conversation, "agent": agent, "kind": kind, "body": text, "version": version, "now": now,
                  "macro": macro}  # fmt: skip
        if row := self.db.one(SQL.put, params):
            return int(row.version)
        kept = self.db.one(SQL.one, params)
        if kept is None:
            raise NotFound(
                _("There is no conversation %(conversation)s.", conversation=conversation), _("Check the id.")
            )
        if kept.merged_into:
            raise DraftMoved(kept.merged_into)
        raise NewerDraft(Kept(kept.body, kept.version, kept.macro_id or ""))

    def clear(self, conversation: str, agent: str, kind: Kind, now: datetime) -> None:
        """Empties the draft after it was sent, so that no save that began before brings it back."""
        self.db.run(SQL.clear, {"id": conversation, "agent": agent, "kind": kind, "now": now})

    def drop(self, conversation: str, texts: Sequence[str], now: datetime) -> None:
        """Empties the replies of all agents that say one of these texts and no more; what they carry goes, too."""
        self.db.run(SQL.drop, {"id": conversation, "texts": list(texts), "now": now})
