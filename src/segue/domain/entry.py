"""How people come in: invitations, sessions, second steps, passkeys, and a company's own provider of identities."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from segue.texts import _

LEAST_PASSWORD = 8
MOST_PASSWORD = 1000
_KINDS_LEAST = 5
_TELLING = 4
"""Letters before the @ from which an address tells who it is; shorter ones stand in many words by chance."""
_NOTORIOUS = ("password", "passwort", "12345678", "87654321", "qwertyui", "qwertzui", "letmein", "iloveyou", "welcome1")


@dataclass(frozen=True, slots=True)
class Invite:
    """Somebody who may come in by a link that opens once. `invited_by` is an agent's id, or `command line`."""

    id: str
    email: str
    role: str
    teams: tuple[str, ...]
    invited_by: str
    created_at: datetime
    expires_at: datetime

    def has_expired(self, now: datetime) -> bool:
        return self.expires_at <= now


@dataclass(frozen=True, slots=True)
class Session:
    """One browser in which somebody is signed in. `id` names it and opens nothing."""

    id: str
    begun_at: datetime
    seen_at: datetime
    way: str
    browser: str
    address: str
    is_this: bool = False


@dataclass(frozen=True, slots=True)
class Passkey:
    """A key that a device keeps: the person unlocks the device, the device signs. It stands for two steps."""

    id: str
    agent_id: str
    name: str
    public_key: bytes
    sign_count: int
    is_synced: bool
    created_at: datetime
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True)
class Provider:
    """Where a company's people sign in already (OpenID Connect)."""

    name: str
    issuer: str
    client_id: str
    secret: str
    domains: tuple[str, ...] = ()
    """Whose addresses become agents by themselves; without any, only who is here already or was invited comes in."""
    asks_twice: bool = False
    """Whether it asks for a second step itself, so that we need not."""

    def lets_in(self, email: str) -> bool:
        """Whether somebody of this address may become an agent by coming."""
        return "@" in email and email.rpartition("@")[2].lower() in self.domains


def wrong_with_password(password: str, email: str = "") -> str:
    """What to say beside the field; empty where the password will do."""
    bare, own = password.lower(), email.partition("@")[0].lower()
    if len(password) < LEAST_PASSWORD:
        return _("A password needs at least %(least)s characters. A few words in a row are good.", least=LEAST_PASSWORD)
    if len(password) > MOST_PASSWORD:
        return _("A password has at most %(most)s characters.", most=MOST_PASSWORD)
    if len(set(bare)) < _KINDS_LEAST or any(bare.startswith(word) for word in _NOTORIOUS):
        return _("This is among the first that anybody would try. Choose another one.")
    if len(own) >= _TELLING and own in bare:
        return _("It contains your address. Choose another one.")
    return ""


def device(browser: str) -> str:
    """What a browser says of itself, in words: "Firefox on Windows"."""
    names = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
    systems = (
        ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("Mac OS", "Mac"),
        ("CrOS", "ChromeOS"), ("Linux", "Linux"),
    )  # fmt: skip
    name = next((said for mark, said in names if mark in browser), "")
    system = next((said for mark, said in systems if mark in browser), "")
    if not name or not system:
        return name or system or _("An unknown browser")
    return _("%(browser)s on %(system)s", browser=name, system=system)
