"""The services outside that the operator has set: what may be shown of them, and how each is tried."""

from __future__ import annotations

from contextlib import suppress
from urllib.parse import urlsplit

from segue.app.settings import Settings
from segue.domain.errors import Refused
from segue.domain.ports import Trying
from segue.integrations.mail.imap import ImapMailbox
from segue.integrations.mail.sending import WayOut
from segue.integrations.mail.trying import try_fetching, try_sending
from segue.integrations.tracker import Repository
from segue.web.rooms import MailWays


def tries_of(at: Settings, tracker: Repository) -> dict[str, Trying]:
    """Of the services outside that are set."""
    found = dict[str, Trying]()
    if at.smtp:
        found["smtp"] = lambda me: try_sending(WayOut(at.smtp, at.mail_from), me)
    if at.imap:
        found["imap"] = lambda _me: try_fetching(at.imap)
    if at.tracker:
        found["tracker"] = lambda _me: tracker.try_out()
    return found


def mail_ways(at: Settings) -> MailWays:
    """What may be shown of the settings of mail: never a password."""
    server, mailbox = at.smtp and "SEGUE_SMTP", at.imap and "SEGUE_IMAP"
    with suppress(ValueError):  # one that cannot be read is told of by whoever uses it
        server = urlsplit(at.smtp).hostname or server
    with suppress(ValueError, Refused):
        mailbox = mailbox and ImapMailbox.of(at.imap).name
    return MailWays(server, at.mail_from, at.mail_reply, mailbox, at.mail_listen, at.mail_authserv)
