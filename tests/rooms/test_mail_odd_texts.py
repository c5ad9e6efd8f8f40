"""Texts that trip programs up go through every field of a mail, in and out, and through its settings: byte for byte, or
on one line where a header has no more. What we read was written by others, and what we write is read by the library."""

from __future__ import annotations

import re
import socket
import unicodedata
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP, default
from pathlib import Path
from urllib.parse import quote

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword, Session

from mail.dovecot import dovecot
from mail.writing import OURS, mail
from naughty import WORDS, naughty
from peers import needed
from segue.app.settings import Settings
from segue.domain.errors import Refused
from segue.domain.mail import Attachment
from segue.integrations.mail.imap import ImapMailbox, connected, named
from segue.integrations.mail.reading import read
from segue.integrations.mail.sending import Letter, WayOut, _written, compose, send

ALL = naughty()
TURNS = "[\u200e\u200f\u202a-\u202e\u2066-\u2069]"


@contextmanager
def serving(peer: Controller) -> Iterator[int]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        peer.port = int(probe.getsockname()[1])
    peer.start()
    try:
        yield peer.port
    finally:
        peer.stop()


def on_one_line(text: str) -> str:
    """What is left of it where there is one line, no control and no mark that turns the reading round."""
    bare = re.sub(TURNS, "", "".join(" " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in text))
    return " ".join(bare.split())


def word(text: str) -> str:
    """As mail programs write it: encoded words of at most 75 letters, no character cut."""
    pieces, at = list[str](), ""
    for c in text:
        if len((at + c).encode()) > 42:
            pieces, at = [*pieces, at], ""
        at += c
    return "\r\n ".join(f"=?utf-8?B?{b64encode(piece.encode()).decode()}?=" for piece in [*pieces, at])


@pytest.mark.parametrize("is_encoded", [True, False], ids=["encoded", "as it is"])
def test_what_stands_in_a_mail_is_read_as_it_was_written(is_encoded: bool) -> None:
    for text in ALL:
        said = word(text) if is_encoded else on_one_line(text)
        if not is_encoded and (not said or "=?" in said):
            continue
        name = said if is_encoded else '"' + re.sub(r'(["\\])', r"\\\1", said) + '"'
        head = f"From: {name} <eve@x.example>\r\nTo: {name} <{OURS}>\r\n"
        head += f"Cc: {name} <b@x.example>,\r\n <c@x.example>\r\nSubject: {said}\r\n"
        head += "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n"
        body = b64encode(text.replace("\n", "\r\n").encode()) if "\r" not in text else b64encode(text.encode())
        found = read(f"{head}\r\n".encode() + body)

        assert found.subject == on_one_line(text)[:500], text
        assert found.text == text.replace("\r\n", "\n").replace("\r", "\n").strip("\n").lstrip("\ufeff"), text
        assert [a.address for a in found.cc] == ["b@x.example", "c@x.example"], text
        assert found.sender
        assert found.to[0].address == OURS, text
        names = {named.name.rstrip() for named in (found.sender, found.to[0], found.cc[0])}
        assert names == {on_one_line(text).strip(" \"'<>")[:200].rstrip()}, text


def test_what_a_file_is_called_and_holds_is_read_as_it_was_sent() -> None:
    for text in [*ALL[::2], *WORDS]:
        made = EmailMessage(policy=SMTP)
        made["From"] = "eve@x.example"
        made.set_content("Hi")
        made.add_attachment(text.encode(), "application", "octet-stream", filename=on_one_line(text) or "x")
        (file,) = read(made.as_bytes()).attachments
        assert file.body == text.encode()
        plain = re.sub(r"[/\\]", "_", on_one_line(text)).strip(". ")[-120:]
        bare = plain[1:-1] if plain[:1] == "<" and plain[-1:] == ">" else plain  # as the library unquotes a name
        assert file.name in (bare, "attachment-1"), text


def test_html_says_what_it_said_and_is_never_more() -> None:
    for text in ALL:
        shown = text.replace("&", "&amp;").replace("<", "&lt;")
        made = EmailMessage(policy=SMTP)
        made.set_content(f"<p>{shown}</p>", "html", cte="base64")
        found = read(made.as_bytes())
        assert "".join(found.text.split()) == "".join(text.split()), text
        assert not re.search(r"<(?!/?p\b)", found.html), text


def test_what_we_write_is_read_by_another_program_as_it_was_written() -> None:
    for text in [*ALL[::6], *(one for one in ALL if set(one) & set('\r"=,<@\\'))]:
        mailbox = WayOut("", OURS, "0123", name=text)
        files = (Attachment(text, "text/plain", text.encode()),)
        letter = Letter("eve@x.example", text, text, "<a@b>", False, files=files, html=f"<p>{text}</p>")
        written = _written(compose(mailbox, letter))
        found = message_from_bytes(written, policy=default)

        head = written.partition(b"\r\n\r\n")[0]
        assert re.findall(rb"(?im)^(bcc|cc|to|subject)(?=:)", head) == [b"To", b"Subject"], text
        line = on_one_line(text).replace("=?", "= ?")
        whole = line if line[:3].lower() == "re:" else f"Re: {line}"
        assert " ".join(str(found["Subject"]).split()) == whole[:200].rstrip(), text
        (sender,) = found["From"].addresses
        assert (" ".join(sender.display_name.split()), sender.addr_spec) == (line, OURS), text
        plain = found.get_body(("plain",))
        assert plain is not None
        assert plain.get_content().replace("\r\n", "\n").rstrip("\n") == "\n".join(re.split("\r\n|\r|\n", text)).rstrip(
            "\n"
        ), text
        (file,) = found.iter_attachments()
        assert file.get_payload(decode=True) == text.encode(), text


@pytest.mark.parametrize(
    ("to", "written", "asks"),
    [
        ("josé@elsewhere.example", "josé@elsewhere.example", True),
        ("eve@bücher.example", "eve@xn--bcher-kva.example", False),
        ("o'neil+x@elsewhere.example", "o'neil+x@elsewhere.example", False),
    ],
)
def test_an_address_beyond_ascii_is_written_as_servers_read_it(to: str, written: str, asks: bool) -> None:
    """No encoded word stands in an address, and only what needs it asks for SMTPUTF8."""
    got = list[tuple[list[str], bytes, bool]]()

    class Peer:
        async def handle_DATA(self, server: object, session: Session, envelope: Envelope) -> str:
            got.append((envelope.rcpt_tos, envelope.original_content or b"", envelope.smtp_utf8))
            return "250 OK"

    with_utf8 = Controller(Peer(), hostname="127.0.0.1", port=0, enable_SMTPUTF8=True, ready_timeout=10)
    with serving(with_utf8) as port:
        mailbox = WayOut(f"smtp://127.0.0.1:{port}", OURS)
        send(mailbox, compose(mailbox, Letter(to, "Hi", "Hello", "<a@b>", False, references=("<é@x>", "<1@x>"))))

    ((to_whom, content, is_utf8),) = got
    head = content.partition(b"\r\n\r\n")[0].decode()
    assert (to_whom, is_utf8) == ([written], asks)
    assert f"To: {written}\r\n" in head
    assert "References: <1@x>\r\n" in head


def test_a_password_beyond_ascii_signs_in_to_both_servers(tmp_path: Path) -> None:
    heard = list[object]()

    def knows(server: object, session: object, envelope: object, mechanism: str, data: LoginPassword) -> AuthResult:
        heard.append((data.login.decode(), data.password.decode()))
        return AuthResult(success=True)

    peer = Controller(object(), hostname="127.0.0.1", port=0, authenticator=knows, auth_require_tls=False)
    with serving(peer) as port:
        user, password = "jörg@ledgerly.example", 'pä"ß\\ 日本:/@'
        mailbox = WayOut(f"smtp://{quote(user, '')}:{quote(password, '')}@127.0.0.1:{port}", OURS)
        send(mailbox, compose(mailbox, Letter("eve@x.example", "Hi", "Hello", "<a@b>", False)))
    assert heard == [(user, password)]

    needed("dovecot")
    with dovecot(tmp_path, password := "päß日本:@") as port:
        box = f"imap://support:{quote(password, '')}@127.0.0.1:{port}"
        for folder in ("Anfragen & Größe", 'a "b" \\c', "日本語 – 👍", "&"):
            with connected(ImapMailbox.of(box)) as imap:
                assert imap.create(named(folder))[0] == "OK"
                imap.append(named(folder), "", None, mail())  # type: ignore[arg-type]
            with connected(ImapMailbox.of(f"{box}/{quote(folder, '')}")) as imap:
                assert imap.response("EXISTS")[1] == [b"1"], folder


def test_an_address_of_ours_may_carry_a_name_and_nothing_else() -> None:
    for name in ("Ledgerly Support", '"Müller & Söhne, Ltd."', "日本 <3"):
        at = Settings.from_environment({"SEGUE_MAIL_FROM": f"{name} <{OURS}>"})
        assert (at.mail_name, at.mail_from) == (name.strip('"'), OURS)
    for wrong in ("support", "a@b, c@d", "a@b\r\nBcc: x@y", "<>", "a b@c"):
        for which in ("SEGUE_MAIL_FROM", "SEGUE_MAIL_REPLY"):
            with pytest.raises(Refused, match=which):
                Settings.from_environment({which: wrong})
    with pytest.raises(Refused):
        named("INBOX\r\nx LOGOUT")
