"""Mail out of a mailbox of a real Dovecot: looked for and waited for, renumbered, cut off in the middle."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest

from mail.dovecot import FOLDER, PASSWORD, USER, client, dovecot, program
from mail.writing import OURS, mail
from segue.app.drill.proxy import Mood, Proxy
from segue.domain.errors import Unavailable
from segue.integrations.mail.imap import Account, Watcher
from segue.store.database import Database
from segue.store.mail import MailStore

pytestmark = pytest.mark.skipif(program() is None, reason="Dovecot is not installed (Debian: dovecot-imapd)")
PATIENCE = 20.0


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    with dovecot(tmp_path_factory.mktemp("dovecot")) as found:
        yield found


@pytest.fixture(autouse=True)
def _an_empty_folder(port: int) -> None:
    renumbered(port)


def renumbered(port: int, *raws: bytes) -> None:
    """Deleted and made anew, with these in it: it counts from one again, under another UIDVALIDITY."""
    with client(port) as imap:
        before = imap.status(FOLDER, "(UIDVALIDITY)")[1]
        assert imap.delete(FOLDER)[0] == "OK"
        assert imap.create(FOLDER)[0] == "OK"
        assert imap.status(FOLDER, "(UIDVALIDITY)")[1] != before
    for raw in raws:
        add(port, raw)


def add(port: int, raw: bytes, flags: str = "") -> None:
    with client(port) as imap:
        assert imap.append(FOLDER, flags, None, raw)[0] == "OK"  # type: ignore[arg-type]


def unread(port: int) -> int:
    with client(port) as imap:
        imap.select(FOLDER, readonly=True)
        return len(imap.search(None, "UNSEEN")[1][0].split())


def watcher(
    port: int, db: Database, diary: dict[str, int], then: Callable[[], object] = lambda: None, largest: int = 10_000
) -> Watcher:
    store = MailStore(db)

    def keep(raw: bytes, size: int) -> None:
        store.keep(raw, OURS, None, datetime.now(UTC), size)
        then()

    account = Account.of(f"imap://{USER}:{PASSWORD}@127.0.0.1:{port}/{FOLDER}")
    return Watcher(account, lambda: dict(diary) or None, diary.update, keep, lambda: datetime.now(UTC), largest, 500)


def kept(db: Database) -> int:
    row = db.one("select count(*) as n from mails")
    assert row is not None
    return int(row.n)


def test_what_is_new_is_fetched_once_and_marked_as_read(port: int, db: Database) -> None:
    diary = dict[str, int]()
    add(port, mail("An old one", message_id="<old@x>"), r"\Seen")
    add(port, mail("A new one", message_id="<1@x>"))

    assert watcher(port, db, diary).look() == 1
    assert unread(port) == 0
    add(port, mail("Read by somebody first", message_id="<2@x>"), r"\Seen")
    assert watcher(port, db, diary).look() == 1
    assert watcher(port, db, diary).look() == 0
    assert kept(db) == 2


def test_a_mail_comes_at_once_to_whoever_waits(port: int, db: Database) -> None:
    diary, stop = dict[str, int](), threading.Event()
    thread = threading.Thread(target=watcher(port, db, diary).watch, args=(stop, 0.1, 300.0))
    thread.start()
    try:
        until(lambda: bool(diary))  # it has looked, and waits now
        add(port, mail(message_id="<idle@x>"))
        until(lambda: kept(db) == 1)
    finally:
        stop.set()
        thread.join(PATIENCE)
    assert not thread.is_alive()


def test_a_folder_that_is_made_anew_is_read_anew_and_nothing_is_a_second_message(port: int, db: Database) -> None:
    diary, first = dict[str, int](), mail("The first", message_id="<1@x>")
    add(port, first)
    assert watcher(port, db, diary).look() == 1
    validity = diary["validity"]

    renumbered(port, first, mail("The second", message_id="<2@x>"))

    assert watcher(port, db, diary).look() == 2
    assert diary["validity"] != validity
    assert kept(db) == 2


def test_a_line_that_drops_between_fetching_and_marking_costs_nothing(port: int, db: Database) -> None:
    diary, proxy = dict[str, int](), Proxy(("127.0.0.1", port))
    for n in range(3):
        add(port, mail(f"Number {n}", message_id=f"<{n}@x>"))

    with pytest.raises(Unavailable):
        watcher(proxy.port, db, diary, then=lambda: proxy.turns(Mood.DOWN)).look()
    assert (kept(db), unread(port)) == (1, 3)
    proxy.turns(Mood.HEALTHY)

    watcher(proxy.port, db, diary).look()
    assert watcher(proxy.port, db, diary).look() == 0
    proxy.close()
    assert kept(db) == 3
    assert unread(port) <= 1  # the one whose mark was lost: marks are for people, nobody here reads them


def test_of_a_very_large_mail_only_the_beginning_is_fetched(port: int, db: Database) -> None:
    add(port, mail("x" * 50_000))
    assert watcher(port, db, {}).look() == 1
    row = db.one("select length(raw) as kept, size from mails")
    assert row is not None
    assert row.kept == 500
    assert row.size > 50_000


def until(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.02)
