"""Who writes and who helps."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

LEADS = ("lead", "admin")
"""Roles that decide: what the assistant may do, what it learns, who works here."""
READS_ONLY = "analyst"
"""The role that opens every page and changes nothing but its own desk."""


@dataclass(frozen=True, slots=True)
class Account:
    """The customer's organisation or subscription. Never our own tenant, which is the workspace."""

    id: str
    name: str
    tier: str
    value: float = 0.0
    """Worth a month, in the company's own currency: a figure as it was brought, that nothing converts."""
    health: float | None = None
    """0 (leaving) to 1 (well), or None where nobody knows."""
    renews_on: date | None = None


VISITOR = "Visitor"
"""Who is called nothing, on the record; each page says it in its reader's language."""


@dataclass(frozen=True, slots=True)
class Contact:
    """A person who writes. A visitor until somebody vouches for who they are: then `is_verified`."""

    id: str
    name: str = ""
    email: str = ""
    account_id: str | None = None
    is_verified: bool = False

    @property
    def called(self) -> str:
        return self.name or self.email or VISITOR


@dataclass(frozen=True, slots=True)
class Team:
    id: str
    name: str
    is_closed: bool = False
    """Whether its conversations are for its members, leads and administrators only."""


@dataclass(frozen=True, slots=True)
class Agent:
    """A person who handles. The word never means the assistant."""

    id: str
    name: str
    email: str
    role: str = "agent"
    teams: tuple[str, ...] = ()
    language: str = ""
    """Which the desk speaks to them; empty for the workspace's."""


def manages(agent: Agent, everybody: Iterable[Agent]) -> bool:
    """Whether they look after keys, signing in and administrators: an administrator, or a lead where nobody is one."""
    return agent.role == "admin" or (agent.role == "lead" and all(one.role != "admin" for one in everybody))
