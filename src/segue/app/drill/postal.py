"""Scenes of the drill for the lines that mail takes: from a mailbox by IMAP, and out to a mail server, both sick.

The one idea: whoever is not sure asks or sends again, so each mail must come in once (R9), and whatever went out more
than once must be the same mail, by its id and its words, while nothing is called sent that nobody has (R3).
"""

from __future__ import annotations

import random
import secrets
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from email import message_from_bytes
from typing import Any

from segue.app.drill import post
from segue.app.drill.mailbox import ImapPeer
from segue.app.drill.proxy import SICK, Mood, Proxy
from segue.app.drill.small import MONDAY, SmallHouse, small_house
from segue.app.drill.tally import Tally
from segue.app.post import Post
from segue.domain.conversation import Channel
from segue.domain.errors import Unavailable
from segue.domain.mail import MailKeys
from segue.integrations.mail.imap import ImapMailbox, Watcher
from segue.integrations.mail.lmtp import Listener
from segue.integrations.mail.sending import WayOut
from segue.store.attachments import Attachments
from segue.store.channels import Channels
from segue.store.inbox import Arrival
from segue.store.mail import KEPT_OF_LARGER, LARGEST, MailStore
from segue.store.outbox import Outbox

IMAP_ANSWERS, SMTP_ANSWERS = 22, 7
"""About as many as there are until a mail is through: a line is cut after each of them in turn."""
PAUSE = 7 * 3600
"""Seconds: past the longest pause between two tries to send."""
RENUMBERED = 2
"""The look before which a mailbox numbers its mails anew: early, for what is unread is fetched again then, and a mail
that was lost before it would not be missed."""


def moods(chance: random.Random, answers: int) -> Iterator[tuple[Mood, int]]:
    """Slow once, while there is little to wait for; then each answer is the one that is lost; then whatever else can
    befall a line, at every place."""
    yield Mood.SLOW, 0
    yield from ((Mood.LOSES_ANSWERS, spares) for spares in range(answers))
    cuts = [mood for mood in SICK if mood not in (Mood.LOSES_ANSWERS, Mood.SLOW)]
    yield from ((chance.choice(cuts), spares) for spares in range(answers))


# R9: from a mailbox


def sick_mailbox(url: str, chance: random.Random, much: int, tally: Tally) -> None:
    """Mails come to a mailbox while it is looked at, and one time its numbers change. Its server may drop the line
    right after it has handed a mail over, too."""
    written = [post.letter(n) for n in range(much)]
    with post.opened(url) as (db, store, intake), ImapPeer() as peer:
        proxy, place = Proxy(("127.0.0.1", peer.port)), dict[str, int]()
        watcher = _watcher(proxy.port, store, place)
        rounds = list(moods(chance, IMAP_ANSWERS))
        for n, (mood, spares) in enumerate(rounds):
            for raw in written[n * much // len(rounds) : (n + 1) * much // len(rounds)]:
                peer.add(raw)
            peer.drops_after_fetch = chance.random() < 0.2
            peer.validity += n == RENUMBERED
            proxy.turns(mood, spares)
            _look(watcher)
        proxy.turns(Mood.HEALTHY)
        peer.drops_after_fetch = False
        fetched = [n for n in range(3) if not _look(watcher)]
        proxy.close()
        post.take_in(intake)
        tally.add("R9", much, [*post.unread(db, written), *(f"look {n} found nobody at home" for n in fetched)])


def _watcher(port: int, store: MailStore, place: dict[str, Any]) -> Watcher:
    def keep(raw: bytes, size: int) -> None:
        store.keep(raw, post.OURS, None, MONDAY, size)

    account = ImapMailbox.of(f"imap://support:secret@127.0.0.1:{port}/INBOX")
    return Watcher(account, lambda: dict(place) or None, place.update, keep, lambda: MONDAY, LARGEST, KEPT_OF_LARGER)


def _look(watcher: Watcher) -> bool:
    """Whether somebody was at home."""
    try:
        watcher.look()
    except Unavailable:
        return False
    return True


# R3: to a mail server


def sick_server(url: str, chance: random.Random, much: int, tally: Tally) -> None:
    """Answers by mail go out over a sick line: the server may have taken one, and its yes is lost."""
    got: list[bytes] = []

    async def keep(raw: bytes, recipients: Sequence[str], return_path: str) -> None:
        got.append(raw)

    with small_house(url) as house, post.listening(Listener(keep, lambda address: True, LARGEST)) as port:
        proxy = Proxy(("127.0.0.1", port))
        office = _office(house, proxy.port)
        rounds = list(moods(chance, SMTP_ANSWERS))
        for n, (mood, spares) in enumerate(rounds):
            for _ in range(n * much // len(rounds), (n + 1) * much // len(rounds)):
                _answered_by_mail(house)
            house.time_passes(PAUSE)
            proxy.turns(mood, spares)
            office.send_due(house.now)
        proxy.turns(Mood.HEALTHY)
        house.time_passes(PAUSE)
        while office.send_due(house.now):
            pass
        proxy.close()
        tally.add("R3", much, _not_once(house, got, house.now))


def _office(house: SmallHouse, port: int) -> Post:
    keys = MailKeys(b"a secret of the drill", post.OURS)
    way = WayOut(f"smtp://127.0.0.1:{port}", post.OURS, "drill")
    return Post(Outbox(house.db), MailStore(house.db), way, lambda: keys, Attachments(house.db), Channels(house.db))


def _answered_by_mail(house: SmallHouse) -> None:
    who = f"person{secrets.token_hex(4)}@elsewhere.example"
    arrival = Arrival("Why is it higher?", Channel.EMAIL, None, "first", who, who, who, True)
    house.here.accept(arrival, house.now)
    house.commits(house.here, house.claims(house.here))


def _not_once(house: SmallHouse, got: Sequence[bytes], at: datetime) -> list[str]:
    """Rows of the outbox that are called sent and were not got, that nobody was told of, or that became two mails."""
    came = defaultdict[str, set[tuple[str, str]]](set)
    for raw in got:
        mail = message_from_bytes(raw)
        said = next(part for part in mail.walk() if not part.is_multipart())
        came[str(mail["To"])].add((str(mail["Message-ID"]), str(said.get_payload())))
    rows = house.db.all("select body->>'to' as to, sent_at, undelivered_at from outbox where kind = 'mail'")
    broken = [
        f"{row.to} is told to have been sent, and nobody has it" for row in rows if row.sent_at and row.to not in came
    ]
    broken += [f"{to} got {len(mails)} different mails for one answer" for to, mails in came.items() if len(mails) > 1]
    return broken + [f"{row.to} waits still" for row in rows if not (row.sent_at or row.undelivered_at)]
