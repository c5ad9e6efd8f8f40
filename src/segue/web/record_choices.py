"""What the record can be narrowed to, in words a lead would ask by, and which kinds of events each of them holds."""

from __future__ import annotations

from collections.abc import Mapping

from segue.store.office import KINDS
from segue.texts import N_

CHOICES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "policy": (N_("The policy"), ("policy",)),
    "autonomy": (
        N_("How far the assistant may go"), ("boundary", "offer", "intent.opened", "head", "encoder", "evidence"),
    ),
    "knowledge": (N_("Articles and what was proposed"), ("article", "candidate", "topic", "catalogue")),
    "people": (
        N_("People and teams"),
        ("agent.placed", "agent.renamed", "agent.deactivated", "agent.reactivated", "agent.invited", "agent.arrived",
         "invite", "teams"),
    ),
    "entry": (
        N_("Signing in"),
        ("agent.linked", "agent.password_changed", "session", "second_step", "recovery_codes", "recovery_code",
         "passkey", "provider"),
    ),
    "keys": (N_("API keys"), ("key",)),
    "channels": (N_("Widget and mail"), ("widget", "mail")),
    "desk": (N_("Macros, views and tags"), ("macro", "view", "tag")),
    "customers": (N_("Customers erased"), ("contact",)),
    "workspace": (N_("Language and costs"), ("language", "rate")),
}  # fmt: skip
"""By the name in the address: what it is called, and whole kinds or what they begin with up to the point."""


def kinds_of(choice: str) -> list[str]:
    """Of everything where nothing, or nothing that is known, was chosen."""
    if choice not in CHOICES:
        return list(KINDS)
    within = CHOICES[choice][1]
    return [kind for kind in KINDS if kind in within or kind.partition(".")[0] in within]
