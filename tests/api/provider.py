"""A company's own provider of identities, small and real: an HTTP server that tells of itself, takes codes against PKCE
and its client's secret, and signs tokens with a key of its own. `says` bends what it signs, for tests of what must not
hold.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from little_server import Quiet, listening

CLIENT, SECRET = "segue-desk", "the secret of the client"
Claims = dict[str, Any]


@dataclass
class Company:
    """The provider. `person`: who signs in at it."""

    address: str = ""
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one"}))
    person: Claims = field(default_factory=dict)
    bend: Callable[[Claims], Claims] = lambda claims: claims
    sign: Callable[[Company, Claims], str] | None = None
    metadata: Claims = field(default_factory=dict)
    userinfo: Claims | None = None
    codes: dict[str, Claims] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def sign_in(self, location: str, **more: str) -> dict[str, str]:
        """What its page does once the person has signed in: what the browser brings back."""
        asked = dict(parse_qsl(urlsplit(location).query))
        assert asked["client_id"] == CLIENT
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        return {"code": code, "state": asked["state"], **more}

    def document(self) -> Claims:
        there = self.address
        return {
            "issuer": there, "authorization_endpoint": f"{there}/authorize", "token_endpoint": f"{there}/token",
            "jwks_uri": f"{there}/keys", "userinfo_endpoint": f"{there}/me", **self.metadata,
        }  # fmt: skip

    def token(self, code: str, verifier: str) -> Claims | None:
        asked = self.codes.pop(code, None)
        digest = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        if asked is None or asked["code_challenge"] != digest:
            return None
        now = int(time.time())
        claims = {"iss": self.address, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": asked["nonce"],
                  **self.person}  # fmt: skip
        claims = self.bend(claims)
        signed = self.sign(self, claims) if self.sign else jwt.encode({"alg": "RS256", "kid": "one"}, claims, self.key)
        return {"access_token": "at", "token_type": "Bearer", "id_token": signed}


def unsigned(company: Company, claims: Claims) -> str:
    """`alg: none`, as an attacker writes it."""
    parts = (json.dumps(part).encode() for part in ({"alg": "none", "typ": "JWT"}, claims))
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts) + "."


def signed_with_our_secret(company: Company, claims: Claims) -> str:
    return jwt.encode({"alg": "HS256", "kid": "one"}, claims, OctKey.import_key(SECRET))


def signed_by_another(company: Company, claims: Claims) -> str:
    return jwt.encode({"alg": "RS256", "kid": "one"}, claims, RSAKey.generate_key(2048, {"kid": "one"}))


@contextmanager
def company() -> Iterator[Company]:
    found = Company()

    class Handler(Quiet):
        def do_GET(self) -> None:
            found.asked.append(self.path)
            told: Any = {
                "/.well-known/openid-configuration": found.document(),
                "/keys": {"keys": [found.key.as_dict(private=False)]},
                "/me": found.userinfo,
            }.get(self.path)
            self._answer(404 if told is None else 200, told)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            pair = base64.b64encode(urlencode({CLIENT: SECRET}).replace("=", ":", 1).encode()).decode()
            is_client = self.headers.get("authorization") == f"Basic {pair}"
            told = found.token(form.get("code", ""), form.get("code_verifier", "")) if is_client else None
            self._answer(400 if told is None else 200, told or {"error": "invalid_grant"})

        def _answer(self, status: int, told: Any) -> None:
            self.answers(status, json.dumps(told).encode(), content_type="application/json")

    with listening(Handler) as port:
        found.address = f"http://127.0.0.1:{port}"
        yield found
