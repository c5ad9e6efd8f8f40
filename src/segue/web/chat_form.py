"""What a customer's form brings: checked, and made an arrival for the front door."""

from __future__ import annotations

from urllib.parse import urlsplit

from fastapi import Request

from segue.domain.conversation import Channel, Page
from segue.store.inbox import Arrival
from segue.texts import _, forms
from segue.web.guest import Guest
from segue.web.limits import Limit
from segue.web.pages import plain
from segue.web.shapes import LONGEST_TEXT

FINE = ("", "")
"""No field is wrong."""
_MESSAGES = Limit(20, 60)
"""What one conversation may send in a minute: more than anybody types."""
_NEWCOMERS = Limit(60, 600)
"""Conversations that visitors of one address may open in ten minutes: an office behind one address, no flood."""


def arrival(who: Guest, typed: dict[str, str], client_id: str, place: Page | None) -> Arrival:
    """A visitor without an address is known by their first message, so that sending it twice begins one."""
    if who.conversation:
        return Arrival(typed["text"], conversation_id=who.conversation, client_id=client_id, page=place)
    if who.is_verified:
        return Arrival(typed["text"], Channel.CHAT, client_id=client_id, external_id=who.external_id, name=who.name,
                       email=who.email, is_verified=True, page=place)  # fmt: skip
    return Arrival(
        typed["text"], Channel.CHAT, client_id=client_id, name=typed["name"], email=typed["email"], page=place,
        external_id=None if typed["email"] else f"visitor:{client_id}",
    )  # fmt: skip


def fault(text: str, email: str, who: Guest, address: str) -> tuple[str, str]:
    """What is wrong with the form: the field and the words beside it. What is fine counts, for the conversation or,
    where a visitor opens one, for their `address`."""
    if not text.strip():
        return "text", _("Your message is empty. Write what it is about.")
    if len(text) > LONGEST_TEXT:
        return "text", _(
            "Your message has %(n)s characters; %(longest_text)s fit. Shorten it or send two.",
            n=forms.number(len(text)),
            longest_text=forms.number(LONGEST_TEXT),
        )
    if email and not is_address(email):
        return "email", _("This is not an e-mail address. Correct it or leave it empty.")
    limit, key = (_MESSAGES, who.conversation) if who.conversation else (_NEWCOMERS, address)
    if who.is_verified and not who.conversation:
        return FINE
    if seconds := limit.wait(key):
        return "text", _(
            "That was many messages at once. Your text is kept; send it again in %(seconds)s seconds.", seconds=seconds
        )
    limit.count(key)
    return FINE


def is_address(email: str) -> bool:
    """Whether mail could go there at all; who has it shows only when they answer."""
    before, _at, after = email.partition("@")
    return (
        bool(before and after) and len(email) <= 254 and "@" not in after and email.isprintable() and " " not in email
    )


def page_of(url: str, title: str, request: Request | None = None) -> Page | None:
    """Where the customer was; our own pages and what is no web address don't count."""
    url = plain(url).strip()[:2000]
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    is_web = parts.scheme in ("http", "https") and bool(parts.netloc) and url.isprintable()
    is_ours = request is not None and parts.netloc == request.headers.get("host")
    return Page(url, plain(title).strip()[:300]) if is_web and not is_ours else None
