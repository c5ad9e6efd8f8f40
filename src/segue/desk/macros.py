"""Macros: a stored reply is filled in for a conversation, and what else it does is done once the reply has gone.

The one idea: taking a macro changes nothing but the text one is writing. Its actions travel with that text and are done
when it is sent, so that thinking better of it needs no undo.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from segue.desk.hands import Hands
from segue.desk.snoozing import until
from segue.domain.errors import Conflict, NotFound, Refused
from segue.domain.people import Agent
from segue.store.attention import Attention
from segue.store.macros import Macro, MacroStore
from segue.store.tags import Tags
from segue.texts import N_, _

VARIABLES = {
    "customer.name": N_("their name"),
    "customer.first_name": N_("the first word of it"),
    "customer.email": N_("their address"),
    "account.name": N_("their organisation"),
    "conversation.number": N_("the number people can say"),
    "conversation.subject": N_("what it is called"),
    "agent.name": N_("your name"),
    "agent.first_name": N_("the first word of it"),
}
"""What may stand between {{ and }}, and what it means. `{{account.name|your company}}` says what stands for none, and
`{{account.name|}}` that nothing does."""


@dataclass(frozen=True, slots=True)
class Filled:
    """`missing` are variables without a value for this customer; they stay in the text and keep it from being sent."""

    text: str
    missing: tuple[str, ...]


def filled(text: str, values: Mapping[str, str]) -> Filled:
    missing: dict[str, None] = {}

    def value(match: re.Match[str]) -> str:
        found = values.get(match[1], "") or match[2]
        if found is None:
            missing[match[0]] = None
        return match[0] if found is None else found

    return Filled(_VARIABLE.sub(value, text), tuple(missing))


def values_of(row: Mapping[str, Any], agent: Agent) -> dict[str, str]:
    """`row` is the conversation as `Conversations.one` gives it."""
    name, mine = str(row["contact"] or ""), agent.name
    return {
        "customer.name": name, "customer.first_name": _first(name), "customer.email": str(row["email"] or ""),
        "account.name": str(row["account"] or ""), "conversation.number": str(row["number"]),
        "conversation.subject": str(row["subject"] or ""), "agent.name": mine, "agent.first_name": _first(mine),
    }  # fmt: skip


def fault_of(text: str) -> str:
    """What is wrong with a macro's text, with what to do; empty where nothing is."""
    unknown = [match[1] for match in _VARIABLE.finditer(text) if match[1] not in VARIABLES]
    if unknown:
        return _("There is no variable “%(name)s”. Known are: %(known)s.", name=unknown[0], known=", ".join(VARIABLES))
    rest = _VARIABLE.sub("", text)
    if "{{" in rest or "}}" in rest:
        return _("A variable is not closed. Write {{ and }} around its name.")
    return ""


class MacroHands:
    """Does what a macro does besides writing."""

    def __init__(self, macros: MacroStore, hands: Hands, tags: Tags, attention: Attention) -> None:
        self._macros = macros
        self._hands = hands
        self._tags = tags
        self._attention = attention

    def one(self, macro: str, agent: str) -> Macro:
        return self._macros.one(macro, agent)

    def do(self, macro: Macro, conversation: str, agent: str, now: datetime) -> tuple[str, ...]:
        """All but resolving, which belongs to the reply. Returns what could not be done, and why: an agent or a team
        may be gone by now, and that must not keep back what can be done."""
        left = tuple(_tried(deed) for deed in self._deeds(macro, conversation, agent, now))
        failed = tuple(why for why in left if why)
        self._macros.used(macro.id, conversation, agent, len(failed), now)
        return failed

    def _deeds(self, macro: Macro, conversation: str, agent: str, now: datetime) -> Iterator[Callable[[], object]]:
        for tag in macro.tags:
            yield partial(self._tags.put, conversation, tag, agent, now)
        if macro.assign:
            kind, _colon, name = macro.assign.partition(":")
            whom = {"to": name} if kind == "agent" else {"team": name}
            yield lambda: self._hands.assign(conversation, agent, now, **whom)
        if macro.snooze and not macro.resolves:
            yield lambda: self._attention.snooze(conversation, agent, until(macro.snooze, now), now)


def _tried(deed: Callable[[], object]) -> str:
    try:
        deed()
    except (Conflict, Refused, NotFound) as error:
        return str(error)
    return ""


def _first(name: str) -> str:
    return name.split()[0] if name.split() else ""


_VARIABLE = re.compile(r"\{\{\s*([^{}|]{0,60}?)\s*(?:\|([^{}]{0,80}))?\}\}")
