"""Every way to write to this house and how it really does: what came last, what failed last, what is still to set up.

The one idea: a state is read off what happened, never off a setting alone. A mailbox that is set up and was not read
for five minutes is shown as one that is not read.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from fastapi import APIRouter, Depends, Request, Response

from segue.domain.conversation import Channel
from segue.domain.errors import NotFound
from segue.domain.people import Agent
from segue.domain.ports import Tried
from segue.store.channels import Channels, State
from segue.store.imports import Imports
from segue.texts import _
from segue.web.bounds import takes_long
from segue.web.doors import leading
from segue.web.entering import public
from segue.web.lead_page import House, Lead, moment, page
from segue.web.mail_health import SILENT
from segue.web.pages import PageRoute
from segue.web.rooms import MailWays, Rooms
from segue.web.widget import origins
from segue.web.widget_page import embed_line, form_line

router = APIRouter(route_class=PageRoute, include_in_schema=False)
SEEN = timedelta(days=7)
ENOUGH = 5
"""Mails of which a server that is named rightly has said something."""


@dataclass(frozen=True, slots=True)
class ChannelReport:
    """`kind`: "ok", "warn" where something is still to do, "bad" where it does not work. `to_do` is a sentence."""

    kind: str
    says: str
    to_do: str = ""
    since: datetime | None = None


@router.get("/settings/channels")
def channels(request: Request, house: House, me: Lead) -> Response:
    return _shown(request, house, me)


@router.post("/settings/channels/try/{what}", dependencies=[Depends(leading)])
def try_out(request: Request, house: House, me: Lead, what: str) -> Response:
    """Tries the way to a service outside, and shows what both sides said."""
    if what not in house.entry.tries:
        raise NotFound(_("Nothing of this name can be tried."), _("The page shows what is set."))
    takes_long(request.scope)
    return _shown(request, house, me, (what, house.entry.tries[what](me.email)))


def _shown(request: Request, house: Rooms, me: Agent, tried: tuple[str, Tried] | None = None) -> Response:
    now, store = moment(), Channels(house.db)
    states, mail, keys, seen = store.states(), store.mail(), store.keys(now), Imports(house.db).seen_on()
    return page(
        house, me, "settings_channels.html", 200, now, part="channels", tries=house.entry.tries, tried=tried,
        came=store.came(list(Channel), now), mail=mail,
        ways=house.mail, live_keys=keys.live, seen=seen[:3], sites=origins(house),
        line=embed_line(request, house), form_line=form_line(request, house),
        public=public(request, house), on_widget=_widget(seen, now), on_keys=_keys(keys),
        on_senders=_senders(house.mail, *store.looked_at()),
        incoming=_incoming(house.mail, states, now), outgoing=_outgoing(house.mail, states, mail, store.last_error()),
    )  # fmt: skip


def _widget(seen: list[Any], now: datetime) -> ChannelReport:
    if not seen:
        return ChannelReport(
            "warn", _("not seen on any page yet"), _("Put the line below into a page and open that page.")
        )
    if seen[0].last_at < now - SEEN:
        return ChannelReport("warn", _("not seen for a week"), _("See whether the line still stands in your pages."))
    return ChannelReport("ok", _("in use"), since=seen[0].last_at)


def _incoming(ways: MailWays, states: Any, now: datetime) -> list[ChannelReport]:
    """One for each way that mail comes in by; one that says so where there is none."""
    found = []
    if ways.mailbox:
        found.append(_fetching(_("fetches %(mailbox)s", mailbox=ways.mailbox), states.get("imap"), now))
    if ways.listens:
        found.append(_fetching(_("takes mail on %(place)s", place=ways.listens), states.get("listen"), now))
    return found or [
        ChannelReport("warn", _("takes no mail"), _("Set SEGUE_IMAP, a mailbox to fetch from, or SEGUE_MAIL_LISTEN, an "
                                                    "address to listen on; then start Segue again."))
    ]  # fmt: skip


def _fetching(says: str, state: State | None, now: datetime) -> ChannelReport:
    if state is None or (state.ok_at is None and not state.fails):
        return ChannelReport("bad", says, _("It was never heard of. See whether Segue’s mail service runs."))
    if state.fails:
        return ChannelReport("bad", says, _("It fails: %(why)s", why=state.why), state.failed_at)
    if state.ok_at and state.ok_at < now - SILENT:
        return ChannelReport(
            "bad", says, _("Nothing is heard of it. See whether Segue’s mail service runs."), state.ok_at
        )
    return ChannelReport("ok", says, since=state.ok_at)


def _senders(ways: MailWays, mails: int, checked: int) -> ChannelReport | None:
    """Whether anybody vouches for those who write; None where no mail comes in."""
    if not ways.mailbox and not ways.listens:
        return None
    if not ways.vouching:
        return ChannelReport(
            "warn", _("nobody vouches for senders"),
            _("Anybody who has the address of a reply can answer it in the customer’s name. Set SEGUE_MAIL_AUTHSERV "
              "to the name that your mail server writes into Authentication-Results, then start Segue again. Until "
              "then no mail counts as a verified customer’s.")
        )  # fmt: skip
    if mails >= ENOUGH and not checked:
        return ChannelReport(
            "bad", _("%(server)s vouches for nobody", server=ways.vouching),
            _("It has said nothing of the last %(count)s mails, so answers to conversations are set aside. See whether "
              "SEGUE_MAIL_AUTHSERV is the name in their Authentication-Results.", count=mails)
        )  # fmt: skip
    return ChannelReport("ok", _("%(server)s vouches for senders", server=ways.vouching))


def _outgoing(ways: MailWays, states: Any, mail: Any, last_error: str) -> ChannelReport:
    if not ways.server:
        to_do = _("Set SEGUE_SMTP and SEGUE_MAIL_FROM, then start Segue again. Until then replies wait.")
        return ChannelReport("warn" if not mail.waiting else "bad", _("sends no mail"), to_do)
    says, state = _("sends by %(server)s", server=ways.server), states.get("smtp")
    if state and state.fails:
        return ChannelReport("bad", says, _("It fails: %(why)s", why=state.why), state.failed_at)
    if last_error and mail.waiting:
        return ChannelReport("warn", says, _("One waits: %(why)s", why=last_error), state.ok_at if state else None)
    return ChannelReport("ok", says, "" if state else _("Nothing was sent yet."), state.ok_at if state else None)


def _keys(keys: Any) -> ChannelReport:
    if not keys.live:
        return ChannelReport("warn", _("no key"), _("Make a key for the program that is to write or read."))
    return ChannelReport("ok", _("ready"), since=keys.last_used_at)
