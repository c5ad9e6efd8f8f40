"""What may stand between {{ and }} in a macro, a reply, a note or an article, and how it is filled in.

The one idea: what has no value stays in the text as it was typed, so that whoever sends it can see the hole and refuse.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from segue.texts import N_

ASK = "ask."
"""Begins the name of what a macro asks of whoever uses it: `{{ask.the amount}}`, and with a usual answer
`{{ask.the amount|50 EUR}}`."""
VARIABLES = {
    "customer.name": N_("their name"),
    "customer.first_name": N_("the first word of it"),
    "customer.email": N_("their address"),
    "account.name": N_("their organisation"),
    "account.tier": N_("what they have booked"),
    "account.value": N_("what they are worth a month, in your currency"),
    "conversation.number": N_("the number people can say"),
    "conversation.subject": N_("what it is called"),
    "page.title": N_("where they were in your product"),
    "page.url": N_("its address"),
    "agent.name": N_("your name"),
    "agent.first_name": N_("the first word of it"),
}
"""Each with what it means. `{{account.name|your company}}` says what stands for none, and `{{account.name|}}` that
nothing does."""


@dataclass(frozen=True, slots=True)
class Filled:
    """`missing` are variables without a value for this customer; they stay in the text and keep it from being sent."""

    text: str
    missing: tuple[str, ...]

    @property
    def has_holes(self) -> bool:
        """Whether one of ours is missing, or one that is written like ours. Other words in braces, as in an article
        about somebody's templates, are the text's own."""
        return any(name_of(one).partition(".")[0] in _FAMILIES for one in self.missing)


def filled(text: str, values: Mapping[str, str], *, asks: bool = False) -> Filled:
    """The text with the values in place of its variables. With `asks`, variables that ask the agent for something stay,
    without blanks, and do not count as missing."""
    missing: dict[str, None] = {}

    def value(match: re.Match[str]) -> str:
        if asks and match[1].startswith(ASK):
            return "{{" + match[1] + ("" if match[2] is None else f"|{match[2]}") + "}}"
        found = values.get(match[1], "") or match[2]
        if found is None:
            missing[match[0]] = None
        return match[0] if found is None else found

    return Filled(VARIABLE.sub(value, text), tuple(missing))


def name_of(variable: str) -> str:
    """What stands between the braces, before what stands for none."""
    return variable.strip("{}").partition("|")[0].strip()


def first_word(name: str) -> str:
    return name.split()[0] if name.split() else ""


VARIABLE = re.compile(r"\{\{\s*([^{}|]{0,60}?)\s*(?:\|([^{}]{0,80}))?\}\}")
_FAMILIES = frozenset(name.partition(".")[0] for name in (ASK, *VARIABLES))
