"""Mail out of a mailbox of a real Dovecot: looked for and waited for, renumbered, cut off in the middle."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count

import pytest

from mail.dovecot import PASSWORD, USER, client, dovecot
from mail.writing import OURS, mail
from peers import needed
from segue.app.drill.proxy import Mood, Proxy
from segue.domain.errors import Unavailable
from segue.integrations.mail.imap import ImapMailbox, Watcher
from segue.store.database import Database
from segue.store.mail import MailStore

PATIENCE = 20.0
_NUMBERS = count()


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    needed("dovecot")
    with dovecot(tmp_path_factory.mktemp("dovecot")) as found:
        yield found


@dataclass(frozen=True)
class Box:
    """A folder of its own for each test."""

    port: int
    folder: str

    def add(self, raw: bytes, flags: str = "") -> None:
        """Tried again for a while: a folder that was just made anew is not there at once for every line."""
        with client(self.port) as imap:
            until(lambda: imap.append(self.folder, flags, None, raw)[0] == "OK")  # type: ignore[arg-type]

    def unread(self) -> int:
        with client(self.port) as imap:
            imap.select(self.folder, readonly=True)
            return len(imap.search(None, "UNSEEN")[1][0].split())

    def is_renumbered(self) -> bool:
        """Deleted and made anew: it counts from one again, under another UIDVALIDITY."""
        with client(self.port) as imap:
            before = imap.status(self.folder, "(UIDVALIDITY)")[1]
            assert imap.delete(self.folder)[0] == "OK"
            assert imap.create(self.folder)[0] == "OK"
            return imap.status(self.folder, "(UIDVALIDITY)")[1] != before


@pytest.fixture
def box(port: int) -> Box:
    made = Box(port, f"Support{next(_NUMBERS)}")
    with client(port) as imap:
        assert imap.create(made.folder)[0] == "OK"
    return made


def watcher(
    box: Box, db: Database, diary: dict[str, int], then: Callable[[], object] = lambda: None, largest: int = 10_000
) -> Watcher:
    store = MailStore(db)

    def keep(raw: bytes, size: int) -> None:
        store.keep(raw, OURS, None, datetime.now(UTC), size)
        then()

    account = ImapMailbox.of(f"imap://{USER}:{PASSWORD}@127.0.0.1:{box.port}/{box.folder}")
    return Watcher(account, lambda: dict(diary) or None, diary.update, keep, lambda: datetime.now(UTC), largest, 500)


def kept(db: Database) -> int:
    row = db.one("select count(*) as n from mails")
    assert row is not None
    return int(row.n)


def test_what_is_new_is_fetched_once_and_marked_as_read(box: Box, db: Database) -> None:
    diary = dict[str, int]()
    box.add(mail("An old one", message_id="<old@x>"), r"\Seen")
    box.add(mail("A new one", message_id="<1@x>"))
    box.add(mail("Another old one", message_id="<older@x>"), r"\Seen")

    assert watcher(box, db, diary).look() == 1
    assert watcher(box, db, diary).look() == 0
    assert box.unread() == 0
    box.add(mail("Read by somebody first", message_id="<2@x>"), r"\Seen")
    assert watcher(box, db, diary).look() == 1
    assert watcher(box, db, diary).look() == 0
    assert kept(db) == 2


def test_a_mail_comes_at_once_to_whoever_waits(box: Box, db: Database) -> None:
    diary, stop = dict[str, int](), threading.Event()
    thread = threading.Thread(target=watcher(box, db, diary).watch, args=(stop, 0.1, 300.0))
    thread.start()
    try:
        until(lambda: bool(diary))  # it has looked, and waits now
        box.add(mail(message_id="<idle@x>"))
        until(lambda: kept(db) == 1)
    finally:
        stop.set()
        thread.join(PATIENCE)
    assert not thread.is_alive()


def test_a_folder_that_is_made_anew_is_read_anew_and_nothing_is_a_second_message(box: Box, db: Database) -> None:
    diary, first = dict[str, int](), mail("The first", message_id="<1@x>")
    box.add(first)
    assert watcher(box, db, diary).look() == 1
    validity = diary["validity"]

    until(box.is_renumbered)
    box.add(first)
    box.add(mail("The second", message_id="<2@x>"))

    assert watcher(box, db, diary).look() == 2
    assert diary["validity"] != validity
    assert kept(db) == 2


def test_a_line_that_drops_between_fetching_and_marking_costs_nothing(box: Box, db: Database) -> None:
    diary, proxy = dict[str, int](), Proxy(("127.0.0.1", box.port))
    for n in range(3):
        box.add(mail(f"Number {n}", message_id=f"<{n}@x>"))

    with pytest.raises(Unavailable):
        watcher(Box(proxy.port, box.folder), db, diary, then=lambda: proxy.turns(Mood.DOWN)).look()
    assert (kept(db), box.unread()) == (1, 3)
    proxy.turns(Mood.HEALTHY)

    watcher(Box(proxy.port, box.folder), db, diary).look()
    assert watcher(Box(proxy.port, box.folder), db, diary).look() == 0
    proxy.close()
    assert kept(db) == 3
    assert box.unread() <= 1  # the one whose mark was lost: marks are for people, nobody here reads them


def test_of_a_very_large_mail_only_the_beginning_is_fetched(box: Box, db: Database) -> None:
    box.add(mail("x" * 50_000))
    assert watcher(box, db, {}).look() == 1
    row = db.one("select length(raw) as kept, size from mails")
    assert row is not None
    assert row.kept == 500
    assert row.size > 50_000


def until(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.02)
