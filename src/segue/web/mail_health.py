"""How mail does: figures for machines that watch, and the line at the desk that says that none comes in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from prometheus_client import CollectorRegistry, Counter

from segue.domain.mail import Cause
from segue.store.channels import Channels, State
from segue.store.mail import MailStore
from segue.store.outbox import Outbox
from segue.store.watch import LATELY, Watch
from segue.texts import _, _n
from segue.web.gauges import gauge, gauges
from segue.web.rooms import MailWays, Rooms

SILENT = timedelta(minutes=5)
"""Whoever fetches says so each minute, and whoever listens, too."""
ANSWERS = ("accepted", "refused", "later")


@dataclass(frozen=True, slots=True)
class Sick:
    """A way in by which nothing comes."""

    name: str
    minutes: int | None
    """Since it last worked; None where it never did."""


def measure_mail(house: Rooms, registry: CollectorRegistry, now: datetime) -> None:
    channels, mails, outbox = Channels(house.db), MailStore(house.db), Outbox(house.db)
    _coming_in(house, channels, registry, now)
    causes = mails.suspended_by()
    gauges(registry, "segue_mails_suspended_by", "Mails that were set aside, by why", "cause",
            {cause.value: causes.get(cause.value, 0) for cause in Cause})  # fmt: skip
    backlog = outbox.backlog(now)
    late = max(0.0, (now - backlog.oldest).total_seconds()) if backlog.oldest else 0.0
    gauge(registry, "segue_outbox_waiting", "Mails that should have left and have not", backlog.count)
    gauge(registry, "segue_outbox_oldest_seconds", "How late the latest of them is", late)
    gauge(registry, "segue_outbox_tried", "Of them those that the mail server did not take yet", backlog.tried)
    gauge(registry, "segue_outbox_tries", "How often these were tried in all", backlog.tries)
    gauge(registry, "segue_mails_undelivered", "Mails given up lately", outbox.undelivered(now - LATELY))
    gauge(registry, "segue_mails_bounced", "Bounces that came lately", mails.bounced(now - LATELY))


def _coming_in(house: Rooms, channels: Channels, registry: CollectorRegistry, now: datetime) -> None:
    """Of a way in that is not set nothing is said, so that no alarm waits for it."""
    states, counts = channels.states(), channels.counts()
    if house.mail.mailbox:
        named = {house.mail.mailbox: _age(states.get("imap"), house, now)}
        gauges(registry, "segue_mail_fetched_seconds", "Since the mailbox was last read", "mailbox", named)
        fetched = Counter("segue_mails_fetched", "Mails fetched from it so far", ["mailbox"], registry=registry)
        fetched.labels(house.mail.mailbox).inc(counts.get(("imap", "fetched"), 0))
        failed = Counter("segue_mail_fetch_failed", "Times it could not be read", ["mailbox"], registry=registry)
        failed.labels(house.mail.mailbox).inc(counts.get(("imap", "failed"), 0))
    if house.mail.listens:
        gauge(registry, "segue_mail_listened_seconds", "Since the listener last said that it listens",
               _age(states.get("listen"), house, now))  # fmt: skip
        said = Counter("segue_mails_listened", "Mails brought to the listener so far", ["answer"], registry=registry)
        for answer in ANSWERS:
            said.labels(answer).inc(counts.get(("listen", answer), 0))


def _age(state: State | None, house: Rooms, now: datetime) -> float:
    """Since it worked; where it never did, since there is a house that could have."""
    since = state.ok_at if state and state.ok_at else Watch(house.db).began()
    return max(0.0, (now - since).total_seconds()) if since else 0.0


def sick_ways(ways: MailWays, states: Mapping[str, State], now: datetime) -> list[Sick]:
    """Ways in that are set and were silent, or failed, for longer than `SILENT`."""
    found = []
    for name, is_set in (("imap", ways.mailbox), ("listen", ways.listens)):
        ok_at = states[name].ok_at if name in states else None
        if is_set and (ok_at is None or now - ok_at > SILENT):
            found.append(Sick(name, int((now - ok_at) / SILENT) * 5 if ok_at else None))
    return found


def sick_line(house: Rooms, now: datetime) -> str:
    """What the desk says above its list; empty where mail comes in as it should, or is not set up."""
    if not (house.mail.mailbox or house.mail.listens):
        return ""
    sick = sick_ways(house.mail, Channels(house.db).states(), now)
    return _said(sick[0]) if sick else ""


def _said(sick: Sick) -> str:
    """Told in steps, so that whoever listens to the page is not told each minute."""
    if sick.minutes is None:
        return _("No mail has come in yet: nobody fetches it.") if sick.name == "imap" else _("Nobody takes mail yet.")
    if sick.name == "imap":
        return _n("No mail was fetched for %(num)s minute.", "No mail was fetched for %(num)s minutes.", sick.minutes)
    return _n("Nobody has taken mail for %(num)s minute.", "Nobody has taken mail for %(num)s minutes.", sick.minutes)
