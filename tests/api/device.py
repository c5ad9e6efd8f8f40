"""A device that keeps passkeys, in software: makes real keys and signs real answers (WebAuthn, ES256, no attestation).

`origin`, `host` and `verifies` bend what it says, for tests of what must not hold.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import struct
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256


@dataclass
class Device:
    origin: str
    host: str
    verifies: bool = True
    """Whether its owner unlocks it."""
    counts: bool = True
    count: int = 0
    id: bytes = field(default_factory=lambda: secrets.token_bytes(16))
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    owner: bytes = b""

    def makes(self, options: dict[str, Any]) -> dict[str, Any]:
        """A passkey for the house."""
        self.owner = unpacked(options["user"]["id"])
        numbers = self.key.public_key().public_numbers()
        public = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        attested = bytes(16) + struct.pack(">H", len(self.id)) + self.id + cbor2.dumps(public)
        told = {"fmt": "none", "attStmt": {}, "authData": self._said(0x40) + attested}
        client = self._client("webauthn.create", options["challenge"])
        return self._credential({"attestationObject": packed(cbor2.dumps(told)), "clientDataJSON": packed(client)})

    def signs(self, options: dict[str, Any]) -> dict[str, Any]:
        """The answer to a question."""
        self.count += self.counts
        client, said = self._client("webauthn.get", options["challenge"]), self._said(0)
        signature = self.key.sign(said + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        return self._credential({
            "authenticatorData": packed(said), "clientDataJSON": packed(client), "signature": packed(signature),
            "userHandle": packed(self.owner),
        })  # fmt: skip

    def _said(self, flags: int) -> bytes:
        flags |= 0x01 | (0x04 if self.verifies else 0)
        return hashlib.sha256(self.host.encode()).digest() + bytes([flags]) + struct.pack(">I", self.count)

    def _client(self, kind: str, challenge: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}).encode()

    def _credential(self, response: dict[str, Any]) -> dict[str, Any]:
        return {"id": packed(self.id), "rawId": packed(self.id), "type": "public-key", "response": response}


def packed(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def unpacked(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
