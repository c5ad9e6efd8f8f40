"""What a provider of identities says, and whether it holds (OpenID Connect Core 1.0, code flow with PKCE).

The one idea: nothing is believed but a token that is signed by the provider's own key, made for us, by the provider
whom we asked, in answer to the question that this browser asked. Everything is fetched through the guarded client.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote_plus, urlencode

import orjson

from segue.domain.entry import Provider
from segue.domain.errors import Refused, Unavailable
from segue.domain.ports import Calling
from segue.texts import _

ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
"""Signatures by a key that only the provider has: none at all, and one by a shared secret, prove nothing."""
LEEWAY = 60
"""Seconds by which clocks may differ."""
SCOPE = "openid email profile"


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a provider tells of itself."""

    issuer: str
    authorize: str
    token: str
    keys: str
    userinfo: str
    posts_secret: bool
    """Whether the secret goes into the body, not into a header."""
    names_itself: bool
    """Whether it says in every answer who it is (RFC 9207)."""


@dataclass(frozen=True, slots=True)
class Vouched:
    """Whom the provider vouches for."""

    subject: str
    email: str
    name: str


class DoesNotHold(Refused):
    """What came back is not what we asked for. `why` is for the log and the page."""


def discover(calling: Calling, issuer: str) -> Metadata:
    """Raises SegueError that says what is wrong with the address."""
    said = _fetched(calling, issuer.rstrip("/") + "/.well-known/openid-configuration")
    if said.get("issuer") != issuer:
        raise Refused(
            _("The provider calls itself %(name)s.", name=str(said.get("issuer"))[:200]),
            _("Write its address exactly so."),
        )
    wanted = ("authorization_endpoint", "token_endpoint", "jwks_uri")
    if missing := [name for name in wanted if not isinstance(said.get(name), str)]:
        raise Refused(
            _("The provider does not say its %(what)s.", what=missing[0]), _("Check that it speaks OpenID Connect.")
        )
    if not said["authorization_endpoint"].startswith(("https://", "http://")):
        raise Refused(_("The provider's page to sign in is no web page."), _("Check its address."))
    methods = said.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    return Metadata(
        issuer, said["authorization_endpoint"], said["token_endpoint"], said["jwks_uri"],
        str(said.get("userinfo_endpoint") or ""), "client_secret_basic" not in methods,
        bool(said.get("authorization_response_iss_parameter_supported")),
    )  # fmt: skip


def question(metadata: Metadata, provider: Provider, back: str, state: str, nonce: str, verifier: str) -> str:
    """Where the browser is sent."""
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    asked = {"response_type": "code", "client_id": provider.client_id, "redirect_uri": back, "scope": SCOPE,
             "state": state, "nonce": nonce, "code_challenge": challenge, "code_challenge_method": "S256"}  # fmt: skip
    return metadata.authorize + ("&" if "?" in metadata.authorize else "?") + urlencode(asked)


def answered(
    calling: Calling, provider: Provider, said: Mapping[str, str], asked: Mapping[str, Any], now: datetime
) -> Vouched:
    """`said`: what the browser brings from the provider. `asked`: its state, nonce, verifier, back and issuer.

    Raises DoesNotHold, and SegueError where the provider does not answer."""
    if not hmac.compare_digest(said.get("state", "").encode(), str(asked["state"]).encode()):
        raise DoesNotHold(_("The answer belongs to another question."), _("Begin again."))
    if asked["issuer"] != provider.issuer:
        raise DoesNotHold(_("The provider was changed meanwhile."), _("Begin again."))
    metadata = discover(calling, provider.issuer)
    named = said.get("iss")
    if (named is not None or metadata.names_itself) and named != provider.issuer:
        raise DoesNotHold(_("The answer comes from another provider."), _("Begin again."))
    if error := said.get("error"):
        raise DoesNotHold(_("The provider refused: %(why)s.", why=error[:80]), _("Try again, or ask who runs it."))
    tokens = _redeemed(calling, provider, metadata, said.get("code", ""), asked)
    token = str(tokens.get("id_token") or "")
    claims = judged(token, _fetched(calling, metadata.keys), provider, str(asked["nonce"]), now)
    if "email" not in claims and metadata.userinfo:
        claims = {**claims, **_told(calling, metadata, str(tokens.get("access_token") or ""), claims["sub"])}
    return vouched(claims)


def judged(token: str, keys: Mapping[str, Any], provider: Provider, nonce: str, now: datetime) -> dict[str, Any]:
    """The claims of an identity token. Raises DoesNotHold."""
    claims = _signed(token, keys)
    audience, instant = claims.get("aud"), now.timestamp()
    audiences = audience if isinstance(audience, list) else [audience]
    if claims.get("iss") != provider.issuer:
        raise DoesNotHold(_("The token was made by another provider."), _("Begin again."))
    if provider.client_id not in audiences or (len(audiences) > 1 and claims.get("azp") != provider.client_id):
        raise DoesNotHold(_("The token was made for another application."), _("Check the client id."))
    if "azp" in claims and claims["azp"] != provider.client_id:
        raise DoesNotHold(_("The token was made for another application."), _("Check the client id."))
    expires, issued, not_before = (_number(claims.get(name)) for name in ("exp", "iat", "nbf"))
    if expires is None or expires <= instant - LEEWAY:
        raise DoesNotHold(_("The token has expired."), _("Begin again."))
    if issued is None or max(issued, not_before or 0) > instant + LEEWAY:
        raise DoesNotHold(_("The token is not valid yet."), _("Compare the clocks of both machines."))
    if not isinstance(claims.get("nonce"), str) or not hmac.compare_digest(claims["nonce"].encode(), nonce.encode()):
        raise DoesNotHold(_("The token answers another question."), _("Begin again."))
    if not isinstance(claims.get("sub"), str) or not claims["sub"]:
        raise DoesNotHold(_("The token names nobody."), _("Ask who runs the provider."))
    return claims


def vouched(claims: Mapping[str, Any]) -> Vouched:
    """Raises DoesNotHold for an address that the provider does not vouch for."""
    email, is_verified = claims.get("email"), claims.get("email_verified")
    if not isinstance(email, str) or "@" not in email or "\0" in email or len(email) > 254:
        raise DoesNotHold(_("The provider does not say the address."), _("Let it release `email` to Segue."))
    if is_verified is not True and is_verified != "true":
        raise DoesNotHold(_("The provider does not vouch for the address."), _("Confirm the address there."))
    name = claims.get("name")
    name = " ".join(name.replace("\0", "").split())[:80] if isinstance(name, str) else ""
    return Vouched(claims["sub"][:300].replace("\0", ""), email, name or email.partition("@")[0])


def _signed(token: str, keys: Mapping[str, Any]) -> dict[str, Any]:
    from joserfc import jwt
    from joserfc.errors import JoseError
    from joserfc.jwk import KeySet

    try:
        return dict(jwt.decode(token, KeySet.import_key_set(dict(keys)), algorithms=ALGORITHMS).claims)  # type: ignore[arg-type]
    except (JoseError, ValueError, KeyError, TypeError):
        raise DoesNotHold(_("The token is not signed by the provider's key."), _("Begin again.")) from None


def _redeemed(
    calling: Calling, provider: Provider, metadata: Metadata, code: str, asked: Mapping[str, Any]
) -> dict[str, Any]:
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": asked["back"],
            "code_verifier": asked["verifier"]}  # fmt: skip
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
    if metadata.posts_secret:
        form |= {"client_id": provider.client_id, "client_secret": provider.secret}
    else:
        pair = f"{quote_plus(provider.client_id)}:{quote_plus(provider.secret)}"
        headers["Authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
    status, body = calling.post(metadata.token, urlencode(form).encode(), headers)
    if status != 200:
        raise DoesNotHold(
            _("The provider did not take the code (%(status)s).", status=status),
            _("Check client id and secret, then try again."),
        )
    return _read(body)


def _told(calling: Calling, metadata: Metadata, access: str, subject: str) -> dict[str, Any]:
    said = _fetched(calling, metadata.userinfo, {"Authorization": f"Bearer {access}"})
    if said.get("sub") != subject:
        raise DoesNotHold(_("The provider tells of somebody else."), _("Begin again."))
    return {name: said[name] for name in ("email", "email_verified", "name") if name in said}


def _fetched(calling: Calling, url: str, headers: Mapping[str, str] | None = None) -> dict[str, Any]:
    status, body = calling.get(url, headers)
    if status != 200:
        raise Unavailable(
            _("%(address)s answers %(status)s.", address=url[:200], status=status), _("Check the provider's address.")
        )
    return _read(body)


def _read(body: bytes) -> dict[str, Any]:
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError:
        found = None
    if not isinstance(found, dict):
        raise Unavailable(_("The provider's answer is no JSON object."), _("Check its address."))
    return found


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
