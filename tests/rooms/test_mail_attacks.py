"""What attackers bring to the door: each gives an item or a clean refusal, and nobody else waits for it."""

from __future__ import annotations

import io
import socket
import time
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack
from smtplib import LMTP, SMTP, SMTPDataError

import pytest

from mail.writing import OURS, mail
from rooms.test_mail_intake import NOW, intake, listening, reader, store  # noqa: F401
from segue.app.mailing import MailIntake
from segue.domain.mail import Authentication
from segue.integrations.mail import lmtp
from segue.integrations.mail.lmtp import MOST_AT_ONCE, MOST_RECIPIENTS, Listener
from segue.integrations.mail.reading import read
from segue.store.mail import MailStore

PATIENCE = 20.0
BEGUN = b"LHLO x\r\nMAIL FROM:<e@x.example>\r\nRCPT TO:<" + OURS.encode() + b">\r\nDATA\r\n"


@pytest.fixture
def kept() -> list[bytes]:
    return []


@pytest.fixture
def port(kept: list[bytes]) -> Iterator[int]:
    """Without any grace, and what it keeps in `kept`."""

    async def keep(raw: bytes, recipients: list[str], return_path: str) -> None:
        assert 0 < len(recipients) <= MOST_RECIPIENTS
        kept.append(raw)

    with listening(Listener(keep, lambda _: True, 1_000_000, grace=0.0)) as found:
        yield found


def gives(port: int, raw: bytes) -> None:
    with LMTP("127.0.0.1", port, timeout=PATIENCE) as server:
        server.sendmail("eve@x.example", [OURS], raw)


def line_to(port: int, said: bytes, stack: ExitStack) -> socket.socket:
    line = stack.enter_context(socket.create_connection(("127.0.0.1", port), PATIENCE))
    line.sendall(said)
    return line


def test_many_who_say_little_for_long_keep_nobody_out(port: int, kept: list[bytes]) -> None:
    with ExitStack() as stack:
        for line in [line_to(port, b"LHLO x\r\nMAI", stack) for _ in range(MOST_AT_ONCE)]:
            assert line.recv(100).startswith(b"220")
        gives(port, mail())
    assert len(kept) == 1


def test_who_has_brought_a_mail_is_not_put_out_by_a_crowd(port: int, kept: list[bytes]) -> None:
    with LMTP("127.0.0.1", port, timeout=PATIENCE) as first, ExitStack() as stack:
        first.sendmail("eve@x.example", [OURS], mail())
        for _ in range(2 * MOST_AT_ONCE):
            line_to(port, b"LHLO x\r\n", stack).recv(100)
        first.sendmail("eve@x.example", [OURS], mail())
    assert len(kept) == 2


def test_a_command_has_to_come_whole_in_its_time(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A letter now and then is no life."""
    monkeypatch.setattr(lmtp, "PATIENCE", 0.3)
    with ExitStack() as stack:
        line = line_to(port, b"L", stack)
        line.settimeout(0.05)
        began, said = time.monotonic(), b"?"
        while said and time.monotonic() < began + PATIENCE:
            try:
                said = line.recv(100)
                line.sendall(b"O")
            except TimeoutError:
                line.sendall(b"O")
            except OSError:
                break
        assert time.monotonic() - began < PATIENCE / 2


def test_what_comes_in_at_once_is_held_only_so_far(
    port: int, kept: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Mails that never end take the room of others for a while, never the memory of all."""
    monkeypatch.setattr(lmtp, "MOST_HELD", 300_000)
    with ExitStack() as stack:
        for _ in range(3):
            line_to(port, BEGUN + b"x" * 200_000, stack)
        assert comes_to(port, 452)
    before = len(kept)
    assert comes_to(port, 250), "once they are gone"
    assert len(kept) == before + 1


def comes_to(port: int, code: int) -> bool:
    """Whether a large mail is answered so, sooner or later."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            gives(port, mail("y" * 250_000))
        except SMTPDataError as error:
            found = error.smtp_code
        else:
            found = 250
        if found == code:
            return True
    return False


def test_of_a_thousand_recipients_so_many_are_taken_and_it_is_one_mail(port: int, kept: list[bytes]) -> None:
    with SMTP("127.0.0.1", port, timeout=PATIENCE) as server:
        refused = server.sendmail("eve@x.example", [f"s{n}@ledgerly.example" for n in range(900)], mail())
    assert len(refused) == 900 - MOST_RECIPIENTS
    assert {code for code, _ in refused.values()} == {452}
    assert len(kept) == 1


def nested(times: int) -> bytes:
    inside = b"Subject: Deep\r\n\r\nWords in the depth"
    for _ in range(times):
        inside = b"Content-Type: message/rfc822\r\n\r\n" + inside
    return b"From: Eve <eve@elsewhere.example>\r\nMessage-ID: <n@x>\r\nSubject: Nested\r\n" + inside


def with_a_part(kind: str, name: str, body: bytes) -> bytes:
    head = f"From: Eve <eve@elsewhere.example>\r\nMessage-ID: <p@x>\r\nSubject: {name}\r\nMIME-Version: 1.0\r\n"
    head += "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nSee it\r\n--b\r\n"
    return f"{head}Content-Type: {kind}; name={name}\r\n\r\n".encode() + body + b"\r\n--b--\r\n"


def zipped() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("[Content_Types].xml", b"<" * 50_000_000)
    return made.getvalue()


NULS = (b"From: Eve\0 <eve@elsewhere.example>\r\nSubject: N\0UL\r\nMessage-ID: <nul\0@x>\r\n"
        b'Content-Type: text/plain; charset="u\0tf-8"\r\n\r\nwo\0rds')  # fmt: skip


def test_each_gives_an_item_in_time_with_its_words(store: MailStore, intake: MailIntake) -> None:  # noqa: F811
    brought = {
        "nested 200 times": nested(200), "nested 2000 times": nested(2000), "NULs": NULS,
        "Outlook's own": with_a_part("application/ms-tnef", "winmail.dat", b"\x78\x9f\x3e\x22" + b"\0" * 50),
        "a packed bomb": with_a_part("application/zip", "bomb.docx", zipped()),
    }  # fmt: skip
    for name, raw in brought.items():
        mail_id = store.keep(raw, OURS, "eve@elsewhere.example", NOW)
        assert mail_id
        began = time.monotonic()
        intake.take_in(NOW)
        row = store.one(mail_id)
        assert row.state in ("taken", "suspended"), name
        assert row.state == "taken" or row.cause == "unreadable", name
        assert time.monotonic() - began < 10, name
        assert bytes(row.raw) == raw, name
        assert row.text or store.db.all("select from attachments where mail_id = %(id)s", {"id": mail_id}), name


def test_who_names_several_senders_is_vouched_for_as_none_of_them() -> None:
    """What a server says of one of them is else believed of the other."""
    said = b"Authentication-Results: mx.ours; dmarc=pass; spf=pass\r\n"
    one, other = b"From: Nadia <nadia@birchwood.example>\r\n", b"From: Eve <eve@evil.example>\r\n"
    both = b"From: Nadia <nadia@birchwood.example>, eve@evil.example\r\n"

    assert read(said + one + b"\r\nHi", "mx.ours").authentication.vouches
    for head in (one + other, other + one, both):
        assert read(said + head + b"\r\nHi", "mx.ours").authentication == Authentication("pass", "none", "none")
    forged = said.replace(b"dmarc=pass", b"dmarc=fail")
    assert read(forged + both + b"\r\nHi", "mx.ours").authentication.is_forged
