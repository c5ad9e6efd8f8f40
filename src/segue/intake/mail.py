"""What becomes of a mail: the next message of its conversation, the first of a new one, or one set aside with a cause.

Whose conversation it is, is told by a key of ours (in the address it was sent to, or a Message-ID that it answers)
*and* by its sender having a part in that conversation. A key alone joins nothing: whoever was copied in, or found the
address, gets a conversation of their own and sees nothing of the other. And anybody can write a customer's name:
where a server is named whose word counts, a mail for which it does not vouch waits beside the conversation.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from segue.domain.conversation import Channel
from segue.domain.files import file_name, said_with
from segue.domain.mail import Authentication, Cause, Fold, Mail, MailAddress
from segue.domain.said import says_nothing
from segue.intake.automatic import Ours, cause_of, is_bounce
from segue.store.inbox import Accepted, Arrival
from segue.store.mail import LET_IN, Kept, MailStore
from segue.store.mail import kept as kept_of

LONGEST = 20_000
"""Characters of a message; the mail keeps the rest."""
MOST_AN_HOUR = 30
"""Mails of one sender; more are set aside, that nobody can flood people or be flooded through us."""
WORDS_THAT_SAY_SOMETHING = 4
_MESSAGE_ID = re.compile(r"^[ \t>]*message-id:[ \t\r\n]*(<[^<>\s]{1,300}>)", re.IGNORECASE | re.MULTILINE)
_COPIES = ("message/rfc822", "message/global", "text/rfc822-headers")


@dataclass(frozen=True, slots=True)
class MailRoom:
    store: MailStore
    ours: Ours

    def receive(self, kept: Kept, mail: Mail, is_whole: bool, now: datetime) -> Accepted | Cause:
        """The message it became, or why it became none. May be called again for the same mail."""
        named = self._named(kept, mail)
        if (cause := self._cause(kept, mail, is_whole, named, now)) is not None:
            return self._set_aside(kept, mail, cause, named, now)
        joins = named if named and self._has_part(named, mail) else None
        linked_to = named if named and not joins else None
        return self.store.take(kept, arrival_of(kept, mail, joins), mail, linked_to, now)

    def _named(self, kept: Kept, mail: Mail) -> str | None:
        """The conversation that a key of ours names, whoever brings it."""
        addressed = [kept.recipient, *mail.delivered_to, *(a.address for a in (*mail.to, *mail.cc))]
        keys = self.ours.keys
        if at := keys.conversation_at(addressed):
            return at
        answered = keys.message_in((*mail.references, *(mail.undelivered.message_ids if mail.undelivered else ())))
        return answered[0] if answered else None

    def _has_part(self, conversation: str, mail: Mail) -> bool:
        return has_part(self.store, conversation, mail)

    def _cause(self, kept: Kept, mail: Mail, is_whole: bool, named: str | None, now: datetime) -> Cause | None:
        if not is_whole:
            return Cause.UNREADABLE
        if (cause := cause_of(mail, self.ours)) is not None:
            return cause
        if kept.is_cut:
            return Cause.OVERSIZE
        assert mail.sender is not None
        # counted apart, so that nobody who writes in a customer's name has the customer's own mail set aside
        vouched = mail.authentication.vouches if self.ours.has_trusted_server else None
        an_hour_ago = now - timedelta(hours=1)
        if not kept.for_people and self.store.sent_by(mail.sender.address, an_hour_ago, vouched) > MOST_AN_HOUR:
            return Cause.TOO_MANY
        is_judged = self.ours.has_trusted_server and not kept.for_people  # what was brought, people answer anyway
        if named and is_judged and not mail.authentication.vouches:
            return Cause.UNPROVEN if self._has_part(named, mail) else Cause.UNKNOWN_SENDER
        return None

    def _set_aside(self, kept: Kept, mail: Mail, cause: Cause, named: str | None, now: datetime) -> Cause:
        about = named if named and cause is Cause.BOUNCE and self._heard_bounce(named, mail, now) else None
        self.store.set_aside(kept, cause, mail, now, named if not about else None, about)
        return cause

    def _heard_bounce(self, conversation: str, mail: Mail, now: datetime) -> bool:
        """Whether it said that a mail of ours was not delivered, and that is dealt with. A postmaster may be a person
        who answers: what carries no report and has a way back waits for somebody to read it. So does what is forged, a
        report of an address that we did not write to (who knows a Message-ID of ours could write one), and what has
        neither a report nor a Message-ID of ours to show: its subject and an empty way back are anybody's to write."""
        report = mail.undelivered
        if mail.authentication.is_forged:
            return False
        has_a_way_back = mail.sender is not None and mail.marks.return_path != "" and not mail.marks.is_report
        if not is_bounce(mail) or (not report.is_final if report else has_a_way_back):
            return False
        place = self.ours.keys.message_in(report.message_ids if report else sent_back(mail))
        is_here = place is not None and place[0] == conversation
        seq = place[1] if place and is_here else self.store.last_sent(conversation) if report else None
        why = (report.why or report.status if report else "") or mail.subject or "the mail server gave no reason"
        if seq is None or (report and self.store.sent_to(conversation, seq) not in report.recipients):
            return False
        self.store.undelivered(conversation, seq, why, now)  # also where it was known: then there is nothing to do
        return True


def sent_back(mail: Mail) -> tuple[str, ...]:
    """The Message-IDs that a server names which writes no report: of the mail it answers, and of a copy of it below its
    own words or attached."""
    copies = [mail.text, *(a.body[:LONGEST].decode("latin-1") for a in mail.attachments if a.type in _COPIES)]
    return (*(found[1] for copy in copies for found in _MESSAGE_ID.finditer(copy)), *mail.references)


def release(store: MailStore, mail_id: str, by: str, now: datetime) -> Accepted:
    """Lets in what was set aside or only noted, as it was read then; a person answers it, for it may come from a
    machine. Of a bounce it is a conversation of its own: what a server says is no word of our customer's.

    Raises NotFound, and Conflict where it is neither any more."""
    row = store.waiting(mail_id, *LET_IN)
    mail, named = _as_read(row), row.linked_to or (row.conversation_id if row.state == "noted" else None)
    joins = named if named and has_part(store, named, mail) else None
    arrival = arrival_of(kept_of(row), mail, joins, trusts=False)
    return store.take(kept_of(row), arrival, mail, None if joins else named, now, by)


def _as_read(row: Any) -> Mail:
    named = row.recipients or {"to": (), "cc": ()}
    return Mail(
        sender=MailAddress(row.sender, row.sender_name) if row.sender else None,
        to=tuple(MailAddress(**one) for one in named["to"]), cc=tuple(MailAddress(**one) for one in named["cc"]),
        reply_to=(MailAddress(row.reply_to),) if row.reply_to else (),
        subject=row.subject, at=row.written_at, message_id=row.message_id, text=row.text, html=row.html,
        folds=tuple(Fold(**fold) for fold in row.folds), guessed=row.guessed,
        authentication=Authentication(**(row.authentication or {})),
    )  # fmt: skip


def has_part(store: MailStore, conversation: str, mail: Mail) -> bool:
    return mail.sender is not None and mail.sender.address in store.participants(conversation)


def arrival_of(kept: Kept, mail: Mail, conversation: str | None, trusts: bool = True) -> Arrival:
    """The mail as a message. Its sender counts as vouched for where our own server found the domain's word for it."""
    back = mail.reply_to[0] if not trusts and mail.reply_to else None
    sender = back or mail.sender
    return Arrival(
        _words(mail, is_first=conversation is None), Channel.EMAIL, conversation, client_id=f"mail:{kept.key[:40]}",
        name=(sender.name if sender else "")[:300], email=sender.address if sender else "",
        external_id=None if sender else f"mail without sender:{kept.key[:40]}",
        is_verified=trusts and mail.authentication.vouches, subject=mail.subject[:300],
    )  # fmt: skip


def _words(mail: Mail, is_first: bool) -> str:
    """What was said; who says next to nothing in the text has said it in the subject, or attached it. In an answer the
    subject mostly says again what is known, and counts only where nothing else is said."""
    said = "" if says_nothing(mail.said) else mail.said
    if not says_nothing(mail.subject) and len(said.split()) < (WORDS_THAT_SAY_SOMETHING if is_first else 1):
        said = f"{mail.subject}\n\n{said}".strip()
    said = said_with(said, [file_name(a.name) for a in mail.attachments])
    if says_nothing(said):
        said = "(no text)"
    return said if len(said) <= LONGEST else f"{said[:LONGEST].rstrip()}\n[…]"
