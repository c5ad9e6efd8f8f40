"""What a restore leaves to people: mails that waited to leave when the backup was written may have left since."""

from __future__ import annotations

from datetime import datetime, timedelta

from segue.store.database import Database
from segue.store.mail import MailStore
from segue.store.outbox import Outbox

WHY = (
    "it waited when a backup was written that was restored since, and may have left already. Send it again, or let it"
    " be."
)
_WHENEVER_DUE = timedelta(days=3650)


def hold_what_may_have_left(database_url: str, now: datetime) -> int:
    """Gives each to people as one that did not arrive, and sends none (trust R3); returns how many there were. The
    backup is of this version by now."""
    db = Database(database_url, 2).open()
    try:
        mails, waiting = MailStore(db), Outbox(db).unsent()
        return sum(mails.undelivered(one.conversation_id, one.seq, WHY, now, now + _WHENEVER_DUE) for one in waiting)
    finally:
        db.close()
