"""What a setting may say, where not every text will do. Told at the start, and by every command: with an address of a
mail server that is none a house would keep its mail for a day before anybody looks why."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from segue.domain.errors import Refused

LEVELS = ("debug", "info", "warning", "warn", "error", "critical")


def check(found: Mapping[str, Any], variable: Callable[[str], str]) -> None:
    """Raises Refused for the first that cannot be meant. Its value is not told again: it may hold a password."""
    for name, (holds, wrong, right) in RULES.items():
        if found.get(name) and not holds(str(found[name])):
            raise Refused(f"{variable(name)} {wrong}.", f"Write {right}.")


def _leads(url: str, *schemes: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in schemes and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is no number, a bracket that is not closed
        return False


def _is_place(text: str) -> bool:
    port = text.rpartition(":")[2]
    return ":" in text and port.isdecimal() and int(port) <= 65535


Rule = tuple[Callable[[str], bool], str, str]
RULES: dict[str, Rule] = {
    "smtp": (
        lambda text: _leads(text, "smtp", "smtps"), "names no mail server",
        "smtp://user:password@host:587, or smtps://…",
    ),
    "imap": (
        lambda text: _leads(text, "imap", "imaps") and bool(urlsplit(text).username), "names no mailbox",
        "imaps://user:password@host/INBOX",
    ),
    "mail_listen": (_is_place, "is no address with a port", "SEGUE_MAIL_LISTEN=127.0.0.1:8825"),
    "address": (
        lambda text: _leads(text, "https", "http"), "is no address of a house", "https://desk.yours.example",
    ),
    "log": (lambda text: text.lower() in LEVELS, "is no level", "debug, info, warning or error"),
}  # fmt: skip
