"""Tells a machine's mail from a person's (RFC 3834, and what machines do that never read it).

The one idea: a wrong "this is a machine" costs a person one look at the suspended mails; a wrong "this is a person" may
begin a loop. So one sign is enough. The order of causes is from the surest sign to the weakest.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from segue.domain.mail import Cause, Mail, MailAddress, MailKeys
from segue.intake.absences import bare, is_away, is_note

MOST_HOPS = 40
_DAEMONS = re.compile(
    r"^(?:mailer-?daemon|mail-?daemon|mdaemon|postmaster|bounces?(?:[-+_=].*)?|microsoftexchange.*|.*-bounces?)$"
)
_NO_REPLY = re.compile(r"^(?:do-?not-?reply|no-?reply|dont-?reply|nicht-?antworten|ne-?pas-?repondre|"
                       r"no-?responder|noanswer|"
                       r"nao-?responda|non-?rispondere|keine-?antwort|niet-?beantwoorden|unattended|"
                       r".*[-_.+](?:no-?reply|do-?not-?reply))(?:[-_.+].*)?$")  # fmt: skip
_BOUNCE = re.compile(
    r"^(?:undeliver(?:able|ed)|delivery (?:status notification|failure|has failed|incomplete|delayed)|"
    r"mail delivery (?:failed|"
    r"failure|subsystem|system)|failure notice|returned mail|returned to sender|mail system error|message could not be "
    r"delivered|warning: message .{1,60} delayed|unzustellbar|nicht zustellbar|zustellung fehlgeschlagen|"
    r"non remis|échec de "
    r"(?:la )?remise|no se puede entregar|no entregado|mensaje no entregado|onbestelbaar|non recapitabile|"
    r"mancata consegna|"
    r"não entregue|não é possível entregar|niedostarczon|nie można dostarczyć|недоставлен|"
    r"не удалось доставить|olevererbart|"
    r"kan ikke leveres|ei voitu toimittaa|nedoručiteln|teslim edilemedi|配信不能|送達できません|无法送达|"
    r"未送达|系统退信|退信|전송 실패|배달 실패)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Ours:
    """What is ours, so that we know it when it comes back."""

    keys: MailKeys
    addresses: Collection[str]
    house: str
    """The mark on every mail of ours."""
    agents: Collection[str] = ()
    has_trusted_server: bool = False

    def owns(self, sender: MailAddress) -> bool:
        plain = f"{sender.local.partition('+')[0]}@{sender.domain}"
        return sender.address in self.addresses or plain in self.addresses


def cause_of(mail: Mail, ours: Ours) -> Cause | None:
    """Why this mail is no message to be answered; None for a person's."""
    sender = mail.sender
    if _went_round(mail, ours):
        return Cause.LOOP
    if is_bounce(mail):
        return Cause.BOUNCE
    if sender is None:
        return Cause.NO_SENDER
    if ours.owns(sender):
        return Cause.OWN_ADDRESS
    if sender.address in ours.agents:
        return Cause.SPOOFED_AGENT
    if mail.authentication.is_forged:
        return Cause.SPOOFED
    if _is_automatic(mail):
        return Cause.AUTO_REPLY
    if mail.marks.is_list or re.search(r"bulk|list|junk", mail.marks.precedence):
        return Cause.LIST
    return Cause.NO_REPLY if _NO_REPLY.match(sender.local) else None


def takes_no_answers(address: str) -> bool:
    """Whether no machine should write to this address."""
    local = address.lower().rpartition("@")[0]
    return not local or bool(_DAEMONS.match(local) or _NO_REPLY.match(local))


def is_bounce(mail: Mail) -> bool:
    """A server's word about a mail of ours."""
    local = mail.sender.local if mail.sender else ""
    if mail.undelivered is not None or (mail.sender is not None and _DAEMONS.match(local)):
        return True
    return bool(_BOUNCE.match(bare(mail.subject))) and (mail.marks.return_path == "" or mail.sender is None
                                                        or mail.marks.is_report)  # fmt: skip


def _went_round(mail: Mail, ours: Ours) -> bool:
    marks = {mark.strip().lower() for mark in mail.marks.loops}
    is_ours = bool(mail.message_id and ours.keys.message_in([mail.message_id]))
    return is_ours or ours.house in marks or bool(marks & set(ours.addresses)) or mail.marks.hops > MOST_HOPS


def _is_automatic(mail: Mail) -> bool:
    marks = mail.marks
    return (
        marks.auto_submitted not in ("", "no")
        or marks.asks_for_silence
        or marks.is_report
        or marks.return_path == ""
        or "auto" in marks.precedence
        or is_away(mail.subject, mail.said)
        or is_note(mail.said, bool(mail.references) or bare(mail.subject) != mail.subject)
        or bool(_BOUNCE.match(mail.subject) and not mail.said)
    )
