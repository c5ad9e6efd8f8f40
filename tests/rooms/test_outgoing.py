"""The guarded way out: no address inside our own network is reached, however it is spelt or whatever a name says."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from little_server import Quiet, listening
from segue.domain.errors import Refused, SegueError, Unavailable
from segue.integrations import outgoing
from segue.integrations.outgoing import Outgoing


@pytest.fixture(scope="module")
def inside() -> Iterator[str]:
    """A server that nobody outside should reach; gives its port."""
    asked: list[str] = []

    class Handler(Quiet):
        def do_GET(self) -> None:
            asked.append(self.path)
            body = b"x" * (outgoing.LARGEST + 1) if self.path == "/large" else b"the secret inside"
            status = 302 if self.path == "/away" else 200
            self.answers(status, body, location="http://169.254.169.254/latest/meta-data")

    with listening(Handler) as port:
        yield str(port)


INSIDE = [
    "127.0.0.1", "127.1", "2130706433", "0x7f000001", "017700000001", "0.0.0.0", "[::1]", "[::]",
    "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "10.0.0.1", "172.16.0.1",
    "192.168.1.1", "169.254.169.254", "100.64.0.1", "[fd00::1]", "[fe80::1]", "[fe80::1%25lo]", "198.18.0.1",
    "224.0.0.1", "255.255.255.255", "240.0.0.1", "[ff02::1]", "localhost", "LOCALHOST",
]  # fmt: skip


@pytest.mark.parametrize("host", INSIDE)
def test_nothing_inside_is_reached_in_any_spelling(host: str) -> None:
    with pytest.raises(SegueError) as error:
        Outgoing().get(f"https://{host}/")
    assert isinstance(error.value, Refused) or "no such host" in str(error.value)


@pytest.mark.parametrize("url", [
    "http://example.com/", "ftp://example.com/", "file:///etc/passwd", "gopher://x/", "https://", "https://a@example.com/",
    "https://example.com\n/", "https://[x/", "https://example.com:99999/", "",
])  # fmt: skip
def test_what_is_no_https_address_is_not_called(url: str) -> None:
    with pytest.raises(Refused):
        Outgoing().get(url)


def test_a_name_is_asked_once_and_the_connection_goes_to_what_was_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that is public when it is judged, and ours when it is called (DNS rebinding)."""
    answers, called = ["93.184.216.34", "127.0.0.1"], list[object]()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *a, **k: [(2, 1, 6, "", (answers.pop(0), 443))])
    monkeypatch.setattr(
        outgoing.httpcore.SyncBackend, "connect_tcp",
        lambda self, host, *rest: called.append(host) or (_ for _ in ()).throw(outgoing.httpcore.ConnectError("cut")),
    )  # fmt: skip
    with pytest.raises(Unavailable):
        Outgoing().get("https://rebinds.example/")

    assert called == ["93.184.216.34"]
    assert answers == ["127.0.0.1"]


def test_a_name_of_which_one_address_is_inside_is_not_called(monkeypatch: pytest.MonkeyPatch) -> None:
    both = [(2, 1, 6, "", ("93.184.216.34", 443)), (2, 1, 6, "", ("10.0.0.1", 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *a, **k: both)
    with pytest.raises(Refused, match="not on the public net"):
        Outgoing().get("https://both.example/")


def test_what_the_operator_lists_is_reached_and_nothing_beside_it(inside: str) -> None:
    for listed in ("127.0.0.1", "127.0.0.0/8", " localhost , 127.0.0.1"):
        assert Outgoing(listed.split(",")).get(f"http://127.0.0.1:{inside}/") == (200, b"the secret inside")
    with pytest.raises(Refused):
        Outgoing(["10.0.0.0/8", "login.internal"]).get(f"http://127.0.0.1:{inside}/")


def test_no_redirect_is_followed(inside: str) -> None:
    status, _ = Outgoing(["127.0.0.1"]).get(f"http://127.0.0.1:{inside}/away")

    assert status == 302


def test_an_answer_without_end_is_let_go(inside: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Refused, match="more than"):
        Outgoing(["127.0.0.1"]).get(f"http://127.0.0.1:{inside}/large")
    monkeypatch.setattr(outgoing, "PATIENCE", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(Unavailable):
        Outgoing(["127.0.0.1"]).get(f"http://127.0.0.1:{silent.getsockname()[1]}/")
