"""Who a customer is by the word of the company's own server: by a key of its own, or by another helpdesk's hash."""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OKPKey

from segue.domain.errors import Refused
from segue.web.identity import Identity, IdentityRefused, keys_of
from segue.web.widget_keys import held

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
THEIRS, ELSE = OKPKey.generate_key("Ed25519"), OKPKey.generate_key("Ed25519")
SECRET, OLD = "a secret of forty characters, or some more", "the secret of the helpdesk before"


def line_of(key: Any) -> str:
    """As PEM has it between the first line and the last."""
    return "".join(key.as_pem(private=False).decode().splitlines()[1:-1])


IDENTITY = Identity(SECRET, "", keys_of(f"{line_of(ELSE)}, {line_of(THEIRS)}"), OLD)


def signed(key: Any = THEIRS, alg: str = "EdDSA", **more: Any) -> str:
    claims = {"sub": "grace", "name": "Grace", "aud": "segue", "exp": int(NOW.timestamp()) + 3600} | more
    return jwt.encode({"alg": alg}, claims, key, algorithms=[alg])


def by_hand(secret: str) -> str:
    """As HS256 signs; the library itself takes no public key for a secret."""
    header = urlsafe_b64encode(b'{"alg":"HS256"}').decode().rstrip("=")
    said = f"{header}.{signed().split('.')[1]}"
    return f"{said}.{urlsafe_b64encode(hmac.digest(secret.encode(), said.encode(), 'sha256')).decode().rstrip('=')}"


def hashed(who: str, secret: str = OLD) -> str:
    """As the widget sends a `user_hash`."""
    return f"hash_{hmac.new(secret.encode(), who.encode(), hashlib.sha256).hexdigest()}_{quote(who, safe='')}"


def refusal(token: str, identity: Identity = IDENTITY) -> str:
    with pytest.raises(IdentityRefused) as refused:
        identity.judge(token, NOW)
    return refused.value.code


@pytest.mark.parametrize("alg", ["EdDSA", "Ed25519"])
def test_a_key_of_the_company_says_who_a_customer_is(alg: str) -> None:
    holder = held(IDENTITY, signed(alg=alg), NOW)

    assert (holder.owner.external_id, holder.is_verified, holder.name) == ("grace", True, "Grace")


def test_a_token_of_their_key_holds_no_longer_and_for_no_other_audience_than_one_of_our_secret() -> None:
    hour = int(NOW.timestamp()) + 3600

    assert refusal(signed(exp=hour - 7200)) == "identity_expired"
    assert refusal(signed(exp=hour + 10 * 86400)) == "identity_endless"
    assert refusal(signed(aud="elsewhere")) == "identity_foreign"
    assert refusal(signed(sub="")) == "identity_nameless"


@pytest.mark.parametrize("never", [float("nan"), float("inf"), True, "9999999999", None])
def test_an_identity_that_ends_at_no_moment_is_refused(never: object) -> None:
    assert refusal(signed(exp=never)) in ("identity_endless", "identity_expired")


def test_an_identity_holds_from_its_nbf_on_but_for_what_clocks_differ_by() -> None:
    now = NOW.timestamp()

    for begins in (now - 3600, now, now + 50):
        assert IDENTITY.judge(signed(nbf=begins), NOW)["sub"] == "grace"
    for begins in (now + 70, float("nan"), "soon", None):
        assert refusal(signed(nbf=begins)) == "identity_early"


def test_a_stranger_signs_nothing_with_what_everybody_may_know() -> None:
    """The public half taken for a secret is the old trick; ours taken for a key of theirs would be another."""
    known = line_of(THEIRS)
    pem = f"-----BEGIN PUBLIC KEY-----\n{known}\n-----END PUBLIC KEY-----\n"

    assert IDENTITY.judge(by_hand(SECRET), NOW)["sub"] == "grace", "so it would be signed"
    for secret in (known, pem, pem.strip()):
        assert refusal(by_hand(secret)) == "identity_forged"
    assert refusal(signed(OKPKey.generate_key("Ed25519"))) == "identity_forged"
    assert refusal(signed()[:-6] + "AAAAAA") == "identity_forged"
    assert refusal(signed(), Identity(SECRET)) == "identity_forged"


def test_a_key_of_theirs_opens_no_conversation_by_itself() -> None:
    ours = IDENTITY.sign("cnv_1", NOW, cnv="cnv_1")

    assert IDENTITY.judge(ours, NOW)["cnv"] == "cnv_1"
    assert refusal(signed(cnv="cnv_1")) == "identity_forged"


@pytest.mark.parametrize(
    "wrong",
    ["x", line_of(ECKey.generate_key("P-256")), line_of(OKPKey.generate_key("X25519"))],
    ids=["no key", "another curve", "no signing key"],
)
def test_what_is_no_such_key_is_said_where_the_house_is_built(wrong: str) -> None:
    with pytest.raises(Refused, match="no public Ed25519 key"):
        keys_of(wrong)


def test_while_one_moves_a_hash_says_an_id_and_nothing_else() -> None:
    for who in ("grace", "Grâce & co/7", "grace@ledgerly.example"):
        assert IDENTITY.judge(hashed(who), NOW + timedelta(days=400)) == {"sub": who}
    holder = held(IDENTITY, hashed("grace"), NOW)
    assert (holder.owner.external_id, holder.is_verified, holder.name, holder.email) == ("grace", True, "", "")


def test_a_hash_of_somebody_else_or_in_a_house_without_the_secret_is_nobodys() -> None:
    graces = hashed("grace")

    assert refusal(graces.replace("_grace", "_ada")) == "identity_forged"
    assert refusal(hashed("grace", SECRET)) == "identity_forged"
    assert refusal(hashed("grace", ""), Identity(SECRET)) == "identity_forged"
    assert refusal(graces, Identity(SECRET)) == "identity_forged"
