"""Mail from the command line: a process that takes it from real servers, files that are brought, what was set aside."""

from __future__ import annotations

import json
import mailbox
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from smtplib import LMTP, SMTPRecipientsRefused
from time import monotonic
from typing import Any

import pytest

from mail.dovecot import PASSWORD, USER, client, dovecot
from mail.writing import OURS, mail
from peers import needed
from segue.app.cli import mail as command
from segue.app.mailing import MailIntake
from segue.domain.errors import Conflict, NotFound, Refused
from segue.intake.mail import MailRoom
from segue.store.database import Database
from segue.store.mail import MailStore

PATIENCE = 20.0


@contextmanager
def serving(**more: str) -> Iterator[subprocess.Popen[str]]:
    environment = {**os.environ, "SEGUE_MAIL_FROM": OURS, "SEGUE_MAIL_LISTEN": "127.0.0.1:0", **more}
    command = [sys.executable, "-m", "segue", "mail", "serve"]
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_a_process_of_its_own_takes_mail_at_the_door_and_out_of_a_mailbox_until_it_is_told_to_end(
    database_url: str, db: Database, tmp_path: Path
) -> None:
    needed("dovecot")
    with dovecot(tmp_path) as port, client(port) as imap:
        box = f"imap://{USER}:{PASSWORD}@127.0.0.1:{port}/INBOX"
        imap.append("INBOX", "", None, mail("From the mailbox.", message_id="<i1@x.example>"))  # type: ignore[arg-type]
        with serving(DATABASE_URL=database_url, SEGUE_IMAP=box) as process:
            assert process.stderr
            told = iter(process.stderr.readline, "")
            at = next(found for line in told if (found := re.search(r"Taking mail on 127\.0\.0\.1:(\d+)", line)))
            with LMTP("127.0.0.1", int(at[1])) as door:
                door.sendmail("eve@elsewhere.example", [OURS], mail("At the door.", message_id="<l1@x.example>"))
                with pytest.raises(SMTPRecipientsRefused):
                    door.sendmail("eve@elsewhere.example", ["eve@evil.example"], mail())
            until(lambda: len(kept(db)) == 2)
            assert process.poll() is None
            process.send_signal(signal.SIGTERM)
            assert process.wait(PATIENCE) == 0
    assert {(row.recipient, b"At the door." in row.raw) for row in kept(db)} == {(OURS, True), (OURS, False)}


def kept(db: Database) -> list[Any]:
    return db.all("select recipient, raw from mails where state = 'new'")


@pytest.fixture
def here(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("SEGUE_MAIL_FROM", OURS)


def test_old_mail_is_brought_once_and_what_was_set_aside_is_listed_let_in_or_put_away(
    here: None, db: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old = mailbox.mbox(tmp_path / "old.mbox")
    for n in range(2):
        old.add(mail(f"Question {n}?", f"person{n}@example.com", message_id=f"<o{n}@x.example>"))
    old.flush()
    for n in range(2):
        away = mail(f"I am away, {n}.", message_id=f"<a{n}@x.example>", Auto_Submitted="auto-replied")
        (tmp_path / f"away{n}.eml").write_bytes(away)

    def brought() -> dict[str, int]:
        command.bring(tmp_path, json=True)
        return dict(json.loads(capsys.readouterr().out))

    assert brought() == {"kept": 4, "known": 0, "messages": 2}
    assert brought() == {"kept": 0, "known": 4, "messages": 0}
    assert db.all("select handler from conversations") == [("human",)] * 2, "no occasion for the assistant to write"

    command.suspended(json=True)
    first, second = [row["id"] for row in json.loads(capsys.readouterr().out)]
    command.suspended(release=first)
    assert f"{first} is in conversation #" in capsys.readouterr().out.replace("\n", " ")
    command.suspended(drop=second)
    command.suspended()
    assert "Nothing is set aside." in capsys.readouterr().out
    assert db.all("select state, decided_by from mails where id = %(id)s", {"id": second}) == [("dropped", command.BY)]
    with pytest.raises(Conflict):
        command.suspended(release=first)
    with pytest.raises(Refused, match="One mail"):
        command.suspended(release=first, drop=second)


def test_it_is_told_how_many_became_messages_also_where_others_read_them(
    here: None, db: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """`segue up` runs beside it: here its worker takes two of five first, and gives one back only a little later."""
    for n in range(5):
        (tmp_path / f"old{n}.eml").write_bytes(mail(f"Question {n}, please?", message_id=f"<o{n}@x.example>"))
    waited = list[float]()

    def beside(seconds: float) -> None:
        waited.append(seconds)
        db.run("update mails set due_at = now() where state = 'new'")

    whole = MailIntake.take_in

    def take_in(self: MailIntake, now: datetime) -> int:
        if not waited:
            mine, _late = MailStore(db).due(now, 2)
            room = MailRoom(MailStore(db), self._ours())
            assert self._taken(room, now, monotonic(), mine)
        return whole(self, now)

    monkeypatch.setattr(MailIntake, "take_in", take_in)
    monkeypatch.setattr(command, "sleep", beside)
    command.bring(tmp_path)
    assert "5 mails kept, 5 became messages, 0 were known." in capsys.readouterr().out
    assert waited, "one of them was in another's hands"


@pytest.mark.parametrize("body", [b"", b"Ticket,Created\n1,2026-01-01\n", b'{"id": 1}\n', b"\x00\x01: no"])
def test_a_file_that_is_no_mail_is_not_kept_as_one(
    here: None, db: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str], body: bytes
) -> None:
    (tmp_path / "tickets.eml").write_bytes(body)

    with pytest.raises(NotFound, match="no mail"):
        command.bring(tmp_path / "tickets.eml")
    (tmp_path / "one.eml").write_bytes(b"\xef\xbb\xbf" + mail())
    command.bring(tmp_path)

    told = capsys.readouterr()
    assert "1 mail kept, 1 became" in told.out
    assert "tickets.eml: this is no mail, it is left out" in told.err
    assert len(db.all("select from mails")) == 1


def test_a_folder_without_mail_is_told_of(here: None, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no mail"):
        command.bring(tmp_path)
