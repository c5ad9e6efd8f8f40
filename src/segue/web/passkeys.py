"""Passkeys: a device signs our question once its owner has unlocked it, and its answer stands for two steps (WebAuthn).

Signing in needs no name: the device knows whose key it keeps. Each question is random, is asked once, and is answered
in the browser that it was asked in.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import urlsplit

import orjson
from fastapi import APIRouter, Depends, Request, Response

from segue.domain.entry import Passkey
from segue.domain.errors import Conflict
from segue.domain.people import Agent
from segue.store.passkeys import Passkeys
from segue.store.second_step import SecondSteps
from segue.texts import N_, _
from segue.web.done import tell
from segue.web.doors import new_secret, refuse_foreign_origin, signed_in
from segue.web.entering import (
    address_of,
    ask_again,
    begin,
    begun,
    moment,
    must_have_second_step,
    ours,
    public,
    take,
)
from segue.web.limits import Limit
from segue.web.pages import PRIVATE, PageRoute, go, plain
from segue.web.rooms import Rooms, rooms

router = APIRouter(route_class=PageRoute, include_in_schema=False)
House = Annotated[Rooms, Depends(rooms)]
Me = Annotated[Agent, Depends(signed_in)]
ACCESS = "/desk/me/access"
_QUESTIONS = Limit(60, 10 * 60)
_REFUSED = N_("This passkey opens nothing here. Use another one, or your password.")


async def _body(request: Request) -> dict[str, Any]:
    """What the page sent; empty where it is no object. Nothing of another site's page is read."""
    refuse_foreign_origin(request)
    try:
        found = orjson.loads(await request.body())
    except orjson.JSONDecodeError:
        found = None
    return found if isinstance(found, dict) else {}


Said = Annotated[dict[str, Any], Depends(_body)]


# signing in


@router.post("/sign-in/passkey/options")
def ask(request: Request, house: House) -> Response:
    """A question for whatever passkey there is."""
    import webauthn
    from webauthn.helpers.structs import UserVerificationRequirement

    refuse_foreign_origin(request)
    if _QUESTIONS.wait(address_of(request)):
        return _told({"error": _("Too many attempts. Wait ten minutes, or use your password.")}, 429)
    _QUESTIONS.count(address_of(request))
    options = webauthn.generate_authentication_options(
        rp_id=_name(request, house), user_verification=UserVerificationRequirement.REQUIRED
    )
    answer = _json(webauthn.options_to_json(options))
    begin(request, answer, house, "passkey", {"challenge": options.challenge.hex()})
    return answer


@router.post("/sign-in/passkey")
def sign_in(request: Request, house: House, said: Said) -> Response:
    """`credential` as the browser gives it, and `next`. Answers where to go on."""
    pending, found = take(request, house, "passkey"), said.get("credential")
    if pending is None or not isinstance(found, Mapping):
        return _told({"error": _("This took too long. Try again.")}, 422)
    passkey = _proved(request, house, dict(found), bytes.fromhex(pending.body["challenge"]))
    if passkey is None:
        return _told({"error": _(_REFUSED)}, 422)
    path = ours(str(said.get("next") or "")) or "/desk"
    return begun(request, house, passkey.agent_id, "passkey", _told({"to": path}))


def _proved(request: Request, house: Rooms, credential: dict[str, Any], challenge: bytes) -> Passkey | None:
    """The passkey that has signed `challenge`, with its owner's leave, for this house."""
    import webauthn
    from webauthn.helpers import base64url_to_bytes
    from webauthn.helpers.exceptions import WebAuthnException

    passkey = Passkeys(house.db).one(str(credential.get("id", "")).replace("\0", ""))
    if passkey is None:
        return None
    try:
        proof = webauthn.verify_authentication_response(
            credential=credential, expected_challenge=challenge, expected_rp_id=_name(request, house),
            expected_origin=public(request, house), credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.sign_count, require_user_verification=True,
        )  # fmt: skip
        handle = credential["response"].get("userHandle")
        if handle and not hmac.compare_digest(base64url_to_bytes(handle), _handle(house, passkey.agent_id)):
            return None
    except (WebAuthnException, ValueError, KeyError, TypeError, AttributeError):
        return None
    used = Passkeys(house.db).used(passkey.id, proof.new_sign_count, proof.credential_backed_up, moment())
    return passkey if used else None


# one's own


@router.post(ACCESS + "/passkeys/options")
def ask_for_new(request: Request, house: House, me: Me) -> Response:
    """What a device needs to make a passkey for this house; one that has one already makes no second."""
    import webauthn
    from webauthn.helpers import base64url_to_bytes, structs

    if again := ask_again(request, house):
        return _told({"to": again.headers["location"]})
    options = webauthn.generate_registration_options(
        rp_id=_name(request, house), rp_name="Segue", user_name=me.email, user_display_name=me.name,
        user_id=_handle(house, me.id),
        authenticator_selection=structs.AuthenticatorSelectionCriteria(
            resident_key=structs.ResidentKeyRequirement.REQUIRED,
            user_verification=structs.UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[
            structs.PublicKeyCredentialDescriptor(base64url_to_bytes(p.id)) for p in Passkeys(house.db).of(me.id)
        ],
    )  # fmt: skip
    answer = _json(webauthn.options_to_json(options))
    begin(request, answer, house, "new passkey", {"challenge": options.challenge.hex()}, me.id)
    return answer


@router.post(ACCESS + "/passkeys")
def add(request: Request, house: House, me: Me, said: Said) -> Response:
    """`credential` as the browser gives it, and the `name` its owner gives it."""
    import webauthn
    from webauthn.helpers import bytes_to_base64url
    from webauthn.helpers.exceptions import WebAuthnException

    pending, name = take(request, house, "new passkey"), plain(str(said.get("name") or "")).strip()[:60]
    if pending is None or pending.agent != me.id:
        return _told({"error": _("This took too long. Try again.")}, 422)
    try:
        made = webauthn.verify_registration_response(
            credential=said["credential"], expected_challenge=bytes.fromhex(pending.body["challenge"]),
            expected_rp_id=_name(request, house), expected_origin=public(request, house),
            require_user_verification=True,
        )  # fmt: skip
    except (WebAuthnException, ValueError, KeyError, TypeError, AttributeError):
        return _told({"error": _("What the device answered does not hold. Try again, or use another device.")}, 422)
    passkey = Passkey(
        bytes_to_base64url(made.credential_id), me.id, name or _("Passkey"), made.credential_public_key,
        made.sign_count, made.credential_backed_up, moment(), None,
    )  # fmt: skip
    try:
        Passkeys(house.db).add(passkey)
    except Conflict as error:
        return _told({"error": str(error)}, 409)
    answer = _told({"to": ACCESS})
    tell(request, answer, _("%(name)s opens the desk from now on.", name=passkey.name))
    return answer


@router.post(ACCESS + "/passkeys/{passkey}/remove")
def remove(request: Request, house: House, me: Me, passkey: str) -> Response:
    if again := ask_again(request, house):
        return again
    keys = Passkeys(house.db)
    is_last = len(keys.of(me.id)) == 1 and SecondSteps(house.db).of(me.id) is None
    if is_last and must_have_second_step(house, me.id):
        return go(ACCESS, _("Your role needs a second step. Set up an app first, or add another passkey."))
    return go(ACCESS, _("%(name)s is removed.", name=keys.remove(passkey, me.id, moment())))


# what a passkey is bound to


def _name(request: Request, house: Rooms) -> str:
    """The host: a passkey that was made for it signs for no other."""
    return urlsplit(public(request, house)).hostname or ""


def _handle(house: Rooms, agent: str) -> bytes:
    """What a device knows its owner by; it says nothing of them."""
    house.workspace.claim_setting("passkey_secret", new_secret("pk"))
    secret = str(house.workspace.setting("passkey_secret"))
    return hmac.new(secret.encode(), agent.encode(), hashlib.sha256).digest()


def _told(said: dict[str, str], status: int = 200) -> Response:
    return _json(orjson.dumps(said), status)


def _json(body: str | bytes, status: int = 200) -> Response:
    return Response(body, status, PRIVATE, "application/json")
