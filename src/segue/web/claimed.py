"""What a host's signed word says of a customer besides their id: taken only as what it is to be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def name_in(claims: Mapping[str, Any]) -> str:
    return _text(claims, "name")


def address_in(claims: Mapping[str, Any]) -> str:
    """Empty where it is none: nobody could be written to there."""
    email = _text(claims, "email").strip()
    return email if is_address(email) else ""


def is_address(email: str) -> bool:
    """Whether mail could go there at all; who has it shows only when they answer."""
    before, _at, after = email.partition("@")
    return (
        bool(before and after) and len(email) <= 254 and "@" not in after and email.isprintable() and " " not in email
    )


def _text(claims: Mapping[str, Any], name: str) -> str:
    value = claims.get(name, "")
    return value.replace("\0", "")[:300] if isinstance(value, str) else ""
