"""Scenes of the drill for mail that comes in: fetched twice, unreadable, under a stolen name, over a sick line (R9).

The one idea: whoever brings a mail brings it again until they are told that it was taken, so each must be kept once,
and become one message or wait to be seen by a person.
"""

from __future__ import annotations

import asyncio
import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from email.message import EmailMessage
from email.policy import SMTP
from smtplib import LMTP, SMTPException
from typing import Any

from segue.app.drill.proxy import Proxy, moody
from segue.app.drill.small import MONDAY
from segue.app.drill.tally import Tally
from segue.app.mailing import MailIntake
from segue.app.postman import listener_for
from segue.app.settings import Settings
from segue.domain.mail import MailKeys
from segue.intake.automatic import Ours
from segue.integrations.mail.jail import Reader
from segue.integrations.mail.lmtp import Listener
from segue.store.database import Database
from segue.store.mail import MailStore

OURS = "support@drill.example"
PATIENCE = 2.0
"""Seconds for which the bringer of a mail waits for an answer."""
GIVES_UP = 60.0


def mails(url: str, chance: random.Random, much: int, tally: Tally) -> None:
    """Mail that is fetched twice, has another's Message-ID, cannot be read, or whose reader dies over it."""
    written = [_mail(chance, n) for n in range(much)]
    with opened(url) as (db, store, intake):
        fetched = [raw for raw in written for _ in range(chance.choice((1, 1, 2, 3)))]
        for raw in fetched:
            store.keep(raw, OURS, "eve@elsewhere.example", MONDAY)
            if chance.random() < 0.2:
                store.due(MONDAY, 5)  # and whoever claimed them is gone
        take_in(intake)
        tally.add("R9", much, unread(db, written))


def sick_line(url: str, chance: random.Random, much: int, tally: Tally) -> None:
    """Over LMTP, by a proxy that is sick every other moment: answers are lost, and the mail comes again."""
    written = [letter(n) for n in range(much)]
    with opened(url) as (db, store, intake):
        with listening(listener_for(Settings(mail_from=OURS), store, lambda: MONDAY)) as port:
            proxy = Proxy(("127.0.0.1", port))
            with moody(proxy, chance):
                untaken = [n for n, raw in enumerate(written) if not _brought(proxy.port, raw)]
            proxy.close()
        take_in(intake)
        tally.add("R9", much, [*unread(db, written), *(f"mail {n} was never taken" for n in untaken)])


def _brought(port: int, raw: bytes) -> bool:
    """Again and again until it is told that it was taken."""
    end = time.monotonic() + GIVES_UP
    while time.monotonic() < end:
        try:
            with LMTP("127.0.0.1", port, timeout=PATIENCE) as server:
                server.sendmail("eve@elsewhere.example", [OURS], raw)
                return True
        except (OSError, SMTPException):
            time.sleep(0.05)
    return False


@contextmanager
def opened(url: str) -> Iterator[tuple[Database, MailStore, MailIntake]]:
    db = Database(url, 4).open()
    store, keys = MailStore(db), MailKeys(b"a secret of the drill", OURS)
    intake = MailIntake(store, lambda: Ours(keys, frozenset({OURS}), "", store.agents()), Reader("drill.example"))
    try:
        yield db, store, intake
    finally:
        intake.close()
        db.close()


@contextmanager
def listening(listener: Listener) -> Iterator[int]:
    """In a thread of its own; gives the port."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield asyncio.run_coroutine_threadsafe(listener.open("127.0.0.1", 0), loop).result(5)
    finally:
        asyncio.run_coroutine_threadsafe(listener.close(), loop).result(5)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)
        loop.close()


def take_in(intake: MailIntake) -> None:
    """What somebody claimed and died over is due again after a minute."""
    for minute in range(0, 10, 2):
        intake.take_in(MONDAY + timedelta(minutes=minute))


def _mail(chance: random.Random, n: int) -> bytes:
    if chance.random() < 0.15:
        return b"Subject: garbage\r\n\r\n" + chance.randbytes(200) + f" mark-{n}-end".encode()
    return letter(n)


def letter(n: int) -> bytes:
    made = EmailMessage()
    made["From"], made["To"] = f"person{n}@elsewhere.example", OURS
    made["Subject"], made["Message-ID"] = f"Matter {n}", f"<{n // 2}@elsewhere.example>"  # every other one is stolen
    made.set_content(f"Why is my invoice higher this month? This is mark-{n}-end.")
    return made.as_bytes(policy=SMTP)


def unread(db: Database, written: list[bytes]) -> list[str]:
    """Each mail is exactly one row, whole, and is either one message or waits to be seen by a person."""
    rows = db.all("select raw, state, conversation_id, seq from mails")
    found = dict[bytes, list[Any]]()
    for row in rows:
        found.setdefault(bytes(row.raw), []).append(row)
    broken = [f"mail {n} is kept {len(found.get(raw, ()))} times" for n, raw in enumerate(written)
              if len(found.get(raw, ())) != 1]  # fmt: skip
    broken += [f"a mail is still {row.state}" for row in rows if row.state == "new"]
    taken = db.one("select count(*) as n from messages where author = 'customer'")
    assert taken is not None
    if taken.n != sum(row.state == "taken" for row in rows):
        broken.append(f"{taken.n} messages stand for {sum(row.state == 'taken' for row in rows)} mails")
    return broken
