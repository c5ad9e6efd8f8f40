"""The ways to services outside, tried before a lead's eyes: what both sides said, and no password."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from little_server import Quiet, listening
from segue.app.drill.mailbox import ImapPeer
from segue.domain.ports import Tried
from segue.integrations import outgoing
from segue.integrations.mail.sending import WayOut
from segue.integrations.mail.trying import try_fetching, try_sending
from segue.integrations.outgoing import Outgoing
from segue.integrations.tracker import Repository

PASSWORD = "open sesame"


class Relay:
    """Takes mail to one address."""

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if address != "lena@ledgerly.example":
            return "550 5.1.1 Nobody of this name"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        raise AssertionError("a trial sends nothing")


@contextmanager
def mail_server() -> Iterator[int]:
    def let_in(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        return AuthResult(success=data.password == PASSWORD.encode(), handled=False)

    controller = Controller(
        Relay(), hostname="127.0.0.1", port=0, authenticator=let_in, auth_require_tls=False, auth_required=True
    )
    with socket.create_server(("127.0.0.1", 0)) as free:
        controller.port = free.getsockname()[1]
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


def sending(port: int, to: str, password: str = PASSWORD) -> Tried:
    server = f"smtp://desk:{password.replace(' ', '%20')}@127.0.0.1:{port}"
    return try_sending(WayOut(server, "support@ledgerly.example"), to)


def test_a_mail_server_is_tried_up_to_the_mail_itself() -> None:
    with mail_server() as port:
        good, nobody, out = (
            sending(port, "lena@ledgerly.example"), sending(port, "x@ledgerly.example"),
            sending(port, "lena@ledgerly.example", "guessed"),
        )  # fmt: skip

    assert (good.works, nobody.works, out.works) == (True, False, False)
    assert "→ rcpt TO:<lena@ledgerly.example>" in good.lines
    assert "← 250 OK" in good.lines
    assert "Nobody of this name" in nobody.says
    assert any(line.startswith("← 535") for line in out.lines)


def test_a_password_stands_in_no_exchange() -> None:
    with mail_server() as port:
        said = [*sending(port, "lena@ledgerly.example").lines, *sending(port, "lena@ledgerly.example", "guessed").lines]
    with ImapPeer() as peer:
        said += try_fetching(f"imap://desk:open%20sesame@127.0.0.1:{peer.port}/INBOX").lines

    assert "→ ••••" in said
    assert any(line.endswith("LOGIN ••••") for line in said)
    secret = ("sesame", "guessed", "AGRlc2sAb3BlbiBzZXNhbWU", "b3BlbiBzZXNhbWU")
    assert not [line for line in said if any(word in line for word in secret)]


def test_a_mailbox_is_opened_and_nothing_in_it_is_touched() -> None:
    with ImapPeer() as peer:
        peer.add(b"Subject: one\r\n\r\nHello")
        found = try_fetching(f"imap://desk:secret@127.0.0.1:{peer.port}/INBOX")

    assert found.works
    assert found.says == "desk@127.0.0.1/INBOX is open; messages in it: 1."
    assert "← * 1 EXISTS" in found.lines
    assert peer.flags[1] == set()


def test_whoever_does_not_answer_is_said_not_to() -> None:
    assert try_fetching("imap://desk:secret@127.0.0.1:1/INBOX").lines == ("→ connect 127.0.0.1:1",)
    assert not try_fetching("nonsense").works
    assert "refused" in try_sending(WayOut("smtp://127.0.0.1:1", "a@b.example"), "c@d.example").says


@pytest.mark.parametrize(
    ("status", "body", "works"),
    [(200, b"[]", True), (401, b'{"message": "Bad credentials"}', False), (429, b"", False)],
)
def test_a_tracker_shows_what_it_answered(status: int, body: bytes, works: bool) -> None:
    class Handler(Quiet):
        def do_GET(self) -> None:
            self.answers(status, body)

    with listening(Handler) as port:
        found = Repository(Outgoing(["127.0.0.1"]), f"http://127.0.0.1:{port}/repos/a/b", "gh_secret").try_out()

    assert (found.works, f"← {status}" in found.lines) == (works, True)
    assert f"← {body.decode()}" in found.lines
    assert "gh_secret" not in str(found)


def test_a_tracker_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outgoing, "PATIENCE", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        where = f"http://127.0.0.1:{silent.getsockname()[1]}/repos/a/b"
        found = Repository(Outgoing(["127.0.0.1"]), where, "x").try_out()

    assert not found.works
    assert "does not answer" in found.says
