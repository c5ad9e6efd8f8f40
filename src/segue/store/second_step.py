"""A second step after the password: six figures of an app that shares a secret with us, or a code kept for bad days.

Each is taken once. Wrong ones are counted in the database, for the person, however many processes or addresses ask.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from segue.store.database import Database
from segue.store.sql import statements

SQL = statements("second_step")
MISSES = 10
WITHIN = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Authenticator:
    secret: str
    """Base32, as it is typed."""
    since: datetime
    codes_left: int


class SecondSteps:
    def __init__(self, db: Database) -> None:
        self.db = db

    def of(self, agent: str) -> Authenticator | None:
        row = self.db.one(SQL.of_agent, {"agent": agent})
        return Authenticator(row.secret, row.created_at, row.codes_left) if row else None

    def have_one(self) -> set[str]:
        """The agents who have an app or a passkey."""
        return {row.agent_id for row in self.db.all(SQL.have_one)}

    def set_up(self, agent: str, secret: str, step: int, codes: Sequence[str], now: datetime) -> None:
        """Keeps the agent's app and recovery codes in place of those before. `step`: the half minute whose code
        confirmed it, so that this code is not taken again."""
        with self.db.transaction() as connection:
            connection.execute(SQL.set_up, {"agent": agent, "secret": secret, "step": step, "now": now})
            connection.cursor().executemany(SQL.put_code, _rows(agent, codes))

    def renew_codes(self, agent: str, codes: Sequence[str], now: datetime) -> None:
        with self.db.transaction() as connection:
            connection.execute(SQL.renew_codes, {"agent": agent, "now": now})
            connection.cursor().executemany(SQL.put_code, _rows(agent, codes))

    def remove(self, agent: str, author: str, now: datetime) -> bool:
        """Whether there was one."""
        return self.db.one(SQL.remove, {"agent": agent, "author": author, "now": now}) is not None

    def reset(self, agent: str, author: str, now: datetime) -> bool:
        """Takes app, codes and passkeys away, and signs them out. Whether there was anything."""
        return self.db.one(SQL.reset, {"agent": agent, "author": author, "now": now}) is not None

    def take_step(self, agent: str, step: int) -> bool:
        """Takes the code of this half minute; returns whether neither it nor a later one had been taken."""
        return self.db.one(SQL.take_step, {"agent": agent, "step": step}) is not None

    def take_code(self, agent: str, code: str, now: datetime) -> bool:
        return self.db.one(SQL.take_code, {"agent": agent, "code_hash": _hash(code), "now": now}) is not None

    def enter(self, agent: str, now: datetime) -> int:
        """Counts a try that is about to be checked and returns 0; else the seconds until there may be one."""
        params = {"agent": agent, "now": now, "since": now - WITHIN, "most": MISSES}
        return 0 if self.db.one(SQL.enter, params) else self.wait(agent, now)

    def wait(self, agent: str, now: datetime) -> int:
        """Seconds until another try; 0 where one may come now."""
        row = self.db.one(SQL.misses, {"agent": agent, "since": now - WITHIN})
        if row is None or row.misses < MISSES:
            return 0
        since: datetime = row.missed_at
        return math.ceil((since + WITHIN - now).total_seconds())


def _rows(agent: str, codes: Sequence[str]) -> list[dict[str, object]]:
    return [{"agent": agent, "code_hash": _hash(code)} for code in codes]


def _hash(code: str) -> bytes:
    """As people type it: dashes, spaces and capitals make no difference. 80 random bits need no slow hash."""
    return hashlib.sha256("".join(c for c in code.lower() if c.isalnum()).encode()).digest()
