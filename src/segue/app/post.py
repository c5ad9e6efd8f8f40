"""Takes what waits in the outbox to the mail server. Without one (`SEGUE_SMTP`), it keeps waiting.

Automatic mail is rationed: a person would not answer three of them in ten minutes, so where that happens a machine
is on the other side, and people get the conversation instead. What cannot be delivered is told to people, never
dropped. While the assistant is stopped nothing that it wrote leaves. What waited too long does not leave either, for
who sets a mail server today must not send the promises of weeks ago: it is told as a mail that was not sent.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import psycopg
import structlog

from segue.domain.errors import Refused, SegueError
from segue.domain.mail import MailKeys
from segue.domain.traces import brief, traced
from segue.intake.automatic import takes_no_answers
from segue.integrations.mail.sending import Letter, WayOut, compose, send
from segue.store.attachments import Attachments
from segue.store.channels import Channels
from segue.store.mail import MailStore
from segue.store.outbox import MOST_TRIES, Outbox
from segue.web.prose import plain_text, written_html

log = structlog.get_logger()
RENEWED_AFTER = 20.0
"""Seconds after which those that still wait in our hands are asked for again."""
MOST_TRIES_TO_WRITE = 3
UNWRITABLE = "it could not be written as a mail, by a fault of ours. Write it in other words."
SOON, HERE, EVERYWHERE = 3, 10, 20
"""Automatic mails to one address: in a conversation in ten minutes and in a day, and in all of them in a day."""

_FORMATS = re.compile(r"<(strong|em|ul|ol|code|pre|a|blockquote|table)\b")


def formatted(text: str) -> str:
    """The text as a page, where it has marks of Markdown that somebody would otherwise read as stars; else nothing, for
    a plain mail needs no second form."""
    made = str(written_html(text))
    return f'<!doctype html><html><body dir="auto">\n{made}</body></html>\n' if _FORMATS.search(made) else ""


@dataclass(frozen=True)
class Post:
    outbox: Outbox
    mails: MailStore
    way: WayOut
    keys: Callable[[], MailKeys]
    files: Attachments
    channels: Channels

    def send_due(self, now: datetime) -> int:
        """Returns how many mails left."""
        if not self.way.server:
            return 0
        for row in self.outbox.due("away", now):
            self.mails.continue_away(row.id, now)
        while self._give_up_too_old(now):
            pass
        left, began = 0, time.monotonic()
        while due := self.outbox.due("mail", now):  # of one conversation one after the other
            left += self._send_all(due, now, began)
        return left

    def _send_all(self, claimed: Sequence[Any], now: datetime, began: float) -> int:
        """One behind the other. With a slow server the last waits for minutes: what another worker has taken meanwhile
        is theirs, and what is ours we go on holding, so that no mail leaves twice (trust R3)."""
        left, held, asked = 0, frozenset[str](), -RENEWED_AFTER
        for n, row in enumerate(claimed):
            if (waited := time.monotonic() - began) - asked >= RENEWED_AFTER:
                held, asked = self.outbox.hold(claimed[n:], now + timedelta(seconds=waited)), waited
            left += row.id in held and self._send(row, now)
        return left

    def _give_up_too_old(self, now: datetime) -> int:
        told = 0
        for row in self.outbox.too_old(now):
            hours = (now - row.due_at) // timedelta(hours=1)
            waited = f"{hours} hours" if hours < 48 else f"{hours // 24} days"
            why = f"it had waited {waited} to leave, and may not hold any more. Send it again, or write anew."
            told += self.mails.undelivered(row.conversation_id, row.seq, why, now, row.due_at)
        return told

    def _send(self, row: Any, now: datetime) -> bool:
        try:
            if row.body["is_automatic"]:
                if not self.outbox.may_leave(row.id):
                    return False
                self._ration(row, now)
            keys = self.keys()
            letter = self._letter(row, keys, now)
            send(self.way, compose(self.way, letter), keys.reply_address(row.conversation_id))
        except Refused as error:
            log.info("mail.refused", conversation=row.conversation_id, seq=row.seq, **traced(error))
            self.mails.undelivered(row.conversation_id, row.seq, str(error), now)
            return False
        except SegueError as error:
            log.warning("mail.waits", conversation=row.conversation_id, attempt=row.attempts, **traced(error))
            self.outbox.failed(row.id, str(error), now)
            self.channels.failed("smtp", brief(error), now)
            if row.attempts >= MOST_TRIES:
                self.mails.undelivered(row.conversation_id, row.seq, str(error), now)
            return False
        except psycopg.Error:
            raise
        except Exception as error:  # whatever it is, it is this mail's own: the others leave
            log.error("mail.unwritable", conversation=row.conversation_id, attempt=row.attempts, **traced(error))
            self.outbox.failed(row.id, UNWRITABLE, now)
            if row.attempts >= MOST_TRIES_TO_WRITE:
                self.mails.undelivered(row.conversation_id, row.seq, UNWRITABLE, now)
            return False
        self.outbox.sent(row.id, now)
        self.channels.worked("smtp", now)
        return True

    def _letter(self, row: Any, keys: MailKeys, now: datetime) -> Letter:
        body, conversation = row.body, row.conversation_id
        thread = self.mails.thread(conversation)
        references = tuple(keys.message_id(conversation, m) if isinstance(m, int) else m for m in thread)
        return Letter(
            body["to"], body["subject"] or "Your message", plain_text(body["text"]),
            keys.message_id(conversation, row.seq), body["is_automatic"], keys.reply_address(conversation),
            references, now, files=self.files.of_message(conversation, row.seq), html=formatted(body["text"]),
        )  # fmt: skip

    def _ration(self, row: Any, now: datetime) -> None:
        """Raises Refused where one more automatic mail to this address would be one too many."""
        to = row.body["to"]
        if takes_no_answers(to):
            raise Refused(f"{to} takes no answers.", "Find another address, or close the conversation.")
        sent = self.mails.automatic(row.conversation_id, to, now)
        if sent.soon >= SOON or sent.here >= HERE or sent.everywhere >= EVERYWHERE:
            raise Refused(
                f"{to} has had {max(sent.soon, sent.here, sent.everywhere)} automatic mails of late.",
                "See whether a person is there, then write yourself.",
            )
