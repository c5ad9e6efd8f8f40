"""A mail server is asked who it is before it is told a password or a mail."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from segue.integrations.mail.sending import server_of

HOST = "localhost"


class Greeted:
    """How often somebody greeted it."""

    times = 0

    async def handle_EHLO(
        self, server: object, session: object, envelope: object, host: str, said: list[str]
    ) -> object:
        self.times += 1
        return said


@pytest.fixture
def written(tmp_path: Path) -> Path:
    """A certificate that names this machine, and nobody stands for but itself; its key beside it in one file."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, now - timedelta(days=1), now + timedelta(days=1))
    made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
    plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    file = tmp_path / "own.pem"
    file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, *plain)
        + made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    )
    return file


@pytest.fixture
def relay(written: Path) -> Iterator[tuple[Greeted, str]]:
    """Its address speaks TLS from the first byte."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(written)
    handler = Greeted()
    controller = Controller(handler, hostname=HOST, port=_free_port(), ssl_context=context)
    controller.start()
    yield handler, f"smtps://{HOST}:{controller.port}"
    controller.stop()


def test_nothing_is_said_to_a_server_that_nobody_stands_for(relay: tuple[Greeted, str]) -> None:
    handler, address = relay
    with pytest.raises(ssl.SSLCertVerificationError), server_of(address) as server:
        server.ehlo()
    assert handler.times == 0


def test_whoever_is_stood_for_is_spoken_to(
    relay: tuple[Greeted, str], written: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    handler, address = relay
    monkeypatch.setenv("SSL_CERT_FILE", str(written))
    with server_of(address) as server:
        assert server.ehlo()[0] == 250
    assert handler.times == 1


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
