"""`segue mail serve`: the process that takes mail, by LMTP or SMTP and from an IMAP mailbox, and keeps it.

It only keeps; workers read. So what is made of a mail never holds up the next one at the door.
"""

from __future__ import annotations

import asyncio
import signal
import threading
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import structlog

from segue.app.settings import Settings
from segue.domain.errors import DatabaseUnavailable, Refused
from segue.integrations.mail.imap import ImapMailbox, Watcher
from segue.integrations.mail.lmtp import Count, Listener
from segue.store.channels import Channels
from segue.store.database import Database
from segue.store.mail import KEPT_OF_LARGER, LARGEST, MailStore
from segue.store.workspace import Workspace

log = structlog.get_logger()
TOLD_EVERY = 60.0
"""Seconds after which whoever listens says again that it does."""


def serve(settings: Settings, say: Callable[[str], None]) -> None:
    """Until SIGTERM or SIGINT. Raises Refused where nothing is set up."""
    if not settings.mail_listen and not settings.imap:
        raise Refused("No way for mail to come in is set up.", "Set SEGUE_MAIL_LISTEN or SEGUE_IMAP.")
    db = Database(settings.database_url, 8).open()
    try:
        asyncio.run(_serve(settings, db, say))
    finally:
        db.close()


async def _serve(settings: Settings, db: Database, say: Callable[[str], None]) -> None:
    stop, told = threading.Event(), asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, told.set)
    said = Counter[str]()
    listener = listener_for(settings, MailStore(db), _now, lambda what: said.update((what,)))
    if settings.mail_listen:
        host, port = place_of(settings.mail_listen)
        say(f"Taking mail on {host}:{await listener.open(host, port)}.")
    if settings.imap:
        account = ImapMailbox.of(settings.imap)
        say(f"Watching {account.name}.")
        threading.Thread(target=watcher_for(settings, db, account).watch, args=(stop,), daemon=True).start()
    tell = teller_for(Channels(db), "listen")
    while not told.is_set():
        if settings.mail_listen:
            await asyncio.to_thread(tell, "")
            await asyncio.to_thread(keep_count, Channels(db), said)
        with suppress(TimeoutError):
            await asyncio.wait_for(told.wait(), TOLD_EVERY)
    stop.set()
    await listener.close()
    keep_count(Channels(db), said)


def place_of(listen: str) -> tuple[str, int]:
    """Raises Refused."""
    host, _, port = listen.rpartition(":")
    if not port.isdigit() or int(port) > 65535:
        raise Refused(f"{listen!r} is no address with a port.", "Write SEGUE_MAIL_LISTEN=127.0.0.1:8825.")
    return host.strip("[]") or "127.0.0.1", int(port)


def listener_for(
    settings: Settings, store: MailStore, now: Callable[[], datetime], count: Count = lambda _said: None
) -> Listener:
    domains = {a.rpartition("@")[2].lower() for a in (settings.mail_from, settings.mail_reply) if "@" in a}

    async def keep(raw: bytes, recipients: list[str], return_path: str) -> None:
        """Once, however many of our addresses it was sent to; one with a key says most."""
        recipient = next((r for r in recipients if "+" in r), recipients[0])
        await asyncio.to_thread(store.keep, raw, recipient, return_path, now())

    return Listener(keep, lambda address: address.rpartition("@")[2] in domains, LARGEST, count)


def watcher_for(settings: Settings, db: Database, account: ImapMailbox) -> Watcher:
    store, workspace, key = MailStore(db), Workspace(db), f"imap:{account.name}"

    def keep(raw: bytes, size: int) -> None:
        store.keep(raw, settings.mail_reply or settings.mail_from, None, _now(), size)

    def load() -> dict[str, Any] | None:
        return workspace.setting(key)

    def save(place: dict[str, Any]) -> None:
        workspace.put_setting(key, place)

    return Watcher(account, load, save, keep, _now, LARGEST, KEPT_OF_LARGER, teller_for(Channels(db), "imap"))


def teller_for(channels: Channels, name: str) -> Callable[..., None]:
    """Notes how a way in does. While the database is away nothing is noted, which shows as a silence."""

    def tell(why: str, fetched: int = 0) -> None:
        with suppress(DatabaseUnavailable):
            channels.failed(name, why, _now()) if why else channels.worked(name, _now())
            if why or fetched:
                channels.counted(name, "failed" if why else "fetched", fetched or 1)

    return tell


def keep_count(channels: Channels, said: Counter[str]) -> None:
    """Writes down what the listener said since the last time; what cannot be written now waits for the next."""
    for what, count in list(said.items()):
        with suppress(DatabaseUnavailable):
            channels.counted("listen", what, count)
            said[what] -= count
            said += Counter[str]()


def _now() -> datetime:
    return datetime.now(UTC)
