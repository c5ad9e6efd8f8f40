"""Who a customer is, by the word of the company's own server: a JWT, signed with our secret or with a key of theirs.

The one idea: who may be believed is fixed where the house is built, each key with the one way it signs. What a token
says of itself chooses among nothing.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import warnings
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from math import isfinite
from typing import Any, TypeGuard
from urllib.parse import unquote

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey, OKPKey

from segue.domain.errors import Forbidden, Refused
from segue.texts import _

HASHED = re.compile(r"hash_([0-9A-Fa-f]{64})_([!-~]{1,600})")
"""What the widget makes of a `user_hash`: the hash, and the id it is of."""
SKEW = 60.0
"""Seconds by which the clock of the company's server may differ from ours."""
_SHARED, _PUBLIC = ["HS256"], ["Ed25519", "EdDSA"]
"""EdDSA is the older name of the same (RFC 9864), and what most libraries write."""
_PEM = "-----BEGIN PUBLIC KEY-----\n%s\n-----END PUBLIC KEY-----\n"
warnings.filterwarnings("ignore", "EdDSA is deprecated")  # said once for each token that is read


class Identity:
    """Signed words about who a customer is: a JWT with `sub`, `aud` and an `exp` at most a day away (defence 5).

    `older`: a secret that nothing is signed with any more, and that is still believed until it is dropped. `public`:
    Ed25519 keys of the company's own server, as `keys_of` reads them. `hashes`: the secret of another helpdesk's
    `user_hash`, which is believed while one moves; empty: none is.
    """

    LONGEST = timedelta(hours=24)

    def __init__(self, secret: str, older: str = "", public: Iterable[OKPKey] = (), hashes: str = "") -> None:
        self._key = OctKey.import_key(secret)
        self._believed = (self._key, *((OctKey.import_key(older),) if older else ()))
        self._public, self._hashes = tuple(public), hashes.encode()

    def sign(self, contact: str, now: datetime, **claims: Any) -> str:
        body = {"sub": contact, "aud": "segue", "iat": int(now.timestamp()),
                "exp": int((now + self.LONGEST).timestamp()), **claims}  # fmt: skip
        return jwt.encode({"alg": "HS256"}, body, self._key)

    def read(self, token: str, now: datetime) -> dict[str, Any] | None:
        """The claims, or None for anything forged, expired, or living longer than a day."""
        try:
            return self.judge(token, now)
        except IdentityRefused:
            return None

    def judge(self, token: str, now: datetime) -> dict[str, Any]:
        """The claims. Raises IdentityRefused, which says why; of a forged one nothing is told but that it is one."""
        if found := HASHED.fullmatch(token):
            return self._of_hash(found[1].lower(), unquote(found[2]))
        claims = self._claims(token)
        if claims is None:
            raise IdentityRefused("forged", _("The identity is not signed with this workspace's secret."))
        expires, issued = claims.get("exp"), now.timestamp()
        if claims.get("aud") not in ("segue", ["segue"]):
            raise IdentityRefused("foreign", _("The identity was made for another audience; `aud` must be segue."))
        if not claims.get("sub"):
            raise IdentityRefused("nameless", _("The identity names nobody; `sub` must hold the customer's id."))
        if not _is_moment(expires) or expires > issued + self.LONGEST.total_seconds() + SKEW:
            raise IdentityRefused("endless", _("The identity lives longer than 24 hours; `exp` must be nearer."))
        if expires <= issued:
            raise IdentityRefused("expired", _("The identity has expired."))
        begins = claims.get("nbf", issued)
        if not _is_moment(begins) or begins > issued + SKEW:
            raise IdentityRefused("early", _("The identity does not hold yet; `nbf` must be a moment that has come."))
        return claims

    def _claims(self, token: str) -> dict[str, Any] | None:
        """The key of one conversation (`cnv`) is ours to sign: a key of theirs vouches for people only."""
        for key in self._believed:
            with suppress(Exception):  # whatever the library stumbles over in a stranger's bytes
                return jwt.decode(token, key, algorithms=_SHARED).claims
        for public in self._public:
            with suppress(Exception):
                claims = jwt.decode(token, public, algorithms=_PUBLIC).claims
                return None if "cnv" in claims else claims
        return None

    def _of_hash(self, told: str, who: str) -> dict[str, Any]:
        """It says nothing but the id, and never ends: so it is believed only where an operator says so."""
        if not self._hashes:
            raise IdentityRefused("forged", _("The identity is a user_hash, and this workspace believes none."))
        made = hmac.new(self._hashes, who.encode("utf8", "replace"), hashlib.sha256).hexdigest()
        if not hmac.compare_digest(made, told):
            raise IdentityRefused("forged", _("The identity is a user_hash that SEGUE_USER_HASH_SECRET did not make."))
        return {"sub": who}


def _is_moment(claim: Any) -> TypeGuard[float]:
    """JSON as Python reads it knows NaN, which is neither before nor after anything."""
    return isinstance(claim, int | float) and not isinstance(claim, bool) and isfinite(claim)


class IdentityRefused(Forbidden):
    """The host's word on who somebody is does not hold."""

    def __init__(self, why: str, what_happened: str) -> None:
        self.code = f"identity_{why}"
        super().__init__(what_happened, _("Sign a new one."))


def keys_of(listed: str) -> list[OKPKey]:
    """Public keys with commas between, each as it stands in PEM between the first line and the last. Raises Refused for
    what is none, and for one of another kind: a key of RSA would sign by another rule."""
    return [_key_of(one) for one in (part.strip() for part in listed.split(",")) if one]


def _key_of(line: str) -> OKPKey:
    try:
        key = OKPKey.import_key(_PEM % line)
    except (JoseError, ValueError, TypeError) as error:
        raise _no_key(line) from error
    if key.curve_name != "Ed25519" or key.is_private:
        raise _no_key(line)
    return key


def _no_key(line: str) -> Refused:
    return Refused(
        f"{line[:20]!r} in SEGUE_IDENTITY_KEYS is no public Ed25519 key.",
        "Write the line that `openssl pkey -in key.pem -pubout` prints between BEGIN and END.",
    )
