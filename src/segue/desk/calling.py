"""Whom a note calls: `@Tom`, by first name where only one has it, by full name, or by the name in their address."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from segue.domain.people import Agent


def called(text: str, agents: Sequence[Agent], author: str) -> tuple[str, ...]:
    """The ids of the agents whom the text calls by name, each once, in its order; the author calls nobody by calling
    themself."""
    names = _names(agents)
    if not names:
        return ()
    longest_first = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    found = re.finditer(rf"(?<![\w@.])@({longest_first})(?![\w-])", text, re.IGNORECASE)
    ids = dict.fromkeys(names[match[1].casefold()] for match in found)
    return tuple(one for one in ids if one != author)


def _names(agents: Sequence[Agent]) -> dict[str, str]:
    first = Counter(agent.name.split()[0].casefold() for agent in agents if agent.name.split())
    names: dict[str, str] = {}
    for agent in agents:
        words = agent.name.casefold().split()
        if words and first[words[0]] == 1:
            names[words[0]] = agent.id
    for agent in agents:
        names.setdefault(agent.email.partition("@")[0].casefold(), agent.id)
        if agent.name.split():
            names[" ".join(agent.name.casefold().split())] = agent.id
    return {name: one for name, one in names.items() if name}
