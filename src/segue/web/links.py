"""Links to files for customers' pages, which cannot send a key along with a picture: signed, and ended within a day."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import datetime, timedelta

HALF_A_DAY = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Links:
    """Signs what a customer's page points at. The same link for half a day, so that pictures stay where they are."""

    secret: bytes = field(repr=False)

    def to(self, attachment: str, now: datetime) -> str:
        """Good for twelve to twenty-four hours."""
        step = HALF_A_DAY.total_seconds()
        until = int((now.timestamp() // step + 2) * step)
        return f"/files/{attachment}?until={until}&key={self._key(attachment, until)}"

    def is_good(self, attachment: str, until: int, key: str, now: datetime) -> bool:
        own = self._key(attachment, until)
        return hmac.compare_digest(own.encode(), key.encode("utf8", "replace")) and now.timestamp() < until

    def _key(self, attachment: str, until: int) -> str:
        return hmac.new(self.secret, f"{attachment}.{until}".encode(), hashlib.sha256).hexdigest()[:40]
