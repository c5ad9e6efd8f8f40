"""Macros: a stored reply is filled in for a conversation, and what else it does is done once the reply has gone.

The one idea: taking a macro changes nothing but the text one is writing. Its actions travel with that text and are done
when it is sent, so that thinking better of it needs no undo.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from segue.desk.hands import Hands
from segue.desk.snoozing import until
from segue.domain.errors import Conflict, NotFound, Refused
from segue.domain.people import Agent
from segue.domain.variables import ASK, VARIABLE, VARIABLES, filled, first_word
from segue.store.attention import Attention
from segue.store.macros import Macro, MacroStore
from segue.store.tags import Tags
from segue.texts import _, forms


def values_of(row: Mapping[str, Any], agent: Agent) -> dict[str, str]:
    """The values of the variables, by name; `row` is the conversation as `Conversations.one` gives it. An address that
    the customer only said is left out: it would go out as one that we know, so the agent is asked for it instead."""
    name, mine = str(row["contact"] or ""), agent.name
    email = "" if row.get("email_is_said") else str(row["email"] or "")
    return {
        "customer.name": name, "customer.first_name": first_word(name), "customer.email": email,
        "account.name": str(row["account"] or ""), "account.tier": str(row["tier"] or ""),
        "account.value": forms.number(row["value"]) if row["value"] else "",
        "conversation.number": str(row["number"]), "conversation.subject": str(row["subject"] or ""),
        "page.title": str(row["page_title"] or ""), "page.url": str(row["page_url"] or ""),
        "agent.name": mine, "agent.first_name": first_word(mine),
    }  # fmt: skip


def filled_for(text: str, row: Mapping[str, Any], agent: Agent) -> str:
    """What an agent typed with its variables filled in, as it goes out. A variable without a value stays as it was
    typed."""
    return filled(text, values_of(row, agent)).text if "{{" in text else text


def fault_of(text: str) -> str:
    """What is wrong with a macro's text, with what to do; empty where nothing is."""
    unknown = [match[1] for match in VARIABLE.finditer(text) if not _is_known(match[1])]
    if unknown:
        return _("There is no variable “%(name)s”. Known are: %(known)s.", name=unknown[0], known=", ".join(VARIABLES))
    rest = VARIABLE.sub("", text)
    if "{{" in rest or "}}" in rest:
        return _("A variable is not closed. Write {{ and }} around its name.")
    return ""


def _is_known(name: str) -> bool:
    return name in VARIABLES or bool(name.startswith(ASK) and name.removeprefix(ASK).strip())


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
